"""IEC 61162-1 sentences -> AIS batches, looks of a ship's or station's radar, and where own ship is. No sockets.

One line carries both: VDM and VDO go to the stage of AIS as they came, all other lines to `formats.nmea`. What the
radar tracks becomes looks (`nmea_looks`). Own ship is telemetry: of the `[[vehicle]]` that lists this feed, else of a
surface craft by the feed's name, so that what watches is seen on the map.

Headings and positions count by tag block or receipt, so sentences without times that come in one chunk count as heard
together, in the order of their lines (`formats.nmea.tracked`).
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from mihari.core.asset import AssetKind, Telemetry
from mihari.core.health import Health
from mihari.core.reports import Batch, Sector
from mihari.core.units import KNOT, wrap_turn
from mihari.feeds.ais import AisFeed
from mihari.feeds.counting import count_refused
from mihari.feeds.nmea_looks import TrackLooks
from mihari.feeds.registry import SensorRegistry
from mihari.feeds.transport import Chunk
from mihari.formats.nmea import Decoded, Decoder
from mihari.formats.nmea.own_ship import headings, positions
from mihari.formats.nmea.tracked import RadarTracks

LINE_LIMIT = 4096  # as in the decoders
EVERY_S = 1.0  # own ship is shown once a second


class NmeaFeed:
    """The stage of one feed of sentences: one ship, or one station with its radar."""

    def __init__(
        self,
        index: int,
        name: str,
        sensors: SensorRegistry,
        health: Health,
        datagrams: bool = False,
        recorded: bool = False,
    ) -> None:
        self.name, self.sensors, self.health, self.datagrams = name, sensors, health, datagrams
        self._ais: AisFeed | None = None
        self._make = partial(AisFeed, index, name, sensors, health, datagrams=False, recorded=recorded)
        self._decoder, self._tracks = Decoder(ais=False), RadarTracks()
        self._looks = TrackLooks(index, name, sensors, health)
        self._rest = b""
        self._other = self._sentences = 0
        self._variation = math.nan
        self._told = -math.inf
        self._heading = math.nan

    def take(self, *chunks: Chunk) -> list[Batch | Sector]:
        """What these chunks complete, a chunk at a time: first AIS, then looks."""
        given: list[Batch | Sector] = []
        for chunk in chunks:
            ais, others = self._sorted(chunk)
            if ais:
                given += self._station().take(replace(chunk, data=ais))
            if others:
                given += self._sentence(others, chunk.received, chunk.received if chunk.time is None else chunk.time)
        return given

    def finish(self) -> list[Batch | Sector]:
        """What the end of the input completes."""
        given = self.take(Chunk(self.health.last_heard or 0.0, b""))
        return given if self._ais is None else [*given, *self._ais.finish()]

    def _station(self) -> AisFeed:
        """The stage of AIS, from the first such line on: a radar's feed is no AIS station."""
        if self._ais is None:
            self._ais = self._make()
        return self._ais

    def _sorted(self, chunk: Chunk) -> tuple[bytes, bytes]:
        """(lines of AIS, other lines) that this chunk completes; an empty chunk or a datagram ends its last line."""
        whole = self._rest + chunk.data
        whole += b"\n" if (self.datagrams or not chunk.data) and whole and not whole.endswith(b"\n") else b""
        *lines, self._rest = whole.split(b"\n")
        if len(self._rest) > LINE_LIMIT:  # refused where it is decoded
            lines, self._rest = [*lines, self._rest], b""
        ais = [line for line in lines if b"VDM" in line or b"VDO" in line]
        others = [line for line in lines if line.strip() and b"VDM" not in line and b"VDO" not in line]
        return _joined(ais), _joined(others)

    def _sentence(self, lines: bytes, heard: float, received: float) -> list[Batch | Sector]:
        decoded = self._decoder.feed(lines, received)
        looks = self._looks.take(self._tracks.take(decoded, received))
        self._own(decoded, received)
        other, sentences = self._decoder.other - self._other, self._decoder.sentences - self._sentences
        self._other, self._sentences = self._decoder.other, self._decoder.sentences
        self.health.heard(heard, len(lines), sentences, len(looks), other)
        for refusals in (self._decoder.refusals, self._tracks.refused):
            count_refused(self.health, refusals, heard)
        return [*looks]

    def _own(self, decoded: Decoded, received: float) -> None:
        """Tell where own ship is."""
        found, self._variation = headings(decoded, received, self._variation)
        self._heading = float(found.heading[-1]) if len(found) else self._heading
        places = positions(decoded, received)
        if not len(places):
            return
        last = int(np.argmax(places.heard + 1e-9 * (places.line - places.line.min())))
        time = float(places.heard[last])
        if 0 <= time - self._told < EVERY_S:
            return
        self._told = time
        vehicle = self.sensors.roll.who(self.name, 0, AssetKind.SURFACE)
        speed, course = _motion(decoded)
        told = Telemetry(
            vehicle.name, time, received, float(places.lat_deg[last]), float(places.lon_deg[last]), height=0.0,
            speed=speed, course=course, heading=self._heading,
        )  # fmt: skip
        self.sensors.roll.tell(told, vehicle.kind)


def _motion(decoded: Decoded) -> tuple[float, float]:
    """(speed, course) over ground that came with a position."""
    table: Any = decoded.tables.get("RMC") or decoded.tables.get("VTG")
    if table is None:
        return math.nan, math.nan
    speed, course = float(table["speed_kn"][-1]) * KNOT, math.radians(float(table["course_deg"][-1]))
    return speed, float(wrap_turn(course)) if math.isfinite(course) else math.nan


def _joined(lines: list[bytes]) -> bytes:
    return b"\n".join(lines) + b"\n" if lines else b""
