"""What one browser wants to see: an area, categories, sources; as a mask over the wire's integer columns."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mihari.core.errors import FormatError
from mihari.core.units import wrap_lon_deg
from mihari.face.pick import Extent, Mask, inside
from mihari.face.rows import GRID, NEVER, Rows

Box = tuple[float, float, float, float]  # south, west, north, east in degrees; west > east crosses the antimeridian

WORLD: Box = (-90.0, -180.0, 90.0, 180.0)
MODULO = 1 << 32


@dataclass(frozen=True, slots=True)
class View:
    """`box` in degrees, `categories` as a bit mask of `Category`, `sources` as a mask of `Source`; None: all."""

    box: Box | None = None
    categories: int | None = None
    sources: int | None = None

    @property
    def extent(self) -> Extent:
        """South, height, west, width (1e-7 degree modulo 2³²), categories, sources: what `pick.inside` compares.

        Without a filter of categories bit 32 is set, for all beyond 31; without one of sources bit 8, for all.
        """
        categories = (1 << 33) - 1 if self.categories is None else self.categories
        return *extent(self.box or WORLD), categories, 256 if self.sources is None else self.sources

    def mask(self, rows: Rows, used: int | None = None) -> Mask:
        """Which of the first `used` rows (None: all) are inside; empty slots (id 0xFFFFFFFF) never are.

        >>> from mihari.core.picture import Vessels
        >>> from mihari.face.rows import rows_of
        >>> rows = rows_of(Vessels.of(2, id=[1, 2], lat_deg=0.0, lon_deg=[179.0, 10.0]), 0.0)
        >>> View((-1.0, 170.0, 1.0, -170.0)).mask(rows).tolist()
        [True, False]
        """
        mask = np.empty(len(rows) if used is None else used, np.bool_)
        inside(rows.words, rows.octets, self.extent, mask)
        return mask


def extent(box: Box) -> tuple[int, int, int, int]:
    """South, height, west, width in 1e-7 degree, modulo 2³².

    >>> extent((-1.0, 10.0, 1.0, 30.0))
    (4284967296, 20000000, 100000000, 200000000)
    """
    south, west, north, east = (round(v * GRID) for v in box)
    width = NEVER if east - west >= 360 * GRID else (east - west) % MODULO
    return south % MODULO, max(north - south, 0), west % MODULO, width


def inside_box(box: Box, lat: NDArray[np.int32], lon: NDArray[np.int32]) -> Mask:
    """Which positions (1e-7 degree) are in the box, borders included; see `pick.inside`."""
    south, height, west, width = (np.uint32(v) for v in extent(box))
    within: Mask = (lat.view(np.uint32) - south <= height) & (lon.view(np.uint32) - west <= width)
    return within


def parse_view(message: Any) -> View:
    """A browser's `view` message as a View; FormatError names the field that does not fit.

    >>> parse_view({"type": "view", "box": None, "categories": [1, 2], "sources": 3})
    View(box=None, categories=6, sources=3)
    """
    if not isinstance(message, dict) or message.get("type") != "view":
        raise FormatError("syntax", "expected an object of type view")
    categories, sources = message.get("categories"), message.get("sources")
    if categories is not None:
        if not isinstance(categories, list) or not all(type(c) is int and 0 <= c < 32 for c in categories):
            raise FormatError("syntax", "categories: expected null or a list of numbers from 0 to 31")
        categories = sum(1 << c for c in set(categories))
    if sources is not None and not (type(sources) is int and 0 <= sources < 256):
        raise FormatError("syntax", "sources: expected null or a mask from 0 to 255")
    return View(parse_box(message.get("box")), categories, sources)


def parse_box(box: Any) -> Box | None:
    """[south, west, north, east] in degrees, any longitude, as a Box; a box as wide as the world has all longitudes.

    >>> parse_box([-10, 170, 10, 190])
    (-10.0, 170.0, 10.0, -170.0)
    >>> parse_box([-10, -200, 10, 200])
    (-10.0, -180.0, 10.0, 180.0)
    """
    if box is None:
        return None
    numbers = isinstance(box, list | tuple) and len(box) == 4 and all(type(v) in (int, float) for v in box)
    if not numbers or not all(math.isfinite(v) and abs(v) <= 1e4 for v in box):
        raise FormatError("syntax", "box: expected null or [south, west, north, east] in degrees")
    south, west, north, east = (float(v) for v in box)
    south, north = max(south, -90.0), min(north, 90.0)
    if south > north:
        raise FormatError("syntax", "box: south is above north")
    if east - west >= 360.0:
        return south, -180.0, north, 180.0
    # 180 as the eastern border stays 180, so that a vessel right on the meridian is inside
    return south, float(wrap_lon_deg(west)), north, (180.0 if east == 180.0 else float(wrap_lon_deg(east)))
