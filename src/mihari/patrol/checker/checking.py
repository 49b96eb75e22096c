"""Patrol file, ground, plan -> every `Violation` of the rules in docs/patrol.md.

It knows the rules and nothing of how plans are made: no module of the planner is imported here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from mihari.patrol.checker.ends import ends
from mihari.patrol.checker.figures import figures
from mihari.patrol.checker.links import links
from mihari.patrol.checker.looks import looks
from mihari.patrol.checker.movements import movements
from mihari.patrol.checker.pace import pace
from mihari.patrol.checker.replaced import losses, replaced
from mihari.patrol.checker.sheet import Sheet
from mihari.patrol.checker.sorties import sorties, unusable
from mihari.patrol.checker.stations import stations
from mihari.patrol.checker.vessels import vessels
from mihari.patrol.checker.violation import Violation, violation
from mihari.patrol.checker.waters import waters
from mihari.patrol.file import PatrolFile
from mihari.patrol.ground import Ground
from mihari.patrol.plan import Plan

RULES = (
    unusable, sorties, ends, movements, pace, waters, links, looks, vessels, stations, figures, replaced, losses,
)  # fmt: skip


def check(
    file: PatrolFile,
    ground: Ground,
    plan: Plan,
    *,
    lost: Mapping[str, float] | None = None,
    lost_places: Mapping[str, float] | None = None,
    before: Plan | None = None,
    frozen_until: float = -math.inf,
) -> list[Violation]:
    """All that is wrong with a plan, by rule, then by time; an empty list: it keeps every rule.

    `lost`, `lost_places`: vehicles, bases and ships that are lost, each from a time (UTC s) on. `before`: the plan that
    this one replaces; what was under way goes on as it was until `frozen_until` (UTC s). BadInput for a platform that
    is not known.
    """
    if not (math.isfinite(plan.begin) and math.isfinite(plan.end)):
        return [violation("wrong span", "the plan's beginning or end is no number", math.nan)]
    sheet = Sheet(file, ground, plan, lost or {}, lost_places or {}, before, frozen_until)
    found = [one for rule in RULES for one in rule(sheet)]
    return sorted(found, key=lambda v: (v.rule, v.time, v.vehicle, v.kind))
