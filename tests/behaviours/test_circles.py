"""Places that run round a circle are told of who does not turn himself, at each figure; a vessel that turns is not."""

import numpy as np
import pytest
from pyarrow import parquet

from mihari.archive.state import pack, unpack
from mihari.behaviours.circles import Circles
from mihari.behaviours.engine import Engine
from mihari.behaviours.memory import Memory
from mihari.behaviours.sightings import Sightings
from mihari.core.behaviour import Standing
from mihari.core.units import KNOT
from recordings import recording

START = 1_700_000_100  # a whole five minutes
DEGREE = np.pi / 180 * 6371008.8
SHIP = 431000001
HOUR = 3600


def round_about(radius=800.0, period=400.0, times=None, sense=1, **columns):
    """A vessel whose places run round a middle; columns may be functions of the bearing from there, and of the time."""
    t = np.arange(0, 3 * HOUR, 30) if times is None else np.asarray(times)
    bearing = sense * 2 * np.pi * t / period
    told = {"heading": 1.0} | columns
    told = {name: value(bearing, t) if callable(value) else value for name, value in told.items()}
    r = radius(t) if callable(radius) else radius
    return Sightings.of(
        len(t), key=SHIP, time=START + t, lat_deg=26.5 + r * np.cos(bearing) / DEGREE,
        lon_deg=179.999 + r * np.sin(bearing) / DEGREE / np.cos(np.radians(26.5)),
        feed=0, offset=np.arange(len(t)), **told,
    )  # fmt: skip


