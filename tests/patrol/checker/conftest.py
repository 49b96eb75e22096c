"""A small patrol with everything in it, and a plan for it that was put together by hand and keeps all the rules."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest

from mihari.coast.area import Area
from mihari.coast.land import LandMask
from mihari.core.geodesy import direct, inverse
from mihari.patrol.checker import Violation, check
from mihari.patrol.file import PatrolFile
from mihari.patrol.ground import Ground, ground_of
from mihari.patrol.plan import Plan, Sortie, Stop

PATROL = """
name = "Strait"
start = 2026-11-21T00:00:00Z  # the sun sets at 08:40
hours = 8

[area]  # eight cells of 20 km: 0 to 3 the northern row from the west, 4 to 7 the southern one
lat_deg = 25.6
lon_deg = 126.4
along_km = 80
across_km = 40
bearing_deg = 90

[[weather]]
wind_kn = 10
wind_from_deg = 30
sea_state = 2

[[weather]]  # too much wind for the V-BAT
from_h = 7
wind_kn = 30
wind_from_deg = 30
sea_state = 3

[[weather]]  # too much sea for boats and decks
from_h = 7.5
wind_kn = 10
sea_state = 5.5

[[demand]]
name = "all"
every_h = 4
vessel = "coaster"

[[base]]
name = "field"
lat_deg = 25.6
lon_deg = 125.9
offers = ["runway", "port"]
mast_m = 60

[[ship]]
name = "north"
way = [[0, 26.1, 126.4], [8, 26.1, 126.7]]
offers = ["short deck", "any deck", "hull"]

[[ship]]
name = "south"
way = [[0, 25.2, 126.5]]
offers = ["short deck", "any deck", "hull"]

[[asset]]
name = "tb3"
platform = "tb3"
home = "north"
count = 2
stagger_h = 0.5
lands_at = ["south"]

[[asset]]
name = "small"
platform = "vbat"
home = "north"
lands_at = ["south", "field"]

[[asset]]
name = "scout"
platform = "kizilelma"
home = "field"
on_call = true

[[asset]]
name = "boat"
platform = "ulaq"
home = "field"

[[asset]]
name = "diver"
platform = "auv"
home = "south"

[[station]]
name = "gate"
lat_deg = 26.0
lon_deg = 127.3
within_km = 15
from_h = 1
to_h = 5
overlap_min = 10
platforms = ["tb3"]
relay = true

[[keep_out]]
name = "range"
corners = [[25.58, 126.88], [25.70, 126.88], [25.70, 127.00], [25.58, 127.00]]
from_h = 1
to_h = 3

[[look]]  # so far out that the V-BAT is heard by whoever is at the gate only
name = "drifter"
lat_deg = 26.0
lon_deg = 127.75
by_h = 5
stay_min = 10

