"""Columns of messages of one type -> AIS sentences, whole batches at once; tag blocks of many times of receipt.

The fast way out for the simulator, for messages of one sentence without texts (position reports above all): the same
bits as `encode` makes of one message at a time. ITU-R M.1371-5 annex 8, IEC 61162-1. Imports Numba.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from mihari.core.columns import Array
from mihari.core.errors import FormatError
from mihari.core.kernels import kernel
from mihari.formats.ais.layout import SIGNED, SPARE, TEXT, TURN_RATE, Field, Layout, layout_of
from mihari.formats.ais.sentences import CHARACTERS

HEAD = b"!AIVDM,1,1,,A,"
CHANNEL_AT = HEAD.rindex(b"A")
_HEAD = np.frombuffer(HEAD, np.uint8)
RATE, CIRCLE, CAPPED, BOTH, NUMBER, CODE = range(6)  # kinds of conversion
MS_DIGITS, S_DIGITS = 13, 10  # of a time since 1970 in ms and s, from 2001 to 2286


def encode_columns(message_type: int, columns: Mapping[str, Any], channel: Array) -> list[bytes]:
    """One sentence per row, with its line end. `columns`: fields by name, (n,) or one value; NaN is "not available".

    `channel`: (n,) b"A" or b"B". Fields that are not given are sent as not available. Raises `FormatError` for a type
    that needs texts or several sentences, and for values that the field cannot carry.

    >>> encode_columns(1, {"mmsi": [366730000], "lat_deg": [37.8], "lon_deg": [-122.4], "status": 5, "turn": 0.0},
    ...                np.array([b"A"]))
    [b'!AIVDM,1,1,,A,15MgK450?wG?d`0E`Ah>4?wp0000,0*48\\r\\n']
    """
    table, n = _table(message_type), len(channel)
    values = np.empty((len(table.names), n))
    for k, name in enumerate(table.names):
        values[k] = columns.get(name, np.nan)
    values[0] = message_type
    letters = np.ascontiguousarray(np.asarray(channel, "S1")).view(np.uint8)
    raw, wrong = _raw_numbers(values, table.kind, table.per_unit, table.unit, table.absent, table.limit)
    if wrong >= 0:
        name, value = table.names[wrong // n], float(values[wrong // n, wrong % n])
        raise FormatError("syntax", f"{name} = {value!r} is outside what AIS can carry")
    packed = _packed(raw, table.width, letters, _HEAD, CHANNEL_AT)
    size, whole = packed.shape[1], packed.tobytes()
    return [whole[at : at + size] for at in range(0, n * size, size)]


class _Table(NamedTuple):
    """The fields of a layout as columns, as the kernels take them."""

    names: list[str]
    width: Array
    kind: Array
    per_unit: Array
    unit: Array
    absent: Array
    limit: Array


@cache
def _table(message_type: int) -> _Table:
    fields = _layout(message_type).fields
    return _Table(
        [field.name for field in fields],
        np.array([field.width for field in fields]),
        np.array([_kind(field) for field in fields]),
        np.array([field.per_unit for field in fields]),
        np.array([field.unit for field in fields]),
        np.array([field.absent or 0 for field in fields]),
        np.array([0 if field.kind == SPARE else field.limit for field in fields]),
    )


def _kind(field: Field) -> int:
    """How a value becomes a raw number: see `_raw_numbers`."""
    if field.kind == TURN_RATE:
        return RATE
    if field.name in ("course", "heading"):
        return CIRCLE
    if field.name in ("speed", "altitude", "draught"):
        return CAPPED
    if field.kind == SIGNED:
        return BOTH
    return NUMBER if field.scaled else CODE


@cache
def _layout(message_type: int) -> Layout:
    layout = layout_of(message_type, 0, 0)
    if layout is None or any(field.kind == TEXT for field in layout.fields):
        raise FormatError("syntax", f"AIS message {message_type} has texts or is unknown: encode it one at a time")
    if layout.sent_bits % 6 or layout.sent_bits > 6 * CHARACTERS:
        raise FormatError("length", f"AIS message {message_type} does not fill one sentence")
    return layout


@kernel
def _raw_numbers(
    values: Array, kind: Array, per_unit: Array, unit: Array, absent: Array, limit: Array
) -> tuple[Array, int]:
    """(n, fields) raw numbers nearest to values (fields, n), as `plain.raw_of` makes them, NaN absent.

    And the place of the first value that its field cannot carry in the flattened values, -1 if there is none.
    """
    fields, n = values.shape
    raw = np.empty((n, fields), np.int64)
    for k in range(fields):
        for i in range(n):
            value = values[k, i]
            if math.isnan(value):
                raw[i, k] = absent[k]
                continue
            if kind[k] == RATE:
                turned = np.rint(math.copysign(per_unit[k] * math.sqrt(abs(value) / unit[k]), value))
                number = min(max(turned, -limit[k]), float(limit[k]))  # faster turns are sent as the fastest
            elif kind[k] == CODE:
                number = math.trunc(value)
            else:
                number = np.rint(value / unit[k] * per_unit[k])
            if kind[k] == CIRCLE and number == limit[k] + 1:
                number = 0.0  # 359.97 degrees round to north
            elif kind[k] == CAPPED:
                number = min(number, float(limit[k]))  # "or more" is what the largest value means
            lowest = -limit[k] if kind[k] == BOTH or kind[k] == RATE else 0
            if not lowest <= number <= limit[k]:
                return raw, k * n + i
            raw[i, k] = int(number)
    return raw, -1


@kernel
def _packed(raw: Array, widths: Array, channel: Array, head: Array, channel_at: int) -> Array:
    """(n, octets) whole sentences: head, six-bit characters, `,0*hh` and the line end."""
    n, bits = len(raw), 0
    for k in range(len(widths)):
        bits += widths[k]
    characters, first = bits // 6, len(head)
    out = np.empty((n, first + characters + 7), np.uint8)
    for i in range(n):
        held, count, at = 0, 0, first
        for j in range(first):
            out[i, j] = head[j]
        out[i, channel_at] = channel[i]
        for k in range(len(widths)):
            held = (held << widths[k]) | (raw[i, k] & ((1 << widths[k]) - 1))
            count += widths[k]
            while count >= 6:
                count -= 6
                six = (held >> count) & 63
                out[i, at] = six + 48 if six < 40 else six + 56
                at += 1
            held &= (1 << count) - 1
        out[i, at], out[i, at + 1] = 44, 48  # ,0
        sum_ = 0
        for j in range(1, at + 2):
            sum_ ^= out[i, j]
        high, low = sum_ >> 4, sum_ & 15
        out[i, at + 2] = 42  # *
        out[i, at + 3] = high + 48 if high < 10 else high + 55
        out[i, at + 4] = low + 48 if low < 10 else low + 55
        out[i, at + 5], out[i, at + 6] = 13, 10
    return out


def tag_blocks(station: str, times: Array, milliseconds: bool) -> list[bytes]:
    """`\\s:STATION,c:TIME*hh\\` for many times of receipt (UTC s from 2001 on), in ms or cut to whole s.

    >>> tag_blocks("HORN", np.array([1459382401.7]), milliseconds=False)
    [b'\\\\s:HORN,c:1459382401*22\\\\']
    """
    prefix = np.frombuffer(f"\\s:{station},c:".encode("latin-1"), np.uint8)
    digits = MS_DIGITS if milliseconds else S_DIGITS
    whole = np.rint(times * 1000).astype(np.int64) if milliseconds else np.floor(times).astype(np.int64)
    numbers = (whole[:, None] // 10 ** np.arange(digits - 1, -1, -1) % 10 + 48).astype(np.uint8)
    total = np.bitwise_xor.reduce(numbers, axis=1) ^ np.bitwise_xor.reduce(prefix[1:])
    out = np.empty((len(times), len(prefix) + digits + 4), np.uint8)
    out[:, : len(prefix)], out[:, len(prefix) : len(prefix) + digits] = prefix, numbers
    hexadecimal = np.frombuffer(b"0123456789ABCDEF", np.uint8)
    out[:, -4], out[:, -3], out[:, -2], out[:, -1] = 42, hexadecimal[total >> 4], hexadecimal[total & 15], 92
    size, joined = out.shape[1], out.tobytes()
    return [joined[at : at + size] for at in range(0, len(times) * size, size)]
