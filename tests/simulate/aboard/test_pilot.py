"""The simulated autopilot speaks the mission protocol as a ground station expects it."""

from __future__ import annotations

import math
from dataclasses import replace
from random import Random

import pytest

from mihari.core.geodesics import direct, great_circle
from mihari.core.health import Health
from mihari.feeds.mavlink import MavlinkFeed
from mihari.feeds.registry import SensorRegistry
from mihari.feeds.transport import Chunk
from mihari.formats.mavlink import Encoder, MissionUpload, decode_many, items, to_dicts
from mihari.simulate.aboard.pilot import Pilot, State, ais_vessel

STATION = Encoder(255, 190)


class Dinghy:
    """A helm that goes straight at 50 m/s."""

    def __init__(self) -> None:
        self.state = State(26.0, 127.0, 0.0, 0.0, 0.0, 0.0, landed=True)
        self.to = (26.0, 127.0, 0.0)
        self.homing = False

    def go(self, lat_deg, lon_deg, height):  # type: ignore[no-untyped-def]
        self.to, self.homing = (lat_deg, lon_deg, height), False

    circle = go

    def home(self):  # type: ignore[no-untyped-def]
        self.to, self.homing = (26.0, 127.0, 0.0), True

    def refuses(self, places):  # type: ignore[no-untyped-def]
        return "" if all(abs(lat - 26.0) < 1 for lat, _ in places) else "farther than its fuel lasts"

    def step(self, dt):  # type: ignore[no-untyped-def]
        away, bearing = map(float, great_circle(self.state.lat_deg, self.state.lon_deg, self.to[0], self.to[1]))
        lat, lon = direct(self.state.lat_deg, self.state.lon_deg, bearing, min(away, 50.0 * dt))
        down = self.homing and away < 60.0
        self.state = replace(
            self.state, lat_deg=float(lat), lon_deg=float(lon), height=0.0 if down else self.to[2],
            course=bearing, heading=bearing, speed=50.0 if away > 50 else 0.0, landed=down,
        )  # fmt: skip


def talked(pilot, upload, now):  # type: ignore[no-untyped-def]
    """Upload a mission over bytes; the messages that the vehicle sent."""
    heard = []
    out = upload.start(now)
    for _ in range(200):
        for message in out:
            pilot.take(STATION.encode(message), now)
        came = to_dicts(decode_many(pilot.step(now)))
        heard += came
        out = [answer for message in came for answer in upload.take(message, now)] + upload.tick(now)
        now += 0.1
        if upload.state != "sending":
            break
    return heard, now


def test_a_mission_is_taken_flown_and_told() -> None:
    helm = Dinghy()
    pilot = Pilot(helm, 7, 1000.0)
    way = [items.takeoff(500.0, 26.01, 127.0), items.waypoint(26.05, 127.0, 500.0),
           items.loiter_time(26.05, 127.03, 500.0, 20.0), items.return_to_launch()]  # fmt: skip
    upload = MissionUpload(way, 7, 1)
    _, now = talked(pilot, upload, 1001.0)
    assert upload.state == "accepted"
    pilot.take(STATION.encode(command_long(300)), now)
    reached, acks = [], []
    for _ in range(1200):
        helm.step(1.0)
        now += 1.0
        for message in to_dicts(decode_many(pilot.step(now))):
            reached += [message["seq"]] if message["message"] == "MISSION_ITEM_REACHED" else []
            acks += [message["result"]] if message["message"] == "COMMAND_ACK" else []
    assert acks == [0]
    assert reached == [0, 1, 2, 3]
    assert helm.state.landed


def command_long(command: int) -> dict:  # type: ignore[type-arg]
    params = {f"param{k}": 0.0 for k in range(1, 8)}
    return {"message": "COMMAND_LONG", "target_system": 7, "target_component": 1, "command": command,
            "confirmation": 0, **params}  # fmt: skip


def test_a_mission_that_its_fuel_does_not_reach_is_denied_in_words() -> None:
    pilot = Pilot(Dinghy(), 7, 1000.0)
    upload = MissionUpload([items.waypoint(36.0, 127.0, 500.0)], 7, 1)
    heard, _ = talked(pilot, upload, 1001.0)
    assert (upload.state, upload.reason) == ("refused", "denied")
    assert [m["text"] for m in heard if m["message"] == "STATUSTEXT"] == ["farther than its fuel lasts"]
    assert pilot.items == []


@pytest.mark.parametrize("seed", range(5))
def test_items_lost_on_the_way_are_asked_for_again(seed: int) -> None:
    pilot, upload, rng = (
        Pilot(Dinghy(), 7, 1000.0),
        MissionUpload([items.waypoint(26.1, 127.0, 90.0)] * 5, 7, 1),
        Random(seed),
    )
    now, out = 1001.0, upload.start(1001.0)
    for _ in range(600):
        for message in out:
            if rng.random() < 0.7:
                pilot.take(STATION.encode(message), now)
        came = [m for m in to_dicts(decode_many(pilot.step(now))) if rng.random() < 0.7]
        out = [answer for message in came for answer in upload.take(message, now)] + upload.tick(now)
        now += 0.2
    assert upload.state == "accepted"
    assert len(pilot.items) == 5


def test_its_telemetry_and_the_ais_it_hears_come_through_the_feed() -> None:
    helm = Dinghy()
    pilot, sensors = Pilot(helm, 7, 1000.0), SensorRegistry()
    feed = MavlinkFeed(0, "link", sensors, Health(0, "link", ""))
    helm.go(26.5, 127.0, 800.0)
    helm.step(1.0)
    assert [b for piece in pilot.step(1000.0) for b in feed.take(Chunk(1000.0, piece))] == []
    pilot.hears(ais_vessel(431000001, 26.3, 127.2, 1.0, 5.0, "ASAHI MARU", 30, 7))
    batches = [
        b for n in range(60) for piece in pilot.step(1000.0 + n / 2) for b in feed.take(Chunk(1000.0 + n / 2, piece))
    ]
    told = sensors.roll.drained()
    assert len(told) >= 25
    last = told[-1][0]
    assert (last.asset, last.mode) == ("link 7", "guided")
    assert last.height == pytest.approx(800.0)
    assert last.course == pytest.approx(0.0, abs=1e-3) or last.course == pytest.approx(2 * math.pi, abs=1e-3)
    assert last.time == pytest.approx(1029.5, abs=0.6)
    [batch] = batches
    assert batch.claims.mmsi.tolist() == [431000001]
    assert batch.claims.name.tolist() == ["ASAHI MARU"]
    assert batch.reports.speed[0] == pytest.approx(5.0)
    assert sensors[int(batch.reports.sensor[0])].name == "link 7"


def test_a_picture_is_taken_when_asked_and_told_of_with_its_place() -> None:
    helm = Dinghy()
    helm.go(26.5, 127.0, 800.0)
    helm.step(1.0)
    pilot = Pilot(helm, 7, 1000.0)
    pilot.take(STATION.encode(command_long(2000)), 1001.0)
    assert pilot.pictures == 1
    pilot.took("http://127.0.0.1:9/tb3/1.jpg", 1002.5, (26.3, 127.1), 800.0)
    told = {m["message"]: m for m in to_dicts(decode_many(pilot.step(1003.0)))}
    assert told["COMMAND_ACK"]["result"] == 0
    picture = told["CAMERA_IMAGE_CAPTURED"]
    assert (picture["time_utc_us"], picture["capture_result"]) == (1_002_500_000, 1)
    assert (picture["lat_deg"], picture["file_url"]) == (26.3, "http://127.0.0.1:9/tb3/1.jpg")
