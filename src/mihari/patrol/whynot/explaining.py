"""A prepared patrol and its plan -> every demand that is not met, why, and what would make it possible.

Everything is worked out from what the planner works on: what sensors see, legs, links, the bound. What would help is
tried: the patrol file, changed so, goes through the same preparation and first plan, and is told only if the cell, the
vessel or the station is then looked at, met or kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mihari.patrol.plan import Plan, Shortfall
from mihari.patrol.whynot.capacity import too_few
from mihari.patrol.whynot.cells import at_times, never, too_often
from mihari.patrol.whynot.scene import Scene
from mihari.patrol.whynot.stations import not_kept
from mihari.patrol.whynot.vessels import not_met

if TYPE_CHECKING:
    from mihari.patrol.planner import Prepared


QUICK = 4, 2  # changes that are tried for each demand, and told of those that help: a second or two for the Nansei
THOROUGH = 16, 4


def explain(prepared: Prepared, plan: Plan, thorough: bool = False) -> tuple[Shortfall, ...]:
    """What the plan does not meet: stations, vessels, then cells from those that nobody can look at to those too many.

    `plan` is one of `prepared`: its sorties and stops are believed. Each cell is in one sentence at most. `thorough`:
    try more changes, and tell more of them.
    """
    scene = Scene(prepared, plan, *(THOROUGH if thorough else QUICK))
    told = [*not_kept(scene), *not_met(scene)]
    done: set[int] = set()
    for kind in (never, at_times, too_often):
        found, cells = kind(scene, done)
        told += found
        done |= cells
    return (*told, *too_few(scene, done))