def found(way, step=None):
    """From when to when the vessel circles, s since the start."""
    memory = Memory()
    circles = Circles(memory)
    for one in [way] if step is None else [way.take(way.time // step == k) for k in np.unique(way.time // step)]:
        circles.take(memory.take(one))
    told = circles.timelines(np.array([memory.slots[SHIP]]))
    return [(start - START, end - START) for start, end in told.intervals(0)]


def along(sense, off=0.0):
    return lambda bearing, t: (bearing + sense * np.pi / 2 + off) % (2 * np.pi)


ALL = [(0, 3 * HOUR - 30)]


@pytest.mark.parametrize("step", [None, 60, 900])
def test_the_circles_that_were_published_are_found(step):
    shanghai = round_about(100.0, 2 * np.pi * 100 / (31 * KNOT), sense=-1, speed=31 * KNOT, course=along(-1))
    point_reyes = round_about(2000.0, 2 * np.pi * 2000 / (20 * KNOT), speed=20 * KNOT, course=along(1))
    assert found(shanghai, step) == found(point_reyes, step) == ALL


@pytest.mark.parametrize("sense", [1, -1])
@pytest.mark.parametrize("crab", [0.0, 0.6])
@pytest.mark.parametrize(("radius", "knots"), [(60.0, 25.0), (250.0, 10.0), (800.0, 12.0), (2500.0, 20.0)])
def test_a_vessel_that_turns_is_not(radius, knots, crab, sense):
    turns = along(sense), along(sense, crab)
    way = round_about(radius, 2 * np.pi * radius / (knots * KNOT), sense=sense, course=turns[0], heading=turns[1])
    assert found(way) == []


def test_nobody_knows_of_who_tells_neither_course_nor_heading():
    assert found(round_about(heading=np.nan)) == []


def test_a_compass_that_is_not_connected_says_nothing_but_a_course_does():
    assert found(round_about(heading=0.0)) == []
    assert found(round_about(heading=0.0, course=along(1))) == []
    assert found(round_about(heading=np.nan, course=1.0)) == ALL


def test_who_swings_at_anchor_or_has_two_aerials_does_not_circle():
    def swings(t):
        return np.pi / 2 * np.sin(2 * np.pi * t / 1800)

    t = np.arange(0, 3 * HOUR, 30)
    there = round_about(300.0, times=t, heading=1.0)
    east, north = 300 * np.sin(swings(t)) / DEGREE, 300 * np.cos(swings(t)) / DEGREE
    anchored = there.replace(lat_deg=26.5 + north, lon_deg=127 + east)
    aerials = there.replace(lat_deg=26.5 + 200 * (t // 30 % 2) / DEGREE, lon_deg=127 + 1e-6 * np.sin(t))
    assert found(anchored) == found(aerials) == []


def test_bad_fixes_of_a_ship_at_her_berth_are_no_circle():
    rng = np.random.default_rng(7)
    for spread in (20.0, 100.0, 400.0):
        way = round_about(spread * 0, heading=1.0)
        east, north = rng.normal(0, spread, (2, len(way))) / DEGREE
        assert found(way.replace(lat_deg=way.lat_deg + north, lon_deg=way.lon_deg + east)) == []


@pytest.mark.parametrize(("radius", "held"), [(49.9, False), (50.1, True), (2999.0, True), (3001.0, False)])
def test_the_radius_is_fifty_metres_to_three_kilometres(radius, held):
    assert bool(found(round_about(radius, period=290.0 if radius < 100 else 1200.0, speed=5.0))) == held


@pytest.mark.parametrize(("speed", "held"), [(2.58, True), (2.56, False)])
def test_it_makes_five_knots_by_what_it_tells_or_by_its_places(speed, held):
    assert bool(found(round_about(500.0, 2 * np.pi * 500 / speed))) == held
    assert bool(found(round_about(500.0, 1400.0, speed=speed))) == held


@pytest.mark.parametrize(("period", "held"), [(1784.0, True), (1786.0, False)])
def test_it_goes_twice_round_in_an_hour(period, held):
    assert bool(found(round_about(2000.0, period))) == held


@pytest.mark.parametrize(("share", "held"), [(0.099, True), (0.102, False)])
def test_its_radius_is_kept_to_a_tenth(share, held):
    assert bool(found(round_about(lambda t: 800 * (1 + share * (-1.0) ** (t // 30))))) == held


@pytest.mark.parametrize(("degrees", "held"), [(61, True), (59, False)])
@pytest.mark.parametrize("name", ["heading", "course"])
def test_who_turns_half_with_it_turns(name, degrees, held):
    told = {"heading": along(1), name: lambda b, t: (b + np.radians(degrees) * (-1.0) ** (t // 30)) % (2 * np.pi)}
    assert bool(found(round_about(**told))) == held


@pytest.mark.parametrize(("more", "held"), [(0, True), (1, False)])
def test_three_quarters_of_the_samples_tell_it(more, held):
    def heading(bearing, t):
        k = t // 30
        return np.where((k % 4 == 0) | (more > 0) & (k % 10 == 1), np.nan, 1.0)

    assert bool(found(round_about(heading=heading))) == held


@pytest.mark.parametrize(("every", "held"), [(90, True), (93, False)])
def test_it_is_heard_forty_times_an_hour(every, held):
    assert bool(found(round_about(times=np.arange(0, 4 * HOUR, every)))) == held


@pytest.mark.parametrize(("silence", "held"), [(300, True), (330, False)])
def test_it_is_never_silent_for_more_than_five_minutes(silence, held):
    t = np.arange(0, 3 * HOUR, 30)
    assert bool(found(round_about(times=t[(t % 1500 == 0) | (t % 1500 >= silence)]))) == held


def test_only_that_part_of_a_way_is_told():
    t = np.arange(0, 6 * HOUR, 30)
    there = (t >= 2 * HOUR) & (t < 4 * HOUR)
    way = round_about(lambda t: 800.0 * there, times=t)
    assert found(way) == found(way, 600) == [(2 * HOUR, 4 * HOUR)]


@pytest.mark.recordings
def test_no_real_vessel_runs_round_a_circle_whatever_course_it_told():
    table = parquet.read_table(recording("ais/positions/real_positions.parquet"))
    key, time, lat_deg, lon_deg = (table[name].to_numpy() for name in ("mmsi", "t", "lat", "lon"))
    everybody = Sightings.of(
        len(key), key=key, time=time.astype("i8") / 1e6, lat_deg=lat_deg, lon_deg=lon_deg, course=1.0
    )
    memory = Memory()
    circles = Circles(memory)
    everybody = everybody.take(np.argsort(everybody.time, kind="stable"))
    for now in np.unique(everybody.time // 21_600):
        circles.take(memory.take(everybody.take(everybody.time // 21_600 == now)))
        memory.settle(now * 21_600)
    assert len(memory) == 1415
    assert len(circles.timelines(np.arange(len(memory)))) == 0


def standing(engine):
    live = [b for b in engine.standing() if b.kind == "spoofing_circle" and b.standing is not Standing.RETRACTED]
    return [(b.vessels, b.start - START, None if b.end is None else b.end - START) for b in live]


def run(way, arrival, engine=None, until=10 * HOUR):
    engine = engine or Engine()
    for now in range(0, until, 300):
        engine.sight(way.take((arrival > START + now - 300) & (arrival <= START + now)))
        engine.step(START + now)
    return engine


def test_the_order_of_arrival_says_nothing():
    t = np.arange(0, 5 * HOUR, 30)
    way = round_about(lambda t: 800.0 * ((t >= HOUR) & (t < 4 * HOUR)), times=t)
    rng = np.random.default_rng(1)
    straight, late = run(way, way.time), run(way, way.time + rng.uniform(0, 4 * HOUR, len(t)))
    assert standing(straight) == standing(late) == [((SHIP,), HOUR, 4 * HOUR)]


def test_it_is_told_while_it_goes_on_and_from_a_state():
    way = round_about(times=np.arange(0, 3 * HOUR, 30))
    first = run(way.take(way.time < START + 6000), way.time[way.time < START + 6000], until=6000)
    assert standing(first) == [((SHIP,), 0, None)]
    second = Engine()
    second.restore(unpack(pack(first.state())))
    rest = way.take(way.time >= START + 6000)
    assert standing(run(rest, rest.time, second, until=11_000)) == [((SHIP,), 0, None)]
