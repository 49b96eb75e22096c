"""What people see when late reports give ids anew: the same vessel under the same number."""

import numpy as np

from mihari.archive.state import differing
from mihari.core.reports import Tick
from mihari.core.tracks import Tracks
from mihari.picture.numbers import Numbers
from mihari.pipeline import Pipeline
from mihari.tracks.retold import Turned
from tracks.scenes import T0, Vessel, told


def heard(late):
    """Vessels that turn up one after the other; the first report of the last comes `late` s late."""
    given = [(second + 0.5, Tick(T0 + second + 0.5)) for second in range(60)]
    given += [(s, told(vessel(k), s, 431000001 + k)) for k in range(4) for s in range(7 * k, 60, 10)]
    given += [(s, told(vessel(4), s, 431000009)) for s in range(41, 60, 6)]
    given.append((3 + late, told(vessel(4), 3, 431000009)))
    return [one for _, one in sorted(given, key=lambda each: each[0])]


def vessel(k):
    return Vessel(3000.0 * k, 2000.0, 5.0, -2.0)


def test_a_vessel_keeps_its_number_although_late_reports_change_ids():
    pipeline, seen = Pipeline(), {}
    for one in heard(30.0):
        pipeline.take(one)
        if isinstance(one, Tick):
            vessels = pipeline.picture().vessels
            for mmsi, name, track in zip(vessels.mmsi, vessels.id, vessels.track, strict=True):
                seen.setdefault(int(mmsi), set()).add((int(name), int(track)))
    assert len(seen) == 5
    assert all(len(numbers) == 1 for numbers in seen.values())
    ids, numbers = pipeline.tracker.tracks(), pipeline.tracks()
    of_place = dict(zip(ids.lat_deg.tolist(), ids.id.tolist(), strict=True))
    told_by_place = dict(zip(numbers.lat_deg.tolist(), numbers.id.tolist(), strict=True))
    assert of_place.keys() == told_by_place.keys()
    assert of_place != told_by_place  # in the tracker they did change
    again = Pipeline()
    again.restore(pipeline.state())
    assert differing(again.state(), pipeline.state()) == []
    assert again.tracks().id.tolist() == pipeline.tracks().id.tolist()


def test_what_a_late_report_claims_is_told_of_its_vessel():
    pipeline = Pipeline()
    pipeline.take(Tick(T0))
    for second in (10, 20):
        pipeline.take(Tick(T0 + second + 2.0))
        pipeline.take(told(vessel(0), second, 431000001))  # each of them comes late
    pipeline.take(Tick(T0 + 23.0))
    assert pipeline.picture().vessels.mmsi.tolist() == [431000001]


def test_no_track_is_given_the_number_of_a_tentative_one_that_was_renamed():
    numbers = Numbers()
    numbers.of(np.array([1, 2]))  # told of; 3 to 6 are tentative
    numbers.turn(Turned(Tracks.empty(), np.array([[6, 5], [7, 6]]), 5))
    assert numbers.of(np.array([3, 4, 6, 7])).tolist() == [3, 4, 5, 6]
    given = numbers.of(np.arange(1, 12)).tolist()
    assert len(set(given)) == len(given)
