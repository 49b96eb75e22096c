"""Timelines -> Timelines: the operators that behaviours are put together with.

All work key by key, on whole seconds, in one pass over sorted rows. `now` is the data's time up to which is known what
happened: an interval that goes on has lasted `now - start` seconds so far. Without it, what goes on lasts for ever.
"""

from __future__ import annotations

from functools import reduce

import numpy as np

from mihari.behaviours.algebra import relation_kernels as relations
from mihari.behaviours.algebra.relation_kernels import carried_of, crowded, near_of, related, sequences
from mihari.behaviours.algebra.set_kernels import difference_of, intersection_of, joined_of, union_of
from mihari.behaviours.algebra.sort_kernels import order_of
from mihari.behaviours.algebra.timelines import OPEN, Timelines, whole
from mihari.core.columns import Array


def _columns(a: Timelines, b: Timelines) -> tuple[Array, Array, Array, Array, Array, Array]:
    return a.key, a.start, a.end, b.key, b.start, b.end


def union(*several: Timelines) -> Timelines:
    """When any of them holds; intervals that touch become one.

    >>> union(Timelines.made([0], [0], [10]), Timelines.made([0], [10], [15]))
    Timelines(0: 0 to 15)
    """
    some = [a for a in several if len(a)]
    if len(some) < 2:
        return joined(some[0], 0) if some else Timelines.empty()
    return reduce(lambda a, b: Timelines(*union_of(*_columns(a, b))), some)


def intersection(first: Timelines, *others: Timelines) -> Timelines:
    """When all of them hold.

    >>> intersection(Timelines.made([0], [0], [10]), Timelines.made([0, 1], [5, 5], [15, 15]))
    Timelines(0: 5 to 10)
    """
    found = first
    for other in others:
        if len(found) == 0 or len(other) == 0:
            return Timelines.empty()
        found = Timelines(*intersection_of(*_columns(found, other)))
    return found


def without(first: Timelines, *others: Timelines) -> Timelines:
    """When the first holds and none of the others does.

    >>> without(Timelines.made([0], [0], [10]), Timelines.made([0], [3], [5]))
    Timelines(0: 0 to 3, 5 to 10)
    """
    found = first
    for other in others:
        if len(found) and len(other):
            found = Timelines(*difference_of(*_columns(found, other)))
    return found


def clip(a: Timelines, start: int, end: int) -> Timelines:
    """What of it lies in the seconds from `start` up to `end`.

    >>> clip(Timelines.made([0, 1], [0, 20], [10, 30]), 5, 20)
    Timelines(0: 5 to 10)
    """
    starts, ends = np.maximum(a.start, start), np.minimum(a.end, end)
    left = starts < ends
    return Timelines(a.key[left], starts[left], ends[left])


def lasted(a: Timelines, now: int = OPEN) -> Array:
    """(n,) seconds that each interval lasts, so far where it goes on."""
    return np.asarray(np.where(a.end >= OPEN, now, a.end) - a.start)


def lasting_at_least(a: Timelines, seconds: int, now: int = OPEN) -> Timelines:
    """Its intervals of so many seconds or more.

    >>> a = Timelines.made([0, 0, 0], [0, 20, 40], [10, 29, OPEN])
    >>> lasting_at_least(a, 10), lasting_more_than(a, 10), lasting_less_than(a, 10), lasting_at_least(a, 10, now=45)
    (Timelines(0: 0 to 10, 40 to open), Timelines(0: 40 to open), Timelines(0: 20 to 29), Timelines(0: 0 to 10))
    """
    return a.take(lasted(a, now) >= seconds)


def lasting_more_than(a: Timelines, seconds: int, now: int = OPEN) -> Timelines:
    """Its intervals of more than so many seconds."""
    return a.take(lasted(a, now) > seconds)


def lasting_less_than(a: Timelines, seconds: int) -> Timelines:
    """Its intervals of fewer than so many seconds; what goes on is none: it is not known yet."""
    return a.take((a.end < OPEN) & (lasted(a) < seconds))


def joined(a: Timelines, seconds: int) -> Timelines:
    """Its intervals with breaks of at most so many seconds between them made one.

    >>> joined(Timelines.made([0, 0, 0], [0, 15, 31], [10, 25, 40]), 5)
    Timelines(0: 0 to 25, 31 to 40)
    """
    return Timelines(*joined_of(a.key, a.start, a.end, seconds))


