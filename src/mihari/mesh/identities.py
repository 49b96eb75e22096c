"""What vessels call themselves ⇄ bytes: one MessagePack array a vessel, aligned with the batch's keys."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import msgspec

from mihari.core.errors import FormatError
from mihari.core.picture import ClaimedIdentity
from mihari.mesh.unreadable import UNREADABLE

CLAIMS = 3  # told of a vessel, the best first
FIELDS = tuple(f.name for f in fields(ClaimedIdentity))
ABSENT = {f.name: f.default for f in fields(ClaimedIdentity)}
TEXT = 40  # characters of any text at most
Named = tuple[float, tuple[ClaimedIdentity, ...]]  # UTC s of the vessel's first report, claims


def encode(named: Sequence[Named]) -> bytes:
    """Vessels' births and claims; values that are absent at the end of a claim are left out.

    >>> one = (50.0, (ClaimedIdentity(431000001, 1.0, name="MIHARI MARU"),))
    >>> len(encode([one])), decode(encode([one]), 1) == [one]
    (40, True)
    """
    return msgspec.msgpack.encode([[born, [_told(c) for c in claims[:CLAIMS]]] for born, claims in named])


def _told(claim: ClaimedIdentity) -> list[Any]:
    values = [getattr(claim, name) for name in FIELDS]
    while values and values[-1] == ABSENT[FIELDS[len(values) - 1]]:
        values.pop()
    values[1] = round(values[1], 3)
    return values


def decode(body: bytes, count: int) -> list[Named]:
    """As encoded; FormatError where it is not so. What a later release appends to a claim is read over."""
    try:
        told = msgspec.msgpack.decode(body, type=list[tuple[float, list[list[Any]]]])
    except UNREADABLE as error:
        raise FormatError("syntax", f"identities: {error}", body[:64]) from None
    if len(told) != count:
        raise FormatError("length", f"identities: {len(told)} for {count} vessels", body[:64])
    return [(born, tuple(_claim(c) for c in claims[:CLAIMS])) for born, claims in told]


def _claim(values: list[Any]) -> ClaimedIdentity:
    if len(values) < 2:
        raise FormatError("syntax", "identities: a claim without an MMSI and a weight")
    made: dict[str, Any] = {n: _checked(n, v) for n, v in zip(FIELDS, values, strict=False)}
    return ClaimedIdentity(**made)


def _checked(name: str, value: Any) -> Any:
    """A value of the type its field has."""
    absent: Any = ABSENT[name] if name not in ("mmsi", "weight") else 0
    if isinstance(absent, str):
        good = isinstance(value, str)
        return "".join(c for c in value[:TEXT] if c.isprintable()) if good else _wrong(name, value)
    if value is None and absent is None:
        return None
    good = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if good and isinstance(absent, int) and name != "weight":
        good = isinstance(value, int) and abs(value) < 1 << 31
    return value if good else _wrong(name, value)


def _wrong(name: str, value: Any) -> Any:
    raise FormatError("syntax", f"identities: {name}: {str(value)[:40]!r} is no such value")
