"""Where a camera looks: attitude and field of view of ST 0601 -> rays -> points of the sea, and the frame's corners.

Platform axes are forward, right, down; heading, pitch and roll turn them from north, east, down (ST 0601 tags 5, 6, 7,
90, 91). The sensor's relative azimuth, elevation and roll (18, 19, 20) turn the line of sight from the platform's
forward axis in the same order. The image is a pinhole's. The sea is the ellipsoid: heights above sea level (tag 15) are
laid on it, so the geoid does not matter; a height above the ellipsoid (104, 75) is used where there is no other, and
is then wrong by the geoid's undulation. Refraction is left out: with a coefficient of 0.13 it
bends a ray of 20 km by 0.13 d²/2R = 4 m, which at 5° of depression moves the point by some 50 m, nearer the horizon by
more.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mihari.core import geodesy

Floats = NDArray[np.float64]
SEMI_AXES = np.array([geodesy.A, geodesy.A, geodesy.B])
WIDEST = math.radians(170.0)  # of a pinhole's field of view
CORNERS = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])  # right, down: as ST 0601 counts them, 1 to 4


@dataclass(frozen=True, slots=True)
class Camera:
    """Where a camera stands and looks. `axes`: (3, 3), line of sight, image right, image down, unit vectors in ECEF.

    `half`: (2,) tangents of half the horizontal and vertical field of view, NaN where unknown.
    """

    origin: Floats  # (3,) ECEF, m
    axes: Floats
    half: Floats

    def rays(self, right_down: Floats) -> Floats:
        """(..., 3) directions, not of length 1, of image places (..., 2): -1 to 1 from edge to edge, right and down."""
        across = right_down * self.half
        rays: Floats = self.axes[0] + across[..., :1] * self.axes[1] + across[..., 1:] * self.axes[2]
        return rays


@dataclass(frozen=True, slots=True)
class Footprint:
    """The four corners of a frame on the sea: upper left, upper right, lower right, lower left of the image.

    `how`: "full" (tags 82-89), "offsets" (26-33) or "computed". `cut`: (4,) corners that are above the horizon and lie
    at its distance instead.
    """

    lat_deg: Floats
    lon_deg: Floats
    how: str
    cut: NDArray[np.bool_]


def turned(heading: float, pitch: float, roll: float) -> Floats:
    """(3, 3) matrix whose columns are the forward, right and down axes after these turns, rad.

    >>> turned(math.pi / 2, 0.0, 0.0)[:, 0].round(9).tolist(), turned(0.0, math.pi / 2, 0.0)[:, 0].round(9).tolist()
    ([0.0, 1.0, 0.0], [0.0, 0.0, -1.0])
    """
    (ch, cp, cr), (sh, sp, sr) = np.cos([heading, pitch, roll]), np.sin([heading, pitch, roll])
    z = np.array([[ch, -sh, 0.0], [sh, ch, 0.0], [0.0, 0.0, 1.0]])
    y = np.array([[cp, 0.0, sp], [0.0, 1.0, 0.0], [-sp, 0.0, cp]])
    x = np.array([[1.0, 0.0, 0.0], [0.0, cr, -sr], [0.0, sr, cr]])
    turns: Floats = z @ y @ x
    return turns


def first_of(packet: Mapping[str, Any], *names: str) -> float | None:
    """The first of these items that has a value."""
    return next((packet[name] for name in names if packet.get(name) is not None), None)


def sensor_of(packet: Mapping[str, Any]) -> Floats | None:
    """(3,) ECEF of the sensor, its height above the sea laid on the ellipsoid; None where a part of it is missing."""
    lat, lon = packet.get("sensor_lat_deg"), packet.get("sensor_lon_deg")
    height = first_of(packet, "sensor_true_altitude", "sensor_ellipsoid_height_extended", "sensor_ellipsoid_height")
    if lat is None or lon is None or height is None:
        return None
    return geodesy.ecef(lat, lon, height)


def camera_of(packet: Mapping[str, Any], vmti: Mapping[str, Any] | None = None) -> Camera | None:
    """The camera of a packet; None where position or attitude is missing. Fields of view in `vmti` come first."""
    origin = sensor_of(packet)
    heading = packet.get("platform_heading")
    pitch = first_of(packet, "platform_pitch_full", "platform_pitch")
    roll = first_of(packet, "platform_roll_full", "platform_roll")
    azimuth, elevation = packet.get("sensor_relative_azimuth"), packet.get("sensor_relative_elevation")
    if origin is None or None in (heading, pitch, roll, azimuth, elevation):
        return None
    assert heading is not None
    assert pitch is not None
    assert roll is not None
    own = turned(azimuth, elevation, packet.get("sensor_relative_roll") or 0.0)  # type: ignore[arg-type]
    east, north, up = geodesy.axes(packet["sensor_lat_deg"], packet["sensor_lon_deg"])
    axes = (np.stack([north, east, -up], axis=1) @ turned(heading, pitch, roll) @ own).T
    return Camera(origin, axes, _half(packet, vmti or {}))


def _half(packet: Mapping[str, Any], vmti: Mapping[str, Any]) -> Floats:
    """Tangents of half the fields of view; where only one is told, pixels are square."""
    told = []
    for side in ("horizontal", "vertical"):
        angle = first_of(vmti, f"{side}_fov")
        angle = packet.get(f"sensor_{side}_fov") if angle is None else angle
        told.append(math.tan(angle / 2) if angle is not None and 0 < angle < WIDEST else math.nan)
    width, height = vmti.get("frame_width_px"), vmti.get("frame_height_px")
    if width and height:
        told[0] = told[1] * width / height if math.isnan(told[0]) else told[0]
        told[1] = told[0] * height / width if math.isnan(told[1]) else told[1]
    return np.array(told)


def sea(origin: Floats, rays: Floats) -> Floats:
    """Where rays (..., 3) from `origin` (..., 3) meet the ellipsoid first, (..., 3) ECEF; NaN where they do not.

    >>> sea(np.array([geodesy.A + 100.0, 0.0, 0.0]), np.array([[-1.0, 0.0, 0.0], [1.0, 0.0, 0.0]])).tolist()
    [[6378137.0, 0.0, 0.0], [nan, nan, nan]]
    """
    o, d = origin / SEMI_AXES, rays / SEMI_AXES
    a, half_b, c = (d * d).sum(-1), (o * d).sum(-1), (o * o).sum(-1) - 1.0
    under = half_b * half_b - a * c
    with np.errstate(invalid="ignore", divide="ignore"):
        along = np.where((under >= 0.0) & (half_b < 0.0), c / (np.sqrt(under) - half_b), np.nan)
    points: Floats = origin + along[..., None] * rays
    return points


def horizon(origin: Floats, rays: Floats) -> Floats:
    """The points of the horizon, (n, 3) ECEF, below rays (n, 3) that miss the sea: found by halving the depression."""
    lat, lon, _ = geodesy.from_ecef(origin)
    up = geodesy.axes(lat, lon)[2]
    level = rays - (rays @ up)[:, None] * up
    level = level / np.linalg.norm(level, axis=1, keepdims=True)
    low, high = np.zeros(len(rays)), np.full(len(rays), np.pi / 2)
    for _ in range(60):
        middle = (low + high) / 2
        seen = ~np.isnan(sea(origin, _depressed(level, up, middle))[:, 0])
        low, high = np.where(seen, low, middle), np.where(seen, middle, high)
    return sea(origin, _depressed(level, up, high))


def _depressed(level: Floats, up: Floats, depression: Floats) -> Floats:
    down: Floats = np.cos(depression)[:, None] * level - np.sin(depression)[:, None] * up
    return down


def footprint(packet: Mapping[str, Any]) -> Footprint | None:
    """The corners of the frame: as told, else from attitude and field of view; None where the packet does not say.

    None, too, where all four corners are above the horizon. A packet that points straight down from 1000 m with a field
    of 90° by 90° sees 1 km in each direction:

    >>> down = {"sensor_lat_deg": 0.0, "sensor_lon_deg": 0.0, "sensor_true_altitude": 1000.0, "platform_heading": 0.0}
    >>> down |= {"platform_pitch": 0.0, "platform_roll": 0.0, "sensor_relative_azimuth": 0.0}
    >>> down |= {"sensor_relative_elevation": -math.pi / 2, "sensor_horizontal_fov": math.pi / 2}
    >>> seen = footprint(down | {"sensor_vertical_fov": math.pi / 2})
    >>> (seen.lon_deg * 111.319).round(2).tolist(), seen.how
    ([-1.0, 1.0, 1.0, -1.0], 'computed')
    """
    told = _told(packet)
    if told is not None:
        return told
    camera = camera_of(packet)
    if camera is None or np.isnan(camera.half).any():
        return None
    rays = camera.rays(CORNERS)
    points = sea(camera.origin, rays)
    cut = np.isnan(points[:, 0])
    if cut.all():
        return None
    if cut.any():
        points[cut] = horizon(camera.origin, rays[cut])
    lat, lon, _ = geodesy.from_ecef(points)
    return Footprint(lat, lon, "computed", cut)


def _told(packet: Mapping[str, Any]) -> Footprint | None:
    uncut = np.zeros(4, bool)
    lat, lon = (_four(packet, f"corner_{side}_{{}}_deg") for side in ("lat", "lon"))
    if lat is not None and lon is not None:
        return Footprint(lat, lon, "full", uncut)
    lat, lon = (_four(packet, f"offset_corner_{side}_{{}}_deg") for side in ("lat", "lon"))
    center = packet.get("frame_center_lat_deg"), packet.get("frame_center_lon_deg")
    if lat is None or lon is None or center[0] is None or center[1] is None:
        return None
    return Footprint(center[0] + lat, (center[1] + lon + 180.0) % 360.0 - 180.0, "offsets", uncut)


def _four(packet: Mapping[str, Any], name: str) -> Floats | None:
    values = [packet.get(name.format(number)) for number in (1, 2, 3, 4)]
    return None if None in values else np.array(values, float)
