"""How the archive is doing, as people, alarms and metrics are told."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ArchiveHealth:
    """A snapshot of one archive."""

    folder: str = ""
    state: str = "off"  # off, writing, stopped, closed
    problem: str = ""  # one sentence when stopped
    rows: int = 0  # reports written
    bytes_written: int = 0  # of parts, before they are merged
    lag: float = 0.0  # s since what is not yet on the disk came in
    free_bytes: int = 0  # on the archive's disk
    used_bytes: int = 0  # by the archive, as last counted
    shed: int = 0  # inputs that could not be kept
    runs: int = 0  # 1 + times the archive had to begin anew
