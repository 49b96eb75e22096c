"""What is told of a zone's watch rule, as JSON -> its limits, each checked; BadInput with one sentence otherwise."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from mihari.core.errors import BadInput
from mihari.core.picture import Category

URGENCIES = ("caution", "warning", "alarm", "emergency")
TYPES = tuple(category.name.lower() for category in Category)
SPEED_MAX_KN = 102.2  # the fastest that AIS can tell (M.1371-5 table 48)
DWELL_MAX_MIN = 2880.0  # what vessels did is kept for two days
MID_MIN, MID_MAX = 201, 775  # maritime identification digits (ITU-R M.585-9)
LIST_MAX = 100  # entries of one list


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def _above_0(most: float) -> Callable[[Any], float | None]:
    def checked(value: Any) -> float | None:
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0.0 < value <= most:
            raise ValueError(f"a number above 0 and at most {most:g}")
        return float(value) if math.isfinite(value) else None

    return checked


def _some(fits: Callable[[Any], bool], wanted: str) -> Callable[[Any], tuple[Any, ...]]:
    def checked(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple) or len(value) > LIST_MAX or not all(fits(one) for one in value):
            raise ValueError(f"a list of {wanted}")
        return tuple(dict.fromkeys(value))

    return checked


def _whole(low: int, high: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _urgency(value: Any) -> str:
    if value not in URGENCIES:
        raise ValueError("caution, warning, alarm or emergency")
    return str(value)


CHECKS: Mapping[str, Callable[[Any], Any]] = {
    "enter": _flag,
    "leave": _flag,
    "speed_kn": _above_0(SPEED_MAX_KN),
    "dwell_min": _above_0(DWELL_MAX_MIN),
    "types": _some(TYPES.__contains__, f"types of vessels: {', '.join(TYPES)}"),
    "flags": _some(_whole(MID_MIN, MID_MAX), f"maritime identification digits, {MID_MIN} to {MID_MAX}"),
    "months": _some(_whole(1, 12), "months, 1 to 12"),
    "urgency": _urgency,
}


def limits_of(told: Any, where: str) -> dict[str, Any]:
    """The limits by name.

    >>> limits_of({"enter": True, "speed_kn": 12, "months": [6, 7]}, "zone 1")
    {'enter': True, 'speed_kn': 12.0, 'months': (6, 7)}
    >>> limits_of({"months": [13]}, "zone 1")
    Traceback (most recent call last):
    ...
    mihari.core.errors.BadInput: zone 1: watch: months: expected a list of months, 1 to 12
    """
    if not isinstance(told, Mapping):
        raise BadInput(f"{where}: watch: expected an object with {', '.join(CHECKS)}")
    unknown = [str(name)[:40] for name in told if name not in CHECKS]
    if unknown:
        raise BadInput(f"{where}: watch: {', '.join(unknown[:5])}: expected {', '.join(CHECKS)}")
    limits = {}
    for name, value in told.items():
        try:
            limits[name] = CHECKS[name](value)
        except (ValueError, TypeError) as wanted:
            raise BadInput(f"{where}: watch: {name}: expected {wanted}") from None
    return limits
