"""ASTERIX datagrams -> `Sector`s. EUROCONTROL-SPEC-0149 parts 2b (034), 4 (048), 7 (010). Pure, no sockets.

Nothing depends on how datagrams are grouped into calls: plots, crossings and places take effect in the order of the
bytes, so a live hour and its replay give the same sectors.
"""

from __future__ import annotations

import math
from collections import OrderedDict
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
from mihari.feeds.transport import Chunk
from mihari.formats.asterix import Decoded, decode_many
from mihari.formats.asterix.radar import Message, PlotKind, Plots, Sectors, full_time, plots, sectors

RADARS = 64  # radars on one feed; random bytes must not invent more
REPEAT_S = 0.5  # the same datagram again within this came over two networks; the next turn brings other times
REMEMBERED = 256  # datagrams
ABSENT = 0xFFFF
MOVED_M = 50.0  # from where it first told that it stands: a radar that is farther moves; GNSS errs by less


@dataclass(slots=True)
class _Radar:
    index: int
    sweep: Sweep
    stood: tuple[float, float] | None = None  # degrees, where it first told that it stands


@dataclass(frozen=True, slots=True)
class _Services:
    """Category 034, in the order of the bytes."""

    messages: Sectors
    record: Array
    lat_deg: Array  # NaN where no place was told
    lon_deg: Array
    height: Array


class RadarFeed:
    """The stage of one feed of one or more radars, told apart by SAC/SIC."""

    def __init__(self, index: int, sensors: SensorRegistry, health: Health, datagrams: bool = True) -> None:
        self.index, self.sensors, self.health, self.datagrams = index, sensors, health, datagrams
        self._radars: dict[int, _Radar] = {}
        self._recent: OrderedDict[bytes, float] = OrderedDict()
        self._offset = 0
        self._stream = b""

    def take(self, *chunks: Chunk) -> list[Sector]:
        """The sectors that these datagrams complete, in the order of the messages that completed them."""
        pieces = [piece for chunk in chunks for piece in self._pieces(chunk)]
        if not pieces:
            return []
        data = [piece.data for piece in pieces]
        received = np.array([piece.received if piece.time is None else piece.time for piece in pieces])
        decoded = decode_many(data)
        fresh = self._fresh(data, received)
        found, services = plots(decoded), _services(decoded)
        closed = self._sweep(decoded, found, services, received, fresh)
        self._count(chunks, decoded, data, len(found), fresh)
        return closed

    def finish(self) -> list[Sector]:
        """What is still held when the input ends."""
        return [s for radar in self._radars.values() for s in radar.sweep.finish(self.sensors[radar.index])]

    # bytes

    def _pieces(self, chunk: Chunk) -> list[Chunk]:
        """Datagrams as they are; of a stream, the data blocks that are complete (their octets 2 and 3 say how long)."""
        if self.datagrams:
            return [chunk] if chunk.data else []
        if not chunk.data:
            self._stream = b""
            return []
        self._stream += chunk.data
        at, blocks = 0, []
        while at + 3 <= len(self._stream):
            length = int.from_bytes(self._stream[at + 1 : at + 3], "big")
            if length < 3:  # out of step for good: nothing in the bytes marks a beginning
                self.health.refuse(chunk.received, "bad_length", self._stream[at:])
                at = len(self._stream)
            elif at + length > len(self._stream):
                break
            else:
                blocks.append(Chunk(chunk.received, self._stream[at : at + length], chunk.time))
                at += length
        self._stream = self._stream[at:]
        return blocks

    def _fresh(self, data: list[bytes], received: Array) -> Array:
        """False for a datagram that came a moment ago already."""
        fresh = np.ones(len(data), dtype=bool)
        for i, (piece, t) in enumerate(zip(data, received.tolist(), strict=True)):
            before = self._recent.pop(piece, -math.inf)
            fresh[i] = not 0 <= t - before < REPEAT_S
            self._recent[piece] = t
            if len(self._recent) > REMEMBERED:
                self._recent.popitem(last=False)
        return fresh

    def _count(self, chunks: tuple[Chunk, ...], decoded: Decoded, data: list[bytes], plots: int, fresh: Array) -> None:
        now, size = chunks[-1].received, sum(len(chunk.data) for chunk in chunks)
        other = decoded.counts.get("unknown_category", 0)
        self.health.heard(now, size, len(decoded), plots, other)
        self.health.notice("repeated", int(np.count_nonzero(~fresh)))
        broken = [data[i] for i in decoded.errors.datagram.tolist()[:1]]
        for reason, count in decoded.counts.items():
            if reason != "unknown_category":
                self.health.refuse(now, reason, broken[0] if broken else b"", count)

    # messages

    def _sweep(
        self, decoded: Decoded, found: Plots, services: _Services, received: Array, fresh: Array
    ) -> list[Sector]:
        record, height = _plot_records(decoded)
        kept, told = fresh[found.datagram], fresh[services.messages.datagram]
        offset = self._offset + np.cumsum(kept) - 1
        self._offset += int(np.count_nonzero(kept))
        held = _held(found, offset, height, received)
        closed: list[tuple[int, Sector]] = []
        for source in np.unique(np.concatenate([found.source[kept], services.messages.source[told]])).tolist():
            radar = self._radar(source)
            if radar is None:
                self.health.refuse(float(received[-1]), "too many radars")
                continue
            mine = np.flatnonzero(kept & (found.source == source))
            self._tell(radar.index, found.time_of_day, held, mine)
            self._classify(radar, found.kind[mine])
            rows = np.flatnonzero(told & (services.messages.source == source))
            closed += self._turn(radar, held.take(mine), record[mine], services, rows, received)
        return [sector for _, sector in sorted(closed, key=lambda entry: entry[0])]

    def _tell(self, sensor: int, time_of_day: Array, held: Held, mine: Array) -> None:
        """That this radar was heard, and by which clock: that of its newest plot."""
        if len(mine) == 0:
            return
        newest = mine[-1:]
        told = np.where(np.isfinite(time_of_day[newest]), held.time[newest], np.nan)
        self.health.clocks.hear(np.array([sensor]), told, held.received[newest])
        self.health.heard_from(sensor, float(held.received[newest[0]]), len(mine))

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


