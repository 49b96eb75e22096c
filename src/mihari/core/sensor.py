"""A sensor as the node knows it: what it is, where it stands, how well it measures. Physics: `mihari.sensors`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import IntEnum
from typing import Any


class SensorKind(IntEnum):
    """Kinds of sensor; each vessel has a visibility per kind."""

    RADAR = 1
    AIS = 2
    AIR_RADAR = 3  # air-traffic radar: its plots are drawn, never tracked as vessels
    LIDAR = 4  # plots, several of one hull, as far as its light comes back
    CAMERA = 5  # bearings alone, of what looks like a vessel in its field of view
    RANGER = 6  # ranges alone
    PERSON = 7  # areas: somebody tells about where a vessel is
    IMAGER = 8  # plots with their own covariance, of what an aircraft's picture shows; its look is what it showed
    HYDROPHONE = 9  # bearings of what is heard under water; silence says little
    DIRECTION_FINDER = 10  # bearings of radio transmitters; who is silent is not there for it


BEARINGS = (SensorKind.CAMERA, SensorKind.HYDROPHONE, SensorKind.DIRECTION_FINDER)  # they tell directions alone


@dataclass(frozen=True, slots=True)
class Sensor:
    """One sensor of this node; `index` is its place in the node's list and in `Reports.sensor`.

    Figures not given are a coastal radar's; `sensor_like` fills in those of other kinds. Angles in rad, lengths in m.
    `source` is "SAC/SIC" for ASTERIX radars, the station's name for AIS, else "". A radar whose place is not known has
    `lat_deg` NaN: its plots are counted and kept, not drawn. What moves tells its place with each look.
    """

    index: int
    name: str
    kind: SensorKind
    lat_deg: float = math.nan
    lon_deg: float = math.nan
    height: float = 0.0  # of the antenna above the sea
    source: str = ""  # "25/12" (SAC/SIC) or the AIS station's name
    range_min: float = 0.0
    range_max: float = 44448.0  # 24 NM
    range_sd: float = 8.0  # coastal X-band plot extractor (notes on VIMMJIPDA: 6.6 to 8 m)
    bearing_sd: float = math.radians(0.15)  # centroid of a beam of about 0.45 degrees
    period: float = 2.5  # s per turn
    detection: float = 0.9  # probability of detection of a vessel in cover
    clutter: float = 1e-7  # false reports per look, a start for what is learned: per m²; bearings per rad, ranges per m
    range_half: float = 0.0  # at which half as many are detected, see `detection_at`; 0: as many everywhere
    latency: float = 0.0  # s from when it measured to the time that its reports tell; at most 5, `late` of the tracker
    hull: float = 0.0  # plots of one look nearer to each other than that are one vessel's; 0: each is its own

    @property
    def placed(self) -> bool:
        """Whether the sensor's position is known."""
        return math.isfinite(self.lat_deg) and math.isfinite(self.lon_deg)


# What a kind of sensor measures like where nothing better is known; a radar's stand in `Sensor`. Of cameras the errors
# are those of detections in pictures of 2020, with the errors of how they are mounted.
USUAL: dict[SensorKind, dict[str, float]] = {
    SensorKind.LIDAR: {
        "range_max": 200.0,
        "range_half": 115.0,
        "range_sd": 3.0,
        "bearing_sd": math.radians(1.0),
        "period": 0.5,
        "detection": 0.95,
        "clutter": 1e-5,
        "hull": 10.0,
    },
    SensorKind.CAMERA: {
        "range_max": 400.0,
        "range_half": 300.0,
        "bearing_sd": math.radians(2.0),
        "period": 0.2,
        "detection": 0.7,
        "clutter": 0.3,
    },
    SensorKind.RANGER: {"range_max": 5000.0, "range_sd": 10.0, "period": 10.0, "detection": 0.5, "clutter": 1e-5},
    SensorKind.IMAGER: {
        "range_max": 40_000.0,
        "range_sd": 60.0,
        "bearing_sd": math.radians(0.3),
        "period": 1.0,
        "detection": 0.8,
        "clutter": 1e-9,
    },
    SensorKind.HYDROPHONE: {
        "range_max": 40_000.0,
        "range_half": 15_000.0,
        "bearing_sd": math.radians(3.0),
        "period": 60.0,
        "detection": 0.3,
        "clutter": 0.05,
    },
    SensorKind.DIRECTION_FINDER: {
        "range_max": 80_000.0,
        "bearing_sd": math.radians(2.0),
        "period": 10.0,
        "detection": 0.05,
        "clutter": 0.01,
    },
    SensorKind.PERSON: {"range_max": 20_000.0, "range_sd": 500.0, "period": 60.0, "detection": 0.2, "clutter": 1e-9},
}


def sensor_like(index: int, name: str, kind: SensorKind, **given: Any) -> Sensor:
    """A sensor with what is usual of its kind, but for what is given.

    >>> camera = sensor_like(1, "mast", SensorKind.CAMERA, period=0.1)
    >>> camera.period, camera.detection, camera.hull
    (0.1, 0.7, 0.0)
    """
    return Sensor(index, name, kind, **USUAL.get(kind, {}) | given)


def sensor_told(sensor: Sensor) -> dict[str, Any]:
    """A sensor as JSON values, see `sensor_of`."""
    return {k: (None if isinstance(v, float) and math.isnan(v) else v) for k, v in asdict(sensor).items()}


def sensor_of(told: Mapping[str, Any]) -> Sensor:
    """The same sensor again.

    >>> sensor = Sensor(0, "naha", SensorKind.RADAR, bearing_sd=0.1)
    >>> again = sensor_of(sensor_told(sensor))
    >>> again.kind, again.bearing_sd, again.placed
    (<SensorKind.RADAR: 1>, 0.1, False)
    """
    known = {f.name for f in fields(Sensor)}
    given: dict[str, Any] = {k: (math.nan if v is None else v) for k, v in told.items() if k in known}
    return Sensor(**given | {"kind": SensorKind(told["kind"])})
