"""XML events: every field as an independent reader sees it, strictness, what stays unchanged."""

import math
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import datetime

import pytest

from formats.cot.made_events import DETAILS, events
from mihari.core.errors import FormatError
from mihari.formats.cot import Event, build, parse
from mihari.formats.cot.layouts import read
from mihari.formats.cot.xml import walked

ATAK = (
    b"<?xml version='1.0' encoding='UTF-8' standalone='yes'?><event version='2.0' uid='ANDROID-1' type='a-f-G-U-C' "
    b"time='2026-11-22T19:46:41.951Z' start='2026-11-22T19:46:41.951Z' stale='2026-11-22T19:52:56.951Z' how='h-e' "
    b"access='Undefined'><point lat='26.2123' lon='127.6791' hae='35.8' ce='12.3' le='9999999.0'/><detail>"
    b"<takv os='34' version='5.1' device='P' platform='ATAK'/>"
    b"<contact endpoint='*:-1:stcp' phone='090' callsign='KAI'/>"
    b"<uid Droid='KAI'/><precisionlocation altsrc='DTED0' geopointsrc='USER'/><__group role='Team Lead' name='Cyan'/>"
    b"<status battery='87'/><track course='271.5' speed='3.6'/></detail></event>"
)


def utc(text):
    return datetime.fromisoformat(text).timestamp()


def test_the_position_of_a_phone_as_atak_sends_it():
    event = parse(ATAK)
    assert (event.uid, event.type, event.how, event.access) == ("ANDROID-1", "a-f-G-U-C", "h-e", "Undefined")
    assert (event.time, event.stale) == (1795376801.951, 1795377176.951)
    assert (event.lat_deg, event.lon_deg, event.hae, event.ce, event.le) == (26.2123, 127.6791, 35.8, 12.3, None)
    assert (event.callsign, event.endpoint, event.group, event.role) == ("KAI", "*:-1:stcp", "Cyan", "Team Lead")
    assert (event.battery, event.speed, event.course) == (87, 3.6, math.radians(271.5))
    kept = ET.fromstring(f"<detail>{event.xml_detail}</detail>")
    assert [child.tag for child in kept] == ["takv", "contact", "uid", "precisionlocation"]
    assert kept[1].attrib == {"endpoint": "*:-1:stcp", "phone": "090", "callsign": "KAI"}  # it says more than fields do
    assert ET.fromstring(build(event)).find("detail/contact").attrib == kept[1].attrib
    assert len(ET.fromstring(build(event)).findall("detail/contact")) == 1


def test_ten_thousand_events_as_an_independent_reader_sees_them():
    for event in events(10_000):
        root = ET.fromstring(build(event))
        told, point = root.attrib, root.find("point").attrib
        assert (told["version"], told["uid"], told["type"], told["how"]) == ("2.0", event.uid, event.type, event.how)
        assert [told.get(n, "") for n in ("access", "qos", "opex")] == [event.access, event.qos, event.opex]
        assert [utc(told[n]) for n in ("time", "start", "stale")] == [event.time, event.start, event.stale]
        assert (float(point["lat"]), float(point["lon"])) == (event.lat_deg, event.lon_deg)
        for name in ("hae", "ce", "le"):
            value = getattr(event, name)
            assert float(point[name]) == (9999999.0 if value is None else value)
        detail = root.find("detail")
        contact, track, group = (detail.find(n) for n in ("contact", "track", "__group"))
        assert (None if contact is None else contact.get("callsign")) == event.callsign
        assert (None if contact is None else contact.get("endpoint")) == event.endpoint
        assert (None if group is None else group.get("name")) == event.group
        course = None if track is None else track.get("course")
        assert (course is None) == (event.course is None)
        assert course is None or math.radians(float(course)) == event.course
        speed = None if track is None else track.get("speed")
        assert (None if speed is None else float(speed)) == event.speed
        if event.remarks:
            assert detail.find("remarks").text == event.remarks
        if event.battery is not None:
            assert detail.find("status").get("battery") == str(event.battery)
        rest = ET.fromstring(f"<d>{event.xml_detail}</d>")
        last = list(detail)[len(detail) - len(rest) :]
        assert [ET.tostring(a) for a in last] == [ET.tostring(b) for b in rest]


def test_what_is_built_is_read_back_and_built_again():
    for event in events(10_000, seed=2):
        data = build(event)
        again = parse(data)
        if not any(f"<{tag}" in event.xml_detail for tag in ("status", "remarks")):  # those fill a field, too
            assert again == event
        assert build(again) == data


def same(short, general):
    """Values and fields alike; kept details but for their quotes and how empty elements are written."""
    kept = [ET.canonicalize(f"<d>{fields.get('xml_detail', '')}</d>") for _, fields in (short, general)]
    fields = [told | {"xml_detail": ""} for _, told in (short, general)]
    return short[0] == [value or "" for value in general[0]] and kept[0] == kept[1] and fields[0] == fields[1]


def test_the_short_way_and_the_general_parser_agree():
    plain = 0
    for event in events(3000, seed=3):
        for data in (build(event), build(event, False), build(event).replace(b'"', b"'")):
            try:
                short = read(data)
            except FormatError:
                short = None
            if short is None:
                continue
            plain += 1
            assert same(short, walked(data))
    assert plain > 2000  # so that this test compares something


@pytest.mark.parametrize("detail", DETAILS)
def test_details_that_no_field_holds_stay_as_they_are(detail):
    event = Event("a", "a-f-G", "m-g", 0.0, 0.0, 1.0, 1.0, 2.0, xml_detail=detail)
    assert parse(build(event)).xml_detail == detail
    assert f"<detail>{detail}</detail>".encode() in build(event)


