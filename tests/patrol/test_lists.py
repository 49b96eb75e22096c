"""Lists of looks, changed move by move: they stay those of the routes, and what is counted is what they are worth."""

from __future__ import annotations

import numpy as np
import pytest
from tests.patrol.made import patrol

from mihari.patrol.planner import anneal, prepare, settled
from mihari.patrol.search.anneal import improve
from mihari.patrol.search.fresh import reached_worth
from mihari.patrol.search.made import empty_undo
from mihari.patrol.search.world import DONE, RATE, SIZE, TOKEN


def worth(world, tours):
    """Hours and vessels."""
    return float(tours.value.sum()) + reached_worth.py_func(world.look, tours.reached)


@pytest.mark.parametrize("seed", [3, 5, 8, 11])
def test_lists_are_those_of_the_routes_after_thousands_of_moves(seed):
    prepared = prepare(patrol(seed))
    world, tours = prepared.problem.world, settled(prepared.problem, prepared.manned)
    anneal(world, tours, 0.05, seed)
    undo, dice = empty_undo(tours), np.array([seed], np.uint64)
    mean = float(world.weight[..., RATE].mean())
    for heat in (2.0, 0.3, 0.02):
        before = worth(world, tours)
        gain, kept = improve(world, tours, undo, dice, 3000, mean * heat, mean * heat)
        assert kept > 0
        assert worth(world, tours) - before == pytest.approx(gain, abs=1e-7 * max(before, 1.0))
        looks: list[list[float]] = [[] for _ in world.cell]
        for k in range(len(tours.row)):
            for i in range(tours.count[k, SIZE]):
                if 0 <= (token := tours.row[k, i, TOKEN]) < len(looks):
                    looks[token].append(tours.when[k, i, DONE])
        listed = [tours.seen_h[c, : tours.seen[c]].tolist() for c in range(len(looks))]
        assert listed == [sorted(times) for times in looks]
