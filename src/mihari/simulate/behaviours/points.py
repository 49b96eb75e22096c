"""Legs -> points (time s, x m east, y m north) of a way on a plane. Courses are rad clockwise from north."""

from __future__ import annotations

import math

import numpy as np

from mihari.simulate.ways import Floats


def heads(course: float) -> Floats:
    """(2,) unit vector, east and north."""
    return np.array([math.sin(course), math.cos(course)])


def whole(seconds_: float) -> float:
    """At least so many s, a whole number of them."""
    return float(math.ceil(seconds_))


def legs(start: float, place: Floats, *courses: tuple[float, float, float]) -> Floats:
    """Points from `place` at `start` along legs of (course rad, speed m/s, s).

    >>> legs(0.0, np.zeros(2), (0.0, 5.0, 100.0), (np.pi / 2, 1.0, 60.0)).round(6).tolist()
    [[0.0, 0.0, 0.0], [100.0, 0.0, 500.0], [160.0, 60.0, 500.0]]
    """
    points = [np.array([start, *place])]
    for course, speed, lasts in courses:
        points.append(points[-1] + np.array([lasts, *(speed * lasts * heads(course))]))
    return np.array(points)


def centred(points: Floats, place: Floats) -> Floats:
    """The same points, moved so that half-way in time it is at `place`."""
    half = (points[0, 0] + points[-1, 0]) / 2
    middle = [np.interp(half, points[:, 0], points[:, k]) for k in (1, 2)]
    return np.asarray(points + np.array([0.0, *(place - np.array(middle))]))
