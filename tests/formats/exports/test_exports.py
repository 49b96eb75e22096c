"""Files for other people's maps: read back by independent readers, against schemas, strange input, seams."""

import csv
import io
import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely
from lxml import etree

from mihari.core.errors import BadInput
from mihari.core.picture import ClaimedIdentity, Identity, Picture, Source, Vessels
from mihari.formats.exports import csv_of, geojson, gpx, kml, vessels_of
from mihari.formats.exports.rows import pieces, trails_of

ROOT = Path(__file__).parents[3]
VESSELS = {
    "id": [7, 8, 9],
    "name": ["KAI MARU", '<O\'B & "Co">', ""],
    "mmsi": [431000001, 0, -1],
    "lat_deg": [26.1234567, -33.5, 0.0],
    "lon_deg": [127.7654321, -70.25, 180.0],
    "course": [math.pi / 2, math.nan, 6.2831],
    "speed": [5.0, math.nan, 0.0],
    "time": [1795376801.5, math.nan, 0.0],
    "source": ["radar ais", "radar", ""],
    "sd": [12.34, math.nan, 0.0],
}
TRAIL = {
    "time": [1795376700.0, 1795376750.0, 1795376801.0],
    "lat_deg": [26.0, 26.05, 26.1],
    "lon_deg": [127.7, 127.75, 127.76],
}
ACROSS = {"time": [0.0, 100.0, 200.0], "lat_deg": [1.0, 2.0, 3.0], "lon_deg": [179.0, -179.0, -178.0]}
TRAILS = {7: TRAIL, 9: ACROSS}
K, GX, G = (
    "{http://www.opengis.net/kml/2.2}", "{http://www.google.com/kml/ext/2.2}", "{http://www.topografix.com/GPX/1/1}",
)  # fmt: skip


def test_geojson_as_shapely_reads_it():
    document = geojson(VESSELS, TRAILS)
    shapes = list(shapely.from_geojson(document).geoms)
    assert [shape.geom_type for shape in shapes] == ["Point"] * 3 + ["LineString", "MultiLineString"]
    assert [(p.x, p.y) for p in shapes[:3]] == [(127.7654321, 26.1234567), (-70.25, -33.5), (180.0, 0.0)]
    assert list(shapes[3].coords) == [(127.7, 26.0), (127.75, 26.05), (127.76, 26.1)]
    west, east = (list(line.coords) for line in shapes[4].geoms)
    assert west == [(179.0, 1.0), (180.0, 1.5)]
    assert east == [(-180.0, 1.5), (-179.0, 2.0), (-178.0, 3.0)]
    told = [feature["properties"] for feature in json.loads(document)["features"]]
    assert told[0] == {
        "vessel": "7", "name": "KAI MARU", "mmsi": 431000001, "course_deg": 90.0, "speed_kn": 9.7,
        "time": "2026-11-22T19:46:41Z", "source": "radar ais", "sd_m": 12.3,
    }  # fmt: skip
    assert told[1] == dict.fromkeys(told[0]) | {"vessel": "8", "name": VESSELS["name"][1], "source": "radar"}
    assert (told[2]["course_deg"], told[2]["speed_kn"], told[2]["mmsi"]) == (0.0, 0.0, None)
    assert told[3] == {"vessel": "7", "name": "KAI MARU", "times": TRAIL["time"]}
    assert told[4]["times"] == [[0.0, 50.0], [50.0, 100.0, 200.0]]


def test_kml_says_the_same():
    root = etree.fromstring(kml(VESSELS, TRAILS, name="picture"))
    assert root.findtext(f"{K}Document/{K}name") == "picture"
    vessels, trails = root.findall(f"{K}Document/{K}Folder")
    marks = vessels.findall(f"{K}Placemark")
    assert [m.findtext(f"{K}name") for m in marks] == ["KAI MARU", VESSELS["name"][1], "#9"]
    assert marks[0].findtext(f"{K}Point/{K}coordinates") == "127.7654321,26.1234567"
    assert marks[0].findtext(f"{K}TimeStamp/{K}when") == "2026-11-22T19:46:41Z"
    assert marks[1].find(f"{K}TimeStamp") is None
    assert marks[0].findtext(f"{K}Style/{K}IconStyle/{K}heading") == "90.0"
    assert [m.findtext(f"{K}styleUrl") for m in marks] == ["#ais", "#radar", "#other"]
    data = {d.get("name"): d.findtext(f"{K}value") for d in marks[0].iter(f"{K}Data")}
    assert (data["mmsi"], data["speed_kn"], data["sd_m"]) == ("431000001", "9.7", "12.3")
    track = trails.find(f"{K}Placemark/{GX}Track")
    assert [e.text for e in track.findall(f"{K}when")] == [
        "2026-11-22T19:45:00Z", "2026-11-22T19:45:50Z", "2026-11-22T19:46:41Z",
    ]  # fmt: skip
    assert track.findtext(f"{GX}coord").split()[:2] == ["127.7000000", "26.0000000"]
    assert trails.findtext(f"{K}Placemark/{K}TimeSpan/{K}begin") == "2026-11-22T19:45:00Z"


