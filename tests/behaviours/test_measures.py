"""Figures of vessels over time, out of what is remembered of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mihari.behaviours.engine import Engine
from mihari.behaviours.kinds import files, read
from mihari.behaviours.measures import MEASURES, Measures
from mihari.behaviours.memory import FLAGS, Memory
from mihari.behaviours.scene import VOCABULARY
from mihari.behaviours.sightings import SightingKind, Sightings
from mihari.core.units import KNOT

BEGIN = 1_800_000_000


def way(times: object, **told: object) -> Sightings:
    times = np.asarray(times, float)
    place = {"lat_deg": 26.0, "lon_deg": 127.0} | told
    return Sightings.of(len(times), key=431000001, time=BEGIN + times, **place)


def steps(sightings: Sightings, name: str, shore: np.ndarray | None = None) -> list[tuple[int, int, float]]:
    memory = Memory()
    memory.take(sightings, shore)
    found = Measures(memory, np.arange(len(memory))).steps(name)[0]
    at = zip((found.start - BEGIN).tolist(), (found.end - BEGIN).tolist(), found.value.round(3).tolist(), strict=True)
    return sorted(at)


def test_a_figure_holds_from_one_sample_to_the_next() -> None:
    told = way([0, 60, 120], speed=np.array([5.0, 5.1, 9.0]) * KNOT)
    assert steps(told, "speed") == [(0, 60, 5.0), (60, 120, 5.1)]


def test_what_lies_too_far_apart_in_time_tells_nothing_of_what_was_between() -> None:
    assert steps(way([0, 3600, 7201], speed=1.0), "made_good") == [(0, 3600, 0.0)]
    held = way([0, 60, 200], speed=1.0, kind=SightingKind.HELD)
    assert [step[:2] for step in steps(held, "speed")] == [(0, 60)]


def test_the_shore_the_hour_and_the_drift_are_those_of_the_place() -> None:
    told = way([0, 600], lon_deg=[135.0, 135.1], course=np.radians([90.0, 90.0]), heading=np.radians([40.0, 40.0]))
    shore = np.array([5556.0, 7408.0])
    assert steps(told, "offshore", shore) == [(0, 600, 3.002)]  # in steps of 20 m
    assert steps(told, "offshore") == [(0, 600, pytest.approx(np.nan, nan_ok=True))]
    assert steps(told, "crab") == [(0, 600, 50.0)]
    assert steps(told, "hour") == [(0, 600, 17.0)]  # 08:00 UTC at 135° E


def sailed(seconds: int, *courses: tuple[float, float]) -> Sightings:
    """Legs of (course in degrees, speed in kn), each for so long, a place each 30 s."""
    times = np.arange(0.0, seconds * len(courses), 30.0)
    course = np.radians(np.repeat([c for c, _ in courses], len(times) // len(courses)))
    speed = np.repeat([v for _, v in courses], len(times) // len(courses)) * KNOT
    metre = 1 / 111_195.0
    north = np.concatenate([[0.0], np.cumsum(30.0 * speed * np.cos(course))[:-1]]) * metre
    east = np.concatenate([[0.0], np.cumsum(30.0 * speed * np.sin(course))[:-1]]) * metre
    return way(times, lat_deg=north, lon_deg=east, course=course, speed=speed)


def at(found: list[tuple[int, int, float]], second: int) -> float:
    return next(value for start, end, value in found if start <= second < end)


def test_what_looks_back_knows_nothing_until_it_can() -> None:
    told = sailed(7200, (0.0, 6.0))
    speeds = steps(told, "mean_speed")
    assert np.isnan(at(speeds, 3590))
    assert at(speeds, 3600) == pytest.approx(6.0)
    assert at(steps(told, "straightness"), 5000) == pytest.approx(1.0)
    assert at(steps(told, "turned"), 5000) == 0


def test_back_and_forth_is_not_straight_and_all_its_turns_count() -> None:
    told = sailed(600, *[(0.0, 5.0), (180.0, 5.0)] * 9)
    assert at(steps(told, "straightness"), 7300) < 0.1
    assert at(steps(told, "mean_speed"), 7300) == pytest.approx(5.0)
    assert at(steps(told, "turned"), 7300) == 3 * 180


def test_errors_of_courses_and_courses_at_rest_are_no_turns() -> None:
    rng = np.random.default_rng(4)
    straight = sailed(7200, (90.0, 8.0))
    wobbling = straight.replace(course=straight.course + rng.normal(0, 0.01, len(straight)))
    assert at(steps(wobbling, "turned"), 7000) < 15
    resting = straight.replace(course=rng.uniform(0, 6.28, len(straight)), speed=np.full(len(straight), 0.2))
    assert at(steps(resting, "turned"), 7000) == 0


def test_a_break_begins_the_look_back_anew() -> None:
    told = sailed(10_800, (0.0, 6.0))
    gone = told.take(np.flatnonzero((told.time < BEGIN + 2000) | (told.time > BEGIN + 6000)))
    assert np.isnan(at(steps(gone, "mean_speed"), 9000))
    assert at(steps(gone, "mean_speed"), 9700) == pytest.approx(6.0)


def test_windows_agree_with_a_twin_that_looks_at_every_sample() -> None:
    rng = np.random.default_rng(5)
    told = sailed(
        900, *[(float(c), float(v)) for c, v in zip(rng.uniform(0, 360, 20), rng.uniform(2, 12, 20), strict=True)]
    )
    east, north = told.lon_deg * 111_195.0, told.lat_deg * 111_195.0
    hop = np.hypot(np.diff(east), np.diff(north))
    for k in rng.integers(120, len(told) - 1, 20).tolist():
        way_m, gone = hop[k - 120 : k].sum(), np.hypot(east[k] - east[k - 120], north[k] - north[k - 120])
        second = int(told.time[k] - BEGIN)
        assert at(steps(told, "mean_speed"), second) == pytest.approx(way_m / 3600 / KNOT, abs=0.11)
        assert at(steps(told, "straightness"), second) == pytest.approx(gone / way_m, abs=0.01)


def test_two_hulls_with_one_name_have_a_figure_each() -> None:
    times = np.repeat(60.0 * np.arange(6), 2) + np.tile([0.0, 20.0], 6)
    told = way(times, lat_deg=np.tile([26.0, 26.5], 6), speed=np.tile([1.0, 12.0], 6) * KNOT)
    found = {value for _, _, value in steps(told, "speed")}
    assert found == {1.0, 12.0}


@pytest.mark.parametrize("seed", range(3))
def test_slow_by_its_speed_is_slow(seed: int) -> None:
    """The finding, which a kernel keeps as sightings come, against the comparison, which is made of samples."""
    rng = np.random.default_rng(seed)
    memory = Memory()
    for key in range(1, 40):
        n = int(rng.integers(2, 60))
        times = BEGIN + np.cumsum(rng.integers(20, 1700, n)).astype(float)
        speed = np.round(np.clip(rng.normal(2.0, 0.6, n), 0, None), 1) * KNOT
        memory.take(Sightings.of(n, key=key, time=times, lat_deg=26.0, lon_deg=127.0, speed=speed))
    slots = np.arange(len(memory))
    recalled, slow = memory.recall(slots), FLAGS.index("slow")
    row = np.repeat(slots, np.diff(recalled.first))
    founds = recalled.founds[(mine := recalled.founds["flag"] == slow)]
    flagged = {(int(k), int(f["start"]), int(f["end"])) for k, f in zip(row[mine], founds, strict=True)}
    speeds = Measures(memory, slots).steps("speed")[0]
    compared = set(speeds.while_(speeds.value < 2.0))
    assert len(flagged) > 50
    assert compared == flagged


def test_a_definition_of_ones_own_compares_figures(tmp_path: Path) -> None:
    mine = tmp_path / "mine.behaviour"
    mine.write_text(
        'crawls(v) = 3 kn <= speed(v) < 4 kn lasting at least 10 min\n  title "Crawls"\n  because "{v} for {lasted}"\n'
    )
    engine = Engine(definitions=read([*files(), mine], VOCABULARY))
    engine.sight(way(60.0 * np.arange(30), speed=np.repeat([3.5, 6.0], 15) * KNOT))
    found = [b for b in engine.step(BEGIN + 1800.0) if b.kind == "crawls"]
    assert [(b.start - BEGIN, b.end) for b in found] == [(0, BEGIN + 900)]


def test_every_measure_says_what_it_is_and_is_in_the_vocabulary() -> None:
    assert {name: VOCABULARY.measures[name] for name in MEASURES} == {
        name: (1, 0, measure.unit) for name, measure in MEASURES.items()
    }
    assert all(measure.about for measure in MEASURES.values())
