"""Sightings and pictures, in whatever order within six hours -> what is usual on this coast, hour by hour of data.

Visits are collected for six hours, as long as reports may be late, then learned in the order of their times, beside
what else goes on (an hour of 50,000 vessels takes two seconds). So what is learned follows from what was heard, not
from the order in which it came. `now` shows it with the newest hours.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np

from mihari.behaviours.context.cells import Cells
from mihari.behaviours.context.hearing import LOOK_S, looks
from mihari.behaviours.context.learned import CategoriesOf, Learned
from mihari.behaviours.context.rims import hour_before
from mihari.behaviours.context.visits import AHEAD_S, HOUR_S, VISIT, Hour, ordered, visits
from mihari.behaviours.sightings import Sightings
from mihari.core.columns import Array
from mihari.core.picture import Category, Picture

LATE_S = 21_600  # as late as reports may come: as the memory of behaviours


def _taught(learned: Learned, hours: list[tuple[int, Array]], categories: CategoriesOf) -> Learned:
    cells = Cells()
    for hour, rows in hours:
        learned.learn(ordered(rows), hour, categories, cells)
    return learned


def _nothing() -> Future[Learned]:
    done: Future[Learned] = Future()
    done.set_result(Learned())
    return done


def nobody_known(keys: Array) -> Array:
    """Categories where no names are known."""
    return np.full(len(keys), int(Category.UNKNOWN))


class Context:
    """Learns while listening. One thread feeds it; `categories_of` tells the categories of vessel keys."""

    def __init__(self, categories_of: CategoriesOf = nobody_known) -> None:
        self.categories_of = categories_of
        self.cells = Cells()
        self._learned, self._school, self._lesson = Learned(), ThreadPoolExecutor(1, "context"), _nothing()
        self.too_late = self.ahead = 0
        self._hours: dict[int, Hour] = {}
        self._settled = 0  # the first hour that may still be changed
        self._looks: list[tuple[Array, Array, Array]] = []
        self._looked = 0.0

    @property
    def learned(self) -> Learned:
        """What is settled; waits for an hour that is just being learned."""
        self._lesson.result()
        return self._learned

    @property
    def busy(self) -> bool:
        """Whether an hour is just being learned: who asks what is known waits for it."""
        return not self._lesson.done()

    @property
    def waiting(self) -> int:
        """Visits that are not learned yet."""
        return sum(map(len, self._hours.values()))

    @property
    def shed(self) -> int:
        """Visits of hours that had no room."""
        return sum(hour.shed for hour in self._hours.values())

    def take(self, sightings: Sightings, now: float) -> None:
        """Places of vessels; `now`: UTC s of data."""
        given = visits(sightings, self.cells)
        ahead = given["last"] > now + AHEAD_S
        hours = given["first"].astype(np.int64) // HOUR_S
        late = hours < self._settled
        self.ahead += int(np.count_nonzero(ahead))
        self.too_late += int(np.count_nonzero(late))
        fit = ~(ahead | late)
        for hour in np.unique(hours[fit]).tolist():
            self._hours.setdefault(hour, Hour()).add(given[fit & (hours == hour)])

    def look(self, picture: Picture) -> None:
        """What radars hold of the vessels that AIS tells of."""
        if not 0 <= picture.time - self._looked < LOOK_S:
            self._looked = picture.time
            found = looks(picture, self.cells)
            if len(found[0]):
                self._looks.append(found)

    def step(self, now: float) -> bool:
        """Time has passed up to `now`, UTC s of data: learn the hours that are settled; whether there were any."""
        due = sorted(hour for hour in self._hours if (hour + 1) * HOUR_S + LATE_S <= now)
        self._settled = max(self._settled, int((now - LATE_S) // HOUR_S))
        if due:
            self._fold()
            hours = [(hour, self._hours.pop(hour).copy()) for hour in due]
            known = self._categories(hours)
            self._lesson = self._school.submit(_taught, self._learned, hours, known)
        return bool(due)

    def _categories(self, hours: list[tuple[int, Array]]) -> CategoriesOf:
        """Those of the vessels of some hours as they are told now: names go on changing while others learn."""
        keys = np.unique(np.concatenate([np.zeros(0, np.int64), *(rows["key"] for _, rows in hours)]))
        categories = self.categories_of(keys)
        return lambda asked: np.asarray(categories[np.searchsorted(keys, asked)])

    def reception_ends(self, lat_deg: float, lon_deg: float, moment: float) -> bool:
        """Whether six hours before a moment (UTC s, not in the future) reception was known to end about a place.

        Later reports cannot change what was known then, whenever it is asked for and in whatever order they come.
        """
        hour = hour_before(moment, LATE_S)
        if self.busy and self._learned.rims.hour < hour:
            self._lesson.result()
        return self._learned.rims.end_at(lat_deg, lon_deg, hour)

    def now(self) -> Learned:
        """All that is known with the hours that late reports may still change, as a copy."""
        return self.later()()

    def later(self) -> Callable[[], Learned]:
        """What makes `now` of how things stand at this moment: quick here, the work is done by who calls it."""
        self._fold()
        hours = [(hour, self._hours[hour].copy()) for hour in sorted(self._hours)]
        known, categories = self.learned.copy(), self._categories(hours)
        return lambda: _taught(known, hours, categories)

    def state(self) -> dict[str, Any]:
        """All that the next step meets, as arrays and JSON values."""
        self._fold()
        rows = [np.zeros(0, VISIT), *(self._hours[hour].copy() for hour in sorted(self._hours))]
        counts = {"settled": self._settled, "too_late": self.too_late, "ahead": self.ahead}
        return {"learned": self.learned.state(), "visits": np.concatenate(rows), **counts}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a state; ValueError where another version learned it."""
        if state["visits"].dtype.names != VISIT.names:
            raise ValueError("learned by another version of the program")
        learned = Learned()
        learned.restore(state["learned"])
        self._learned, rows = learned, state["visits"].astype(VISIT)
        hours = rows["first"].astype(np.int64) // HOUR_S
        self._hours = {hour: Hour(rows[hours == hour]) for hour in np.unique(hours).tolist()}
        self._settled, self.too_late, self.ahead = state["settled"], state["too_late"], state["ahead"]

    def _fold(self) -> None:
        for found in self._looks:
            self.learned.hearing.look(*found)
        self._looks = []
