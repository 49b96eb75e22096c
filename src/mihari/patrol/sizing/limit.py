"""What no fleet of candidates can exceed, whatever it is made of: the planner's bound with the fleet left open.

The linear programme of `mihari.patrol.bound`, in which the number of vehicles of each candidate is a variable, too, and
need not be whole. Who keeps a station does nothing else, as in every plan of the planner; how many do so is left open.
So neither fleet nor plan does better for the same number or price.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import coo_array, vstack

from mihari.patrol.bound import spent
from mihari.patrol.file import PatrolFile
from mihari.patrol.problem import Problem
from mihari.patrol.search.world import BEGIN, END, ENDURANCE, FREE_AT, RATE, TAU, TURN
from mihari.patrol.sizing.candidates import Candidate
from mihari.patrol.stations import MINUTE
from mihari.patrol.vehicles import places_of
from mihari.sensors.platform import profile

Floats = NDArray[np.float64]


TANGENTS = 6  # at most, until the target is met
CLOSE = 1e-6  # of a share


@dataclass(frozen=True, slots=True)
class Fewest:
    """The smallest fleet that the limit allows for a target: its price, and vehicles of each candidate, not whole."""

    price: float
    vehicles: dict[str, float]


class Limit:
    """The linear programme of a patrol and its candidates (k); cells c, spells s, stations p.

    Variables, in this order: looks (k, c, s), fresh weight of cells (c), vehicles (k), those on stations (k, p).
    `problem`: of one vehicle of each candidate, in their order, then of others that are left out.
    """

    def __init__(self, file: PatrolFile, candidates: list[Candidate], problem: Problem) -> None:
        self.file, self.candidates, self.world = file, candidates, problem.world
        world = problem.world
        rate = world.weight[..., RATE]
        self.shape = len(candidates), *rate.shape
        begin, end = float(world.span[BEGIN]), float(world.span[END])
        self.whole = (rate * np.diff(np.clip(np.append(world.edges[:-1], end), begin, end))).sum(axis=1)
        self.each = np.minimum(world.cell[:, TAU], end - begin) * rate.max(axis=1, initial=0.0)
        self.stations = [(s, min(s.to_h, file.hours) - s.from_h) for s in file.station if s.from_h < file.hours]
        self.spent = [spent(world, k) for k in range(len(candidates))]
        self.matrix, self.limits = self._conditions()
        self.most = self._most()

    def fresh(self, price: Floats, budget: float) -> float:
        """The largest share of weight and time that is fresh with vehicles (k,) of such a price within a budget.

        NaN where nothing within it keeps the stations.
        """
        if not self.whole.sum():
            return 1.0
        found = self._solve(-self._row(self._fresh, 1.0), self._row(self._vehicles, price), budget)
        return math.nan if found is None else float(-found[0] / self.whole.sum())

    def fewest(self, price: Floats, target: float) -> Fewest | None:
        """The cheapest fleet that could be so fresh; None where none of the candidates could."""
        found = self._solve(self._row(self._vehicles, price), -self._row(self._fresh, 1.0), -self._weight(target))
        if found is None:
            return None
        counts = found[1][self._vehicles]
        told = {c.name: round(float(n), 3) for c, n in zip(self.candidates, counts, strict=True) if n > 1e-6}
        return Fewest(float(found[0]), told)

    def more(self, present: Mapping[str, int], target: float, kinds: int) -> dict[str, float]:
        """How many of a candidate it takes beside the others that are present, not whole; of those that bring most.

        What can be fresh is concave in the number of vehicles: tangents (Newton) come to the number from below.
        Candidates of which no number does are left out.
        """
        counts = np.array([float(present.get(c.name, 0)) for c in self.candidates])
        begin = self._with(counts)
        if begin is None:
            return {}
        found: dict[str, float] = {}
        for k in np.argsort(-begin[1], kind="stable").tolist():
            if len(found) == kinds:
                break
            number = self._number(counts.copy(), k, target, begin)
            if number is not None:
                found[self.candidates[k].name] = number
        return found

    def _number(self, counts: Floats, k: int, target: float, at: tuple[float, Floats] | None) -> float | None:
        for _ in range(TANGENTS):
            if at is None or (at[0] < target - CLOSE and at[1][k] <= CLOSE):
                return None
            if at[0] >= target - CLOSE:
                break
            counts[k] += (target - at[0]) / at[1][k]
            if counts[k] > self.candidates[k].most:
                return None
            at = self._with(counts)
        return float(counts[k])

    def _with(self, counts: Floats) -> tuple[float, Floats] | None:
        """The largest fresh share with so many vehicles (k,), and what one more of each brings; None: no room."""
        low, high = np.zeros(len(self.most)), self.most.copy()
        low[self._vehicles] = high[self._vehicles] = counts
        found = linprog(
            -self._row(self._fresh, 1.0), A_ub=self.matrix, b_ub=self.limits, bounds=np.column_stack([low, high]),
            method="highs",
        )  # fmt: skip
        if not found.success:
            return None
        slopes = -(found.lower.marginals + found.upper.marginals)[self._vehicles]
        return float(-found.fun / self.whole.sum()), np.asarray(slopes / self.whole.sum())

    @property
    def _fresh(self) -> slice:
        first = int(np.prod(self.shape))
        return slice(first, first + self.shape[1])

    @property
    def _vehicles(self) -> slice:
        return slice(self._fresh.stop, self._fresh.stop + self.shape[0])

    def _weight(self, target: float) -> float:
        return target * float(self.whole.sum()) - 1e-9

    def _row(self, which: slice, values: Floats | float) -> Floats:
        row = np.zeros(len(self.most))
        row[which] = values
        return row

    def _solve(self, objective: Floats, row: Floats, limit: float) -> tuple[float, Floats] | None:
        """The smallest objective and where it is, with one more condition; None where nothing keeps all of them."""
        matrix = vstack([self.matrix, coo_array(row[None])]).tocsr()
        bounds = np.column_stack([np.zeros(len(self.most)), self.most])
        found = linprog(objective, A_ub=matrix, b_ub=np.append(self.limits, limit), bounds=bounds, method="highs")
        return (float(found.fun), found.x) if found.success else None

    def _conditions(self) -> tuple[coo_array, Floats]:
        """Rows: hours of each candidate, in all and by spell; looks of each cell; each station; spots at each place."""
        (kinds, cells, spells), stations = self.shape, len(self.stations)
        looks = np.arange(kinds * cells * spells).reshape(self.shape)
        vehicles = self._vehicles.start + np.arange(kinds)
        posts = self._vehicles.stop + np.arange(kinds * stations).reshape(kinds, stations)
        entries: list[tuple[NDArray[np.int64], NDArray[np.int64], Floats]] = []
        limits: list[float] = []

        def add(columns: NDArray[np.int64], values: Floats | float) -> None:
            flat = columns.ravel()
            entries.append((np.full(len(flat), len(limits)), flat, np.broadcast_to(values, columns.shape).ravel()))

        for k, spent_ in enumerate(self.spent):
            able = np.isfinite(spent_.cost)
            for here, hours in [(able, spent_.whole)] + [
                (able & (np.arange(spells) == s), spent_.each[s]) for s in range(spells)
            ]:
                add(looks[k][here], spent_.cost[here])
                add(vehicles[k : k + 1], -hours)
                add(posts[k], hours)
                limits.append(0.0)
            add(posts[k], 1.0)
            add(vehicles[k : k + 1], -1.0)
            limits.append(0.0)
        for c in range(cells):
            add(looks[:, c], -float(self.each[c]))
            add(np.array([self._fresh.start + c]), 1.0)
            limits.append(float(self.each[c]))
        out = np.array([self._hours_out(k) for k in range(kinds)])
        for p, (_, hours) in enumerate(self.stations):
            add(posts[:, p], -out)
            limits.append(-max(hours - MINUTE, 0.0))
        for place in places_of(self.file):
            add(vehicles[[c.asset.home == place.name for c in self.candidates]], 1.0)
            limits.append(float(place.spots))
        rows, columns, values = (np.concatenate(part) for part in zip(*entries, strict=True))
        shape = len(limits), self._vehicles.stop + kinds * stations
        return coo_array((values, (rows, columns)), shape=shape), np.array(limits)

    def _hours_out(self, k: int) -> float:
        """Hours that one vehicle can be out at most."""
        craft, end = self.world.craft[k], float(self.world.span[END])
        hours, time = 0.0, float(craft[FREE_AT])
        while time < end:
            hours += min(float(craft[ENDURANCE]), end - time)
            time += float(craft[ENDURANCE] + craft[TURN])
        return hours

    def _most(self) -> Floats:
        """The largest value of each variable."""
        looks = [np.where(np.isfinite(s.cost), np.inf, 0.0).ravel() for s in self.spent]
        posts = [
            np.inf if (c.asset.platform in s.platforms if s.platforms else _flies(c)) else 0.0
            for c in self.candidates for s, _ in self.stations
        ]  # fmt: skip
        return np.concatenate([*looks, self.whole, [float(c.most) for c in self.candidates], posts])


def _flies(candidate: Candidate) -> bool:
    return profile(candidate.asset.platform).kind == "aircraft"
