"""Figures -> the words of a watch officer."""

from __future__ import annotations

import math
from datetime import UTC, datetime

from mihari.core.units import KNOT, NAUTICAL_MILE


def clock(time: float) -> str:
    """UTC s as hours and minutes.

    >>> clock(1_795_230_000)
    '03:00 UTC'
    """
    return datetime.fromtimestamp(time, UTC).strftime("%H:%M UTC")


def course_deg(course: float) -> int:
    """Rad to whole degrees, 0 to 359.

    >>> course_deg(math.pi), course_deg(-0.001)
    (180, 0)
    """
    return round(math.degrees(course)) % 360


def miles(metres: float) -> str:
    """Metres as nautical miles, to two figures.

    >>> miles(1852.0), miles(18520.0)
    ('1.0 NM', '10 NM')
    """
    value = metres / NAUTICAL_MILE
    return f"{value:.1f} NM" if value < 9.95 else f"{value:.0f} NM"


def knots(speed: float) -> str:
    """m/s as knots.

    >>> knots(5.0)
    '9.7 kn'
    """
    return f"{speed / KNOT:.1f} kn"


def percent(share: float) -> str:
    """A share as a whole percentage.

    >>> percent(0.804)
    '80 %'
    """
    return f"{100 * share:.0f} %"


def span(seconds: float) -> str:
    """A time as minutes, or hours from two on.

    >>> span(600), span(9000)
    ('10 min', '2.5 h')
    """
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
