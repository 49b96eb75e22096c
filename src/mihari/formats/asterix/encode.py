"""Dicts, one per record, -> ASTERIX data blocks; the inverse of `to_dicts`. EUROCONTROL-SPEC-0149 part 1.

The canonical form: field specifications are as short as their items allow unless the record says otherwise
(`field_octets`, `#octets`), spare bits are zero, an extended item ends with the last part that has a value, values
of a part that are not given are zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from mihari.core.errors import FormatError
from mihari.formats.asterix.definition import (
    Category,
    Compound,
    Content,
    Element,
    Explicit,
    Extended,
    Group,
    Named,
    Repetitive,
    Spare,
    Uap,
)
from mihari.formats.asterix.editions import category as definition
from mihari.formats.asterix.program import OCTETS

LONGEST_BLOCK = 65_535  # the length field has 16 bits


def encode(records: Iterable[Mapping[str, Any]]) -> bytes:
    """The records as data blocks: neighbours of the same category (and `block`, where given) share one.

    Raises `FormatError` for a name or a value that the edition does not have.

    >>> plot = {"010": {"SAC": 12, "SIC": 34}, "040": {"RHO": 32768, "THETA": 16384}}
    >>> encode([{"category": 48, "items": plot}]).hex()
    '30000a900c2280004000'
    """
    blocks = groupby(records, key=lambda r: (r["category"], r.get("datagram"), r.get("block")))
    return b"".join(
        block for key, block_records in blocks for block in frame(key[0], map(encode_record, block_records))
    )


def encode_datagrams(records: Iterable[Mapping[str, Any]]) -> list[bytes]:
    """One datagram per run of records with the same `datagram`."""
    return [encode(group) for _, group in groupby(records, key=lambda r: r.get("datagram"))]


def frame(category: int, records: Iterable[bytes], longest: int = LONGEST_BLOCK) -> Iterator[bytes]:
    """Encoded records as data blocks of at most `longest` octets, never cutting a record."""
    body = b""
    for record in records:
        if body and 3 + len(body) + len(record) > longest:
            yield _block(category, body)
            body = b""
        body += record
    if body:
        yield _block(category, body)


def encode_record(record: Mapping[str, Any]) -> bytes:
    """One record without the head of its data block."""
    category = definition(record["category"], record.get("edition"))
    items = dict(record["items"])
    uap = _profile(category, items)
    present = [item is not None and item.name in items for item in uap]
    parts = [
        _content(f"{category.number:03d}/{item.name}", item.content, items.pop(item.name))
        for item, is_here in zip(uap, present, strict=True)
        if item is not None and is_here
    ]
    _no_rest(_name(category), items)
    if not parts:
        raise FormatError("spec", f"ASTERIX {_name(category)}: a record without items cannot be sent")
    return field_specification(present, record.get("field_octets", 0)) + b"".join(parts)


def _profile(category: Category, items: Mapping[str, Any]) -> Uap:
    """The profile of a record, by what it holds where its category has several."""
    if category.choice is None:
        return category.uap
    value = items.get(category.choice.item, {}).get(category.choice.part, 0)
    if not 0 <= value < len(category.uaps):
        raise FormatError("spec", f"ASTERIX {_name(category)}: there is no profile {value}")
    return category.uaps[value]


def field_specification(present: Sequence[bool], octets: int = 0) -> bytes:
    """One bit per item, seven an octet, the eighth says that another octet follows; at least `octets` long.

    >>> field_specification([True, False, False, True]).hex(), field_specification([False] * 7 + [True]).hex()
    ('90', '0180')
    """
    last = max((i for i, is_here in enumerate(present) if is_here), default=0)
    length = max(last // 7 + 1, octets)
    bits = [0] * (8 * length)
    for place, is_here in enumerate(present[: last + 1]):
        bits[place // 7 * 8 + place % 7] = int(is_here)
    for octet in range(length - 1):
        bits[8 * octet + 7] = 1
    return _pack(int("".join(map(str, bits)), 2), 8 * length)


def _block(category: int, body: bytes) -> bytes:
    if 3 + len(body) > LONGEST_BLOCK:
        raise FormatError("bad_length", f"ASTERIX {category:03d}: a record of {len(body)} octets fits no data block")
    return bytes([category]) + (3 + len(body)).to_bytes(2, "big") + body


def _content(path: str, content: Content, value: Any) -> bytes:
    match content:
        case Element() | Group():
            return _pack(*_bits(path, content, value))
        case Extended(parts, closed):
            return _extended(path, parts, closed, value)
        case Repetitive(count_octets, repeated):
            return _repetitive(path, count_octets, repeated, value)
        case Compound(parts):
            return _compound(path, parts, value)
        case Explicit():
            if len(value) > 254:
                raise FormatError("bad_length", f"ASTERIX {path}: {len(value)} bytes, at most 254 fit")
            return bytes([len(value) + 1]) + bytes(value)


def _bits(path: str, content: Element | Group, value: Any) -> tuple[int, int]:
    """The value as a number and its width in bits."""
    if isinstance(content, Group):
        return _group_bits(path, content.parts, value)
    bits, number = content.bits, int(value)
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if content.signed else (0, (1 << bits) - 1)
    if not low <= number <= high:
        raise FormatError("spec", f"ASTERIX {path}: {number} is not between {low} and {high}")
    return number & ((1 << bits) - 1), bits


def _group_bits(path: str, parts: Sequence[Named | Spare], value: Mapping[str, Any]) -> tuple[int, int]:
    number, width, rest = 0, 0, dict(value)
    for part in parts:
        if isinstance(part, Spare):
            number, width = number << part.bits, width + part.bits
            continue
        assert isinstance(part.content, Element | Group)
        nothing: Any = {} if isinstance(part.content, Group) else 0
        own, bits = _bits(f"{path}/{part.name}", part.content, rest.pop(part.name, nothing))
        number, width = number << bits | own, width + bits
    _no_rest(path, rest)
    return number, width


def _extended(
    path: str, parts: Sequence[Sequence[Named | Spare]], closed: bool, value: Mapping[str, Any]
) -> bytes:  # fmt: skip
    names = [[part.name for part in group if isinstance(part, Named)] for group in parts]
    last = max((i for i, own in enumerate(names) if any(name in value for name in own)), default=0)
    _no_rest(path, {name: 0 for name in value if not any(name in own for own in names)})
    encoded = b""
    for i, group in enumerate(parts[: last + 1]):
        own = {name: value[name] for name in names[i] if name in value}
        number, bits = _group_bits(path, group, own)
        has_bit = i < len(parts) - 1 or not closed
        encoded += _pack(number << 1 | (i < last), bits + 1) if has_bit else _pack(number, bits)
    return encoded


def _repetitive(path: str, count_octets: int, repeated: Element | Group, values: Sequence[Any]) -> bytes:
    encoded = [_bits(f"{path}[{i}]", repeated, value) for i, value in enumerate(values)]
    if count_octets == 0:
        if not encoded:
            raise FormatError("spec", f"ASTERIX {path}: needs at least one value")
        last = len(encoded) - 1
        return b"".join(_pack(number << 1 | (i < last), bits + 1) for i, (number, bits) in enumerate(encoded))
    if len(encoded) >= 1 << 8 * count_octets:
        raise FormatError("bad_length", f"ASTERIX {path}: {len(encoded)} repetitions are too many")
    head = len(encoded).to_bytes(count_octets, "big")
    return head + b"".join(_pack(number, bits) for number, bits in encoded)


def _compound(path: str, parts: Sequence[Named | None], value: Mapping[str, Any]) -> bytes:
    rest = dict(value)
    octets = rest.pop(OCTETS, 0)
    present = [part is not None and part.name in rest for part in parts]
    encoded = [
        _content(f"{path}/{part.name}", part.content, rest.pop(part.name))
        for part, is_here in zip(parts, present, strict=True)
        if part is not None and is_here
    ]
    _no_rest(path, rest)
    return field_specification(present, octets) + b"".join(encoded)


def _pack(number: int, bits: int) -> bytes:
    return number.to_bytes(bits // 8, "big")


def _name(category: Category) -> str:
    return f"{category.number:03d} edition {category.edition}"


def _no_rest(path: str, rest: Mapping[str, Any]) -> None:
    if rest:
        raise FormatError("spec", f"ASTERIX {path}: there is no {', '.join(map(repr, sorted(rest)))}")
