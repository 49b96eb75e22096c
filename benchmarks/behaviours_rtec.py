"""BEH-7: RTEC's maritime fluents on a made-up day of 350,000 events, columns in memory to intervals in memory.

Peer: RTEC under SWI-Prolog 9.0.4 recognised a day of 356,195 events made from real positions in 3.4 to 3.7 s, about
100,000 events a second; that is quoted, not run here. What counts: ids of vessels made rows, events put in the order of
vessel and time, all 21 fluents with all their values.
"""

from __future__ import annotations

import statistics
from typing import Any

import numpy as np

from benchmarks.harness import Row, seconds
from mihari.behaviours.language import Field, evaluate
from mihari.behaviours.patterns import definitions
from mihari.behaviours.rtec import CODE, RtecColumns, RtecFacts
from mihari.core.columns import Array

EVENTS, DAY = 350_000, 86_400
PEER = 1e5  # events a second
BAR = 5e6
KINDS = ("anchorage", "fishing", "natura", "nearCoast", "nearCoast5k", "nearPorts")
SHARES = {"cargo": 0.3, "tanker": 0.12, "fishing": 0.25, "passenger": 0.08, "tug": 0.06, "pilotvessel": 0.03,
          "sar": 0.03, "pleasurecraft": 0.1, "other": 0.03}  # fmt: skip
# what a vessel does: how likely next, mean seconds, mean and spread of speed in kn, seconds between turns
MODES = {
    "stopped": (0.25, 9000, 0.1, 0.15, 1e9),
    "slow": (0.2, 2400, 2.5, 0.8, 1500), "cruise": (0.35, 5400, 11.0, 2.5, 1800),
    "trawl": (0.12, 6000, 3.8, 0.6, 600), "silent": (0.08, 3000, 0.0, 0.0, 1e9),
}  # fmt: skip
EDGES = {"stopped": ("stop_start", "stop_end"), "slow": ("slow_motion_start", "slow_motion_end"),
         "silent": ("gap_start", "gap_end"), "trawl": ("slow_motion_start", "slow_motion_end")}  # fmt: skip
EVERY_S = 150  # between velocities of a vessel under way; three times as long where it lies


def columns(seed: int, events: int = EVENTS) -> RtecColumns:
    """A day of so many events, in the order of time."""
    rng = np.random.default_rng(seed)
    days: dict[int, Array] = {}
    while sum(len(day) for day in days.values()) < events:
        id = 200_000_000 + int(rng.integers(0, 600_000_000))
        days[id] = _vessel(rng, id)
    ids, table = list(days), np.concatenate(list(days.values()))
    table = table[np.sort(rng.permutation(len(table))[:events])]
    table = table[np.argsort(table[:, 1], kind="stable")]
    event, time, vessel, area = (table[:, k].astype(np.int64) for k in (0, 1, 2, 6))
    types = [str(t) for t in rng.choice(list(SHARES), len(ids), p=np.array(list(SHARES.values())))]
    area_types = [(KINDS[k % len(KINDS)],) for k in range(300)]
    speed, course, heading = (table[:, k].copy() for k in (3, 4, 5))
    return RtecColumns(
        event.astype(np.int8), time, vessel, speed, course, heading, area, _proximity(rng, np.array(ids)),
        np.array(ids), Field.of_words(types), area_types,
    )  # fmt: skip


def _vessel(rng: np.random.Generator, vessel: int) -> Array:
    """(n, 7) a vessel's day: event, time, vessel, speed, course, heading, area."""
    rows: list[tuple[Any, ...]] = []
    names, weights = list(MODES), np.array([mode[0] for mode in MODES.values()])
    t, compass = int(rng.integers(0, 600)), rng.random() < 0.8
    while t < DAY:
        mode = names[rng.choice(len(names), p=weights)]
        _, mean, kn, spread, turn = MODES[mode]
        until = min(DAY, t + 60 + int(rng.exponential(mean)))
        if mode in EDGES:
            rows += [(CODE[name], at, -1) for name, at in zip(EDGES[mode], (t, until), strict=True)]
        if mode != "silent":
            step = EVERY_S * (3 if mode == "stopped" else 1)
            times = np.arange(t + 1, until, step) + rng.integers(0, 30)
            speed = np.abs(kn + spread * _wander(rng, len(times), 0.9))
            course = (rng.uniform(0, 360) + 25 * _wander(rng, len(times), 0.8)) % 360
            heading = (course + (60 if rng.random() < 0.1 else 8) * _wander(rng, len(times), 0.7)) % 360
            rows += [(0, *r) for r in zip(times, speed.round(1), course.round(1), heading.round(), strict=True)]
            rows += [(CODE["change_in_heading"], at, -1) for at in _moments(rng, t, until, turn)]
            for at in _moments(rng, t, until, 3 * turn):
                rows += [(CODE["change_in_speed_start"], at, -1), (CODE["change_in_speed_end"], at + 90, -1)]
        t = until
    for at in _moments(rng, 0, DAY, 2700):
        area = int(rng.integers(0, 300))
        rows += [(CODE["entersArea"], at, area), (CODE["leavesArea"], at + int(rng.exponential(7200)), area)]
    made = np.full((len(rows), 7), np.nan)
    made[:, 2], made[:, 6] = vessel, -1
    for k, row in enumerate(rows):
        if row[0] == 0:
            made[k, [0, 1, 3, 4, 5]] = row
        else:
            made[k, [0, 1, 6]] = row
    if not compass:
        made[:, 5] = np.nan
    return made[made[:, 1] < DAY]


def _wander(rng: np.random.Generator, n: int, keep: float) -> Array:
    """(n,) a random walk that is drawn back to 0, of variance 1."""
    steps, found, at = rng.normal(size=n) * np.sqrt(1 - keep * keep), np.empty(n), rng.normal()
    for k in range(n):
        at = found[k] = keep * at + steps[k]
    return found


def _moments(rng: np.random.Generator, begin: int, end: int, mean: float) -> list[int]:
    """Random moments, so far apart on average."""
    return [] if mean > DAY else rng.integers(begin, end, rng.poisson((end - begin) / mean)).tolist()


def _proximity(rng: np.random.Generator, ids: Array, count: int = 4000) -> Array:
    """(n, 4) pairs near each other; some of them several times."""
    first = rng.integers(0, len(ids), count)
    second = (first + rng.integers(1, 5, count)) % len(ids)
    start = rng.integers(0, DAY - 4000, count)
    return np.stack([ids[first], ids[second], start, start + 60 + rng.exponential(1800, count).astype(int)], axis=1)


def rows(runs: int = 9) -> list[Row]:
    """BEH-7."""
    made, known = columns(7), definitions("rtec_maritime")

    def recognise() -> Any:
        return evaluate(known, RtecFacts(made))

    found = sum(len(a) for a in recognise().values())
    times = [seconds(recognise) for _ in range(runs + 2)][2:]
    speed = len(made.time) / statistics.median(times)
    what = (
        f"RTEC's fluents on {len(made.time)} events of {len(made.type_vessel)} vessels, {found} intervals: events/s "
        f"(runs {1e3 * min(times):.0f} to {1e3 * max(times):.0f} ms); peer as published"
    )
    return [Row("BEH-7", what, speed, PEER, speed, BAR, ">=")]
