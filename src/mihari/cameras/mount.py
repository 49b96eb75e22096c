"""A camera's section of the node file -> where it stands, how far it turns, what it shows; rad, m, rad/s."""

from __future__ import annotations

import math
from dataclasses import dataclass

from mihari.core.asset_sections import CameraSection

TURN = 2 * math.pi
ASPECT = 16 / 9  # width of a picture over its height, unless a still tells otherwise


@dataclass(frozen=True, slots=True)
class Mount:
    """Place, limits and optics. `pan` and `tilt`: rad at -1 and at 1 of the camera's own scale.

    `rate`: at which it turns at full speed; `allowed`: faster it is not turned.
    """

    lat_deg: float
    lon_deg: float
    height: float = 10.0
    north: float = 0.0
    pan: tuple[float, float] = (-math.pi, math.pi)
    tilt: tuple[float, float] = (-math.pi / 2, math.pi / 2)
    view: tuple[float, float] = (math.radians(60.0), math.radians(2.0))
    rate: float = math.radians(60.0)
    allowed: float = math.inf
    aspect: float = ASPECT

    @property
    def fastest(self) -> float:
        """At which it is turned at most."""
        return min(self.rate, self.allowed)

    @property
    def endless(self) -> bool:
        """Whether it goes round through the ends of its pan: one that is told to cover 360° or more is taken to."""
        return abs(self.pan[1] - self.pan[0]) >= TURN - 1e-6

    def way(self, one: float, other: float) -> float:
        """How far it turns from one pan to another, rad.

        >>> round(Mount(0.0, 0.0).way(3.0, -3.0), 2), Mount(0.0, 0.0, pan=(-3.1, 3.1)).way(3.0, -3.0)
        (0.28, 6.0)
        """
        direct = abs(other - one)
        return min(direct % TURN, -direct % TURN) if self.endless else direct

    def view_at(self, zoom: float) -> float:
        """Width of the picture, rad: equal steps of zoom magnify by equal ratios.

        >>> mount = Mount(0.0, 0.0)
        >>> [round(math.degrees(mount.view_at(z)), 2) for z in (0.0, 0.5, 1.0)]
        [60.0, 11.47, 2.0]
        """
        wide, narrow = (math.tan(v / 2) for v in self.view)
        return 2 * math.atan(wide * (narrow / wide) ** min(max(zoom, 0.0), 1.0))

    def zoom_for(self, view: float) -> float:
        """The zoom at which the picture is so wide, as near as it gets.

        >>> mount = Mount(0.0, 0.0)
        >>> round(mount.view_at(mount.zoom_for(0.3)), 9), mount.zoom_for(3.0), mount.zoom_for(0.001)
        (0.3, 0.0, 1.0)
        """
        wide, narrow = (math.tan(v / 2) for v in self.view)
        if narrow == wide:
            return 0.0
        return min(max(math.log(math.tan(min(view, 3.1) / 2) / wide) / math.log(narrow / wide), 0.0), 1.0)

    def height_of(self, view: float) -> float:
        """How high a picture of that width is, rad."""
        return 2 * math.atan(math.tan(view / 2) / self.aspect)

    def pan_for(self, bearing: float, near: float = 0.0) -> float | None:
        """The pan that looks to a true bearing, that nearest to `near` where there are two; None: it cannot.

        >>> Mount(0.0, 0.0, north=1.0, pan=(-2.0, 2.0)).pan_for(0.5), Mount(0.0, 0.0, pan=(-2.0, 2.0)).pan_for(3.0)
        (-0.5, None)
        """
        low, high = min(self.pan), max(self.pan)
        first = low + (bearing - self.north - low) % TURN
        ways = [first + k * TURN for k in range(3) if first + k * TURN <= high + 1e-9]
        return min(ways, key=lambda pan: abs(pan - near)) if ways else None

    def tilt_for(self, elevation: float) -> float | None:
        """The tilt that looks to an elevation; None: it cannot."""
        return elevation if min(self.tilt) - 1e-9 <= elevation <= max(self.tilt) + 1e-9 else None

    def bearing_at(self, pan: float) -> float:
        """The true bearing at a pan."""
        return (pan + self.north) % TURN


def mount_of(section: CameraSection) -> Mount:
    """The mount that a section tells.

    >>> section = CameraSection(name="pier", url="http://192.0.2.30/onvif/device_service", lat_deg=26.2, lon_deg=127.7)
    >>> round(math.degrees(mount_of(section).rate)), mount_of(section).height
    (60, 10.0)
    """
    half = math.radians(section.pan_deg) / 2
    low, high = (math.radians(t) for t in section.tilt_deg)
    wide, narrow = (math.radians(v) for v in section.view_deg)
    return Mount(
        section.lat_deg, section.lon_deg, section.height_m, math.radians(section.north_deg), (-half, half), (low, high),
        (wide, narrow), math.radians(section.rate_deg_s), math.radians(section.allowed_deg_s or section.rate_deg_s),
    )  # fmt: skip
