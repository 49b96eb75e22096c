"""Positions that AIS devices once told (CSV) -> vessels that go where those went: real traffic as truth."""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from mihari.core.errors import BadInput, ConfigError
from mihari.core.geodesy import inverse
from mihari.core.units import KNOT
from mihari.simulate.cast import Actor, Cast
from mihari.simulate.paths import Path as Way
from mihari.simulate.scenario import Recorded, Scenario
from mihari.simulate.ways import Floats

COLUMNS = ("Time", "MMSI", "Latitude_degrees", "Longitude_degrees")
TOO_FAST = 60 * KNOT  # between two positions: another device, or a wrong position
SHORTEST_S = 60.0  # a stretch of less is left out
BLEND_S = 20.0  # positions come every few seconds: corners are cut within this


def recorded(scenario: Scenario) -> list[Cast]:
    """One vessel per stretch of a device's positions without a gap; it is there from the first to the last of them."""
    return [cast for index, table in enumerate(scenario.recorded) for cast in _casts(scenario, index, table)]


def _casts(scenario: Scenario, index: int, table: Recorded) -> list[Cast]:
    path = _found(scenario, index, table.file)
    try:
        rows = csv.read_csv(path).select(COLUMNS)
        time = pc.cast(rows["Time"], pa.timestamp("ms")).to_numpy().astype("datetime64[ms]").astype(np.int64) / 1e3
        mmsi, lat, lon = (rows[name].to_numpy() for name in COLUMNS[1:])
    except (pa.ArrowInvalid, KeyError) as error:
        raise BadInput(f"{path}: expected CSV with the columns {', '.join(COLUMNS)} ({error})") from None
    casts = []
    for one in np.unique(mmsi).tolist():
        own = np.flatnonzero(mmsi == one)
        own = own[np.argsort(time[own], kind="stable")]
        own = own[np.append(True, np.diff(time[own]) > 0)]
        t = time[own] - scenario.start
        for first, last in _stretches(t, lat[own], lon[own], table.gap):
            part = slice(first, last)
            way = Way.through(t[part], lat[own][part], lon[own][part], BLEND_S)
            since, until = float(t[first]), float(t[last - 1])
            actor = Actor(table.kind, way, table.length, "A", int(one), f"MMSI {one}", since=since, until=until)
            casts.append(Cast((actor,)))
    return casts


def _stretches(time: Floats, lat_deg: Floats, lon_deg: Floats, gap: float) -> list[tuple[int, int]]:
    """(first, last + 1) of runs without a gap in time or a jump, of at least `SHORTEST_S`."""
    distance, _ = inverse(lat_deg[:-1], lon_deg[:-1], lat_deg[1:], lon_deg[1:])
    cut = np.flatnonzero((np.diff(time) > gap) | (distance > TOO_FAST * np.diff(time) + 50.0)) + 1
    edges = [0, *cut.tolist(), len(time)]
    return [(a, b) for a, b in pairwise(edges) if b - a >= 2 and time[b - 1] - time[a] >= SHORTEST_S]


def _found(scenario: Scenario, index: int, name: str) -> Path:
    """Beside the scenario's file, else in `$MIHARI_DATA`."""
    folders = [Path(scenario.file).parent, *(Path(p) for p in [os.environ.get("MIHARI_DATA", "")] if p)]
    for folder in folders:
        if (folder / name).is_file():
            return folder / name
    problem = f"no file {name!r} beside the scenario or in the folder that MIHARI_DATA names"
    raise ConfigError(scenario.file, f"recorded[{index}].file", problem)
