"""What nodes watch with: told, moved, silent, withdrawn, of an ended run, to late joiners, over thin and cut links."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.mesh.virtual import Member, Net

from mihari.core.cover import Watching
from mihari.core.errors import FormatError
from mihari.core.health import FeedHealth, StationHealth
from mihari.core.picture import Picture, Vessels
from mihari.core.sensor import Sensor, SensorKind
from mihari.mesh import coverage
from mihari.mesh.batches import Kind

RADAR = Sensor(0, "kume radar", SensorKind.RADAR, 26.377, 126.771)
AIS = Sensor(1, "kume", SensorKind.AIS, 26.377, 126.771)
NOWHERE = Sensor(2, "loan", SensorKind.RADAR)


def shows(member: Member, *sensors: Sensor, heard: dict[int, float] | None = None) -> None:
    """Its own picture, with these sensors; `heard`: when each was heard last, s ago."""
    member.sequence += 1
    now = member.utc()
    stations = [StationHealth(i, "", "", now - ago) for i, ago in (heard or {s.index: 0.0 for s in sensors}).items()]
    feeds = (FeedHealth(0, "feed", "udp://:1", "listening", stations=tuple(stations)),)
    member.mesh.see(Picture(now, member.sequence, Vessels.empty(), sensors=sensors, feeds=feeds), ())


def known(member: Member, name: str = "a") -> dict[str, Watching]:
    """What this node knows of another's sensors."""
    return {s.name: s for cover in member.mesh.covers() if cover.name == name for s in cover.sensors}


def count(member: Member, name: str = "a") -> int:
    """As its status tells it."""
    status = member.mesh.status()
    return next(n["sensors"] for n in [status["me"], *status["nodes"]] if n["name"] == name)


@pytest.fixture
def pair():
    """Two nodes on a LAN; the first watches with a radar and an AIS station."""
    net = Net()
    a, b = net.member("a"), net.member("b")
    net.link("a", "b")
    shows(a, RADAR, AIS, NOWHERE)
    net.run(3.0)
    return net, a, b


def batches(member: Member, of: Member) -> list:
    return [b for h in member.mesh.exchange.store.of(of.id, Kind.COVERAGE) for b in h.batches.values()]


def test_the_other_knows_every_placed_sensor(pair):
    _, a, b = pair
    assert known(b) == {
        "kume radar": Watching("kume radar", "radar", 26.377, 126.771, 44448.0),
        "kume": Watching("kume", "ais", 26.377, 126.771, 44448.0),
    }
    assert (count(b), count(a), count(b, "b")) == (2, 2, 0)
    assert known(a, "a") == {}  # its own are in its own picture
    (batch,) = batches(b, a)
    assert len(batch.raw) < 100 * 2


def test_what_stays_as_it_was_is_not_told_again(pair):
    net, a, b = pair
    covers = b.mesh.covers()
    for k in range(100):
        shows(a, RADAR, AIS, NOWHERE)
        net.run(3.0 + 3 * k)
    assert b.mesh.covers() is covers
    assert len(batches(b, a)) == 1


def test_a_sensor_that_moves_is_told_after_some_way_and_not_too_often(pair):
    net, a, b = pair
    at = [(net.now, known(b)["kume radar"].lat_deg)]
    for k in range(240):  # at 10 m/s
        shows(a, replace(RADAR, lat_deg=26.377 + k * 10.0 / 111_195.0), AIS)
        net.run(net.now + 1.0)
        if known(b)["kume radar"].lat_deg != at[-1][1]:
            at.append((net.now, known(b)["kume radar"].lat_deg))
    steps = np.diff(np.array(at), axis=0)
    assert 6 <= len(steps) <= 8
    assert (steps[:, 1] * 111_195.0).min() > coverage.MOVED_M - 2.0  # as exactly as places are told
    for k in range(60):  # a jet: what limits it now is time
        shows(a, replace(RADAR, lat_deg=26.6 + k * 250.0 / 111_195.0), AIS)
        net.run(net.now + 1.0)
    orders = sorted(b.cut for b in batches(b, a))
    assert len(orders) <= 2  # the newest of it, and what the station told
    assert known(b)["kume radar"].lat_deg == pytest.approx(26.6 + 59 * 250 / 111_195.0, abs=7 * 250 / 111_195.0)


def test_a_silent_sensor_is_told_to_be_silent_until_it_serves_again(pair):
    net, a, b = pair
    shows(a, RADAR, AIS, heard={0: 2.0, 1: 90.0})
    net.run(net.now + 3.0)
    assert (known(b)["kume radar"].serving, known(b)["kume"].serving) == (True, False)
    shows(a, RADAR, AIS, heard={0: 2.0, 1: 0.5})
    net.run(net.now + 3.0)
    assert known(b)["kume"].serving


def test_one_that_was_never_heard_is_silent_once_the_node_has_run_for_a_while(pair):
    net, a, b = pair
    new = Sensor(5, "new", SensorKind.RADAR, 26.0, 127.0)
    shows(a, RADAR, AIS, new, heard={0: 0.0, 1: 0.0})
    net.run(net.now + 3.0)
    assert known(b)["new"].serving
    net.run(net.now + 70.0)
    shows(a, RADAR, AIS, new, heard={0: 0.0, 1: 0.0})
    net.run(net.now + 3.0)
    assert [s.serving for s in known(b).values()].count(False) == 1
    assert not known(b)["new"].serving


