"""TRK-13, 14, 15: does a track know how it moves, as soon as a ship's radar must, and how wrong it is?

TRK-13: the four encounters of IMO A.823(19), appendix, in relative motion, by the radar of `tracking_scene` that turns
all the way; the vessel is where the resolution puts it at the moment that is judged. TRK-14 and TRK-15: scenes of
`tracking_scene` that go on for three minutes; each confirmed track is held against its vessel, from a minute after it
was confirmed, by the vessel's speed and its distance from the radar. Its vessel is the one it was held against before
while that is within 100 m, else by assignment, as in CLEAR MOT (Bernardin and Stiefelhagen, EURASIP JIVP 2008, 246309):
where two vessels meet, a track is not held against the other one for a turn.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from benchmarks.harness import Row
from benchmarks.tracking_ours import T0, places_of, sector_of, sensor_of
from benchmarks.tracking_scene import BEARING_SD, DETECTION, PERIOD, RANGE_SD, Scan, Scene, scene
from mihari.core.columns import Array
from mihari.core.reports import Sector, Tick
from mihari.core.tracks import Tracks, TrackStatus
from mihari.score.consistency import ELLIPSE_95, nees
from mihari.score.judge import kept
from mihari.score.near import close_pairs
from mihari.tracks import Tracker, TrackerSettings

KNOT, MILE = 1852.0 / 3600.0, 1852.0
ENCOUNTERS = ((8.0, 0.0, 180.0, 20.0), (1.0, 0.0, 90.0, 10.0), (8.0, 45.0, 225.0, 20.0), (8.0, 45.0, 225.0, 20.0))
WITHIN = ((60.0, 11.0, 1.5), (180.0, 3.0, 0.8))  # s, degrees, kn
SEEDS, RUNS = tuple(range(1, 11)), 200
VESSELS, FALSE, SCANS, AFTER_S = 200, 300, 72, 60.0
SPEEDS, RANGES = (0.0, 0.5, 4.0, 8.0, math.inf), (0.0, 6000.0, 12_000.0, math.inf)
LEAST = 500  # samples of a class
CUTOFF = 100.0  # m


def encounter(miles: float, bearing: float, course: float, knots: float, seconds: float, seed: int) -> Scene:
    """One vessel, seen from `seconds` before it is where the encounter puts it; nothing else."""
    rng = np.random.default_rng([seed, int(miles), int(bearing), int(seconds)])
    toward = math.radians(90.0 - course)  # from east to north
    end = miles * MILE * np.array([math.sin(math.radians(bearing)), math.cos(math.radians(bearing))])
    velocity = knots * KNOT * np.array([math.cos(toward), math.sin(toward)])
    scans = []
    for k in range(round(seconds / PERIOD) + 1):
        place = end + velocity * (k * PERIOD - seconds)
        seen = 1 if rng.random() < DETECTION or k == 0 else 0
        away = np.hypot(*place) + rng.normal(0, RANGE_SD, seen)
        azimuth = math.atan2(place[1], place[0]) + rng.normal(0, BEARING_SD, seen)
        scans.append(Scan(k * PERIOD, np.zeros(1, int), place[None], away, azimuth, np.zeros(seen, int)))
    return Scene(scans, 1e-9)


def known(given: tuple[float, float, float, float], seconds: float, degrees: float, knots: float, seed: int) -> bool:
    """Whether the vessel's track tells course and speed within the limits at the end."""
    sea = encounter(*given, seconds, seed)
    tracker = Tracker([sensor_of(sea)])
    for scan in sea.scans:
        sector = sector_of(scan)
        tracker.step(Sector(0, sector.time, sector.time, 0.0, 0.0, sector.reports))
        tracker.step(Tick(T0 + scan.time))
    tracks = tracker.tracks(T0 + sea.scans[-1].time)
    tracks = tracks.take(tracks.status == TrackStatus.CONFIRMED)
    if len(tracks) != 1:
        return False
    course = math.degrees(math.atan2(tracks.east_mps[0], tracks.north_mps[0]))
    off = abs((course - given[2] + 180.0) % 360.0 - 180.0)
    return bool(off <= degrees and abs(math.hypot(tracks.east_mps[0], tracks.north_mps[0]) / KNOT - given[3]) <= knots)


def soon() -> dict[str, float]:
    """Share of runs in which the track is within the limits, by encounter and time."""
    told = {}
    for number, given in enumerate(ENCOUNTERS, 1):
        for seconds, degrees, knots in WITHIN:
            good = sum(known(given, seconds, degrees, knots, 1_000_000 * number + seed) for seed in range(RUNS))
            told[f"encounter {number} after {seconds / 60:g} min"] = good / RUNS
    return told


