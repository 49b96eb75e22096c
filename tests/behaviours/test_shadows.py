"""One vessel that keeps its place by another is told, at each figure; routes, tows, fleets and lanes are not."""

import numpy as np
import pytest
from pyarrow import parquet

from mihari.archive.state import pack, unpack
from mihari.behaviours.engine import Engine
from mihari.behaviours.places import Places
from mihari.behaviours.shadows import Look
from mihari.behaviours.sightings import Sightings
from mihari.core.behaviour import Standing
from mihari.core.reports import Batch, Claims, ReportKind, Reports
from mihari.core.zones import Zone
from recordings import recording

START = 1_700_000_400  # a look: a whole ten minutes
DEGREE = np.pi / 180 * 6371008.8
LEADER, OTHER = 431000001, 431000002
HOUR = 3600
LAST = 5 * HOUR
ZONES = tuple(Zone(kind, kind, (((26.0, lon), (28.0, lon), (28.0, lon + 3), (26.0, lon + 3)),))
              for kind, lon in (("lane", 130.0), ("fishing", 140.0)))  # fmt: skip


class Sea(Places):
    """Far from any shore."""

    def shore(self, lat_deg, lon_deg):
        return np.full(len(lat_deg), 50_000.0)


def way(t, turns=(4800, 9600), degrees=60.0, knots=12.0):
    """m north and east at seconds t of one that turns to and fro."""
    whole = np.arange(max(t) + 1)
    course = np.radians(degrees) * (np.searchsorted(np.array(turns), whole, side="right") % 2)
    step = knots * 1852 / 3600
    return np.cumsum(step * np.cos(course))[t], np.cumsum(step * np.sin(course))[t]


def two(north=300.0, east=1000.0, seconds=LAST, every=30, lon=120.0, drift=0.0, **sails):
    """A vessel and one so far from it, which comes `drift` m/s nearer from the east."""
    t = np.arange(0, seconds, every)
    y, x = way(t, **sails)
    made = []
    for key, up, right in ((LEADER, 0.0, 0.0), (OTHER, north, east - drift * t)):
        lon_deg = lon + (x + right) / DEGREE / np.cos(np.radians(26.6))
        place = {"lat_deg": 26.5 + (y + up) / DEGREE, "lon_deg": lon_deg, "speed": 6.0}
        made.append(Sightings.of(len(t), key=key, time=START + t, feed=0, offset=t, **place))
    return Sightings.concatenate(made)


def typed(first, second):
    claims = Claims.of(2, mmsi=[LEADER, OTHER], name=["A", "B"], ship_type=[first, second])
    return Batch(Reports.of(2, time=START, kind=ReportKind.AIS_STATIC, claim=[0, 1]), claims)


def run(rows, arrival=None, step=None, engine=None, batch=None):
    engine = engine or Engine(Sea(None, ZONES))
    if batch is not None:
        engine.hear(batch)
    arrival = rows.time if arrival is None else arrival
    last = int(max(arrival.max(), START + LAST)) + 600
    step = step or last - START
    for now in range(START + step, last + step, step):
        engine.sight(rows.take((arrival > now - step) & (arrival <= now) | (now == START + step) & (arrival <= now)))
        engine.step(now)
    return engine


def standing(engine):
    live = [b for b in engine.standing() if b.kind == "shadowing" and b.standing is not Standing.RETRACTED]
    return [(b.vessels, b.start - START, None if b.end is None else b.end - START) for b in live]


