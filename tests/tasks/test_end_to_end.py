"""The real command line against a real node's processes with a vehicle in memory: proposed, accepted, flown, done."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

FILE = """
[node]
name = "tasks"
[[feed]]
url = "tcp-listen://127.0.0.1:{port}?format=mavlink"
name = "tb3 link"
[[vehicle]]
name = "tb3"
profile = "tb3"
operator = "Mori"
feeds = ["tb3 link"]
tasks = "tb3 link"
[[vehicle]]
name = "tb2"
profile = "tb2"
feeds = ["tb3 link"]
[face]
port = 0
[alerts]
records = "{records}"
"""


def mihari(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mihari", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


class Node:
    """The node's process."""

    def __init__(self, folder: Path) -> None:
        file = folder / "node.toml"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        file.write_text(FILE.format(records=folder / "records.sqlite", port=port), "utf-8")
        program = str(Path(__file__).with_name("memory_node.py"))
        self.process = subprocess.Popen(
            [sys.executable, program, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()
        end = time.monotonic() + 30.0
        while not self.get("tasks")["takes"] and time.monotonic() < end:  # its first look at its records
            time.sleep(0.1)

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(f"{self.url}/api/v1/{path}", timeout=10) as answer:
            return json.loads(answer.read())

    def until(self, number: int, *states: str) -> str:
        end = time.monotonic() + 30.0
        while (state := self.get(f"tasks/{number}")["state"]) not in states and time.monotonic() < end:
            time.sleep(0.2)
        return str(state)

    def close(self) -> str:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        said = self.process.stdout.read()
        self.process.stdout.close()
        assert self.process.wait(30) == 0
        return said


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    one = Node(tmp_path)
    yield one
    if not one.process.stdout.closed:  # type: ignore[union-attr]
        one.close()


def test_from_the_command_line_to_done(node: Node) -> None:
    at = ("--url", node.url)
    place = ("--place", "26.21,127.68")
    made = mihari("task", "propose", "tb3", "look", *place, "--who", "Sato", "--reason", "who is that?", "--json", *at)
    assert (made.returncode, json.loads(made.stdout)["state"]) == (0, "proposed")
    no = mihari("task", "accept", "1", "--who", "Sato", *at)
    assert (no.returncode, no.stderr) == (2, "mihari: only Mori accepts tasks of tb3, not Sato\n")
    time.sleep(1.5)
    assert node.get("tasks/1")["state"] == "proposed"
    yes = mihari("task", "accept", "1", "--who", "mori", "--note", "go", *at)
    assert yes.stdout.splitlines()[0].startswith("1  tb3  look at 26.2100, 127.6800  accepted")
    assert node.until(1, "done", "lost", "withdrawn", "failed") == "done"
    shown = mihari("task", "show", "1", *at).stdout
    assert [word in shown for word in ("accepted by mori: go", "sent by mihari", "done by tb3")] == [True] * 3
    listed = mihari("task", "list", "--state", "all", *at)
    assert listed.stdout == "1  tb3  look at 26.2100, 127.6800  done, 100 %\n"
    assert node.close().strip() == "asked ['begin']"


def test_what_is_wrong_is_one_sentence_and_nothing_is_sent(node: Node) -> None:
    at = ("--url", node.url)
    for arguments, sentence in (
        (("propose", "tb2", "return", "--who", "Sato"), "tb2 takes no tasks: the node file names no operator"),
        (("propose", "tb9", "return", "--who", "Sato"), "there is no vehicle or camera called 'tb9'"),
        (("propose", "tb3", "look", "--who", "Sato"), "needs a place or a vessel"),
        (("propose", "tb3", "follow", "--vessel", "99", "--who", "Sato"), "no vessel 99"),
        (("propose", "tb3", "look", "--place", "99,0", "--who", "Sato"), "expected LAT,LON"),
        (("propose", "tb3", "return", "--who", "Sato", "--until", "soon"), "time 'soon': expected"),
        (("accept", "7", "--who", "Mori"), "there is no task 7"),
        (("show", "7"), "there is no task 7"),
        (("withdraw", "7"), "--who"),
    ):
        done = mihari("task", *arguments, *at)
        assert done.returncode == 2, arguments
        assert sentence in done.stderr, done.stderr
        assert "Traceback" not in done.stderr
    assert mihari("task", "list", *at).stdout == "no tasks (open)\n"
    refused = json.loads(mihari("task", "propose", "tb3", "return", "--who", "Sato", "--json", *at).stdout)
    assert mihari("task", "refuse", str(refused["number"]), "--who", "MORI", *at).returncode == 0
    gone = json.loads(mihari("task", "propose", "tb3", "return", "--who", "Sato", "--json", *at).stdout)
    assert mihari("task", "withdraw", str(gone["number"]), "--who", "anybody", *at).returncode == 0
    assert node.close().strip() == "asked []"


def test_without_a_node_it_is_one_sentence() -> None:
    done = mihari("task", "list", "--url", "http://127.0.0.1:9")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "no node answers there" in done.stderr
    both = mihari("task", "show", "1", "--url", "http://127.0.0.1:9", "--node", "x.toml")
    assert both.stderr == "mihari: --url and --node: expected one of them\n"
