"""Biases of radars, found from AIS whose own tracker is lost by them."""

import math

import numpy as np
import pytest
from benchmarks.tracking_registration import BIAS, inputs, sensors

from mihari.core.steps import Stretch
from mihari.tracks import Tracker
from tracks.test_state import same, through_json

NONE = ((0.0, 0.0), (0.0, 0.0))


def followed(seed, seconds, **given):
    tracker = Tracker(sensors())
    tracker.run(Stretch.of(list(inputs(seed, seconds, **given))))
    return tracker


def off(radar, bias):
    """m, degrees and s between what plots are set right by and the truth."""
    late = bias[2] if len(bias) > 2 else 0.0
    return (
        abs(radar.range_bias - bias[0]),
        math.degrees(abs(radar.bearing_bias - bias[1])),
        abs(radar.clock_offset - late),
    )


def test_a_biased_radar_is_set_right_and_the_true_one_left_alone():
    tracker = followed(201, 120.0)
    west, east = tracker.registered().values()
    far, aside, _ = off(west, BIAS[0])
    assert west.corrected
    assert far < 10.0
    assert aside < 0.05
    assert not east.corrected
    assert west.told().startswith("reads ")
    assert " right, corrected" in west.told()
    assert west.notable
    assert not east.notable


def test_without_a_correction_the_same_vessels_are_tracked_twice():
    """What registration is for: AIS and a biased radar are one track each where it is absent."""
    with_it = followed(202, 120.0)
    without = Tracker(sensors())
    without._radars["fitted"] = 1 << 40  # as if there was nothing new to fit
    without.run(Stretch.of(list(inputs(202, 120.0))))
    assert not without.registered()[0].corrected
    both = [t.believed(t.time).take(t.believed(t.time).mmsi > 0) for t in (with_it, without)]
    radar = [np.count_nonzero(tracks.sensors & np.uint64(1)) for tracks in both]
    assert radar[0] > 1.3 * radar[1]


@pytest.mark.slow
def test_true_radars_stay_as_they_are():
    tracker = followed(203, 400.0, bias=NONE)
    for radar in tracker.registered().values():
        assert not radar.corrected
        assert radar.vessels > 50
        assert radar.range_sd < 5.0
        assert math.degrees(radar.bearing_sd) < 0.03


@pytest.mark.parametrize("bias", [NONE, BIAS])
def test_a_fleet_of_spoofers_does_not_pull_it(bias):
    tracker = followed(204, 180.0, liars=0.1, bias=bias)
    for radar, true in zip(tracker.registered().values(), bias, strict=True):
        far, aside, _ = off(radar, true)
        assert far < 10.0
        assert aside < 0.05


def test_a_clock_that_is_a_second_ahead_is_found():
    bias = ((0.0, 0.0, 1.0), (0.0, 0.0))
    tracker = followed(205, 300.0, bias=bias)
    west, east = tracker.registered().values()
    far, aside, late = off(west, bias[0])
    assert late < 0.3
    assert far < 10.0
    assert aside < 0.05
    assert west.told().startswith("its clock is ")
    assert west.told().endswith(" s ahead, corrected")
    assert not east.corrected


@pytest.mark.slow
def test_a_radar_beyond_all_ais_is_registered_by_the_other_one():
    bias = ((0.0, 0.0), (-80.0, math.radians(0.6)))
    tracker = followed(206, 300.0, bias=bias, silent_from=-16_000.0)
    east = tracker.registered()[1]
    far, aside, _ = off(east, bias[1])
    assert east.corrected
    assert far < 15.0
    assert aside < 0.07


def test_few_vessels_or_one_direction_are_not_enough():
    tracker = followed(207, 60.0, silent_from=-30_000.0)
    assert not any(radar.corrected for radar in tracker.registered().values())


def test_it_is_kept_with_the_state_and_does_not_depend_on_how_inputs_are_cut():
    given = list(inputs(208, 60.0))
    whole, cut, again = Tracker(sensors()), Tracker(sensors()), Tracker(sensors())
    whole.run(Stretch.of(given))
    for one in given[: len(given) // 2]:
        cut.step(one)
    again.restore(through_json(cut.state()))
    again.run(Stretch.of(given[len(given) // 2 :]))
    assert whole.registered()[0].corrected
    assert same(whole.state(), again.state())
    again.know(sensors())
    assert again.registered() == whole.registered()
