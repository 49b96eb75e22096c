"""Speed, status and turn -> how often an AIS device reports. ITU-R M.1371-5. How far it is heard: `ais_link`."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.core.units import KNOT

Floats = NDArray[np.float64]

AT_ANCHOR, MOORED = 1, 5  # navigation status, M.1371-5 annex 8 table 47
SLOT_S = 60.0 / 2250  # M.1371-5 annex 2 §3.2.1: 2,250 slots a minute
STATIC_S = 360.0  # M.1371-5 annex 1 §4.2.1: static and voyage data every 6 min
BASE_STATION_S = 10.0  # annex 1 table 2
AID_S = 180.0  # annex 1 table 2
LONG_RANGE_S = 180.0  # annex 4 §3.2: message 27 every 3 min, of class A and class B "SO" beyond base stations
TURNING = np.radians(5.0) / 30.0  # rad/s; annex 2: heading 5° off the mean of the last 30 s is a change of course


def class_a_interval(speed: ArrayLike, status: ArrayLike, turn: ArrayLike = 0.0) -> Floats:
    """Seconds between position reports of class A (annex 1 table 1): speed in m/s, status code, turn in rad/s.

    >>> kn = 1852 / 3600
    >>> class_a_interval([12 * kn, 18 * kn, 30 * kn, 0.0], [0, 0, 0, 1]).tolist()
    [10.0, 6.0, 2.0, 180.0]
    >>> float(class_a_interval(18 * kn, 0, turn=0.01))
    2.0
    """
    speed_kn = np.asarray(speed, dtype=np.float64) / KNOT
    turning = np.abs(np.asarray(turn, dtype=np.float64)) > TURNING
    still = np.isin(np.asarray(status), (AT_ANCHOR, MOORED))
    straight = np.where(speed_kn > 23, 2.0, np.where(speed_kn > 14, 6.0, 10.0))
    changing = np.where(speed_kn > 14, 2.0, 10.0 / 3)
    return np.where(still, np.where(speed_kn > 3, 10.0, 180.0), np.where(turning, changing, straight))


def class_b_interval(speed: ArrayLike) -> Floats:
    """Seconds between position reports of class B "CS" (annex 1 table 2): 30 s above 2 kn, else 3 min.

    >>> class_b_interval([0.5, 5.0]).tolist()
    [180.0, 30.0]
    """
    return np.where(np.asarray(speed, dtype=np.float64) / KNOT > 2, 30.0, 180.0)


def class_b_so_interval(speed: ArrayLike, busy: ArrayLike = False) -> Floats:
    """Seconds between position reports of class B "SO" (annex 1 table 2); `busy`: less than half the slots are free.

    >>> kn = 1852 / 3600
    >>> class_b_so_interval([kn, 5 * kn, 20 * kn, 30 * kn]).tolist()
    [180.0, 30.0, 15.0, 5.0]
    >>> class_b_so_interval([20 * kn, 30 * kn], busy=True).tolist()
    [30.0, 15.0]
    """
    speed_kn = np.asarray(speed, dtype=np.float64) / KNOT
    fast, fastest = np.where(busy, 30.0, 15.0), np.where(busy, 15.0, 5.0)
    under_way = np.where(speed_kn > 23, fastest, np.where(speed_kn > 14, fast, 30.0))
    return np.where(speed_kn > 2, under_way, 180.0)