def test_one_that_keeps_its_place_and_turns_when_the_other_turns_is_told():
    ((vessels, start, end),) = standing(run(two()))
    assert (vessels, start) == ((LEADER, OTHER), 300 // 600 * 600 + 600)
    assert end is None or end >= LAST - 700


@pytest.mark.parametrize(
    ("north", "east", "word"),
    [(1200.0, 0.0, f"MMSI {LEADER}"), (-1200.0, 0.0, f"MMSI {OTHER}"), (0.0, 1200.0, "abeam")],
)
def test_its_evidence_says_how_far_and_who_is_astern(north, east, word):
    engine = run(two(north=north, east=east, degrees=40.0, turns=(4800, 9600)))
    (b,) = [b for b in engine.standing() if b.kind == "shadowing"]
    assert (b.evidence.facts["apart_nm"], b.evidence.facts["astern"]) == (0.65, word)


@pytest.mark.parametrize(
    "story",
    [
        {"turns": ()},  # two on one straight route
        {"turns": (7200,)},  # and with one bend
        {"degrees": 28.0},
        {"knots": 4.5},
        {"drift": 0.6},  # one sails by
        {"north": 100.0, "east": 300.0},  # a tow
        {"north": 2600.0, "east": 2800.0},
        {"lon": 130.5},  # a lane
        {"lon": 140.5},  # a fishing ground
    ],
)
def test_who_does_not_is_not(story):
    assert standing(run(two(**story))) == []


@pytest.mark.parametrize(
    ("types", "held"),
    [((70, 80), True), ((-1, -1), True), ((70, 30), True), ((30, 30), False), ((50, 70), False), ((70, 52), False),
     ((70, 51), False), ((53, 80), False), ((70, 55), False)],
)  # fmt: skip
def test_who_sails_beside_others_for_a_living_shadows_nobody(types, held):
    assert bool(standing(run(two(), batch=typed(*types)))) == held


@pytest.mark.parametrize(("metres", "held"), [(462, False), (464, True), (3703, True), (3705, False)])
def test_the_band_is_a_quarter_to_two_miles(metres, held):
    assert bool(standing(run(two(north=metres, east=0.0, turns=(4800, 9600), degrees=179.0)))) == held


@pytest.mark.parametrize(("knots", "held"), [(5.01, True), (4.99, False)])
def test_both_make_five_knots(knots, held):
    assert bool(standing(run(two(knots=knots)))) == held


@pytest.mark.parametrize(("apart", "held"), [(19.9, True), (20.1, False)])
def test_they_sail_alike_within_twenty_degrees(apart, held):
    t = np.arange(0, 1800, 60)
    made = []
    for key, up, course in ((LEADER, 0.0, 0.0), (OTHER, 1500.0, np.radians(apart))):
        north, east = 1500.0 - up + 6 * t * np.cos(course), 6 * t * np.sin(course)
        columns = {"lat_deg": north / DEGREE, "lon_deg": 120.0 + east / DEGREE}
        made.append(Sightings.of(len(t), key=key, time=START + t, **columns))
    engine = Engine(Sea(None, ()))
    engine.sight(Sightings.concatenate(made))
    engine.step(START + 1800)
    assert len(engine.finder.shadows.looks[START + 600].names) == held


def compared(first, second, turned=0.0):
    """(whether it follows, whether it turned together) of a pair at two places by the other, 10 and 30 min on."""
    engine = Engine()
    shadows, name = engine.finder.shadows, np.array([1 << 32 | 2])
    for seconds in (600, 1800):
        shadows.looks = {
            0: Look(name, np.array([[*first, 0.0]]), 0),
            seconds: Look(name, np.array([[*second, turned]]), 0),
        }
        shadows.compare(seconds, 0)
    return 600 in shadows.follows, 1800 in shadows.turns


@pytest.mark.parametrize(("metres", "held"), [(150.0, True), (151.0, False)])
def test_its_place_changes_by_fifteen_hundredths_of_the_distance_from_look_to_look(metres, held):
    assert compared((1000.0 + metres, 0.0), (1000.0, 0.0))[0] == held


@pytest.mark.parametrize(("metres", "held"), [(1250.0, True), (1251.0, False), (750.0, True), (749.0, False)])
def test_the_distance_is_kept_to_a_quarter_through_a_turn(metres, held):
    assert compared((0.0, 1000.0), (metres, 0.0), np.radians(-31.0))[1] == held


@pytest.mark.parametrize(("degrees", "held"), [(30.1, True), (29.9, False)])
def test_a_turn_is_thirty_degrees(degrees, held):
    assert bool(standing(run(two(degrees=degrees)))) == held


@pytest.mark.parametrize(("later", "held"), [(6 * HOUR, True), (6 * HOUR + 600, False)])
def test_the_second_turn_together_begins_six_hours_after_the_first_at_most(later, held):
    # a turn at a look counts from 1,200 s before it to 1,800 s after it
    rows = two(turns=(4800, 4800 + 3000 + later), seconds=4800 + 3000 + later + 2 * HOUR, every=60)
    assert bool(standing(run(rows, step=600))) == held


def test_the_order_of_arrival_says_nothing():
    rows = two()
    rng = np.random.default_rng(1)
    straight, late = run(rows, step=300), run(rows, rows.time + rng.uniform(0, 4 * HOUR, len(rows)), step=300)
    assert [v[:2] for v in standing(straight)] == [v[:2] for v in standing(late)] == [((LEADER, OTHER), 600)]


def test_it_goes_on_from_a_state():
    rows = two()
    cut = START + 12_000
    first = run(rows.take(rows.time <= cut), step=300)
    second = Engine(Sea(None, ZONES))
    second.restore(unpack(pack(first.state())))
    rest = rows.take(rows.time > cut)
    whole = run(rows, step=300)
    assert [v[:2] for v in standing(run(rest, step=300, engine=second))] == [v[:2] for v in standing(whole)]


@pytest.mark.recordings
@pytest.mark.slow
def test_nobody_shadows_anybody_among_real_vessels_even_in_harbours():
    table = parquet.read_table(recording("ais/positions/real_positions.parquet"))
    key, time, lat_deg, lon_deg = (table[name].to_numpy() for name in ("mmsi", "t", "lat", "lon"))
    rows = Sightings.of(len(key), key=key, time=time.astype("i8") / 1e6, lat_deg=lat_deg, lon_deg=lon_deg)
    rows = rows.take(np.argsort(rows.time, kind="stable"))
    engine, told, turned = Engine(Sea(None, ())), set(), set()
    for now in np.unique(rows.time // 600):
        engine.sight(rows.take(rows.time // 600 == now))
        told |= {b.vessels for b in engine.step(int(now) * 600 + 600) if b.kind == "shadowing"}
        turned |= {name for names in engine.finder.shadows.turns.values() for name in names.tolist()}
    assert (told, len(turned)) == (set(), 11)


def test_both_are_accompanied_while_one_keeps_its_place_by_the_other():
    engine = run(two())
    slots = np.array([engine.memory.slots[LEADER], engine.memory.slots[OTHER]])
    found = engine.finder.shadows.accompanied(slots)
    assert set(found.key.tolist()) == {0, 1}
    assert found.start.min() <= START + 1800
    assert found.end.max() - found.start.min() > 3 * HOUR
    passing = run(two(drift=1.5))
    slots = np.array([passing.memory.slots[LEADER], passing.memory.slots[OTHER]])
    assert len(passing.finder.shadows.accompanied(slots)) == 0
