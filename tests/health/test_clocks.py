"""A wrong clock is found, and whose it is."""

import math

import numpy as np
import pytest

from mihari.core.clocks import STATIONS, ClockWatch

T0 = 1_790_000_000.0


def heard(offset=0.0, delay=0.2, ours=0.0, count=60, sensor=0, start=T0, told=True, age=0.5):
    """Messages of a station whose clock is ahead by `offset`, over a network of `delay`, by a clock ahead by `ours`."""
    watch, rng = ClockWatch(), np.random.default_rng(1)
    for k in range(count):
        t = start + 1.3 * k
        second = np.array([math.floor(t - rng.uniform(0, 2 * age)) % 60])
        when = np.array([t + offset if told else math.nan])
        watch.hear(np.array([sensor]), when, t + delay + ours, second)
    return watch.health()[sensor]


def test_a_right_clock_is_right_by_all_comparisons():
    clock = heard()
    assert abs(clock.offset_s) < 0.8
    assert abs(clock.own_s) < 0.8
    assert clock.receipt_s == pytest.approx(-0.2, abs=0.01)


@pytest.mark.parametrize("offset", [7.0, -7.0, 29.0, 67.0, -3600.0])
def test_a_stations_clock_is_found_wrong_by_the_seconds_of_ships_with_its_minute(offset):
    clock = heard(offset)
    assert clock.by == "utc"
    assert clock.offset_s == pytest.approx(offset, abs=0.8)
    assert abs(clock.own_s) < 1.0


def test_when_our_own_clock_is_wrong_the_stations_is_not_blamed():
    clock = heard(ours=7.0)
    assert abs(clock.offset_s) < 0.8
    assert clock.own_s == pytest.approx(7.2, abs=0.8)
    assert clock.receipt_s == pytest.approx(-7.2, abs=0.01)


def test_a_slow_network_is_no_wrong_clock_of_the_station():
    clock = heard(delay=12.0)
    assert abs(clock.offset_s) < 0.8
    assert clock.receipt_s == pytest.approx(-12.0, abs=0.01)


def test_few_messages_say_nothing():
    assert heard(7.0, count=19).offset_s is None


def test_seconds_that_do_not_belong_to_the_times_say_nothing():
    """Satellites pass messages on whose times are made up of several clocks."""
    watch, rng = ClockWatch(), np.random.default_rng(2)
    for k in range(200):
        watch.hear(np.array([0]), np.array([T0 + k]), math.nan, rng.integers(0, 60, 1))
    assert watch.health()[0].offset_s is None


def test_without_a_time_of_their_own_stations_still_tell_of_our_clock():
    clock = heard(ours=5.0, told=False)
    assert (clock.offset_s, clock.receipt_s, clock.utc_s) == (None, None, None)
    assert clock.own_s == pytest.approx(5.2, abs=0.8)


def test_a_radar_has_its_receipt_only():
    watch = ClockWatch()
    for k in range(30):
        watch.hear(np.array([4]), np.array([T0 + k - 3.0]), T0 + k)
    clock = watch.health()[4]
    assert (clock.offset_s, clock.by, clock.utc_s) == (-3.0, "receipt", None)


def test_what_was_long_ago_is_forgotten_also_when_the_clock_is_set_back():
    watch = ClockWatch()
    for start, offset in ((T0, 7.0), (T0 - 86400.0, 0.0)):
        for k in range(40):
            watch.hear(np.array([0]), np.array([start + k + offset]), start + k)
    assert watch.health()[0].receipt_s == 0.0


def test_any_number_of_stations_is_watched_within_bounds():
    watch = ClockWatch()
    for k in range(3000):
        watch.hear(np.array([k]), np.array([T0]), T0)
    watch.hear(np.zeros(100_000, int), np.full(100_000, T0), T0)
    told = [len(watch.health()) for _ in range(40)]
    assert told == sorted(told)
    assert told[-1] == STATIONS


def test_a_recording_without_any_time_says_nothing():
    watch = ClockWatch()
    watch.hear(np.zeros(40, int), np.full(40, math.nan), math.nan, np.arange(40))
    assert watch.health()[0].samples == 0
    assert watch.health()[0].offset_s is None
