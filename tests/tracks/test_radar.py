"""The tracker on radar alone."""

import math

import numpy as np
import pytest

from mihari.core import geodesy
from mihari.core.reports import Batch, ReportKind, Reports, Sector, Tick
from mihari.core.tracks import TrackStatus
from mihari.tracks import Tracker
from tracks.scenes import NAHA, T0, Vessel, ais, last, measured, nearest, play, radar, sure, turn


def test_a_moving_and_a_stationary_vessel_are_held_as_one_track_each():
    rng = np.random.default_rng(1)
    vessels = [Vessel(3000, 4000, 6, -3), Vessel(-5000, 2000)]
    tracker, ids = Tracker([radar()]), set()
    for t, tracks in play(tracker, [radar()], vessels, 60, rng):
        if t > 25:
            assert len(sure(tracks)) == 2
            ids |= {nearest(sure(tracks), v.at(t))[0] for v in vessels}
            assert all(nearest(sure(tracks), v.at(t))[1] < 60 for v in vessels)
    assert len(ids) == 2
    tracks = sure(tracks)
    mover = tracks.id == nearest(tracks, vessels[0].at(t))[0]
    assert tracks.east_mps[mover][0] == pytest.approx(6, abs=1)
    assert tracks.north_mps[mover][0] == pytest.approx(-3, abs=1)
    assert np.hypot(tracks.east_mps[~mover], tracks.north_mps[~mover])[0] < 1


def test_clutter_alone_gives_few_confirmed_tracks():
    rng = np.random.default_rng(2)
    sensor = radar(clutter=1.6e-7)
    tracker = Tracker([sensor])
    seen = [len(sure(tracks)) for _, tracks in play(tracker, [sensor], [], 40, rng, clutter=200)]
    assert np.mean(seen) < 1.0


def test_five_detections_in_ten_scans_hold_a_track():
    """A small hull is seen five turns of ten: one track, coasted at worst."""
    rng = np.random.default_rng(19)
    sensor, vessel = radar(detection=0.5), Vessel(3000, 4000, 5, -2)
    tracker, seen = Tracker([sensor]), []
    for scan in range(80):
        places = [vessel.at(2.5 * scan)] if scan % 10 in (0, 2, 3, 6, 9) else []
        plots = measured(sensor, places, 2.5 * scan, rng, detection=1.0, clutter=5)
        tracker.step(Sector(0, T0 + 2.5 * scan, T0 + 2.5 * scan, 0.0, 0.0, plots))
        tracker.step(Tick(T0 + 2.5 * scan))
        if scan >= 20:
            tracks = tracker.tracks(T0 + 2.5 * scan)
            held = tracks.take((tracks.status == TrackStatus.CONFIRMED) | (tracks.status == TrackStatus.COASTED))
            seen.append(nearest(held, vessel.at(2.5 * scan)))
    assert len({track for track, _ in seen}) == 1
    assert max(away for _, away in seen) < 60


def test_a_far_radar_of_coarse_bearings_holds_a_vessel_that_ais_told_as_one():
    """At 60 km 0.4 degrees are 420 m: plots lie farther away than any vessel moves, and in other sectors."""
    rng = np.random.default_rng(7)
    sensor = radar(range_max=74_000.0, range_sd=20.0, bearing_sd=math.radians(0.4), period=4.0, clutter=2e-9)
    vessels = [Vessel(east, 58_000, 5, 0) for east in (-12_000, 0, 12_000)]  # the middle one at a sector's border
    tracker = Tracker([sensor])
    first = tracker.next_id
    for scan in range(90):
        t, places = 4.0 * scan, [v.at(4.0 * scan) for v in vessels]
        for k, (lat, lon) in enumerate(places if scan % 2 == 0 else ()):
            tracker.step(ais(t - 0.5, lat, lon, 431000001 + k, 5.0, math.pi / 2))
        for sector in turn(sensor, measured(sensor, places, t, rng), t, sectors=32):
            tracker.step(sector)
        tracker.step(Tick(T0 + t))
    assert len(sure(tracker.tracks(T0 + t))) == 3
    assert tracker.next_id - first < 9  # one plot in twenty is farther away than the gate of a near radar


