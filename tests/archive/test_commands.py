"""The archive on the command line: what people type, what they read, what they are told when it is wrong."""

import json

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from lxml import etree

from mihari.cli import cli
from mihari.core.errors import BadInput


def said(*arguments, code=0):
    result = CliRunner().invoke(cli, [str(a) for a in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.stdout


@pytest.mark.slow
def test_a_replay_is_the_same_each_time_and_with_two_threads(kept):
    told = [json.loads(said("replay", kept[0], "--summary", "--threads", n)) for n in (1, 2)]
    told.append(json.loads(said("replay", kept[0], "--summary", "--from", "-15s")))
    assert len({t["tracks_hash"] for t in told}) == 1
    assert len({t["picture_hash"] for t in told}) == 1
    assert told[0]["steps"] > told[2]["steps"] > 100


def test_a_replay_from_before_the_archive_says_where_it_begins(kept):
    result = CliRunner().invoke(cli, ["replay", str(kept[0]), "--summary", "--from", "2001-01-01", "--to", "-30s"])
    begins = json.loads(said("replay", kept[0], "--summary", "--to", "-30s"))["from"]
    assert f"begins at {begins}: played from then on" in result.stderr
    assert json.loads(result.stdout)["from"] == begins


def test_a_picture_after_the_end_is_the_last_one_and_told_so(kept):
    result = CliRunner().invoke(cli, ["history", str(kept[0]), "picture", "--at", "2100-01-01", "--json"])
    assert "its last picture" in result.stderr
    assert len(json.loads(result.stdout)["vessels"]) > 100


@pytest.mark.slow
def test_an_archive_verifies_itself(kept):
    told = json.loads(said("replay", kept[0], "--verify", "--json"))
    assert told["checked"] >= 3
    assert told["differing"] == []
    assert "bit for bit the same" in said("replay", kept[0], "--verify", "--from", "-25s")


def test_where_who_and_when(kept, tmp_path):
    vessels = kept[1].pipeline.compiler.vessels()
    mmsi = int(vessels.mmsi[vessels.mmsi > 0][0])
    text = said("history", kept[0], "vessel", mmsi, "-o", tmp_path / "track.csv")
    assert str(mmsi) in text
    rows = (tmp_path / "track.csv").read_text().splitlines()
    assert rows[0] == "time,lat_deg,lon_deg,speed_kn,course_deg"
    assert len(json.loads(said("history", kept[0], "vessel", mmsi, "--json"))["positions"]) == len(rows) - 1
    place = (float(vessels.lat_deg[0]), float(vessels.lon_deg[0]))
    assert "vessels within 2 km" in said("history", kept[0], "near", *place)
    picture = json.loads(said("history", kept[0], "picture", "--at", "-10s", "--json"))
    assert len(picture["vessels"]) > 100
    said("history", kept[0], "picture", "-o", tmp_path / "then.geojson")
    assert len(json.loads((tmp_path / "then.geojson").read_bytes())["features"]) > 100
    assert "begin" in said("history", kept[0], "events")
    said("history", kept[0], "raw", "-o", tmp_path / "raw.bin")
    assert b"!AIVDM" in (tmp_path / "raw.bin").read_bytes()


def test_a_past_picture_for_other_peoples_maps(kept, tmp_path):
    vessels = json.loads(said("history", kept[0], "picture", "--json"))["vessels"]
    files = {suffix: tmp_path / f"then.{suffix}" for suffix in ("geojson", "kml", "gpx")}
    for file in files.values():
        said("history", kept[0], "picture", "--from", "-1min", "-o", file)
    features = json.loads(files["geojson"].read_bytes())["features"]
    points = [f for f in features if f["geometry"]["type"] == "Point"]
    lines = [f for f in features if f["geometry"]["type"] == "LineString"]
    assert {int(f["properties"]["vessel"]) for f in points} == {v["vessel"] for v in vessels}
    by_id = {v["vessel"]: v for v in vessels}
    for point in points:
        vessel = by_id[int(point["properties"]["vessel"])]
        assert point["geometry"]["coordinates"] == pytest.approx([vessel["lon_deg"], vessel["lat_deg"]], abs=1e-6)
        assert (point["properties"]["speed_kn"], point["properties"]["mmsi"] or 0) == (
            pytest.approx(vessel["speed_kn"], abs=0.11), max(vessel["mmsi"], 0),
        )  # fmt: skip
    assert len(lines) > len(points) / 2
    for line in lines:  # a trail ends where its vessel is
        end = by_id[int(line["properties"]["vessel"])]
        assert line["geometry"]["coordinates"][-1] == pytest.approx([end["lon_deg"], end["lat_deg"]], abs=0.01)
        assert line["properties"]["times"] == sorted(line["properties"]["times"])
    marks = etree.parse(files["kml"]).findall(".//{*}Point")
    tracks = etree.parse(files["kml"]).findall(".//{*}Track")
    assert (len(marks), len(tracks) >= len(lines)) == (len(points), True)
    assert len(etree.parse(files["gpx"]).findall("{*}wpt")) == len(points)
    assert len(etree.parse(files["gpx"]).findall("{*}trk")) == len(tracks)


def test_where_a_vessel_was_for_other_peoples_maps(kept, tmp_path):
    vessels = kept[1].pipeline.compiler.vessels()
    mmsi = int(vessels.mmsi[vessels.mmsi > 0][0])
    positions = json.loads(said("history", kept[0], "vessel", mmsi, "--json"))["positions"]
    for suffix, path in (("kml", ".//{*}coord"), ("gpx", ".//{*}trkpt")):
        said("history", kept[0], "vessel", mmsi, "-o", tmp_path / f"t.{suffix}")
        assert len(etree.parse(tmp_path / f"t.{suffix}").findall(path)) == len(positions)
    said("history", kept[0], "vessel", mmsi, "--from", "2001-01-01", "--to", "2001-01-02", "-o", tmp_path / "none.kml")
    assert etree.parse(tmp_path / "none.kml").findall(".//{*}Placemark") == []


def test_its_reports_become_tracks(kept, tmp_path):
    told = json.loads(said("track", kept[0], "-o", tmp_path / "t.parquet", "--json"))
    assert told["rows"] == pq.read_metadata(tmp_path / "t.parquet").num_rows > 500


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("history", "ARCHIVE", "vessel", "NOBODY AT ALL"), "nobody in the archive has called itself so"),
        (("history", "ARCHIVE", "vessel", "A"), "vessels have called themselves so"),
        (("history", "ARCHIVE", "near", "99", "0"), "expected degrees north"),
        (("history", "ARCHIVE", "near", "1", "0", "--from", "noon"), "expected 2026-11-20T17:05:30"),
        (("history", "ARCHIVE", "picture", "--at", "2001-01-01"), "begins at"),
        (("history", "ARCHIVE", "picture", "-o", "x.png"), "expected a name that ends in .csv"),
        (("history", "ARCHIVE", "picture", "--from", "-1min"), "which hold trails"),
        (("history", "ARCHIVE", "picture", "--from", "-1min", "-o", "x.csv"), "which hold trails"),
        (("history", "ARCHIVE", "picture", "--from", "2100-01-01", "-o", "x.kml"), "lies after"),
        (
            ("history", "ARCHIVE", "vessel", "431000123", "-o", "none/x.csv"),
            "expected a file in a folder that is there",
        ),
        (("history", "ARCHIVE", "raw", "-o", "/"), "cannot be written: is a directory"),
        (("history", "ARCHIVE", "picture", "--at", "25:99"), "expected 2026-11-20T17:05:30"),
        (("history", "ARCHIVE", "picture", "--at", "999999999999"), "expected 2026-11-20T17:05:30"),
        (("history", "ARCHIVE", "vessel", "#²"), "nobody in the archive has called itself so"),
        (("history", "no-such-folder", "events"), "no such archive"),
        (("replay", "ARCHIVE", "--from", "-1s", "--to", "-5s"), "lies before --from"),
        (("replay", "ARCHIVE", "ARCHIVE"), "expected one archive"),
        (("replay", "x.nmea", "--verify"), "are for an archive"),
        (("track", "x.nmea", "--from", "-1h", "-o", "t.parquet"), "are for an archive"),
    ],
)
def test_a_mistake_is_one_sentence(kept, arguments, sentence):
    with pytest.raises(BadInput, match=sentence):
        said(*(kept[0] if a == "ARCHIVE" else a for a in arguments))
