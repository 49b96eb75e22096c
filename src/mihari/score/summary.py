"""`Truth` and `Tracks` of one moment -> the figures of a run's summary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mihari.core import geodesy
from mihari.core.columns import Array
from mihari.core.sensor import Sensor, SensorKind
from mihari.core.tracks import Tracks, TrackStatus, Truth
from mihari.score.gospa import gospa_of_pairs
from mihari.score.judge import NOBODY, judged_tracks
from mihari.score.near import close_pairs, points

NEAR = 100.0  # m: a track this far from every vessel is false; also the cutoff of GOSPA


@dataclass(frozen=True, slots=True)
class TrackScore:
    """What the tracks of one moment are worth. `gospa` in m, order 2, cutoff `NEAR`, over the vessels under cover."""

    vessels: int  # true ones under radar cover
    confirmed: int
    false: int  # confirmed and more than `NEAR` from every true vessel, under cover or not
    gospa: float
    missed: int
    rms: float  # m, of the paired positions


def under_cover(truth: Truth, sensors: Sequence[Sensor]) -> Array:
    """Which rows of the truth lie within the range of a maritime radar that has a place; a mask.

    >>> radar = Sensor(0, "r", SensorKind.RADAR, 0.0, 0.0, range_max=10_000.0)
    >>> under_cover(Truth.of(2, lat_deg=[0.0, 1.0], lon_deg=[0.01, 0.0]), [radar]).tolist()
    [True, False]
    """
    covered: Array = np.zeros(len(truth), bool)
    for sensor in sensors:
        if sensor.kind == SensorKind.RADAR and sensor.placed:
            distance, _ = geodesy.polar_of(sensor.lat_deg, sensor.lon_deg, 0.0, truth.lat_deg, truth.lon_deg)
            covered |= (distance >= sensor.range_min) & (distance <= sensor.range_max)
    return covered


def confirmed_at(tracks: Tracks) -> Tracks:
    """Those that are confirmed and supported: neither tentative nor coasted nor dropped.

    >>> len(confirmed_at(Tracks.of(2, status=[TrackStatus.CONFIRMED, TrackStatus.COASTED])))
    1
    """
    return tracks.take(tracks.status == TrackStatus.CONFIRMED)


def score_tracks(truth: Truth, tracks: Tracks, sensors: Sequence[Sensor]) -> TrackScore:
    """Scores the tracks of one moment against the truth of the same moment.

    GOSPA is over the vessels under radar cover; a track of a vessel outside it counts neither way.

    >>> radar = Sensor(0, "r", SensorKind.RADAR, 0.0, 0.0)
    >>> truth = Truth.of(1, lat_deg=0.1, lon_deg=0.1)
    >>> score_tracks(truth, Tracks.of(1, lat_deg=0.1, lon_deg=0.1, status=1), [radar]).gospa
    0.0
    """
    confirmed = confirmed_at(tracks)
    covered = under_cover(truth, sensors)
    vessels, told = points(truth.lat_deg, truth.lon_deg), points(confirmed.lat_deg, confirmed.lon_deg)
    near = close_pairs(vessels, told, NEAR)
    figures = gospa_of_pairs(near.among(covered, judged_tracks(near, covered, NEAR)), NEAR)
    return TrackScore(
        vessels=int(covered.sum()),
        confirmed=len(confirmed),
        false=int((near.nearest_row()[0] == NOBODY).sum()),
        gospa=figures.value,
        missed=figures.missed,
        rms=figures.rms(),
    )