class Sample(NamedTuple):
    """Of a track and its vessel: (n,) each."""

    speed: Array
    away: Array
    nees: Array  # four dimensions, per dimension
    inside: Array  # of the 95 % ellipse of the position


def covariances(tracks: Tracks) -> Array:
    """(n, 4, 4)."""
    told, names = np.empty((len(tracks), 4, 4)), "enuv"
    for a in range(4):
        for b in range(a, 4):
            told[:, a, b] = told[:, b, a] = getattr(tracks, f"cov_{names[a]}{names[b]}")
    return told


def samples(seed: int, settings: TrackerSettings | None = None) -> Sample:
    """Every track at every turn from a minute after its confirmation."""
    sea = scene(VESSELS, FALSE, SCANS, seed)
    tracker, begun, before = Tracker([sensor_of(sea)], settings), dict[int, float](), dict[int, Array]()
    keepers, found = np.empty((0, 2), np.int64), []
    for scan in sea.scans:
        tracker.step(sector_of(scan))
        tracker.step(Tick(T0 + scan.time))
        tracks = tracker.tracks(T0 + scan.time)
        tracks = tracks.take(tracks.status == TrackStatus.CONFIRMED)
        places = places_of(tracks.lat_deg, tracks.lon_deg)
        spread = covariances(tracks)
        vessels, rows = ({int(name): k for k, name in enumerate(ids)} for ids in (scan.ids, tracks.id))
        keepers = kept(close_pairs(scan.places, places, CUTOFF), scan.ids, tracks.id, keepers, CUTOFF)
        for name, track in keepers.tolist():
            vessel, row = vessels[name], rows[track]
            since = begun.setdefault(track, scan.time)
            if name in before and scan.time - since >= AFTER_S:
                velocity = (scan.places[vessel] - before[name]) / PERIOD
                moves = np.array([tracks.east_mps[row], tracks.north_mps[row]])
                error = np.concatenate([places[row] - scan.places[vessel], moves - velocity])
                found.append((np.hypot(*velocity), np.hypot(*scan.places[vessel]), error, spread[row]))
        before = dict(zip(scan.ids.tolist(), scan.places, strict=True))
    error, spread = np.array([f[2] for f in found], float), np.array([f[3] for f in found])
    place = nees(error[:, :2], spread[:, :2, :2]) * 2
    return Sample(
        np.array([f[0] for f in found]), np.array([f[1] for f in found]), nees(error, spread), place <= ELLIPSE_95
    )


def by_class(found: Sequence[Sample]) -> dict[str, tuple[float, float]]:
    """(mean NEES per dimension, share inside the ellipse) of each class with enough samples."""
    all_ = Sample(*(np.concatenate(columns) for columns in zip(*found, strict=True)))
    told = {}
    for slow, fast in pairwise(SPEEDS):
        for near, far in pairwise(RANGES):
            rows = (all_.speed >= slow) & (all_.speed < fast) & (all_.away >= near) & (all_.away < far)
            if rows.sum() >= LEAST:
                name = f"{slow:g} to {fast:g} m/s, {near / 1000:g} to {far / 1000:g} km"
                told[name] = float(all_.nees[rows].mean()), float(all_.inside[rows].mean())
    return told


def rows(workers: int = 2) -> list[Row]:
    """TRK-13, 14 and 15."""
    with ProcessPoolExecutor(workers) as pool:
        early = pool.submit(soon)
        found = [f.result() for f in [pool.submit(samples, seed) for seed in SEEDS]]
        shares = early.result()
    told = by_class(found)
    off = {name: max(n, 1 / n) for name, (n, _) in told.items()}
    inside = {name: 100 * share for name, (_, share) in told.items()}
    last, worst, least = min(shares, key=shares.get), max(off, key=off.get), min(inside, key=inside.get)  # type: ignore[arg-type]
    middle = statistics.median(n for n, _ in told.values())
    early_ = f"IMO encounters, {RUNS} runs each: share within the limits, worst: {last}"
    nees_ = (
        f"mean NEES per dimension, worst of {len(told)} classes: {told[worst][0]:.2f} at {worst}; median {middle:.2f}"
    )
    inside_ = f"vessels inside the 95 % ellipse, %, worst class: {least}; {len(SEEDS)} seeds"
    return [
        Row("TRK-13", early_, None, None, shares[last], 0.95, ">="),
        Row("TRK-14", nees_, None, None, off[worst], 1.25, "<="),
        Row("TRK-15", inside_, None, None, inside[least], 92.0, ">="),
    ]