def test_an_element_that_stands_twice_is_kept_twice():
    twice = '<contact callsign="A"/><contact callsign="B"/><track course="1" speed="2"/>'
    data = ATAK[: ATAK.index(b"<detail>")] + f"<detail>{twice}</detail></event>".encode()
    event = parse(data)
    assert event.callsign == "A"
    assert [c.get("callsign") for c in ET.fromstring(build(event)).findall("detail/contact")] == ["A", "B"]


def test_remarks_that_a_server_made_an_attribute_are_remarks():
    event = parse(ATAK.replace(b"<detail>", b"<detail remarks='3 &amp; 4'>"))
    assert event.remarks == "3 & 4"
    assert b"<remarks>3 &amp; 4</remarks>" in build(event)
    event = parse(ATAK.replace(b"<detail>", b"<detail remarks='a'><remarks>b</remarks>"))
    assert event.remarks == "b"


def test_values_that_no_field_can_hold_are_kept_as_they_stand():
    for rest in ('<status battery="87.5"/>', '<track course="north" speed="2"/>', '<track speed="-1.0"/>'):
        event = parse(ATAK[: ATAK.index(b"<detail>")] + f"<detail>{rest}</detail></event>".encode())
        assert event.battery is None
        assert event.xml_detail == rest
        assert ET.canonicalize(build(event))[-40:].endswith("</detail></event>")
        assert rest.encode() in build(event)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"lat='26.2123'", b"lat='91'", "position"),
        (b"lat='26.2123'", b"lat='NaN'", "number"),
        (b"lat='26.2123'", b"lat='1_0'", "number"),
        (b"lat='26.2123'", b"", "position"),
        (b"lon='127.6791'", b"lon='-180.1'", "position"),
        (b"hae='35.8'", b"hae='high'", "number"),
        (b"time='2026-11-22T19:46:41.951Z' start", b"time='yesterday' start", "time"),
        (b"time='2026-11-22T19:46:41.951Z' start", b"time='2026-11-22' start", "time"),
        (b"stale='2026-11-22T19:52:56.951Z'", b"", "time"),
        (b"uid='ANDROID-1'", b"uid=''", "event"),
        (b"type='a-f-G-U-C'", b"", "event"),
        (b"version='2.0'", b"version='1.0'", "event"),
        (b"<event ", b"<even ", "xml"),
        (b"</detail>", b"", "xml"),
        (b"Cyan", b"\xff\xfe", "xml"),
        (b"Cyan", b"\x01", "xml"),
        (b"Cyan'", b"Cyan' name='Red'", "xml"),
        (b"Cyan", b"&cyan;", "xml"),
        (b"<event ", b"<!DOCTYPE event [<!ENTITY a 'b'>]><event ", "dtd"),
        (b"<event ", b"<!-- <event --><!DOCTYPE event><event ", "dtd"),
    ],
)
def test_what_is_no_event_is_refused_with_its_reason(old, new, reason):
    assert old in ATAK
    with pytest.raises(FormatError) as told:
        parse(ATAK.replace(old, new))
    assert told.value.reason == reason


def test_no_file_is_read_and_nothing_grows(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("SECRET")
    for subset in (
        f'<!DOCTYPE event [<!ENTITY x SYSTEM "{secret.as_uri()}">]>',
        '<!DOCTYPE event [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;"><!ENTITY x "&b;&b;&b;&b;&b;">]>',
    ):
        with pytest.raises(FormatError) as told:
            parse(subset.encode() + ATAK[ATAK.index(b"<event") :].replace(b"Cyan", b"&x;"))
        assert told.value.reason == "dtd"
    deep = b"<x>" * 300 + b"</x>" * 300
    with pytest.raises(FormatError, match="no XML"):
        parse(ATAK.replace(b"<uid Droid='KAI'/>", deep))
    with pytest.raises(FormatError) as told:
        parse(ATAK.replace(b"KAI'/><prec", b"K" * (1 << 20) + b"'/><prec"))
    assert told.value.reason == "too_long"


def test_unknown_lengths_are_absent_in_both_ways_of_telling_so():
    for text in (b"9999999.0", b"9999999", b"999999", b"1E7"):
        event = parse(ATAK.replace(b"hae='35.8' ce='12.3'", b"hae='%b' ce='%b'" % (text, text)))
        assert (event.hae, event.ce) == (None, None)
    assert parse(ATAK.replace(b"ce='12.3'", b"ce='-1'")).ce is None
    assert parse(ATAK.replace(b"ce='12.3'", b"")).ce is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"lat_deg": math.nan},
        {"lon_deg": 181.0},
        {"time": math.inf},
        {"stale": -1.0},
        {"hae": math.nan},
        {"ce": -1.0},
        {"speed": -1.0},
        {"speed": math.nan},
        {"course": math.inf},
        {"callsign": "\x00"},
        {"remarks": "\ud800"},
        {"xml_detail": "x" * (1 << 20)},
        {"xml_detail": "<contact>"},
    ],
)
def test_what_cannot_be_written_is_told(wrong):
    with pytest.raises(FormatError):
        build(replace(Event("a", "a-f-G", "m-g", 0.0, 0.0, 1.0, 1.0, 2.0), **wrong))


def test_a_course_just_below_north_is_written_as_north():
    event = Event("a", "a-f-G", "m-g", 0.0, 0.0, 1.0, 1.0, 2.0, course=math.radians(359.999), speed=1.0)
    assert b'course="0.00"' in build(event)


def test_layouts_are_not_learned_without_bound():
    from mihari.formats.cot import layouts

    for k in range(400):
        parse(ATAK.replace(b"Droid", b"d%d" % k))
    assert layouts._understood.cache_info().currsize <= 256
