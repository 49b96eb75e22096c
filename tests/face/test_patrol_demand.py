"""A zone that is to be patrolled, over ASGI on real records: planned anew, kept after a restart, taken back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from patrol_bench import PATROL, START, Bench
from test_alerts_api import Client

from mihari.patrolling import shelf

HALF = [[25.6, 125.5], [26.4, 125.5], [26.4, 126.0], [25.6, 126.0]]  # of the bay
SMALL = [[26.04, 126.04], [26.05, 126.04], [26.05, 126.05]]
AWAY = [[30.0, 130.0], [31.0, 130.0], [31.0, 131.0]]
ASKED = {"who": "Sato", "name": "west", "corners": HALF, "every_h": 0.5}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path, now=START + 3600.0).begin()


@pytest.fixture
def client(bench: Bench) -> Client:
    return bench.client()


def demanded(client: Client, bench: Bench, **told: Any) -> dict[str, Any]:
    """What came of it."""
    number = client.post("/patrol/demand", 202, **(ASKED | told))["number"]
    bench.turn(8)
    return client.get(f"/patrol/asked/{number}")


def due(client: Client) -> dict[int, tuple[float, str]]:
    """Of each cell, how often and for whom."""
    return {one["row"]: (one["every_h"], one["vessel"]) for one in client.get("/patrol/cells")["cells"]}


def test_a_zone_is_planned_anew_kept_after_a_restart_and_taken_back(client: Client, bench: Bench) -> None:
    before, middle = due(client), {one["row"]: one["lon_deg"] for one in client.get("/patrol/cells")["cells"]}
    found = demanded(client, bench, reason="nets")
    assert (found["state"], found["body"]["weight"], found["body"]["vessel"]) == ("done", 1.0, "fishing")
    west = {row for row in before if middle[row] < 126.0}
    assert 0 < len(west) < len(before)
    assert due(client) == {row: (0.5 if row in west else 2.0, "fishing") for row in before}
    told = client.get("/patrol")
    assert told["plan"]["why"].startswith("west every 0.5 h: nets")
    assert [one["name"] for one in told["changes"]["demands"]] == ["west"]
    bench.again()
    assert bench.patrol.kept is not None
    assert [one.name for one in bench.patrol.kept.file.demand] == ["all", "west"]
    assert demanded(client, bench, back=True)["state"] == "done"
    assert (due(client), client.get("/patrol")["changes"]["demands"]) == (before, [])
    assert client.get("/audit")["good"]


def test_a_zone_within_a_cell_stands_for_it(client: Client, bench: Bench) -> None:
    assert demanded(client, bench, corners=SMALL, vessel="boat", weight=3.0)["state"] == "done"
    assert sorted(due(client).values()) == [(0.5, "boat")] + 11 * [(2.0, "fishing")]


def test_a_zone_where_nobody_looked_is_added_and_given_up(tmp_path: Path) -> None:
    zone = "zone = [[25.6, 125.5], [26.4, 125.5], [26.4, 126.0], [25.6, 126.0]]\n[[base]]"
    bench = Bench(tmp_path, PATROL.replace("[[base]]", zone, 1), now=START + 3600.0).begin()
    client = bench.client()
    before = due(client)
    east = [[25.6, 126.0], [26.4, 126.0], [26.4, 126.6], [25.6, 126.6]]
    assert demanded(client, bench, corners=east)["state"] == "done"
    assert len(due(client)) == 12 > len(before)
    assert demanded(client, bench, back=True)["state"] == "done"
    assert due(client) == before


def test_a_zone_away_from_the_patrol_changes_nothing(client: Client, bench: Bench) -> None:
    before = client.get("/patrol")["plan"]["number"]
    found = demanded(client, bench, corners=AWAY)
    assert (found["state"], found["problem"]) == (
        "failed", "west holds the middle of no cell: expected it in the patrol's sea",
    )  # fmt: skip
    assert (len(due(client)), client.get("/patrol")["plan"]["number"]) == (12, before)
    assert client.get("/patrol")["changes"]["demands"] == []
    client.post("/patrol/lost", 202, who="Sato", name="tb2")
    bench.turn(2)
    assert client.get("/patrol")["changes"]["lost"] == ["tb2"]


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"corners": HALF[:2]}, "corners: expected 3 at least, found 2"),
        ({"corners": [[91.0, 0.0]] * 3}, "corners"),
        ({"corners": [[26.0, 126.0]] * 3000}, "corners"),
        ({"every_h": 0.0}, "every_h"),
        ({"weight": 0.0}, "weight"),
        ({"vessel": "kayak"}, "vessel"),
        ({"name": "all"}, "the patrol file itself demands 'all': expected another name"),
        ({"back": True}, "no zone called 'west' was added to the patrol: none was added"),
    ],
)
def test_zones_that_cannot_be_meant(client: Client, told: dict[str, Any], sentence: str) -> None:
    assert sentence in client.post("/patrol/demand", 422, **(ASKED | told))["detail"]
    assert client.get("/patrol")["asked"] == []


def test_the_next_plan_demands_it_too_though_it_was_being_made(client: Client, bench: Bench) -> None:
    bench.now = START + 6.5 * 3600  # the last quarter: the next plan is begun in the same turn
    client.post("/patrol/demand", 202, **ASKED)
    bench.turn(8)
    following = client.get("/patrol")["next"]["number"]
    with bench.patrol.records.read() as connection:
        assert [one.name for one in shelf.plan_of(connection, following).file.demand] == ["all", "west"]
