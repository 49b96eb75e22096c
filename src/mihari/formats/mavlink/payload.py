"""Values of a dict -> the octets of a payload, by converters made once for each message."""

from __future__ import annotations

import math
import operator
import struct
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from mihari.core.errors import FormatError
from mihari.formats.mavlink.definition import Field, Message
from mihari.formats.mavlink.dialect import message_of
from mihari.formats.mavlink.records import xy_of

Convert = Callable[[Any], Any]
Quick = Callable[[Mapping[str, Any]], bytes]
MISSING = object()
BESIDE = ("message", "sysid", "compid", "packet", "mavlink", "compat_flags", "signature", "beyond")
WRONG = (TypeError, ValueError, OverflowError, AttributeError, struct.error)


def payload(definition: Message, message: Mapping[str, Any]) -> bytes:
    """All octets, extensions and trailing zeros included. Raises `FormatError` with the name of the field.

    >>> from mihari.formats.mavlink.dialect import message_named
    >>> payload(message_named("MISSION_CURRENT"), {"seq": 2, "total": None}).hex()
    '0200ffff0000'
    """
    given = xy_of(message) if definition.framed else message
    _, _, quick, keys = _layout(definition.id)
    if not keys.issuperset(given):
        raise FormatError("field", f"MAVLink: {definition.name} has no field {sorted(set(given) - keys)[0]!r}")
    octets = quick(given) or _slowly(definition, given)
    beyond = given.get("beyond")
    return octets + bytes.fromhex(beyond) if beyond else octets


def _slowly(definition: Message, given: Mapping[str, Any]) -> bytes:
    """With fields left out, and telling which one is wrong."""
    layout, parts, _, _ = _layout(definition.id)
    wire: list[Any] = []
    for key, convert, default, field in parts:
        value = given.get(key, MISSING)
        try:
            made = default if value is MISSING else convert(value)
        except WRONG as error:
            raise _bad(definition, field, value, str(error)) from None
        if made is MISSING:
            raise FormatError("missing", f"MAVLink: {definition.name} needs {key!r}")
        if type(made) is tuple:
            wire += made
        else:
            wire.append(made)
    try:
        return layout.pack(*wire)
    except WRONG:
        raise _culprit(definition, given) from None


@cache
def _layout(number: int) -> tuple[struct.Struct, tuple[tuple[str, Convert, Any, Field], ...], Quick, frozenset[str]]:
    definition = message_of(number)
    layout = struct.Struct("<" + "".join(f.code for f in definition.fields))
    parts = tuple((f.key, converter(f), _left_out(f), f) for f in definition.fields)
    return layout, parts, _quick(layout, definition), frozenset((*BESIDE, *(f.key for f in definition.fields)))


def _quick(layout: struct.Struct, definition: Message) -> Quick:
    """What packs a message that has every field; nothing where it has not or a value does not fit."""
    # numbers that need no conversion go to `struct` as they are, which refuses what they may not be
    fields = definition.fields
    converters = [(i, converter(f)) for i, f in enumerate(fields) if not _as_it_is(f)]
    several = any(f.count and not f.text for f in fields)
    values = operator.itemgetter(*(f.key for f in fields), "message")  # one more, so that it is always a tuple

    def pack(given: Mapping[str, Any]) -> bytes:
        try:
            wire = list(values(given))
            wire.pop()
            for i, convert in converters:
                wire[i] = convert(wire[i])
            if several:
                wire = [v for made in wire for v in (made if type(made) is tuple else (made,))]
            return layout.pack(*wire)
        except (KeyError, *WRONG):
            return b""

    return pack


def _as_it_is(field: Field) -> bool:
    return not (field.count or field.text) and field.scale.whole and field.absent is None


def converter(field: Field) -> Convert:
    """Value -> what `struct` packs: a number, bytes, or a tuple for an array."""
    if field.text:
        return lambda value: _octets(value, max(field.count, 1))
    one = _real if field.real else _scaled(field) if not field.scale.whole else _whole(field)
    return (lambda value: _each(value, one, field.count)) if field.count else one


def _octets(value: str | bytes, most: int) -> bytes:
    made = value.encode() if isinstance(value, str) else bytes(memoryview(value))
    if len(made) > most:
        raise ValueError(f"{len(made)} octets, at most {most} fit")
    return made


def _each(values: Any, one: Convert, count: int) -> tuple[Any, ...]:
    if len(values) != count:
        raise ValueError(f"{count} values belong there")
    return tuple(one(value) for value in values)


def _real(value: float | None) -> float:
    return math.nan if value is None else float(value)


def _whole(field: Field) -> Convert:
    if field.absent is None:
        return operator.index

    def convert(value: int | None) -> int | None:
        return field.absent if value is None else operator.index(value)

    return convert


def _scaled(field: Field) -> Convert:
    numerator, denominator, absent = field.scale.numerator, field.scale.denominator, field.absent

    def convert(value: float | None) -> int | None:
        if value is None or value != value:
            if absent is None:
                raise ValueError("it has no number for 'not known'")
            return absent
        wire = round(value * denominator / numerator)
        if wire == absent:
            raise ValueError("that number means 'not known'")
        return wire

    return convert


def _left_out(field: Field) -> Any:
    """What a field is that a message does not tell: zero for an extension, else the number for "not known"."""
    if field.extension:
        one: Any = b"" if field.text else 0
    elif field.absent is not None:
        one = field.absent
    else:
        return MISSING
    return (one,) * field.count if field.count and not field.text else one


def _bad(definition: Message, field: Field, value: Any, why: str) -> FormatError:
    return FormatError("range", f"MAVLink: {definition.name}: {field.key} cannot be {value!r}: {why}")


def _culprit(definition: Message, given: Mapping[str, Any]) -> FormatError:
    """Which field did not fit its type."""
    for field in definition.fields:
        value = given.get(field.key, 0)
        try:
            made = converter(field)(value)
            struct.pack("<" + field.code, *(made if type(made) is tuple else (made,)))
        except WRONG as error:
            return _bad(definition, field, value, str(error))
    return FormatError("range", f"MAVLink: {definition.name}: a value does not fit")
