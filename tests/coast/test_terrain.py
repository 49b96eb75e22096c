"""Elevation models made by hand: their heights, and every way of being none."""

import contextlib
import math
import struct

import numpy as np
import pytest
from PIL import Image
from PIL.TiffImagePlugin import ImageFileDirectory_v2
from tests.coast.made_terrain import geotiff, hgt

from mihari.coast import load_terrain
from mihari.core.errors import BadInput

STEP = 1 / 1200


def slope(side=1201):
    """Heights that grow by 1 a row from the south and by 0.5 a column: bilinear interpolation is exact."""
    row, column = np.mgrid[0:side, 0:side]
    return (side - 1 - row) + column // 2 * 1


def plane(rows=11, columns=21, kind="f4"):
    row, column = np.mgrid[0:rows, 0:columns]
    return (100 + 10 * row + column).astype(kind)


def test_heights_of_an_hgt_tile_are_those_of_its_corners_and_between_them(tmp_path):
    terrain = load_terrain(hgt(tmp_path, "N26E127.hgt", slope()))
    assert terrain.heights(26.0, 127.0) == 0
    assert terrain.heights(27.0, 127.0) == 1200
    assert terrain.heights(27.0, 128.0) == 1800
    assert terrain.heights(26.0 + 10.25 * STEP, 127.0 + 4 * STEP) == pytest.approx(12.25)
    assert np.isnan(terrain.heights([25.99, 26.5], [127.5, 128.01])).all()


@pytest.mark.parametrize(
    ("name", "lat", "lon"), [("S01W001.hgt", -0.5, -0.5), ("n00e179.HGT", 0.5, 179.5), ("S90W180.hgt", -89.5, -179.5)]
)
def test_a_tile_lies_where_its_name_says(tmp_path, name, lat, lon):
    terrain = load_terrain(hgt(tmp_path, name, np.full((1201, 1201), 7)))
    assert terrain.heights(lat, lon) == 7
    assert terrain.heights(lat, lon - 360) == 7
    assert np.isnan(terrain.heights(-lat, lon + 90))


def test_a_tile_of_one_second_has_9_times_the_samples(tmp_path):
    heights = np.zeros((3601, 3601))
    heights[1800, 1800] = 90
    terrain = load_terrain(hgt(tmp_path, "N00E000.hgt", heights))
    assert terrain.heights(0.5, [0.5, 0.5 + 1 / 7200, 0.5 + 1 / 3600]).round(6).tolist() == [90, 45, 0]


def test_voids_do_not_count_and_where_all_around_are_voids_there_is_no_height(tmp_path):
    heights = np.full((1201, 1201), 50)
    heights[600, 600:602] = -32768
    heights[100:110, 100:110] = -32768
    terrain = load_terrain(hgt(tmp_path, "N00E000.hgt", heights))
    assert terrain.heights(0.5 + 0.3 * STEP, 0.5 + 0.5 * STEP) == 50
    assert np.isnan(terrain.heights(1 - 105.5 * STEP, 105.5 * STEP))


def test_neighbouring_tiles_meet_without_a_seam(tmp_path):
    hgt(tmp_path, "N00E000.hgt", slope())
    hgt(tmp_path, "N00E001.hgt", slope() + 600)
    terrain = load_terrain(tmp_path)
    lon = 1 + np.linspace(-2, 2, 41) * STEP
    found = terrain.heights(0.25, lon)
    assert not np.isnan(found).any()
    assert np.abs(np.diff(found)).max() <= 0.21
    assert found[20] == pytest.approx(900)


def test_tiles_of_cells_leave_no_gap_and_the_finer_of_two_counts(tmp_path):
    geotiff(tmp_path / "a.tif", np.full((10, 10), 5, "i2"), 10.9, 20.0, 0.1)
    geotiff(tmp_path / "b.tif", np.full((10, 10), 6, "i2"), 10.9, 21.0, 0.1)
    geotiff(tmp_path / "c.tif", np.full((10, 10), 7, "i2"), 10.5, 20.0, 0.01)
    found = load_terrain(tmp_path).heights(10.7, np.linspace(20, 21.9, 500))
    assert set(found.round(9).tolist()) == {5, 6}
    assert load_terrain(tmp_path).heights(10.45, [20.05, 20.5]).tolist() == [7, 5]


