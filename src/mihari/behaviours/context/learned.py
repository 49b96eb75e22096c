"""Hours of visits, in order -> all that is learned of a coast: traffic, reception and its rims, anchorages."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from mihari.behaviours.context import anchorages, hearing, traffic
from mihari.behaviours.context.anchorages import Anchorages
from mihari.behaviours.context.cells import Cells
from mihari.behaviours.context.hearing import Hearing
from mihari.behaviours.context.rims import HALF_LIFE_DAYS as RIMS_HALF_LIFE_DAYS
from mihari.behaviours.context.rims import Rims
from mihari.behaviours.context.traffic import Traffic
from mihari.behaviours.context.visits import HOUR_S, merged
from mihari.behaviours.context.ways import CARRIED, Ways
from mihari.core.columns import Array

DAY_S = 86_400
SEASON_DAYS = 90  # distinct vessels are those of this quarter and of the one before
LAYOUT = 1  # of what is kept

CategoriesOf = Callable[[Array], Array]  # vessel keys -> Category


class Learned:
    """What a coast has taught."""

    def __init__(self) -> None:
        self.traffic, self.hearing, self.anchorages, self.ways = Traffic(), Hearing(), Anchorages(), Ways()
        self.rims = Rims()
        self.day = -1  # since 1970, of the newest hour learned
        self.first = math.nan  # UTC s of the first hour

    @property
    def parts(self) -> tuple[tuple[str, Any, float], ...]:
        """Name, table and half-life in days of what fades."""
        return (
            ("traffic", self.traffic.table, traffic.HALF_LIFE_DAYS),
            ("hearing", self.hearing.table, hearing.HALF_LIFE_DAYS),
            ("anchorages", self.anchorages.table, anchorages.HALF_LIFE_DAYS),
        )

    def learn(self, rows: Array, hour: int, categories_of: CategoriesOf, cells: Cells) -> None:
        """All visits of an hour (since 1970), ordered by vessel, cell and station."""
        self._fade(hour * HOUR_S // DAY_S)
        self.first = min(self.first, hour * HOUR_S) if math.isfinite(self.first) else float(hour * HOUR_S)
        groups = merged(rows)
        walked = self.ways.walk(groups)
        entries = groups[walked.entered]
        keys, inverse = np.unique(entries["key"], return_inverse=True)
        self.traffic.learn(entries, categories_of(keys)[inverse])
        self.rims.learn(groups, hour)
        self.hearing.learn(rows, groups, walked.holes, hour, cells)
        self.anchorages.learn(walked.stops)
        self.ways.forget(hour * HOUR_S)
        for _, table, _ in self.parts:
            table.trim()

    @property
    def _of_rims(self) -> tuple[tuple[str, Any, float], ...]:
        rims = (("small", self.rims.small.table), ("large", self.rims.large.table))
        return tuple((name, table, RIMS_HALF_LIFE_DAYS) for name, table in rims)

    def copy(self) -> Learned:
        """The same, to be taught on its own."""
        return copy.deepcopy(self)

    def _fade(self, day: int) -> None:
        if self.day >= 0 and day > self.day:
            for _, table, half_life_days in (*self.parts, *self._of_rims):
                table.fade(day - self.day, half_life_days)
                for _ in range(min(day // SEASON_DAYS - self.day // SEASON_DAYS, 2)):
                    table.turn()
        self.day = max(self.day, day)

    def state(self) -> dict[str, Any]:
        """As arrays and JSON values."""
        told: dict[str, Any] = {name: table.state() for name, table, _ in self.parts}
        first = None if math.isnan(self.first) else self.first
        told |= {"ways": self.ways.carried.copy(), "rims": self.rims.state()}
        return told | {"day": self.day, "first": first, "layout": LAYOUT}

    def restore(self, state: dict[str, Any]) -> None:
        """Know this and nothing else; ValueError where another version learned it."""
        if state.get("layout") != LAYOUT or state["ways"].dtype.names != CARRIED.names:
            raise ValueError("learned by another version of the program")
        for name, table, _ in self.parts:
            table.restore(state[name])
        self.ways = Ways(state["ways"].astype(CARRIED))
        if "rims" in state:  # what was learned without them is worth keeping
            self.rims.restore(state["rims"])
        self.day, self.first = state["day"], math.nan if state["first"] is None else state["first"]
