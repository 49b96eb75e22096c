"""A vessel as believed and a camera's mount -> where to look, how wide, and where the vessel will be by then. Pure.

Directions are exact on the ellipsoid; light bends by 0.13 of the curvature of the sea (Gauss's coefficient of
terrestrial refraction; Torge, Geodesy, 3rd ed., 5.1.1), not by the quarter that radar waves do: at 10 NM it lifts a
vessel by 0.2 mrad. The optical horizon of a camera at 25 m is 19.1 km off (radar: 20.6 km). Over a sea that is much
colder or warmer than the air this fails, by a mrad or more near the horizon.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mihari.cameras.mount import Mount
from mihari.core.geodesy import MEAN_RADIUS, axes, direct, ecef

BENDING = 0.13
RADIUS = MEAN_RADIUS / (1 - BENDING)  # m, as large as the Earth seems to light
LENGTH = 60.0  # m, of a vessel that tells none: most of what tells none is smaller
FILL = 0.6  # of the picture that vessel and uncertainty take: the rest is for the camera's own errors
SIGMAS = 2.0  # of the position on each side
MANOEUVRE = 0.02  # m²/s³, by which a velocity wanders: a course change of 10° a minute at 12 kn


@dataclass(frozen=True, slots=True)
class Believed:
    """A vessel at a time: degrees, m/s, m.

    `covariance`: (4, 4) of east, north and their rates, m² and m²/s²; `length`: NaN unknown.
    """

    time: float
    lat_deg: float
    lon_deg: float
    east: float
    north: float
    covariance: NDArray[np.float64]
    length: float = math.nan
    id: int = 0


@dataclass(frozen=True, slots=True)
class Sight:
    """A direction from a camera: bearing and elevation in rad, distance in m; `hidden`: m of it below the horizon."""

    bearing: float
    elevation: float
    distance: float
    hidden: float


def believed_of(vessels: Any, row: int, length: float = math.nan) -> Believed:
    """A row of a picture's `Vessels`, with the length that it claims."""
    v = {name: float(getattr(vessels, f"cov_{name}")[row]) for name in COVARIANCE}
    upper = [[v["ee"], v["en"], v["eu"], v["ev"]], [0, v["nn"], v["nu"], v["nv"]], [0, 0, v["uu"], v["uv"]],
             [0, 0, 0, v["vv"]]]  # fmt: skip
    half = np.array(upper)
    whole = half + np.triu(half, 1).T
    names = ("time", "lat_deg", "lon_deg", "east_mps", "north_mps")
    time, lat_deg, lon_deg, east, north = (float(getattr(vessels, name)[row]) for name in names)
    return Believed(time, lat_deg, lon_deg, east, north, whole, length, int(vessels.id[row]))


COVARIANCE = ("ee", "en", "nn", "eu", "ev", "nu", "nv", "uu", "uv", "vv")


def predicted(vessel: Believed, time: float) -> Believed:
    """Where it will be, over a straight way, and how much less sure that is.

    >>> one = Believed(0.0, 0.0, 0.0, 10.0, 0.0, np.diag([100.0, 100.0, 0.04, 0.04]))
    >>> later = predicted(one, 60.0)
    >>> round(later.lon_deg * 111319.49), round(float(later.covariance[0, 0]))  # 100 + 60² · 0.04 + 0.02 · 60³ / 3
    (600, 1684)
    """
    dt = time - vessel.time
    speed = math.hypot(vessel.east, vessel.north)
    lat_deg, lon_deg = direct(vessel.lat_deg, vessel.lon_deg, math.atan2(vessel.east, vessel.north), speed * dt)
    step = np.eye(4)
    step[0, 2] = step[1, 3] = dt
    t, two = abs(dt), np.eye(2)
    noise = MANOEUVRE * np.block([[two * t**3 / 3, two * t**2 / 2], [two * t**2 / 2, two * t]])
    covariance = step @ vessel.covariance @ step.T + noise
    return replace(vessel, time=time, lat_deg=float(lat_deg), lon_deg=float(lon_deg), covariance=covariance)


def sight(mount: Mount, lat_deg: float, lon_deg: float, height: float = 0.0) -> Sight:
    """How a camera sees a point: at sea level, or `height` m above it. Straight through the sea where it is hidden.

    >>> seen = sight(Mount(0.0, 0.0, height=25.0), 0.0, 0.1)
    >>> round(math.degrees(seen.bearing), 6), round(seen.elevation * 1e3, 2), round(seen.distance), seen.hidden
    (90.0, -3.0, 11132, 0.0)
    """
    offset = ecef(lat_deg, lon_deg, height) - ecef(mount.lat_deg, mount.lon_deg, mount.height)
    east, north, up = (float(offset @ axis) for axis in axes(mount.lat_deg, mount.lon_deg))
    flat = math.hypot(east, north)
    elevation = math.atan2(up, flat) + flat * BENDING / (2 * MEAN_RADIUS)
    beyond = max(flat - horizon(mount), 0.0)
    return Sight(math.atan2(east, north) % (2 * math.pi), elevation, math.hypot(flat, up), beyond**2 / (2 * RADIUS))


