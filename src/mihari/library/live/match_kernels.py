"""Updates of vessels through a programme: figures, ranks, the patterns whose borders were crossed, their runs."""

from __future__ import annotations

from typing import Any

import numpy as np

from mihari.core.kernels import inlined, lean
from mihari.library.live.layout import (
    AWAY,
    BLOCK,
    CROSSED,
    EVENTS,
    FOLLOWED,
    LATE,
    LEGS,
    LOOKED,
    MOVES,
    NEVER,
    NEW,
    NONE,
    TURNED,
)
from mihari.library.live.run_kernels import added, awaited, finish, fire, look, part, place_of, removed
from mihari.library.live.window_kernels import keep, value_of


@inlined
def rank_of(thresholds: Any, first: int, count: int, value: float, near: Any) -> Any:
    """Of a value among the thresholds; `near`: where it was before, which is tried first."""
    if value != value:
        return 0
    k = (near - 1) >> 1
    if near & 1:
        if (k == 0 or thresholds[first + k - 1] < value) and (k == count or value < thresholds[first + k]):
            return near
    elif near and thresholds[first + k] == value:
        return near
    low, high = 0, count
    while low < high:
        middle = (low + high) >> 1
        if thresholds[first + middle] < value:
            low = middle + 1
        else:
            high = middle
    return 2 * low + 1 + (low < count and thresholds[first + low] == value)


@inlined
def meets(literal: Any, rank: Any) -> Any:
    """Whether a rank meets a literal."""
    return (literal.low <= rank and rank <= literal.high) != (literal.told & 1 == 1)


@inlined
def holds(rules: Any, ranks: Any, slot: int, pattern: int) -> bool:
    """Whether in each clause of a pattern a literal is met."""
    met = False
    for k in range(rules.literal_first[pattern], rules.literal_first[pattern + 1]):
        literal = rules.literals[k]
        met |= meets(literal, ranks[slot, literal.figure])
        if literal.told & 2:
            if not met:
                return False
            met = False
    return True


@inlined
def turn(rules: Any, state: Any, slot: int, pattern: int, start: int, now: int, events: Any, tally: Any) -> None:
    """A body that did not hold up to `start` holds from then on, or the other way round."""
    vessel, clock = state.vessels[slot], rules.clocks[pattern]
    word, bit = pattern >> 6, np.uint64(1) << np.uint64(pattern & 63)
    begins = state.held[slot, word] & bit == 0
    state.held[slot, word] ^= bit
    place = place_of(state, vessel, pattern) if clock.join or not begins else NONE
    if place == NONE:
        place = added(state, vessel, pattern, start)
    block, i = place // BLOCK, place % BLOCK
    run = state.runs[block, i]
    if not begins:
        run.end = start
        if clock.join:
            awaited(state, vessel, place, start + clock.join + 1)
        else:
            finish(clock, run, pattern, slot, events, tally)
            removed(state, vessel, block, i)
        return
    fired = run.end != NEVER and run.end - run.start >= clock.least
    if run.end != NEVER and start - run.end > clock.join:
        finish(clock, run, pattern, slot, events, tally)
        run.start, fired = start, False
    run.end = NEVER
    awaited(state, vessel, place, NEVER if fired else fire(clock, run, pattern, slot, now, events, tally))


@inlined
def try_turn(rules: Any, state: Any, slot: int, pattern: int, start: int, now: int, events: Any, tally: Any) -> None:
    """Look at a pattern anew."""
    held = (state.held[slot, pattern >> 6] >> np.uint64(pattern & 63)) & np.uint64(1) == 1
    tally[LOOKED] += 1
    if holds(rules, state.ranks, slot, pattern) != held:
        tally[TURNED] += 1
        turn(rules, state, slot, pattern, start, now, events, tally)


@inlined
def leg(rules: Any, state: Any, slot: int, now: int, moved: Any, events: Any, tally: Any) -> None:
    """What a vessel told at its last sample held until `now`."""
    vessel = state.vessels[slot]
    start, followed, moves = vessel.last, vessel.follows == FOLLOWED, 0
    keep(rules, state, slot, start)
    for f in range(len(rules.figures)):
        figure, near = rules.figures[f], np.int64(state.ranks[slot, f])
        value = value_of(rules, state, slot, figure)
        rank = rank_of(rules.thresholds, figure.threshold, figure.thresholds, value, near)
        if rank != near:
            state.ranks[slot, f] = rank
            moved[moves, 0], moved[moves, 1], moved[moves, 2] = figure.border, near, rank
            moves += 1
    tally[LEGS] += 1
    tally[MOVES] += moves
    if followed:
        for k in range(moves):
            cross(rules, state, slot, moved[k, 0], moved[k, 1], moved[k, 2], start, now, events, tally)
    else:
        for pattern in range(len(rules.clocks)):
            try_turn(rules, state, slot, pattern, start, now, events, tally)
    vessel.follows = FOLLOWED


