"""Bearings or ranges alone, of sensors that stand or move."""

import math

import numpy as np
import pytest

from mihari.core import geodesy
from mihari.core.reports import Batch, ReportKind, Reports, Sector, Tick
from mihari.core.sensor import SensorKind, sensor_like
from mihari.core.steps import Stretch
from mihari.core.tracks import TrackStatus
from mihari.tracks import RewindingTracker, Tracker
from tracks.looks import aboard, area, camera, person, ranged, ranger, seen
from tracks.scenes import NAHA, T0, Vessel, last, measured, nearest, play, radar, sure
from tracks.test_radar import normalised_error
from tracks.test_state import same, through_json

EAST = (NAHA[0], NAHA[1] + 0.06)  # 6 km east of the radar


def held_by_radar(vessel, others, seed, scans=20, **given):
    """(tracker, rng) that has followed a vessel by radar for `scans` turns; `others` are more sensors."""
    rng = np.random.default_rng(seed)
    tracker = Tracker([radar(**given), *others])
    last(play(tracker, [radar(**given)], [vessel], scans, rng, detection=1.0))
    return tracker, rng


def spread(tracks, k=0):
    return math.hypot(math.sqrt(tracks.cov_ee[k]), math.sqrt(tracks.cov_nn[k]))


def test_a_bearing_across_the_ray_makes_a_track_exacter_there_and_nowhere_else():
    sensor, vessel = camera(1, bearing_sd=math.radians(0.05)), Vessel(0, 6000)
    tracker, rng = held_by_radar(vessel, [sensor], 1, bearing_sd=math.radians(0.5))
    before = sure(tracker.tracks(T0 + 48))
    for t in np.arange(48.0, 53.0):
        tracker.step(seen(sensor, [vessel.at(t)], t, rng))
    after = sure(tracker.tracks(T0 + 53))
    assert len(before) == len(after) == 1
    assert after.cov_ee[0] < 0.2 * before.cov_ee[0]  # the camera looks north: east is across
    assert after.cov_nn[0] > 0.9 * before.cov_nn[0]
    assert nearest(after, vessel.at(53.0))[1] < 20


def test_tracks_corrected_by_bearings_are_as_exact_as_they_say():
    """Squared errors in units of the covariance, 1 per dimension on the average."""
    found, sensor = [], camera(1, *EAST, detection=0.9, period=2.0)
    for seed in range(40):
        vessel = Vessel(3000 + 100 * seed, 5000, *np.random.default_rng(seed).normal(0, 4, 2))
        tracker, rng = held_by_radar(vessel, [sensor], 100 + seed, scans=15)
        for t in np.arange(37.0, 66.0, 2.0):
            tracker.step(seen(sensor, [vessel.at(t)], t, rng, detection=0.9, clutter=0.5))
        tracks = sure(tracker.tracks(T0 + 65))
        assert len(tracks) == 1
        found.append(normalised_error(tracks, 0, vessel.at(65.0), (vessel.u, vessel.v)))
    assert 0.5 < np.mean(found) < 1.4


def test_two_cameras_hold_a_track_when_radar_has_stopped():
    cameras = [camera(1, *EAST), camera(2, NAHA[0] + 0.08, NAHA[1] - 0.02)]
    vessel = Vessel(3000, 5000, 5, 2)
    tracker, rng = held_by_radar(vessel, cameras, 2)
    for t in np.arange(49.0, 180.0):
        for sensor in cameras:
            tracker.step(seen(sensor, [vessel.at(t)], t, rng, detection=0.9, clutter=0.3))
        tracker.step(Tick(T0 + t))
    tracks = sure(tracker.tracks(T0 + 179))
    assert len(tracks) == 1
    assert nearest(tracks, vessel.at(179.0))[1] < 60
    assert spread(tracks) < 60
    assert tracks.sensors[0] == 0b110


def test_one_camera_alone_does_not_keep_a_track_confirmed_whose_place_it_cannot_tell():
    sensor, vessel = camera(1), Vessel(3000, 5000, 5, 2)
    tracker, rng = held_by_radar(vessel, [sensor], 3)
    for t in np.arange(49.0, 900.0):
        tracker.step(seen(sensor, [vessel.at(t)], t, rng))
        tracker.step(Tick(T0 + t))
    tracks = tracker.tracks(T0 + 899)
    assert TrackStatus.CONFIRMED not in tracks.status


def test_ranges_alone_correct_a_track_along_the_ray():
    sensor, vessel = ranger(1, *EAST), Vessel(6000, 5000)
    tracker, rng = held_by_radar(vessel, [sensor], 4, range_sd=60.0)
    before = sure(tracker.tracks(T0 + 48))
    for t in np.arange(48.0, 53.0):
        tracker.step(ranged(sensor, [vessel.at(t)], t, rng))
    after = sure(tracker.tracks(T0 + 53))
    assert after.cov_nn[0] < 0.5 * before.cov_nn[0]
    assert nearest(after, vessel.at(53.0))[1] < 30


