"""Truth and a camera's pointing -> what its processor tells of a picture: ST 0601 with VMTI, as it would err.

The camera's mount is off by a constant of the sortie and jitters from picture to picture; the aircraft knows its own
place to a few metres. A detection is what it would be: the pixel at which the vessel stands, laid on the sea along the
line of sight that the aircraft believes in. So all detections of a sortie err alike, which whoever uses them must know.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mihari.core.columns import Array, Columns, column
from mihari.formats.klv import encode
from mihari.simulate.aboard.rays import met, seen_at

PLACE_SD = 3.0  # m, of the aircraft's own place, by GNSS
JITTER = 0.1  # of the mount's standard deviation: what changes from picture to picture
TALL = 3 / 4  # height over width of a picture
ALGORITHM = "MIHARI SIM"
VERSION_0601, VERSION_0903 = 19, 6
GRAZING = math.radians(0.5)  # nearer to the horizon nothing is told apart

Chance = Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Hulls(Columns):
    """Vessels as a camera may see them, one row each."""

    row: Array = column("i8")  # in the truth
    lat_deg: Array = column("f8")
    lon_deg: Array = column("f8")
    course: Array = column("f8")  # rad
    hull_length: Array = column("f8")  # m
    beam: Array = column("f8")
    heard_as: Array = column("f8")  # m/s: as loud below the water as at this speed


@dataclass(frozen=True, slots=True)
class Found:
    """A vessel in a picture: its row in the truth, which the camera does not know, and where the camera believes it."""

    row: int
    lat_deg: float
    lon_deg: float


@dataclass(frozen=True, slots=True)
class Pose:
    """Where an aircraft is and how it points: degrees, m above the sea, rad, m/s."""

    lat_deg: float
    lon_deg: float
    height: float
    heading: float
    pitch: float = 0.0
    roll: float = 0.0
    course: float = 0.0
    speed: float = 0.0


@dataclass(frozen=True, slots=True)
class Aim:
    """Where a camera looks: true bearing and elevation of its axis, rad (down is negative), width of its picture."""

    azimuth: float
    elevation: float
    width: float


class Imager:
    """A camera on one sortie. `mount_sd`: rad; `chance`: (slant ranges m, lengths m) -> probability of detection."""

    def __init__(self, name: str, mount_sd: float, chance: Chance, rng: np.random.Generator) -> None:
        self.name, self.mount_sd, self.chance, self.rng = name, mount_sd, chance, rng
        self.mount = rng.normal(0.0, mount_sd, 2)  # azimuth, elevation: how far it really looks from where it says
        self.place = rng.normal(0.0, PLACE_SD, 2)  # m east and north
        self.frames = 0

    def frame(self, time: float, pose: Pose, aim: Aim, hulls: Hulls) -> tuple[bytes, list[Found]]:
        """The packet of one picture taken at `time`, and the vessels that it tells of, in its order."""
        self.frames += 1
        told = self._told_place(pose)
        jitter = self.rng.normal(0.0, JITTER * self.mount_sd, 2)
        found, azimuth, elevation = self._seen(pose, aim, hulls, self.mount + jitter)
        lat, lon, _ = met(*told, azimuth, elevation)
        placed = np.isfinite(lat)
        packet = self._datalink(time, pose, told, aim) | {
            "vmti": self._vmti(aim, told, found[placed], azimuth[placed], elevation[placed], lat[placed], lon[placed])
        }
        rows, lats, lons = hulls.row[found[placed]].tolist(), lat[placed].tolist(), lon[placed].tolist()
        return encode(packet), [Found(*one) for one in zip(rows, lats, lons, strict=True)]

    def _told_place(self, pose: Pose) -> tuple[float, float, float]:
        east, north = self.place / 111_320.0
        return pose.lat_deg + north, pose.lon_deg + east / math.cos(math.radians(pose.lat_deg)), pose.height

    def _seen(
        self, pose: Pose, aim: Aim, hulls: Hulls, off: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
        """Rows of `hulls` that the picture shows and the processor finds; the directions in which it believes them."""
        nothing = np.zeros(0, np.int64), np.zeros(0), np.zeros(0)
        if len(hulls) == 0:
            return nothing
        azimuth, elevation, away = seen_at(pose.lat_deg, pose.lon_deg, pose.height, hulls.lat_deg, hulls.lon_deg)
        horizon = -math.acos(6_371_000.0 / (6_371_000.0 + max(pose.height, 1.0)))
        across = (azimuth - aim.azimuth - off[0] + np.pi) % (2 * np.pi) - np.pi
        up = elevation - aim.elevation - off[1]
        half, tall = aim.width / 2, aim.width * TALL / 2
        shown = (np.abs(across) * np.cos(elevation) < half) & (np.abs(up) < tall) & (elevation < horizon - GRAZING)
        rows = np.flatnonzero(shown)
        found = rows[self.rng.random(len(rows)) < self.chance(away[rows], hulls.hull_length[rows])]
        return found, azimuth[found] - off[0], elevation[found] - off[1]

    def _datalink(self, time: float, pose: Pose, told: tuple[float, float, float], aim: Aim) -> dict[str, Any]:
        lat, lon, height = told
        packet: dict[str, Any] = {
            "set": "0601",
            "time": time,
            "platform_heading": pose.heading % (2 * math.pi),
            "platform_pitch_full": pose.pitch,
            "platform_roll_full": pose.roll,
            "platform_designation": self.name,
            "image_source_sensor": "EO",
            "image_coordinate_system": "Geodetic WGS84",
            "sensor_lat_deg": lat,
            "sensor_lon_deg": lon,
            "sensor_true_altitude": height,
            "sensor_horizontal_fov": aim.width,
            "sensor_vertical_fov": aim.width * TALL,
            "sensor_relative_azimuth": (aim.azimuth - pose.heading) % (2 * math.pi),
            "sensor_relative_elevation": aim.elevation,
            "sensor_relative_roll": 0.0,
            "platform_ground_speed": round(min(max(pose.speed, 0.0), 255.0)),
            "version": VERSION_0601,
        }
        return packet | self._centre(told, aim) | self._corners(told, aim)

    def _centre(self, told: tuple[float, float, float], aim: Aim) -> dict[str, Any]:
        lat, lon, away = met(*told, aim.azimuth, aim.elevation)
        if not math.isfinite(away):
            return {}
        return {
            "slant_range": float(away),
            "frame_center_lat_deg": float(lat),
            "frame_center_lon_deg": float(lon),
            "frame_center_elevation": 0.0,
        }

    def _corners(self, told: tuple[float, float, float], aim: Aim) -> dict[str, Any]:
        """Upper left, upper right, lower right, lower left (ST 0601, 82 to 89); none where one is in the sky."""
        elevation = aim.elevation + np.array([1, 1, -1, -1]) * aim.width * TALL / 2
        across = np.array([-1, 1, 1, -1]) * aim.width / 2 / np.cos(elevation)
        lat, lon, _ = met(*told, aim.azimuth + across, elevation)
        if not np.isfinite(lat).all():
            return {}
        names = [f"corner_{what}_{k}_deg" for k in range(1, 5) for what in ("lat", "lon")]
        return dict(zip(names, np.stack([lat, lon], 1).ravel().tolist(), strict=True))

    def _vmti(
        self, aim: Aim, told: tuple[float, float, float], found: NDArray[np.int64], azimuth: NDArray[np.float64],
        elevation: NDArray[np.float64], lat: NDArray[np.float64], lon: NDArray[np.float64],
    ) -> dict[str, Any]:  # fmt: skip
        targets = [
            {
                "id": int(k) + 1,
                "confidence_percent": 80,
                "location": {
                    "lat_deg": float(lat[k]),
                    "lon_deg": float(lon[k]),
                    "height": 0.0,
                    **self._deviations(told, float(azimuth[k]), float(elevation[k]), float(lat[k]), float(lon[k])),
                },
            }
            for k in range(len(found))
        ]
        return {
            "version": VERSION_0903,
            "targets_in_frame": len(targets),
            "reported_targets": len(targets),
            "frame_number": self.frames & 0xFFFFFF,
            "horizontal_fov": aim.width,
            "vertical_fov": aim.width * TALL,
            **({"targets": targets} if targets else {}),
        }

    def _deviations(
        self, told: tuple[float, float, float], azimuth: float, elevation: float, lat: float, lon: float
    ) -> dict[str, float]:
        """Standard deviations of a place on the sea, by small steps of the mount: m, and their correlation."""
        step = max(self.mount_sd, 1e-6)
        total = np.full((2, 2), 0.0) + np.eye(2) * PLACE_SD**2
        for more in ((step / math.cos(elevation), 0.0), (0.0, step)):
            to_lat, to_lon, _ = met(*told, azimuth + more[0], elevation + more[1])
            if not math.isfinite(float(to_lat)):
                to_lat, to_lon, _ = met(*told, azimuth - more[0], elevation - more[1])
            shift = np.array([(to_lon - lon) * math.cos(math.radians(lat)), to_lat - lat]) * 111_320.0
            total += np.outer(shift, shift)
        east, north = np.sqrt(np.diag(total))
        return {
            "sigma_east": float(min(east, 650.0)),
            "sigma_north": float(min(north, 650.0)),
            "sigma_up": 0.0,
            "rho_east_north": float(np.clip(total[0, 1] / (east * north), -0.999, 0.999)),
            "rho_east_up": 0.0,
            "rho_north_up": 0.0,
        }
