"""The API of cases over ASGI on real records: open, say, add, close, report; conflicts, hostile input, files."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "alerts"))
sys.path.insert(0, str(Path(__file__).parents[1] / "cases"))
from alert_helpers import T, check
from case_helpers import BOAT, JPEG, SHADY, TANKER, evening, written_archive
from test_alerts_api import Client

from mihari.alerts.records import Records
from mihari.core.behaviour import picture_id
from mihari.core.picture import Category, ClaimedIdentity, Identity, Picture, Source, Vessels
from mihari.face import case_models as shapes
from mihari.face.alert_news import Look
from mihari.face.app import create_app
from mihari.face.compose import Composer
from mihari.face.guard import BODY_MAX, FILE_MAX
from mihari.face.state import FaceState

PATHS = ("edit", "note", "action", "withdraw", "vessel", "evidence", "close", "reopen")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written_archive(tmp_path_factory.mktemp("evening") / "archive")


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    one = Records(tmp_path / "records.sqlite").open()
    evening(one)
    yield one
    check(one)
    one.close()


def state_of(archive: Path) -> FaceState:
    """A face that sees the tanker as vessel 3 and a boat without AIS as vessel 12."""
    vessels = Vessels.of(
        2, id=[3, picture_id(BOAT)], track=[3, 12], time=T, lat_deg=[26.4, 26.41], lon_deg=[127.3, 127.31],
        east_mps=1.0, north_mps=2.0, cov_ee=100.0, cov_en=0.0, cov_nn=100.0, existence=0.99, heard_radar=T, status=0,
        source=[int(Source.AIS), int(Source.RADAR)], category=[int(Category.TANKER), 0], sensors=1, changed=1,
        mmsi=[TANKER, 0],
    )  # fmt: skip
    claims = {3: Identity(3, (ClaimedIdentity(TANKER, 1.0, name="KAIYO MARU"),), 1)}
    node = {"archive": str(archive), "area": "nansei", "name": "naha"}
    state = FaceState()
    for frame in Composer(node).frames_for(Picture(float(T), 1, vessels, claims), names=True):
        state.apply(frame)
    return state


@pytest.fixture
def client(records: Records, archive: Path, tmp_path: Path) -> Client:
    return Client(create_app(page=tmp_path, state=state_of(archive), records=records))


def opened(client: Client, alert: int = 1, status: int = 201) -> Any:
    return client.post("/cases", status, who="Sato", alert=alert)


def say(client: Client, what: str, status: int = 200, **told: Any) -> Any:
    return client.post(f"/cases/1/{what}", status, **{"who": "Mori"} | told)


def upload(client: Client, data: bytes, **asked: str) -> httpx.Response:
    return client.ask("POST", "/cases/1/files", params={"who": "Mori", "name": "log.txt"} | asked, content=data)


def test_from_an_alert_to_a_closed_case(client):
    made = shapes.CaseDetail.model_validate(opened(client))
    assert (made.number, made.status, made.alerts) == (1, "open", [1])
    assert made.title == "gap, rendezvous: KAIYO MARU (431000001), 636012345"
    assert {e.kind for e in made.lists.evidence} == {"alert", "track", "picture", "dossier"}
    say(client, "note", text="two men on deck")
    say(client, "action", text="hailed", by="patrol 7", done_at=T + 4000.0)
    told = say(client, "close", outcome="confirmed", done="boarded", done_by="patrol 7", ended_by="they parted")
    closed = shapes.CaseDetail.model_validate(told)
    assert (closed.status, closed.outcome, closed.words["ended_by"].value) == ("closed", "confirmed", "they parted")
    assert [(a.text, a.by, a.done_at) for a in closed.lists.action] == [("hailed", "patrol 7", T + 4000.0)]
    assert say(client, "reopen")["status"] == "open"
    log = [(line["who"], line["what"]) for line in client.get("/watch-log?alert=1")["lines"]]
    assert log[-5:] == [
        ("Sato", "case opened"), ("Mori", "case note"), ("Mori", "case action"), ("Mori", "case closed"),
        ("Mori", "case opened again"),
    ]  # fmt: skip
    assert client.get("/audit")["good"]


def test_lists_by_status_outcome_vessel_and_alert(client):
    opened(client)
    opened(client, 2)
    say(client, "close", outcome="benign")
    shapes.Cases.model_validate(client.get("/cases?status=all"))
    found = {
        query: [one["number"] for one in client.get(f"/cases{query}")["cases"]]
        for query in ("", "?status=all", "?status=closed", "?status=all&outcome=benign", f"?status=all&mmsi={SHADY}",
                      "?status=all&alert=2", "?status=all&limit=1", "?status=all&mmsi=1")
    }  # fmt: skip
    assert list(found.values()) == [[2], [1, 2], [1], [1], [1], [2], [1], []]
    assert client.get("/cases")["counts"] == {"open": 1, "closed": 1}


def test_whose_words_changed_meanwhile_is_told_and_both_are_kept(client):
    seen = opened(client)["version"]
    say(client, "edit", who="Sato", seen=seen, analysis="a drill")
    told = shapes.CaseDetail.model_validate(say(client, "edit", seen=seen, analysis="no drill"))
    assert [(c.field, c.who, c.value) for c in told.changed_meanwhile] == [("analysis", "Sato", "a drill")]
    assert (told.words["analysis"].value, told.words["analysis"].earlier[0].value) == ("no drill", "a drill")


def test_a_vessel_of_the_picture_by_its_mmsi_or_its_number(client):
    opened(client, 2)
    say(client, "vessel", vessel=3)
    told = say(client, "vessel", mmsi=SHADY)
    vessels = [(v["mmsi"], v["vessel"], v["name"]) for v in told["vessels"]]
    assert vessels == [(0, picture_id(BOAT), ""), (TANKER, 0, "KAIYO MARU"), (SHADY, 0, "")]
    assert "one of them" in say(client, "vessel", 422)["detail"]
    assert say(client, "vessel", 404, vessel=99)["detail"] == "no vessel 99"


def test_another_alert_a_still_and_what_a_person_told_become_evidence(client):
    client.app.state.face.reports.take(
        {"ids": ["r1"], "reports": [{"id": "r1", "who": "Kinjo", "time": T - 1e6, "what": "a boat without lights"}]}, 1
    )
    opened(client, 2)
    say(client, "evidence", alert=1)
    say(client, "evidence", report="r1")
    told = say(client, "evidence", attachment=1)
    kinds = [e["kind"] for e in told["lists"]["evidence"] if e["kind"] != "dossier"]
    assert sorted(kinds) == ["alert", "alert", "picture", "picture", "report", "track", "track", "track"]
    assert told["alerts"] == [2, 1]
    assert "Kinjo" in next(e["what"] for e in told["lists"]["evidence"] if e["kind"] == "report")
    assert "12 h" in say(client, "evidence", 404, report="r2")["detail"]
    assert "one of them" in say(client, "evidence", 422)["detail"]


def test_a_file_comes_back_as_a_file_that_no_browser_acts_on(client):
    opened(client)
    page = b"<script>alert(1)</script>" * 9000  # more than other bodies may have
    told = upload(client, page, name="../evil.html", what="a page").json()
    one = next(e for e in told["lists"]["evidence"] if e["kind"] == "file")
    assert (one["name"], one["media"], one["sha256"]) == ("evil.html", "text/plain", hashlib.sha256(page).hexdigest())
    given = client.ask("GET", f"/cases/1/files/{one['sha256']}")
    assert given.content == page
    assert given.headers["content-type"] == "application/octet-stream"
    assert given.headers["content-disposition"].startswith("attachment")
    assert given.headers["x-content-type-options"] == "nosniff"


def test_a_picture_is_shown_and_what_only_says_so_is_not(client):
    opened(client)
    upload(client, JPEG, name="a.jpg")
    told = upload(client, b"<svg onload='alert(1)'/>", name="a.jpg").json()
    files = [e["sha256"] for e in told["lists"]["evidence"] if e["kind"] == "file"]
    given = [client.ask("GET", f"/cases/1/files/{sha256}").headers["content-type"] for sha256 in files]
    assert given == ["image/jpeg", "application/octet-stream"]


def test_a_file_of_no_case_of_this_number_is_not_given(client):
    opened(client)
    assert client.get(f"/cases/1/files/{'0' * 64}", 404)["detail"] == "case 1 has no such file"
    assert "sha256" in client.get("/cases/1/files/passwd", 422)["detail"]


@pytest.mark.parametrize(
    ("path", "length", "status"),
    [("/cases/1/files", FILE_MAX + 1, 413), ("/cases/1/files", FILE_MAX, 422), ("/cases/1/note", BODY_MAX + 1, 413),
     ("/cases/1/files/x", BODY_MAX + 1, 413), ("/cases/x/files", BODY_MAX + 1, 413)],
)  # fmt: skip
def test_only_files_may_be_long(client, path, length, status):
    answer = client.ask("POST", path, content=b"", headers={"content-length": str(length)})
    assert answer.status_code == status


def test_dossiers_by_vessel_by_mmsi_and_of_a_case(client):
    opened(client)
    one = shapes.Dossier.model_validate(client.get("/vessels/3/dossier"))
    assert (one.mmsi, one.flag, [a["number"] for a in one.alerts], [c.number for c in one.cases]) == (
        TANKER, "Japan", [1], [1],
    )  # fmt: skip
    other = client.get(f"/dossier?mmsi={SHADY}")
    assert [c["value"] for c in other["claims"] if c["field"] == "name"] == ["NIGHT <b>STAR</b>", "STAR 9"]
    boat = client.get(f"/vessels/{picture_id(BOAT)}/dossier")
    assert (boat["mmsi"], [a["number"] for a in boat["alerts"]]) == (0, [2])
    told = shapes.Dossiers.model_validate(client.get("/cases/1/dossiers"))
    assert [d.mmsi for d in told.dossiers] == [TANKER, SHADY]
    assert client.get("/vessels/99/dossier", 404)["detail"] == "no vessel 99"


def test_the_report_is_a_file_to_be_kept(client):
    opened(client)
    given = client.ask("GET", "/cases/1/report")
    assert given.headers["content-type"] == "text/html; charset=utf-8"
    assert given.headers["content-disposition"] == 'attachment; filename="case-1.html"'
    assert "KAIYO MARU" in given.text
    assert "at naha" in given.text
    assert "GSHHG" in given.text  # the coast of the node's area


@pytest.mark.parametrize(
    ("path", "told", "status", "sentence"),
    [
        ("/cases", {"who": "Sato", "alert": 1}, 409, "alert 1 has an open case already: case 1"),
        ("/cases", {"who": "Sato", "alert": 9}, 404, "there is no alert 9"),
        ("/cases", {"who": " ", "alert": 2}, 422, "who: expected the name"),
        ("/cases", {"who": "Sato", "alert": 2, "title": "x" * 201}, 422, "title"),
        ("/cases/1/edit", {"who": "Sato"}, 422, "expected one of title"),
        ("/cases/1/edit", {"who": "Sato", "outcome": "sure"}, 422, "outcome"),
        ("/cases/1/edit", {"who": "Sato", "html": "x"}, 422, "html"),
        ("/cases/1/edit", {"who": "Sato", "title": " "}, 422, "title: expected some words"),
        ("/cases/1/note", {"who": "Sato", "text": ""}, 422, "note: text: expected some words"),
        ("/cases/1/note", {"who": "Sato", "text": "x" * 10_001}, 422, "text"),
        ("/cases/1/action", {"who": "Sato", "text": "x", "done_at": -1.0}, 422, "done_at"),
        ("/cases/1/reopen", {"who": "Sato"}, 409, "case 1 is open"),
        ("/cases/1/withdraw", {"who": "Sato", "item": "nobody"}, 422, "the case has no item nobody"),
        ("/cases/1/close", {"who": "Sato"}, 422, "outcome"),
        ("/cases/9/note", {"who": "Sato", "text": "x"}, 404, "there is no case 9"),
        ("/cases/1/evidence", {"who": "Sato", "attachment": 9}, 404, "there is no attachment 9"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_in_a_sentence(client, path, told, status, sentence):
    opened(client)
    answer = client.post(path, status, **told)
    assert sentence in answer["detail"]
    assert len(answer["detail"]) < 400


@pytest.mark.parametrize("path", [*(f"/cases/4/{one}" for one in PATHS), "/cases/0/note", "/cases/x/note"])
def test_hostile_bodies_are_refused(client, path):
    for body in (b"", b"[]", b"{", b'{"who": {"a": 1}}', b"\xff" * 99, b'{"who":"' + b"x" * 60_000 + b'"}'):
        answer = client.ask("POST", path, content=body, headers={"content-type": "application/json"})
        assert answer.status_code in (400, 422)


def test_a_change_of_a_case_is_told_to_browsers_once(client, records):
    state, look = FaceState(), Look(records)
    opened(client)
    state.take_alerts(look())
    told = state.version
    say(client, "note", text="x")
    say(client, "close", outcome="benign")
    state.take_alerts(look())
    first, then = (
        [(case["number"], case["status"]) for message in state.watched.news(since) if message["type"] == "cases"
         for case in message["cases"]]
        for since in (0, told)
    )  # fmt: skip
    assert first == then == [(1, "closed")]
    assert look() is None
    assert not [m for m in state.watched.news(state.version) if m["type"] == "cases"]


def test_a_node_without_records_says_so(tmp_path):
    client = Client(create_app(page=tmp_path, state=FaceState(), records=None))
    assert "keeps no alerts" in client.get("/cases", 404)["detail"]
    assert "keeps no alerts" in client.post("/cases", 404, who="Sato", alert=1)["detail"]


def test_an_archive_that_is_gone_is_as_none(records, tmp_path):
    state = FaceState()
    state.node = {"archive": str(tmp_path / "gone")}
    client = Client(create_app(page=tmp_path, state=state, records=records))
    told = opened(client)
    assert all("places kept" in e["what"] for e in told["lists"]["evidence"] if e["kind"] == "track")
    assert np.all(["no such archive" in m for d in client.get("/cases/1/dossiers")["dossiers"] for m in d["missing"]])
