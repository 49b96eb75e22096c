"""Identity, pairing and consistency: by hand, and against plain loops."""

from collections import Counter, defaultdict

import numpy as np
import pytest

from mihari.score.consistency import by_speed_and_range, consistency, nees
from mihari.score.identity import identity, switched
from mihari.score.pairing import pairing


def by_loops(rows):
    """(never, switches, breaks, fragmentation, purity, longest, first) of (time, vessel, track) rows."""
    histories, of_track = defaultdict(list), defaultdict(Counter)
    for time, vessel, track in sorted(rows):
        histories[vessel].append((time, track))
        if track >= 0:
            of_track[track][vessel] += 1
    switches = breaks = never = 0
    ids, longest, first = [], [], []
    for history in histories.values():
        last, missed = None, False
        for time, track in history:
            if track < 0:
                missed = True
                continue
            if last is None:
                first.append(time - history[0][0])
            else:
                switches += track != last
                breaks += missed
            last, missed = track, False
        count = Counter(track for _, track in history if track >= 0)
        never += not count
        ids += [len(count)] if count else []
        longest.append(max(count.values(), default=0) / len(history))
    total = sum(sum(c.values()) for c in of_track.values())
    purity = sum(max(c.values()) for c in of_track.values()) / total
    return never, switches, breaks, np.mean(ids), purity, np.mean(longest), np.mean(first)


def test_identity_equals_plain_loops():
    rng = np.random.default_rng(1)
    for _ in range(50):
        rows = [
            (10.0 * k, vessel, int(rng.choice([-1, vessel, vessel, vessel + 1])))
            for vessel in range(5)
            for k in range(rng.integers(1, 12))
        ]
        if all(track < 0 for _, _, track in rows):
            continue
        time, vessel, track = np.array(rows)[rng.permutation(len(rows))].T
        found = identity(time, vessel.astype(int), track.astype(int))
        told = (found.never, found.switches, found.breaks, found.fragmentation, found.purity, found.longest)
        assert (*told, found.first_mean) == pytest.approx(by_loops(rows))
        assert switched(time, vessel.astype(int), track.astype(int)).sum() == found.switches


def test_nobody_to_judge_gives_no_number_instead_of_a_wrong_one():
    none = np.zeros(0, int)
    found = identity(none.astype(float), none, none)
    assert (found.vessels, found.never, found.switches) == (0, 0, 0)
    assert np.isnan([found.fragmentation, found.purity, found.longest, found.first_mean]).all()


def test_a_pairing_is_right_when_the_vessel_sends_the_name_that_its_track_goes_by():
    # moment 1: right; exchanged names on two tracks; radar alone; AIS alone; a false track with a name
    mmsi = np.array([11, 33, 22, 0, 55, 66])
    radar = np.array([True, True, True, True, False, True])
    ais = np.array([True, True, True, False, True, True])
    sent = np.array([11, 22, 33, 44, 55, 0])
    found = pairing(np.ones(6, int), mmsi, radar, ais, sent, np.ones(5, int), np.array([11, 22, 33, 44, 55]))
    assert (found.pairings, found.right, found.possible) == (4, 1, 4)  # nobody goes by 44: it was not heard
    assert (found.precision, found.recall) == (0.25, 0.25)


def test_a_name_heard_at_another_moment_makes_no_pairing_possible():
    one = np.array([1])
    found = pairing(one, np.array([11]), one > 0, one > 0, np.array([11]), np.array([2]), np.array([11]))
    assert found.possible == 0
    assert np.isnan(found.recall)


def test_a_tracker_that_is_right_about_itself_has_nees_1_and_95_percent_inside():
    rng = np.random.default_rng(2)
    root = np.tril(rng.normal(0, 1, (4, 4))) + 3 * np.eye(4)
    covariance = np.broadcast_to(root @ root.T, (40_000, 4, 4))
    error = rng.normal(0, 1, (40_000, 4)) @ root.T
    position, velocity = nees(error[:, :2], covariance[:, :2, :2]), nees(error[:, 2:], covariance[:, 2:, 2:])
    told = consistency(position, velocity, nees(error, covariance))
    assert told.position == pytest.approx(1.0, abs=0.02)
    assert told.velocity == pytest.approx(1.0, abs=0.02)
    assert told.state == pytest.approx(1.0, abs=0.02)
    assert told.inside == pytest.approx(0.95, abs=0.005)
    too_sure = nees(error[:, :2], covariance[:, :2, :2] / 4)
    assert consistency(too_sure, velocity, velocity).position == pytest.approx(4.0, abs=0.1)
    assert consistency(too_sure, velocity, velocity).inside < 0.6


def test_nees_equals_its_definition_and_a_covariance_that_is_none_is_not_judged():
    rng = np.random.default_rng(3)
    roots = rng.normal(0, 1, (50, 4, 4)) + 2 * np.eye(4)
    covariance, error = roots @ roots.transpose(0, 2, 1), rng.normal(0, 1, (50, 4))
    told = [e @ np.linalg.inv(c) @ e / 4 for e, c in zip(error, covariance, strict=True)]
    assert nees(error, covariance) == pytest.approx(told, rel=1e-9)
    broken = np.stack([np.zeros((2, 2)), np.full((2, 2), np.nan), -np.eye(2)])
    assert np.isnan(nees(np.ones((3, 2)), broken)).all()
    none = np.full(3, np.nan)
    assert consistency(none, none, none).pairs == 0


def test_each_pair_is_in_one_class_of_speed_and_one_of_range():
    rng = np.random.default_rng(4)
    one = np.ones(1000)
    found = by_speed_and_range(one, one, one, rng.uniform(0, 20, 1000), rng.uniform(0, 60_000, 1000))
    for classes in found.values():
        assert sum(c.pairs for c in classes.values()) == 1000
    unknown = by_speed_and_range(one, one, one, one, one * np.nan)
    assert unknown["range"] == {}
