"""A cell and how often it is to be passed over -> the places of those passes, to and fro, where it is entered first.

Passes are spread evenly over the cell and a little shorter than it, so that with the ways from one to the next they
take the time that a plan counts on: as many lengths of the cell as there are passes.
"""

from __future__ import annotations

import itertools

import numpy as np

from mihari.core.geodesy import great_circle
from mihari.patrol.cells import Cells

Place = tuple[float, float]


def passes_of(stay: float, side: float, cruise: float) -> int:
    """How many passes a stay of so many s stands for: each beyond the first takes a length of the cell at cruise.

    >>> passes_of(0.0, 20e3, 50.0), passes_of(400.0, 20e3, 50.0)
    (1, 2)
    """
    return 1 + max(round(stay * cruise / side), 0)


def passes_over(cells: Cells, row: int, passes: int, before: Place, after: Place | None = None) -> list[Place]:
    """(lat_deg, lon_deg) of both ends of each pass over a cell, in the order that makes the way there and on shortest.

    before, after: where the vehicle comes from and goes to.

    >>> from mihari.patrol.cells import cells_of
    >>> from mihari.patrol.file import AreaSection
    >>> cells = cells_of(AreaSection(lat_deg=0.0, lon_deg=0.0, along_km=20.0, across_km=20.0))
    >>> [(round(111 * lat, 1), round(111 * lon, 1)) for lat, lon in passes_over(cells, 0, 2, (-1.0, -0.05))]
    [(-7.5, -5.0), (7.5, -5.0), (7.5, 5.0), (-7.5, 5.0)]
    """
    ways = (_way(cells.corners[row], passes, *turned) for turned in itertools.product((False, True), repeat=3))
    return min(ways, key=lambda way: _distance(before, way[0]) + (0.0 if after is None else _distance(way[-1], after)))


def _way(corners: np.ndarray, passes: int, across: bool, backwards: bool, mirrored: bool) -> list[Place]:
    """One of the ways: passes along the cell or across it, from either end, beginning on either side."""
    half = 0.5 * (1 - (passes - 1) / passes**2)
    made = []
    for k in range(passes):
        off = (k + 0.5) / passes - 0.5
        ends = (-half, half) if (k % 2 == 0) != backwards else (half, -half)
        made += [(end, -off if mirrored else off) for end in ends]
    return [_inside(corners, off, way) if across else _inside(corners, way, off) for way, off in made]


def _inside(corners: np.ndarray, x: float, y: float) -> Place:
    """A place at shares (-½ to ½) of a cell's length and width from its middle."""
    u, v = x + 0.5, y + 0.5
    shares = np.array([(1 - u) * (1 - v), u * (1 - v), u * v, (1 - u) * v])
    lon = corners[0, 1] + (corners[:, 1] - corners[0, 1] + 180.0) % 360.0 - 180.0
    return float(shares @ corners[:, 0]), float((shares @ lon + 180.0) % 360.0 - 180.0)


def _distance(one: Place, other: Place) -> float:
    return float(great_circle(*one, *other)[0])
