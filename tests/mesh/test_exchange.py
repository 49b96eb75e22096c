"""Nodes keep one picture over links in virtual time."""

from __future__ import annotations

import hashlib
import tracemalloc

import numpy as np
import pytest
from tests.mesh.virtual import Member, Net

from mihari.core.picture import Vessels
from mihari.core.shared import Shared
from mihari.mesh import batches, wire
from mihari.mesh.batches import Kind
from mihari.mesh.transport import Lane


def vessels(n: int, time: float, seed: int = 1, first: int = 1) -> Vessels:
    rng = np.random.default_rng(seed)
    lat, lon = rng.uniform(40, 41, n), rng.uniform(28, 29, n)
    east, north = rng.uniform(-5, 5, n), rng.uniform(-5, 5, n)
    return Vessels.of(
        n, id=np.arange(first, first + n), time=time, lat_deg=lat, lon_deg=lon, east_mps=east, north_mps=north,
        cov_ee=100.0, cov_nn=100.0, cov_uu=0.1, cov_vv=0.1, existence=1.0, status=0, source=3, born=time - 100,
    )  # fmt: skip


def test_two_nodes_tell_each_other_what_they_see():
    net = Net()
    a, b = net.member("a"), net.member("b")
    net.link("a", "b")
    net.run(1.0)
    a.see(vessels(120, a.utc()))
    b.see(vessels(30, b.utc(), seed=2))
    net.run(3.0)
    assert len(b.picture(a)) == 120
    assert len(a.picture(b)) == 30
    seen = vessels(120, 0.0)
    assert np.abs(b.picture(a).lat_deg - seen.lat_deg).max() < 1e-6
    assert not a.mesh.exchange.refused


def test_news_pass_through_nodes_between():
    net = Net()
    for name in "abcd":
        net.member(name)
    for one, two in ("ab", "bc", "cd"):
        net.link(one, two)
    net.run(5.0)
    net.members["a"].see(vessels(100, net.members["a"].utc()))
    net.run(8.0)
    assert len(net.members["d"].picture(net.members["a"])) == 100


def same(one: Shared, other: Vessels, within: float = 2e-6) -> bool:
    """Whether a node knows of another's vessels what that one told, but for the wire's rounding."""
    return (
        one.vessel.tolist() == other.id.tolist()
        and bool(np.allclose(one.lat_deg, other.lat_deg, atol=within, rtol=0))
        and bool(np.allclose(one.lon_deg, other.lon_deg, atol=within, rtol=0))
    )


def checksum(holder: Member, author: Member, vessels: set[int]) -> str:
    """Of the signed batches that tell of an author's vessels, of their places and names, as a node holds them."""
    found = hashlib.sha256()
    for kind in (Kind.VESSELS, Kind.IDENTITIES):
        (held,) = (h for h in holder.mesh.exchange.store.of(author.id, kind) if len(h))
        assert vessels <= held.rows.keys()
        for key in sorted(vessels):
            found.update(held.batches[held.rows[key]].raw)
    return found.hexdigest()


def test_a_ring_with_cuts_keeps_one_picture_and_takes_every_way_around():
    net = Net()
    names = "abcdef"
    for name in names:
        net.member(name)
    pairs = [(names[k], names[(k + 1) % 6]) for k in range(6)]
    for one, two in pairs:
        net.link(one, two, delay=0.02)
    told = {n: vessels(40, 1e9, seed=k) for k, n in enumerate(names)}
    down: list[tuple[str, str]] = []

    def see() -> None:
        for name in names:
            net.members[name].see(told[name].replace(time=np.full(40, net.members[name].utc())))

    def disturb() -> None:
        if down:
            net.heal(*down.pop())
        elif net.now < 100:
            pair = pairs[net.rng.integers(6)]
            net.cut(*pair)
            down.append(pair)

    net.every(1.0, see)
    net.every(10.0, disturb)
    net.run(130.0)
    for member in net.members.values():
        for other in net.members.values():
            if other is not member:
                assert member.picture(other).vessel.tolist() == told[other.name].id.tolist()
                assert member.picture(other).time.min() > other.utc() - 4.0
        assert not member.mesh.heard.refused


