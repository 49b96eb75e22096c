import numpy as np
import pytest

from mihari.sensors.clutter import spike_probability
from mihari.sensors.detection import background, clutter_over_noise, clutter_shape
from mihari.sensors.false_alarms import false_alarms
from mihari.sensors.profiles import PROFILES
from mihari.sensors.weather import Weather

COASTAL = PROFILES["coastal X-band"]


def test_far_from_the_sea_there_is_one_false_plot_in_a_million_cells():
    # beyond the horizon of a mast of 20 m (18 km): 2π / 0.00733 rad · 26 km / 11.99 m = 1.859 million cells
    far = false_alarms(COASTAL, 20.0, 46e3, Weather(sea_state=5.0), range_min=20e3)
    assert far.expected == pytest.approx(1.859, rel=0.01)


def test_the_sea_adds_more_the_rougher_it_is_and_most_of_it_near():
    told = [false_alarms(COASTAL, 50.0, 44e3, Weather(sea_state=s)) for s in range(7)]
    assert np.all(np.diff([t.expected for t in told]) > 0)
    half = np.interp(0.5 * told[4].expected, told[4].below, told[4].ranges)
    assert half < 10e3


def test_drawn_false_plots_have_the_number_and_the_ranges_that_are_told():
    told = false_alarms(COASTAL, 50.0, 44e3, Weather(sea_state=3.0))
    rng = np.random.default_rng(11)
    drawn = [told.draw(rng) for _ in range(400)]
    number = np.array([len(r) for r, _ in drawn])
    assert number.mean() == pytest.approx(told.expected, abs=4 * np.sqrt(told.expected / 400))
    assert number.var() == pytest.approx(told.expected, rel=0.3)
    ranges = np.concatenate([r for r, _ in drawn])
    for share in (0.25, 0.5, 0.75):
        expected = np.interp(share * told.expected, told.below, told.ranges)
        assert np.mean(ranges < expected) == pytest.approx(share, abs=4 * 0.5 / np.sqrt(len(ranges)))
    assert np.histogram(np.concatenate([b for _, b in drawn]), 4, (0, 2 * np.pi))[0].min() > 0.22 * len(ranges)


def test_in_clutter_the_threshold_keeps_its_false_alarm_rate():
    slant = np.linspace(500, 5e3, 50)
    weather = Weather(sea_state=5.0)
    sea, rain = clutter_over_noise(COASTAL, 50.0, slant, weather)
    shape = clutter_shape(COASTAL, 50.0, slant, sea, rain)
    _, level = background(COASTAL, 50.0, slant, weather)
    np.testing.assert_allclose(spike_probability(level, shape), COASTAL.clutter_false_alarm, rtol=1e-6)


def test_the_same_seed_draws_the_same_false_plots():
    told = false_alarms(COASTAL, 50.0, 44e3)
    one, other = (told.draw(np.random.default_rng(4)) for _ in range(2))
    np.testing.assert_array_equal(one, other)


def test_the_density_has_no_step_where_the_sea_passes_into_noise():
    told = false_alarms(COASTAL, 50.0, 44e3, Weather(sea_state=3.0))
    assert np.max(np.abs(np.diff(np.log(told.per_m)))) < 0.35  # steps of 86 m
