"""What a video processor found in a frame -> positions on the sea with their covariance. ST 0903 with its ST 0601.

A detection is placed by its location pack (tag 17), else by its offset from the frame's centre (10, 11), else by its
pixel (19 and 20, or 1) projected to the sea. Its covariance is the one it tells; where it tells none, errors of the
camera's attitude and place and of the pixel, assumed independent, are propagated to first order along the line of
sight. That fails where the ground is seen so flatly that the error's length is a good part of the distance to the
horizon: at 1000 m of height and 5 mrad, beyond about 30 km.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mihari.core import geodesy
from mihari.formats.klv.geometry import Camera, Floats, camera_of, sea, sensor_of

ROTATION, SHIFT, PIXEL = 1e-6, 0.1, 0.01  # steps of the differences: rad, m, px


@dataclass(frozen=True, slots=True)
class Errors:
    """Standard deviations that are assumed where a detection tells none.

    `attitude`: rad, of the line of sight about each of three axes; `position`: m, of the sensor in east and in north;
    `height`: m, of the sensor; `pixel`: px, in each direction; `location`: m in east and in north, of a detection
    whose sensor's place is not told. Defaults are those of a small gyro-stabilised turret with GNSS.
    """

    attitude: float = 3e-3
    position: float = 5.0
    height: float = 10.0
    pixel: float = 2.0
    location: float = 50.0


@dataclass(frozen=True, slots=True)
class Detection:
    """One detection. `time`: UTC s (NaN: not told); `cov_*`: m²; `confidence`: 0 to 1 (NaN: not told).

    `size`: m across the line of sight, or along the diagonal of a box told in degrees (NaN: not told). `how`:
    "location", "offset" or "pixel"; `told`: whether the covariance is the detection's own.
    """

    time: float
    lat_deg: float
    lon_deg: float
    cov_ee: float
    cov_en: float
    cov_nn: float
    confidence: float
    id: int
    size: float
    how: str
    told: bool
    label: str = ""
    track: str = ""


def detections(
    packet: Mapping[str, Any], parent: Mapping[str, Any] | None = None, errors: Errors | None = None
) -> list[Detection]:
    """All detections of a packet that have a place on the sea, in their order.

    `packet`: a dict of ST 0601 with `vmti`, or of ST 0903 alone; for the latter `parent` is the ST 0601 of the same
    frame, if there is one. A pixel above the horizon has no place.
    """
    alone = packet.get("set") == "0903"
    vmti: Mapping[str, Any] = packet if alone else packet.get("vmti") or {}
    frame: Mapping[str, Any] = (parent or {}) if alone else packet
    time = vmti.get("time") if vmti.get("time") is not None else frame.get("time")
    time = math.nan if time is None else time + (frame.get("leap_seconds") or 0)
    found = []
    scene = Scene(frame, vmti, errors or Errors())
    for one in vmti.get("targets") or ():
        if isinstance(one, Mapping):
            placed = next(iter(scene.places(one)), None)
            if placed is not None:
                found.append(_made(time, one, scene, placed))
    return found


@dataclass(frozen=True, slots=True)
class Place:
    """A point on the sea, its covariance (2, 2) in east and north, how it was found."""

    lat_deg: float
    lon_deg: float
    covariance: Floats
    how: str
    told: bool


class Scene:
    """One frame: what places its detections."""

    def __init__(self, frame: Mapping[str, Any], vmti: Mapping[str, Any], errors: Errors) -> None:
        self.frame, self.errors = frame, errors
        self.camera = camera_of(frame, vmti)
        self.origin = sensor_of(frame)
        self.width, self.height = vmti.get("frame_width_px") or 0, vmti.get("frame_height_px") or 0

    def places(self, one: Mapping[str, Any]) -> Iterator[Place]:
        """The places that a detection tells, the best first."""
        for told in (self._location(one), self._offset(one), self._pixel(one)):
            if told is not None and not np.isnan(told.covariance).any():
                yield told

    def _location(self, one: Mapping[str, Any]) -> Place | None:
        pack = one.get("location") or {}
        lat, lon = pack.get("lat_deg"), pack.get("lon_deg")
        if lat is None or lon is None:
            return None
        east, north = pack.get("sigma_east"), pack.get("sigma_north")
        if east is None or north is None:
            return Place(lat, lon, self._of_point(lat, lon), "location", False)
        both = (pack.get("rho_east_north") or 0.0) * east * north
        return Place(lat, lon, np.array([[east * east, both], [both, north * north]]), "location", True)

    def _offset(self, one: Mapping[str, Any]) -> Place | None:
        parts = one.get("offset_lat_deg"), one.get("offset_lon_deg")
        center = self.frame.get("frame_center_lat_deg"), self.frame.get("frame_center_lon_deg")
        if None in (*parts, *center):
            return None
        lat, lon = center[0] + parts[0], (center[1] + parts[1] + 180.0) % 360.0 - 180.0  # type: ignore[operator]
        return Place(lat, lon, self._of_point(lat, lon), "offset", False) if -90 <= lat <= 90 else None

    def _of_point(self, lat: float, lon: float) -> Floats:
        """Covariance of a point that the sensor is thought to look at."""
        if self.origin is None:
            return np.diag([self.errors.location**2] * 2)
        ray = geodesy.ecef(lat, lon) - self.origin
        return covariance(self.origin, ray, self.errors)

    def _pixel(self, one: Mapping[str, Any]) -> Place | None:
        where = self.pixel_of(one, "centroid_px", ("row_px", "column_px"))
        if where is None or self.camera is None or np.isnan(self.camera.half).any():
            return None
        ray = self.camera.rays(self.right_down(*where))
        point = sea(self.camera.origin, ray)
        if np.isnan(point).any():
            return None
        lat, lon, _ = geodesy.from_ecef(point)
        spread = covariance(self.camera.origin, ray, self.errors, self._of_pixel(self.camera))
        return Place(float(lat), float(lon), spread, "pixel", False)

    def _of_pixel(self, camera: Camera) -> Floats:
        """(2, 3): how a ray changes with a pixel to the right and down."""
        steps: Floats = 2.0 * camera.half / np.array([self.width, self.height])
        return steps[:, None] * camera.axes[1:]

    def pixel_of(
        self, one: Mapping[str, Any], number: str, row_column: tuple[str, str] = ("", "")
    ) -> tuple[float, float] | None:
        """(row, column), counted from 1, of a pixel told as such or by its number: column + (row − 1) width."""
        if not (self.width and self.height):
            return None
        row, column = (one.get(name) for name in row_column)
        if row is None or column is None:
            told = one.get(number)
            if told is None:
                return None
            row, column = (told - 1) // self.width + 1, (told - 1) % self.width + 1
        return (row, column) if 1 <= row <= self.height and 1 <= column <= self.width else None

    def right_down(self, row: float, column: float) -> Floats:
        """Place in the image, -1 to 1 from edge to edge, of the centre of a pixel."""
        return np.array([(2 * column - 1) / self.width - 1, (2 * row - 1) / self.height - 1])

    def size(self, one: Mapping[str, Any], placed: Place) -> float:
        """m, see `Detection`."""
        sides = ("top_left", "bottom_right")
        lat1, lat2 = (one.get(f"{side}_offset_lat_deg") for side in sides)
        lon1, lon2 = (one.get(f"{side}_offset_lon_deg") for side in sides)
        if lat1 is not None and lat2 is not None and lon1 is not None and lon2 is not None:
            lat = placed.lat_deg
            return float(geodesy.inverse(min(max(lat + lat1 - lat2, -90.0), 90.0), lon1, lat, lon2)[0])
        corners = [self.pixel_of(one, f"{side}_px") for side in sides]
        if corners[0] is None or corners[1] is None or self.camera is None:
            return math.nan
        away = geodesy.ecef(placed.lat_deg, placed.lon_deg) - self.camera.origin
        deep = float(away @ self.camera.axes[0])
        pixels = abs(corners[1][1] - corners[0][1]) + 1
        return pixels * 2.0 * float(self.camera.half[0]) / self.width * deep if deep > 0 else math.nan


def covariance(origin: Floats, ray: Floats, errors: Errors, per_pixel: Floats | None = None) -> Floats:
    """(2, 2) m², east and north, of where a ray (3,) from `origin` (3,) meets the sea; NaN where it does not.

    First order: each error moves the point by its derivative, taken by central differences. `per_pixel`: (2, 3) change
    of the ray with a pixel.

    From 1000 m straight down a milliradian is a metre:

    >>> down = covariance(geodesy.ecef(0.0, 0.0, 1000.0), np.array([-1.0, 0.0, 0.0]), Errors(1e-3, 0.0, 0.0, 0.0))
    >>> down.round(3).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    lat, lon, _ = geodesy.from_ecef(origin)
    local = np.stack(geodesy.axes(lat, lon))
    turns = ROTATION * np.cross(np.eye(3), ray)
    none = np.zeros((3, 3))
    pixels = np.zeros((0, 3)) if per_pixel is None else PIXEL * per_pixel
    moves = np.concatenate([turns, none, pixels])  # of the ray
    shifts = np.concatenate([none, SHIFT * local, np.zeros_like(pixels)])  # of the origin
    deviations = [errors.attitude / ROTATION] * 3 + [errors.position / SHIFT] * 2 + [errors.height / SHIFT]
    deviations += [errors.pixel / PIXEL] * len(pixels)
    moved = sea(origin + shifts, ray + moves) - sea(origin - shifts, ray - moves)
    point = sea(origin, ray)
    east, north, _ = geodesy.axes(*geodesy.from_ecef(point)[:2])
    each = moved / 2 * np.array(deviations)[:, None]
    spread = np.stack([each @ east, each @ north])
    told: Floats = spread @ spread.T
    return told


def _made(time: float, one: Mapping[str, Any], scene: Scene, placed: Place) -> Detection:
    confidence = one.get("confidence_percent")
    kinds = [*(one.get("objects") or ()), one.get("object")]
    labels = [kind["label"] for kind in kinds if isinstance(kind, Mapping) and kind.get("label")]
    track = (one.get("tracker") or {}).get("track_id", b"")
    (ee, en), (_, nn) = placed.covariance.tolist()
    return Detection(
        time, placed.lat_deg, placed.lon_deg, ee, en, nn, math.nan if confidence is None else confidence / 100,
        one["id"], scene.size(one, placed), placed.how, placed.told, labels[0] if labels else "",
        track if isinstance(track, str) else track.hex(),
    )  # fmt: skip
