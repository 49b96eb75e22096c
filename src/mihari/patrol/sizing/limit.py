"""What no fleet of candidates can exceed, whatever it is made of: the planner's bound with the fleet left open.

The linear programme of `mihari.patrol.bound`, in which the number of vehicles of each candidate is a variable, too, and
need not be whole; hours that stations are kept are taken off the vehicles that may keep them. So neither fleet nor plan
does better for the same number or price.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import coo_array

from mihari.patrol.bound import _spent as spent
from mihari.patrol.file import PatrolFile
from mihari.patrol.problem import Problem
from mihari.patrol.search.world import BEGIN, END, ENDURANCE, FREE_AT, RATE, TAU, TURN
from mihari.patrol.sizing.candidates import Candidate
from mihari.patrol.stations import MINUTE
from mihari.patrol.vehicles import places_of
from mihari.sensors.platform import profile

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fewest:
    """The smallest fleet that the limit allows for a target: its price, and vehicles of each candidate, not whole."""

    price: float
    vehicles: dict[str, float]


class Limit:
    """The linear programme of a patrol and its candidates (k); cells c, stations s.

    Variables, in this order: looks (k, c), fresh weight of cells (c), vehicles (k), hours on stations (k, s).
    `problem`: of one vehicle of each candidate, in their order, then of others that are left out.
    """

    def __init__(self, file: PatrolFile, candidates: list[Candidate], problem: Problem) -> None:
        self.file, self.candidates, self.world = file, candidates, problem.world
        self.cells, self.kinds = len(problem.world.cell), len(candidates)
        world = problem.world
        rate = world.weight[..., RATE]
        begin, end = float(world.span[BEGIN]), float(world.span[END])
        self.whole = (rate * np.diff(np.clip(np.append(world.edges[:-1], end), begin, end))).sum(axis=1)
        self.each = np.minimum(world.cell[:, TAU], end - begin) * rate.max(axis=1, initial=0.0)
        self.stations = [(s, min(s.to_h, file.hours) - s.from_h) for s in file.station if s.from_h < file.hours]
        self.matrix, self.limits = self._conditions()
        self.most = self._most()

    def fresh(self, price: Floats, budget: float) -> float:
        """The largest share of weight and time that is fresh with vehicles (k,) of such a price within a budget.

        NaN where nothing within it keeps the stations.
        """
        if not self.cells or not self.whole.sum():
            return 1.0
        objective = np.zeros(len(self.most))
        objective[self._fresh] = -1.0
        found = self._solve(objective, self._on_vehicles(price), budget)
        return math.nan if found is None else float(-found[0] / self.whole.sum())

    def fewest(self, price: Floats, target: float) -> Fewest | None:
        """The cheapest fleet that could be so fresh; None where none of the candidates could."""
        wanted = np.zeros(len(self.most))
        wanted[self._fresh] = -1.0
        found = self._solve(self._on_vehicles(price), wanted, -target * float(self.whole.sum()) + 1e-9)
        if found is None:
            return None
        counts = found[1][self._vehicles]
        told = {c.name: round(float(n), 3) for c, n in zip(self.candidates, counts, strict=True) if n > 1e-6}
        return Fewest(float(found[0]), told)

    @property
    def _fresh(self) -> slice:
        first = self.kinds * self.cells
        return slice(first, first + self.cells)

    @property
    def _vehicles(self) -> slice:
        first = (self.kinds + 1) * self.cells
        return slice(first, first + self.kinds)

    def _on_vehicles(self, price: Floats) -> Floats:
        row = np.zeros(len(self.most))
        row[self._vehicles] = price
        return row

    def _solve(self, objective: Floats, row: Floats, limit: float) -> tuple[float, Floats] | None:
        from scipy.sparse import vstack

        matrix = vstack([self.matrix, coo_array(row[None])]).tocsr()
        bounds = np.column_stack([np.zeros(len(self.most)), self.most])
        found = linprog(objective, A_ub=matrix, b_ub=np.append(self.limits, limit), bounds=bounds, method="highs")
        return (float(found.fun), found.x) if found.success else None

    def _conditions(self) -> tuple[coo_array, Floats]:
        """Rows: hours for looks and hours out of each candidate; looks of each cell; hours of each station; spots."""
        cells, kinds, stations = self.cells, self.kinds, len(self.stations)
        entries: list[tuple[int, int, float]] = []
        limits: list[float] = []
        vehicles, posts = (kinds + 1) * cells, (kinds + 1) * cells + kinds
        for k in range(kinds):
            cost, air = spent(self.world, k)
            able = np.flatnonzero(np.isfinite(cost))
            out = self._hours_out(k)
            shares = [(k * cells + int(c), float(cost[c])) for c in able]
            entries += [(len(limits), column, value) for column, value in [*shares, (vehicles + k, -air)]]
            limits.append(0.0)
            kept = [(posts + k * stations + s, 1.0) for s in range(stations)]
            bonus = air if len(able) else 0.0
            entries += [(len(limits), at, v) for at, v in [*shares, *kept, (vehicles + k, -max(out, bonus))]]
            limits.append(0.0)
        for c in range(cells):
            looks = [(len(limits), k * cells + c, -float(self.each[c])) for k in range(kinds)]
            entries += [(len(limits), kinds * cells + c, 1.0), *looks]
            limits.append(float(self.each[c]))
        for s, (_, hours) in enumerate(self.stations):
            entries += [(len(limits), posts + k * stations + s, -1.0) for k in range(kinds)]
            limits.append(-max(hours - MINUTE, 0.0))
        for place in places_of(self.file):
            at = [k for k, c in enumerate(self.candidates) if c.asset.home == place.name]
            entries += [(len(limits), vehicles + k, 1.0) for k in at]
            limits.append(float(place.spots))
        rows, columns, values = zip(*entries, strict=True)
        return coo_array((values, (rows, columns)), shape=(len(limits), posts + kinds * stations)), np.array(limits)

    def _hours_out(self, k: int) -> float:
        """Hours that one vehicle can be out at most, and one way between cells for each sortie (see `bound`)."""
        craft, end = self.world.craft[k], float(self.world.span[END])
        cost, _ = spent(self.world, k)
        dwell = self.world.dwell[int(craft[0]), :, : self.cells].min(axis=0, initial=np.inf)
        able = np.isfinite(cost)
        free = float((cost - dwell)[able].min()) if able.any() else 0.0
        hours, time = 0.0, float(craft[FREE_AT])
        while time < end:
            hours += min(float(craft[ENDURANCE]), end - time) + free
            time += float(craft[ENDURANCE] + craft[TURN])
        return hours

    def _most(self) -> Floats:
        """The largest value of each variable."""
        looks = np.full((self.kinds, self.cells), np.inf)
        for k in range(self.kinds):
            looks[k, ~np.isfinite(spent(self.world, k)[0])] = 0.0
        posts = [
            np.inf if (c.asset.platform in s.platforms if s.platforms else _flies(c)) else 0.0
            for c in self.candidates for s, _ in self.stations
        ]  # fmt: skip
        return np.concatenate([looks.ravel(), self.whole, [float(c.most) for c in self.candidates], posts])


def _flies(candidate: Candidate) -> bool:
    return profile(candidate.asset.platform).kind == "aircraft"
