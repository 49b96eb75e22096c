"""Columns of positions, by vessel and time -> segments, stops, places at common times, encounters. For archives.

The plain chain of steps that researchers run over years of positions (Global Fishing Watch, pipe-segment and
pipe-encounters): each step takes and gives columns, and says by which row or segment it speaks. Positions must be
ordered by key, then time; `time` is UTC s, whole or not.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from mihari.core.columns import Array, Columns, column
from mihari.core.kernels import inlined, kernel
from mihari.core.units import KNOT

RADIUS = 6_371_000.0  # m: the sphere that the published pipelines use
BUCKETS = 4096


@dataclass(frozen=True, slots=True)
class Stops(Columns):
    """Times at rest, one row each: first and last position of the run and the middle of all in it."""

    key: Array = column("i8")
    start: Array = column("f8")  # UTC s
    end: Array = column("f8")
    lat_deg: Array = column("f8")
    lon_deg: Array = column("f8")
    rows: Array = column("i8", 0)  # positions


@dataclass(frozen=True, slots=True)
class Gridded(Columns):
    """Places at common times, on the straight line between two positions of one segment; ordered by segment, time."""

    key: Array = column("i8")
    time: Array = column("i8")  # UTC s
    lat_deg: Array = column("f8")
    lon_deg: Array = column("f8")


@dataclass(frozen=True, slots=True)
class Encounters(Columns):
    """Two vessels near each other at each of the common times from `start` to `end`; first < second."""

    first: Array = column("i8")
    second: Array = column("i8")
    start: Array = column("i8")  # UTC s
    end: Array = column("i8")


@inlined
def away(lat0: float, lon0: float, lat1: float, lon1: float) -> float:
    """Metres between two places in degrees, haversine."""
    a, b = math.radians(lat0), math.radians(lat1)
    h = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(math.radians(lon1 - lon0) / 2) ** 2
    return 2 * RADIUS * math.asin(min(1.0, math.sqrt(h)))


@kernel
def _split(key: Any, time: Any, lat: Any, lon: Any, gap: float, fastest: float, segment: Any, speed: Any) -> int:
    n = -1
    for i in range(len(key)):
        new = i == 0 or key[i] != key[i - 1]
        if not new:
            dt = time[i] - time[i - 1]
            speed[i] = away(lat[i - 1], lon[i - 1], lat[i], lon[i]) / dt if dt > 0 else math.inf
            new = dt > gap or speed[i] > fastest
        if new:
            n, speed[i] = n + 1, math.nan
        segment[i] = n
    return n + 1


def split(
    key: Array, time: Array, lat_deg: Array, lon_deg: Array, gap: float = 3600.0, fastest: float = 50 * KNOT
) -> tuple[Array, Array]:
    """(segment of each row, speed m/s since the row before): a new segment after a gap > `gap` s or above `fastest`.

    The first row of a segment has no speed (NaN).

    >>> way = np.array([1, 1, 1]), np.array([0.0, 60.0, 7200.0]), np.zeros(3), np.array([0, 0.001, 0.1])
    >>> segment, speed = split(*way)
    >>> segment.tolist(), speed.round(2).tolist()
    ([0, 0, 1], [nan, 1.85, nan])
    """
    segment, speed = np.empty(len(key), np.int64), np.empty(len(key))
    _split(*_plain(key, time, lat_deg, lon_deg), gap, fastest, segment, speed)
    return segment, speed


@kernel
def _stops(
    key: Any, time: Any, lat: Any, lon: Any, segment: Any, speed: Any, slow: float, least: float, out: Any
) -> int:
    n, begun, lat_sum, lon_sum = 0, -1, 0.0, 0.0
    for i in range(len(key) + 1):
        over = i == len(key) or (i > 0 and segment[i] != segment[i - 1])
        still = i < len(key) and (math.isnan(speed[i]) or speed[i] < slow)
        if begun >= 0 and (over or not still):
            if time[i - 1] - time[begun] >= least:
                rows = i - begun
                out[n, 0], out[n, 1], out[n, 2] = begun, i - 1, rows
                out[n, 3], out[n, 4] = lat_sum / rows, lon_sum / rows
                n += 1
            begun = -1
        if still and begun < 0:
            begun, lat_sum, lon_sum = i, 0.0, 0.0
        if still:
            lat_sum, lon_sum = lat_sum + lat[i], lon_sum + lon[i]
    return n


def stops(
    key: Array, time: Array, lat_deg: Array, lon_deg: Array, segment: Array, speed: Array,
    slow: float = 0.5 * KNOT, least: float = 1800.0,
) -> Stops:  # fmt: skip
    """Runs of positions of one segment below `slow` m/s that last `least` s or longer.

    The first position of a segment, whose speed nobody knows, counts as slow.
    """
    out = np.empty((len(key), 5))
    n = _stops(*_plain(key, time, lat_deg, lon_deg), segment, speed, slow, least, out)
    first, last = out[:n, 0].astype(np.int64), out[:n, 1].astype(np.int64)
    return Stops(key[first], time[first], time[last], out[:n, 3], out[:n, 4], out[:n, 2].astype(np.int64))


@kernel
def _resampled(key: Any, time: Any, lat: Any, lon: Any, segment: Any, step: int, out: Any, whose: Any) -> int:
    n = 0
    for i in range(1, len(key)):
        if segment[i] != segment[i - 1]:
            continue
        a, b = math.floor(time[i - 1]), math.floor(time[i])
        if b <= a:
            continue
        first = i < 2 or segment[i - 2] != segment[i - 1]
        t = -(-a // step) * step
        if t == a and not first:
            t += step
        while t <= b:
            if n < len(whose):
                w = (t - a) / (b - a)
                out[n, 0], out[n, 1] = lat[i - 1] + (lat[i] - lat[i - 1]) * w, lon[i - 1] + (lon[i] - lon[i - 1]) * w
                whose[n, 0], whose[n, 1] = key[i], t
            n += 1
            t += step
    return n


def resampled(key: Array, time: Array, lat_deg: Array, lon_deg: Array, segment: Array, step: int = 600) -> Gridded:
    """Places at multiples of `step` s, between positions of one segment; never across segments."""
    given = _plain(key, time, lat_deg, lon_deg)
    room = len(key)
    while True:
        out, whose = np.empty((room, 2)), np.empty((room, 2), np.int64)
        n = _resampled(*given, segment, step, out, whose)
        if n <= room:
            return Gridded(whose[:n, 0], whose[:n, 1], out[:n, 0], out[:n, 1])
        room = n


@inlined
def cell(lat: float, lon: float, high: float) -> tuple[int, int]:
    """Row and column of a place; rows `high` degrees high, columns as wide in metres at the row's poleward edge."""
    row = math.floor(lat / high)
    edge = min(max(abs(row * high), abs((row + 1) * high)), 89.0)
    return row, math.floor((lon + 180.0) / (high / math.cos(math.radians(edge))))


