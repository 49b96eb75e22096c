"""A prepared patrol -> what a map and a chart need of it beside the plan: cells, places, weather, as plain values."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mihari.patrol.file import PatrolFile
from mihari.patrol.ground import Ground
from mihari.patrol.vehicles import places_of, vehicles_of

DIGITS = 5  # of degrees: a metre


def sheet_of(file: PatrolFile, ground: Ground) -> dict[str, Any]:
    """Times UTC s, places [lat_deg, lon_deg]; every cell that is asked for, by its row in the ground."""
    begin = file.start.timestamp()
    return {
        "name": file.name, "about": file.about, "begin": begin, "end": begin + 3600 * file.hours,
        "cells": _cells(ground), "spells": _spells(file, ground), "places": _places(file),
        "vehicles": [
            {"name": v.name, "platform": v.platform.name, "id": v.platform.id, "kind": v.platform.kind,
             "home": v.section.home, "on_call": v.section.on_call, "endurance_h": round(v.endurance_h, 3),
             "turnaround_h": round(v.turnaround_h, 3)}
            for v in vehicles_of(file)
        ],
        "radars": [{"name": r.name, "lat_deg": r.lat_deg, "lon_deg": r.lon_deg} for r in file.radar],
        "stations": [
            {"name": s.name, "lat_deg": s.lat_deg, "lon_deg": s.lon_deg, "within_m": 1000 * s.within_km,
             "from": begin + 3600 * s.from_h, "to": begin + 3600 * min(s.to_h, file.hours), "relay": s.relay}
            for s in file.station
        ],
        "keep_out": [
            {"name": k.name, "corners": [list(c) for c in k.corners], "kinds": list(k.kinds),
             "from": begin + 3600 * k.from_h, "to": begin + 3600 * min(k.to_h, file.hours)}
            for k in file.keep_out
        ],
    }  # fmt: skip


def _cells(ground: Ground) -> list[dict[str, Any]]:
    """`watched`: share of it that radars hold, the least of all spells; `weight`: of an hour, all spells' mean."""
    cells, asked = ground.cells, np.flatnonzero(np.isfinite(ground.every_h))
    return [
        {
            "row": int(row), "corners": np.round(cells.corners[row], DIGITS).tolist(),
            "lat_deg": round(float(cells.lat_deg[row]), DIGITS), "lon_deg": round(float(cells.lon_deg[row]), DIGITS),
            "sea": round(float(cells.sea[row]), 3), "every_h": float(ground.every_h[row]),
            "vessel": str(ground.vessel[row]), "weight": round(float(ground.weight[row].mean()), 4),
            "watched": round(float(ground.watched[row].min()), 3),
        }
        for row in asked
    ]  # fmt: skip


def _spells(file: PatrolFile, ground: Ground) -> list[dict[str, Any]]:
    begin = file.start.timestamp()
    return [
        {
            "from": begin + 3600 * s.start, "to": begin + 3600 * min(s.end, file.hours), "night": s.night,
            "wind_mps": round(s.weather.wind, 2), "sea_state": round(s.weather.sea, 1),
            "visibility_m": round(s.weather.visibility), "cloud_base_m": s.cloud_base if math.isfinite(s.cloud_base)
            else None,
        }
        for s in ground.spells if s.start < file.hours
    ]  # fmt: skip


def _places(file: PatrolFile) -> list[dict[str, Any]]:
    """Bases and ships: `way` is [UTC s, lat_deg, lon_deg], one of a base; `closed` [from, to] UTC s."""
    begin, made = file.start.timestamp(), []
    for place in places_of(file):
        way = getattr(place, "way", ()) or ((0.0, place.lat_deg, place.lon_deg),)  # type: ignore[union-attr]
        made.append({
            "name": place.name, "ship": hasattr(place, "way"), "offers": list(place.offers), "spots": place.spots,
            "way": [[begin + 3600 * hour, lat, lon] for hour, lat, lon in way],
            "closed": [[begin + 3600 * a, begin + 3600 * b] for a, b in place.closed_h],
        })  # fmt: skip
    return made
