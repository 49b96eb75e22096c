import numpy as np

from mihari.sensors.radar import detection_probability, displacement_kt, echo_area, hull_height, resolution_cell


def test_a_longer_hull_is_never_a_smaller_echo():
    length = np.linspace(1.0, 400.0, 2000)
    assert np.all(np.diff(echo_area(length)) >= 0)
    assert np.all(np.diff(hull_height(length)) > 0)


def test_the_echo_of_a_ship_is_skolniks_median():
    kilotonnes = displacement_kt(150.0)
    np.testing.assert_allclose(echo_area(150.0), 52 * 9410**0.5 * kilotonnes**1.5)


def test_detection_falls_with_range_and_ends_at_the_horizon():
    chance = detection_probability(np.linspace(500, 40e3, 400), 5.0, 15.0, 2.0, reach=20e3)
    assert np.all(np.diff(chance) <= 0)
    assert chance[0] > 0.94
    assert chance[-1] == 0.0  # 15 m sees a hull of 2 m out to 21.8 km


def test_at_its_reach_ten_square_metres_are_seen_nine_times_in_ten():
    np.testing.assert_allclose(detection_probability(18e3, 10.0, 300.0, 3.0, reach=18e3, ceiling=1.0), 0.9)


def test_behind_land_nothing_is_seen():
    assert detection_probability(5e3, 1e5, 100.0, 10.0, reach=20e3, shadowed=True) == 0.0


def test_the_cell_grows_across_with_range_only():
    along, across = resolution_cell(np.array([5e3, 10e3]), 0.008)
    np.testing.assert_allclose(along, 15.0)
    np.testing.assert_allclose(across, [40.0, 80.0])
