"""PAT-7 and PAT-8: how soon a plan of Nansei is changed when things happen, and what a lost aircraft costs.

PAT-7: days on which vehicles are lost and vessels turn up, at random; the time from the word to the first plan that can
be flown. Every such plan is held against the rules.

PAT-8: an aircraft is lost in flight. Fresh share over the two hours after, of the plan that was changed when it was
lost, against an oracle that knew three hours before: the better of two plans that are searched for as long, one for all
of the patrol, one for nothing but the hours until the two are over.
"""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass

import numpy as np

from mihari.patrol.checker import check
from mihari.patrol.file import LookSection
from mihari.patrol.plan import Plan
from mihari.patrol.planner import Prepared
from mihari.patrol.replan import FROZEN_S, Replanner
from mihari.patrol.search.greedy import fill
from mihari.patrol.search.world import END
from mihari.patrol.told import freshness
from mihari.patrol.underway import last_looks
from mihari.patrol.vehicles import vehicles_of

AFTER_H = 2.0
KNEW_H = 3.0  # before the loss the oracle knew


@dataclass(frozen=True)
class Soon:
    """Seconds to each first answer; how many broke a rule; vessels that had to be looked at, and those that are."""

    seconds: list[float]
    wrong: int
    asked: int
    met: int

    @property
    def p99(self) -> float:
        """99 of a hundred are sooner."""
        return float(np.quantile(self.seconds, 0.99))


def soon(prepared: Prepared, plan: Plan, count: int, seed: int) -> Soon:
    """So many losses and vessels to be looked at, a few on each day."""
    rng, start = np.random.default_rng(seed), prepared.file.start.timestamp()
    names = [v.name for v in vehicles_of(prepared.file)]
    Replanner(prepared, plan).change(start + 3600.0, looks=[_vessel(prepared, rng, 1.0, "first")])  # compiles
    took: list[float] = []
    wrong = asked = met = 0
    while len(took) < count:
        replanner, now = Replanner(prepared, plan), start + 3600 * rng.uniform(0.2, 14.0)
        for i in range(int(rng.integers(1, 6))):
            hour, lost, looks = (now - start) / 3600, [], []
            if rng.random() < 0.5:
                lost = [str(rng.choice([name for name in names if name not in replanner.lost]))]
            else:
                looks = [_vessel(prepared, rng, hour, f"vessel {i}")]
            before, began = replanner.plan, time.perf_counter()
            after = replanner.change(now, lost=lost, looks=looks)
            took.append(time.perf_counter() - began)
            wrong += _breaks(replanner, before, after, now)
            asked += len(looks)
            met += any(stop.name == look.name for look in looks for s in after.sorties for stop in s.stops)
            now += 60 * rng.uniform(1, 90)
    return Soon(took, wrong, asked, met)


def _vessel(prepared: Prepared, rng: np.random.Generator, hour: float, name: str) -> LookSection:
    row, cells = int(rng.choice(prepared.problem.rows)), prepared.ground.cells
    return LookSection(
        name=name, lat_deg=float(cells.lat_deg[row]), lon_deg=float(cells.lon_deg[row]), told_h=hour,
        by_h=hour + float(rng.uniform(0.7, 4.0)), speed_kn=float(rng.uniform(0, 20)),
        course_deg=float(rng.uniform(0, 360)),
    )  # fmt: skip


def _breaks(replanner: Replanner, before: Plan, after: Plan, now: float) -> bool:
    """Whether a plan breaks a rule and does not say so: a station whose keeper is lost may be empty for a while."""
    found = check(
        replanner.file, replanner.prepared.ground, after, lost=replanner.lost, before=before,
        frozen_until=now + FROZEN_S,
    )  # fmt: skip
    told = any(short.demand.startswith("station") for short in after.shortfalls)
    return any(not (told and v.kind in ("unmanned", "short overlap")) for v in found)