def test_tiles_meet_across_the_antimeridian(tmp_path):
    hgt(tmp_path, "N00E179.hgt", np.full((1201, 1201), 8))
    hgt(tmp_path, "N00W180.hgt", np.full((1201, 1201), 9))
    assert load_terrain(tmp_path).heights(0.5, [179.9, -179.9, 180.1]).tolist() == [8, 9, 9]


@pytest.mark.parametrize("kind", ["i2", "f4"])
@pytest.mark.parametrize(("order", "packed"), [("<", False), ("<", True), (">", False)])
def test_a_geotiff_gives_its_heights_whatever_its_bytes(tmp_path, kind, order, packed):
    heights = plane(kind=kind)
    heights[0, 0] = -25
    terrain = load_terrain(geotiff(tmp_path / "t.tif", heights, 30.0, -10.0, 0.5, order=order, packed=packed))
    assert terrain.heights([30.0, 29.5, 25.0], [-10.0, -9.5, 0.0]).tolist() == [-25, 111, 220]
    assert terrain.heights(29.25, -8.75) == pytest.approx(117.5)


def test_a_geotiff_of_cells_has_its_heights_in_their_middles(tmp_path):
    cells = {1024: 2, 1025: 1, 2048: 4326, 4099: 9001}
    terrain = load_terrain(geotiff(tmp_path / "t.tif", plane(), 30.0, -10.0, 0.5, cells))
    assert terrain.heights([29.75, 29.25], [-9.75, -9.25]).tolist() == [100, 111]


def test_a_tie_point_may_be_any_sample(tmp_path):
    tie = {33922: ("d", (4.0, 2.0, 0.0, -8.0, 29.0, 0.0))}
    terrain = load_terrain(geotiff(tmp_path / "t.tif", plane(), 0.0, 0.0, 0.5, tags=tie))
    assert terrain.heights([30.0, 29.0], [-10.0, -8.0]).tolist() == [100, 124]


def test_what_pillow_packs_with_a_predictor_is_read(tmp_path):
    told = ImageFileDirectory_v2()
    told[33550], told[33922] = (0.5, 0.5, 0.0), (0.0, 0.0, 0.0, -10.0, 30.0, 0.0)
    told[34735], told.tagtype[34735] = (1, 1, 0, 3, 1024, 0, 1, 2, 1025, 0, 1, 2, 2048, 0, 1, 4326), 3
    for tag in (33550, 33922):
        told.tagtype[tag] = 12
    Image.fromarray(plane()).save(tmp_path / "t.tif", tiffinfo=told, compression="tiff_adobe_deflate")
    assert load_terrain(tmp_path / "t.tif").heights(29.5, -9.5) == 111


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"keys": {1024: 1, 3072: 32654}}, "WGS-84"),
        ({"keys": {1024: 2, 2048: 4269}}, "WGS-84"),
        ({"tags": {34735: ("H", None)}}, "WGS-84"),
        ({"keys": {1024: 2, 2048: 4326, 4099: 9002}}, "metres"),
        ({"tags": {34264: ("d", (1.0,) * 16)}}, "north up"),
        ({"tags": {33550: ("d", None)}}, "north up"),
        ({"tags": {33922: ("d", (0.0,) * 12)}}, "north up"),
        ({"tags": {33550: ("d", (0.5, -0.5, 0.0))}}, "positive steps"),
        ({"tags": {33550: ("d", (0.5, math.nan, 0.0))}}, "positive steps"),
        ({"tags": {33922: ("d", (0.0, 0.0, 0.0, 500e3, 3e6, 0.0))}}, "on the Earth"),
        ({"heights": plane(kind="u2")}, "16-bit signed"),
        ({"heights": plane(kind="i4")}, "16-bit signed"),
        ({"heights": np.zeros((5, 5, 3), "i2")}, "one band"),
        ({"heights": np.zeros((1, 5), "i2")}, "2 × 2"),
        ({"order": ">", "packed": True}, "big-endian"),
        ({"tags": {256: ("I", (70000,)), 257: ("I", (70000,))}}, "cut it in tiles"),
    ],
)
def test_a_geotiff_of_another_kind_is_refused_in_a_sentence(tmp_path, change, told):
    heights = change.pop("heights", plane())
    path = geotiff(tmp_path / "t.tif", heights, 30.0, -10.0, 0.5, **change)
    with pytest.raises(BadInput, match=told):
        load_terrain(path)


