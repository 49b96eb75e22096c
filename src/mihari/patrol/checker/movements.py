"""Rules 10 to 13: launches and landings at each place: one at a time, with room, while it is open, in fit weather."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from mihari.patrol.checker import slack
from mihari.patrol.checker.places import Place
from mihari.patrol.checker.roster import Vehicle
from mihari.patrol.checker.sheet import Sheet
from mihari.patrol.checker.sorties import in_order
from mihari.patrol.checker.violation import Violation, clock, violation
from mihari.patrol.plan import Sortie


@dataclass(frozen=True, slots=True)
class Movement:
    """A launch or a landing at a place at a time (UTC s); `planned`: by this plan, not by the one before."""

    time: float
    launch: bool
    vehicle: str
    place: str
    planned: bool = True

    @property
    def word(self) -> str:
        """As kinds of violations have it."""
        return "start" if self.launch else "landing"


def movements(sheet: Sheet) -> Iterator[Violation]:
    """Rules 10 to 13 at every place."""
    for place in sheet.places.values():
        here = sorted(_at(sheet, place.name), key=lambda m: (m.time, not m.launch))
        yield from _slots(place, here)
        yield from _spots(sheet, place, here)
        for movement in here:
            if movement.planned:
                yield from _closed(place, movement)
                yield from _weather(sheet, place, movement)


def _at(sheet: Sheet, place: str) -> Iterator[Movement]:
    for sortie in sheet.sorties:
        yield from _of(sortie, place, planned=True)
    for sortie in sheet.past:
        yield from (m for m in _of(sortie, place, planned=False) if m.time < sheet.plan.begin)


def _of(sortie: Sortie, place: str, *, planned: bool) -> Iterator[Movement]:
    if sortie.start == place:
        yield Movement(sortie.launch, True, sortie.vehicle, place, planned)
    if sortie.end == place:
        yield Movement(sortie.landing, False, sortie.vehicle, place, planned)


def _slots(place: Place, here: list[Movement]) -> Iterator[Violation]:
    """Rule 10."""
    for first, second in pairwise(here):
        pause = second.time - first.time
        if pause < place.slot - slack.TIME_S and (first.planned or second.planned):
            told = (
                f"{pause / 60:.1f} min lie between the {first.word} of {first.vehicle} and the {second.word} of "
                f"{second.vehicle} at {place.name} at {clock(second.time)}; it takes {place.section.slot_min:g}"
            )
            yield violation("slot", told, second.time, second.vehicle)


def _spots(sheet: Sheet, place: Place, here: list[Movement]) -> Iterator[Violation]:
    """Rule 11, whenever one lands: how many a file puts at a place at first is not the plan's fault."""
    has = {vehicle.name for vehicle in sheet.vehicles.values() if _at_first(sheet, vehicle) == place.name}
    for movement in (m for m in here if m.planned):
        if movement.launch:
            has.discard(movement.vehicle)
            continue
        has.add(movement.vehicle)
        if len(has) > place.section.spots:
            told = f"{movement.vehicle} lands at {place.name} at {clock(movement.time)} as number {len(has)}"
            yield violation("spots", f"{told}; it has {place.section.spots} spots", movement.time, movement.vehicle)


def _at_first(sheet: Sheet, vehicle: Vehicle) -> str:
    """The place where a vehicle stands when the plan begins, "" if it does not."""
    mine = in_order(sheet, vehicle.name)
    landed = [s for s in mine if s.landing <= sheet.plan.begin]
    aloft = any(not s.start and s.landing > sheet.plan.begin for s in mine)
    gone = sheet.lost.get(vehicle.name, np.inf) <= sheet.plan.begin
    return "" if aloft or gone else landed[-1].end if landed else vehicle.asset.home


def _closed(place: Place, movement: Movement) -> Iterator[Violation]:
    """Rule 12."""
    if hours := place.closed(movement.time):
        told = f"{movement.vehicle} has its {movement.word} at {place.name} at {clock(movement.time)}"
        told += f", which is closed from hour {hours[0]:g} to {hours[1]:g}"
        yield violation(f"closed at {movement.word}", told, movement.time, movement.vehicle)


def _weather(sheet: Sheet, place: Place, movement: Movement) -> Iterator[Violation]:
    """Rule 13. Platforms that tell no limit have none."""
    platform = sheet.vehicles[movement.vehicle].platform
    spells = [sheet.ground.spells[int(i)].weather for i in sheet.around(movement.time)]
    wind, sea = min(w.wind for w in spells), min(w.sea for w in spells)
    told = f"{movement.vehicle} has its {movement.word} at {place.name} at {clock(movement.time)} in"
    if wind > platform.wind_limit + 1e-9:
        told_wind = f"{told} {wind:.1f} m/s of wind; it bears {platform.wind_limit:.1f}"
        yield violation(f"wind at {movement.word}", told_wind, movement.time, movement.vehicle)
    if place.is_ship and sea > platform.deck_sea_limit + 1e-9:
        told_sea = f"{told} sea state {sea:g}; on deck it bears {platform.deck_sea_limit:g}"
        yield violation(f"deck sea at {movement.word}", told_sea, movement.time, movement.vehicle)
