"""A judged moment -> rows that tell which track holds each vessel, and how well: what the scores are counted from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mihari.core import geodesy
from mihari.core.columns import Array, Columns, column
from mihari.core.tracks import Believed
from mihari.score.consistency import nees
from mihari.score.moments import Sailed
from mihari.score.near import ClosePairs, points

NOBODY = -1


@dataclass(frozen=True, slots=True)
class Held(Columns):
    """One row for each vessel in cover and moment: the track that holds it (GOSPA), that keeps it (`judge.kept`)."""

    moment: Array = column("i4")
    time: Array = column("f8")  # UTC s
    vessel: Array = column("i8")
    track: Array = column("i8")  # -1: missed
    keeper: Array = column("i8")  # -1: none
    mmsi: Array = column("i4", 0)  # that it sends
    lat_deg: Array = column("f8")
    lon_deg: Array = column("f8")


@dataclass(frozen=True, slots=True)
class Followed(Columns):
    """One row for each judged track and moment: the vessel it `holds` (at most one track each) and `follows` (nearest).

    Errors are against the vessel it follows, NEES per dimension against the one it holds.
    """

    moment: Array = column("i4")
    time: Array = column("f8")  # UTC s
    track: Array = column("i8")
    holds: Array = column("i8")  # -1: a false track
    follows: Array = column("i8")  # -1: none within the cutoff
    position_error: Array = column("f8")  # m
    velocity_error: Array = column("f8")  # m/s
    nees_position: Array = column("f4")
    nees_velocity: Array = column("f4")
    nees_state: Array = column("f4")
    speed: Array = column("f4")  # m/s, of the vessel it holds
    range: Array = column("f4")  # m, from the nearest radar
    mmsi: Array = column("i4")  # that it goes by
    sent: Array = column("i4", 0)  # by the vessel it holds
    since_radar: Array = column("f4")  # s since it was last supported; NaN never
    since_ais: Array = column("f4")
    lat_deg: Array = column("f8")
    lon_deg: Array = column("f8")


def held(number: int, truth: Sailed, tracks: Believed, pairs: Array, keepers: Array) -> Held:
    """Which track holds each vessel; `pairs`: (k, 2) rows of truth and tracks; `keepers`: (k, 2) vessels and tracks."""
    track, keeper = np.full((2, len(truth)), NOBODY, np.int64)
    track[pairs[:, 0]] = tracks.id[pairs[:, 1]]
    order = np.argsort(truth.vessel)
    keeper[order[np.searchsorted(truth.vessel[order], keepers[:, 0])]] = keepers[:, 1]
    return Held.of(
        len(truth), moment=number, time=truth.time, vessel=truth.vessel, track=track, keeper=keeper,
        mmsi=truth.mmsi,
        lat_deg=truth.lat_deg, lon_deg=truth.lon_deg,
    )  # fmt: skip


def followed(
    number: int,
    truth: Sailed,
    tracks: Believed,
    pairs: Array,
    near: ClosePairs,
    radars: Sequence[tuple[float, float]],
) -> Followed:
    """What each track is worth at a moment; see `Followed`."""
    n = len(tracks)
    nearest, _ = near.nearest_row()
    own = np.full(n, NOBODY, np.int64)
    own[pairs[:, 1]] = pairs[:, 0]
    away = _errors(truth, tracks, nearest)
    error = _errors(truth, tracks, own)
    covariance = _covariances(tracks)
    return Followed.of(
        n,
        moment=number,
        time=tracks.time,
        track=tracks.id,
        holds=_of(truth.vessel, own, NOBODY),
        follows=_of(truth.vessel, nearest, NOBODY),
        position_error=np.hypot(away[:, 0], away[:, 1]),
        velocity_error=np.hypot(away[:, 2], away[:, 3]),
        nees_position=nees(error[:, :2], covariance[:, :2, :2]),
        nees_velocity=nees(error[:, 2:], covariance[:, 2:, 2:]),
        nees_state=nees(error, covariance),
        speed=_of(np.hypot(truth.east_mps, truth.north_mps), own, np.nan),
        range=_ranges(tracks, radars),
        mmsi=tracks.mmsi,
        sent=_of(truth.mmsi, own, 0),
        since_radar=tracks.time - tracks.heard_radar,
        since_ais=tracks.time - tracks.heard_ais,
        lat_deg=tracks.lat_deg,
        lon_deg=tracks.lon_deg,
    )


def _of(values: Array, rows: Array, otherwise: float) -> Array:
    """Values of the chosen rows, `otherwise` for row -1."""
    if len(values) == 0:
        return np.full(len(rows), otherwise, values.dtype)
    return np.where(rows == NOBODY, np.asarray(otherwise, values.dtype), values[rows])


def _errors(truth: Sailed, tracks: Believed, rows: Array) -> Array:
    """(n, 4) of truth less track, m and m/s east and north of the track; NaN for row -1."""
    error = np.full((len(tracks), 4), np.nan)
    some = np.flatnonzero(rows != NOBODY)
    if len(some) == 0:
        return error
    real, told = truth.take(rows[some]), tracks.take(some)
    east, north, _ = geodesy.axes(told.lat_deg, told.lon_deg)
    step = points(real.lat_deg, real.lon_deg) - points(told.lat_deg, told.lon_deg)
    real_east, real_north, _ = geodesy.axes(real.lat_deg, real.lon_deg)
    way = real.east_mps[:, None] * real_east + real.north_mps[:, None] * real_north
    for k, (vector, axis) in enumerate([(step, east), (step, north), (way, east), (way, north)]):
        error[some, k] = (vector * axis).sum(1)
    error[some, 2] -= told.east_mps
    error[some, 3] -= told.north_mps
    return error


def _covariances(tracks: Believed) -> Array:
    """(n, 4, 4) from the upper triangles."""
    names = ["ee", "en", "eu", "ev", "nn", "nu", "nv", "uu", "uv", "vv"]
    full = np.empty((len(tracks), 4, 4))
    for name, i, j in zip(names, *np.triu_indices(4), strict=True):
        full[:, i, j] = full[:, j, i] = getattr(tracks, f"cov_{name}")
    return full


def _ranges(tracks: Believed, radars: Sequence[tuple[float, float]]) -> Array:
    """m from the nearest radar; NaN where none is known."""
    nearest = np.full(len(tracks), np.nan)
    for lat_deg, lon_deg in radars:
        distance, _ = geodesy.polar_of(lat_deg, lon_deg, 0.0, tracks.lat_deg, tracks.lon_deg)
        nearest = np.fmin(nearest, distance)
    return nearest
