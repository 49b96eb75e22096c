"""What ASTERIX sources without a turning antenna tell: decoded records -> looks and batches. EUROCONTROL-SPEC-0149.

- System tracks of another centre (062) and places that direction finders worked out together (205): RADAR_TRACK rows,
  kept, no evidence of their own, for they may rest on what we know already.
- Aircraft by multilateration (020) and ADS-B (021): TRANSPONDER rows in looks of a sensor that watches the air: drawn,
  never tracked as vessels.
- Bearings of a direction finder (205): BEARING rows, each a look of its own, from where the finder says that it stands.
  It hears what transmits: its silence about a vessel says nothing. So the look is no wider than its bearing's error.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mihari.core.columns import Array
from mihari.core.health import Health
from mihari.core.reports import Batch, ReportKind, Reports, Sector
from mihari.core.sensor import Sensor, SensorKind
from mihari.feeds.registry import SensorRegistry
from mihari.formats.asterix import Decoded
from mihari.formats.asterix.aircraft import Aircraft, aircraft
from mihari.formats.asterix.directions import DirectionMessage, Directions, directions
from mihari.formats.asterix.radar import full_time
from mihari.formats.asterix.reports import records_of
from mihari.formats.asterix.system_tracks import SystemTracks, system_tracks

SOURCES = 64  # on one feed; random bytes must not invent more
ABSENT = 0xFFFF
FINDER_SD = math.radians(2.0)  # supposed of a finder on a mast, where nothing is configured: 205 does not tell it
WIDE = 3.0  # standard deviations of a bearing on either side: its look
RADIUS_SDS = 2.0  # I205/110, "expected within": taken as two standard deviations


@dataclass(frozen=True, slots=True)
class RowsTold:
    """The rows of these categories with the record and the datagram of each, one kind after the other."""

    tracks: SystemTracks
    aircraft: Aircraft
    directions: Directions
    record: Array
    datagram: Array


def rows_told(decoded: Decoded) -> RowsTold:
    """All that these categories tell."""
    parts = system_tracks(decoded), aircraft(decoded), directions(decoded)
    numbers = [records_of(decoded, *numbers) for numbers in ((62,), (20, 21), (205,))]
    return RowsTold(*parts, np.concatenate(numbers), np.concatenate([part.datagram for part in parts]))


class Told:
    """The sources of one feed, told apart by SAC/SIC."""

    def __init__(self, index: int, sensors: SensorRegistry, health: Health) -> None:
        self.index, self.sensors, self.health = index, sensors, health
        self._known: dict[tuple[int, SensorKind], int] = {}

    def take(self, told: RowsTold, offset: Array, received: Array, fresh: Array) -> list[tuple[int, Batch | Sector]]:
        """Looks and batches, each with the record it begins at: tracks and aircraft a datagram and source at a time."""
        n, m = len(told.tracks), len(told.tracks) + len(told.aircraft)
        cuts = ((0, n), (n, m), (m, len(told.record)))
        (record_t, offset_t), (record_a, offset_a), (record_d, offset_d) = (
            (told.record[a:b], offset[a:b]) for a, b in cuts
        )
        given: list[tuple[int, Batch | Sector]] = []
        for rows in _groups(told.tracks.source, told.tracks.datagram, fresh):
            reports = self._tracks(told.tracks.take(rows), offset_t[rows], received)
            given.append((int(record_t[rows[0]]), Batch(reports)))
        for rows in _groups(told.aircraft.source, told.aircraft.datagram, fresh):
            seen = told.aircraft.take(rows)
            heard = float(received[seen.datagram[0]])
            sensor = self._sensor(int(seen.source[0]), SensorKind.AIR_RADAR, heard, len(rows))
            if sensor is not None:
                given.append((int(record_a[rows[0]]), self._aircraft(sensor, seen, offset_a[rows], received)))
        for row in np.flatnonzero(fresh[told.directions.datagram]).tolist():
            found = self._direction(told.directions.take([row]), offset_d[row : row + 1], received)
            given += [(int(record_d[row]), one) for one in found]
        return given

    def _tracks(self, tracks: SystemTracks, offset: Array, received: Array) -> Reports:
        east, north = tracks.east_mps, tracks.north_mps
        return Reports.of(
            len(tracks),
            feed=self.index,
            offset=offset,
            **_times(tracks.time_of_day, received[tracks.datagram]),
            kind=ReportKind.RADAR_TRACK,
            lat_deg=tracks.lat_deg,
            lon_deg=tracks.lon_deg,
            cov_ee=tracks.cov_ee,
            cov_en=tracks.cov_en,
            cov_nn=tracks.cov_nn,
            speed=np.hypot(east, north),
            course=np.arctan2(east, north) % (2 * math.pi),
            heading=tracks.orientation,
        )

    def _aircraft(self, sensor: Sensor, seen: Aircraft, offset: Array, received: Array) -> Sector:
        reports = Reports.of(
            len(seen),
            feed=self.index,
            offset=offset,
            sensor=sensor.index,
            **_times(seen.time_of_day, received[seen.datagram]),
            kind=np.where(seen.real & ~seen.ended, ReportKind.TRANSPONDER, ReportKind.RADAR_TRACK),
            lat_deg=seen.lat_deg,
            lon_deg=seen.lon_deg,
            cov_ee=seen.cov_ee,
            cov_en=seen.cov_en,
            cov_nn=seen.cov_nn,
            speed=seen.speed,
            course=seen.course,
        )
        return Sector(sensor.index, float(reports.time.max()), float(reports.received.max()), 0.0, 0.0, reports)

    def _direction(self, one: Directions, offset: Array, received: Array) -> Iterator[Batch | Sector]:
        """A bearing as a look, a place as a report; the end of a detection and a bare sensor report are neither."""
        heard = received[one.datagram]
        given = {"feed": self.index, "offset": offset, **_times(one.time_of_day, heard)}
        if one.message[0] in (DirectionMessage.POSITION, DirectionMessage.CONFLICTING):
            variance = (one.radius / RADIUS_SDS) ** 2
            place = {"lat_deg": one.lat_deg, "lon_deg": one.lon_deg, "cov_ee": variance, "cov_nn": variance}
            flat = np.where(np.isfinite(variance), 0.0, np.nan)
            yield Batch(Reports.of(1, kind=ReportKind.RADAR_TRACK, cov_en=flat, **place, **given))
        elif np.isfinite(one.bearing[0]) and one.message[0] != DirectionMessage.ENDED:
            sensor = self._sensor(int(one.source[0]), SensorKind.CAMERA, float(heard[0]), 1)
            if sensor is not None:
                yield self._bearing(sensor, one, Reports.of(1, kind=ReportKind.BEARING, sensor=sensor.index,
                                    bearing=one.bearing, bearing_var=self._variance(sensor), **given))  # fmt: skip

    def _variance(self, sensor: Sensor) -> float:
        return sensor.bearing_sd**2 if sensor.index in self.sensors.configured else FINDER_SD**2

    def _bearing(self, sensor: Sensor, one: Directions, reports: Reports) -> Sector:
        bearing, half = float(one.bearing[0]), WIDE * math.sqrt(float(reports.bearing_var[0]))
        start, end = ((bearing + side) % (2 * math.pi) for side in (-half, half))
        finder = one.message[0] == DirectionMessage.BEARING  # of others 050 is not where the finder stands
        place = (float(one.lat_deg[0]), float(one.lon_deg[0])) if finder else (math.nan, math.nan)
        return Sector(sensor.index, float(reports.time[0]), float(reports.received[0]), start, end, reports, *place)

    def _sensor(self, source: int, kind: SensorKind, heard: float, count: int) -> Sensor | None:
        """The sensor that signs with this SAC/SIC, and that it was heard; None where there are too many."""
        index = self._known.get((source, kind))
        if index is None:
            name = f"{source >> 8}/{source & 255}" if source != ABSENT else self.health.name
            sensor = self.sensors.radar(name, kind) if len(self._known) < SOURCES else None
            if sensor is None:
                self.health.refuse(heard, "too many radars")
                return None
            index = self._known[source, kind] = sensor.index
        self.health.heard_from(index, heard, count)
        return self.sensors[index]


def _groups(source: Array, datagram: Array, fresh: Array) -> Iterator[Array]:
    """Rows of one source in one datagram, of datagrams that are no repeats."""
    rows = np.flatnonzero(fresh[datagram])
    if not len(rows):
        return
    key = datagram[rows].astype(np.int64) << 16 | source[rows]
    order = np.argsort(key, kind="stable")
    cuts = np.flatnonzero(np.diff(key[order])) + 1
    yield from np.split(rows[order], cuts)


def _times(time_of_day: Array, received: Array) -> dict[str, Array]:
    time = full_time(time_of_day, received)
    return {"time": np.where(np.isfinite(time), time, received), "received": received}
