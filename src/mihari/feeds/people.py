"""What people told since this was last asked: reports of all feeds, beside the looks of them that the tracker gets."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import replace

from mihari.core.person_report import PersonReport

HELD = 1024  # reports that wait: more than anybody reads
WHO_MAX, WHAT_MAX, UID_MAX = 40, 2000, 200  # characters: what comes from outside may be a megabyte long


class People:
    """Shared by all feeds of a node; may be used from any thread.

    >>> people = People()
    >>> people.tell(PersonReport(0.0, "KAI", 26.0, 127.0, 100.0, 0.0, 100.0, what="skiff"))
    >>> [report.what for report in people.drained()], people.drained()
    (['skiff'], [])
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._told: deque[PersonReport] = deque(maxlen=HELD)

    def tell(self, report: PersonReport) -> None:
        """Somebody told something; the oldest is let go where nobody asks, and words without end are cut."""
        who, what, uid = report.who[:WHO_MAX], report.what[:WHAT_MAX], report.uid[:UID_MAX]
        with self._lock:
            self._told.append(replace(report, who=who, what=what, uid=uid))

    def drained(self) -> list[PersonReport]:
        """All that was told since this was last asked, oldest first."""
        with self._lock:
            found = list(self._told)
            self._told.clear()
            return found
