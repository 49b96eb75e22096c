"""What is learned of a coast follows from what was heard: traffic, reception, anchorages; a brute-force twin beside."""

import math
from collections import Counter, defaultdict

import numpy as np
import pytest

from mihari.archive.state import differing, pack, unpack
from mihari.behaviours.context import Context
from mihari.behaviours.context.cells import Cells, cells_at, parents
from mihari.behaviours.context.hearing import COARSE, Heard
from mihari.behaviours.context.tables import Table
from mihari.behaviours.sightings import SightingKind, Sightings
from mihari.core.picture import Category, Picture, Source, Vessels, VesselStatus
from mihari.core.sensor import Sensor, SensorKind

T0 = 1_700_006_400  # a whole hour: 2023-11-15T00:00
KN = 1852.0 / 3600.0


def cargo(keys):
    return np.full(len(keys), int(Category.CARGO))


def heard(vessels, seconds, lat, lon, speed=0.0, course=0.0, station=1):
    """Sightings of each vessel at each time."""
    key, time = (a.ravel() for a in np.meshgrid(vessels, np.asarray(seconds) + float(T0), indexing="ij"))
    return Sightings.of(
        len(key), key=key, time=time, lat_deg=lat, lon_deg=lon, speed=speed, course=course,
        kind=SightingKind.TOLD, station=station,
    )  # fmt: skip


def scene(seed=7, vessels=60, hours=9):
    """Vessels that cross, loiter and fall silent, heard by two stations: (sightings in the order of time)."""
    rng = np.random.default_rng(seed)
    parts = []
    for k in range(vessels):
        begin, lat, lon = rng.uniform(0, 3600 * 3), rng.uniform(26, 26.4), rng.uniform(127, 127.4)
        times = np.sort(rng.uniform(begin, begin + rng.uniform(600, 3600 * hours), 150))
        speed, course = rng.uniform(0, 9), rng.uniform(0, 2 * math.pi)
        away = (times - begin) * speed
        parts.append(
            Sightings.of(
                len(times), key=431000000 + k, time=T0 + times, lat_deg=lat + away * math.cos(course) / 111_195,
                lon_deg=lon + away * math.sin(course) / 1e5, speed=rng.uniform(0, 9, len(times)), course=course,
                kind=SightingKind.TOLD, station=rng.integers(1, 3, len(times)),
            )
        )  # fmt: skip
    rows = Sightings.concatenate(parts)
    return rows.take(np.argsort(rows.time, kind="stable"))


