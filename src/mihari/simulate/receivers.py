"""AIS messages on the air -> what each station hears, ashore or aboard: sentences with tag blocks. NMEA 0183 4.10."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from mihari.formats.ais.emit import tag_blocks
from mihari.formats.ais.sentences import encode, tag_block
from mihari.sensors.ais import SLOT_S
from mihari.sensors.ais_link import LinkCurve, reception_chance
from mihari.sensors.ais_slots import message_survival
from mihari.simulate.datagram import Datagram
from mihari.simulate.motion import Motion
from mihari.simulate.scenario import Scenario
from mihari.simulate.sites import height_of
from mihari.simulate.transponders import Air
from mihari.simulate.ways import Floats

METRES_PER_DEGREE = 111_195.0  # of latitude, on the mean sphere
SHIP_REACH = LinkCurve(20.0, 20.0).reach  # m, between usual ships
SENDER_HEIGHTS = (3.0, 5.0, 8.0, 12.0, 18.0, 26.0, 40.0)  # m, of antennas: the nearest of these is taken
NEAREST, FARTHEST, LINK_STEPS = 100.0, 1000e3, 500  # m
DELAY_S = 0.01  # from the end of the slot to the datagram: receiver and network; assumed


class Receivers:
    """The stations of a scenario, each with its own chance to hear a message."""

    def __init__(
        self, scenario: Scenario, rng: np.random.Generator, motion: Motion, carriers: Mapping[str, int]
    ) -> None:
        """`carriers`: by name the rows of `motion` that stations may be aboard of."""
        self.stations, self.start, self.rng = scenario.stations, scenario.start, rng
        self.later: list[Datagram] = []
        self.lat_deg = np.array([s.lat_deg for s in self.stations])
        self.lon_deg = np.array([s.lon_deg for s in self.stations])
        self.motion = motion
        self.aboard = {k: carriers[s.aboard] for k, s in enumerate(self.stations) if s.aboard is not None}
        divers = {platform.name: platform for platform in scenario.platforms if platform.surfaces_every}
        self.divers = {k: divers[s.aboard] for k, s in enumerate(self.stations) if s.aboard in divers}
        self.height = np.array([height_of(scenario, s) for s in self.stations])
        self.reach = np.array([LinkCurve(height, 20.0).reach for height in self.height.tolist()])
        self.links = Links(self.height)
        self.load = Load(len(self.stations))
        self.sequence = 0  # of multi-sentence messages, 0 to 9
        self.groups = [0] * len(self.stations)  # of the tag blocks of each station

    def hear(self, sent: Air, until: float) -> list[Datagram]:
        """What was sent in one second: the datagrams due before `until` (UTC s), one per message and station."""
        self.later += self._received(sent, self.rng)
        self.later.sort(key=lambda datagram: datagram.time)
        over = next((k for k, d in enumerate(self.later) if d.time >= until), len(self.later))
        due, self.later = self.later[:over], self.later[over:]
        return due

    def _received(self, sent: Air, rng: np.random.Generator) -> list[Datagram]:
        """One second's datagrams, of each message by each station that hears it."""
        hears = rng.random((len(sent), len(self.stations))) < self._chances(sent)
        heard = set(np.flatnonzero(hears.any(axis=1)).tolist())
        whole: list[bytes | list[bytes]] = []
        slots = np.ones(len(sent))
        for k, message in enumerate(sent.message):
            if isinstance(message, bytes) or k not in heard:
                whole.append(message if isinstance(message, bytes) else b"")
                continue
            self.sequence = (self.sequence + 1) % 10
            sentences = encode(message, channel=sent.channel[k].decode(), sequence=self.sequence)
            slots[k] = 1 if len(sentences) == 1 else 2  # M.1371-5 annex 2: type 5 takes two
            whole.append(sentences[0] if len(sentences) == 1 else sentences)
        received = sent.time + slots * SLOT_S
        found: list[Datagram] = []
        for station in range(len(self.stations)):
            found += self._by(station, np.flatnonzero(hears[:, station]), received, whole)
        return found

    def _by(
        self, k: int, rows: NDArray[np.int64], received: Floats, whole: list[bytes | list[bytes]]
    ) -> Iterator[Datagram]:
        """What station k sends on: s: the station, c: when its clock says that it was received."""
        station = self.stations[k]
        clock = received[rows] + station.clock_offset
        tags = tag_blocks(station.name, np.round(clock, 3), station.milliseconds)
        channel = f"ais-{k}"
        works = [self._works(k, t - self.start) for t in received[rows].tolist()]
        for row, tag, time, told, on in zip(
            rows.tolist(), tags, received[rows].tolist(), clock.tolist(), works, strict=True
        ):
            if not on:
                continue
            sentences = whole[row]
            data = tag + sentences if isinstance(sentences, bytes) else self._grouped(k, sentences, told)
            yield Datagram(time + DELAY_S, channel, data)

    def _works(self, k: int, elapsed: float) -> bool:
        """Whether station k is on, and above the water."""
        out = any(a <= elapsed < b for a, b in self.stations[k].outages)
        return not out and (k not in self.divers or self.divers[k].up(elapsed))

    def _grouped(self, k: int, sentences: list[bytes], told: float) -> bytes:
        """A message of several sentences as one datagram, each with a tag block that says that they belong together."""
        station, total = self.stations[k], len(sentences)
        clock = round(told, 3) if station.milliseconds else float(int(told))
        self.groups[k] = self.groups[k] % 9999 + 1
        marks = [(number, total, self.groups[k]) for number in range(1, total + 1)]
        tags = [tag_block(station.name, clock, marks[0]), *(tag_block(group=mark) for mark in marks[1:])]
        return b"".join(tag + sentence for tag, sentence in zip(tags, sentences, strict=True))

    def _chances(self, sent: Air) -> Floats:
        """(messages, stations) the probability that each hears it: strong enough, and alone in its slot."""
        lat_deg, lon_deg = self._places(sent)
        across = (lon_deg - sent.lon_deg[:, None] + 180) % 360 - 180
        east = across * np.cos(np.radians(lat_deg))
        north = lat_deg - sent.lat_deg[:, None]
        # on a plane: within a station's reach right to 1 %, which is better than the reach is known
        distance = np.maximum(np.hypot(east, north) * METRES_PER_DEGREE, 1.0)
        strong = self.links(distance, sent.antenna_height, sent.class_b)
        for k, row in self.aboard.items():
            strong[sent.vessel == row, k] = 0.0  # nobody receives while he sends
        slots = self.load.slots(strong.sum(axis=0))
        return np.asarray(strong * message_survival(distance, slots, SHIP_REACH, self.reach))

    def _places(self, sent: Air) -> tuple[Floats, Floats]:
        """lat_deg and lon_deg of the stations, (stations,), or (messages, stations) where some of them move."""
        if not self.aboard:
            return self.lat_deg, self.lon_deg
        lat_deg, lon_deg = (np.tile(column, (len(sent), 1)) for column in (self.lat_deg, self.lon_deg))
        for k, row in self.aboard.items():
            there = self.motion.at(sent.time - self.start, np.full(len(sent), row))
            lat_deg[:, k], lon_deg[:, k] = there.lat_deg, there.lon_deg
        return lat_deg, lon_deg


