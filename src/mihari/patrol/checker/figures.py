"""Rule 25: the figures that a plan tells are those that follow from its sorties.

A cell is fresh while its last look is no older than demanded; what the plan does not say of the time before it counts
as just looked at. Every look at a cell that is over within the plan's hours
counts here, be it good or not: what is wrong with it is told by itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from mihari.patrol.checker import slack
from mihari.patrol.checker.looks import cell_of
from mihari.patrol.checker.sheet import Sheet
from mihari.patrol.checker.violation import Violation, violation

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def figures(sheet: Sheet) -> Iterator[Violation]:
    """Rule 25, for those of `fresh`, `worst`, `hours` and `launches` that the plan tells."""
    for name, value in figures_of(sheet).items():
        told = sheet.plan.figures.get(name)
        share = 0.0 if name == "launches" else slack.FIGURE
        if told is not None and not math.isnan(value) and not math.isclose(told, value, rel_tol=share, abs_tol=1e-6):
            words = f"the plan tells {name} = {told:.6g}; from its sorties follows {value:.6g}"
            yield violation("wrong figure", words, sheet.plan.begin)


def figures_of(sheet: Sheet) -> dict[str, float]:
    """What follows from the sorties; NaN where nothing is demanded."""
    begin, end = sheet.plan.begin, sheet.plan.end
    out = (min(s.landing, end) - max(s.launch, begin) for s in sheet.sorties)
    cell, since, until = ages(sheet)
    return {
        "fresh": _fresh(sheet, cell, since, until),
        "worst": _worst(sheet, cell, since, until),
        "hours": sum(max(seconds, 0.0) for seconds in out) / 3600,
        "launches": float(sum(bool(sortie.start) for sortie in sheet.sorties)),
    }


def ages(sheet: Sheet) -> tuple[Ints, Floats, Floats]:
    """Columns (k,): a demanded cell, when it was looked at, and when next (UTC s; at last: the plan's end).

    The first of each cell may be before the plan's beginning.
    """
    begin, end = sheet.plan.begin, sheet.plan.end
    every, demanded = sheet.ground.every_h, np.flatnonzero(np.isfinite(sheet.ground.every_h))
    stops = [visit.stop for visit in sheet.visits if visit.stop.purpose == "cell"]
    seen = [(cell_of(stop, len(every)), stop.leave) for stop in stops]
    good = [(c, t) for c, t in seen if c is not None and np.isfinite(every[c]) and begin - 1 <= t <= end + 1]
    cell = np.concatenate([demanded, np.array([c for c, _ in good], dtype=np.int64)])
    before = [min(sheet.plan.seen.get(str(c), begin), begin) for c in demanded.tolist()]
    since = np.concatenate([np.array(before, float), np.clip(np.array([t for _, t in good], float), begin, end)])
    order = np.lexsort((since, cell))
    cell, since = cell[order], since[order]
    last = np.append(cell[1:] != cell[:-1], True)[: len(cell)]
    return cell, since, np.where(last, end, np.append(since[1:], end)[: len(cell)])


def _parts(sheet: Sheet, since: Floats, until: Floats) -> tuple[Floats, Floats]:
    """(k, S): from when to when (UTC s) each of the times lies in each spell; nothing where `until` is not after."""
    spells = sheet.ground.spells
    first = np.array([-np.inf, *(sheet.start + 3600 * spell.start for spell in spells[1:])])
    last = np.append(first[1:], np.inf)
    return np.maximum(since[:, None], first), np.minimum(until[:, None], last)


def _fresh(sheet: Sheet, cell: Ints, since: Floats, until: Floats) -> float:
    """Share of demanded weight and time in which cells are fresh."""
    allowed, first = 3600 * sheet.ground.every_h[cell], np.maximum(since, sheet.plan.begin)
    whole, fresh = (
        float((sheet.ground.weight[cell] * np.maximum(b - a, 0.0)).sum())
        for a, b in (_parts(sheet, first, until), _parts(sheet, first, np.minimum(until, since + allowed)))
    )
    return fresh / whole if whole > 0 else math.nan


def _worst(sheet: Sheet, cell: Ints, since: Floats, until: Floats) -> float:
    """The largest age over the demanded interval, while any of the cell's weight is not held by a radar."""
    a, b = _parts(sheet, np.maximum(since, sheet.plan.begin), until)
    open_ = (sheet.ground.weight[cell] > 0) & (b > a)
    ratio = np.where(open_, b - since[:, None], -np.inf) / (3600 * sheet.ground.every_h[cell])[:, None]
    worst = float(ratio.max(initial=-math.inf))
    return worst if math.isfinite(worst) else math.nan
