"""A real face process, real WebSockets: the stream's promises, and the launcher's."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_up import NODE, Sea
from screen import Screen, expected
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidMessage, InvalidStatus

from mihari.core.errors import BadInput
from mihari.core.picture import Category
from mihari.face.frames import Kind
from mihari.face.launch import Face
from mihari.face.publish import Publisher

PATIENCE_S = 30.0  # how long a loaded machine may take for anything


class Node:
    """A publisher and its face process."""

    def __init__(self) -> None:
        self.publisher = Publisher(node=NODE)
        self.face = Face(self.publisher.address, 0)
        self.face.start()
        self.sea = Sea(400)

    def publish(self, rows: np.ndarray | None = None) -> Any:
        picture = self.sea.picture(1_790_000_000.0 + self.sea.sequence, rows)
        self.publisher.publish(picture)
        return picture

    def connect(self, **options: Any) -> connect:
        return connect(f"ws://127.0.0.1:{self.face.port}/api/v1/stream", max_size=None, compression=None, **options)

    def close(self) -> None:
        self.face.stop()
        self.publisher.close()


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    made = Node()
    made.publish()
    yield made
    made.close()


def run(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a coroutine, but not for ever."""
    asyncio.run(asyncio.wait_for(test(), 3 * PATIENCE_S))


async def until(socket: ClientConnection, screen: Screen, holds: Callable[[], bool]) -> None:
    """Take frames until something holds."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, screen.kinds[-10:]
        screen.take(await asyncio.wait_for(socket.recv(), PATIENCE_S))


def test_a_snapshot_then_deltas_show_the_pipelines_picture(node: Node) -> None:
    async def watch() -> None:
        screen = Screen()
        async with node.connect() as socket:
            await until(socket, screen, lambda: Kind.SNAPSHOT in screen.kinds)
            for k in range(12):
                picture = node.publish(np.arange(k % 3, 400, 3))
                await asyncio.sleep(0.02)
            await until(socket, screen, lambda: screen.shown == expected(picture.vessels, screen.base))
            await until(socket, screen, lambda: len(screen.identities) == len(picture.identities))
        assert screen.kinds.count(Kind.SNAPSHOT) == 1
        assert Kind.DELTA in screen.kinds
        assert screen.plots > 0
        assert {m["type"] for m in screen.messages} >= {"node", "sensors", "identities", "marks", "feeds"}

    run(watch)


def test_a_view_shows_what_is_inside_and_takes_off_what_is_not(node: Node) -> None:
    box, categories = [25.5, 127.0, 27.0, 128.0], [Category.CARGO, Category.TANKER, Category.FISHING]

    async def watch() -> None:
        screen = Screen()
        async with node.connect() as socket:
            await until(socket, screen, lambda: len(screen.shown) == 400)
            await socket.send(json.dumps({"type": "view", "box": box, "categories": categories, "sources": None}))
            picture = node.publish()
            v = picture.vessels
            inside = (v.lat_deg >= box[0]) & (v.lat_deg <= box[2]) & (v.lon_deg >= box[1]) & (v.lon_deg <= box[3])
            wanted = expected(v.take(inside & np.isin(v.category, categories)), screen.base)
            assert 0 < len(wanted) < 200
            await until(socket, screen, lambda: screen.shown == wanted)
            await socket.send(json.dumps({"type": "view", "box": None, "categories": None, "sources": None}))
            await until(socket, screen, lambda: screen.shown == expected(v, screen.base))
        assert screen.kinds.count(Kind.SNAPSHOT) == 1

    run(watch)


def test_what_is_no_view_is_passed_over(node: Node) -> None:
    async def watch() -> None:
        screen = Screen()
        async with node.connect() as socket:
            for junk in ("", "{", "[]", '{"type": "fire"}', '{"type": "view", "box": [1]}', b"\xff\x00", "9" * 3000):
                await socket.send(junk)
            await until(socket, screen, lambda: len(screen.shown) == 400)

    run(watch)


def test_heartbeats_come_while_nothing_changes(node: Node) -> None:
    async def watch() -> None:
        screen = Screen()
        async with node.connect() as socket:
            await until(socket, screen, lambda: Kind.SNAPSHOT in screen.kinds)
            before = screen.kinds.count(Kind.HEARTBEAT)
            await until(socket, screen, lambda: screen.kinds.count(Kind.HEARTBEAT) >= before + 3)
        assert screen.picture == node.sea.sequence

    run(watch)


def test_a_slow_reader_gets_the_newest_state_and_no_backlog(node: Node) -> None:
    async def watch() -> None:
        screen = Screen()
        async with node.connect(max_queue=1) as socket:
            await until(socket, screen, lambda: len(screen.shown) == 400)
            socket.transport.pause_reading()
            memory = resident(node.face.pid)
            for _ in range(150):
                picture = node.publish()
                await asyncio.sleep(0.01)
            grown = resident(node.face.pid) - memory
            socket.transport.resume_reading()
            before = len(screen.kinds)
            await until(socket, screen, lambda: screen.shown == expected(picture.vessels, screen.base))
            assert screen.kinds[before:].count(Kind.DELTA) < 50
            assert grown < 20e6

    run(watch)


def resident(pid: int | None) -> int:
    """Bytes of memory a process holds (proc(5), statm)."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_other_origins_and_hosts_get_no_stream(node: Node) -> None:
    async def refused(**options: Any) -> None:
        with pytest.raises(InvalidStatus) as problem:
            async with node.connect(**options):
                pass
        assert problem.value.response.status_code == 403

    async def watch() -> None:
        await refused(origin="http://evil.example")
        await refused(origin=f"http://127.0.0.1:{node.face.port + 1}")
        async with node.connect(origin=f"http://127.0.0.1:{node.face.port}") as socket:
            assert await socket.recv()

    run(watch)


