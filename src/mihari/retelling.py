"""Where tracks were, as it is known now -> what the look-out is to remember instead, vessel by vessel.

Looks that came hours late are run again (`mihari.rerun`); the tracks of those hours are then others than those that
behaviours were found on. A track that still has a vessel in the picture is that vessel. Any other is the remembered
vessel that was nearest to it over their time together, within `GATE_M` and taken by no other; else a vessel of its own.
What is remembered beside a track under other keys was the same vessel, of a track that is no more, and goes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from mihari.behaviours.memory import Memory
from mihari.behaviours.memory.layout import UNKNOWN
from mihari.behaviours.sightings import METRES_PER_DEGREE, SHADOW, SightingKind, Sightings
from mihari.core.behaviour import UNNAMED, unnamed
from mihari.core.columns import Array
from mihari.tracks.past import Was

GRID_S = 30.0  # at which tracks and vessels are compared: what memory samples by
NEAR_S = 90.0  # from a moment to who is said to be somewhere then: three samples of the memory
GATE_M = 1852.0  # half of the time nearer than that: a track of rough plots wanders by some hundred metres
TOGETHER = 0.5  # share of a vessel's time that a track is there, from which it may be the same
NOTICED_M = 50.0  # another place: more than a hull, and than a line between two samples cuts off a turn
NOTICED_MPS = 0.26  # half a knot
STRETCH_S = 300.0  # what differs with no longer a rest between is one span
LEAST = 3  # places that differ: half a minute


class Span(NamedTuple):
    """What is remembered of a vessel between two times (UTC s) is not so."""

    key: int
    begin: float
    end: float


@dataclass(slots=True)
class Retelling:
    """For `Engine.retell`. `vessels`: keys of those that nobody knew of; `track`: the key that each track has got."""

    spans: list[Span] = field(default_factory=list)
    sightings: Sightings = field(default_factory=Sightings.empty)
    vessels: list[int] = field(default_factory=list)
    track: dict[int, int] = field(default_factory=dict)


class _Way(NamedTuple):
    """Places and speeds by time, longitudes without a jump; speed in m/s."""

    time: Array
    lat_deg: Array
    lon_deg: Array
    speed: Array

    def at(self, times: Array) -> tuple[Array, Array, Array, Array]:
        """Latitude, longitude, speed at these times, and whether somebody told of one within `NEAR_S`."""
        last = len(self.time) - 1
        after = np.searchsorted(self.time, times)
        gap = np.minimum(
            np.abs(self.time[np.minimum(after, last)] - times), np.abs(self.time[np.maximum(after - 1, 0)] - times)
        )
        return (
            np.interp(times, self.time, self.lat_deg),
            np.interp(times, self.time, self.lon_deg),
            np.interp(times, self.time, self.speed),
            gap <= NEAR_S,
        )


def retelling(
    was: Was, keys: Mapping[int, int], memory: Memory, fresh: Callable[[], int], begin: float, now: float
) -> Retelling:
    """What to remember instead. `keys`: of the tracks that have a vessel in the picture; `fresh` gives a new one's id.

    `begin`: UTC s since when tracks are others; `now`: the time of the look-out.
    """
    bounds = np.flatnonzero(np.diff(was.id, prepend=was.id[:1] - 1, append=was.id[-1:] + 1))
    tracks = {int(was.id[a]): was.take(np.arange(a, b)) for a, b in pairwise(bounds.tolist()) if b - a >= LEAST}
    known = _remembered(memory, begin)
    matched = _matched(tracks, known, keys)
    found = Retelling()
    sightings: list[Sightings] = []
    for track, rows in tracks.items():
        key = matched.get(track)
        if key is None:
            key = unnamed(fresh())
            found.vessels.append(key)
        found.track[track] = key
        for span in _spans(_way_of(rows), known.get(key), key):
            late = track in keys and now - span.end < 2 * NEAR_S
            part = rows.take((rows.time >= span.begin) & (rows.time <= span.end))
            found.spans.append(span._replace(end=max(span.end, now)) if late else span)
            sightings.append(_sightings(part, key))
    found.spans += _ghosts(tracks, known, set(matched.values()))
    found.sightings = Sightings.concatenate(sightings)
    return found


def _remembered(memory: Memory, begin: float) -> dict[int, _Way]:
    """The vessels without a name of which something is remembered since then."""
    every = memory.keys
    rows = np.flatnonzero((every >= UNNAMED) & (every < SHADOW))
    rows = rows[memory.heard(rows) >= begin]
    found = {}
    for key in every[rows].tolist():
        s = memory.samples(key)
        s = s[s["t"] >= begin - NEAR_S]
        if len(s):
            speed = np.where(s["speed"] == UNKNOWN, np.nan, s["speed"] * 0.01)
            found[key] = _Way(s["t"].astype(np.float64), s["lat"] * 1e-7, _unwound(s["lon"] * 1e-7), speed)
    return found


def _unwound(lon_deg: Array) -> Array:
    return np.asarray(np.unwrap(lon_deg, period=360.0))


def _way_of(rows: Was) -> _Way:
    speed = np.hypot(rows.east_mps, rows.north_mps)
    return _Way(rows.time, rows.lat_deg, _unwound(rows.lon_deg), speed)


def _apart(lat_deg: Array, lon_deg: Array, other_lat_deg: Array, other_lon_deg: Array) -> Array:
    """Metres between places that are near each other."""
    north = (other_lat_deg - lat_deg) * METRES_PER_DEGREE
    turn = (other_lon_deg - lon_deg + 180.0) % 360.0 - 180.0
    return np.asarray(np.hypot(north, turn * METRES_PER_DEGREE * np.cos(np.radians(lat_deg))))


class _Grid:
    """The remembered vessels at common times, for all to be held against a track at once."""

    def __init__(self, known: Mapping[int, _Way]) -> None:
        self.keys = np.array(list(known), np.int64)
        first = min((way.time[0] for way in known.values()), default=0.0)
        last = max((way.time[-1] for way in known.values()), default=-1.0)
        self.times = np.arange(math.ceil(first / GRID_S), math.floor(last / GRID_S) + 1) * GRID_S
        self.lat_deg = np.full((len(known), len(self.times)), np.nan)
        self.lon_deg = self.lat_deg.copy()
        for k, way in enumerate(known.values()):
            lat, lon, _, there = way.at(self.times)
            self.lat_deg[k, there], self.lon_deg[k, there] = lat[there], lon[there]
        self._count = np.isfinite(self.lat_deg).sum(axis=1)

    def around(self, way: _Way, together: float = 0.0) -> dict[int, float]:
        """Who was within `GATE_M` of a track for more than half of their time together, with the mean distance in m.

        `together`: the share of a vessel's own time that this must be at least.
        """
        low, high = np.searchsorted(self.times, [way.time[0], way.time[-1] + 1e-3])
        lat, lon, _, there = way.at(self.times[low:high])
        away = _apart(lat, lon, self.lat_deg[:, low:high], self.lon_deg[:, low:high])[:, there]
        both = np.isfinite(away).sum(axis=1)
        near = (away <= GATE_M).sum(axis=1)
        rows = np.flatnonzero((2 * near > both) & (both >= together * self._count))
        return {int(self.keys[k]): float(np.nanmean(away[k])) for k in rows}


def _matched(tracks: Mapping[int, Was], known: Mapping[int, _Way], keys: Mapping[int, int]) -> dict[int, int]:
    """The remembered vessel of each track that has one: nearest pairs first, no vessel twice at one time."""
    found = {track: keys[track] for track in tracks if track in keys}
    taken: dict[int, list[tuple[float, float]]] = {}
    for track, key in found.items():
        taken.setdefault(key, []).append((float(tracks[track].time[0]), float(tracks[track].time[-1])))
    pairs, grid = [], _Grid(known)
    for track, rows in tracks.items():
        if track not in found:
            pairs += [(away, track, key) for key, away in grid.around(_way_of(rows)).items()]
    for _, track, key in sorted(pairs):
        first, last = float(tracks[track].time[0]), float(tracks[track].time[-1])
        if track not in found and all(last < a or first > b for a, b in taken.get(key, ())):
            found[track] = key
            taken.setdefault(key, []).append((first, last))
    return found


def _spans(way: _Way, before: _Way | None, key: int) -> list[Span]:
    """Where a way differs from what is remembered of its vessel."""
    if before is None:
        times = way.time
    else:
        lat, lon, speed, there = before.at(way.time)
        away = _apart(way.lat_deg, way.lon_deg, lat, lon)
        other = ~there | (away > NOTICED_M) | (np.abs(speed - way.speed) > NOTICED_MPS)
        inside = before.time[(before.time >= way.time[0]) & (before.time <= way.time[-1])]
        gone = inside[~way.at(inside)[3]]  # it was not held then after all
        times = np.sort(np.concatenate([way.time[other], gone]))
    parts = np.split(times, np.flatnonzero(np.diff(times) > STRETCH_S) + 1)
    return [Span(key, float(part[0]), float(part[-1])) for part in parts if len(part) >= LEAST]


def _ghosts(tracks: Mapping[int, Was], known: Mapping[int, _Way], matched: set[int]) -> list[Span]:
    """What is remembered beside a track under a key that no track has now."""
    grid, found = _Grid({key: way for key, way in known.items() if key not in matched}), []
    for rows in tracks.values():
        begin, end = float(rows.time[0]) - NEAR_S, float(rows.time[-1]) + NEAR_S
        found += [Span(key, begin, end) for key in grid.around(_way_of(rows), TOGETHER)]
    return found


def _sightings(rows: Was, key: int) -> Sightings:
    return Sightings.of(
        len(rows),
        key=key,
        time=rows.time,
        lat_deg=rows.lat_deg,
        lon_deg=rows.lon_deg,
        speed=np.hypot(rows.east_mps, rows.north_mps),
        course=np.arctan2(rows.east_mps, rows.north_mps) % (2 * np.pi),
        kind=SightingKind.HELD,
    )
