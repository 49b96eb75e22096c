"""What one browser wants to see: an area, categories, sources; as a mask over the wire's integer columns."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mihari.core.errors import FormatError
from mihari.core.units import wrap_lon_deg
from mihari.face.rows import GRID, NEVER, Rows

Mask = NDArray[np.bool_]
Box = tuple[float, float, float, float]  # south, west, north, east in degrees; west > east crosses the antimeridian


@dataclass(frozen=True, slots=True)
class View:
    """`box` in degrees, `categories` as a bit mask of `Category`, `sources` as a mask of `Source`; None: all."""

    box: Box | None = None
    categories: int | None = None
    sources: int | None = None

    def mask(self, rows: Rows, bits: NDArray[np.uint32] | None = None) -> Mask:
        """Which rows are inside, bool (n,); empty slots (id 0xFFFFFFFF) never are. `bits`: `category_bits`, if at hand.

        >>> from mihari.core.picture import Vessels
        >>> from mihari.face.rows import rows_of
        >>> rows = rows_of(Vessels.of(2, id=[1, 2], lat_deg=0.0, lon_deg=[179.0, 10.0]), 0.0)
        >>> View((-1.0, 170.0, 1.0, -170.0)).mask(rows).tolist()
        [True, False]
        """
        inside: Mask = rows.id != NEVER
        if self.box is not None:
            inside &= inside_box(self.box, rows.lat, rows.lon)
        if self.categories is not None:
            inside &= ((category_bits(rows) if bits is None else bits) & np.uint32(self.categories)) != 0
        if self.sources is not None:
            inside &= (rows.octets[1] & np.uint8(self.sources)) != 0
        return inside


def inside_box(box: Box, lat: NDArray[np.int32], lon: NDArray[np.int32]) -> Mask:
    """Which positions (1e-7 degree) are in the box, borders included.

    One unsigned comparison does for two signed ones: x - low wraps round below low.
    """
    south, west, north, east = (round(v * GRID) for v in box)
    inside: Mask = (lat - np.int32(south)).view(np.uint32) <= np.uint32(max(north - south, 0))
    if west <= east:
        if east - west < int(360 * GRID):
            inside &= _wrapped(lon, west) <= np.uint32(east - west)
    else:
        inside &= _wrapped(lon, east + 1) >= np.uint32(west - east - 1)
    return inside


def _wrapped(lon: NDArray[np.int32], low: int) -> NDArray[np.uint32]:
    """lon - low modulo 2³²."""
    return lon.view(np.uint32) - np.uint32(low & 0xFFFFFFFF)


def category_bits(rows: Rows) -> NDArray[np.uint32]:
    """1 << category, u4 (n,); of one beyond 31 nothing, so only a view without categories has it."""
    category = rows.octets[2].astype(np.uint32)
    return np.where(category < 32, np.uint32(1) << (category & 31), 0).astype(np.uint32)


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
