import math

import numpy as np
import pytest

from mihari.sensors.faults import SOUND, Faults


def test_a_sound_sensor_changes_nothing():
    slant, bearing = SOUND.measured([100.0, 2e3], [0.0, 3.0])
    np.testing.assert_array_equal([slant, bearing], [[100.0, 2e3], [0.0, 3.0]])
    assert SOUND.clock(12.5) == 12.5
    assert SOUND.working([0.0, 1e9]).all()


def test_biases_add_and_bearings_stay_in_a_turn():
    slant, bearing = Faults(range_bias=30.0, range_scale=1.01, bearing_bias=math.radians(0.5)).measured(1e4, 6.28)
    assert slant == pytest.approx(10_130.0)
    assert bearing == pytest.approx(6.28 + math.radians(0.5) - 2 * math.pi)


def test_a_clock_runs_away_from_when_it_was_set():
    wrong = Faults(clock_offset=-2.0, clock_drift=5e-5, clock_set=1000.0)
    np.testing.assert_allclose(wrong.clock([1000.0, 21_000.0]), [998.0, 20_999.0])


def test_it_tells_nothing_from_the_start_of_an_outage_until_its_end():
    out = Faults(outages=((10.0, 20.0), (30.0, math.inf)))
    assert out.working([9.9, 10.0, 19.9, 20.0, 29.0, 1e12]).tolist() == [True, False, False, True, True, False]
