"""Segments, stops, resampling and encounters by the published definitions, each limit to the unit."""

from __future__ import annotations

import numpy as np
import pytest

from mihari.behaviours.positions import Gridded, encounters, resampled, split, stops
from mihari.core.units import KNOT

DEGREE = 2 * np.pi * 6_371_000.0 / 360


def still(times: list[float], key: int = 1) -> tuple[np.ndarray, ...]:
    n = len(times)
    return np.full(n, key), np.array(times, float), np.zeros(n), np.zeros(n)


@pytest.mark.parametrize(("gap", "segments"), [(3600.0, 1), (3601.0, 2)])
def test_a_gap_of_an_hour_does_not_split_a_longer_one_does(gap: float, segments: int) -> None:
    assert split(*still([0.0, gap]))[0][-1] + 1 == segments


@pytest.mark.parametrize(("speed_kn", "segments"), [(49.99, 1), (50.01, 2)])
def test_faster_than_fifty_knots_splits(speed_kn: float, segments: int) -> None:
    key, time, lat, lon = still([0.0, 100.0])
    lat = np.array([0.0, speed_kn * KNOT * 100 / DEGREE])
    assert split(key, time, lat, lon)[0][-1] + 1 == segments


@pytest.mark.parametrize(("last", "found"), [(1799.0, 0), (1800.0, 1)])
def test_half_an_hour_at_rest_is_a_stop_also_when_it_is_the_last_run(last: float, found: int) -> None:
    rows = still([0.0, 900.0, last])
    assert len(stops(*rows, *split(*rows))) == found


def test_places_are_between_positions_of_one_segment_only() -> None:
    key, time, lat, lon = still([0.0, 600.0, 1200.0, 9000.0, 9600.0])
    lat = np.array([0.0, 0.01, 0.02, 0.5, 0.51])
    places = resampled(key, time, lat, lon, split(key, time, lat, lon)[0])
    assert places.time.tolist() == [0, 600, 1200, 9000, 9600]
    assert places.lat_deg.tolist() == pytest.approx(lat.tolist())


@pytest.mark.parametrize(("apart", "last", "found"), [(499.0, 7200, 1), (501.0, 7200, 0), (499.0, 6600, 0)])
def test_two_hours_within_five_hundred_metres_are_an_encounter(apart: float, last: int, found: int) -> None:
    times = np.arange(0, last + 1, 600)
    n = len(times)
    places = Gridded(
        np.repeat([1, 2], n), np.tile(times, 2), np.repeat([60.0, 60.0 + apart / DEGREE], n), np.full(2 * n, 10.0)
    )
    assert len(encounters(places)) == found


def test_a_time_apart_ends_an_encounter() -> None:
    times = np.delete(np.arange(0, 14_401, 600), 12)
    n = len(times)
    places = Gridded(np.repeat([1, 2], n), np.tile(times, 2), np.full(2 * n, 60.0), np.full(2 * n, 10.0))
    assert [(r.tolist()) for r in (encounters(places).start, encounters(places).end)] == [[], []]


@pytest.mark.parametrize("seed", range(5))
def test_encounters_are_those_of_a_plain_search(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, steps = 12, 30
    times = np.arange(steps) * 600
    lat = 70.0 + np.cumsum(rng.normal(0, 60, (n, steps)), axis=1) / DEGREE
    lon = 5.0 + np.cumsum(rng.normal(0, 60, (n, steps)), axis=1) / DEGREE / np.cos(np.radians(70))
    places = Gridded(np.repeat(np.arange(n), steps), np.tile(times, n), lat.ravel(), lon.ravel())
    met = encounters(places, least=1200)
    expected = []
    for a in range(n):
        for b in range(a + 1, n):
            p, q = np.radians(lat[a]), np.radians(lat[b])
            h = np.sin((q - p) / 2) ** 2 + np.cos(p) * np.cos(q) * np.sin(np.radians(lon[b] - lon[a]) / 2) ** 2
            near = 2 * 6_371_000.0 * np.arcsin(np.sqrt(h)) <= 500.0
            edges = np.flatnonzero(np.diff(np.concatenate([[0], near.astype(int), [0]])))
            expected += [
                (a, b, times[i], times[j - 1]) for i, j in edges.reshape(-1, 2) if times[j - 1] - times[i] >= 1200
            ]
    found = sorted(zip(*(c.tolist() for c in met.columns().values()), strict=True))
    assert found == sorted(tuple(int(x) for x in row) for row in expected)
    assert len(found) > 3


def test_nothing_in_nothing_out() -> None:
    rows = still([])
    segment, speed = split(*rows)
    assert len(stops(*rows, segment, speed)) == len(resampled(*rows, segment)) == 0
    assert len(encounters(Gridded.empty())) == 0
