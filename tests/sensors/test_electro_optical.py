"""Cameras against values worked out by hand, and what must hold whatever the figures."""

import math

import numpy as np
import pytest

from mihari.sensors.coverage import Coverage, Sight
from mihari.sensors.electro_optical import (
    Camera,
    CameraCoverage,
    Task,
    apparent_contrast,
    critical_dimension,
    cycles_on,
    extinction,
    ground_sd,
    resolved_share,
    task_probability,
    transfer,
)
from mihari.sensors.faults import Faults
from mihari.sensors.platform import profile
from mihari.sensors.radar import hull_height
from mihari.sensors.weather import Weather

CLEAR = Weather(sea_state=0.0, visibility=1e9)
TURRET = Camera(math.radians(1.0), 1280.0)


def test_the_transfer_function_gives_the_textbooks_factors():
    """Driggers' worked example: 80 % takes 1.452 times the cycles of an even chance, 95 % 2.041 times."""
    np.testing.assert_allclose(transfer([1.0, 1.452, 2.041], 1.0), [0.5, 0.8, 0.95], atol=5e-4)
    assert transfer(1e6, 1.0) == 1
    assert np.all(np.diff(transfer(np.linspace(0, 30, 400), 6.4)) >= 0)


def test_cycles_are_pixels_over_two_less_what_contrast_leaves():
    # 1280 pixels over a degree: 73,339 pixels a radian. A hull 2 m high 5 km off: 0.4 mrad, 29.3 pixels, 14.7 cycles.
    # Contrast 0.5 on a scale from 0.02 (none) to 1 (all): 1 - ln 0.5 / ln 0.02 = 0.8228
    assert float(hull_height(10.0)) == 2.0
    assert float(cycles_on(TURRET, 5000.0, 10.0, 2.0, CLEAR)) == pytest.approx(14.668 * 0.8228, rel=1e-3)


def test_johnsons_range_is_where_the_chance_is_even():
    # even chance to classify at 4 cycles: 2 m · 36,669 cycles/rad · 0.8228 / 4 = 15,086 m
    assert float(task_probability(TURRET, 15_086.0, 10.0, Task.CLASSIFY, CLEAR, 100.0)) == pytest.approx(0.5, abs=0.01)


def test_a_hull_shows_its_side_from_afar_and_its_deck_from_above():
    assert float(critical_dimension(130.0, 10.0, 0.0)) == 10.0
    assert float(critical_dimension(130.0, 10.0, math.pi / 2)) == pytest.approx(20.0)  # its beam
    assert float(critical_dimension(4.0, 6.0)) == 4.0


def test_at_the_meteorological_visibility_two_percent_of_contrast_are_left():
    for visibility in (1e3, 20e3, 50e3):
        assert math.exp(-float(extinction(visibility)) * visibility) == pytest.approx(0.02)
    assert float(resolved_share(0.02)) == 0


def test_at_that_distance_nothing_is_seen_and_infrared_sees_farther_in_haze_not_in_fog():
    haze, fog = Weather(sea_state=0.0, visibility=10e3), Weather(sea_state=0.0, visibility=300.0)
    heat = Camera(TURRET.field, TURRET.pixels, infrared=True)
    assert float(task_probability(TURRET, 10e3, 200.0, weather=haze, camera_height=10.0)) == 0
    assert float(task_probability(heat, 10e3, 200.0, weather=haze, camera_height=10.0)) > 0.9
    assert float(task_probability(heat, 400.0, 200.0, weather=fog, camera_height=10.0)) == 0
    assert float(extinction(300.0, True)) >= float(extinction(300.0))


def test_haze_is_thinner_for_who_looks_from_above():
    haze = Weather(sea_state=0.0, visibility=10e3)
    low, high = (apparent_contrast(8e3, haze, camera_height=h) for h in (0.0, 6000.0))
    assert float(low) == pytest.approx(0.5 * 0.02**0.8)
    assert float(high) == pytest.approx(0.5 * 0.02 ** (0.8 * (1 - math.exp(-4)) / 4))


def test_glint_takes_a_tenth_of_contrast_a_sea_state():
    assert float(apparent_contrast(0.0, Weather(sea_state=3.0))) == pytest.approx(0.35)
    assert float(apparent_contrast(0.0, Weather(sea_state=6.0))) == pytest.approx(0.2)
    assert float(apparent_contrast(0.0, Weather(sea_state=6.0), infrared=True)) == pytest.approx(0.35)


