"""Where something adrift may be, where it was searched for in vain -> where it is likely now, and where to look next.

Particles of `drift` keep their identity, so each carries a weight: what was searched lowers the weights of those that
would have been seen there then (`absence.unseen`), and they drift on with them. What was searched is an area with a
chance of seeing anything in it, or the way that a searcher went: each leg of it is one pass, by its lateral range. The
next hours go where they find most (`effort`), by random search, which is what is left of any pattern when what is
searched for moves and searchers do not keep their tracks to the metre. Ways between cells cost no time there.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.core.asset import Place
from mihari.core.units import wrap_lon_deg
from mihari.patrol.absence import unseen
from mihari.patrol.drift import Drifted
from mihari.patrol.effort import found, several_resources, sweep_rate
from mihari.patrol.ground import inside
from mihari.patrol.sought import Searcher
from mihari.patrol.swept import EARTH_M

Floats = NDArray[np.float64]

ROUND_KM = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0)
ACROSS = 15  # cells at most that nine tenths of a map are wide: more would show the particles' chance


@dataclass(frozen=True, slots=True)
class AreaSearched:
    """`corners` (lat_deg, lon_deg) in turn; what was in it at `hour` was seen with the `chance`."""

    corners: tuple[Place, ...]
    hour: float
    chance: float
    who: str = ""


@dataclass(frozen=True, slots=True)
class WayGone:
    """`points` (hour, lat_deg, lon_deg) of a searcher, straight on between them."""

    who: Searcher
    points: tuple[tuple[float, float, float], ...]

    @property
    def hours(self) -> list[float]:
        """The middles of its legs."""
        return [(one[0] + other[0]) / 2 for one, other in itertools.pairwise(self.points)]


@dataclass(frozen=True, slots=True)
class SearchMap:
    """Square cells of a map: corners (n, 4, 2) lat_deg, lon_deg; chance (n,) that it is in each; `side` m."""

    corners: Floats
    chance: Floats
    side: float

    def within(self, share: float) -> float:
        """m² of the fewest cells that hold so much of the probability."""
        most = np.sort(self.chance)[::-1]
        count = int(np.searchsorted(np.cumsum(most), share * most.sum() - 1e-12)) + 1
        return min(count, len(most)) * self.side**2


@dataclass(frozen=True, slots=True)
class Next:
    """Where to look: hours (n, k) for each cell and searcher, chance (n,) of finding what is in it, `found` of all."""

    hours: Floats
    chance: Floats
    found: float


def hours_of(searched: Sequence[AreaSearched | WayGone]) -> list[float]:
    """All hours at which it matters where particles are, one after the other."""
    told = [[one.hour] if isinstance(one, AreaSearched) else one.hours for one in searched]
    return sorted({hour for hours in told for hour in hours})


def searched_in_vain(drifted: Drifted, searched: Sequence[AreaSearched | WayGone]) -> tuple[Floats, list[float]]:
    """Weights (particles,) that sum to 1 after all searches, and the chance with which each would have found.

    drifted: at all `hours_of` these searches, at least. BadInput where what was searched leaves nothing.
    """
    weight = np.full(drifted.lat_deg.shape[1], 1 / drifted.lat_deg.shape[1])
    chances = []
    for one in searched:
        seen = _in_area(drifted, one) if isinstance(one, AreaSearched) else _along(drifted, one)
        weight, chance = unseen(weight, seen)
        chances.append(chance)
    return weight, chances


def _at(drifted: Drifted, hour: float) -> tuple[Floats, Floats]:
    row = int(np.argmin(np.abs(drifted.hours - hour)))
    return drifted.lat_deg[row], drifted.lon_deg[row]


def _in_area(drifted: Drifted, area: AreaSearched) -> Floats:
    lat, lon = _at(drifted, area.hour)
    middle = area.corners[0][1]
    corners = tuple((lat_deg, float(wrap_lon_deg(lon_deg - middle))) for lat_deg, lon_deg in area.corners)
    return np.where(inside(corners, lat, wrap_lon_deg(lon - middle)), area.chance, 0.0)


def _along(drifted: Drifted, way: WayGone) -> Floats:
    """Chance (particles,) of being seen from a way: of each leg that passes it abeam, by how far off."""
    missed = np.ones(drifted.lat_deg.shape[1])
    for (one, other), hour in zip(itertools.pairwise(way.points), way.hours, strict=True):
        east, north = metres(one[1:], *_at(drifted, hour))
        leg = np.array(metres(one[1:], other[1], other[2]))
        length = float(np.hypot(*leg))
        if length > 0:
            along = (east * leg[0] + north * leg[1]) / length
            off = (east * leg[1] - north * leg[0]) / length
            missed *= np.where((along >= 0) & (along < length), 1 - way.who.curve.at(off), 1.0)
    return np.asarray(1 - missed)


def metres(origin: Sequence[float], lat_deg: ArrayLike, lon_deg: ArrayLike) -> tuple[Floats, Floats]:
    """m east and north of an origin, for places some 100 km off."""
    degree = math.radians(1.0) * EARTH_M
    east = degree * math.cos(math.radians(origin[0])) * wrap_lon_deg(np.subtract(lon_deg, origin[1]))
    return np.asarray(east), degree * np.subtract(lat_deg, origin[0])


def map_of(lat_deg: Floats, lon_deg: Floats, weight: Floats, side: float = 0.0) -> SearchMap:
    """The map of particles at one time in square cells, of `side` m (0: chosen), those that hold any.

    >>> lat, lon = np.array([0.0, 0.0, 0.005]), np.array([0.0, 0.0001, 0.02])
    >>> cells = map_of(lat, lon, np.array([0.25, 0.25, 0.5]), 1000.0)
    >>> cells.chance.tolist(), cells.corners[0].round(3).tolist()[0]
    ([0.5, 0.5], [-0.006, -0.008])
    """
    origin = float(np.average(lat_deg, weights=weight)), float(lon_deg[0])
    origin = origin[0], origin[1] + float(np.average(wrap_lon_deg(lon_deg - origin[1]), weights=weight))
    east, north = metres(origin, lat_deg, lon_deg)
    side = side or _side(east, north)
    column, row = np.floor(east / side).astype(np.int64), np.floor(north / side).astype(np.int64)
    places, at = np.unique(np.stack([row, column], axis=1), axis=0, return_inverse=True)
    chance = np.bincount(at.ravel(), weights=weight, minlength=len(places)).astype(np.float64)
    places, chance = places[chance > 0], chance[chance > 0]
    degree = math.radians(1.0) * EARTH_M
    ends = side * (places[:, None, :] + np.array([[0, 0], [0, 1], [1, 1], [1, 0]]))
    lat = origin[0] + ends[..., 0] / degree
    lon = wrap_lon_deg(origin[1] + ends[..., 1] / (degree * math.cos(math.radians(origin[0]))))
    return SearchMap(np.stack([lat, lon], axis=-1), chance, side)


def _side(east: Floats, north: Floats) -> float:
    """m of cells that are neither many nor few."""
    wide = max(float(np.subtract(*np.percentile(part, [95, 5]))) for part in (east, north))
    return 1000 * next((km for km in ROUND_KM if 1000 * km * ACROSS >= wide), ROUND_KM[-1])


def where_next(cells: SearchMap, searchers: Sequence[tuple[Searcher, float]]) -> Next:
    """Hours of each searcher, (who, hours) each, where they find most together."""
    rate = np.array([[float(3600 * sweep_rate(who.width, who.speed, cells.side**2)) for who, _ in searchers]])
    rates = np.repeat(rate, len(cells.chance), axis=0)
    hours = several_resources(cells.chance, rates, [spent for _, spent in searchers])
    chance = -np.expm1(-(rates * hours).sum(axis=1))
    return Next(hours, np.asarray(chance), found(cells.chance, rates, hours))
