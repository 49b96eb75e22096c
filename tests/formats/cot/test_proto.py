"""TAK protocol version 1: what takproto makes of our events, what we make of takproto's, headers, both copies."""

import math
from dataclasses import replace

import pytest
import takproto
from takproto.proto import TakMessage

from formats.cot.made_events import events
from mihari.core.errors import FormatError
from mihari.formats.cot import Control, Event, build, of_datagram, of_proto, parse, to_proto
from mihari.formats.cot.proto import read_varint, varint

SEEN = Event("a", "a-f-G-U-C", "m-g", 1.0, 1.0, 2.0, 26.5, 127.0)


def of_takproto(data):
    return takproto.parse_proto(bytearray(data)).cotEvent


def test_ten_thousand_events_as_takproto_reads_them():
    for k, event in enumerate(events(10_000)):
        cot = of_takproto(to_proto(event, stream=k % 2 == 1))
        assert (cot.uid, cot.type, cot.how) == (event.uid, event.type, event.how)
        assert (cot.access, cot.qos, cot.opex) == (event.access, event.qos, event.opex)
        assert (cot.sendTime, cot.startTime, cot.staleTime) == tuple(
            round(1000 * t) for t in (event.time, event.start, event.stale)
        )
        assert (cot.lat, cot.lon) == (event.lat_deg, event.lon_deg)
        for name in ("hae", "ce", "le"):
            value = getattr(event, name)
            assert getattr(cot, name) == (9999999.0 if value is None else value)
        detail = cot.detail
        assert detail.contact.callsign == (event.callsign or "")
        assert detail.contact.endpoint == (event.endpoint or "")
        assert (detail.group.name, detail.group.role) == (event.group or "", event.role or "")
        assert detail.HasField("status") == (event.battery is not None)
        assert detail.status.battery == (event.battery or 0)
        both = event.course is not None and event.speed is not None
        assert detail.HasField("track") == both
        if both:
            assert math.isclose(math.radians(detail.track.course), event.course, abs_tol=1e-12)
            assert detail.track.speed == event.speed
        assert detail.takv.device == ("PHONE" if "<takv" in event.xml_detail else "")
        assert detail.precisionLocation.altsrc == ("DTED0" if "<precisionlocation" in event.xml_detail else "")
        assert "<takv" not in detail.xmlDetail
        assert "<precisionlocation" not in detail.xmlDetail


@pytest.mark.slow
def test_ten_thousand_events_that_takproto_makes_of_our_xml():
    for k, event in enumerate(events(10_000, seed=2)):
        proto = takproto.TAKProtoVer.STREAM if k % 2 else takproto.TAKProtoVer.MESH
        if event.course is None or event.speed is None:  # takproto tells 0 for what is absent
            event = replace(event, course=None, speed=None)
        event = parse(build(event))
        again = of_proto(bytes(takproto.xml2proto(build(event), proto)))
        assert same(again, event), (again, event)


def same(one, other):
    """Equal, but: takproto cuts times to the ms, a course loses a digit, typed details come last."""
    near = all(math.isclose(getattr(one, n), getattr(other, n), abs_tol=1.1e-3) for n in ("time", "start", "stale"))
    near &= (one.course is None) == (other.course is None)
    near &= one.course is None or math.isclose(one.course, other.course, abs_tol=1e-9)
    # of `<status>` takproto knows the battery alone, and drops the rest
    left, right = (e.xml_detail.replace('<status readiness="true"/>', "").replace(" />", "/>") for e in (one, other))
    near &= sorted(left) == sorted(right)
    bare = {"time": 0.0, "start": 0.0, "stale": 0.0, "course": None, "xml_detail": ""}
    return near and replace(one, **bare) == replace(other, **bare)


