"""SEARCHED.toml -> where something adrift was searched for in vain: areas with a chance, ways of searchers.

Times are UTC. An area that tells no chance tells who searched it: then it is that of random search, 1 - exp(-W v t / A)
(Koopman), which parallel tracks exceed.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Self

import numpy as np
from pydantic import Field, ValidationError, model_validator

from mihari.core.errors import BadInput
from mihari.core.mistakes import as_one, explain
from mihari.core.section import Section
from mihari.core.toml_text import read_tables, read_text
from mihari.patrol.file import Latitude, Longitude, Place, Start
from mihari.patrol.searching import AreaSearched, WayGone, metres
from mihari.patrol.sought import Searcher

Point = tuple[Start, Latitude, Longitude]
By = Callable[[str, float], Searcher]  # who searches as told, at a time (UTC s)


class SearchedArea(Section):
    """`[[area]]`: searched from one time to another."""

    corners: tuple[Place, ...] = Field(min_length=3, description="of a polygon, in turn")
    from_: Start = Field(alias="from", description="UTC")
    until: Start = Field(description="UTC")
    chance: float | None = Field(None, ge=0.0, lt=1.0, description="with which it would have been seen in there")
    by: str = Field("", max_length=40, description="who searched, as `--with` names searchers")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.until <= self.from_:
            raise ValueError("until: expected a time after from")
        if self.chance is None and not self.by:
            raise ValueError("expected chance, or by: who searched")
        return self


class SearchedWay(Section):
    """`[[way]]`: the way that a searcher went, straight between its points."""

    by: str = Field(min_length=1, max_length=40, description="who searched, as `--with` names searchers")
    points: tuple[Point, ...] = Field(min_length=2, description="time, lat_deg, lon_deg")

    @model_validator(mode="after")
    def _in_turn(self) -> Self:
        if any(other[0] <= one[0] for one, other in itertools.pairwise(self.points)):
            raise ValueError("points: expected times one after the other")
        return self


class SearchedFile(Section):
    """All that was searched."""

    area: Annotated[tuple[SearchedArea, ...], Field(max_length=1000)] = ()
    way: Annotated[tuple[SearchedWay, ...], Field(max_length=1000)] = ()


def load(path: str | Path) -> SearchedFile:
    """What a file says. ConfigError with every mistake, BadInput without a file."""
    text = read_text(path)
    tables, mistakes = read_tables(str(path), text)
    try:
        file = SearchedFile.model_validate(tables)
    except ValidationError as error:
        raise as_one([*mistakes, *explain(str(path), text, error, SearchedFile)]) from None
    if mistakes:
        raise as_one(mistakes)
    return file


def searches(file: SearchedFile, at: float, by: By) -> list[AreaSearched | WayGone]:
    """All of a file in the order of their beginnings, in hours after `at` (UTC s). BadInput for what was before."""
    made: list[tuple[float, AreaSearched | WayGone]] = []
    for area in file.area:
        begin, end = area.from_.timestamp(), area.until.timestamp()
        chance = area.chance
        if chance is None:
            who = by(area.by, begin)
            chance = -math.expm1(-who.width * who.speed * (end - begin) / max(_size(area.corners), 1.0))
        made.append((begin, AreaSearched(area.corners, ((begin + end) / 2 - at) / 3600, chance, area.by)))
    for way in file.way:
        points = tuple(((time.timestamp() - at) / 3600, lat, lon) for time, lat, lon in way.points)
        made.append((way.points[0][0].timestamp(), WayGone(by(way.by, way.points[0][0].timestamp()), points)))
    if early := [one for one, _ in made if one < at]:
        when = datetime.fromtimestamp(min(early), UTC).strftime("%Y-%m-%dT%H:%MZ")
        raise BadInput(f"a search at {when} was before it began to drift")
    return [one for _, one in sorted(made, key=lambda pair: pair[0])]


def _size(corners: tuple[Place, ...]) -> float:
    """m² of a polygon (Gauss's shoelace formula)."""
    lat, lon = np.array(corners).T
    east, north = metres(corners[0], lat, lon)
    return abs(float(east @ np.roll(north, -1) - north @ np.roll(east, -1))) / 2
