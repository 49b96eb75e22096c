"""A programme gives way to another while vessels are followed: what the two have in common goes on."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from mihari.core.columns import Array
from mihari.library.live import layout
from mihari.library.live.layout import AWAY, BLOCK, FOLLOWED, NEVER, NEW, NONE, State
from mihari.library.live.match_kernels import refill
from mihari.library.live.matcher import Matcher
from mihari.library.live.programme import Programme

Runs = tuple[Array, Array, Array, Array]  # slots, patterns, runs, when each is due


def changed(matcher: Matcher, programme: Programme) -> Matcher:
    """A matcher of another programme that goes on where this one is.

    Patterns that both have, to the letter of what is matched, keep what runs; of the others that of this one is over
    without a word, and the new ones begin with the next update of a vessel. Windows that are new begin empty.
    """
    old = matcher.programme
    made = Matcher(programme, len(matcher.arrays.vessels), matcher.step_s, matcher.most_runs)
    before, after = matcher.arrays, made.arrays
    for name in ("last", "floor"):
        after.vessels[name] = before.vessels[name]
    after.vessels["follows"] = np.where(before.vessels["follows"] == FOLLOWED, NEW, before.vessels["follows"])
    for column, base in enumerate(programme.bases):
        if base in old.bases:
            after.values[:, column] = before.values[:, old.bases.index(base)]
    _windows(before, old, after, programme)
    kept = {name: k for k, name in enumerate(programme.names) if old.matched.get(name) == programme.matched[name]}
    _runs(matcher, made, kept)
    return made


def _windows(before: State, old: Programme, after: State, new: Programme) -> None:
    """Panes of the windows that both keep, and what they keep of the same bases."""
    was = {key: k for k, key in enumerate(_kept(old))}
    seconds = old.rules.pane_s.tolist()
    for window, pane_s in enumerate(new.rules.pane_s.tolist()):
        if pane_s in seconds:
            after.panes[:, window] = before.panes[:, seconds.index(pane_s)]
    for k, key in enumerate(_kept(new)):
        if key in was:
            after.sums[:, k], after.rings[:, :, k] = before.sums[:, was[key]], before.rings[:, :, was[key]]


def _kept(programme: Programme) -> list[tuple[str, int]]:
    """(base, seconds of a pane) of what is kept over a while."""
    rules = programme.rules
    return [(programme.bases[row["base"]], int(rules.pane_s[row["window"]])) for row in rules.kept]


def _runs(matcher: Matcher, made: Matcher, kept: Mapping[str, int]) -> None:
    """What runs of the patterns that are kept: who goes on holds on the last leg."""
    slots, patterns, runs, dues = running(matcher.arrays)
    number = np.array([kept.get(name, NONE) for name in matcher.programme.names], np.int32)
    into = number[patterns]
    stays = into != NONE
    slots, into, runs, dues = slots[stays], into[stays], runs[stays], dues[stays]
    need = len(slots) // BLOCK + len(made.arrays.vessels)
    made.arrays = layout.widened(made.arrays, need)
    refill(made.arrays, slots, into, runs, dues)
    on = (runs["end"] == NEVER) & (made.arrays.vessels["follows"][slots] != AWAY)
    bit = np.uint64(1) << (into[on] & 63).astype(np.uint64)
    np.bitwise_or.at(made.arrays.held, (slots[on], into[on] >> 6), bit)


def running(state: State) -> Runs:
    """All that runs, in the order of the blocks."""
    slots, blocks = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    at = state.vessels["first"].astype(np.int64)
    while len(whose := np.flatnonzero(at != NONE)):
        slots.append(whose)
        blocks.append(at[whose])
        at[whose] = state.next_block[at[whose]]
    of, block = np.concatenate(slots), np.concatenate(blocks)
    row, i = np.nonzero(state.blocks[block] != NONE)
    return of[row], state.blocks[block[row], i], state.runs[block[row], i], state.dues[block[row], i]
