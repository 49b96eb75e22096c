"""GOSPA against its definition by brute force, and the figures of a run."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mihari.core import geodesy
from mihari.core.sensor import Sensor, SensorKind
from mihari.core.tracks import Tracks, TrackStatus, Truth
from mihari.score import gospa, score_tracks

RADAR = Sensor(0, "r", SensorKind.RADAR, 0.0, 0.0, range_max=20_000.0)


def by_definition(d, cutoff, order):
    """The minimum over all injections of the smaller set into the larger, straight from the paper's definition 1."""
    n, m = d.shape
    if n > m:
        return by_definition(d.T, cutoff, order)
    cut = np.minimum(d, cutoff) ** order
    best = min(sum(cut[i, j] for i, j in enumerate(chosen)) for chosen in itertools.permutations(range(m), n))
    return (best + cutoff**order / 2 * (m - n)) ** (1 / order)


places = st.lists(st.tuples(st.floats(-0.001, 0.001), st.floats(-0.001, 0.001)), max_size=5)


@given(truth=places, estimate=places, order=st.sampled_from([1.0, 2.0]), east=st.sampled_from([0.0, 179.9999]))
@settings(max_examples=80, deadline=None)
def test_value_equals_the_definition(truth, estimate, order, east):
    t, e = np.array(truth).reshape(-1, 2), np.array(estimate).reshape(-1, 2)
    t[:, 1] += east
    e[:, 1] += east
    found = gospa(t[:, 0], t[:, 1], e[:, 0], e[:, 1], 100.0, order)
    a, b = (geodesy.ecef(p[:, 0], p[:, 1]).reshape(-1, 3) for p in (t, e))
    d = np.linalg.norm(a[:, None] - b[None], axis=2)
    assert found.value == pytest.approx(by_definition(d, 100.0, order), abs=1e-6)
    assert found.missed + len(found.pairs) == len(t)
    assert found.false + len(found.pairs) == len(e)


def test_nothing_against_nothing_is_zero():
    assert gospa([], [], [], []).value == 0.0


def test_a_position_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="finite"):
        gospa([np.nan], [0.0], [0.0], [0.0])


def test_a_longitude_told_as_minus_180_or_180_is_the_same():
    assert gospa([10.0], [180.0], [10.0], [-180.0]).value == pytest.approx(0.0, abs=1e-6)


def test_thousands_are_assigned_group_by_group():
    rng = np.random.default_rng(1)
    lat, lon = rng.uniform(20, 22, 5000), rng.uniform(120, 122, 5000)
    shift = rng.normal(0, 10 / 111_000, 5000)
    order = rng.permutation(5000)
    found = gospa(lat, lon, (lat + shift)[order], lon[order])
    assert found.missed == found.false == 0
    assert found.rms() == pytest.approx(10, rel=0.1)


def test_a_track_far_from_all_vessels_is_false_and_one_outside_cover_counts_neither_way():
    truth = Truth.of(2, lat_deg=[0.1, 1.0], lon_deg=[0.0, 0.0])
    tracks = Tracks.of(
        4,
        lat_deg=[0.1, 1.0, 0.05, 0.02],
        lon_deg=[0.0, 0.0, 0.0, 0.0],
        status=[TrackStatus.CONFIRMED, TrackStatus.CONFIRMED, TrackStatus.CONFIRMED, TrackStatus.TENTATIVE],
    )
    score = score_tracks(truth, tracks, [RADAR])
    assert (score.vessels, score.confirmed, score.false, score.missed) == (1, 3, 1, 0)
    assert score.gospa == pytest.approx(np.sqrt(100.0**2 / 2))


def test_no_vessels_and_no_tracks_score_zero():
    score = score_tracks(Truth.empty(), Tracks.empty(), [RADAR])
    assert (score.vessels, score.confirmed, score.false, score.gospa) == (0, 0, 0, 0.0)
