"""Stills and clips kept: by hash, audited, within a quota, verified on reading; the API that gives them."""

from __future__ import annotations

import asyncio
import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

sys.path.insert(0, str(Path(__file__).parents[1] / "alerts"))
from alert_helpers import T, check

from mihari.alerts import ask, layout, tables
from mihari.alerts.actions import By, Conflict, Unknown
from mihari.alerts.audit import verify
from mihari.alerts.records import Records
from mihari.alerts.watch import Watch
from mihari.cameras import files
from mihari.cameras.attachments import Attachment, Taken, attach, bytes_of, of_vessel, one_of, protect
from mihari.core.errors import BadInput
from mihari.face.app import create_app
from mihari.face.attachments import Attachments
from mihari.face.state import FaceState

BY = By("Sato", T)
AIM = {"pan": 0.1, "tilt": -0.01, "zoom": 0.5, "bearing": 1.2, "view": 0.2}
ONE = Taken("still", "pier", T - 1.0, 17, 431000001, 4, AIM, 26.2, 127.6)


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    one = Records(tmp_path / "naha.sqlite").open()
    Watch(one).begin(T - 100.0)
    yield one
    check(one)
    one.close()


def listed(records: Records, vessel: int = 17) -> list[Attachment]:
    with records.read() as connection:
        return of_vessel(connection, vessel)


def kept(records: Records) -> list[Path]:
    return sorted(p for p in files.folder_of(records.url).rglob("*") if p.is_file())


def test_a_still_is_kept_by_its_hash_with_all_that_is_known_of_it(records):
    data = b"\xff\xd8 a picture"
    one = attach(records, BY, ONE, data)
    assert (one.number, one.run, one.vessel, one.mmsi, one.time, one.task) == (1, T - 100.0, 17, 431000001, T - 1.0, 4)
    assert (one.asset, one.kind, one.media, one.who) == ("pier", "still", "image/jpeg", "Sato")
    assert (one.aim, one.lat_deg, one.lon_deg, one.size) == (AIM, 26.2, 127.6, len(data))
    assert one.sha256 == hashlib.sha256(data).hexdigest()
    folder = files.folder_of(records.url)
    assert kept(records) == [folder / one.sha256[:2] / f"{one.sha256}.jpg"]
    assert kept(records)[0].stat().st_mode & 0o077 == 0
    assert listed(records) == [one]
    assert bytes_of(records, 1) == (one, data)


def test_a_still_of_a_vessel_of_an_earlier_run_is_not_another_vessels(records):
    attach(records, BY, ONE, b"x")
    Watch(records).begin(T + 100.0)
    assert listed(records) == []
    with records.read() as connection:
        assert [one.number for one in of_vessel(connection, 17, T - 100.0)] == [1]


def test_every_one_is_in_the_log_and_the_audit_with_its_hash(records):
    one = attach(records, BY, ONE, b"x")
    with records.read() as connection:
        line = ask.log_lines(connection, 0, None, None, None, 10)[-1]
        assert (line["what"], line["who"]) == ("still kept", "Sato")
        assert line["text"] == f"still of #17 by camera pier kept: 1 bytes, SHA-256 {one.sha256}"
        row = connection.execute(sa.select(tables.audit).order_by(tables.audit.c.row.desc()).limit(1)).one()
        assert one.sha256 in row.after
        assert verify(connection).good


def test_a_file_that_was_changed_or_taken_away_is_told_and_not_given(records):
    one = attach(records, BY, ONE, b"the truth")
    file = kept(records)[0]
    file.write_bytes(b"the Truth")
    with pytest.raises(files.Changed, match="attachment 1: its file was changed since it was kept"):
        bytes_of(records, one.number)
    file.unlink()
    with pytest.raises(files.Changed, match="attachment 1: its file is gone from the folder"):
        bytes_of(records, one.number)
    assert attach(records, BY, ONE, b"the truth").number == 2  # the same bytes again put it right
    assert bytes_of(records, 1)[1] == b"the truth"


def test_the_oldest_that_nobody_protects_makes_room_and_that_is_told(records):
    for k in range(4):
        attach(records, BY, ONE, bytes([k]) * 100, quota=400)
    protect(records, By("Mori", T), 1)
    attach(records, BY, ONE, b"new" * 50, quota=400)
    there = {one.number: one.dropped is None for one in listed(records)}
    assert there == {1: True, 2: False, 3: False, 4: True, 5: True}
    assert len(kept(records)) == 3
    with pytest.raises(Conflict, match="attachment 2 was dropped to make room"):
        bytes_of(records, 2)
    with pytest.raises(Conflict, match="attachment 2 was dropped"):
        protect(records, BY, 2)
    with records.read() as connection:
        lines = [line["text"] for line in ask.log_lines(connection, 0, None, None, None, 20)]
    assert "still 2 of #17 was dropped to make room for newer ones" in lines
    assert "still 3 of #17 was dropped to make room for newer ones" in lines
    assert "attachment 1, a still of #17, is protected" in lines


