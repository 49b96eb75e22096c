"""The findings that definitions are made of: each figure of `Pace`, at it and the finest step beside it."""

import numpy as np
import pytest
from kind_stories import START, off_shore

from mihari.behaviours.algebra import Timelines
from mihari.behaviours.memory import FLAGS, Memory
from mihari.behaviours.names import Names
from mihari.behaviours.pairs import Company
from mihari.behaviours.places import Places
from mihari.behaviours.reception import Reception
from mihari.behaviours.rolls import Rolls
from mihari.behaviours.scene import NEAR, Scene
from mihari.behaviours.sightings import Sightings, unseen
from mihari.behaviours.sightings import held as held_by_radar
from mihari.behaviours.succession import Succession
from mihari.core.picture import Picture, Source, Vessels, VesselStatus
from mihari.core.reports import Batch, Claims, Reports
from mihari.core.units import KNOT

UNIT = 1e-7 * np.pi / 180 * 6371008.8  # m, the finest step of a place


def flags(times=(0, 30), shore=None, lat_deg=26.5, **columns):
    """What holds for one vessel from its first sample on, by name."""
    memory = Memory()
    way = Sightings.of(len(times), key=7, time=START + np.array(times), lat_deg=lat_deg, lon_deg=127.01, **columns)
    taken = memory.take(way, None if shore is None else np.broadcast_to(np.asarray(shore, float), len(times)))
    return {FLAGS[f] for f in memory.recall(taken.slots).founds["flag"].tolist() if f < len(FLAGS)}


@pytest.mark.parametrize(
    ("flag", "knots", "held"),
    [
        ("stopped", 0.5, False), ("stopped", 0.4, True),
        ("slow", 2.0, False), ("slow", 1.9, True),
        ("trawling_speed", 2.0, True), ("trawling_speed", 1.9, False),
        ("trawling_speed", 5.0, True), ("trawling_speed", 5.1, False),
        ("drifting_speed", 1.0, True), ("drifting_speed", 0.9, False),
        ("drifting_speed", 5.0, True), ("drifting_speed", 5.1, False),
        ("fast", 20.0, True), ("fast", 19.9, False),
    ],
)  # fmt: skip
def test_speeds_as_ais_tells_them(flag, knots, held):
    assert (flag in flags(speed=knots * KNOT)) == held


@pytest.mark.parametrize(
    ("flag", "cm", "held"),
    [
        ("stopped", 26, False), ("stopped", 25, True), ("slow", 103, False), ("slow", 102, True),
        ("trawling_speed", 103, True), ("trawling_speed", 102, False),
        ("trawling_speed", 257, True), ("trawling_speed", 258, False),
        ("drifting_speed", 51, True), ("drifting_speed", 50, False),
        ("drifting_speed", 257, True), ("drifting_speed", 258, False),
        ("fast", 1029, True), ("fast", 1028, False),
    ],
)  # fmt: skip
def test_speeds_to_the_centimetre_a_second(flag, cm, held):
    assert (flag in flags(speed=cm * 0.01)) == held


@pytest.mark.parametrize(("degrees", "held"), [(45.0, False), (45.01, True), (315.0, False), (314.99, True)])
def test_crosswise_is_more_than_45_degrees(degrees, held):
    assert ("crosswise" in flags(speed=1.5, course=np.radians(10.0), heading=np.radians(degrees + 10.0))) == held


@pytest.mark.parametrize(("degrees", "held"), [(15.0, False), (15.01, True)])
def test_turning_is_more_than_half_a_degree_a_second(degrees, held):
    assert ("turning" in flags(speed=3.0, course=np.radians([10.0, 10.0 + degrees]))) == held


@pytest.mark.parametrize(
    ("flag", "metres", "held"),
    [
        ("on_land", -1000, False), ("on_land", -1020, True),
        ("off_shore_1nm", 1840, False), ("off_shore_1nm", 1860, True),
        ("off_shore_3nm", 5540, False), ("off_shore_3nm", 5560, True),
        ("off_shore_10km", 10_000, False), ("off_shore_10km", 10_020, True),
        ("off_shore_20nm", 37_040, False), ("off_shore_20nm", 37_060, True),
        ("off_shore_50nm", 92_600, False), ("off_shore_50nm", 92_620, True),
    ],
)  # fmt: skip
def test_distances_to_the_shore_are_more_than_the_figure_to_twenty_metres(flag, metres, held):
    assert (flag in flags(shore=metres)) == held


