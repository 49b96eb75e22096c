"""Pictures -> JPEG, baseline, three full components. ITU-T T.81 annexes A, B, F and K; JFIF 1.02 for the colours.

One pair of Huffman tables (K.3.1, K.3.2 of luminance) serves all components: a few percent longer, half the tables.
"""

from __future__ import annotations

import struct
from functools import cache

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

QUANTA = np.array([  # table K.1
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56,
    14, 17, 22, 29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92,
    49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
])  # fmt: skip
ZIGZAG = np.array(sorted(range(64), key=lambda i: (i // 8 + i % 8, (i // 8 if (i // 8 + i % 8) % 2 else i % 8))))
DC_COUNTS = bytes((0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0))  # table K.3
DC_VALUES = bytes(range(12))
AC_COUNTS = bytes((0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 125))  # table K.5
AC_VALUES = bytes.fromhex(
    "01020300041105122131410613516107227114328191a1082342b1c11552d1f0"
    "2433627282090a161718191a25262728292a3435363738393a434445464748494a"
    "535455565758595a636465666768696a737475767778797a838485868788898a"
    "92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7"
    "c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa"
)
ZERO_RUN, END = 0xF0, 0x00
COLOURS = np.array([[0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]])


def encode(picture: NDArray[np.uint8], quality: int = 85) -> bytes:
    """A picture (height, width, 3), red, green and blue, as JPEG.

    >>> grey = encode(np.full((8, 16, 3), 128, np.uint8))
    >>> grey[:2].hex(), grey[-2:].hex(), len(grey) < 400
    ('ffd8', 'ffd9', True)
    """
    height, width = picture.shape[:2]
    scale = 5000 / quality if quality < 50 else 200 - 2 * quality
    quanta = np.clip((QUANTA * scale + 50) // 100, 1, 255).astype(np.uint8)
    frame = struct.pack(">BHHB", 8, height, width, 3) + bytes((1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0))
    scan = bytes((3, 1, 0, 2, 0, 3, 0, 0, 63, 0))
    return b"".join((
        b"\xff\xd8", _segment(0xE0, b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0"),
        _segment(0xDB, b"\0" + quanta[ZIGZAG].tobytes()), _segment(0xC0, frame),
        _segment(0xC4, b"\x00" + DC_COUNTS + DC_VALUES), _segment(0xC4, b"\x10" + AC_COUNTS + AC_VALUES),
        _segment(0xDA, scan), _packed(*_symbols(_coefficients(picture, quanta))), b"\xff\xd9",
    ))  # fmt: skip


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


@cache
def _cosines() -> NDArray[np.float64]:
    """The matrix of the forward transform, A.3.3."""
    k, n = np.mgrid[0:8, 0:8]
    matrix: NDArray[np.float64] = np.cos((2 * n + 1) * k * np.pi / 16) / 2
    matrix[0] /= np.sqrt(2)
    return matrix


def _coefficients(picture: NDArray[np.uint8], quanta: NDArray[np.uint8]) -> Ints:
    """Quantised coefficients, (blocks, 64) in zigzag, the three components of a block after one another."""
    pad = [(0, -picture.shape[0] % 8), (0, -picture.shape[1] % 8), (0, 0)]
    planes = np.pad(picture, pad, mode="edge").astype(np.float64) @ COLOURS.T
    planes[..., 0] -= 128.0
    rows, columns = planes.shape[0] // 8, planes.shape[1] // 8
    blocks = planes.reshape(rows, 8, columns, 8, 3).transpose(0, 2, 4, 1, 3).reshape(-1, 8, 8)
    turned = _cosines() @ blocks @ _cosines().T
    levels: Ints = np.rint(turned.reshape(-1, 64) / quanta).astype(np.int64)
    return levels[:, ZIGZAG]


@cache
def _codes(counts: bytes, values: bytes) -> tuple[Ints, Ints]:
    """Code and length of each symbol, by C.2."""
    codes, lengths = np.zeros(256, np.int64), np.zeros(256, np.int64)
    code, place = 0, 0
    for length, count in enumerate(counts, 1):
        for value in values[place : place + count]:
            codes[value], lengths[value] = code, length
            code += 1
        place, code = place + count, code << 1
    return codes, lengths


def _sized(values: Ints) -> tuple[Ints, Ints]:
    """How many bits each value takes, and these bits (F.1.2.1)."""
    sizes = np.frexp(np.abs(values).astype(np.float64))[1].astype(np.int64)
    return sizes, np.where(values < 0, values + (1 << sizes) - 1, values)


def _symbols(blocks: Ints) -> tuple[Ints, Ints]:
    """All codes with their values' bits, in order, and how long each is."""
    count = len(blocks)
    first = blocks[:, 0].copy()
    first[3:] -= blocks[:-3, 0]  # the difference to the block before of the same component
    sizes, bits = _sized(first)
    codes, lengths = _codes(DC_COUNTS, DC_VALUES)
    parts = [(np.arange(count) * 65 * 8, (codes[sizes] << sizes) | bits, lengths[sizes] + sizes)]
    codes, lengths = _codes(AC_COUNTS, AC_VALUES)
    block, place = np.nonzero(blocks[:, 1:])
    place += 1
    before = np.where(np.diff(block, prepend=-1) == 0, np.roll(place, 1), 0)
    run = place - before - 1
    sizes, bits = _sized(blocks[block, place])
    symbol = run % 16 * 16 + sizes
    at = (block * 65 + place) * 8
    parts.append((at + 7, (codes[symbol] << sizes) | bits, lengths[symbol] + sizes))
    for nth in range(3):
        more = at[run // 16 > nth] + nth
        parts.append((more, np.full(len(more), codes[ZERO_RUN]), np.full(len(more), lengths[ZERO_RUN])))
    short = np.nonzero(blocks[:, 63] == 0)[0]
    parts.append(((short * 65 + 64) * 8, np.full(len(short), codes[END]), np.full(len(short), lengths[END])))
    order = np.argsort(np.concatenate([p[0] for p in parts]), kind="stable")
    return np.concatenate([p[1] for p in parts])[order], np.concatenate([p[2] for p in parts])[order]


def _packed(values: Ints, lengths: Ints) -> bytes:
    """Bits after one another, ones at the end, a zero byte after each 0xFF (F.1.2.3)."""
    starts = np.cumsum(lengths) - lengths
    within = np.arange(int(lengths.sum())) - np.repeat(starts, lengths)
    bits = (np.repeat(values, lengths) >> (np.repeat(lengths, lengths) - 1 - within)) & 1
    bits = np.concatenate([bits, np.ones(-len(bits) % 8, np.int64)])
    return np.packbits(bits.astype(np.uint8)).tobytes().replace(b"\xff", b"\xff\x00")
