"""Nodes that each track the same vessels, over links that are cut and heal: one row per vessel, one name, no incest."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.mesh.virtual import Net

from mihari.core.picture import Picture
from mihari.picture.union import Union

sys.path.insert(0, str(Path(__file__).parents[1] / "picture"))
from made_nodes import Sea, states_of, truth_of

SEEN = 3.0  # s, in which a radar turns


def by_clock(picture: Picture, skew: float) -> Picture:
    """A picture as a node whose clock is `skew` s ahead makes it."""
    if not skew:
        return picture
    v = picture.vessels
    times = {name: getattr(v, name) + skew for name in ("time", "born", "heard_radar", "heard_ais")}
    return replace(picture, time=picture.time + skew, vessels=v.replace(**times))


class Coast:
    """A sea, members of a mesh that each track all of it, and the union at each."""

    def __init__(self, vessels: int, names: str, seed: int = 3) -> None:
        rng = np.random.default_rng(seed)
        side = int(np.ceil(np.sqrt(vessels)))
        grid = np.stack(np.meshgrid(np.arange(side), np.arange(side)), -1).reshape(-1, 2)[:vessels] * 600.0
        speed, course = rng.uniform(0, 8, vessels), rng.uniform(0, 2 * np.pi, vessels)
        state = np.column_stack([grid, speed * np.sin(course), speed * np.cos(course)])
        self.net = Net(seed)
        self.sea = Sea(state, seed=seed, start=1e9)
        self.members = {name: self.net.member(name) for name in names}
        self.trackers = {name: self.sea.node() for name in names}
        self.unions = {name: Union(member.id, name) for name, member in self.members.items()}
        self.pictures = {}
        self.net.every(1.0, self.second)

    def second(self) -> None:
        self.sea.run(1)
        for name, member in self.members.items():
            own = by_clock(self.trackers[name].picture(), member.skew)
            member.mesh.see(own, ())
            self.pictures[name] = self.unions[name].take(own, member.mesh.foreign(), (), member.utc())

    def names(self, name: str) -> dict[int, tuple[str, int]]:
        """True vessel -> what a node calls it."""
        picture = self.pictures[name]
        told = zip(picture.vessels.owner.tolist(), picture.vessels.number.tolist(), strict=True)
        called = [(picture.keys[owner], number) for owner, number in told]
        by_key = {member.id: self.trackers[n] for n, member in self.members.items()}
        return {truth_of(by_key[key], number): (key, number) for key, number in called}

    def nees(self, name: str) -> tuple[float, float]:
        """(mean NEES per dimension, share of vessels within the 95 % ellipsoid) of a node's picture now."""
        vessels = self.pictures[name].vessels
        true = np.array(list(self.names(name)))
        x, P = states_of(self.sea, vessels)
        dt = (self.sea.time - vessels.time)[:, None]
        back = self.sea.state[true].copy()
        back[:, :2] -= back[:, 2:] * dt  # where it was when the row was made, by its velocity now
        error = x - back
        squared = np.einsum("ni,nij,nj->n", error, np.linalg.inv(P), error)
        return float(squared.mean() / 4), float((squared <= 9.488).mean())


def test_halves_that_tracked_the_same_vessels_become_one_picture():
    coast = Coast(500, "abcd")
    coast.net.link("a", "b", delay=0.02)
    coast.net.link("c", "d", delay=0.02)
    coast.net.run(40.0)
    for name in "abcd":
        assert len(coast.pictures[name].vessels) == 500
    assert coast.names("a") == coast.names("b") != coast.names("c") == coast.names("d")
    coast.net.link("b", "c", delay=0.05)
    coast.net.run(58.0)
    agreed = coast.names("a")
    assert len(agreed) == 500
    for name in "bcd":
        assert len(coast.pictures[name].vessels) == 500
        assert coast.names(name) == agreed
    for until in (66.0, 74.0, 82.0):
        coast.net.run(until)
        for name in "abcd":
            assert coast.names(name) == agreed
            mean, within = coast.nees(name)
            assert 0.2 < mean < 1.25
            assert within > 0.9