def taught(sightings, order, step=500):
    """A context that heard sightings in an order; its clock is the newest time heard, and the end."""
    context, now = Context(cargo), 0.0
    for rows in np.array_split(order, max(len(order) // step, 1)):
        part = sightings.take(rows)
        now = max(now, float(part.time.max()))
        context.take(part, now)
        context.step(now)
    context.step(T0 + 86_400 * 2)
    return context


def test_any_order_of_arrival_within_six_hours_teaches_the_same():
    rows = scene()
    in_order = taught(rows, np.arange(len(rows))).learned.state()
    for seed in range(3):
        rng = np.random.default_rng(seed)
        late = np.argsort(rows.time + rng.uniform(0, 21_000, len(rows)), kind="stable")
        context = taught(rows, late)
        assert context.too_late == 0
        assert differing(context.learned.state(), in_order) == []


def test_what_is_shown_meanwhile_is_what_will_be_learned():
    rows = scene()
    context = Context(cargo)
    context.take(rows, float(rows.time.max()))
    assert len(context.learned.traffic.table) == 0
    shown = context.now().state()
    context.step(T0 + 86_400 * 2)
    assert differing(context.learned.state(), shown) == []


def test_a_restart_between_forgets_nothing():
    rows = scene()
    half = len(rows) // 2
    begun = Context(cargo)
    begun.take(rows.take(np.arange(half)), float(rows.time[half]))
    begun.step(float(rows.time[half]))
    again = Context(cargo)
    again.restore(unpack(pack(begun.state())))
    again.take(rows.take(np.arange(half, len(rows))), float(rows.time[-1]))
    again.step(T0 + 86_400 * 2)
    assert differing(again.learned.state(), taught(rows, np.arange(len(rows))).learned.state()) == []


def test_entries_are_those_that_a_plain_loop_counts():
    rows = scene()
    learned = taught(rows, np.arange(len(rows))).learned
    cells = Cells()
    cell = cells.of(np.rint(rows.lat_deg * 1e7), np.rint(rows.lon_deg * 1e7))
    visits = defaultdict(list)  # (vessel, hour, cell) -> times
    for k, (key, time) in enumerate(zip(rows.key.tolist(), rows.time.tolist(), strict=True)):
        visits[key, int(time) // 3600, int(cell[k])].append(int(time))
    expected, last = Counter(), {}
    for (key, _, where), times in sorted(visits.items(), key=lambda v: (v[0][0], v[0][1], min(v[1]), v[0][2])):
        before = last.get(key)
        if before is None or before[0] != where or min(times) - before[1] > 7200:
            expected[where] += 1
        last[key] = (where, max(max(times), before[1] if before else 0))
    table = learned.traffic.table
    assert dict(zip(table.cells.tolist(), table.rows["count"].tolist(), strict=True)) == expected
    assert table.rows["speeds"].sum() == sum(expected.values())


def test_what_is_usual_needs_thirty_vessels_and_tells_a_speed_that_nobody_made():
    context = Context(cargo)
    rng = np.random.default_rng(1)
    for k in range(60):
        speed = rng.uniform(9, 13) * KN
        context.take(heard([431000100 + k], [100 + k], 26.2, 127.2, speed, math.radians(90)), T0 + 200)
        usual = (
            context.now().traffic.usual(26.2, 127.2, Category.CARGO, 18 * KN, math.radians(270)) if k == 10 else None
        )
        assert usual is None or (not usual.enough and not usual.unusual_speed)
    usual = context.now().traffic.usual(26.2, 127.2, Category.CARGO, 18 * KN, math.radians(270))
    assert 54 <= usual.vessels <= 66
    assert (usual.entries, usual.low_kn >= 9, usual.high_kn <= 13) == (60, True, True)
    assert usual.unusual_speed
    assert usual.unusual_course
    same = context.now().traffic.usual(26.2, 127.2, Category.CARGO, 11 * KN, math.radians(91))
    assert (same.unusual_speed, same.unusual_course) == (False, False)
    assert context.now().traffic.usual(26.2, 127.2, Category.TANKER, 11 * KN).vessels == 0


def test_a_ferry_that_crosses_every_day_is_one_vessel():
    context = Context(cargo)
    for day in range(40):
        context.take(heard([431000200], [day * 86_400], 26.2, 127.2, 10 * KN), T0 + day * 86_400)
        context.step(T0 + day * 86_400)
    usual = context.now().traffic.usual(26.2, 127.2, Category.CARGO, 30 * KN)
    assert (usual.vessels, usual.unusual_speed) == (1, False)
    assert 30 < usual.entries < 40  # the older ones fade


def test_reception_is_the_share_of_six_minutes_in_which_a_vessel_was_heard():
    """Ten vessels lie still for ten hours; station 1 hears all of it, station 2 every other period of six minutes."""
    context = Context(cargo)
    vessels, times = 431000300 + np.arange(10), np.arange(0, 36_000, 60)
    context.take(heard(vessels, times, 26.2, 127.2, station=1), T0 + 36_000)
    context.take(heard(vessels, times[times // 360 % 2 == 0], 26.2, 127.2, station=2), T0 + 36_000)
    context.take(heard([431000399], times, 27.2, 127.2, station=2), T0 + 36_000)  # station 2 lives all the time
    hearing = context.now().hearing
    assert [hearing.of(26.2, 127.2, s).share for s in (1, 2)] == [1.0, 0.5]
    assert hearing.of(26.2, 127.2, 1) == Heard(1000, 1000, 10, 6000)
    assert hearing.proven(26.2, 127.2)
    assert hearing.proven(26.2, 127.2, 1)
    assert not hearing.proven(26.2, 127.2, 2)
    assert not hearing.proven(27.2, 127.2)  # one vessel proves nothing
    assert hearing.of(20.0, 100.0).due == 0


def test_silence_between_two_receptions_counts_as_not_heard_and_a_long_one_says_nothing():
    context = Context(cargo)
    times = [0, 60, 3600, 3660, 3660 + 7201]
    context.take(heard([431000301], times, 26.2, 127.2), T0 + 12_000)
    found = context.now().hearing.of(26.2, 127.2)
    assert (found.heard, found.due) == (3, 12)  # periods 0, 10 and 30; 1 to 9 missed


def test_a_station_that_is_off_is_not_blamed():
    context = Context(cargo)
    times = np.arange(0, 7200, 60)
    context.take(heard([431000302], times, 26.2, 127.2, station=1), T0 + 7200)
    context.take(heard([431000302], times[times < 3600], 26.2, 127.2, station=2), T0 + 7200)
    hearing = context.now().hearing
    assert (hearing.of(26.2, 127.2, 2).due, hearing.of(26.2, 127.2, 1).due) == (10, 20)


@pytest.mark.parametrize(("vessels", "hours", "found"), [(20, 12.5, 1), (17, 12.5, 0), (20, 11.5, 0)])
def test_an_anchorage_is_where_twenty_vessels_lay_still_for_twelve_hours(vessels, hours, found):
    context = Context(cargo)
    for k in range(vessels):
        rows = heard([431000400 + k], np.arange(0, hours * 3600, 180), 26.2 + k * 1e-5, 127.2)
        context.take(rows, T0 + hours * 3600)
    areas = context.now().anchorages.areas()
    assert len(areas) == found
    assert all(a.stops == vessels and abs(a.vessels - vessels) <= 3 for a in areas)


def test_who_swings_wider_than_half_a_kilometre_does_not_lie_still():
    context = Context(cargo)
    times = np.arange(0, 13 * 3600, 600)
    for k in range(25):
        rows = heard([431000500 + k], times, 26.2, 127.2)
        context.take(rows.replace(lat_deg=26.2 + 0.006 * (np.arange(len(rows)) % 2)), T0 + 13 * 3600)
    assert context.now().anchorages.areas(1) == []


def test_radar_is_judged_by_the_vessels_that_ais_tells_of():
    """A radar holds every vessel with an even id; each is looked at once in six minutes."""
    context = Context(cargo)
    radar = Sensor(0, "kume", SensorKind.RADAR, 26.2, 127.2)
    ids = np.arange(40)
    for step in range(72):
        now = T0 + 10.0 * step
        vessels = Vessels.of(
            40, id=ids, time=now, lat_deg=26.25, lon_deg=127.25, heard_ais=now,
            heard_radar=np.where(ids % 2, np.nan, now),
            mmsi=431000000 + ids, status=VesselStatus.LIVE, sensors=np.where(ids % 2, 2, 3).astype(np.uint64),
            source=np.where(ids % 2, int(Source.AIS), int(Source.AIS | Source.RADAR)),
        )  # fmt: skip
        context.look(Picture(now, 0, vessels, sensors=(radar,)))
    seen = context.now().hearing.of(26.25, 127.25, station=0)
    assert seen.share == pytest.approx(0.5, abs=0.02)
    assert 76 <= seen.due <= 80


def test_reports_from_the_future_and_from_before_yesterday_are_counted_and_left():
    context = Context(cargo)
    context.take(heard([431000600], [7200], 26.2, 127.2), T0)
    context.step(T0 + 86_400)
    context.take(heard([431000600], [0], 26.2, 127.2), T0 + 86_400)
    assert (context.ahead, context.too_late, context.waiting) == (1, 1, 0)


def test_what_is_no_vessel_or_no_place_is_left_out():
    context = Context(cargo)
    rows = heard([431000601], [0, 1, 2, 3], 26.2, 127.2)
    rows = rows.replace(
        key=[431000601, 1 << 41, 431000601, 0], lat_deg=[np.nan, 26.2, 26.2, 26.2], kind=[0, 0, SightingKind.HELD, 0]
    )
    context.take(rows, T0)
    assert context.waiting == 0


def test_a_table_keeps_what_is_used_most():
    table = Table(7, [("count", "f4")], "count", 100)
    cells = cells_at(np.linspace(20, 40, 300), np.full(300, 127.0))
    at = table.at(cells, np.zeros(300, np.int64))
    table.rows["count"][at] = np.arange(300)
    table.trim()
    assert (len(table), table.dropped, table.rows["count"].min()) == (100, 200, 200)


def test_a_season_later_other_vessels_count():
    context = Context(cargo)
    for season in range(4):
        begin = season * 90 * 86_400
        vessels = 431000700 + np.arange(40) + 1000 * (season == 0)
        if season in (0, 3):
            context.take(heard(vessels, [begin], 26.2, 127.2, 10 * KN), T0 + begin)
        context.step(T0 + begin)
    usual = context.now().traffic.usual(26.2, 127.2, Category.CARGO)
    assert 35 <= usual.vessels <= 45
    assert usual.entries == pytest.approx(40 + 40 * 2 ** (-270 / 60), rel=0.01)


def test_boxes_give_the_cell_or_a_neighbour_of_it():
    import h3.api.basic_int as h3

    rng = np.random.default_rng(3)
    lat, lon = rng.uniform(-85, 85, 500), rng.uniform(-180, 180, 500)
    quick = Cells().of(np.rint(lat * 1e7), np.rint(lon * 1e7))
    exact = cells_at(lat, lon)
    assert all(a in h3.grid_disk(b, 1) for a, b in zip(quick.tolist(), exact.tolist(), strict=True))
    assert np.mean(quick == exact) > 0.7
    assert parents(exact, COARSE).tolist() == [h3.cell_to_parent(c, COARSE) for c in exact.tolist()]


def test_more_boxes_than_are_remembered_are_no_harm(monkeypatch):
    monkeypatch.setattr("mihari.behaviours.context.cells.MOST_BOXES", 4096)
    cells, rng = Cells(), np.random.default_rng(4)
    for _ in range(8):
        lat, lon = rng.uniform(20, 40, 2000), rng.uniform(120, 140, 2000)
        found = cells.of(np.rint(lat * 1e7), np.rint(lon * 1e7))
        assert np.all(found > 0)
    assert len(cells._boxes) <= 16_384
