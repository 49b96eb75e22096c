"""Passive sonar against values worked out by hand, and what must hold whatever the figures."""

import math

import numpy as np
import pytest

from mihari.core.units import KNOT
from mihari.sensors.coverage import Coverage, Sight
from mihari.sensors.faults import Faults
from mihari.sensors.hydrophone import (
    ANY_BEARING,
    CLASS_SPEED_KN,
    Array,
    HydrophoneCoverage,
    absorption,
    ambient_level,
    bearing_sd,
    detection_probability,
    source_level,
    transmission_loss,
)
from mihari.sensors.platform import profile
from mihari.sensors.weather import Weather

ROW = Array(16, 0.75, 500.0, 2000.0, 10.0)


@pytest.mark.parametrize("vessel", CLASS_SPEED_KN)
def test_a_ship_at_its_class_speed_and_300_feet_has_the_reference_spectrum(vessel):
    """At the corner f1 = 480 / vc: K - 20 lg f1 - 20 lg D."""
    corner, width = 480 / CLASS_SPEED_KN[vessel], 4 if vessel == "cruise" else 3
    level = source_level(CLASS_SPEED_KN[vessel] * KNOT, 91.44, corner, vessel)
    assert float(level) == pytest.approx(191 - 20 * math.log10(corner) - 20 * math.log10(width))


def test_noise_goes_with_the_sixth_power_of_speed_and_the_square_of_length():
    base = source_level(5.0, 50.0, 500.0)
    assert float(source_level(10.0, 50.0, 500.0) - base) == pytest.approx(18.06, abs=0.01)
    assert float(source_level(5.0, 100.0, 500.0) - base) == pytest.approx(6.02, abs=0.01)
    assert float(source_level(0.0, 50.0, 500.0)) == float(source_level(1 * KNOT, 50.0, 500.0))


def test_a_container_ship_at_20_knots_has_the_level_of_the_model():
    # vc 18 kn, f1 26.67 Hz; 300 m at 20 kn, 1 kHz: 191 - 28.52 - 10 lg(36.5² + 9) + 60 lg(20/18) + 20 lg(300/91.44)
    # = 191 - 28.52 - 31.27 + 2.745 + 10.32 = 144.27
    assert float(source_level(20 * KNOT, 300.0, 1000.0, "container")) == pytest.approx(144.27, abs=0.02)


def test_loss_is_spherical_then_cylindrical_then_absorbed():
    assert absorption(1000.0) == pytest.approx((0.055 + 44 / 4101 + 0.000275 + 0.003) / 1000)
    loss = transmission_loss([1.0, 10.0, 200.0, 20_000.0], 100.0, depth=200.0, beyond=10.0)
    took = absorption(100.0) * np.array([1.0, 10.0, 200.0, 20_000.0])
    np.testing.assert_allclose(loss - took, [0.0, 20.0, 46.02, 66.02], atol=0.01)
    assert float(
        transmission_loss(2e4, 100.0, 200.0, 15.0) - transmission_loss(2e4, 100.0, 200.0, 10.0)
    ) == pytest.approx(10.0)


def test_wind_and_shipping_make_the_sea_loud_where_wenz_has_them():
    # 1 kHz, wind 5 m/s: 50 + 16.77 - 40 lg 1.4 = 60.92; shipping 0.5 at 1 kHz: 40 - 60 lg 1.03 = 39.23, which adds 0.03
    assert ambient_level(1000.0, 5.0) == pytest.approx(60.95, abs=0.02)
    at_100_hz = [ambient_level(100.0, 2.0, shipping) for shipping in (0.0, 1.0)]
    assert at_100_hz[1] - at_100_hz[0] > 10  # ships rule below some hundred hertz
    assert all(ambient_level(1000.0, w + 1) > ambient_level(1000.0, w) for w in range(15))


def test_a_row_gains_its_number_at_half_a_wave_and_less_below():
    assert Array(10, 0.75, 1000.0, 1000.1, 1.0).gain_db == pytest.approx(10.0, abs=0.01)
    assert Array(10, 0.75, 500.0, 500.1, 1.0).gain_db == pytest.approx(6.99, abs=0.01)
    assert Array(1, 0.75, 1000.0, 1100.0, 1.0).gain_db == pytest.approx(0.0)
    assert Array(10, 0.75, 4000.0, 4000.1, 1.0).gain_db == pytest.approx(10.0)


