"""TOML tables <-> frozen dataclasses, by what each field says of its key: name, unit, limits."""

from __future__ import annotations

import json
import math
import re
from dataclasses import MISSING, Field, dataclass, field, fields
from datetime import UTC, date, datetime, time
from typing import Any, TypeVar

from mihari.core.errors import ConfigError

T = TypeVar("T")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")  # what ends a line or moves the cursor


@dataclass(frozen=True, slots=True)
class Key:
    """How a field stands in the file: its name there, its type, what one unit of it is in SI, and its limits."""

    name: str
    kind: str  # one of those in `_READ`, or "table" or "tables" of a dataclass
    unit: float = 1.0
    low: float = -math.inf
    high: float = math.inf
    of: Any = None  # the dataclass of a table


def key(name: str, kind: str, default: Any = MISSING, **more: Any) -> Any:
    """A dataclass field that is read from the key `name`; without `default` the file must give it."""
    return field(default=default, metadata={"key": Key(name, kind, **more)})


def read(cls: type[T], table: Any, file: str, where: str = "") -> T:
    """`table` as a `cls`; ConfigError names the file, the key and what was expected."""
    if not isinstance(table, dict):
        raise ConfigError(file, where.rstrip("."), "expected a table")
    known = {k.name: (f, k) for f, k in _keyed(cls)}
    for name in table:
        if name not in known:
            raise ConfigError(file, where + name, f"unknown key; known are {', '.join(sorted(known))}")
    made = {}
    for f, k in known.values():
        if k.name in table:
            made[f.name] = _value(table[k.name], k, file, where + k.name)
        elif f.default is MISSING:
            raise ConfigError(file, where + k.name, f"missing; expected {_expected(k)}")
    return cls(**made)


def _keyed(cls: Any) -> list[tuple[Field[Any], Key]]:
    """The fields that stand in the file."""
    return [(f, f.metadata["key"]) for f in fields(cls) if "key" in f.metadata]


def _value(value: Any, k: Key, file: str, where: str) -> Any:
    if k.kind == "tables":
        if not isinstance(value, list):
            raise ConfigError(file, where, f"expected tables [[{where}]]")
        return tuple(read(k.of, item, file, f"{where}[{i}].") for i, item in enumerate(value))
    if k.kind == "table":
        return read(k.of, value, file, f"{where}.")
    made = _READ[k.kind](value, k)
    if made is None:
        shown = value.isoformat() if isinstance(value, date | time) else repr(value)
        raise ConfigError(file, where, f"expected {_expected(k)}, found {shown[:60]}")
    return made


def _expected(k: Key) -> str:
    words = {
        "number": "a number",
        "whole": "a whole number",
        "text": "a text on one line",
        "flag": "true or false",
        "place": "[latitude, longitude] in degrees",
        "places": "a list of at least two [latitude, longitude] in degrees",
        "time": "a time such as 2026-11-20T03:00:00Z",
        "numbers": "[lowest, highest]",
        "list": "a list of numbers",
        "spans": "a list of [from, to]",
        "table": "a table",
        "tables": "tables",
    }[k.kind]
    if math.isfinite(k.low) and math.isfinite(k.high):
        return f"{words} between {k.low:g} and {k.high:g}"
    return words


def _number(value: Any, k: Key) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not k.low <= value <= k.high:
        return None
    return float(value) * k.unit


def _text(value: Any, k: Key) -> str | None:
    return value if isinstance(value, str) and value and not _CONTROL.search(value) else None


def _whole(value: Any, k: Key) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and k.low <= value <= k.high else None


def _place(value: Any, k: Key) -> tuple[float, float] | None:
    if not isinstance(value, list) or len(value) != 2 or any(_number(x, Key("", "number")) is None for x in value):
        return None
    lat_deg, lon_deg = float(value[0]), float(value[1])
    return (lat_deg, lon_deg) if abs(lat_deg) <= 90 and abs(lon_deg) <= 180 else None


def _places(value: Any, k: Key) -> tuple[tuple[float, float], ...] | None:
    places = [_place(item, k) for item in value] if isinstance(value, list) else []
    return tuple(p for p in places if p) if len(places) >= 2 and None not in places else None


def _numbers(value: Any, k: Key) -> tuple[float, float] | None:
    if not isinstance(value, list) or len(value) != 2:
        return None
    low, high = (_number(item, k) for item in value)
    return (low, high) if low is not None and high is not None and low <= high else None


def _list(value: Any, k: Key) -> tuple[float, ...] | None:
    found = [_number(item, k) for item in value] if isinstance(value, list) else [None]
    return tuple(x for x in found if x is not None) if None not in found else None


def _spans(value: Any, k: Key) -> tuple[tuple[float, float], ...] | None:
    found = [_numbers(item, k) for item in value] if isinstance(value, list) else [None]
    return tuple(x for x in found if x is not None) if None not in found else None


def _time(value: Any, k: Key) -> float | None:
    if not isinstance(value, datetime):
        return None
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()


_READ: dict[str, Any] = {
    "number": _number,
    "whole": _whole,
    "text": _text,
    "flag": lambda value, k: value if isinstance(value, bool) else None,
    "place": _place,
    "places": _places,
    "time": _time,
    "numbers": _numbers,
    "list": _list,
    "spans": _spans,
}


def written(value: Any, prefix: str = "") -> str:
    """The dataclass as TOML, tables last; reading it gives an equal value (numbers to 12 digits)."""
    plain, tables = [], []
    for f, k in _keyed(value):
        item = getattr(value, f.name)
        if k.kind == "tables":
            tables += [f"\n[[{k.name}]]\n{written(row)}" for row in item]
        elif k.kind == "table":
            tables += [f"\n[{k.name}]\n{written(item)}"] if item is not None else []
        elif item not in (None, (), ""):
            plain.append(f"{k.name} = {_shown(item, k)}\n")
    return "".join(plain + tables)


def _shown(item: Any, k: Key) -> str:
    if k.kind == "time":
        return datetime.fromtimestamp(item, UTC).isoformat().replace("+00:00", "Z")
    if isinstance(item, bool):
        return "true" if item else "false"
    if isinstance(item, str):
        return quoted(item)
    if isinstance(item, tuple):
        return "[" + ", ".join(_shown(x, k) for x in item) + "]"
    return f"{item / k.unit:.12g}" if isinstance(item, float) else str(item)


def quoted(text: str) -> str:
    """A basic string of TOML 1.0: JSON's, which leaves only DEL as it is.

    >>> print(quoted('a "b"\\n'))
    "a \\"b\\"\\n"
    """
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
