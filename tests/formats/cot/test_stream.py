"""Streams cut anywhere, mixed, damaged: every good event arrives, every bad byte is counted where it stood."""

import random
import time

import pytest

from formats.cot.made_events import events
from mihari.core.errors import FormatError
from mihari.formats.cot import MAX_EVENT, Control, Event, Stream, build, of_datagram, of_proto, parse, to_proto

SEEN = Event("a", "a-f-G-U-C", "m-g", 1.0, 1.0, 2.0, 26.5, 127.0, callsign="KAI")
XML, FRAME = build(SEEN), to_proto(SEEN, stream=True)


def named(names):
    return [Event(name, "a-f-G", "m-g", 1.0, 1.0, 2.0, 26.5, 127.0) for name in names]


def fed(stream, data, size=None):
    found = []
    for at in range(0, len(data), size or len(data) or 1):
        found += stream.feed(data[at : at + (size or len(data))])
    return found + stream.finish()


@pytest.mark.parametrize("size", [1, 2, 7, 100, 1000, None])
def test_events_cut_anywhere(size):
    rng = random.Random(4)
    data, expected = b"", []
    for event in events(120, seed=5):
        if rng.random() < 0.5:
            wire = build(event, declaration=rng.random() < 0.7) + rng.choice([b"", b"\n", b"\r\n  "])
            expected.append(parse(build(event)))
        else:
            wire = to_proto(event, stream=True)
            expected.append(of_proto(wire))
        data += wire
    stream = Stream()
    assert fed(stream, data, size) == expected
    assert stream.refusals.counts == {}


def test_an_event_is_told_as_soon_as_its_last_byte_is_there():
    for wire in (XML, FRAME):
        stream = Stream()
        assert stream.feed(wire[:-1]) == []
        assert stream.feed(wire[-1:]) == [SEEN]


def test_garbage_is_counted_with_its_place_and_costs_no_event():
    stream = Stream()
    data = XML + b"noise \xbf\xbf <evil/>" + XML + b"\x00\x01\x02" + FRAME + b"\ntail"
    assert fed(stream, data) == [SEEN] * 3
    places = [(r.offset, r.length, r.reason) for r in stream.refusals.last]
    begin = len(XML)
    second = begin + 16 + len(XML)
    third = second + 3 + len(FRAME) + 1
    assert places == [(begin, 16, "garbage"), (second, 3, "garbage"), (third, 4, "garbage")]
    assert stream.refusals.octets == {"garbage": 23}


def test_a_bad_event_between_good_ones_is_refused_alone():
    for wrong, reason in (
        (XML.replace(b"26.5", b"99.5"), "position"),
        (XML.replace(b"</detail>", b""), "xml"),
        (to_proto(SEEN, stream=True).replace(b"a-f-G-U-C", b"a-f-G-\xff\xff\xff"), "protobuf"),
    ):
        stream = Stream()
        assert fed(stream, XML + wrong + FRAME + wrong + XML) == [SEEN] * 3
        assert stream.refusals.counts == {reason: 2}
        assert stream.refusals.octets == {reason: 2 * (len(wrong) - wrong.startswith(b"<?xml") * 39)}


def test_an_event_without_end_costs_only_itself():
    stream = Stream()
    assert fed(stream, XML[:-8] + XML + XML[: len(XML) // 2] + b"<event>" + FRAME + XML) == [SEEN] * 2
    assert stream.refusals.counts == {"truncated": 2}


def test_a_frame_that_tells_a_wrong_length_costs_no_other_event():
    longer = bytes([0xBF, FRAME[1] + 5]) + FRAME[2:]
    shorter = bytes([0xBF, FRAME[1] - 5]) + FRAME[2:]
    for wrong in (longer, shorter):
        stream = Stream()
        assert fed(stream, FRAME + wrong + XML + FRAME + XML) == [SEEN] * 4
        assert sum(stream.refusals.octets.values()) >= len(wrong) - 1


def test_what_is_too_long_is_dropped_and_little_is_held():
    stream = Stream()
    endless = XML[: XML.index(b"KAI")] + b"K" * (3 * MAX_EVENT)
    held = 0
    found = []
    for at in range(0, len(endless), 1 << 16):
        found += stream.feed(endless[at : at + (1 << 16)])
        held = max(held, len(stream._held))
    assert found == []
    assert held <= MAX_EVENT + (1 << 16)
    assert stream.feed(XML) == [SEEN]
    assert stream.refusals.counts["too_long"] == 1


@pytest.mark.parametrize(
    "attack",
    [
        b"<event ",
        b"<event",
        b"<event x='1'></event>",
        b"\xbf",
        b"\xbf\x80",
        b"\xbf\x0c\x12\x0a",
        b"\xbf\xff\xff\x3f\x12\xfb\xff\x3f",
        b"\xbf\x04\x12\x02\xff\xff",
        b"<?xml",
        b"<",
    ],
)
def test_time_grows_with_the_bytes_alone(attack):
    def seconds(size):
        data = attack * (size // len(attack))
        begin = time.thread_time()
        stream = Stream()
        fed(stream, data, 1 << 16)
        assert sum(stream.refusals.octets.values()) == len(data)
        return time.thread_time() - begin

    assert seconds(1 << 19) < 10 * seconds(1 << 17) + 0.1  # linear: 4 times, quadratic: 16 times


def test_what_a_peer_tells_of_versions():
    stream = Stream()
    assert stream.feed(to_proto(Control(1, 2, "B"), stream=True) + FRAME) == [SEEN]
    assert stream.control == Control(1, 2, "B")


def test_datagrams():
    assert of_datagram(XML) == of_datagram(to_proto(SEEN)) == SEEN
    for wrong, reason in (
        (b"", "xml"),
        (b"\xbf", "protobuf"),
        (b"\xbf\x02\xbf\x12\x00", "protobuf"),
        (XML + b"x", "xml"),
    ):
        with pytest.raises(FormatError) as told:
            of_datagram(wrong)
        assert told.value.reason == reason