def test_what_does_not_fit_beside_what_is_protected_is_refused_and_leaves_nothing(records):
    attach(records, BY, ONE, b"x" * 300, quota=400)
    protect(records, BY, 1)
    with pytest.raises(BadInput, match="no room for a still of 200 bytes: 400 are allowed, the others are protected"):
        attach(records, BY, ONE, b"y" * 200, quota=400)
    assert [one.number for one in listed(records)] == [1]
    assert len(kept(records)) == 1


def test_bytes_that_two_share_count_once_and_stay_while_one_is_left(records):
    attach(records, BY, ONE, b"a" * 100, quota=250)
    attach(records, BY, ONE, b"b" * 100, quota=250)
    protect(records, BY, attach(records, BY, ONE, b"a" * 100, quota=250).number)
    assert [one.dropped for one in listed(records)] == [None, None, None]
    attach(records, BY, ONE, b"c" * 100, quota=250)
    assert {one.number: one.dropped is None for one in listed(records)} == {1: False, 2: False, 3: True, 4: True}
    assert bytes_of(records, 3)[1] == b"a" * 100


def test_nonsense_is_refused(records):
    with pytest.raises(BadInput, match="kind: expected one of still, clip"):
        attach(records, BY, Taken("film", "pier", T), b"x")
    with pytest.raises(BadInput):
        attach(records, BY, ONE, b"")
    with pytest.raises(Unknown, match="there is no attachment 9"), records.read() as connection:
        one_of(connection, 9)


def test_records_of_the_layout_before_get_the_table(tmp_path):
    records = Records(tmp_path / "old.sqlite").open()
    with records.engine.begin() as connection:
        tables.attachment.drop(connection)
        connection.execute(sa.update(tables.head).values(layout=5))
    records.close()
    again = Records(tmp_path / "old.sqlite").open()
    assert attach(again, BY, ONE, b"x").number == 1
    with again.read() as connection:
        assert connection.execute(sa.select(tables.head.c.layout)).scalar_one() == tables.LAYOUT
    assert sorted(layout.STEPS) == list(range(1, tables.LAYOUT))
    again.close()


def asked(records: Records | None, page: Path, path: str) -> httpx.Response:
    app: Any = create_app(page=page, state=FaceState(), records=records)

    async def get() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080/api/v1") as client:
            return await client.get(path)

    return asyncio.run(get())


def test_the_api_lists_a_vessels_and_gives_the_bytes_with_their_hash(records, tmp_path):
    attach(records, BY, ONE, b"\xff\xd8still")
    attach(records, BY, Taken("clip", "pier", T, 17), b"RIFFclip")
    told = asked(records, tmp_path, "/vessels/17/attachments")
    Attachments.model_validate(told.json())
    assert [(one["number"], one["kind"]) for one in told.json()["attachments"]] == [(2, "clip"), (1, "still")]
    assert "path" not in told.json()["attachments"][0]
    still = asked(records, tmp_path, "/attachments/1")
    assert (still.status_code, still.content, still.headers["content-type"]) == (200, b"\xff\xd8still", "image/jpeg")
    assert still.headers["x-sha256"] == hashlib.sha256(still.content).hexdigest()
    assert still.headers["x-content-type-options"] == "nosniff"
    assert asked(records, tmp_path, "/attachments/2").headers["content-type"] == "video/x-msvideo"
    assert asked(records, tmp_path, "/vessels/18/attachments").json() == {"attachments": []}


def test_the_api_tells_a_changed_file_in_a_sentence_and_does_not_serve_it(records, tmp_path):
    attach(records, BY, ONE, b"\xff\xd8still")
    kept(records)[0].write_bytes(b"\xff\xd8other")
    told = asked(records, tmp_path, "/attachments/1")
    assert (told.status_code, "was changed since it was kept" in told.json()["detail"]) == (409, True)
    assert asked(records, tmp_path, "/attachments/2").status_code == 404
    assert asked(records, tmp_path, "/attachments/0").status_code == 422
    assert asked(None, tmp_path, "/attachments/1").status_code == 404
