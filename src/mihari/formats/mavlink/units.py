"""Wire numbers <-> what they measure: how a field's unit on the wire becomes a key of a dict and a factor.

- Whole numbers of a scaled unit become SI: mm -> m, cm/s -> m/s, cdeg -> rad, mV -> V; the key is the field's own name.
- degE7 become degrees: `lat_deg`, `lon_deg`, `lat_image_deg`.
- What SI does not measure keeps its unit and tells it at the end of its key: `_percent`, `_celsius`, `_mah`, `_rpm`.
- A name that tells its unit itself (`time_boot_ms`, `time_usec`) keeps its whole numbers, and so do numbers of 64 bits,
  which a float could not hold.
- Floats are never scaled, so that their bits stay: `hfov_deg`, `focal_length_mm`.

A scaled value is `wire * numerator / denominator`, and the rounded inverse gives the wire number back exactly.
Units are those of the MAVLink XML schema (https://mavlink.io/en/guide/xml_schema.html).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

SI = {"", "-", "text", "frame", "s", "m", "m/s", "m/s/s", "rad", "rad/s", "Pa", "A", "V", "W", "J", "Hz", "kg", "K"}
COUNTS = {"bytes", "pix"}  # numbers of something, nothing to scale
SCALES: dict[str, tuple[float, float]] = {
    "/100": (1, 100),
    "degE5": (math.pi, 180e5), "cdeg": (math.pi, 18000), "deg": (math.pi, 180), "deg/2": (math.pi, 90),
    "ddeg/s": (math.pi, 1800), "deg/s": (math.pi, 180), "mrad/s": (1, 1000),
    "mm": (1, 1000), "cm": (1, 100), "dm": (1, 10), "dam": (10, 1),
    "mm/s": (1, 1000), "cm/s": (1, 100), "dm/s": (1, 10), "m/s*5": (1, 5),
    "mG": (9.80665, 1000), "mgauss": (1, 1e7), "mbar": (100, 1), "hPa": (100, 1),
    "mV": (1, 1000), "cV": (1, 100), "mA": (1, 1000), "cA": (1, 100), "hJ": (100, 1), "g": (1, 1000),
    "ds": (1, 10), "cs": (1, 100), "ms": (1, 1000), "us": (1, 1_000_000), "ns": (1, 1_000_000_000),
}  # fmt: skip
TOLD: dict[str, tuple[float, float, str]] = {  # the unit stays at the end of the key
    "degE7": (1, 10_000_000, "deg"),
    "%": (1, 1, "percent"), "d%": (1, 10, "percent"), "c%": (1, 100, "percent"),
    "degC": (1, 1, "celsius"), "cdegC": (1, 100, "celsius"),
}  # fmt: skip
IN_NAME = {"ms": ("_ms",), "us": ("_usec", "_us"), "ns": ("_ns",), "s": ("_sec", "_s")}
SHORT = {"latitude": "lat", "longitude": "lon"}


@dataclass(frozen=True, slots=True)
class Scale:
    """A field's key in dicts and `wire * numerator / denominator`, its value; whole where it is 1 / 1."""

    key: str
    numerator: float = 1
    denominator: float = 1

    @property
    def whole(self) -> bool:
        """Whether the wire number is the value."""
        return self.numerator == self.denominator == 1


def scale(name: str, unit: str, type: str) -> Scale:
    """How the field `name` is told, which is of `type` (uint16, float...) and `unit` on the wire.

    >>> scale("lat", "degE7", "int32")
    Scale(key='lat_deg', numerator=1, denominator=10000000)
    >>> scale("vx", "cm/s", "int16"), scale("time_boot_ms", "ms", "uint32")
    (Scale(key='vx', numerator=1, denominator=100), Scale(key='time_boot_ms', numerator=1, denominator=1))
    >>> scale("hfov", "deg", "float").key, scale("battery_remaining", "%", "int8").key
    ('hfov_deg', 'battery_remaining_percent')
    """
    if unit in SI or unit in COUNTS or name.endswith(IN_NAME.get(unit, "\0")):
        return Scale(name)
    if type in ("float", "double", "uint64", "int64"):
        return Scale(_told(name, TOLD[unit][2] if unit in TOLD else unit))
    if unit in TOLD:
        numerator, denominator, suffix = TOLD[unit]
        return Scale(_told(SHORT.get(name, name), suffix), numerator, denominator)
    if unit in SCALES:
        return Scale(name, *SCALES[unit])
    return Scale(_told(name, unit))


def _told(name: str, unit: str) -> str:
    suffix = "_" + re.sub(r"[^a-z0-9]+", "_", unit.lower()).strip("_")
    return name if name.endswith(suffix) else name + suffix
