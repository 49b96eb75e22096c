"""The tracker on AIS, alone and together with radar."""

import math

import numpy as np
import pytest

from mihari.core.reports import Batch, Claims, ReportKind, Reports, Subject, Tick
from mihari.core.tracks import TrackStatus
from mihari.tracks import Tracker
from tracks.scenes import NAHA, T0, Vessel, ais, last, nearest, play, radar, station, sure, told

SENSORS = [radar(0), station(1)]


def watched(tracker, vessels, mmsi, scans, rng, first=0, every=4, **given):
    """Radar turns with an AIS report of each vessel that has an MMSI, every few of them; yields (t, tracks)."""
    for k in range(first, first + scans):
        t, _tracks = last(play(tracker, SENSORS[:1], vessels, 1, rng, first=k, **given))
        if k % every == 0:
            for v, m in zip(vessels, mmsi, strict=True):
                if m:
                    tracker.step(told(v, t, m, rng))
        yield t, tracker.tracks(T0 + t)


def test_ais_alone_makes_a_confirmed_track_with_the_second_report():
    tracker, vessel = Tracker(SENSORS), Vessel(3000, 4000, 6, -3)
    assert len(tracker.step(told(vessel, 0, 431000001))) == 0  # not told: nobody need hear of it yet
    first = tracker.tracks()
    assert first.status.tolist() == [TrackStatus.TENTATIVE]
    second = tracker.step(told(vessel, 10, 431000001))
    assert second.status.tolist() == [TrackStatus.CONFIRMED]
    assert second.id.tolist() == first.id.tolist()
    assert tracker.associations.track.tolist() == first.id.tolist()
    assert nearest(second, vessel.at(10))[1] < 10


def test_a_moored_class_b_is_held_over_its_long_interval():
    tracker, vessel = Tracker(SENSORS), Vessel(3000, 4000)
    ids = set()
    for k in range(6):
        for second in range(180):
            tracker.step(Tick(T0 + 180 * k + second))
        ids |= set(tracker.step(told(vessel, 180 * (k + 1), 431000001, device="B")).id.tolist())
    assert len(ids) == 1
    assert tracker.tracks().status.tolist() == [TrackStatus.CONFIRMED]


def test_ais_and_radar_of_one_vessel_are_one_track():
    rng = np.random.default_rng(21)
    vessels = [Vessel(3000, 4000, 6, -3), Vessel(-5000, 2000)]
    tracker = Tracker(SENSORS)
    t, tracks = last(watched(tracker, vessels, [431000001, 431000002], 40, rng, clutter=20))
    assert len(sure(tracks)) == 2
    assert (sure(tracks).sensors == 0b11).all()
    assert max(nearest(tracks, v.at(t))[1] for v in vessels) < 30


def test_ais_first_or_radar_first_are_one_track():
    rng = np.random.default_rng(22)
    vessel = Vessel(3000, 4000, 6, -3)
    tracker = Tracker(SENSORS)
    for second in range(0, 40, 10):
        tracker.step(told(vessel, second, 431000001, rng))
    _, tracks = last(watched(tracker, [vessel], [431000001], 20, rng, first=16))
    assert len(sure(tracks)) == 1
    tracker = Tracker(SENSORS)
    last(play(tracker, SENSORS[:1], [vessel], 16, rng))
    _, tracks = last(watched(tracker, [vessel], [431000001], 20, rng, first=16))
    assert len(sure(tracks)) == 1


def test_ais_lost_is_the_same_track_by_radar():
    rng = np.random.default_rng(23)
    tracker, vessel = Tracker(SENSORS), Vessel(3000, 4000, 6, -3)
    t, tracks = last(watched(tracker, [vessel], [431000001], 30, rng))
    before = sure(tracks).id.tolist()
    t, tracks = last(play(tracker, SENSORS[:1], [vessel], 80, rng, first=30))
    assert sure(tracks).id.tolist() == before
    assert tracks.visibility_ais[tracks.id == before[0]][0] < 0.1
    assert T0 + t - tracks.heard_ais[tracks.id == before[0]][0] > 150


