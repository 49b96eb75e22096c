"""Modems over real datagrams on loopback: what one node tells comes to the other, and nothing else does."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import threading
import time

import numpy as np
import pytest
from tests.mesh.conftest import Coast, free_port

from mihari.core.config import NodeConfig
from mihari.core.errors import BadInput
from mihari.core.picture import Picture, Source, Vessels
from mihari.mesh import modem as modems
from mihari.mesh import single
from mihari.mesh.keys import MODEM_KEY
from mihari.mesh.memory import MemoryNetwork
from mihari.mesh.own import shared_of
from mihari.node import Node
from mihari.sharing import Sharing
from mihari.simulate import Simulation, load, play

UDP = socket.SOCK_DGRAM
NAHA = (26.2, 127.6)


def until(what, seconds: float = 10.0) -> float:
    began = time.monotonic()
    while not what():
        assert time.monotonic() - began < seconds, "waited too long"
        time.sleep(0.02)
    return time.monotonic() - began


def free_ports(count: int) -> list[int]:
    return [free_port(UDP) for _ in range(count)]


class Post:
    """A node's part in the mesh with a modem; `n` vessels that lie still are all that its sensors see."""

    def __init__(self, coast: Coast, folder, name, hears=0, tells=0, n=0, network=None, clock=time.time, **given):
        self.identity = coast[name]
        told = {"name": "acoustic", "rate_per_min": 600.0} | given
        told |= {key: f"udp/127.0.0.1:{port}" for key, port in (("listen", hears), ("send", tells)) if port}
        keys = {"keys": str(coast.folder / name), "state": str(folder / name)}
        tables = {"node": {"name": name}, "mesh": {"enabled": True} | keys, "modem": [told]}
        network = network or MemoryNetwork()
        self.sharing = Sharing(
            NodeConfig.model_validate(tables), clock, transport=lambda c, identity: network.join(identity.author)
        )
        self.sequence, self.ids, self.shown = 0, list(range(1, n + 1)), None

    def own(self) -> Picture:
        self.sequence += 1
        n, k = len(self.ids), np.array(self.ids)
        vessels = Vessels.of(
            n, id=k, track=k, time=time.time(), lat_deg=NAHA[0] + k / 100.0, lon_deg=NAHA[1], east_mps=0.0,
            north_mps=0.0, cov_ee=100.0, cov_nn=100.0, cov_en=0.0, cov_eu=0.0, cov_ev=0.0, cov_nu=0.0, cov_nv=0.0,
            cov_uu=0.04, cov_uv=0.0, cov_vv=0.04, existence=1.0, mmsi=431000000 + k, born=time.time() - 60.0,
            source=int(Source.AIS), changed=self.sequence,
        )  # fmt: skip
        return Picture(time.time(), self.sequence, vessels)

    def offer(self) -> None:
        self.shown = self.sharing.offer(self.own()) or self.shown

    def mmsi(self) -> list[int]:
        """What its map shows."""
        self.offer()
        return [] if self.shown is None else sorted(self.shown.vessels.mmsi.tolist())

    @property
    def modem(self) -> dict:
        return self.sharing.status()["modems"][0]

    @property
    def refused(self) -> dict:
        return self.sharing.status()["refused"].get("modem acoustic", {})

    def frame(self, k: int = 0, key: bytes = b"", at: float = 0.0, run: int = 3) -> bytes:
        """Its k-th vessel as a modem tells it, `at` s from now."""
        row = shared_of(self.own().vessels)
        row = row.replace(time=row.time + at)
        return single.encode(row, k, self.identity.author, key or self.identity.modem_key, run)


@pytest.fixture
def posts(ryukyu, tmp_path):
    """Makes posts that are on the air until the test ends."""
    with contextlib.ExitStack() as stack:

        def made(name, *given, coast=ryukyu, **named):
            post = Post(coast, tmp_path, name, *given, **named)
            stack.callback(post.sharing.stop)
            post.sharing.start()
            return post

        yield made