def test_news_take_another_way_within_the_lease():
    net = Net()
    for name in "abc":
        net.member(name)
    for pair in ("ab", "bc", "ac"):
        net.link(*pair, delay=0.02)
    a, b = net.members["a"], net.members["b"]
    net.every(0.25, lambda: a.see(vessels(20, a.utc())))
    gaps = []
    for turn in range(8):  # cut at other moments between two summaries
        net.run(20.0 * turn + 10.0 + 0.13 * turn)
        net.cut("a", "b")
        cut = net.now
        while b.picture(a).time.max() < 1e9 + cut + 0.1:
            net.run(net.now + 0.1)
        gaps.append(net.now - cut)
        net.run(20.0 * turn + 15.0)
        assert b.mesh.exchange.sources[a.id].peer == net.members["c"].id
        net.heal("a", "b")
    assert max(gaps) < 3.0, gaps  # the lease


def test_what_two_nodes_carry_between_islands_arrives():
    """A ship meets an aircraft, which later meets the shore: it brings what the ship has seen."""
    net = Net()
    for name in ("ship", "aircraft", "shore"):
        net.member(name)
    net.link("ship", "aircraft")
    net.members["ship"].see(vessels(50, net.members["ship"].utc()))
    net.run(6.0)
    net.cut("ship", "aircraft")
    net.run(60.0)
    net.link("aircraft", "shore")
    net.run(70.0)
    assert len(net.members["shore"].picture(net.members["ship"])) == 50


def test_after_half_an_hour_without_a_link_both_are_the_same_again():
    net = Net()
    a, b = net.member("a"), net.member("b")
    net.link("a", "b", "satellite", 0.2, 256, 0.05)
    first = vessels(200, a.utc())
    a.see(first)
    net.run(20.0)
    assert len(b.picture(a)) == 200
    net.cut("a", "b")
    net.run(60.0)
    changed = vessels(260, a.utc(), seed=9, first=51)  # 50 have left, 110 are new, 150 are elsewhere
    a.see(changed, tuple(range(1, 51)))
    net.run(1860.0)
    net.heal("a", "b")
    net.run(1890.0)
    assert same(b.picture(a), changed)
    here, there = (checksum(one, a, set(changed.id.tolist())) for one in (a, b))
    assert here == there


def test_a_node_that_comes_up_again_knows_all_and_is_known_by_all():
    net = Net()
    for name in "abc":
        net.member(name)
    net.link("a", "b")
    net.link("b", "c")
    a, b, c = (net.members[n] for n in "abc")
    a.see(vessels(80, a.utc()))
    c.see(vessels(70, c.utc(), seed=3))
    net.run(10.0)
    b.begin()
    net.run(15.0)
    assert len(b.picture(a)) == 80
    assert len(b.picture(c)) == 70
    a.begin()
    a.see(vessels(60, a.utc(), seed=4, first=5))
    net.run(25.0)
    assert c.picture(a).vessel.tolist() == list(range(5, 65))
    assert len(a.picture(c)) == 70


def test_a_late_joiner_gets_the_whole_picture():
    net = Net()
    a, b = net.member("a"), net.member("b")
    a.see(vessels(3000, a.utc()))
    net.run(2.0)
    net.link("a", "b", "satellite", 0.2, 256, 0.05)
    net.run(22.0)
    assert len(b.picture(a)) == 3000


def test_clocks_are_compared_across_the_mesh():
    net = Net()
    for name in "abc":
        net.member(name)
    net.link("a", "b", delay=0.05)
    net.link("b", "c", delay=0.05)
    net.members["c"].skew = 30.0
    for member in net.members.values():
        member.see(vessels(3, member.utc()))
    net.run(60.0)
    a, c = net.members["a"], net.members["c"]
    (told,) = [f for f in a.mesh.foreign() if f.author == c.id]
    assert abs(told.rows.time.max() - 1e9) < 0.2  # by the clock of a
    (node,) = [n for n in a.mesh.status()["nodes"] if n["name"] == "c"]
    assert abs(node["clock_offset_s"] - 30.0) < 0.2
    assert abs(c.mesh.own_clock_error - 30.0) < 0.2
    assert a.mesh.own_clock_error == 0.0


