"""Times of day without a date -> UTC seconds since 1970, by what is known of about when they were told.

A time of day (`I048/140` and its like) is in seconds since midnight UTC; a truncated one (`I001/141`) is what is left
of it by 512 s, 16 bits of 1/128 s.
"""

from __future__ import annotations

import numpy as np

from mihari.core.columns import Array

DAY_S, TRUNCATED_S = 86_400.0, 512.0


def full_time(time_of_day: Array, received: Array | float) -> Array:
    """UTC seconds since 1970 of times of day heard at `received` (UTC s): the day that brings the two closest.

    Holds while the delay (or the clocks' difference) is below 12 h. NaN stays NaN.

    >>> midnight = 20_000 * 86_400.0
    >>> (full_time(np.array([86_399.0, 1.0, 43_000.0]), midnight + 0.5) - midnight).tolist()
    [-1.0, 1.0, 43000.0]
    """
    time_of_day = np.asarray(time_of_day, float)
    days: Array = np.rint((np.asarray(received, float) - time_of_day) / DAY_S)
    return time_of_day + DAY_S * days


def completed(truncated: Array, about: Array | float) -> Array:
    """UTC seconds since 1970 of times truncated to 512 s, told at `about` (UTC s): the ones closest to that.

    Holds while `about` is right to 256 s. A day is no multiple of 512 s, so the count starts anew at midnight: the last
    of a day's spans is 384 s long, and near midnight two times may be as close as 64 s to what is asked for.

    >>> midnight = 20_000 * 86_400.0
    >>> (completed(np.array([3.0, 383.0, 0.5]), midnight + np.array([1030.0, -2.0, 1.0])) - midnight).tolist()
    [1027.0, -1.0, 0.5]
    """
    truncated, about = np.broadcast_arrays(np.asarray(truncated, float), np.asarray(about, float))
    nearest, distance = np.full(truncated.shape, np.nan), np.full(truncated.shape, np.inf)
    for day in (-1.0, 0.0, 1.0):
        midnight = (np.floor(about / DAY_S) + day) * DAY_S
        most = np.floor((DAY_S - 1e-9 - truncated) / TRUNCATED_S)
        span = np.clip(np.rint((about - midnight - truncated) / TRUNCATED_S), 0.0, most)
        time = midnight + truncated + TRUNCATED_S * span
        closer = np.abs(time - about) < distance
        nearest, distance = np.where(closer, time, nearest), np.where(closer, np.abs(time - about), distance)
    return nearest
