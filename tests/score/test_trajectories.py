"""Trajectory GOSPA: its parts by hand, its value against GOSPA, and what it does not count."""

import numpy as np
import pytest

from mihari.score import Moment, trajectory_gospa
from mihari.score.gospa import gospa_of_points


def still(places, names, moments=8):
    return [Moment(np.array(places, float), np.array(names))] * moments


def test_vessels_side_by_side_are_not_exchanged_by_noise():
    rng = np.random.default_rng(1)
    sea = still([[0, 0], [15, 0]], [1, 2], 40)
    found = [Moment(m.places + rng.normal(0, 20, (2, 2)), np.array([5, 6])) for m in sea]
    nearest = {
        tuple(map(tuple, gospa_of_points(m.places, f.places).pairs.tolist())) for m, f in zip(sea, found, strict=True)
    }
    assert len(nearest) == 2, "moment by moment the nearest tracks do change"
    assert trajectory_gospa(sea, found).switches == 0


def test_a_first_match_with_the_neighbours_track_is_none():
    """Vessel 2 has its track from the third moment on; until then only 1's is near it."""
    sea = still([[0, 0], [60, 0]], [1, 2])
    late = [
        Moment(m.places[:1], np.array([7])) if k < 2 else Moment(m.places, np.array([7, 8])) for k, m in enumerate(sea)
    ]
    score = trajectory_gospa(sea, late)
    assert (score.switches, score.missed, score.false) == (0, 2, 0)


def test_a_track_that_is_lost_and_begins_anew_is_one_switch():
    sea = still([[0, 0]], [1])
    found = [Moment(m.places, np.array([7 if k < 4 else 9])) for k, m in enumerate(sea)]
    assert trajectory_gospa(sea, found).switches == pytest.approx(1.0)


def test_without_a_price_it_is_gospa_of_all_moments():
    rng = np.random.default_rng(2)
    sea = [Moment(rng.uniform(0, 400, (6, 2)), np.arange(6)) for _ in range(5)]
    found = [Moment(m.places[1:] + rng.normal(0, 40, (5, 2)), np.arange(5)) for m in sea]
    whole = trajectory_gospa(sea, found, switch=0.0)
    each = [gospa_of_points(m.places, f.places) for m, f in zip(sea, found, strict=True)]
    assert whole.value**2 == pytest.approx(sum(g.value**2 for g in each), rel=1e-6)
    assert trajectory_gospa(sea, found, switch=100.0).value >= whole.value


def test_nobody_and_nothing_near():
    empty = [Moment(np.zeros((0, 2)), np.zeros(0, int))] * 3
    sea = still([[0, 0]], [1], 3)
    assert trajectory_gospa(empty, empty).value == 0
    assert trajectory_gospa(sea, empty).missed == 3
    far = still([[500, 0]], [4], 3)
    score = trajectory_gospa(sea, far)
    assert (score.missed, score.false, score.switches) == (3, 3, 0)
    assert score.value == pytest.approx((6 * 100**2 / 2) ** 0.5)
