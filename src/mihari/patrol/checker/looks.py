"""Rules 20 and 21: looks at cells are near enough, long enough, of who sees enough, within the plan's hours."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mihari.core.geodesy import inverse
from mihari.patrol.checker import slack
from mihari.patrol.checker.sheet import Sheet, Visit
from mihari.patrol.checker.violation import Violation, clock, violation
from mihari.patrol.plan import Stop


def looks(sheet: Sheet) -> Iterator[Violation]:
    """Rules 20 and 21 for all stops."""
    yield from _span(sheet)
    known = []
    for visit in sheet.visits:
        yield from _hours(sheet, visit)
        if visit.stop.purpose == "cell":
            if cell_of(visit.stop, len(sheet.ground.cells)) is None:
                name, stop = visit.vehicle.name, visit.stop
                told = f"{name} looks at cell {stop.name!r} at {clock(stop.arrive)}, which is none of "
                yield violation("unknown cell", f"{told}{len(sheet.ground.cells)}", stop.arrive, name)
            else:
                known.append(visit)
    yield from _places(sheet, known)
    for visit in known:
        yield from _dwell(sheet, visit)


def cell_of(stop: Stop, cells: int) -> int | None:
    """The row of a stop's cell; None if it is none of so many.

    >>> cell_of(Stop("cell", "3", 0.0, 0.0, 0.0, 0.0), 4), cell_of(Stop("cell", "4", 0.0, 0.0, 0.0, 0.0), 4)
    (3, None)
    """
    told = stop.name
    plain = told.isascii() and told.isdecimal() and len(told) < 10
    return int(told) if plain and int(told) < cells else None


def _span(sheet: Sheet) -> Iterator[Violation]:
    """Rule 21 needs hours to count in."""
    plan = sheet.plan
    if plan.end <= plan.begin or plan.begin < sheet.start - slack.TIME_S:
        told = f"the plan goes from {clock(plan.begin)} to {clock(plan.end)}; the patrol begins at {clock(sheet.start)}"
        yield violation("wrong span", told, plan.begin)


def _hours(sheet: Sheet, visit: Visit) -> Iterator[Violation]:
    """Rule 21. A look at a cell is one when it is over, one at a vessel when it begins."""
    stop, plan = visit.stop, sheet.plan
    counts = {"cell": stop.leave, "vessel": stop.arrive}.get(stop.purpose, plan.begin)
    if not plan.begin - slack.TIME_S <= counts <= plan.end + slack.TIME_S and not _goes_on(sheet, stop):
        told = f"{visit.vehicle.name} looks at {stop.purpose} {stop.name} at {clock(counts)}"
        told += f"; the plan goes from {clock(plan.begin)} to {clock(plan.end)}"
        yield violation("outside hours", told, counts, visit.vehicle.name)


def _goes_on(sheet: Sheet, stop: Stop) -> bool:
    """Whether somebody was with a vessel already when the plan began."""
    return stop.purpose == "vessel" and stop.arrive <= sheet.plan.begin < stop.leave


def _places(sheet: Sheet, visits: list[Visit]) -> Iterator[Violation]:
    """Rule 20: within 3 km of the cell's place."""
    cells = sheet.ground.cells
    row = np.array([cell_of(visit.stop, len(cells)) for visit in visits], dtype=np.int64)
    lat, lon = (np.array([getattr(visit.stop, key) for visit in visits], float) for key in ("lat_deg", "lon_deg"))
    distance = inverse(lat, lon, cells.lat_deg[row], cells.lon_deg[row])[0]
    for i in np.flatnonzero(~(distance <= slack.CELL_M + slack.NEAR_M)):
        name, stop = visits[i].vehicle.name, visits[i].stop
        told = (
            f"{name} looks at cell {stop.name} at {clock(stop.arrive)} from {distance[i] / 1000:.1f} km off its place"
        )
        yield violation("far from cell", told, stop.arrive, name)


def _dwell(sheet: Sheet, visit: Visit) -> Iterator[Violation]:
    """Rule 20: as long as it takes, where it sees enough at all."""
    name, stop = visit.vehicle.name, visit.stop
    cell = cell_of(stop, len(sheet.ground.cells))
    table = sheet.ground.dwell_h[visit.vehicle.asset.platform]
    needs = 3600 * min(float(table[cell, spell]) for spell in sheet.around(stop.arrive))
    if not np.isfinite(needs):
        told = f"{name} would see too little in cell {stop.name} at {clock(stop.arrive)}"
        yield violation("blind look", told, stop.arrive, name)
    elif stop.leave - stop.arrive < needs - slack.TIME_S:
        told = f"{name} looks at cell {stop.name} for {(stop.leave - stop.arrive) / 60:.1f} min at {clock(stop.arrive)}"
        yield violation("short look", f"{told}; it takes {needs / 60:.1f}", stop.arrive, name)
