"""AIS messages on the air -> what satellites hear, told when they pass their ground stations: minutes to hours late."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mihari.formats.ais.sentences import encode, tag_block
from mihari.sensors.ais import SLOT_S
from mihari.sensors.ais_slots import SATELLITE_OVERLAP, survival
from mihari.sensors.satellite import DECODED, Satellite
from mihari.simulate.datagram import Datagram
from mihari.simulate.receivers import Load
from mihari.simulate.scenario import Orbit, Scenario
from mihari.simulate.transponders import Air

WITHIN_S = 86_400.0  # after the scenario's end: when the last pass over the ground station is looked for
LOOK_S = 10.0  # s, how exactly passes are known
DOWNLINK_S = 0.01  # s a message takes on its way down


@dataclass(frozen=True, slots=True)
class Passes:
    """When a satellite is over its ground station: starts and ends, UTC s."""

    start: list[float]
    end: list[float]

    def told_at(self, heard: float) -> float:
        """At once while it is in view there, else when it next rises; inf if it never does."""
        for start, end in zip(self.start, self.end, strict=True):
            if heard <= end:
                return max(heard, start)
        return float("inf")


class Satellites:
    """Those of a scenario: each hears what is within its horizon, unless slots collide, and tells it later."""

    def __init__(self, scenario: Scenario) -> None:
        self.orbits = scenario.satellites
        self.start = scenario.start
        self.satellites = [_flying(orbit, scenario.start) for orbit in self.orbits]

    def heard(self, air: Iterator[Air], duration: float, rng: np.random.Generator) -> Iterator[Datagram]:
        """What reaches the ground within `duration` s, in order of time; the tag block tells when it was heard."""
        if not self.orbits:
            return
        end = self.start + duration
        until = end if np.isfinite(end) else self.start + 30 * WITHIN_S
        passes = [_passes(s, o, self.start, until) for s, o in zip(self.satellites, self.orbits, strict=True)]
        load = Load(len(self.orbits))
        waiting: list[tuple[float, int, str, bytes]] = []
        number = 0
        for second, sent in enumerate(air):
            if second >= duration:
                break
            for k, time, data in self._received(sent, load, rng):
                told = passes[k].told_at(time) + DOWNLINK_S
                number += 1
                if told <= end:
                    heapq.heappush(waiting, (told, number, f"sat-{k}", data))
            while waiting and waiting[0][0] < self.start + second + 1:
                told, _, channel, data = heapq.heappop(waiting)
                yield Datagram(told, channel, data)
        while waiting:
            told, _, channel, data = heapq.heappop(waiting)
            yield Datagram(told, channel, data)

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


def _passes(satellite: Satellite, orbit: Orbit, start: float, end: float) -> Passes:
    found = satellite.passes(*orbit.ground, start, end + WITHIN_S, LOOK_S)
    return Passes([a for a, _ in found], [b for _, b in found])
