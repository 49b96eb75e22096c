"""Late reports: within the ring the tracks are those of the same reports in order, bit for bit."""

import math
import threading
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from mihari.archive.state import differing
from mihari.core.reports import Batch, Claims, Reports, Sector, Tick
from mihari.core.steps import Stretch
from mihari.core.tracks import TrackStatus
from mihari.tracks import Tracker
from mihari.tracks.rewind import RewindingTracker
from tracks.scenes import NAHA, T0, Vessel, ais, measured, sure, told
from tracks.test_state import SENSORS, inputs

SCANS = 40  # 100 s


def time_of(one):
    return float(one.reports.time.max()) if isinstance(one, Batch) else one.time


def scene(seed, scans=SCANS):
    """Two radars and AIS in order of time, no two at one time; ticks of whole seconds."""
    rng = np.random.default_rng(1000 + seed)
    data = [apart(one, rng.uniform(0, 0.2)) for one in inputs(scans, seed, clutter=20) if not isinstance(one, Tick)]
    ticks = [Tick(math.floor(T0) + k) for k in range(-3, int(2.5 * scans) + 1)]
    return sorted([*data, *ticks], key=lambda one: (time_of(one), isinstance(one, Tick)))


def apart(one, later):
    """The same input so many seconds later."""
    if isinstance(one, Batch):
        return Batch(one.reports.replace(time=one.reports.time + later), one.claims)
    return replace(one, time=one.time + later, reports=one.reports.replace(time=one.reports.time + later))


def arriving(given, seed, latest=50.0, share=0.5):
    """The same, so many of sectors and reports up to `latest` s late, AIS in random batches; ticks in order."""
    rng = np.random.default_rng(seed)
    shifted = []
    for n, one in enumerate(given):
        late = 0.0 if isinstance(one, Tick) or rng.random() > share else rng.uniform(0, latest)
        shifted.append((time_of(one) + late, n, one))
    found = []
    for _, _, one in sorted(shifted, key=lambda each: (each[0], each[1])):
        if isinstance(one, Batch) and found and isinstance(found[-1], Batch) and rng.random() < 0.5:
            found[-1] = together([found[-1], one], rng)
        else:
            found.append(one)
    return [*found, Tick(time_of(given[-1]) + 1.0)]


def together(batches, rng):
    """Batches as one, its reports in any order."""
    claims = Claims.concatenate([b.claims for b in batches])
    before = np.cumsum([0, *(len(b.claims) for b in batches)])
    moved = [b.reports.claim + n for b, n in zip(batches, before, strict=False)]
    reports = Reports.concatenate([b.reports for b in batches]).replace(claim=np.concatenate(moved))
    return Batch(reports.take(rng.permutation(len(reports))), claims)


def identical(a, b):
    return all(x.tobytes() == y.tobytes() for x, y in zip(a.columns().values(), b.columns().values(), strict=True))


def fed(given, **made):
    tracker = RewindingTracker(SENSORS, **made)
    for one in given:
        tracker.step(one)
    return tracker


def in_order(given):
    """The tracker without a ring, fed report by report."""
    tracker = Tracker(SENSORS)
    for one in [*given, Tick(time_of(given[-1]) + 1.0)]:
        tracker.step(one)
    return tracker


@pytest.mark.parametrize("seed", [0, *(pytest.param(k, marks=pytest.mark.slow) for k in (1, 2, 3))])
def test_shuffled_within_the_ring_the_tracks_are_those_of_reports_in_order(seed):
    given = scene(seed)
    whole = in_order(given)
    ordered = fed([*given, Tick(time_of(given[-1]) + 1.0)])
    assert len(whole) > 20
    assert identical(whole.tracks(), ordered.tracks())
    for shuffle in range(3):
        tracker = fed(arriving(given, 10 * seed + shuffle))
        assert not tracker.unsettled
        assert identical(whole.tracks(), tracker.tracks())
        assert same_state(ordered, tracker)
        assert tracker.late == 0