def test_a_sensor_that_goes_is_gone_at_once_and_may_come_back(pair):
    net, a, b = pair
    shows(a, RADAR)
    net.run(net.now + 1.0)
    assert list(known(b)) == ["kume radar"]
    assert count(b) == 1
    net.run(net.now + 3.0)
    shows(a)
    net.run(net.now + 1.0)
    assert b.mesh.covers() == ()
    assert count(b) == 0
    net.run(net.now + 3.0)
    shows(a, AIS)
    net.run(net.now + 1.0)
    assert list(known(b)) == ["kume"]


def test_two_sensors_of_one_name_stay_two(pair):
    net, a, b = pair
    shows(a, RADAR, replace(RADAR, index=4, lat_deg=25.0))
    net.run(net.now + 3.0)
    (cover,) = b.mesh.covers()
    assert sorted(s.lat_deg for s in cover.sensors) == [25.0, 26.377]


def test_a_node_that_starts_anew_tells_anew_and_what_it_told_before_is_over(pair):
    net, a, b = pair
    net.run(10.0)
    a.begin()
    net.link("a", "b")
    net.run(14.0)
    assert known(b) == {}  # its new run has told nothing of sensors yet
    shows(a, replace(RADAR, name="mast"))
    net.run(18.0)
    assert list(known(b)) == ["mast"]
    b.begin()
    net.link("a", "b")
    net.run(25.0)
    assert list(known(b)) == ["mast"]


def test_who_joins_late_behind_another_knows_all_and_nothing_that_has_gone(pair):
    net, a, _ = pair
    shows(a, RADAR)
    net.run(100.0)
    c = net.member("c")
    net.link("b", "c")
    net.run(106.0)
    assert list(known(c)) == ["kume radar"]
    net.cut("a", "b")  # and who joins when the author has gone away is told what is left of it
    net.run(130.0)
    d = net.member("d")
    net.link("c", "d")
    net.run(140.0)
    assert list(known(d)) == ["kume radar"]


def test_what_goes_during_a_cut_is_known_after_it(pair):
    net, a, b = pair
    net.cut("a", "b")
    net.run(20.0)
    shows(a, replace(AIS, lat_deg=27.0))
    net.run(40.0)
    assert set(known(b)) == {"kume radar", "kume"}
    net.heal("a", "b")
    net.run(60.0)
    assert {name: s.lat_deg for name, s in known(b).items()} == {"kume": 27.0}


def test_it_comes_over_a_poor_radio_and_costs_little():
    net = Net(seed=4)
    a, b = net.member("a"), net.member("b")
    net.link("a", "b", "radio", delay=0.2, kbit=64.0, loss=0.05)
    many = [Sensor(k, f"station {k}", SensorKind.AIS, 26.0 + 0.01 * k, 127.0) for k in range(40)]
    shows(a, *many)
    net.run(20.0)
    assert len(known(b)) == 40
    before = b.mesh.exchange.links[a.id].got_bytes
    for k in range(120):  # a ship with all of them, at 20 kn
        shows(a, *[replace(s, lat_deg=s.lat_deg + k * 10.0 / 111_195.0) for s in many])
        net.run(net.now + 1.0)
    assert (b.mesh.exchange.links[a.id].got_bytes - before) / 120.0 < 0.03 * 8000  # of 8 kB/s


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"\xff\xff", "syntax"),
        (coverage.encode([None, None]), "length"),
        (coverage.msgspec.msgpack.encode([["x", 1, 2]]), "length"),
        (coverage.msgspec.msgpack.encode([["x", 1, 9_100_000, 0, 1, 1]]), "range"),
        (coverage.msgspec.msgpack.encode([["x", 1, 0, 0, 2.5, 1]]), "range"),
        (coverage.msgspec.msgpack.encode([[7, 1, 0, 0, 1, 1]]), "syntax"),
    ],
)
def test_what_cannot_be_read_is_counted_and_named_and_changes_nothing(pair, caplog, body, reason):
    net, a, b = pair
    before = b.mesh.covers()
    a.mesh.author.tell(Kind.COVERAGE, np.array([7]), body, a.utc())
    net.run(net.now + 1.0)
    assert b.mesh.status()["refused"] == {"a": {reason: 1}}
    assert "a told what cannot be read: " in caplog.text
    assert b.mesh.covers() is before


def test_a_node_that_tells_without_end_is_cut_short(pair):
    net, a, b = pair
    row = coverage.Watching("x", "radar", 26.0, 127.0, 1000.0)
    for k in range(30):
        keys = np.arange(100 * k, 100 * (k + 1))
        a.mesh.author.tell(Kind.COVERAGE, keys, coverage.encode([row] * 100), a.utc())
    net.run(net.now + 5.0)
    assert count(b) <= 2000
    assert b.mesh.status()["refused"]["a"]["keys"] >= 10


def test_what_a_later_release_tells_more_is_read_over():
    later = ["kume", 99, 2_637_700, 12_677_100, 1000, 1, [10, 200], "more"]
    assert coverage.decode(coverage.msgspec.msgpack.encode([later]), 1) == [
        Watching("kume", "other", 26.377, 126.771, 1000.0)
    ]


def test_garbage_is_refused_or_can_be_drawn():
    rng = np.random.default_rng(5)
    good = coverage.encode([Watching("kume", "radar", 26.377, 126.771, 44448.0), None])
    for _ in range(3000):
        raw = bytearray(good)
        for at in rng.integers(0, len(raw), 3):
            raw[at] = rng.integers(0, 256)
        try:
            told = coverage.decode(bytes(raw[: rng.integers(1, len(raw) + 1)]), 2)
        except FormatError:
            continue
        assert all(s is None or abs(s.lat_deg) <= 90.0 for s in told)
