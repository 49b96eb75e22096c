"""The API of the patrol over ASGI on real records: how it goes, cells, what people ask, conflicts, hostile input."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from patrol_bench import START, Bench
from test_alerts_api import Client

from mihari.alerts.records import Records
from mihari.face import patrol_models as shapes
from mihari.face.app import create_app
from mihari.face.state import FaceState
from mihari.patrol.plan import from_json

LOOK = {"who": "Sato", "name": "dark one", "lat_deg": 26.0, "lon_deg": 126.0}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path, now=START + 3600.0).begin()


@pytest.fixture
def client(bench: Bench) -> Client:
    return bench.client()


def answered(client: Client, bench: Bench, path: str, **told: Any) -> shapes.Asked:
    """What came of an order, some turns later."""
    number = client.post(f"/patrol/{path}", 202, **({"who": "Sato"} | told))["number"]
    bench.turn(4)
    return shapes.Asked.model_validate(client.get(f"/patrol/asked/{number}"))


def test_how_it_goes_with_its_plan_and_cells(client: Client) -> None:
    told = shapes.Patrol.model_validate(client.get("/patrol"))
    assert (told.state, told.problem, told.plan and told.plan.number, told.next) == ("in force", "", 1, None)
    assert 0 < told.figures["fresh"] <= told.figures["bound"]
    plan = shapes.PlanAnswer.model_validate(client.get("/patrol/plan"))
    assert plan.plan is not None
    assert from_json(plan.plan).begin == START
    cells = shapes.Cells.model_validate(client.get("/patrol/cells"))
    assert len(cells.cells) == 12
    looked = [cell for cell in cells.cells if cell.last is not None]
    assert looked
    assert all(START <= cell.last.time <= cells.time for cell in looked if cell.last)
    assert all(cell.age_s == pytest.approx(cells.time - cell.last.time, abs=0.1) for cell in looked if cell.last)
    assert all(cell.late == pytest.approx(cell.age_s / 7200, abs=1e-3) for cell in cells.cells)


def test_a_loss_a_look_and_a_return_change_the_plan_and_are_in_the_audit(client: Client, bench: Bench) -> None:
    assert answered(client, bench, "lost", name="tb2", reason="engine").state == "done"
    assert client.get("/patrol")["changes"]["lost"] == ["tb2"]
    assert not [s for s in client.get("/patrol/plan")["plan"]["sorties"] if s["vehicle"] == "tb2"]
    assert answered(client, bench, "look", **LOOK, within_min=180.0, alert=0).state == "done"
    assert answered(client, bench, "lost", name="tb2", back=True).state == "done"
    assert answered(client, bench, "lost", name="pier").state == "done"
    assert client.get("/patrol")["changes"]["places"] == ["pier"]
    log = [(line["who"], line["text"]) for line in client.get("/watch-log")["lines"]]
    assert ("Sato", "tb2 is lost: engine") in log
    assert ("Sato", "plan 2 of bay: tb2 is lost: engine") in log
    assert ("Sato", "look at dark one") in log
    assert client.get("/audit")["good"]


def test_what_if_is_answered_beside_and_taken_over_by_a_name(client: Client, bench: Bench) -> None:
    found = answered(client, bench, "what-if", lost=["tb2"], wind_kn=20.0, seconds=1.0)
    assert (found.state, found.of, found.plan is not None) == ("done", 1, True)
    assert found.figures["fresh"] < found.before["fresh"]
    assert client.get("/patrol")["plan"]["number"] == 1
    assert answered(client, bench, "adopt", number=found.number, plan=1, reason="we trust it").state == "done"
    told = client.get("/patrol")
    assert (told["plan"]["who"], told["plan"]["why"], told["plan"]["number"]) == ("Sato", "we trust it", 2)
    body = {"who": "Sato", "number": found.number, "plan": 1}
    assert "plan 2 is in force by now" in client.post("/patrol/adopt", 409, **body)["detail"]


def test_a_what_if_is_not_taken_over_when_vehicles_have_gone_on(client: Client, bench: Bench) -> None:
    found = answered(client, bench, "what-if", lost=["tb2"], seconds=1.0)
    bench.now += 420.0
    told = answered(client, bench, "adopt", number=found.number, plan=1)
    assert (told.state, told.problem) == (
        "failed", f"what-if {found.number} is 7 min old, and vehicles have gone on as they were: ask again"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("path", "told", "status", "sentence"),
    [
        ("lost", {"name": "tb9"}, 422, "'tb9': expected one of tb2, boat-1, boat-2"),
        ("lost", {"name": "tb2", "who": " "}, 422, "who"),
        ("lost", {}, 422, "name"),
        ("look", {"name": "x", "lat_deg": 91, "lon_deg": 0}, 422, "lat_deg"),
        ("look", {"name": "", "lat_deg": 26, "lon_deg": 126}, 422, "name"),
        ("look", LOOK | {"within_min": 1e9}, 422, "within_min"),
        ("what-if", {"lost": ["nobody"]}, 422, "'nobody': expected one of"),
        ("what-if", {"places": ["nowhere"]}, 422, "'nowhere': expected one of field, pier"),
        ("what-if", {"wind_kn": 500}, 422, "wind_kn"),
        ("what-if", {"seconds": 1e9}, 422, "seconds"),
        ("what-if", {"engage": True}, 422, "engage"),
        ("adopt", {"number": 99, "plan": 1}, 404, "nobody asked the patrol anything under number 99"),
    ],
)
def test_orders_that_cannot_be_meant(
    client: Client, path: str, told: dict[str, Any], status: int, sentence: str
) -> None:
    assert sentence in client.post(f"/patrol/{path}", status, **({"who": "Sato"} | told))["detail"]
    assert client.get("/patrol")["asked"] == []


def test_orders_that_nobody_answers_do_not_pile_up(client: Client) -> None:
    for _ in range(20):
        client.post("/patrol/lost", 202, who="Sato", name="tb2")
    assert (
        "20 questions to the patrol wait already" in client.post("/patrol/lost", 422, who="Sato", name="tb2")["detail"]
    )


def test_a_node_without_a_patrol_says_so(tmp_path: Path) -> None:
    client = Client(create_app(page=tmp_path, state=FaceState(), records=Records(tmp_path / "r.sqlite").open()))
    for path in ("", "/plan", "/cells", "/asked/1"):
        assert "this node has no patrol" in client.get(f"/patrol{path}", 404)["detail"]
    assert "this node has no patrol" in client.post("/patrol/look", 404, **LOOK)["detail"]


def test_a_patrol_that_cannot_begin_says_why(tmp_path: Path) -> None:
    client = Bench(tmp_path, now=START + 99 * 3600.0).begin().client()
    told = client.get("/patrol")
    assert (told["state"], "was over at" in told["problem"]) == ("failed", True)
    assert "has no plan yet" in client.get("/patrol/cells", 409)["detail"]
    assert "has no plan yet" in client.post("/patrol/look", 409, **LOOK)["detail"]
