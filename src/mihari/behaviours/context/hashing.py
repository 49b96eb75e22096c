"""Whole numbers -> rows, kernels: tables with open addressing and linear probing (Knuth, vol. 3, 6.4)."""

from __future__ import annotations

from typing import Any

import numpy as np

from mihari.core.kernels import inlined, kernel

EMPTY = -1  # no key


@inlined
def mixed(value: Any) -> Any:
    """The bits of a whole number well stirred: splitmix64 (Steele, Lea, Flood 2014)."""
    x = np.uint64(value) + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@kernel
def find(keys: Any, values: Any, wanted: Any, out: Any) -> int:
    """Values of the wanted keys into `out`, 0 where there is none; how many those are. Room: a power of two."""
    mask, missing = np.uint64(len(keys) - 1), 0
    for i in range(len(wanted)):
        at = np.int64(mixed(wanted[i]) & mask)
        while keys[at] != EMPTY and keys[at] != wanted[i]:
            at = (at + 1) & np.int64(mask)
        out[i] = values[at] if keys[at] != EMPTY else 0
        missing += keys[at] == EMPTY
    return missing


@kernel
def put(keys: Any, values: Any, added: Any, told: Any) -> None:
    """File keys with their values."""
    mask = np.uint64(len(keys) - 1)
    for i in range(len(added)):
        at = np.int64(mixed(added[i]) & mask)
        while keys[at] != EMPTY and keys[at] != added[i]:
            at = (at + 1) & np.int64(mask)
        keys[at], values[at] = added[i], told[i]


@kernel
def stirred(values: Any, out: Any) -> None:
    """`mixed` of each value."""
    for i in range(len(values)):
        out[i] = mixed(values[i])
