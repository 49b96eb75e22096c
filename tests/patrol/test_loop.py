"""The whole loop: a plan, its tasks, an autopilot that flies them as told over MAVLink, what it has looked at."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "tasks"))
from task_helpers import check, picture

from mihari.alerts.actions import By
from mihari.alerts.records import Records
from mihari.core.asset import Asset, AssetKind, LinkState
from mihari.core.asset_sections import VehicleSection
from mihari.core.task import TaskKind
from mihari.feeds.talk import Talk
from mihari.formats.mavlink import decode_many, to_dicts
from mihari.patrol.file import PatrolFile
from mihari.patrol.flown import Looked, Looks
from mihari.patrol.ground import ground_of
from mihari.patrol.plan import Sortie
from mihari.patrol.planner import make_plan
from mihari.patrol.tasking import Tasking
from mihari.sensors.platform import profile
from mihari.simulate.aboard.craft import HelmOf
from mihari.simulate.aboard.pilot import Pilot
from mihari.simulate.vehicles import Deck, Vehicle
from mihari.tasks import shelf
from mihari.tasks.charge import Charge
from mihari.tasks.driver import Post
from mihari.tasks.drivers import MAKINGS, MAVLINK
from mihari.tasks.runner import Runner

STEP_S, TALKING_S = 2.0, 0.5
ISLAND: dict[str, Any] = {
    "name": "Island", "start": "2026-11-21T00:00:00Z", "hours": 2.0,
    "area": {"lat_deg": 26.0, "lon_deg": 126.0, "along_km": 40, "across_km": 40},
    "demand": [{"name": "all", "every_h": 1.0}],
    "base": [{"name": "field", "lat_deg": 26.3, "lon_deg": 126.2, "offers": ["runway"]}],
    "asset": [{"name": "tb2", "platform": "tb2", "home": "field"}],
}  # fmt: skip


class Loop:
    """A node's tasks and one simulated aircraft, by a clock turned by hand."""

    def __init__(self, records: Records, start: float) -> None:
        self.records, self.now, self.begin = records, start, start
        records.clock = lambda: self.now
        self.decks = {"field": Deck("field", "runway", 26.3, 126.2, length=3000.0)}
        self.vehicle = Vehicle("tb2", self.decks["field"], np.random.default_rng(1))
        self.pilot = Pilot(HelmOf(self.vehicle, profile("tb2")), 1, start)
        self.talk = Talk()
        section = VehicleSection(name="tb2", profile="tb2", operator="Mori", accepts=("search", "land"), system=1)
        charge = Charge("tb2", "Mori", (TaskKind.SEARCH, TaskKind.LAND), MAVLINK)
        post = Post(charge, AssetKind.AIRCRAFT, "link", lambda: MAKINGS["mavlink"].make(section))
        self.runner = Runner(records, [post], self.talk, self.send, lambda: self.now, lambda: self.now - self.begin)

    def send(self, _: str, data: bytes) -> bool:
        self.pilot.take(data, self.now)
        return True

    def turn(self, step: float) -> tuple[float, float, float, float]:
        """So many seconds on: where the aircraft is then (time, degrees, m)."""
        self.now += step
        body = self.vehicle.step(step, decks=self.decks)
        for frame in self.pilot.step(self.now):
            for message in to_dicts(decode_many(frame)):
                self.talk.heard("link", message)
        asset = Asset("tb2", AssetKind.AIRCRAFT, operator="Mori", link=LinkState.UP, time=self.now, heard=self.now,
                      lat_deg=body.lat_deg, lon_deg=body.lon_deg, speed=body.ground_speed)  # fmt: skip
        self.runner.news(picture(asset, time=self.now))
        self.runner.look()
        return self.now, body.lat_deg, body.lon_deg, body.height

    def states(self) -> list[str]:
        with self.records.read() as connection:
            return [str(task.state) for task in shelf.listed(connection)][::-1]


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    one = Records(tmp_path / "records.sqlite").open()
    yield one
    check(one)
    one.close()


@pytest.mark.slow
def test_a_plan_is_proposed_accepted_flown_landed_and_its_cells_are_known_to_have_been_looked_at(
    records: Records,
) -> None:
    file = PatrolFile.model_validate(ISLAND)
    ground = ground_of(file)
    plan = make_plan(file, seconds=1.0)
    (sortie,) = plan.sorties
    loop = Loop(records, plan.begin - 600.0)
    loop.runner.look()
    for one in Tasking(file, ground, plan).of(sortie):
        shelf.propose(records, By("plan", loop.now), one.wanted)
    found = flown(loop, sortie, Looks(file, ground, profile("tb2")))
    assert loop.states() == ["done", "done"]
    planned = [(int(stop.name), stop.leave) for stop in sortie.stops]
    assert len(planned) >= 4
    for cell, leave in planned:
        assert min(abs(one.end - leave) for one in found if one.cell == cell) < 600
    assert abs(loop.now - sortie.landing) < 1200


def flown(loop: Loop, sortie: Sortie, looks: Looks) -> list[Looked]:
    """Until all tasks are over: nothing leaves before its time, and what was looked at."""
    found: list[Looked] = []
    while (states := set(loop.states())) & {"proposed", "accepted", "sent", "under way", "late"}:
        position = loop.turn(TALKING_S if "sent" in states else STEP_S)
        assert position[0] >= sortie.launch or loop.vehicle.body.parked
        assert position[0] < sortie.landing + 3600
        found += looks.take(*position)
    return found
