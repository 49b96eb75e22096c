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

# A report brings about a change by silence after six reporting intervals at the earliest (M.1371-5: 2 s above 23 kn,
# 6 s above 14 kn, else 10 s or more); what is held must be shorter than that, so that no left-out tick can matter.
# (m/s, s of data): up to this speed this long.
SPANS = ((7.0, 55.0), (11.5, 30.0), (np.inf, 9.0))
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


def span_of(batch: Batch) -> float:
    """How many seconds of data may be held together with these reports.

    >>> span_of(Batch(Reports.of(2, speed=[5.0, np.nan]))), span_of(Batch(Reports.of(1, speed=13.0)))
    (55.0, 9.0)
    """
    fastest = float(np.fmax.reduce(batch.reports.speed, initial=0.0))  # NaN is passed over
    return next(span for speed, span in SPANS if fastest <= speed)


class Joining:
    """Between a recording and `take`: holds batches back and gives them on as one. Call `flush` at the end."""

    def __init__(self, take: Callable[[Input], object], next_due: Callable[[], float]) -> None:
        self._take, self._next_due = take, next_due
        self._held: list[Batch] = []
        self._rows, self._first, self._span, self._tick = 0, math.inf, SPANS[0][1], math.nan

    def take(self, given: Input) -> None:
        """One input of the recording."""
        if isinstance(given, Tick) and self._held:
            if given.time < min(self._first + self._span, self._next_due()):
                self._tick = given.time
                return
        elif isinstance(given, Batch) and len(given.reports):
            if not self._held:
                self._first = float(given.reports.time.min())
            self._held.append(given)
            self._span = min(self._span, span_of(given))
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
        self._held, self._rows, self._first, self._span, self._tick = [], 0, math.inf, SPANS[0][1], math.nan
        self._take(batch)
        if math.isfinite(tick):
            self._take(Tick(tick))
