"""The picture: what an officer is told of vessels that come, fall silent, lie, and leave. Tracks are given by hand."""

import math

import numpy as np
import pytest

from mihari.core.picture import Category, Source, VesselStatus
from mihari.core.reports import Batch, Claims, ReportKind, Reports, Sector, Subject, Tick
from mihari.core.tracks import Associations, Tracks, TrackStatus
from mihari.picture import PictureCompiler


def track(time, id=1, lat_deg=26.0, status=TrackStatus.CONFIRMED, radar=math.nan, ais=math.nan, **more):
    return Tracks.of(
        1, time=time, id=id, lat_deg=lat_deg, lon_deg=127.0, east_mps=5.0, north_mps=0.0, cov_ee=100.0, cov_en=0.0,
        cov_nn=100.0, existence=0.999, status=status, heard_radar=radar, heard_ais=ais, born=time, sensors=1, **more,
    )  # fmt: skip


def sector(time):
    plot = Reports.of(1, time=time, kind=ReportKind.PLOT, lat_deg=26.0, lon_deg=127.0, sensor=0)
    return Sector(0, time, time, 0.0, 0.2, plot)


def ais(time, mmsi, speed=6.0, **claims):
    reports = Reports.of(
        1, time=time, received=time, kind=ReportKind.AIS_POSITION, lat_deg=26.0, lon_deg=127.0, speed=speed, claim=0
    )
    return Batch(reports, Claims.of(1, mmsi=mmsi, device="A", **claims))


def static(time, mmsi, **claims):
    reports = Reports.of(1, time=time, received=time, kind=ReportKind.AIS_STATIC, claim=0)
    return Batch(reports, Claims.of(1, mmsi=mmsi, **claims))


def supports(id):
    return Associations.of(1, row=0, track=id, probability=1.0)


NONE = Associations.empty()


def seen_at(compiler, time):
    compiler.take(Tick(time), Tracks.empty(), NONE)
    compiler.pass_time(time)
    return compiler.picture(time)


def test_a_tentative_track_is_no_vessel_and_a_confirmed_one_is():
    compiler = PictureCompiler()
    compiler.take(sector(1.0), track(1.0, status=TrackStatus.TENTATIVE, radar=1.0), NONE)
    assert len(seen_at(compiler, 1.0).vessels) == 0
    compiler.take(sector(3.5), track(3.5, radar=3.5), NONE)
    picture = seen_at(compiler, 3.5)
    assert picture.vessels.source.tolist() == [Source.RADAR]
    assert picture.vessels.mmsi.tolist() == [0]


def test_radar_and_ais_of_one_track_are_one_vessel_with_both_and_its_claims():
    compiler = PictureCompiler()
    compiler.take(sector(1.0), track(1.0, radar=1.0), NONE)
    compiler.take(ais(2.0, 431000001), track(2.0, radar=1.0, ais=2.0), supports(1))
    compiler.take(static(3.0, 431000001, name="MAAS", ship_type=70, bow=100.0, stern=20.0), Tracks.empty(), NONE)
    picture = seen_at(compiler, 3.0)
    assert picture.vessels.source.tolist() == [Source.RADAR | Source.AIS]
    assert picture.vessels.category.tolist() == [Category.CARGO]
    best = picture.identities[int(picture.vessels.id[0])].claims[0]
    assert (best.mmsi, best.name, best.length, best.weight) == (431000001, "MAAS", 120.0, 1.0)


def test_a_name_told_before_the_vessel_was_confirmed_is_not_lost():
    compiler = PictureCompiler()
    compiler.take(static(0.0, 431000001, name="MAAS"), Tracks.empty(), NONE)
    compiler.take(ais(1.0, 431000001), track(1.0, status=TrackStatus.TENTATIVE, ais=1.0), supports(1))
    compiler.take(ais(11.0, 431000001), track(11.0, ais=11.0), supports(1))
    picture = seen_at(compiler, 11.0)
    assert picture.identities[1].claims[0].name == "MAAS"
    assert picture.vessels.mmsi.tolist() == [431000001]


