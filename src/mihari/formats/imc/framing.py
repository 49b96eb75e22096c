"""The kernel that finds IMC packets in bytes: synchronisation, header, checksum, in either byte order. IMC 5.4, header.

20 bytes of header (sync FE54, message id, size of the payload, time as f8, source, source entity, destination,
destination entity), the payload, 2 bytes of CRC-16 (polynomial 8005, reflected, from 0) over all before it. A checksum
of any span costs the same whatever its length (from checksums of prefixes; the code is linear): hostile sizes cost no
time.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from mihari.core.columns import Array
from mihari.core.kernels import kernel
from mihari.formats.ais.words import I64

HEADER, FOOTER = 20, 2
LARGEST = HEADER + 65_535 + FOOTER
PACKET, NOISE, BAD_HEADER, CHECKSUM, CUT = range(5)
START, LENGTH, VERDICT, BIG_ENDIAN = range(4)
LATEST_EXPONENT = 1023 + 37  # times below 2³⁷ s: the year 6325 in s, 1974 in ms
_POLYNOMIAL = 0xA001  # 8005 reflected


@cache
def tables() -> tuple[Array, Array]:
    """(256 table of the CRC, (17, 16) what 2ᵏ zero bytes make of each of its bits)."""
    bytewise = np.arange(256)
    for _ in range(8):
        bytewise = np.where(bytewise & 1, bytewise >> 1 ^ _POLYNOMIAL, bytewise >> 1)
    powers = np.zeros((17, 16), np.int64)
    powers[0] = [(1 << k) >> 8 ^ int(bytewise[(1 << k) & 255]) for k in range(16)]
    for k in range(1, 17):
        powers[k] = [_applied(powers[k - 1], int(column)) for column in powers[k - 1]]
    return bytewise, powers


def _applied(columns: Array, state: int) -> int:
    made = 0
    for bit in range(16):
        if state >> bit & 1:
            made ^= int(columns[bit])
    return made


def checksum(data: bytes) -> int:
    """CRC-16 of `data`.

    >>> hex(checksum(b"123456789"))
    '0xbb3d'
    """
    bytewise = tables()[0].tolist()
    state = 0
    for c in data:
        state = state >> 8 ^ bytewise[(state ^ c) & 255]
    return state


@kernel
def span(prefix: Any, powers: Any, a: int, b: int) -> int:
    """The checksum of bytes [a, b) from those of the prefixes."""
    state, count, k = I64(prefix[a]), b - a, 0
    while count:
        if count & 1:
            moved = 0
            for bit in range(16):
                if state >> bit & 1:
                    moved ^= powers[k, bit]
            state = moved
        count >>= 1
        k += 1
    return I64(prefix[b]) ^ state


@kernel
def word(data: Any, at: int, big: bool) -> int:
    """Two bytes as a number."""
    one, two = I64(data[at]), I64(data[at + 1])
    return one << 8 | two if big else two << 8 | one


@kernel
def packets(data: Any, final: bool, known: Any, bytewise: Any, powers: Any, rows: Any) -> Any:
    """(rows filled, bytes done with). What is left begins with what may be a packet that has not all come.

    `known`: (65536,) which message ids exist; `rows`: (n, 4), one per packet, refused start and run of noise.
    """
    stop, at, n, noise = len(data), 0, 0, 0
    prefix = np.empty(stop + 1, np.uint16)
    state = 0
    prefix[0] = 0
    for i in range(stop):
        state = state >> 8 ^ bytewise[(state ^ data[i]) & 255]
        prefix[i + 1] = state
    while at < stop:
        first = data[at]
        little, big = first == 0x54, first == 0xFE
        if at + 1 < stop:
            little, big = little and data[at + 1] == 0xFE, big and data[at + 1] == 0x54
        verdict, length = NOISE, 1
        if little or big:
            length = 0
            if at + HEADER <= stop:
                exponent = word(data, at + 6 if big else at + 12, big) >> 4 & 2047  # of the time
                length = HEADER + word(data, at + 4, big) + FOOTER
                if not known[word(data, at + 2, big)] or exponent > LATEST_EXPONENT:
                    verdict, length = BAD_HEADER, 1
                elif at + length <= stop:
                    end = at + length - FOOTER
                    good = span(prefix, powers, at, end) == word(data, end, big)
                    verdict, length = (PACKET, length) if good else (CHECKSUM, 1)
                else:
                    length = 0
            if length == 0:
                if not final:
                    break
                verdict, length = CUT, 1
        if verdict == NOISE:
            noise += 1
        else:
            if noise:
                rows[n, START], rows[n, LENGTH], rows[n, VERDICT] = at - noise, noise, NOISE
                n, noise = n + 1, 0
            rows[n, START], rows[n, LENGTH], rows[n, VERDICT], rows[n, BIG_ENDIAN] = at, length, verdict, big
            n += 1
        at += length
    if noise:
        rows[n, START], rows[n, LENGTH], rows[n, VERDICT] = at - noise, noise, NOISE
        n += 1
    return n, at
