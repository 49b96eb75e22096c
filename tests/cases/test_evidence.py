"""Evidence: tracks cut from the archive and honestly thinned, pictures copied, files by their hash, never more."""

from __future__ import annotations

import hashlib

import numpy as np
import orjson
import pytest
from alert_helpers import T
from case_helpers import JPEG, SHADY, TANKER, by, case_of, files_in, opened

from mihari.alerts.actions import Conflict, Unknown
from mihari.alerts.records import Records
from mihari.cameras import files as stills
from mihari.cases import decide, files, tracks
from mihari.cases.gather import open_from_alert
from mihari.core.errors import BadInput


def evidence(records: Records, kind: str) -> list[dict]:
    return [one for one in case_of(records)["lists"]["evidence"] if one["kind"] == kind]


def test_tracks_are_cut_from_the_archive_and_their_bytes_are_those_of_the_hash(records, archive):
    opened(records, archive=archive)
    found = {one["mmsi"]: one for one in evidence(records, "track")}
    data = files.bytes_of(records, found[TANKER]["sha256"])
    assert hashlib.sha256(data).hexdigest() == found[TANKER]["sha256"]
    track = tracks.read(data)
    assert len(track.time) == 719  # of 1080 in three hours, an hour of silence less
    assert not np.any((track.time > T + 1200) & (track.time < T + 4810))
    assert "719 positions; archive" in found[TANKER]["what"]
    assert len(tracks.read(files.bytes_of(records, found[SHADY]["sha256"])).time) == 1080


def test_without_an_archive_there_are_the_places_kept_with_the_behaviours_and_that_is_said(records):
    opened(records)
    found = {one["mmsi"]: one["what"] for one in evidence(records, "track")}
    assert "all 5 positions; places kept with its behaviours" in found[TANKER]


def test_a_folder_that_is_no_archive_is_as_none(records, tmp_path):
    (tmp_path / "empty").mkdir()
    opened(records, archive=tmp_path / "empty")
    assert len(evidence(records, "track")) == 2


def test_a_long_track_is_thinned_evenly_and_says_so():
    time = np.arange(10_001.0)
    track, said = tracks.thinned(tracks.Track(time, time * 0, time * 0, "archive"), 101)
    assert said == "101 of 10001 positions, evenly chosen by number"
    assert (track.time[0], track.time[-1]) == (0.0, 10_000.0)
    assert set(np.diff(track.time)) == {100.0}


def test_places_that_are_none_and_two_of_one_time_are_left_out():
    track = tracks.from_places([(2.0, 26.0, 127.0), (1.0, 26.1, 127.1), (2.0, 26.2, 127.2), (3.0, np.nan, 127.0)])
    assert track is not None
    assert track.time.tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"{}", b"\xff", b'{"time":[1],"lat_deg":[91],"lon_deg":[0],"source":""}',
     b'{"time":[1,2],"lat_deg":[1],"lon_deg":[0],"source":""}', b'{"time":[],"lat_deg":[],"lon_deg":[],"source":""}',
     b'{"time":["x"],"lat_deg":[1],"lon_deg":[0],"source":""}'],
)  # fmt: skip
def test_bytes_that_are_no_track_are_refused(data):
    with pytest.raises(BadInput, match="expected a track"):
        tracks.read(data)


def test_the_alert_is_kept_as_it_stood(records):
    opened(records)
    told = orjson.loads(files.bytes_of(records, evidence(records, "alert")[0]["sha256"]))
    assert (told["number"], [b["kind"] for b in told["behaviours"]]) == (1, ["gap", "rendezvous"])
    assert told["behaviours"][1]["innocent"] == ["bunkering"]


def test_a_still_stays_with_the_case_when_it_makes_room_elsewhere(records):
    opened(records)
    for path in files_in(stills.folder_of(records.url)):
        path.unlink()
    assert files.bytes_of(records, evidence(records, "picture")[0]["sha256"]) == JPEG


def test_a_still_that_is_gone_is_told_and_the_case_opens_without_it(records):
    for path in files_in(stills.folder_of(records.url)):
        path.unlink()
    _, left_out = open_from_alert(records, by(), 1)
    assert left_out == ["attachment 1: its file is gone from the folder"]


