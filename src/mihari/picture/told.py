"""Reports of people -> those that the picture shows: half a day's, a corrected one in place of the one before.

>>> book = ToldBook()
>>> book.take(PersonReport(60.0, "KAI", 26.0, 127.0, 100.0, 0.0, 100.0, what="skiff", uid="r1"))
>>> book.take(PersonReport(60.0, "KAI", 26.1, 127.0, 100.0, 0.0, 100.0, what="two skiffs", uid="r1"))
>>> [(report.what, report.lat_deg) for report in book.reports]
[('two skiffs', 26.1)]
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from mihari.core.person_report import PersonReport

KEPT_S = 12 * 3600.0  # a watch and the one before it: longer ago, a vessel is anywhere
MOST = 500  # reports; a stream of garbage is bounded


class ToldBook:
    """What people told a node, by the id of each report; the oldest go first."""

    def __init__(self) -> None:
        self._held: dict[str, PersonReport] = {}
        self._in_order: tuple[PersonReport, ...] | None = ()

    @property
    def reports(self) -> tuple[PersonReport, ...]:
        """All that are kept, the oldest first; the same tuple for as long as nothing changes."""
        if self._in_order is None:
            self._in_order = tuple(sorted(self._held.values(), key=_age))
        return self._in_order

    def take(self, report: PersonReport) -> None:
        """Keep a report; one whose `uid` is known takes that one's place, whatever feed it came by."""
        self._held[report.uid] = report
        if len(self._held) > MOST:
            del self._held[min(self._held.values(), key=_age).uid]
        self._in_order = None

    def pass_time(self, time: float) -> None:
        """Let go what is older than `KEPT_S` at `time`, UTC s."""
        old = [uid for uid, report in self._held.items() if time - report.time > KEPT_S]
        for uid in old:
            del self._held[uid]
        if old:
            self._in_order = None

    def state(self) -> dict[str, Any]:
        """All that is kept, as JSON values: what survives a stop of the node."""
        return {"told": [asdict(report) for report in self.reports]}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a state; KeyError or TypeError, and nothing is changed, where it is none."""
        told = [PersonReport(**one) for one in state["told"]]
        for report in told:
            self.take(report)


def _age(report: PersonReport) -> tuple[float, str]:
    return report.time, report.uid
