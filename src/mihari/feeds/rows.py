"""Consecutive rows of a batch as views: nothing is copied or checked again, which a replay of days needs."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Generic, TypeVar

from mihari.core.columns import Columns

C = TypeVar("C", bound=Columns)


class Slicer(Generic[C]):
    """Cuts one batch into many pieces.

    >>> from mihari.core.reports import Claims
    >>> Slicer(Claims.of(3, mmsi=[1, 2, 3]))(1, 3).mmsi.tolist()
    [2, 3]
    """

    def __init__(self, columns: C) -> None:
        self.columns, self._kind, self._length = columns, type(columns), len(columns)
        self._parts = [(put, getattr(columns, name)) for name, put in _slots(self._kind)]  # type: ignore[arg-type]

    def __call__(self, start: int, stop: int) -> C:
        """Rows start to stop."""
        if start == 0 and stop == self._length:
            return self.columns
        made = object.__new__(self._kind)
        for put, array in self._parts:
            put(made, array[start:stop])
        return made


@lru_cache(maxsize=64)
def _slots(kind: type[Columns]) -> tuple[tuple[str, Callable[[Any, Any], None]], ...]:
    """The columns of a frozen class with what writes them: a piece is as read-only as the batch it views."""
    return tuple((name, getattr(kind, name).__set__) for name in kind.__dataclass_fields__)


def rows_of(columns: C, start: int, stop: int) -> C:
    """Rows start to stop of a batch that is cut once."""
    return Slicer(columns)(start, stop)
