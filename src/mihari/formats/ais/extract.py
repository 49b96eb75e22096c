"""Kernels that read fields out of payload words, driven by arrays made from the table."""

from __future__ import annotations

from typing import Any

import numpy as np

from mihari.core.kernels import inlined, kernel
from mihari.formats.ais.layout import LAYOUTS, TURN_RATE, Field, layout_of
from mihari.formats.ais.plain import value_of
from mihari.formats.ais.words import I64, U64, bits_at

MEASURED = ("lat_deg", "lon_deg", "speed", "course", "heading")  # columns of numbers with a unit
DEGREES = MEASURED[:2]
CODED = ("status", "second", "accuracy", "raim", "turn")  # columns of codes; turn by way of TURN_RATES


Spec = tuple[int, ...]


def spec_of(message_type: int) -> Spec:
    """(first bit, width, top) of each MEASURED column and (first bit, width, absent) of each CODED one, flattened.

    Width 0 stands for a field that the type does not have.
    """
    layout = layout_of(message_type, 0)
    spec: list[int] = []
    for name in MEASURED + CODED:
        f = layout.by_name.get(name) if layout else None
        if f is None:
            spec += [0, 0, -1]
        elif name in MEASURED:
            spec += [f.first, f.width, f.limit]
        else:
            spec += [f.first, f.width, -1 if f.absent is None or f.kind == TURN_RATE else f.absent]
    return tuple(spec)


def factors_of(message_type: int) -> tuple[float, ...]:
    """What the raw number of each MEASURED column is divided by (degrees) or multiplied with."""
    layout = layout_of(message_type, 0)
    factors = []
    for name in MEASURED:
        f = layout.by_name.get(name) if layout else None
        by = 1.0 if f is None else f.per_unit if name in DEGREES else f.unit / f.per_unit
        factors.append(by)
    return tuple(factors)


def spec_table() -> Any:
    """(64, 30): `spec_of` every type."""
    return np.array([spec_of(kind) for kind in range(64)])


def factor_table() -> Any:
    """(64, 5): `factors_of` every type."""
    return np.array([factors_of(kind) for kind in range(64)])


def turn_rates() -> Any:
    """(256,): rad/s by the eight bits of the turn field, NaN where there is none."""
    turn: Field = LAYOUTS[0].by_name["turn"]
    rates = [value_of(turn, raw - 256 if raw > 127 else raw) for raw in range(256)]
    return np.array([np.nan if rate is None else rate for rate in rates], np.float32)


# Position reports of class A and base stations make up nearly all traffic: their places are constants to the compiler.
(
    _LAT, _LAT_BITS, _LAT_TOP, _LON, _LON_BITS, _LON_TOP, _SPEED, _SPEED_BITS, _SPEED_TOP, _COURSE, _COURSE_BITS,
    _COURSE_TOP, _HEADING, _HEADING_BITS, _HEADING_TOP, _STATUS, _STATUS_BITS, _STATUS_ABSENT, _SECOND, _SECOND_BITS,
    _SECOND_ABSENT, _ACCURACY, _ACCURACY_BITS, _, _RAIM, _RAIM_BITS, _, _TURN, _TURN_BITS, _,
) = spec_of(1)  # fmt: skip
_LAT_PER, _LON_PER, _SPEED_FACTOR, _COURSE_FACTOR, _HEADING_FACTOR = factors_of(1)
_LAT_4, _LON_4 = spec_of(4)[0], spec_of(4)[3]
_SECOND_4, _ACCURACY_4, _RAIM_4 = spec_of(4)[18], spec_of(4)[21], spec_of(4)[24]


@inlined
def cut(a: Any, b: Any, c: Any, first: int, width: int) -> int:
    """`width` (1 to 57) bits from bit `first` of the 192 bits `a`, `b`, `c`."""
    high, low = c, U64(0)
    if first < 64:
        high, low = a, b
    elif first < 128:
        high, low = b, c
    shift = U64(first & 63)
    return I64(((high << shift) | ((low >> U64(1)) >> (U64(63) - shift))) >> U64(64 - width))


@inlined
def number(raw: int, width: int, top: int, factor: float) -> float:
    """A scaled number, NaN if the type has no such field or the value is absent or reserved."""
    return np.nan if width == 0 or raw > top else raw * factor


@inlined
def degrees(raw: int, width: int, top: int, per_unit: float) -> float:
    """A signed number of degrees, NaN as above."""
    if width == 0:
        return np.nan
    raw -= (raw >> (width - 1)) << width
    return np.nan if abs(raw) > top else raw / per_unit


@inlined
def code(raw: int, width: int, absent: int, otherwise: int) -> int:
    """An unsigned number, `otherwise` if the type has no such field or its value says so."""
    return otherwise if width == 0 or raw == absent else raw


@kernel
def wide(
    pool: Any,
    at: int,
    row: int,
    spec: Any,
    factors: Any,
    turns: Any,
    lats: Any,
    lons: Any,
    speeds: Any,
    courses: Any,
    headings: Any,
    rates: Any,
    statuses: Any,
    seconds: Any,
    accuracies: Any,
    raims: Any,
) -> None:
    """One row of the kinematic columns, the places of its fields from the tables."""
    lats[row] = degrees(bits_at(pool, at, spec[0], spec[1]), spec[1], spec[2], factors[0])
    lons[row] = degrees(bits_at(pool, at, spec[3], spec[4]), spec[4], spec[5], factors[1])
    speeds[row] = number(bits_at(pool, at, spec[6], spec[7]), spec[7], spec[8], factors[2])
    courses[row] = number(bits_at(pool, at, spec[9], spec[10]), spec[10], spec[11], factors[3])
    headings[row] = number(bits_at(pool, at, spec[12], spec[13]), spec[13], spec[14], factors[4])
    statuses[row] = code(bits_at(pool, at, spec[15], spec[16]), spec[16], spec[17], -1)
    seconds[row] = code(bits_at(pool, at, spec[18], spec[19]), spec[19], spec[20], -1)
    accuracies[row] = code(bits_at(pool, at, spec[21], spec[22]), spec[22], spec[23], -1)
    raims[row] = code(bits_at(pool, at, spec[24], spec[25]), spec[25], spec[26], -1)
    rates[row] = turns[code(bits_at(pool, at, spec[27], spec[28]), spec[28], spec[29], 128)]


