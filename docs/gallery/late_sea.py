"""A sea with known truth for what comes late: a drifting boat that tells where it is, a dark one that a far radar sees
roughly, and a glider below that hears the dark one and can tell so only when it comes up, hours later.

In metres east and north of the drifting boat's first place; times in s from the beginning.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from mihari.core.reports import Batch, Claims, Input, ReportKind, Reports, Sector, Tick
from mihari.core.sensor import Sensor, SensorKind, sensor_like

LAT_DEG, LON_DEG = 26.6, 125.2  # open sea west of Kume
METRES = 111_132.0
START = 1_795_190_400.0  # 2026-11-20 16:00:00 UTC
MMSI = 431_000_777
DRIFT = np.array([0.05, 0.06])  # m/s east and north, both boats while they lie there
COMES, MEETS, LEAVES = 300.0, 3000.0, 6300.0  # s: the dark boat gets under way, lies beside the other, leaves
FAST = 5.0  # m/s
QUIET = 7500.0  # s: until then the radar is on, and looks ten minutes apart are all that comes later
UP = 5.9 * 3600.0  # how old the glider's first bearing is when it comes up
HEARS = (2760.0, 6360.0)  # s between which it listens, once a minute
EAST = 180_000.0  # m from the radar to the drifting boat: beyond the horizon, as a surface-wave radar sees
RADAR = Sensor(
    0, "far", SensorKind.RADAR, range_max=250e3, range_sd=300.0, bearing_sd=math.radians(1.0), period=10.0,
    clutter=1e-12, detection=0.97,
    lat_deg=LAT_DEG, lon_deg=LON_DEG - EAST / (METRES * 1.0026 * math.cos(math.radians(LAT_DEG))),
)  # fmt: skip
GLIDER = sensor_like(2, "glider", SensorKind.HYDROPHONE, bearing_sd=math.radians(2.5), detection=0.7)
SENSORS = (RADAR, Sensor(1, "station", SensorKind.AIS), GLIDER)


@dataclass(frozen=True)
class Sea:
    """`apart`: m from the drifting boat at which the dark one lies, in `direction` (rad from north)."""

    seed: int
    apart: float = 250.0
    direction: float = math.radians(60.0)

    def boat(self, time: float) -> Any:
        """The boat that tells where it is: (2,) m."""
        return DRIFT * time

    def dark(self, time: float) -> Any:
        """The dark one: it comes from the south and goes back there."""
        beside = self.apart * np.array([math.sin(self.direction), math.cos(self.direction)])
        away = FAST * np.array([0.3, -0.95])
        return self.boat(time) + beside + away * (max(MEETS - max(time, COMES), 0.0) + max(time - LEAVES, 0.0))

    def glider(self, time: float) -> Any:
        """The glider on its way to the north at half a knot."""
        return np.array([4500.0, -700.0 + 0.25 * (time - HEARS[0])])

    def inputs(self, late: float = UP, bearings: bool = True) -> Iterator[Input]:
        """What comes in, in the order in which it does, with a tick each second; the glider comes up after `late` s."""
        rng, heard = np.random.default_rng(self.seed), np.random.default_rng(self.seed + 1000)
        held = [self._heard(HEARS[0] + 25.0 + 60.0 * k, heard) for k in range(60)]
        came = [max(HEARS[0] + late, one.time - START) for one in held]
        for second in range(int(max(HEARS[0] + late, QUIET) + 120)):
            if (second % 30 == 7 and second < QUIET) or second % 600 == 7:
                yield self._told(float(second))
            if (second % 10 == 0 and second < QUIET) or second % 600 == 0:
                yield self._swept(float(second), rng)
            while bearings and came and came[0] <= second:
                came.pop(0)
                yield held.pop(0)
            yield Tick(START + second + 1.0)

    def _told(self, time: float) -> Batch:
        lat, lon = placed(self.boat(time))
        told = {"speed": float(np.hypot(*DRIFT)), "course": math.atan2(*DRIFT)}
        place = {"lat_deg": lat, "lon_deg": lon, "time": START + time, "received": START + time}
        reports = Reports.of(
            1, kind=ReportKind.AIS_POSITION, sensor=1, feed=0, offset=int(time), claim=0, **place, **told
        )
        return Batch(reports, Claims.of(1, mmsi=MMSI, device="B", subject=0))

    def _swept(self, time: float, rng: np.random.Generator) -> Sector:
        east, north = self.dark(time) + np.array([EAST, 0.0])
        seen = rng.random() < RADAR.detection and time < QUIET
        away = math.hypot(east, north) + rng.normal(0, RADAR.range_sd)
        bearing = math.atan2(east, north) + rng.normal(0, RADAR.bearing_sd)
        lat, lon = placed((away * math.sin(bearing) - EAST, away * math.cos(bearing)))
        s, c, across = math.sin(bearing), math.cos(bearing), (away * RADAR.bearing_sd) ** 2
        cov = {
            "cov_ee": RADAR.range_sd**2 * s * s + across * c * c,
            "cov_en": (RADAR.range_sd**2 - across) * s * c,
            "cov_nn": RADAR.range_sd**2 * c * c + across * s * s,
        }
        told = {"time": START + time, "lat_deg": lat, "lon_deg": lon, "range": away, "bearing": bearing, **cov}
        told |= {"range_var": RADAR.range_sd**2, "bearing_var": RADAR.bearing_sd**2}
        reports = Reports.of(int(seen), kind=ReportKind.PLOT, sensor=0, feed=1, offset=int(time), **told)
        return Sector(0, START + time, START + time, 0.0, 2 * math.pi, reports)

    def _heard(self, time: float, rng: np.random.Generator) -> Sector:
        """A minute's listening: the dark boat runs its engine, the other lies still; now and then something else."""
        here, sd = self.glider(time), GLIDER.bearing_sd
        heard = [math.atan2(*(self.dark(time) - here)) + rng.normal(0, sd)] * (rng.random() < 0.8)
        heard += [rng.uniform(0, 2 * math.pi)] * (rng.random() < 0.2)
        lat, lon = placed(here)
        reports = Reports.of(
            len(heard), kind=ReportKind.BEARING, sensor=2, feed=2, offset=int(time), time=START + time,
            bearing=np.array(heard) % (2 * math.pi), bearing_var=sd**2,
        )  # fmt: skip
        return Sector(2, START + time, START + time, 0.0, 2 * math.pi, reports, lat, lon)


def placed(metres: Any) -> tuple[float, float]:
    """Degrees of a place in m east and north."""
    east, north = metres
    lat_deg = LAT_DEG + north / METRES
    return float(lat_deg), float(LON_DEG + east / (METRES * 1.0026 * math.cos(math.radians(LAT_DEG))))


def metres(lat_deg: Any, lon_deg: Any) -> Any:
    """(…, 2) m east and north of a place in degrees."""
    east = (np.asarray(lon_deg) - LON_DEG) * METRES * 1.0026 * math.cos(math.radians(LAT_DEG))
    return np.stack([east, (np.asarray(lat_deg) - LAT_DEG) * METRES], axis=-1)
