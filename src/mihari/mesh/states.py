"""States that are no columns ⇄ bytes: MessagePack maps, one a key, aligned with the batch's keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from mihari.core.errors import FormatError
from mihari.mesh.unreadable import UNREADABLE


def encode(states: Sequence[dict[str, Any]]) -> bytes:
    """One map a key.

    >>> decode(encode([{"name": "naha"}]), 1)
    [{'name': 'naha'}]
    """
    return msgspec.msgpack.encode(list(states))


def decode(body: bytes, count: int) -> list[dict[str, Any]]:
    """As encoded; FormatError where it is not so."""
    try:
        told = msgspec.msgpack.decode(body, type=list[dict[str, Any]])
    except UNREADABLE as error:
        raise FormatError("syntax", f"states: {error}", body[:64]) from None
    if len(told) != count:
        raise FormatError("length", f"states: {len(told)} for {count} keys", body[:64])
    return told
