"""Two AIS stations that hear the same simulated ships, each on a feed of its own, over UDP."""

import asyncio
import socket
import time

from node_helpers import free_port, listening, until

from mihari.core.config import NodeConfig
from mihari.node import Node
from mihari.simulate import Simulation, load, play

PLAYED_S = 16.0  # most ships speak twice


def config_of(ports):
    feeds = [{"name": f"station {k}", "url": f"udp://127.0.0.1:{p}", "format": "ais"} for k, p in enumerate(ports)]
    return NodeConfig.model_validate({"feed": feeds, "face": {"enabled": False}})


def payload(datagram):
    """The armoured payload of all sentences of a datagram: what was on the air."""
    return b"".join(line.split(b",")[-2] for line in datagram.split(b"!AIVDM")[1:])


def ships(payloads):
    """The MMSI of those whose place is told: the message type and the number are the first 38 bits."""
    found = set()
    for one in payloads:
        bits = "".join(f"{c - 48 - (8 if c > 88 else 0):06b}" for c in one[:7])
        if int(bits[:6], 2) in (1, 2, 3, 18, 19):
            found.add(int(bits[8:38], 2))
    return found


def test_each_message_is_one_report_and_both_stations_are_its_witnesses():
    ports, heard = [free_port(), free_port()], [[], []]
    with Node(config_of(ports)) as node, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        listening(node)

        def send(channel, data):
            if channel.startswith("ais"):
                station = int(channel[-1])
                heard[station].append(payload(data))
                out.sendto(data, ("127.0.0.1", ports[station]))

        asyncio.run(play(Simulation(load("strait")).at(time.time()), 1.0, time.monotonic, send, PLAYED_S))
        until(lambda: sum(h.messages for h in node.hub.healths) == sum(map(len, heard)) and len(node.inputs) == 0)
        until(lambda: sum(c.heard for c in node.witnesses.counts().values()) == sum(map(len, heard)))
        counts = [node.witnesses.counts()[k, sensor] for k, sensor in sorted(node.witnesses.counts())]
        seen_by_both = [v.bit_count() for v in node.pipeline.tracker.tracks().sensors.tolist()].count(2)
        reports = node.pipeline.reports
    mine, others = set(heard[0]), set(heard[1])
    both = len(mine & others)
    assert both > 50
    assert reports == len(mine | others)
    assert [c.heard for c in counts] == [len(heard[0]), len(heard[1])]
    assert [c.witnessed for c in counts] == [both, both]
    assert [c.alone for c in counts] == [len(mine - others), len(others - mine)]
    assert sum(c.first for c in counts) == len(mine | others)
    assert seen_by_both > 0.4 * len(ships(mine) & ships(others)) > 40  # a first copy may be taken in before its report
