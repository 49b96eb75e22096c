import numpy as np
import pytest

from mihari.sensors.horizon import horizon


@pytest.mark.parametrize(("antenna", "reach_km"), [(30, 28), (100, 47), (300, 77), (1500, 166), (5500, 312)])
def test_the_horizon_to_a_hull_of_two_metres_is_the_published_one(antenna, reach_km):
    assert horizon(antenna, 2.0) / 1000 == pytest.approx(reach_km, abs=1.0)


def test_the_horizon_is_the_same_from_both_ends():
    a, b = np.array([10.0, 200.0]), np.array([3.0, 40.0])
    np.testing.assert_allclose(horizon(a, b), horizon(b, a))


def test_a_height_below_the_sea_counts_as_the_surface():
    assert horizon(20.0, -3.0) == horizon(20.0, 0.0)