def test_the_threshold_is_ricks_until_listening_longer_gains_no_more():
    # d = 3.719² = 13.83, BT = 1: 5 lg 13.83 = 5.70
    assert Array(4, 0.75, 1000.0, 1001.0, 1.0).threshold_db == pytest.approx(5.70, abs=0.01)
    assert Array(4, 0.75, 1000.0, 1100.0, 1.0).threshold_db == pytest.approx(-4.30, abs=0.01)
    assert Array(4, 0.75, 1000.0, 2000.0, 60.0).threshold_db == -10.0


def test_at_the_threshold_a_vessel_is_heard_half_the_time():
    assert float(detection_probability(ROW, ROW.threshold_db)) == 0.5
    assert float(detection_probability(ROW, ROW.threshold_db + math.hypot(6, 5))) == pytest.approx(0.8413, abs=1e-4)


def test_bearings_are_as_good_as_the_bound_and_drawn_ones_keep_it():
    """Many drawn snapshots of a row, the bearing by the largest beam: its spread is the formula's, not below it."""
    n, snapshots, snr_db = 8, 200, 3.0
    row = Array(n, 0.75, 999.5, 1000.5, float(snapshots))  # half a wave; BT = 200
    rng = np.random.default_rng(7)
    a = 10 ** (snr_db / 10)  # behind the array
    angles = np.radians(np.linspace(-12, 12, 4801))
    steer = np.exp(1j * np.pi * np.arange(n)[:, None] * np.sin(angles))
    told = []
    for _ in range(200):
        signal = (rng.normal(size=snapshots) + 1j * rng.normal(size=snapshots)) * math.sqrt(a / n / 2)
        noise = (rng.normal(size=(n, snapshots)) + 1j * rng.normal(size=(n, snapshots))) * math.sqrt(0.5)
        heard = signal + noise  # from broadside
        power = np.einsum("ka,kl,la->a", steer.conj(), heard @ heard.conj().T, steer, optimize=True).real
        told.append(angles[np.argmax(power)])
    expected = float(bearing_sd(row, snr_db))
    assert np.std(told) == pytest.approx(expected, rel=0.2)
    assert expected == pytest.approx(math.sqrt(6 / (200 * 63) * (1 / a + 1 / a**2)) / math.pi, rel=1e-3)


def test_bearings_grow_worse_with_less_signal_along_the_row_and_have_a_floor():
    signal = np.linspace(-30, 30, 100)
    sd = bearing_sd(ROW, signal)
    assert np.all(np.diff(sd) < 0)
    assert float(bearing_sd(ROW, 10.0, math.radians(60.0))) == pytest.approx(2 * float(bearing_sd(ROW, 10.0)))
    assert float(bearing_sd(ROW, 10.0, math.pi / 2)) == ANY_BEARING
    floored = Array(16, 0.75, 500.0, 2000.0, 10.0, floor=0.05)
    assert float(bearing_sd(floored, 60.0)) == pytest.approx(0.05, rel=1e-3)
    assert float(bearing_sd(Array(1, 0.75, 500.0, 2000.0, 10.0), 40.0)) == ANY_BEARING


@pytest.mark.parametrize("id", ["slocum", "auv", "voyager"])
def test_an_array_fills_the_seam_of_all_sensors(id):
    array = Array.of(profile(id).carries("passive_acoustics"))
    out = Faults(outages=((100.0, 200.0),))
    sensor: Coverage = HydrophoneCoverage(26.0, 127.0, array, Weather(wind=6.0), faults=out)
    lat = 26.0 + np.linspace(0.005, 6.0, 300)
    chance = sensor.probability(lat, 127.0, 50.0, Sight(60.0))
    assert chance.shape == (300,)
    assert chance[0] > 0.95
    assert chance[-1] < 0.01
    assert np.all(np.diff(chance) <= 0)
    assert np.all(sensor.probability(lat, 127.0, 150.0, Sight(60.0)) == 0)


def test_wind_own_noise_and_slow_vessels_shorten_the_range_and_land_hides():
    def half(**more):
        array = Array(8, 0.75, 200.0, 1000.0, 60.0, own_noise=more.pop("own_noise", 0.0))
        sensor = HydrophoneCoverage(26.0, 127.0, array, Weather(wind=more.pop("wind", 3.0)), **more)
        lat = 26.0 + np.linspace(0.001, 8.0, 4000)
        return int(np.sum(sensor.probability(lat, 127.0, 0.0, Sight(20.0)) > 0.5))

    assert half(wind=12.0) < half()
    assert half(own_noise=10.0) < half()
    assert half(speed=3 * KNOT) < half(speed=8 * KNOT)
    assert half(beyond=20.0) < half(beyond=15.0) < half(beyond=10.0)
    assert half(hidden=lambda distance, bearing: distance > 1000.0) < 10