@contextlib.contextmanager
def air(port: int, to: int, passes):
    """What is sent to `port` comes to `to` if `passes` says so of its number; gives what has come."""
    seen: list[bytes] = []
    with socket.socket(socket.AF_INET, UDP) as sock:
        sock.bind(("127.0.0.1", port))
        sock.settimeout(0.1)
        over = threading.Event()

        def carry():
            while not over.is_set():
                with contextlib.suppress(TimeoutError):
                    seen.append(sock.recv(2048))
                    if passes(len(seen) - 1):
                        sock.sendto(seen[-1], ("127.0.0.1", to))

        thread = threading.Thread(target=carry)
        thread.start()
        yield seen
        over.set()
        thread.join()


def send(port: int, *frames: bytes) -> None:
    with socket.socket(socket.AF_INET, UDP) as out:
        for frame in frames:
            out.sendto(frame, ("127.0.0.1", port))


def test_what_one_sees_is_on_the_others_map_and_never_faster_than_the_rate(posts):
    (port,) = free_ports(1)
    shore = posts("shore", port)
    began = time.monotonic()
    diver = posts("diver", 0, port, n=6, rate_per_min=120.0)
    until(lambda: diver.offer() or shore.mmsi() == [431000000 + k for k in range(1, 7)])
    assert time.monotonic() - began >= 2.5  # six messages, half a second apart
    told, heard = diver.modem, shore.modem
    assert (told["sent"], told["waiting"], told["problem"]) == (6, 0, "")
    assert (heard["heard"], heard["refused"]) == (6, 0)
    name = f"modem {diver.identity.author[:8]}"
    assert [(one["name"], one["vessels"]) for one in heard["authors"]] == [(name, 6)]
    time.sleep(1.2)
    diver.offer()
    assert diver.modem["sent"] == 6  # nothing has changed: nothing is told
    diver.ids.remove(3)
    until(lambda: diver.offer() or 431000003 not in shore.mmsi(), 4.0)


def test_only_what_the_nodes_own_sensors_see_is_told(posts):
    one, other, third = free_ports(3)
    diver, relay, shore = posts("diver", 0, one, n=2), posts("relay", one, other), posts("shore", third)
    with air(other, third, lambda k: True) as seen:
        until(lambda: diver.offer() or relay.mmsi() == [431000001, 431000002])
        time.sleep(1.5)
        relay.offer()
        assert (seen, relay.modem["sent"], shore.mmsi()) == ([], 0, [])


def test_what_is_lost_is_told_again(posts, monkeypatch):
    near, far = free_ports(2)
    shore, diver = posts("shore", far), posts("diver", 0, near, n=4)
    (modem,) = diver.sharing.modems.modems
    modem.teller.refresh = 1.0
    with air(near, far, lambda k: k % 3 == 0):
        until(lambda: diver.offer() or len(shore.mmsi()) == 4, 15.0)


def test_a_node_begins_anew_with_other_numbers_and_what_it_told_before_is_gone(posts):
    (port,) = free_ports(1)
    shore, diver = posts("shore", port), posts("diver", 0, port, n=3)
    until(lambda: diver.offer() or len(shore.mmsi()) == 3)
    diver.sharing.stop()
    again = posts("diver", 0, port)
    again.ids = [2, 9]
    until(lambda: again.offer() or shore.mmsi() == [431000002, 431000009], 5.0)
    shore.sharing.stop()
    anew = posts("shore", port)
    again.ids.append(10)
    until(lambda: again.offer() or 431000010 in anew.mmsi(), 5.0)


def test_what_is_not_of_this_coast_or_not_of_now_is_refused_by_name(posts, forged):
    (port,) = free_ports(1)
    shore, diver, stranger = posts("shore", port), posts("diver", 0, free_port(UDP), n=3), forged["stranger"]
    good, newer = diver.frame(0), diver.frame(0, at=1.0)
    send(port, good, newer, good, newer, diver.frame(1, stranger.modem_key), diver.frame(1, at=60.0))
    send(port, diver.frame(1, at=-4000.0), good[:40], bytes(46))
    until(lambda: sum(shore.refused.values()) == 6)
    assert shore.refused == {"replayed": 1, "signature": 2, "future": 1, "old": 1, "length": 1}
    assert (shore.modem["heard"], shore.modem["again"]) == (2, 1)
    assert shore.mmsi() == [431000001]


