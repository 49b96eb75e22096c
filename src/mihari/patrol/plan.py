"""What was planned: sorties with their stops, in UTC seconds and degrees, and the figures of the whole.

A plan is data that anybody can check against the patrol file: docs/patrol.md has the rules. `write` and `read` keep it
as JSON.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from mihari.core.errors import BadInput
from mihari.core.toml_text import read_text

FORMAT = "mihari plan 1"
Purpose = Literal["cell", "vessel", "station", "way"]


@dataclass(frozen=True, slots=True)
class Stop:
    """What a vehicle does on its way: looks at a cell or a vessel, keeps a station, or turns off ("way": its plan was
    changed there). `name`: the cell's number in the patrol's ground, the vessel's or the station's name. From `arrive`
    to `leave` (UTC s) it is there.
    """

    purpose: Purpose
    name: str
    arrive: float
    leave: float
    lat_deg: float
    lon_deg: float


@dataclass(frozen=True, slots=True)
class Sortie:
    """One vehicle from launch to landing (UTC s). `start`: where it was launched, "" if it was aloft already, then
    `launch` is when it had been and `lat_deg`, `lon_deg` where it is at the plan's beginning.
    """

    vehicle: str
    start: str
    launch: float
    lat_deg: float
    lon_deg: float
    stops: tuple[Stop, ...]
    end: str
    landing: float
    end_lat_deg: float
    end_lon_deg: float

    @property
    def hours(self) -> float:
        """From launch to landing."""
        return (self.landing - self.launch) / 3600


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A demand that the plan does not meet: which, why, and what would make it possible."""

    demand: str
    because: str
    would: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan for `patrol` from `begin` to `end` (UTC s), with its figures (`fresh`, `bound`, `worst`, `hours`, …).

    One that replaces another tells what was before: `seen`, by cell, when it was last looked at (UTC s; just now, where
    nothing is told), and `past`, of each vehicle that had been out the last sortie that was over by then.
    """

    patrol: str
    begin: float
    end: float
    sorties: tuple[Sortie, ...]
    figures: Mapping[str, float] = field(default_factory=dict)
    shortfalls: tuple[Shortfall, ...] = ()
    seen: Mapping[str, float] = field(default_factory=dict)
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
        return from_json(json.loads(read_text(path)))
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput(f"{path}: expected a plan of `mihari plan`: {error}") from None


def from_json(told: dict[str, Any]) -> Plan:
    """The plan of what `to_json` told. ValueError, KeyError or TypeError for anything else."""
    if told.get("format") != FORMAT:
        raise ValueError(f'found format {told.get("format")!r}, expected "{FORMAT}"')
    shortfalls = tuple(Shortfall(**one) for one in told["shortfalls"])
    return Plan(
        told["patrol"], told["begin"], told["end"], _sorties(told["sorties"]), dict(told["figures"]), shortfalls,
        dict(told.get("seen", {})), _sorties(told.get("past", ())),
    )  # fmt: skip


def _sorties(told: Iterable[dict[str, Any]]) -> tuple[Sortie, ...]:
    return tuple(Sortie(**{**one, "stops": tuple(Stop(**stop) for stop in one["stops"])}) for one in told)
