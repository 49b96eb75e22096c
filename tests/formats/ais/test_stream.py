"""A stream gives what the whole recording gives, wherever it is cut, and stays small whatever comes in."""

from __future__ import annotations

import random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mihari.formats.ais import Decoder, Messages, Refused, decode_bytes, encode
from mihari.formats.ais.state import GROUP_LINES, GROUPS, LINE_LIMIT, STATIONS

ONE = b"!AIVDM,1,1,,A,15MgK45P3@G?fl0E`JbR0OwT0@MS,0*4E\r\n"
STATIC = {"message_type": 5, "mmsi": 431_000_123, "name": "KUROSHIO MARU", "destination": "NAHA"}
LINES = (
    ONE,
    ONE.replace(b"4E", b"4e"),
    ONE.replace(b"*4E", b"*4F"),
    ONE.replace(b"*4E", b"*4E,1328182324635"),
    b"$GPRMC,092211.00,A,5759.09700,N,01144.34344,E,5.257,28.27,200715,,,A*58\n",
    b"\r\n",
    b"# a remark\n",
    b"x" * (LINE_LIMIT + 1) + b"\n",
    b"x" * LINE_LIMIT + b"\n",
    ONE.rstrip() + b"," + b"9" * LINE_LIMIT + b"\n",
    b"!AIVDM,1,1,,A,B0,0*00\n",
    *encode(STATIC, sequence=1),
    *encode(STATIC, sequence=1, channel="B", station="NAHA", time=1.0e9, group=7),
    *encode(STATIC, sequence=2, own=True, talker="AB"),
    *encode({"message_type": 14, "mmsi": 970_123_456, "text": "SART TEST"}, station="HORN"),
    b"\\s:HORN,c:1459382401*00\\" + ONE,
)


def stream(pieces: list[bytes]) -> tuple[Messages, Refused, Decoder]:
    decoder = Decoder()
    messages, refused = [], []
    for piece in pieces:
        messages.append(decoder.feed(piece))
        refused.append(decoder.latest)
    messages.append(decoder.finish())
    refused.append(decoder.latest)
    return Messages.concatenate(messages), Refused.concatenate(refused), decoder


def assert_equal(a: Messages, b: Messages) -> None:
    for name, column in a.columns().items():
        if name not in ("start", "station_index"):
            np.testing.assert_array_equal(column, getattr(b, name), err_msg=name)
    assert a.station.tolist() == b.station.tolist()
    assert [a.payload(k) for k in range(len(a))] == [b.payload(k) for k in range(len(b))]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=12), st.randoms(use_true_random=False), st.booleans())
def test_the_cuts_of_a_stream_do_not_matter(lines: list[bytes], rng: random.Random, ended: bool):
    data = b"".join(lines)
    data = data if ended else data.rstrip(b"\r\n")
    cuts = sorted(rng.randrange(len(data) + 1) for _ in range(rng.randrange(9)))
    pieces = [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True)]
    whole = decode_bytes(data)
    messages, refused, decoder = stream(pieces)
    assert_equal(messages, whole.messages)
    assert refused.rows() == whole.refused.rows()
    assert (decoder.lines, decoder.other, decoder.sentences) == (whole.lines, whole.other, whole.sentences)
    assert decoder.refused == whole.refused.counts()


def test_single_bytes_are_cuts_too():
    data = b"".join(LINES[:6] + LINES[10:])
    messages, refused, _ = stream([data[k : k + 1] for k in range(len(data))])
    whole = decode_bytes(data)
    assert_equal(messages, whole.messages)
    assert refused.rows() == whole.refused.rows()


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=3000))
def test_noise_is_counted_and_gives_nothing(noise: bytes):
    decoder = Decoder()
    found = decoder.feed(noise)
    found = Messages.concatenate([found, decoder.finish()])
    assert len(found) <= decoder.sentences


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(LINES), st.integers(0, 200), st.integers(0, 255))
def test_one_damaged_byte_never_changes_what_is_said(line: bytes, at: int, byte: int):
    """The checksum catches every single wrong byte of the sentence itself; text around it may go unnoticed."""
    damaged = bytearray(line)
    damaged[at % len(line)] = byte
    found = decode_bytes(bytes(damaged))
    sound = {decode_bytes(line).messages.payload(k) for k in range(len(decode_bytes(line).messages))}
    assert {found.messages.payload(k) for k in range(len(found.messages))} <= sound


def test_a_line_without_end_is_counted_once_and_skipped():
    decoder = Decoder()
    for _ in range(100):
        decoder.feed(b"A" * 1_000_000)
        assert len(decoder._rest) <= LINE_LIMIT
    found = decoder.feed(b"\n" + ONE)
    assert decoder.refused == {"too_long": 1}
    assert found.line.tolist() == [1]
    reason, line, text = decoder.last_refused[0]
    assert (reason, line, text) == ("too_long", 0, b"A" * LINE_LIMIT)


def test_endless_groups_stay_bounded_and_are_counted():
    decoder = Decoder()
    first = encode(STATIC, sequence=0)[0]
    for k in range(300):
        head = b"\\s:ST%04d*" % k
        body = head[1:-1]
        sums = 0
        for c in body:
            sums ^= c
        decoder.feed(head + b"%02X\\" % sums + first)
    assert len(decoder._waiting) == GROUPS
    assert decoder.refused == {"incomplete": 300 - GROUPS}
    decoder.finish()
    assert decoder.refused == {"incomplete": 300}
    assert decoder.last_refused[-1][2].endswith(first.strip())


def test_station_names_stay_bounded():
    decoder = Decoder()
    for k in range(STATIONS + 50):
        body = b"s:N%05d" % k
        sums = 0
        for c in body:
            sums ^= c
        decoder.feed(b"\\" + body + b"*%02X\\" % sums + ONE)
    assert len(decoder.state.stations()) == STATIONS


def test_a_group_too_old_is_not_continued():
    first, second = encode(STATIC, sequence=3)
    decoded = decode_bytes(first + b"\n" * (GROUP_LINES + 1) + second)
    assert not len(decoded.messages)
    assert decoded.refused.counts() == {"incomplete": 2}


def test_a_group_waits_a_minute_of_receipt_not_longer():
    first, second = encode(STATIC, sequence=3)
    decoder = Decoder()
    decoder.feed(first, received=1000.0)
    assert len(decoder.feed(second, received=1059.0)) == 1
    decoder.feed(first, received=1060.0)
    assert len(decoder.feed(second, received=1121.0)) == 0


def test_a_datagram_ends_its_line():
    decoder = Decoder()
    assert len(decoder.feed(ONE.strip(), complete=True)) == 1
    assert len(decoder.feed(ONE.strip()[:20], complete=True)) == 0
    assert decoder.refused == {"syntax": 1}
    assert len(decoder.feed(ONE.strip(), complete=True)) == 1


def test_nothing_in_nothing_out():
    decoder = Decoder()
    assert len(decoder.feed(b"")) == 0
    assert len(decoder.finish()) == 0
    assert decoder.lines == 0
    assert len(decode_bytes(b"").messages.static) == 0
