"""Ascending whole numbers ⇄ bytes: the first, then the steps, in as few bytes a step as the widest needs."""

from __future__ import annotations

import struct

import numpy as np

from mihari.core.columns import Array
from mihari.core.errors import FormatError

HEAD = struct.Struct("<QB")
WIDTHS = (1, 2, 4, 8)
MOST = 100_000  # numbers in one list


def pack(numbers: Array) -> bytes:
    """Ascending numbers, none negative, each once.

    >>> len(pack(np.array([500, 501, 600]))), unpack(pack(np.array([500, 501, 600]))).tolist()
    (11, [500, 501, 600])
    >>> pack(np.array([])), unpack(b"").tolist()
    (b'', [])
    """
    if len(numbers) == 0:
        return b""
    steps = np.diff(numbers.astype(np.uint64))
    widest = int(steps.max(initial=0))
    width = next(w for w in WIDTHS if widest < 1 << (8 * w))
    return HEAD.pack(int(numbers[0]), width) + steps.astype(f"<u{width}").tobytes()


def unpack(packed: bytes | memoryview) -> Array:
    """The numbers, i8 ascending; FormatError for what is no such list."""
    if len(packed) == 0:
        return np.zeros(0, np.int64)
    if len(packed) < HEAD.size:
        raise FormatError("length", f"list of ids: {len(packed)} bytes", bytes(packed[:16]))
    first, width = HEAD.unpack_from(packed)
    size = len(packed) - HEAD.size
    if width not in WIDTHS or size % width or size // width >= MOST or first >= 1 << 62:
        raise FormatError("syntax", "list of ids: steps of an unknown width, or too many", bytes(packed[:16]))
    steps = np.frombuffer(packed, f"<u{width}", offset=HEAD.size)
    if width == 8 and (steps >= 1 << 62).any():
        raise FormatError("syntax", "list of ids: a step too wide", bytes(packed[:16]))
    numbers = first + np.concatenate([[0], np.cumsum(steps.astype(np.int64))])
    if (steps == 0).any() or (numbers < 0).any():
        raise FormatError("syntax", "list of ids: not ascending", bytes(packed[:16]))
    return np.asarray(numbers, np.int64)
