"""A problem at its beginning -> the same in the middle of things: who is where, what has been seen, what is lost."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mihari.patrol.file import PatrolFile
from mihari.patrol.maker import SPARE_H, Known, Maker, alike, soonest_back
from mihari.patrol.problem import Problem
from mihari.patrol.search.world import (
    ALOFT,
    CALM,
    CUM,
    ENDURANCE,
    FREE_AT,
    KIND,
    LAND,
    LAST,
    PLACE,
    RATE,
    START_X,
    UP_AT,
    World,
)
from mihari.patrol.underway import Token, Underway
from mihari.patrol.vehicles import places_of, unit_vector, where_is

Floats = NDArray[np.float64]


def resumed(
    problem: Problem, file: PatrolFile, states: Sequence[Underway], now_h: float, seen: Mapping[str, float],
    lost_places: Collection[str], quiet: bool = False, known: Known | None = None,
) -> Problem:  # fmt: skip
    """The problem of the vehicles that have a state, from `now_h` on.

    `file` may differ in its looks and in when places are closed.

    `seen`: by cell, h of its last look (others: just now). `quiet`: fewer hear than before. `known`: see
    `Maker.with_looks`.
    """
    who = {state.vehicle: state for state in states}
    keep = [k for k, v in enumerate(problem.vehicles) if v.name in who]
    vehicles = [problem.vehicles[k] for k in keep]
    mine = [who[v.name] for v in vehicles]
    w, begin = problem.world, file.start.timestamp()
    places = places_of(file)
    maker = Maker(file, problem.ground, vehicles, problem.kinds, places, problem.rows, problem.edges, problem.relays,
                  lost_places)  # fmt: skip
    names = [place.name for place in places]
    lands = w.lands[keep] & ~np.isin(names, list(lost_places))
    sure = lands & [place.closed_h == old.closed_h for place, old in zip(places, problem.places, strict=True)]
    shut_at, shut = maker.shut()
    craft = w.craft[keep].copy()
    craft[:, ENDURANCE] += SPARE_H
    for row, state in zip(craft, mine, strict=True):
        row[FREE_AT] = (state.free - begin) / 3600
        row[PLACE] = ALOFT if state.head else names.index(state.place)
        if state.head:
            row[UP_AT] = (state.head.launch - begin) / 3600
            row[START_X : START_X + 3] = unit_vector(state.lat_deg, state.lon_deg)
    air = w.air.copy()
    air[..., CALM] += SPARE_H
    kind = craft[:, KIND].astype(int).tolist()
    way_at, way = maker.ways()
    may = w.may[:, :, : 1 + len(names), : len(problem.rows) + len(names)]
    may = maker.still_heard(may, now_h) if quiet else may
    dwell = maker.dwell(air)
    cell = w.cell.copy()
    cell[:, LAST] = [seen.get(str(row), now_h) for row in problem.rows.tolist()]
    changed = World(
        span=np.array([now_h, file.hours, *w.span[2:]]), cell=cell, edges=w.edges, weight=_weight(w, now_h),
        legs=w.legs, dwell=dwell, may=maker.with_looks(may, dwell, known), way_at=way_at, way=way, air=air, port=w.port,
        shut_at=shut_at, shut=shut, craft=craft,
        back=soonest_back(problem.homeward, kind, sure, (len(keep), *w.back.shape[1:])), lands=lands,
        first=_first(maker, mine, craft), look=maker.looks(), near=w.near,
    )  # fmt: skip
    return replace(problem, file=file, vehicles=vehicles, places=places, world=alike(changed))


def _weight(w: World, now_h: float) -> Floats:
    """Weights with their sums from another beginning."""
    weight = w.weight.copy()
    spans = np.diff(np.maximum(w.edges, now_h))
    weight[:, 1:, CUM] = np.cumsum(weight[..., RATE] * spans, axis=1)[:, :-1]
    weight[:, 0, CUM] = 0.0
    return np.asarray(weight)


def _first(maker: Maker, states: Sequence[Underway], craft: Floats) -> NDArray[np.bool_]:
    """Whether those aloft may go straight from where they are to cells, places and vessels."""
    cells, places, looks = len(maker.rows), maker.places, len(maker.file.look)
    first = np.ones((len(states), cells + len(places) + looks), bool)
    for row, state, one in zip(first, states, craft, strict=True):
        if state.head:
            hour = float(one[FREE_AT])
            there = np.array([unit_vector(*where_is(place, hour)) for place in places]).reshape(-1, 3)
            vessels = np.array([maker.vessel(m, hour) for m in range(looks)]).reshape(-1, 3)
            goals = np.concatenate([maker.xyz, there, vessels])
            row[:] = maker.open(maker.kinds[int(one[KIND])], hour, one[START_X : START_X + 3], goals)
    return first


def tokens_of(problem: Problem, rest: Sequence[Token]) -> list[int]:
    """What a vehicle was to do, as a search has it; what is not to be done any more is left out."""
    cells = {str(row): c for c, row in enumerate(problem.rows.tolist())}
    vessels = {look.name: len(cells) + m for m, look in enumerate(problem.file.look)}
    found: list[int] = []
    for token in rest:
        if token is None:
            if found and found[-1] != LAND:
                found.append(LAND)
        else:
            number = (cells if token[0] == "cell" else vessels).get(token[1]) if token[0] != "station" else None
            if number is not None and found[-1:] != [number]:
                found.append(number)
    return found
