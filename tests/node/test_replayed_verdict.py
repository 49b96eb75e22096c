"""An alert that a node told is told again, the same, from the node's archive; real sockets, a fast clock."""

import json
import socket
import subprocess
import sys
import time

import pytest
from node_helpers import free_port, listening, position, until

from mihari.alerts import ask
from mihari.core.config import load
from mihari.formats.ais import encode
from mihari.node import Node

FASTER = 60.0  # a minute of the node in a second
BEGAN = 1_790_000_000.0
NODE = """[node]
name = "naha"
[face]
enabled = false
[archive]
enabled = true
path = "{folder}"
[alerts]
records = "{records}"
[[feed]]
url = "udp://127.0.0.1:{port}"
format = "ais"
"""
TWICE = 431000001


def told(node):
    """(id, kind, start, whether retracted) of all alerts' behaviours; the id is made of kind, vessels and start."""
    with node.desk.records.read() as connection:
        details = [ask.one(connection, a["number"]) for a in ask.listed(connection)]
    return {verdict(b) for d in details for b in d["behaviours"]}


def verdict(behaviour):
    return behaviour["id"], behaviour["kind"], int(behaviour["start"]), behaviour["standing"] == "retracted"


@pytest.mark.timeout(240)
def test_the_archive_gives_the_verdict_that_the_node_gave(tmp_path):
    port, path, start = free_port(), tmp_path / "node.toml", time.monotonic()
    folder, records = tmp_path / "archive", tmp_path / "records.sqlite"
    path.write_text(NODE.format(port=port, folder=folder.as_posix(), records=records.as_posix()))

    def clock():
        return BEGAN + FASTER * (time.monotonic() - start)

    with Node(load(path), clock=clock) as node, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        listening(node)

        def two_hulls():
            """One number, in turns from two places 22 km apart."""
            for lat in (26.0, 26.2):
                out.sendto(b"".join(encode(position(TWICE, lat, 127.0))), ("127.0.0.1", port))
            time.sleep(0.25)
            return told(node)

        until(two_hulls)
        live = told(node)
    words = ["-m", "mihari", "detect", str(folder), "--every", "1", "--json"]
    rows = json.loads(subprocess.run([sys.executable, *words], capture_output=True, check=True).stdout)["rows"]
    assert [kind for _, kind, *_ in live] == ["identity"]
    assert live <= {verdict(row) for row in rows}
