"""Kernels that read fields out of payload words, driven by arrays made from the table."""

from __future__ import annotations

from typing import Any

import numpy as np

from mihari.core.kernels import kernel
from mihari.formats.ais.layout import LAYOUTS, SIGNED, TURN_RATE, Field
from mihari.formats.ais.plain import value_of
from mihari.formats.ais.words import I64, U64, bits_at

MEASURED = ("lat_deg", "lon_deg", "speed", "course", "heading")  # columns of numbers with a unit
CODED = ("status", "second", "accuracy", "raim", "turn")  # columns of codes; turn by way of TURN_RATES


def measured_table() -> Any:
    """(64, 5, 6): first bit, width, signed, per_unit, unit, top for each type and MEASURED column; width 0: none."""
    table = np.zeros((64, len(MEASURED), 6))
    table[:, :, 3:5] = 1.0
    for layout in LAYOUTS:
        for k, name in enumerate(MEASURED):
            f = layout.by_name.get(name)
            if f is not None:
                table[layout.message_type, k] = f.first, f.width, f.kind == SIGNED, f.per_unit, f.unit, f.limit
    return table


def coded_table() -> Any:
    """(64, 5, 3): first bit, width and the raw number for absent, by type and CODED column; width 0: no such field."""
    table = np.zeros((64, len(CODED), 3), np.int64)
    for layout in LAYOUTS:
        for k, name in enumerate(CODED):
            f = layout.by_name.get(name)
            if f is not None:
                absent = -1 if f.absent is None or f.kind == TURN_RATE else f.absent
                table[layout.message_type, k] = f.first, f.width, absent
    return table


def turn_rates() -> Any:
    """(256,): rad/s by the eight bits of the turn field, NaN where there is none."""
    turn: Field = LAYOUTS[0].by_name["turn"]
    rates = [value_of(turn, raw - 256 if raw > 127 else raw) for raw in range(256)]
    return np.array([np.nan if rate is None else rate for rate in rates])


@kernel
def kinematics(
    pool: Any,
    starts: Any,
    counts: Any,
    begin: int,
    stop: int,
    measured: Any,
    coded: Any,
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
        lats[row] = number(pool, at, measured[kind, 0])
        lons[row] = number(pool, at, measured[kind, 1])
        speeds[row] = number(pool, at, measured[kind, 2])
        courses[row] = number(pool, at, measured[kind, 3])
        headings[row] = number(pool, at, measured[kind, 4])
        statuses[row] = code(pool, at, coded[kind, 0], -1)
        seconds[row] = code(pool, at, coded[kind, 1], -1)
        accuracies[row] = code(pool, at, coded[kind, 2], -1)
        raims[row] = code(pool, at, coded[kind, 3], -1)
        rates[row] = turns[code(pool, at, coded[kind, 4], 128)]


@kernel
def number(pool: Any, at: int, spec: Any) -> float:
    """A scaled number, NaN if the type has no such field or the value is absent or reserved."""
    width = I64(spec[1])
    if width == 0:
        return np.nan
    raw = bits_at(pool, at, I64(spec[0]), width)
    if spec[2] != 0.0 and raw >> (width - 1):
        raw -= 1 << width
    if abs(raw) > spec[5]:
        return np.nan
    value: float = raw / spec[3] * spec[4]
    return value


@kernel
def code(pool: Any, at: int, spec: Any, absent: int) -> int:
    """An unsigned number, `absent` if the type has no such field or its value says so."""
    if spec[1] == 0:
        return absent
    raw = bits_at(pool, at, spec[0], spec[1])
    return absent if raw == spec[2] else raw


@kernel
def raw_column(pool: Any, starts: Any, firsts: Any, widths: Any, signed: bool, out: Any) -> None:
    """`out[k]`: the raw number of `widths[k]` (up to 57) bits from bit `firsts[k]` of payload `starts[k]`."""
    for k in range(len(starts)):
        raw = bits_at(pool, starts[k], firsts[k], widths[k])
        if signed and raw >> (widths[k] - 1):
            raw -= 1 << widths[k]
        out[k] = raw


@kernel
def text_column(pool: Any, starts: Any, counts: Any, firsts: Any, characters: int, out: Any) -> None:
    """`out[k]`: UCS-4 letters up to the first `@`, trailing blanks dropped, zero behind; within the payload's bits."""
    for k in range(len(starts)):
        used = 0
        for c in range(characters):
            first = firsts[k] + 6 * c
            if first + 6 > counts[k]:
                break
            letter = bits_at(pool, starts[k], first, 6)
            if letter == 0:
                break
            out[k, c] = letter + 64 if letter < 32 else letter
            if letter != 32:
                used = c + 1
        out[k, used:] = 0