def test_ais_lost_while_radar_holds_it_stays_the_same_vessel_and_says_so():
    compiler = PictureCompiler()
    compiler.take(ais(0.0, 431000001), track(0.0, radar=0.0, ais=0.0), supports(1))
    before = seen_at(compiler, 1.0)
    for t in np.arange(2.5, 100.0, 2.5):
        compiler.take(sector(t), track(t, radar=t, ais=0.0), NONE)
    after = seen_at(compiler, 99.0)
    assert after.vessels.id.tolist() == before.vessels.id.tolist()
    assert after.vessels.source.tolist() == [Source.RADAR | Source.LOST_AIS]
    assert after.vessels.heard_ais.tolist() == [0.0]
    assert after.vessels.mmsi.tolist() == [431000001]


def test_a_silent_vessel_coasts_then_fades_where_it_was_then_leaves_with_word():
    compiler = PictureCompiler()
    compiler.take(sector(0.0), track(0.0, radar=0.0), NONE)
    assert seen_at(compiler, 1.0).vessels.status.tolist() == [VesselStatus.LIVE]
    compiler.take(Tick(15.0), track(15.0, status=TrackStatus.COASTED, radar=0.0, lat_deg=26.01), NONE)
    assert seen_at(compiler, 15.0).vessels.status.tolist() == [VesselStatus.COASTING]
    compiler.take(Tick(180.0), track(180.0, status=TrackStatus.DROPPED, radar=0.0, lat_deg=26.5), NONE)
    faded = seen_at(compiler, 181.0)
    assert faded.vessels.status.tolist() == [VesselStatus.FADED]
    assert faded.vessels.lat_deg.tolist() == [26.01]  # not where a lost vessel was predicted to be
    assert faded.vessels.heard_radar.tolist() == [0.0]
    gone = seen_at(compiler, 181.0 + 120.0)
    assert len(gone.vessels) == 0
    assert gone.removed == (int(faded.vessels.id[0]),)


def test_a_name_that_comes_back_within_reach_is_the_same_vessel():
    compiler = PictureCompiler()
    compiler.take(ais(0.0, 431000001), track(0.0, id=1, ais=0.0), supports(1))
    vessel = int(seen_at(compiler, 0.0).vessels.id[0])
    compiler.take(Tick(1800.0), track(1800.0, id=1, status=TrackStatus.DROPPED, ais=0.0), NONE)
    seen_at(compiler, 1801.0)
    compiler.take(ais(1900.0, 431000001), track(1900.0, id=9, status=TrackStatus.TENTATIVE, ais=1900.0), supports(9))
    compiler.take(ais(1910.0, 431000001), track(1910.0, id=9, lat_deg=26.1, ais=1910.0), supports(9))
    picture = seen_at(compiler, 1911.0)
    assert picture.vessels.id.tolist() == [vessel]
    assert picture.vessels.status.tolist() == [VesselStatus.LIVE]


def test_a_name_that_comes_back_out_of_reach_is_another_vessel():
    compiler = PictureCompiler()
    compiler.take(ais(0.0, 431000001), track(0.0, id=1, ais=0.0), supports(1))
    compiler.take(Tick(10.0), track(10.0, id=1, status=TrackStatus.DROPPED, ais=0.0), NONE)
    compiler.take(ais(20.0, 431000001), track(20.0, id=9, lat_deg=27.0, ais=20.0), supports(9))
    assert len(seen_at(compiler, 21.0).vessels) == 2


def test_two_vessels_with_one_mmsi_stay_two_with_the_same_claim():
    compiler = PictureCompiler()
    for t in (0.0, 10.0):
        compiler.take(ais(t, 431000001), track(t, id=1, ais=t), supports(1))
        compiler.take(ais(t, 431000001), track(t, id=2, lat_deg=26.5, ais=t), supports(2))
    assert seen_at(compiler, 11.0).vessels.mmsi.tolist() == [431000001, 431000001]


