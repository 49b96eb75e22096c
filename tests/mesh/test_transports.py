"""One contract for all transports: in memory, over Zenoh by TCP, TLS and QUIC, over NATS."""

import socket
import time

import pytest

from mihari.mesh.memory import MemoryNetwork
from mihari.mesh.nats_transport import NatsTransport
from mihari.mesh.transport import FRAME_MAX, Arrival, Down, Lane, Up
from mihari.mesh.zenoh_transport import ZenohTransport

from .conftest import LAN, drained, free_port, wait_for


class Memory:
    """Two ends in memory, under the real clock."""

    def __init__(self, coast) -> None:
        self.authors = coast["a"].author, coast["b"].author
        self.network = MemoryNetwork()
        self.network.link(self.authors[1], self.authors[0], delay=0.001)

    def a(self):
        return self.network.join(self.authors[0])

    def b(self):
        return self.network.join(self.authors[1])


class Zenoh:
    """Two ends on this machine; b calls a."""

    def __init__(self, coast, scheme: str) -> None:
        self.coast = coast
        self.authors = coast["a"].author, coast["b"].author
        port = free_port(socket.SOCK_DGRAM if scheme == "quic" else socket.SOCK_STREAM)
        self.address = f"{scheme}/127.0.0.1:{port}"

    def a(self):
        return ZenohTransport(self.coast["a"], [self.address])

    def b(self):
        return ZenohTransport(self.coast["b"], links={self.address: LAN})


class Nats:
    """Two ends that meet at a server."""

    def __init__(self, coast, address: str) -> None:
        self.coast, self.address = coast, address
        self.authors = coast["a"].author, coast["b"].author

    def a(self):
        return NatsTransport(self.coast["a"], {self.address: LAN})

    def b(self):
        return NatsTransport(self.coast["b"], {self.address: LAN})


KINDS = ["memory", "tcp", "tls", "quic", "nats"]


@pytest.fixture(params=KINDS)
def pair(request, ryukyu):
    if request.param == "nats":
        return Nats(ryukyu, request.getfixturevalue("nats_server").address)
    return Memory(ryukyu) if request.param == "memory" else Zenoh(ryukyu, request.param)


@pytest.fixture
def ends(pair, closing):
    """Two ends that are up."""
    a, b = closing(pair.a()), closing(pair.b())
    assert wait_for(a, Up).peer == pair.authors[1]
    assert wait_for(b, Up).peer == pair.authors[0]
    return a, b


def test_who_called_knows_it(pair, closing):
    a, b = closing(pair.a()), closing(pair.b())
    assert wait_for(a, Up).dialled == (pair.address if isinstance(pair, Nats) else "")
    up = wait_for(b, Up)
    assert up.dialled == getattr(pair, "address", f"memory/{pair.authors[0]}")
    assert up.address


def test_frames_arrive_in_order_both_ways_and_in_every_lane(pair, ends):
    frames = [bytes([k % 256]) * (1 + 40 * k) for k in range(400)]
    for here, there, author in ((*ends, pair.authors[1]), (*ends[::-1], pair.authors[0])):
        for lane in Lane:
            assert all(here.send(author, frame, lane) for frame in frames[:: 1 + lane * 7])
        got = drained(there)
        assert all(isinstance(event, Arrival) and event.peer != author for event in got)
        for lane in Lane:
            assert [event.frame for event in got if event.lane is lane] == frames[:: 1 + lane * 7]


def test_the_longest_and_the_shortest_frame_pass_and_a_longer_one_is_a_bug(pair, ends):
    a, b = ends
    for frame in (b"", b"x", bytes(FRAME_MAX)):
        assert a.send(pair.authors[1], frame, Lane.LIVE)
        assert wait_for(b, Arrival).frame == frame
    with pytest.raises(ValueError, match="expected at most 65536"):
        a.send(pair.authors[1], bytes(FRAME_MAX + 1), Lane.LIVE)


def test_nothing_is_sent_to_who_is_no_neighbour(pair, ends):
    a, _ = ends
    assert not a.send("f" * 16, b"x", Lane.ALARM)
    assert not a.send(pair.authors[0], b"x", Lane.ALARM)


def test_who_leaves_is_down_and_comes_back(pair, ends, closing):
    a, b = ends
    for _ in range(2):
        b.close()
        assert wait_for(a, Down) == Down(pair.authors[1])
        assert not a.send(pair.authors[1], b"x", Lane.ALARM)
        b = closing(pair.b())
        wait_for(a, Up)
        wait_for(b, Up)
        assert a.send(pair.authors[1], b"again", Lane.ALARM)
        assert wait_for(b, Arrival).frame == b"again"


def test_who_is_called_may_come_later(pair, ends, closing):
    a, b = ends
    a.close()
    wait_for(b, Down)
    a = closing(pair.a())
    wait_for(b, Up)
    wait_for(a, Up)
    assert b.send(pair.authors[0], b"again", Lane.LIVE)
    assert wait_for(a, Arrival).frame == b"again"


def test_close_returns_soon_and_may_be_called_again(ends):
    begin = time.monotonic()
    for end in (*ends, *ends):
        end.close()
    assert time.monotonic() - begin < 4.0


def test_receive_returns_after_its_time(ends):
    begin = time.monotonic()
    assert ends[0].receive(0.1) is None
    assert 0.09 < time.monotonic() - begin < 4.0
    assert ends[0].receive(0) is None
