"""Who could have been seen where and when: the seam that every kind of sensor fills, with radar and AIS behind it.

Cameras are in `electro_optical`, hydrophones in `hydrophone`; sensors that come later are further classes with one
method.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.core.geodesy import polar_of
from mihari.sensors.ais_link import LinkCurve
from mihari.sensors.faults import SOUND, Faults
from mihari.sensors.radar import echo_area, hull_height
from mihari.sensors.table import EchoTable

Floats = NDArray[np.float64]
Hidden = Callable[[Floats, Floats], NDArray[np.bool_]]  # slant range m, bearing rad -> behind land
HiddenAt = Callable[[Floats, Floats, Floats], NDArray[np.bool_]]  # the same and height m above the sea -> behind land


@dataclass(frozen=True, slots=True)
class Sight:
    """A kind of vessel as sensors see it: hull length m, AIS class "A", "B" or "" (none), height m of its antenna."""

    length: float
    device: str = ""
    antenna_height: float = 4.0


class Coverage(Protocol):
    """What one sensor could see."""

    def probability(self, lat_deg: ArrayLike, lon_deg: ArrayLike, time: ArrayLike, kind: Sight) -> Floats:
        """Chance that one look (a scan, a message, a pass) at these places and times (UTC s) reports such a vessel."""
        ...


@dataclass(frozen=True)
class RadarCoverage:
    """A radar on shore: its place, its table in the weather of the time, what it leaves of certainty, land, faults."""

    lat_deg: float
    lon_deg: float
    height: float
    table: EchoTable
    range_max: float
    ceiling: float = 0.95
    hidden: HiddenAt = lambda slant_range, bearing, height: np.zeros(np.shape(slant_range), dtype=np.bool_)
    faults: Faults = SOUND

    def probability(self, lat_deg: ArrayLike, lon_deg: ArrayLike, time: ArrayLike, kind: Sight) -> Floats:
        """Per scan."""
        slant, bearing = polar_of(self.lat_deg, self.lon_deg, self.height, lat_deg, lon_deg)
        height = hull_height(kind.length)
        chance = self.ceiling * self.table.plot_probability(slant, echo_area(kind.length), height)
        blind = self.hidden(slant, bearing, height) | (slant > self.range_max) | ~self.faults.working(time)
        return np.asarray(np.where(blind, 0.0, chance))


@dataclass(frozen=True)
class AisCoverage:
    """A receiver at a place, on a mast or an aircraft; `survival`: what colliding slots leave (see `ais_slots`)."""

    lat_deg: float
    lon_deg: float
    height: float
    survival: float = 1.0
    faults: Faults = SOUND

    def probability(self, lat_deg: ArrayLike, lon_deg: ArrayLike, time: ArrayLike, kind: Sight) -> Floats:
        """Per message; 0 of vessels that have no AIS."""
        distance, _ = polar_of(self.lat_deg, self.lon_deg, 0.0, lat_deg, lon_deg)
        working = self.faults.working(time)
        if not kind.device:
            return np.zeros(np.broadcast_shapes(distance.shape, working.shape))
        curve = LinkCurve(self.height, kind.antenna_height, kind.device == "B")
        return np.asarray(np.where(working, self.survival * curve(distance), 0.0))


def seen_by_any(chances: list[Floats]) -> Floats:
    """Chance that at least one of several sensors reports, if they miss independently.

    >>> seen_by_any([np.array([0.5, 0.0]), np.array([0.5, 0.2])]).round(2).tolist()
    [0.75, 0.2]
    """
    return np.asarray(1 - np.prod([1 - c for c in chances], axis=0))
