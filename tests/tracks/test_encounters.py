"""Two vessels that meet are the same two afterwards: what they were before tells who is who."""

import math

import numpy as np
import pytest

from mihari.core import geodesy
from mihari.core.reports import Tick
from mihari.core.tracks import TrackStatus
from mihari.tracks import Tracker, TrackerSettings
from tracks.scenes import T0, Vessel, measured, play, radar, told, turn

SCANS = 100
NEVER = TrackerSettings(exchange=math.inf)


def meeting(seed):
    """Two vessels of one speed, 5 to 9 degrees between their courses, that meet in the middle of 250 s."""
    rng = np.random.default_rng(seed)
    middle, course = SCANS * 1.25, rng.uniform(0, 2 * math.pi)
    vessels = []
    for turned in (0.0, math.radians(rng.uniform(5, 9))):
        u, v = 8 * math.sin(course + turned), 8 * math.cos(course + turned)
        off = rng.uniform(-8, 8, 2)
        vessels.append(Vessel(off[0] - u * middle, 6000 + off[1] - v * middle, u, v))
    return vessels, rng


def owners(tracks, places):
    """The id of the confirmed track nearest to each place, within 100 m."""
    tracks = tracks.take(tracks.status == TrackStatus.CONFIRMED)
    found = []
    for lat, lon in places:
        away = [geodesy.polar_of(lat, lon, 0.0, a, b)[0] for a, b in zip(tracks.lat_deg, tracks.lon_deg, strict=True)]
        found.append(int(tracks.id[int(np.argmin(away))]) if away and min(away) < 100.0 else None)
    return found


def exchanged(settings, seeds):
    """In how many meetings the tracks' ids are exchanged from before to after."""
    count = 0
    for seed in seeds:
        vessels, rng = meeting(seed)
        sensor = radar()
        steps = list(play(Tracker([sensor], settings), [sensor], vessels, SCANS, rng, clutter=10))
        before, after = (owners(tracks, [v.at(t) for v in vessels]) for t, tracks in (steps[20], steps[-1]))
        count += None not in before and len(set(before)) == 2 and before == after[::-1]
    return count


@pytest.mark.slow
def test_vessels_that_met_keep_their_names_or_get_them_back():
    left, without = exchanged(TrackerSettings(), range(60)), exchanged(NEVER, range(60))
    assert without >= 6, "the scene is too easy to say anything"
    assert left <= without // 2


def test_names_go_with_what_lies_behind_not_with_ais():
    """A vessel that AIS names is never given another's name, whatever its way looks like."""
    sensor, rng = radar(), np.random.default_rng(1)
    tracker = Tracker([sensor], TrackerSettings(exchange=-50.0))  # would exchange at any doubt
    quiet, named = Vessel(-500, 6000, 5, 0.3), Vessel(500, 6000, -5, 0)
    for k in range(SCANS):
        t = 2.5 * k
        if k % 4 == 0:
            tracker.step(told(named, t, 431000001, rng))
        for sector in turn(sensor, measured(sensor, [v.at(t) for v in (quiet, named)], t, rng), t):
            tracker.step(sector)
        tracker.step(Tick(T0 + t))
        if k == 16:
            before = owners(tracker.tracks(), [v.at(t) for v in (quiet, named)])
    assert None not in before
    assert owners(tracker.tracks(), [v.at(t) for v in (quiet, named)]) == before


def test_vessels_far_apart_are_never_asked_who_they_are():
    sensor, rng = radar(), np.random.default_rng(2)
    tracker = Tracker([sensor], TrackerSettings(exchange=-50.0))
    vessels = [Vessel(-2000 + 700 * k, 5000, 4, 1) for k in range(6)]
    ids = [owners(tracks, [v.at(t) for v in vessels]) for t, tracks in play(tracker, [sensor], vessels, 60, rng)]
    assert None not in ids[10]
    assert ids[10] == ids[-1]