def test_a_batch_that_was_changed_or_is_told_again_from_an_older_run_is_refused():
    net = Net()
    a, b = net.member("a"), net.member("b")
    net.link("a", "b")
    a.see(vessels(5, a.utc()))
    net.run(5.0)
    (held,) = a.mesh.exchange.store.of(a.id, Kind.VESSELS)
    good = next(iter(held.batches.values())).raw
    a.begin()
    net.run(10.0)
    a.see(vessels(6, a.utc(), seed=2))
    net.run(12.0)
    (held,) = a.mesh.exchange.store.of(a.id, Kind.VESSELS)
    last = held.batches[held.head]
    bad = batches.encode(last.stream, 99, 99, 1, a.utc(), last.keys, last.body) + last.signature
    link = a.mesh.exchange.links[b.id]
    for raw in (good, bad):
        frame = wire.frame(link.session, 0, [wire.message(wire.Part.BATCH, raw)])
        a.mesh.transport.send(b.id, frame, Lane.LIVE)
    before = b.picture(a)
    net.run(14.0)
    assert b.mesh.exchange.refused[a.id, "replayed"] == 1
    assert b.mesh.exchange.refused[a.id, "signature"] == 1
    assert same(b.picture(a), vessels(6, 0.0, seed=2))
    assert len(before) == 6


def test_kinds_of_a_later_release_are_kept_counted_and_passed_on():
    net = Net()
    for name in "abc":
        net.member(name)
    net.link("a", "b")
    net.link("b", "c")
    net.run(5.0)
    a, b, c = (net.members[n] for n in "abc")
    a.mesh.author.tell(40, np.array([3]), b"of a later release", a.utc())
    net.run(8.0)
    assert b.mesh.exchange.unknown[40] == 1
    assert c.mesh.exchange.unknown[40] == 1
    assert c.mesh.status()["unknown"] == {"40": 1}


def test_alarms_overtake_what_fills_the_link():
    net = Net()
    a, b = net.member("a"), net.member("b")
    net.link("a", "b", "radio", 0.1, 64)
    heard: dict[int, float] = {}
    b.mesh.heed = lambda batch: (
        heard.update(dict.fromkeys(batch.keys.tolist(), net.now)) if batch.stream.kind == Kind.ALERTS else None
    )
    sent: dict[int, float] = {}

    def alarm() -> None:
        key = len(sent) + 1
        sent[key] = net.now
        a.mesh.tell(Kind.ALERTS, key, {"because": "silent 3.2 h inside good AIS coverage" * 3})

    def crowd() -> None:
        a.see(vessels(1000, a.utc(), seed=int(net.now * 10) % 7))  # all of them elsewhere each time

    net.every(1.0, crowd)
    net.run(20.0)
    net.every(1.0, alarm)
    net.run(60.0)
    delays = [heard[k] - t for k, t in sent.items() if k in heard]
    assert len(delays) >= len(sent) - 1
    assert np.median(delays) < 0.4
    assert a.mesh.exchange.links[b.id].backlog > 10


def test_a_flood_is_refused_counted_and_named_and_others_are_served():
    net = Net()
    for name in "abc":
        net.member(name)
    net.link("a", "b")
    net.link("c", "b")
    net.run(5.0)
    a, b, c = (net.members[n] for n in "abc")
    link = a.mesh.exchange.links[b.id]
    junk = wire.frame(link.session, 0, [wire.message(wire.Part.PING, wire.Ping(1.0))])
    for k in range(30):
        net.at(5.0 + k / 30, lambda: [a.mesh.transport.send(b.id, junk, Lane.LIVE) for _ in range(1000)])
    net.at(5.5, lambda: c.see(vessels(50, c.utc())))
    net.run(8.0)
    assert b.mesh.status()["refused"]["a"]["flood"] > 10_000
    assert len(b.picture(c)) == 50


