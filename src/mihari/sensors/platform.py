"""Files of `sensors/platforms` -> what carries sensors: how fast, how high, how long, how far the link, which sensors.

Surveillance figures only. Each has its origin (`figures`): a source, or that it is assumed and why. docs/platforms.md
shows them all.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any

from mihari.core.errors import BadInput
from mihari.core.mistakes import nearest
from mihari.core.toml_text import lines_of, read_tables
from mihari.sensors.figures import Figure, Kind, Mistaken, read_figures

KINDS = ("aircraft", "surface", "underwater")
DRIVES = {"fixed wing": "aircraft", "vertical": "aircraft", "hull": "surface", "wind and waves": "surface",
          "glider": "underwater", "propeller": "underwater"}  # fmt: skip
LINKS = ("line of sight", "satellite", "acoustic", "surfaced only")
PLACES = ("runway", "short deck", "any deck", "port", "small boat", "hull")
PROTOCOLS = ("mavlink", "klv", "imc", "cot")

_SPEED = Kind("speed", 0.01, 400)
_FIGURES: dict[str, Kind] = {
    "endurance": Kind("time", 60, 4e8),
    "reserve": Kind("time", 0, 1e6),
    "turnaround": Kind("time", 0, 1e7),
    "hotel_share": Kind("share", 0, 1),
    "cruise": _SPEED,
    "max_speed": _SPEED,
    "min_speed": Kind("speed", 0, 400),
    "acceleration": Kind("acceleration", 1e-3, 20),
    "climb": Kind("speed", 0.1, 100),
    "sink": Kind("speed", 0.1, 100),
    "turn_rate": Kind("turn", 1e-4, 2),
    "bank": Kind("angle", 0.05, 1.4),
    "ceiling": Kind("length", 50, 25_000),
    "working_height": Kind("length", 10, 25_000),
    "take_off_run": Kind("length", 1, 5000),
    "landing_run": Kind("length", 1, 5000),
    "link": Kind(words=LINKS),
    "link_range": Kind("length", 10, 1e6),
    "link_late": Kind("time", 0, 1e6),
    "launch": Kind(words=PLACES),
    "recovery": Kind(words=PLACES),
    "wind_limit": Kind("speed", 1, 60),
    "crosswind_limit": Kind("speed", 0.5, 40),
    "deck_sea_limit": Kind("sea state", 0, 9),
    "sea_limit": Kind("sea state", 0, 9),
    "sea_loss": Kind("share", 0, 0.3),
    "wind_share": Kind("share", 0, 1.5),
    "motor_speed": Kind("speed", 0.01, 30),
    "max_depth": Kind("length", 1, 11_000),
    "working_depth": Kind("length", 1, 11_000),
    "shallow_depth": Kind("length", 0, 1000),
    "dive_rate": Kind("speed", 0.01, 5),
    "surface_every": Kind("time", 60, 1e6),
    "surface_for": Kind("time", 10, 1e5),
    "protocol": Kind(words=PROTOCOLS),
}
_SENSOR_FIGURES: dict[str, dict[str, Kind]] = {
    "eo_ir": {
        "wide_field": Kind("angle", 1e-3, 3.2),
        "narrow_field": Kind("angle", 1e-4, 3.2),
        "pixels": Kind("number", 64, 20_000),
        "night_pixels": Kind("number", 0, 20_000),
        "bearing_sd": Kind("angle", 1e-6, 0.2),
    },
    "maritime_radar": (_RADAR := {
        "reach": Kind("length", 100, 5e5),
        "range_max": Kind("length", 100, 5e5),
        "beam_width": Kind("angle", 1e-3, 0.5),
        "range_sd": Kind("length", 0.1, 1000),
        "period": Kind("time", 0.1, 600),
    }),
    "aesa_radar": _RADAR,
    "ais_receiver": {"detection": Kind("share", 0.01, 1)},
    "passive_acoustics": {
        "elements": Kind("number", 1, 1000),
        "spacing": Kind("length", 0.01, 100),
        "band_low": Kind("frequency", 1, 1e5),
        "band_high": Kind("frequency", 1, 1e5),
        "own_noise": Kind("level", 0, 60),
        "bearing_sd": Kind("angle", 1e-4, 1.0),
        "period": Kind("time", 0.1, 3600),
    },
}  # fmt: skip
_ALL = ("endurance", "reserve", "turnaround", "hotel_share", "cruise", "max_speed", "turn_rate", "link", "link_late",
        "launch", "recovery", "protocol", "deck_sea_limit", "acceleration")  # fmt: skip
_AIR = ("min_speed", "climb", "sink", "bank", "ceiling", "working_height", "wind_limit", "crosswind_limit")
_NEEDED = {
    "fixed wing": (*_ALL, *_AIR, "take_off_run", "landing_run"),
    "vertical": (*_ALL, *_AIR),
    "hull": (*_ALL, "sea_limit", "sea_loss"),
    "wind and waves": (*_ALL, "sea_limit", "wind_share", "motor_speed"),
    "glider": (*_ALL, "max_depth", "working_depth", "shallow_depth", "dive_rate", "surface_for"),
    "propeller": (*_ALL, "max_depth", "working_depth", "dive_rate", "surface_every", "surface_for"),
}


@dataclass(frozen=True, slots=True)
class CarriedSensor:
    """A sensor aboard: its `kind` (eo_ir, maritime_radar, aesa_radar, ais_receiver, passive_acoustics) and figures.

    `values`, in SI by name: fields of view and beam widths rad, ranges m, bands Hz, `pixels` across the field of view
    by day, `night_pixels` by night (0: blind), `reach` m at which 10 m² is seen nine times in ten.
    """

    kind: str
    name: str
    values: Mapping[str, float]
    figures: Mapping[str, Figure] = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class PlatformProfile:
    """What a type of aircraft or craft can do, in SI: s, m, m/s, m/s², rad, rad/s. NaN: does not apply to it.

    `drive`: "fixed wing", "vertical" (take-off, then wings), "hull", "wind and waves", "glider", "propeller".
    `endurance` holds at `cruise`; `hotel_share` is the share of that power that does not go into going ahead.
    `max_speed`, `min_speed` (stall) through air or water. `climb`, `sink` m/s; `bank` the most.
    `link_late`: s that what it sees is under way at most where the link works. `wind_limit`, `crosswind_limit`,
    `deck_sea_limit`: beyond them nothing is launched or recovered; wind over the deck or runway. `sea_limit`: beyond it
    the craft does not sail at all; `sea_loss`: share of speed lost a sea state; `wind_share` of the wind's speed that
    sails and waves give, `motor_speed` without them. `surface_every`, `surface_for`: how vehicles under water come up.
    Sea states: Douglas. `figures`: each of them as its file has it, with its origin.
    """

    id: str
    name: str
    kind: str
    drive: str
    about: str
    link: tuple[str, ...]
    launch: tuple[str, ...]
    recovery: tuple[str, ...]
    protocol: tuple[str, ...]
    sensors: tuple[CarriedSensor, ...]
    figures: Mapping[str, Figure] = field(repr=False, compare=False)
    endurance: float = math.nan
    reserve: float = math.nan
    turnaround: float = math.nan
    hotel_share: float = math.nan
    cruise: float = math.nan
    max_speed: float = math.nan
    min_speed: float = math.nan
    acceleration: float = math.nan
    climb: float = math.nan
    sink: float = math.nan
    turn_rate: float = math.nan
    bank: float = math.nan
    ceiling: float = math.nan
    working_height: float = math.nan
    take_off_run: float = math.nan
    landing_run: float = math.nan
    link_range: float = math.nan
    link_late: float = math.nan
    wind_limit: float = math.nan
    crosswind_limit: float = math.nan
    deck_sea_limit: float = math.nan
    sea_limit: float = math.nan
    sea_loss: float = math.nan
    wind_share: float = math.nan
    motor_speed: float = math.nan
    max_depth: float = math.nan
    working_depth: float = math.nan
    shallow_depth: float = math.nan
    dive_rate: float = math.nan
    surface_every: float = math.nan
    surface_for: float = math.nan

    def carries(self, kind: str) -> CarriedSensor | None:
        """The first sensor of a kind; None if it carries none.

        >>> profile("seaguardian").carries("ais_receiver").name, profile("tb3").carries("passive_acoustics")
        ('AIS receiver', None)
        """
        return next((sensor for sensor in self.sensors if sensor.kind == kind), None)


def read_profile(file: str, text: str) -> PlatformProfile:
    """The profile in a TOML text; `file` is its name for messages. ConfigError (a BadInput): file, line and key."""
    tables, mistakes = read_tables(file, text)
    if mistakes:
        raise mistakes[0]
    wrong = Mistaken(file, lines_of(text))
    words = {key: _words(tables, key, wrong) for key in ("id", "name", "kind", "drive", "about")}
    if words["drive"] not in DRIVES:
        raise wrong(("drive",), f"expected one of {', '.join(DRIVES)}; found {words['drive']!r}")
    if words["kind"] != DRIVES[words["drive"]]:
        raise wrong(("kind",), f"expected {DRIVES[words['drive']]!r} of a drive {words['drive']!r}")
    sensors = tables.pop("sensor", [])
    if not isinstance(sensors, list):
        raise wrong(("sensor",), "expected tables that begin with [[sensor]]")
    carried = tuple(_sensor(table, i, wrong) for i, table in enumerate(sensors))
    values, figures = read_figures(tables, _FIGURES, wrong)
    for name in _NEEDED[words["drive"]]:
        if name not in values:
            raise wrong((name,), f"is missing; a drive {words['drive']!r} needs it")
    _sense(values, figures, wrong)
    made: dict[str, Any] = {**words, **values, "sensors": carried, "figures": MappingProxyType(figures)}
    return PlatformProfile(**made)


def _words(tables: dict[str, Any], key: str, wrong: Mistaken) -> str:
    value = tables.pop(key, None)
    if not isinstance(value, str) or not value.strip():
        raise wrong((key,), "expected a text" if value is not None else "is missing; expected a text")
    return value


def _sensor(table: Any, index: int, wrong: Mistaken) -> CarriedSensor:
    """One `[[sensor]]`: `kind`, `name`, and all figures of that kind."""
    where = ("sensor", index)
    if not isinstance(table, dict):
        raise wrong(where, "expected a table")
    table = dict(table)
    kind, name = table.pop("kind", None), table.pop("name", None)
    if kind not in _SENSOR_FIGURES:
        raise wrong((*where, "kind"), f"expected one of {', '.join(_SENSOR_FIGURES)}; found {kind!r}")
    if not isinstance(name, str) or not name:
        raise wrong((*where, "name"), "expected a text")
    values, figures = read_figures(table, _SENSOR_FIGURES[kind], wrong, where)
    for needed in _SENSOR_FIGURES[kind]:
        if needed not in values:
            raise wrong((*where, needed), f"is missing; a sensor of kind {kind} needs it")
    return CarriedSensor(kind, name, MappingProxyType(values), MappingProxyType(figures))


def _sense(values: Mapping[str, Any], figures: Mapping[str, Figure], wrong: Mistaken) -> None:
    """ConfigError where figures contradict each other."""
    pairs = (("min_speed", "cruise"), ("cruise", "max_speed"), ("working_height", "ceiling"), ("reserve", "endurance"),
             ("working_depth", "max_depth"), ("shallow_depth", "working_depth"), ("surface_for", "surface_every"),
             ("motor_speed", "max_speed"))  # fmt: skip
    for less, more in pairs:
        if less in values and more in values and values[less] > values[more]:
            raise wrong((figures[less].key,), f"expected no more than {figures[more].key}")
    if "line of sight" in values["link"] and "link_range" not in values:
        raise wrong(("link_range",), "is missing; a link by line of sight needs it")


@cache
def profiles() -> Mapping[str, PlatformProfile]:
    """All that come with the package, by id, in the order of docs/platforms.md.

    >>> len(profiles()), round(profiles()["tb3"].cruise, 1)  # 125 kn
    (14, 64.3)
    """
    folder = resources.files("mihari.sensors") / "platforms"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    found = [read_profile(file.name, file.read_text(encoding="utf-8")) for file in files]
    found.sort(key=lambda one: (KINDS.index(one.kind), one.name))
    made = {one.id: one for one in found}
    assert len(made) == len(found)
    return MappingProxyType(made)


def profile(id: str) -> PlatformProfile:
    """The profile of that id, or in the file of that path (`….toml`); BadInput if there is none.

    >>> profile("tb2").name
    'Bayraktar TB2'
    """
    if id.endswith(".toml"):
        from mihari.core.toml_text import read_text

        return read_profile(Path(id).name, read_text(id))
    known = profiles()
    if id not in known:
        near = nearest(id, known)
        hint = f"did you mean {near}?" if near else f"known are {', '.join(known)}"
        raise BadInput(f"no platform is named {id!r}; {hint}")
    return known[id]


NAMES = tuple(f.name for f in fields(PlatformProfile) if f.name in _FIGURES)  # of its figures, in order