@pytest.mark.parametrize("seconds", [70, pytest.param(600, marks=[pytest.mark.slow, pytest.mark.timeout(1800)])])
def test_a_ring_with_loops_counts_no_report_twice(seconds):
    """What one node tells comes to each by two ways and through many hands; a picture is never surer for it."""
    coast = Coast(60, "abcdef")
    pairs = [("abcdef"[k], "abcdef"[(k + 1) % 6]) for k in range(6)]
    for pair in pairs:
        coast.net.link(*pair, delay=0.02)
    for begin in range(15, seconds - 20, 10):  # one at a time: two would part the ring
        pair = pairs[coast.net.rng.integers(6)]
        coast.net.at(float(begin), lambda pair=pair: coast.net.cut(*pair))
        coast.net.at(begin + 8.0, lambda pair=pair: coast.net.heal(*pair))
    found = []
    for until in range(20, seconds, 5):
        coast.net.run(float(until))
        found += [coast.nees(name) for name in "abcdef"]
        for name in "abcdef":
            assert len(coast.pictures[name].vessels) == 60
    assert 0.2 < np.mean([mean for mean, _ in found]) < 1.1
    assert np.mean([within for _, within in found]) > 0.93


def test_two_aircraft_and_a_ship_out_of_reach_keep_one_picture_and_bring_it_home():
    coast = Coast(100, "nspk")  # north and south fly, p is the patrol ship, k the station at Kume
    north, south, patrol, kume = (coast.trackers[n] for n in "nspk")
    north.sees, south.sees, patrol.sees, kume.sees = (
        np.arange(a, b) for a, b in ((0, 40), (30, 60), (50, 70), (60, 100))
    )
    coast.net.link("n", "s", "cellular", 0.1, 2000)
    coast.net.link("n", "p", "radio", 0.2, 64, 0.02)
    coast.net.link("n", "k", "cellular", 0.1, 2000)
    coast.net.run(10.0)
    coast.net.cut("n", "k")
    coast.net.run(75.0)
    for name in "nsp":
        assert set(coast.names(name)) >= set(range(70))
    assert coast.names("n") == coast.names("s") == coast.names("p")
    coast.net.heal("n", "k")
    coast.net.run(100.0)
    assert set(coast.names("k")) == set(range(100))
    assert coast.names("k") == coast.names("n") == coast.names("s")


@pytest.mark.parametrize("skew", [30.0, -30.0, 600.0])
def test_a_clock_that_is_wrong_is_found_told_and_poisons_nobody(skew):
    coast = Coast(40, "abc")
    coast.members["c"].skew = skew
    coast.net.link("a", "b", delay=0.02)
    coast.net.link("b", "c", delay=0.02)
    coast.net.run(60.0)
    for name in "ab":
        status = coast.members[name].mesh.status()
        (told,) = [node for node in status["nodes"] if node["name"] == "c"]
        assert told["clock_offset_s"] == pytest.approx(skew, abs=0.5)
        assert status["me"]["clock_error_s"] == 0.0
        assert len(coast.pictures[name].vessels) == 40
        mean, within = coast.nees(name)
        assert mean < 1.25
        assert within > 0.85
    assert coast.members["c"].mesh.own_clock_error == pytest.approx(skew, abs=0.5)


@pytest.mark.parametrize("jump", [600.0, 30.0, -30.0])
def test_a_clock_that_jumps_while_links_are_up_does_no_harm(jump):
    coast = Coast(40, "abc")
    for pair in ("ab", "bc"):
        coast.net.link(*pair, delay=0.02)
    coast.net.run(30.0)
    coast.members["c"].skew = jump
    for until in range(31, 60):
        coast.net.run(float(until))
        for name in "ab":
            vessels = coast.pictures[name].vessels
            assert 40 <= len(vessels) <= (42 if until < 45 else 40)  # a row may stand alone until it is told again
            assert vessels.time.max() < coast.net.now + 1e9 + 6.0
    mean, _ = coast.nees("a")
    assert mean < 1.25


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_halves_become_one_picture_and_stay_so_for_ten_minutes():
    coast = Coast(500, "abcd", seed=8)
    coast.net.link("a", "b", delay=0.02)
    coast.net.link("c", "d", delay=0.02)
    coast.net.run(120.0)
    coast.net.link("b", "c", delay=0.05)
    coast.net.run(140.0)
    agreed = coast.names("a")
    for until in range(150, 750, 10):
        coast.net.run(float(until))
        for name in "abcd":
            assert coast.names(name) == agreed
