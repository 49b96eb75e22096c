"""AIS bytes -> `Batch`es: one report and one claim per accepted message. ITU-R M.1371-5, IEC 61162-1. Pure, no sockets.

A message with a valid position is an AIS_POSITION; every other one says who speaks, at least, and is an AIS_STATIC:
a claim without a position. Its time is the tag block's, else the trailing receive time, else the time of receipt.
"""

from __future__ import annotations

import math

import numpy as np

from mihari.core.columns import Array
from mihari.core.health import KEEP_BYTES, Health, Refusal
from mihari.core.reports import AID, OFF_POSITION, VIRTUAL, Batch, Claims, ReportKind, Reports, Subject
from mihari.feeds.registry import SensorRegistry
from mihari.feeds.transport import Chunk
from mihari.formats.ais import SUBJECTS, Decoder, Messages, Static, subjects

PRECISE_SD = 5.0  # m: "accuracy" set says better than 10 m (M.1371-5 table 50), taken as two sigma
PLAIN_SD = 15.0  # m: not told better than 10 m; an unaided satellite receiver and the antenna's offset
COARSE_SD = 60.0  # m: message 27 counts in 1/10 minute, 185 m / √12
EARLIEST_S, LATEST_S = 7 * 86400.0, 3600.0  # a live time further back or ahead is not the time of this report
HAS_STATIC = np.isin(np.arange(256), (5, 19, 21, 24))
MESSAGE_21, FRESH_S = 21, 59  # an aid to navigation; UTC seconds above say that there is no fix of that time
FLOATING = np.isin(np.arange(256), (4, *range(20, 32)))  # types of aids, M.1371-5 table 74; 4: a wreck's buoy
SUBJECT = np.array([Subject[name.upper()] for name in SUBJECTS], np.uint8)  # the decoder's numbers -> ours
DEVICES = np.full(256, "", "U1")
DEVICES[[1, 2, 3, 5]] = "A"
DEVICES[[18, 19, 24]] = "B"


class AisFeed:
    """The stage of one AIS feed. `recorded`: times come from the data, and so does the time of receipt."""

    def __init__(
        self,
        index: int,
        name: str,
        sensors: SensorRegistry,
        health: Health,
        datagrams: bool = False,
        recorded: bool = False,
    ) -> None:
        self.index, self.sensors, self.health = index, sensors, health
        self.datagrams, self.recorded = datagrams, recorded
        own = sensors.station(name)
        self._sensor = -1 if own is None else own.index
        self._stations: list[int] = []  # the decoder's station number -> sensor
        self._decoder = Decoder()
        self._offset = 0
        self._counted: dict[str, int] = {}
        self._other = self._tags = 0

    def take(self, *chunks: Chunk) -> list[Batch]:
        """The messages that these chunks complete, as at most one batch per chunk that has its own time."""
        if not self.recorded:
            joined = self._joined(chunks)
            return self._decode(joined, sum(len(c.data) for c in chunks)) if joined else []
        return [b for chunk in chunks for b in self._decode(self._joined((chunk,)) or chunk, len(chunk.data))]

    def finish(self) -> list[Batch]:
        """What the end of the input completes."""
        messages = self._decoder.finish()
        self._count(0.0 if self.health.last_heard is None else self.health.last_heard, 0, messages)
        return self._batches(messages, self.health.last_heard or 0.0)

    def _joined(self, chunks: tuple[Chunk, ...]) -> Chunk | None:
        """Several chunks as one, received with the last. A datagram, or a break in a stream, ends its line."""
        if not chunks:
            return None
        parts = [c.data + b"\n" if self.datagrams or not c.data else c.data for c in chunks]
        return Chunk(chunks[-1].received, b"".join(parts), chunks[-1].time)

    def _decode(self, chunk: Chunk, size: int) -> list[Batch]:
        received = chunk.received if chunk.time is None else chunk.time
        messages = self._decoder.feed(chunk.data, received)
        self._count(chunk.received, size, messages)
        return self._batches(messages, received)

    def _batches(self, messages: Messages, received: float) -> list[Batch]:
        if len(messages) == 0:
            return []
        batch = Batch(self._reports(messages, received), claims_of(messages))
        self._offset += len(messages)
        return [batch]

    def _reports(self, messages: Messages, received: float) -> Reports:
        n = len(messages)
        time, sensor = self._time(messages.time, received), self._sensors(messages)
        self.health.clocks.hear(sensor, messages.time, math.nan if self.recorded else received, messages.second)
        for station, count in enumerate(np.bincount(sensor + 1).tolist(), -1):
            if count:
                self.health.heard_from(station, received, count)
        placed = messages.has_position
        variance = np.where(placed, _position_sd(messages) ** 2, np.nan)
        return Reports.of(
            n,
            feed=self.index,
            offset=np.arange(self._offset, self._offset + n),
            time=time,
            received=time if self.recorded else received,
            sensor=sensor,
            kind=np.where(placed, ReportKind.AIS_POSITION, ReportKind.AIS_STATIC),
            lat_deg=np.where(placed, messages.lat_deg, np.nan),
            lon_deg=np.where(placed, messages.lon_deg, np.nan),
            cov_ee=variance,
            cov_en=np.where(placed, 0.0, np.nan),
            cov_nn=variance,
            speed=messages.speed,
            course=messages.course,
            heading=messages.heading,
            claim=np.arange(n),
            key=messages.key,
        )

    def _time(self, told: Array, received: float) -> Array:
        time = np.where(np.isfinite(told), told, received)
        if self.recorded:
            return time
        absurd = (time > received + LATEST_S) | (time < received - EARLIEST_S)
        self.health.notice("absurd time", int(np.count_nonzero(absurd)))
        return np.where(absurd, received, time)

    def _sensors(self, messages: Messages) -> Array:
        for name in messages.stations[len(self._stations) :]:
            station = self.sensors.station(name)
            self._stations.append(self._sensor if station is None else station.index)
        return np.array([*self._stations, self._sensor], np.int16)[messages.station_index]

    def _count(self, received: float, size: int, messages: Messages) -> None:
        decoder, health = self._decoder, self.health
        other, tags = decoder.other - self._other, decoder.tag_refused - self._tags
        self._other, self._tags = decoder.other, decoder.tag_refused
        placed = int(np.count_nonzero(messages.has_position))
        if size:
            health.heard(received, size, len(messages), placed, other)
        else:  # the end of the input: nothing was heard
            health.messages, health.reports = health.messages + len(messages), health.reports + placed
        health.notice("tag block", tags)
        fresh = sum(decoder.refused.values()) - sum(self._counted.values())
        for reason, count in decoder.refused.items():
            more = count - self._counted.get(reason, 0)
            health.refused[reason] = health.refused.get(reason, 0) + more
        for reason, _, data in list(decoder.last_refused)[-fresh:] if fresh else ():
            health.last_refused.append(Refusal(received, reason, data[:KEEP_BYTES]))
        self._counted = dict(decoder.refused)


