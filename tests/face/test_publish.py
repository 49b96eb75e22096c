"""The local socket: faces come, go, sleep; the pipeline never waits."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from made_up import NODE, Sea

from mihari.core.errors import BadInput
from mihari.face import frames
from mihari.face.frames import LENGTH, Kind
from mihari.face.publish import Publisher
from mihari.face.state import FaceState


@pytest.fixture
def publisher(tmp_path: Path) -> Iterator[Publisher]:
    with Publisher(str(tmp_path / "picture"), NODE) as made:
        yield made


class Reader:
    """A face's end of the socket, read by hand."""

    def __init__(self, address: str) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(10)
        self.socket.connect(address)

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def frame(self) -> bytes:
        (length,) = LENGTH.unpack(self._exactly(LENGTH.size))
        return self._exactly(length)

    def until(self, state: FaceState, picture: int) -> list[Kind]:
        kinds = []
        while state.picture < picture or Kind(kinds[-1]) not in (Kind.DELTA, Kind.SNAPSHOT):
            raw = self.frame()
            state.apply(raw)
            kinds.append(frames.decode(raw).kind)
        return kinds

    def _exactly(self, n: int) -> bytes:
        read = b""
        while len(read) < n:
            part = self.socket.recv(n - len(read))
            assert part
            read += part
        return read


def test_a_face_gets_the_picture_whenever_it_comes(publisher: Publisher) -> None:
    sea = Sea(50)
    publisher.publish(sea.picture(1e9))
    state, again = FaceState(), FaceState()
    with Reader(publisher.address) as first:
        assert first.until(state, 1)[-1] == Kind.SNAPSHOT
        publisher.publish(sea.picture(1e9 + 1, np.arange(5)))
        assert Kind.SNAPSHOT not in first.until(state, 2)
    with Reader(publisher.address) as second:
        assert Kind.SNAPSHOT in second.until(again, 2)
    assert again.ids.tolist() == state.ids.tolist()


def test_a_face_that_sleeps_costs_the_pipeline_nothing_and_wakes_to_the_newest(publisher: Publisher) -> None:
    sea, longest = Sea(3000), 0.0
    with Reader(publisher.address) as sleeper:
        for k in range(200):
            picture = sea.picture(1e9 + k)
            began = time.perf_counter()
            publisher.publish(picture)
            longest = max(longest, time.perf_counter() - began)
            time.sleep(0.002)
        state, frames_read = FaceState(), 0
        while state.picture < 200:
            state.apply(sleeper.frame())
            frames_read += 1
    assert frames_read < 60  # not 200 pictures of several frames each
    assert longest < 5.0


def test_heartbeats_come_while_nothing_is_published(publisher: Publisher) -> None:
    with Reader(publisher.address) as reader:
        assert [frames.decode(reader.frame()).kind for _ in range(2)] == [Kind.HEARTBEAT] * 2


def test_a_face_that_talks_is_not_listened_to(publisher: Publisher) -> None:
    with Reader(publisher.address) as reader:
        reader.socket.sendall(b"GET / HTTP/1.1\r\n\r\n" * 100)
        assert frames.decode(reader.frame()).kind == Kind.HEARTBEAT


def test_two_nodes_cannot_have_one_socket_and_a_file_is_not_harmed(publisher: Publisher, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="already publishes"):
        Publisher(publisher.address)
    precious = tmp_path / "precious"
    precious.write_text("mine")
    with pytest.raises(BadInput, match="cannot make a socket"):
        Publisher(str(precious))
    assert precious.read_text() == "mine"


def test_the_socket_is_gone_after_closing(tmp_path: Path) -> None:
    with Publisher(str(tmp_path / "s")) as publisher:
        assert Path(publisher.address).is_socket()
    assert not Path(publisher.address).exists()


def test_loopback_tcp_does_where_there_are_no_unix_sockets() -> None:
    with Publisher("127.0.0.1:0", NODE) as publisher:
        host, _, port = publisher.address.rpartition(":")
        with socket.create_connection((host, int(port)), timeout=10) as face:
            assert face.recv(4, socket.MSG_WAITALL)
