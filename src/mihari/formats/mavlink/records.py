"""Tables -> dicts, one a message: the form that `encode` takes.

`{"message": "VFR_HUD", "sysid": 1, "compid": 1, "packet": 17, "mavlink": 2, "airspeed": 18.5, "heading": 1.57, …}`:
fields by their keys in the units of `units.py`; what is not known (the sentinel of a field, NaN) is None; arrays are
lists; text ends before its trailing zeros and is bytes where it is no UTF-8. `x` and `y` of mission items and commands
are `lat_deg` and `lon_deg` in global frames, `x` and `y` in metres in local ones, else `x_raw` and `y_raw`.
Besides, where they are there: `compat_flags`, `signature` and `beyond` (octets behind the last known field), as
hexadecimal. Unknown messages have a number for a name and their whole `frame` as hexadecimal.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from mihari.core.columns import Array
from mihari.formats.mavlink.decoded import Decoded
from mihari.formats.mavlink.definition import Field
from mihari.formats.mavlink.frames import HEAD_V1, HEAD_V2, SIGNATURE, SIGNED
from mihari.formats.mavlink.table import FLAGS, LENGTH, VERSION, Table

Record = dict[str, Any]
GLOBAL = frozenset({0, 3, 5, 6, 10, 11})  # MAV_FRAME with latitude and longitude
LOCAL = frozenset({1, 4, 7, 8, 9, 12, 20, 21})  # MAV_FRAME in 10^-4 m
UNUSED = 2**31 - 1  # x or y that says nothing
PER_DEG, PER_M = 10_000_000, 10_000
HEAD = ("message", "sysid", "compid", "packet", "mavlink")


def to_dicts(decoded: Decoded) -> list[Record]:
    """All messages in the order of the bytes.

    >>> from mihari.formats.mavlink import decode_many, encode
    >>> hud = encode({"message": "VFR_HUD", "airspeed": 20.5, "groundspeed": 21.0, "alt": 95.0, "climb": 0.0,
    ...               "heading": 0.0, "throttle_percent": 60})
    >>> [told] = to_dicts(decode_many(hud))
    >>> told["message"], told["airspeed"], told["throttle_percent"]
    ('VFR_HUD', 20.5, 60)
    """
    made: list[tuple[int, Record]] = []
    for table in decoded.tables.values():
        made += zip(table.order.tolist(), _of_table(table, decoded), strict=True)
    for u in decoded.unknown:
        version = 2 if u.frame[0] == 0xFD else 1
        head = zip(HEAD, (u.id, u.sysid, u.compid, u.seq, version), strict=True)
        made.append((u.order, {**dict(head), "frame": u.frame.hex()}))
    made.sort(key=lambda row: row[0])
    return [record for _, record in made]


def _of_table(table: Table, decoded: Decoded) -> list[Record]:
    message, rows = table.message, table.rows
    keys = (*HEAD, *(f.key for f in message.fields))
    head = table.head
    columns: list[Any] = [[message.name] * len(table), *(head[:, i].tolist() for i in range(VERSION + 1))]
    columns += [told(f, rows[f.name]) for f in message.fields]
    made = [dict(zip(keys, row, strict=True)) for row in zip(*columns, strict=True)]
    if message.framed:
        for record in made:
            place_of(record)
    if head[:, FLAGS].any():
        for number in np.flatnonzero(head[:, FLAGS]).tolist():
            made[number]["compat_flags"] = int(head[number, FLAGS])
    _beside(table, decoded, made)
    return made


def _beside(table: Table, decoded: Decoded, made: list[Record]) -> None:
    """Note signatures and octets behind the last known field."""
    octets = np.frombuffer(decoded.octets, np.uint8)
    at = table.offset - decoded.start
    second = table.head[:, VERSION] == 2
    signed = second & (octets[np.minimum(at + 2, len(octets) - 1)] & SIGNED > 0)
    for number in np.flatnonzero(signed | (table.head[:, LENGTH] > table.message.size)).tolist():
        p = int(at[number]) + (HEAD_V2 if second[number] else HEAD_V1)
        end = p + int(table.head[number, LENGTH])
        if end > p + table.message.size:
            made[number]["beyond"] = decoded.octets[p + table.message.size : end].hex()
        if signed[number]:
            made[number]["signature"] = decoded.octets[end + 2 : end + 2 + SIGNATURE].hex()


def told(field: Field, raw: Array) -> list[Any]:
    """The wire numbers of a field as Python values in the unit of its key, None where not known."""
    if field.text:
        return [_text(octets) for octets in raw.tolist()]
    scale = field.scale
    if field.real:
        return _nested(raw.tolist(), np.isnan(raw)) if np.isnan(raw).any() else raw.tolist()
    values: Any = raw if scale.whole else raw.astype(np.float64) * scale.numerator / scale.denominator
    if field.absent is not None:
        absent = raw == field.absent
        if absent.any():
            return _nested(values.tolist(), absent)
    return values.tolist()  # type: ignore[no-any-return]


def _nested(values: list[Any], absent: Array) -> list[Any]:
    if absent.ndim == 2:
        return [_nested(row, gone) for row, gone in zip(values, absent, strict=True)]
    return [None if gone else value for value, gone in zip(values, absent.tolist(), strict=True)]


def _text(octets: bytes) -> str | bytes:
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return octets


def place_of(record: Record) -> None:
    """Tell `x` and `y` by what the frame makes of them, in place."""
    x, y, frame = record.pop("x"), record.pop("y"), record["frame"]
    if frame in GLOBAL:
        record["lat_deg"] = None if x == UNUSED else x / PER_DEG
        record["lon_deg"] = None if y == UNUSED else y / PER_DEG
    elif frame in LOCAL:
        record["x"] = None if x == UNUSED else x / PER_M
        record["y"] = None if y == UNUSED else y / PER_M
    else:
        record["x_raw"], record["y_raw"] = x, y


def xy_of(record: Mapping[str, Any]) -> Record:
    """The inverse of `place_of`, on a copy: whichever of the keys are there."""
    made = dict(record)
    for name, angle in (("x", "lat_deg"), ("y", "lon_deg")):
        if f"{name}_raw" in made:
            made[name] = made.pop(f"{name}_raw")
        elif angle in made:
            value = made.pop(angle)
            made[name] = UNUSED if value is None else round(value * PER_DEG)
        elif name in made:
            made[name] = UNUSED if made[name] is None else round(made[name] * PER_M)
    return made