@kernel
def kinematics(
    pool: Any,
    starts: Any,
    counts: Any,
    begin: int,
    stop: int,
    specs: Any,
    factors: Any,
    turns: Any,
    types: Any,
    repeats: Any,
    mmsis: Any,
    lats: Any,
    lons: Any,
    speeds: Any,
    courses: Any,
    headings: Any,
    rates: Any,
    statuses: Any,
    seconds: Any,
    accuracies: Any,
    raims: Any,
) -> None:
    """The columns that most messages have, rows `begin` to `stop`."""
    for row in range(begin, stop):
        at = starts[row]
        word = pool[at]
        kind = I64(word >> U64(58))
        types[row], repeats[row] = kind, I64(word >> U64(56)) & 3
        mmsis[row] = I64(word >> U64(26)) & 0x3FFFFFFF if counts[row] >= 38 else -1
        if 1 <= kind <= 3:
            a, b, c = word, pool[at + 1], pool[at + 2]
            lats[row] = degrees(cut(a, b, c, _LAT, _LAT_BITS), _LAT_BITS, _LAT_TOP, _LAT_PER)
            lons[row] = degrees(cut(a, b, c, _LON, _LON_BITS), _LON_BITS, _LON_TOP, _LON_PER)
            speeds[row] = number(cut(a, b, c, _SPEED, _SPEED_BITS), _SPEED_BITS, _SPEED_TOP, _SPEED_FACTOR)
            courses[row] = number(cut(a, b, c, _COURSE, _COURSE_BITS), _COURSE_BITS, _COURSE_TOP, _COURSE_FACTOR)
            headings[row] = number(cut(a, b, c, _HEADING, _HEADING_BITS), _HEADING_BITS, _HEADING_TOP, _HEADING_FACTOR)
            statuses[row] = code(cut(a, b, c, _STATUS, _STATUS_BITS), _STATUS_BITS, _STATUS_ABSENT, -1)
            seconds[row] = code(cut(a, b, c, _SECOND, _SECOND_BITS), _SECOND_BITS, _SECOND_ABSENT, -1)
            accuracies[row] = cut(a, b, c, _ACCURACY, _ACCURACY_BITS)
            raims[row] = cut(a, b, c, _RAIM, _RAIM_BITS)
            rates[row] = turns[cut(a, b, c, _TURN, _TURN_BITS)]
        elif kind == 4:
            a, b, c = word, pool[at + 1], pool[at + 2]
            lats[row] = degrees(cut(a, b, c, _LAT_4, _LAT_BITS), _LAT_BITS, _LAT_TOP, _LAT_PER)
            lons[row] = degrees(cut(a, b, c, _LON_4, _LON_BITS), _LON_BITS, _LON_TOP, _LON_PER)
            speeds[row] = courses[row] = headings[row] = rates[row] = np.nan
            statuses[row] = -1
            seconds[row] = code(cut(a, b, c, _SECOND_4, _SECOND_BITS), _SECOND_BITS, _SECOND_ABSENT, -1)
            accuracies[row] = cut(a, b, c, _ACCURACY_4, _ACCURACY_BITS)
            raims[row] = cut(a, b, c, _RAIM_4, _RAIM_BITS)
        elif specs[kind, 1] == 0:
            lats[row] = lons[row] = np.nan
            speeds[row] = courses[row] = headings[row] = rates[row] = np.nan
            statuses[row] = seconds[row] = accuracies[row] = raims[row] = -1
        else:
            wide(
                pool, at, row, specs[kind], factors[kind], turns, lats, lons, speeds, courses, headings, rates,
                statuses, seconds, accuracies, raims,
            )  # fmt: skip


@kernel
def raw_column(pool: Any, starts: Any, rows: Any, first: int, width: int, signed: bool, out: Any) -> None:
    """`out[k]`: the raw number of `width` (up to 57) bits from bit `first` of message `rows[k]`."""
    for k in range(len(rows)):
        raw = bits_at(pool, starts[rows[k]], first, width)
        if signed and raw >> (width - 1):
            raw -= 1 << width
        out[k] = raw


@kernel
def text_column(pool: Any, starts: Any, counts: Any, rows: Any, first: int, characters: int, out: Any) -> None:
    """`out[k]`: UCS-4 letters up to the first `@`, blanks around them dropped, zero behind; what the payload holds."""
    for k in range(len(rows)):
        used, length = 0, 0
        most = min(characters, max(0, (I64(counts[rows[k]]) - first) // 6))
        for c in range(most):
            letter = bits_at(pool, I64(starts[rows[k]]), first + 6 * c, 6)
            if letter == 0:
                break
            if letter == 32 and length == 0:
                continue
            out[k, length] = letter + 64 if letter < 32 else letter
            length += 1
            if letter != 32:
                used = length
        out[k, used:] = 0
