"""What people say of a vessel."""

import math

import pytest

from mihari.core.person_report import PersonReport, seen
from mihari.core.units import KNOT


@pytest.mark.parametrize(
    ("text", "kind", "lights", "course", "speed"),
    [
        ("Trawler, no lights, heading NW at 8 kn", "fishing", "no lights", 315, 8),
        ("two fishing boats, deck lights, course 045", "fishing", "deck lights", 45, None),
        ("RIB without any lights steering south-west 25 knots", "small craft", "no lights", 225, 25),
        ("container ship red over green lights bound to the north", "cargo", "red over green lights", 0, None),
        ("unlit skiff", "small craft", "no lights", None, None),
        ("ferry", "passenger", "", None, None),
        ("dark clouds, heading 999", "", "", None, None),
        ("", "", "", None, None),
    ],
)
def test_kind_lights_course_and_speed(text, kind, lights, course, speed):
    told = seen(text)
    assert (told.kind, told.lights) == (kind, lights)
    assert told.course == (None if course is None else pytest.approx(math.radians(course)))
    assert told.speed == (None if speed is None else pytest.approx(speed * KNOT))


def test_the_standard_deviation_is_that_of_the_longest_axis():
    assert PersonReport(0.0, "A", 0.0, 0.0, 250.0, 150.0, 250.0).sd == pytest.approx(20.0)
