"""Merged visits, hour by hour -> cells where reception ends: where many who pass under way are first or last heard.

A *pass* is a vessel under way in a cell, from when it comes in, or is heard after half an hour of silence, until it is
heard in another cell or falls silent for as long. It *ends here* if it began or ended with such a silence, for any
reason. Reception has a rim where passes end again and again, in different hours and of several vessels; there a silence
proves nothing. What happens once, a fleet that goes dark together or an outage, makes no rim. Cells are small, to
follow the bends of a river, and large as well: those fill sooner on open sea.

What was known at an hour follows from the passes until then, and stays known for as long as silences are judged.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mihari.behaviours.context.cells import COARSE, MIDDLE, cells_at, parents
from mihari.behaviours.context.tables import Table
from mihari.behaviours.context.traffic import WAY_MPS
from mihari.behaviours.context.visits import HOUR_S
from mihari.behaviours.memory.layout import UNKNOWN
from mihari.core.columns import Array
from mihari.core.kernels import kernel

LOST_S = 1800  # as the shortest silence that is told, and as long as a witness is looked for
HALF_LIFE_DAYS = 30.0  # as hearing: antennas are moved, ducts come and go with the weather
MOST = 100_000  # rows
# Of the passes. At most 6 % of the activity of fishing vessels is hidden (Welch et al. 2022): where one pass in ten
# ends, whatever the reason, most of those that end there hide nothing.
SHARE = 0.1
HOURS = 10  # in which passes end: a fleet that goes dark within an hour and comes back there fills four at most
VESSELS = 5  # whose passes end: one ship with a poor antenna proves nothing
KEEP_H = 72  # what was known: silences are remembered for two days and judged by what was known six hours before

FIELDS = [("passes", "f4"), ("ends", "f4"), ("hours", "f4")]
# a pass that may go on; `under` way in its last visit, whether it was counted, and counted as one that ends here
PASS = np.dtype(
    [
        ("key", "i8"),
        ("cell", "i8"),
        ("last", "u4"),
        ("under", "u1"),
        ("counted", "u1"),
        ("ends", "u1"),
        ("spare", "u1"),
    ],
    align=True,
)


@kernel
def follow(visits: Any, cells: Any, under: Any, whose: Any, passes: Any, begun: bool, counted: Any, ends: Any) -> Any:
    """Merged visits in `cells` of vessels `whose` of `passes`, by vessel and time -> rows (cell, key) of passes
    `counted`, and of those that end; how many of each. `begun`: nobody listened before, so nobody appears.
    """
    n = m = 0
    for i in range(len(visits)):
        v, p = visits[i], passes[whose[i]]
        lost = p.last > 0 and np.int64(v.first) - np.int64(p.last) >= LOST_S
        if lost and p.under and not p.ends:
            ends[m, 0], ends[m, 1] = p.cell, p.key
            m += 1
        appears = p.last == 0 or lost
        if appears or p.cell != cells[i]:
            p.counted = p.ends = 0
        if under[i] and not p.counted:
            counted[n, 0], counted[n, 1] = cells[i], p.key
            n += 1
            p.counted = 1
            if appears and not begun:
                ends[m, 0], ends[m, 1] = cells[i], p.key
                m += 1
                p.ends = 1
        p.cell, p.last, p.under = cells[i], max(p.last, v.last), under[i]
    return n, m


class Rim:
    """Passes by cell of one resolution, and where they showed reception to end."""

    def __init__(self, resolution: int) -> None:
        self.table = Table(resolution, FIELDS, "passes", MOST)
        self.passes = np.zeros(0, PASS)
        self.hour = -1  # since 1970, the newest one learned
        self.known: list[tuple[int, Array]] = []  # from which hour on, the cells

    def learn(self, visits: Array, hour: int) -> None:
        """Merged visits of the next hour, ordered by vessel and time."""
        begun = hour != self.hour + 1  # nobody listened meanwhile: who was heard before is not lost
        self.hour = hour
        self.passes = np.zeros(0, PASS) if begun else self.passes
        self._add(np.unique(visits["key"]))
        cells = parents(visits["cell"], self.table.resolution)
        under = (visits["speed"] != UNKNOWN) & (visits["speed"] * 0.01 >= WAY_MPS)
        whose = np.searchsorted(self.passes["key"], visits["key"])
        counted, ends = np.zeros((len(visits), 2), np.int64), np.zeros((2 * len(visits), 2), np.int64)
        n, m = follow(visits, cells, under, whose, self.passes, begun, counted, ends)
        self._count(counted[:n], np.concatenate([ends[:m], self._lost()]))

    def note(self) -> None:
        """Keep what is known after this hour."""
        rows, t = self.table.rows, self.table
        few = (rows["hours"] < HOURS) | (t.vessels() < VESSELS)
        cells = np.sort(t.cells[~few & (rows["ends"] >= SHARE * rows["passes"])])
        if not self.known or not np.array_equal(cells, self.known[-1][1]):
            self.known.append((self.hour, cells))
        while len(self.known) > 1 and self.known[1][0] <= self.hour - KEEP_H:
            del self.known[0]

    @property
    def now(self) -> Array:
        """The cells that are known by now to be where reception ends."""
        return self.at(self.hour)

    def at(self, hour: int) -> Array:
        """The cells that were known, after an hour, to be where reception ends."""
        return next((cells for since, cells in reversed(self.known) if since <= hour), np.zeros(0, np.int64))

    def _add(self, keys: Array) -> None:
        new = np.setdiff1d(keys, self.passes["key"])
        added = np.zeros(len(new), PASS)
        added["key"] = new
        self.passes = np.insert(self.passes, np.searchsorted(self.passes["key"], new), added)

    def _lost(self) -> Array:
        """(n, 2) cell and key of passes that end since others have been heard for half an hour; they go on no more."""
        last = self.passes["last"].astype(np.int64)
        over = last.max(initial=0) - last >= LOST_S
        gone = self.passes[over & (self.passes["under"] > 0) & (self.passes["ends"] == 0)]
        self.passes = self.passes[~over]
        return np.stack([gone["cell"], gone["key"]], axis=1)

    def _count(self, counted: Array, ends: Array) -> None:
        at = self.table.at(counted[:, 0], np.zeros(len(counted), np.int64))
        np.add.at(self.table.rows["passes"], at, 1.0)
        at = self.table.at(ends[:, 0], np.zeros(len(ends), np.int64))
        np.add.at(self.table.rows["ends"], at, 1.0)
        self.table.rows["hours"][np.unique(at)] += 1.0
        self.table.mark(at, ends[:, 1])

    def state(self) -> dict[str, Any]:
        """As arrays and JSON values."""
        known = {str(hour): cells for hour, cells in self.known}
        return {"table": self.table.state(), "passes": self.passes.copy(), "hour": self.hour, "known": known}

    def restore(self, state: dict[str, Any]) -> None:
        """Know this and nothing else; ValueError where it was made with another layout."""
        self.table.restore(state["table"])
        self.passes, self.hour = state["passes"].astype(PASS), state["hour"]
        self.known = [(int(hour), cells) for hour, cells in sorted(state["known"].items(), key=lambda k: int(k[0]))]


class Rims:
    """The rims of reception, by small cells and by large ones."""

    def __init__(self) -> None:
        self.small, self.large = Rim(MIDDLE), Rim(COARSE)
        self.hour = -1  # since 1970, the newest one learned

    def learn(self, visits: Array, hour: int) -> None:
        """Merged visits of the next hour, ordered by vessel and time."""
        for rim in (self.small, self.large):
            rim.learn(visits, hour)
            rim.table.trim()
            rim.note()
        self.hour = hour

    def end_at(self, lat_deg: float, lon_deg: float, hour: int) -> bool:
        """Whether reception was known, after an hour, to end about a place."""
        small, large = self.small.at(hour), self.large.at(hour)
        if len(small) == 0 and len(large) == 0:
            return False
        cell = int(cells_at(np.array([lat_deg]), np.array([lon_deg]), MIDDLE)[0])
        return cell in small or int(parents(np.array([cell]), COARSE)[0]) in large

    def state(self) -> dict[str, Any]:
        """As arrays and JSON values."""
        return {"small": self.small.state(), "large": self.large.state()}

    def restore(self, state: dict[str, Any]) -> None:
        """Know this and nothing else; ValueError where it was made with another layout."""
        self.small.restore(state["small"])
        self.large.restore(state["large"])
        self.hour = self.large.hour


def hour_before(moment: float, late_s: float) -> int:
    """The last hour (since 1970) that was over, and could not change any more, at a moment (UTC s).

    >>> hour_before(10 * 3600 + 1800, 6 * 3600)
    3
    """
    return int((moment - late_s) // HOUR_S) - 1