def test_a_bearing_outside_every_gate_begins_nothing_and_moves_nothing():
    sensor, vessel = camera(1), Vessel(3000, 5000)
    tracker, rng = held_by_radar(vessel, [sensor], 5)
    before = tracker.tracks(T0 + 48)
    tracker.step(seen(sensor, [Vessel(-3000, -5000).at(48.0)], 48.0, rng, detection=1.0, start=3.0, end=5.0))
    after = tracker.tracks(T0 + 48)
    assert after.id.tolist() == before.id.tolist()
    assert after.lat_deg.tolist() == before.lat_deg.tolist()
    assert len(tracker.associations) == 0
    empty = Tracker([sensor])
    empty.step(seen(sensor, [vessel.at(0.0)], 0.0, rng))
    assert len(empty) == 0


def test_a_camera_that_sees_nothing_where_a_track_should_be_speaks_against_it_within_its_view_alone():
    sensor, vessel, doubts = camera(1, detection=0.9), Vessel(3000, 5000), []
    for start, end, sees in ((0.0, 1.0, True), (3.0, 4.0, False)):
        tracker, rng = held_by_radar(vessel, [sensor], 6, scans=2)
        for t in np.arange(5.0, 9.0):
            tracker.step(seen(sensor, [], t, rng, start=start, end=end))
        assert (tracker.state()["track_shown"][0, 1] < 0.2) == sees
        doubts.append(1.0 - tracker.tracks(T0 + 9).existence.max())
    within, elsewhere = doubts
    assert within > 1.5 * elsewhere


def test_what_radar_holds_and_no_camera_ever_sees_waits_for_its_confirmation():
    sensor, vessel, rng = camera(1, detection=0.9), Vessel(3000, 5000), np.random.default_rng(7)
    tracker, confirmed = Tracker([radar(), sensor]), []
    for k in range(30):
        t = 2.5 * k
        tracker.step(Sector(0, T0 + t, T0 + t, 0.0, 0.0, measured(radar(), [vessel.at(t)], t, rng, detection=1.0)))
        visible = [vessel.at(t)] if k >= 20 else []
        for part in (0.0, 0.8, 1.6):
            tracker.step(seen(sensor, visible, t + part, rng))
        confirmed.append(len(sure(tracker.tracks(T0 + t))))
    assert not any(confirmed[2:20])
    assert all(confirmed[25:])


def test_a_person_tells_of_a_vessel_that_radar_then_finds():
    teller, vessel, rng = person(1), Vessel(3000, 5000, 3, 0), np.random.default_rng(8)
    tracker = Tracker([radar(), teller])
    tracker.step(area(teller, Vessel(3300, 4800).at(0.0), 0.0))
    tracks = tracker.tracks(T0)
    assert tracks.status.tolist() == [TrackStatus.TENTATIVE]
    assert tracks.existence[0] > 0.6
    assert 600 < spread(tracks) < 800
    _, tracks = last(play(tracker, [radar()], [vessel], 20, rng, first=1))
    tracks = sure(tracks)
    assert len(tracks) == 1
    assert nearest(tracks, vessel.at(50.0))[1] < 40
    assert len(tracker) == 1  # the person's word and the radar's are one track


def test_a_person_supports_the_track_that_is_there_and_is_forgotten_in_time():
    teller, vessel = person(1), Vessel(3000, 5000)
    tracker, _ = held_by_radar(vessel, [teller], 9)
    before = tracker.tracks(T0 + 48)
    tracker.step(area(teller, Vessel(3200, 5200).at(0.0), 48.0))
    assert len(tracker) == 1
    assert tracker.associations.track.tolist() == before.id.tolist()
    other = Tracker([teller])
    other.step(area(teller, NAHA, 0.0))
    other.step(Tick(T0 + 500))
    assert len(other) == 1
    other.step(Tick(T0 + 700))
    assert len(other) == 0


def test_a_radar_aboard_a_ship_under_way_sees_a_vessel_at_anchor_lie_still():
    ship, vessel, rng = Vessel(0, 0, 8, 3), Vessel(3000, 2000), np.random.default_rng(10)
    sensor = radar(0, math.nan, math.nan)
    tracker = Tracker([sensor])
    for k in range(60):
        t = 2.5 * k
        tracker.step(aboard(sensor, ship.at(t), [vessel.at(t)], t, rng))
    tracks = sure(tracker.tracks(T0 + 147.5))
    assert len(tracks) == 1
    assert nearest(tracks, vessel.at(0.0))[1] < 15
    assert math.hypot(tracks.east_mps[0], tracks.north_mps[0]) < 0.3
    assert tracker.ignored == {}


