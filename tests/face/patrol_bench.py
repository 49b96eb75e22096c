"""A small patrol on a node's records, turn by turn, without processes: a dozen cells, two boats, an aircraft."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from test_alerts_api import Client

from mihari.alerts.records import Records
from mihari.core.errors import MihariError
from mihari.core.patrol_section import PatrolSection
from mihari.face.app import create_app
from mihari.face.state import FaceState
from mihari.patrolling.child import Answer, Child, Then
from mihari.patrolling.patrolling import Patrolling
from mihari.patrolling.worker import Planner

START = 1_795_392_000.0  # 2026-11-23T00:00:00Z
PATROL = """
name = "bay"
start = 2026-11-23T00:00:00Z
hours = 8
[area]
lat_deg = 26.0
lon_deg = 126.0
along_km = 80
across_km = 60
[[demand]]
name = "all"
every_h = 2
[[base]]
name = "field"
lat_deg = 26.1
lon_deg = 126.3
offers = ["runway", "port"]
[[base]]
name = "pier"
lat_deg = 25.8
lon_deg = 125.8
offers = ["port"]
[[asset]]
name = "tb2"
platform = "tb2"
home = "field"
[[asset]]
name = "boat"
platform = "patrolboat"
home = "field"
count = 2
lands_at = ["pier"]
"""
SECONDS = 0.2


class AtOnce(Child):
    """The planner in this process: an answer is there as soon as it is listened for."""

    def __init__(self) -> None:
        super().__init__()
        self.planner = Planner()
        self.orders: list[str] = []
        self._waiting: list[Mapping[str, Any]] = []
        self._lives = True
        self.deaths = 0  # so many orders end it before it answers

    @property
    def alive(self) -> bool:
        """Until `die`; the next order starts another one."""
        return self._lives

    def die(self) -> None:
        """The process ends: nothing is prepared, and what waits fails."""
        self._waiting.clear()
        self.planner, self._lives = Planner(), False
        self._ended()

    def ask(self, order: Mapping[str, Any], then: Then, failed: Then, beside: bool = False) -> None:
        """Keep it until `listen`."""
        self._number += 1
        self._lives = True
        self._asked[self._number] = then, failed, beside
        self._waiting.append({**order, "number": self._number})

    def listen(self) -> None:
        """Carry it out."""
        while self._waiting or self._left:
            if not self._left:
                if self.deaths:
                    self.deaths -= 1
                    self.die()
                    continue
                order = self._waiting.pop(0)
                self.orders.append(order["do"])
                try:
                    line: Answer = {"number": order["number"]}
                    line |= {"done": json.loads(json.dumps(self.planner.obey(order, lambda share, text: None)))}
                except MihariError as problem:
                    line = {"number": order["number"], "problem": str(problem)}
            else:
                line = self._left.popleft()
            self._answered(line)

    def stop(self) -> None:
        """Forget what was prepared."""
        self._asked.clear()
        self._left.clear()
        self._waiting.clear()
        self.planner, self._lives = Planner(), False


class Bench:
    """A patrol at a time that the test sets; `again` is a restart of the node."""

    def __init__(self, folder: Path, text: str = PATROL, now: float = START + 60.0, **section: Any) -> None:
        self.folder, self.now = folder, now
        (folder / "bay.toml").write_text(text, encoding="utf-8")
        told = {"file": str(folder / "bay.toml"), "seconds": SECONDS, "start": "file"} | section
        self.section = PatrolSection(**told)
        self.address = str(folder / "records.sqlite")
        self.patrol = self._made()

    def _made(self) -> Patrolling:
        return Patrolling(self.section, self.address, lambda: self.now, AtOnce)

    def begin(self, turns: int = 3) -> Bench:
        """The thread's work, in this one."""
        return self.turn(turns)

    def turn(self, turns: int = 1, seconds: float = 0.0) -> Bench:
        """So many turns, after so many seconds."""
        self.now += seconds
        for _ in range(turns):
            self.patrol.attempt(self.patrol.turn)
        return self

    def again(self) -> Bench:
        """The node stops and starts."""
        self.patrol.stop()
        self.patrol = self._made()
        return self.begin()

    def client(self) -> Client:
        """The API on these records."""
        state = FaceState()
        state.node = {"patrol": str(self.section.file)}
        records = Records(self.address, lambda: self.now).open()
        return Client(create_app(page=self.folder, state=state, records=records))
