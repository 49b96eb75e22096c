"""Fleets grown one vehicle at a time, each planned by the planner's own search from the routes of the one before.

Whoever brings most for his price is added: hours of stations first, then fresh weight. A fleet that is larger begins
with the routes of the smaller one, so that short searches add up. At the end vehicles are left out or exchanged for
cheaper ones where the target is still met, or for better ones where it is not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from mihari.patrol.bound import bound
from mihari.patrol.file import PatrolFile
from mihari.patrol.planner import fresh_share
from mihari.patrol.search.world import Tours
from mihari.patrol.sizing.candidates import Candidate
from mihari.patrol.sizing.curve import Curve, Point
from mihari.patrol.sizing.limit import Limit
from mihari.patrol.sizing.routes import grown, improved
from mihari.patrol.sizing.stock import Fleet, Stock
from mihari.patrol.stations import Manned
from mihari.patrol.told import sorties_of

Progress = Callable[[float, str], None]

MOVES_A_SECOND = 50_000  # of the search, measured on one core of 2025: seconds are counted in moves, to be repeatable
TRIED = 0.15  # of the moves of a fleet go to each candidate that is tried
FREE_PRICE = 1e-3  # taken for what costs nothing
EXCHANGES = 12  # tried at the end
ROUNDING = 1e-4  # of fresh: less is no gain


@dataclass(frozen=True)
class Planned:
    """A fleet with its routes."""

    counts: dict[str, int]
    fleet: Fleet
    tours: Tours
    fresh: float
    unmanned_h: float

    def better_than(self, other: Planned) -> bool:
        """Whether it keeps stations for longer, or else is fresher."""
        return (-round(self.unmanned_h, 2), self.fresh) > (-round(other.unmanned_h, 2), other.fresh + ROUNDING)


def size(
    file: PatrolFile, candidates: list[Candidate], target: float = 0.95, most: int = 30, seconds: float = 2.0,
    seed: int = 1, first: dict[str, int] | None = None, progress: Progress = lambda share, text: None,
) -> Curve:  # fmt: skip
    """Fleets from `first` (default: nothing) until the target is met, `most` vehicles are there, or nothing helps.

    target: share of weight and time that is fresh; seconds: search of each fleet, counted in moves. BadInput for what
    does not fit together.
    """
    progress(0.0, "preparing")
    stock = Stock(file, candidates)
    limit = Limit(file, candidates, stock.problem)
    grower = Grower(stock, int(seconds * MOVES_A_SECOND), seed)
    prices = np.array([max(c.cost_per_h, FREE_PRICE) for c in candidates])
    fleet = grower.planned(dict(first or {}), None, 1.0)
    points = [_point(stock, limit, fleet, "")]
    why_ended = f"{most} vehicles are there"
    while sum(fleet.counts.values()) < most:
        if points[-1].meets(target):
            why_ended = "the target is met"
            break
        count = sum(fleet.counts.values())
        grown = grower.grown(fleet, partial(progress, count / most))
        if grown is None:
            why_ended = "one more of no candidate makes the plan better"
            break
        added, fleet = grown
        points.append(_point(stock, limit, fleet, added))
        progress(sum(fleet.counts.values()) / most, f"{points[-1].count} vehicles, fresh {fleet.fresh:.1%}")
    last = grower.exchanged(fleet, target, progress)
    better = None if last is fleet else _point(stock, limit, last, "")
    return Curve(
        file.name, target, tuple(points), better, limit.fewest(np.ones(len(candidates)), target),
        limit.fewest(prices, target), why_ended,
    )  # fmt: skip


def _point(stock: Stock, limit: Limit, fleet: Planned, added: str) -> Point:
    made, counts = fleet.fleet, fleet.counts
    sorties = [*made.manned.sorties, *sorties_of(made.problem, fleet.tours)]
    prices = {asset.name: asset.cost_per_h for asset in made.file.asset}
    hours = made.file.hours
    begin = made.file.start.timestamp()
    cost = sum(
        prices.get(s.vehicle, 0.0) * max(min(s.landing, begin + 3600 * hours) - max(s.launch, begin), 0.0) / 3600
        for s in sorties
    )
    each = {c.name: c.cost_per_h for c in stock.candidates}
    return Point(
        {name: n for name, n in counts.items() if n}, added, fleet.fresh,
        bound(made.problem.world), limit.fresh(np.ones(len(stock.candidates)), float(sum(counts.values()))),
        sum(n * each[name] for name, n in counts.items()), 24 * cost / hours, fleet.unmanned_h,
    )  # fmt: skip


def unmanned_h(file: PatrolFile, manned: Manned) -> float:
    """Hours in which nobody keeps a station that should be kept, over all stations."""
    begin = file.start.timestamp()
    short = 0.0
    for station in file.station:
        time, end = station.from_h, min(station.to_h, file.hours)
        stops = [stop for s in manned.sorties for stop in s.stops if stop.name == station.name]
        for stop in sorted(stops, key=lambda s: s.arrive):
            short += max((stop.arrive - begin) / 3600 - time, 0.0)
            time = max(time, (stop.leave - begin) / 3600)
        short += max(end - time, 0.0)
    return short


class Grower:
    """Plans fleets of a stock with so many moves each."""

    def __init__(self, stock: Stock, moves: int, seed: int) -> None:
        self.stock, self.moves, self.seed = stock, moves, seed

    def grown(self, fleet: Planned, progress: Callable[[str], None]) -> tuple[str, Planned] | None:
        """The fleet with one vehicle more of whom brings most for its price; None where nobody brings anything."""
        best: tuple[tuple[float, float], str, Planned] | None = None
        for c in self.stock.candidates:
            if not self._room(fleet.counts, c):
                continue
            progress(f"one more {c.name}?")
            tried = self.planned(fleet.counts | {c.name: fleet.counts.get(c.name, 0) + 1}, fleet, TRIED)
            price = max(c.cost_per_h, FREE_PRICE)
            worth = round((fleet.unmanned_h - tried.unmanned_h) / price, 6), (tried.fresh - fleet.fresh) / price
            if tried.better_than(fleet) and (best is None or worth > best[0]):
                best = worth, c.name, tried
        if best is None:
            return None
        return best[1], self.planned(best[2].counts, best[2], 1.0)

    def _room(self, counts: dict[str, int], candidate: Candidate) -> bool:
        """Whether there may be one more of it, and it has a spot at its home."""
        homes = {c.name: c.asset.home for c in self.stock.candidates}
        there = sum(n for name, n in counts.items() if homes[name] == candidate.asset.home)
        there += sum(asset.count for asset in self.stock.kept if asset.home == candidate.asset.home)
        spots = next(p.spots for p in self.stock.problem.places if p.name == candidate.asset.home)
        return counts.get(candidate.name, 0) < candidate.most and there < spots

    def exchanged(self, fleet: Planned, target: float, progress: Progress) -> Planned:
        """The fleet with vehicles left out or exchanged while that makes it cheaper, or else fresher."""
        for number in range(EXCHANGES):
            progress(1.0, f"exchange {number + 1} of at most {EXCHANGES}")
            found = self._exchange(fleet, target)
            if found is None:
                break
            fleet = found
        return fleet

    def _exchange(self, fleet: Planned, target: float) -> Planned | None:
        price = {c.name: c.cost_per_h for c in self.stock.candidates}
        met = fleet.fresh >= target and fleet.unmanned_h < 0.05
        offers: list[tuple[float, dict[str, int]]] = []
        for out, n in sorted(fleet.counts.items()):
            if not n:
                continue
            fewer = fleet.counts | {out: n - 1}
            offers += [(price[out], fewer)] if met else []
            for c in self.stock.candidates:
                saved = price[out] - c.cost_per_h
                if c.name != out and self._room(fewer, c) and (saved > 0 if met else saved >= 0):
                    offers.append((saved, fewer | {c.name: fewer.get(c.name, 0) + 1}))
        for _, counts in sorted(self._hopeful(offers, fleet, target if met else 0.0), key=lambda o: -o[0])[:EXCHANGES]:
            tried = self.planned(counts, fleet, TRIED if not met else 1.0)
            if (tried.fresh >= target and tried.unmanned_h < 0.05) if met else tried.better_than(fleet):
                return self.planned(counts, tried, 1.0)
        return None

    def _hopeful(
        self, offers: list[tuple[float, dict[str, int]]], fleet: Planned, least: float
    ) -> list[tuple[float, dict[str, int]]]:
        """Offers that their bound does not rule out."""
        least = max(least, fleet.fresh if not least else 0.0)
        return [offer for offer in offers if bound(self.stock.fleet(offer[1]).problem.world) >= least]

    def planned(self, counts: dict[str, int], before: Planned | None, share: float) -> Planned:
        """A fleet with routes: those of the vehicles that were there before, improved with a share of the moves."""
        made = self.stock.fleet(counts)
        tours = grown(made, self.seed, None if before is None else (before.fleet, before.tours))
        begun = Tours(*(part.copy() for part in tours))
        improved(made, tours, round(share * self.moves), self.seed)
        kept = max((begun, tours), key=lambda routes: fresh_share(made.problem.world, routes))
        fresh = fresh_share(made.problem.world, kept)
        return Planned(dict(counts), made, kept, fresh, unmanned_h(made.file, made.manned))
