import numpy as np
import pytest

from mihari.sensors.horizon import EFFECTIVE_RADIUS, horizon
from mihari.sensors.propagation import LIGHT, diffraction_db, echo_factor, mirror, propagation_factor, specular

X_BAND = 9.41e9


def test_over_a_nearly_flat_smooth_sea_the_field_is_that_of_two_rays():
    # 2 |sin(2π h1 h2 / (λ d))|: 6 m and 3 m at 1.2 km, where the Earth has bulged by 2 cm
    distance = np.linspace(600.0, 1200.0, 50)
    textbook = 2 * np.abs(np.sin(2 * np.pi * 6.0 * 3.0 / (LIGHT / X_BAND * distance)))
    np.testing.assert_allclose(propagation_factor(distance, 6.0, 3.0, X_BAND), textbook, atol=0.08)


def test_far_in_sight_an_echo_falls_with_the_fourth_power_of_its_factor():
    near, far = echo_factor(np.array([6e3, 12e3]), 100.0, 0.5, 3.05e9)
    assert 3.5 < np.log2(near / far) < 5.5  # F⁴ ~ 1/R⁴ beside the R⁻⁴ of free space, a little more by the Earth's bulge


@pytest.mark.parametrize("height", [0.5, 2.0, 10.0])
@pytest.mark.parametrize("frequency", [162e6, 3.05e9, X_BAND])
def test_the_field_has_no_step_where_zones_meet(height, frequency):
    distance = np.linspace(8e3, 60e3, 200_000)
    db = 20 * np.log10(propagation_factor(distance, 15.0, height, frequency, vertical=frequency < 1e9))
    deep = db < np.median(db) - 40  # nulls of lobes are no steps
    assert np.max(np.abs(np.diff(db))[~deep[1:]]) < 0.1


def test_beyond_the_horizon_the_field_only_falls():
    distance = np.linspace(horizon(50.0, 5.0), 90e3, 500)
    assert np.all(np.diff(propagation_factor(distance, 50.0, 5.0, X_BAND)) < 0)


def test_at_the_horizon_a_low_ray_has_lost_about_20_db():
    # P.526 figure of a ray that just grazes the sea: 15 to 25 dB for antennas of some metres at centimetre waves
    for height in (2.0, 5.0, 10.0):
        lost = -20 * np.log10(propagation_factor(horizon(15.0, height), 15.0, height, X_BAND))
        assert 15 < lost < 25


def test_diffraction_is_the_hand_computed_one():
    # f 1 GHz, a 8,500 km, 100 km, 30 m and 30 m, horizontal: β 1, X = 21.88 (1/8500²)^(1/3) 100 = 5.253, F(X) = -74.25;
    # Y = 0.9575 (1/8500)^(1/3) 30 = 1.4076, G = 20 log(1.4076 + 0.2789) = 4.540
    lost = diffraction_db(100e3, 30.0, 30.0, 1e9, False, 8500e3)
    assert lost == pytest.approx(74.25 - 2 * 4.54, abs=0.05)


def test_the_mirroring_point_has_equal_angles_and_clearance_is_nil_at_the_horizon():
    clearance, near, far = specular(12e3, 40.0, 7.0)
    bulge = 2 * EFFECTIVE_RADIUS
    assert (40.0 - near**2 / bulge) / near == pytest.approx((7.0 - far**2 / bulge) / far, rel=1e-9)
    assert clearance > 0
    assert specular(horizon(40.0, 7.0), 40.0, 7.0)[0] == pytest.approx(0, abs=1e-6)


def test_a_rough_sea_mirrors_less_except_at_grazing():
    calm, rough = (np.abs(mirror([1e-5, 0.01], X_BAND, sigma)) for sigma in (0.0, 0.5))
    assert calm[0] == pytest.approx(rough[0], abs=1e-3)
    assert rough[1] < 0.4 < calm[1]


def test_vertical_polarisation_is_mirrored_worse_near_the_brewster_angle():
    assert np.abs(mirror(0.12, X_BAND, vertical=True)) < 0.3 < np.abs(mirror(0.12, X_BAND))


def test_averaging_over_a_hull_is_the_mean_over_its_heights():
    heights = np.linspace(4.0, 6.0, 2001)
    fine = echo_factor(7e3, 40.0, heights, X_BAND).mean()
    assert echo_factor(7e3, 40.0, 5.0, X_BAND, extent=2.0) == pytest.approx(fine, rel=0.03)


def test_factor_and_echo_factor_are_one_formula():
    distance = np.geomspace(200.0, 80e3, 3000)
    one = propagation_factor(distance, 30.0, 4.0, X_BAND, 0.2)
    np.testing.assert_allclose(echo_factor(distance, 30.0, 4.0, X_BAND, 0.2), one**4, rtol=1e-9, atol=1e-12)
