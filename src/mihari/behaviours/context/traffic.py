"""Entries into cells -> who sails where, how fast and which way: by cell and category, fading with the seasons.

An entry is counted when a vessel comes into a cell (or is heard again after two hours), with the speed and course of
its first report there: a ship at anchor for a week is one entry.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mihari.behaviours.context.cells import MIDDLE, cells_at, h3
from mihari.behaviours.context.tables import Table
from mihari.behaviours.memory.layout import UNKNOWN
from mihari.core.columns import Array
from mihari.core.picture import Category
from mihari.core.units import KNOT

SPEEDS = 32  # of 1 kn; the last one is 31 kn and more
SECTORS = 8  # of 45°, the first one around north
WAY_MPS = 1.028889  # below 2 kn a course says nothing
HALF_LIFE_DAYS = 60.0  # the season that ends weighs about half of the one that begins
MOST = 100_000  # rows: a cell of traffic has some five categories, so a sea of 300 km by 300 km
ENOUGH = 30  # distinct vessels: below that nobody knows what is usual
RARE = 0.01  # of the entries that were as fast, or as slow, or went that way

FIELDS = [
    ("speeds", "f4", (SPEEDS,)),  # entries by speed
    ("ways", "f4", (SECTORS,)),  # entries by course
    ("way_speed", "f4", (SECTORS,)),  # sums of m/s, and of m²/s²: moments that add up
    ("way_square", "f4", (SECTORS,)),
    ("count", "f4"),
]


@dataclass(frozen=True, slots=True)
class Usual:
    """How usual a speed (m/s) and course are in a place for a category, with what that rests on.

    `share_speed`: of the entries that were as fast or faster, or as slow or slower, whichever is less; `share_course`:
    of those that went within its sector; None where it was not asked or nothing is known. `low_kn`, `high_kn`: between
    them lie eight in ten. `cells`: 1, or 7 with the neighbours.
    """

    vessels: int
    entries: float
    low_kn: int
    high_kn: int
    share_speed: float | None = None
    share_course: float | None = None
    cells: int = 1

    @property
    def enough(self) -> bool:
        """Whether so many vessels were there that something can be called unusual."""
        return self.vessels >= ENOUGH

    @property
    def unusual_speed(self) -> bool:
        """Whether hardly anybody was so fast, or so slow."""
        return self.enough and self.share_speed is not None and self.share_speed <= RARE

    @property
    def unusual_course(self) -> bool:
        """Whether hardly anybody went that way."""
        return self.enough and self.share_course is not None and self.share_course <= RARE


class Traffic:
    """Entries by cell and category."""

    def __init__(self) -> None:
        self.table = Table(MIDDLE, FIELDS, "count", MOST)

    def learn(self, entries: Array, categories: Array) -> None:
        """Entries (VISIT) with the category of each vessel."""
        if len(entries) == 0:
            return
        at, rows = self.table.at(entries["cell"], categories), self.table.rows
        self.table.mark(at, entries["key"])
        np.add.at(rows["count"], at, 1.0)
        told = entries["speed"] != UNKNOWN
        speed = entries["speed"] * 0.01
        knots = np.minimum(np.rint(speed / KNOT), SPEEDS - 1).astype(np.int64)
        np.add.at(rows["speeds"], (at[told], knots[told]), 1.0)
        way = told & (entries["course"] != UNKNOWN) & (speed >= WAY_MPS)
        where = (at[way], sector(entries["course"][way] * 0.01))
        np.add.at(rows["ways"], where, 1.0)
        np.add.at(rows["way_speed"], where, speed[way])
        np.add.at(rows["way_square"], where, speed[way] ** 2)

    def usual(
        self,
        lat_deg: float,
        lon_deg: float,
        category: Category,
        speed: float | None = None,
        course: float | None = None,
    ) -> Usual:
        """How usual a speed (m/s) and course (rad) are at a place for a category; neighbours are asked if need be."""
        cell = int(cells_at(np.array([lat_deg]), np.array([lon_deg]))[0])
        found = self._usual([cell], category, speed, course)
        if found.enough:
            return found
        around = self._usual(list(h3().grid_disk(cell, 1)), category, speed, course)
        return around if around.vessels > found.vessels else found

    def _usual(self, cells: list[int], category: Category, speed: float | None, course: float | None) -> Usual:
        at = self.table.known(np.array(cells), np.full(len(cells), int(category)))
        rows = self.table.rows[at[at >= 0]]
        if len(rows) == 0:
            return Usual(0, 0.0, 0, 0, cells=len(cells))
        speeds, ways = rows["speeds"].sum(axis=0, dtype=np.float64), rows["ways"].sum(axis=0, dtype=np.float64)
        joined = Table(MIDDLE, FIELDS, "count", 1)
        joined.rows = rows[:1].copy()
        for name in ("now", "before"):
            joined.rows[name] = np.bitwise_or.reduce(rows[name], axis=0)
        low, high = quantile(speeds, 0.1), quantile(speeds, 0.9)
        share_speed = None if speed is None or not speeds.sum() else tail(speeds, speed / KNOT)
        way = None if course is None or not ways.sum() else int(sector(np.degrees(np.array([course])))[0])
        share_course = None if way is None else float(ways[way] / ways.sum())
        return Usual(
            int(joined.vessels()[0]), float(rows["count"].sum()), low, high, share_speed, share_course, len(cells)
        )


def sector(course_deg: Array) -> Array:
    """The sector of courses.

    >>> sector(np.array([0.0, 22.0, 23.0, 350.0])).tolist()
    [0, 0, 1, 0]
    """
    return np.asarray(np.floor((course_deg % 360.0 + 22.5) / 45.0).astype(np.int64) % SECTORS)


def quantile(speeds: Array, share: float) -> int:
    """The speed in whole kn below or at which a share of the entries was.

    >>> quantile(np.array([0, 5, 3, 2]), 0.1), quantile(np.array([0, 5, 3, 2]), 0.9)
    (1, 3)
    """
    total = float(speeds.sum())
    return int(np.searchsorted(np.cumsum(speeds), share * total - 1e-6)) if total else 0


def tail(speeds: Array, speed_kn: float) -> float:
    """The share of entries as fast or faster, or as slow or slower, whichever is less.

    >>> tail(np.array([0, 5, 3, 2]), 3.1), tail(np.array([0, 5, 3, 2]), 9), tail(np.array([0, 5, 3, 2]), 0.2)
    (0.2, 0.2, 0.0)
    """
    at = min(round(speed_kn), len(speeds) - 1)
    total = float(speeds.sum())
    return min(float(speeds[at:].sum()), float(speeds[: at + 1].sum())) / total


def told(usual: Usual, category: Category, speed_kn: float) -> str:
    """What a person is told of a speed.

    >>> told(Usual(214, 300.0, 9, 13, 0.003), Category.CARGO, 18.0)
    'unusual speed for its type here: 18 kn, 214 cargo vessels before: 9–13 kn'
    >>> told(Usual(12, 20.0, 9, 13, 0.003), Category.CARGO, 18.0)
    'not known what is usual here: 12 cargo vessels before, 30 are needed'
    """
    name = category.name.lower().replace("_", " ")
    if not usual.enough:
        return f"not known what is usual here: {usual.vessels} {name} vessels before, {ENOUGH} are needed"
    word = "unusual" if usual.unusual_speed else "usual"
    low, high = usual.low_kn, usual.high_kn
    return f"{word} speed for its type here: {speed_kn:.0f} kn, {usual.vessels} {name} vessels before: {low}–{high} kn"
