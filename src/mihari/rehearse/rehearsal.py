"""A patrol, its plan, what goes wrong -> how it went: the flight, who was seen, the looks, the stations, who came home.

The plan's own prediction is made from the plan alone, before anything is flown.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mihari.core.errors import BadInput
from mihari.patrol.file import PatrolFile
from mihari.patrol.ground import Ground, ground_of
from mihari.patrol.plan import Plan
from mihari.patrol.planner import prepare
from mihari.patrol.replan import Replanner
from mihari.patrol.told import freshness
from mihari.rehearse.crossings import FAMILIES, NUMBERS, Family, crossings
from mihari.rehearse.faults import Fault, turned
from mihari.rehearse.flight import Flight, Flown
from mihari.rehearse.fresh import Looks, flown_looks, planned_looks, with_seen
from mihari.rehearse.judge import Judge, Seen
from mihari.rehearse.manned import Manned, manned
from mihari.rehearse.met import Met, met
from mihari.rehearse.predict import Predicted, Prediction
from mihari.rehearse.watchers import Gone, gone

Floats = NDArray[np.float64]
Progress = Callable[[float, str], None]

VESSELS = 500
NORMAL_95 = 1.959964
AFTER_H = 100.0  # than the longest plan and everybody's way home nothing takes longer
LATE_MIN = 5.0  # an arrival later than that is told


@dataclass(frozen=True)
class Kind:
    """One family of crossings: how they went, when each was first seen (UTC s, inf: never), what the plan predicts."""

    family: Family
    gone: Gone
    seen: Seen
    first: Floats
    predicted: Predicted

    @property
    def share(self) -> float:
        """Of them, seen at least once."""
        return float(np.isfinite(self.first).mean()) if len(self.first) else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """95 % confidence interval of that share."""
        return wilson(int(np.isfinite(self.first).sum()), len(self.first))


@dataclass(frozen=True)
class Rehearsal:
    """A plan as it was flown. `plans`: the plan, and those that replaced it; `ground`: as the weather truly was.

    planned_looks, flown_looks: hours by demanded cell; the first is the last one before the plan begins.
    """

    file: PatrolFile
    plans: tuple[Plan, ...]
    faults: tuple[Fault, ...]
    ground: Ground
    flown: Flown
    kinds: tuple[Kind, ...]
    stations: tuple[Manned, ...]
    met: tuple[Met, ...]
    planned_looks: Looks
    flown_looks: Looks
    fresh_planned: float
    fresh_flown: float
    worst_flown: float

    @property
    def begin(self) -> float:
        """UTC s of hour 0."""
        return self.file.start.timestamp()


def rehearse(
    file: PatrolFile, plan: Plan, faults: Sequence[Fault] = (), vessels: int = VESSELS, seed: int = 1,
    replan_s: float | None = None, progress: Progress = lambda share, text: None,
) -> Rehearsal:  # fmt: skip
    """Fly a plan. replan_s: after what goes wrong plan again and search for so many s; None: it goes on as it was.

    BadInput for a plan of another patrol, and for faults of what it does not have.
    """
    ordered = tuple(sorted(faults, key=lambda f: f.hour))
    weather = turned(file, ordered)
    ground = ground_of(file)
    truly = ground if weather is file else ground_of(weather)
    dice = np.random.default_rng(seed)
    flight = Flight(file, plan, ground.cells.side, dice.spawn(1)[0], weather)
    _same_cells(plan, ground)
    prediction = Prediction(file, ground, plan)
    predicted = {family.name: prediction.of(family) for family in FAMILIES}
    plans = _fly(flight, file, plan, ordered, replan_s, truly, progress)
    flown = flight.flown
    kinds = tuple(_crossed(f, weather, truly, flown, vessels, dice, predicted[f.name]) for f in FAMILIES)
    begin = file.start.timestamp()
    before, after = planned_looks(plan, begin), flown_looks(truly, flown.vehicles, flown.visits, begin)
    before, after = (with_seen(ground, plan, looks, begin, file.hours) for looks in (before, after))
    start = (plan.begin - begin) / 3600
    fresh_flown, worst = freshness(truly, after, start, file.hours)
    looks = (*file.look, *(f.look for f in ordered if f.look is not None))
    return Rehearsal(
        file, plans, ordered, truly, flown, kinds, manned(file, flown), met(file, looks, flown), before, after,
        freshness(ground, before, start, file.hours)[0], fresh_flown, worst,
    )  # fmt: skip


def _same_cells(plan: Plan, ground: Ground) -> None:
    """BadInput for a plan that looks at cells which the patrol does not have."""
    known = {str(row) for row in range(len(ground.cells))}
    for stop in (stop for sortie in plan.sorties for stop in sortie.stops):
        if stop.purpose == "cell" and stop.name not in known:
            raise BadInput(f"the plan looks at cell {stop.name!r}; the patrol has cells 0 to {len(known) - 1}")


def _fly(
    flight: Flight, file: PatrolFile, plan: Plan, faults: Sequence[Fault], replan_s: float | None, ground: Ground,
    progress: Progress,
) -> tuple[Plan, ...]:  # fmt: skip
    """Fly to the end, with all that happens; the plans that were in force."""
    plans = [plan]
    replanner = Replanner(prepare(file), plan) if replan_s is not None and faults else None
    for one in faults:
        _until(flight, flight.begin + 3600 * one.hour, progress)
        if one.kind == "lost":
            flight.lose(one.name)
        elif one.kind == "closed":
            flight.close(one.name)
        elif one.look is not None:
            flight.appear(one.look)
        if replanner is not None and replan_s is not None and one.kind != "wind" and flight.now < plan.end:
            looks = flown_looks(ground, flight.flown.vehicles, flight.flown.visits, flight.begin)
            replanner.change(
                flight.now, (one.name,) if one.kind == "lost" else (), (one.name,) if one.kind == "closed" else (),
                (one.look,) if one.look is not None else (),
                {row: flight.begin + 3600 * hours[-1] for row, hours in looks.items()},
            )  # fmt: skip
            plans.append(replanner.improve(replan_s))
            flight.take(plans[-1])
    _until(flight, flight.begin + 3600 * AFTER_H, progress)
    return tuple(plans)


def _until(flight: Flight, time: float, progress: Progress) -> None:
    """Fly on by the hour, and tell how far it is."""
    whole = max(flight.end - flight.start, 1.0)
    while flight.now < time:
        before = flight.now
        flight.until(min(time, before + 3600.0))
        progress(min((flight.now - flight.start) / whole, 1.0), f"flown {(flight.now - flight.start) / 3600:.0f} h")
        if flight.now == before:
            return


def _crossed(
    family: Family, weather: PatrolFile, ground: Ground, flown: Flown, vessels: int, rng: np.random.Generator,
    predicted: Predicted,
) -> Kind:  # fmt: skip
    """A third of the vessels: one family."""
    judge = Judge(weather, ground.cells, flown)
    return crossed(family, judge, ground, share_of(vessels, FAMILIES.index(family)), rng, predicted)


def crossed(
    family: Family, judge: Judge, ground: Ground, vessels: int, rng: np.random.Generator, predicted: Predicted
) -> Kind:
    """So many crossings of a family while a flight is in the air, and who of them was seen."""
    numbers = rng.uniform(size=(vessels, NUMBERS))
    went = gone(crossings(family, judge.file, ground.cells, judge.conditions.spells, numbers), ground.cells, judge)
    seen = judge.judge(went.at, went.begin, went.end, went.crossings.length, rng)
    return Kind(family, went, seen, seen.first(vessels), predicted)


def share_of(vessels: int, which: int) -> int:
    """How many of all vessels are of one family: a third each, what is left over to the first.

    >>> [share_of(500, which) for which in range(3)]
    [167, 167, 166]
    """
    return vessels // len(FAMILIES) + (which < vessels % len(FAMILIES))


def wilson(hits: int, of: int) -> tuple[float, float]:
    """95 % confidence interval of a share (Wilson, J. Am. Stat. Assoc. 22 (1927) 209).

    >>> [round(x, 3) for x in wilson(50, 100)]
    [0.404, 0.596]
    """
    if of == 0:
        return 0.0, 1.0
    share, z2 = hits / of, NORMAL_95**2
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = NORMAL_95 / (1 + z2 / of) * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    return middle - half, middle + half


def together(kinds: Sequence[Kind]) -> tuple[float, tuple[float, float], float]:
    """Share of all crossings that was seen, its interval, and what the plan predicts for this mixture."""
    count = np.array([len(k.first) for k in kinds])
    hits = sum(int(np.isfinite(k.first).sum()) for k in kinds)
    predicted = float((count * [k.predicted.seen for k in kinds]).sum() / max(count.sum(), 1))
    return hits / max(int(count.sum()), 1), wilson(hits, int(count.sum())), predicted
