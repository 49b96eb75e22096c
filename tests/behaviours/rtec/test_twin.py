"""RTEC's fluents in our language equal a plain-Python twin of the published rules, interval by interval."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from benchmarks.behaviours_rtec import columns
from hypothesis import given, settings
from hypothesis import strategies as st
from rtec_cases import at_work, made, ours, ours_of, recording
from rtec_twin import recognise


def compare(recording):
    found, expected = ours(recording), recognise(recording)
    assert found == expected, (sorted(map(str, found - expected))[:5], sorted(map(str, expected - found))[:5])
    return found


@settings(deadline=None, max_examples=150)
@given(st.integers(0, 2**32), st.integers(0, 60), st.sampled_from([40, 600, 20_000]))
def test_random_events_give_exactly_the_intervals_of_the_rules(seed, events, span):
    compare(made(seed, events, span))


@pytest.mark.parametrize("span", [3_000, 40_000, 200_000])
def test_long_recordings_give_exactly_the_intervals_of_the_rules(span):
    found = set()
    for seed in range(4):
        found |= {row[0] for row in compare(made(seed, 1500, span, vessels=6))}
    assert len(found) >= 15


def test_vessels_at_work_for_hours_give_exactly_the_intervals_of_the_rules():
    found = set()
    for seed in range(6):
        found |= {row[0] for row in compare(at_work(seed))}
    assert found >= {"trawling", "inSAR", "tugging", "loitering", "pilotOps", "rendezVous", "anchoredOrMoored"}


def test_a_made_up_day_gives_exactly_the_intervals_of_the_rules():
    day = columns(5, 30_000)
    apart = np.unique(day.near[:, :2], axis=0, return_index=True)[1]  # one proximity a pair: they overlap at random
    day = replace(day, near=day.near[apart])
    found = ours_of(day)
    assert found == recognise(recording(day))
    assert len({row[0] for row in found}) == 21


@pytest.mark.slow
def test_every_fluent_occurs_and_equals_the_twin_over_many_seeds():
    found = set()
    for seed in range(300):
        found |= {(row[0], row[3]) for row in compare(made(1000 + seed, 300, [500, 15_000, 100_000][seed % 3]))}
        found |= {(row[0], row[3]) for row in compare(at_work(seed))}
    assert len({name for name, _ in found}) == 21
