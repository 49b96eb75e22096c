"""Plans one after the other -> one line of sorties: what was flown by those before, what the one in force plans."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any

from mihari.patrol.plan import Plan, Sortie, Stop

KEPT_S = 24 * 3600.0  # sorties that were over before are forgotten


def folded(before: Iterable[Sortie], plan: Plan, follows: bool = False) -> tuple[Sortie, ...]:
    """The sorties as they are once `plan` holds; `follows`: it takes over where the last one ends.

    A sortie that is under way keeps its launch and the stops that are behind it; where the plan does not go on with it,
    it ends there, at the plan's beginning, with nowhere to land.

    >>> one, two = (Stop("cell", c, t, t + 10.0, 25.0, 126.0) for c, t in (("1", 20.0), ("2", 60.0)))
    >>> old = Sortie("tb2", "naha", 0.0, 26.0, 127.0, (one, two), "naha", 100.0, 26.0, 127.0)
    >>> new = replace(old, start="", lat_deg=25.1, stops=(two,), landing=90.0)
    >>> now = folded([old], Plan("p", 40.0, 200.0, (new,)))
    >>> [(s.start, s.landing, [stop.name for stop in s.stops]) for s in now]
    [('naha', 90.0, ['1', '2'])]
    >>> [(s.landing, s.end, len(s.stops)) for s in folded([old], Plan("p", 40.0, 200.0, ()))]
    [(40.0, '', 1)]
    """
    going = {(s.vehicle, s.launch): s for s in plan.sorties if s.launch < plan.begin}
    made = []
    for sortie in before:
        if sortie.landing < plan.begin - KEPT_S or sortie.launch >= plan.begin:
            continue
        behind = tuple(stop for stop in sortie.stops if stop.leave <= plan.begin)
        later = going.pop((sortie.vehicle, sortie.launch), None)
        if later is not None:
            stops = (*behind, *later.stops)
            lat, lon = sortie.lat_deg, sortie.lon_deg
            made.append(replace(later, start=sortie.start, lat_deg=lat, lon_deg=lon, stops=stops))
        elif sortie.landing <= plan.begin or follows:
            made.append(sortie)
        else:
            made.append(replace(sortie, stops=behind, end="", landing=plan.begin))
    made += going.values()
    made += [s for s in plan.sorties if s.launch >= plan.begin]
    return tuple(sorted(made, key=lambda s: (s.launch, s.vehicle)))


def told(sorties: Iterable[Sortie]) -> list[dict[str, Any]]:
    """Sorties as JSON values, `of_told` the other way."""
    return [asdict(s) for s in sorties]


def of_told(values: Iterable[dict[str, Any]]) -> tuple[Sortie, ...]:
    """Sorties from what `told` made of them."""
    return tuple(Sortie(**{**one, "stops": tuple(Stop(**stop) for stop in one["stops"])}) for one in values)
