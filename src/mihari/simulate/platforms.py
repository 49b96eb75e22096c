"""What carries sensors and is no vessel of the traffic: aircraft, underwater vehicles. Tables, ways, what can be.

No radar of the coast sees a platform, and it is not in the truth: what a coast is watched with is not what is watched.
A patrol ship, which others do see, is a `[[vessel]]` instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np

from mihari.core.errors import ConfigError
from mihari.core.geodesy import inverse
from mihari.core.units import KNOT
from mihari.simulate.cast import Actor, Cast
from mihari.simulate.paths import Path
from mihari.simulate.toml_keys import key
from mihari.simulate.ways import Floats


@dataclass(frozen=True, slots=True)
class Platform:
    """Goes along `route` at one speed from `start` on, with `loop` round and round; m, m/s, s after the start.

    `height`: above the sea; what it carries has its own `height_m` on top. `surfaces_every`: it is under water, but for
    the first `surfaces_for` s of so many s; 0: never under water.
    """

    name: str = key("name", "text")
    route: tuple[tuple[float, float], ...] = key("route_deg", "places")
    speed: float = key("speed_kn", "number", unit=KNOT, low=0.01, high=600)
    height: float = key("height_m", "number", 0.0, low=0, high=20_000)
    loop: bool = key("loop", "flag", False)
    start: float = key("start_s", "number", 0.0, low=-1e7, high=1e8)
    surfaces_every: float = key("surfaces_every_s", "number", 0.0, low=0, high=1e6)
    surfaces_for: float = key("surfaces_for_s", "number", 0.0, low=0, high=1e6)

    def up(self, elapsed: float) -> bool:
        """Whether it is above the water `elapsed` s after the scenario's start.

        >>> diver = Platform("auv", ((26.0, 127.0), (26.1, 127.0)), 2.0, surfaces_every=600.0, surfaces_for=120.0)
        >>> diver.up(60.0), diver.up(120.0), diver.up(600.0)
        (True, False, True)
        """
        return not self.surfaces_every or elapsed % self.surfaces_every < self.surfaces_for

    @property
    def path(self) -> Path:
        """Where it is, and when."""
        lat_deg, lon_deg = np.array(self.route).T
        return way(lat_deg, lon_deg, self.speed, self.start, self.loop)


class Carried(Protocol):
    """A sensor that something may carry."""

    @property
    def aboard(self) -> str | None:
        """The name of the vessel or platform that does."""


def way(lat_deg: Floats, lon_deg: Floats, speed: float, start: float, loop: bool, goes_on: bool = False) -> Path:
    """A path through these places at `speed` m/s, the first at `start` s; with `loop` back to it and so on for ever."""
    if loop:
        legs, _ = inverse(lat_deg, lon_deg, np.roll(lat_deg, -1), np.roll(lon_deg, -1))
        return Path.round(start, legs / speed, lat_deg, lon_deg)
    legs, _ = inverse(lat_deg[:-1], lon_deg[:-1], lat_deg[1:], lon_deg[1:])
    return Path.through(start + np.append(0.0, np.cumsum(legs / speed)), lat_deg, lon_deg, goes_on=goes_on)


def riders(platforms: Sequence[Platform]) -> list[Cast]:
    """The platforms as ghosts behind the traffic: they have a place, no radar sees them, they are not in the truth."""
    return [Cast((Actor("boat", one.path, device="", ghost=True),)) for one in platforms]


def check_platforms(platforms: Sequence[Platform], vessels: Sequence[str], file: str) -> None:
    """ConfigError for a platform that could not be."""
    names = list(vessels)
    for i, one in enumerate(platforms):
        where = f"platform[{i}]"
        if one.name in names:
            raise ConfigError(file, f"{where}.name", f"{one.name!r} is the name of another carrier too")
        names.append(one.name)
        check_route(one.route, one.loop, f"{where}.route_deg", file)
        if one.surfaces_for > one.surfaces_every:
            raise ConfigError(file, f"{where}.surfaces_for_s", "expected less than surfaces_every_s")


def check_route(route: Sequence[tuple[float, float]], loop: bool, where: str, file: str) -> None:
    """Nowhere twice in a row; of a loop the first place follows the last."""
    if any(a == b for a, b in pairwise([*route, *route[:1]] if loop else route)):
        raise ConfigError(file, where, "the same place twice in a row")


def check_carried(kind: str, sensors: Sequence[Carried], carriers: Sequence[str], file: str) -> None:
    """ConfigError for a sensor aboard what does not exist."""
    for i, sensor in enumerate(sensors):
        if sensor.aboard is not None and sensor.aboard not in carriers:
            known = ", ".join(carriers) or "none"
            problem = f"no vessel or platform is named {sensor.aboard!r}; known are {known}"
            raise ConfigError(file, f"{kind}[{i}].aboard", problem)
