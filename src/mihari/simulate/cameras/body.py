"""What a simulated camera is and where it stands, and the vessels it could see."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from mihari.core.geodesy import direct


@dataclass(frozen=True, slots=True)
class Body:
    """A camera's place, limits and rates; rad, m, rad/s. `zoom` 0 is the widest view, 1 the narrowest.

    >>> round(math.degrees(Body().view_at(0.0)), 6), round(math.degrees(Body().view_at(1.0)), 6)
    (60.0, 2.0)
    """

    lat_deg: float = 26.2
    lon_deg: float = 127.6
    height: float = 25.0
    north: float = 0.0  # true bearing at pan 0
    pan: tuple[float, float] = (-math.pi, math.pi)
    tilt: tuple[float, float] = (-math.pi / 2, math.pi / 2)
    view: tuple[float, float] = (math.radians(60.0), math.radians(2.0))  # width of the picture at zoom 0 and 1
    rate: tuple[float, float, float] = (math.radians(60.0), math.radians(30.0), 0.5)  # pan, tilt, zoom at full speed
    endless: bool = True
    size: tuple[int, int] = (640, 360)  # of the picture, width and height

    def view_at(self, zoom: float) -> float:
        """Width of the picture: equal steps of zoom magnify by equal ratios."""
        wide, narrow = (math.tan(v / 2) for v in self.view)
        return 2 * math.atan(wide * (narrow / wide) ** zoom)


@dataclass(frozen=True, slots=True)
class Hull:
    """A vessel as it lies on the sea: where, over which course, how large; rad, m, m/s."""

    lat_deg: float
    lon_deg: float
    course: float = 0.0
    speed: float = 0.0
    length: float = 60.0
    beam: float = 10.0
    height: float = 15.0
    colour: tuple[int, int, int] = (150, 30, 30)


Truth = Callable[[float], Sequence[Hull]]


def straight_on(hulls: Sequence[Hull], since: float) -> Truth:
    """A truth in which every vessel keeps its course and speed from a time on.

    >>> truth = straight_on([Hull(0.0, 0.0, math.pi / 2, 10.0)], since=100.0)
    >>> round(truth(200.0)[0].lon_deg * 111319.49, 1)
    1000.0
    """

    def truth(time: float) -> list[Hull]:
        moved = []
        for one in hulls:
            lat_deg, lon_deg = direct(one.lat_deg, one.lon_deg, one.course, one.speed * (time - since))
            moved.append(replace(one, lat_deg=float(lat_deg), lon_deg=float(lon_deg)))
        return moved

    return truth