def test_a_file_is_kept_by_its_hash_for_its_owner_alone(records):
    opened(records)
    decide.add_file(records, by("Mori"), 1, "..\\..\\evil/<b>log.html", b"<script>alert(1)</script>", "a page")
    one = evidence(records, "file")[0]
    assert (one["name"], one["media"], one["what"], one["size"]) == ("<b>log.html", "text/plain", "a page", 25)
    path = files.folder_of(records) / files.place_of(one["sha256"])
    assert path.name == one["sha256"]
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("data", "media"),
    [(JPEG, "image/jpeg"), (b"\x89PNG\r\n\x1a\nxx", "image/png"), (b"%PDF-1.7", "application/pdf"),
     ("警備".encode(), "text/plain"), (b"MZ\x90\x00", "application/octet-stream"),
     (b"GIF89a\x00", "application/octet-stream")],
)  # fmt: skip
def test_what_a_file_is_its_bytes_say(data, media):
    assert decide.media_of(data) == media


def test_one_file_twice_is_kept_once(records):
    opened(records)
    before = files_in(files.folder_of(records))
    for name in ("a.txt", "b.txt"):
        decide.add_file(records, by(), 1, name, b"the same")
    assert len(files_in(files.folder_of(records))) == len(before) + 1
    assert [one["name"] for one in evidence(records, "file")] == ["a.txt", "b.txt"]


@pytest.mark.parametrize("size", [0, files.FILE_MAX + 1])
def test_a_file_that_is_empty_or_too_large_is_refused_and_leaves_nothing(records, size):
    opened(records)
    before = files_in(files.folder_of(records))
    with pytest.raises(BadInput, match=f"a file of {size} bytes"):
        decide.add_file(records, by(), 1, "x", bytes(size))
    assert files_in(files.folder_of(records)) == before


def test_a_case_that_is_not_there_leaves_no_file(records):
    with pytest.raises(Unknown):
        decide.add_file(records, by(), 1, "x", b"data")
    assert files_in(files.folder_of(records)) == []


def test_no_room_is_told_and_leaves_nothing(records):
    with (
        pytest.raises(BadInput, match="no room for evidence: 3 bytes are allowed, 0 are kept"),
        files.Placing(records, [files.Blob(b"data", "")], quota=3) as placing,
        records.write() as (connection, _),
    ):
        placing.done(connection, 1.0)
    assert files_in(files.folder_of(records)) == []


def test_a_file_that_was_changed_is_never_given(records):
    opened(records)
    sha256 = evidence(records, "picture")[0]["sha256"]
    (files.folder_of(records) / files.place_of(sha256)).write_bytes(b"another picture")
    with pytest.raises(Conflict, match="was changed since it was kept"):
        files.bytes_of(records, sha256)


def test_a_file_of_another_node_is_not_here(records):
    with pytest.raises(Unknown, match="not at this node"):
        files.bytes_of(records, "0" * 64)


def test_what_people_told_near_the_alert_at_that_time_becomes_evidence(records):
    near = {"who": "Kinjo", "time": T + 3000.0, "lat_deg": 26.5, "lon_deg": 127.3, "what": "two ships side by side"}
    others = (near | {"lat_deg": 26.7}, near | {"time": T + 90_000.0}, near | {"time": T - 90_000.0})
    open_from_alert(records, by(), 1, reports=(others[0], near, *others[1:]))
    found = evidence(records, "report")
    assert [one["what"] for one in found] == ["report of Kinjo, 2026-09-21T15:03:20Z: two ships side by side"]
    assert orjson.loads(files.bytes_of(records, found[0]["sha256"])) == near


def test_the_dossier_is_kept_as_it_stood(records, archive):
    opened(records, archive=archive)
    one = next(e for e in evidence(records, "dossier") if e["mmsi"] == SHADY)
    told = orjson.loads(files.bytes_of(records, one["sha256"]))
    assert [c["value"] for c in told["claims"] if c["field"] == "name"] == ["NIGHT <b>STAR</b>", "STAR 9"]
    assert f"with {len(told['claims'])} claims" in one["what"]
