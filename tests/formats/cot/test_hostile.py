"""Hostile bytes: nothing is raised but FormatError with a known reason, nothing grows, both readers agree."""

import random

import pytest

from formats.cot.made_events import DETAILS, events
from formats.cot.test_xml import same
from fuzzing import hostile, survives
from mihari.core.errors import FormatError
from mihari.formats.cot import REASONS, Control, Event, Stream, build, of_datagram, of_proto, parse, to_proto
from mihari.formats.cot.documents import _plain_children, fragment, rooted, walked_detail
from mihari.formats.cot.layouts import read
from mihari.formats.cot.xml import walked

XML = [build(event) for event in events(40, seed=7)]
PROTO = [to_proto(event) for event in events(40, seed=8)]
FRAMES = [to_proto(event, stream=True) for event in events(40, seed=9)]


def outcome(take, data):
    try:
        return take(data)
    except FormatError as error:
        return error.reason


def told(take):
    def checked(data):
        found = outcome(take, data)
        assert found in REASONS or isinstance(found, Event | Control)
        if isinstance(found, Event):
            assert parse(build(found)).uid == rooted(build(found)).get("uid")  # what comes in can go out

    return checked


def test_hostile_xml():
    survives(told(parse), XML)


def test_hostile_protobuf():
    survives(told(of_proto), [*PROTO, *FRAMES])


def test_hostile_datagrams():
    survives(told(of_datagram), [*XML, *PROTO])


def test_hostile_streams():
    long_lived = Stream()

    def take(data):
        for stream in (long_lived, Stream()):
            count = sum(stream.refusals.octets.values())
            assert all(isinstance(event, Event) for event in stream.feed(data))
            stream.finish()
            assert sum(stream.refusals.octets.values()) - count <= len(data)
            assert set(stream.refusals.counts) <= set(REASONS)

    survives(take, [*XML, *FRAMES])


def test_hostile_bytes_read_the_short_way_mean_the_same_to_the_general_parser():
    plain = 0
    seeds = [build(event, False) for event in events(60, seed=10)]
    seeds += [data.replace(b'"', b"'") for data in seeds]
    for data in hostile(seeds, random.Random(11), 20_000):
        if (short := read(data)) is not None:
            plain += 1
            assert same(short, walked(data))
    assert plain > 100


def test_hostile_details_read_the_short_way_mean_the_same_to_the_general_parser():
    plain = 0
    for data in hostile([detail.encode() for detail in DETAILS if detail], random.Random(14), 20_000):
        text = data.decode(errors="replace")
        if (short := _plain_children(text)) is not None:
            plain += 1
            general, stray = walked_detail(fragment(text))
            assert stray == ""
            assert [child[:4] for child in short] == [child[:4] for child in general]
    assert plain > 100


def test_hostile_bytes_between_good_events_cost_none_of_them():
    rng = random.Random(12)
    good = [build(event) for event in events(300, seed=13)]
    expected = [parse(data).uid for data in good]
    stream, found = Stream(), []
    for data in good:
        noise = bytes(b for b in rng.randbytes(rng.randrange(60)) if b not in b"<\xbf")
        found += stream.feed(noise + data)
    assert [event.uid for event in found] == expected


@pytest.mark.parametrize("time", ["0032-08-11T12:11:31.397Z", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59.9999Z"])
def test_a_time_that_nobody_could_write_is_refused(time):
    data = XML[0].replace(b' start="', b' start="' + time.encode() + b'" old="')
    assert outcome(parse, data) == "time"
