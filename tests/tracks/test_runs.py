"""Many inputs in one run: the same as one by one, bit for bit, wherever the run is cut."""

import math
from itertools import pairwise

import numpy as np
import pytest

from mihari.core.reports import Batch, Claims, Reports, Sector, Tick
from mihari.core.steps import Stretch
from mihari.tracks import Tracker, TrackerSettings
from tracks.scenes import NAHA, T0, ais, measured, radar
from tracks.test_state import RADARS, SENSORS, inputs, same


def in_runs(tracker, given, cuts, tell=False):
    """What the runs between cuts told."""
    edges = [0, *cuts, len(given)]
    return [tracker.run(Stretch.of(given[a:b]), tell) for a, b in pairwise(edges)]


def stepped(given, **made):
    """(tracker, tracks told, associations told) of single steps."""
    tracker, tracks, associations = Tracker(SENSORS, **made), [], []
    for one in given:
        tracks.append(tracker.step(one))
        associations.append(tracker.associations)
    return tracker, tracks, associations


def messy(seed):
    """A scene with what goes wrong: late sectors and reports, unknown sensors, no time, no place, mixed order."""
    rng = np.random.default_rng(seed)
    given = inputs(14, seed, clutter=40)
    late = [Sector(0, one.time - 8.0, one.time, one.start, one.end, one.reports) for one in given[40:43]]
    late[0] = given[30] if isinstance(given[30], Sector) else late[0]
    heard = [ais(3.0 * k, NAHA[0] + 0.01 * k, NAHA[1], 431009000 + k % 3, sensor=2) for k in range(10)]
    reports = Reports.concatenate([b.reports for b in heard]).replace(claim=np.arange(10)[::-1])
    mixed = Batch(reports.take(rng.permutation(10)), Claims.concatenate([b.claims for b in heard]))
    wrong = [
        Sector(7, T0 + 9, T0 + 9, 0.0, 1.0, given[1].reports),
        Tick(math.nan),
        ais(math.nan, *NAHA, 431009000),
        Batch(Reports.of(2, kind=[2, 3], time=T0)),
        Batch(Reports.empty()),
        mixed,
        Sector(1, T0 + 1e9, T0, 0.0, 1.0, given[1].reports),
    ]
    for one in [*late, *wrong]:
        given.insert(int(rng.integers(60, len(given))), one)
    return given


@pytest.mark.parametrize("seed", range(4))
def test_a_run_equals_its_steps_wherever_it_is_cut(seed):
    given = messy(seed)
    rng = np.random.default_rng(100 + seed)
    one_by_one, tracks, associations = stepped(given)
    cuts = np.sort(rng.choice(len(given), 5, replace=False))
    in_parts = Tracker(SENSORS)
    told = in_runs(in_parts, given, cuts, tell=True)
    silent = Tracker(SENSORS)
    assert all(len(f.tracks) == len(f.associations) == 0 for f in in_runs(silent, given, cuts[::-1][:1]))
    assert same(one_by_one.state(), in_parts.state())
    assert same(one_by_one.state(), silent.state())
    assert one_by_one.ignored == in_parts.ignored != {}
    assert one_by_one.late == in_parts.late > 0
    for name, values in type(tracks[0]).concatenate(tracks).columns().items():
        assert np.concatenate([getattr(f.tracks, name) for f in told]).tobytes() == values.tobytes()
    for name, values in type(associations[0]).concatenate(associations).columns().items():
        assert np.concatenate([getattr(f.associations, name) for f in told]).tobytes() == values.tobytes()
    starts = np.repeat([0, *cuts], [len(f.tracks) for f in told])
    steps = np.concatenate([f.tracks_step for f in told]) + starts
    assert steps.tolist() == np.repeat(np.arange(len(given)), [len(t) for t in tracks]).tolist()


def test_a_run_on_land_and_with_too_many_tracks_equals_its_steps():
    rng = np.random.default_rng(5)
    strangers = [ais(0.02 * k, *(NAHA + rng.normal(0, 0.1, 2)), 200000000 + k, sensor=2) for k in range(300)]
    given = sorted([*inputs(6), *strangers], key=lambda one: one.time if hasattr(one, "time") else T0)
    made = {"settings": TrackerSettings(most=40), "on_land": lambda lat, lon: lat > NAHA[0] + 0.03}
    one_by_one, _, _ = stepped(given, **made)
    at_once = Tracker(SENSORS, **made)
    at_once.run(Stretch.of(given))
    assert one_by_one.ignored["given up for room"] > 20
    assert same(one_by_one.state(), at_once.state())
    tracks = at_once.tracks()
    radar_only = tracks.take(np.isfinite(tracks.heard_radar) & np.isnan(tracks.heard_ais))
    assert (radar_only.lat_deg < NAHA[0] + 0.05).all()


def test_a_part_of_a_stretch_is_those_inputs():
    given = inputs(4)
    whole = Stretch.of(given)
    one_by_one, in_parts = Tracker(SENSORS), Tracker(SENSORS)
    for one in given:
        one_by_one.step(one)
    for k in range(0, len(whole), 7):
        in_parts.run(whole.part(k, min(k + 7, len(whole))))
    assert same(one_by_one.state(), in_parts.state())


def test_columns_that_do_not_lie_in_one_piece_are_as_good():
    plots = measured(RADARS[0], [NAHA], 0.0, np.random.default_rng(1), clutter=30)
    wide = {name: np.stack([values, values], axis=1)[:, 0] for name, values in plots.columns().items()}
    states = []
    for reports in (plots, Reports(**wide)):
        tracker = Tracker([radar()])
        tracker.step(Sector(0, T0, T0, 0.0, 0.0, reports))
        states.append(tracker.state())
    assert len(states[0]["track_id"]) > 20
    assert same(*states)


def test_an_empty_stretch_changes_nothing():
    tracker = Tracker(SENSORS)
    before = tracker.state()
    followed = tracker.run(Stretch.of([]), tell=True)
    assert len(followed.tracks) == len(followed.associations) == 0
    assert same(before, tracker.state())
