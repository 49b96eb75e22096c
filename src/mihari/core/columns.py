"""Batches as columns: a frozen dataclass of NumPy arrays of one length, read-only once made.

Every type that flows in numbers (Reports, Claims, Tracks, Vessels) is a `Columns`; a field is declared with `column`,
which fixes its dtype and the value that means "absent".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Self

import numpy as np
from numpy.typing import DTypeLike, NDArray

Array = NDArray[Any]


def column(dtype: DTypeLike, absent: Any = None) -> Any:
    """A column of `dtype`; `absent` fills it where `Columns.of` is given nothing: by default NaN, -1, 0 or ''."""
    kind = np.dtype(dtype)
    if absent is None:
        absent = {"f": np.nan, "i": -1, "u": 0, "U": "", "S": b"", "b": False}[kind.kind]
    return field(metadata={"dtype": kind, "absent": absent})


@dataclass(frozen=True, slots=True)
class Columns:
    """Base of all batches. Arrays are held as read-only views: nobody edits what flows.

    >>> @dataclass(frozen=True, slots=True)
    ... class Points(Columns):
    ...     x: Array = column("f8")
    ...     n: Array = column("i4")
    >>> p = Points.of(3, x=[1.0, 2.0, 3.0])
    >>> len(p), p.n.tolist(), p.take([2, 0]).x.tolist()
    (3, [-1, -1, -1], [3.0, 1.0])
    >>> len(Points.concatenate([p, p])), len(Points.empty())
    (6, 0)
    """

    def __post_init__(self) -> None:
        length = -1
        for f in fields(self):
            view = np.asarray(getattr(self, f.name), dtype=f.metadata["dtype"]).view()
            if view.ndim != 1 or (length >= 0 and len(view) != length):
                raise ValueError(f"{type(self).__name__}.{f.name}: shape {view.shape}, expected ({max(length, 0)},)")
            length = len(view)
            view.flags.writeable = False
            object.__setattr__(self, f.name, view)

    @classmethod
    def of(cls, length: int, **given: Any) -> Self:
        """A batch of `length` rows; columns not given are filled with their absent value."""
        unknown = given.keys() - {f.name for f in fields(cls)}
        if unknown:
            raise TypeError(f"{cls.__name__} has no column {', '.join(sorted(unknown))}")
        made = {}
        for f in fields(cls):
            value = given.get(f.name, f.metadata["absent"])
            if np.ndim(value) == 0:
                value = np.full(length, value, dtype=f.metadata["dtype"])
            made[f.name] = value
        return cls(**made)

    @classmethod
    def empty(cls) -> Self:
        """A batch of no rows."""
        return cls.of(0)

    @classmethod
    def concatenate(cls, batches: Sequence[Self]) -> Self:
        """All rows of `batches`, in their order."""
        if len(batches) == 1:
            return batches[0]
        if not batches:
            return cls.empty()
        return cls(**{f.name: np.concatenate([getattr(b, f.name) for b in batches]) for f in fields(cls)})

    def take(self, rows: Any) -> Self:
        """The chosen rows (indices or a boolean mask), in that order."""
        picked = np.asarray(rows)
        if picked.size == 0:
            picked = picked.astype(np.intp)
        return type(self)(**{f.name: getattr(self, f.name)[picked] for f in fields(self)})

    def replace(self, **changed: Any) -> Self:
        """A new batch with some columns replaced."""
        return type(self)(**{f.name: changed.get(f.name, getattr(self, f.name)) for f in fields(self)})

    def columns(self) -> dict[str, Array]:
        """Name -> array, in the order of declaration."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

    def __len__(self) -> int:
        return len(getattr(self, fields(self)[0].name))
