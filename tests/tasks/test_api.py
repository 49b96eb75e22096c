"""The API of tasks and assets over ASGI on real records: who decides, conflicts, hostile input, the stream."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any

import pytest
from task_helpers import MORI, PLACE, Bench, T, picture

sys.path.insert(0, str(Path(__file__).parents[1] / "face"))
from test_alerts_api import Client, found

from mihari.alerts.records import Records
from mihari.alerts.watch import Watch
from mihari.core.asset import Asset, AssetKind, LinkState
from mihari.core.task import TaskKind
from mihari.face import alert_news
from mihari.face import task_models as shapes
from mihari.face.alert_news import Look
from mihari.face.app import create_app
from mihari.face.compose import Composer
from mihari.face.state import FaceState
from mihari.tasks import shelf
from mihari.tasks.charge import ALL, Charge

TB3 = Asset(
    "tb3", AssetKind.AIRCRAFT, "tb3", "Mori", T, T, 26.0, 127.0, 1200.0, math.pi, 34.0, math.nan, 0.7, "mission",
    ((26.0, 127.1), (26.1, 127.1)), LinkState.UP,
)  # fmt: skip


@pytest.fixture
def client(bench: Bench, tmp_path: Path) -> Client:
    nobody, boat = Charge("glider", "", (), ALL), Charge("usv", "Kudo", (TaskKind.HOLD,), (TaskKind.HOLD,))
    shelf.keep_charges(bench.records, [MORI, nobody, boat])
    return Client(create_app(page=tmp_path, state=FaceState(), records=bench.records))


def propose(client: Client, status: int = 201, **more: Any) -> Any:
    return client.post("/tasks", status, **{"who": "Sato", "asset": "tb3", "kind": "look", "places": PLACE} | more)


def decide(client: Client, what: str, who: str = "Mori", status: int = 200, version: int = 0, number: int = 1) -> Any:
    return client.post(f"/tasks/{number}/{what}", status, who=who, version=version)


def test_proposed_accepted_flown_and_done_over_the_api(client: Client, bench: Bench) -> None:
    made = shapes.Task.model_validate(propose(client, reason="who is that?", until=T + 3600, height_m=500.0))
    assert (made.number, made.state, made.version, made.height_m, made.until) == (1, "proposed", 0, 500.0, T + 3600)
    assert decide(client, "accept", "MORI ")["state"] == "accepted"
    bench.turn(1)
    assert client.get("/tasks/1")["state"] == "under way"
    bench.vehicle.tell("done")
    bench.turn(1)
    told = shapes.Tasks.model_validate(client.get("/tasks"))
    assert [one.state for one in told.tasks] == ["done"]
    assert told.counts == {"done": 1}
    assert [(one.asset, one.operator, len(one.kinds), one.accepts) for one in told.takes] == [
        ("tb3", "Mori", 9, []), ("glider", "", 0, []), ("usv", "Kudo", 1, ["hold"]),
    ]  # fmt: skip
    log = [(line["who"], line["what"]) for line in client.get("/watch-log")["lines"]]
    assert log == [
        ("Sato", "task proposed"), ("MORI", "task accepted"), ("mihari", "task sent"), ("tb3", "task under way"),
        ("tb3", "task done"),
    ]  # fmt: skip
    assert client.get("/audit")["good"]


def test_lists_by_state_and_asset(client: Client) -> None:
    propose(client)
    propose(client, asset="usv", kind="hold")
    decide(client, "refuse", number=1)
    numbers = {
        query: [one["number"] for one in client.get(f"/tasks{query}")["tasks"]]
        for query in ("", "?state=open", "?state=refused", "?asset=usv", "?state=open&state=refused", "?limit=1")
    }
    assert numbers == {
        "": [2, 1], "?state=open": [2], "?state=refused": [1], "?asset=usv": [2], "?state=open&state=refused": [2, 1],
        "?limit=1": [2],
    }  # fmt: skip
    assert client.ask("GET", "/tasks?state=flying").status_code == 422


@pytest.mark.parametrize("what", ["accept", "refuse"])
@pytest.mark.parametrize("who", ["Sato", "mihari", "Morita", "tb3", "Mori2", "\u039cori"])  # a Greek M
def test_nobody_but_its_operator_accepts_or_refuses(client: Client, bench: Bench, who: str, what: str) -> None:
    propose(client)
    assert f"tasks of tb3, not {who}" in decide(client, what, who, 403)["detail"]
    bench.turn(3)
    assert (client.get("/tasks/1")["state"], bench.asked) == ("proposed", [])


def test_who_withdraws_what(client: Client, bench: Bench) -> None:
    propose(client)
    assert decide(client, "withdraw", "anybody")["state"] == "withdrawn"
    for number in (2, 3):
        propose(client)
        decide(client, "accept", number=number)
    assert "only Mori or Sato can withdraw it" in decide(client, "withdraw", "Eve", 403, 1, 2)["detail"]
    assert decide(client, "withdraw", "sato", 200, 1, 2)["state"] == "withdrawn"
    assert decide(client, "withdraw", "Mori", 200, 1, 3)["state"] == "withdrawn"


def test_what_cannot_be_decided_or_is_not_there_is_one_sentence(client: Client) -> None:
    propose(client)
    assert "changed since you saw it" in decide(client, "accept", status=409, version=3)["detail"]
    decide(client, "refuse")
    assert decide(client, "accept", status=409, version=1)["detail"] == (
        "task 1 is refused: it can become nothing else, not accepted"
    )
    assert client.get("/tasks/9", 404)["detail"] == "there is no task 9"
    decide(client, "accept", status=404, number=9)


@pytest.mark.parametrize(
    ("told", "status", "sentence"),
    [
        ({"asset": "glider"}, 422, "glider takes no tasks: the node file names no operator"),
        ({"asset": "tb9"}, 422, "there is no vehicle or camera called 'tb9'"),
        ({"asset": "usv"}, 422, "usv cannot look: expected hold"),
        ({"places": []}, 422, "needs a place or a vessel"),
        ({"places": [[91, 0]]}, 422, "places"),
        ({"places": [[26, 127]] * 201}, 422, "places"),
        ({"kind": "attack"}, 422, "kind"),
        ({"vessel": 7}, 404, "no vessel 7"),
        ({"alert": 5}, 404, "there is no alert 5"),
        ({"until": 5.0}, 422, "has passed"),
        ({"height_m": 1e9}, 422, "height_m"),
        ({"who": " \n "}, 422, "who"),
        ({"state": "accepted"}, 422, "state"),
        ({"turns": [{"state": "accepted", "who": "Mori", "time": T, "why": ""}]}, 422, "turns"),
    ],
)
def test_proposals_that_cannot_be_meant(client: Client, told: dict[str, Any], status: int, sentence: str) -> None:
    assert sentence in propose(client, status, **told)["detail"]
    assert client.get("/tasks")["tasks"] == []


def test_a_name_that_acts_on_screens_is_made_harmless(client: Client) -> None:
    made = propose(client, who="Sa\u202eto\x1b[2J", reason="<script>\x00")
    assert (made["who"], made["reason"]) == ("Sa\ufffdto\ufffd[2J", "<script>\ufffd")


def test_a_node_without_records_keeps_no_tasks(tmp_path: Path) -> None:
    client = Client(create_app(page=tmp_path, state=FaceState()))
    assert "keeps no alerts" in client.get("/tasks", 404)["detail"]
    assert client.get("/assets")["assets"] == []


# assets, and the stream


def told_to(state: FaceState, composer: Composer, *assets: Asset, sequence: int = 1) -> None:
    from dataclasses import replace

    for frame in composer.frames_for(replace(picture(*assets), sequence=sequence)):
        state.apply(frame)


def test_assets_come_with_the_picture_changed_ones_only_and_go_with_it(tmp_path: Path) -> None:
    state, composer = FaceState(), Composer({"name": "n"})
    client = Client(create_app(page=tmp_path, state=state))
    camera = Asset("cam", AssetKind.CAMERA)
    told_to(state, composer, TB3, camera)
    told = shapes.Assets.model_validate(client.get("/assets"))
    assert [(one.name, one.kind, one.link, one.course_deg, one.heading_deg) for one in told.assets] == [
        ("tb3", "aircraft", "up", 180.0, None), ("cam", "camera", "never", None, None),
    ]  # fmt: skip
    assert told.assets[0].looks == [(26.0, 127.1), (26.1, 127.1)]
    before = state.version
    from dataclasses import replace

    told_to(state, composer, replace(TB3, energy=0.5), camera, sequence=2)
    news = state.assets.news(before)
    assert news is not None
    assert [(one["name"], one["energy"]) for one in news["assets"]] == [("tb3", 0.5)]
    told_to(state, composer, camera, sequence=3)
    assert [one["name"] for one in client.get("/assets")["assets"]] == ["cam"]
    told_to(state, Composer({"name": "n"}), sequence=1)  # the pipeline was started anew, without any
    assert client.get("/assets")["assets"] == []


def test_browsers_are_told_each_task_that_changes(bench: Bench) -> None:
    state, look = FaceState(), Look(bench.records)

    def news(told: int) -> list[tuple[int, str]]:
        found = look()
        if found is not None:
            state.take_alerts(found)
        tasks = [one for message in state.watched.news(told) if message["type"] == "tasks" for one in message["tasks"]]
        return [(one["number"], one["state"]) for one in tasks]

    bench.propose(), bench.propose()
    assert news(-1) == [(1, "proposed"), (2, "proposed")]
    version = state.version
    bench.accept(2)
    assert news(version) == [(2, "accepted")]
    assert news(state.version) == []
    assert news(-1) == [(1, "proposed"), (2, "accepted")]


def test_tasks_stay_where_so_many_alerts_changed_that_all_are_told(bench: Bench, monkeypatch: Any) -> None:
    monkeypatch.setattr(alert_news, "OPEN_MAX", 0)
    state, look = FaceState(), Look(bench.records)
    bench.propose()
    state.take_alerts(look() or {})
    version = state.version
    Watch(bench.records).take([([found("dark", start=T)], (), T)])
    told = look() or {}
    assert (told["all"], told["again"], told["tasks"]) == (True, False, [])
    state.take_alerts(told)
    assert state.version > version
    tasks = [one for message in state.watched.news(-1) if message["type"] == "tasks" for one in message["tasks"]]
    assert [one["number"] for one in tasks] == [1]


def test_records_that_changed_under_a_decision_undo_it(bench: Bench, records: Records) -> None:
    bench.propose()
    bench.accept(1, version=0)
    with pytest.raises(Exception, match="changed since"):
        bench.accept(1, version=0)
    assert bench.task().version == 1