def test_a_radar_that_tells_its_times_late_does_not_drag_its_tracks_behind():
    vessel, behind = Vessel(3000, 5000, 10, 0), []
    for latency in (0.0, 2.0):
        sensor, rng, off = radar(latency=latency), np.random.default_rng(17), []
        tracker = Tracker([sensor])
        for k in range(60):
            t = 2.5 * k
            plots = measured(sensor, [vessel.at(t - 2.0)], t, rng, detection=1.0)
            tracker.step(Sector(0, T0 + t, T0 + t, 0.0, 0.0, plots))
            if k >= 20:
                tracks = sure(tracker.tracks(T0 + t))
                plane = geodesy.TangentPlane.at(*vessel.at(t))
                off.append(geodesy.to_plane(plane, geodesy.ecef(tracks.lat_deg[0], tracks.lon_deg[0]))[0])
        behind.append(-np.mean(off))
    assert 18 < behind[0] - behind[1] < 22  # 2 s at 10 m/s; both have the same errors
    assert abs(behind[1]) < 8


def test_a_camera_aboard_a_ship_under_way_measures_from_where_it_is():
    vessel, ship, sensor = Vessel(3000, 5000), Vessel(0, 0, 10, 0), camera(1, math.nan, math.nan)
    tracker, rng = held_by_radar(vessel, [sensor], 11)
    for t in np.arange(49.0, 300.0):
        tracker.step(seen(sensor, [vessel.at(t)], t, rng, of=ship.at(t)))
        tracker.step(Tick(T0 + t))
    tracks = sure(tracker.tracks(T0 + 299))
    assert len(tracks) == 1  # its own way is the base of a triangle
    assert nearest(tracks, vessel.at(0.0))[1] < 60


@pytest.mark.parametrize(
    ("changed", "place", "reason"),
    [
        ({"bearing": math.nan}, (), "no bearing or range"),
        ({"bearing_var": -1.0}, (), "no variance"),
        ({"bearing_var": 0.0}, (), "no variance"),
        ({"bearing_var": math.inf}, (), "no variance"),
        ({"time": math.nan}, (), "no time"),
        ({"time": T0 - 100.0}, (), "outside its sector's time"),
        ({"kind": ReportKind.RANGE}, (), "not what its sensor measures"),
        ({}, (90.0, 0.0), "observer at no place or a pole"),
        ({}, (91.0, 0.0), "observer at no place or a pole"),
        ({}, (26.0, math.nan), "observer at no place or a pole"),
    ],
)
def test_a_bearing_that_cannot_be_used_is_counted_by_its_reason(changed, place, reason):
    look = seen(camera(1), [Vessel(3000, 5000).at(0.0)], 0.0, np.random.default_rng(12))
    bad = Sector(1, T0, T0, 0.0, 0.0, look.reports.replace(**{k: [v] for k, v in changed.items()}), *place)
    for tracker in (Tracker([radar(), camera(1)]), RewindingTracker([radar(), camera(1)])):
        tracker.step(bad)
        tracker.step(Tick(T0 + 1))
        assert tracker.ignored == {reason: 1}
        assert len(tracker) == 0


def test_looks_of_unknown_sensors_and_reports_without_a_look_are_counted():
    tracker, rng = Tracker([radar(), camera(1), camera(2, math.nan, math.nan)]), np.random.default_rng(13)
    tracker.step(seen(camera(7), [NAHA, EAST], 0.0, rng))
    tracker.step(seen(camera(2), [EAST], 0.0, rng))
    kinds = [ReportKind.BEARING, ReportKind.RANGE, ReportKind.AREA]
    tracker.step(Batch(Reports.of(3, kind=kinds, time=T0, sensor=1)))
    assert tracker.ignored == {"unknown sensor": 2, "radar without a place": 1, "plot without a sector": 3}


SENSORS = [
    *(radar(0), camera(1, *EAST), camera(2, math.nan, math.nan), ranger(3, *EAST), person(4)),
    sensor_like(5, "lidar", SensorKind.LIDAR, lat_deg=NAHA[0], lon_deg=NAHA[1], range_max=8000.0, range_half=5000.0),
]


