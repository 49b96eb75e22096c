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


@dataclass(frozen=True, slots=True)
class Sensor:
    """One sensor of this node; `index` is its place in the node's list and in `Reports.sensor`.

    Angles in rad, lengths in m. `source` is "SAC/SIC" for ASTERIX radars, the station's name for AIS, else "".
    A radar whose place is not known has `lat_deg` NaN: its plots are counted and kept, not drawn.
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
    clutter: float = 1e-7  # false plots per m² and scan, a start for what is learned

    @property
    def placed(self) -> bool:
        """Whether the sensor's position is known."""
        return math.isfinite(self.lat_deg) and math.isfinite(self.lon_deg)


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
