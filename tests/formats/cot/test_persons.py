"""Markers that people drop become reports; their telephones' positions are our own people; negotiation of versions."""

import math

import pytest

from mihari.core.errors import BadInput
from mihari.formats.cot import (
    Event,
    Stream,
    build,
    crew_position,
    is_crew,
    is_marker,
    of_proto,
    parse,
    person_report,
    to_proto,
)
from mihari.formats.cot.negotiation import Client, accepted, offer, response, versions

MARKER = (
    b"<event version='2.0' uid='6d4e' type='a-u-S-X-F' time='2026-11-22T19:46:41.951Z' "
    b"start='2026-11-22T19:46:41.951Z' stale='2026-11-23T19:46:41.951Z' how='h-g-i-g-o'>"
    b"<point lat='26.2' lon='127.6' hae='9999999.0' ce='35.0' le='9999999.0'/><detail><status readiness='true'/>"
    b"<contact callsign='U.22.194641'/><remarks>Trawler, no lights, heading NW at 8 kn</remarks>"
    b"<link uid='ANDROID-1' type='a-f-G-U-C' parent_callsign='KAI' relation='p-p'/>"
    b"<archive/><color argb='-1'/></detail></event>"
)
PHONE = Event(
    "ANDROID-1", "a-f-G-U-C", "m-g", 60.0, 60.0, 360.0, 26.0, 127.0, ce=4.5, callsign="KAI", group="Cyan",
    role="Team Lead", battery=87, course=1.0, speed=2.0,
)  # fmt: skip


def test_a_marker_dropped_on_a_telephone_becomes_a_report():
    report = person_report(parse(MARKER))
    assert (report.time, report.who, report.uid) == (1795376801.951, "KAI", "6d4e")
    assert (report.lat_deg, report.lon_deg, report.sd) == (26.2, 127.6, 35.0)
    assert report.what == "Trawler, no lights, heading NW at 8 kn"
    assert (report.kind, report.lights) == ("fishing", "no lights")
    assert report.course == pytest.approx(math.radians(315))
    assert report.speed == pytest.approx(8 * 1852 / 3600)
    assert person_report(of_proto(to_proto(parse(MARKER)))) == report


def test_the_type_tells_the_kind_where_words_do_not():
    for type, kind in (("a-h-S-X-M-O", "tanker"), ("a-s-S-X-M-P", "passenger"), ("b-m-p-s-m", ""), ("a-u-S", "")):
        event = Event("m", type, "h-e", 0.0, 0.0, 9.0, 26.0, 127.0, callsign="X1")
        report = person_report(event)
        assert (report.kind, report.what, report.sd) == (kind, "X1", 200.0)
        assert "hostile" not in repr(report)


def test_positions_of_our_own_people_are_no_markers():
    crew = crew_position(PHONE)
    assert (crew.uid, crew.callsign, crew.group, crew.role, crew.battery) == (
        "ANDROID-1",
        "KAI",
        "Cyan",
        "Team Lead",
        87,
    )
    assert (crew.time, crew.stale, crew.lat_deg, crew.lon_deg, crew.sd) == (60.0, 360.0, 26.0, 127.0, 4.5)
    assert (crew.course, crew.speed) == (1.0, 2.0)
    assert not is_marker(PHONE)
    with pytest.raises(BadInput, match="no marker"):
        person_report(PHONE)


@pytest.mark.parametrize(
    ("type", "how", "marker", "crew"),
    [
        ("a-f-G-U-C", "h-e", False, True),
        ("a-f-G-U-C", "h-g-i-g-o", True, False),
        ("a-n-S-X-F", "m-f", False, False),
        ("a-f-S-X-L", "m-g", False, False),
        ("b-m-p-s-p-i", "h-g-i-g-o", True, False),
        ("b-t-f", "h-g-i-g-o", False, False),
        ("t-x-c-t", "m-g", False, False),
    ],
)
def test_what_is_a_marker_and_what_a_person(type, how, marker, crew):
    event = Event("x", type, how, 0.0, 0.0, 9.0, 26.0, 127.0)
    assert (is_marker(event), is_crew(event)) == (marker, crew)
    if not crew:
        with pytest.raises(BadInput, match="no position of a person"):
            crew_position(event)


def test_a_place_that_is_nowhere_is_no_report():
    with pytest.raises(BadInput):
        person_report(Event("m", "a-u-S", "h-e", 0.0, 0.0, 9.0, 0.0, 0.0))


def test_client_and_server_turn_to_protobuf_on_one_stream():
    to_client, to_server, client = Stream(), Stream(), Client()
    (offered,) = to_client.feed(build(offer("p1", 100.0)))
    asked = client.take(offered, 100.5)
    assert client.take(offered, 100.6) is None  # once
    (got,) = to_server.feed(build(asked))
    assert (got.uid, got.type, versions(got)) == ("p1", "t-x-takp-q", (1,))
    sea = Event("v", "a-n-S", "m-a", 100.0, 100.0, 160.0, 26.0, 127.0)
    for event in to_client.feed(build(sea) + build(response("p1", 101.0, True)) + to_proto(sea, stream=True)):
        client.take(event, 101.0)
    assert client.sends == "proto"
    assert to_server.feed(to_proto(sea, stream=True)) == [sea]
    assert to_client.refusals.counts == to_server.refusals.counts == {}
    assert not client.given_up(1000.0)


def test_a_refused_or_unanswered_request():
    client = Client()
    client.take(offer("p", 0.0, (2, 3)), 0.0)
    assert client.sends == "xml"
    client.take(offer("p", 0.0, (1, 2)), 0.0)
    assert (client.sends, client.given_up(30.0), client.given_up(61.0)) == ("nothing", False, True)
    no = response("p", 1.0, False)
    assert accepted(parse(build(no))) is False
    client.take(no, 1.0)
    assert client.sends == "xml"
