"""Fleets of several nodes: told, changed, gone, after a restart, to late joiners, over cut links; and seen once."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np
import pytest
from tests.mesh.virtual import Member, Net

from mihari.alerts.once import FOREIGN, brought_here, foreign_id, gathered
from mihari.core.behaviour import Explanation, Fleet, unnamed
from mihari.core.errors import FormatError
from mihari.mesh import fleets
from mihari.mesh.batches import Kind

OUTLINE = ((26.0, 127.0), (26.1, 127.0), (26.1, 127.1))
WHY = (Explanation("fishing", 0.75, "slow, and scattered over a fishing ground"),)


def fleet(member: Member, number: int = 7, *members: int, **more) -> Fleet:
    """As this node's look-out has it now."""
    there = members or (431000001, 431000002, unnamed(12))
    made = Fleet(number, member.utc(), 1_000_000_000 - 600, there, 26.05, 127.05, OUTLINE, 2.5, -1.25, 0.75, WHY)
    return replace(made, **more)


def finds(member: Member, *found: Fleet) -> None:
    member.mesh.found(found)


def known(member: Member, name: str = "a") -> dict[int, Fleet]:
    return {f.id: f for _, node, f in member.mesh.foreign_fleets() if node == name}


@pytest.fixture
def pair():
    net = Net()
    a, b = net.member("a"), net.member("b")
    net.link("a", "b")
    finds(a, fleet(a))
    net.run(3.0)
    return net, a, b


def told(member: Member) -> int:
    """How many batches of fleets it has made."""
    return max((h.head for h in member.mesh.exchange.store.of(member.id, Kind.FLEETS)), default=0)


def test_the_other_knows_all_of_it(pair):
    _, a, b = pair
    (got,) = known(b).values()
    assert replace(got, time=0.0) == replace(fleet(a), time=0.0)
    assert got.time == pytest.approx(1e9, abs=0.1)
    assert known(a, "a") == {}


def test_one_that_sails_on_as_told_is_told_every_five_minutes_and_changes_at_once(pair):
    net, a, b = pair

    def sails() -> None:
        s = net.now - 3.0
        moved = {"lat_deg": 26.05 - 1.25 * s / 111_195.0, "lon_deg": 127.05 + 2.5 * s / 111_195.0 / np.cos(0.4546)}
        finds(a, fleet(a, **moved))

    for _ in range(15):
        net.run(net.now + 60.0)
        sails()
    assert 3 <= told(a) <= 5
    before = told(a)
    finds(a, fleet(a, 7, 431000001, 431000002, 431000003, 431000004))
    net.run(net.now + 1.0)
    assert told(a) == before + 1
    assert known(b)[7].members == (431000001, 431000002, 431000003, 431000004)


def test_one_that_dissolves_is_gone_at_once(pair):
    net, a, b = pair
    finds(a, fleet(a, 8))
    net.run(net.now + 1.0)
    assert list(known(b)) == [8]
    finds(a)
    net.run(net.now + 1.0)
    assert known(b) == {}


def test_what_a_node_found_before_its_restart_is_over(pair):
    net, a, b = pair
    a.begin()
    net.link("a", "b")
    net.run(net.now + 4.0)
    assert known(b) == {}
    finds(a, fleet(a, 9))
    net.run(net.now + 4.0)
    assert list(known(b)) == [9]


def test_a_late_joiner_knows_them_and_a_cut_node_learns_what_went(pair):
    net, a, b = pair
    c = net.member("c")
    net.link("b", "c")
    net.run(net.now + 4.0)
    assert list(known(c)) == [7]
    net.cut("a", "b")
    net.run(net.now + 20.0)
    finds(a, fleet(a, 8))
    net.run(net.now + 20.0)
    assert list(known(c)) == [7]
    net.heal("a", "b")
    net.run(net.now + 20.0)
    assert list(known(b)) == list(known(c)) == [8]


