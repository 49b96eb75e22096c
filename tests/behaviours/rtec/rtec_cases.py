"""Recordings of the twin as our columns, our results as its rows, and random recordings."""

from __future__ import annotations

import random
from math import nan
from typing import Any

import numpy as np
from rtec_twin import SPEEDS, Event, Recording

from mihari.behaviours.algebra import OPEN
from mihari.behaviours.language import Field
from mihari.behaviours.rtec import CODE, RtecColumns, recognise

KINDS = ("anchorage", "fishing", "natura", "nearCoast", "nearPorts")
PLAIN = [name for name in CODE if name not in ("velocity", "entersArea", "leavesArea")]


def columns(r: Recording) -> RtecColumns:
    areas = sorted(r.kinds)
    types: list[str | None] = list(r.types.values())

    def of(values: Any, kind: Any) -> Any:
        return np.array(list(values), kind)

    return RtecColumns(
        of((CODE[e.name] for e in r.events), np.int8), of((e.t for e in r.events), np.int64),
        of((e.vessel for e in r.events), np.int64), of((e.speed for e in r.events), float),
        of((e.course for e in r.events), float), of((nan if e.heading == 511 else e.heading for e in r.events), float),
        of((areas.index(e.area) if e.area else -1 for e in r.events), np.int64),
        np.array(r.near, np.int64).reshape(-1, 4), of(r.types, np.int64), Field.of_words(types),
        [tuple(sorted(r.kinds[area])) for area in areas],
    )  # fmt: skip


def ours(r: Recording) -> set[tuple[Any, ...]]:
    return ours_of(columns(r))


def ours_of(c: RtecColumns) -> set[tuple[Any, ...]]:
    found = set()
    for one in recognise(c):
        second = [None] * len(one.first) if one.second is None else one.second.tolist()
        end = [None if e >= OPEN else e for e in one.end.tolist()]
        rows = zip(one.first.tolist(), second, one.start.tolist(), end, strict=True)
        found |= {(one.fluent, a, b, one.value, s, e) for a, b, s, e in rows}
    return found


def made(seed: int, events: int, span: int, vessels: int = 4) -> Recording:
    """Random events close together, so that many fall on the same second and on thresholds."""
    rng = random.Random(seed)
    ids = [rng.randrange(1, 10**9) for _ in range(vessels)]
    r = Recording(
        types={v: rng.choice([*SPEEDS, "fishing", "sar", "tug", "unheard-of"]) for v in ids if rng.random() < 0.95}
    )
    r.kinds = {
        f"area {k}": {rng.choice(KINDS)} | ({rng.choice(KINDS)} if rng.random() < 0.2 else set()) for k in range(9)
    }
    speeds = [0.0, 0.3, 0.5, 0.6, 1.0, 1.1, 1.2, 2.0, 2.7, 2.8, 4.9, 5.0, 5.3, 6.0, 9.0, 12.0, 15.0, 16.0, 60.0]
    for _ in range(events):
        t, v, name = rng.randrange(span), rng.choice(ids), rng.choice([*CODE, *["velocity"] * 8, *["entersArea"] * 2])
        if name == "velocity":
            course = float(rng.randrange(0, 360, 10))
            heading = rng.choice([511.0, course, (course + rng.choice([39, 40, 41, 180, 320, 319.5])) % 360])
            r.events.append(Event(name, t, v, rng.choice(speeds), course, heading))
        else:
            r.events.append(Event(name, t, v, area="" if name in PLAIN else rng.choice(sorted(r.kinds))))
    for a in ids:
        for b in ids:
            if a != b and rng.random() < 0.5:
                r.near += apart(rng, a, b, span)
    return r


def apart(rng: random.Random, a: int, b: int, span: int) -> list[tuple[int, int, int, int]]:
    """Intervals of a pair that share no second; some touch."""
    cuts = sorted(rng.sample(range(span), min(span, 2 * rng.randrange(1, 5))))
    rows = [(a, b, s, e) for s, e in zip(cuts[::2], cuts[1::2], strict=True)]
    if rng.random() < 0.3:
        _, _, s, e = rows[0]
        if e - s > 2:
            rows[0:1] = [(a, b, s, s + (e - s) // 2), (a, b, s + (e - s) // 2, e)]
    return rows


def at_work(seed: int) -> Recording:
    """Vessels that fish, search, tow and wait for hours: random events that leave long intervals."""
    rng = random.Random(seed)
    r = Recording(types={v: rng.choice(["fishing", "sar", "tug", "cargo", "pilotvessel"]) for v in range(1, 7)})
    r.kinds = {"grounds": {"fishing"}, "roads": {"anchorage"}, "coast": {"nearCoast"}}
    for v in r.types:
        r.events += [Event("entersArea", 5, v, area=rng.choice(["grounds", "grounds", "roads"]))]
        for t in range(10, 40_000, 400):
            r.events.append(Event("change_in_heading", t + rng.randrange(1400), v))
            r.events.append(
                Event("velocity", t + rng.randrange(400), v, rng.choice([3.0] * 12 + [1.0, 10.0]), 0.0, 20.0)
            )
        for name in ("slow_motion_start", "slow_motion_start", "stop_start", "gap_start", "gap_end", "slow_motion_end"):
            r.events.append(Event(name, rng.randrange(40_000), v))
        r.near += apart(rng, v, v % 6 + 1, 40_000)
    return r


def recording(c: RtecColumns) -> Recording:
    """Columns as the twin takes them."""
    names, r = list(CODE), Recording()
    rows = zip(c.event, c.time, c.vessel, c.speed, c.course, c.heading, c.area, strict=True)
    for e, t, v, *told, area in rows:
        speed, course, heading = (
            absent if x != x else float(x) for x, absent in zip(told, (0.0, 0.0, 511.0), strict=True)
        )
        r.events.append(Event(names[e], int(t), int(v), speed, course, heading, str(area) if area >= 0 else ""))
    r.near = [(a, b, s, e) for a, b, s, e in c.near.tolist()]
    r.types = {
        v: c.type_told.words[k] for v, k in zip(c.type_vessel.tolist(), c.type_told.values.tolist(), strict=True)
    }
    r.kinds = {str(k): set(kinds) for k, kinds in enumerate(c.area_types)}
    return r
