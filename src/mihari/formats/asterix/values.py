"""Wire numbers -> values in SI units."""

from __future__ import annotations

import math

import numpy as np

from mihari.core.columns import Array
from mihari.formats.asterix.program import Leaf

NM = 1852.0  # international nautical mile, m
FT = 0.3048  # international foot, m
SI = {
    "NM": NM,
    "NM/s": NM,
    "ft": FT,
    "ft/min": FT / 60.0,
    "FL": 100.0 * FT,
    "°": math.pi / 180.0,
    "°/s": math.pi / 180.0,
    "kt": NM / 3600.0,
    "km/h": 1.0 / 3.6,
    "MHz": 1e6,
    "mb": 100.0,
}
GEOGRAPHIC = ("LAT", "LON", "LATITUDE", "LONGITUDE")  # positions stay degrees, every other angle becomes radians


def factor(leaf: Leaf) -> float:
    """What one raw unit is in SI units (degrees for latitudes and longitudes).

    >>> from mihari.formats.asterix.definition import Element
    >>> factor(Leaf(("040", "RHO"), Element(16, scale=1 / 256, unit="NM"), 16, 2)) * 256
    1852.0
    """
    element = leaf.element
    if element.scale is None:
        return 1.0
    if element.unit == "°" and leaf.keys[-1] in GEOGRAPHIC:
        return element.scale
    return element.scale * SI.get(element.unit, 1.0)


def factors(leaf: Leaf, cases: Array) -> Array:
    """As `factor`, cell by cell, of a value whose unit depends on another one, whose wire numbers are `cases`."""
    found = np.ones(len(cases))
    for value, (scale, unit) in leaf.element.cases.items():
        found[cases == value] = scale * SI.get(unit, 1.0)
    return found


def scaled(leaf: Leaf, raw: Array, cases: Array | None = None) -> Array:
    """Wire numbers as float64 in SI units; `cases` as in `factors`."""
    values: Array = raw.astype(np.float64) * (factor(leaf) if cases is None else factors(leaf, cases))
    return values
