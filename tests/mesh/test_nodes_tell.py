"""Whole nodes over TLS: what one watches with and the fleets it has found are in the other's picture and records."""

from __future__ import annotations

import contextlib
import socket

import pytest
from tests.mesh.test_nodes import config_of, free_port, until

from mihari.alerts import ask
from mihari.alerts.once import foreign_id
from mihari.core.behaviour import Behaviour, Fleet
from mihari.core.reports import Tick
from mihari.lookout import Found
from mihari.mesh.authority import make_authority, make_identity
from mihari.node import Node

BOATS = (431000001, 431000002, 431000003)
OUTLINE = ((26.0, 127.0), (26.1, 127.0), (26.1, 127.1))


@pytest.fixture
def nodes(tmp_path):
    """East, with a radar, and west, which calls it."""
    make_authority(tmp_path / "coast", "strait")
    for name in ("east", "west"):
        make_identity(tmp_path / name, name, tmp_path / "coast")
    tcp = [free_port(socket.SOCK_STREAM) for _ in range(2)]
    radar = {"name": "east radar", "kind": "radar", "lat_deg": 26.2, "lon_deg": 127.7, "range_max_nm": 20.0}
    with contextlib.ExitStack() as stack:
        made = []
        for name, listen, calls in (("east", tcp[0], None), ("west", tcp[1], tcp[0])):
            told = config_of(tmp_path, name, free_port(socket.SOCK_DGRAM), listen, calls).model_dump(by_alias=True)
            made.append(Node(type(config_of(tmp_path, name, 1, 1)).model_validate(
                told | {"sensor": [radar] if name == "east" else []}
            )))  # fmt: skip
        made[0].lookout.take = finds  # set before it starts
        for node in made:
            stack.enter_context(node)
        yield made


def finds(given: object, _: object) -> Found | None:
    """One fleet at each tick, and what it does."""
    if not isinstance(given, Tick):
        return None
    fleet = Fleet(7, given.time, int(given.time) // 3600 * 3600, BOATS, 26.05, 127.05, OUTLINE, 1.0, 0.0, 0.9)
    does = Behaviour("fleet:7", "fleet", BOATS, fleet.began, None, 26.05, 127.05, "three sail as one", fleet=7)
    return Found(given.time, (does,), (fleet,))


def test_the_other_watches_with_it_and_knows_its_fleet_and_the_alert_about_it(nodes):
    east, west = nodes
    author, told = east.sharing.mesh.me.author, []
    offer = west.sharing.offer
    west.sharing.offer = lambda *given: told.append(offer(*given)) or told[-1]
    until(lambda: all(n.sharing.status()["links"] for n in nodes))
    until(lambda: any(one is not None and one.covers for one in told[-2:]))
    told = [one for one in told if one is not None]
    (cover,) = told[-1].covers
    (radar,) = cover.sensors
    assert (cover.author, cover.name, radar.name, radar.kind) == (author, "east", "east radar", "radar")
    assert (radar.lat_deg, radar.lon_deg, radar.range_m) == (26.2, 127.7, 37040.0)
    assert [n["sensors"] for n in west.sharing.status()["nodes"]] == [1]
    assert east.sharing.status()["me"]["sensors"] == 1

    def fleets() -> list:
        with west.desk.records.read() as connection:
            return [(f["id"], f["node"], len(f["members"])) for f in ask.fleets(connection)]

    number = foreign_id(author, 7)
    until(lambda: fleets() == [(number, "east", 3)])

    def alerts() -> list:
        with west.desk.records.read() as connection:
            return [(a["fleet"], a["vessels_total"]) for a in ask.listed(connection)]

    until(lambda: alerts() == [(number, 3)])
