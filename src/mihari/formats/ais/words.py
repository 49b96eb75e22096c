"""Eight bytes at a time: loads, byte searches and AIS six-bit unpacking inside 64-bit words, for kernels.

The first byte of memory is the lowest byte of a loaded word whatever the machine.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, cast

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from mihari.core.kernels import inlined

U64 = np.uint64
I64 = cast("Callable[[Any], int]", np.int64)  # signed arithmetic: mixing signs would give floats
ONES = U64(0x0101010101010101)
HIGH = U64(0x8080808080808080)
NEWLINES = U64(0x0A0A0A0A0A0A0A0A)
_ZEROS = U64(0x3030303030303030)  # the character '0' eight times
_SWAP = sys.byteorder == "big"


def _load(typingctx: Any, data: Any, at: Any) -> Any:
    signature = types.uint64(data, types.intp)

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        array = cgutils.create_struct_proxy(sig.args[0])(context, builder, value=args[0])
        where = builder.gep(array.data, [args[1]])
        word = builder.load(builder.bitcast(where, ir.IntType(64).as_pointer()), align=1)
        return builder.bswap(word) if _SWAP else word

    return signature, generate


def _trailing(typingctx: Any, word: Any) -> Any:
    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.cttz(args[0], cgutils.false_bit)

    return types.int64(types.uint64), generate


def _reverse(typingctx: Any, word: Any) -> Any:
    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.bswap(args[0])

    return types.uint64(types.uint64), generate


_intrinsic = cast("Callable[[Any], Any]", intrinsic)
load = _intrinsic(_load)  # load(bytes, at): the eight bytes from `at`; the caller keeps at + 8 inside the array
trailing_zeros = _intrinsic(_trailing)
reverse_bytes = _intrinsic(_reverse)


@inlined
def find(data: Any, at: int, stop: int, pattern: Any) -> int:
    """The first place in [at, stop) of the byte repeated in `pattern`, else `stop`; reads up to 8 bytes beyond."""
    while at < stop:
        x = load(data, at) ^ pattern
        hit = (x - ONES) & ~x & HIGH
        if hit != U64(0):
            found: int = at + (trailing_zeros(hit) >> 3)
            return min(found, stop)
        at += 8
    return stop


@inlined
def not_armoured(c: Any) -> Any:
    """The high bit of each byte of `c` that is no payload character ('0'-'W', '`'-'w'); exact up to the first one."""
    from_48 = c + U64(0x5050505050505050)
    from_88 = c + U64(0x2828282828282828)
    from_96 = c + U64(0x2020202020202020)
    from_120 = c + U64(0x0808080808080808)
    return (~from_48 | from_120 | (from_88 & ~from_96) | c) & HIGH


@inlined
def six_bits(c: Any) -> Any:
    """Eight payload characters -> 48 bits, first character first, in the high end of the word."""
    upper = ((c + U64(0x2020202020202020)) & HIGH) >> U64(4)  # 8 in each byte from '`' on
    x = reverse_bytes(c - _ZEROS - upper)
    x = ((x >> U64(2)) & U64(0x0FC00FC00FC00FC0)) | (x & U64(0x003F003F003F003F))
    x = ((x >> U64(4)) & U64(0x00FFF00000FFF000)) | (x & U64(0x00000FFF00000FFF))
    x = ((x >> U64(8)) & U64(0x0000FFFFFF000000)) | (x & U64(0x0000000000FFFFFF))
    return x << U64(16)


@inlined
def first_bytes(word: Any, count: int) -> Any:
    """The first `count` (0 to 8) bytes of a word, the others zero."""
    if count >= 8:
        return word
    return word & ((U64(1) << U64(8 * count)) - U64(1))


@inlined
def fold(word: Any) -> int:
    """The exclusive or of the eight bytes of a word."""
    word ^= word >> U64(32)
    word ^= word >> U64(16)
    word ^= word >> U64(8)
    return I64(word & U64(255))


@inlined
def bits_at(words: Any, start: int, first: int, width: int) -> int:
    """`width` (1 to 57) bits from bit `first` of the payload that begins at `words[start]`, as an int64."""
    at = start + (first >> 6)
    shift = U64(first & 63)
    high = words[at] << shift
    low = (words[at + 1] >> U64(1)) >> (U64(63) - shift)
    return I64((high | low) >> U64(64 - width))