def test_a_page_under_a_foreign_name_gets_nothing(node: Node) -> None:
    request = urllib.request.Request(f"{node.face.url}/api/v1/picture", headers={"Host": "rebound.example"})
    with pytest.raises(urllib.error.HTTPError, match="403") as problem:
        urllib.request.urlopen(request, timeout=PATIENCE_S)
    problem.value.close()


def test_a_killed_face_comes_back_and_browsers_get_a_snapshot(node: Node) -> None:
    async def watch() -> None:
        screen = Screen()
        restarts, pid = node.face.restarts, node.face.pid
        async with node.connect() as socket:
            await until(socket, screen, lambda: len(screen.shown) == 400)
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            with pytest.raises(ConnectionClosed):
                await until(socket, screen, lambda: False)
        picture, again = node.publish(np.arange(9)), Screen()
        async with await connected(node) as socket:
            await until(socket, again, lambda: again.shown == expected(picture.vessels, again.base))
        assert node.face.restarts == restarts + 1
        assert node.face.pid != pid

    run(watch)


async def connected(node: Node) -> ClientConnection:
    """A connection, as soon as somebody answers."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            return await node.connect()
        except (OSError, InvalidMessage):  # one that is about to end may still take the connection
            assert time.monotonic() < deadline
            await asyncio.sleep(0.1)


def test_a_pipeline_that_comes_back_makes_browsers_start_over(tmp_path: Path) -> None:
    address = str(tmp_path / "picture")

    async def watch(face: Face, first: Publisher) -> None:
        screen = Screen()
        async with connect(f"ws://127.0.0.1:{face.port}/api/v1/stream", max_size=None) as socket:
            await until(socket, screen, lambda: len(screen.shown) == 30)
            first.close()
            with Publisher(address, NODE) as second:
                picture = Sea(20).picture(1_790_000_500.0)
                second.publish(picture)
                await until(socket, screen, lambda: screen.kinds.count(Kind.SNAPSHOT) == 2)
                assert screen.shown == expected(picture.vessels, screen.base)

    first = Publisher(address, NODE)
    first.publish(Sea(30).picture(1_790_000_000.0))
    with Face(address, 0) as face:
        run(lambda: watch(face, first))


def test_a_port_in_use_is_one_clear_sentence(node: Node) -> None:
    with pytest.raises(BadInput, match=rf"^port {node.face.port} on 127.0.0.1 is in use by another program"):
        Face(node.publisher.address, node.face.port).start()


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "example.com", "::"])
def test_other_addresses_than_loopback_are_refused_in_one_sentence(host: str) -> None:
    command = [sys.executable, "-m", "mihari.face", "--socket", "/nowhere", "--host", host, "--port", "0"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S)
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert "loopback only" in ended.stderr


def test_the_face_ends_with_its_parent(node: Node) -> None:
    program = (
        "import os, sys; from mihari.face.launch import Face\n"
        f"face = Face({node.publisher.address!r}, 0); face.start(); print(face.pid, face.port, flush=True)\n"
        "sys.stdin.read(1); os._exit(9)\n"  # no chance to tidy up
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with parent:
        assert parent.stdout is not None
        pid, port = map(int, parent.stdout.readline().split())
        parent.communicate("x", timeout=PATIENCE_S)
    deadline = time.monotonic() + PATIENCE_S
    while Path(f"/proc/{pid}/stat").exists() and ") Z " not in Path(f"/proc/{pid}/stat").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_stopping_is_quiet_and_leaves_nothing(tmp_path: Path) -> None:
    with Publisher(str(tmp_path / "s"), NODE) as publisher:
        face = Face(publisher.address, 0)
        face.start()
        pid = face.pid
        face.stop()
        assert face.pid is None
        assert face.restarts == 0
        assert face.problem == ""
        assert not Path(f"/proc/{pid}").exists()
