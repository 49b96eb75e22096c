"""What a ship's or station's radar tracks (TTM, TLL, TTD) -> one small look a report, from where the ship was. Pure.

A tracked vessel is no plot of one scan: the radar has smoothed it, and tells only what it tracks. So
- it errs as IMO MSC.192(79), 5.25.4.7.1, lets it: range within 50 m or 1 %, bearing within 2°, at 95 %;
- reports within `CORRELATED_S` err alike and count for one together, by covariances that are larger by that number;
- its look is the cell of two standard deviations about it: that other vessels are not told says nothing of them;
- a vessel that it has lost (status L) is no report, nor is one told to it by others (acquisition R);
- the same vessel told twice in one second, by TTM and TLL, is one report.
"""

from __future__ import annotations

import math
from collections import OrderedDict

import numpy as np

from mihari.core.geodesy import direct, inverse
from mihari.core.health import Health
from mihari.core.polar import plot_covariance
from mihari.core.reports import ReportKind, Reports, Sector
from mihari.core.sensor import Sensor
from mihari.feeds.registry import SensorRegistry
from mihari.formats.nmea.tracked import TrackRows

NORMAL_95 = 1.96
RANGE_LEAST_M, RANGE_SHARE = 50.0, 0.01  # of tracked vessels, at 95 %: MSC.192(79), 5.25.4.7.1
RANGE_SD = RANGE_LEAST_M / NORMAL_95
BEARING_SD = math.radians(2.0) / NORMAL_95
CORRELATED_S = 30.0  # a tracker has the trend within a minute (MSC.192(79), 5.25.4.1): it smooths over half (assumed)
SAME_S = 0.9  # nearer reports of one vessel are one; radars tell every second or every turn
WIDE = 2.0  # standard deviations of a cell to each side
TRACKS = 4096  # remembered
SOURCES = 64  # radars of one feed


class TrackLooks:
    """Rows of one feed -> looks; a radar is a sensor "NAME radar", NAME its tag block's source, else the feed's."""

    def __init__(self, index: int, name: str, sensors: SensorRegistry, health: Health) -> None:
        self.index, self.name, self.sensors, self.health = index, name, sensors, health
        self._told: OrderedDict[int, float] = OrderedDict()  # track -> when it was last given on
        self._radars: dict[str, Sensor | None] = {}
        self._offset = 0

    def take(self, rows: TrackRows) -> list[Sector]:
        """One look for each report that is one."""
        looks = []
        for row in range(len(rows)):
            one = rows.take(np.array([row]))
            if one.status[0] == b"L" or one.acquisition[0] == b"R":
                self.health.notice("lost by the radar" if one.status[0] == b"L" else "told to the radar")
                continue
            sensor = self._sensor(str(one.source[0]))
            if sensor is None:
                continue
            place = self._place(one, sensor)
            if place is None:
                self.health.notice("tracked vessel without own position")
                continue
            look = self._look(one, sensor, *place)
            looks += [] if look is None else [look]
        return looks

    def _sensor(self, source: str) -> Sensor | None:
        speaker = source if len(source) > 2 else self.name  # two letters are a talker: any radar's
        if speaker not in self._radars:
            if len(self._radars) >= SOURCES:
                self.health.notice("too many radars")
                return None
            self._radars[speaker] = self.sensors.radar(f"{speaker} radar")
        known = self._radars[speaker]
        return None if known is None else self.sensors[known.index]

    def _place(self, one: TrackRows, sensor: Sensor) -> tuple[float, float] | None:
        """Where the radar was: own ship, else where the node file says that it stands."""
        told = float(one.own_lat_deg[0]), float(one.own_lon_deg[0])
        if math.isfinite(told[0]) and math.isfinite(told[1]):
            return told
        return (sensor.lat_deg, sensor.lon_deg) if sensor.placed else None

    def _look(self, one: TrackRows, sensor: Sensor, lat_deg: float, lon_deg: float) -> Sector | None:
        time, received = float(one.time[0]), float(one.received[0])
        polar = _polar(one, lat_deg, lon_deg)
        if polar is None:
            return None
        since = self._since(int(one.track[0]), time)
        if abs(since) < SAME_S:
            return None
        away, bearing, lat, lon = polar
        range_sd, bearing_sd = errors_at(away)
        alike = CORRELATED_S / min(max(since, SAME_S), CORRELATED_S) if since > 0 else 1.0
        ee, en, nn = plot_covariance(lat_deg, lon_deg, 0.0, away, bearing, range_sd, bearing_sd)
        reports = Reports.of(
            1,
            feed=self.index,
            offset=self._offset,
            time=time,
            received=received,
            sensor=sensor.index,
            kind=ReportKind.PLOT,
            lat_deg=lat,
            lon_deg=lon,
            cov_ee=float(ee) * alike,
            cov_en=float(en) * alike,
            cov_nn=float(nn) * alike,
            range=away,
            bearing=bearing,
            range_var=range_sd**2 * alike,
            bearing_var=bearing_sd**2 * alike,
        )
        self._offset += 1
        self.health.heard_from(sensor.index, received, 1)
        start, end = ((bearing + side * WIDE * bearing_sd) % (2 * math.pi) for side in (-1, 1))
        near, far = max(away - WIDE * range_sd, 0.0), away + WIDE * range_sd
        return Sector(sensor.index, time, received, start, end, reports, lat_deg, lon_deg, near, far)

    def _since(self, track: int, time: float) -> float:
        """s since this track was last given on; inf for the first time or without a number."""
        if track < 0:
            return math.inf
        before = self._told.get(track, -math.inf)
        if abs(time - before) >= SAME_S:
            self._told[track] = time
            self._told.move_to_end(track)
            if len(self._told) > TRACKS:
                self._told.popitem(last=False)
        return time - before


def errors_at(away: float) -> tuple[float, float]:
    """(range sd m, bearing sd rad) of a tracked vessel at `away` m.

    >>> [round(x, 4) for x in (*errors_at(1000.0), *errors_at(19600.0))]  # 50 m, 196 m and 2° at 95 %
    [25.5102, 0.0178, 100.0, 0.0178]
    """
    return max(RANGE_SD, RANGE_SHARE * away / NORMAL_95), BEARING_SD


def _polar(one: TrackRows, lat_deg: float, lon_deg: float) -> tuple[float, float, float, float] | None:
    """(range, bearing, latitude, longitude) of a report seen from there; None where it tells neither."""
    lat, lon, away, bearing = (float(c[0]) for c in (one.lat_deg, one.lon_deg, one.range, one.bearing))
    if not (math.isfinite(lat) and math.isfinite(lon)):
        if not (math.isfinite(away) and math.isfinite(bearing)):
            return None
        lat, lon = (float(x) for x in direct(lat_deg, lon_deg, bearing, away))
    elif not math.isfinite(away):
        away, bearing = (float(x) for x in inverse(lat_deg, lon_deg, lat, lon)[:2])
    return (away, bearing, lat, lon) if away > 0 else None
