"""Zenoh's links: who is refused, what is bounded, and that nobody waits for a neighbour."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import zenoh

from mihari.core.errors import BadInput
from mihari.mesh.inbox import FRAMES
from mihari.mesh.profiles import PROFILES
from mihari.mesh.transport import FRAME_MAX, Arrival, Down, Lane, Refused, Up
from mihari.mesh.zenoh_config import key_of, settings
from mihari.mesh.zenoh_transport import ZenohTransport

from .conftest import LAN, drained, free_port, process, wait_for

PEER = Path(__file__).with_name("peer.py")


@pytest.fixture
def address():
    return f"tls/127.0.0.1:{free_port()}"


@pytest.fixture
def a(ryukyu, address, closing):
    return closing(ZenohTransport(ryukyu["a"], [address]))


@pytest.fixture
def opened():
    """Opens Zenoh as no transport would: settings of an identity, changed."""
    sessions = []

    def opened(identity, address, **changes):
        config = zenoh.Config()
        told = {**settings(identity, [], {address: LAN}, LAN), "access_control": {"enabled": False}}
        for key, value in (told | {k.replace("__", "/"): v for k, v in changes.items()}).items():
            config.insert_json5(key, json.dumps(value))
        sessions.append(zenoh.open(config))
        return sessions[-1]

    yield opened
    for session in sessions:
        session.close()


def test_the_poorest_link_settles_batches_queues_and_lease(ryukyu):
    links = {"tls/h:1": PROFILES["radio"], "quic/h:2": PROFILES["satellite"], "tls/h:3": LAN}
    told = settings(ryukyu["a"], ["tls/h:4"], links, LAN)
    assert told["connect/endpoints"] == ["tls/h:1#so_sndbuf=8192", "quic/h:2", "tls/h:3"]
    assert told["listen/endpoints"] == ["tls/h:4"]
    assert (told["transport/link/tx/batch_size"], told["transport/link/tx/lease"]) == (1400, 10_000)
    assert told["transport/link/protocols"] == ["quic", "tls"]
    wide = settings(ryukyu["a"], ["tls/h:4"], {}, LAN)
    assert "transport/link/tx/batch_size" not in wide
    assert wide["transport/link/tx/lease"] == 3000


def test_every_setting_is_one_that_zenoh_knows(ryukyu):
    told = settings(ryukyu["a"], ["tls/127.0.0.1:1"], {"tls/127.0.0.1:2": PROFILES["radio"]}, PROFILES["radio"])
    config = zenoh.Config()
    for key, value in told.items():
        config.insert_json5(key, json.dumps(value))
        if not isinstance(value, dict):
            assert config.get_json(key) == json.dumps(value, separators=(",", ":")), key
    with pytest.raises(zenoh.ZError):
        config.insert_json5("transport/link/tx/batch_sizes", "1400")


def test_a_stranger_is_never_up(ryukyu, forged, a, address, closing):
    stranger = closing(ZenohTransport(forged["b"], links={address: LAN}))
    assert stranger.receive(2.0) is None
    assert a.receive(0.1) is None
    b = closing(ZenohTransport(ryukyu["b"], links={address: LAN}))
    assert wait_for(a, Up).peer == b.author


def test_a_strangers_node_is_not_called(ryukyu, forged, address, closing):
    stranger = closing(ZenohTransport(forged["a"], [address]))
    b = closing(ZenohTransport(ryukyu["b"], links={address: LAN}))
    assert b.receive(2.0) is None
    assert stranger.receive(0.1) is None


def test_without_a_certificate_there_is_no_link(ryukyu, a, address, opened):
    tls = {"root_ca_certificate": str(ryukyu["b"].ca)}
    session = opened(ryukyu["b"], address, transport__link__tls=tls)
    assert a.receive(1.5) is None
    assert session.info.links() == []


@pytest.mark.parametrize("claimed", ["c0ffee0123456789", "abcdef"])
def test_who_claims_another_id_than_its_certificate_is_refused(ryukyu, a, address, opened, claimed):
    session = opened(ryukyu["b"], address, id=claimed)
    refused = wait_for(a, Refused)
    assert "certificate of" in refused.reason or "no author id" in refused.reason
    session.put(key_of(ryukyu["a"].author, claimed, 2), b"x")
    assert drained(a) == []
    assert not a.send(claimed, b"x", Lane.LIVE)


def rogue(ryukyu, a, address, opened):
    """b as a program that keeps no bounds: (its session, a publisher to a)."""
    me, peer = ryukyu["b"].author, ryukyu["a"].author
    session = opened(ryukyu["b"], address)
    hearing = session.declare_subscriber(key_of(me, peer), lambda sample: None)
    wait_for(a, Up)
    told = {"congestion_control": zenoh.CongestionControl.BLOCK}
    return session, session.declare_publisher(key_of(peer, me, 2), **told), hearing


def resident() -> float:
    """MB of this process in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def test_too_long_a_frame_is_refused_and_counted(ryukyu, a, address, opened):
    _, publisher, _ = rogue(ryukyu, a, address, opened)
    for size in (FRAME_MAX + 1, 1_000_000):
        publisher.put(bytes(size))
        assert wait_for(a, Refused) == Refused(ryukyu["b"].author, "longer than 65536 bytes", size)
    publisher.put(b"x")
    assert wait_for(a, Arrival).frame == b"x"


