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


Specs = tuple[tuple[str, np.dtype[Any], Any], ...]
_SPECS: dict[Any, Specs] = {}
_EMPTY: dict[Any, Any] = {}


def specs(kind: Any) -> Specs:
    """(name, dtype, absent) of each column of a kind of batch, in the order of declaration."""
    found = _SPECS.get(kind)
    if found is None:
        found = tuple((f.name, f.metadata["dtype"], f.metadata["absent"]) for f in fields(kind))
        _SPECS[kind] = found
    return found


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
        for name, dtype, _ in specs(type(self)):
            view = np.asarray(getattr(self, name), dtype=dtype).view()
            if view.ndim != 1 or (length >= 0 and len(view) != length):
                raise ValueError(f"{type(self).__name__}.{name}: shape {view.shape}, expected ({max(length, 0)},)")
            length = len(view)
            view.flags.writeable = False
            object.__setattr__(self, name, view)

    @classmethod
    def of(cls, length: int, **given: Any) -> Self:
        """A batch of `length` rows; columns not given are filled with their absent value."""
        made, known = {}, 0
        for name, dtype, absent in specs(cls):
            known += name in given
            value: Any = given.get(name, absent)
            made[name] = np.full(length, value, dtype) if np.ndim(value) == 0 else value
        if known < len(given):
            unknown = given.keys() - {name for name, _, _ in specs(cls)}
            raise TypeError(f"{cls.__name__} has no column {', '.join(sorted(unknown))}")
        return cls(**made)

    @classmethod
    def empty(cls) -> Self:
        """A batch of no rows; always the same one."""
        found: Self | None = _EMPTY.get(cls)
        if found is None:
            found = _EMPTY[cls] = cls.of(0)
        return found

    @classmethod
    def concatenate(cls, batches: Sequence[Self]) -> Self:
        """All rows of `batches`, in their order."""
        if len(batches) == 1:
            return batches[0]
        if not batches:
            return cls.empty()
        return cls(**{name: np.concatenate([getattr(b, name) for b in batches]) for name, _, _ in specs(cls)})

    def take(self, rows: Any) -> Self:
        """The chosen rows (indices or a boolean mask), in that order."""
        picked = np.asarray(rows)
        if picked.size == 0:
            picked = picked.astype(np.intp)
        made = object.__new__(type(self))  # rows of a checked batch need no second check
        for name, _, _ in specs(type(self)):
            values = getattr(self, name)[picked]
            values.flags.writeable = False
            object.__setattr__(made, name, values)
        return made

    def replace(self, **changed: Any) -> Self:
        """A new batch with some columns replaced."""
        return type(self)(**{name: changed.get(name, getattr(self, name)) for name, _, _ in specs(type(self))})

    def columns(self) -> dict[str, Array]:
        """Name -> array, in the order of declaration."""
        return {name: getattr(self, name) for name, _, _ in specs(type(self))}

    def to_arrow(self) -> Any:
        """A `pyarrow.Table` of all columns, absent values as they are."""
        from mihari.core.frames import table_of

        return table_of(self.columns())

    def to_frame(self, library: str = "pandas") -> Any:
        """A table of "pandas", "polars" or "arrow"; the library must be installed."""
        from mihari.core.frames import frame_of

        return frame_of(self.to_arrow(), library)

    def __arrow_c_stream__(self, requested_schema: object = None) -> Any:
        """Arrow's C interface: libraries that speak it take columns as they are, such as `polars.DataFrame(tracks)`."""
        return self.to_arrow().__arrow_c_stream__(requested_schema)

    @classmethod
    def from_frame(cls, frame: Any) -> Self:
        """From a table of any library that speaks Arrow, or a mapping of columns; what it does not tell is absent.

        BadInput for columns that are not known: `frame[[…]]` chooses those that are.
        """
        from mihari.core.frames import arrow_of, columns_of

        table = arrow_of(frame)
        return cls.of(table.num_rows, **columns_of(table, specs(cls), cls.__name__))

    def __len__(self) -> int:
        return len(getattr(self, specs(type(self))[0][0]))
