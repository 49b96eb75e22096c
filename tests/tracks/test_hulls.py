"""Several plots of one hull: one measurement."""

import numpy as np

from mihari.core.reports import Sector
from mihari.core.sensor import SensorKind, sensor_like
from mihari.tracks import Tracker
from tracks.scenes import NAHA, T0, Vessel, measured, nearest, sure


def lidar(**given):
    usual = {"lat_deg": NAHA[0], "lon_deg": NAHA[1], "range_sd": 0.3, "bearing_sd": 0.002}
    return sensor_like(0, "lidar", SensorKind.LIDAR, **(usual | given))


def hull(vessel, t, rng, count=5):
    """Places on a hull of 8 m."""
    return [
        Vessel(vessel.east + e, vessel.north + n, vessel.u, vessel.v).at(t) for e, n in rng.uniform(-3, 3, (count, 2))
    ]


def followed(vessels, seed, scans=40, count=5, **given):
    """(tracker, most tracks that were confirmed at once)."""
    rng, sensor, most = np.random.default_rng(seed), lidar(**given), 0
    tracker = Tracker([sensor])
    for k in range(scans):
        t = 0.5 * k
        places = [p for v in vessels for p in hull(v, t, rng, count)]
        tracker.step(Sector(0, T0 + t, T0 + t, 0.0, 0.0, measured(sensor, places, t, rng, detection=0.9)))
        most = max(most, len(sure(tracker.tracks(T0 + t))))
    return tracker, most


def test_five_plots_of_one_hull_make_one_track():
    vessel = Vessel(40, 30, 1.5, 0.5)
    tracker, most = followed([vessel], 1)
    tracks = sure(tracker.tracks())
    assert most == len(tracks) == 1
    assert nearest(tracks, vessel.at(19.5))[1] < 4


def test_without_a_hull_they_would_make_more():
    assert followed([Vessel(40, 30, 1.5, 0.5)], 1, hull=0.0)[1] > 1


def test_two_hulls_farther_apart_than_one_is_long_stay_two_tracks():
    tracker, most = followed([Vessel(40, 30), Vessel(60, 30)], 2)
    assert most == len(sure(tracker.tracks())) == 2


def test_the_order_of_plots_does_not_matter():
    rng, sensor, states = np.random.default_rng(3), lidar(), []
    plots = measured(sensor, hull(Vessel(40, 30), 0.0, rng) + hull(Vessel(-50, 10), 0.0, rng), 0.0, rng, detection=1.0)
    for order in (np.arange(10), rng.permutation(10)):
        tracker = Tracker([sensor])
        tracker.step(Sector(0, T0, T0, 0.0, 0.0, plots.take(order)))
        states.append(tracker.state()["track_x"].tobytes() + tracker.state()["track_P"].tobytes())
    assert states[0] == states[1]


def test_a_vessel_out_of_the_lidars_reach_is_not_given_up_while_radar_holds_it():
    rng = np.random.default_rng(4)
    sensors = [
        lidar(range_half=60.0),
        sensor_like(1, "radar", SensorKind.RADAR, lat_deg=NAHA[0], lon_deg=NAHA[1], range_max=500.0, period=1.5),
    ]
    tracker, vessel, held = Tracker(sensors), Vessel(70, 60), []
    for k in range(60):
        t = 0.5 * k
        if k % 3 == 0:
            plots = measured(sensors[1], [vessel.at(t)], t, rng, detection=0.9)
            tracker.step(Sector(1, T0 + t, T0 + t, 0.0, 0.0, plots))
        tracker.step(Sector(0, T0 + t, T0 + t, 0.0, 0.0, measured(sensors[0], [], t, rng)))
        held.append(len(sure(tracker.tracks(T0 + t))))
    assert all(n == 1 for n in held[12:])
