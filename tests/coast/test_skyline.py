"""What terrain hides, against distances worked out by hand for an Earth of 4/3 radius."""

import math

import numpy as np
import pytest
from tests.coast.made_terrain import hgt

from mihari.coast import load_terrain
from mihari.coast.skyline import EFFECTIVE_RADIUS, skyline_of
from mihari.core.errors import BadInput
from mihari.core.geodesy import inverse
from mihari.sensors import horizon

HOME = 0.5, 0.2  # on the equator's side of N00E000


def terrain_of(folder, columns=slice(0), height=300, rows=slice(None), sea=0):
    heights = np.full((1201, 1201), sea)
    heights[rows, columns] = height
    return load_terrain(hgt(folder, "N00E000.hgt", heights))


def slant(distance, height):
    return np.hypot(distance, height)


def test_the_earth_is_as_large_as_it_is_for_radars():
    assert pytest.approx(horizon.EFFECTIVE_RADIUS, rel=1e-5) == EFFECTIVE_RADIUS


def test_a_ridge_hides_what_lies_behind_it_as_far_as_worked_out_by_hand(tmp_path):
    # an antenna 400 m up, a ridge of 200 m whose far edge is 11.2 km east: its tangent is -0.0178 - 0.0007; a vessel
    # 5 m high comes out of its shadow where -395 / d - d / 2R is that again
    sky = skyline_of(terrain_of(tmp_path, columns=slice(359, 362), height=200), *HOME, 400.0, 80e3)
    ridge = float(inverse(*HOME, 0.5, 0.3 + 1 / 1200)[0])
    edge = (200 - 400) / ridge - ridge / (2 * EFFECTIVE_RADIUS)
    out = EFFECTIVE_RADIUS * (-edge - math.sqrt(edge**2 - 2 * 395 / EFFECTIVE_RADIUS))
    assert 22e3 < out < 24e3
    distance = np.array([0.97 * ridge, 1.02 * ridge, out - 300, out + 300])
    assert sky.hidden(slant(distance, 400), math.pi / 2, 5.0).tolist() == [False, True, True, False]
    assert not sky.hidden(slant(distance, 400), 1.5 * math.pi, 5.0).any()
    assert sky.hidden(slant(distance, 400), math.pi / 2, 195.0).tolist() == [False, True, False, False]


def test_a_ridge_as_high_as_the_antenna_hides_all_the_sea_behind_it(tmp_path):
    sky = skyline_of(terrain_of(tmp_path, columns=[360]), *HOME, 300.0, 60e3)
    assert sky.hidden(np.linspace(11.3e3, 60e3, 50), math.pi / 2, 20.0).all()


def test_the_end_of_a_ridge_is_where_its_shadow_ends(tmp_path):
    southwards = slice(600, None)
    sky = skyline_of(terrain_of(tmp_path, columns=[360], rows=southwards), *HOME, 50.0, 60e3)
    bearings = np.radians([60, 80, 100, 120, 240])
    assert sky.hidden(30e3, bearings, 5.0).tolist() == [False, False, True, True, False]


@pytest.mark.parametrize("sea", [0, -3, -32768])
def test_a_flat_sea_hides_nothing_even_if_it_is_a_void(tmp_path, sea):
    terrain = terrain_of(tmp_path, columns=[0], sea=sea)
    sky = skyline_of(terrain, *HOME, 30.0, 60e3)
    assert not sky.hidden(np.linspace(100, 60e3, 500), np.linspace(0.0, 3.0, 500), 2.0).any()


def test_flat_land_hides_nothing_before_the_horizon_above_it(tmp_path):
    sky = skyline_of(terrain_of(tmp_path, sea=1), 0.5, 0.5, 41.0, 50e3)
    reach = float(horizon.horizon(40.0, 9.0))
    for bearing in np.linspace(0, 2 * math.pi, 12):
        assert not sky.hidden(np.linspace(100, reach - 100, 300), bearing, 10.0).any()
        assert sky.hidden(reach + 500, bearing, 10.0)


def test_the_hill_under_the_mast_does_not_hide_the_sea(tmp_path):
    heights = np.zeros((1201, 1201))
    heights[599:602, 239:242] = 60  # the hill ends 186 m from the mast, and seems higher than it
    sky = skyline_of(load_terrain(hgt(tmp_path, "N00E000.hgt", heights)), *HOME, 55.0, 40e3)
    assert not sky.hidden(np.linspace(500, 30e3, 100), math.pi / 2, 3.0).all()


def test_an_antenna_whose_height_was_counted_from_the_ground_is_told(tmp_path):
    with pytest.raises(BadInput, match="ground there 250 m; expected its height above the sea"):
        skyline_of(terrain_of(tmp_path, sea=250), *HOME, 30.0, 40e3)


def test_terrain_of_elsewhere_is_told(tmp_path):
    with pytest.raises(BadInput, match="no heights within 40 km of 26, 127"):
        skyline_of(terrain_of(tmp_path), 26.0, 127.0, 30.0, 40e3)


def test_far_reach_is_bounded_in_size(tmp_path):
    sky = skyline_of(terrain_of(tmp_path, columns=slice(358, 363), height=900), *HOME, 2000.0, 370e3)
    assert sky.tangent.nbytes < 6e6
    assert sky.hidden(slant(np.array([9e3, 16e3, 25e3]), 2000), math.pi / 2, 5.0).tolist() == [False, True, False]
