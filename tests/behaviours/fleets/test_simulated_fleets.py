"""Fleets of the simulator, whose truth is known. Thresholds were chosen on seeds below 100; these are others."""

import pytest

JUDGING = (101, 102, 103)
VARIANTS = ("departure", "drifting", "lane", "short")


def jaccard(one, other):
    return len(one & other) / max(len(one | other), 1)


@pytest.mark.parametrize("seed", [JUDGING[0], *(pytest.param(s, marks=pytest.mark.slow) for s in JUDGING[1:])])
def test_a_departure_is_told_once_with_its_vessels_and_nothing_else_is(coast, seed):
    sailed = coast(seed, VARIANTS, 30)
    real = [event for event in sailed.events if not event.innocent]
    told = sailed.behaviours("fleet")
    assert len(told) == len(real) == 1
    assert jaccard(set(told[0].vessels), sailed.vessels(real[0])) >= 0.9
    assert abs(told[0].start - sailed.start - real[0].start) <= 15
    assert told[0].decided - told[0].start <= 600 + 60
    assert abs(told[0].end - sailed.start - real[0].end) <= 600


@pytest.mark.parametrize("seed", [JUDGING[0], *(pytest.param(s, marks=pytest.mark.slow) for s in JUDGING[1:])])
def test_members_at_the_end_are_those_of_the_truth(coast, seed):
    sailed = coast(seed, VARIANTS, 30)
    for event in sailed.events:
        if "lane" not in event.note:
            best = max(jaccard(set(f.members), sailed.vessels(event)) for f in sailed.steps[-1].fleets)
            assert best >= 0.9


def test_ordinary_traffic_raises_nothing(coast):
    for seed in JUDGING:
        assert coast(seed, (), hours=3.0).behaviours("fleet") == []
