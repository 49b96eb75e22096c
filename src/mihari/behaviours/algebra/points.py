"""Instants <-> Timelines: what begins and ends at events, with the semantics of the event calculus.

Artikis, Sergot, Paliouras: An Event Calculus for Event Recognition, IEEE TKDE 27(4), 2015.
"""

from __future__ import annotations

import numpy as np

from mihari.behaviours.algebra.point_kernels import both, deadlines_of, fluent_of, held_at
from mihari.behaviours.algebra.timelines import OPEN, Instants, Timelines
from mihari.core.columns import Array


def holds_at(a: Timelines, at: Instants) -> Array:
    """(n,) whether it holds at each instant: start <= time < end.

    >>> holds_at(Timelines.made([0], [5], [10]), Instants.made([0, 0, 0, 1], [4, 5, 10, 7])).tolist()
    [False, True, False, False]
    """
    return held_at(a.key, a.start, a.end, at.key, at.time)


def starts(a: Timelines) -> Instants:
    """The first second of each interval."""
    return Instants(a.key, a.start)


def ends(a: Timelines) -> Instants:
    """The first second after each interval; none for what goes on.

    >>> a = Timelines.made([0, 0], [5, 30], [10, OPEN])
    >>> starts(a), ends(a)
    (Instants(0: 5, 30), Instants(0: 10))
    """
    over = a.end < OPEN
    return Instants(a.key[over], a.end[over])


def either(*several: Instants) -> Instants:
    """The instants of all of them, each once."""
    some = [instants for instants in several if len(instants)] or [Instants.empty()]
    found = some[0]
    for more in some[1:]:
        found = Instants(*both(found.key, found.time, more.key, more.time))
    return found


def fluent(begins: Instants, stops: Instants) -> Timelines:
    """What `begins` start and `stops` end. Started at second T it holds from T + 1, ended at T it holds through T.

    At one instant the end wins; a start while it holds changes nothing.

    >>> fluent(Instants.made([0, 0, 0, 0], [5, 8, 20, 30]), Instants.made([0, 0], [10, 20]))
    Timelines(0: 6 to 11, 31 to open)
    """
    return Timelines(*fluent_of(begins.key, begins.time, stops.key, stops.time))


def deadlines(begins: Instants, stops: Instants, after: int, now: int = OPEN) -> Instants:
    """`after` s after the last start, where nothing ended it before: at T + after, unless started in (T, T + after] or
    ended in (T, T + after); not beyond `now`.

    >>> deadlines(Instants.made([0, 0, 0], [0, 100, 300]), Instants.made([0], [350]), after=100)
    Instants(0: 200)
    """
    key, time = deadlines_of(begins.key, begins.time, stops.key, stops.time, after)
    reached = np.asarray(time <= now)
    return Instants(key[reached], time[reached])