def test_a_flood_of_garbage_is_counted_and_what_is_told_in_between_still_comes(posts, monkeypatch):
    monkeypatch.setattr(modems, "READ_MOST", 300)
    (port,) = free_ports(1)
    shore, diver = posts("shore", port), posts("diver", 0, port, n=3)
    rng, over = random.Random(1), threading.Event()

    def shout():
        with socket.socket(socket.AF_INET, UDP) as out:
            while not over.wait(0.004):
                for _ in range(4):
                    out.sendto(rng.randbytes(rng.choice((0, 3, 46, 46, 1400))), ("127.0.0.1", port))

    thread = threading.Thread(target=shout)
    thread.start()
    try:
        began = time.process_time()
        (modem,) = diver.sharing.modems.modems
        modem.teller.refresh = 0.5  # most of what it says is lost in the flood
        until(lambda: diver.offer() or len(shore.mmsi()) == 3, 15.0)
        until(lambda: shore.refused.get("flood", 0) > 100)
        assert time.process_time() - began < 15.0
    finally:
        over.set()
        thread.join()
    assert {"length", "signature", "flood"} <= shore.refused.keys()
    assert shore.modem["heard"] >= 3
    assert shore.modem["refused"] == sum(shore.refused.values())


def test_a_link_and_a_modem_bring_one_author_and_the_modem_goes_on_when_the_link_is_cut(posts):
    (port,) = free_ports(1)
    network = MemoryNetwork()
    shore, diver = posts("shore", port, network=network), posts("diver", 0, port, n=3, network=network)
    network.link(diver.identity.author, shore.identity.author)
    three = [431000001, 431000002, 431000003]
    until(lambda: diver.offer() or (shore.mmsi() == three and shore.modem["heard"] == 3))
    (told,) = shore.modem["authors"]
    assert (told["author"], told["name"]) == (diver.identity.author, "diver")
    assert set(shore.shown.authors) == {"shore", "diver"}
    network.cut(diver.identity.author, shore.identity.author)
    diver.ids.append(4)
    until(lambda: diver.offer() or shore.mmsi() == [*three, 431000004], 5.0)
    assert len(shore.shown.vessels) == 4


def test_a_modem_whose_messages_cost_money_tells_only_while_no_link_does(posts):
    (port,) = free_ports(1)
    network = MemoryNetwork()
    shore = posts("shore", port, network=network)
    diver = posts("diver", 0, port, n=2, network=network, when="alone")
    network.link(diver.identity.author, shore.identity.author)
    until(lambda: diver.offer() or len(shore.mmsi()) == 2)
    began = diver.modem["sent"]
    diver.ids.append(3)
    until(lambda: diver.offer() or len(shore.mmsi()) == 3)
    time.sleep(1.5)  # longer than between two looks at who is due
    diver.offer()
    assert diver.modem["sent"] == began
    network.cut(diver.identity.author, shore.identity.author)
    diver.ids.append(4)
    until(lambda: diver.offer() or diver.modem["sent"] > began, 8.0)


def test_a_clock_that_is_ahead_is_allowed_for_once_a_link_has_measured_it(posts):
    """Over a modem alone its messages come from the future."""
    (port,) = free_ports(1)
    network = MemoryNetwork()
    shore = posts("shore", port, network=network)
    diver = posts("diver", 0, port, n=1, network=network, clock=lambda: time.time() + 30.0)
    own = diver.own
    diver.own = lambda: shifted(own(), 30.0)
    until(lambda: diver.offer() or shore.refused.get("future", 0) == 1)
    network.link(diver.identity.author, shore.identity.author)
    until(lambda: diver.offer() or abs(shore.sharing.mesh.ahead(diver.identity.author) - 30.0) < 1.0)
    diver.ids.append(2)
    until(lambda: diver.offer() or shore.modem["heard"] >= 1)
    assert abs(shore.sharing.modems.join(())[0].rows.time[0] - time.time()) < 3.0


