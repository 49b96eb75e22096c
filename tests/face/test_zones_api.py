"""The API of zones over ASGI on real records: draw, change, take away, conflicts, hostile input; the stream's news."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "alerts"))
from alert_helpers import T, check
from test_alerts_api import Client

from mihari.alerts.records import Records
from mihari.alerts.zones import keep_file
from mihari.core.zones import Zone, zones_of
from mihari.face.alert_news import Look
from mihari.face.app import create_app
from mihari.face.state import FaceState
from mihari.face.zones import Zones

CORNERS = [[127.0, 26.0], [127.1, 26.0], [127.1, 26.1], [127.0, 26.0]]
WATCH = {"enter": True, "types": ["tanker"], "flags": [431], "months": [6, 7], "urgency": "warning"}


def feature(name: str = "north bank", **properties: Any) -> dict[str, Any]:
    shape = {"type": "Polygon", "coordinates": [CORNERS]}
    return {"type": "Feature", "properties": {"name": name, "kind": "closed"} | properties, "geometry": shape}


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    one = Records(tmp_path / "records.sqlite").open()
    square = tuple((lat, lon) for lon, lat in CORNERS[:3])
    keep_file(one, (Zone("harbour", "port", (square,)),), T)
    yield one
    check(one)
    one.close()


@pytest.fixture
def client(records: Records) -> Client:
    return Client(create_app(records=records))


def zones(client: Client) -> list[tuple[str, int, bool]]:
    told = Zones.model_validate(client.get("/zones"))
    return [(f["properties"]["name"], f["properties"]["revision"], f["properties"]["from_file"]) for f in told.features]


def test_a_zone_is_drawn_changed_and_taken_away(client: Client) -> None:
    one = client.post("/zones", 201, who="Sato", zone=feature(watch=WATCH))
    assert zones(client) == [("harbour", 1, True), ("north bank", 1, False)]
    told = client.get("/zones")
    assert told["features"][1]["properties"]["watch"] == WATCH
    assert zones_of(told)[1].watch is not None  # what the API tells can be a node's file
    changed = client.ask(
        "PUT", f"/zones/{one['id']}", json={"who": "Kudo", "revision": 1, "zone": feature("south bank", watch=WATCH)}
    )
    assert (changed.status_code, changed.json()["properties"]["revision"]) == (200, 2)
    gone = client.ask("DELETE", f"/zones/{one['id']}?who=Sato&revision=2")
    assert (gone.status_code, zones(client)) == (204, [("harbour", 1, True)])
    texts = [line["text"] for line in client.get("/watch-log")["lines"]]
    assert texts[-2:] == [
        "the zone south bank, before north bank: its name was changed",
        "the zone south bank was taken away",
    ]
    assert client.get("/audit")["good"]


def test_conflicts_and_what_is_not_there_are_told_in_a_sentence(client: Client) -> None:
    one = client.post("/zones", 201, who="Sato", zone=feature())
    put = {"who": "Kudo", "revision": 1, "zone": feature(watch=WATCH)}
    assert client.ask("PUT", f"/zones/{one['id']}", json=put).status_code == 200
    answer = client.ask("PUT", f"/zones/{one['id']}", json=put | {"who": "Sato"})
    assert answer.status_code == 409
    assert answer.json()["detail"].startswith("Kudo has changed the zone north bank since you saw it")
    assert client.ask("DELETE", f"/zones/{one['id']}?who=Sato&revision=1").status_code == 409
    assert client.ask("PUT", "/zones/99", json=put).status_code == 404
    file = client.get("/zones")["features"][0]
    refused = client.ask("DELETE", f"/zones/{file['id']}?who=Sato&revision=1")
    assert (refused.status_code, "of the node's file" in refused.json()["detail"]) == (409, True)
    assert (
        "a zone named harbour is there already"
        in client.post("/zones", 409, who="A", zone=feature("harbour"))["detail"]
    )


@pytest.mark.parametrize(
    "told",
    [
        {"who": "Sato"},
        {"who": "", "zone": feature()},
        {"who": "Sato", "zone": []},
        {"who": "Sato", "zone": {}},
        {"who": "Sato", "zone": feature(watch={"months": [13]})},
        {"who": "Sato", "zone": feature() | {"geometry": {"type": "Polygon", "coordinates": [[[10**400, 1]] * 3]}}},
        {"who": "Sato", "zone": feature() | {"geometry": {"type": {"a": 1}, "coordinates": {"a": 1}}}},
        {"who": "Sato", "zone": feature(), "more": 1},
    ],
)
def test_what_cannot_be_is_a_422_with_one_short_sentence(client: Client, told: dict[str, Any]) -> None:
    detail = client.post("/zones", 422, **told)["detail"]
    assert 5 < len(detail) < 400
    assert zones(client) == [("harbour", 1, True)]


def test_too_much_is_refused_before_it_is_read(client: Client) -> None:
    many = feature() | {"geometry": {"type": "Polygon", "coordinates": [CORNERS * 3000]}}
    for method, path in (("POST", "/zones"), ("PUT", "/zones/1")):
        assert client.ask(method, path, json={"who": "A", "revision": 1, "zone": many}).status_code == 413
    assert (
        client.ask("PUT", f"/zones/{1 << 70}", json={"who": "A", "revision": 1, "zone": feature()}).status_code == 422
    )


def test_a_node_without_alerts_keeps_no_zones() -> None:
    assert "keeps no alerts" in Client(create_app()).get("/zones", 404)["detail"]


def test_pages_are_told_of_zones_when_they_change_and_only_then(client: Client, records: Records) -> None:
    look, state = Look(records), FaceState()
    state.take_alerts(look() or {})
    first = [m for m in state.watched.news(0) if m["type"] == "zones"]
    assert [f["properties"]["name"] for f in first[0]["zones"]] == ["harbour"]
    seen = state.version
    client.post("/watch-log", 204, who="Sato", text="quiet")
    state.take_alerts(look() or {})
    assert [m["type"] for m in state.watched.news(seen)] == ["alerts"]
    client.post("/zones", 201, who="Sato", zone=feature())
    state.take_alerts(look() or {})
    told = [m for m in state.watched.news(seen) if m["type"] == "zones"]
    assert [f["properties"]["name"] for f in told[0]["zones"]] == ["harbour", "north bank"]
