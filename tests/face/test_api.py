"""The API over ASGI: answers fit their models, filters filter, strangers are refused."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from made_up import MESH, NODE, Sea

from mihari.core.health import NodeHealth
from mihari.core.picture import Category, ClaimedIdentity, Identity, Source
from mihari.face import models
from mihari.face.app import create_app
from mihari.face.compose import Composer
from mihari.face.state import FaceState

START = 1_790_000_000.0


class Browser:
    """Requests to an application in this process, under a name of this machine unless told otherwise."""

    def __init__(self, app: Any) -> None:
        self.app = app

    def get(self, path: str, **headers: str) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as client:
                return await client.get(path, headers={k.replace("_", "-"): v for k, v in headers.items()})

        return asyncio.run(ask())

    def json(self, path: str, status: int = 200) -> Any:
        answer = self.get(path)
        assert answer.status_code == status, answer.text
        return answer.json()


@pytest.fixture(scope="module")
def sea() -> Sea:
    return Sea(300)


@pytest.fixture(scope="module")
def browser(sea: Sea, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    state, composer = FaceState(), Composer(NODE)
    for k in range(3):
        picture = replace(sea.picture(START + 20 * k), health=NodeHealth(START, mesh=MESH))
        for raw in composer.frames_for(picture, feeds=True):
            state.apply(raw)
    state.connected = True
    return Browser(create_app(page=tmp_path_factory.mktemp("nothing"), state=state))


ANSWERS = {
    "/picture": models.PictureSummary,
    "/vessels?limit=1000": models.VesselPage,
    "/vessels/7": models.Vessel,
    "/vessels/7/trail": models.Trail,
    "/trails": models.Trails,
    "/feeds": models.Feeds,
    "/sensors": models.Sensors,
    "/health": models.Health,
    "/mesh": models.Mesh,
}


@pytest.mark.parametrize("path", ANSWERS)
def test_every_answer_fits_its_model(browser: Browser, path: str) -> None:
    ANSWERS[path].model_validate_json(browser.get("/api/v1" + path).content)


def test_openapi_describes_every_path_and_its_examples_fit(browser: Browser) -> None:
    document = browser.json("/api/v1/openapi.json")
    assert {p.split("?")[0].replace("/7", "/{id}") for p in ANSWERS} <= {p[7:] for p in document["paths"]}
    for name, schema in document["components"]["schemas"].items():
        model = getattr(models, name, None)
        if model is None or not issubclass(model, models.Model):
            continue
        told = {k: v["examples"][0] for k, v in schema["properties"].items() if "examples" in v}
        for field, example in told.items():
            annotation = model.model_fields[field]
            assert annotation.annotation is not None
            model.__pydantic_validator__.validate_assignment(model.model_construct(), field, example)


def test_openapi_needs_nothing_from_elsewhere(browser: Browser) -> None:
    assert browser.get("/docs").status_code != 200


def test_vessels_come_page_by_page_in_order(browser: Browser) -> None:
    first, second = (browser.json(f"/api/v1/vessels?limit=200&offset={k}") for k in (0, 200))
    ids = [v["id"] for v in first["vessels"] + second["vessels"]]
    assert ids == list(range(1, 301))
    assert first["total"] == second["total"] == 300


def test_filters_let_through_what_they_name(browser: Browser, sea: Sea) -> None:
    def ids(query: str) -> set[int]:
        return {v["id"] for v in browser.json(f"/api/v1/vessels?limit=1000&{query}")["vessels"]}

    every = np.arange(1, 301)
    tankers = (sea.category == Category.TANKER) | (sea.category == Category.FISHING)
    assert ids("category=tanker&category=fishing") == set(every[tankers].tolist())
    assert ids("source=lost_ais") == set(every[(sea.source & Source.LOST_AIS) > 0].tolist())
    assert ids("text=maru%2042") == ({42} if sea.mmsi[41] else set())
    assert ids("box=26,127,27,128") == {
        v["id"] for v in browser.json("/api/v1/vessels?limit=1000")["vessels"]
        if 26 <= v["lat_deg"] <= 27 and 127 <= v["lon_deg"] <= 128
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("box=1,2,3", "box"),
        ("box=a,b,c,d", "box"),
        ("category=spaceship", "cargo"),
        ("source=x", "radar"),
        ("limit=0", "limit"),
    ],
)
def test_a_wrong_filter_is_answered_with_what_was_expected(browser: Browser, query: str, word: str) -> None:
    answer = browser.get(f"/api/v1/vessels?{query}")
    assert answer.status_code == 422
    assert word in answer.text


def test_a_vessel_that_is_not_there_is_not_found(browser: Browser) -> None:
    for id in ("99999", "4294967295", "-1", "99999999999999999999"):
        assert browser.get(f"/api/v1/vessels/{id}").status_code == 404


def test_a_vessel_tells_its_sources_ages_and_claims(browser: Browser, sea: Sea) -> None:
    k = int(np.flatnonzero(sea.source == (Source.RADAR | Source.AIS))[0])
    vessel = browser.json(f"/api/v1/vessels/{k + 1}")
    assert vessel["sources"] == ["radar", "ais"]
    assert vessel["sensors"] == ["naha radar", "naha ais"]
    assert (vessel["age_radar_s"], vessel["age_ais_s"], vessel["age_s"]) == (1.0, 5.0, 1.0)
    assert vessel["claims"][0]["name"] == f"MARU {k + 1}"


def test_a_trail_ends_where_the_vessel_is(browser: Browser, sea: Sea) -> None:
    k = int(np.argmax(np.hypot(sea.east, sea.north)))
    vessel, trail = browser.json(f"/api/v1/vessels/{k + 1}"), browser.json(f"/api/v1/vessels/{k + 1}/trail")
    times = [p[0] for p in trail["points"]]
    assert times == [START, START + 20, START + 40]
    assert trail["points"][-1][1:] == [vessel["lat_deg"], vessel["lon_deg"]]


def test_the_coastline_is_packed_and_not_sent_twice(browser: Browser) -> None:
    answer = browser.get("/api/v1/coastline", accept_encoding="gzip")
    assert answer.headers["content-encoding"] == "gzip"
    told = [(f["properties"]["name"], f["properties"]["kind"]) for f in answer.json()["features"]]
    assert told == [("world", "land"), ("nansei", "cover"), ("nansei", "land")]
    assert browser.get("/api/v1/coastline", if_none_match=answer.headers["etag"]).status_code == 304
    plain = browser.get("/api/v1/coastline", accept_encoding="identity")
    assert "content-encoding" not in plain.headers
    assert len(gzip.compress(plain.content, 1)) > 1000


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", "192.168.1.5:8080", ""]
)
def test_a_foreign_host_name_is_refused(browser: Browser, host: str) -> None:
    assert browser.get("/api/v1/health", host=host).status_code == 403


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8080", "127.0.0.1:1", "[::1]:8080"])
def test_names_of_this_machine_are_served(browser: Browser, host: str) -> None:
    assert browser.get("/api/v1/health", host=host).status_code == 200


def test_pages_of_other_origins_are_refused(browser: Browser) -> None:
    assert browser.get("/api/v1/health", origin="http://evil.example").status_code == 403
    assert browser.get("/api/v1/health", origin="http://127.0.0.1:9").status_code == 403
    assert browser.get("/api/v1/health", origin="null").status_code == 403
    answer = browser.get("/api/v1/health", origin="http://127.0.0.1:8080")
    assert answer.status_code == 200
    assert not [h for h in answer.headers if h.startswith("access-control")]


def test_every_answer_carries_the_security_headers(browser: Browser) -> None:
    for path in ("/", "/api/v1/picture", "/api/v1/vessels/0", "/nothing"):
        headers = browser.get(path).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_a_page_that_is_not_built_says_so(browser: Browser) -> None:
    answer = browser.get("/")
    assert answer.status_code == 503
    assert "not built" in answer.text


def test_the_page_is_fresh_and_its_assets_stay(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<html>map</html>")
    (tmp_path / "assets" / "index-abc123.js").write_text("1")
    browser = Browser(create_app(page=tmp_path))
    page, asset = browser.get("/"), browser.get("/assets/index-abc123.js")
    assert (page.status_code, page.text, page.headers["cache-control"]) == (200, "<html>map</html>", "no-cache")
    assert browser.get("/", if_none_match=page.headers["etag"]).status_code == 304
    assert "immutable" in asset.headers["cache-control"]
    assert browser.get("/../secret").status_code == 404
    assert browser.get("/assets/missing.js").status_code == 404


def test_the_mesh_is_told_as_the_node_has_it(browser: Browser) -> None:
    assert browser.json("/api/v1/mesh") == MESH


def test_a_node_in_no_mesh_says_so() -> None:
    state = FaceState()
    alone = Browser(create_app(state=state))
    assert alone.json("/api/v1/mesh", 404)["detail"] == "the node has not told how it is yet"
    for raw in Composer(NODE).frames_for(replace(Sea(3).picture(START), health=NodeHealth(START)), feeds=True):
        state.apply(raw)
    assert alone.json("/api/v1/mesh", 404)["detail"].startswith("this node is in no mesh: ")


def test_a_vessel_without_a_name_tells_what_all_nodes_call_it() -> None:
    state, composer, picture = FaceState(), Composer(NODE), Sea(3).picture(START)
    one = Browser(create_app(state=state))
    for called in ("naha 7", "kume 412"):  # an elder node has told that it knows it too
        names = {2: Identity(2, (ClaimedIdentity(431000002, 1.0),), 1, called)}
        for raw in composer.frames_for(replace(picture, identities=names)):
            state.apply(raw)
        assert one.json("/api/v1/vessels/2")["called"] == called
    assert one.json("/api/v1/vessels/1")["called"] == ""
    assert [v["id"] for v in one.json("/api/v1/vessels?text=KUME")["vessels"]] == [2]


def test_a_vessel_tells_which_nodes_hold_it() -> None:
    state, composer, picture = FaceState(), Composer(NODE), Sea(3).picture(START)
    one = Browser(create_app(state=state))
    for raw in composer.frames_for(picture, feeds=True):
        state.apply(raw)
    assert (one.json("/api/v1/vessels/2")["namer"], one.json("/api/v1/vessels/2")["held_by"]) == ("", [])
    names = {2: Identity(2, (), 1, namer="kume", held_by=("kume", "naha"))}
    told = replace(picture, sequence=2, identities=names, health=NodeHealth(START, mesh=MESH))
    for raw in composer.frames_for(told, feeds=True):
        state.apply(raw)
    both, ours = one.json("/api/v1/vessels/2"), one.json("/api/v1/vessels/1")
    models.Vessel.model_validate(both)
    assert (both["namer"], both["held_by"]) == ("kume", ["kume", "naha"])
    assert (ours["namer"], ours["held_by"]) == ("naha", ["naha"])


def test_without_a_pipeline_the_face_says_that_it_waits(tmp_path: Path) -> None:
    browser = Browser(create_app(page=tmp_path))
    assert browser.json("/api/v1/health", 503)["status"] == "waiting"
    assert browser.json("/api/v1/picture")["vessels"] == 0
    assert browser.json("/api/v1/vessels")["vessels"] == []
    assert browser.json("/api/v1/trails") == {"trails": []}
