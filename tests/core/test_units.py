"""Units and wrapping at the doors."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mihari.core import units


@given(st.floats(-1e6, 1e6))
def test_wrapped_angles_stay_in_their_half_open_interval(angle):
    assert 0 <= units.wrap_turn(angle) < 2 * math.pi
    assert -math.pi <= units.wrap_half_turn(angle) < math.pi
    assert -180 <= units.wrap_lon_deg(angle) < 180
    assert abs(math.sin(units.wrap_half_turn(angle)) - math.sin(angle)) < 1e-9


@given(st.floats(0.01, 1e3), st.floats(0, 2 * math.pi, exclude_max=True))
def test_course_and_velocity_are_each_others_inverse(speed, course):
    back_speed, back_course = units.course_from_velocity(*units.velocity_from_course(speed, course))
    assert math.isclose(back_speed, speed, rel_tol=1e-12)
    assert abs(units.wrap_half_turn(back_course - course)) < 1e-9


def test_knots_go_there_and_back_and_absent_stays_absent():
    speeds = np.array([0.0, 12.5, np.nan])
    np.testing.assert_allclose(units.kn_from_mps(units.mps_from_kn(speeds)), speeds)