@dataclass(frozen=True)
class Loss:
    """Who was lost at which hour; fresh shares over the two hours after: ours, and the oracle's, plan by plan."""

    vehicle: str
    hour: float
    ours: float
    oracle: tuple[float, ...]

    @property
    def lost(self) -> float:
        """What not having known cost: an oracle takes the best that it has."""
        return max(self.oracle) - self.ours


def losses(prepared: Prepared, plan: Plan, hours: tuple[float, ...], seconds: float, seed: int) -> list[Loss]:
    """Each aircraft that patrols is lost at hours at which it is out; `seconds` of search for each plan."""
    start, found = prepared.file.start.timestamp(), []
    keepers = {s.vehicle for s in plan.sorties if any(stop.purpose == "station" for stop in s.stops)}
    for v in prepared.whole.vehicles:
        if v.platform.kind != "aircraft" or v.section.on_call or v.name in keepers:
            continue
        for hour in hours:
            now = start + 3600 * hour
            if not any(s.launch < now < s.landing for s in plan.of(v.name)):
                continue
            ours = Replanner(prepared, plan)
            ours.change(now, lost=[v.name])
            mine = _after(prepared, plan, ours.improve(seconds, seed), now, [])
            ends = None, hour + AFTER_H
            theirs = tuple(_oracle(prepared, plan, v.name, now, end, seconds, seed) for end in ends)
            found.append(Loss(v.name, hour, mine, theirs))
    return found


def _oracle(
    prepared: Prepared, plan: Plan, name: str, now: float, until_h: float | None, seconds: float, seed: int
) -> float:  # fmt: skip
    """Fresh share after `now` of who knew hours before: all others are planned anew round what the aircraft still does.

    until_h: what comes later counts nothing to him; None: all of the patrol counts, as it does to who did not know.
    """
    knew = Replanner(prepared, plan)
    knew.change(now - 3600 * KNEW_H, lost=[name])
    stops = [stop for s in plan.of(name) for stop in s.stops if now - 3600 * KNEW_H < stop.leave < now]
    flown = [(int(stop.name), stop.leave) for stop in stops if stop.purpose == "cell"]
    search = knew._search  # what the aircraft still looks at is nothing that a plan without it would tell
    assert search is not None
    world, tours = search.problem.world, search.tours
    rows = search.problem.rows.tolist()
    for cell, time_ in flown:
        c = rows.index(cell)
        count = int(tours.seen[c])
        tours.seen_h[c, count] = (time_ - search.begin) / 3600
        tours.seen_h[c, : count + 1].sort()
        tours.seen[c] = count + 1
    if until_h is not None:
        world.span[END] = until_h
    fill(world, tours, np.array([1], np.uint64), np.zeros(len(tours.row), np.bool_), 1.0, 0.0)  # and what each is worth
    return _after(prepared, plan, knew.improve(seconds, seed), now, flown)


def _after(prepared: Prepared, first: Plan, second: Plan, now: float, more: list[tuple[int, float]]) -> float:
    """Fresh share over the hours after `now` (UTC s) when one plan replaces another at its beginning; `more` looks."""
    start = prepared.file.start.timestamp()
    seen = dict(second.seen) if second.begin <= now else last_looks(first, now, {})
    looks = {int(name): [(time - start) / 3600] for name, time in seen.items()}
    for sortie in second.sorties:
        for stop in sortie.stops:
            if stop.purpose == "cell" and stop.leave >= second.begin:
                looks.setdefault(int(stop.name), [(second.begin - start) / 3600]).append((stop.leave - start) / 3600)
    for cell, time_ in more:
        looks.setdefault(cell, [(second.begin - start) / 3600]).append((time_ - start) / 3600)
    begin = (now - start) / 3600
    return freshness(prepared.ground, looks, begin, begin + AFTER_H)[0]


def typical(found: list[Loss]) -> tuple[float, float]:
    """Median and worst of what not having known cost."""
    return statistics.median(loss.lost for loss in found), max(loss.lost for loss in found)
