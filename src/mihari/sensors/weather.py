"""Wind, waves, rain and visibility of a place and time -> what the formulas of sensors need: one value, `Weather`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# Wind in m/s of the sea states 0 to 6 (Nathanson, Radar Design Principles, as used in NRL's clutter work)
_WIND = np.array([0.0, 2.5, 4.5, 6.0, 8.5, 11.0, 14.0])
# Standard deviation of the sea's surface in m at the sea states below it (Gregers-Hansen and Mital, NRL 2014, table 1)
_ROUGH_STATE = np.array([0.0, 2.0, 3.0, 5.0, 6.0])
_ROUGHNESS = np.array([0.01, 0.11, 0.29, 1.03, 1.61])


def sea_state_of_wind(wind: float) -> float:
    """Douglas sea state that wind of this speed (m/s) raises when it has blown long enough; at most 6.

    >>> sea_state_of_wind(6.0), sea_state_of_wind(7.25)
    (3.0, 3.5)
    """
    return float(np.interp(wind, _WIND, np.arange(7.0)))


@dataclass(frozen=True, slots=True)
class Weather:
    """Weather over the whole coast at one time. `sea_state`: Douglas, 0 to 6; not given, it follows from the wind.

    >>> Weather(wind=11.0).sea, Weather(wind=11.0, sea_state=2.0).sea
    (5.0, 2.0)
    """

    sea_state: float | None = None
    rain_mmph: float = 0.0
    visibility: float = 20_000.0  # m
    wind: float = 0.0  # m/s
    wind_from: float = 0.0  # rad, where it comes from

    @property
    def sea(self) -> float:
        """The sea state: as given, else raised by the wind."""
        return sea_state_of_wind(self.wind) if self.sea_state is None else self.sea_state

    @property
    def roughness(self) -> float:
        """Standard deviation of the sea's surface, m.

        >>> Weather(sea_state=4.0).roughness
        0.66
        """
        return round(float(np.interp(self.sea, _ROUGH_STATE, _ROUGHNESS)), 9)


CALM = Weather(sea_state=0.0)