def test_a_vessel_that_only_ais_sees_is_not_killed_by_the_radar():
    rng = np.random.default_rng(24)
    tracker, vessel = Tracker(SENSORS), Vessel(3000, 4000, 2, 0)
    _t, tracks = last(watched(tracker, [vessel], [431000001], 120, rng, detection=0.0, every=12))
    assert len(sure(tracks)) == 1
    assert sure(tracks).visibility_radar[0] < 0.1


def test_two_ships_with_one_mmsi_stay_two_tracks():
    tracker = Tracker(SENSORS)
    vessels = [Vessel(3000, 4000, 6, -3), Vessel(-2000, 3000, -4, 0)]
    for k in range(30):
        tracker.step(told(vessels[k % 2], 5 * k, 431000001))
    tracks = sure(tracker.tracks(T0 + 145))
    assert len(tracks) == 2
    assert max(nearest(tracks, v.at(145))[1] for v in vessels) < 30


def test_a_false_position_shows_as_another_track_and_the_true_one_goes_on():
    rng = np.random.default_rng(25)
    tracker, vessel, lie = Tracker(SENSORS), Vessel(3000, 4000, 6, -3), Vessel(-1000, 9000, 5, 5)
    _, tracks = last(watched(tracker, [vessel], [431000001], 30, rng))
    before = sure(tracks).id.tolist()
    for k in range(30, 70):
        t, _ = last(play(tracker, SENSORS[:1], [vessel], 1, rng, first=k))
        if k % 4 == 0:
            tracker.step(told(lie, t, 431000001, rng))
    tracks = sure(tracker.tracks(T0 + t))
    assert len(tracks) == 2
    assert nearest(tracks, vessel.at(t))[0] == before[0]
    assert nearest(tracks, vessel.at(t))[1] < 40
    other, d = nearest(tracks, lie.at(t))
    assert other != before[0]
    assert d < 40


def test_two_vessels_side_by_side_keep_their_own_mmsi():
    rng = np.random.default_rng(26)
    vessels = [Vessel(3000, 4000, 6, 0), Vessel(3000, 4250, 6, 0)]
    tracker = Tracker(SENSORS)
    for t, tracks in watched(tracker, vessels, [431000001, 431000002], 60, rng):
        if t > 60:
            assert len(sure(tracks)) == 2
            assert max(nearest(sure(tracks), v.at(t))[1] for v in vessels) < 60


@pytest.mark.parametrize("subject", [Subject.STATION, Subject.AID, Subject.OWN])
def test_stations_aids_and_own_ship_are_no_vessels(subject):
    tracker = Tracker(SENSORS)
    for second in (0, 10):
        assert len(tracker.step(ais(second, *NAHA, 4310001, subject=subject))) == 0
    assert tracker.ignored == {"not a vessel": 2}


@pytest.mark.parametrize("subject", [Subject.SART, Subject.MOB, Subject.EPIRB, Subject.AIRCRAFT])
def test_distress_devices_and_aircraft_are_tracked(subject):
    tracker = Tracker(SENSORS)
    for second in (0, 10):
        tracker.step(ais(second, *NAHA, 970000001, speed=0.0, course=0.0, subject=subject, device=""))
    assert len(sure(tracker.tracks())) == 1


def test_a_report_without_a_place_or_from_the_future_is_counted_and_changes_nothing():
    tracker = Tracker(SENSORS)
    tracker.step(Tick(T0))
    tracker.step(ais(0, math.nan, 127.0, 431000001))
    tracker.step(ais(7200, *NAHA, 431000001))
    tracker.step(ais(math.nan, *NAHA, 431000001))
    assert tracker.ignored == {"no position": 1, "ahead of time": 1, "no time": 1}
    assert len(tracker) == 0