def horizon(mount: Mount) -> float:
    """Distance in m of the sea's horizon.

    >>> round(horizon(Mount(0.0, 0.0, height=25.0)))
    19135
    """
    return math.sqrt(2 * RADIUS * max(mount.height, 0.0))


def seen_at(mount: Mount, vessel: Believed) -> Sight:
    """How a camera sees a vessel: its waterline, or, beyond the horizon, the line of the horizon above it."""
    found = sight(mount, vessel.lat_deg, vessel.lon_deg)
    return sight(mount, vessel.lat_deg, vessel.lon_deg, found.hidden) if found.hidden else found


def view_for(mount: Mount, vessel: Believed, seen: Sight, sigmas: float = SIGMAS, fill: float = FILL) -> float:
    """Width of a picture, rad, in which the vessel and its uncertainty take `fill`, both across and up.

    >>> one = Believed(0.0, 0.1, 0.0, 0.0, 0.0, np.diag([100.0, 100.0, 0.0, 0.0]), length=60.0)
    >>> mount = Mount(0.0, 0.0, height=25.0)
    >>> round(view_for(mount, one, seen_at(mount, one)) * 11057 * 0.6)  # 60 m and twice 20 m
    100
    """
    sine, cosine = math.sin(seen.bearing), math.cos(seen.bearing)
    across, along = np.array([cosine, -sine]), np.array([sine, cosine])
    position = vessel.covariance[:2, :2]
    wide, deep = (math.sqrt(max(float(axis @ position @ axis), 0.0)) for axis in (across, along))
    length = vessel.length if math.isfinite(vessel.length) and vessel.length > 0 else LENGTH
    width = math.atan((length + 2 * sigmas * wide) / max(seen.distance, 1.0)) / fill
    # a vessel that is nearer or farther than believed stands lower or higher: by the slope of the line of sight
    slope = mount.height / max(seen.distance, 1.0) ** 2 + 1 / (2 * RADIUS)
    height = 2 * sigmas * deep * slope / fill
    up = 2 * math.atan(math.tan(min(height, 3.0) / 2) * mount.aspect)
    return max(width, up)


def angle_between(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Angle in rad between two directions, each (bearing or pan, elevation).

    >>> round(angle_between((0.0, 0.0), (0.3, 0.0)), 9), round(angle_between((6.2, 0.1), (6.2 - 2 * math.pi, 0.1)), 9)
    (0.3, 0.0)
    """
    dpan, dtilt = one[0] - other[0], one[1] - other[1]
    half = math.sin(dtilt / 2) ** 2 + math.cos(one[1]) * math.cos(other[1]) * math.sin(dpan / 2) ** 2
    return 2 * math.asin(min(math.sqrt(half), 1.0))


@dataclass(frozen=True, slots=True)
class Pointing:
    """What to ask of a camera, and when it will be there; `vessel` and `seen` are of that time."""

    pan: float
    tilt: float
    zoom: float
    time: float
    vessel: Believed
    seen: Sight


def pointing(
    mount: Mount, vessel: Believed, now: float, here: tuple[float, float], delay: float = 0.0, rate: float = math.inf,
    ahead: float = 0.0,
) -> Pointing | None:  # fmt: skip
    """Where to send a camera that looks to `here` (pan, tilt) so that it meets the vessel; None: it cannot look there.

    It will have understood after `delay` s, turn at `rate` rad/s, and is sent `ahead` s farther than it arrives.

    >>> one = Believed(0.0, 0.1, 0.0, 100.0, 0.0, np.diag([1.0, 1.0, 0.0, 0.0]))
    >>> met = pointing(Mount(0.0, 0.0), one, 0.0, (-0.5, 0.0), delay=0.5, rate=0.1)
    >>> round(met.time, 2), round(met.pan * 11057)  # 0.5 rad and what the vessel has gone by then, 100 m/s
    (6.05, 604)
    """
    time, found = now + delay, None
    for _ in range(6):  # each turn gains the ratio of the camera's rate to the vessel's, 50 and more
        then = predicted(vessel, time + ahead)
        seen = seen_at(mount, then)
        pan, tilt = mount.pan_for(seen.bearing, here[0]), mount.tilt_for(seen.elevation)
        if pan is None or tilt is None:
            return None
        found = Pointing(pan, tilt, mount.zoom_for(view_for(mount, then, seen)), time, then, seen)
        time = now + delay + max(mount.way(here[0], pan), abs(tilt - here[1])) / rate
    return found