@kernel
def _pairs(order: Any, key: Any, time: Any, lat: Any, lon: Any, radius: float, out: Any) -> int:
    high = math.degrees(radius / RADIUS) * 1.000001
    heads, following = np.full(BUCKETS, -1, np.int64), np.full(len(order), -1, np.int64)
    n, begun = 0, 0
    for p in range(len(order)):
        i = order[p]
        if p > 0 and time[i] != time[order[p - 1]]:
            for q in range(begun, p):
                row, col = cell(lat[order[q]], lon[order[q]], high)
                heads[(row * 73856093 ^ col * 19349663) & (BUCKETS - 1)] = -1
            begun = p
        row, col = cell(lat[i], lon[i], high)
        for dr in range(-1, 2):
            wide = cell((row + dr + 0.5) * high, lon[i], high)[1]
            for dc in range(-1, 2):
                q = heads[((row + dr) * 73856093 ^ (wide + dc) * 19349663) & (BUCKETS - 1)]
                while q >= 0:
                    j = order[q]
                    r, c = cell(lat[j], lon[j], high)
                    there = r == row + dr and c == wide + dc and key[j] != key[i]
                    if there and away(lat[i], lon[i], lat[j], lon[j]) <= radius:
                        if n < len(out):
                            out[n, 0], out[n, 1], out[n, 2] = min(key[i], key[j]), max(key[i], key[j]), time[i]
                        n += 1
                    q = following[q]
        b = (row * 73856093 ^ col * 19349663) & (BUCKETS - 1)
        following[p], heads[b] = heads[b], p
    return n


def encounters(places: Gridded, radius: float = 500.0, step: int = 600, least: int = 7200) -> Encounters:
    """Pairs within `radius` m at each common time of a run of `least` s or longer. A time apart ends the run.

    Not found: pairs across the meridian of 180 degrees (the live engine has no such seam).
    """
    order = np.argsort(places.time, kind="stable")
    room = len(order)
    while True:
        near = np.empty((room, 3), np.int64)
        n = _pairs(order, places.key, places.time, places.lat_deg, places.lon_deg, radius, near)
        if n <= room:
            break
        room = n
    near = near[:n][np.lexsort((near[:n, 2], near[:n, 1], near[:n, 0]))]
    if len(near) == 0:
        return Encounters.empty()
    again = np.concatenate([[True], (near[1:, :2] != near[:-1, :2]).any(axis=1) | (np.diff(near[:, 2]) != step)])
    first = np.flatnonzero(again)
    last = np.append(first[1:], len(near)) - 1
    long = near[last, 2] - near[first, 2] >= least
    return Encounters(near[first, 0][long], near[first, 1][long], near[first, 2][long], near[last, 2][long])


def _plain(key: Array, time: Array, lat_deg: Array, lon_deg: Array) -> tuple[Array, Array, Array, Array]:
    """The one type that the kernels are compiled for."""
    return (
        np.ascontiguousarray(key, np.int64), np.ascontiguousarray(time, np.float64),
        np.ascontiguousarray(lat_deg, np.float64), np.ascontiguousarray(lon_deg, np.float64),
    )  # fmt: skip
