"""AIS batches of neighbouring seconds -> one batch, where no tick between them would change anything.

A recording read at full speed holds a few reports a second; a step of the pipeline costs the same for one report as for
fifty. The results are those of single steps, since reports are taken in by their own times and the left-out ticks are
those before the pipeline's `next_due`.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from mihari.core.reports import Batch, Claims, Input, Reports, Tick

# s of data joined at most: no report brings about a change by silence sooner than that (six intervals of 2 s for AIS,
# 10 s for radar), so what is held cannot make a left-out tick matter
SPAN_S = 9.0
ROWS = 20_000


def joined(batches: list[Batch]) -> Batch:
    """All reports of several batches with their claims.

    >>> b = Batch(Reports.of(1, claim=0), Claims.of(1, mmsi=7))
    >>> joined([b, b]).reports.claim.tolist(), joined([b, b]).claims.mmsi.tolist()
    ([0, 1], [7, 7])
    """
    if len(batches) == 1:
        return batches[0]
    counts = np.cumsum([0, *(len(b.claims) for b in batches)])
    moved = [np.where(b.reports.claim >= 0, b.reports.claim + n, -1) for b, n in zip(batches, counts, strict=False)]
    reports = Reports.concatenate([b.reports for b in batches]).replace(claim=np.concatenate(moved))
    return Batch(reports, Claims.concatenate([b.claims for b in batches]))


class Joining:
    """Between a recording and `take`: holds batches back and gives them on as one. Call `flush` at the end."""

    def __init__(self, take: Callable[[Input], object], next_due: Callable[[], float]) -> None:
        self._take, self._next_due = take, next_due
        self._held: list[Batch] = []
        self._rows, self._first, self._tick = 0, math.inf, math.nan

    def take(self, given: Input) -> None:
        """One input of the recording."""
        if isinstance(given, Tick) and self._held:
            if given.time < min(self._first + SPAN_S, self._next_due()):
                self._tick = given.time
                return
        elif isinstance(given, Batch) and len(given.reports):
            if not self._held:
                self._first = float(given.reports.time.min())
            self._held.append(given)
            self._rows += len(given.reports)
            if self._rows >= ROWS:
                self.flush()
            return
        self.flush()
        self._take(given)

    def flush(self) -> None:
        """Give on what is held."""
        if not self._held:
            return
        batch, tick = joined(self._held), self._tick
        self._held, self._rows, self._first, self._tick = [], 0, math.inf, math.nan
        self._take(batch)
        if math.isfinite(tick):
            self._take(Tick(tick))
