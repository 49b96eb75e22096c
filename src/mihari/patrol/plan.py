"""What was planned: sorties with their stops, in UTC seconds and degrees, and the figures of the whole.

A plan is data that anybody can check against the patrol file: docs/patrol.md has the rules. `write` and `read` keep it
as JSON.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import orjson
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from mihari.core.errors import BadInput
from mihari.core.mistakes import key_of
from mihari.core.toml_text import read_text

FORMAT = "mihari plan 1"
Purpose = Literal["cell", "vessel", "station", "way"]
Number = Annotated[float, Field(strict=True)]
Time = Annotated[float, Field(strict=True, ge=-62_135_596_800.0, lt=253_402_300_800.0)]  # UTC s, of the years 1 to 9999
Latitude = Annotated[float, Field(strict=True, ge=-90.0, le=90.0)]
Longitude = Annotated[float, Field(strict=True, ge=-360.0, le=360.0)]
EXPECTED = {
    "dataclass_type": "an object", "mapping_type": "an object", "dict_type": "an object", "tuple_type": "a list",
    "float_type": "a number", "string_type": "text",
}  # fmt: skip
CHECKED = ConfigDict(extra="forbid", allow_inf_nan=False)


@dataclass(frozen=True, slots=True)
class Stop:
    """What a vehicle does on its way: looks at a cell or a vessel, keeps a station, or turns off ("way": its plan was
    changed there). `name`: the cell's number in the patrol's ground, the vessel's or the station's name. From `arrive`
    to `leave` (UTC s) it is there.
    """

    __pydantic_config__: ClassVar[ConfigDict] = CHECKED
    purpose: Purpose
    name: str
    arrive: Time
    leave: Time
    lat_deg: Latitude
    lon_deg: Longitude


@dataclass(frozen=True, slots=True)
class Sortie:
    """One vehicle from launch to landing (UTC s). `start`: where it was launched, "" if it was aloft already, then
    `launch` is when it had been and `lat_deg`, `lon_deg` where it is at the plan's beginning.
    """

    __pydantic_config__: ClassVar[ConfigDict] = CHECKED
    vehicle: str
    start: str
    launch: Time
    lat_deg: Latitude
    lon_deg: Longitude
    stops: tuple[Stop, ...]
    end: str
    landing: Time
    end_lat_deg: Latitude
    end_lon_deg: Longitude

    @property
    def hours(self) -> float:
        """From launch to landing."""
        return (self.landing - self.launch) / 3600


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A demand that the plan does not meet: which, why, and what would make it possible."""

    __pydantic_config__: ClassVar[ConfigDict] = CHECKED
    demand: str
    because: str
    would: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan for `patrol` from `begin` to `end` (UTC s), with its figures (`fresh`, `bound`, `worst`, `hours`, …).

    One that replaces another tells what was before: `seen`, by cell, when it was last looked at (UTC s; just now, where
    nothing is told), and `past`, of each vehicle that had been out the last sortie that was over by then.
    """

    __pydantic_config__: ClassVar[ConfigDict] = CHECKED
    patrol: str
    begin: Time
    end: Time
    sorties: tuple[Sortie, ...]
    figures: Mapping[str, Number] = field(default_factory=dict)
    shortfalls: tuple[Shortfall, ...] = ()
    seen: Mapping[str, Time] = field(default_factory=dict)
    past: tuple[Sortie, ...] = ()

    def of(self, vehicle: str) -> tuple[Sortie, ...]:
        """The sorties of one vehicle, in their order."""
        return tuple(sorted((s for s in self.sorties if s.vehicle == vehicle), key=lambda s: s.launch))


def write(plan: Plan, path: str | Path) -> None:
    """A plan as JSON."""
    Path(path).write_text(json.dumps(to_json(plan), indent=1, allow_nan=False) + "\n", encoding="utf-8")


def to_json(plan: Plan) -> dict[str, Any]:
    """What `write` writes. Figures that are not numbers (nothing of that kind was asked for) are left out."""
    told = asdict(plan)
    told["figures"] = {name: value for name, value in plan.figures.items() if math.isfinite(value)}
    return {"format": FORMAT, **told}


def read(path: str | Path) -> Plan:
    """A plan from its file. BadInput for what is none, with what was expected."""
    try:
        return from_json(orjson.loads(read_text(path)))
    except ValueError as error:
        raise BadInput(f"{path}: expected a plan of `mihari plan`: {error}") from None


def from_json(told: Any) -> Plan:
    """The plan of what `to_json` told. ValueError in one sentence for anything else."""
    if not isinstance(told, dict):
        raise ValueError(f"found {_shown(told)}, expected an object with its format")
    if told.get("format") != FORMAT:
        raise ValueError(f'found format {_shown(told.get("format"))}, expected "{FORMAT}"')
    try:
        plan = _PLAN.validate_python({key: value for key, value in told.items() if key != "format"})
    except ValidationError as error:
        raise ValueError(_sentence(error)) from None
    if plan.begin >= plan.end:
        raise ValueError(f"end: expected a time after begin, found {plan.end:.15g} and {plan.begin:.15g}")
    return plan


def _sentence(error: ValidationError) -> str:
    """The first mistake of a plan: where it is, what was expected, what is there."""
    one = error.errors(include_url=False)[0]
    where, kind = key_of(one["loc"]), one["type"]
    if kind == "missing":
        return f"{where} is missing"
    if kind == "unexpected_keyword_argument":
        return f"{where}: unknown key"
    expected = EXPECTED.get(kind, one["msg"].removeprefix("Input should be "))
    return f"{where}: expected {expected}, found {_shown(one['input'])}"


def _shown(found: Any) -> str:
    """A value as JSON has it, shortened."""
    if isinstance(found, dict | list):
        return "an object" if isinstance(found, dict) else "a list"
    shown = repr(found) if isinstance(found, str) else json.dumps(found)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."


_PLAN = TypeAdapter(Plan)
