"""Patrol, ground and plan -> `Sheet`: all that the rules look at, made ready once.

Sorties of vehicles that nobody knows, and sorties with times or places that are no numbers, are not on it: they are
violations themselves and nothing more can be said of them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.patrol.checker import slack
from mihari.patrol.checker.legs import Legs, Samples, legs_of, samples_of
from mihari.patrol.checker.places import Place, places_of
from mihari.patrol.checker.roster import Vehicle, roster
from mihari.patrol.checker.ways import Way, way_of
from mihari.patrol.file import PatrolFile
from mihari.patrol.ground import Ground
from mihari.patrol.plan import Plan, Sortie, Stop

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Visit:
    """One stop: of which sortie (index in `Sheet.sorties`), by which vehicle."""

    sortie: int
    vehicle: Vehicle
    stop: Stop


@dataclass(frozen=True, eq=False)
class Sheet:
    """A plan to be checked. `lost`, `lost_places`: names, each with UTC s from which on it is lost.

    `before`: the plan that this one replaces; what was under way then goes on until `frozen_until` (UTC s).
    """

    file: PatrolFile
    ground: Ground
    plan: Plan
    lost: Mapping[str, float] = field(default_factory=dict)
    lost_places: Mapping[str, float] = field(default_factory=dict)
    before: Plan | None = None
    frozen_until: float = -math.inf

    @cached_property
    def start(self) -> float:
        """UTC s of the patrol's hour 0."""
        return self.file.start.timestamp()

    @cached_property
    def vehicles(self) -> dict[str, Vehicle]:
        """All vehicles of the file by name."""
        return roster(self.file)

    @cached_property
    def places(self) -> dict[str, Place]:
        """All bases and ships by name."""
        return places_of(self.file)

    @cached_property
    def sorties(self) -> tuple[Sortie, ...]:
        """The sorties that can be checked, in the plan's order."""
        return tuple(s for s in self.plan.sorties if s.vehicle in self.vehicles and sound(s))

    @cached_property
    def who(self) -> tuple[Vehicle, ...]:
        """The vehicle of each of `sorties`."""
        return tuple(self.vehicles[sortie.vehicle] for sortie in self.sorties)

    @cached_property
    def visits(self) -> tuple[Visit, ...]:
        """Every stop of `sorties`."""
        pairs = enumerate(zip(self.sorties, self.who, strict=True))
        return tuple(Visit(i, vehicle, stop) for i, (sortie, vehicle) in pairs for stop in sortie.stops)

    @cached_property
    def ways(self) -> tuple[Way, ...]:
        """The way of each of `sorties`."""
        return tuple(way_of(sortie, self.plan.begin) for sortie in self.sorties)

    @cached_property
    def legs(self) -> Legs:
        """Every leg of `ways`."""
        return legs_of(self.ways)

    @cached_property
    def samples(self) -> Samples:
        """Places along `legs`."""
        return samples_of(self.legs, self.who)

    @cached_property
    def past(self) -> tuple[Sortie, ...]:
        """What had been launched when the plan begins, as far as it or the plan before tells of it as over."""
        begin, told = self.plan.begin, [(s.vehicle, s.launch) for s in self.sorties if s.start]
        earlier = self.before.sorties if self.before else ()
        known = [s for s in (*self.plan.past, *earlier) if s.vehicle in self.vehicles and sound(s) and s.launch < begin]
        once = {(s.vehicle, round(s.launch)): s for s in known}
        return tuple(s for s in once.values() if not any(s.vehicle == v and abs(s.launch - t) <= 1 for v, t in told))

    @cached_property
    def _changes(self) -> Floats:
        return np.array([spell.start for spell in self.ground.spells[1:]], dtype=np.float64)

    def spell(self, times: ArrayLike) -> Ints:
        """Index of the spell that is on at times (UTC s)."""
        hours = (np.asarray(times, dtype=np.float64) - self.start) / 3600
        return np.searchsorted(self._changes, hours, side="right")

    def around(self, times: ArrayLike) -> tuple[Ints, Ints]:
        """The spells a second before and a second after: at a change of weather either may be meant."""
        at = np.asarray(times, dtype=np.float64)
        return self.spell(at - slack.TIME_S), self.spell(at + slack.TIME_S)

    def leg_name(self, leg: int) -> str:
        """ "from north to cell 4": a leg as people call it."""
        names, n = self.ways[int(self.legs.sortie[leg])].names, int(self.legs.number[leg])
        return f"from {names[n]} to {names[n + 1]}"


def sound(sortie: Sortie) -> bool:
    """Whether all times and places of a sortie are numbers."""
    places = [sortie.launch, sortie.landing, sortie.lat_deg, sortie.lon_deg, sortie.end_lat_deg, sortie.end_lon_deg]
    stops = (n for stop in sortie.stops for n in (stop.arrive, stop.leave, stop.lat_deg, stop.lon_deg))
    return all(map(math.isfinite, (*places, *stops)))
