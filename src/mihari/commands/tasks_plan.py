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
from mihari.patrol.plan import Sortie, read
from mihari.patrol.tasking import Proposal, Tasking

LATE_S = 600.0  # a sortie that was to leave so long ago can still be proposed
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
    takes = {one["asset"]: one for one in there["takes"]}
    asked = {_key(one) for one in there["tasks"]}
    left_out: list[str] = []
    tasks: list[dict[str, Any]] = []
    chosen = [one for one in made.sorties if not vehicles or one.vehicle in vehicles]
    for sortie in chosen:
        if why := _left_out(sortie, takes, now, hours):
            left_out.append(f"{sortie.vehicle}: {why}")
            continue
        kinds = [TaskKind(kind) for kind in takes[sortie.vehicle]["kinds"]]
        for one in Tasking(file, ground, made, known, kinds).of(sortie):
            told = told_of(one, who)
            if one.wanted.kind not in kinds:
                left_out.append(f"{sortie.vehicle}: it cannot {one.wanted.kind}")
            elif _key(told) in asked:
                left_out.append(f"{sortie.vehicle}: what is proposed already")
            elif one.wanted.until > now:
                tasks.append(ask("tasks", told))
    return Proposed(tasks, list(dict.fromkeys(left_out)))


def _key(told: Mapping[str, Any]) -> tuple[Any, ...]:
    """By which a task is known to have been proposed already."""
    return told["asset"], told["kind"], told["begin"], told["vessel"], tuple(map(tuple, told["places"]))


def _left_out(sortie: Sortie, takes: Mapping[str, Any], now: float, hours: float) -> str:
    """Why a sortie is not proposed; "" where it is."""
    taking = takes.get(sortie.vehicle)
    if taking is None:
        return "the node file has no vehicle of this name"
    if not (taking["operator"] and taking["kinds"]):
        return "it takes no tasks"
    if sortie.launch < now - LATE_S:
        return "sorties that were to leave before now"
    return f"sorties later than {hours:g} h from now" if sortie.launch > now + hours * HOUR_S else ""


def told_of(proposal: Proposal, who: str) -> dict[str, Any]:
    """A proposal as the API takes it."""
    w = proposal.wanted
    told: dict[str, Any] = {"who": who, "asset": w.asset, "kind": str(w.kind), "vessel": w.vessel, "reason": w.reason}
    told |= {"places": [list(place) for place in w.places], "until": w.until}
    told |= {"height_m": None if math.isnan(w.height) else w.height}
    return told | {"begin": w.begin if math.isfinite(w.begin) else None}
