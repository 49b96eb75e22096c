"""Radars with turning antennas: decoded plots and service messages -> sectors. EUROCONTROL-SPEC-0149.

Categories 001, 010, 015 and 048 bring plots; 002 and 034 crossings, markers and (034) the place of the radar. A plot of
001 tells its time truncated to 512 s: it is completed by the time that the same radar told last with category 002, else
by the time of receipt.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mihari.core.columns import Array
from mihari.core.geodesics import great_circle
from mihari.core.health import Health
from mihari.core.reports import Sector
from mihari.core.sensor import SensorKind
from mihari.feeds.plots import KINDS, Held
from mihari.feeds.registry import SensorRegistry
from mihari.feeds.rows import rows_of
from mihari.feeds.sweep import Sweep
from mihari.formats.asterix import Decoded
from mihari.formats.asterix.radar import Message, PlotKind, Plots, Sectors, completed, full_time, sectors_and_records
from mihari.formats.asterix.times import TRUNCATED_S

RADARS = 64  # radars on one feed; random bytes must not invent more
ABSENT = 0xFFFF
MOVED_M = 50.0  # from where it first told that it stands: a radar that is farther moves; GNSS errs by less


@dataclass(slots=True)
class _Radar:
    index: int
    sweep: Sweep
    stood: tuple[float, float] | None = None  # degrees, where it first told that it stands
    clock: tuple[float, float] | None = None  # the time it told last, and when that was received, UTC s


@dataclass(frozen=True, slots=True)
class _Services:
    """Categories 002 and 034, in the order of the bytes."""

    messages: Sectors
    record: Array
    time: Array  # UTC s, NaN where none was told
    lat_deg: Array  # NaN where no place was told
    lon_deg: Array
    height: Array


class Turning:
    """The radars of one feed, told apart by SAC/SIC."""

    def __init__(self, index: int, sensors: SensorRegistry, health: Health) -> None:
        self.index, self.sensors, self.health = index, sensors, health
        self._radars: dict[int, _Radar] = {}

    def take(
        self, decoded: Decoded, found: Plots, record: Array, offset: Array, received: Array, fresh: Array
    ) -> list[tuple[int, Sector]]:
        """The sectors that are complete, each with the record that completed it."""
        services = _services(decoded, received)
        kept, told = fresh[found.datagram], fresh[services.messages.datagram]
        closed: list[tuple[int, Sector]] = []
        for source in np.unique(np.concatenate([found.source[kept], services.messages.source[told]])).tolist():
            radar = self._radar(source)
            if radar is None:
                self.health.refuse(float(received[-1]), "too many radars")
                continue
            mine = np.flatnonzero(kept & (found.source == source))
            rows = np.flatnonzero(told & (services.messages.source == source))
            times = self._times(radar, found, record, mine, services, rows, received)
            held = _held(found.take(mine), offset[mine], received, times)
            self._tell(radar.index, found.time_of_day[mine], held)
            self._classify(radar, found.kind[mine])
            closed += self._turn(radar, held, record[mine], services, rows, received)
        return closed

    def finish(self) -> list[Sector]:
        """What is still held when the input ends."""
        return [s for radar in self._radars.values() for s in radar.sweep.finish(self.sensors[radar.index])]

    def _times(
        self, radar: _Radar, found: Plots, record: Array, mine: Array, services: _Services, rows: Array, received: Array
    ) -> Array:
        """UTC s of one radar's plots; truncated ones by the time it told before them, carried on by the receipt's."""
        heard = received[found.datagram[mine]]
        time = full_time(found.time_of_day[mine], heard)
        rows = rows[np.isfinite(services.time[rows])]
        before = radar.clock or (math.nan, math.nan)
        told = np.concatenate([[before[0]], services.time[rows]])
        at = np.concatenate([[before[1]], received[services.messages.datagram[rows]]])
        last = np.searchsorted(services.record[rows], record[mine])
        about = told[last] + heard - at[last]
        about = np.where(np.isfinite(about), about, heard)
        truncated = found.time_modulo[mine] == TRUNCATED_S
        if truncated.any():
            time = np.where(truncated, completed(found.time_of_day[mine], about), time)
        if len(rows):
            radar.clock = float(told[-1]), float(at[-1])
        return np.where(np.isfinite(time), time, heard)

    def _tell(self, sensor: int, time_of_day: Array, held: Held) -> None:
        """That this radar was heard, and by which clock: that of its newest plot."""
        if len(held) == 0:
            return
        told = np.where(np.isfinite(time_of_day[-1:]), held.time[-1:], np.nan)
        self.health.clocks.hear(np.array([sensor]), told, held.received[-1:])
        self.health.heard_from(sensor, float(held.received[-1]), len(held))

    def _turn(
        self, radar: _Radar, held: Held, record: Array, services: _Services, rows: Array, received: Array
    ) -> list[tuple[int, Sector]]:
        """One radar's plots and service messages in their order. (record that closed it, sector)."""
        closed, done = [], 0
        for row in rows.tolist():
            number = int(services.record[row])
            before = int(np.searchsorted(record, number))
            closed += self._add(radar, held, record, done, before)
            done = before
            self._learn(radar, services, row)
            closed += [(number, s) for s in self._service(radar, services.messages, row, received)]
        return closed + self._add(radar, held, record, done, len(held))

    def _add(self, radar: _Radar, held: Held, record: Array, start: int, stop: int) -> list[tuple[int, Sector]]:
        if start == stop:
            return []
        sectors = radar.sweep.add(self.sensors[radar.index], rows_of(held, start, stop))
        return [(int(record[start]), s) for s in sectors]

    def _service(self, radar: _Radar, messages: Sectors, row: int, received: Array) -> list[Sector]:
        message = int(messages.message[row])
        if message not in (Message.NORTH, Message.SECTOR):
            return []
        heard = float(received[messages.datagram[row]])
        time = float(full_time(messages.time_of_day[row], heard))
        azimuth = 0.0 if message == Message.NORTH else float(messages.azimuth[row])
        time = time if math.isfinite(time) else heard
        radar.sweep.crossings |= message == Message.SECTOR
        if message == Message.NORTH and radar.sweep.crossings:
            return []  # it overtakes plots that are still on their way; the crossing of north does not
        return radar.sweep.told(self.sensors[radar.index], azimuth, time, heard)

    def _radar(self, source: int) -> _Radar | None:
        radar = self._radars.get(source)
        if radar is None and len(self._radars) < RADARS:
            name = f"{source >> 8}/{source & 255}" if source != ABSENT else self.health.name
            sensor = self.sensors.radar(name)
            if sensor is not None:
                radar = self._radars[source] = _Radar(sensor.index, Sweep(self.index))
        return radar

    def _classify(self, radar: _Radar, kinds: Array) -> None:
        """A radar nobody configured that gets answers from transponders watches the air."""
        if len(kinds) and np.any(kinds == PlotKind.TRANSPONDER) and self.sensors[radar.index].kind == SensorKind.RADAR:
            self.sensors.turn_into(radar.index, SensorKind.AIR_RADAR)

    def _learn(self, radar: _Radar, services: _Services, row: int) -> None:
        period = float(services.messages.rotation_s[row])
        if period > 0:
            radar.sweep.period = period
            self.sensors.learn_period(radar.index, period)
        lat_deg, lon_deg = float(services.lat_deg[row]), float(services.lon_deg[row])
        if abs(lat_deg) <= 90 and abs(lon_deg) <= 180:
            before = radar.stood = radar.stood or (lat_deg, lon_deg)
            sensor = self.sensors.learn(radar.index, lat_deg, lon_deg, float(services.height[row]))
            believed = (sensor.lat_deg, sensor.lon_deg) == (lat_deg, lon_deg)  # not so where it is configured
            radar.sweep.moves |= believed and float(great_circle(*before, lat_deg, lon_deg)[0]) > MOVED_M


def _services(decoded: Decoded, received: Array) -> _Services:
    messages, record = sectors_and_records(decoded)
    place = np.full((3, len(record)), np.nan)
    for table in decoded.of(34):
        at = np.searchsorted(record, table.records.record)
        place[:, at] = [table[f"120/{name}"] for name in ("LAT", "LON", "HGT")]
    time = full_time(messages.time_of_day, received[messages.datagram])
    return _Services(messages, record, time, *place)


def _held(found: Plots, offset: Array, received: Array, time: Array) -> Held:
    return Held(
        offset=offset,
        time=time,
        received=received[found.datagram],
        kind=KINDS[found.kind],
        range=found.range,
        bearing=found.bearing,
        height=np.where(found.kind == PlotKind.TRANSPONDER, np.nan_to_num(found.height), 0.0),
        lat_deg=found.lat_deg,
        lon_deg=found.lon_deg,
        amplitude=found.amplitude_dbm,
        cov_ee=found.cov_ee,
        cov_en=found.cov_en,
        cov_nn=found.cov_nn,
    )
