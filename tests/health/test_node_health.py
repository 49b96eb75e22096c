"""Faults in whole nodes, over real sockets: each is counted, told in a sentence, and over when it is over."""

import contextlib
import socket
import time

import pytest
from node_helpers import free_port, listening, position, until

from mihari.core.config import NodeConfig
from mihari.core.tracks import TrackStatus
from mihari.formats.ais import encode
from mihari.node import Node


class Stations:
    """AIS stations, each on a UDP feed of its own, that hear the same ships; and a clock for the node."""

    def __init__(self, count, silent_s=60.0):
        self.ports = [free_port() for _ in range(count)]
        self.said = 0
        self.ours = 0.0  # s by which the node's clock is ahead
        self.out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        feeds = [
            {"name": f"feed {k}", "url": f"udp://127.0.0.1:{p}", "format": "ais"} for k, p in enumerate(self.ports)
        ]
        config = {"feed": feeds, "face": {"enabled": False}, "health": {"silent_s": silent_s}}
        self.node = Node(NodeConfig.model_validate(config), clock=lambda: time.time() + self.ours)

    def hear(self, ships, *stations):
        """Each ship tells its place once; `stations`: (number, s by which its clock is ahead)."""
        for ship in range(ships):
            now, self.said = time.time(), self.said + 1  # no two messages are alike
            place = 26.0 + 0.01 * ship + 1e-5 * (self.said % 7)
            fields = position(431000000 + ship, place, 127.0, second=int(now - 0.3) % 60)
            for k, ahead in stations:
                sentences = encode(fields, station=f"S{k}", time=now + ahead)
                self.out.sendto(b"".join(sentences), ("127.0.0.1", self.ports[k]))

    def alarms(self):
        return {a.key: a for a in self.node.health.alarms if a.until is None}

    def clocks(self):
        return {s.name: s.clock for f in self.node._feeds for s in f.stations}

    @contextlib.contextmanager
    def running(self):
        with self.node, self.out:
            listening(self.node)
            until(lambda: self.node.health.time > 0)
            yield self


def test_a_station_whose_clock_is_seven_seconds_wrong_is_found_and_named():
    with Stations(2).running() as coast:
        for _ in range(30):
            coast.hear(2, (0, 0.0), (1, 7.0))
            time.sleep(0.1)
        until(lambda: coast.alarms(), 30.0)
        ((key, alarm),) = coast.alarms().items()
        assert key.startswith("clock:1:")
        text = alarm.text
        assert text.startswith("The clock of AIS station S1 is ")
        assert "by the seconds that ships tell" in text
        clocks = coast.clocks()
        assert abs(clocks["S1"].offset_s - 7.0) < 1.0
        assert abs(clocks["S0"].offset_s) < 1.0
        assert abs(clocks["S1"].peers_s - 7.0) < 0.5
        assert abs(coast.node.health.clock.offset_s) < 1.0


@pytest.mark.slow
def test_our_own_clock_wrong_and_set_right_again_is_told_and_over():
    with Stations(2).running() as coast:
        coast.ours = 7.0
        until(lambda: "jump" in coast.alarms(), 10.0)
        for _ in range(30):
            coast.hear(2, (0, 0.0), (1, 0.0))
            time.sleep(0.1)
        until(lambda: "clock" in coast.alarms(), 30.0)
        assert set(coast.alarms()) == {"clock", "jump"}
        assert coast.alarms()["jump"].text == "This computer's clock jumped 7.0 s ahead."
        assert "clock is 7." in coast.alarms()["clock"].text
        coast.ours = 0.0
        deadline = time.monotonic() + 40.0
        while "clock" in coast.alarms() and time.monotonic() < deadline:
            coast.hear(4, (0, 0.0), (1, 0.0))
            time.sleep(0.1)
        assert "clock" not in coast.alarms()
        assert coast.node.health.clock.jumps == 2


@pytest.mark.slow
def test_a_clock_an_hour_ahead_for_a_while_costs_no_vessel_for_good():
    with Stations(1).running() as coast:
        for _ in range(3):
            coast.hear(5, (0, 0.0))
            time.sleep(1.2)
        until(lambda: coast.node.health.vessels == 5, 15.0)
        for ahead, jumps in ((3600.0, 1), (0.0, 2)):
            coast.ours = ahead
            until(lambda: coast.node.health.clock.jumps == jumps, 10.0)  # noqa: B023
            for _ in range(4):
                coast.hear(5, (0, 0.0))
                time.sleep(1.2)
        assert coast.alarms()["jump"].text == "This computer's clock jumped 60 min behind."
        tracks = coast.node.pipeline.tracker.tracks()
        assert int((tracks.status == TrackStatus.CONFIRMED).sum()) == 5
        assert abs(coast.node.pipeline.time - time.time()) < 5.0


def test_a_feed_that_stops_is_an_alarm_until_it_is_heard_again():
    with Stations(2, silent_s=2.0).running() as coast:
        coast.hear(3, (0, 0.0), (1, 0.0))
        until(lambda: "silent:0" in coast.alarms(), 15.0)
        deadline = time.monotonic() + 30.0
        while "silent:0" in coast.alarms() and time.monotonic() < deadline:
            coast.hear(3, (0, 0.0))
            time.sleep(0.2)
        assert "silent:0" not in coast.alarms()
        assert "silent:1" in coast.alarms()
        (over,) = [a for a in coast.node.health.alarms if a.until is not None]
        assert over.text.startswith("Feed feed 0 is silent, last heard ")
        assert over.until > over.since


def test_a_sensor_of_the_node_file_that_is_never_heard_is_told_by_name():
    port = free_port()
    config = {
        "feed": [{"name": "coast", "url": f"udp://127.0.0.1:{port}", "format": "ais"}],
        "sensor": [
            {"name": "kume", "kind": "radar", "lat_deg": 26.4, "lon_deg": 126.8, "sac": 126, "sic": 1},
            {"name": "cape", "kind": "ais", "station": "CAPE"},
        ],
        "face": {"enabled": False},
        "health": {"silent_s": 1.5},
    }
    with Node(NodeConfig.model_validate(config)) as node, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        listening(node)
        sentence = b"".join(encode(position(431000000, 26.0, 127.0), station="CAPE", time=time.time()))
        out.sendto(sentence, ("127.0.0.1", port))
        until(lambda: any(a.key.startswith("unheard") for a in node.health.alarms), 20.0)
        told = [a.text for a in node.health.alarms if a.key.startswith("unheard")]
    assert told == ["Radar kume has not been heard since the start (expected: 126/1)."]


def test_garbage_on_one_feed_is_a_warning_of_that_feed():
    with Stations(2).running() as coast:
        for _ in range(40):
            coast.hear(1, (0, 0.0), (1, 0.0))
            coast.out.sendto(b"!AIVDM,1,1,,A,15MgK45P3@G?fl0E`JbR0OwT0@MS,0*00\n", ("127.0.0.1", coast.ports[1]))
        until(lambda: coast.alarms(), 15.0)
        assert set(coast.alarms()) == {"refused:1"}
        assert "mostly for checksum" in coast.alarms()["refused:1"].text
