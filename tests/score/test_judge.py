"""What the judge makes of a moment: who counts, who holds whom, and how far off."""

import numpy as np
import pytest

from mihari.core.tracks import Believed, TrackStatus
from mihari.score.judge import Judge, Settings
from mihari.score.moments import Moment, Sailed, believed_at
from mihari.score.report import report, told

DEGREE = 111_319.49  # m of the equator


def moment(time, vessels, tracks):
    """Vessels (id, metres east, in cover) and confirmed tracks (id, metres east, velocity east) on the equator."""
    truth = Sailed.of(
        len(vessels), time=time, vessel=[v[0] for v in vessels], lat_deg=0.0,
        lon_deg=np.array([v[1] for v in vessels]) / DEGREE, east_mps=4.0, north_mps=0.0,
        cover=[int(v[2]) for v in vessels],
    )  # fmt: skip
    believed = Believed.of(
        len(tracks), time=time, moment=time, id=[t[0] for t in tracks], lat_deg=0.0,
        lon_deg=np.array([t[1] for t in tracks]) / DEGREE, east_mps=[t[2] for t in tracks], north_mps=0.0,
        cov_ee=25.0, cov_nn=25.0, cov_uu=1.0, cov_vv=1.0, cov_en=0.0, cov_eu=0.0, cov_ev=0.0, cov_nu=0.0, cov_nv=0.0,
        cov_uv=0.0, status=TrackStatus.CONFIRMED,
    )  # fmt: skip
    return Moment(time, truth, believed_at(believed, time))


def test_tracks_of_vessels_out_of_cover_count_neither_way():
    judge = Judge(Settings())
    # 8 is out of cover: its track, and a second one on it, do not count; the one at 900 m is false
    found = judge.take(moment(0.0, [(7, 0, 1), (8, 500, 0)], [(1, 10, 4), (2, 505, 4), (3, 540, 4), (4, 900, 4)]))
    assert (found.vessels, found.out, found.tracks) == (1, 1, 2)
    assert (found.gospa.missed, found.gospa.false) == (0, 1)
    assert judge.followed().track.tolist() == [1, 4]
    assert judge.followed().holds.tolist() == [7, -1]


def test_a_track_between_a_vessel_in_cover_and_one_outside_goes_where_the_assignment_needs_it():
    judge = Judge(Settings())
    judge.take(moment(0.0, [(7, 0, 1), (8, 60, 0)], [(1, 40, 4), (2, 62, 4)]))
    assert judge.held().track.tolist() == [1]


def test_errors_are_those_of_the_nearest_vessel_and_nees_of_the_one_held():
    judge = Judge(Settings())
    judge.take(moment(0.0, [(7, 0, 1)], [(1, 10, 6), (2, 20, 4)]))
    both = judge.followed()
    assert both.follows.tolist() == [7, 7]
    assert both.holds.tolist() == [7, -1]
    assert both.position_error == pytest.approx([10.0, 20.0], rel=1e-6)
    assert both.velocity_error == pytest.approx([2.0, 0.0], abs=1e-6)
    assert both.nees_position[0] == pytest.approx((10**2 / 25) / 2, rel=1e-5)
    assert both.nees_velocity[0] == pytest.approx(2**2 / 1 / 2, rel=1e-5)
    assert np.isnan(both.nees_position[1])


def test_the_report_of_nothing_has_no_figures_but_can_be_printed():
    judge = Judge(Settings())
    judge.take(moment(0.0, [], []))
    found = report(judge)
    assert found["gospa"]["mean"] == 0.0
    assert found["gospa"]["rms"] is None
    assert found["consistency"]["position"] is None
    assert found["identity"]["purity"] is None


def test_the_parts_of_gospa_sum_to_its_square():
    judge = Judge(Settings())
    judge.take(moment(0.0, [(7, 0, 1), (8, 900, 1)], [(1, 30, 4), (2, 5000, 4), (3, 6000, 4)]))
    g = report(judge)["gospa"]
    assert g["localisation"] + g["missed"] + g["false"] == pytest.approx(g["mean"] ** 2, rel=1e-5)
    assert (g["missed_vessels"], g["false_tracks"]) == (1.0, 2.0)


def test_numbers_of_numpy_are_told_as_plain_ones():
    assert told({"a": np.float64(1 / 3), "b": np.int64(4), "c": [np.nan]}) == {"a": 0.333333, "b": 4, "c": [None]}


def test_two_vessels_side_by_side_do_not_exchange_their_tracks_with_each_error():
    judge = Judge(Settings())
    rng = np.random.default_rng(1)
    for k in range(40):
        error = rng.normal(0, 20, 2)
        judge.take(moment(float(k), [(7, 0, 1), (8, 30, 1)], [(1, error[0], 4), (2, 30 + error[1], 4)]))
    found = report(judge)["identity"]
    assert (judge.held().track != judge.held().keeper).any()  # GOSPA exchanges them
    assert (found["switches"], found["fragmentation"]) == (0, 1.0)


def test_tracks_that_were_exchanged_are_told_once_the_vessels_part():
    judge = Judge(Settings())
    for k in range(8):
        apart = 40.0 * k
        one, two = (apart, 0.0) if k >= 2 else (0.0, apart)
        judge.take(moment(float(k), [(7, 0, 1), (8, apart, 1)], [(1, one, 4), (2, two, 4)]))
    assert report(judge)["identity"]["switches"] == 2
