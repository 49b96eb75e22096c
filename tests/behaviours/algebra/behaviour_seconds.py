"""The brute-force twin: timelines as sets of (key, second), and how they combine, second by second.

What goes on is cut at `HORIZON`, far after all that random timelines tell.
"""

from __future__ import annotations

from itertools import groupby, pairwise
from typing import Any

import hypothesis.strategies as st
import numpy as np
from hypothesis import given, settings

from mihari.behaviours.algebra import OPEN, Instants, Timelines

KEYS, LATEST, HORIZON = 3, 24, 80
Seconds = set[tuple[int, int]]


def over(*strategies: Any) -> Any:
    """Like `given`, without a deadline: the first example of all compiles kernels."""
    return lambda test: settings(deadline=None)(given(*strategies)(test))


def seconds(a: Timelines) -> Seconds:
    """All seconds at which it holds."""
    return {(k, t) for k, s, e in a for t in range(s, min(e, HORIZON))}


def maximal(held: Seconds) -> list[tuple[int, int, int]]:
    """(key, start, end) of the longest runs; what reaches the horizon goes on."""
    found = []
    for (key, _), run in groupby(enumerate(sorted(held)), lambda place: (place[1][0], place[1][1] - place[0])):
        times = [t for _, (_, t) in run]
        found.append((key, times[0], OPEN if times[-1] == HORIZON - 1 else times[-1] + 1))
    return found


def sound(a: Timelines) -> None:
    """In order, disjoint, nothing empty."""
    rows = list(a)
    assert all(s < e for _, s, e in rows)
    assert all(k < k2 or (k == k2 and e <= s2) for (k, _, e), (k2, s2, _) in pairwise(rows))


def runs_of(mask: int, key: int) -> list[tuple[int, int, int]]:
    """Maximal runs of the bits of a number; the highest bit set means that it goes on."""
    held = {(key, t) for t in range(LATEST) if mask >> t & 1}
    if mask >> (LATEST - 1) & 1:
        held |= {(key, t) for t in range(LATEST, HORIZON)}
    return maximal(held)


@st.composite
def timelines(draw: st.DrawFn) -> Timelines:
    """Random maximal timelines."""
    rows = [row for key in range(KEYS) for row in runs_of(draw(st.integers(0, (1 << LATEST) - 1)), key)]
    return Timelines(*(np.array([row[c] for row in rows], np.int64) for c in range(3)))


@st.composite
def touching(draw: st.DrawFn) -> Timelines:
    """Random timelines with intervals cut in two that touch."""
    rows = []
    for k, s, e in draw(timelines()):
        cut = draw(st.integers(s, min(e, HORIZON - 1)))  # what begins at the horizon has no second before it
        rows += [row for row in ((k, s, cut), (k, cut, e)) if row[1] < row[2]]
    return Timelines(*(np.array([row[c] for row in rows], np.int64) for c in range(3)))


@st.composite
def instants(draw: st.DrawFn) -> Instants:
    """Random instants."""
    told = draw(st.lists(st.tuples(st.integers(0, KEYS - 1), st.integers(0, LATEST)), max_size=20))
    return Instants.made([k for k, _ in told], [t for _, t in told])