def test_two_crossing_vessels_keep_their_identities():
    rng = np.random.default_rng(3)
    kept = 0
    for _ in range(5):
        vessels = [Vessel(3000, 3000, 6, 2), Vessel(3000, 3400, 6, -2)]  # meet after 100 s, 4 m/s apart
        tracker = Tracker([radar()])
        steps = list(play(tracker, [radar()], vessels, 80, rng))
        before = [nearest(sure(steps[20][1]), v.at(steps[20][0]))[0] for v in vessels]
        after = [nearest(sure(steps[-1][1]), v.at(steps[-1][0]))[0] for v in vessels]
        kept += before == after
    assert kept >= 4


def test_two_radars_that_overlap_give_one_track_a_vessel():
    rng = np.random.default_rng(4)
    radars = [radar(0), radar(1, NAHA[0] + 0.08, NAHA[1] + 0.05)]
    vessels = [Vessel(3000, 4000, 6, -3), Vessel(6000, 2000, -4, 4), Vessel(1000, 7000)]
    tracker = Tracker(radars)
    _, tracks = last(play(tracker, radars, vessels, 40, rng))
    assert len(sure(tracks)) == 3
    assert (sure(tracks).sensors == 0b11).all()
    assert max(nearest(sure(tracks), v.at(39 * 2.5))[1] for v in vessels) < 40


def test_a_vessel_on_a_sector_border_is_held_as_well_as_one_inside():
    rng = np.random.default_rng(5)
    border, inside = Vessel(10, 3000, 0, 5), Vessel(3000 * math.sin(0.1), 3000 * math.cos(0.1), 0, 0)
    tracker = Tracker([radar()])
    worst = {0: 1.0, 1: 1.0}
    for t, tracks in play(tracker, [radar()], [border, inside], 80, rng, sectors=32):
        if t > 25:
            assert len(sure(tracks)) == 2
            for k, v in enumerate((border, inside)):
                track, d = nearest(tracks, v.at(t))
                assert d < 60
                worst[k] = min(worst[k], tracks.existence[tracks.id == track][0])
    assert worst[0] > 0.9
    assert worst[1] > 0.9


def test_sectors_or_a_whole_turn_at_once_come_to_the_same():
    vessels = [Vessel(3000, 4000, 6, -3), Vessel(-5000, 2000), Vessel(0, 6000, 3, 0)]
    ends = []
    for sectors in (1, 32):
        tracker = Tracker([radar()])
        _, tracks = last(play(tracker, [radar()], vessels, 40, np.random.default_rng(6), clutter=20, sectors=sectors))
        ends.append([nearest(sure(tracks), v.at(39 * 2.5))[1] for v in vessels])
        assert len(sure(tracks)) == 3
    assert ends[0] == pytest.approx(ends[1], abs=5)


@pytest.mark.parametrize(
    "origin",
    [
        (26.2, 180.0),
        (-70.0, -179.99),
        *(pytest.param(k, marks=pytest.mark.slow) for k in ((0.0, 10.0), (85.0, 20.0), (89.9, 0.0))),
    ],
)
def test_every_place_on_earth_is_as_good(origin):
    rng = np.random.default_rng(7)
    sensor = radar(0, *origin)
    vessels = [Vessel(-3000, 4000, 7, 1, origin), Vessel(2000, 9000, -5, 3, origin), Vessel(100, -6000, 0, 0, origin)]
    tracker = Tracker([sensor])
    _, tracks = last(play(tracker, [sensor], vessels, 50, rng, clutter=10, sectors=16))
    assert len(sure(tracks)) == 3
    assert max(nearest(sure(tracks), v.at(49 * 2.5))[1] for v in vessels) < 50


def test_a_lost_vessel_coasts_and_is_dropped_once():
    rng = np.random.default_rng(8)
    tracker = Tracker([radar()])
    last(play(tracker, [radar()], [Vessel(3000, 4000)], 20, rng))
    coasted, dropped = [], []
    for second in range(50, 600):
        told = tracker.step(Tick(T0 + second))
        coasted += told.id[told.status == TrackStatus.COASTED].tolist()
        dropped += told.id[told.status == TrackStatus.DROPPED].tolist()
    assert len(coasted) == 1
    assert dropped.count(coasted[0]) == 1
    assert len(tracker) == 0
    assert tracker.next_due == math.inf


def test_a_vessel_that_the_radar_looks_past_loses_existence_until_dropped():
    rng = np.random.default_rng(9)
    tracker = Tracker([radar()])
    vessel = Vessel(3000, 4000)
    last(play(tracker, [radar()], [vessel], 20, rng))
    _, tracks = last(play(tracker, [radar()], [], 60, rng, first=20))
    assert len(tracks) == 0


