"""A real autopilot program, MAVSDK, takes our missions and flies them, is asked after a new start, and says no."""

from __future__ import annotations

import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from task_helpers import check, picture

from mihari.alerts.actions import By
from mihari.alerts.records import Records
from mihari.core.asset import Asset, AssetKind, LinkState
from mihari.core.task import TaskKind
from mihari.feeds.talk import Talk
from mihari.formats.mavlink import Decoder, to_dicts
from mihari.tasks import book, shelf
from mihari.tasks.charge import Charge
from mihari.tasks.driver import Post
from mihari.tasks.flight import Craft
from mihari.tasks.mavlink import HEARD, KINDS, MavlinkDriver
from mihari.tasks.runner import Runner
from mihari.tasks.shelf import Wanted

pytest.importorskip("mavsdk")
SEARCH = ((26.20, 127.50), (26.21, 127.50), (26.21, 127.52))


class Link:
    """A feed that talks MAVLink over UDP: what comes in goes to a `Talk`, what goes out to whoever was heard last."""

    def __init__(self) -> None:
        self.talk, self.place, self.sent = Talk(), (26.1, 127.4), 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(0.2)
        self.port = self.socket.getsockname()[1]
        self.heard = 0.0
        self._peer: Any = None
        self._over = threading.Event()
        self._decoder = Decoder()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        while not self._over.is_set():
            try:
                data, self._peer = self.socket.recvfrom(65535)
            except TimeoutError:
                continue
            for message in to_dicts(self._decoder.feed(data, complete=True)):
                self.heard = time.time()
                if message["message"] == "GLOBAL_POSITION_INT":
                    self.place = (message["lat_deg"], message["lon_deg"])
                if message["message"] in HEARD:
                    self.talk.heard("link", message)

    def send(self, _: str, data: bytes) -> bool:
        """To whoever was heard last."""
        if self._peer is None:
            return False
        self.sent += 1
        self.socket.sendto(data, self._peer)
        return True

    def close(self) -> None:
        """End."""
        self._over.set()
        self._thread.join()
        self.socket.close()


class Autopilot:
    """The vehicle's process, and the lines that it has said."""

    def __init__(self, port: int, behaviour: str) -> None:
        command = [sys.executable, str(Path(__file__).with_name("autopilot.py")), str(port), behaviour]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self.lines: queue.Queue[str] = queue.Queue()
        self.said: list[str] = []
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.split(" ")[0].strip() in ("up", "mission", "current", "complete", "cleared", "refused", "ordered"):
                self.said.append(line.strip())

    def close(self) -> None:
        """End it."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._thread.join()
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def link() -> Iterator[Link]:
    one = Link()
    yield one
    one.close()


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    one = Records(tmp_path / "records.sqlite").open()
    yield one
    check(one)
    one.close()


class Node:
    """A runner with its MAVLink driver, given pictures by hand, in real time."""

    def __init__(self, records: Records, link: Link) -> None:
        self.records, self.link = records, link
        charge = Charge("tb3", "Mori", (), KINDS)
        self.start(Post(charge, AssetKind.AIRCRAFT, "link", lambda: MavlinkDriver(Craft(height=500.0))))

    def start(self, post: Post) -> None:
        self.post = post
        self.runner = Runner(self.records, [post], self.link.talk, self.link.send)

    def until(self, *states: str, seconds: float = 30.0) -> str:
        """Let it run until the task is in one of these states; its state."""
        end, state = time.monotonic() + seconds, ""
        while time.monotonic() < end:
            now = time.time()
            up = LinkState.UP if now - self.link.heard < 5 else LinkState.NEVER
            lat, lon = self.link.place
            asset = Asset(
                "tb3", AssetKind.AIRCRAFT, operator="Mori", link=up, time=now, heard=now, lat_deg=lat, lon_deg=lon
            )
            self.runner.news(picture(asset, time=now))
            self.runner.look()
            state = str(self.task().state)
            if state in states:
                break
            time.sleep(0.1)
        return state

    def task(self) -> Any:
        with self.records.read() as connection:
            return shelf.one(connection, 1)

    def order(self, kind: TaskKind, places: Any, accepted: bool = True) -> None:
        now = time.time()
        self.runner.look()
        shelf.propose(self.records, By("Sato", now), Wanted("tb3", kind, places))
        if accepted:
            shelf.decide(self.records, By("Mori", now), 1, book.accept)


@pytest.fixture
def node(records: Records, link: Link) -> Node:
    return Node(records, link)


def test_a_search_is_uploaded_accepted_flown_and_done(node: Node, link: Link) -> None:
    autopilot = Autopilot(link.port, "fly")
    try:
        node.order(TaskKind.SEARCH, SEARCH)
        assert node.until("done", "declined", "lost", "failed") == "done"
    finally:
        autopilot.close()
    mission = next(line for line in autopilot.said if line.startswith("mission"))
    items = [f"16:5:{round(lat * 1e7)}:{round(lon * 1e7)}:500" for lat, lon in SEARCH]
    assert mission.split()[1:] == ["SUCCESS", *items]
    assert [str(turn.state) for turn in node.task().turns] == ["accepted", "sent", "under way", "done"]
    assert node.task().turns[-1].who == "tb3"


def test_nothing_is_sent_to_the_autopilot_before_its_operator_has_accepted(node: Node, link: Link) -> None:
    autopilot = Autopilot(link.port, "still")
    try:
        node.order(TaskKind.SEARCH, SEARCH, accepted=False)
        node.until("never", seconds=4.0)
        assert (link.sent, node.task().state) == (0, "proposed")
        assert autopilot.said[0].startswith("up")
        assert link.heard
    finally:
        autopilot.close()
    assert not any(line.startswith("mission") for line in autopilot.said)


def test_a_mission_that_the_vehicle_refuses_is_declined_with_its_reason(node: Node, link: Link) -> None:
    autopilot = Autopilot(link.port, "refuse")
    try:
        node.order(TaskKind.SEARCH, SEARCH)
        assert node.until("done", "declined", "lost", "failed") == "declined"
    finally:
        autopilot.close()
    assert node.task().turns[-1].why == "it refused the mission: denied"
    assert node.task().turns[-1].who == "tb3"
    assert any(line.startswith("refused") for line in autopilot.said)


def test_a_command_that_the_vehicle_denies_is_declined_with_its_reason(node: Node, link: Link) -> None:
    autopilot = Autopilot(link.port, "refuse")
    try:
        node.order(TaskKind.RETURN, ())
        assert node.until("done", "declined", "lost", "failed") == "declined"
    finally:
        autopilot.close()
    assert node.task().turns[-1].why == "it does not come back: denied"


@pytest.mark.slow
def test_after_a_new_start_the_mission_is_known_again_and_called_off_when_it_is_withdrawn(
    node: Node, link: Link
) -> None:
    autopilot = Autopilot(link.port, "still")
    try:
        node.order(TaskKind.HOLD, SEARCH[:1])
        assert node.until("under way", "declined", "lost", "failed") == "under way"
        node.start(node.post)
        node.until("lost", "declined", seconds=6.0)
        assert (node.task().state, node.task().said) == ("under way", "it still has the mission")
        shelf.decide(node.records, By("Sato", time.time()), 1, book.withdraw)
        end = time.monotonic() + 20.0
        while not node.task().called_off and time.monotonic() < end:
            node.until("never", seconds=0.5)
    finally:
        autopilot.close()
    assert (node.task().state, node.task().said) == ("withdrawn", "it still has the mission")
    assert "cleared" in autopilot.said
    assert sum(line.startswith("mission") for line in autopilot.said) == 1
