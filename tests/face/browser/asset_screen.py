"""`asset_node.py` and `sortie_node.py` as programs of their own, and what another program asks of them."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any


class AssetNode:
    """A program of these tests that is a node."""

    def __init__(self, folder: Path, name: str = "asset_node.py") -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        program = [sys.executable, str(Path(__file__).with_name(name)), str(port), str(folder)]
        self.url = f"http://127.0.0.1:{port}/"
        self.running = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.running.stdout is not None
        assert self.running.stdout.readline() == "ready\n"

    def order(self, **what: Any) -> None:
        """Ask for a change, and wait until it is made."""
        self.say(json.dumps(what))

    def say(self, line: str) -> None:
        """Tell it a line, and wait until it has done as told."""
        assert self.running.stdin is not None
        assert self.running.stdout is not None
        self.running.stdin.write(line + "\n")
        self.running.stdin.flush()
        assert self.running.stdout.readline() == "done\n"

    def propose(self, asset: str, kind: str, who: str = "Sato", **more: Any) -> int:
        """Somebody else proposes a task: its number."""
        return int(ask(self.url, "tasks", {"who": who, "asset": asset, "kind": kind, **more})["number"])

    def decide(self, number: int, what: str, who: str, note: str = "") -> Any:
        """Somebody else decides."""
        version = ask(self.url, f"tasks/{number}")["version"]
        return ask(self.url, f"tasks/{number}/{what}", {"who": who, "version": version, "note": note})

    def stop(self) -> None:
        """End it in order."""
        assert self.running.stdin is not None
        assert self.running.stdout is not None
        self.running.stdin.close()
        self.running.wait(30)
        self.running.stdout.close()


def ask(url: str, path: str, told: Any = None) -> Any:
    """What another program asks of a node."""
    body = None if told is None else json.dumps(told).encode()
    request = urllib.request.Request(f"{url}api/v1/{path}", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.loads(answer.read())