@pytest.mark.filterwarnings("ignore:.*EXIF:UserWarning")  # Pillow's, of tags that end too soon
def test_a_damaged_geotiff_is_told(tmp_path):
    path = geotiff(tmp_path / "t.tif", plane(), 30.0, -10.0, 0.5, packed=True)
    whole = path.read_bytes()
    path.write_bytes(whole[:20] + b"\xff" * 40 + whole[60:])
    terrain = load_terrain(path)
    with pytest.raises(BadInput, match="cannot be read: damaged"):
        terrain.heights(29.5, -9.5)
    for broken in (b"", b"II*\0", b"hello" * 100, whole[:8] + b"\xff" * 500, struct.pack("<2sHI", b"II", 42, 10**9)):
        path.write_bytes(broken)
        with pytest.raises(BadInput, match="not a whole GeoTIFF"):
            load_terrain(path)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_any_bytes_changed_in_a_geotiff_are_borne(tmp_path):
    rng = np.random.default_rng(9)
    whole = geotiff(tmp_path / "t.tif", plane(), 30.0, -10.0, 0.5, packed=True).read_bytes()
    used = 0
    for _ in range(300):
        broken = bytearray(whole)
        broken[rng.integers(len(whole))] = rng.integers(256)
        (tmp_path / "t.tif").write_bytes(broken[: rng.integers(len(whole)) if rng.uniform() < 0.1 else None])
        with contextlib.suppress(BadInput):
            found = load_terrain(tmp_path / "t.tif").heights(29.2, [-9.2, 50.0])
            used += 1
            assert np.isnan(found[1]) or -500 <= found[1] <= 9000
    assert 50 < used < 250


def test_what_else_lies_in_the_folder_is_left_alone(tmp_path):
    hgt(tmp_path, "N26E127.hgt", slope())
    (tmp_path / "readme.txt").write_text("heights")
    (tmp_path / "older.tif").mkdir()
    (tmp_path / "N27E127.hgt").symlink_to(tmp_path / "gone.hgt")
    assert len(load_terrain(tmp_path).tiles) == 1


@pytest.mark.parametrize(
    ("name", "size", "told"),
    [
        ("N26E127.hgt", 1000, "found 1,000"),
        ("okinawa.hgt", 2 * 1201 * 1201, "south-west corner"),
        ("N95E127.hgt", 2 * 1201 * 1201, "on the Earth"),
        ("N26E127.zip", 100, "elevation model"),
    ],
)
def test_a_file_that_is_no_tile_is_refused(tmp_path, name, size, told):
    (tmp_path / name).write_bytes(bytes(size))
    with pytest.raises(BadInput, match=told):
        load_terrain(tmp_path / name)


def test_a_folder_without_tiles_and_no_file_at_all_are_told(tmp_path):
    with pytest.raises(BadInput, match=r"expected 1 to 4096 files .* found 0"):
        load_terrain(tmp_path)
    with pytest.raises(BadInput, match="no such file"):
        load_terrain(tmp_path / "srtm")


def test_a_tile_that_goes_away_is_told(tmp_path):
    path = hgt(tmp_path, "N26E127.hgt", slope())
    terrain = load_terrain(path)
    path.unlink()
    with pytest.raises(BadInput, match="N26E127"):
        terrain.heights(26.5, 127.5)
