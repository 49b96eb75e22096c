"""The feed of Cursor on Target: people's markers are looks, crews are assets, what is ours is left alone."""

import math

import pytest

from fuzzing import survives
from mihari.core.asset import AssetKind
from mihari.core.health import Health
from mihari.core.reports import ReportKind, Sector, Tick
from mihari.core.sensor import SensorKind
from mihari.feeds import Chunk, FeedAddress, SensorRegistry, open_stage
from mihari.feeds.cot import PEOPLE
from mihari.feeds.framing import framer
from mihari.formats.cot import Event, Stream, build, to_proto
from mihari.formats.cot.negotiation import offer, response
from mihari.pipeline import Pipeline

NOW = 1.8e9
MARKER = Event("m1", "a-u-S-X", "h-g-i-g-o", NOW - 60, NOW - 60, NOW + 600, 26.1, 127.2, ce=150.0, callsign="S.1",
               remarks="skiff, no lights, heading 090 at 8 knots",
               xml_detail='<link relation="p-p" uid="ANDROID-1" parent_callsign="KAI"/>')  # fmt: skip
CREW = Event("ANDROID-1", "a-f-G-U-C", "m-g", NOW - 5, NOW - 5, NOW + 60, 26.0, 127.0, ce=8.0, hae=12.0,
             callsign="KAI", group="Cyan", role="Team Member", battery=80, course=1.0, speed=2.0)  # fmt: skip


def stage(text="tcp://127.0.0.1:8087?format=cot&name=tak"):
    sensors = SensorRegistry()
    health = Health(0, "tak", "")
    return open_stage(FeedAddress.parse(text), 4, sensors, health), sensors, health


def moved(event, **changes):
    return Event(**({name: getattr(event, name) for name in event.__dataclass_fields__} | changes))


def stream(*events):
    return b"".join(map(build, events))


def test_a_marker_is_a_look_of_the_person_who_dropped_it():
    feed, sensors, health = stage()
    (look,) = feed.take(Chunk(NOW, stream(MARKER)))
    assert (sensors[look.sensor].name, sensors[look.sensor].kind) == ("KAI person", SensorKind.PERSON)
    assert (look.time, look.received, look.start, look.end) == (NOW - 60, NOW, 0.0, 0.0)
    r = look.reports
    assert r.kind.tolist() == [ReportKind.AREA]
    assert (r.lat_deg[0], r.lon_deg[0], r.cov_ee[0], r.cov_en[0], r.cov_nn[0]) == (26.1, 127.2, 22500.0, 0.0, 22500.0)
    assert math.degrees(r.course[0]) == pytest.approx(90.0)
    assert r.speed[0] == pytest.approx(8 * 1852 / 3600)
    assert (health.messages, health.reports, health.refused) == (1, 1, {})


@pytest.mark.parametrize("form", ["xml", "proto"])
def test_datagrams_of_the_mesh_are_read_in_both_forms(form):
    feed, _, health = stage("udp://239.2.3.1:6969?format=cot&name=tak")
    data = build(MARKER) if form == "xml" else to_proto(MARKER)
    (look,) = feed.take(Chunk(NOW, data))
    assert look.reports.lat_deg[0] == pytest.approx(26.1)
    assert feed.take(Chunk(NOW, b"hello")) == []
    assert sum(health.refused.values()) == 1


def test_a_marker_that_stands_is_told_once_and_again_when_it_is_changed():
    feed, _, health = stage()
    again = moved(MARKER, time=NOW - 30)
    changed = moved(MARKER, time=NOW - 20, lat_deg=26.2)
    looks = feed.take(Chunk(NOW, stream(MARKER, again, changed, changed)))
    assert [float(look.reports.lat_deg[0]) for look in looks] == [26.1, 26.2]
    assert [int(look.reports.offset[0]) for look in looks] == [0, 1]
    assert health.noticed == {"repeated": 2}


def test_its_words_are_told_once_and_cut_where_they_have_no_end():
    feed, sensors, _ = stage()
    endless = moved(MARKER, uid="u" * 5000, remarks="skiff " * 5000)
    feed.take(Chunk(NOW, stream(MARKER, moved(MARKER, time=NOW - 30), endless)))
    first, long = sensors.people.drained()
    assert (first.uid, first.who, first.what) == ("m1", "KAI", MARKER.remarks)
    assert (first.kind, first.lights, first.time, first.received, first.feed) == (
        "small craft", "no lights", NOW - 60, NOW, "tak",
    )  # fmt: skip
    assert first.sd == 150.0
    assert (len(long.what), len(long.uid)) == (2000, 200)
    assert sensors.people.drained() == []


