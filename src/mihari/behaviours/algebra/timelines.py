"""When something holds for each vessel or pair: half-open intervals of whole seconds in columns, and instants.

A key is the row of a vessel or of a pair in the batch that is being evaluated: a small whole number from 0 on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from mihari.behaviours.algebra.sort_kernels import in_order, merged, order_of
from mihari.core.columns import Array, Columns, column

OPEN = 1 << 62  # the end of what has no end as far as is known; later than any second


def whole(values: Any, dtype: Any = np.int64) -> Array:
    """In one piece and read-only: the one type that kernels are compiled for; a copy only where it is needed."""
    if type(values) is np.ndarray and values.dtype == dtype and values.flags.c_contiguous and values.ndim == 1:
        if not values.flags.writeable:
            return values
        view = values.view()
    else:
        view = np.ascontiguousarray(values, dtype).view()
    view.flags.writeable = False
    return view


@dataclass(frozen=True, slots=True)
class Timelines(Columns):
    """Intervals from the second `start` up to but not including the second `end` (`OPEN`: it goes on), by `key`.

    The rows of a key are in the order of time and share no second. Two of them may touch, where whoever made them meant
    two; `union` joins what touches, the other operators keep it apart. Rows that may be in any order: `Timelines.made`.

    >>> Timelines.made([1, 0, 0], [7, 20, 10], [9, OPEN, 20])
    Timelines(0: 10 to 20, 20 to open; 1: 7 to 9)
    """

    key: Array = column("i8")
    start: Array = column("i8")
    end: Array = column("i8")

    def __post_init__(self) -> None:
        for name in ("key", "start", "end"):
            object.__setattr__(self, name, whole(getattr(self, name)))
        if not len(self.key) == len(self.start) == len(self.end):
            raise ValueError(f"Timelines: {len(self.key)} keys, {len(self.start)} starts, {len(self.end)} ends")

    @classmethod
    def made(cls, key: Any, start: Any, end: Any, join: bool = False) -> Self:
        """Of rows in any order; what shares seconds becomes one, with `join` also what touches.

        Empty rows go.
        """
        keys, starts, ends = whole(key), whole(start), whole(end)
        if not in_order(keys, starts):
            order = order_of(keys, starts)
            keys, starts, ends = whole(keys[order]), whole(starts[order]), whole(ends[order])
        return cls(*merged(keys, starts, ends, join))

    @classmethod
    def always(cls, keys: int, start: int = 0, end: int = OPEN) -> Self:
        """One interval for each key from 0 to `keys`."""
        return cls(np.arange(keys), np.full(keys, start, np.int64), np.full(keys, end, np.int64))

    def intervals(self, key: int) -> list[tuple[int, int]]:
        """The intervals of one key."""
        rows = slice(*np.searchsorted(self.key, [key, key + 1]))
        return list(zip(self.start[rows].tolist(), self.end[rows].tolist(), strict=True))

    def __iter__(self) -> Iterator[tuple[int, int, int]]:
        """(key, start, end) of each row."""
        return iter(zip(self.key.tolist(), self.start.tolist(), self.end.tolist(), strict=True))

    def __repr__(self) -> str:
        keys = dict.fromkeys(self.key[:100].tolist())
        shown = [
            f"{k}: " + ", ".join(f"{s} to {'open' if e >= OPEN else e}" for s, e in self.intervals(k)) for k in keys
        ]
        return f"Timelines({'; '.join(shown)}{', …' if len(self) > 100 else ''})"


@dataclass(frozen=True, slots=True)
class Instants(Columns):
    """Seconds at which something happens, by key; in the order of key and time, each once.

    >>> Instants.made([1, 0, 1], [5, 9, 5])
    Instants(0: 9; 1: 5)
    """

    key: Array = column("i8")
    time: Array = column("i8")

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", whole(self.key))
        object.__setattr__(self, "time", whole(self.time))
        if len(self.key) != len(self.time):
            raise ValueError(f"Instants: {len(self.key)} keys, {len(self.time)} times")

    @classmethod
    def made(cls, key: Any, time: Any) -> Self:
        """Of rows in any order."""
        keys, times = whole(key), whole(time)
        if not in_order(keys, times):
            order = order_of(keys, times)
            keys, times = keys[order], times[order]
        new = np.ones(len(keys), bool)
        new[1:] = (keys[1:] != keys[:-1]) | (times[1:] != times[:-1])
        return cls(keys[new], times[new])

    def __repr__(self) -> str:
        keys = dict.fromkeys(self.key[:100].tolist())
        told = {k: ", ".join(str(t) for t in self.time[self.key == k].tolist()) for k in keys}
        return f"Instants({'; '.join(f'{k}: {times}' for k, times in told.items())})"