def test_those_of_a_node_that_has_fallen_silent_leave_after_a_quarter_of_an_hour(pair):
    net, _, b = pair
    net.cut("a", "b")
    net.run(600.0)
    assert list(known(b)) == [7]
    net.run(910.0)
    assert known(b) == {}


@pytest.mark.parametrize("at", range(11))
def test_what_cannot_be_read_is_counted_and_changes_nothing(pair, caplog, at):
    net, a, b = pair
    values = msgspec.msgpack.decode(fleets.encode([fleet(a)]))
    values[0][at] = {"no": "fleet"}
    a.mesh.author.tell(Kind.FLEETS, np.array([7]), msgspec.msgpack.encode(values), a.utc())
    net.run(net.now + 1.0)
    assert sum(b.mesh.status()["refused"]["a"].values()) == 1
    assert "a told what cannot be read: " in caplog.text
    assert list(known(b)) == [7]


def test_garbage_is_refused_or_is_a_fleet():
    rng = np.random.default_rng(6)
    net = Net()
    good = fleets.encode([fleet(net.member("a")), None])
    for _ in range(3000):
        raw = bytearray(good)
        for at in rng.integers(0, len(raw), 3):
            raw[at] = rng.integers(0, 256)
        try:
            got = fleets.decode(bytes(raw), 2)
        except FormatError:
            continue
        assert all(f is None or abs(f.lat_deg) <= 90.0 for f in got)


def test_a_big_fleet_is_cut_to_what_a_thin_link_bears(pair):
    _, a, _ = pair
    ring = tuple((26.0 + 0.001 * k, 179.9 + 0.001 * k) for k in range(500))
    long = (Explanation("waiting", 0.5, "x" * 1000),) * 9
    many = fleet(a, 7, *range(431000001, 431000501), outline_deg=ring, explanations=long)
    body = fleets.encode([many])
    (got,) = fleets.decode(body, 1)
    assert (len(got.members), len(got.explanations)) == (200, 3)
    assert len(got.outline_deg) <= 32
    assert len(body) < 6000


# seen once


def here(number: int, began: int, *members: int, node: str = "") -> Fleet:
    return Fleet(number, 1000.0, began, members, 26.0, 127.0, OUTLINE, 0.0, 0.0, 1.0, node=node)


def test_two_nodes_show_the_elder_of_two_that_are_one():
    one, other = here(5, 200, 1, 2, 3), here(6, 100, 2, 3, 4, 9)
    at_a = gathered("aa", [one], [("bb", brought_here(other, "bb", "kume", int))])
    at_b = gathered("bb", [other], [("aa", brought_here(one, "aa", "naha", int))])
    assert [(f.began, bool(f.same_as)) for f in at_a] == [(f.began, bool(f.same_as)) for f in at_b]
    (shown,) = [f for f in at_a if not f.same_as]
    assert (shown.node, shown.id) == ("kume", foreign_id("bb", 6))
    (hidden,) = [f for f in at_a if f.same_as]
    assert (hidden.id, hidden.same_as, hidden.parents) == (5, shown.id, (shown.id,))
    assert shown.parents == (5,)  # what either does joins one alert


def test_fleets_of_one_node_and_those_with_few_in_common_stay_apart():
    near = here(5, 200, 1, 2, 3, 4), here(6, 100, 1, 2, 3, 4)
    other = brought_here(here(9, 50, 3, 4, 7, 8), "bb", "kume", int)
    assert [f.same_as for f in gathered("aa", near, [("bb", other)])] == [0, 0, 0]
    assert gathered("aa", near[:1], []) == near[:1]


def test_vessels_without_an_mmsi_are_called_as_they_are_here():
    told = here(9, 50, 431000001, unnamed(12), unnamed(13))
    got = brought_here(told, "bb", "kume", {12: 0x40000001, 13: 0}.__getitem__)
    assert got.members == (431000001, unnamed(0x40000001))
    assert FOREIGN <= got.id < 1 << 53