def _services(decoded: Decoded) -> _Services:
    tables = decoded.of(34)
    record = np.concatenate([t.records.record for t in tables]) if tables else np.zeros(0, np.int64)
    order = np.argsort(record, kind="stable")
    place = [
        np.concatenate([t[f"120/{name}"] for t in tables])[order] if tables else np.zeros(0)
        for name in ("LAT", "LON", "HGT")
    ]
    return _Services(sectors(decoded), record[order], *place)


def _plot_records(decoded: Decoded) -> tuple[Array, Array]:
    """For each plot the number of its record and the height of its flight level in m (0 where not told)."""
    numbers, heights = [np.zeros(0, np.int64)], [np.zeros(0)]
    for table in decoded.of(48):
        numbers.append(table.records.record)
        heights.append(np.nan_to_num(table["090/FL"]))
    for table in decoded.of(10):
        target = table.raw("000", 1) == 1
        numbers.append(table.records.record[target])
        heights.append(np.zeros(int(target.sum())))
    record, height = np.concatenate(numbers), np.concatenate(heights)
    order = np.argsort(record, kind="stable")
    return record[order], height[order]


def _held(found: Plots, offset: Array, height: Array, received: Array) -> Held:
    heard = received[found.datagram]
    time = full_time(found.time_of_day, heard)
    kind = KINDS[found.kind]
    return Held(
        offset=offset,
        time=np.where(np.isfinite(time), time, heard),
        received=heard,
        kind=kind,
        range=found.range,
        bearing=found.bearing,
        height=np.where(found.kind == PlotKind.TRANSPONDER, height, 0.0),
        lat_deg=found.lat_deg,
        lon_deg=found.lon_deg,
        amplitude=found.amplitude_dbm,
    )
