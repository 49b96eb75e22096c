"""Payload bits to fields and back, straight from the table, one message at a time in plain Python.

Slow and simple: the yardstick of the fast decoder, the encoder, and what turns single messages into JSON.
A payload is a Python int holding its bits, first bit on the air most significant, and the number of bits.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from mihari.core.errors import FormatError
from mihari.formats.ais.layout import (
    FLAG,
    LAYOUTS,
    SIGNED,
    SPARE,
    TEXT,
    TURN_RATE,
    Field,
    Layout,
    layout_of,
)

ALPHABET = "@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_ !\"#$%&'()*+,-./0123456789:;<=>?"  # M.1371-5 table 47
_CODE = {letter: code for code, letter in enumerate(ALPHABET)}


def text_of(raw: int, characters: int) -> str:
    """Six-bit characters up to the first `@`, without blanks around them.

    >>> text_of(0b000001_000010_100000_000000, 4)
    'AB'
    """
    letters = "".join(ALPHABET[raw >> 6 * k & 63] for k in range(characters - 1, -1, -1))
    return letters.partition("@")[0].strip(" ")


def raw_text(text: str, characters: int) -> int:
    """The bits of a text padded with `@`; lower case becomes upper case; a character AIS lacks is an error."""
    if len(text) > characters:
        raise FormatError("syntax", f"text {text!r} is longer than {characters} characters")
    raw = 0
    for letter in text.upper().ljust(characters, "@"):
        if letter not in _CODE:
            raise FormatError("syntax", f"text {text!r}: AIS has no character {letter!r}")
        raw = raw << 6 | _CODE[letter]
    return raw


def value_of(field: Field, raw: int) -> Any:
    """The value behind a raw number (signed already), `None` where it is absent or reserved."""
    measured = field.kind in (SIGNED, TURN_RATE) or field.scaled
    if raw == field.absent or (measured and abs(raw) > field.limit):
        return None
    if field.kind == FLAG:
        return bool(raw)
    if field.kind == TURN_RATE:
        return math.copysign((raw / field.per_unit) ** 2 * field.unit, raw)
    return raw / field.per_unit * field.unit if field.scaled else raw


def raw_of(field: Field, value: Any) -> int:
    """The raw number (signed) nearest to a value; beyond the field's range is an error."""
    if value is None:
        return field.absent or 0
    if field.kind == TURN_RATE:
        raw = round(math.copysign(field.per_unit * math.sqrt(abs(value) / field.unit), value))
        return max(-field.limit, min(field.limit, raw))  # faster turns are sent as the fastest, 708°/min
    raw = round(value / field.unit * field.per_unit) if field.scaled else int(value)
    lowest = -field.limit if field.kind == SIGNED else 0
    if field.name in ("course", "heading") and raw == field.limit + 1:
        return 0  # 359.97 degrees round to north
    if field.name in ("speed", "altitude", "draught"):
        raw = min(raw, field.limit)  # "or more" is what the largest value means
    if not lowest <= raw <= field.limit:
        raise FormatError("syntax", f"{field.name} = {value!r} is outside what AIS can carry")
    return raw


def layout_for(bits: int, count: int) -> Layout | None:
    """The layout of a payload, `None` where its type is kept raw."""
    message_type = take(bits, count, 0, 6)
    return layout_of(message_type, take(bits, count, 38, 2), take(bits, count, 8, 30))


def take(bits: int, count: int, first: int, width: int) -> int:
    """`width` bits from bit `first`; bits beyond the payload read as zero."""
    shift = count - first - width
    return (bits >> shift if shift >= 0 else bits << -shift) & ((1 << width) - 1)


def _signed(field: Field, raw: int) -> int:
    if field.kind in (SIGNED, TURN_RATE) and raw >> (field.width - 1):
        return raw - (1 << field.width)
    return raw


def _characters(field: Field, count: int) -> int:
    """How many whole characters of a text the payload holds (texts at the end may be cut short)."""
    return max(0, min(field.width, count - field.first)) // 6


def decode_payload(bits: int, count: int, exact: bool = False) -> dict[str, Any]:
    """The fields of a payload; what is absent is left out. Other types: `message_type, repeat, mmsi` and `payload`.

    `exact` adds whatever else it takes to build the same bits again: `NAME_raw` for reserved values, padded texts
    and spare bits that are not zero, `bits` where the length is not the usual one.

    >>> fields = decode_payload(27 << 90 | 206914217 << 58 | 82200 << 34 | 2904 << 17 | 511 << 2, 96)
    >>> fields["mmsi"], fields["lon_deg"], fields["lat_deg"], "course" in fields
    (206914217, 137.0, 4.84, False)
    """
    layout = layout_for(bits, count)
    if layout is None or not layout.accepts(count):
        return _raw(bits, count)
    found: dict[str, Any] = {}
    for field in layout.fields:
        if field.kind == TEXT:
            _decode_text(found, field, bits, count, exact)
            continue
        raw = _signed(field, take(bits, count, field.first, field.width))
        if field.kind == SPARE:
            value = None
        else:
            value = value_of(field, raw)
        if value is not None:
            found[field.name] = value
        elif exact and raw != (field.absent or 0):
            found[f"{field.name}_raw"] = raw
    if exact:
        _tail(found, layout, bits, count)
    return found


