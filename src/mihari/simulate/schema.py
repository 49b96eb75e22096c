"""Scenario files -> their JSON schema (2020-12), made from the same fields that read them."""

from __future__ import annotations

import math
from dataclasses import MISSING, Field, fields
from typing import Any

from mihari.simulate.scenario import Scenario
from mihari.simulate.toml_keys import Key

_PLACE = {"type": "array", "prefixItems": [{"type": "number"}, {"type": "number"}], "minItems": 2, "maxItems": 2}
_KINDS: dict[str, dict[str, Any]] = {
    "text": {"type": "string", "minLength": 1, "pattern": r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*$"},
    "flag": {"type": "boolean"},
    "place": _PLACE,
    "places": {"type": "array", "items": _PLACE, "minItems": 2},
    "time": {"type": "string", "format": "date-time"},
}


def schema() -> dict[str, Any]:
    """The schema of a scenario file, for editors that check TOML as it is typed.

    >>> sorted(schema()["required"])
    ['area', 'name', 'start']
    """
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Mihari scenario"}
    return head | _table(Scenario)


def _table(cls: Any) -> dict[str, Any]:
    keyed: list[tuple[Field[Any], Key]] = [(f, f.metadata["key"]) for f in fields(cls) if "key" in f.metadata]
    return {
        "type": "object",
        "description": " ".join((cls.__doc__ or "").split()),
        "properties": {k.name: _value(f, k) for f, k in keyed},
        "required": [k.name for f, k in keyed if f.default is MISSING],
        "additionalProperties": False,
    }


def _value(f: Field[Any], k: Key) -> dict[str, Any]:
    made = _shape(k)
    if f.default not in (MISSING, None, (), ""):
        made = made | {"default": _shown(f.default, k)}
    return made


def _shape(k: Key) -> dict[str, Any]:
    if k.kind == "tables":
        return {"type": "array", "items": _table(k.of)}
    if k.kind == "table":
        return _table(k.of)
    number: dict[str, Any] = {"type": "integer" if k.kind == "whole" else "number", **_limits(k)}
    pair: dict[str, Any] = {"type": "array", "items": number, "minItems": 2, "maxItems": 2}
    several = {"numbers": pair, "list": {"type": "array", "items": number}, "spans": {"type": "array", "items": pair}}
    return _KINDS.get(k.kind) or several.get(k.kind) or number


def _limits(k: Key) -> dict[str, float]:
    limits = {"minimum": k.low, "maximum": k.high}
    return {name: value for name, value in limits.items() if math.isfinite(value)}


def _shown(default: Any, k: Key) -> Any:
    """In the unit of the file."""
    return round(default / k.unit, 9) if isinstance(default, float) else default
