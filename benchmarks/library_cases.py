"""Labelled cases whose decisive figure is drawn: what officers confirmed has more of it, what was false has less.

Both are log-normal about a figure and overlap, as in life: transfers of minutes, waits of a working day. One case in
thirty has the wrong label. Tracks are laid out on a plane, minute by minute; no code is shared with any definition.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from mihari.behaviours.places import AIS_COVER
from mihari.core.behaviour import unnamed
from mihari.core.columns import Array
from mihari.core.zones import KINDS
from mihari.library.cases import HELD, NAMED, TOLD, Case, Rows

BEGIN, STEP_S = 1_577_923_200.0, 60.0
AROUND_S = 2400.0  # under way before and after
KN, METRES = 1852.0 / 3600.0, 111_195.0
CARGO, TANKER, FISHING = 70, 80, 30
WRONG = 1 / 30  # of the labels
FACTORS = 2.0 ** (np.arange(-10, 11) / 4.0)  # of the middle: what is tried, an octave in four steps
Making = Callable[[np.random.Generator, float], "Case"]


@dataclass(frozen=True, slots=True)
class Figure:
    """`middle` between confirmed and false ones, `apart` from it and `spread`, both as logarithms.

    `share` of confirmed cases; `more`: confirmed ones have more of it than the others, else less.
    """

    kind: str
    parameter: str
    unit: str
    middle: float
    make: Making
    apart: float = 0.55
    spread: float = 0.42
    share: float = 0.45
    more: bool = True


@dataclass(frozen=True, slots=True)
class Hull:
    """One vessel's way: knots and degrees by minute; `offset`: m east of the middle; without a type radar holds it."""

    speed: Array
    course: Array
    ship_type: int = CARGO
    length: float = 90.0
    offset: float = 0.0


def pool(figure: Figure, count: int, seed: int) -> list[Case]:
    """So many cases of a figure; the same for the same seed."""
    rng = np.random.default_rng([seed, *figure.kind.encode()])
    made = []
    for _ in range(count):
        real = bool(rng.random() < figure.share)
        side = 1.0 if real == figure.more else -1.0
        drawn = figure.middle * math.exp(float(np.clip(side * figure.apart + rng.normal(0, figure.spread), -1.8, 1.8)))
        case = figure.make(rng, drawn)
        told = real != bool(rng.random() < WRONG)
        made.append(replace(case, name=f"{drawn:.3g} {figure.unit}", positive=told))
    return made


def _case(rng: np.random.Generator, hulls: list[Hull], seconds: float, area: int = 0, shore: float = 20_000.0) -> Case:
    """All rows of some hulls; what matters lasts `seconds` after `AROUND_S`."""
    parts, keys = [], []
    for k, hull in enumerate(hulls):
        key = 431_000_001 + k if hull.ship_type else unnamed(1 + k)
        keys.append(key)
        parts.append(_told(rng, hull, key, area, shore))
        if hull.ship_type:
            at = BEGIN + np.arange(0.0, len(hull.speed) * STEP_S, 360.0) + 1.0
            parts.append(
                Rows.of(
                    len(at), what=NAMED, vessel=key, time=at, ship_type=hull.ship_type, hull_length=hull.length,
                    device="A", subject=0, name=f"V{k}",
                )
            )  # fmt: skip
    rows = Rows.concatenate(parts)
    start = BEGIN + AROUND_S
    return Case("", True, tuple(keys), start, start + seconds, rows=rows.take(np.argsort(rows.time, kind="stable")))