@pytest.mark.parametrize("task", Task)
def test_chances_fall_with_distance_haze_sea_and_difficulty(task):
    far = np.linspace(5e3, 60e3, 200)  # steeper the side comes into view as distance grows
    chance = task_probability(TURRET, far, 30.0, task, Weather(sea_state=2.0), 3000.0)
    assert np.all(np.diff(chance) <= 1e-12)
    assert np.all((chance >= 0) & (chance <= 1))
    for worse in (Weather(sea_state=5.0), Weather(sea_state=2.0, visibility=5e3)):
        assert np.all(task_probability(TURRET, far, 30.0, task, worse, 3000.0) <= chance)
    if task is not Task.DETECT:
        assert np.all(chance <= task_probability(TURRET, far, 30.0, Task.DETECT, Weather(sea_state=2.0), 3000.0))


def test_above_the_cloud_and_at_night_without_infrared_nothing_is_seen():
    near = {"slant_range": 3000.0, "length": 100.0, "weather": CLEAR, "camera_height": 2000.0}
    assert float(task_probability(TURRET, **near)) > 0.99
    assert float(task_probability(TURRET, **near, cloud_base=1500.0)) == 0
    assert float(task_probability(TURRET, **near, cloud_base=2500.0)) > 0.99
    assert float(task_probability(TURRET, **near, night=True)) == 0
    assert float(task_probability(Camera(TURRET.field, 640.0, True), **near, night=True)) > 0.99


def test_beyond_the_horizon_nothing_is_seen():
    # camera 4 m, ship 10 m: 4.12 (2 + 3.16) = 21.3 km
    near, far = task_probability(Camera(0.01, 4000.0), [20e3, 22e3], 100.0, weather=CLEAR, camera_height=4.0)
    assert near > 0.99
    assert far == 0


def test_a_place_from_the_air_is_worse_along_than_across():
    along, across = ground_sd(10e3, 1000.0, 0.001)
    assert (float(along), float(across)) == (100.0, 10.0)


def test_the_small_aircraft_below_the_cloud_sees_what_the_larger_one_above_does_not():
    cloud = Weather(sea_state=3.0, visibility=15e3)
    for id, expected in (("subcloud", True), ("tb2", False)):
        one = profile(id)
        camera = Camera.of(one.carries("eo_ir"), narrow=True)
        height = one.working_height
        slant = math.hypot(3000.0, height)
        seen = float(task_probability(camera, slant, 20.0, Task.DETECT, cloud, height, cloud_base=900.0))
        assert (seen > 0.9) == expected


@pytest.mark.parametrize("night", [False, True])
def test_a_camera_fills_the_seam_of_all_sensors(night):
    camera = Camera.of(profile("seaguardian").carries("eo_ir"), narrow=True, night=night)
    out = Faults(outages=((100.0, 200.0),))
    sensor: Coverage = CameraCoverage(26.0, 127.0, 3000.0, camera, night=night, faults=out)
    lat = 26.0 + np.linspace(0.02, 3.0, 300)
    chance = sensor.probability(lat, 127.0, 50.0, Sight(150.0))
    assert chance.shape == (300,)
    assert chance[0] > 0.99
    assert chance[-1] == 0
    assert np.all((chance >= 0) & (chance <= 1))
    assert np.all(sensor.probability(lat, 127.0, 150.0, Sight(150.0)) == 0)


def test_only_the_sector_is_looked_at_and_land_hides():
    camera = Camera.of(profile("tb3").carries("eo_ir"), narrow=True)
    east = CameraCoverage(26.0, 127.0, 2000.0, camera, sector=(math.radians(300.0), math.radians(120.0)))
    lat, lon = [26.03, 25.97, 26.0], [127.0, 127.0, 127.03]  # north, south, east
    assert (east.probability(lat, lon, 0.0, Sight(50.0)) > 0.9).tolist() == [True, False, False]
    behind = CameraCoverage(26.0, 127.0, 2000.0, camera, hidden=lambda slant, bearing: bearing > 3)
    assert (behind.probability(lat, lon, 0.0, Sight(50.0)) > 0.9).tolist() == [True, False, True]