def test_ticks_before_the_due_time_change_nothing():
    rng = np.random.default_rng(10)
    tracker = Tracker([radar()])
    last(play(tracker, [radar()], [Vessel(3000, 4000)], 10, rng))
    before = tracker.tracks()
    due = tracker.next_due
    assert due > tracker.time
    assert len(tracker.step(Tick(due - 0.001))) == 0
    assert tracker.next_due == due
    assert before.columns().keys() == tracker.tracks().columns().keys()
    assert all(
        np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
        for a, b in zip(before.columns().values(), tracker.tracks().columns().values(), strict=True)
    )
    assert len(tracker.step(Tick(due))) > 0


def test_the_same_input_gives_the_same_tracks_bit_for_bit():
    vessels = [Vessel(3000, 4000, 6, -3), Vessel(-5000, 2000), Vessel(0, 6000, 3, 0)]
    ends = []
    for _ in range(2):
        tracker = Tracker([radar()])
        ends.append(last(play(tracker, [radar()], vessels, 20, np.random.default_rng(11), clutter=100, sectors=8))[1])
    for a, b in zip(ends[0].columns().values(), ends[1].columns().values(), strict=True):
        assert a.tobytes() == b.tobytes()


def test_what_is_given_stays_as_it_was():
    rng = np.random.default_rng(12)
    plots = measured(radar(), [Vessel(3000, 4000).at(0)], 0.0, rng, clutter=50)
    before = {name: values.copy() for name, values in plots.columns().items()}
    Tracker([radar()]).step(Sector(0, T0, T0, 0.0, 0.0, plots))
    for name, values in plots.columns().items():
        assert np.array_equal(values, before[name], equal_nan=values.dtype.kind == "f")


def test_nothing_in_nothing_out():
    tracker = Tracker([radar()])
    assert len(tracker.step(Sector(0, T0, T0, 0.0, 1.0, Reports.empty()))) == 0
    assert len(tracker.step(Batch(Reports.empty()))) == 0
    assert len(tracker.step(Tick(T0))) == 0
    assert len(tracker.tracks(T0)) == len(tracker.associations) == 0
    assert tracker.next_due == math.inf


def test_associations_name_the_plot_and_the_track():
    rng = np.random.default_rng(13)
    tracker, vessel = Tracker([radar()]), Vessel(3000, 4000)
    _, tracks = last(play(tracker, [radar()], [vessel], 20, rng))
    plots = measured(radar(), [vessel.at(50)], 50.0, rng, detection=1.0)
    tracker.step(Sector(0, T0 + 50, T0 + 50, 0.0, 0.0, plots))
    assert tracker.associations.row.tolist() == [0]
    assert tracker.associations.track[0] == sure(tracks).id[0]
    assert tracker.associations.probability[0] > 0.9


def test_land_never_gives_birth():
    rng = np.random.default_rng(14)
    tracker = Tracker([radar()], on_land=lambda lat, lon: lat > NAHA[0])
    _, tracks = last(play(tracker, [radar()], [Vessel(3000, 4000), Vessel(3000, -4000)], 20, rng))
    assert len(sure(tracks)) == 1
    assert (tracks.lat_deg < NAHA[0]).all()


def test_bad_plots_are_counted_and_survived():
    rng = np.random.default_rng(15)
    tracker, vessel = Tracker([radar()]), Vessel(3000, 4000)
    last(play(tracker, [radar()], [vessel], 20, rng))
    good = measured(radar(), [vessel.at(50)] * 6, 50.0, rng, detection=1.0)
    bad = good.replace(
        lat_deg=[np.nan, 91.0, 90.0, *good.lat_deg[3:]],
        cov_ee=[1, 1, 1, -5.0, np.nan, 1e300],
        time=[*good.time[:5], np.nan],
        kind=[3, 3, 3, 3, 3, 3],
    )
    tracker.step(Sector(0, T0 + 50, T0 + 50, 0.0, 0.0, bad))
    assert tracker.ignored == {"no position": 2, "no time": 1}
    assert np.isfinite(tracker.tracks().lat_deg).all()
    assert len(sure(tracker.tracks())) == 1