def test_a_crew_is_an_asset_by_its_callsign():
    feed, sensors, _ = stage()
    assert feed.take(Chunk(NOW, stream(CREW))) == []
    ((told, kind),) = sensors.roll.drained()
    assert (told.asset, kind, told.time, told.lat_deg, told.height) == ("KAI", AssetKind.CREW, NOW - 5, 26.0, 12.0)
    assert (told.energy, told.mode, told.speed) == (0.8, "Team Member", 2.0)
    assert told.course == pytest.approx(1.0, abs=1e-3)
    assert len(sensors) == 0


def test_what_is_ours_or_no_persons_is_no_look():
    feed, sensors, health = stage()
    ours = moved(MARKER, uid="mihari.kume.7")
    plane = moved(MARKER, uid="x", type="a-n-A", how="m-a")
    assert feed.take(Chunk(NOW, stream(ours, plane))) == []
    assert health.noticed == {"our own": 1}
    assert health.other == 1
    assert len(sensors) == 0


def test_a_servers_offer_is_answered_through_the_talk_and_reading_follows():
    feed, sensors, _ = stage()
    assert feed.take(Chunk(NOW, stream(offer("server", NOW)))) == []
    (answer,) = sensors.roll.talk.taken("tak")
    (asked,) = Stream().feed(answer["data"])
    assert (answer["message"], asked.type, asked.uid) == ("t-x-takp-q", "t-x-takp-q", "server")
    looks = feed.take(Chunk(NOW, stream(response("server", NOW, True)) + to_proto(MARKER, stream=True)))
    assert len(looks) == 1
    assert sensors.roll.talk.taken("tak") == []
    feed.take(Chunk(NOW, b""), Chunk(NOW, stream(offer("server", NOW))))  # connected anew
    assert len(sensors.roll.talk.taken("tak")) == 1


def test_how_the_stream_is_cut_changes_no_look():
    data = (
        stream(MARKER, CREW)
        + to_proto(moved(MARKER, uid="m2"), stream=True)
        + b"junk"
        + stream(moved(MARKER, uid="m3"))
    )
    whole = [look.reports.offset.tolist() for look in stage()[0].take(Chunk(NOW, data))]
    assert len(whole) == 3
    for size in (1, 100, 1000):
        feed, _, _ = stage()
        pieces = [Chunk(NOW, data[k : k + size]) for k in range(0, len(data), size)]
        assert [look.reports.offset.tolist() for look in [*feed.take(*pieces), *feed.finish()]] == whole


def test_a_time_that_cannot_be_is_that_of_receipt():
    feed, _, health = stage()
    (look,) = feed.take(Chunk(NOW, stream(moved(MARKER, time=NOW + 5000))))
    assert (look.time, look.reports.time[0]) == (NOW, NOW)
    assert health.noticed == {"absurd time": 1}


def test_people_are_bounded():
    feed, sensors, health = stage()
    markers = [moved(MARKER, uid=f"m{k}", xml_detail="", callsign=f"P{k}") for k in range(PEOPLE + 9)]
    assert len(feed.take(Chunk(NOW, stream(*markers)))) == PEOPLE == len(sensors)
    assert health.noticed == {"too many people": 9}


def test_a_report_begins_a_vessel_on_the_picture_and_the_same_marker_does_not_strengthen_it():
    feed, sensors, _ = stage()
    pipeline = Pipeline()
    pipeline.take(Tick(NOW))
    looks = feed.take(Chunk(NOW, stream(moved(MARKER, time=NOW), moved(MARKER, time=NOW))))
    pipeline.know(sensors.all())
    for look in looks:
        pipeline.take(look)
    pipeline.take(Tick(NOW + 1))
    tracks = pipeline.tracks(NOW + 1)
    assert len(tracks) == 1
    assert (tracks.lat_deg[0], tracks.lon_deg[0]) == pytest.approx((26.1, 127.2), abs=1e-3)
    assert tracks.cov_nn[0] == pytest.approx(22500.0, rel=0.1)


def test_a_stream_of_cot_is_not_cut_at_line_ends():
    cut = framer("cot")
    data = to_proto(MARKER, stream=True) + b"\n\r\n" + build(MARKER)
    assert b"".join([*cut.take(data[:50]), *cut.take(data[50:]), *cut.finish()]) == data


def test_hostile_bytes_are_survived():
    def take(data):
        for text in ("tcp://127.0.0.1:8087?format=cot", "udp://:6969?format=cot"):
            feed, _, _ = stage(text)
            given = [*feed.take(Chunk(NOW, data)), *feed.finish()]
            assert all(isinstance(one, Sector) for one in given)

    survives(take, [stream(MARKER, CREW), to_proto(MARKER), to_proto(CREW, stream=True)], count=600)
