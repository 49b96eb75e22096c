"""MISB KLV, alone or in MPEG-TS -> what an aircraft's camera sees: looks with detections, and where it is. No sockets.

ST 0601 tells the platform and what its picture shows; ST 0903 inside it the moving objects that a processor found. Such
a packet is a look of the vehicle's imager: where it looked and found nothing, there was nothing that it would have
found. A packet without VMTI says nothing of that. Detections of one sortie err alike, because the mount does: so many
looks within `CORRELATED_S` count for one together, by covariances that are larger by that number.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mihari.core.asset import AssetKind, Telemetry
from mihari.core.health import Health
from mihari.core.reports import ReportKind, Reports, Sector
from mihari.core.sensor import Sensor, SensorKind
from mihari.feeds.counting import count_refused
from mihari.feeds.registry import SensorRegistry
from mihari.feeds.transport import Chunk
from mihari.feeds.vehicles import Listed
from mihari.formats.klv import Decoder, Errors, TsDecoder, detections, footprint, to_dicts
from mihari.formats.refusals import Refusals
from mihari.sensors.footprint import look_of

SYNC = 0x47  # first byte of an MPEG-TS packet
EVERY_S = 0.4  # telemetry faster than this is not shown
CORRELATED_S = 60.0  # a mount errs alike all sortie, but after about so long it looks from another side (assumed)
SMALLEST_SD = 2.0  # m: no detection is told to be better than the hull it is of
LARGEST = 200  # detections of one look; more are no vessels


@dataclass(slots=True)
class _Camera:
    """One vehicle's camera as heard on this feed."""

    vehicle: Listed
    sensor: Sensor | None
    told: float = -math.inf  # when telemetry was last given on
    looked: float = -math.inf  # when the last look was


class KlvFeed:
    """The stage of one feed: one aircraft's video metadata."""

    def __init__(self, index: int, name: str, sensors: SensorRegistry, health: Health) -> None:
        self.index, self.name, self.sensors, self.health = index, name, sensors, health
        self._decoder: Decoder | TsDecoder | None = None
        self._refusals = Refusals()
        self._camera: _Camera | None = None
        self._offset = 0

    def take(self, *chunks: Chunk) -> list[Sector]:
        """The looks that these chunks bring."""
        looks = []
        for chunk in chunks:
            if not chunk.data:
                continue
            if self._decoder is None:
                kind = TsDecoder if chunk.data[0] == SYNC else Decoder
                self._decoder = kind(refusals=self._refusals)
            received = chunk.received if chunk.time is None else chunk.time
            packets = list(to_dicts(self._decoder.feed(chunk.data)))
            found = [look for packet in packets if (look := self._packet(packet, received)) is not None]
            looks += found
            rows = sum(len(look.reports) for look in found)
            self.health.heard(chunk.received, len(chunk.data), len(packets), rows)
            count_refused(self.health, self._refusals, chunk.received)
        return looks

    def finish(self) -> list[Sector]:
        """Nothing is held that could be a look."""
        return []

    def _packet(self, packet: dict[str, Any], received: float) -> Sector | None:
        if packet["set"] != "0601":
            self.health.notice("detections without a platform")
            return None
        time, lat, lon = packet.get("time"), packet.get("sensor_lat_deg"), packet.get("sensor_lon_deg")
        if time is None or lat is None or lon is None:
            self.health.notice("picture without time or place")
            return None
        camera = self._who()
        corners = footprint(packet)
        shown: tuple[tuple[float, float], ...] = ()
        if corners is not None:
            shown = tuple(zip(corners.lat_deg.tolist(), corners.lon_deg.tolist(), strict=True))
        if not 0 <= time - camera.told < EVERY_S:
            camera.told = time
            self.sensors.roll.tell(_telemetry(camera.vehicle.name, packet, time, received, shown), camera.vehicle.kind)
        if camera.sensor is None or "vmti" not in packet or 0 <= time - camera.looked < 0.999 * camera.sensor.period:
            return None
        return self._look(camera, camera.sensor, packet, float(time), received, shown)

    def _who(self) -> _Camera:
        if self._camera is None:
            vehicle = self.sensors.roll.who(self.name, 0, AssetKind.AIRCRAFT)
            self._camera = _Camera(vehicle, self.sensors.aboard(vehicle.name, SensorKind.IMAGER))
        return self._camera

    def _look(
        self, camera: _Camera, sensor: Sensor, packet: dict[str, Any], time: float, received: float,
        shown: Sequence[tuple[float, float]],
    ) -> Sector | None:  # fmt: skip
        lat, lon = float(packet["sensor_lat_deg"]), float(packet["sensor_lon_deg"])
        look = look_of(lat, lon, shown)
        if look is None:
            self.health.notice("picture without a footprint")
            return None
        since, camera.looked = time - camera.looked, time
        found = detections(packet, errors=Errors(attitude=camera.vehicle.attitude_sd))[:LARGEST]
        alike = CORRELATED_S / min(max(since, sensor.period), CORRELATED_S)
        reports = self._reports(found, sensor.index, time, received, alike)
        self.health.heard_from(sensor.index, received, len(reports))
        self.health.clocks.hear(np.array([sensor.index]), np.array([time]), np.array([received]))
        return Sector(sensor.index, time, received, look.start, look.end, reports, lat, lon, look.near, look.far)

    def _reports(self, found: Sequence[Any], sensor: int, time: float, received: float, alike: float) -> Reports:
        offset = np.arange(self._offset, self._offset + len(found))
        self._offset += len(found)
        least = SMALLEST_SD**2
        return Reports.of(
            len(found),
            feed=self.index,
            offset=offset,
            time=time,
            received=received,
            sensor=sensor,
            kind=ReportKind.PLOT,
            lat_deg=[one.lat_deg for one in found],
            lon_deg=[one.lon_deg for one in found],
            cov_ee=[(one.cov_ee + least) * alike for one in found],
            cov_en=[one.cov_en * alike for one in found],
            cov_nn=[(one.cov_nn + least) * alike for one in found],
        )


def _telemetry(
    name: str, packet: dict[str, Any], time: float, received: float, shown: tuple[tuple[float, float], ...]
) -> Telemetry:
    def number(*keys: str) -> float:
        return next((float(packet[key]) for key in keys if packet.get(key) is not None), math.nan)

    return Telemetry(
        name,
        time,
        received,
        number("sensor_lat_deg"),
        number("sensor_lon_deg"),
        height=number("sensor_true_altitude", "sensor_ellipsoid_height_extended", "sensor_ellipsoid_height"),
        speed=number("platform_ground_speed"),
        heading=number("platform_heading"),
        looks=shown,
    )
