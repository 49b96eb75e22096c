"""Where the archive's files lie and which of them count: names, atomic writes, listing. No knowledge of what is inside.

    DAY/HOUR/TABLE-RUN-FIRST-LAST-FROM-TO.parquet   2025-11-20/17/reports-1763659200-0-314-1763659200-1763662801.parquet

The hour is that in which the first step in the file was taken. RUN is the second at which its run began; FIRST and LAST
are the steps it covers; FROM and TO bound the times inside, UTC s. A file is written beside its place, synced and
renamed, so what bears the name is whole. Merged files replace what they cover: until the small ones are deleted, or
where a kill came between, the reader passes over every file whose steps another file of its table and folder covers.
Steps of another folder are never covered: where a clock was set back, one hour holds steps from before and after.
"""

from __future__ import annotations

import contextlib
import fcntl
import math
import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from mihari.core.errors import BadInput

HOUR_S = 3600
LATEST = 253402300799.0  # UTC s: the end of 9999, beyond which there is no date
NAME = re.compile(r"^([a-z]+)-(\d+)-(\d+)-(\d+)-(-?\d+)-(-?\d+)\.(parquet|state)$")
UNFINISHED = ".tmp"
LOCK = ".lock"


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """One file of the archive: its table, its run, the steps (`first` to `last`) and times (UTC s) it covers."""

    table: str
    run: int
    first: int
    last: int
    begin: int
    end: int
    suffix: str = "parquet"

    @property
    def name(self) -> str:
        """The file's name.

        >>> part = Part("reports", 100, 0, 31, 90, 120)
        >>> part.name, Part.of(part.name) == part, Part.of("notes.txt")
        ('reports-100-0-31-90-120.parquet', True, None)
        """
        return f"{self.table}-{self.run}-{self.first}-{self.last}-{self.begin}-{self.end}.{self.suffix}"

    @classmethod
    def of(cls, name: str) -> Part | None:
        """A file's name read back; None for what is no part."""
        found = NAME.match(name)
        if not found:
            return None
        run, first, last, begin, end = (int(found[k]) for k in range(2, 7))
        return cls(found[1], run, first, last, begin, end, found[7])

    def covers(self, other: Part) -> bool:
        """Whether all of the other's steps are in this one, too."""
        same = self.table == other.table and self.run == other.run
        return same and self.first <= other.first and other.last <= self.last


@dataclass(frozen=True, slots=True)
class Filed:
    """A part and where it lies."""

    part: Part
    path: Path


def hour_of(time: float) -> str:
    """Folder of a UTC time; times that no calendar holds go to its first or last hour.

    >>> hour_of(1763659200.0), hour_of(1e15)
    ('2025-11-20/17', '9999-12-31/23')
    """
    return datetime.fromtimestamp(math.floor(min(max(time, 0.0), LATEST)), UTC).strftime("%Y-%m-%d/%H")


def hours_in(root: Path) -> list[Path]:
    """The hour folders of an archive, oldest first."""
    pattern = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]/[0-9][0-9]"
    return sorted(root.glob(pattern))


def filed(folders: Iterable[Path], table: str = "") -> list[Filed]:
    """All parts in these folders (of one table) that count, by table, run and step."""
    found = [Filed(part, path / name) for path in folders for name in _names(path) if (part := Part.of(name))]
    return counting([f for f in found if not table or f.part.table == table])


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except FileNotFoundError:  # the retention took the hour meanwhile
        return []


def counting(files: Iterable[Filed]) -> list[Filed]:
    """Without those whose steps another file of the same folder covers; by table, run and step.

    >>> small, large = (Filed(Part("raw", 1, *steps, 0, 0), Path()) for steps in ((3, 5), (0, 9)))
    >>> [f.part.first for f in counting([small, large])]
    [0]
    """
    kept: list[Filed] = []
    widest: dict[Path, Part] = {}  # of each folder, the file that reaches furthest so far
    for each in sorted(files, key=lambda f: (f.part.table, f.part.suffix, f.part.run, f.part.first, -f.part.last)):
        before = widest.get(each.path.parent)
        if before is not None and before.suffix == each.part.suffix and before.covers(each.part):
            continue
        kept.append(each)
        widest[each.path.parent] = each.part
    return kept


def place(root: Path, hour: str, part: Part, write: Callable[[Path], None]) -> Path:
    """Write a part with `write(path)`, then give it its name: whole and on the disk, or not there at all."""
    folder = root / hour
    folder.mkdir(parents=True, exist_ok=True)
    final = folder / part.name
    unfinished = folder / f".{part.name}{UNFINISHED}"
    try:
        write(unfinished)
        with unfinished.open("rb+") as f:
            os.fsync(f.fileno())
        unfinished.rename(final)
        sync_folder(folder)
    except BaseException:
        with contextlib.suppress(OSError):
            unfinished.unlink()
        raise
    return final


def locked(root: Path) -> IO[str]:
    """The lock of an archive, held while it is open; BadInput where another node writes to it. Kills release it."""
    file = (root / LOCK).open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise BadInput(f"archive {root}: another node is writing to it; expected a folder of this node's own") from None
    return file


def sync_folder(folder: Path) -> None:
    """Names on the disk, too."""
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def sweep_unfinished(root: Path) -> int:
    """Delete what a kill left half written; how many files."""
    left = list(_unfinished(root))
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


def _unfinished(root: Path) -> Iterator[Path]:
    for folder in hours_in(root):
        yield from (folder / name for name in _names(folder) if name.endswith(UNFINISHED))


def size_of(folder: Path) -> int:
    """Bytes of the files in a folder."""
    total = 0
    for name in _names(folder):
        with contextlib.suppress(FileNotFoundError):
            total += (folder / name).stat().st_size
    return total
