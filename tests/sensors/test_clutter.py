import numpy as np
import pytest

from mihari.sensors.clutter import (
    SMOOTH,
    grazing_angle,
    rain_area,
    rain_loss_db_per_m,
    rain_reflectivity,
    sea_area,
    sea_reflectivity_db,
    spike_level,
    spike_probability,
    spikiness,
)
from mihari.sensors.weather import Weather, sea_state_of_wind


def test_sea_reflectivity_is_that_of_the_nrl_model():
    # 9.4 GHz, horizontal, sea states 1, 3, 5 at 0.3° and 5°, to the whole dB
    for grazing_deg, expected in ((0.3, [-62, -49, -40]), (5.0, [-50, -40, -33])):
        ours = [sea_reflectivity_db(np.radians(grazing_deg), 9.4e9, s) for s in (1, 3, 5)]
        np.testing.assert_allclose(ours, expected, atol=0.6)


def test_a_small_boat_is_lost_in_sea_state_five_as_in_the_measured_example():
    # 1.4 m² at 10 km, mast 50 m, beam 0.4°, cell 10 m: signal to clutter 36, 23 and 14 dB
    clutter = [sea_area(10e3, 50.0, 9.4e9, s, "H", np.radians(0.4), 10.0) for s in (1, 3, 5)]
    np.testing.assert_allclose(10 * np.log10(1.4 / np.array(clutter)), [36, 23, 14], atol=0.6)


@pytest.mark.parametrize("polarisation", ["H", "V"])
def test_reflectivity_grows_with_sea_state_and_angle(polarisation):
    angle = np.radians(np.linspace(0.05, 1, 100))  # the model has a shallow dip at some degrees
    by_state = np.array([sea_reflectivity_db(angle, 9.4e9, s, polarisation) for s in range(7)])
    assert np.all(np.diff(by_state, axis=0) > 0)
    assert np.all(np.diff(by_state, axis=1) > 0)


def test_beyond_the_radars_horizon_the_sea_is_silent():
    assert grazing_angle(60e3, 50.0) == 0
    assert sea_area(60e3, 50.0, 9.4e9, 5.0, "H", 0.01, 12.0) == 0


def test_rain_is_marshall_and_palmers():
    # 10 mm/h: Z = 200 · 10^1.6 = 7,962 mm⁶/m³; π⁵ · 0.93 · 7.962e-15 / 0.03189⁴
    assert rain_reflectivity(10.0, 9.4e9) == pytest.approx(306.02 * 0.93 * 7.962e-15 / 0.031893**4, rel=1e-3)
    assert rain_reflectivity(0.0, 9.4e9) == 0
    assert rain_area(10e3, 4.0, 9.4e9, 0.01, 0.3, 12.0) < rain_area(10e3, 16.0, 9.4e9, 0.01, 0.3, 12.0)


def test_rain_takes_what_p838_says():
    # P.838-3 table 5: 10 GHz k_H 0.01217, α_H 1.2571; k_V 0.01129, α_V 1.2156
    assert 1000 * rain_loss_db_per_m(1.0, 10e9) == pytest.approx(0.01217, rel=2e-3)
    assert 1000 * rain_loss_db_per_m(20.0, 10e9) == pytest.approx(0.01217 * 20**1.2571, rel=3e-3)
    assert 1000 * rain_loss_db_per_m(20.0, 10e9, "V") == pytest.approx(0.01129 * 20**1.2156, rel=3e-3)
    assert rain_loss_db_per_m(0.0, 9.4e9) == 0


def test_spike_probability_is_the_share_of_drawn_clutter():
    rng = np.random.default_rng(3)
    for shape in (0.3, 1.0, 5.0):
        drawn = rng.gamma(shape, 1 / shape, 400_000) * rng.exponential(1.0, 400_000)
        for level in (2.0, 8.0):
            share = np.mean(drawn > level)
            assert spike_probability(level, shape) == pytest.approx(share, abs=4 * np.sqrt(share / 400_000))


def test_spike_level_inverts_spike_probability():
    shape = np.array([0.1, 0.5, 2.0, 20.0, 190.0, 1e6])
    np.testing.assert_allclose(spike_probability(spike_level(1e-4, shape), shape), 1e-4, rtol=1e-6)
    assert np.all(np.diff(spike_level(1e-4, shape)) <= 0)


def test_spikes_pass_into_noise_without_a_step():
    level = np.array([2.0, 5.0, 9.2, 13.8])
    below, above = spike_probability(level, SMOOTH * 0.9999), spike_probability(level, SMOOTH)
    np.testing.assert_allclose(below, above, rtol=0.05)
    np.testing.assert_allclose(spike_probability(level, 1e12), np.exp(-level), rtol=1e-6)


def test_clutter_is_spikier_in_small_cells_and_at_low_angles():
    assert spikiness(0.01, 100.0) < spikiness(0.01, 1000.0) < spikiness(0.05, 1000.0) < spikiness(0.05, 1000.0, "V")


def test_the_sea_state_follows_the_wind_only_if_it_is_not_given():
    assert Weather(wind=8.5).sea == 4.0
    assert Weather(wind=8.5, sea_state=1.0).sea == 1.0
    assert [sea_state_of_wind(w) for w in (0.0, 40.0)] == [0.0, 6.0]
    assert np.all(np.diff([Weather(sea_state=s).roughness for s in range(7)]) > 0)
