"""A flight -> whether somebody was at each station at every moment, and for how long nobody was."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mihari.core.geodesy import great_circle
from mihari.patrol.file import PatrolFile, StationSection
from mihari.rehearse.flight import TICK_S, Flown


@dataclass(frozen=True, slots=True)
class Manned:
    """One station as it was kept: minutes that nobody was there, the longest on end, and each (from, to) UTC s."""

    station: str
    gap_min: float
    longest_min: float
    gaps: tuple[tuple[float, float], ...]


def manned(file: PatrolFile, flown: Flown) -> tuple[Manned, ...]:
    """All stations of a patrol, to the tick (10 s)."""
    return tuple(_of(file, station, flown) for station in file.station)


def _of(file: PatrolFile, station: StationSection, flown: Flown) -> Manned:
    begin = file.start.timestamp()
    first, last = begin + 3600 * station.from_h, begin + 3600 * min(station.to_h, file.hours)
    able = np.flatnonzero([_able(station, v.platform.id, v.platform.kind) for v in flown.vehicles])
    rows = np.flatnonzero((flown.times >= first) & (flown.times < last))
    lat, lon = flown.lat_deg[np.ix_(rows, able)], flown.lon_deg[np.ix_(rows, able)]
    away = great_circle(station.lat_deg, station.lon_deg, lat, lon)[0]
    there = (flown.out[np.ix_(rows, able)] & (away <= 1000 * station.within_km)).any(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], ~there, [False]]).astype(int)))
    times = np.append(flown.times[rows], flown.times[rows[-1]] + TICK_S) if len(rows) else np.zeros(1)
    gaps = tuple((float(times[a]), float(times[b])) for a, b in edges.reshape(-1, 2))
    spans = [(b - a) / 60 for a, b in gaps]
    return Manned(station.name, sum(spans), max(spans, default=0.0), gaps)


def _able(station: StationSection, platform: str, kind: str) -> bool:
    return platform in station.platforms if station.platforms else kind == "aircraft"
