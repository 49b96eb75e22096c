"""Figures of a vessel over the last minutes: sums over panes of time, the newest of them still open."""

from __future__ import annotations

from typing import Any

import numpy as np

from mihari.core.kernels import inlined
from mihari.library.live.figures import PANES, STEPS
from mihari.library.live.layout import BEGINNING, LEAST, MEAN, MOST, PLAIN


@inlined
def keep(rules: Any, state: Any, slot: int, start: int) -> None:
    """Take what a vessel told at `start` into its windows."""
    for w in range(len(rules.pane_s)):
        pane = start // rules.pane_s[w]
        if pane != state.panes[slot, w]:
            _turn(rules.kept, state, slot, w, pane)
    for k in range(len(rules.kept)):
        kept = rules.kept[k]
        value = state.values[slot, kept.base]
        if value == value:
            steps = np.int64(min(max(np.rint(value / kept.step), -STEPS), STEPS))
            _add(state.rings[slot, state.panes[slot, kept.window] % PANES, k], steps, steps, steps, 1)
            _add(state.sums[slot, k], steps, steps, steps, 1)


@inlined
def _add(sum_: Any, total: Any, least: Any, most: Any, count: Any) -> None:
    """Some values more."""
    sum_.least = min(np.int64(sum_.least), least) if sum_.count else least
    sum_.most = max(np.int64(sum_.most), most) if sum_.count else most
    sum_.total += total
    sum_.count += count


@inlined
def _turn(kept: Any, state: Any, slot: int, window: int, pane: int) -> None:
    """A new pane is the newest: those that are over `PANES` older are emptied, the rest is summed up."""
    newest = state.panes[slot, window]
    over = PANES if newest == BEGINNING or pane - newest > PANES else pane - newest
    state.panes[slot, window] = pane
    for k in range(len(kept)):
        if kept[k].window != window:
            continue
        for older in range(over):
            state.rings[slot, (pane - older) % PANES, k].count = 0
            state.rings[slot, (pane - older) % PANES, k].total = 0
        state.sums[slot, k].count = 0
        state.sums[slot, k].total = 0
        for place in range(PANES):
            one = state.rings[slot, place, k]
            if one.count:
                _add(state.sums[slot, k], np.int64(one.total), np.int64(one.least), np.int64(one.most), one.count)


@inlined
def value_of(rules: Any, state: Any, slot: int, figure: Any) -> Any:
    """A figure of a vessel now, NaN where it is not known."""
    how = figure.statistic
    if how == PLAIN:
        return state.values[slot, figure.base]
    over = state.sums[slot, figure.kept]
    if over.count == 0:
        return np.nan
    step = rules.kept[figure.kept].step
    if how == MEAN:
        return np.float64(over.total) / np.float64(over.count) * step
    if how == LEAST:
        return np.float64(over.least) * step
    if how == MOST:
        return np.float64(over.most) * step
    return (np.float64(over.most) - np.float64(over.least)) * step
