"""Nodes keep one picture over links in virtual time."""

from __future__ import annotations

import numpy as np

from mihari.core.shared import Shared
from tests.mesh.virtual import Net


def vessels(n: int, time: float, seed: int = 1, first: int = 1) -> Shared:
    rng = np.random.default_rng(seed)
    lat, lon = rng.uniform(40, 41, n), rng.uniform(28, 29, n)
    east, north = rng.uniform(-5, 5, n), rng.uniform(-5, 5, n)
    return Shared.of(
        n, vessel=np.arange(first, first + n), time=time, lat_deg=lat, lon_deg=lon, east_mps=east, north_mps=north,
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
    assert not a.exchange.refused


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
