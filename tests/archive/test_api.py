"""The archive over HTTP: whereabouts, neighbours, a past picture; and where there is none."""

import asyncio

import httpx
import numpy as np
import pytest

from mihari.archive import ask
from mihari.archive.reader import ArchiveReader
from mihari.face.app import create_app
from mihari.face.state import FaceState
from mihari.rebuild import land_of, picture_digest, rebuild

BASE = "http://127.0.0.1:8080"


class Client:
    """Requests to an application in this process."""

    def __init__(self, archive):
        state = FaceState()
        state.node = {"archive": archive}
        self.app = create_app(state=state)

    def get(self, path, params=None):
        async def ask():
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url=BASE, timeout=120) as client:
                return await client.get(path, params=params)

        return asyncio.run(ask())


@pytest.fixture(scope="module")
def client(kept):
    return Client(str(kept[0]))


def test_where_a_vessel_was(client, kept):
    vessels = kept[1].pipeline.compiler.vessels()
    mmsi = int(vessels.mmsi[vessels.mmsi > 0][0])
    told = client.get("/api/v1/history/vessel", params={"who": str(mmsi)}).json()
    found = ask.positions(ArchiveReader(kept[0]), mmsi, 0, 1e12)
    assert told["mmsi"] == mmsi
    assert told["since"] == ArchiveReader(kept[0]).runs()[-1].begin
    np.testing.assert_array_equal(told["lat_deg"], found["lat_deg"])
    number = client.get("/api/v1/history/vessel", params={"who": f"#{vessels.id[0]}", "from": "-20s"}).json()
    assert number["vessel"] == vessels.id[0]
    assert len(number["time"]) >= 2


def test_who_was_near(client, kept):
    vessels = kept[1].pipeline.compiler.vessels()
    place = {"lat_deg": float(vessels.lat_deg[0]), "lon_deg": float(vessels.lon_deg[0])}
    told = client.get("/api/v1/history/near", params={**place, "radius": 3000}).json()["vessels"]
    assert told
    assert all(v["distance"] <= 3000 for v in told)


def test_the_picture_at_a_time_is_the_rebuilt_one(client, kept):
    time = kept[1].pipeline.time - 20.0
    answer = client.get("/api/v1/history/picture", params={"at": str(time)})
    assert answer.status_code == 200, answer.text
    reader = ArchiveReader(kept[0])
    picture = rebuild(reader, time, land_of(reader.snapshot(time))).pipeline.picture()
    assert answer.json()["picture_hash"] == picture_digest(picture)
    assert len(answer.json()["vessels"]) == len(picture.vessels)


@pytest.mark.parametrize(
    ("path", "params", "sentence"),
    [
        ("vessel", {"who": "NOBODY AT ALL"}, "nobody in the archive has called itself so"),
        ("vessel", {"who": "1", "from": "yesterday"}, "expected 2026-11-20T17:05:30"),
        ("vessel", {"who": "1", "from": "-1s", "to": "-9s"}, "expected a time after it"),
        ("picture", {"at": "--verify"}, "expected 2026-11-20T17:05:30"),
        ("picture", {"at": "2001-01-01"}, "begins at"),
    ],
)
def test_a_mistake_is_one_sentence(client, path, params, sentence):
    answer = client.get(f"/api/v1/history/{path}", params=params)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_without_an_archive_there_is_none():
    for path in ("vessel?who=1", "near?lat_deg=0&lon_deg=0", "picture"):
        answer = Client("").get(f"/api/v1/history/{path}")
        assert answer.status_code == 404
        assert "--archive" in answer.text
