"""`[[base]]` and `[[ship]]` -> `Place`: where it is at a time, what it offers, when it is closed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.core.units import wrap_lon_deg
from mihari.patrol.checker import slack
from mihari.patrol.file import BaseSection, PatrolFile, ShipSection

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Place:
    """A base or a ship. `start`: UTC s of the patrol's hour 0."""

    section: BaseSection | ShipSection
    start: float

    @property
    def name(self) -> str:
        """As assets name it."""
        return self.section.name

    @property
    def is_ship(self) -> bool:
        """Whether it has a deck that the sea moves."""
        return isinstance(self.section, ShipSection)

    @property
    def slot(self) -> float:
        """s from one movement to the next."""
        return 60 * self.section.slot_min

    def where(self, times: ArrayLike) -> tuple[Floats, Floats]:
        """lat_deg, lon_deg at times (UTC s): ships go straight from point to point of their way, then they stay.

        >>> ship = ShipSection(name="n", way=((0, 25.0, 179.0), (2, 26.0, -179.0)), offers=())
        >>> lat, lon = Place(ship, 0.0).where([0.0, 3600.0, 1e6])
        >>> lat.tolist(), lon.tolist()
        ([25.0, 25.5, 26.0], [179.0, -180.0, -179.0])
        """
        hours = (np.asarray(times, dtype=np.float64) - self.start) / 3600
        if isinstance(self.section, BaseSection):
            return np.full(hours.shape, self.section.lat_deg), np.full(hours.shape, self.section.lon_deg)
        hour, lat, lon = np.array(self.section.way, dtype=np.float64).T
        lon = np.degrees(np.unwrap(np.radians(lon)))
        return np.interp(hours, hour, lat), np.asarray(wrap_lon_deg(np.interp(hours, hour, lon).round(9)))

    def closed(self, time: float) -> tuple[float, float] | None:
        """The hours, from and to, for which it is closed at a time (UTC s); None while it is open."""
        for first, last in self.section.closed_h:
            if self.start + 3600 * first + slack.TIME_S < time < self.start + 3600 * last - slack.TIME_S:
                return first, last
        return None


def places_of(file: PatrolFile) -> dict[str, Place]:
    """All bases and ships of a patrol by name."""
    start = file.start.timestamp()
    sections: list[BaseSection | ShipSection] = [*file.base, *file.ship]
    return {section.name: Place(section, start) for section in sections}
