"""What a coast has taught, over ASGI: written by `Shown` in the background, served as GeoJSON; 404 before."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import httpx
import numpy as np
import pytest

from mihari.behaviours.context import Context
from mihari.behaviours.context.view import LAYERS
from mihari.behaviours.sightings import Sightings
from mihari.core.sensor import Sensor, SensorKind
from mihari.face.app import create_app
from mihari.face.state import FaceState
from mihari.shown import FIRST_S, Shown

T0 = 1_700_006_400.0


def taught() -> Context:
    context = Context()
    for k in range(25):
        time_ = T0 + np.arange(0, 46_000, 180.0)
        rows = Sightings.of(len(time_), key=431000000 + k, time=time_, lat_deg=26.2, lon_deg=179.999, kind=0, station=1)
        context.take(rows, T0 + 46_000)
    return context


def get(state: FaceState, path: str, **headers: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=create_app(state=state))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as client:
            return await client.get(f"/api/v1/context/{path}", headers=headers)

    return asyncio.run(ask())


@pytest.fixture
def shown() -> Shown:
    one = Shown()
    for steady in (0.0, FIRST_S):
        one.offer(taught(), (Sensor(1, "naha", SensorKind.AIS, 26.2, 127.0),), steady)
    for _ in range(200):
        if all((one.folder / f"{name}.geojson.gz").exists() for name in LAYERS):
            break
        time.sleep(0.05)
    return one


def test_layers_are_served_once_they_are_made_and_only_sent_anew_when_changed(shown: Shown) -> None:
    state = FaceState()
    state.node = {"context": str(shown.folder)}
    told = {name: get(state, name).json() for name in LAYERS}
    assert {name: len(layer["features"]) for name, layer in told.items()} == {
        "traffic": 1, "reception": 1, "radar": 0, "anchorages": 1,
    }  # fmt: skip
    assert told["reception"]["features"][0]["properties"]["stations"] == {"naha": 1.0}
    ring = np.array(told["traffic"]["features"][0]["geometry"]["coordinates"][0])
    assert np.ptp(ring[:, 0]) < 0.1  # in one piece across the antimeridian
    assert ring[0].tolist() == ring[-1].tolist()
    first = get(state, "traffic")
    assert first.headers["content-type"] == "application/geo+json"
    assert get(state, "traffic", **{"if-none-match": first.headers["etag"]}).status_code == 304
    shown.close()
    assert not shown.folder.exists()
    assert get(state, "traffic").status_code == 404


def test_before_anything_is_learned_there_is_none_and_no_other_file_is_served(tmp_path: Path) -> None:
    (tmp_path / "secret.geojson.gz").write_bytes(b"")
    state = FaceState()
    assert get(state, "traffic").status_code == 404
    state.node = {"context": str(tmp_path)}
    assert get(state, "traffic").status_code == 404
    assert get(state, "secret").status_code == 422
    assert get(state, "..%2Fsecret").status_code in (404, 422)
