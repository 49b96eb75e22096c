"""AIS messages on the air -> what satellites hear, told when they pass their ground stations: minutes to hours late."""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Iterator

import numpy as np

from mihari.formats.ais.sentences import encode, tag_block
from mihari.sensors.ais import SLOT_S
from mihari.sensors.ais_slots import SATELLITE_OVERLAP, survival
from mihari.sensors.satellite import DECODED, Satellite
from mihari.simulate.datagram import Datagram
from mihari.simulate.receivers import Load
from mihari.simulate.scenario import Orbit, Scenario
from mihari.simulate.transponders import Air

DAY_S = 86_400.0
LOOK_S = 10.0  # s, how exactly passes are known
DOWNLINK_S = 0.01  # s a message takes on its way down


class Passes:
    """When a satellite is over its ground station, found day by day as they are asked for."""

    def __init__(self, satellite: Satellite, ground: tuple[float, float], start: float) -> None:
        self.satellite, self.ground, self.until = satellite, ground, start
        self.known: deque[tuple[float, float]] = deque()

    def told_at(self, heard: float) -> float:
        """When a message heard at `heard` (UTC s, never less than before) reaches the ground; inf if not in two days.

        At once while the satellite is in view there, else when it next rises.
        """
        while self.known and self.known[0][1] < heard:
            self.known.popleft()
        while not self.known and self.until < heard + 2 * DAY_S:
            begin, self.until = self.until, self.until + DAY_S
            self.known += self.satellite.passes(*self.ground, begin, self.until, LOOK_S)
            while self.known and self.known[0][1] < heard:
                self.known.popleft()
        return max(heard, self.known[0][0]) if self.known else math.inf


class Satellites:
    """Those of a scenario: each hears what is within its horizon, unless slots collide, and tells it later."""

    def __init__(self, scenario: Scenario, rng: np.random.Generator) -> None:
        self.orbits, self.rng = scenario.satellites, rng
        self.satellites = [_flying(orbit, scenario.start) for orbit in self.orbits]
        pairs = zip(self.satellites, self.orbits, strict=True)
        self.passes = [Passes(satellite, orbit.ground, scenario.start) for satellite, orbit in pairs]
        self.load = Load(len(self.orbits))
        self.later: list[tuple[float, int, str, bytes]] = []  # a heap, by when it is told
        self.number = 0

    def hear(self, sent: Air, until: float) -> list[Datagram]:
        """What was sent in one second is heard, what reaches the ground before `until` (UTC s) is told.

        The tag block tells when it was heard. What would never be told is forgotten.
        """
        for k, time, data in self._received(sent, self.load, self.rng):
            told = self.passes[k].told_at(time) + DOWNLINK_S
            self.number += 1
            if math.isfinite(told):
                heapq.heappush(self.later, (told, self.number, f"sat-{k}", data))
        due = []
        while self.later and self.later[0][0] < until:
            told, _, channel, data = heapq.heappop(self.later)
            due.append(Datagram(told, channel, data))
        return due

    def _received(self, sent: Air, load: Load, rng: np.random.Generator) -> Iterator[tuple[int, float, bytes]]:
        """(satellite, when heard, sentences) of one second."""
        views = [s.in_view(sent.lat_deg, sent.lon_deg, sent.time) for s in self.satellites]
        view = np.stack([np.asarray(v, dtype=bool) for v in views], axis=1)
        chance = view * DECODED * survival(load.slots(view.sum(axis=0).astype(float)), SATELLITE_OVERLAP)
        hears = rng.random(view.shape) < chance
        for row, k in np.argwhere(hears).tolist():
            message = sent.message[row]
            channel = sent.channel[row].decode()
            sentences = [message] if isinstance(message, bytes) else encode(message, channel=channel, sequence=row % 10)
            heard = round(float(sent.time[row]) + len(sentences) * SLOT_S, 3)
            yield k, heard, _tagged(self.orbits[k].name, sentences, heard, row)


def _tagged(name: str, sentences: list[bytes], heard: float, row: int) -> bytes:
    if len(sentences) == 1:
        return tag_block(name, heard) + sentences[0]
    marks = [(k, len(sentences), row % 9999 + 1) for k in range(1, len(sentences) + 1)]
    tags = [tag_block(name, heard, marks[0]), *(tag_block(group=mark) for mark in marks[1:])]
    return b"".join(tag + sentence for tag, sentence in zip(tags, sentences, strict=True))


def _flying(orbit: Orbit, start: float) -> Satellite:
    return Satellite(orbit.altitude, orbit.inclination, orbit.node_deg, start - orbit.since)
