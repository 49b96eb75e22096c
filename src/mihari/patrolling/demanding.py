"""A zone that is to be patrolled -> a `[[demand]]` of the patrol file, with what nobody told taken from around it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from pydantic import ValidationError

from mihari.core.errors import BadInput
from mihari.patrol.file import DemandSection, PatrolFile
from mihari.patrol.ground import inside

DEMANDS_MAX = 20  # zones at once
Cell = Mapping[str, Any]  # of a sheet


def demanded(file: PatrolFile, changes: Mapping[str, Any], asked: Mapping[str, Any]) -> PatrolFile:
    """The file with a zone that is to be looked at every so many hours, or without it again; it counts before all that
    were there. BadInput for a name that is taken or unknown, and for too many.
    """
    name, ours = asked["name"], {one["name"] for one in changes.get("demands", ())}
    others = tuple(one for one in file.demand if one.name not in ours or one.name != name)
    if asked["back"]:
        if name not in ours:
            expected = f"expected one of {', '.join(sorted(ours))}" if ours else "none was added"
            raise BadInput(f"no zone called {name!r} was added to the patrol: {expected}")
        return file.model_copy(update={"demand": others})
    if any(one.name == name for one in others):
        raise BadInput(f"the patrol file itself demands {name!r}: expected another name")
    if len(ours | {name}) > DEMANDS_MAX:
        raise BadInput(f"{DEMANDS_MAX} zones are patrolled already: expected some of them to be taken back first")
    told = {key: asked[key] for key in ("name", "every_h", "weight", "vessel")}
    zone = tuple((lat, lon) for lat, lon in asked["corners"])
    try:
        section = DemandSection(**told, zone=zone)
    except ValidationError as error:
        wrong = error.errors(include_url=False)[0]
        raise BadInput(f"{'.'.join(map(str, wrong['loc']))}: {wrong['msg']}") from None
    return file.model_copy(update={"demand": (*others, section)})


def complete(asked: Mapping[str, Any], cells: Sequence[Cell], file: PatrolFile) -> dict[str, Any]:
    """The zone with weight and class of the part there, else next to it, that is due most often, where none are told.

    One that holds the middle of no cell stands for the cell that it lies in. BadInput for what is no polygon.
    """
    corners = asked["corners"]
    if len(corners) < 3:
        raise BadInput(f"corners: expected 3 at least, found {len(corners)}")
    lat, lon = (sum(corner[axis] for corner in corners) / len(corners) for axis in (0, 1))
    whole, there = dict(asked), held(cells, corners)
    if not there:
        middle = [{"lat_deg": lat, "lon_deg": lon}]
        there = [one for one in cells if held(middle, one["corners"])]
        whole |= {"corners": there[0]["corners"]} if there else {}
    near = there or sorted(cells, key=lambda one: math.hypot(one["lat_deg"] - lat, one["lon_deg"] - lon))[:1]
    densest = min(near, key=lambda one: float(one["every_h"]), default={"every_h": 0.0, "vessel": "fishing"})
    alike = [one for one in file.demand if (one.every_h, one.vessel) == (densest["every_h"], densest["vessel"])]
    whole["vessel"] = asked["vessel"] or densest["vessel"]
    whole["weight"] = asked["weight"] or (alike or file.demand)[-1].weight
    return whole


def held(cells: Iterable[Cell], corners: Sequence[Sequence[float]]) -> list[Cell]:
    """The cells of a sheet whose middle lies in a polygon.

    >>> cells = [{"lat_deg": 1.0, "lon_deg": 1.0}, {"lat_deg": 3.0, "lon_deg": 1.0}]
    >>> held(cells, [(0, 0), (0, 2), (2, 2), (2, 0)])
    [{'lat_deg': 1.0, 'lon_deg': 1.0}]
    """
    there = list(cells)
    lat, lon = (np.array([one[key] for one in there], float) for key in ("lat_deg", "lon_deg"))
    within = inside(tuple((float(a), float(b)) for a, b in corners), lat, lon)
    return [one for one, yes in zip(there, within.tolist(), strict=True) if yes]