def _raw(bits: int, count: int) -> dict[str, Any]:
    found: dict[str, Any] = {"message_type": take(bits, count, 0, 6), "repeat": take(bits, count, 6, 2)}
    if count >= 38:
        found["mmsi"] = take(bits, count, 8, 30)
    size = -(-count // 8)
    return found | {"payload": (bits << (8 * size - count)).to_bytes(size, "big").hex(), "bits": count}


def _decode_text(found: dict[str, Any], field: Field, bits: int, count: int, exact: bool) -> None:
    characters = _characters(field, count)
    raw = take(bits, count, field.first, 6 * characters)
    text = text_of(raw, characters)
    if text:
        found[field.name] = text
    if exact and raw_text(text, characters) != raw:
        found[f"{field.name}_raw"] = f"{raw:0{6 * characters}b}"


def _tail(found: dict[str, Any], layout: Layout, bits: int, count: int) -> None:
    """Keep what lies behind the last field: the odd bits of texts, the padding of long variants."""
    if count != _sent_bits(layout, found):
        found["bits"] = count
    end = min(count, layout.fields[-1].first + layout.fields[-1].width)
    if layout.fields[-1].kind == TEXT:
        end = layout.fields[-1].first + 6 * _characters(layout.fields[-1], count)
    tail = bits & ((1 << max(0, count - end)) - 1)
    if tail:
        found["tail_raw"] = tail


def _sent_bits(layout: Layout, fields: Mapping[str, Any]) -> int:
    """How many bits a message takes when nothing says otherwise: texts at the end as long as they are."""
    last = layout.fields[-1]
    if last.kind != TEXT:
        return layout.sent_bits
    used = last.first + 6 * len(fields.get(last.name, ""))
    if layout.message_type == 14:
        return max(used, layout.lengths[0][0])
    return -(-used // 8) * 8  # M.1371-5 table 73: spare bits fill type 21 up to whole bytes


def encode_payload(fields: Mapping[str, Any]) -> tuple[int, int]:
    """The bits of a message given as `decode_payload` gives it; what is left out is sent as "not available".

    Errors: `FormatError` for a value AIS cannot carry. Names that the type does not have are passed over.

    >>> bits, count = encode_payload({"message_type": 27, "mmsi": 206914217, "lat_deg": 4.84, "lon_deg": 137.0})
    >>> count, decode_payload(bits, count)["lat_deg"]
    (96, 4.84)
    """
    layout = layout_of(int(fields["message_type"]), int(fields.get("part", -1)), int(fields.get("mmsi", 0)))
    if layout is None or "payload" in fields:
        return _encode_raw(fields)
    count = int(fields.get("bits", 0)) or _sent_bits(layout, fields)
    if not layout.accepts(count):
        raise FormatError("length", f"type {layout.message_type} cannot have {count} bits")
    bits = used = 0
    for field in layout.fields:
        raw, width = _encode_field(field, fields, count)
        bits, used = bits << width | (raw & ((1 << width) - 1)), used + width
    if used > count:
        return bits >> (used - count), count
    return bits << (count - used) | int(fields.get("tail_raw", 0)), count


def _encode_field(field: Field, fields: Mapping[str, Any], count: int) -> tuple[int, int]:
    kept = fields.get(f"{field.name}_raw")
    if field.kind == TEXT:
        characters = _characters(field, count)
        raw = raw_text(fields.get(field.name) or "", characters) if kept is None else int(kept or "0", 2)
        return raw, 6 * characters
    if kept is not None:
        return int(kept), field.width
    if field.kind == SPARE:
        return 0, field.width
    return raw_of(field, fields.get(field.name)), field.width


def _encode_raw(fields: Mapping[str, Any]) -> tuple[int, int]:
    try:
        octets, count = bytes.fromhex(fields["payload"]), int(fields["bits"])
    except (KeyError, ValueError) as problem:
        kind = fields["message_type"]
        raise FormatError("syntax", f"type {kind} needs payload (hexadecimal) and bits") from problem
    if not 0 < count <= 8 * len(octets):
        raise FormatError("length", f"{count} bits do not fit the payload of {len(octets)} bytes")
    return int.from_bytes(octets, "big") >> (8 * len(octets) - count), count


FIELD_NAMES = frozenset(field.name for layout in LAYOUTS for field in layout.fields)
