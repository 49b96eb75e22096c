"""What `mihari drift` is asked -> what it found: the map, what was searched in vain, where to look next."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from mihari.core.asset import Place
from mihari.core.times import told_time
from mihari.core.units import HOUR_S, KNOT, NAUTICAL_MILE
from mihari.patrol.drift import Current, Start, Wind, drift
from mihari.patrol.searched_file import load, searches
from mihari.patrol.searching import (
    AreaSearched,
    Next,
    SearchMap,
    WayGone,
    hours_of,
    map_of,
    searched_in_vain,
    where_next,
)
from mihari.patrol.sought import Searcher, Sought, searcher
from mihari.patrol.spells import NIGHT, sun_height
from mihari.sensors.weather import Weather

Floats = NDArray[np.float64]
Steps = tuple[tuple[float, float, float], ...]  # hour, m/s, degrees: wind from, current to
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Asked:
    """SI units; times UTC s; `cell` m, 0: chosen; `spent`: who can search next, and for how many hours."""

    what: Sought
    place: Place
    begin: float
    end: float
    wind: Steps
    current: Steps
    place_sd: float
    wind_sd: float
    current_sd: float
    visibility: float
    sea: float | None
    searched: Path | None
    spent: tuple[tuple[str, float], ...]
    cell: float
    particles: int
    seed: int


@dataclass(frozen=True)
class Found:
    """The answer. way (m, 3): hour, lat_deg, lon_deg of the middle of all particles, searches left out."""

    asked: Asked
    map: SearchMap
    way: Floats
    searches: list[AreaSearched | WayGone]
    searched: list[tuple[str, float]]
    searchers: list[tuple[Searcher, float]]
    next: Next | None

    @property
    def before(self) -> float:
        """Chance with which it would have been found by all that was searched."""
        return 1 - math.prod(1 - chance for _, chance in self.searched)

    @property
    def after(self) -> float:
        """The same with the next hours."""
        return 1 - (1 - self.before) * (1 - (self.next.found if self.next else 0.0))

    def told(self) -> dict[str, Any]:
        """As JSON."""
        asked, after = self.asked, self.next
        names = [who.name for who, _ in self.searchers]
        cells: list[dict[str, Any]] = []
        for k, (corners, chance) in enumerate(zip(self.map.corners.tolist(), self.map.chance.tolist(), strict=True)):
            cells.append({"corners": corners, "chance": chance})
            if after is not None:
                hours = dict(zip(names, after.hours[k].tolist(), strict=True))
                cells[-1] |= {"hours": hours, "would_find": float(after.chance[k])}
        who_next = [
            {
                "name": who.name,
                "sweep_width_nm": who.width / NAUTICAL_MILE,
                "speed_kn": who.speed / KNOT,
                "hours": spent,
            }
            for who, spent in self.searchers
        ]
        following = {"searchers": who_next, "found": after.found, "together": self.after} if after else None
        return {
            "object": asked.what.leeway.name, "place": list(asked.place), "at": told_time(asked.begin),
            "until": told_time(asked.end), "particles": asked.particles, "seed": asked.seed,
            "searched": [{"by": name, "would_have_found": chance} for name, chance in self.searched],
            "would_have_found": self.before,
            "map": {"side_km": self.map.side / 1000, "half_km2": self.map.within(0.5) / 1e6,
                    "nine_tenths_km2": self.map.within(0.9) / 1e6, "cells": cells},
            "way": self.way.tolist(), "next": following,
        }  # fmt: skip


def find(asked: Asked) -> Found:
    """Everything. BadInput where a search or a searcher cannot be meant."""
    by = _searchers(asked)
    file = None if asked.searched is None else load(asked.searched)
    done = [] if file is None else searches(file, asked.begin, by)
    last = (asked.end - asked.begin) / HOUR_S
    hours = sorted({*hours_of(done), *np.arange(0.0, last, 1.0).tolist(), last})
    drifted = drift(
        asked.what.leeway, Start(*asked.place, sd=asked.place_sd), _changing(asked.wind, _wind(asked)),
        _changing(asked.current, _current(asked)), hours, asked.particles, np.random.default_rng(asked.seed),
    )  # fmt: skip
    weight, chances = searched_in_vain(drifted, done)
    row = hours.index(last)
    found = map_of(drifted.lat_deg[row], drifted.lon_deg[row], weight, asked.cell)
    searchers = [(by(name, asked.end), spent) for name, spent in asked.spent]
    names = [one.who if isinstance(one, AreaSearched) else one.who.name for one in done]
    lon0 = asked.place[1]
    east = (drifted.lon_deg - lon0 + 180.0) % 360.0 - 180.0
    way = np.column_stack([drifted.hours, drifted.lat_deg.mean(axis=1), lon0 + east.mean(axis=1)])
    following = where_next(found, searchers) if searchers else None
    return Found(asked, found, way, done, list(zip(names, chances, strict=True)), searchers, following)


def _searchers(asked: Asked) -> Callable[[str, float], Searcher]:
    """Who searches as told, in the weather and light of a time."""

    def by(name: str, when: float) -> Searcher:
        speed, degrees = _step(asked.wind, (when - asked.begin) / HOUR_S)
        weather = Weather(sea_state=asked.sea, visibility=asked.visibility, wind=speed, wind_from=math.radians(degrees))
        return searcher(name, asked.what, weather, night=sun_height(*asked.place, when) < NIGHT)

    return by


def _step(steps: Steps, hour: float) -> tuple[float, float]:
    """m/s and degrees at an hour; before the first step, the first's."""
    known = [step for step in steps if step[0] <= hour] or [steps[0]]
    return known[-1][1], known[-1][2]


def _wind(asked: Asked) -> Callable[[float, float], Wind]:
    return lambda speed, degrees: Wind(speed, math.radians(degrees), asked.wind_sd)


def _current(asked: Asked) -> Callable[[float, float], Current]:
    return lambda speed, degrees: Current(
        speed * math.sin(math.radians(degrees)), speed * math.cos(math.radians(degrees)), asked.current_sd
    )


def _changing(steps: Steps, make: Callable[[float, float], _Value]) -> Callable[[float], _Value]:
    return lambda hour: make(*_step(steps, hour))


def corners_of(searched: Sequence[AreaSearched | WayGone]) -> list[list[Place]]:
    """What was searched as lines of places: areas closed, ways open."""
    return [
        [*one.corners, one.corners[0]] if isinstance(one, AreaSearched) else [point[1:] for point in one.points]
        for one in searched
    ]
