"""Fleets in view -> their explanations, worked out every few minutes, and which have changed their purpose or size."""

from __future__ import annotations

import numpy as np

from mihari.behaviours.fleets.figures import figures
from mihari.behaviours.fleets.grouped import Grouped
from mihari.behaviours.fleets.held import Change, FleetChange, Held
from mihari.behaviours.fleets.parameters import Parameters
from mihari.behaviours.fleets.purposes import explanations
from mihari.behaviours.fleets.scene import Surroundings
from mihari.behaviours.fleets.view import View
from mihari.behaviours.fleets.words import percent
from mihari.core.columns import Array


def explain(seen: View, around: Surroundings, p: Parameters) -> list[FleetChange]:
    """Works out the explanations that are due; who has changed."""
    changes = []
    due = np.array([seen.time - fleet.explained >= p.explain_s for fleet in seen.fleets], bool)
    due &= seen.group.count > 0
    if due.any():
        part = only(seen, due)
        for fleet, found in zip(part.fleets, explanations(figures(part, around)), strict=True):
            # fleets that formed together need not be explained together ever after
            fleet.explained = seen.time if fleet.explained else seen.time - fleet.id % p.explain_s
            fleet.explanations = found
            changes += purpose(fleet, seen.time, p)
    for fleet, number in zip(seen.fleets, seen.member_group.count.tolist(), strict=True):
        changes += size(fleet, number, seen.time, p)
    return changes


def only(seen: View, chosen: Array) -> View:
    """The view of some of its fleets."""
    number = np.cumsum(chosen) - 1
    vessels, members = chosen[seen.group.group], chosen[seen.member_group.group]
    groups = int(np.count_nonzero(chosen))
    return View(
        time=seen.time,
        fleets=tuple(fleet for fleet, wanted in zip(seen.fleets, chosen, strict=True) if wanted),
        members=seen.members.take(members),
        member_group=Grouped(number[seen.member_group.group[members]], groups),
        scene=seen.scene.take(vessels),
        group=Grouped(number[seen.group.group[vessels]], groups),
        lat_deg=seen.lat_deg[chosen],
        lon_deg=seen.lon_deg[chosen],
        east=seen.east[chosen],
        north=seen.north[chosen],
        cohesion=seen.cohesion[chosen],
    )


def purpose(fleet: Held, time: int, p: Parameters) -> list[FleetChange]:
    """Another purpose must be the likeliest for a while before it is told."""
    best = fleet.explanations[0]
    if not fleet.purpose or best.purpose == fleet.purpose:
        fleet.purpose, fleet.likelier = best.purpose, ""
        return []
    if best.purpose != fleet.likelier:
        fleet.likelier, fleet.likelier_since = best.purpose, time
    if time - fleet.likelier_since < p.purpose_s:
        return []
    because = f"{best.purpose} ({percent(best.weight)}) instead of {fleet.purpose}: {best.because}"
    fleet.purpose, fleet.likelier = best.purpose, ""
    return [FleetChange(Change.PURPOSE, fleet.id, time, because)]


def size(fleet: Held, members: int, time: int, p: Parameters) -> list[FleetChange]:
    """Growth and loss, against the number last told."""
    if members >= (1 + p.grown) * fleet.told:
        change, word = Change.GREW, "grown"
    elif members <= (1 - p.grown) * fleet.told:
        change, word = Change.SHRANK, "shrunk"
    else:
        return []
    because = f"{word} from {fleet.told} to {members} vessels"
    fleet.told = members
    return [FleetChange(change, fleet.id, time, because)]
