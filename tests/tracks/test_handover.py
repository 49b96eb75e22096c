"""A vessel that crosses the cover of three radars is one vessel: each next radar is cued by the last one's track."""

import math

import numpy as np
import pytest

from mihari.core import geodesy
from mihari.core.reports import Tick
from mihari.core.tracks import TrackStatus
from mihari.tracks import Tracker
from tracks.scenes import NAHA, T0, Vessel, measured, radar, turn

PERIOD = 5.0
REACH = 9000.0  # m, of each radar


def coast(apart):
    """Three radars from west to east on one latitude, so many m apart."""
    plane = geodesy.TangentPlane.at(*NAHA)
    places = [geodesy.from_plane(plane, apart * k, 0.0) for k in (-1, 0, 1)]
    return [radar(k, float(lat), float(lon), range_max=REACH, period=PERIOD) for k, (lat, lon) in enumerate(places)]


def under_way(sensors, vessel, seconds, seed):
    """(t, id of the live track within 200 m of the vessel or None, radars that support it) after each turn."""
    rng, tracker = np.random.default_rng(seed), Tracker(sensors)
    others = [Vessel(x, 2500 + 300 * k, 4 * (-1) ** k, 0.5) for k, x in enumerate(np.linspace(-20_000, 20_000, 12))]
    for k in range(int(seconds / PERIOD)):
        t = PERIOD * k
        for sensor in sensors:
            near = [v.at(t) for v in (vessel, *others)]
            away = [geodesy.polar_of(sensor.lat_deg, sensor.lon_deg, 0.0, *place)[0] for place in near]
            seen = [place for place, far in zip(near, away, strict=True) if far < REACH]
            for sector in turn(sensor, measured(sensor, seen, t, rng, clutter=10), t):
                tracker.step(sector)
        tracker.step(Tick(T0 + t))
        tracks = tracker.tracks(T0 + t)
        tracks = tracks.take(np.isin(tracks.status, (TrackStatus.CONFIRMED, TrackStatus.COASTED)))
        lat, lon = vessel.at(t)
        away = [
            float(geodesy.polar_of(lat, lon, 0.0, a, b)[0]) for a, b in zip(tracks.lat_deg, tracks.lon_deg, strict=True)
        ]
        n = int(np.argmin(away)) if away and min(away) < 200.0 else None
        yield t, None if n is None else int(tracks.id[n]), 0 if n is None else int(tracks.sensors[n])


@pytest.mark.parametrize("seed", [1, *(pytest.param(k, marks=pytest.mark.slow) for k in (2, 3))])
@pytest.mark.parametrize(
    "apart",
    [
        pytest.param(14_000.0, id="covers that overlap"),
        pytest.param(18_800.0, id="covers with a gap of a minute", marks=pytest.mark.slow),
    ],
)
def test_one_vessel_through_three_covers_is_one_track(apart, seed):
    sensors, speed = coast(apart), 12.0
    length = 2 * apart + 2 * 8500.0
    vessel = Vessel(-0.5 * length, 0.0, speed, 0.0)
    steps = list(under_way(sensors, vessel, length / speed, seed))
    ids = [name for _, name, _ in steps[6:]]
    assert set(ids) == {ids[0]}
    assert ids[0] is not None
    assert [max(bit for bit in range(3) if steps[n][2] >> bit & 1) for n in (10, len(steps) // 2, -1)] == [0, 1, 2]


@pytest.mark.slow
def test_a_gap_longer_than_a_track_is_coasted_ends_it():
    sensors = coast(18_000.0 + 12.0 * 260)
    vessel = Vessel(-1.5 * 21_120.0 + 2500, 0.0, 12.0, 0.0)
    ids = [name for _, name, _ in under_way(sensors, vessel, 3600.0, 4)]
    known = {name for name in ids if name is not None}
    assert len(known) >= 2
    assert None in ids[20:]
    assert math.isfinite(max(known))
