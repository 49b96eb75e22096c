"""Routes of a fleet that has grown or shrunk: those of vehicles that stay, as they were; others are to be found."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mihari.core.errors import MihariError
from mihari.patrol.planner import settled
from mihari.patrol.search.anneal import improve, start
from mihari.patrol.search.greedy import fill
from mihari.patrol.search.made import empty_undo
from mihari.patrol.search.routes import NEVER
from mihari.patrol.search.world import (
    DONE,
    FREE_AT,
    HOUR,
    PLACE,
    RATE,
    SIZE,
    SPOTS,
    STAYS,
    TOKEN,
    TURN,
    UNTIL,
    WHERE,
    Tours,
    World,
)
from mihari.patrol.sizing.stock import Fleet

ROUND = 5_000  # moves at one temperature
HOT, COLD = 0.1, 0.02  # temperatures over the mean weight of a cell: routes that go on from others are nearly good


def grown(fleet: Fleet, seed: int, before: tuple[Fleet, Tours] | None = None) -> Tours:
    """Routes to improve: those of vehicles that had some before, filled up with whatever is worth most next."""
    world = fleet.problem.world
    tours = taken_over(fleet, *before) if before is not None else None
    if tours is None:
        tours = worked_out(fleet, before)
    if len(world.cell):
        fill(world, tours, _dice(seed), np.zeros(len(tours.row), np.bool_), 1.0, 0.0)
    return tours


def improved(fleet: Fleet, tours: Tours, moves: int, seed: int) -> None:
    """Improve routes in place with so many moves (whole rounds of them): the same for the same seed."""
    world = fleet.problem.world
    if not len(world.cell) or not len(tours.row):
        return
    undo, dice, rounds = empty_undo(tours), _dice(seed), max(round(moves / ROUND), 1)
    heat = HOT * float(world.weight[..., RATE].mean())
    for number in range(rounds):
        now = heat * (COLD / HOT) ** (number / rounds)
        improve(world, tours, undo, dice, ROUND, now, now)


def taken_over(fleet: Fleet, earlier: Fleet, routes: Tours) -> Tours | None:
    """The routes of another fleet's vehicles; None where they cannot be done: other watches are kept, or no room."""
    if fleet.manned != earlier.manned:
        return None
    world = fleet.problem.world
    tours = settled(fleet.problem, fleet.manned)
    old = {v.name: k for k, v in enumerate(earlier.problem.vehicles)}
    for k, v in enumerate(fleet.problem.vehicles):
        if v.name in old:
            for ours, theirs in (
                (tours.count, routes.count), (tours.row, routes.row), (tours.when, routes.when),
                (tours.move, routes.move), (tours.stay, routes.stay), (tours.reached, routes.reached),
            ):  # fmt: skip
                ours[k] = theirs[old[v.name]]
        else:
            place = int(world.craft[k, PLACE])
            if np.isfinite(world.port[place, SPOTS]):
                tours.stay[k, 0] = world.craft[k, FREE_AT] - world.craft[k, TURN], place, NEVER
                tours.count[k, STAYS] = 1
    _take_down(world, tours)
    return tours if _has_room(world, tours) else None


def worked_out(fleet: Fleet, before: tuple[Fleet, Tours] | None) -> Tours:
    """Routes anew, vehicle by vehicle: what each did before, or the first half or quarter of it where that is possible.

    MihariError where not even staying at home is.
    """
    world = fleet.problem.world
    tours = settled(fleet.problem, fleet.manned)
    old = {v.name: k for k, v in enumerate(before[0].problem.vehicles)} if before is not None else {}
    for k, v in enumerate(fleet.problem.vehicles):
        if before is None or v.name not in old:
            continue
        theirs = before[1]
        many = int(theirs.count[old[v.name], SIZE])
        for size in (many, many // 2, many // 4, 0):
            tours.row[k, :size, TOKEN] = theirs.row[old[v.name], :size, TOKEN]
            tours.count[k, SIZE] = size
            tours.seen[:] = 0
            if start(world, tours):
                break
    tours.seen[:] = 0
    if not start(world, tours):
        raise MihariError("the routes that the search began with cannot be done")
    return tours


def _take_down(world: World, tours: Tours) -> None:
    """The looks of all routes, into the lists of their cells."""
    looks: list[tuple[int, float]] = []
    for k in range(len(tours.row)):
        many = int(tours.count[k, SIZE])
        done = zip(tours.row[k, :many, TOKEN].tolist(), tours.when[k, :many, DONE].tolist(), strict=True)
        looks += [(token, hour) for token, hour in done if 0 <= token < len(world.cell)]
    for cell, hour in sorted(looks, key=lambda look: look[1]):
        tours.seen_h[cell, tours.seen[cell]] = hour
        tours.seen[cell] += 1


def _has_room(world: World, tours: Tours) -> bool:
    """Whether nowhere more vehicles stay at once than a place has spots."""
    stays = np.concatenate(
        [tours.stay[k, : tours.count[k, STAYS]] for k in range(len(tours.row))] or [np.zeros((0, 3))]
    )
    for place in np.flatnonzero(np.isfinite(world.port[:, SPOTS])):
        here = stays[stays[:, WHERE] == place]
        at = here[:, HOUR]
        crowd = ((at[:, None] <= at[None]) & (at[None] < here[:, UNTIL][:, None])).sum(axis=0)
        if crowd.max(initial=0) > world.port[place, SPOTS]:
            return False
    return True


def _dice(seed: int) -> NDArray[np.uint64]:
    return np.array([seed * 7919 + 12345], np.uint64)
