"""What people have said of two vessels -> pairs that are one, or two, whatever the automaton thinks.

A word outlives the numbers it was said of: where a track is lost and its author soon tells another that can only be
the same (the one of its name within reach, or the one new where it must be), the word goes over to that. Where more
than one could be it, the word waits: people are asked again rather than misquoted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mihari.core.columns import Array
from mihari.core.geodesy import inverse
from mihari.core.shared import Decision, Verdict
from mihari.picture.union.members import PER_AUTHOR, Authors, Members

NAMED_REACH_M, NAMED_SPEED = 1000.0, 30.0  # m and m/s: as for a vessel of ours that comes back under its name
NEW_REACH_M, NEW_SPEED, NEW_S = 100.0, 3.0, 120.0  # of one without a name: few others are so near in two minutes
YOUNG_S = 5.0  # s by which its successor may have begun before it was lost

Word = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Seen:
    """A vessel that people have spoken of, as it was last there."""

    key: int
    time: float
    lat_deg: float
    lon_deg: float
    east_mps: float
    north_mps: float
    mmsi: int


class Words:
    """The decisions of people, followed through changes of numbers."""

    def __init__(self) -> None:
        self._seen: dict[Word, Seen] = {}
        self._valid: tuple[Decision, ...] = ()
        self._given: tuple[Decision, ...] | None = None

    def take(self, decisions: Sequence[Decision]) -> bool:
        """These hold from now on; whether they are others than before."""
        given = tuple(decisions)
        if given == self._given:
            return False
        self._given, self._valid = given, latest(given)
        spoken = {name for d in self._valid for name in (d.one, d.other)}
        self._seen = {name: seen for name, seen in self._seen.items() if name in spoken}
        return True

    def forced(self, members: Members, authors: Authors) -> dict[tuple[int, int], bool]:
        """Pairs of rows of `members`, first < second -> whether they are one, where both are there."""
        found: dict[tuple[int, int], bool] = {}
        for decision in self._valid:
            i, j = (self._row(name, members, authors) for name in (decision.one, decision.other))
            if i >= 0 and j >= 0 and members.author[i] != members.author[j]:
                found[min(i, j), max(i, j)] = decision.verdict == Verdict.SAME
        return found

    def _row(self, name: Word, members: Members, authors: Authors) -> int:
        """Where the vessel of that name is now, -1 nowhere."""
        author, seen = authors.find(name[0]), self._seen.get(name)
        if author < 0 or not 0 <= name[1] < PER_AUTHOR:
            return -1
        key = author * PER_AUTHOR + name[1] if seen is None else seen.key
        row = int(np.searchsorted(members.key, key))
        if row == len(members) or members.key[row] != key:
            row = -1 if seen is None else heir(seen, author, members)
        if row >= 0:
            self._seen[name] = seen_at(members, row)
        return row


def latest(decisions: Sequence[Decision]) -> tuple[Decision, ...]:
    """One decision per pair: the last, of two at one time that of the greater `who`."""
    best: dict[frozenset[Word], Decision] = {}
    for one in sorted(decisions, key=lambda d: (d.time, d.who, d.verdict)):
        best[frozenset((one.one, one.other))] = one
    return tuple(best.values())


def seen_at(members: Members, row: int) -> Seen:
    """A row as it is remembered."""
    names = ("time", "lat_deg", "lon_deg", "east_mps", "north_mps")
    time, lat_deg, lon_deg, east_mps, north_mps = (float(getattr(members, name)[row]) for name in names)
    return Seen(int(members.key[row]), time, lat_deg, lon_deg, east_mps, north_mps, int(members.mmsi[row]))


def heir(seen: Seen, author: int, members: Members) -> int:
    """The one row of an author that must be the vessel last seen so; -1 if there is none, or more than one."""
    rows = np.flatnonzero((members.author == author) & (members.born >= seen.time - YOUNG_S))
    gap = np.maximum(members.time[rows] - seen.time, 0.0)
    if seen.mmsi > 0:
        fits = (members.mmsi[rows] == seen.mmsi) & (away(seen, members, rows, 0.0 * gap) <= reach(gap))
    else:
        fits = (members.mmsi[rows] <= 0) & (gap <= NEW_S)
        fits &= away(seen, members, rows, gap) <= NEW_REACH_M + NEW_SPEED * gap
    return int(rows[fits][0]) if np.count_nonzero(fits) == 1 else -1


def reach(gap: Array) -> Array:
    """m that a vessel can have come in `gap` s."""
    return np.asarray(NAMED_REACH_M + NAMED_SPEED * gap)


def away(seen: Seen, members: Members, rows: Array, gap: Array) -> Array:
    """m between rows and where the vessel would be `gap` s later."""
    distance, bearing = inverse(seen.lat_deg, seen.lon_deg, members.lat_deg[rows], members.lon_deg[rows])
    east, north = distance * np.sin(bearing) - gap * seen.east_mps, distance * np.cos(bearing) - gap * seen.north_mps
    return np.asarray(np.hypot(east, north))
