"""A patrol whose radar stands behind a ridge."""

import numpy as np
import pytest
from tests.coast.made_terrain import hgt

from mihari.core.errors import BadInput
from mihari.patrol.file import load
from mihari.patrol.ground import ground_of

PATROL = """
name = "ridge"
start = 2026-11-21T03:00:00Z
hours = 8.0
[area]
lat_deg = 10.5
lon_deg = 20.5
along_km = 60.0
across_km = 40.0
bearing_deg = 90.0
cell_km = 10.0
{area}
[[demand]]
name = "all"
every_h = 2.0
vessel = "ship"
[[radar]]
name = "hill"
lat_deg = 10.5
lon_deg = 20.5
height_m = 120.0
"""


def ground(folder, area=""):
    folder.mkdir(exist_ok=True)
    (folder / "patrol.toml").write_text(PATROL.format(area=area))
    return ground_of(load(folder / "patrol.toml"))


def ridge(folder, height):
    """A wall of so many m, 5 km east of the radar."""
    folder.mkdir(parents=True)
    heights = np.zeros((1201, 1201))
    heights[:, 650:658] = height
    hgt(folder, "N10E020.hgt", heights)


def test_a_radar_behind_a_ridge_watches_fewer_cells_whatever_its_height(tmp_path):
    ridge(tmp_path / "srtm", 150)
    free, behind = ground(tmp_path), ground(tmp_path, 'terrain = "srtm"')
    east = free.cells.lon_deg > 20.6
    assert (free.watched[east] == 1).all()
    assert (behind.watched[east] == 0).all()
    west = free.cells.lon_deg < 20.5
    assert (behind.watched[west] == free.watched[west]).all()


def test_terrain_counts_in_place_of_the_coastline(tmp_path):
    ridge(tmp_path / "srtm", -5)
    free, flat = ground(tmp_path), ground(tmp_path, 'terrain = "srtm/N10E020.hgt"')
    np.testing.assert_array_equal(flat.watched, free.watched)


def test_terrain_is_looked_for_beside_the_patrol_file_and_goes_with_it(tmp_path, monkeypatch):
    ridge(tmp_path / "there" / "srtm", 150)
    monkeypatch.chdir(tmp_path)
    found = ground(tmp_path / "there", 'terrain = "srtm"')
    assert found.cells.terrain.tiles[0].path == tmp_path / "there" / "srtm" / "N10E020.hgt"
    with pytest.raises(BadInput, match="no such file or folder"):
        ground(tmp_path / "elsewhere", 'terrain = "srtm"')


def test_terrain_that_has_nothing_where_the_radar_looks_is_told(tmp_path):
    hgt(tmp_path, "N50E000.hgt", np.zeros((1201, 1201)))
    with pytest.raises(BadInput, match=r"radar 'hill': the terrain has no heights within 44 km of 10\.5, 20\.5"):
        ground(tmp_path, 'terrain = "N50E000.hgt"')