def test_nothing_is_far_from_the_shore_where_no_shore_is_known():
    assert not {f"off_shore_{far}" for far in ("1nm", "3nm", "10km", "20nm", "50nm")} & flags(shore=np.nan)
    assert "on_land" not in flags(shore=np.nan)


@pytest.mark.parametrize(("nearer", "held"), [(420, True), (400, False)])
def test_shoreward_brings_the_shore_nearer_by_more_than_eight_tenths_of_the_way(nearer, held):
    assert ("shoreward" in flags(shore=[6000, 6000 - nearer], lat_deg=[26.5, off_of(26.5, 500.0) + 1e-7])) == held


def off_of(lat_deg, metres):
    """A latitude so far north, in whole steps, never farther."""
    return lat_deg + np.floor(metres / UNIT) * 1e-7


@pytest.mark.parametrize(("lasted", "held"), [(3600, True), (3601, False)])
def test_samples_up_to_an_hour_apart_tell_what_was_between(lasted, held):
    assert ("present" in flags(times=(0, lasted), speed=0.3)) == held


@pytest.mark.parametrize(("lasted", "held"), [(1799, True), (1800, False)])
def test_who_was_silent_for_half_an_hour_is_not_known_to_have_stayed_slow(lasted, held):
    told = flags(times=(0, lasted), speed=1.03)
    assert ("trawling_speed" in told, "drifting_speed" in told) == (held, held)
    assert ("slow" in flags(times=(0, lasted), speed=0.3)) == held
    assert "stopped" in flags(times=(0, lasted), speed=0.1)


@pytest.mark.parametrize("seconds", [30, 600])
def test_sixty_knots_and_five_hundred_metres_are_within_reach_of_one_hull(seconds):
    reach = 30.9 * seconds + 500.0
    for lat_deg, voices in ((off_of(26.5, reach), 1), (off_of(26.5, reach) + 2e-7, 2)):
        memory = Memory()
        memory.take(Sightings.of(2, key=7, time=[START, START + seconds], lat_deg=[26.5, lat_deg], lon_deg=127.01))
        assert len({kind >> 4 for kind in memory.samples(7)["kind"].tolist()}) == voices


@pytest.mark.parametrize(("rows", "held"), [(4, True), (3, False)])
def test_a_jump_is_believed_from_the_fourth_sample_on(rows, held):
    times = np.arange(6 + rows) * 30
    lat_deg = np.where(np.arange(6 + rows) < 6, 26.5, 27.0)
    assert ("displaced" in flags(times=times, lat_deg=lat_deg)) == held


