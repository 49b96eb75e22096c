"""A table of a platform's file -> its figures, each with where it comes from; what has no origin is refused.

A figure is `cruise_kn = { value = 125, source = "…" }`, with `unverified = true` where nobody read the source, or
`{ value = 125, assumed = true, reason = "…" }`. The end of a key is its unit; values come out in SI.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mihari.core.errors import ConfigError
from mihari.core.mistakes import nearest
from mihari.core.toml_text import Location, line_of
from mihari.core.units import DAY_S, DEGREE, FOOT, HOUR_S, KNOT, MINUTE_S, NAUTICAL_MILE

# quantity -> (SI unit, ends of keys with the factor to it)
UNITS: dict[str, tuple[str, dict[str, float]]] = {
    "speed": ("m/s", {"_kn": KNOT, "_kmh": 1 / 3.6, "_mps": 1.0}),
    "length": ("m", {"_m": 1.0, "_km": 1000.0, "_ft": FOOT, "_nm": NAUTICAL_MILE}),
    "time": ("s", {"_s": 1.0, "_min": MINUTE_S, "_h": HOUR_S, "_d": DAY_S}),
    "angle": ("rad", {"_deg": DEGREE}),
    "turn": ("rad/s", {"_degps": DEGREE}),
    "acceleration": ("m/s²", {"_mps2": 1.0}),
    "frequency": ("Hz", {"_hz": 1.0}),
    "level": ("dB", {"_db": 1.0}),
    "number": ("", {"": 1.0}),
    "share": ("", {"": 1.0}),
    "sea state": ("", {"": 1.0}),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """What a figure is: its quantity (see `UNITS`) and bounds in SI, or the words it may consist of."""

    quantity: str = "number"
    low: float = 0.0
    high: float = math.inf
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as its file has it: `value` in the unit of `key`, and its origin.

    Either `source`, which nobody read if `unverified`, or `assumed` with the `reason`.

    >>> print(Figure("cruise_kn", 125.0, "rtarabic 1621220").origin)
    rtarabic 1621220
    >>> print(Figure("cruise_kn", 60.0, assumed=True, reason="as the boats of its size").origin)
    assumed: as the boats of its size
    """

    key: str
    value: float | tuple[str, ...]
    source: str = ""
    unverified: bool = False
    assumed: bool = False
    reason: str = ""

    @property
    def origin(self) -> str:
        """Where it comes from, in one line."""
        if self.assumed:
            return f"assumed: {self.reason}"
        return f"{self.source} (unverified)" if self.unverified else self.source


class Mistaken:
    """Says what is wrong in one file, with the line."""

    def __init__(self, file: str, lines: Mapping[Location, int]) -> None:
        self.file, self.lines = file, lines

    def __call__(self, where: Location, problem: str) -> ConfigError:
        """The error of the key at `where`."""
        name = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in where).lstrip(".")
        return ConfigError(self.file, name, problem, line_of(self.lines, where))


def read_figures(
    table: Mapping[str, Any], kinds: Mapping[str, Kind], wrong: Mistaken, where: Location = ()
) -> tuple[dict[str, Any], dict[str, Figure]]:
    """(name -> value in SI, name -> figure) of the figures in a table.

    kinds: by name without unit. Raises ConfigError for a key that is none of them, a name given twice, and a figure
    that is out of bounds or has no origin.
    """
    values: dict[str, Any] = {}
    figures: dict[str, Figure] = {}
    for key, given in table.items():
        here = (*where, key)
        name, factor = _named(key, kinds, wrong, here)
        if name in figures:
            raise wrong(here, f"{name} is given twice; {figures[name].key} is there already")
        kind = kinds[name]
        found = _figure(key, given, kind, wrong, here)
        value = found.value
        values[name] = value if isinstance(value, tuple) else _bounded(value * factor, kind, wrong, here)
        figures[name] = found
    return values, figures


def _named(key: str, kinds: Mapping[str, Kind], wrong: Mistaken, where: Location) -> tuple[str, float]:
    """The figure that a key names, and the factor of its unit."""
    known: dict[str, str] = {}
    for name, kind in kinds.items():
        ends = {"": 1.0} if kind.words else UNITS[kind.quantity][1]
        if key.startswith(name) and key[len(name) :] in ends:
            return name, ends[key[len(name) :]]
        known |= {name + end: name for end in ends}
    near = nearest(key, known)
    raise wrong(where, f"unknown key; did you mean {near}?" if near else f"unknown key; known are {', '.join(known)}")


def _figure(key: str, given: Any, kind: Kind, wrong: Mistaken, where: Location) -> Figure:
    """The figure with its origin; ConfigError where there is none, or more than one."""
    form = '{ value = …, source = "…" } or { value = …, assumed = true, reason = "…" }'
    if not isinstance(given, dict) or "value" not in given:
        raise wrong(where, f"expected {form}")
    if more := set(given) - {"value", "source", "unverified", "assumed", "reason"}:
        raise wrong(where, f"unknown key {sorted(more)[0]}; expected {form}")
    flags, texts = (given.get("unverified", False), given.get("assumed", False)), ("source", "reason")
    if any(not isinstance(flag, bool) for flag in flags):
        raise wrong(where, "expected true or false for unverified and assumed")
    if any(name in given and not (isinstance(given[name], str) and given[name].strip()) for name in texts):
        raise wrong(where, "expected a source or a reason in words")
    source, reason, (unverified, assumed) = given.get("source", ""), given.get("reason", ""), flags
    if assumed == bool(source):
        raise wrong(
            where, f"has {'a source and is assumed' if source else 'neither source nor assumed'}; expected {form}"
        )
    if assumed != bool(reason) or (assumed and unverified):
        raise wrong(where, "an assumed figure, and only that, has a reason; only a source can be unverified")
    return Figure(key, _value(given["value"], kind, wrong, where), source, unverified, assumed, reason)


def _value(given: Any, kind: Kind, wrong: Mistaken, where: Location) -> float | tuple[str, ...]:
    if kind.words:
        listed = given if isinstance(given, list) else [given]
        if not listed or any(word not in kind.words for word in listed) or len(set(listed)) < len(listed):
            raise wrong(where, f"expected words of {', '.join(kind.words)}; found {given!r}")
        return tuple(listed)
    if isinstance(given, bool) or not isinstance(given, int | float) or not math.isfinite(given):
        raise wrong(where, f"expected a number, found {given!r}")
    return float(given)


def _bounded(value: float, kind: Kind, wrong: Mistaken, where: Location) -> float:
    if not kind.low <= value <= kind.high:
        unit = UNITS[kind.quantity][0]
        raise wrong(where, f"expected between {kind.low:g} and {kind.high:g} {unit}, found {value:g} {unit}".rstrip())
    return value
