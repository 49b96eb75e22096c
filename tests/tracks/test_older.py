"""What comes too late for the ring, put in its place by a run from an earlier state: bit for bit as if in time."""

import math

import numpy as np
import pytest

from mihari.archive.state import differing, pack, unpack
from mihari.core.errors import BadInput
from mihari.core.reports import Batch, Sector, Tick
from mihari.core.steps import Stretch
from mihari.core.tracks import TrackStatus
from mihari.tracks.again import AgainTracker
from mihari.tracks.entries import Entries
from mihari.tracks.older import Older
from mihari.tracks.rewind import RewindingTracker
from tracks.scenes import T0
from tracks.test_rewind import identical, scene, time_of
from tracks.test_state import SENSORS

RING = 16.0
SCANS = 60  # 150 s
FROM = 48.0  # s after T0, of the snapshot


def held_back(given, rng, after, share=0.3, kinds=(Batch, Sector)):
    """(what comes in time, what comes too late): a share of what is between `after` and 40 s before the end."""
    end = time_of(given[-1])
    late = [
        n
        for n, one in enumerate(given)
        if isinstance(one, kinds) and after < time_of(one) < end - 60.0 and rng.random() < share
    ]
    return [one for n, one in enumerate(given) if n not in set(late)], [given[n] for n in late]


def arrived(given, late, at):
    """As it came in: what is late comes together, before the first tick after `at`."""
    place = next(n for n, one in enumerate(given) if isinstance(one, Tick) and one.time > at)
    return [*given[:place], *late, *given[place:]]


def run_again(state, inputs, live, young, sensors=SENSORS):
    """The footing for `live`, from a state and all inputs since, in the order in which they came."""
    order = live.hold()
    scratch = AgainTracker(sensors)
    scratch.restore(state)
    late = scratch.late_in(Stretch.of(inputs))
    older = Older(late, float(state["ring_times"][0]))
    again = AgainTracker(sensors)
    again.restore(state)
    again.expect(older, order)
    for part in np.array_split(np.arange(len(inputs)), 5):
        again.run(Stretch.of([inputs[n] for n in part]))
    return again.footing(order, young)


def until(inputs, time):
    """(those before the first tick after T0 + time, the others)."""
    place = next(n for n, one in enumerate(inputs) if isinstance(one, Tick) and one.time > T0 + time)
    return inputs[:place], inputs[place:]


def kept(tracker):
    """Its state, as an archive has it."""
    return unpack(pack(tracker.state()))


def followed(came, at=FROM):
    """(live tracker after all that came, its state `at` s after T0, what came since)."""
    before, after = until(came, at)
    live = RewindingTracker(SENSORS, ring=RING)
    for one in before:
        live.step(one)
    state = kept(live)
    for one in after:
        live.step(one)
    return live, state, after


def young_of(state):
    return int(state["tally"][2])


@pytest.mark.parametrize("seed", [0, *(pytest.param(k, marks=pytest.mark.slow) for k in (1, 2, 3))])
def test_what_came_too_late_counts_in_its_place_bit_for_bit(seed):
    given = scene(seed, SCANS)
    rng = np.random.default_rng(seed)
    on_time, late = held_back(given, rng, T0 + FROM + 5)
    came = arrived(on_time, late, time_of(given[-1]) - 20.0)
    (live, state, after), long = followed(came), RewindingTracker(SENSORS, ring=600.0)
    for one in came:
        long.step(one)
    assert len(late) > 20
    assert live.oldest_late == min(time_of(one) for one in late)
    assert not identical(live.tracks(), long.tracks())
    live.stand_on(run_again(state, after, live, young_of(state)), live.inputs)
    assert identical(live.tracks(), long.tracks())
    more = scene(seed + 100, 8)
    for one in more:  # and so it goes on
        later = Tick(one.time + 160.0) if isinstance(one, Tick) else None
        if later is not None:
            live.step(later)
            long.step(later)
    assert identical(live.tracks(), long.tracks())


def test_without_anything_late_nothing_changes():
    given = scene(1, SCANS)
    live, state, after = followed(given)
    told, was = live.tracks(), live.state()
    changed = live.stand_on(run_again(state, after, live, young_of(state)), live.inputs)
    assert len(changed) == 0
    assert live.turned is None
    assert identical(live.tracks(), told)
    assert differing(live.state(), was) == []


@pytest.mark.slow
def test_what_was_seen_is_told_under_which_id_it_is_now():
    anew = 0
    for seed in range(4):
        given = scene(seed, SCANS)
        on_time, late = held_back(given, np.random.default_rng(seed), T0 + 15.0)
        live, state, after = followed(arrived(on_time, late, time_of(given[-1]) - 20.0), 5.0)
        was = live.tracks()
        live.stand_on(run_again(state, after, live, young_of(state)), live.inputs)
        now = live.tracks()
        renamed = {} if live.turned is None else dict(live.turned.renamed.tolist())
        anew += sum(a != b for a, b in renamed.items())
        number = np.array([renamed.get(i, i) for i in now.id.tolist()])
        sure = was.take(was.status == TrackStatus.CONFIRMED)
        assert np.isin(sure.id, number).mean() > 0.9
        for k in np.flatnonzero(np.isin(number, sure.id)).tolist():
            j = sure.id.tolist().index(number[k])
            assert math.hypot(now.lat_deg[k] - sure.lat_deg[j], now.lon_deg[k] - sure.lon_deg[j]) * 111e3 < 500.0
    assert anew > 0


def test_a_ring_that_has_begun_anew_takes_no_footing():
    given = scene(3, SCANS)
    live, state, after = followed(given)
    footing = run_again(state, after, live, young_of(state))
    live.step(Tick(T0 + 10.0))  # the clock is set back
    told = live.tracks()
    with pytest.raises(BadInput, match="begun anew"):
        live.stand_on(footing, live.inputs)
    assert identical(live.tracks(), told)


def test_what_is_held_is_let_go_again():
    given = scene(4, SCANS)
    live = RewindingTracker(SENSORS, ring=RING)
    for one in given:
        live.step(one)
    order = live.hold()
    for k in range(1, 200):
        live.step(Tick(time_of(given[-1]) + k))
    assert live.hold() == order
    live.release()
    live.step(Tick(time_of(given[-1]) + 201))
    assert live.hold() > order + 100


def test_nothing_is_older_than_nothing():
    assert len(Older(Entries(*AgainTracker(()).late_in(Stretch.of([Tick(T0)]))), T0)) == 0