def test_a_changed_identity_keeps_both_claims_with_their_weights():
    compiler = PictureCompiler()
    for k in range(30):
        mmsi = 431000001 if k < 20 else 431000002
        compiler.take(ais(10.0 * k, mmsi), track(10.0 * k, ais=10.0 * k), supports(1))
    claims = seen_at(compiler, 291.0).identities[1].claims
    assert {c.mmsi for c in claims} == {431000001, 431000002}
    assert sum(c.weight for c in claims) == pytest.approx(1.0)


@pytest.mark.parametrize("subject", [Subject.STATION, Subject.AID, Subject.OWN])
def test_stations_aids_and_own_ship_are_marks_and_no_vessels(subject):
    compiler = PictureCompiler()
    compiler.take(ais(0.0, 994310001, subject=subject, name="PORT LIGHT"), Tracks.empty(), NONE)
    picture = seen_at(compiler, 1.0)
    assert len(picture.vessels) == 0
    assert picture.marks[994310001].name == "PORT LIGHT"


def test_a_distress_device_is_of_its_own_category():
    compiler = PictureCompiler()
    compiler.take(ais(0.0, 970000001, subject=Subject.SART), track(0.0, ais=0.0), supports(1))
    assert seen_at(compiler, 0.5).vessels.category.tolist() == [Category.DISTRESS]


def test_nothing_changes_before_the_time_that_was_told():
    compiler = PictureCompiler()
    compiler.take(ais(0.0, 431000001), track(0.0, radar=0.0, ais=0.0), supports(1))
    seen_at(compiler, 1.0)
    due = compiler.next_due
    assert due == pytest.approx(10.0)  # radar overdue
    before = compiler.picture(2.0).vessels
    compiler.pass_time(due - 0.01)
    after = compiler.picture(2.0).vessels
    for name, values in before.columns().items():
        np.testing.assert_array_equal(values, getattr(after, name))
    compiler.pass_time(due)
    assert compiler.picture(due).vessels.source.tolist() == [Source.AIS | Source.LOST_RADAR]


def test_only_changed_rows_carry_the_new_sequence():
    compiler = PictureCompiler()
    compiler.take(sector(0.0), track(0.0, id=1, radar=0.0), NONE)
    compiler.take(sector(0.1), track(0.1, id=2, lat_deg=26.2, radar=0.1), NONE)
    first = seen_at(compiler, 0.2)
    compiler.take(sector(2.5), track(2.5, id=2, lat_deg=26.2, radar=2.5), NONE)
    second = seen_at(compiler, 2.6)
    assert second.vessels.changed.tolist() == [first.sequence, second.sequence]


def test_a_picture_once_given_never_changes():
    compiler = PictureCompiler()
    compiler.take(ais(0.0, 431000001), track(0.0, ais=0.0), supports(1))
    first = seen_at(compiler, 0.5)
    kept = first.vessels.lat_deg.copy(), dict(first.identities), dict(first.marks)
    compiler.take(static(1.0, 431000001, name="NEW NAME"), Tracks.empty(), NONE)
    compiler.take(ais(1.0, 2, subject=Subject.STATION), Tracks.empty(), NONE)
    compiler.take(ais(1.0, 431000001), track(1.0, lat_deg=27.0, ais=1.0), supports(1))
    seen_at(compiler, 1.5)
    assert (first.vessels.lat_deg == kept[0]).all()
    assert dict(first.identities) == kept[1]
    assert dict(first.marks) == kept[2]
    with pytest.raises(ValueError, match="read-only"):
        first.vessels.lat_deg[0] = 0.0


def test_many_vessels_come_and_go_without_anything_left_behind():
    compiler = PictureCompiler()
    for k in range(600):
        t = float(k)
        compiler.take(ais(t, 400000000 + k), track(t, id=k, lat_deg=20 + k * 0.01, ais=t), supports(k))
        compiler.take(Tick(t), track(t + 0.5, id=k, status=TrackStatus.DROPPED, ais=t), NONE)
        compiler.pass_time(t)
    assert len(compiler) == 600
    picture = seen_at(compiler, 1e5)
    assert len(picture.vessels) == len(picture.identities) == len(compiler) == 0
    assert len(picture.removed) == 600
    assert not compiler._vessels_of_mmsi
    assert len(compiler._tracks) == 0
    assert not compiler._weights._of
