"""Whole nodes, each with the strait's ships from one station, over TLS: one picture at both."""

from __future__ import annotations

import asyncio
import socket
import time

import pytest

from mihari.core.config import NodeConfig
from mihari.mesh.authority import make_authority, make_identity
from mihari.node import Node
from mihari.simulate import Simulation, load, play

PLAYED_S = 20.0


def free_port(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def until(what, seconds: float = 15.0) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)


def config_of(folder, name: str, udp: int, listen: int, calls: int | None = None) -> NodeConfig:
    mesh = {"enabled": True, "keys": str(folder / name), "state": str(folder / f"{name}-state")}
    mesh["listen"] = [f"tls/127.0.0.1:{listen}"]
    link = [] if calls is None else [{"url": f"tls/127.0.0.1:{calls}"}]
    feeds = [{"name": "AIS", "url": f"udp://127.0.0.1:{udp}", "format": "ais"}]
    told = {"node": {"name": name}, "feed": feeds, "face": {"enabled": False}, "mesh": mesh, "link": link}
    return NodeConfig.model_validate(told | {"alerts": {"records": "temporary"}})


def twice(mmsi) -> int:
    """How many rows tell a number that another tells too."""
    told = mmsi[mmsi > 0].tolist()
    return len(told) - len(set(told))


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    make_authority(folder / "coast", "strait")
    for name in ("east", "west"):
        make_identity(folder / name, name, folder / "coast")
    return folder


def test_two_nodes_show_the_same_vessels_and_call_them_the_same(keys):
    udp = [free_port(socket.SOCK_DGRAM) for _ in range(2)]
    tcp = [free_port(socket.SOCK_STREAM) for _ in range(2)]
    east = Node(config_of(keys, "east", udp[0], tcp[0]))
    west = Node(config_of(keys, "west", udp[1], tcp[1], tcp[0]))
    pictures = {}
    for name, node in (("east", east), ("west", west)):
        take = node.sharing.union.take
        node.sharing.union.take = lambda *given, n=name, t=take: (
            pictures.setdefault(n, []).append(t(*given)) or pictures[n][-1]
        )
    with east, west, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        until(lambda: all(n.sharing.status()["links"] for n in (east, west)))

        def send(channel, data):
            if channel.startswith("ais"):
                out.sendto(data, ("127.0.0.1", udp[int(channel[-1])]))

        asyncio.run(play(Simulation(load("strait")).at(time.time()), 1.0, time.monotonic, send, PLAYED_S))
        own = [node.pipeline.compiler for node in (east, west)]
        until(lambda: min(len(some[-1].vessels) for some in pictures.values()) >= max(map(len, own)))
        until(lambda: alike(*(some[-1] for some in pictures.values())) > 0.95)
        for some in pictures.values():  # a node may itself hold two tracks that tell one name; sharing adds none
            until(lambda some=some: twice(some[-1].vessels.mmsi) <= sum(twice(one.vessels().mmsi) for one in own))


def alike(one, other) -> float:
    """The share of vessels that two nodes call the same."""
    named = [
        {(p.keys[o], n) for o, n in zip(p.vessels.owner.tolist(), p.vessels.number.tolist(), strict=True)}
        for p in (one, other)
    ]
    return len(named[0] & named[1]) / max(len(named[0] | named[1]), 1)
