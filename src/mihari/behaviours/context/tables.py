"""Keys -> rows of figures that grow, fade with a half-life and are kept few; distinct vessels as bits.

A key is a cell and a tag (a category, a station). Rows lie in the order of their keys; what is used least leaves first.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mihari.behaviours.context.cells import short, whole
from mihari.behaviours.context.hashing import stirred
from mihari.core.columns import Array

WORDS = 2  # of 64 bits, a set of vessels: good to a tenth up to 200, full at some 600


class Table:
    """Rows of `fields` (f4, each faded) by cell of one resolution and tag, at most `most`; `use` names the field by
    which the least used is known.

    >>> table = Table(7, [("count", "f4")], "count", 2)
    >>> cell = np.array([0x874a26cc3ffffff, 0x874a26cc3ffffff, 0x872a00105ffffff])
    >>> at = table.at(cell, np.array([1, 2, 1]))
    >>> table.rows["count"][at] = [5, 1, 3]
    >>> table.trim(), len(table), table.dropped, sorted(table.rows["count"].tolist())
    (None, 2, 1, [3.0, 5.0])
    """

    def __init__(self, resolution: int, fields: list[Any], use: str, most: int, words: int = WORDS) -> None:
        self.resolution, self.use, self.most, self.bits = resolution, use, most, 64 * words
        self.faded = [field[0] for field in fields]
        # vessels of this season and of the one before
        self.dtype = np.dtype([*fields, ("now", "u8", (words,)), ("before", "u8", (words,))])
        self.keys, self.rows = np.zeros(0, np.int64), np.zeros(0, self.dtype)
        self.dropped = 0

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def cells(self) -> Array:
        """(n,) cells of the rows."""
        return whole(self.keys >> 16, self.resolution)

    @property
    def tags(self) -> Array:
        """(n,) tags of the rows."""
        return np.asarray(self.keys & 0xFFFF)

    def at(self, cells: Array, tags: Array) -> Array:
        """(n,) the rows of cells and tags; those that are missing are made."""
        keys = self.key(cells, tags)
        missing = np.setdiff1d(keys, self.keys)
        if len(missing):
            where = np.searchsorted(self.keys, missing)
            self.keys = np.insert(self.keys, where, missing)
            self.rows = np.insert(self.rows, where, np.zeros(len(missing), self.dtype))
        return np.asarray(np.searchsorted(self.keys, keys))

    def known(self, cells: Array, tags: Array) -> Array:
        """(n,) the rows of cells and tags, -1 where there is none."""
        keys = self.key(cells, tags)
        if len(self.keys) == 0:
            return np.full(len(keys), -1)
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[at] == keys, at, -1)

    def key(self, cells: Array, tags: Array) -> Array:
        """(n,) one number for each cell and tag."""
        return np.asarray(short(np.asarray(cells), self.resolution) << 16 | np.asarray(tags, np.int64) & 0xFFFF)

    def mark(self, rows: Array, vessels: Array) -> None:
        """Note that vessels (keys) were in rows."""
        hashes = np.zeros(len(vessels), np.uint64)
        stirred(np.ascontiguousarray(vessels, np.int64), hashes)
        bit = (hashes % np.uint64(self.bits)).astype(np.int64)
        for word in range(self.bits // 64):
            here = bit // 64 == word
            np.bitwise_or.at(
                self.rows["now"][:, word], rows[here], np.left_shift(np.uint64(1), (bit[here] % 64).astype(np.uint64))
            )

    def vessels(self) -> Array:
        """(n,) how many vessels each row has had lately, by linear counting (Whang et al. 1990)."""
        empty = self.bits - np.bitwise_count(self.rows["now"] | self.rows["before"]).sum(axis=1, dtype=np.int64)
        return np.asarray(np.rint(-self.bits * np.log(np.maximum(empty, 1) / self.bits)).astype(np.int64))

    def fade(self, days: float, half_life_days: float) -> None:
        """Some days have passed."""
        factor = np.float32(math.exp2(-days / half_life_days))
        for name in self.faded:
            self.rows[name] *= factor

    def turn(self) -> None:
        """A season has passed."""
        self.rows["before"], self.rows["now"] = self.rows["now"].copy(), 0

    def trim(self) -> None:
        """Drop the least used where there are too many."""
        over = len(self.keys) - self.most
        if over > 0:
            order = np.lexsort((self.keys, self.rows[self.use]))
            kept = np.sort(order[over:])
            self.keys, self.rows, self.dropped = self.keys[kept], self.rows[kept], self.dropped + over

    def state(self) -> dict[str, Any]:
        """As arrays and JSON values."""
        return {"keys": self.keys.copy(), "rows": self.rows.copy(), "dropped": self.dropped}

    def restore(self, state: dict[str, Any]) -> None:
        """Know this and nothing else; ValueError where it was made with another layout."""
        if state["rows"].dtype != self.dtype or len(state["rows"]) != len(state["keys"]):
            raise ValueError("learned by another version of the program")
        self.keys, self.rows, self.dropped = state["keys"].copy(), state["rows"].copy(), state["dropped"]