def mixed(seed, scans=24):
    """All kinds of sensors over five vessels, in order of time, no two looks at one time."""
    rng, given = np.random.default_rng(seed), []
    vessels = [Vessel(*rng.uniform(-6000, 6000, 2), *rng.normal(0, 5, 2)) for _ in range(5)]
    ship = Vessel(-1000, -1000, 6, 2)
    for k in range(scans):
        t = 2.5 * k
        places = [v.at(t) for v in vessels]
        given.append(Sector(0, T0 + t, T0 + t, 0.0, 0.0, measured(radar(), places, t, rng, clutter=8)))
        given.append(seen(SENSORS[1], places, t + 0.31, rng, detection=0.8, clutter=1, start=4.0, end=2.0))
        given.append(seen(SENSORS[2], places, t + 0.62, rng, detection=0.8, clutter=1, of=ship.at(t + 0.62)))
        given.append(ranged(SENSORS[3], places[:2], t + 0.93, rng))
        lidar = measured(SENSORS[5], [p for p in places for _ in range(3)], t + 1.24, rng, clutter=2)
        given.append(Sector(5, T0 + t + 1.24, T0 + t + 1.24, 0.0, 0.0, lidar))
        if k % 5 == 2:
            given.append(area(SENSORS[4], vessels[k % 3].at(t), t + 1.55))
        given.append(Tick(T0 + t + 2.0))
    return given


def test_a_run_of_all_kinds_of_looks_equals_its_steps_and_goes_on_from_its_state():
    given = mixed(20)
    one_by_one, at_once, restored = Tracker(SENSORS), Tracker(SENSORS), Tracker(SENSORS)
    for k, one in enumerate(given):
        if k == 77:
            restored.restore(through_json(one_by_one.state()))
        one_by_one.step(one)
        if k >= 77:
            restored.step(one)
    at_once.run(Stretch.of(given))
    assert len(sure(one_by_one.tracks())) >= 4
    assert same(one_by_one.state(), at_once.state())
    assert same(one_by_one.state(), restored.state())


@pytest.mark.parametrize("seed", [21, 22])
def test_late_looks_give_the_tracks_of_the_same_looks_in_order(seed):
    given, rng = mixed(seed), np.random.default_rng(seed)
    ordered = Tracker(SENSORS)
    for one in given:
        ordered.step(one)
    late = [(one.time + (rng.uniform(0, 20) if rng.random() < 0.4 and isinstance(one, Sector) else 0.0), k)
            for k, one in enumerate(given)]  # fmt: skip
    rewinding = RewindingTracker(SENSORS)
    for _, k in sorted(late):
        rewinding.step(given[k])
    rewinding.step(Tick(given[-1].time + 0.5))
    ordered.step(Tick(given[-1].time + 0.5))
    a, b = ordered.tracks(T0 + 70), rewinding.tracks(T0 + 70)
    assert len(a) > 3
    assert all(x.tobytes() == y.tobytes() for x, y in zip(a.columns().values(), b.columns().values(), strict=True))
    again = RewindingTracker(SENSORS)
    again.restore(rewinding.state())
    c = again.tracks(T0 + 70)
    assert all(x.tobytes() == y.tobytes() for x, y in zip(b.columns().values(), c.columns().values(), strict=True))


def test_the_same_bearing_from_two_places_is_two_looks():
    """The place belongs to what orders a look: two that differ by it alone are never taken for one another."""
    sensor = camera(2, math.nan, math.nan)
    look = seen(sensor, [Vessel(3000, 5000).at(0.0)], 0.0, np.random.default_rng(14), of=NAHA)
    other = Sector(2, look.time, look.received, 0.0, 0.0, look.reports, *EAST)
    states = []
    for order in ((look, other), (other, look)):
        tracker = RewindingTracker([radar(), sensor])
        plots = measured(radar(), [Vessel(3000, 5000).at(-2.5)], -2.5, np.random.default_rng(15), detection=1.0)
        tracker.step(Sector(0, T0 - 2.5, T0 - 2.5, 0.0, 0.0, plots))
        for one in order:
            tracker.step(one)
        tracker.step(Tick(T0 + 1))
        states.append(tracker.tracks(T0 + 1))
    assert all(x.tobytes() == y.tobytes() for x, y in
               zip(states[0].columns().values(), states[1].columns().values(), strict=True))  # fmt: skip


def test_a_bearing_at_a_track_nearly_overhead_leaves_it_a_gaussian():
    """Nearer than it is known, a bearing says next to nothing."""
    vessel = Vessel(30, 20)
    sensor = camera(1)
    tracker, rng = held_by_radar(vessel, [sensor], 16, range_min=0.0)
    for t in np.arange(49.0, 80.0):
        tracker.step(seen(sensor, [vessel.at(t)], t, rng))
    tracks = tracker.tracks(T0 + 79)
    assert np.isfinite(tracks.lat_deg).all()
    assert (tracks.cov_ee > 0).all()
    assert (tracks.cov_nn > 0).all()
    plane = geodesy.TangentPlane.at(*NAHA)
    east, north = geodesy.to_plane(plane, geodesy.ecef(tracks.lat_deg, tracks.lon_deg))
    assert np.hypot(east - 30, north - 20).min() < 25
