"""A node that is killed and started again has the whole picture, and is known again, within seconds."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from mihari.core.config import NodeConfig
from mihari.mesh.authority import make_authority, make_identity
from mihari.node import Node
from mihari.simulate import Simulation, load, play

PLAYED_S = 15.0
PATIENCE_S = 60.0  # of a test on a machine that does much else; alone it takes seconds


def free_port(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def until(what, seconds: float = PATIENCE_S) -> float:
    begin = time.monotonic()
    while not what():
        assert time.monotonic() < begin + seconds, "waited too long"
        time.sleep(0.1)
    return time.monotonic() - begin


def asked(port: int, path: str) -> dict:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/{path}", timeout=5.0) as answer:
            return json.load(answer)
    except (OSError, ValueError):
        return {}


@pytest.mark.slow
def test_a_node_that_is_killed_has_the_whole_picture_again(tmp_path, capsys):
    make_authority(tmp_path / "coast", "strait")
    for name in ("shore", "ship"):
        make_identity(tmp_path / name, name, tmp_path / "coast")
    udp, tcp, face = free_port(socket.SOCK_DGRAM), free_port(socket.SOCK_STREAM), free_port(socket.SOCK_STREAM)
    shore = NodeConfig.model_validate(
        {
            "node": {"name": "shore"},
            "feed": [{"name": "AIS", "url": f"udp://127.0.0.1:{udp}", "format": "ais"}],
            "face": {"enabled": False},
            "alerts": {"records": "temporary"},
            "mesh": {
                "enabled": True,
                "keys": str(tmp_path / "shore"),
                "state": str(tmp_path / "shore-state"),
                "listen": [f"tls/127.0.0.1:{tcp}"],
            },
        }
    )
    file = tmp_path / "ship.toml"
    file.write_text(
        f'[node]\nname = "ship"\n[[feed]]\nurl = "udp://127.0.0.1:{free_port(socket.SOCK_DGRAM)}"\nformat = "ais"\n'
        f'[face]\nport = {face}\n[alerts]\nrecords = "temporary"\n[mesh]\nenabled = true\n'
        f'keys = "{tmp_path}/ship"\nstate = "{tmp_path}/ship-state"\n[[link]]\nurl = "tls/127.0.0.1:{tcp}"\n'
    )

    def started() -> subprocess.Popen:
        command = [sys.executable, "-m", "mihari", "run", str(file), "--no-browser"]
        log = (tmp_path / "ship.log").open("ab")
        with log:
            return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    ship = started()
    try:
        with Node(shore) as node, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:

            def send(channel, data):
                if channel.startswith("ais"):
                    out.sendto(data, ("127.0.0.1", udp))

            asyncio.run(play(Simulation(load("strait")).at(time.time()), 1.0, time.monotonic, send, PLAYED_S))
            held = len(node.pipeline.compiler)
            assert held > 40
            until(lambda: asked(face, "vessels?limit=1").get("total", 0) >= held)
            ship.send_signal(signal.SIGKILL)
            ship.wait(10.0)
            until(lambda: not node.sharing.status()["links"])
            until(lambda: not asked(face, "picture"))  # its map ends with it
            ship = started()
            took = until(lambda: asked(face, "vessels?limit=1").get("total", 0) >= held)
            until(lambda: any(link["greeted"] for link in node.sharing.status()["links"]))
            with capsys.disabled():
                print(f" (the whole picture {took:.1f} s after the start of the process)", end="")
            until(lambda: [n["name"] for n in asked(face, "mesh").get("nodes", [])] == ["shore"])
            until(lambda: asked(face, "mesh")["nodes"][0]["vessels"] >= held)
    finally:
        ship.kill()
        ship.wait(10.0)
