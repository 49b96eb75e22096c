import numpy as np
import pytest

from mihari.core.units import KNOT
from mihari.sensors.ais import (
    AT_ANCHOR,
    MOORED,
    class_a_interval,
    class_b_interval,
    class_b_so_interval,
)

TURNING = np.radians(20.0) / 60


# M.1371-5 annex 1 table 1
@pytest.mark.parametrize(
    ("speed_kn", "status", "turn", "interval"),
    [
        (0, AT_ANCHOR, 0, 180),
        (2.9, MOORED, TURNING, 180),
        (3.1, AT_ANCHOR, 0, 10),
        (0, 0, 0, 10),
        (13.9, 0, 0, 10),
        (13.9, 0, TURNING, 10 / 3),
        (14.1, 0, 0, 6),
        (14.1, 0, -TURNING, 2),
        (23.1, 0, 0, 2),
        (23.1, 0, TURNING, 2),
    ],
)
def test_class_a_reports_as_often_as_its_table_says(speed_kn, status, turn, interval):
    assert class_a_interval(speed_kn * KNOT, status, turn) == pytest.approx(interval)


@pytest.mark.parametrize(("speed_kn", "interval"), [(0, 180), (1.9, 180), (2.1, 30), (30, 30)])
def test_class_b_reports_as_often_as_its_table_says(speed_kn, interval):
    assert class_b_interval(speed_kn * KNOT) == interval


@pytest.mark.parametrize(
    ("speed_kn", "free", "busy"), [(1, 180, 180), (2.1, 30, 30), (13.9, 30, 30), (14.1, 15, 30), (23.1, 5, 15)]
)
def test_class_b_so_reports_as_often_as_its_table_says(speed_kn, free, busy):
    assert class_b_so_interval(speed_kn * KNOT) == free
    assert class_b_so_interval(speed_kn * KNOT, busy=True) == busy
