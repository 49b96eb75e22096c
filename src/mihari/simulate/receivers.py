"""AIS messages on the air -> what each coastal station hears: sentences with tag blocks. NMEA 0183 4.10."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mihari.core.geodesy import MEAN_RADIUS
from mihari.formats.ais.sentences import encode, tag_block
from mihari.sensors.ais import SLOT_S, reception_probability, reception_range
from mihari.simulate.datagram import Datagram, in_order
from mihari.simulate.scenario import Scenario, Station
from mihari.simulate.transponders import Transmission

DELAY_S = 0.01  # from the end of the slot to the datagram: receiver and network; assumed


class Receivers:
    """The stations of a scenario, each with its own chance to hear a message."""

    def __init__(self, scenario: Scenario) -> None:
        self.stations = scenario.stations
        self.sequence = 0  # of multi-sentence messages, 0 to 9
        self.groups = [0] * len(self.stations)  # of the tag blocks of each station

    def heard(self, transmissions: Iterator[Transmission], rng: np.random.Generator) -> Iterator[Datagram]:
        """The datagrams of all stations, one per message, in order of time."""
        return in_order(self._received(transmissions, rng), 4 * SLOT_S)

    def _received(self, transmissions: Iterator[Transmission], rng: np.random.Generator) -> Iterator[Datagram]:
        for sent in transmissions:
            hearing = [k for k, station in enumerate(self.stations) if rng.random() < self._chance(station, sent)]
            if not hearing:
                continue
            self.sequence = (self.sequence + 1) % 10
            sentences = encode(sent.fields, channel=sent.channel, sequence=self.sequence)
            slots = 1 if len(sentences) == 1 else 2  # M.1371-5 annex 2: type 5 takes two
            received = sent.time + slots * SLOT_S
            for k in hearing:
                yield Datagram(received + DELAY_S, f"ais-{k}", self._tagged(k, sentences, received))

    def _chance(self, station: Station, sent: Transmission) -> float:
        distance = _distance(station.lat_deg, station.lon_deg, sent.lat_deg, sent.lon_deg)
        reach = reception_range(station.height, sent.antenna_height, sent.class_b)
        return float(reception_probability(distance, reach))

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


def _distance(lat1_deg: float, lon1_deg: float, lat2_deg: float, lon2_deg: float) -> float:
    """Metres on a sphere, good to 0.5 %: for reception only."""
    lat1, lat2 = np.radians(lat1_deg), np.radians(lat2_deg)
    across = np.radians(lon2_deg - lon1_deg)
    half = np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin(across / 2) ** 2
    return float(2 * MEAN_RADIUS * np.arcsin(np.sqrt(min(1.0, half))))