def test_kml_keeps_to_the_schema():
    """OGC's ogckml22.xsd with Google's kml22gx.xsd: they come with pykml in the venv of test_server's peer."""
    found = sorted(ROOT.glob(".venv-freetakserver/lib/python*/site-packages/pykml/schemas/kml22gx.xsd"))
    if not found:
        pytest.skip("pykml's copies of the KML schemas are not here (tests/formats/cot/test_server.py fetches them)")
    schema = etree.XMLSchema(etree.parse(found[0], etree.XMLParser(no_network=True)))
    for document in (kml(VESSELS, TRAILS), kml([]), kml(VESSELS)):
        assert schema.validate(etree.fromstring(document)), schema.error_log


GPX_SHAPE = """
<grammar xmlns="http://relaxng.org/ns/structure/1.0" ns="http://www.topografix.com/GPX/1/1"
  datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
<start><element name="gpx"><attribute name="version" ns=""><value>1.1</value></attribute>
  <attribute name="creator" ns=""><text/></attribute>
  <optional><element name="metadata"><optional><element name="name"><text/></element></optional>
    <optional><ref name="time"/></optional></element></optional>
  <zeroOrMore><element name="wpt"><ref name="point"/></element></zeroOrMore>
  <zeroOrMore><element name="trk"><optional><element name="name"><text/></element></optional>
    <zeroOrMore><element name="trkseg"><zeroOrMore><element name="trkpt"><ref name="point"/></element></zeroOrMore>
    </element></zeroOrMore></element></zeroOrMore></element></start>
<define name="time"><element name="time"><data type="dateTime"/></element></define>
<define name="point">
  <attribute name="lat" ns=""><data type="decimal"><param name="minInclusive">-90</param>
    <param name="maxInclusive">90</param></data></attribute>
  <attribute name="lon" ns=""><data type="decimal"><param name="minInclusive">-180</param>
    <param name="maxExclusive">180</param></data></attribute>
  <optional><ref name="time"/></optional><optional><element name="name"><text/></element></optional>
  <optional><element name="desc"><text/></element></optional><optional><element name="type"><text/></element></optional>
</define></grammar>
"""  # what we use of GPX 1.1, in the order and with the limits of its schema


def test_gpx_keeps_to_the_order_and_limits_of_its_schema():
    schema = etree.RelaxNG(etree.fromstring(GPX_SHAPE))
    root = etree.fromstring(gpx(VESSELS, TRAILS))
    assert schema.validate(root), schema.error_log
    points = root.findall(f"{G}wpt")
    places = [(p.get("lat"), p.get("lon")) for p in points]
    assert places[::2] == [("26.1234567", "127.7654321"), ("0.0000000", "-180.0000000")]
    assert points[0].findtext(f"{G}name") == "KAI MARU"
    assert points[0].findtext(f"{G}time") == "2026-11-22T19:46:41Z"
    assert "mmsi 431000001, course_deg 90.0, speed_kn 9.7" in points[0].findtext(f"{G}desc")
    tracks = root.findall(f"{G}trk")
    assert [len(list(t.iter(f"{G}trkpt"))) for t in tracks] == [3, 3]
    assert tracks[0].findtext(f"{G}trkseg/{G}trkpt/{G}time") == "2026-11-22T19:45:00Z"


def test_csv_as_two_readers_read_it():
    document = csv_of(VESSELS, TRAILS)
    rows = list(csv.DictReader(io.StringIO(document.decode(), newline="")))
    frame = pd.read_csv(io.BytesIO(document), dtype={"vessel": str})
    assert len(rows) == len(frame) == 3 + 6
    assert rows[0] == {
        "vessel": "7", "name": "KAI MARU", "mmsi": "431000001", "time": "2026-11-22T19:46:41Z",
        "lat_deg": "26.1234567", "lon_deg": "127.7654321", "course_deg": "90.0", "speed_kn": "9.7",
        "source": "radar ais", "sd_m": "12.3",
    }  # fmt: skip
    assert frame.lat_deg.tolist() == [*VESSELS["lat_deg"], *TRAIL["lat_deg"], *ACROSS["lat_deg"]]
    assert frame.name[1] == VESSELS["name"][1]
    assert frame.vessel.tolist() == ["7", "8", "9", "7", "7", "7", "9", "9", "9"]
    assert frame.speed_kn.isna().tolist() == [False, True, False] + [True] * 6


