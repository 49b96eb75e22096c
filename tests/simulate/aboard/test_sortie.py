"""A TB3 takes off from a ship that sails, is sent to a vessel without AIS, and its detections make a track."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

import numpy as np
import pytest

from mihari.core.geodesics import great_circle
from mihari.core.health import Health
from mihari.core.reports import Tick
from mihari.core.tracks import TrackStatus
from mihari.feeds.klv import KlvFeed
from mihari.feeds.registry import SensorRegistry
from mihari.feeds.transport import Chunk
from mihari.formats.mavlink import Encoder, MissionUpload, command, decode_many, items, to_dicts
from mihari.pipeline import Pipeline
from mihari.simulate import Simulation
from mihari.simulate.scenario import parse

SCENE = """
name = "sortie"
area = "open sea"
box_deg = [[25.0, 126.0], [28.0, 129.0]]
start = 2026-11-20T03:00:00Z
duration_s = 1500

[[vessel]]
name = "amami"
kind = "cargo"
length_m = 232
ais = "A"
route_deg = [[26.0, 127.0], [26.4, 127.0]]
speed_kn = 18

[[vessel]]
name = "dark"
kind = "fishing"
length_m = 28
ais = "none"
route_deg = [[26.10, 127.10], [26.13, 127.18]]
speed_kn = 9

[[craft]]
name = "tb3"
profile = "tb3"
aboard = "amami"
"""
STATION = Encoder(255, 190)
DARK, SPAN = 1, 900


class Sent:
    """A ground station that sends one mission and starts it."""

    def __init__(self, mission: list[dict[str, object]], start: float) -> None:
        self.upload, self.started, self.now = MissionUpload(mission, 1, 1), False, start
        self.reached: list[int] = []
        self._out: deque[bytes] = deque()
        self._put(self.upload.start(start))

    def _put(self, messages: list[dict[str, object]]) -> None:
        self._out += [STATION.encode(message) for message in messages]

    def inbox(self, channel: str) -> list[bytes]:
        """What goes to the craft."""
        if channel != "mavlink-0":
            return []
        sent = list(self._out)
        self._out.clear()
        return sent

    def hears(self, data: bytes, time: float) -> None:
        """What the craft says."""
        for message in to_dicts(decode_many(data)):
            self._put(self.upload.take(message, time))
            if message["message"] == "MISSION_ITEM_REACHED":
                self.reached.append(message["seq"])
        self._put(self.upload.tick(time))
        if self.upload.state == "accepted" and not self.started:
            self.started = True
            self._put([command.long(300, 1, 1)])


def flown(seed: int):  # type: ignore[no-untyped-def]
    """The station, the feed's health, the confirmed tracks every 10 s with the truth, the craft's positions."""
    simulation = Simulation(replace(parse(SCENE, "sortie.toml"), seed=seed))
    start = simulation.scenario.start
    over = items.region_of_interest(26.1055, 127.1146)
    station = Sent([items.takeoff(600.0, 26.06, 127.05), over, items.loiter_unlimited(26.10, 127.11, 900.0)], start)
    registry, health = SensorRegistry(), Health(0, "eye", "")
    feed, pipeline = KlvFeed(0, "eye", registry, health), Pipeline()
    known, tick, rows = -1, int(start), []
    for datagram in simulation.stream(SPAN, inbox=station.inbox):
        if datagram.channel == "mavlink-0":
            station.hears(datagram.data, datagram.time)
        if datagram.channel != "klv-0":
            continue
        while datagram.time >= tick + 1:
            tick += 1
            pipeline.take(Tick(float(tick)))
            if tick % 10 == 0:
                tracks = pipeline.tracks(float(tick))
                rows.append((tracks.take(tracks.status == TrackStatus.CONFIRMED), simulation.truth(float(tick))))
        for look in feed.take(Chunk(datagram.time, datagram.data)):
            if registry.version != known:
                known, sensors = registry.known()
                pipeline.know(sensors)
            pipeline.take(look)
    return station, health, rows


pytestmark = pytest.mark.slow  # four flights of ten minutes


@pytest.fixture(scope="module")
def flights():  # type: ignore[no-untyped-def]
    return [flown(seed) for seed in range(4)]


def test_the_mission_is_taken_and_flown(flights) -> None:  # type: ignore[no-untyped-def]
    for station, health, _ in flights:
        assert station.upload.state == "accepted"
        assert station.reached[:2] == [0, 1]
        assert health.refused == {}
        assert health.messages > 500


def errors(flights):  # type: ignore[no-untyped-def]
    """(error m, squared error over covariance, sd m) of the confirmed tracks near the dark vessel, and the others."""
    found, strangers = [], 0
    for _, _, rows in flights:
        for tracks, truth in rows:
            at = truth.vessel == DARK
            lat, lon = float(truth.lat_deg[at][0]), float(truth.lon_deg[at][0])
            for k in range(len(tracks)):
                away, bearing = map(float, great_circle(lat, lon, tracks.lat_deg[k], tracks.lon_deg[k]))
                if away > 3000:
                    strangers += 1
                    continue
                off = away * np.array([np.sin(bearing), np.cos(bearing)])
                spread = np.array([[tracks.cov_ee[k], tracks.cov_en[k]], [tracks.cov_en[k], tracks.cov_nn[k]]])
                found.append((away, float(off @ np.linalg.solve(spread, off)), float(np.sqrt(np.trace(spread)))))
    return np.array(found), strangers


def test_its_detections_make_one_track_with_the_right_uncertainty(flights) -> None:  # type: ignore[no-untyped-def]
    found, strangers = errors(flights)
    away, squared, sd = found.T
    assert len(found) > 50
    assert strangers < 0.1 * len(found)
    assert np.median(away) < 150
    assert np.median(sd) < 300
    assert 0.2 < squared.mean() / 2 < 2.0, squared.mean() / 2
    assert np.mean(squared < 9.21) > 0.95  # the ellipse of 99 %
