"""Lanes and grounds -> closed smooth curves that vessels run along for ever: knots at equal steps in degrees.

A vessel on a lane goes out on its starboard side, turns beyond the end and comes back on the other side, so nobody
ever appears from nowhere or jumps. Curves are drawn on a tangent plane of the area; lengths there are right to 1e-4
within 100 km, and velocities are derived from the curve itself, so truth is exact.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
OnLand = Callable[[Floats, Floats], NDArray[np.bool_]]

KNOT_SPACING = 60.0  # m on lanes; cubic interpolation between knots is then exact to centimetres
LANE_ROUNDING = 500.0  # m, standard deviation of the smoothing that rounds a lane's corners


def resampled(points: Floats, spacing: float) -> Floats:
    """A closed curve (n, 2) at equal steps of arc length of about `spacing` m."""
    closed = np.vstack([points, points[:1]])
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(closed, axis=0).T))])
    steps = max(8, int(np.ceil(along[-1] / spacing)))
    at = np.arange(steps) * (along[-1] / steps)
    return np.column_stack([np.interp(at, along, closed[:, k]) for k in (0, 1)])


def smoothed(points: Floats, spacing: float, width: float) -> Floats:
    """A closed curve at equal steps of `spacing` m, convolved with a Gaussian of `width` m."""
    frequency = np.fft.rfftfreq(len(points), spacing)
    damping = np.exp(-2 * (np.pi * frequency * width) ** 2)
    turned = np.fft.rfft(points, axis=0) * damping[:, None]
    return np.asarray(np.fft.irfft(turned, len(points), axis=0))


def lane_loop(centre: Floats, offset: float, rounding: float) -> Floats:
    """Out along `centre` (n, 2; x east, y north, m) `offset` m to starboard, and back: closed, corners rounded.

    >>> loop = lane_loop(np.array([[0.0, 0.0], [0.0, 20e3]]), 500.0, 200.0)
    >>> outward = loop[np.argmin(abs(loop[:, 1] - 10e3))]
    >>> bool(abs(abs(outward[0]) - 500.0) < 1.0), len(loop) > 600
    (True, True)
    """
    step = np.diff(centre, axis=0)
    step /= np.hypot(*step.T)[:, None]
    bisector = np.vstack([step[:1], step[:-1] + step[1:], step[-1:]])
    bisector /= np.maximum(np.hypot(*bisector.T), 1e-9)[:, None]
    # a mitre keeps the distance in bends; hairpins are cut
    lengthened = 1.0 / np.maximum(np.sum(bisector * np.vstack([step[:1], step]), axis=1), 0.4)
    starboard = np.column_stack([bisector[:, 1], -bisector[:, 0]]) * lengthened[:, None]
    corners = np.vstack([centre + offset * starboard, (centre - offset * starboard)[::-1]])
    fine = resampled(corners, KNOT_SPACING)
    spacing = float(np.hypot(*(fine[1] - fine[0])))
    return resampled(smoothed(fine, spacing, rounding), KNOT_SPACING)


def from_tip(loop: Floats, tip: Floats, far_tip: Floats) -> Floats:
    """The loop begun where it is nearest to `tip`, with as many knots out to where it is nearest to `far_tip` as back.

    A step out and a step back may differ by a percent; a ferry that runs half the knots then stops at the very end.
    """
    turned = np.roll(loop, -int(np.argmin(np.hypot(*(loop - tip).T))), axis=0)
    far = int(np.argmin(np.hypot(*(turned - far_tip).T)))
    half = len(loop) // 2
    at = np.concatenate([np.arange(half) * (far / half), far + np.arange(half) * ((len(loop) - far) / half)])
    closed = np.vstack([turned, turned[:1]])
    return np.column_stack([np.interp(at, np.arange(len(closed)), closed[:, k]) for k in (0, 1)])


def wandering_loop(rng: np.random.Generator, centre: Floats, size: float) -> Floats:
    """A random closed curve around `centre` (2,) that stays within `size` m of it.

    Its course is drawn, not its place: one turn plus four harmonics, so bends are gentle all along; what the ends then
    fail to meet by is spread over the curve.
    """
    u = np.arange(256) / 256
    harmonic = np.arange(2, 6)[:, None]
    swing = rng.normal(0, 0.9, (4, 1)) / harmonic * 2
    course = 2 * np.pi * u + rng.uniform(0, 2 * np.pi)
    course = course + (swing * np.sin(2 * np.pi * (harmonic * u + rng.uniform(0, 1, (4, 1))))).sum(0)
    steps = np.column_stack([np.sin(course), np.cos(course)])
    curve = np.cumsum(steps - steps.mean(0), axis=0)
    curve -= (curve.max(0) + curve.min(0)) / 2
    curve *= size / np.hypot(*curve.T).max()
    length = float(np.hypot(*np.diff(curve, axis=0).T).sum())
    return resampled(centre + curve, min(150.0, length / 96))


def tightest_radius(loop: Floats) -> float:
    """Smallest radius of curvature in m of a closed curve at equal steps."""
    ahead, behind = np.roll(loop, -1, axis=0) - loop, loop - np.roll(loop, 1, axis=0)
    cross = ahead[:, 0] * behind[:, 1] - ahead[:, 1] * behind[:, 0]
    turned = np.abs(np.arctan2(cross, np.sum(ahead * behind, axis=1)))
    return float(np.min(np.hypot(*ahead.T) / np.maximum(turned, 1e-12)))


@dataclass(frozen=True, slots=True)
class Ways:
    """Many closed curves in flat columns: knots (k,) in degrees; per curve its first knot, number and step in m.

    Longitudes of one curve never jump (they may pass 180).
    """

    lat_deg: Floats
    lon_deg: Floats
    first: NDArray[np.int64]
    count: NDArray[np.int64]
    step: Floats
