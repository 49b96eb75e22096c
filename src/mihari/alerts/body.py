"""Behaviour and Fleet <-> the JSON that the records keep and the API tells."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import orjson

from mihari.alerts.text import NAME_MAX, clean
from mihari.core.behaviour import Behaviour, Evidence, Fleet, Standing, Urgency

PATH_MAX = 200  # places of one vessel
PATHS_MAX = 50  # vessels whose path is kept
REPORTS_MAX = 500  # reports that are named


def dumped(value: Mapping[str, Any] | list[Any]) -> str:
    """JSON text; what is no number becomes null."""
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_SERIALIZE_NUMPY, default=str).decode()


def behaviour_object(b: Behaviour) -> dict[str, Any]:
    """A behaviour as plain values; `path` by vessel key, `coverage` by sensor."""
    e = b.evidence
    told = {f.name: getattr(b, f.name) for f in fields(Behaviour) if f.name != "evidence"}
    evidence = {
        "facts": dict(e.facts),
        "reports": [list(r) for r in e.reports[:REPORTS_MAX]],
        "first": _number(e.first),
        "last": _number(e.last),
        "path": {str(v): [list(p) for p in thinned(path)] for v, path in list(e.path.items())[:PATHS_MAX]},
        "coverage": {name: _number(p) for name, p in e.coverage.items()},
    }
    told |= {"urgency": int(b.urgency), "standing": int(b.standing), "evidence": evidence}
    return told | {"decided": _number(b.decided), "told": _number(b.told)}


def thinned(path: tuple[tuple[float, float, float], ...]) -> list[tuple[float, float, float]]:
    """At most `PATH_MAX` places, first and last among them."""
    if len(path) <= PATH_MAX:
        return list(path)
    step = (len(path) - 1) / (PATH_MAX - 1)
    return [path[round(k * step)] for k in range(PATH_MAX)]


def behaviour_of(text: str) -> Behaviour:
    """The behaviour that `behaviour_object` told as JSON text.

    >>> gap = Behaviour("g", "gap", (431000001,), 1000, None, 26.0, 127.0, "silent", decided=5.0, told=5.0)
    >>> from dataclasses import replace
    >>> gap = replace(gap, evidence=Evidence(first=1.0, last=2.0, path={7: ((1.0, 26.0, 127.0),)}))
    >>> behaviour_of(dumped(behaviour_object(gap))) == gap
    True
    """
    told = orjson.loads(text)
    e = told.pop("evidence")
    evidence = Evidence(
        facts=e["facts"],
        reports=tuple((int(a), int(b)) for a, b in e["reports"]),
        first=_float(e["first"]),
        last=_float(e["last"]),
        path={int(v): tuple((t, lat, lon) for t, lat, lon in path) for v, path in e["path"].items()},
        coverage={name: _float(p) for name, p in e["coverage"].items()},
    )
    told |= {"vessels": tuple(told["vessels"]), "innocent": tuple(told["innocent"]), "evidence": evidence}
    told |= {"urgency": Urgency(told["urgency"]), "standing": Standing(told["standing"])}
    return Behaviour(**told | {"decided": _float(told["decided"]), "told": _float(told["told"])})


def fleet_object(fleet: Fleet) -> dict[str, Any]:
    """A fleet as plain values."""
    told = {f.name: getattr(fleet, f.name) for f in fields(Fleet)}
    told["outline_deg"] = [list(corner) for corner in fleet.outline_deg]
    told["explanations"] = [
        {"purpose": clean(x.purpose, NAME_MAX), "weight": _number(x.weight), "because": clean(x.because)}
        for x in fleet.explanations
    ]
    return told | {"members": list(fleet.members), "parents": list(fleet.parents)}


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _float(value: float | None) -> float:
    return math.nan if value is None else value
