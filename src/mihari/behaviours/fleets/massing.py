"""Massing: a large fleet in open water that nothing explains.

Definition: at least `massing_fewest` members, their median distance to shore more than `open_water`, the weights of all
innocent purposes together less than `explained`; all this for at least `massing_s`. Where no distance to shore is
known, nothing is called open water. It ends below `massing_keep` members, or when innocent purposes reach
`explained_again`, or with the fleet. Sources: none is published as a rule. What it is for: about 2,000 fishing vessels
that stood in two lines of 400 km in the East China Sea for 30 hours in near gale on 25 December 2025, as close as 500 m
(AFP, 13 March 2026), and 200 that lay at Whitsun Reef for weeks without fishing (AMTI, 21 April 2021). Innocent: a
fishery whose vessels tell no type, boats that wait for weather nobody told us of, an anchorage not yet on the chart.
"""

from __future__ import annotations

import numpy as np

from mihari.behaviours.fleets.evidence import UNEXPLAINED, Purpose
from mihari.behaviours.fleets.going_on import Open, ended, revised
from mihari.behaviours.fleets.held import Held
from mihari.behaviours.fleets.parameters import Parameters
from mihari.behaviours.fleets.view import View
from mihari.behaviours.fleets.words import knots, miles, percent, span
from mihari.core.behaviour import Behaviour, Evidence, Explanation, Urgency
from mihari.core.units import KNOT, NAUTICAL_MILE

KIND = "massing"
VERSION = "1"
TOLD = 3  # innocent purposes named
INNOCENT = ("a fishery whose vessels tell no type", "an anchorage that is not on the chart")


class Massing:
    """Massings that go on, by fleet."""

    def __init__(self, parameters: Parameters) -> None:
        self.p = parameters
        self.open: dict[int, Open] = {}

    def step(self, seen: View) -> list[Behaviour]:
        """What is new, revised or ended."""
        shore = seen.group.quantile(np.where(np.isinf(seen.scene.shore_m), 1e9, seen.scene.shore_m))
        told = []
        for k, fleet in enumerate(seen.fleets):
            if seen.group.count[k] and fleet.explanations:
                told += self._judged(k, fleet, float(shore[k]), seen)
        there = {fleet.id for fleet in seen.fleets}
        for fleet_id in sorted(self.open.keys() - there):
            going = self.open.pop(fleet_id)
            told.append(ended(going.behaviour, seen.time, seen.time, "the fleet is no more"))
        return told

    def _judged(self, k: int, fleet: Held, shore: float, seen: View) -> list[Behaviour]:
        p, members = self.p, int(seen.member_group.count[k])
        innocent = innocence(fleet.explanations)
        going = self.open.get(fleet.id)
        if going is None:
            holds = members >= p.massing_fewest and shore > p.open_water and innocent < p.explained
            fleet.massing = (fleet.massing or seen.time) if holds else 0
            if not holds or seen.time - fleet.massing < p.massing_s:
                return []
            now = behaviour(k, fleet, shore, seen)
            self.open[fleet.id] = Open(now, now.vessels, seen.time)
            return [now]
        if members < p.massing_keep or innocent >= p.explained_again:
            del self.open[fleet.id]
            fleet.massing = 0
            best = best_innocent(fleet.explanations)
            few = f"only {members} are left"
            why = few if members < p.massing_keep else f"now {best.purpose} fits: {best.because}"
            return [ended(going.behaviour, seen.time, seen.time, why)]
        mine, were = set(seen.members.key[seen.member_group.group == k].tolist()), set(going.watched)
        if len(mine ^ were) < p.grown * len(were):
            return []
        now = revised(going.behaviour, behaviour(k, fleet, shore, seen), seen.time)
        self.open[fleet.id] = Open(now, now.vessels, seen.time)
        return [now]


def best_innocent(explanations: tuple[Explanation, ...]) -> Explanation:
    """The likeliest of the innocent purposes."""
    return next(e for e in explanations if e.purpose not in UNEXPLAINED)


def innocence(explanations: tuple[Explanation, ...]) -> float:
    """The weight of all innocent purposes together."""
    return sum(e.weight for e in explanations if e.purpose not in UNEXPLAINED)


def behaviour(k: int, fleet: Held, shore: float, seen: View) -> Behaviour:
    """As it is first told."""
    rows = np.flatnonzero(seen.group.group == k)
    keys = seen.members.key[seen.member_group.group == k]
    silent = int(np.count_nonzero(seen.scene.told[rows] == 0))
    weight = {e.purpose: e.weight for e in fleet.explanations}
    blocking = fleet.explanations[0].purpose == Purpose.BLOCKING
    speed = float(np.median(np.hypot(seen.scene.east_mps[rows], seen.scene.north_mps[rows])))
    best = best_innocent(fleet.explanations)
    facts: dict[str, float | int | str] = {
        "vessels": len(keys),
        "without_ais": silent,
        "shore_nm": round(shore / NAUTICAL_MILE, 1),
        "speed_kn": round(speed / KNOT, 1),
        "together_s": seen.time - fleet.began,
        "cohesion": round(float(seen.cohesion[k]), 2),
        "unknown": round(weight[Purpose.UNKNOWN], 3),
        "blocking": round(weight[Purpose.BLOCKING], 3),
    }
    off = f", {miles(shore)} off the nearest shore" if shore < 1e8 else ""
    because = (
        f"{len(keys)} vessels have kept together for {span(seen.time - fleet.began)} in open water{off},"
        f" at {knots(speed)}; {silent} of {len(rows)} tell no AIS, and no innocent purpose fits well: the best,"
        f" {best.purpose}, has {percent(best.weight)} ({best.because})"
    )
    if blocking:
        because += f"; {fleet.explanations[0].purpose} fits best ({fleet.explanations[0].because})"
    innocent = [f"{e.purpose} ({percent(e.weight)})" for e in fleet.explanations if e.purpose not in UNEXPLAINED][:TOLD]
    return Behaviour(
        id=f"{KIND}-{fleet.id}-{fleet.massing}",
        kind=KIND,
        vessels=tuple(keys.tolist()),
        start=fleet.massing,
        end=None,
        lat_deg=float(seen.lat_deg[k]),
        lon_deg=float(seen.lon_deg[k]),
        because=because,
        urgency=Urgency.WARNING if blocking else Urgency.CAUTION,
        score=weight[Purpose.UNKNOWN] + weight[Purpose.BLOCKING],
        innocent=(*innocent, *INNOCENT),
        evidence=Evidence(facts=facts, first=float(fleet.began), last=float(seen.time)),
        decided=float(seen.time),
        told=float(seen.time),
        version=VERSION,
        fleet=fleet.id,
    )
