"""An archive's folder -> which files tell of which time. Knows names alone: quick to import, quick to ask."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from mihari.archive.store import HOUR_S, Filed, filed, hour_of, hours_in
from mihari.core.errors import BadInput


@dataclass(frozen=True, slots=True)
class Run:
    """One uninterrupted stretch of the archive: its first and last step, and the pipeline's times there, UTC s."""

    number: int
    first: int
    last: int
    begin: float
    end: float


class Catalogue:
    """The files of an archive. They are looked up anew with each question, so a running node's are current."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        if not folder.is_dir():
            raise BadInput(f"{folder}: no such archive; expected a folder written by mihari run --archive")
        if not hours_in(folder):
            raise BadInput(f"{folder}: is no archive, or nothing has been written yet")

    # what there is

    def runs(self, since: float = -math.inf) -> list[Run]:
        """All runs that reach beyond `since`, oldest first."""
        found: dict[int, list[Filed]] = {}
        for each in filed(self._hours(since, math.inf), "steps"):
            found.setdefault(each.part.run, []).append(each)
        return [self._run(number, files) for number, files in sorted(found.items())]

    def _run(self, number: int, files: list[Filed]) -> Run:
        first, last = files[0].part, max((f.part for f in files), key=lambda p: p.last)
        return Run(number, first.first, last.last, float(min(f.part.begin for f in files)), float(last.end))

    def _hours(self, begin: float, end: float) -> list[Path]:
        """Hour folders that may hold what was taken between two times."""
        hours = hours_in(self.folder)
        if math.isfinite(begin):
            low = hour_of(begin - HOUR_S)
            hours = [h for h in hours if str(h.relative_to(self.folder)) >= low]
        if math.isfinite(end):
            high = hour_of(end + HOUR_S)
            hours = [h for h in hours if str(h.relative_to(self.folder)) <= high]
        return hours

    def files(self, table: str, begin: float = -math.inf, end: float = math.inf) -> list[Path]:
        """The files of a table that may tell of the time between, UTC s."""
        return [f.path for f in filed(hours_in(self.folder), table) if f.part.end >= begin and f.part.begin <= end]