def test_one_batch_of_many_reports_equals_many_batches_of_one():
    vessels = [Vessel(3000, 4000, 6, -3), Vessel(-2000, 3000, -4, 0)]
    single = [told(v, t, 431000001 + k) for t in range(0, 60, 10) for k, v in enumerate(vessels)]
    apart = Tracker(SENSORS)
    for batch in single:
        apart.step(batch)
    reports = Reports.concatenate([b.reports for b in single]).replace(claim=np.arange(len(single)))
    mixed = np.random.default_rng(27).permutation(len(single))
    together = Tracker(SENSORS)
    together.step(Batch(reports.take(mixed), Claims.concatenate([b.claims for b in single])))
    a, b = apart.tracks(T0 + 60), together.tracks(T0 + 60)
    order = [nearest(b, (lat, lon)) for lat, lon in zip(a.lat_deg, a.lon_deg, strict=True)]
    assert len(a) == len(b) == 2
    assert max(d for _, d in order) < 1e-6
    assert set(together.associations.row.tolist()) == set(range(len(single)))


def test_a_delayed_report_of_a_vessel_in_order_for_itself_is_used():
    tracker = Tracker(SENSORS)
    quick, slow = Vessel(3000, 4000, 6, -3), Vessel(-2000, 3000, -4, 0)
    tracker.step(told(slow, 0, 431000002))
    tracker.step(told(quick, 30, 431000001))
    tracker.step(told(slow, 10, 431000002))  # 20 s behind the newest report, but the newest of this vessel
    tracks = tracker.tracks()
    assert sorted(tracks.time.tolist()) == [T0 + 10, T0 + 30]
    assert tracker.late == 0


def test_an_old_report_of_a_vessel_that_is_further_on_is_counted():
    tracker, vessel = Tracker(SENSORS), Vessel(3000, 4000, 6, -3)
    tracker.step(told(vessel, 30, 431000001))
    tracker.step(told(vessel, 0, 431000001))
    assert tracker.late == 1
    assert len(tracker) == 1


def test_a_silent_ship_coasts_after_minutes_and_is_dropped_much_later():
    tracker, vessel = Tracker(SENSORS), Vessel(3000, 4000, 6, -3)
    for second in range(0, 100, 10):
        tracker.step(told(vessel, second, 431000001))
    seen = {}
    for second in range(100, 3000):
        for status in tracker.step(Tick(T0 + second)).status.tolist():
            seen.setdefault(status, second - 90)
    assert seen[TrackStatus.COASTED] == pytest.approx(60, abs=2)
    assert seen[TrackStatus.DROPPED] == pytest.approx(1800, abs=2)


def test_a_radar_offset_still_gives_one_track():
    rng = np.random.default_rng(28)
    vessel, seen = Vessel(3000, 4000, 6, -3), Vessel(3060, 4040, 6, -3)  # 72 m apart: registration, antenna offset
    tracker = Tracker(SENSORS)
    for k in range(60):
        t, _ = last(play(tracker, SENSORS[:1], [seen], 1, rng, first=k))
        if k % 4 == 0:
            tracker.step(told(vessel, t, 431000001, rng))
    assert len(sure(tracker.tracks(T0 + t))) == 1


def test_a_witness_says_who_hears_the_vessel_and_moves_nothing():
    tracker, vessel = Tracker([*SENSORS, station(2)]), Vessel(3000, 4000, 6, -3)
    for t in (0, 10):
        tracker.step(told(vessel, t, 431000001))
    before = tracker.tracks(T0 + 10)
    report = told(Vessel(9000, 4000), 12, 431000001)  # even if it said another place and a later time
    repeat = Batch(report.reports.replace(kind=[ReportKind.AIS_REPEAT], sensor=[2]), report.claims)
    touched, after = tracker.step(repeat), tracker.tracks(T0 + 10)
    assert before.sensors.tolist() == [0b010]
    assert after.sensors.tolist() == touched.sensors.tolist() == [0b110]
    for name in ("time", "lat_deg", "lon_deg", "east_mps", "cov_ee", "existence", "heard_ais"):
        assert getattr(after, name).tobytes() == getattr(before, name).tobytes(), name
    assert tracker.time == T0 + 10
    assert tracker.ignored["witness"] == 1


def test_a_witness_of_a_vessel_nobody_tracks_starts_no_track():
    tracker, report = Tracker(SENSORS), told(Vessel(3000, 4000), 0, 431000001)
    tracker.step(Batch(report.reports.replace(kind=[ReportKind.AIS_REPEAT]), report.claims))
    assert len(tracker) == 0
