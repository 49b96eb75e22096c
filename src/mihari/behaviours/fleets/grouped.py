"""Columns of vessels and the number of each one's group -> one value per group; no loop over groups or vessels."""

from __future__ import annotations

import numpy as np

from mihari.core.columns import Array


class Grouped:
    """n vessels in g groups, each vessel in one.

    >>> groups = Grouped(np.array([0, 0, 0, 1]), 3)
    >>> groups.mean(np.array([1.0, 2.0, np.nan, 7.0])).tolist(), groups.quantile(np.array([3.0, 1, 2, 7])).tolist()
    ([1.5, 7.0, nan], [2.0, 7.0, nan])
    """

    def __init__(self, group: Array, groups: int) -> None:
        self.group, self.groups = group, groups
        self.count = np.bincount(group, minlength=groups)

    def total(self, values: Array) -> Array:
        """Sum per group; NaN counts nothing."""
        return np.bincount(self.group, np.nan_to_num(values), minlength=self.groups)

    def mean(self, values: Array) -> Array:
        """Mean of what is not NaN; NaN where nothing is."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(self.total(values) / self.total(~np.isnan(values)))

    def share(self, which: Array) -> Array:
        """Share of the group for which it holds; NaN for a group of none."""
        return self.mean(which.astype(np.float64))

    def quantile(self, values: Array, q: float = 0.5) -> Array:
        """The value below which a share `q` lies (linear between neighbours) of what is not NaN; NaN where none is."""
        order = np.lexsort((values, self.group))  # NaN come last in their group
        known = np.bincount(self.group[~np.isnan(values)], minlength=self.groups)
        first = np.cumsum(self.count) - self.count
        at = np.maximum(known - 1, 0) * q
        low = np.floor(at).astype(np.int64)
        sorted_values = np.append(values[order], np.nan)
        below = sorted_values[np.minimum(first + low, len(values))]
        above = sorted_values[np.minimum(first + np.minimum(low + 1, np.maximum(known - 1, 0)), len(values))]
        return np.where(known > 0, below + (above - below) * (at - low), np.nan)
