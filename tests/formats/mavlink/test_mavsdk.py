"""A real program on the other side: MAVSDK as an autopilot on loopback; telemetry is read, a mission uploaded."""

from __future__ import annotations

import importlib.util
import json
import math
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mihari.formats.mavlink import Command, Decoder, Encoder, MissionUpload, items, to_dicts
from mihari.formats.mavlink.command import long

pytestmark = pytest.mark.skipif(importlib.util.find_spec("mavsdk") is None, reason="mavsdk is not installed")
SECONDS = 30.0
HERE = 245, 190
ARM_DISARM = 400  # MAV_CMD_COMPONENT_ARM_DISARM
BEAT = {"message": "HEARTBEAT", "type": 6, "autopilot": 8, "base_mode": 0, "custom_mode": 0, "system_status": 4,
        "mavlink_version": 3}  # fmt: skip
ITEMS = [
    items.waypoint(41.0, 29.0, 50.0, hold=10.0),
    items.waypoint(41.0100001, 29.0100002, 60.0, accept_radius=5.0),
    items.loiter_time(41.02, 29.0, 70.0, 30.0),
    items.return_to_launch(),
]


class Link:
    """The UDP side of a ground station: heartbeats out, messages in."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(0.2)
        self.decoder, self.encoder = Decoder(), Encoder(*HERE)
        self.peer: Any = None
        self.waiting: deque[dict[str, Any]] = deque()
        self._beat = 0.0

    def send(self, *messages: dict[str, Any]) -> None:
        for message in messages:
            self.socket.sendto(self.encoder.encode(message), self.peer)

    def messages(self, seconds: float) -> Iterator[dict[str, Any]]:
        """What comes within some seconds, with heartbeats out; telemetry comes often enough for timers."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            if self.peer and time.monotonic() >= self._beat:
                self.send(BEAT)
                self._beat = time.monotonic() + 1.0
            try:
                data, self.peer = self.socket.recvfrom(2048)
            except TimeoutError:
                continue
            self.waiting.extend(to_dicts(self.decoder.feed(data, complete=True)))
            while self.waiting:
                yield self.waiting.popleft()


@pytest.fixture(scope="module")
def flying() -> Iterator[tuple[Link, subprocess.Popen[str]]]:
    link = Link()
    port = str(link.socket.getsockname()[1])
    program = [sys.executable, str(Path(__file__).with_name("mavsdk_autopilot.py")), port, str(2 * SECONDS)]
    child = subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        yield link, child
    finally:
        child.kill()
        child.wait()
        if child.stdout:
            child.stdout.close()
        link.socket.close()


def test_its_heartbeat_and_position_are_read(flying: Any) -> None:
    link, _ = flying
    beat = next(m for m in link.messages(SECONDS) if m["message"] == "HEARTBEAT")
    assert (beat["sysid"], beat["compid"], beat["mavlink"]) == (1, 1, 2)
    position = next(m for m in link.messages(SECONDS) if m["message"] == "GLOBAL_POSITION_INT")
    assert (position["lat_deg"], position["lon_deg"]) == (41.0123457, 29.0234568)
    assert (position["alt"], position["relative_alt"]) == (50.0, 30.0)
    assert (position["vx"], position["vy"], position["vz"]) == (1.0, 2.0, -0.5)
    assert position["hdg"] == pytest.approx(math.radians(45.0))
    assert not link.decoder.refused.counts
    assert not link.decoder.lost[1, 1]


def test_it_takes_a_mission_of_four_items_as_they_are(flying: Any) -> None:
    link, child = flying
    upload = MissionUpload(ITEMS, 1, 1, system=HERE[0])
    beat = next(m for m in link.messages(SECONDS) if m["message"] == "HEARTBEAT")
    assert beat["sysid"] == 1
    link.send(BEAT, *upload.start(time.monotonic()))
    for message in link.messages(SECONDS):
        now = time.monotonic()
        link.send(*upload.take(message, now), *upload.tick(now))
        if upload.state != "sending":
            break
    assert (upload.state, upload.reason, upload.progress) == ("accepted", "", 4)
    told = read_line(child)
    assert [m["command"] for m in told] == [16, 16, 19, 20]
    for number, (got, item) in enumerate(zip(told, ITEMS, strict=True)):
        assert (got["seq"], got["current"], got["frame"], got["autocontinue"]) == (number, number == 0, 6, 1)
        assert (got["param1"], got["param2"], got["z"]) == (item["param1"], item["param2"], item["z"])
        if item["lat_deg"] is not None:
            assert (got["x"], got["y"]) == (round(item["lat_deg"] * 1e7), round(item["lon_deg"] * 1e7))
    assert not link.decoder.refused.counts


def read_line(child: Any) -> list[dict[str, Any]]:
    for line in child.stdout:
        if line.startswith("[{"):  # the others are MAVSDK's own log
            return list(json.loads(line))
    raise AssertionError("the autopilot ended")


def test_a_command_to_arm_is_put_off_while_it_says_that_it_cannot(flying: Any) -> None:
    link, _ = flying
    command = Command(long(ARM_DISARM, 1, 1, 1.0), *HERE)
    next(link.messages(SECONDS))
    link.send(BEAT, *command.start(time.monotonic()))
    for message in link.messages(SECONDS):
        now = time.monotonic()
        link.send(*command.take(message, now), *command.tick(now))
        if command.state not in ("sending", "running"):
            break
    assert (command.state, command.reason, command.temporary) == ("refused", "temporarily rejected", True)
