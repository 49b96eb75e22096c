"""Area files: the built-in ones, there and back, and every way of being broken."""

import contextlib
import json
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mihari.coast import Area, areas, geojson, load
from mihari.coast.area import BUILT_IN, MAGIC, from_bytes, to_bytes
from mihari.coast.geojson import simplified
from mihari.core.errors import BadInput

BUILT_IN_NAMES = ("aegean", "nansei", "world")


@pytest.mark.parametrize("name", BUILT_IN_NAMES)
def test_built_in_areas_are_whole_and_inside_their_box(name):
    area = load(name)
    assert area.name == name
    assert area.covers(area.lat_deg, np.minimum(area.lon_deg, area.west_deg + area.width_deg - 1e-9)).all()
    assert (np.diff(area.starts) >= 3).all()
    assert area.level[0] == 1
    assert (BUILT_IN / f"{name}.area").stat().st_size < 200_000
    assert to_bytes(area) == (BUILT_IN / f"{name}.area").read_bytes()


def test_the_coastline_carries_its_notice_into_the_map():
    notice = json.loads(geojson(load("nansei")))["properties"]["notice"]
    assert "GSHHG" in notice
    assert "LGPL-3.0-or-later" in notice
    assert "Wessel" in notice
    assert "Natural Earth" in load("world").notice
    assert "LESSER" in (BUILT_IN / "NOTICE").read_text().upper()


def test_arrays_of_an_area_cannot_be_edited():
    with pytest.raises(ValueError, match="read-only"):
        load("nansei").lat_deg[0] = 0.0


@given(st.integers(0, 2**32 - 1), st.floats(-180, 180), st.integers(1, 5))
def test_a_file_gives_back_what_went_in(seed, west_deg, rings):
    rng = np.random.default_rng(seed)
    counts = rng.integers(3, 9, rings)
    west = round(west_deg, 6)
    area = Area(
        "n", "ünï 島", "x", -10.0, west, 10.0, (west + 190) % 360 - 180,
        np.round(rng.uniform(-10, 10, counts.sum()), 6), np.round(rng.uniform(west, west + 10, counts.sum()), 6),
        np.concatenate([[0], np.cumsum(counts)]), rng.integers(1, 5, rings).astype("u1"),
    )  # fmt: skip
    back = from_bytes(to_bytes(area), "n")
    for name in ("lat_deg", "lon_deg", "starts", "level"):
        np.testing.assert_allclose(getattr(back, name), getattr(area, name), atol=1e-9)
    assert (back.title, back.west_deg, back.east_deg) == (area.title, area.west_deg, area.east_deg)


@given(seed=st.integers(0, 2**32 - 1))
def test_a_damaged_file_is_one_sentence_and_never_a_traceback(seed, square):
    rng = np.random.default_rng(seed)
    whole = bytearray(to_bytes(square()))
    for at in rng.integers(0, len(whole), rng.integers(1, 6)):
        whole[at] = rng.integers(0, 256)
    broken = bytes(whole[: rng.integers(0, len(whole) + 1)])
    with contextlib.suppress(BadInput):
        assert len(from_bytes(broken, "broken.area").lat_deg) == 8


def test_a_bomb_is_not_unpacked():
    header = json.dumps({"rings": 10**9, "points": 10**10}).encode()
    with pytest.raises(BadInput, match="damaged"):
        from_bytes(MAGIC + struct.pack("<I", len(header)) + header, "bomb.area")


def test_a_header_that_cannot_be_is_refused(square):
    for key, value in (("south_deg", float("nan")), ("west_deg", 1e9), ("quantum_deg", -1.0), ("points", -8)):
        packed = to_bytes(square())
        (length,) = struct.unpack_from("<I", packed, 8)
        header = json.dumps(json.loads(packed[12 : 12 + length]) | {key: value}).encode()
        with pytest.raises(BadInput, match="damaged"):
            from_bytes(MAGIC + struct.pack("<I", len(header)) + header + packed[12 + length :], "odd.area")
    for header in (b"[" * 100_000, b'{"rings": 1e999}', b"\xff", b"[]", b"7"):
        with pytest.raises(BadInput, match="damaged"):
            from_bytes(MAGIC + struct.pack("<I", len(header)) + header, "odd.area")


def test_other_files_and_newer_formats_are_told_apart():
    with pytest.raises(BadInput, match="not an area file"):
        from_bytes(b"\x89PNG....", "picture.area")
    with pytest.raises(BadInput, match="expected 1"):
        from_bytes(b"MIHAREA\x02", "later.area")


def test_users_areas_are_found_by_folder_and_by_path(tmp_path, monkeypatch, square):
    (tmp_path / "square.area").write_bytes(to_bytes(square()))
    assert load(tmp_path / "square.area").title == "Square"
    with pytest.raises(BadInput, match="no area 'square': expected one of aegean, nansei, world"):
        load("square")
    monkeypatch.setenv("MIHARI_AREAS", str(tmp_path))
    assert load("square").title == "Square"
    assert set(areas()) == {*BUILT_IN_NAMES, "square"}


def test_geojson_has_longitude_first_closed_rings_and_holes(square):
    document = json.loads(geojson(square()))
    assert document["geometry"]["type"] == "MultiPolygon"
    ((island, lake),) = document["geometry"]["coordinates"]
    assert island[0] == island[-1] == [20.2, 10.2]
    assert len(lake) == 5
    assert lake[:2] == [[20.4, 10.6], [20.6, 10.6]]  # clockwise, against the island's turn
    assert document["bbox"] == [20.0, 10.0, 21.0, 11.0]


def test_geojson_of_an_area_across_the_antimeridian_has_no_jump(square):
    ((island, _),) = json.loads(geojson(square("fiji", 179.5)))["geometry"]["coordinates"]
    assert [x for x, _ in island] == pytest.approx([179.7, 180.3, 180.3, 179.7, 179.7])


def test_simplified_shores_move_by_no_more_than_the_tolerance():
    shapely = pytest.importorskip("shapely")
    area, tolerance = load("aegean"), 0.003
    keep = simplified(area, tolerance)
    assert keep.sum() < 0.15 * len(keep)
    scale = np.cos(np.radians(area.lat_deg))
    points = np.column_stack([area.lon_deg * scale, area.lat_deg])
    for a, b in list(zip(area.starts[:-1], area.starts[1:], strict=True))[:20]:
        chosen = points[a:b][keep[a:b]]
        line = shapely.LinearRing(chosen)
        assert shapely.distance(line, shapely.points(points[a:b])).max() < tolerance * 1.0001


def test_geojson_is_made_once():
    area = load("nansei")
    assert geojson(area, 0.01) is geojson(area, 0.01)
    assert len(geojson(area, 0.01)) < len(geojson(area)) / 5