@inlined
def cross(
    rules: Any, state: Any, slot: int, border: int, near: int, rank: int, start: int, now: int, events: Any, tally: Any
) -> None:
    """Look at the patterns that ask for a rank between: those that may begin to hold, those held that may end."""
    upwards = rank > near
    low, high = (near, rank) if upwards else (rank, near)
    for k in range(rules.border_first[border + low], rules.border_first[border + high]):
        by = rules.crossed[k]
        pattern, nearer = by.pattern >> 1, (by.pattern & 1 == 1) == upwards
        tally[CROSSED] += 1
        if nearer and not meets(by, state.ranks[slot, by.figure]):
            continue
        held = (state.held[slot, pattern >> 6] >> np.uint64(pattern & 63)) & np.uint64(1) == 1
        if nearer != held:
            try_turn(rules, state, slot, pattern, start, now, events, tally)


@lean
def take(
    rules: Any, state: Any, slots: Any, times: Any, columns: Any, step_s: int, moved: Any, events: Any, tally: Any,
    row: int,
) -> int:  # fmt: skip
    """Updates from `row` on; before which row there must be more room for events or runs, or how many there are."""
    patterns = len(rules.clocks)
    for i in range(row, len(slots)):
        if tally[EVENTS] + 2 * patterns > len(events) or state.free[1] < patterns // BLOCK + 2:
            return i
        slot, now = slots[i], times[i]
        vessel = state.vessels[slot]
        if now <= vessel.last or now < vessel.floor:
            tally[LATE] += 1
            continue
        near = vessel.follows != AWAY and now - vessel.last <= step_s
        if near:
            for b in range(len(rules.of_leg)):
                if rules.of_leg[b]:
                    state.values[slot, b] = columns[i, b]
            leg(rules, state, slot, now, moved, events, tally)
        elif vessel.follows != AWAY:
            part(rules, state, slot, now, events, tally)
        if not near:
            vessel.follows = NEW
        for b in range(len(rules.of_leg)):
            state.values[slot, b] = columns[i, b]
        vessel.last = now
        if now >= vessel.due:
            look(rules, state, slot, now, events, tally)
    return len(slots)


@lean
def advance(rules: Any, state: Any, slots: Any, now: int, step_s: int, events: Any, tally: Any, row: int) -> int:
    """Vessels that have been silent for longer than `step_s`: what held has ended; as `take`."""
    patterns = len(rules.clocks)
    for i in range(row, len(slots)):
        if tally[EVENTS] + 2 * patterns > len(events):
            return i
        vessel = state.vessels[slots[i]]
        if vessel.follows != AWAY:
            if now - vessel.last > step_s:
                part(rules, state, slots[i], now, events, tally)
                vessel.follows, vessel.floor = AWAY, now
        elif now >= vessel.due:
            look(rules, state, slots[i], now, events, tally)
            vessel.floor = now
    return len(slots)


@lean
def refill(state: Any, slots: Any, patterns: Any, runs: Any, dues: Any) -> None:
    """Runs (n,) of vessels and patterns, as they were kept elsewhere."""
    for k in range(len(slots)):
        vessel = state.vessels[slots[k]]
        place = added(state, vessel, patterns[k], runs[k].start)
        state.runs[place // BLOCK, place % BLOCK].end = runs[k].end
        awaited(state, vessel, place, dues[k])


@lean
def drop(state: Any, pattern: int) -> None:
    """All runs of a pattern go."""
    word, bit = pattern >> 6, np.uint64(1) << np.uint64(pattern & 63)
    for slot in range(len(state.vessels)):
        state.held[slot, word] &= ~bit
        place = place_of(state, state.vessels[slot], pattern)
        if place != NONE:
            removed(state, state.vessels[slot], place // BLOCK, place % BLOCK)
