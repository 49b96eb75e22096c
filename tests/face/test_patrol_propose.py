"""Tasks of a sortie over ASGI on real records: proposed once, to who takes them, withdrawn when the plan is changed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from patrol_bench import START, Bench
from test_alerts_api import Client

from mihari.core.task import TaskKind
from mihari.patrolling.proposing import LATE_S
from mihari.tasks import shelf
from mihari.tasks.charge import Charge

KINDS = (TaskKind.LOOK, TaskKind.SEARCH, TaskKind.LAND)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    one = Bench(tmp_path, now=START + 60.0).begin()
    shelf.keep_charges(one.patrol.records, [Charge("tb2", "Mori", (), KINDS), Charge("boat-1", "Ota")])
    return one


@pytest.fixture
def client(bench: Bench) -> Client:
    return bench.client()


def sorties(client: Client, vehicle: str) -> list[dict[str, Any]]:
    """Those of the plan in force, the next first."""
    found = [s for s in client.get("/patrol/plan")["plan"]["sorties"] if s["vehicle"] == vehicle]
    return sorted(found, key=lambda s: s["launch"])


def proposed(client: Client, bench: Bench, sortie: dict[str, Any]) -> dict[str, Any]:
    """What came of it."""
    told = {"who": "Sato", "vehicle": sortie["vehicle"], "launch": sortie["launch"]}
    number = client.post("/patrol/propose", 202, **told)["number"]
    bench.turn(4)
    return client.get(f"/patrol/asked/{number}")


def tasks(client: Client, state: str = "proposed") -> list[dict[str, Any]]:
    return client.get(f"/tasks?state={state}")["tasks"]


def test_the_tasks_of_a_sortie_are_proposed_once_and_wait_for_their_operator(client: Client, bench: Bench) -> None:
    sortie = sorties(client, "tb2")[0]
    found = proposed(client, bench, sortie)
    assert (found["state"], found["left_out"]) == ("done", [])
    there = tasks(client)
    assert sorted(one["number"] for one in there) == found["tasks"]
    assert {one["kind"] for one in there} == {"search", "land"}
    assert {(one["asset"], one["who"], one["begin"]) for one in there} == {("tb2", "Sato", sortie["launch"])}
    assert all(one["reason"].startswith("plan bay of 2026-11-23T00:00:00Z, sortie from ") for one in there)
    again = proposed(client, bench, sortie)
    assert (again["state"], again["tasks"], again["left_out"]) == ("done", [], ["tb2: what is proposed already"])
    assert len(tasks(client)) == len(there)
    assert client.get("/audit")["good"]


def test_a_changed_plan_takes_back_what_nobody_has_accepted(client: Client, bench: Bench) -> None:
    proposed(client, bench, sorties(client, "tb2")[0])
    first, *others = sorted(tasks(client), key=lambda one: one["number"])
    client.post(f"/tasks/{first['number']}/accept", 200, who="Mori", version=0)
    own = client.post("/tasks", 201, who="Sato", asset="tb2", kind="look", places=[[26.0, 126.0]], reason="why?")
    client.post("/patrol/lost", 202, who="Ito", name="boat-2", reason="engine")
    bench.turn(2)
    assert [one["number"] for one in tasks(client, "accepted")] == [first["number"]]
    assert [one["number"] for one in tasks(client)] == [own["number"]]
    gone = tasks(client, "withdrawn")
    assert {one["number"] for one in gone} == {one["number"] for one in others}
    turns = {(one["turns"][-1]["who"], one["turns"][-1]["why"]) for one in gone}
    assert turns == {("Ito", "another plan: boat-2 is lost: engine")}


def test_tasks_wait_until_a_changed_plan_is_not_made_better_any_more(client: Client, bench: Bench) -> None:
    bench.patrol.changing._improving = 1
    assert proposed(client, bench, sorties(client, "tb2")[0])["state"] == "waiting"
    bench.patrol.changing.over()
    bench.turn(3)
    assert client.get("/patrol")["asked"][0]["state"] == "done"
    assert tasks(client)


@pytest.mark.parametrize(
    ("vehicle", "status", "sentence"),
    [
        ("boat-1", 422, "boat-1 takes no tasks: nothing can be sent to it"),
        ("boat-2", 422, "boat-2: the node file has no [[vehicle]] of this name"),
        ("tb9", 422, "'tb9': expected one of tb2, boat-1, boat-2"),
        ("tb2", 409, "the plan in force has no sortie of tb2 that leaves at 2026-11-23T"),
    ],
)
def test_what_cannot_be_proposed_is_one_sentence(client: Client, vehicle: str, status: int, sentence: str) -> None:
    told = {"who": "Sato", "vehicle": vehicle, "launch": START + 12_345.0}
    assert sentence in client.post("/patrol/propose", status, **told)["detail"]
    client.post("/patrol/propose", 422, **told | {"launch": 1e300})
    assert (tasks(client), client.get("/patrol")["asked"]) == ([], [])


def test_a_sortie_that_has_left_is_not_proposed(client: Client, bench: Bench) -> None:
    launch = sorties(client, "tb2")[0]["launch"]
    bench.now = launch + LATE_S + 1
    told = {"who": "Sato", "vehicle": "tb2", "launch": launch}
    assert "expected a sortie that is still to leave" in client.post("/patrol/propose", 409, **told)["detail"]
