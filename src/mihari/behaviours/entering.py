"""What a definition found, by row of subjects -> entries of the ledger that are new or different."""

from __future__ import annotations

from mihari.behaviours.algebra import Timelines
from mihari.behaviours.ledger import Entry, Ledger, Span, Subject
from mihari.core.columns import Array


def enter(
    ledger: Ledger, kind: str, subjects: list[Subject], found: Timelines, going: Array, now: int, settled: int
) -> list[Entry]:
    """All that holds now for the subjects; `going`: which of the intervals have no end yet.

    settled: UTC s; what ended before cannot change any more (`Ledger.enter`).

    >>> import numpy as np
    >>> ledger, found = Ledger(), Timelines.made([0, 1], [100, 200], [300, 400])
    >>> told = enter(ledger, "gap", [(7,), (8,)], found, np.array([False, True]), 400, 0)
    >>> [(e.subject, e.span.start, e.span.end) for e in told]
    [((7,), 100, 300), ((8,), 200, None)]
    """
    spans: dict[int, list[Span]] = {}
    rows = zip(found.key.tolist(), found.start.tolist(), found.end.tolist(), going.tolist(), strict=True)
    for key, start, end, on in rows:
        spans.setdefault(key, []).append(Span(start, None if on else end))
    held = ledger.holding(kind)
    changed: list[Entry] = []
    for row, subject in enumerate(subjects):
        if row in spans or subject in held:
            changed += ledger.enter(kind, subject, spans.get(row, []), now, settled)
    return changed
