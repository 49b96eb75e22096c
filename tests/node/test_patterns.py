"""A pattern activated while a node runs is looked for from then on; on trial it is counted and told to nobody."""

import math
import socket
import sys
import time
from pathlib import Path

from node_helpers import free_port, listening, position, until

sys.path.insert(0, str(Path(__file__).parents[1] / "library" / "held"))
from held_helpers import cases, pattern

from mihari.alerts import ask
from mihari.alerts.actions import By
from mihari.core.config import load
from mihari.formats.ais import encode
from mihari.library import importing, shelf
from mihari.library.record import record
from mihari.node import Node

FASTER = 120.0  # two minutes of the node in a second
BEGAN = 1_790_000_000.0
NODE = """[node]
name = "naha"
area = "nansei"
[face]
enabled = false
[alerts]
records = "{records}"
[[feed]]
url = "udp://127.0.0.1:{port}"
format = "ais"
"""


def test_on_trial_it_is_counted_and_active_it_raises_an_alert(tmp_path):
    port, path, start = free_port(), tmp_path / "node.toml", time.monotonic()
    path.write_text(NODE.format(port=port, records=(tmp_path / "records.sqlite").as_posix()))

    def clock():
        return BEGAN + FASTER * (time.monotonic() - start)

    def sail():
        """One that makes 2 kn far out."""
        there = position(431000001, 25.6, 126.6 + (clock() - BEGAN) * 1.0 / 100_000.0)
        message = there | {"speed": 1.03, "course": math.pi / 2}
        out.sendto(b"".join(encode(message)), ("127.0.0.1", port))
        time.sleep(0.1)

    def kinds():
        sail()
        with node.desk.records.read() as connection:
            return [kind for a in ask.listed(connection) for kind in a["kinds"]]

    def told():
        sail()
        with node.desk.records.read() as connection:
            return record(connection, "dawdles")

    with Node(load(path), clock=clock) as node, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        listening(node)
        until(lambda: sail() or node.lookout.engine.counts.sightings > 5)
        importing.add(node.desk.records, By("Sato", clock()), pattern(), cases())
        until(lambda: sail() or "dawdles" in node.lookout.engine.definitions.definitions)
        until(lambda: told()["silent"] == 1)
        assert "dawdles" not in kinds()
        shelf.set_state(node.desk.records, By("Sato", clock()), "dawdles", "active")
        until(lambda: "dawdles" in kinds())
        until(lambda: told()["silent"] == 0)
        assert told()["fired"] == 1
        shelf.set_state(node.desk.records, By("Mori", clock()), "dawdles", "withdrawn", why="it was a drill")
        until(lambda: sail() or "dawdles" not in node.lookout.engine.definitions.definitions)
    with Node(load(path), clock=clock) as again:
        assert "dawdles" not in again.lookout.engine.definitions.definitions