def shifted(picture: Picture, seconds: float) -> Picture:
    vessels = picture.vessels.replace(time=picture.vessels.time + seconds, born=picture.vessels.born + seconds)
    return Picture(picture.time + seconds, picture.sequence, vessels)


def test_a_modem_that_cannot_be_reached_says_why_and_its_vessels_wait(posts):
    diver = posts("diver", 0, 9, n=2)
    (modem,) = diver.sharing.modems.modems
    modem.section = modem.section.model_copy(update={"send": "udp/no.such.host.invalid:9"})
    until(lambda: diver.offer() or diver.modem["problem"])
    assert "udp/no.such.host.invalid:9: cannot be sent to" in diver.modem["problem"]
    assert diver.modem["waiting"] == 2


def test_without_the_coasts_key_or_with_a_port_in_use_it_is_told_in_one_sentence(tmp_path, posts):
    coast = Coast(tmp_path / "coast")
    assert coast["naha"].modem_key == coast["kume"].modem_key
    assert (tmp_path / "coast" / "naha" / MODEM_KEY).stat().st_mode & 0o777 == 0o600
    (tmp_path / "coast" / "naha" / MODEM_KEY).unlink()
    told = (
        r"naha/modem.key: is missing: a \[\[modem\]\] needs the key that all nodes of the coast share; copy modem.key"
    )
    with pytest.raises(BadInput, match=told):
        Post(coast, tmp_path, "naha", free_port(UDP))
    (tmp_path / "coast" / "kume" / MODEM_KEY).write_text("00112233\n")
    with pytest.raises(BadInput, match=r"kume/modem.key: expected 32 to 128 hexadecimal digits"):
        Post(coast, tmp_path, "kume", free_port(UDP))
    with socket.socket(socket.AF_INET, UDP) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(
            BadInput, match=f"modem acoustic: cannot listen at 127.0.0.1:{port}: address already in use"
        ):
            posts("shore", port)


@pytest.mark.slow
def test_a_whole_node_without_a_link_hears_by_modem_what_another_sees(ryukyu, tmp_path):
    """One hears the strait's ships, the other nothing at all by itself; six a second, so that it does not take long."""
    hears, tells, air = free_ports(3)

    def config(name, udp, **modem):
        told = {"enabled": True, "keys": str(ryukyu.folder / ryukyu[name].name), "state": str(tmp_path / name)}
        feeds = [{"name": "AIS", "url": f"udp://127.0.0.1:{udp}", "format": "ais"}]
        tables = {"node": {"name": name}, "feed": feeds, "face": {"enabled": False}, "mesh": told}
        tables |= {"modem": [{"name": "burst", "rate_per_min": 360.0} | modem]}
        return NodeConfig.model_validate(tables | {"alerts": {"records": "temporary"}})

    ship = Node(config("ship", hears, send=f"udp/127.0.0.1:{air}"))
    shore = Node(config("shore", tells, listen=f"udp/127.0.0.1:{air}"))
    seen, take = [], shore.sharing.union.take
    shore.sharing.union.take = lambda *given: seen.append(take(*given)) or seen[-1]
    with ship, shore, socket.socket(socket.AF_INET, UDP) as out:

        def hand_over(channel, data):
            if channel.startswith("ais"):
                out.sendto(data, ("127.0.0.1", hears))

        asyncio.run(play(Simulation(load("strait")).at(time.time()), 1.0, time.monotonic, hand_over, 5.0))
        compiler = ship.pipeline.compiler
        until(lambda: seen and len(seen[-1].vessels) >= max(len(compiler), 5), 15.0)
        there = compiler.vessels()
        status = {node: node.sharing.status()["modems"][0] for node in (ship, shore)}
    got = seen[-1].vessels
    named = got.mmsi[got.mmsi > 0].tolist()
    assert set(named) <= set(there.mmsi.tolist())
    assert len(named) >= 5
    assert set(seen[-1].authors) == {"shore", f"modem {ryukyu['ship'].author[:8]}"}
    assert status[ship]["sent"] >= status[shore]["heard"] >= len(got)
    assert status[shore]["refused"] == 0
