"""What a figure is for each vessel or pair over time, in steps: from second to second it has one value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mihari.behaviours.algebra.timelines import Timelines, whole
from mihari.core.columns import Array, Columns, column


@dataclass(frozen=True, slots=True)
class Steps(Columns):
    """Half-open intervals of whole seconds by `key`, in any order, each with a `value`; NaN: not known meanwhile.

    >>> speed = Steps([0, 0, 0], [10, 20, 30], [20, 30, 40], [5.0, 5.0, 9.0])
    >>> speed.while_(speed.value < 6.0)
    Timelines(0: 10 to 30)
    """

    key: Array = column("i8")
    start: Array = column("i8")
    end: Array = column("i8")
    value: Array = column("f8")

    def __post_init__(self) -> None:
        for name in ("key", "start", "end"):
            object.__setattr__(self, name, whole(getattr(self, name)))
        object.__setattr__(self, "value", whole(self.value, np.float64))
        if not len(self.key) == len(self.start) == len(self.end) == len(self.value):
            raise ValueError(f"Steps: {len(self.key)} keys, {len(self.start)} starts, {len(self.value)} values")

    def while_(self, mask: Array) -> Timelines:
        """The chosen steps (n,) as one timeline a key; what touches or overlaps becomes one."""
        return Timelines.made(self.key[mask], self.start[mask], self.end[mask], join=True)
