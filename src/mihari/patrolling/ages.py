"""Plans and what was seen -> for each cell its last look, its next one, and how late that makes it now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from mihari.patrol.plan import Plan

HELD = 0.99  # of its sea by radars on shore: nobody needs to look


@dataclass(frozen=True, slots=True)
class Look:
    """A look at a cell: UTC s at which it was whole, by which vehicle, and whether it was flown or only planned."""

    time: float
    vehicle: str
    flown: bool = False


Looks = dict[int, Look]


def planned(plans: Iterable[Plan], begin: float, end: float, heard: frozenset[str] = frozenset()) -> Looks:
    """The last look at each cell in [begin, end) that plans tell; vehicles that are `heard` tell it themselves.

    >>> from mihari.patrol.plan import Sortie, Stop
    >>> stops = tuple(Stop("cell", "7", t - 60.0, t, 25.0, 126.0) for t in (100.0, 200.0, 300.0))
    >>> plan = Plan("a", 0.0, 400.0, (Sortie("tb2", "x", 0.0, 25, 126, stops, "x", 390.0, 25, 126),))
    >>> planned([plan], 0.0, 250.0)
    {7: Look(time=200.0, vehicle='tb2', flown=False)}
    """
    found: Looks = {}
    for plan in plans:
        for sortie in plan.sorties:
            if sortie.vehicle in heard:
                continue
            for stop in sortie.stops:
                if stop.purpose == "cell" and begin <= stop.leave < end:
                    keep(found, int(stop.name), Look(stop.leave, sortie.vehicle))
    return found


def keep(looks: Looks, row: int, look: Look) -> None:
    """The newer of two looks at a cell stays."""
    if row not in looks or looks[row].time < look.time:
        looks[row] = look


def coming(plans: Iterable[Plan], now: float) -> Looks:
    """The next look at each cell after `now` (UTC s)."""
    found: Looks = {}
    for plan in plans:
        for sortie in plan.sorties:
            for stop in sortie.stops:
                if stop.purpose != "cell" or stop.leave < now:
                    continue
                row = int(stop.name)
                if row not in found or stop.leave < found[row].time:
                    found[row] = Look(stop.leave, sortie.vehicle)
    return found


def told(looks: Looks) -> dict[str, Any]:
    """Looks as JSON values, `of_told` the other way."""
    return {str(row): [look.time, look.vehicle, look.flown] for row, look in looks.items()}


def of_told(values: Mapping[str, Any]) -> Looks:
    """Looks from what `told` made of them."""
    return {int(row): Look(float(at), str(by), bool(flown)) for row, (at, by, flown) in values.items()}


def cell_rows(
    cells: Iterable[Mapping[str, Any]], seen: Looks, ahead: Looks, begin: float, now: float
) -> list[dict[str, Any]]:
    """Each cell of a sheet with `age_s`, `late` (age over what is demanded), `last`, `next`; of those that radars hold
    all the time the age is 0. A cell counts as looked at when the patrol begins, so nothing is late before.
    """
    rows = []
    for cell in cells:
        row, every = int(cell["row"]), 3600 * float(cell["every_h"])
        last, held = seen.get(row), float(cell["watched"]) >= HELD
        since = begin if last is None else max(last.time, begin)
        age = 0.0 if held else max(now - since, 0.0)
        rows.append({
            **cell, "held": held, "age_s": round(age, 1), "late": round(age / every, 4),
            "last": _told(last), "next": _told(ahead.get(row)),
        })  # fmt: skip
    return rows


def fresh_now(rows: Iterable[Mapping[str, Any]]) -> float:
    """Share of the demanded weight that is fresh now; 1 where nothing is demanded."""
    whole = fresh = 0.0
    for row in rows:
        whole += row["weight"]
        fresh += row["weight"] * (row["late"] <= 1.0)
    return fresh / whole if whole else 1.0


def _told(look: Look | None) -> dict[str, Any] | None:
    return None if look is None else {"time": look.time, "vehicle": look.vehicle, "flown": look.flown}
