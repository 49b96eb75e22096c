"""What is found does not depend on the order of arrival, and is what a plain reading of the rules gives."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from mihari.behaviours.memory import FLAGS, Memory, Pace
from mihari.behaviours.memory.latest import latest
from mihari.behaviours.memory.layout import BIT, SILENT
from mihari.behaviours.sightings import Sightings

START = 1_700_000_000.0


def wander(rng: np.random.Generator, vessels: int = 12, hours: float = 3.0) -> Sightings:
    """Vessels that stop, run, fall silent, and names that are told from two places."""
    parts = []
    for key in range(1, vessels + 1):
        time = START + np.cumsum(
            rng.choice([2.0, 7.0, 10.0, 31.0, 180.0, 700.0, 4000.0], 600, p=[0.2, 0.2, 0.3, 0.2, 0.08, 0.015, 0.005])
        )
        time = time[time < START + hours * 3600]
        n = len(time)
        speed = np.repeat(rng.choice([0.1, 0.8, 2.0, 6.0, 12.0], n // 20 + 1), 20)[:n] + rng.normal(0, 0.05, n)
        course = np.cumsum(rng.normal(0, 0.1, n))
        step = np.diff(time, prepend=time[0]) * np.abs(speed)
        lat = 26.0 + key * 0.05 + np.cumsum(step * np.cos(course)) / 111_195
        lon = 127.0 + np.cumsum(step * np.sin(course)) / 100_000
        away = rng.random(n) < (0.5 if key % 4 == 0 else 0.01)  # every fourth name has two hulls
        parts.append(
            Sightings.of(
                n, key=key, time=time, lat_deg=lat + away * 0.2, lon_deg=lon,
                speed=np.where(rng.random(n) < 0.1, np.nan, np.abs(speed)), course=course % (2 * np.pi),
                heading=np.where(rng.random(n) < 0.3, np.nan, (course + rng.choice([0, 1.2], n)) % (2 * np.pi)),
                status=rng.choice([-1, 0, 1, 5, 7], n), offset=np.arange(n),
            )
        )  # fmt: skip
    return Sightings.concatenate(parts)


def found(memory: Memory) -> dict[int, list[tuple[int, ...]]]:
    slots = np.arange(len(memory))
    recalled = memory.recall(slots)
    told = {}
    for i, key in enumerate(memory.keys.tolist()):
        rows = recalled.founds[recalled.first[i] : recalled.first[i + 1]]
        going = recalled.going[recalled.first[i] : recalled.first[i + 1]]
        told[key] = sorted((*(int(x) for x in row.tolist()), int(g)) for row, g in zip(rows, going, strict=True))
    return told


@pytest.mark.parametrize("seed", range(4))
def test_any_order_of_arrival_gives_the_same_findings(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sightings = wander(rng)
    in_order = Memory()
    for rows in np.array_split(np.argsort(sightings.time, kind="stable"), 50):
        in_order.take(sightings.take(rows))
    expected = found(in_order)
    assert sum(map(len, expected.values())) > 500
    for pieces in (1, 7, 300):
        shuffled = Memory()
        for rows in np.array_split(rng.permutation(len(sightings)), pieces):
            shuffled.take(sightings.take(rows))
        assert found(shuffled) == expected


def test_lateness_within_six_hours_changes_nothing_beyond_it_is_counted() -> None:
    rng = np.random.default_rng(9)
    sightings = wander(rng, hours=14.0)
    late = sightings.time + rng.uniform(0, 21_000, len(sightings))
    straight, shuffled = Memory(), Memory()
    for memory, arrival in ((straight, sightings.time), (shuffled, late)):
        order = np.argsort(arrival, kind="stable")
        for rows in np.array_split(order, 200):
            memory.take(sightings.take(rows))
            memory.settle(float(arrival[rows].max()))
    assert found(shuffled) == found(straight)
    assert shuffled.too_late == 0
    held = int(shuffled.arrays.vessels["samples"].sum())
    assert held < 0.7 * straight_samples(sightings)  # what is past revising is let go of
    shuffled.take(sightings.take([0]))
    assert shuffled.too_late == 1


def straight_samples(sightings: Sightings) -> int:
    memory = Memory()
    memory.take(sightings)
    return int(memory.arrays.vessels["samples"].sum())


def plain_slow(sightings: Sightings, pace: Pace) -> list[tuple[int, int]]:
    """Intervals below 2 kn of one vessel that is one hull, read off its samples one by one."""
    seen: set[tuple[int, int, int]] = set()
    kept = []
    for row in np.argsort(sightings.time, kind="stable").tolist():
        t = int(sightings.time[row])
        lat, lon = (round(float(x[row]) * 1e7) for x in (sightings.lat_deg, sightings.lon_deg))
        cell = (t // pace.sample_s, lat // 200_000, lon // 200_000)
        if cell not in seen:
            seen.add(cell)
            kept.append((t, float(sightings.speed[row])))
    runs: list[tuple[int, int]] = []
    for (t, speed), (after, _) in itertools.pairwise(kept):
        if round(speed * 100) / 100 < pace.slow_mps and after - t < pace.unknown_s:
            if runs and runs[-1][1] == t:
                runs[-1] = (runs[-1][0], after)
            else:
                runs.append((t, after))
    return runs


@pytest.mark.parametrize("seed", range(3))
def test_slow_intervals_are_those_of_a_plain_reading(seed: int) -> None:
    rng = np.random.default_rng(100 + seed)
    n = 800
    speed = np.repeat(rng.choice([0.2, 1.5, 3.0], n // 10), 10)
    steps = rng.choice([3.0, 10.0, 60.0, 3600.0, 3601.0], n, p=[0.3, 0.3, 0.38, 0.01, 0.01])
    sightings = Sightings.of(
        n, key=5, lat_deg=26.0 + np.arange(n) * 1e-5, lon_deg=127.0, speed=speed,
        time=START + np.cumsum(steps),
    )  # fmt: skip
    memory = Memory()
    memory.take(sightings)
    mine = sorted((f[0], f[1]) for f in found(memory)[5] if f[7] == BIT["slow"])
    assert mine == plain_slow(sightings, memory.pace)
    assert len(mine) > 10


def steady(**given: object) -> Sightings:
    """One vessel that lies still, a report a minute."""
    n = len(given["time"])  # type: ignore[arg-type]
    return Sightings.of(n, **({"key": 3, "lat_deg": 26.0, "lon_deg": 127.0, "speed": 0.0} | given))  # type: ignore[arg-type]


@pytest.mark.parametrize(("speed", "slow"), [(1.02, True), (1.03, False)])
def test_two_knots_are_not_slow(speed: float, slow: bool) -> None:
    memory = Memory()
    memory.take(steady(time=START + np.arange(4) * 60.0, speed=speed))
    assert any(f[7] == BIT["slow"] for f in found(memory)[3]) is slow


@pytest.mark.parametrize(("silence", "told"), [(599, 0), (600, 1)])
def test_silence_is_kept_from_ten_minutes_on(silence: int, told: int) -> None:
    memory = Memory()
    memory.take(steady(time=START + np.array([0.0, 60.0, 60.0 + silence])))
    assert [f[0:2] for f in found(memory)[3] if f[7] == SILENT] == [(START + 60, START + 60 + silence)] * told


def test_a_name_told_from_two_places_is_two_voices_and_a_slip_is_none() -> None:
    time = START + np.arange(40) * 30.0
    both = steady(time=np.concatenate([time, time + 7]), lat_deg=np.repeat([26.0, 26.1], 40))
    slip = steady(time=time, lat_deg=np.where(np.arange(40) == 20, 26.3, 26.0))
    flags = []
    for sightings in (both, slip):
        memory = Memory()
        memory.take(sightings)
        flags.append({FLAGS[f[7]] for f in found(memory)[3] if f[7] < len(FLAGS)})
    assert "two_places" in flags[0]
    assert not flags[1] & {"two_places", "displaced"}


def test_a_place_that_cannot_be_reached_is_displaced_from_its_first_sample_on() -> None:
    time = START + np.arange(60) * 30.0
    memory = Memory()
    memory.take(steady(time=time, lon_deg=np.where(np.arange(60) < 20, 127.0, 127.3)))
    displaced = [f for f in found(memory)[3] if f[7] == BIT["displaced"]]
    assert [(f[0], f[1]) for f in displaced] == [(START + 600, START + 59 * 30)]


def test_across_the_antimeridian_nothing_jumps() -> None:
    time = START + np.arange(100) * 30.0
    lon = (179.95 + np.arange(100) * 0.001 + 180) % 360 - 180
    memory = Memory()
    memory.take(steady(time=time, lat_deg=0.0, lon_deg=lon, speed=np.nan))
    assert not {FLAGS[f[7]] for f in found(memory)[3]} & {"two_places", "displaced", "fast"}


def test_memory_of_many_vessels_grows_and_shrinks() -> None:
    rng = np.random.default_rng(1)
    memory = Memory()
    for minute in range(30):
        n = 4000
        memory.take(
            Sightings.of(
                n, key=np.arange(1, n + 1), time=START + minute * 900.0, lat_deg=rng.uniform(20, 30, n), lon_deg=127.0
            )
        )
        memory.settle(START + minute * 900.0)
    assert len(memory) == 4000
    assert memory.arrays.vessels["samples"].max() <= 26


@pytest.mark.parametrize("late", [0, 900, 5000])
def test_where_a_vessel_was_last_heard_by_a_moment_is_what_its_samples_say(late: int) -> None:
    rng = np.random.default_rng(9)
    sightings = wander(rng)
    memory = Memory()
    for rows in np.array_split(rng.permutation(len(sightings)), 40):
        memory.take(sightings.take(rows))
    moment = int(sightings.time.max()) - late
    there = latest(memory.arrays, len(memory), moment, 300, 60, 420)
    expected = [row for key in memory.keys.tolist() if (row := _last_heard(memory, key, moment)) is not None]
    assert [tuple(row[name] for name in ("t", "lat", "lon", "t0", "lat0", "lon0")) for row in there] == expected
    assert len(expected) > 3


def _last_heard(memory: Memory, key: int, moment: int) -> tuple[int, ...] | None:
    samples = [s for s in memory.samples(key) if s["t"] <= moment]
    if not samples or moment - samples[-1]["t"] > 300 or samples[-1]["status"] == 5:
        return None
    last = samples[-1]
    before = [s for s in samples if s["kind"] >> 4 == last["kind"] >> 4 and 60 <= int(last["t"]) - int(s["t"]) <= 420]
    if not before:
        return None
    return tuple(int(s[name]) for s in (last, before[-1]) for name in ("t", "lat", "lon"))
