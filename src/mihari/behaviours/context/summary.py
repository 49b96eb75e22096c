"""What was learned -> its figures in numbers, for the command line."""

from __future__ import annotations

from typing import Any

import numpy as np

from mihari.behaviours.context.hearing import ANYBODY
from mihari.behaviours.context.learned import Learned
from mihari.behaviours.context.view import anchorages, heard_in, reach
from mihari.core.picture import Category
from mihari.core.sensor import Sensor

NM = 1852.0


def summary(learned: Learned, sensors: tuple[Sensor, ...] = ()) -> dict[str, Any]:
    """Cells and entries by category, each station's share and reach, anchorages; JSON values."""
    table = learned.traffic.table
    entries = {
        Category(tag).name.lower(): round(float(table.rows["count"][table.tags == tag].sum()), 1)
        for tag in np.unique(table.tags).tolist()
    }
    return {
        "traffic": {"cells": len(np.unique(table.cells)), "entries": entries},
        "stations": stations(learned, sensors),
        "rims": {str(rim.table.resolution): len(rim.now) for rim in (learned.rims.small, learned.rims.large)},
        "anchorages": [feature["properties"] for feature in anchorages(learned)["features"]],
        "dropped": {name: t.dropped for name, t, _ in learned.parts},
    }


def stations(learned: Learned, sensors: tuple[Sensor, ...]) -> list[dict[str, Any]]:
    """Each station and radar: cells, share of the periods, how far it reaches by bearing."""
    table, known = learned.hearing.table, {s.index: s for s in sensors}
    vessels, found = table.vessels(), []
    for tag in np.unique(table.tags).tolist():
        rows = np.flatnonzero(table.tags == tag)
        heard, due = (float(table.rows[name][rows].sum()) for name in ("heard", "due"))
        sensor = known.get(tag)
        name = "all AIS stations" if tag == ANYBODY else sensor.name if sensor else f"feed {tag - 16_384}"
        proven = sum(heard_in(table.rows[row], int(vessels[row])).proven_good for row in rows.tolist())
        furthest = reach(learned, sensor) if sensor is not None and sensor.placed else {}
        found.append(
            {
                "name": name, "cells": len(rows), "share": round(heard / due, 3) if due else None,
                "reports": round(float(table.rows["reports"][rows].sum())), "proven_cells": proven,
                "reach_nm": {str(b): round(m / NM, 1) for b, m in furthest.items()},
            }
        )  # fmt: skip
    return found


def written(told: dict[str, Any]) -> str:
    """The same for people."""
    entries = ", ".join(f"{name} {count:.0f}" for name, count in told["traffic"]["entries"].items())
    lines = [f"traffic: {told['traffic']['cells']} cells; entries: {entries or 'none'}"]
    for station in told["stations"]:
        share = "nothing due" if station["share"] is None else f"{station['share']:.1%} of the periods"
        far = max(station["reach_nm"].values(), default=None)
        lines.append(
            f"{station['name']}: {share} in {station['cells']} cells, {station['proven_cells']} of them proven good"
            + ("" if far is None else f", reaches {far:.0f} NM")
        )
    lines.append("reception ends in " + ", ".join(f"{n} cells of resolution {k}" for k, n in told["rims"].items()))
    lines.append(f"anchorages: {len(told['anchorages'])}")
    lines += [f"  {a['name']}: {a['vessels']} vessels, {a['stops']:.0f} stops" for a in told["anchorages"][:20]]
    dropped = {name: count for name, count in told["dropped"].items() if count}
    return "\n".join(
        [*lines, *(f"{count} cells of {name} dropped for want of room" for name, count in dropped.items())]
    )
