"""Running intervals of a vessel: a list of blocks, in no order; when each must be told or is over.

A run goes on (`end` NEVER) or breaks since `end`. What is known of a vessel is known up to `now`: its newest sample,
or the present where it has fallen silent. A run that breaks is over once it cannot be taken up again within `join` s.
"""

from __future__ import annotations

from typing import Any

from mihari.core.kernels import inlined
from mihari.library.live.layout import BLOCK, ENDED, EVENTS, EVER, FIRED, NEVER, NONE


@inlined
def tell(events: Any, tally: Any, pattern: int, slot: int, kind: int, start: int, end: int) -> None:
    """An event more."""
    event = events[tally[EVENTS]]
    event.pattern, event.vessel, event.kind, event.start, event.end = pattern, slot, kind, start, end
    tally[EVENTS] += 1


@inlined
def fire(clock: Any, run: Any, pattern: int, slot: int, now: int, events: Any, tally: Any) -> Any:
    """Tell a run that goes on once it lasts long enough; when to look at it again."""
    if clock.most < EVER:
        return NEVER
    if now - run.start < clock.least:
        return run.start + clock.least
    tell(events, tally, pattern, slot, FIRED, run.start, now)
    return NEVER


@inlined
def finish(clock: Any, run: Any, pattern: int, slot: int, events: Any, tally: Any) -> None:
    """Tell a run that is over, if it lasted as it should."""
    lasted = run.end - run.start
    if clock.least <= lasted < clock.most:
        tell(events, tally, pattern, slot, ENDED, run.start, run.end)


@inlined
def place_of(state: Any, vessel: Any, pattern: int) -> Any:
    """Block and row of a pattern's run, as one number; NONE."""
    block = vessel.first
    while block != NONE:
        row = NONE
        for i in range(BLOCK):  # to the end of the block: that takes fewer steps than to stop
            row = i if state.blocks[block, i] == pattern else row
        if row != NONE:
            return block * BLOCK + row
        block = state.next_block[block]
    return NONE


@inlined
def awaited(state: Any, vessel: Any, place: int, due: int) -> None:
    """When a run must be looked at."""
    state.dues[place // BLOCK, place % BLOCK] = due
    vessel.due = min(vessel.due, due)


@inlined
def added(state: Any, vessel: Any, pattern: int, start: int) -> Any:
    """A run that begins; its place."""
    if vessel.first == NONE or vessel.count == BLOCK:
        block = state.free[0]
        state.free[0] = state.next_block[block]
        state.free[1] -= 1
        state.next_block[block] = vessel.first
        vessel.first, vessel.count = block, 0
    block, i = vessel.first, vessel.count
    vessel.count += 1
    state.blocks[block, i] = pattern
    run = state.runs[block, i]
    run.start, run.end = start, NEVER
    return block * BLOCK + i


@inlined
def removed(state: Any, vessel: Any, block: int, i: int) -> None:
    """A run that is gone: the last of the first block takes its place."""
    first, last = vessel.first, vessel.count - 1
    state.blocks[block, i], state.dues[block, i] = state.blocks[first, last], state.dues[first, last]
    into, out = state.runs[block, i], state.runs[first, last]
    into.start, into.end = out.start, out.end
    state.blocks[first, last], state.dues[first, last] = NONE, NEVER
    vessel.count = last
    if last == 0:
        vessel.first = state.next_block[first]
        vessel.count = BLOCK if vessel.first != NONE else 0
        state.next_block[first] = state.free[0]
        state.free[0] = first
        state.free[1] += 1


@inlined
def look(rules: Any, state: Any, slot: int, now: int, events: Any, tally: Any) -> None:
    """Tell what has lasted long enough and what is over; when to look again.

    Each block is gone through from its end: what takes the place of a run that goes has been looked at.
    """
    vessel = state.vessels[slot]
    vessel.due, due, block = NEVER, NEVER, vessel.first
    while block != NONE:
        after, soon = state.next_block[block], NEVER
        for i in range(BLOCK):
            soon = min(soon, state.dues[block, i])
        if soon <= now:
            soon = look_at(rules, state, slot, block, now, events, tally)
        due, block = min(due, soon), after
    vessel.due = due


@inlined
def look_at(rules: Any, state: Any, slot: int, block: int, now: int, events: Any, tally: Any) -> Any:
    """The same of a block; when to look at it again."""
    vessel, due = state.vessels[slot], NEVER
    for i in range(BLOCK - 1, -1, -1):
        if state.dues[block, i] <= now:
            pattern, run = state.blocks[block, i], state.runs[block, i]
            clock = rules.clocks[pattern]
            if run.end == NEVER:
                state.dues[block, i] = fire(clock, run, pattern, slot, now, events, tally)
            elif now > run.end + clock.join:
                finish(clock, run, pattern, slot, events, tally)
                removed(state, vessel, block, i)
                continue
        due = min(due, state.dues[block, i])
    return due


@inlined
def part(rules: Any, state: Any, slot: int, now: int, events: Any, tally: Any) -> None:
    """Nothing is known of a vessel since its last sample: whatever held has ended there."""
    vessel = state.vessels[slot]
    block, count = vessel.first, vessel.count
    while block != NONE:
        for i in range(count):
            if state.runs[block, i].end == NEVER:
                state.runs[block, i].end = vessel.last
                state.dues[block, i] = vessel.last + rules.clocks[state.blocks[block, i]].join + 1
        block, count = state.next_block[block], BLOCK
    for word in range(state.held.shape[1]):
        state.held[slot, word] = 0
    look(rules, state, slot, now, events, tally)