def _told(rng: np.random.Generator, hull: Hull, key: int, area: int, shore: float) -> Rows:
    """Its places, from its speeds and courses, with the errors of a fix."""
    n, course = len(hull.speed), np.radians(hull.course)
    way = np.cumsum(hull.speed * KN * STEP_S * np.array([np.cos(course), np.sin(course)]), axis=1)
    middle = way[:, n // 2]
    north, east = way - middle[:, None] + rng.normal(0, 5.0, (2, n))
    bits = area | 1 << AIS_COVER
    return Rows.of(
        n, what=TOLD if hull.ship_type else HELD, vessel=key, time=BEGIN + np.arange(n) * STEP_S + rng.integers(0, 5),
        lat_deg=north / METRES, lon_deg=(east + hull.offset) / METRES, course=course, status=0,
        speed=np.maximum(hull.speed * KN + rng.normal(0, 0.05, n), 0.0), station=0, shore=shore, areas=bits,
        subject=0, device="A" if hull.ship_type else "",
    )  # fmt: skip


def _speeds(rng: np.random.Generator, seconds: float, low: float, high: float) -> Array:
    """Knots by minute: under way, between `low` and `high` for so long, under way."""
    lead = rng.uniform(8, 12, round(AROUND_S / STEP_S))
    return np.concatenate([lead, rng.uniform(low, high, max(round(seconds / STEP_S), 1)), lead[::-1]])


def _alone(
    rng: np.random.Generator, minutes: float, kn: tuple[float, float], area: int = 0, type_: int = CARGO
) -> Case:
    speed = _speeds(rng, minutes * 60.0, *kn)
    hull = Hull(speed, rng.uniform(0, 360) + np.cumsum(rng.normal(0, 4.0, len(speed))), type_)
    return _case(rng, [hull], minutes * 60.0, area)


def _pair(
    rng: np.random.Generator, minutes: float, kn: tuple[float, float], lengths: tuple[float, float] = (60.0, 80.0),
    types: tuple[int, int] = (CARGO, CARGO),
) -> Case:  # fmt: skip
    """Two that come from two sides, keep side by side, and part."""
    speed, n = _speeds(rng, minutes * 60.0, *kn), round(AROUND_S / STEP_S)
    hulls, along = [], float(rng.uniform(0, 360))
    for k, (type_, length) in enumerate(zip(types, lengths, strict=True)):
        course = np.full(len(speed), along)
        course[:n], course[-n:] = along + 60.0 - 120.0 * k, along - 60.0 + 120.0 * k
        hulls.append(Hull(speed, course, type_, length, k * float(rng.uniform(80, 200))))
    return _case(rng, hulls, minutes * 60.0)


def _dark(rng: np.random.Generator, minutes: float) -> Case:
    """A boat that nobody hears, and an hour in which nobody sees it."""
    speed = rng.uniform(6, 12, max(round(minutes), 2))
    made = _case(rng, [Hull(speed, np.full(len(speed), rng.uniform(0, 360)), 0)], minutes * 60.0)
    return replace(made, start=BEGIN, end=BEGIN + minutes * 60.0)


def _drifting(rng: np.random.Generator, metres: float) -> Case:
    """A vessel of a length that lies across its way for twenty minutes and some."""
    minutes = float(rng.uniform(20, 60))
    speed = _speeds(rng, minutes * 60.0, 1.5, 3.0)
    hull = Hull(speed, np.full(len(speed), rng.uniform(0, 360)), CARGO, metres)
    made = _case(rng, [hull], minutes * 60.0)
    across = np.where(made.rows.speed < 4.0 * KN, math.radians(float(rng.uniform(60, 100))), 0.0)
    return replace(made, rows=made.rows.replace(heading=(made.rows.course + across) % (2 * math.pi)))


def _bit(kind: str) -> int:
    return 1 << KINDS.index(kind)


def _transfer(rng: np.random.Generator, metres: float) -> Case:
    return _pair(rng, float(rng.uniform(150, 260)), (0.2, 1.2), (metres, metres * 1.1), (TANKER, TANKER))


def _beside_unheard(rng: np.random.Generator, kn: float) -> Case:
    """Two side by side at a speed, of which one has no AIS."""
    return _pair(rng, float(rng.uniform(45, 120)), (kn * 0.97, kn * 1.03), types=(CARGO, 0))


FIGURES: Mapping[str, Figure] = {
    f"{f.kind} {f.parameter}": f
    for f in (
        Figure("loitering", "waited", "min", 60.0, lambda rng, x: _alone(rng, x, (0.2, 1.5)), 0.6, 0.5, 0.4),
        Figure("rendezvous", "meeting", "min", 30.0, lambda rng, x: _pair(rng, x, (0.2, 1.4)), 0.5, 0.4, 0.45),
        Figure(
            "loitering_cable", "lingers", "min", 30.0,
            lambda rng, x: _alone(rng, x, (0.2, 1.6), _bit("cable")), 0.45, 0.35, 0.35,
        ),
        Figure(
            "trawling_closed", "towed_closed", "min", 20.0,
            lambda rng, x: _alone(rng, x, (2.5, 4.5), _bit("closed"), FISHING), 0.6, 0.45, 0.5,
        ),
        Figure("dark", "unheard", "min", 20.0, _dark, 0.5, 0.42, 0.4),
        Figure("drifting", "large", "m", 50.0, _drifting, 0.45, 0.4, 0.45),
        Figure("dark_rendezvous", "slow_below", "kn", 2.0, _beside_unheard, 0.5, 0.35, 0.5, more=False),
        Figure("tanker_transfer", "large_from", "m", 100.0, _transfer, 0.4, 0.3, 0.4),
    )
}  # fmt: skip
