"""The tracker's state: written, read, and gone on from."""

import json
import math

import numpy as np
import pytest

from mihari.core.errors import BadInput
from mihari.core.reports import ReportKind, Sector, Tick
from mihari.tracks import Tracker, TrackerSettings
from tracks.scenes import NAHA, T0, Vessel, measured, radar, station, told, turn

RADARS = [radar(0), radar(1, NAHA[0] + 0.08, NAHA[1] + 0.05)]
SENSORS = [*RADARS, station(2)]


def inputs(scans, seed=1, clutter=30, sectors=8, first=0):
    """Two radars and AIS over vessels in a lane, with clutter, bad plots and ticks, in order of time."""
    rng = np.random.default_rng(seed)
    vessels = [Vessel(*rng.uniform(-9000, 9000, 2), *rng.normal(0, 5, 2)) for _ in range(25)]
    given = []
    for k in range(first, first + scans):
        t = 2.5 * k
        for sensor in RADARS:
            plots = measured(sensor, [v.at(t) for v in vessels], t, rng, clutter=clutter)
            kinds = np.where(rng.random(len(plots)) < 0.02, ReportKind.TRANSPONDER, plots.kind)
            given += turn(sensor, plots.replace(kind=kinds), t, sectors)
        if k % 4 == 0:
            given += [told(v, t, 431000000 + n, rng, sensor=2) for n, v in enumerate(vessels) if n % 3]
        given.append(Tick(T0 + t))
    return sorted(given, key=lambda one: one.reports.time.max(initial=T0) if not hasattr(one, "time") else one.time)


def same(a, b):
    """Whether two states are the same, bit for bit."""
    return a.keys() == b.keys() and all(
        a[k].tobytes() == b[k].tobytes() if isinstance(a[k], np.ndarray) else a[k] == b[k] for k in a
    )


def through_json(state):
    """A state written as JSON and read again."""
    plain = {
        k: [v.dtype.str, v.shape, v.ravel().tolist()] if isinstance(v, np.ndarray) else v for k, v in state.items()
    }
    read = json.loads(json.dumps(plain))
    return {k: np.array(v[2], v[0]).reshape(v[1]) if isinstance(v, list) else v for k, v in read.items()}


@pytest.mark.parametrize("stop", [0, 7, 150])
def test_a_restored_tracker_goes_on_bit_for_bit(stop):
    given = inputs(30)
    whole, first, second = Tracker(SENSORS), Tracker(SENSORS), Tracker(SENSORS)
    for one in given[:stop]:
        whole.step(one)
        first.step(one)
    second.restore(through_json(first.state()))
    assert same(first.state(), second.state())
    for one in given[stop:]:
        a, b = whole.step(one), second.step(one)
        assert all(x.tobytes() == y.tobytes() for x, y in zip(a.columns().values(), b.columns().values(), strict=True))
        assert whole.associations.track.tolist() == second.associations.track.tolist()
    assert len(whole) > 20
    assert whole.ignored["not a plot"] > 10
    assert same(whole.state(), second.state())


def test_a_state_is_a_copy():
    given = inputs(8)
    tracker = Tracker(SENSORS)
    for one in given[:80]:
        tracker.step(one)
    state = tracker.state()
    before = through_json(state)
    other = Tracker(SENSORS)
    other.restore(state)
    for one in given[80:]:
        tracker.step(one)
        other.step(one)
    assert same(state, before)


def test_a_restored_tracker_may_know_more_sensors():
    tracker = Tracker(RADARS)
    for one in inputs(8):
        tracker.step(one)
    more = Tracker([*RADARS, station(2), radar(9, 26.0, 127.0)])
    more.restore(tracker.state())
    assert len(more) == len(tracker) > 0
    more.step(Sector(9, T0 + 21, T0 + 21, 0.0, 1.0, measured(RADARS[0], [], 21.0, np.random.default_rng(1))))


def test_a_state_of_other_settings_or_another_layout_is_refused():
    state = Tracker(SENSORS).state()
    with pytest.raises(BadInput, match="expected one made with this tracker's settings"):
        Tracker(SENSORS, TrackerSettings(confirm=0.9)).restore(state)
    with pytest.raises(BadInput, match="expected version"):
        Tracker(SENSORS).restore(state | {"version": 0})


def test_the_state_of_a_tracker_that_has_heard_nothing_holds_no_tracks():
    state = Tracker([]).state()
    assert len(state["track_id"]) == 0
    assert math.isinf(state["clock"][2])
