"""AIS messages on the air -> what each coastal station hears: sentences with tag blocks. NMEA 0183 4.10."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mihari.formats.ais.sentences import encode, tag_block
from mihari.sensors.ais import SLOT_S, reception_probability, reception_range
from mihari.simulate.datagram import Datagram, in_order
from mihari.simulate.scenario import Scenario
from mihari.simulate.transponders import Transmission
from mihari.simulate.ways import Floats

METRES_PER_DEGREE = 111_195.0  # of latitude, on the mean sphere
DELAY_S = 0.01  # from the end of the slot to the datagram: receiver and network; assumed


class Receivers:
    """The stations of a scenario, each with its own chance to hear a message."""

    def __init__(self, scenario: Scenario) -> None:
        self.stations = scenario.stations
        self.lat_deg = np.array([s.lat_deg for s in self.stations])
        self.lon_deg = np.array([s.lon_deg for s in self.stations])
        self.height = np.array([s.height for s in self.stations])
        self.reach: dict[tuple[float, bool], Floats] = {}  # m, by the sender's antenna height and class
        self.sequence = 0  # of multi-sentence messages, 0 to 9
        self.groups = [0] * len(self.stations)  # of the tag blocks of each station

    def heard(self, transmissions: Iterator[Transmission], rng: np.random.Generator) -> Iterator[Datagram]:
        """The datagrams of all stations, one per message, in order of time."""
        if not self.stations:
            return iter(())
        return in_order(self._received(transmissions, rng), 4 * SLOT_S)

    def _received(self, transmissions: Iterator[Transmission], rng: np.random.Generator) -> Iterator[Datagram]:
        for sent in transmissions:
            hearing = np.flatnonzero(rng.random(len(self.stations)) < self._chances(sent)).tolist()
            if not hearing:
                continue
            self.sequence = (self.sequence + 1) % 10
            sentences = encode(sent.fields, channel=sent.channel, sequence=self.sequence)
            slots = 1 if len(sentences) == 1 else 2  # M.1371-5 annex 2: type 5 takes two
            received = sent.time + slots * SLOT_S
            for k in hearing:
                yield Datagram(received + DELAY_S, f"ais-{k}", self._tagged(k, sentences, received))

    def _chances(self, sent: Transmission) -> Floats:
        """(stations,) the probability that each hears it."""
        sender = (sent.antenna_height, sent.class_b)
        if sender not in self.reach:
            self.reach[sender] = reception_range(self.height, *sender)
        across = (self.lon_deg - sent.lon_deg + 180) % 360 - 180
        east, north = across * np.cos(np.radians(self.lat_deg)), self.lat_deg - sent.lat_deg
        # on a plane: within a station's reach right to 1 %, which is better than the reach is known
        return reception_probability(np.hypot(east, north) * METRES_PER_DEGREE, self.reach[sender])

    def _tagged(self, k: int, sentences: list[bytes], received: float) -> bytes:
        """One datagram: the message's sentences with tag blocks; s: the station, c: when it was received."""
        station, total = self.stations[k], len(sentences)
        clock = round(received, 3) if station.milliseconds else float(int(received))
        if total == 1:
            return tag_block(station.name, clock) + sentences[0]
        self.groups[k] = self.groups[k] % 9999 + 1
        marks = [(number, total, self.groups[k]) for number in range(1, total + 1)]
        tags = [tag_block(station.name, clock, marks[0]), *(tag_block(group=mark) for mark in marks[1:])]
        return b"".join(tag + sentence for tag, sentence in zip(tags, sentences, strict=True))
