"""Positions that AIS devices once told (CSV) -> vessels that go where those went: real traffic as truth."""

from __future__ import annotations

import os
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import csv

from mihari.core.errors import BadInput, ConfigError
from mihari.core.geodesy import inverse
from mihari.core.units import KNOT
from mihari.simulate.cast import Actor, Cast
from mihari.simulate.paths import Path as Way
from mihari.simulate.scenario import Recorded, Scenario
from mihari.simulate.ways import Floats

COLUMNS = ("Time", "MMSI", "Latitude_degrees", "Longitude_degrees")
LIMITS = {"MMSI": (1, 999_999_999), "Latitude_degrees": (-90, 90), "Longitude_degrees": (-180, 180)}
A_TIME = "2016-01-12 13:02:11.218"
TOO_FAST = 60 * KNOT  # between two positions: another device, or a wrong position
SHORTEST_S = 60.0  # a stretch of less is left out
BLEND_S = 20.0  # positions come every few seconds: corners are cut within this


def recorded(scenario: Scenario) -> list[Cast]:
    """One vessel per stretch of a device's positions without a gap; it is there from the first to the last of them."""
    return [cast for index, table in enumerate(scenario.recorded) for cast in _casts(scenario, index, table)]


def _casts(scenario: Scenario, index: int, table: Recorded) -> list[Cast]:
    rows = _rows(_found(scenario, index, table.file))
    time = _times(rows).astype(np.int64) / 1e3
    mmsi, lat, lon = (rows[name].to_numpy() for name in COLUMNS[1:])
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


def _rows(path: Path) -> pa.Table:
    """The columns of the file, every value there and possible; else BadInput with the row (the first is the header)."""
    numbers = {"MMSI": pa.int64(), "Latitude_degrees": pa.float64(), "Longitude_degrees": pa.float64()}
    options = csv.ConvertOptions(include_columns=list(COLUMNS), column_types=numbers)
    try:
        rows = csv.read_csv(path, csv.ReadOptions(use_threads=False), convert_options=options)
    except (pa.ArrowInvalid, KeyError, OSError) as error:
        why = " ".join(str(error).split())[:200]
        raise BadInput(f"{path}: expected CSV with the columns {', '.join(COLUMNS)} ({why})") from None
    if len(rows) and not pa.types.is_timestamp(rows["Time"].type):
        good = np.array([_is_time(value) for value in rows["Time"].to_pylist()])
        if not isinstance(rows["Time"][0].as_py(), str):
            good[:] = False  # all of them numbers, or dates
        _check_all(path, rows["Time"], good, f"Time such as {A_TIME}")
        raise BadInput(f"{path}: expected every Time like {A_TIME}, or every one with a zone, found some of each")
    for name, (low, high) in LIMITS.items():
        values = rows[name].to_numpy()  # NaN where nothing stands
        _check_all(path, rows[name], (values >= low) & (values <= high), f"{name} between {low} and {high}")
    _check_all(path, rows["Time"], ~np.isnat(_times(rows)), f"Time such as {A_TIME}")
    return rows


def _times(rows: pa.Table) -> NDArray[np.datetime64]:
    column = pc.cast(rows["Time"], pa.timestamp("ms"), safe=False)
    return np.asarray(column.to_numpy()).astype("datetime64[ms]")


def _check_all(path: Path, column: pa.ChunkedArray[Any], good: NDArray[np.bool_], expected: str) -> None:
    if not good.all():
        row = int(np.argmin(good))
        value = column[row].as_py()
        found = "nothing" if value is None else value
        raise BadInput(f"{path}: row {row + 2}: expected {expected}, found {found}")


def _is_time(value: Any) -> bool:
    try:
        return datetime.fromisoformat(value) is not None
    except (TypeError, ValueError):
        return False


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