def test_a_message_of_100_mb_takes_no_memory_and_is_counted(ryukyu, a, address, opened):
    _, publisher, _ = rogue(ryukyu, a, address, opened)
    message = zenoh.ZBytes(bytes(100_000_000))
    before = resident()
    publisher.put(message)
    told = [wait_for(a, Refused, 15.0)]
    assert resident() - before < 30.0
    told += [event for event in drained(a, 3.0) if isinstance(event, Refused)]
    assert {(one.peer, one.reason) for one in told} == {(ryukyu["b"].author, "bytes that made no frame")}
    assert 90e6 < sum(one.size for one in told) < 110e6
    publisher.put(b"x")
    assert wait_for(a, Arrival).frame == b"x"


def test_many_frames_are_no_waste(ryukyu, a, address, closing):
    b = closing(ZenohTransport(ryukyu["b"], links={address: LAN}))
    wait_for(a, Up)
    wait_for(b, Up)
    for _ in range(4):
        for _ in range(100):
            assert b.send(a.author, bytes(50_000), Lane.HISTORY)
        assert {type(event) for event in drained(a, 0.7)} == {Arrival}
    assert drained(a, 2.5) == []


def test_what_is_no_frame_is_refused_and_counted(ryukyu, a, address, opened):
    session, publisher, _ = rogue(ryukyu, a, address, opened)
    publisher.delete()
    session.put(key_of(ryukyu["a"].author, ryukyu["b"].author, 9), b"x")
    assert wait_for(a, Refused) == Refused(ryukyu["b"].author, "no frame of a lane", 1)


def test_a_flood_is_bounded_and_told(ryukyu, a, address, opened):
    _, publisher, _ = rogue(ryukyu, a, address, opened)
    for _ in range(FRAMES + 5000):
        publisher.put(b"x" * 100)
    time.sleep(1.0)
    got = drained(a)
    told = [event for event in got if isinstance(event, Refused)]
    assert len([event for event in got if isinstance(event, Arrival)]) + sum(e.count for e in told) == FRAMES + 5000
    assert {(e.peer, e.reason) for e in told} == {(ryukyu["b"].author, "flood")}
    assert sum(e.count for e in told) >= 4000


def test_nothing_passes_through_a_node(ryukyu, address, closing, opened):
    middle = closing(ZenohTransport(ryukyu["a"], [address]))
    b, c = (opened(ryukyu[name], address) for name in ("b", "c"))
    heard = []
    hearing = [b.declare_subscriber("mihari/**", heard.append), c.declare_subscriber("**", heard.append)]
    time.sleep(1.0)
    for target in (ryukyu["c"].author, "anybody"):
        b.put(key_of(target, ryukyu["b"].author, 0), b"through")
    b.put("elsewhere", b"through")
    time.sleep(0.5)
    assert [str(s.key_expr) for s in heard if s.payload.to_string() == "through"] == [
        key_of(ryukyu["c"].author, ryukyu["b"].author, 0), key_of("anybody", ryukyu["b"].author, 0)
    ]  # fmt: skip
    assert len(hearing) == 2
    assert drained(middle) == []


def test_a_neighbour_that_is_killed_is_down_and_comes_back(ryukyu, a, address):
    for _ in range(2):
        with process(PEER, ryukyu["b"].ca.parent, address) as running:
            wait_for(a, Up)
            running.kill()
            assert wait_for(a, Down, 5.0) == Down(ryukyu["b"].author)


def test_nobody_waits_for_a_neighbour_that_stalls(ryukyu, a, address):
    peer = ryukyu["b"].author
    with process(PEER, ryukyu["b"].ca.parent, address) as running:
        wait_for(a, Up)
        running.send_signal(signal.SIGSTOP)
        longest, refused, begin = 0.0, 0, time.monotonic()
        while time.monotonic() - begin < 2.0:
            before = time.perf_counter()
            refused += not a.send(peer, bytes(60_000), Lane.HISTORY)
            a.send(peer, bytes(100), Lane.ALARM)
            longest = max(longest, time.perf_counter() - before)
            time.sleep(0.001)
        assert longest < 0.2
        assert refused > 0
        assert wait_for(a, Down, 8.0).peer == peer
        begin = time.monotonic()
        a.close()
        assert time.monotonic() - begin < 5.0


def test_close_returns_while_a_neighbour_stalls(ryukyu, a, address):
    with process(PEER, ryukyu["b"].ca.parent, address) as running:
        wait_for(a, Up)
        running.send_signal(signal.SIGSTOP)
        for _ in range(200):
            a.send(ryukyu["b"].author, bytes(60_000), Lane.HISTORY)
        begin = time.monotonic()
        a.close()
        assert time.monotonic() - begin < 5.0


def test_an_address_that_cannot_be_listened_on_is_told(ryukyu, a, address):
    with pytest.raises(BadInput, match=f"mesh: cannot listen on {address}"):
        ZenohTransport(ryukyu["b"], [address])


def test_zenoh_is_imported_when_it_is_needed():
    program = "import sys, mihari.mesh.zenoh_transport, mihari.mesh.memory; sys.exit('zenoh' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    assert subprocess.run([sys.executable, "-c", program], env=environment, check=False).returncode == 0
