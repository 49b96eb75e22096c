"""Consecutive rows of a batch as views."""

from __future__ import annotations

from typing import TypeVar

from mihari.core.columns import Columns

C = TypeVar("C", bound=Columns)


def rows_of(columns: C, start: int, stop: int) -> C:
    """Rows start to stop: nothing is copied or checked again, which a replay of days needs.

    >>> from mihari.core.reports import Claims
    >>> rows_of(Claims.of(3, mmsi=[1, 2, 3]), 1, 3).mmsi.tolist()
    [2, 3]
    """
    if start == 0 and stop == len(columns):
        return columns
    made = object.__new__(type(columns))
    for name in columns.__dataclass_fields__:
        object.__setattr__(made, name, getattr(columns, name)[start:stop])
    return made
