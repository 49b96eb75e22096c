"""Files of watch lists and registers -> `Lists`; what is wrong in them goes to the log, line by line."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path

from mihari.behaviours.lists import Listed, Lists, read_list

TOLD = 10  # lines of one file that are explained; the others are counted
log = logging.getLogger("mihari.lists")


def lists_of(watch_lists: Iterable[str], registers: Iterable[str]) -> Lists:
    """From files; BadInput where one is no list at all."""
    return Lists(_all(watch_lists), _all(registers))


def _all(names: Iterable[str]) -> list[Listed]:
    found: list[Listed] = []
    for name in names:
        read = read_list(Path(name).expanduser())
        found += read.vessels
        for problem in read.problems[:TOLD]:
            log.warning("%s", problem)
        if read.problems:
            log.warning("%s: %d lines left out, %d vessels taken", name, len(read.problems), len(read.vessels))
    return found