def _position_sd(messages: Messages) -> Array:
    sd = np.where(messages.accuracy == 1, PRECISE_SD, PLAIN_SD)
    return np.where(messages.message_type == 27, COARSE_SD, sd)


def claims_of(messages: Messages) -> Claims:
    """One claim per message, in order; the static columns are filled for types 5, 19, 21 and 24."""
    device = DEVICES[messages.message_type]
    subject = SUBJECT[subjects(messages.mmsi, messages.message_type, messages.status)]
    static = _static(messages)
    return Claims.of(
        len(messages),
        mmsi=messages.mmsi,
        subject=np.where(messages.own, Subject.OWN, subject),
        device=device,
        status=_status(messages, static),
        **_told(static, len(messages)),
    )


def _status(messages: Messages, static: Static) -> Array:
    """Navigation status; of aids whether they are virtual, and off position.

    Off position counts of a floating aid with a second of 59 or less only (M.1371-5, message 21): real beacons on land
    tell it as well.
    """
    status: Array = messages.status
    if len(static) and (aids := messages.message_type[static.row] == MESSAGE_21).any():
        rows = static.row[aids]
        fresh = (messages.second[rows] >= 0) & (messages.second[rows] <= FRESH_S)
        off = (static.off_position[aids] == 1) & FLOATING[static.aid_type[aids]] & fresh
        status = status.copy()
        status[rows] = AID + OFF_POSITION * off + VIRTUAL * (static.virtual[aids] == 1)
    return status


def _static(messages: Messages) -> Static:
    """Reading static columns costs milliseconds: most live bursts have none."""
    return messages.static if HAS_STATIC[messages.message_type].any() else Static.empty()


def _told(static: Static, n: int) -> dict[str, Array]:
    """Columns of length `n` with what static messages say; absent elsewhere."""
    rows = static.row
    columns: dict[str, Array] = {}
    for name, dtype in (("name", "U20"), ("call_sign", "U7"), ("destination", "U20")):
        columns[name] = np.zeros(n, dtype)
        columns[name][rows] = getattr(static, name)
    columns["imo"] = np.zeros(n, np.int32)
    columns["imo"][rows] = np.maximum(static.imo, 0)
    columns["ship_type"] = np.full(n, -1, np.int16)
    columns["ship_type"][rows] = np.where(static.ship_type > 0, static.ship_type, -1)  # 0: not available
    columns["draught"] = np.full(n, np.nan, np.float32)
    columns["draught"][rows] = static.draught
    return columns | _size(static, n)


def _size(static: Static, n: int) -> dict[str, Array]:
    """Distances to bow, stern, port and starboard; all zero means not available (M.1371-5 figure 41)."""
    sides = ("bow", "stern", "port", "starboard")
    told = np.stack([getattr(static, side) for side in sides]).astype(np.float32)
    told[:, ~(told > 0).any(axis=0)] = np.nan
    told[told < 0] = np.nan
    columns = {}
    for side, values in zip(sides, told, strict=True):
        columns[side] = np.full(n, np.nan, np.float32)
        columns[side][static.row] = values
    return columns
