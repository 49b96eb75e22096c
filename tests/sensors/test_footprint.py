"""A look never claims more of the sea than the picture shows."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mihari.core.geodesy import direct
from mihari.sensors.footprint import look_of

NEARLY_M = 10.0  # corners are laid out along geodesics, the look along rays of a plane


def inside(x: float, y: float, corners: np.ndarray) -> bool:  # type: ignore[type-arg]
    """Whether a point is in a convex polygon, by the sides it is on."""
    sides = []
    for (x1, y1), (x2, y2) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        side = (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)
        sides.append(side / math.hypot(x2 - x1, y2 - y1))  # m from the edge
    return all(s > -NEARLY_M for s in sides) or all(s < NEARLY_M for s in sides)


@pytest.mark.parametrize("seed", range(40))
def test_every_point_of_a_look_is_in_the_picture(seed: int) -> None:
    rng = np.random.default_rng(seed)
    bearing, near, deep, wide = (
        rng.uniform(0, 6.28),
        rng.uniform(500, 5000),
        rng.uniform(200, 8000),
        rng.uniform(0.05, 0.5),
    )
    far = near + deep
    polar = [(bearing - wide, far), (bearing + wide, far), (bearing + wide * 0.9, near), (bearing - wide * 0.8, near)]
    corners = [tuple(float(v) for v in direct(26.0, 127.0, b, r)) for b, r in polar]
    look = look_of(26.0, 127.0, corners)  # type: ignore[arg-type]
    assert look is not None
    flat = np.array([(r * math.sin(b), r * math.cos(b)) for b, r in polar])
    width = (look.end - look.start) % (2 * math.pi)
    for share in np.linspace(0, 1, 9):
        for away in (look.near, look.far):
            angle = look.start + share * width
            assert inside(away * math.sin(angle), away * math.cos(angle), flat)
    area = width / 2 * (look.far**2 - look.near**2)
    x, y = flat.T
    whole = abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2
    assert 0.3 < area / whole < 1.01


def test_a_picture_of_what_lies_below_is_a_circle() -> None:
    corners = [tuple(float(v) for v in direct(26.0, 127.0, b, 1000.0)) for b in (0.7854, 2.356, 3.927, 5.498)]
    look = look_of(26.0, 127.0, corners)  # type: ignore[arg-type]
    assert look is not None
    assert (look.start, look.end, look.near) == (0.0, 0.0, 0.0)
    assert look.far == pytest.approx(1000 / math.sqrt(2), rel=0.01)


@pytest.mark.parametrize("corners", [[], [(26.0, 127.0)], [(26.01, 127.0)] * 4, [(math.nan, 127.0)] * 4])
def test_no_area_is_no_look(corners) -> None:  # type: ignore[no-untyped-def]
    assert look_of(26.0, 127.0, corners) is None