@pytest.mark.parametrize("name", ["=1+1", "+A", "-A", "@SUM(A1)"])
def test_a_name_that_a_spreadsheet_would_run_is_made_text(name):
    row = list(csv.reader(io.StringIO(csv_of([{"id": 1, "lat_deg": 0, "lon_deg": 0, "name": name}]).decode())))[1]
    assert row[1] == f"'{name}"


@pytest.mark.parametrize("write", [geojson, kml, gpx, csv_of])
def test_every_writer_takes_strange_input(write):
    assert write([])
    assert write({"id": [], "lat_deg": [], "lon_deg": []}, {})
    name = "A\x00\x1b\ud800B\nC"
    strange = [{"id": 1, "lat_deg": 1.0, "lon_deg": 2.0, "name": name, "time": 1e30, "speed": math.inf}]
    assert b"\x00" not in write(strange)
    assert "AB" in write(strange).decode()
    told = {"id": [1], "lat_deg": [np.nan], "lon_deg": [0.0]}
    assert write(told) == write([]) != write({"id": [1], "lat_deg": [1.0], "lon_deg": [0.0]})
    assert write([], {1: {"time": [], "lat_deg": [], "lon_deg": []}}) == write([])
    before = {name: list(values) for name, values in VESSELS.items()}
    assert write(VESSELS, TRAILS) == write(VESSELS, TRAILS)
    assert repr(before) == repr(VESSELS)
    for wrong, sentence in (
        ([{"id": 1, "lat_deg": 91.0, "lon_deg": 0.0}], "no place on Earth"),
        ([{"id": 1, "lat": 1.0}], "unknown field 'lat'"),
        ([{"lat_deg": 1.0, "lon_deg": 0.0}], "without id"),
        ({"id": [1, 2], "lat_deg": [1.0], "lon_deg": [0.0]}, "one length"),
    ):
        with pytest.raises(BadInput, match=sentence):
            write(wrong)
    for wrong, sentence in (
        ({"time": [1.0], "lat_deg": [1.0, 2.0], "lon_deg": [0.0]}, "one length"),
        ({"time": [1.0], "lat_deg": [1.0]}, "without 'lon_deg'"),
        ({"time": [1.0], "lat_deg": [95.0], "lon_deg": [0.0]}, "leaves the Earth"),
    ):
        with pytest.raises(BadInput, match=sentence):
            write([], {1: wrong})


def test_random_trails_are_cut_so_that_no_piece_jumps():
    rng = np.random.default_rng(2)
    for _ in range(300):
        count = int(rng.integers(2, 30))
        lon = (np.cumsum(rng.normal(0, 40, count)) + 180.0) % 360.0 - 180.0
        trail = trails_of({1: {"time": np.arange(count), "lat_deg": rng.uniform(-80, 80, count), "lon_deg": lon}})["1"]
        parts = pieces(trail)
        assert all(np.all(abs(np.diff(p.lon_deg)) <= 180.0) for p in parts)
        assert all(np.all(np.diff(p.time) >= 0) for p in parts)
        inner = np.concatenate([p.lon_deg[(abs(p.lon_deg) < 180.0)] for p in parts])
        assert np.array_equal(inner, trail.lon_deg[abs(trail.lon_deg) < 180.0])


def test_a_picture_becomes_columns():
    vessels = Vessels.of(
        2, id=[3, 5], time=9.0, lat_deg=1.0, lon_deg=2.0, east_mps=[3.0, math.nan], north_mps=4.0, cov_ee=250.0,
        cov_en=150.0, cov_nn=250.0, mmsi=[431000001, -1], source=[Source.RADAR | Source.AIS, Source.LOST_AIS],
    )  # fmt: skip
    told = Picture(9.0, 1, vessels, {3: Identity(3, (ClaimedIdentity(431000001, 1.0, name="KAI"),), 0)})
    found = json.loads(geojson(vessels_of(told)))["features"]
    assert found[0]["properties"] == {
        "vessel": "3", "name": "KAI", "mmsi": 431000001, "course_deg": 36.9, "speed_kn": 9.7,
        "time": "1970-01-01T00:00:09Z", "source": "radar ais", "sd_m": 20.0,
    }  # fmt: skip
    assert found[1]["properties"]["source"] == "lost_ais"
    assert found[1]["properties"]["speed_kn"] is None
    assert json.loads(geojson(vessels_of(Picture(0.0, 1, Vessels.empty()))))["features"] == []
