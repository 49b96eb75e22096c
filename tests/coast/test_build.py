"""Cutting areas from the coastline database: closed along the box, lakes cut out, clear about what is missing."""

import importlib

import numpy as np
import pytest

from mihari.coast import LandMask, build, load
from mihari.coast.area import BUILT_IN
from mihari.core.errors import BadInput

shapely = pytest.importorskip("shapely")


def needs_database() -> None:
    try:
        build._source("f")
    except BadInput as missing:
        pytest.skip(str(missing))


def made(rings: list[tuple[int, list[tuple[float, float]]]], box: build.Box, monkeypatch) -> LandMask:
    """A mask of an area cut from these (level, lon-lat ring) polygons instead of the database."""
    polygons = [(level, np.array(ring)) for level, ring in rings]
    monkeypatch.setattr(build, "_source", lambda resolution: None)
    monkeypatch.setattr(build, "_polygons", lambda *given: iter(polygons))
    return LandMask(build.cut("t", "T", box))


def box_ring(west: float, south: float, east: float, north: float) -> list[tuple[float, float]]:
    return [(west, south), (east, south), (east, north), (west, north)]


def test_lakes_and_islands_in_them_down_to_ponds(monkeypatch):
    rings = [(level, box_ring(-i, -i, i, i)) for level, i in ((1, 8.0), (2, 6.0), (3, 4.0), (4, 2.0))]
    mask = made(rings, (-9.0, -9.0, 9.0, 9.0), monkeypatch)
    assert mask.area.level.tolist() == [1, 2, 3, 4]
    assert mask.on_land(0.0, [-8.5, -7.0, -5.0, -3.0, 0.0]).tolist() == [False, True, False, True, False]


def test_land_beyond_the_box_is_closed_along_its_edge(monkeypatch):
    mask = made([(1, box_ring(-50.0, -50.0, 0.0, 50.0))], (-1.0, -1.0, 1.0, 1.0), monkeypatch)
    assert mask.on_land([0.99, 0.0, -0.99], -0.99).all()
    assert not mask.on_land([0.99, 0.0, -0.99], 0.01).any()
    assert mask.area.is_shore().sum() == 1
    assert mask.distance_to_shore(0.9, -0.9) == pytest.approx(0.9 * 111_320, rel=0.001)


def test_a_lake_cut_by_the_box_stays_water(monkeypatch):
    rings = [(1, box_ring(-50.0, -50.0, 50.0, 50.0)), (2, box_ring(-0.5, -9.0, 0.5, 9.0))]
    mask = made(rings, (-1.0, -1.0, 1.0, 1.0), monkeypatch)
    assert mask.on_land([0.0, 0.9, -0.9], 0.0).tolist() == [False] * 3
    assert mask.on_land(0.0, [-0.8, 0.8]).tolist() == [True, True]


def test_an_island_split_at_the_antimeridian_becomes_one(monkeypatch):
    rings = [(1, box_ring(178.0, -1.0, 180.0, 1.0)), (1, box_ring(-180.0, -1.0, -178.0, 1.0))]
    mask = made(rings, (-3.0, 177.0, 3.0, -177.0), monkeypatch)
    assert len(mask.area.level) == 1
    assert mask.on_land(0.0, [179.9999, 180.0, -180.0, -179.9999]).all()
    assert not mask.on_land(0.0, [177.5, -177.5]).any()
    assert mask.distance_to_shore(0.0, 180.0) == pytest.approx(110_574, rel=0.001)


def test_the_open_sea_is_an_area_too(monkeypatch):
    assert len(made([], (0.0, -30.0, 1.0, -29.0), monkeypatch).area.level) == 0


@pytest.mark.parametrize("box", [(1, 0, 0, 1), (0, 5, 1, 5), (-91, 0, 0, 1), (0, 0, 1, 400), (float("nan"), 0, 1, 1)])
def test_an_impossible_box_is_one_sentence(box):
    with pytest.raises(BadInput, match=r"^box .*expected south,west,north,east"):
        build.cut("x", "X", box)


@pytest.mark.parametrize("text", ["", "1,2,3", "a,b,c,d", "1,2,3,4,5", "5,0,1,1", "nan,0,1,1", "0,0,1,1e9"])
def test_a_box_that_is_none_is_one_sentence(text):
    with pytest.raises(BadInput, match=r"^box .*expected"):
        build.parse_box(text)


def test_an_unknown_resolution_or_a_missing_source_says_what_to_do(monkeypatch):
    with pytest.raises(BadInput, match="expected one of f, h, i, l, c"):
        build._source("z")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(BadInput, match=r"pip install 'mihari\[map\]'"):
        build._source("f")


def test_without_shapely_areas_still_load_and_building_says_what_to_do(monkeypatch):
    def no_shapely(name, *rest):
        if name.startswith("shapely"):
            raise ImportError(name)
        return imported(name, *rest)

    imported = importlib.import_module
    monkeypatch.setattr(importlib, "import_module", no_shapely)
    assert LandMask(load("nansei")).on_land(26.5, 127.95)
    with pytest.raises(BadInput, match=r"pip install 'mihari\[map\]'"):
        build.cut("x", "X", (0.0, 0.0, 1.0, 1.0))


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="cannot be written"):
        build.write(load("nansei"), tmp_path / "file" / "x.area")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["nansei", "aegean"])
def test_the_built_in_areas_are_what_build_makes(name, tmp_path):
    needs_database()
    area, shares = load(name), []
    box = (area.south_deg, area.west_deg, area.north_deg, area.east_deg)
    build.build(name, area.title, box, tmp_path / "again.area", progress=shares.append)
    assert (tmp_path / "again.area").read_bytes() == (BUILT_IN / f"{name}.area").read_bytes()
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


@pytest.mark.slow
def test_fiji_is_whole_across_the_antimeridian():
    needs_database()
    mask = LandMask(build.cut("fiji", "Fiji", (-19.0, 177.0, -15.5, -178.0)))
    taveuni, vanua_levu, lakeba = (-16.85, -179.97), (-16.55, 179.3), (-18.22, -178.79)
    assert mask.on_land(*np.transpose([taveuni, vanua_levu, lakeba])).all()
    assert not mask.on_land(-17.5, [179.5, 180.0, -179.5]).any()