[[look]]
name = "runner"
lat_deg = 25.3
lon_deg = 126.0
speed_kn = 12
course_deg = 90
told_h = 0.8
by_h = 2
stay_min = 10
within_km = 6
"""

ISLAND = ((25.54, 126.08), (25.54, 126.12), (25.57, 126.12), (25.57, 126.08))  # between the field and cell 5


@dataclass(frozen=True)
class Setting:
    """What `check` is asked."""

    file: PatrolFile
    ground: Ground
    plan: Plan
    told: dict[str, Any] = field(default_factory=dict)

    @property
    def start(self) -> float:
        return self.file.start.timestamp()

    def at(self, hour: float) -> float:
        """UTC s of an hour of the patrol."""
        return self.start + 3600 * hour

    def check(self) -> list[Violation]:
        return check(self.file, self.ground, self.plan, **self.told)

    def kinds(self) -> set[str]:
        return {violation.kind for violation in self.check()}

    def with_told(self, **told: Any) -> Setting:
        return replace(self, told=told)

    def with_plan(self, **changes: Any) -> Setting:
        return replace(self, plan=replace(self.plan, **changes))

    def with_section(self, kind: str, name: str, **changes: Any) -> Setting:
        """The file with another `[[kind]]` of that name."""
        sections = tuple(
            one.model_copy(update=changes) if one.name == name else one for one in getattr(self.file, kind)
        )
        return replace(self, file=self.file.model_copy(update={kind: sections}))

    def with_sortie(self, vehicle: str, /, **changes: Any) -> Setting:
        """The plan with another sortie of a vehicle that has one."""
        sorties = (replace(s, **changes) if s.vehicle == vehicle else s for s in self.plan.sorties)
        return self.with_plan(sorties=tuple(sorties))

    def with_stop(self, vehicle: str, number: int, **changes: Any) -> Setting:
        stops = list(self.sortie(vehicle).stops)
        stops[number] = replace(stops[number], **changes)
        return self.with_sortie(vehicle, stops=tuple(stops))

    def without(self, vehicle: str) -> Setting:
        return self.with_plan(sorties=tuple(s for s in self.plan.sorties if s.vehicle != vehicle))

    def plus(self, vehicle: str, start: str, launch: float, end: str, landing: float) -> Setting:
        """The plan with a sortie that goes straight from place to place; hours."""
        trip = Trip(self, vehicle, start, launch)
        return self.with_plan(sorties=(*self.plan.sorties, trip.land(end, landing)))

    def sortie(self, vehicle: str) -> Sortie:
        return next(s for s in self.plan.sorties if s.vehicle == vehicle)

    def place(self, name: str, time: float) -> tuple[float, float]:
        """Where a base or ship is, lat_deg and lon_deg: by hand, from the text above."""
        if name == "north":
            return 26.1, 126.4 + 0.3 * min(max((time - self.start) / 28800, 0), 1)
        return {"field": (25.6, 125.9), "south": (25.2, 126.5)}[name]


class Trip:
    """Puts a sortie together: from a place at an hour, to stops at a speed (m/s) or by an hour, and home."""

    def __init__(self, setting: Setting, vehicle: str, start: str, launch: float) -> None:
        self.setting, self.vehicle, self.start, self.launch = setting, vehicle, start, setting.at(launch)
        self.first = self.here = setting.place(start, self.launch)
        self.now, self.stops = self.launch, []

    def to(
        self,
        purpose: Any,
        name: str,
        place: tuple[float, float],
        stay_min: float,
        *,
        speed: float = 0.0,
        by: float = 0.0,
    ) -> Trip:
        distance = float(inverse(*self.here, *place)[0])
        arrive = self.setting.at(by) if by else self.now + distance / speed
        self.stops.append(Stop(purpose, name, arrive, arrive + 60 * stay_min, *place))
        self.here, self.now = place, arrive + 60 * stay_min
        return self

    def cell(self, number: int, stay_min: float, speed: float) -> Trip:
        cells = self.setting.ground.cells
        place = float(cells.lat_deg[number]), float(cells.lon_deg[number])
        return self.to("cell", str(number), place, stay_min, speed=speed)

    def land(self, place: str, by: float = 0.0, speed: float = 0.0) -> Sortie:
        landing = self.setting.at(by) if by else self.now
        for _ in range(0 if by else 20):  # after a ship that sails on
            landing = self.now + float(inverse(*self.here, *self.setting.place(place, landing))[0]) / speed
        end = self.setting.place(place, landing)
        return Sortie(self.vehicle, self.start, self.launch, *self.first, tuple(self.stops), place, landing, *end)


def land_of(*corners: tuple[float, float]) -> LandMask:
    """Land with these corners (lat_deg, lon_deg) and nothing else."""
    lat, lon = np.array(corners).T
    area = Area("i", "I", "", 25.0, 125.5, 26.5, 128.0, lat, lon, np.array([0, len(lat)]), np.array([1], np.uint8))
    return LandMask(area)


def planned(bare: Setting) -> Plan:
    """Two TB3 take turns at the gate, a V-BAT and a jet look at vessels, a boat at a cell, a diver stays about."""
    tb3, second = Trip(bare, "tb3-1", "north", 0.1), Trip(bare, "tb3-2", "north", 2.3)
    gate, drifter = (26.0, 127.3), (26.0, 127.75)
    small = Trip(bare, "small", "north", 0.7).to("vessel", "drifter", drifter, 10, speed=17.0)
    runner = direct(25.3, 126.0, np.pi / 2, 12 * 1852 * 0.7)  # 0.7 h after it was told of
    scout = Trip(bare, "scout", "field", 1.0).to("vessel", "runner", (float(runner[0]), float(runner[1])), 10, by=1.5)
    sorties = (
        tb3.to("station", "gate", gate, 60 * 2.5, by=0.7).cell(3, 6, 55.0).cell(2, 6, 55.0).land("north", speed=55.0),
        second.to("station", "gate", gate, 60 * 2.1, by=2.95).land("south", speed=55.0),
        small.land("north", speed=17.0),
        scout.land("field", by=2.0),
        Trip(bare, "boat", "field", 0.2).cell(0, 35, 12.0).land("field", speed=12.0),
        Trip(bare, "diver", "south", 1.0).land("south", by=3.0),
    )
    return replace(bare.plan, sorties=sorties)


@pytest.fixture(scope="session")
def clean() -> Setting:
    """A patrol and a plan that keeps all the rules; it tells no figures."""
    file = PatrolFile.model_validate(tomllib.loads(PATROL))
    ground = ground_of(file)
    boat, tb3 = ground.dwell_h["ulaq"].copy(), ground.dwell_h["tb3"].copy()
    boat[0], tb3[7] = 0.5, np.inf  # hours that a look takes; inf: it sees too little
    dwell = {**ground.dwell_h, "ulaq": boat, "tb3": tb3}
    ground = replace(ground, cells=replace(ground.cells, land=land_of(*ISLAND)), dwell_h=dwell)
    start = file.start.timestamp()
    bare = Setting(file, ground, Plan("Strait", start, start + 8 * 3600, ()))
    return replace(bare, plan=planned(bare))


@pytest.fixture(scope="session")
def trip() -> type[Trip]:
    """Puts sorties together."""
    return Trip


@pytest.fixture(scope="session")
def island() -> Callable[..., LandMask]:
    """Makes land."""
    return land_of
