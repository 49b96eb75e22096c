"""Which row of the picture a track has: a sorted column of track ids, searched for whole batches at once."""

from __future__ import annotations

import numpy as np

from mihari.core.columns import Array


class TrackIndex:
    """Track id -> row.

    >>> index = TrackIndex()
    >>> index.put(7, 0); index.put(3, 1)
    >>> index.rows_of(np.array([3, 5, 7])).tolist(), index.pop(3), len(index)
    ([1, -1, 0], 1, 1)
    """

    def __init__(self, table: Array | None = None) -> None:
        pairs = np.zeros((0, 2), np.int64) if table is None else table
        order = np.argsort(pairs[:, 0], kind="stable")
        self._ids, self._rows = pairs[order, 0].copy(), pairs[order, 1].copy()

    def __len__(self) -> int:
        return len(self._ids)

    def table(self) -> Array:
        """(n, 2) track ids and rows."""
        return np.column_stack([self._ids, self._rows])

    def rows_of(self, tracks: Array) -> Array:
        """The row of each track, -1 where it has none."""
        if len(self._ids) == 0:
            return np.full(len(tracks), -1, np.int64)
        at = np.minimum(np.searchsorted(self._ids, tracks), len(self._ids) - 1)
        return np.asarray(np.where(self._ids[at] == tracks, self._rows[at], -1))

    def row_of(self, track: int) -> int:
        """The row of one track, -1 if it has none."""
        at = int(np.searchsorted(self._ids, track))
        return int(self._rows[at]) if at < len(self._ids) and self._ids[at] == track else -1

    def put(self, track: int, row: int) -> None:
        """The track's row is this from now on."""
        at = int(np.searchsorted(self._ids, track))
        if at < len(self._ids) and self._ids[at] == track:
            self._rows[at] = row
            return
        self._ids, self._rows = np.insert(self._ids, at, track), np.insert(self._rows, at, row)

    def pop(self, track: int) -> int:
        """Forget a track; its row, -1 if it had none."""
        row = self.row_of(track)
        if row >= 0:
            keep = self._ids != track
            self._ids, self._rows = self._ids[keep], self._rows[keep]
        return row

    def move(self, moved: Array) -> None:
        """Rows have moved: `moved` is the new row of each old one, -1 if it is gone."""
        rows = moved[self._rows]
        keep = rows >= 0
        self._ids, self._rows = self._ids[keep], rows[keep]