def test_what_is_no_frame_is_counted_by_reason_and_changes_nothing():
    net = Net()
    a, b = net.member("a"), net.member("b")
    net.link("a", "b")
    a.see(vessels(5, a.utc()))
    net.run(5.0)
    good = wire.frame(a.mesh.exchange.links[b.id].session, 0, [wire.message(wire.Part.PING, wire.Ping(1.0))])
    for bad in (b"", b"\x07", bytes(500), good[:-3], good + b"\x03\xff\xff", b"\x63" + good[1:]):
        a.mesh.transport.send(b.id, bad, Lane.LIVE)
    for size in range(len(good)):
        a.mesh.transport.send(b.id, good[:size] + bytes([good[size] ^ 0x55]) + good[size + 1 :], Lane.LIVE)
    net.run(12.0)
    told = b.mesh.status()["refused"]["a"]
    assert told["length"] >= 3
    assert told["version"] >= 2
    a.see(vessels(7, a.utc(), seed=6))
    net.run(20.0)
    assert len(b.picture(a)) == 7


def test_what_nobody_wants_or_nobody_proved_takes_no_room():
    net = Net()
    a, b = net.member("a"), net.member("b")
    net.link("a", "b")
    net.run(3.0)
    stranger = batches.Stream("00" * 8, 1, Kind.VESSELS)
    link = a.mesh.exchange.links[b.id]
    for seq in range(1, 2001):
        raw = batches.encode(stranger, seq, seq, 1, a.utc(), np.array([seq]), b"rows") + bytes(64)
        a.mesh.transport.send(b.id, wire.frame(link.session, 0, [wire.message(wire.Part.BATCH, raw)]), Lane.LIVE)
    net.run(6.0)
    assert b.mesh.exchange.refused[a.id, "unknown author"] == 2000 - 512
    assert b.mesh.exchange.store.of("00" * 8) == []


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_an_hour_of_traffic_that_comes_and_goes_leaves_memory_flat():
    net = Net()
    for name in "abc":
        net.member(name)
    net.link("a", "b")
    net.link("b", "c", "radio", 0.2, 64, 0.02)
    a, b, c = (net.members[n] for n in "abc")
    first = {"n": 1}

    def see() -> None:
        first["n"] += 1  # one comes, one goes, each second
        a.see(vessels(100, a.utc(), seed=3, first=first["n"]), (first["n"] - 1,))

    net.every(1.0, see)
    sizes = []
    tracemalloc.start()
    for minute in range(5, 65, 5):
        net.run(minute * 60.0)
        held = [m.mesh.exchange.store.size for m in (a, b, c)]
        sizes.append((tracemalloc.get_traced_memory()[0], max(held), sum(len(h) for h in a.mesh.exchange.store)))
    tracemalloc.stop()
    late = sizes[len(sizes) // 2 :]
    assert max(s[0] for s in late) < 1.15 * min(s[0] for s in late)
    assert max(s[1] for s in late) < 1.3 * min(s[1] for s in late)
    assert len(c.picture(a)) <= 100 + 60


@pytest.mark.parametrize("profile", ["radio", "lan"])
def test_alarms_come_soon_where_every_fourth_frame_and_acknowledgement_is_lost(profile):
    net = Net()
    a, b = net.member("a"), net.member("b")
    came: dict[int, float] = {}
    b.mesh.heed = lambda batch: [came.setdefault(k, net.now) for k in batch.keys.tolist() if batch.stream.kind == 5]
    net.link("a", "b", profile, 0.2, 64)
    net.run(30.0)
    for member in (a, b):  # as a carrier that is full
        send = member.mesh.transport.send
        member.mesh.transport.send = lambda *frame, send=send: net.rng.random() < 0.25 or send(*frame)
    told: dict[int, float] = {}
    for k in range(60):
        told[k] = net.now
        a.mesh.tell(Kind.ALERTS, k, {"what": "dark", "vessel": k})
        net.run(net.now + 7.0)
    net.run(net.now + 60.0)
    took = np.array([came[k] - told[k] for k in told])
    assert np.quantile(took, 0.5) < 1.0
    assert took.max() < 30.0  # lost some times in a row; a summary would tell of it after half a minute and more
    assert a.mesh.exchange.links[b.id].resent > 0
    assert a.mesh.exchange.links[b.id].under_way < 3000