def same_state(a, b):
    """Whether two states are the same but for the number that the next input gets."""
    one, other = (
        {k: v for k, v in t.state().items() if k not in ("ring_source", "entry_source", "entry_row")} for t in (a, b)
    )
    return differing(one, other) == []


@pytest.mark.parametrize("seed", [0, *(pytest.param(k, marks=pytest.mark.slow) for k in (1, 2))])
def test_a_recording_run_at_once_gives_the_tracks_of_single_steps(seed):
    late = arriving(scene(seed, 24), seed)
    one_by_one, at_once, in_parts = fed(late), RewindingTracker(SENSORS), RewindingTracker(SENSORS)
    at_once.run(Stretch.of(late))
    cuts = np.sort(np.random.default_rng(seed).choice(len(late), 6, replace=False)).tolist()
    for first, last in pairwise([0, *cuts, len(late)]):
        in_parts.run(Stretch.of(late).part(first, last))
    for other in (at_once, in_parts):
        assert identical(one_by_one.tracks(), other.tracks())
        assert same_state(one_by_one, other)
        assert one_by_one.ignored == other.ignored


def test_where_nobody_looks_between_ticks_what_is_late_waits_for_them_and_the_tracks_are_the_same():
    late = arriving(scene(4, 24), 4, latest=0.5)
    watched, unwatched = RewindingTracker(SENSORS), RewindingTracker(SENSORS, at_once=0)
    waited = 0
    for one in late:
        watched.step(one)
        unwatched.step(one)
        waited += unwatched.unsettled and not watched.unsettled
        if isinstance(one, Tick):
            assert identical(watched.tracks(), unwatched.tracks())
    assert waited > 20
    assert same_state(watched, unwatched)


