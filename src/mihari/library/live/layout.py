"""Layouts of the arrays that the kernels work on: a programme (never changed) and what is kept of each vessel.

**Rank** of a value among the m thresholds of its figure: 0 where it is not known, else 1 + how many are less + how many
are not more. So it is even where the value is a threshold, odd between, 2 m + 1 at most, and each comparison with a
threshold asks that the rank lies in a range. **Border** b lies between rank b and b + 1; whoever asks for a range has
one at either end.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from mihari.core.columns import Array
from mihari.library.live.figures import PANES

NONE = -1
NEVER = 1 << 62  # later than any second
EVER = 1 << 40  # s, longer than anything lasts
BEGINNING = -(1 << 62)
BLOCK = 16  # running intervals in a block of a vessel's list: one cache line of pattern numbers
FIRED, ENDED = 0, 1  # kinds of events
AWAY, NEW, FOLLOWED = 0, 1, 2  # a vessel: no sample to go on from; one; one, and ranks of the leg before it
MEAN, LEAST, MOST, SPAN, PLAIN = range(5)

FIGURE = np.dtype(
    [
        ("threshold", "i4"),  # its first
        ("thresholds", "i4"),
        ("border", "i4"),  # its first: that above rank 0
        ("base", "i2"),
        ("kept", "i2"),  # place among what is kept over a while; NONE
        ("statistic", "i4"),
    ],
    align=True,
)
KEPT = np.dtype([("base", "i4"), ("window", "i4"), ("step", "f8")], align=True)  # a base over a window
LITERAL = np.dtype([("figure", "u2"), ("low", "u2"), ("high", "u2"), ("told", "u2")])  # told: bit 0 negated, 1 last
# a pattern at a border: twice its number, + 1 where crossing upwards brings it nearer; and a literal that must be met
CROSSED_BY = np.dtype([("pattern", "i4"), ("figure", "u2"), ("low", "u2"), ("high", "u2"), ("told", "u2")])
CLOCK = np.dtype([("join", "i8"), ("least", "i8"), ("most", "i8")])
VESSEL = np.dtype(
    [
        ("last", "i8"),  # of its last sample, UTC s
        ("floor", "i8"),  # an update before that is too late
        ("due", "i8"),  # when one of its running intervals must be looked at
        ("first", "i4"),  # block of running intervals; NONE
        ("count", "i4"),  # of them in that block; the blocks behind it are full
        ("follows", "i8"),  # AWAY, NEW, FOLLOWED
    ],
    align=True,
)
SUM = np.dtype([("total", "i4"), ("least", "i2"), ("most", "i2"), ("count", "u4")], align=True)  # in steps
RUN = np.dtype([("start", "i8"), ("end", "i8")])  # end NEVER: it goes on; else a break since then
EVENT = np.dtype([("pattern", "i4"), ("vessel", "i4"), ("kind", "i8"), ("start", "i8"), ("end", "i8")], align=True)


# what is counted: events that wait, late updates, legs, ranks that moved, patterns at their borders, looked at, turned
EVENTS, LATE, LEGS, MOVES, CROSSED, LOOKED, TURNED = range(7)


class Rules(NamedTuple):
    """A programme, as kernels read it."""

    figures: Any  # (figures,) FIGURE
    thresholds: Any  # (n,) f8, of each figure ascending
    border_first: Any  # (borders + 1,) i4 into `crossed`
    crossed: Any  # (n,) CROSSED_BY
    literal_first: Any  # (patterns + 1,) i4
    literals: Any  # (n,) LITERAL, clause by clause
    clocks: Any  # (patterns,) CLOCK
    of_leg: Any  # (bases,) bool
    kept: Any  # (kept,) KEPT, window by window
    pane_s: Any  # (windows,) i8


class State(NamedTuple):
    """What is kept of vessels, by slot, and the pool of running intervals."""

    vessels: Any  # (slots,) VESSEL
    values: Any  # (slots, bases) f8, of the last sample
    ranks: Any  # (slots, figures) u2
    held: Any  # (slots, ceil(patterns / 64)) u8: whose body holds on the last leg
    panes: Any  # (slots, windows) i8, number of the newest pane of each window
    sums: Any  # (slots, kept) SUM, over all panes
    rings: Any  # (slots, PANES, kept) SUM
    blocks: Any  # (blocks, BLOCK) i4, patterns
    dues: Any  # (blocks, BLOCK) i8, when each run must be looked at
    runs: Any  # (blocks, BLOCK) RUN
    next_block: Any  # (blocks,) i4
    free: Any  # (2,) i4: first free block, how many there are


def fresh(slots: int, rules: Rules, blocks: int = 64) -> State:
    """Of no vessels yet."""
    patterns, windows, kept = len(rules.clocks), len(rules.pane_s), len(rules.kept)
    made = State(
        np.zeros(slots, VESSEL),
        np.full((slots, len(rules.of_leg)), np.nan),
        np.zeros((slots, len(rules.figures)), np.uint16),
        np.zeros((slots, -(-patterns // 64)), np.uint64),
        np.full((slots, windows), BEGINNING, np.int64),
        np.zeros((slots, kept), SUM),
        np.zeros((slots, PANES, kept), SUM),
        np.empty((0, BLOCK), np.int32),
        np.empty((0, BLOCK), np.int64),
        np.empty((0, BLOCK), RUN),
        np.empty(0, np.int32),
        np.array([NONE, 0], np.int32),
    )
    emptied(made, slice(None))
    return widened(made, blocks)


def emptied(state: State, slots: Any) -> None:
    """Vessels of which nothing is known."""
    vessels = state.vessels
    for name, value in (("last", BEGINNING), ("floor", BEGINNING), ("due", NEVER), ("first", NONE), ("count", 0)):
        vessels[name][slots] = value
    vessels["follows"][slots] = AWAY
    state.held[slots] = 0
    state.ranks[slots] = 0
    state.panes[slots] = BEGINNING
    for name in ("total", "least", "most", "count"):
        state.sums[name][slots] = 0
        state.rings[name][slots] = 0


def widened(state: State, blocks: int) -> State:
    """With room for so many blocks of running intervals more."""
    had = len(state.next_block)
    more = np.arange(had + 1, had + blocks + 1, dtype=np.int32)
    more[-1] = state.free[0]
    return state._replace(
        blocks=np.concatenate([state.blocks, np.full((blocks, BLOCK), NONE, np.int32)]),
        dues=np.concatenate([state.dues, np.full((blocks, BLOCK), NEVER)]),
        runs=np.concatenate([state.runs, np.zeros((blocks, BLOCK), RUN)]),
        next_block=np.concatenate([state.next_block, more]),
        free=np.array([had, state.free[1] + blocks], np.int32),
    )


def bits(held: Array, patterns: int) -> Array:
    """(slots, patterns) bool of the words in which bodies are noted.

    >>> bits(np.array([[5]], np.uint64), 4).tolist()
    [[True, False, True, False]]
    """
    return np.unpackbits(held.view(np.uint8), axis=1, count=patterns, bitorder="little").astype(bool)
