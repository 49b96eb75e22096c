"""Streams cut anywhere, tag blocks, datagrams, and whatever else comes in."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

from fuzzing import survives
from mihari.core.errors import FormatError
from mihari.formats.lwe import LARGEST
from mihari.formats.nmea import GROUPS, SENTENCES, Decoder, datagram_450, decode_many, encode, tags_of, to_dicts
from mihari.formats.nmea.tracked import RadarTracks

sys.path.insert(0, str(Path(__file__).parent))
import nmea_made

HDT = b"$HEHDT,271.3,T*28\r\n"
TTM = b"$RATTM,11,11.4,13.6,T,7.0,20.0,T,0.0,0.0,N,,Q,,154125.82,A,*17\r\n"
AIS = b"!AIVDM,1,1,,A,15MgK45P3@G?fl0E`JbR0OwT0@MS,0*4E\r\n"


def tagged(content: bytes, form: str = "02X") -> bytes:
    total = 0
    for c in content:
        total ^= c
    return b"\\" + content + b"*" + format(total, form).encode() + b"\\"


def test_results_do_not_depend_on_the_cut():
    rng = random.Random(3)
    pieces = [encode(nmea_made.message(name, rng), longest=120) for name in SENTENCES for _ in range(8)]
    pieces += [b"$HEHDT,1.0,T*00\r\n", b"noise\r\n", AIS, tagged(b"s:RA0001,c:1700000000") + HDT, b"$GPGSV,1,1,00*79\n"]
    rng.shuffle(pieces)
    data = b"".join(pieces)
    whole = decode_many(data)
    expected = sorted(map(repr, to_dicts(whole)))
    for size in (5, 7, 100):
        decoder = Decoder()
        parts = [decoder.feed(data[at : at + size]) for at in range(0, len(data), size)]
        parts.append(decoder.finish())
        assert sorted(repr(m) for part in parts for m in to_dicts(part)) == expected
        assert decoder.refusals.counts == whole.refusals.counts == {"checksum": 1}
        assert decoder.refusals.last[-1].offset == data.index(b"$HEHDT,1.0,T*00")
        assert decoder.lines == whole.lines == data.count(b"\n")


def test_a_line_without_end_is_bounded_and_costs_only_itself():
    decoder = Decoder()
    for _ in range(100):
        decoder.feed(b"x" * 1000)
        assert len(decoder._rest) <= 4096
    assert decoder.feed(b"\n" + HDT).tables["HDT"]["heading_deg"].tolist() == [271.3]
    assert decoder.refusals.counts == {"too_long": 1}
    assert decode_many(b"x" * 5000 + b"\n" + HDT + TTM[:-2] + b" " * 5000).refusals.counts == {"too_long": 2}


@pytest.mark.parametrize(("time", "expected"), [(b"1700000000", 1.7e9), (b"1700000000250", 1.7e9 + 0.25)])
@pytest.mark.parametrize("form", ["02X", "02x", "x"])  # a plugin writes the sum in lower case and without its zero
def test_tag_blocks_tell_source_and_time_in_seconds_or_milliseconds(time, expected, form):
    for n in range(40):
        content = b"s:RA0001,d:EI0001,n:%d,c:%b,g:1-2-34" % (n, time)
        (message,) = to_dicts(decode_many(tagged(content, form) + TTM))
        assert (message["source"], message["destination"], message["line_number"]) == ("RA0001", "EI0001", n)
        assert message["time"] == expected
        assert message["group"] == (1, 2, 34)


def test_a_damaged_tag_block_costs_the_block_and_not_the_sentence():
    decoded = decode_many(b"\\s:RA0001,c:1700000000*00\\" + TTM + b"\\s:RA" + HDT)
    assert decoded.tag_refused == 1
    assert decoded.tables["TTM"].source.tolist() == [""]
    assert len(decoded.tables["HDT"]) == 1
    assert decoded.refusals.counts == {}
    assert tags_of(b"s:RA0001*00") == tags_of(b"") == tags_of(b"s:RA0001") == {}


def test_the_inner_of_two_tag_blocks_is_the_speakers_and_dollars_in_one_are_text():
    decoded = decode_many(tagged(b"s:RELAY1,n:1") + tagged(b"s:RA0001,c:1700000000,t:5$!") + TTM)
    assert decoded.tables["TTM"].source.tolist() == ["RA0001"]
    assert decoded.refusals.counts == {}


def test_receive_times_behind_the_checksum():
    table = decode_many(HDT.rstrip() + b",1700000001\r\n").tables["HDT"]
    assert table.time.tolist() == [1700000001.0]


def test_datagrams_both_ways():
    sentences = [encode(nmea_made.message("TTM", random.Random(k), absent=0.3), longest=120) for k in range(40)]
    made = datagram_450(sentences, "RA0001", destination="EI0002", time=1700000000.125, number=990, grouped=7)
    assert len(made) > 1
    assert all(d.startswith(b"UdPbC\0\\g:") and len(d) <= LARGEST for d in made)
    decoder = Decoder()
    found = [m for d in made for m in to_dicts(decoder.datagram(d))]
    plain = [{k: v for k, v in m.items() if k != "line"} for m in to_dicts(decode_many(b"".join(sentences)))]
    tags = [
        {"source": "RA0001", "destination": "EI0002", "time": 1700000000.125, "group": (k + 1, 40, 7),
         "line_number": (989 + k) % 999 + 1}
        for k in range(40)
    ]  # fmt: skip
    assert [{k: v for k, v in m.items() if k != "line"} for m in found] == [
        p | t for p, t in zip(plain, tags, strict=True)
    ]
    assert [encode(m, longest=120) for m in found] == sentences
    assert b"".join(encode(m, tagged=True, longest=120) for m in found) != b"".join(sentences)
    again = list(to_dicts(decode_many(b"".join(encode(m, tagged=True, longest=120) for m in found))))
    assert [{k: v for k, v in m.items() if k != "line"} for m in again] == [
        p | t for p, t in zip(plain, tags, strict=True)
    ]


def test_datagrams_end_lines_and_files_are_counted():
    decoder = Decoder()
    assert len(decoder.datagram(HDT.rstrip())) == 1
    assert len(decoder.datagram(b"UdPbC\0" + HDT[:9])) == 0
    assert len(decoder.datagram(b"UdPbC\0" + HDT)) == 1
    assert len(decoder.datagram(b"RaUdP\0" + HDT)) == 0
    assert decoder.files == 1
    assert decoder.refusals.counts == {"no_checksum": 1}
    with pytest.raises(FormatError):
        datagram_450([HDT], "RADAR")
    with pytest.raises(FormatError):
        datagram_450([HDT], "RA0001", destination="x")
    assert GROUPS["TGTD"] == ("239.192.0.2", 60002)
    assert GROUPS["USR8"] == ("239.192.0.16", 60016)


def test_hostile_bytes_are_counted_and_survived():
    rng = random.Random(8)
    seeds = [encode(nmea_made.message(name, rng), longest=120) for name in SENTENCES for _ in range(2)]
    seeds += [HDT, TTM + AIS, tagged(b"s:RA0001,c:1700000000250,g:1-2-3,n:7,d:EI0001") + TTM]
    seeds += [datagram_450([HDT, TTM], "RA0001", time=1.7e9)[0], b"RaUdP\0" + HDT]
    decoder, radar = Decoder(), RadarTracks()

    def take(data: bytes) -> None:
        decoded = decoder.datagram(data)
        list(to_dicts(decoded, exact=True))
        radar.take(decoded, 1.7e9)
        for table in decoded.tables.values():
            for name in table.names:
                assert len(table[name]) == len(table)
        tags_of(data)

    survives(take, seeds)


def test_hostile_values_that_decode_encode_again():
    rng = random.Random(9)
    seeds = [encode(nmea_made.message(name, rng), longest=120) for name in SENTENCES for _ in range(2)]

    def take(data: bytes) -> None:
        body = data.split(b"*")[0].strip(b"\r\n$!")
        total = 0
        for c in body:
            total ^= c
        decoded = decode_many((b"!" if body[2:5] == b"TTD" else b"$") + body + b"*%02X\r\n" % total)
        for message in to_dicts(decoded, exact=True):
            if message["formatter"] in SENTENCES:
                again = encode(message, longest=1 << 20)
                (twice,) = to_dicts(decode_many(again), exact=True)
                assert twice["fields"] == message["fields"]

    survives(take, seeds)
