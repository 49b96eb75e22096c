"""What a radar's map of clutter learns, and whom it leaves alone."""

import numpy as np
import pytest

from mihari.tracks import Tracker, TrackerSettings
from mihari.tracks.lasting import cell_of, plots_needed
from tracks.scenes import Vessel, measured, nearest, radar, sure, turn
from tracks.test_state import through_json

BUOY, PERIOD = Vessel(4000.0, 3000.0), 2.5


def seen(tracker, sensor, rng, begin, scans, vessels=(), blinks=True):
    """Turns with an echo that shows 20 s in 300; ids of the confirmed tracks near it, and near `vessels`."""
    buoy, others = set[int](), [set[int]() for _ in vessels]
    for k in range(begin, begin + scans):
        t = k * PERIOD
        shows = blinks and t % 300.0 < 20.0
        places = [v.at(t) for v in vessels] + ([BUOY.at(t)] if shows else [])
        for sector in turn(sensor, measured(sensor, places, t, rng, detection=0.95, clutter=5), t, 1):
            tracker.step(sector)
        tracks = sure(tracker.tracks(tracker.time))
        for place, ids in [(BUOY.at(t), buoy), *((v.at(t), ids) for v, ids in zip(vessels, others, strict=True))]:
            if len(tracks) and nearest(tracks, place)[1] < 150.0:
                ids.add(nearest(tracks, place)[0])
    return buoy, others


@pytest.fixture(scope="module")
def learned():
    """Eighty minutes beside an echo that comes and goes, with a vessel at anchor."""
    sensor, rng = radar(0), np.random.default_rng(301)
    anchored = Vessel(-5000.0, 2000.0)
    trackers = [Tracker([sensor], TrackerSettings(lasting=k)) for k in (0.0, 0.98)]
    found = [seen(tracker, sensor, np.random.default_rng(301), 0, 1920, [anchored]) for tracker in trackers]
    return sensor, rng, anchored, trackers, found


def test_an_echo_that_comes_and_goes_begins_fewer_tracks_once_it_is_known(learned):
    sensor, _, _, (rings, cells), found = learned
    assert len(found[1][0]) < 0.6 * len(found[0][0])
    after = [len(seen(t, sensor, np.random.default_rng(302), 1920, 960)[0]) for t in (rings, cells)]
    assert after[0] >= 5
    assert after[1] <= 0.3 * after[0]


def test_a_vessel_at_anchor_stays_one_track_and_its_place_stays_clear(learned):
    _, _, anchored, (_, cells), found = learned
    assert len(found[1][1][0]) == 1
    assert needed(cells, anchored) < 0.6 * needed(cells, BUOY)


def test_a_vessel_that_anchors_on_open_sea_is_confirmed_within_a_minute(learned):
    sensor, _, _, (_, cells), _ = learned
    other = Tracker([sensor])
    other.restore(cells.state())
    newcomer = Vessel(2000.0, -7000.0)
    _, (ids,) = seen(other, sensor, np.random.default_rng(303), 4000, 24, [newcomer])
    assert len(ids) == 1


def test_a_vessel_that_passes_where_echoes_come_and_go_keeps_its_track(learned):
    sensor, rng, _, (_, cells), _ = learned
    other = Tracker([sensor])
    other.restore(cells.state())
    begin = 4000
    ship = Vessel(4000.0 - 6.0 * PERIOD * (begin + 60), 3000.0, 6.0, 0.0)
    _, (ids,) = seen(other, sensor, rng, begin, 120, [ship], blinks=True)
    assert len(ids - {0}) <= 2  # the echo itself may be nearest when the ship is there


def test_the_map_is_kept_with_the_state(learned):
    sensor, _, _, (_, cells), _ = learned
    again = Tracker([sensor])
    again.restore(through_json(cells.state()))
    again.know([sensor])
    assert needed(again, BUOY) == needed(cells, BUOY) > 3.0


def test_where_nothing_is_known_nothing_is_asked():
    record = Tracker([radar(0)])._radars[0]
    assert plots_needed(record, 3000.0, 4000.0, 0.98) == 0.0
    assert cell_of(record, 0.0, -1e6) == (63, 64)


def needed(tracker, vessel):
    return plots_needed(tracker._radars[0], vessel.east, vessel.north, 0.98)
