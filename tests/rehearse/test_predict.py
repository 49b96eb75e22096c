"""The plan's own prediction: against the sensors' law, against plain counting, against what is flown."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from tests.rehearse.small import TB2, patrol, plan, tour

from mihari.patrol.cells import cells_of
from mihari.patrol.ground import ground_of
from mihari.rehearse.crossings import EVASIVE, STRAIGHT
from mihari.rehearse.predict import Prediction, _separate
from mihari.rehearse.rehearsal import rehearse, together, wilson


def small():
    file = patrol(asset=[TB2])
    return file, ground_of(file), plan(file, tour(file, cells_of(file.area)))


def test_an_empty_plan_sees_nobody():
    file, ground, _ = small()
    assert Prediction(file, ground, plan(file)).of(STRAIGHT, 64).seen == 0.0


def test_more_sorties_see_more_and_a_small_boat_is_seen_less():
    file, ground, made = small()
    once = Prediction(file, ground, made).of(STRAIGHT, 256)
    (first,) = made.sorties
    stops = tuple(dataclasses.replace(s, arrive=s.arrive + 1800, leave=s.leave + 1800) for s in first.stops)
    later = dataclasses.replace(first, launch=first.launch + 1800, landing=first.landing + 1800, stops=stops)
    twice = Prediction(file, ground, plan(file, first, later)).of(STRAIGHT, 256)
    boats = Prediction(file, ground, made).of(dataclasses.replace(STRAIGHT, lengths=(4.0,)), 256)
    assert boats.seen < once.seen < twice.seen
    assert (twice.by_way >= once.by_way - 1e-9).all()


def test_passes_are_told_apart_by_how_far_it_was_in_between():
    least = np.array([[4e3, 3e3, 1e3, 6e3]])
    node = np.array([[9e3, 4.5e3, 3.5e3, 9e3, 8e3]])
    found, _ = _separate(least, np.zeros_like(least), node)
    assert found.tolist() == [[np.inf, np.inf, 1e3, 6e3]]


def test_a_prediction_is_the_same_each_time_and_throws_no_dice():
    file, ground, made = small()
    one, two = (Prediction(file, ground, made).of(EVASIVE, 128).by_way for _ in range(2))
    assert np.array_equal(one, two)


def test_the_interval_of_a_share_holds_it():
    assert wilson(0, 0) == (0.0, 1.0)
    low, high = wilson(10, 10)
    assert low < high <= 1.0 + 1e-12


@pytest.mark.slow
def test_what_is_flown_is_seen_as_often_as_predicted():
    file, _, made = small()
    done = rehearse(file, made, vessels=3000)
    for kind in done.kinds:
        assert abs(kind.share - kind.predicted.seen) < 0.05
    share, _, predicted = together(done.kinds)
    assert abs(share - predicted) < 0.04