def test_ten_thousand_events_there_and_back():
    for k, event in enumerate(events(10_000, seed=3)):
        data = to_proto(event, stream=k % 2 == 1)
        again = of_proto(data)
        assert to_proto(again, stream=k % 2 == 1) == data
        if "<marti" in event.xml_detail:  # typed details come back behind the rest
            again = replace(again, xml_detail=event.xml_detail)
        if event.course is not None:
            assert math.isclose(again.course, event.course, abs_tol=1e-9)
            again = replace(again, course=event.course)
        if "<remarks" not in event.xml_detail:
            assert again == event
        assert of_datagram(to_proto(event)) == of_proto(data)


def test_what_stands_in_both_copies_holds_good_in_the_xml():
    message = TakMessage()
    message.ParseFromString(to_proto(replace(SEEN, callsign="TYPED", course=1.0, speed=2.0))[3:])
    message.cotEvent.detail.xmlDetail = '<contact callsign="XML" phone="1"/><track course="90" speed="5"/>'
    event = of_proto(b"\xbf\x01\xbf" + message.SerializeToString())
    assert (event.callsign, event.speed, event.course) == ("XML", 5.0, math.radians(90))
    assert event.xml_detail == '<contact callsign="XML" phone="1"/>'
    assert b"TYPED" not in to_proto(event)


def test_a_track_without_speed_keeps_it_absent():
    event = replace(SEEN, course=math.radians(90.0))
    assert of_proto(to_proto(event)) == event
    assert not of_takproto(to_proto(event)).detail.HasField("track")


def test_zero_is_told_and_absent_is_not():
    event = replace(SEEN, course=0.0, speed=0.0, battery=0)
    assert of_proto(to_proto(event)) == event
    assert of_proto(to_proto(SEEN)) == SEEN


def test_control_messages():
    assert of_datagram(to_proto(Control(1, 1, "ANDROID-1"))) == Control(1, 1, "ANDROID-1")
    assert of_datagram(b"\xbf\x01\xbf\x0a\x00") == Control(1, 1, "")  # 0 reads as 1
    with pytest.raises(FormatError) as told:
        of_proto(to_proto(Control()))
    assert told.value.reason == "event"


@pytest.mark.parametrize("value", [0, 1, 127, 128, 300, 16383, 16384, 2**32 - 1])
def test_varints(value):
    assert read_varint(varint(value), 0) == (value, len(varint(value)))
    assert read_varint(varint(value)[:-1], 0)[0] == -1


def message(**wrong):
    made = TakMessage()
    made.ParseFromString(to_proto(SEEN)[3:])
    for name, value in wrong.items():
        setattr(made.cotEvent, name, value)
    return b"\xbf\x01\xbf" + made.SerializeToString()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "protobuf"),
        (b"\xbf", "protobuf"),
        (b"\xbf\x01\xbf", "event"),
        (b"\xbf\x01\xbf\xff", "protobuf"),
        (to_proto(SEEN, stream=True)[:-1], "protobuf"),
        (message(lat=91.0), "position"),
        (message(lon=math.nan), "position"),
        (message(uid=""), "event"),
        (message(how="\x00"), "text"),
        (message(staleTime=2**63), "time"),
    ],
)
def test_what_is_no_message_is_refused_with_its_reason(data, reason):
    with pytest.raises(FormatError) as told:
        of_proto(data)
    assert told.value.reason == reason


def test_details_that_would_break_the_xml_they_go_into_are_refused():
    for rest in ("<a>", "</detail><detail>", "&x;", "<a/></detail><point/><detail>"):
        made = TakMessage()
        made.ParseFromString(to_proto(SEEN)[3:])
        made.cotEvent.detail.xmlDetail = rest
        with pytest.raises(FormatError) as told:
            of_proto(b"\xbf\x01\xbf" + made.SerializeToString())
        assert told.value.reason == "xml"


@pytest.mark.parametrize(
    "wrong", [{"lat_deg": math.nan}, {"time": -1.0}, {"hae": 1e9}, {"battery": -1}, {"callsign": "\ud800"}]
)
def test_what_cannot_be_written_is_told(wrong):
    with pytest.raises(FormatError):
        to_proto(replace(SEEN, **wrong))
