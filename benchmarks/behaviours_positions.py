"""BEH-5: segments, stops, resampling and encounters over real positions three times, beside pandas and SciPy.

BEH-6: all behaviours that follow from positions alone, of the same positions, beside what the peer takes for BEH-5. No
coastline holds these waters in detail: all of them count as open sea, where most is found and most is to be done.
"""

from __future__ import annotations

import math
import os
import statistics
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.harness import Row
from mihari.behaviours import positions
from mihari.behaviours.past import Past
from mihari.behaviours.sightings import Sightings
from mihari.core.columns import Array
from mihari.core.workers import cores

Columns = tuple[Array, Array, Array, Array]
RUNS = 5
OPEN_SEA_M = 100_000.0
DAYS = 400 * 86400.0  # between the copies


def folder() -> Path:
    """Where the recordings are."""
    return Path(os.environ.get("MIHARI_DATA") or Path(__file__).parents[2] / "shared" / "data")


def real(copies: int = 3) -> Columns:
    """key, time, lat, lon of the real positions, copied to other times and names; ordered by key and time."""
    import pyarrow as pa
    from pyarrow import parquet

    table = parquet.read_table(folder() / "ais" / "positions" / "real_positions.parquet")
    when = table["t"].cast(pa.timestamp("us")).cast("int64").to_numpy() / 1e6
    key = np.concatenate([table["mmsi"].to_numpy() + k * 10**9 for k in range(copies)])
    moved = np.concatenate([when + k * DAYS for k in range(copies)])
    order = np.lexsort((moved, key))
    lat, lon = (np.tile(table[name].to_numpy(), copies)[order] for name in ("lat", "lon"))
    return key[order], moved[order], lat, lon


def ours(rows: Columns) -> dict[str, Any]:
    """The chain."""
    segment, speed = positions.split(*rows)
    rest = positions.stops(*rows, segment, speed)
    places = positions.resampled(*rows, segment)
    met = positions.encounters(places)
    return {
        "segments": int(segment[-1]) + 1,
        "stops": len(rest),
        "places": len(places),
        "encounters": sorted(zip(*(c.tolist() for c in met.columns().values()), strict=True)),
    }


def pandas_chain(rows: Columns) -> dict[str, Any]:
    """The same with pandas, NumPy and SciPy's k-d tree."""
    import pandas as pd
    from scipy.spatial import cKDTree

    key, when, lat, lon = rows
    frame = pd.DataFrame({"key": key, "t": when, "lat": lat, "lon": lon})
    grouped = frame.groupby("key", sort=False)
    dt = grouped["t"].diff()
    a, b = np.radians(grouped["lat"].shift()), np.radians(frame.lat)
    h = (
        np.sin((b - a) / 2) ** 2
        + np.cos(a) * np.cos(b) * np.sin(np.radians(frame.lon - grouped["lon"].shift()) / 2) ** 2
    )
    speed = 2 * positions.RADIUS * np.arcsin(np.sqrt(h)) / dt
    new = dt.isna() | (dt > 3600) | (speed > 50 * 1852 / 3600)
    frame["segment"] = new.cumsum() - 1
    still = (speed.where(~new) < 0.5 * 1852 / 3600) | new
    run = ((still != still.shift()) | new).cumsum()
    rest = frame[still].groupby(run[still]).agg(start=("t", "first"), end=("t", "last"))
    places = _gridded(frame)
    met = _met(places, cKDTree)
    return {
        "segments": int(frame.segment.iloc[-1]) + 1,
        "stops": int((rest.end - rest.start >= 1800).sum()),
        "places": len(places),
        "encounters": met,
    }