def test_other_kinds_and_other_sensors_are_counted_and_make_no_tracks():
    tracker = Tracker([radar(), radar(2, float("nan"), float("nan"))])
    plots = measured(radar(), [NAHA], 0.0, np.random.default_rng(16), detection=1.0)
    for k, kind in enumerate((ReportKind.TRANSPONDER, ReportKind.RADAR_TRACK)):
        tracker.step(Sector(0, T0 + k, T0 + k, 0.0, 0.0, plots.replace(kind=[kind])))
    tracker.step(Sector(7, T0, T0, 0.0, 0.0, plots))
    tracker.step(Sector(2, T0, T0, 0.0, 0.0, plots))
    assert tracker.ignored == {"not a plot": 2, "unknown sensor": 1, "radar without a place": 1}
    assert len(tracker) == 0


def test_a_sector_that_comes_late_by_seconds_is_used_and_an_older_one_counted():
    rng = np.random.default_rng(17)
    radars = [radar(0), radar(1)]
    tracker, vessel = Tracker(radars), Vessel(3000, 4000, 10, 0)
    last(play(tracker, radars[:1], [vessel], 30, rng))
    for second, late in ((74.0, 0), (40.0, 1)):
        plots = measured(radars[1], [vessel.at(second)], second, rng, detection=1.0)
        tracker.step(Sector(1, T0 + second, T0 + second, 0.0, 0.0, plots))
        assert tracker.late == late
    tracks = sure(tracker.tracks(T0 + 72.5))
    assert nearest(tracks, vessel.at(float(tracks.time[0]) - T0))[1] < 40


def normalised_error(tracks, k, place, velocity):
    """Squared error of row k in units of its covariance, per dimension; 1 on average if the covariance is right."""
    plane = geodesy.TangentPlane.at(*place)
    east, north = geodesy.to_plane(plane, geodesy.ecef(tracks.lat_deg[k], tracks.lon_deg[k]))
    error = np.array([east, north, tracks.east_mps[k] - velocity[0], tracks.north_mps[k] - velocity[1]])
    covariance = np.array([[getattr(tracks, f"cov_{min(a, b)}{max(a, b)}")[k] for b in "enuv"] for a in "enuv"])
    return error @ np.linalg.solve(covariance, error) / 4


def test_the_covariance_says_how_wrong_the_state_is():
    """Vessels that wander, manoeuvre and turn as the tracker assumes; on those that only wander it is too careful."""
    rng = np.random.default_rng(18)
    grid = np.array([(e, n) for e in range(-8000, 9000, 2000) for n in range(-8500, 9000, 2000)], float)
    velocity = rng.normal(0, 4, grid.shape)
    sensor, plane = radar(), geodesy.TangentPlane.at(*NAHA)
    tracker, found = Tracker([sensor]), []
    s, dt = tracker.settings, 2.5
    root = np.linalg.cholesky(np.array([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]]))
    holds, rate = np.ones(len(grid), bool), np.zeros(len(grid))  # whether it holds on; rad/s where it turns
    for k in range(50):
        begins = holds & (rng.random(len(grid)) < dt / s.holds)
        ends = ~holds & (rng.random(len(grid)) < dt / s.manoeuvres)
        turns = begins & (rng.random(len(grid)) < 0.5)
        holds, rate = holds & ~begins | ends, np.where(turns, rng.normal(0, s.turn_sd, len(grid)), rate * ~ends)
        swerves = s.acceleration + s.swerves * (velocity**2).sum(1, keepdims=True)
        noise = np.sqrt(np.where((holds | (rate != 0))[:, None], swerves, s.agility))
        sin, cos = np.sin(rate * dt)[:, None], np.cos(rate * dt)[:, None]
        velocity = velocity * cos + velocity[:, ::-1] * (sin * [1, -1])
        shift, change = np.einsum("ab,bij->aij", root, rng.normal(size=(2, *grid.shape))) * noise
        grid, velocity = grid + velocity * dt + shift, velocity + change
        lat, lon = geodesy.from_plane(plane, grid[:, 0], grid[:, 1])
        places = list(zip(lat.tolist(), lon.tolist(), strict=True))
        for sector in turn(sensor, measured(sensor, places, k * dt, rng), k * dt):
            tracker.step(sector)
        if k >= 24 and k % 5 == 0:
            tracks = sure(tracker.tracks(T0 + k * dt))
            for place, v in zip(places, velocity, strict=True):
                track, d = nearest(tracks, place)
                if d < 300:
                    found.append(normalised_error(tracks, int(np.flatnonzero(tracks.id == track)[0]), place, v))
    assert len(found) > 380
    assert 0.7 < np.mean(found) < 1.4
