"""An object, who looks from how high, how clear the air, wind, sea -> sweep width in m of eyes that search.

The U.S. Coast Guard's tables (COMDTINST M16130.2F) as `tables/iamsar_sweep_widths.json` has them; it labels their
corrections for weather IAMSAR's. How they are used, and the correction for fatigue: U.S. National Search and Rescue
Manual, JP 3-50, appendix D.

By day, and for eyes only: not for cameras (`mihari.sensors.sweep`), and not for anybody who flies at 18,000 ft.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mihari.core.errors import BadInput
from mihari.core.units import FOOT, KNOT, NAUTICAL_MILE

Floats = NDArray[np.float64]

CRAFT = ("aircraft", "helicopter", "boat")
TIRED = 0.9  # of the width where a crew is excessively fatigued; what is usual is in the tables (JP 3-50 D.C)
MORE_WIND, MUCH_WIND = 15 * KNOT, 25 * KNOT  # m/s; above them a correction holds (JP 3-50 table D-1)
MORE_SEA, MUCH_SEA = 2 * FOOT, 4 * FOOT  # m; from 2 ft, above 4 ft


@dataclass(frozen=True, slots=True)
class _Widths:
    """Of one object and craft: heights (h,), visibilities (v,), widths (h, v), all m; speeds (s,) m/s, factors (s,)."""

    heights: Floats
    visibilities: Floats
    widths: Floats
    speeds: Floats
    factors: Floats


def sweep_width(
    name: str, craft: str, height: float, visibility: float, *, wind: float = 0.0, sea: float = 0.0,
    speed: float | None = None, tired: bool = False,
) -> float:  # fmt: skip
    """Sweep width in m of lookouts on an "aircraft" (fixed wing), "helicopter" or "boat" for an object of `objects`.

    height: m, of the aircraft or of the eye aboard the boat. visibility: m. wind: m/s. sea: m, height of the waves
    (four times `Weather.roughness`). speed: m/s; None: that of the tables (180 kn, helicopters 90 kn; no matter for
    boats). tired: excessively, as crews themselves report.

    Between the values of the table it is interpolated in straight lines, first over visibility, then over height;
    outside them it is that of the nearest value (1 to 30 NM, boats to 20 NM; 300 to 3000 ft, eyes on boats 8 to 14 ft;
    150 to 210 kn, helicopters 60 to 140 kn), but never more than twice the visibility. Above 3000 ft that says too
    much: the table ends there. Raises BadInput for an object, craft or figure that is none.

    >>> nm = NAUTICAL_MILE
    >>> [round(sweep_width("Power Boat ≤ 15ft", "aircraft", 1500 * FOOT, v * nm) / nm, 2) for v in (5, 7.5, 10, 60)]
    [1.3, 1.5, 1.7, 2.1]
    >>> rough = sweep_width("Power Boat ≤ 15ft", "aircraft", 1500 * FOOT, 10 * nm, wind=20 * KNOT, tired=True)
    >>> round(rough / nm, 3)  # 1.7 · 0.5 · 0.9
    0.765
    """
    for what, value in (("height", height), ("visibility", visibility), ("wind", wind), ("sea", sea),
                        ("speed", 0.0 if speed is None else speed)):  # fmt: skip
        if not value >= 0:
            raise BadInput(f"{what} of a lookout: expected a number from 0 up, found {value}")
    table, small = _table(name, craft)
    by_height = [np.interp(visibility, table.visibilities, row) for row in table.widths]
    width = float(np.interp(height, table.heights, by_height))
    width *= weather_factor(small, wind, sea) * (TIRED if tired else 1.0)
    if speed is not None and len(table.speeds):
        width *= float(np.interp(speed, table.speeds, table.factors))
    return min(width, 2 * visibility)


def objects() -> tuple[str, ...]:
    """The objects that the tables know, from a person in water to ships.

    >>> len(objects()), objects()[0], objects()[-1]
    (25, 'Person in Water', 'Ship ≥ 300ft')
    """
    return tuple(_tables()["marine_sweep_widths"])


def weather_factor(small: bool, wind: float, sea: float) -> float:
    """What wind in m/s and waves in m leave of a sweep width; `small`: a person, a raft, or a boat below 30 ft.

    The worse of both counts. Waves of 3 to 4 ft, of which JP 3-50 says nothing, count as those of 2 to 3 ft.

    >>> weather_factor(True, 10 * KNOT, 0.3), weather_factor(True, 16 * KNOT, 0.3), weather_factor(True, 16 * KNOT, 1.3)
    (1.0, 0.5, 0.25)
    """
    factors = _tables()["marine_sweep_width_weather_corrections"]["small" if small else "large"]["IAMSAR"]
    much, more = wind > MUCH_WIND or sea > MUCH_SEA, wind > MORE_WIND or sea >= MORE_SEA
    return float(factors["high" if much else "medium" if more else "low"])


@cache
def _tables() -> Mapping[str, Any]:
    file = resources.files("mihari.sensors") / "tables" / "iamsar_sweep_widths.json"
    return MappingProxyType(json.loads(file.read_text(encoding="utf-8")))


@cache
def _table(name: str, craft: str) -> tuple[_Widths, bool]:
    """The values for one object and craft, and whether it counts as small in bad weather."""
    known = _tables()["marine_sweep_widths"]
    if name not in known:
        raise BadInput(f"no sweep width of {name!r} is known; known are {', '.join(known)}")
    if craft not in CRAFT:
        raise BadInput(f"nobody looks from {craft!r}; expected one of {', '.join(CRAFT)}")
    key, one = craft.capitalize(), known[name]
    rows = sorted((int(height.removesuffix("ft")) * FOOT, row) for height, row in one[key].items())
    visibilities = _stops(key, "vis")
    widths = np.stack([_filled(row, "vis", "sw", visibilities) for _, row in rows])
    corrections = one["speed_corrections"].get(key, [])
    speeds = _stops(key, "speed") if corrections else np.zeros(0)
    return _Widths(
        np.array([height for height, _ in rows]), visibilities * NAUTICAL_MILE, widths * NAUTICAL_MILE,
        speeds * KNOT, _filled(corrections, "speed", "correction", speeds),
    ), one["weather_corrections"] == "small"  # fmt: skip


@cache
def _stops(craft: str, of: str) -> Floats:
    """All visibilities ("vis", NM) or speeds ("speed", kn) for which the tables of a craft have values."""
    found: set[float] = set()
    for one in _tables()["marine_sweep_widths"].values():
        rows = one[craft].values() if of == "vis" else [one["speed_corrections"].get(craft, [])]
        found.update(float(entry[of]) for row in rows for entry in row)
    return np.array(sorted(found))


def _filled(row: list[dict[str, float]], at: str, of: str, stops: Floats) -> Floats:
    """The values of a row at all stops: the file leaves out a value that equals the one before it.

    >>> _filled([{"vis": 1, "sw": 0.0}, {"vis": 20, "sw": 0.1}], "vis", "sw", np.array([1.0, 15.0, 20.0])).tolist()
    [0.0, 0.0, 0.1]
    """
    if not row:
        return np.zeros(0)
    given, values = np.array([entry[at] for entry in row]), np.array([float(entry[of]) for entry in row])
    return np.asarray(values[np.searchsorted(given, stops, side="right") - 1])
