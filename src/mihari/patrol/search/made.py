"""Empty routes for a world."""

from __future__ import annotations

import numpy as np

from mihari.patrol.search.routes import NEVER
from mihari.patrol.search.world import (
    ALOFT,
    AT,
    BEGIN,
    END,
    FREE,
    FREE_AT,
    LAUNCHED,
    PLACE,
    UP_AT,
    Tours,
    Undo,
    World,
)

MOVEMENTS = 200  # starts and landings of a vehicle in a plan, or of all that are settled
LONGEST = 2000  # tokens of a route
LOOKS = 400  # of a cell


def empty_tours(world: World, width: int = 0, settled: int = 0) -> Tours:
    """Routes without tokens.

    `width`: the most tokens of one; default: what the fastest could do in the time. `settled`: movements that are.
    """
    vehicles, cells, vessels = len(world.craft), len(world.cell), len(world.look)
    if not width:
        legs = world.legs[..., :cells, :cells]
        shortest = float(np.min(np.where(legs > 0, legs, np.inf), initial=1.0))
        width = min(int(1.5 * (world.span[END] - world.span[BEGIN]) / max(shortest, 0.01)) + 16, LONGEST)
    many = max(MOVEMENTS, settled)
    row, when = np.zeros((vehicles, width + 1, 4), np.int64), np.zeros((vehicles, width + 1, 3))
    place = world.craft[:, PLACE].astype(np.int64)
    row[:, 0, AT] = np.where(place == ALOFT, ALOFT, cells + vessels + place)
    when[:, 0, FREE] = world.craft[:, FREE_AT]
    when[:, 0, LAUNCHED] = np.where(place == ALOFT, world.craft[:, UP_AT], NEVER)
    return Tours(
        count=np.zeros((vehicles + 1, 4), np.int64), row=row, when=when, move=np.zeros((vehicles + 1, many, 2)),
        stay=np.zeros((vehicles + 1, many, 3)), seen=np.zeros(cells, np.int64), seen_h=np.zeros((cells, LOOKS)),
        value=np.zeros(cells), reached=np.full((vehicles, vessels), np.inf),
    )  # fmt: skip


def empty_undo(tours: Tours) -> Undo:
    """Room to take one move back."""
    two = [np.zeros((2, *part.shape[1:]), part.dtype) for part in (tours.count, tours.row, tours.when)]
    most = 4 * tours.row.shape[1]  # of two rows each look may be taken out and put in
    return Undo(
        whose=np.full((2, 3), -1), entry=np.zeros((most, 3), np.int64), entry_h=np.zeros(most),
        entries=np.zeros(1, np.int64), gain=np.zeros(1), count=two[0], row=two[1], when=two[2],
        move=np.zeros((2, *tours.move.shape[1:])), stay=np.zeros((2, *tours.stay.shape[1:])),
        reached=np.full((2, tours.reached.shape[1]), np.inf),
    )  # fmt: skip