class Links:
    """`reception_chance` of some stations, read from a table: even in log distance, senders' heights in steps."""

    def __init__(self, station_heights: Floats) -> None:
        self.log = np.linspace(np.log(NEAREST), np.log(FARTHEST), LINK_STEPS)
        distance, height = np.exp(self.log), np.array(SENDER_HEIGHTS)
        weak = np.array([False, True])
        self.table = reception_chance(  # (stations, heights, classes, distances)
            distance, station_heights[:, None, None, None], height[:, None, None], weak[:, None]
        )
        self.edges = np.sqrt(height[1:] * height[:-1])

    def __call__(self, distance: Floats, sender_height: Floats, class_b: NDArray[np.bool_]) -> Floats:
        """(messages, stations) chances of messages over distances (messages, stations) in m."""
        place = (np.log(np.clip(distance, NEAREST, FARTHEST)) - self.log[0]) / (self.log[1] - self.log[0])
        step = np.minimum(place.astype(np.int64), LINK_STEPS - 2)
        station = np.arange(self.table.shape[0])
        kind = (station, np.searchsorted(self.edges, sender_height)[:, None], class_b.astype(np.int64)[:, None])
        near, far = self.table[(*kind, step)], self.table[(*kind, step + 1)]
        return np.asarray(near + (far - near) * (place - step))


class Load:
    """How many slots a minute each of n receivers hears in use: the last minute's, second by second."""

    def __init__(self, receivers: int) -> None:
        self.seconds: deque[Floats] = deque(maxlen=60)
        self.total = np.zeros(receivers)

    def slots(self, heard: Floats) -> Floats:
        """With one second more, in which (n,) slots were heard; a shorter time than a minute is scaled up."""
        if len(self.seconds) == self.seconds.maxlen:
            self.total = self.total - self.seconds[0]
        self.seconds.append(heard)
        self.total = self.total + heard
        return np.asarray(self.total * (60 / len(self.seconds)))
