"""A plan by the planner becomes tasks, and a real autopilot program, MAVSDK, and a vehicle by imcpy take them."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from typing import Any

import pytest
from task_helpers import ALL, Bench, check
from test_imc import Diver
from test_mavlink import Autopilot, Link, Node

from mihari.alerts.actions import By
from mihari.alerts.records import Records
from mihari.core.asset import AssetKind
from mihari.core.asset_sections import VehicleSection
from mihari.core.task import TaskKind
from mihari.patrol.file import PatrolFile
from mihari.patrol.ground import ground_of
from mihari.patrol.plan import Sortie
from mihari.patrol.planner import make_plan
from mihari.patrol.tasking import Proposal, Tasking
from mihari.tasks import shelf
from mihari.tasks.charge import Charge
from mihari.tasks.driver import Post
from mihari.tasks.drivers import MAKINGS, MAVLINK
from mihari.tasks.flight import craft_of
from mihari.tasks.imc import ImcDriver

ISLAND: dict[str, Any] = {
    "name": "Island", "hours": 2.0,
    "area": {"lat_deg": 26.0, "lon_deg": 126.0, "along_km": 40, "across_km": 20},
    "demand": [{"name": "all", "every_h": 1.0}],
    "base": [{"name": "field", "lat_deg": 26.3, "lon_deg": 126.2, "offers": ["runway", "port"]}],
}  # fmt: skip


def planned(asset: str, platform: str, **more: Any) -> tuple[Tasking, Sortie]:
    """The plan of one vehicle from the minute that has begun, and its first sortie.

    It is moved to where it is ten in the morning now: by night a look takes more passes.
    """
    start = math.floor(time.time() / 60) * 60
    east = min(max(((10 - start / 3600) * 15 + 180) % 360 - 180, -178.0), 178.0) - 126.0
    told = ISLAND | {"start": start, "asset": [{"name": asset, "platform": platform, "home": "field"}]} | more
    told["area"] = told["area"] | {"lon_deg": told["area"]["lon_deg"] + east}
    told["base"] = [base | {"lon_deg": base["lon_deg"] + east} for base in told["base"]]
    file = PatrolFile.model_validate(told)
    plan = make_plan(file, seconds=0.5)
    return Tasking(file, ground_of(file), plan), plan.of(asset)[0]


@pytest.fixture(scope="module")
def flight() -> tuple[Tasking, Sortie]:
    return planned("tb3", "tb2")


@pytest.fixture
def link() -> Iterator[Link]:
    one = Link()
    yield one
    one.close()


def post(accepts: tuple[TaskKind, ...]) -> Post:
    section = VehicleSection(name="tb3", profile="tb2", operator="Mori")
    charge = Charge("tb3", "Mori", accepts, MAVLINK)
    return Post(charge, AssetKind.AIRCRAFT, "link", lambda: MAKINGS["mavlink"].make(section))


def propose(records: Records, found: list[Proposal], now: float) -> None:
    for one in found:
        shelf.propose(records, By("plan", now), one.wanted)


def test_a_search_of_a_plan_is_taken_by_a_real_autopilot_flown_and_done(
    flight: tuple[Tasking, Sortie], records: Records, link: Link
) -> None:
    tasking, sortie = flight
    found = tasking.of(sortie)
    assert found[0].wanted.kind == TaskKind.SEARCH
    assert [n for one in found for n in one.stops] == list(range(len(sortie.stops)))
    node = Node(records, link)
    node.start(post((TaskKind.SEARCH,)))
    autopilot = Autopilot(link.port, "fly")
    try:
        node.runner.look()
        propose(records, found, time.time())
        assert node.until("done", "declined", "lost", "failed", "expired") == "done"
    finally:
        autopilot.close()
    told = next(line for line in autopilot.said if line.startswith("mission")).split()[1:]
    places = [(s.lat_deg, s.lon_deg) for s in sortie.stops]
    assert told == ["SUCCESS", *(f"16:5:{round(lat * 1e7)}:{round(lon * 1e7)}:5486" for lat, lon in places)]
    turns = node.task().turns
    assert [str(turn.state) for turn in turns] == ["accepted", "sent", "under way", "done"]
    assert turns[0].why.startswith("accepted beforehand")
    check(records)


def test_without_its_operators_word_nothing_of_a_plan_is_sent(
    flight: tuple[Tasking, Sortie], records: Records, link: Link
) -> None:
    node = Node(records, link)
    node.start(post(()))
    autopilot = Autopilot(link.port, "still")
    try:
        node.runner.look()
        propose(records, flight[0].of(flight[1]), time.time())
        node.until("never", seconds=2.0)
        assert (link.sent, node.task().state) == (0, "proposed")
    finally:
        autopilot.close()


@pytest.mark.slow
def test_over_the_deck_of_another_ship_a_real_autopilot_program_is_led(records: Records, link: Link) -> None:
    deck = (26.40, 127.10)
    node = Node(records, link)
    node.start(post((TaskKind.LAND,)))
    autopilot = Autopilot(link.port, "obey")
    try:
        node.order(TaskKind.LAND, (deck,), accepted=False)
        assert node.until("done", "declined", "lost", "failed") == "done"
    finally:
        autopilot.close()
    assert "ordered 192:264000000:1271000000:5486" in autopilot.said
    assert not any(line.startswith("ordered 21") for line in autopilot.said)  # MAV_CMD_NAV_LAND
    turns = [(str(turn.state), turn.why) for turn in node.task().turns[2:]]
    assert turns == [("under way", ""), ("done", "its pilot has taken it over")]  # it tells no automatic mode, there


def test_a_search_of_a_plan_is_taken_by_an_imc_vehicle_at_its_working_depth(records: Records) -> None:
    area = {"lat_deg": 26.2, "lon_deg": 126.2, "along_km": 20, "across_km": 10, "cell_km": 10}
    demand = [{"name": "all", "every_h": 20.0, "vessel": "ship"}]
    tasking, sortie = planned("tb3", "auv", hours=24, area=area, demand=demand)
    found = tasking.of(sortie)
    bench = Bench(records, Charge("tb3", "Mori", (), ALL))
    bench.kind = AssetKind.UNDERWATER
    bench.now = time.time()
    diver = Diver(bench)
    bench.vehicle.send = diver.send  # type: ignore[method-assign]
    bench.start(make=lambda: ImcDriver(craft_of("auv"), 1.5, 30))
    propose(records, found, bench.now)
    bench.turn(2)
    assert diver.ops == []
    bench.accept(1)
    bench.turn(1)
    assert (bench.state(), diver.ops) == ("under way", ["START"])
    steps = [one.data for one in diver.plans[0].maneuvers]
    told = [(math.degrees(one.lat), math.degrees(one.lon), one.z) for one in steps]
    assert told == [pytest.approx((*place, -craft_of("auv").height)) for place in found[0].wanted.places]
    diver.state("EXECUTING", 50.0)
    bench.turn(1)
    diver.state("READY", outcome="SUCCESS")
    bench.turn(1)
    assert bench.states() == ["proposed", "accepted", "sent", "under way", "done"]
