"""Hostile inputs for every wire format: made from valid messages, cut, flipped, joined, lengthened; and pure noise.

`make test` runs a few thousand a format, `make fuzz` sets `MIHARI_FUZZ` to a million.
"""

from __future__ import annotations

import os
import random
import tracemalloc
from collections.abc import Callable, Iterator, Sequence

COUNT = int(os.environ.get("MIHARI_FUZZ") or 3000)
GROWTH = 8 << 20  # bytes that a decoder may hold more after the second half of the inputs than after the first


def hostile(seeds: Sequence[bytes], rng: random.Random, count: int = COUNT) -> Iterator[bytes]:
    """`count` inputs, most of them nearly right."""
    for number in range(count):
        if number % 16 == 0:
            yield rng.randbytes(rng.randrange(200))
            continue
        data = bytearray(rng.choice(seeds))
        for _ in range(rng.randrange(1, 4)):
            _mutate(data, seeds, rng)
        yield bytes(data)


def _mutate(data: bytearray, seeds: Sequence[bytes], rng: random.Random) -> None:
    what = rng.randrange(7)
    at = rng.randrange(len(data) + 1)
    if what == 0 and data:
        data[at % len(data)] ^= 1 << rng.randrange(8)
    elif what == 1 and data:
        data[at % len(data)] = rng.choice((0, 1, 0x7F, 0x80, 0xFE, 0xFF, rng.randrange(256)))
    elif what == 2:
        del data[at:]
    elif what == 3:
        del data[:at]
    elif what == 4:
        data[at:at] = rng.randbytes(rng.randrange(1, 9))
    elif what == 5:
        other = rng.choice(seeds)
        data[at:] = other[rng.randrange(len(other)) :] if other else b""
    else:
        data += data[at:]
    del data[1 << 16 :]


def survives(take: Callable[[bytes], object], seeds: Sequence[bytes], count: int = COUNT, seed: int = 1) -> None:
    """Give a decoder `count` hostile inputs: it must raise nothing and hold no more after the second half."""
    rng = random.Random(seed)
    inputs = hostile(seeds, rng, count)
    held: list[int] = []
    tracemalloc.start()
    try:
        for number, data in enumerate(inputs):
            try:
                take(data)
            except Exception as error:
                raise AssertionError(f"input {number} {data[:80].hex()}: {error!r}") from error
            if number in (count // 2, count - 1):
                held.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    assert held[-1] - held[0] < GROWTH, f"grew by {held[-1] - held[0]} bytes"
