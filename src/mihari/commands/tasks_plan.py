"""`mihari task plan`: the sorties of a plan as proposals of tasks, over the node's API."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mihari.core.task import TaskKind
from mihari.core.units import HOUR_S
from mihari.patrol.file import load
from mihari.patrol.ground import ground_of
from mihari.patrol.plan import Plan, Sortie, read
from mihari.patrol.tasking import Proposal, Tasking
from mihari.patrolling.proposing import has_left, key_of, takes_none, why_not
from mihari.tasks.body import task_of
from mihari.tasks.charge import Charge

Ask = Callable[[str, dict[str, Any] | None], dict[str, Any]]  # path of the API, what is told -> the answer


@dataclass(frozen=True, slots=True)
class Proposed:
    """Tasks that were proposed, as the node told them, and sentences on what was left out."""

    tasks: list[dict[str, Any]]
    left_out: list[str]


def propose_plan(
    patrol: str, plan: Path, who: str, vehicles: Collection[str], hours: float, known: Mapping[str, int], now: float,
    ask: Ask,
) -> Proposed:  # fmt: skip
    """Propose the tasks of all sorties that launch within so many hours. `vehicles`: of these alone, none: of all.

    What is open already is not proposed twice. BadInput where the plan is not of this patrol, or where the node refuses
    one; those before it stay proposed.
    """
    file, made = load(patrol), read(plan)
    ground = ground_of(file)
    there = ask("tasks?state=open&limit=1000", None)
    charges = {one["asset"]: _charge(one) for one in there["takes"]}
    asked = {key_of(task_of(one)) for one in there["tasks"]}
    left_out: list[str] = []
    tasks: list[dict[str, Any]] = []
    chosen = [one for one in made.sorties if not vehicles or one.vehicle in vehicles]
    for sortie in chosen:
        if why := _left_out(made, sortie, charges.get(sortie.vehicle), now, hours):
            left_out.append(why)
            continue
        kinds = charges[sortie.vehicle].kinds
        for one in Tasking(file, ground, made, known, kinds).of(sortie):
            if why := why_not(one.wanted, asked, kinds, now):
                left_out.append(why)
            else:
                tasks.append(ask("tasks", told_of(one, who)))
    return Proposed(tasks, list(dict.fromkeys(left_out)))


def _charge(told: Mapping[str, Any]) -> Charge:
    """Who answers for a vehicle, as the API tells it."""
    accepts, kinds = (tuple(TaskKind(kind) for kind in told[key]) for key in ("accepts", "kinds"))
    return Charge(told["asset"], told["operator"], accepts, kinds)


def _left_out(plan: Plan, sortie: Sortie, charge: Charge | None, now: float, hours: float) -> str:
    """Why a sortie is not proposed, a sentence; "" where it is."""
    if why := takes_none(sortie.vehicle, charge):
        return why
    if has_left(plan, sortie, now):
        return f"{sortie.vehicle}: sorties that were to leave before now"
    later = sortie.launch > now + hours * HOUR_S
    return f"{sortie.vehicle}: sorties later than {hours:g} h from now" if later else ""


def told_of(proposal: Proposal, who: str) -> dict[str, Any]:
    """A proposal as the API takes it."""
    w = proposal.wanted
    told: dict[str, Any] = {"who": who, "asset": w.asset, "kind": str(w.kind), "vessel": w.vessel, "reason": w.reason}
    told |= {"places": [list(place) for place in w.places], "until": w.until}
    told |= {"height_m": None if math.isnan(w.height) else w.height}
    return told | {"begin": w.begin if math.isfinite(w.begin) else None}
