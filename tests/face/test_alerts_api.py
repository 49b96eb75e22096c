"""The API of alerts over ASGI on real records: lists, one decision at a time, conflicts, hostile input; the news."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "alerts"))
from alert_helpers import A, B, Evidence, Standing, T, Urgency, again, check, fleet, found

from mihari.alerts.records import Records
from mihari.alerts.watch import Watch
from mihari.face.alert_models import AlertDetail, Alerts, Audit, WatchLog
from mihari.face.alert_news import Look
from mihari.face.app import create_app
from mihari.face.state import FaceState
from mihari.face.stream import Browser, Hub

EVIDENCE = Evidence(facts={"gap_h": 3.2, "reason": "<b>"}, path={A: ((T, 26.0, 127.0),)}, coverage={"KUME": 0.97})


class Client:
    """Requests to an application in this process."""

    def __init__(self, app: Any) -> None:
        self.app = app

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080/api/v1") as client:
                return await client.request(method, path, **more)

        return asyncio.run(asked())

    def get(self, path: str, status: int = 200) -> Any:
        answer = self.ask("GET", path)
        assert answer.status_code == status, answer.text
        return answer.json()

    def post(self, path: str, status: int = 200, **told: Any) -> Any:
        answer = self.ask("POST", path, json=told)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    one = Records(tmp_path / "records.sqlite").open()
    watch = Watch(one)
    watch.begin(T - 100.0)
    boats = tuple(range(B, B + 6))
    gap = found("gap", evidence=EVIDENCE, innocent=("equipment failure",), urgency=Urgency.ALARM)
    told = [gap, found("rendezvous", (B, B + 1), T + 5), found("massing", boats, T + 9, fleet=3)]
    watch.take([(told, [fleet(3, boats)], T + 60.0)])
    yield one
    check(one)
    one.close()


@pytest.fixture
def client(records: Records, tmp_path: Path) -> Client:
    return Client(create_app(page=tmp_path, state=FaceState(), records=records))


def test_the_list_is_in_order_and_fits_its_model(client):
    told = client.get("/alerts")
    Alerts.model_validate(told)
    assert [(a["number"], a["urgency"]) for a in told["alerts"]] == [(1, "alarm"), (3, "warning"), (2, "warning")]
    assert told["counts"] | {"settled": 0, "aside": 0} == {
        "unacknowledged": 3, "ended": 0, "settled": 0, "aside": 0, "calling": 3,
    }  # fmt: skip
    assert "unit sent" in told["reasons"]
    assert [a["number"] for a in client.get(f"/alerts?vessel={A}")["alerts"]] == [1]
    assert client.get("/alerts?place=closed")["alerts"] == []
    assert [a["number"] for a in client.get("/alerts?offset=1&limit=1")["alerts"]] == [3]


def test_one_alert_has_its_evidence_log_and_fleet(client):
    told = client.get("/alerts/1")
    AlertDetail.model_validate(told)
    behaviour = told["behaviours"][0]
    assert behaviour["innocent"] == ["equipment failure"]
    assert behaviour["evidence"]["facts"] == {"gap_h": 3.2, "reason": "<b>"}
    assert behaviour["evidence"]["path"] == {str(A): [[T, 26.0, 127.0]]}
    assert behaviour["evidence"]["coverage"] == {"KUME": 0.97}
    assert [line["what"] for line in told["log"]] == ["raised"]
    assert client.get("/alerts/3")["fleets"][0]["members"][0] == {"mmsi": B, "vessel": None}
    assert [r["number"] for r in client.get("/alerts/2")["related"]] == [3]
    assert client.get("/fleets")["fleets"][0]["id"] == 3


def test_each_decision_is_carried_out_and_logged(client):
    one = client.post("/alerts/1/acknowledge", who="Sato", version=1, reason="unit sent", note="boat 7")
    assert (one["place"], one["acknowledged_by"], one["note"], one["version"]) == ("settled", "Sato", "boat 7", 2)
    client.post("/alerts/1/assign", who="Sato", version=2, to="boat 7")
    client.post("/alerts/1/comment", who="Kudo", text="no answer on 16")
    client.post("/alerts/1/escalate", who="Kudo", version=4, urgency="emergency")
    closed = client.post("/alerts/1/close", who="Sato", version=5, outcome="distress", note="towed in")
    assert (closed["place"], closed["outcome"]) == ("closed", "distress")
    aside = client.post("/alerts/2/set-aside", who="Kudo", version=1, reason="permitted", until=4e9)
    assert (aside["place"], aside["asides"][0]["last"]) == ("aside", 4_000_000_000)
    assert client.post("/alerts/2/bring-back", who="Kudo", version=2)["place"] == "unacknowledged"
    client.post("/watch-log", 204, who="Kudo", text="radar kume in service again")
    lines = client.get("/watch-log")
    WatchLog.model_validate(lines)
    assert [line["what"] for line in lines["lines"]][-8:] == [
        "acknowledged", "assigned", "comment", "escalated by hand", "closed", "set aside", "brought back", "note",
    ]  # fmt: skip
    assert client.get("/audit")["good"]
    Audit.model_validate(client.get("/audit"))


def test_a_decision_about_an_old_version_is_a_conflict_in_one_sentence(client):
    client.post("/alerts/1/assign", who="Sato", version=1, to="boat 7")
    told = client.post("/alerts/1/acknowledge", 409, who="Kudo", version=1, reason="other")
    assert told == {"detail": "alert 1 has changed since you saw it: look at it again, then decide"}
    assert client.post("/alerts/9/acknowledge", 404, who="Kudo", version=1, reason="other") == {
        "detail": "there is no alert 9"
    }


def test_two_people_who_decide_at_once_do_not_both_succeed(client):
    async def both() -> list[int]:
        transport = httpx.ASGITransport(app=client.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080/api/v1") as http:
            told = [{"who": who, "version": 1, "reason": "other"} for who in ("Sato", "Kudo", "Mori", "Abe")]
            answers = await asyncio.gather(*(http.post("/alerts/1/acknowledge", json=one) for one in told))
        return sorted(answer.status_code for answer in answers)

    assert asyncio.run(both()) == [200, 409, 409, 409]


@pytest.mark.parametrize("path", ["/alerts/1,2/acknowledge", "/alerts/acknowledge", "/alerts/all/acknowledge"])
def test_there_is_no_way_to_acknowledge_many(client, path):
    told = {"who": "Sato", "version": 1, "reason": "other"}
    assert client.ask("POST", path, json=told).status_code >= 400
    assert client.ask("POST", "/alerts/1/acknowledge", json=[told, told]).status_code == 422
    assert client.ask("POST", "/alerts/1/acknowledge", json=told | {"alerts": [1, 2]}).status_code == 422
    assert client.get("/alerts")["counts"]["unacknowledged"] == 3


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"version": 1, "reason": "other"}, "who: field required"),
        ({"who": "", "version": 1, "reason": "other"}, "who: expected the name of the person who decides"),
        ({"who": "Sato", "version": 1, "reason": "nothing"}, "reason: expected one of seen, watching"),
        ({"who": "Sato", "version": "1", "reason": "other"}, "version: input should be a valid integer"),
        ({"who": "Sato", "version": 1, "reason": "other", "note": "x" * 2001}, "note: string should have at most"),
    ],
)
def test_what_is_wrong_with_a_decision_is_one_sentence(client, told, sentence):
    answer = client.ask("POST", "/alerts/1/acknowledge", json=told)
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(sentence)


@pytest.mark.parametrize(
    "body",
    [
        b'{"who": "\\ud800", "version": 1, "reason": "other"}',
        b'{"who": "a\\u0000b", "version": 1, "reason": "\\udfff"}',
        b"\xff\xfe",
        b"[" * 5000,
        b'{"who": 1e999}',
        b"",
    ],
)
def test_hostile_bodies_are_answered_and_change_nothing(client, body):
    answer = client.ask(
        "POST", "/alerts/1/acknowledge", content=body, headers={"content-type": "application/json"}
    )  # fmt: skip
    assert answer.status_code in (400, 422)
    assert "detail" in answer.json()
    assert client.get("/alerts/1")["version"] == 1


def test_hostile_words_are_kept_as_words(client):
    who = "<script>alert(1)</script>\u202e\x1b[2J'; DROP TABLE log;--"
    told = client.post("/alerts/1/acknowledge", who=who, version=1, reason="other", note="\u2066" + "ü" * 1999)
    assert told["acknowledged_by"].startswith("<script>alert(1)</script>\ufffd\ufffd[2J'; DROP TABLE")
    document = client.ask("GET", "/handover?format=markdown").text
    assert "<script>" not in document
    assert "\x1b" not in document


def test_a_body_without_length_or_too_long_is_refused(client):
    long = client.ask("POST", "/alerts/1/comment", json={"who": "x", "text": "y" * 70_000})
    assert long.status_code == 413

    async def pieces():
        yield b"{}"

    assert client.ask("POST", "/alerts/1/comment", content=pieces()).status_code == 413


def test_another_sites_page_can_decide_nothing(client):
    told = {"who": "x", "version": 1, "reason": "other"}
    answer = client.ask("POST", "/alerts/1/acknowledge", json=told, headers={"origin": "http://evil.example"})
    assert answer.status_code == 403
    plain = client.ask("POST", "/alerts/1/comment", content=b"who=x", headers={"content-type": "text/plain"})
    assert plain.status_code == 422


def test_the_handover_is_json_or_markdown(client):
    client.post("/alerts/1/acknowledge", who="Sato", version=1, reason="unit sent")
    told = client.get("/handover?from=-1h")
    assert (told["counts"]["acknowledged"], len(told["waiting"])) == (1, 2)
    answer = client.ask("GET", "/handover?format=markdown")
    assert answer.headers["content-type"].startswith("text/markdown")
    assert "## Acknowledged: 1" in answer.text
    assert client.get("/handover?from=yesterday", 422)["detail"].startswith("time 'yesterday': expected")


def test_a_node_without_alerts_says_so(tmp_path):
    client = Client(create_app(page=tmp_path, state=FaceState()))
    assert "keeps no alerts" in client.get("/alerts", 404)["detail"]
    assert "keeps no alerts" in client.post("/alerts/1/comment", 404, who="x", text="y")["detail"]


def test_records_that_do_not_answer_are_told_as_such(tmp_path):
    records = Records("postgresql+psycopg://mihari:secret@127.0.0.1:9/none")
    client = Client(create_app(page=tmp_path, state=FaceState(), records=records))
    detail = client.get("/alerts", 503)["detail"]
    assert "the records do not answer" in detail
    assert "secret" not in detail


def test_openapi_describes_every_path(client):
    document = client.get("/openapi.json")
    paths = {p for p in document["paths"] if "/alerts" in p}
    assert len(paths) == 9
    assert "409" in document["paths"]["/api/v1/alerts/{number}/acknowledge"]["post"]["responses"]


# the news


def test_a_look_tells_everything_first_then_what_has_changed(records):
    look = Look(records)
    first = look()
    assert (first["all"], len(first["alerts"]), len(first["fleets"])) == (True, 3, 1)
    assert look() is None
    watch = Watch(records)
    watch.take([([again(found("rendezvous", (B, B + 1), T + 5), end=T + 90, standing=Standing.ENDED)], (), T + 90.0)])
    second = look()
    assert ([a["number"] for a in second["alerts"]], second["all"]) == ([2], False)
    assert look.failed("gone")["problem"] == "gone"
    assert look.failed("gone") is None
    assert look()["problem"] == ""


def test_browsers_are_told_of_changes_within_a_second_each_what_it_lacks(records, tmp_path):
    import json

    from mihari.face.alert_news import watch_records
    from mihari.face.frames import HEADER

    async def watched() -> tuple[list[dict[str, Any]], float]:
        state = FaceState()
        hub, got = Hub(state), []

        async def send(frame: bytes) -> None:
            message = json.loads(bytes(frame)[HEADER.size :] or b"{}")
            if message.get("type") in ("alerts", "fleets"):
                got.append(message)

        hub.add(browser := Browser(send))
        task = asyncio.create_task(watch_records(records, state, hub.wake))
        for _ in range(100):
            await asyncio.sleep(0.02)
            if len(got) >= 2:
                break
        began = time.monotonic()
        await asyncio.to_thread(Watch(records).take, [([found("dark", start=T + 50)], (), T + 99.0)])
        while len(got) < 3 and time.monotonic() - began < 5.0:
            await asyncio.sleep(0.01)
        took = time.monotonic() - began
        task.cancel()
        hub.remove(browser)
        await asyncio.gather(task, return_exceptions=True)
        return got, took

    got, took = asyncio.run(watched())
    assert [m["type"] for m in got] == ["alerts", "fleets", "alerts"]
    assert (got[0]["after"], len(got[0]["alerts"])) == (0, 3)
    assert got[2]["after"] == got[0]["sequence"] < got[2]["sequence"]
    assert [a["number"] for a in got[2]["alerts"]] == [1]
    assert took < 4.0


def test_other_records_in_the_same_place_are_told_as_a_whole(records):
    look = Look(records)
    look()
    look.sequence += 100  # as if a copy from yesterday had been put back
    told = look()
    assert (told["all"], len(told["alerts"])) == (True, 3)


def test_people_say_that_two_vessels_are_one(records: Records, tmp_path: Path) -> None:
    from mihari.alerts.pairs import pairs_after
    from mihari.core.picture import Vessels
    from mihari.face.frames import Kind, encode_vessels

    state = FaceState()
    rows = Vessels.of(2, id=[3, 9], lat_deg=26.0, lon_deg=127.0, time=T, existence=1.0)
    state.apply(encode_vessels(rows, kind=Kind.SNAPSHOT, sequence=1, picture=1, time=T, base=T - 60))
    client = Client(create_app(page=tmp_path, state=state, records=records))
    told = client.post("/vessels/3/pair", who="Aiko", other=9, same=True, note="seen both from the air")
    assert (told["number"], told["one"], told["other"], told["same"]) == (1, 3, 9, True)
    with records.read() as connection:
        assert [(p.who, p.same) for p in pairs_after(connection, 0)] == [("Aiko", True)]
    assert client.post("/vessels/3/pair", 404, who="Aiko", other=77, same=True)["detail"] == "no vessel 77"
    assert "two vessels" in client.post("/vessels/3/pair", 422, who="Aiko", other=3, same=True)["detail"]


def test_people_say_that_what_one_node_holds_is_another_vessel(records: Records, tmp_path: Path) -> None:
    from mihari.core.picture import Vessels
    from mihari.face.frames import Kind, encode_vessels

    state = FaceState()
    rows = Vessels.of(2, id=[3, 9], lat_deg=26.0, lon_deg=127.0, time=T, existence=1.0)
    state.apply(encode_vessels(rows, kind=Kind.SNAPSHOT, sequence=1, picture=1, time=T, base=T - 60))
    state.identities.put([(3, {"vessel": 3, "claims": [], "namer": "kume", "held_by": ["ie", "kume"]})], 1)
    client = Client(create_app(page=tmp_path, state=state, records=records))
    told = client.post("/vessels/3/split", who="Aiko", node="ie", note="two echoes")
    assert (told["one"], told["other"], told["same"], told["node"]) == (3, 3, False, "ie")
    assert [(w["node"], w["note"]) for w in client.get("/vessels/3/pair")["words"]] == [("ie", "two echoes")]
    assert "held by ie, kume" in client.post("/vessels/3/split", 422, who="Aiko", node="naha")["detail"]
    assert "one of several nodes" in client.post("/vessels/9/split", 422, who="Aiko", node="ie")["detail"]
    assert client.post("/vessels/77/split", 404, who="Aiko", node="ie")["detail"] == "no vessel 77"
    with records.read() as connection:
        last = connection.exec_driver_sql("SELECT text FROM log ORDER BY id DESC LIMIT 1").scalar()
    assert last == "what ie holds as #3 is another vessel: two echoes"


def test_what_people_have_said_of_a_vessel_is_told_and_can_be_taken_back(records: Records, tmp_path: Path) -> None:
    from mihari.core.picture import Vessels
    from mihari.face.alert_models import Words
    from mihari.face.frames import Kind, encode_vessels

    def see(state: FaceState, sequence: int, *ids: int) -> None:
        rows = Vessels.of(len(ids), id=list(ids), lat_deg=26.0, lon_deg=127.0, time=T, existence=1.0)
        stamp = {"sequence": sequence, "picture": sequence, "time": T, "base": T - 60}
        state.apply(encode_vessels(rows, kind=Kind.SNAPSHOT, **stamp))

    state = FaceState()
    see(state, 1, 3, 9, 11)
    client = Client(create_app(page=tmp_path, state=state, records=records))
    assert client.get("/vessels/3/pair") == {"words": []}
    client.post("/vessels/3/pair", who="Aiko", other=9, same=True, note="one echo")
    see(state, 2, 3, 11)  # they are one now, and go by one number
    assert client.post("/vessels/11/pair", 404, who="Aiko", other=9, same=True)["detail"] == "no vessel 9"
    client.post("/vessels/9/pair", who="Bunta", other=3, same=False)
    told = client.get("/vessels/3/pair")
    Words.model_validate(told)
    assert [(w["one"], w["other"], w["same"], w["who"]) for w in told["words"]] == [
        (9, 3, False, "Bunta"), (3, 9, True, "Aiko"),
    ]  # fmt: skip
    assert client.get("/vessels/9/pair") == told
    assert client.get("/vessels/11/pair") == {"words": []}
    Watch(records).begin(T + 1000.0)  # another run: numbers mean other vessels now
    assert client.get("/vessels/3/pair") == {"words": []}
    assert client.post("/vessels/3/pair", 404, who="Aiko", other=9, same=True)["detail"] == "no vessel 9"
