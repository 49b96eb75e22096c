"""What came too late for the ring, given to a tracker once more where it belongs: in a run from an archived state on.

Such a report is ordered where it came in (`Door`), so that the live tracker need not go back an hour. A run that
knows what was late puts each entry at its own time instead: the result is that of the same entries in order.
"""

from __future__ import annotations

import math

import numpy as np

from mihari.core.columns import Array
from mihari.core.reports import ReportKind
from mihari.tracks.entries import NOTHING, OF_OLD, OF_REPEAT, OF_REPORT, OF_SECTOR, SECTOR, TICK, Entries

REPEAT = int(ReportKind.AIS_REPEAT)
WORDS = {
    int(ReportKind.BEARING): "bearings",
    int(ReportKind.RANGE): "ranges",
    int(ReportKind.PLOT): "plots",
    int(ReportKind.AREA): "sightings",
    int(ReportKind.AIS_POSITION): "AIS reports",
    REPEAT: "AIS reports",
}


def too_late(entries: Entries, begin: float = -math.inf) -> Array:
    """Rows of the entries of `begin` (UTC s) or later that came too late for their place; ticks are never meant."""
    e = entries.entries
    found: Array = np.flatnonzero((e["rank"] == OF_OLD) & (e["kind"] != TICK) & (e["time"] >= begin))
    return found


def kinds(entries: Entries, rows: Array) -> Array:
    """The kind of the first report of each entry in `rows`; of a sector without one nothing that counts."""
    if len(entries.reports) == 0:
        return np.zeros(len(rows), np.uint8)
    found: Array = entries.reports["kind"][np.minimum(entries.entries["first"][rows], len(entries.reports) - 1)]
    return found


def told_late(entries: Entries, least: float = -math.inf) -> tuple[float, float]:
    """The times of the oldest entry and of the oldest look, of `least` (UTC s) or later, that came too late and tell
    something new; inf for none."""
    rows = too_late(entries, least)
    if len(rows) == 0:
        return math.inf, math.inf
    time, looks = entries.entries["time"][rows], entries.entries["kind"][rows] == SECTOR
    new = looks | (kinds(entries, rows) != REPEAT)
    return float(time[new].min(initial=math.inf)), float(time[looks].min(initial=math.inf))


def called(entries: Entries) -> str:
    """What to call these, by what most of their reports are.

    >>> called(NOTHING)
    'looks'
    """
    told, count = np.unique(entries.reports["kind"], return_counts=True)
    return WORDS.get(int(told[np.argmax(count)]), "reports") if len(told) else "looks"


def put_in_place(entries: Entries, rows: Array) -> None:
    """Gives the entries in `rows` the order and rank that they would have had in time, in place."""
    e = entries.entries
    other = np.where(kinds(entries, rows) == REPEAT, OF_REPEAT, OF_REPORT)
    e["order"][rows] = e["time"][rows]
    e["rank"][rows] = np.where(e["kind"][rows] == SECTOR, OF_SECTOR, other)


class Older:
    """Entries that came too late in a run, of `begin` (UTC s) or later; each is given once, when its time comes."""

    def __init__(self, entries: Entries, begin: float) -> None:
        put_in_place(entries, np.arange(len(entries)))
        self.begin = begin
        self._entries, self._given = entries.in_order(), 0

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def called(self) -> str:
        """What to call them."""
        return called(self._entries)

    def among(self, entries: Entries, newest: float) -> Entries:
        """The same entries, those that came too late where they belong; `newest` is the time reached."""
        rest = np.delete(np.arange(len(entries)), too_late(entries, self.begin))
        last = int(np.searchsorted(self._entries.entries["order"], newest, "right")) if len(self) else 0
        due = self._entries.take(np.arange(self._given, last)) if last > self._given else NOTHING
        self._given = max(self._given, last)
        if len(rest) == len(entries) and len(due) == 0:
            return entries
        return Entries.joined([entries.take(rest), due])
