"""Times that people ask an archive for -> UTC s."""

from __future__ import annotations

from mihari.archive.catalogue import Catalogue
from mihari.core.errors import BadInput
from mihari.core.times import parse_time, told_time


def span(reader: Catalogue, begin: str | None, end: str | None) -> tuple[float, float]:
    """The times that were asked for, UTC s; without them all that there is."""
    runs = reader.runs()
    if not runs:
        raise BadInput(f"{reader.folder}: holds no steps yet")
    newest = max(run.end for run in runs)
    first = min(run.begin for run in runs) if begin is None else parse_time(begin, newest)
    last = newest if end is None else parse_time(end, newest)
    if last < first:
        raise BadInput(f"--to {told_time(last)} lies before --from {told_time(first)}")
    return first, last