def two(leg=60, rows=4):
    """One name heard from two places in turns; each is heard every `leg` s."""
    first = np.arange(rows) * leg
    times = np.stack([first, first + leg // 2], axis=1).ravel()
    return flags(times=times, lat_deg=np.tile([26.5, 26.7], rows))


def test_two_places_are_more_than_1852_metres_apart():
    """Two hulls are told by a jump of more than reach, so the second comes near the first in steps that it can sail."""
    for metres, held in ((1852.0, False), (1852.0 + 2 * UNIT, True)):
        way = [26.5, 26.7, 26.5, 26.69, 26.5, 26.68, 26.5, 26.67]
        near = off_of(26.5, metres)
        while way[-1] > near + 0.01:
            way += [26.5, way[-1] - 0.01]
        way += [26.5, near, 26.5, near, 26.5]
        memory = Memory()
        times = START + np.arange(len(way)) * 30
        memory.take(Sightings.of(len(way), key=7, time=times, lat_deg=way, lon_deg=127.01))
        founds = memory.recall(np.array([0])).founds
        ends = founds["end"][founds["flag"] == FLAGS.index("two_places")]
        assert (int(ends.max()) >= times[-3]) == held


@pytest.mark.parametrize(("leg", "held"), [(360, True), (361, False)])
def test_two_places_are_heard_at_most_six_minutes_apart(leg, held):
    assert ("two_places" in two(leg)) == held


@pytest.mark.parametrize(("rows", "held"), [(4, True), (3, False)])
def test_each_of_two_places_is_believed_from_the_fourth_sample_on(rows, held):
    assert ("two_places" in two(rows=rows)) == held


# radar


def picture(heard_radar, apart=5000.0):
    """A vessel of radar alone, and one of AIS alone so far south of it, with when radar heard it last."""
    vessels = Vessels.of(
        2, id=[1, 2], time=START, lat_deg=[26.5, 26.5 - apart / UNIT * 1e-7], lon_deg=127.0, east_mps=0.0,
        north_mps=0.0, status=int(VesselStatus.LIVE), source=[int(Source.RADAR), int(Source.AIS)], mmsi=[0, 7],
        heard_radar=heard_radar,
    )  # fmt: skip
    return Picture(START, 1, vessels, {})


@pytest.mark.parametrize(("ago", "count"), [(10.0, 1), (10.1, 0)])
def test_radar_holds_a_vessel_for_ten_seconds_after_a_plot(ago, count):
    assert len(held_by_radar(picture([START - ago, np.nan]))) == count


@pytest.mark.parametrize(("ago", "count"), [(60.0, 1), (59.9, 0), (np.nan, 1)])
def test_radar_does_not_see_a_vessel_after_a_minute_without_a_plot(ago, count):
    assert len(unseen(picture([START, START - ago]))) == count


@pytest.mark.parametrize(("metres", "count"), [(1_850.0, 0), (1_854.0, 1)])
def test_nobody_is_unseen_within_a_mile_of_what_radar_sees(metres, count):
    assert len(unseen(picture([START, np.nan], metres))) == count


# silence and company


def scene(memory, now):
    company = Company(memory)
    slots = np.arange(len(memory))
    none = np.zeros(0, np.int64)
    return Scene(
        memory,
        company,
        Names(),
        Places(),
        Reception(company, 21_600),
        Rolls(),
        Succession(memory),
        slots,
        none,
        START + now,
    )


def spans(timelines: Timelines):
    return list(zip((timelines.start - START).tolist(), (timelines.end - START).tolist(), strict=True))


def heard(*times, speed=5.0):
    memory = Memory()
    memory.take(
        Sightings.of(len(times), key=7, time=START + np.array(times), lat_deg=26.5, lon_deg=127.01, speed=speed)
    )
    return memory


@pytest.mark.parametrize(("lasted", "held"), [(600, True), (599, False)])
def test_silence_begins_to_be_one_at_ten_minutes(lasted, held):
    assert spans(scene(heard(0, 30), 30 + lasted).timelines("silent")) == ([(30, 30 + lasted)] if held else [])
    assert spans(scene(heard(0, 30, 30 + lasted), 30 + lasted).timelines("silent")) == (
        [(30, 30 + lasted)] if held else []
    )


@pytest.mark.parametrize(
    ("every", "lasted", "held"), [(180, 2160, True), (180, 2159, False), (60, 720, True), (60, 719, False)]
)
def test_silence_is_beyond_the_pace_at_twelve_times_of_it(every, lasted, held):
    last = 20 * every
    found = scene(heard(*range(0, last + 1, every)), last + lasted).timelines("silent_beyond_pace")
    assert bool(len(found)) == held


@pytest.mark.parametrize(("cm", "held"), [(103, True), (102, False)])
def test_a_vessel_is_lost_under_way_at_two_knots_and_more(cm, held):
    assert bool(len(scene(heard(0, 30, speed=cm * 0.01), 2000).timelines("lost_under_way"))) == held


@pytest.mark.parametrize(("bins", "held"), [(4, True), (3, False)])
def test_a_station_is_out_when_it_brings_nothing_for_two_minutes(bins, held):
    reception = Reception(Company(Memory()), 21_600)
    times = START + np.array([*range(0, 600, 30), *(570 + 30 * (bins + 1) + np.arange(0, 600, 30))])
    reception.hear(Batch(Reports.of(len(times), time=times, sensor=3), Claims.empty()))
    out = reception.down(3, int(times[-1]))
    assert out.tolist() == ([[START + 600, START + 600 + 30 * bins]] if held else [])


@pytest.mark.parametrize("name", NEAR)
def test_near_is_at_most_so_many_metres(name):
    for lat_deg, held in ((off_of(26.5, NEAR[name]), True), (off_of(26.5, NEAR[name]) + 1e-7, False)):
        memory = Memory()
        company = Company(memory)
        ways = [
            Sightings.of(20, key=k, time=START + np.arange(20) * 30, lat_deg=lat, lon_deg=127.01)
            for k, lat in ((7, 26.5), (8, lat_deg))
        ]
        rows = company.take(memory.take(Sightings.concatenate(ways)))
        found = company.timelines(rows, NEAR[name])
        assert spans(found) == ([(-30, 570)] if held else [])


def test_the_coast_of_the_stories_is_where_it_says():
    assert off_shore(0) == 26.0
