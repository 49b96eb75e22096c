"""Where a vehicle was -> which cells it has looked at, when, and with which chance a vessel there was seen.

Whatever it was told to do: what counts is the way that it really went. Each cell's sea is judged by points all over it.
As the vehicle goes by, a point is seen with the chance that the lateral range curve (`sensors.sweep`) gives for the
nearest it came (`swept`). A cell has been looked at

- when the mean chance over its sea has reached what the patrol file demands (`detect`), or
- when the vehicle leaves it after having been over its middle, and in it for as long as its platform needs there: so
  does a plan count looks (docs/patrol.md, rule 20). `chance` then tells what the look was worth.

What was seen longer ago than the cell's interval is forgotten: vessels have moved on.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mihari.core.units import wrap_lon_deg
from mihari.patrol.file import VESSELS_M, PatrolFile
from mihari.patrol.ground import Ground
from mihari.patrol.swept import EARTH_M, Swept
from mihari.patrol.vehicles import unit_vector
from mihari.sensors.platform import PlatformProfile
from mihari.sensors.sweep import STEP, LateralRange, lateral_range

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

STEP_M, STEP_S = 400.0, 60.0  # positions nearer to the last one than both are passed over
LOST_S = 600.0  # longer without a position, and nobody knows which way it went
NEAR_M = 3000.0  # rule 20: so near to a cell's place is there
SPARE_M = 1000.0  # off the lines, where a cell takes several passes
SPARE_S = 30.0  # of a stay
WORTH = 0.01  # chances below it are none
BEGUN = 0.05  # of a cell: with that a look begins
LOW = 0.5  # of its working height: an aircraft lower than that climbs or lands


@dataclass(frozen=True, slots=True)
class Looked:
    """Cell number `cell` was looked at from `begin` to `end` (UTC s); a vessel of its class was seen with `chance`."""

    cell: int
    begin: float
    end: float
    chance: float


class Looks:
    """The looks of one vehicle, as its positions come: `take` each, `close` when no more come.

    It keeps some numbers for each point of the ground, and of the positions only the last.
    """

    def __init__(self, file: PatrolFile, ground: Ground, platform: PlatformProfile) -> None:
        self._file, self._ground, self._platform = file, ground, platform
        self._rows = np.flatnonzero(np.isfinite(ground.every_h))
        cells, count = ground.cells, len(self._rows)
        points, on_sea = cells.points[self._rows], cells.on_sea[self._rows]
        self._place = unit_vector(cells.lat_deg[self._rows], cells.lon_deg[self._rows])
        self._corners, self._side = cells.corners[self._rows], cells.side
        self._sea = on_sea / on_sea.sum(axis=1, keepdims=True)
        self._swept = Swept(unit_vector(points[..., 0], points[..., 1]))
        self._sizes, self._size = np.unique(ground.vessel[self._rows], return_inverse=True)
        self._curves: dict[int, list[LateralRange]] = {}
        pass_s = cells.side[0] / platform.cruise
        self._memory = np.maximum(3600 * ground.every_h[self._rows], 2 * pass_s)
        self._last: tuple[float, float, float] | None = None
        self._begun = np.full(count, np.nan)  # when the look that goes on began
        self._entered, self._met = np.full(count, np.nan), np.full(count, np.nan)
        self._over, self._counted = np.zeros(count, bool), np.zeros(count, bool)
        self._chance = np.zeros(count)

    def take(self, time: float, lat_deg: float, lon_deg: float, height: float = math.nan) -> list[Looked]:
        """The looks that are complete by now. time: UTC s; height: m above the sea, NaN: its working height.

        What is no place, or no later than the position before, is passed over.
        """
        if not (math.isfinite(time) and abs(lat_deg) <= 90 and abs(lon_deg) <= 180):
            return []
        last = self._last
        if last is None or time - last[0] > LOST_S:
            self._last = (time, lat_deg, lon_deg)
            return []
        start, end = unit_vector(last[1], last[2]), unit_vector(lat_deg, lon_deg)
        near = EARTH_M * float(np.linalg.norm(end - start)) < STEP_M
        if time <= last[0] or (near and time - last[0] < STEP_S):
            return []
        self._last = (time, lat_deg, lon_deg)
        if height < LOW * self._platform.working_height:
            return []
        spell = self._spell(time)
        return [*self._seen(start, end, time, spell), *self._visits(last[0], time, start, end, spell)]

    def close(self) -> list[Looked]:
        """What it has been over for long enough and has not left yet."""
        return [self._visited(int(i)) for i in np.flatnonzero(self._untold())]

    def _spell(self, time: float) -> int:
        hour = (time - self._file.start.timestamp()) / 3600
        return max(sum(spell.start <= hour for spell in self._ground.spells) - 1, 0)

    # by chance

    def _seen(self, start: Floats, end: Floats, time: float, spell: int) -> list[Looked]:
        """Looks whose chance has reached what is demanded."""
        curves = self._of(spell)
        reach = max(_reach(curve) for curve in curves) + 0.75 * math.hypot(*self._side)
        rows = np.flatnonzero(EARTH_M * np.linalg.norm(self._place - end, axis=1) <= reach)

        def chance(some: Rows, distance: Floats) -> Floats:
            found = np.zeros(distance.shape)
            for k, curve in enumerate(curves):
                mine = self._size[some] == k
                found[mine] = curve.at(distance[mine])
            return found

        chances = (self._swept.go(rows, start, end, time, chance) * self._sea[rows]).sum(axis=1)
        old = time - self._begun[rows] > self._memory[rows]
        self._swept.forget(rows[old])
        self._begun[rows[old]] = np.nan
        self._chance[rows] = chances
        fresh = rows[(chances >= BEGUN) & np.isnan(self._begun[rows])]
        self._begun[fresh] = time
        done = rows[chances >= self._file.detect]
        found = [self._looked(int(i), self._begun[i], time) for i in done]
        self._swept.spend(done, time)
        self._begun[done] = np.nan
        self._counted[done] = np.isfinite(self._entered[done])
        return found

    def _of(self, spell: int) -> list[LateralRange]:
        """What it sees of each class of vessels in a spell."""
        if spell not in self._curves:
            told, one = self._ground.spells[spell], self._platform
            self._curves[spell] = [
                lateral_range(one, VESSELS_M[size], told.weather, told.night, told.cloud_base) for size in self._sizes
            ]
        return self._curves[spell]

    # by rule

    def _visits(self, before: float, time: float, start: Floats, end: Floats, spell: int) -> list[Looked]:
        """Cells that it has left after a stay that is long enough."""
        there = self._inside()
        away = _to_segment(self._place, start, end)
        came = there & np.isnan(self._entered)
        self._entered[came] = before
        dwell = self._ground.dwell_h.get(self._platform.id)
        stay = np.full(len(away), np.inf) if dwell is None else 3600 * dwell[self._rows, spell]
        passes = 1 + np.rint(np.where(np.isfinite(stay), stay, 0.0) * self._platform.cruise / self._side[0])
        limit = np.where(passes > 1, np.maximum(NEAR_M, self._side[1] / (2 * passes) + SPARE_M), NEAR_M)
        self._over |= there & (away <= limit)
        stayed = self._over & (time - self._entered >= stay - SPARE_S)
        self._met = np.where(there & stayed & np.isnan(self._met), time, self._met)
        left = np.isfinite(self._entered) & ~there
        found = [self._visited(int(i)) for i in np.flatnonzero(left & self._untold())]
        self._entered[left], self._met[left] = np.nan, np.nan
        self._over[left], self._counted[left] = False, False
        return found

    def _untold(self) -> NDArray[np.bool_]:
        """Stays that are long enough, of passes that have not been told of."""
        return np.asarray(np.isfinite(self._met) & ~self._counted & (self._chance >= BEGUN))

    def _inside(self) -> NDArray[np.bool_]:
        """Which cells it is in."""
        assert self._last is not None
        north = self._corners[..., 0] - self._last[1]
        east = wrap_lon_deg(self._corners[..., 1] - self._last[2])
        turns = north * np.roll(east, -1, axis=1) - east * np.roll(north, -1, axis=1)
        return np.asarray((turns >= 0).all(axis=1) | (turns <= 0).all(axis=1))

    def _visited(self, row: int) -> Looked:
        found = self._looked(row, self._entered[row], self._met[row])
        self._swept.spend(np.array([row]), self._met[row])
        self._begun[row] = np.nan
        return found

    def _looked(self, row: int, begin: float, end: float) -> Looked:
        return Looked(int(self._rows[row]), float(begin), float(end), float(self._chance[row]))


def _reach(curve: LateralRange) -> float:
    """m beyond which a curve is worth nothing."""
    return STEP * float(np.flatnonzero(curve.chance > WORTH).max(initial=-1) + 1)


def _to_segment(places: Floats, start: Floats, end: Floats) -> Floats:
    """m from unit vectors (n, 3) to the way between two others."""
    way = end - start
    part = np.clip((places - start) @ way / max(float(way @ way), 1e-18), 0.0, 1.0)
    return np.asarray(EARTH_M * np.linalg.norm(places - start - part[:, None] * way, axis=1))
