"""`alert_node.py` as a program of its own, and what a page shows of it."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any


class AlertNode:
    """`alert_node.py` as a program of its own."""

    def __init__(self, folder: Path, alerts: int) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        program = [sys.executable, str(Path(__file__).with_name("alert_node.py")), str(port), str(folder), str(alerts)]
        self.url = f"http://127.0.0.1:{port}/"
        self.running = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.running.stdout is not None
        assert self.running.stdout.readline() == "ready\n"

    def order(self, **what: Any) -> None:
        """Tell a behaviour, and wait until the desk has it."""
        assert self.running.stdin is not None
        assert self.running.stdout is not None
        self.running.stdin.write(json.dumps(what) + "\n")
        self.running.stdin.flush()
        assert self.running.stdout.readline() == "done\n"

    def decide(self, number: int, what: str, told: dict[str, Any]) -> None:
        """What somebody else decides."""
        headers = {"Content-Type": "application/json"}
        url = f"{self.url}api/v1/alerts/{number}/{what}"
        urllib.request.urlopen(urllib.request.Request(url, json.dumps(told).encode(), headers), timeout=10).close()

    def stop(self) -> None:
        """End it in order."""
        assert self.running.stdin is not None
        assert self.running.stdout is not None
        self.running.stdin.close()
        self.running.wait(30)
        self.running.stdout.close()


def text(screen: Any, element: str) -> str:
    return re.sub(r"\s+", " ", screen.page.inner_text(element))


def rows(screen: Any) -> list[str]:
    return [re.sub(r"\s+", " ", row) for row in screen.page.locator(".alert-row").all_inner_texts()]
