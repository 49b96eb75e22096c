import numpy as np
import pytest

from mihari.sensors.ais_link import (
    BEST,
    FADING_DB,
    SENSITIVITY_DBM,
    SITE_NOISE_DB,
    LinkCurve,
    received_dbm,
    reception_chance,
)
from mihari.sensors.horizon import horizon


def test_close_by_power_is_that_of_free_space_within_the_sea_mirrors_6_db():
    # 41 dBm - 1 + 2 at 1 km and 162 MHz: free space loses 76.6 dB
    assert received_dbm(1e3, 100.0, 40.0) == pytest.approx(42 - 76.6, abs=6.1)


def test_ship_to_ship_reaches_what_the_itu_report_says():
    assert 20 <= LinkCurve(25.0, 25.0).reach / 1852 <= 30  # Report ITU-R M.2084: 20 to 30 NM


def test_class_b_is_8_db_weaker_and_reaches_less():
    distance = np.geomspace(1e3, 100e3, 50)
    np.testing.assert_allclose(received_dbm(distance, 50.0, 10.0) - received_dbm(distance, 50.0, 10.0, True), 8.0)
    assert 1.15 < LinkCurve(100.0, 10.0).reach / LinkCurve(100.0, 10.0, True).reach < 1.6


@pytest.mark.parametrize("station", [15.0, 100.0, 3000.0])
def test_reception_is_a_probability_that_falls_with_distance_and_ends_beyond_the_horizon(station):
    distance = np.geomspace(5e3, 1000e3, 400)
    chance = reception_chance(distance, station, 25.0)
    assert np.all((chance >= 0) & (chance <= BEST))
    assert np.all(np.diff(chance) <= 1e-3)
    assert reception_chance(2.5 * horizon(station, 25.0), station, 25.0) < 0.01


def test_at_the_sensitivity_one_message_in_five_is_lost():
    distance = np.geomspace(10e3, 200e3, 20_000)
    at = np.argmin(np.abs(received_dbm(distance, 50.0, 20.0) - SENSITIVITY_DBM - SITE_NOISE_DB))
    assert reception_chance(distance[at], 50.0, 20.0) == pytest.approx(0.8 * BEST, abs=2e-3)


def test_fading_messages_are_heard_as_often_as_told():
    rng = np.random.default_rng(8)
    median = received_dbm(80e3, 100.0, 25.0)
    # a threshold below the sensitivity by what one loss in five is of the fading: 0.84 standard deviations
    heard = median + rng.normal(0, FADING_DB, 100_000) > SENSITIVITY_DBM + SITE_NOISE_DB - 0.8416 * FADING_DB
    assert BEST * np.mean(heard) == pytest.approx(reception_chance(80e3, 100.0, 25.0), abs=0.01)


def test_the_curve_is_the_formula():
    distance = np.random.default_rng(1).uniform(2e3, 150e3, 2000)
    ours, true = LinkCurve(100.0, 12.0, True)(distance), reception_chance(distance, 100.0, 12.0, True)
    np.testing.assert_allclose(ours, true, atol=0.01)


def test_an_aircraft_hears_to_its_horizon():
    # 3,000 m and 25 m: 246 km in sight, and free space allows more
    assert 0.9 < LinkCurve(3000.0, 25.0).reach / horizon(3000.0, 25.0) < 1.3
