"""`mihari run` with a MAVLink feed over UDP, a vehicle by MAVSDK on it, and the API: all of it real, over loopback."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from test_mavlink import SEARCH, Autopilot

pytest.importorskip("mavsdk")
FILE = """
[node]
name = "whole"
[[feed]]
url = "udp://127.0.0.1:{link}?format=mavlink"
name = "tb3 link"
[[vehicle]]
name = "tb3"
profile = "tb3"
operator = "Mori"
accepts = ["hold"]
feeds = ["tb3 link"]
tasks = "tb3 link"
[face]
port = {face}
[alerts]
records = "{records}"
"""


def free(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Whole:
    """`mihari run` in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.link, self.face = free(socket.SOCK_DGRAM), free(socket.SOCK_STREAM)
        file = folder / "node.toml"
        file.write_text(FILE.format(link=self.link, face=self.face, records=folder / "records.sqlite"), "utf-8")
        self.log = (folder / "log").open("w")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "mihari", "run", str(file), "--no-browser"], stdout=self.log, stderr=self.log
        )

    def ask(self, path: str, told: dict[str, Any] | None = None) -> Any:
        body = None if told is None else json.dumps(told).encode()
        url = f"http://127.0.0.1:{self.face}/api/v1/{path}"
        request = urllib.request.Request(url, body, {"content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read())

    def until(self, path: str, good: Any, seconds: float) -> Any:
        """The answer once it is good; the last one after so long."""
        end, told = time.monotonic() + seconds, None
        while time.monotonic() < end:
            try:
                told = self.ask(path)
            except OSError:
                told = None
            if told is not None and good(told):
                break
            time.sleep(0.3)
        return told

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(30)
        self.log.close()


@pytest.fixture
def whole(tmp_path: Path) -> Iterator[Whole]:
    one = Whole(tmp_path)
    yield one
    one.close()


def up(told: Any) -> bool:
    return any(one["name"] == "tb3" and one["link"] == "up" and one["lat_deg"] is not None for one in told["assets"])


@pytest.mark.slow
def test_a_search_over_the_api_is_flown_by_a_real_vehicle_and_telemetry_closes_it(whole: Whole) -> None:
    autopilot = Autopilot(whole.link, "fly")
    try:
        assets = whole.until("assets", up, 250.0)  # where kernels have to be compiled first
        assert up(assets), assets
        made = whole.ask("tasks", {"who": "Sato", "asset": "tb3", "kind": "search", "places": SEARCH, "height_m": 700})
        assert made["state"] == "proposed"
        with pytest.raises(urllib.error.HTTPError, match="403"):
            whole.ask("tasks/1/accept", {"who": "Sato", "version": 0})
        time.sleep(2.0)
        assert not any(line.startswith("mission") for line in autopilot.said)
        whole.ask("tasks/1/accept", {"who": "Mori", "version": 0})
        task = whole.until("tasks/1", lambda one: one["over"], 60.0)
        assert [turn["state"] for turn in task["turns"]] == ["accepted", "sent", "under way", "done"], task
        flown = next(one for one in whole.ask("assets")["assets"] if one["name"] == "tb3")
        assert (flown["lat_deg"], flown["lon_deg"]) == pytest.approx(SEARCH[-1], abs=1e-5)
    finally:
        autopilot.close()
    mission = next(line for line in autopilot.said if line.startswith("mission"))
    assert mission.split()[2:] == [f"16:5:{round(lat * 1e7)}:{round(lon * 1e7)}:700" for lat, lon in SEARCH]
    assert whole.ask("audit")["good"]


@pytest.mark.slow
def test_what_is_accepted_beforehand_goes_by_itself(whole: Whole) -> None:
    autopilot = Autopilot(whole.link, "still")
    try:
        assert up(whole.until("assets", up, 250.0))
        whole.ask("tasks", {"who": "Sato", "asset": "tb3", "kind": "hold", "places": SEARCH[:1]})
        task = whole.until("tasks/1", lambda one: one["state"] == "under way", 40.0)
        assert [turn["state"] for turn in task["turns"]] == ["accepted", "sent", "under way"], task
        assert task["turns"][0]["who"] == "Mori"
    finally:
        autopilot.close()
    assert sum(line.startswith("mission") for line in autopilot.said) == 1