def during(a: Timelines, b: Timelines) -> Timelines:
    """The intervals of a that lie within one of b, to the second.

    >>> a, b = Timelines.made([0, 0], [0, 20], [10, 30]), Timelines.made([0, 0], [0, 25], [15, 30])
    >>> during(a, b), overlapping(a, b), containing(a, b), meeting(a, Timelines.made([0], [10], [11]))
    (Timelines(0: 0 to 10), Timelines(0: 0 to 10, 20 to 30), Timelines(0: 20 to 30), Timelines(0: 0 to 10))
    """
    return a.take(related(*_columns(a, b), relations.DURING))


def containing(a: Timelines, b: Timelines) -> Timelines:
    """The intervals of a within which a whole interval of b lies."""
    return a.take(related(*_columns(a, b), relations.CONTAINING))


def overlapping(a: Timelines, b: Timelines) -> Timelines:
    """The intervals of a that share a second with one of b."""
    return a.take(related(*_columns(a, b), relations.OVERLAPPING))


def meeting(a: Timelines, b: Timelines) -> Timelines:
    """The intervals of a at whose end one of b starts, with no second between or shared."""
    return a.take(related(*_columns(a, b), relations.MEETING))


def then(a: Timelines, b: Timelines, within: int) -> Timelines:
    """From a's start to b's end, for each a and b where b starts when a has ended, at most `within` s later; joined.

    >>> then(Timelines.made([0], [0], [10]), Timelines.made([0, 0], [15, 40], [20, 50]), within=10)
    Timelines(0: 0 to 20)
    """
    return Timelines.made(*sequences(*_columns(a, b), within), join=True)


def at_least(count: int, a: Timelines, group: Array | None = None) -> Timelines:
    """When at least `count` keys of a group hold at once, by group; `group`: (keys,), all are of group 0 without it.

    >>> ships = Timelines.made([0, 1, 2], [0, 5, 8], [10, 20, 30])
    >>> at_least(2, ships), at_least(2, ships, np.array([7, 7, 3]))
    (Timelines(0: 5 to 20), Timelines(7: 5 to 10))
    """
    groups = whole(np.zeros(len(a)) if group is None else np.asarray(group)[a.key])
    begun, over = order_of(groups, a.start), order_of(groups, a.end)
    return Timelines(
        *crowded(whole(groups[begun]), whole(a.start[begun]), whole(groups[over]), whole(a.end[over]), count)
    )


def carried(a: Timelines, source: Array) -> Timelines:
    """For other keys: key i has the intervals of key `source[i]`; so a pair gets those of one of its vessels.

    >>> carried(Timelines.made([0, 1], [0, 5], [10, 20]), np.array([1, 1, 0]))
    Timelines(0: 5 to 20; 1: 5 to 20; 2: 0 to 10)
    """
    return Timelines(*carried_of(a.key, a.start, a.end, whole(source))) if len(a) else a


def carried_near(a: Timelines, source: Array, windows: Timelines) -> Timelines:
    """What of `carried(a, source)` shares a second with `windows`: enough to combine with them, and far less to carry.

    >>> carried_near(Timelines.made([0, 0], [0, 50], [10, 60]), np.array([0, 0]), Timelines.made([1], [5], [8]))
    Timelines(1: 0 to 10)
    """
    if len(a) == 0 or len(windows) == 0:
        return Timelines.empty()
    return Timelines(*near_of(a.key, a.start, a.end, whole(source), windows.key, windows.start, windows.end))


def gathered(a: Timelines, into: Array) -> Timelines:
    """For other keys: key into[k] holds whenever k does; so a vessel gets what holds for any of its pairs.

    >>> gathered(Timelines.made([0, 1], [0, 5], [10, 20]), np.array([4, 4]))
    Timelines(4: 0 to 20)
    """
    return Timelines.made(np.asarray(into)[a.key], a.start, a.end, join=True)


def only(a: Timelines, keys: Array) -> Timelines:
    """The intervals of some keys; `keys`: (keys,) bool."""
    return a.take(np.asarray(keys)[a.key]) if len(a) else a