def test_two_trackers_in_two_threads_at_once_give_the_same():
    late = arriving(scene(5, 24), 5)
    found = {}

    def follow(name):
        found[name] = fed(late)

    threads = [threading.Thread(target=follow, args=(k,)) for k in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert identical(found[0].tracks(), found[1].tracks())
    assert identical(found[0].tracks(), in_order(scene(5, 24)).tracks())


def test_asking_changes_nothing():
    late = arriving(scene(6, 24), 6)
    quiet, asked, waited = RewindingTracker(SENSORS), RewindingTracker(SENSORS), 0
    for one in late:
        a, b = quiet.step(one), asked.step(one)
        waited += asked.unsettled
        asked.tracks(time_of(one))
        asked.believed(time_of(one))
        assert identical(a, b)
        assert identical(quiet.associations, asked.associations)
    assert waited > 10
    assert differing(quiet.state(), asked.state()) == []


@pytest.mark.parametrize("stop", [3, 120, pytest.param(333, marks=pytest.mark.slow)])
def test_a_restored_tracker_goes_on_bit_for_bit_in_the_middle_of_late_reports(stop):
    late = arriving(scene(7, 40), 7)
    whole, first, second = (RewindingTracker(SENSORS) for _ in range(3))
    while stop < len(late) and stop > 100 and not first.unsettled:  # where something waits
        first = fed(late[:stop])
        stop += 1
    stop -= stop > 100
    for one in late[:stop]:
        whole.step(one)
    first = fed(late[:stop])
    second.restore(first.state())
    assert differing(first.state(), second.state()) == []
    for one in late[stop:]:
        assert identical(whole.step(one), second.step(one))
        assert identical(whole.associations, second.associations)
        a, b = ([pairs for _, pairs in t.belated] for t in (whole, second))
        assert all(identical(x, y) for x, y in zip(a, b, strict=True))
    assert differing(whole.state(), second.state()) == []


def test_what_steps_tell_is_where_the_tracks_are():
    """Followed by what it tells alone, the picture of a tracker is that of its tracks."""
    told, tracker = {}, RewindingTracker(SENSORS)
    for one in arriving(scene(8), 8):
        tracks = tracker.step(one)
        if tracker.turned is not None:
            for gone in tracker.turned.gone.id.tolist():
                told.pop(gone)
            kept = {now: told.pop(before) for now, before in tracker.turned.renamed.tolist() if before in told}
            told = {k: v for k, v in told.items() if k < tracker.turned.young} | kept
        for k, (i, status) in enumerate(zip(tracks.id.tolist(), tracks.status.tolist(), strict=True)):
            if status == TrackStatus.DROPPED:
                told.pop(i, None)
            else:
                told[i] = tracks.take([k])
    alive = tracker.tracks()
    alive = alive.take(alive.status != TrackStatus.TENTATIVE)
    assert len(alive) > 20
    assert set(alive.id.tolist()) == set(told)
    for k, i in enumerate(alive.id.tolist()):
        row = told[i]
        assert row.status[0] == alive.status[k]
        assert row.heard_ais.tobytes() == alive.heard_ais[[k]].tobytes()


def test_a_report_older_than_the_ring_is_used_by_its_own_track_or_counted():
    tracker = RewindingTracker(SENSORS)
    quick, slow = Vessel(3000, 4000, 6, -3), Vessel(-2000, 3000, -4, 0)
    tracker.step(Tick(T0))
    for given in (told(slow, 0, 431000002), told(quick, 0, 431000001), Tick(T0 + 200.0), told(quick, 200, 431000001)):
        tracker.step(given)
    tracker.step(told(slow, 20, 431000002))  # older than the ring, and the newest of this vessel
    tracker.step(told(quick, 10, 431000001))  # older than the ring, and its vessel is further on
    tracker.step(Tick(T0 + 201.0))
    assert sorted(tracker.tracks().time.tolist()) == [T0 + 20, T0 + 200]
    assert tracker.late == 1


def test_a_report_that_comes_twice_a_clock_that_is_set_back_and_nonsense_are_survived():
    tracker, vessel = RewindingTracker(SENSORS), Vessel(3000, 4000, 6, -3)
    for t in (0, 10, 20):
        for _ in range(2):
            tracker.step(told(vessel, t, 431000001))
        tracker.step(Tick(T0 + t))
    assert len(tracker) == 1
    plots = measured(SENSORS[0], [vessel.at(20)] * 4, 20.0, np.random.default_rng(1), detection=1.0)
    wrong = plots.replace(lat_deg=[90.0, math.nan, 26.2, 26.2], cov_ee=[1, 1, -5.0, math.nan], cov_nn=[1, 1, -5.0, 1])
    for nonsense in (
        Sector(0, T0 + 20, T0 + 20, math.nan, math.inf, wrong),
        Sector(0, math.nan, T0, 0.0, 1.0, plots),
        Sector(7, T0, T0, 0.0, 1.0, plots),
        ais(math.nan, *NAHA, 431000001),
        ais(20, math.nan, 127.0, 431000001),
        ais(7200, *NAHA, 431000001),
        Tick(math.nan),
    ):
        tracker.step(nonsense)
    tracker.step(Tick(T0 + 21))
    assert tracker.ignored["ahead of time"] == 1
    assert tracker.ignored["no time"] == 1 + 4 + 1
    assert tracker.ignored["no position"] == 1 + 1
    assert tracker.ignored["unknown sensor"] == 4
    assert np.isfinite(tracker.tracks().lat_deg).all()
    tracker.step(Tick(T0 - 3600.0))  # the clock was an hour ahead
    for t in (-3600, -3590, -3580):
        tracker.step(told(vessel, t, 431000001))
        tracker.step(Tick(T0 + t + 0.5))
    assert tracker.time == T0 - 3579.5
    tracks = sure(tracker.tracks())
    assert (tracks.heard_ais == T0 - 3580).sum() == 1


def test_a_radar_that_is_told_elsewhere_counts_from_then_on():
    """A late sector from before the change is taken in with the radar as it was."""
    given = scene(9, 24)
    half = len(given) // 2
    moved = [replace(SENSORS[0], range_sd=30.0), *SENSORS[1:]]
    ordered, late = RewindingTracker(SENSORS), RewindingTracker(SENSORS)
    held = next(k for k in range(half - 20, half) if isinstance(given[k], Sector))
    for k, one in enumerate(given):
        if k == half:
            ordered.know(moved)
            late.know(moved)
        ordered.step(one)
        if k != held:
            late.step(one)
        if k == half + 5:
            late.step(given[held])
    end = Tick(time_of(given[-1]) + 1.0)
    ordered.step(end)
    late.step(end)
    assert identical(ordered.tracks(), late.tracks())
    restored = RewindingTracker(moved)
    restored.restore(late.state())
    assert identical(restored.tracks(), late.tracks())


def test_what_sensors_are_told_right_after_the_clock_was_set_back_survives_a_restore():
    """The ring has just begun anew and holds nothing: what is known follows the moment of the tick, not an entry."""
    moved = [replace(SENSORS[0], lat_deg=SENSORS[0].lat_deg + 0.1), *SENSORS[1:]]
    elsewhere = [replace(one, lat_deg=one.lat_deg + 0.1) for one in moved]
    one = fed(scene(3, 8))
    one.step(Tick(T0 - 3600.0))
    other = RewindingTracker(SENSORS)
    other.restore(one.state())
    for tracker in (one, other):
        tracker.know(moved)
    assert same_state(one, other)
    again = RewindingTracker(moved)
    again.restore(other.state())
    for tracker in (one, again):
        tracker.know(elsewhere)
    assert same_state(one, again)
    for given in scene(3, 8):
        for tracker in (one, again):
            tracker.step(given)
    assert same_state(one, again)


def test_a_state_of_the_tracker_without_a_ring_is_gone_on_from():
    given = scene(10, 16)
    plain, ringed = Tracker(SENSORS), RewindingTracker(SENSORS)
    for one in given[:100]:
        plain.step(one)
    ringed.restore(plain.state())
    for one in given[100:]:
        plain.step(one)
        ringed.step(one)
    assert identical(plain.tracks(), ringed.tracks())


@pytest.mark.parametrize("seed", range(12))
def test_what_a_quiet_sea_leaves_in_the_ring_is_the_same_after_a_restore(seed):
    """Few reports, some late, long silences: the states to go back to differ, what is kept of them may not."""
    rng, now, boat = np.random.default_rng(seed), 0.0, Vessel(0, 9000, 5, 0)
    live, again, stopped = RewindingTracker(SENSORS, ring=5.0), RewindingTracker(SENSORS, ring=5.0), 0
    for _ in range(120):
        now += float(rng.choice([0.3, 1.0, 7.0, 40.0], p=[0.5, 0.3, 0.15, 0.05]))
        late = float(rng.choice([0.0, rng.uniform(0, 4)]))
        for one in (told(boat, now - late, 431000001, rng), Tick(T0 + now)):
            live.step(one)
            again.step(one)
        assert differing(live.state(), again.state()) == []
        if rng.random() < 0.3:
            state, again = again.state(), RewindingTracker(SENSORS, ring=5.0)
            again.restore(state)
            stopped += 1
    assert stopped > 10


def test_more_than_a_ring_holds_is_taken_in_as_it_comes_and_the_ring_stays_small():
    late, most = arriving(scene(9), 9), 400
    live, again, times = RewindingTracker(SENSORS, most=most), RewindingTracker(SENSORS, most=most), []
    for n, one in enumerate(late):
        live.step(one)
        again.step(one)
        held = live.state()
        assert len(held["report_time"]) + len(held["entry_order"]) <= most or live.unsettled
        if n % 50 == 25:
            assert differing(held, again.state()) == []
            again = RewindingTracker(SENSORS, most=most)
            again.restore(held)
        times.append(live.overfull_s)
    assert times[0] is None
    assert 0.0 <= times[-1] < 60.0
    assert differing(live.state(), again.state()) == []
    seen, whole = live.tracks(), in_order(scene(9)).tracks()
    seen, whole = (t.take(t.status == TrackStatus.CONFIRMED) for t in (seen, whole))
    assert len(seen) >= 0.9 * len(whole) > 15