def _gridded(frame: Any) -> Array:
    parts = []
    for _, part in frame.groupby("segment", sort=False):
        if len(part) < 2:
            continue
        t = np.floor(part.t.to_numpy()).astype(np.int64)
        times = np.arange(-(-t[0] // 600), t[-1] // 600 + 1) * 600
        if len(times):
            places = (np.interp(times, t, part[name].to_numpy()) for name in ("lat", "lon"))
            parts.append(np.column_stack([times, np.full(len(times), part.key.iloc[0]), *places]))
    return np.vstack(parts)


def _met(places: Array, tree: Any) -> list[tuple[int, ...]]:
    import pandas as pd

    places = places[np.argsort(places[:, 0], kind="stable")]
    times, first = np.unique(places[:, 0], return_index=True)
    near = []
    for when, start, end in zip(times, first, [*first[1:], len(places)], strict=True):
        here = places[start:end]
        a, b = np.radians(here[:, 2]), np.radians(here[:, 3])
        space = np.column_stack([np.cos(a) * np.cos(b), np.cos(a) * np.sin(b), np.sin(a)]) * positions.RADIUS
        near += [
            (min(here[i, 1], here[j, 1]), max(here[i, 1], here[j, 1]), when)
            for i, j in tree(space).query_pairs(500.0)
            if here[i, 1] != here[j, 1]
        ]
    pairs = pd.DataFrame(near, columns=["a", "b", "t"]).astype("int64").sort_values(["a", "b", "t"])
    again = (pairs.a != pairs.a.shift()) | (pairs.b != pairs.b.shift()) | (pairs.t.diff() != 600)
    met = pairs.groupby(again.cumsum()).agg(a=("a", "first"), b=("b", "first"), start=("t", "first"), end=("t", "last"))
    met = met[met.end - met.start >= 7200]
    return sorted(tuple(int(x) for x in row) for row in met.to_numpy())


def numbered(rows: Columns) -> Sightings:
    """The same positions as sightings; the copies' vessels, which have more than nine digits, get other numbers."""
    key, when, lat, lon = rows
    number = 201_000_000 + np.unique(key, return_inverse=True)[1]
    return Sightings.of(len(key), key=number, time=when, lat_deg=lat, lon_deg=lon)


def behaviours(sightings: Sightings) -> dict[str, int]:
    """How many intervals each definition finds."""
    return {
        name: len(when) for name, when in Past(sightings, shore=np.full(len(sightings), OPEN_SEA_M)).found().items()
    }


def in_turn(chains: dict[str, Any], runs: int = RUNS) -> tuple[dict[str, float], dict[str, Any]]:
    """Median seconds and the last answer of each, one after the other again and again: a busy machine hits all."""
    spent: dict[str, list[float]] = {name: [] for name in chains}
    found: dict[str, Any] = {}
    for _ in range(runs):
        for name, chain in chains.items():
            began = time.perf_counter()
            found[name] = chain()
            spent[name].append(time.perf_counter() - began)
    return {name: statistics.median(each) for name, each in spent.items()}, found


def measured() -> dict[str, Any]:
    """Seconds of both, and whether the answers are the same."""
    given = real()
    sightings = numbered(given)
    ours(given)
    behaviours(sightings.take(np.arange(1000)))
    chains = {"ours": lambda: ours(given), "all": lambda: behaviours(sightings), "peer": lambda: pandas_chain(given)}
    spent, found = in_turn(chains)
    return {
        "ours_s": spent["ours"],
        "peer_s": spent["peer"],
        "behaviours_s": spent["all"],
        "behaviours": found["all"],
        "same": found["ours"] == found["peer"],
        "rows": len(given[0]),
        "found": found["ours"],
        "expected": found["peer"],
    }


def rows() -> list[Row]:
    """The row; none where the recordings are absent, which is told."""
    if not (folder() / "ais").exists():
        print(f"BEH-5 is left out: no recordings in {folder()} (set MIHARI_DATA)")
        return []
    m = measured()
    same = "same answers" if m["same"] else "OTHER ANSWERS"
    what = f"split, stops, resampling, encounters, {m['rows']:,} positions; pandas and SciPy, {same}: times as fast"
    ratio = m["peer_s"] / m["ours_s"] if m["same"] else 0.0
    told = f"{cores()} cores; " + ", ".join(f"{name} {count:,}" for name, count in m["behaviours"].items())
    share = m["behaviours_s"] / m["peer_s"] if m["same"] else math.inf
    return [
        Row("BEH-5", what, m["ours_s"], m["peer_s"], ratio, 10.0, ">="),
        Row("BEH-6", f"{told}: of the time of the peer of BEH-5", m["behaviours_s"], m["peer_s"], share, 0.5, "<="),
    ]
