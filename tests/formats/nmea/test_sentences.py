"""Sentences that others have published, field by field; the traps of the field; a real ship's recording."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest

from mihari.core.errors import FormatError
from mihari.formats.nmea import Decoder, decode_many, encode, to_dicts
from recordings import recording

# sentences and values of go-nmea's own tests (github.com/adrianmo/go-nmea, *_test.go), whose 0 for "absent" is absent
PUBLISHED = {
    "$RATTM,02,1.43,170.5,T,0.16,264.4,T,1.42,36.9,N,,T,,,M*2A": {
        "number": 2, "distance": 1.43, "bearing_deg": 170.5, "bearing_reference": "T", "speed": 0.16,
        "course_deg": 264.4, "course_reference": "T", "cpa_distance": 1.42, "cpa_time_min": 36.9, "units": "N",
        "status": "T", "acquisition": "M",
    },
    "$RATLL,,3647.422,N,01432.592,E,,,,*58": {"lat_deg": 36 + 47.422 / 60, "lon_deg": 14 + 32.592 / 60},
    "$RATLL,1,3646.54266,N,00235.37778,W,test,020915,L,R*78": {
        "number": 1, "lat_deg": 36.775711, "lon_deg": -2.5896296666666667, "name": "test", "time_of_day": 7755.0,
        "status": "L", "reference": "R",
    },
    "$RARSD,0.00,,2.50,005.0,0.00,,4.50,355.0,,,3.0,N,H*51": {
        "origin_1_range": 0.0, "marker_1_range": 2.5, "line_1_bearing_deg": 5.0, "origin_2_range": 0.0,
        "marker_2_range": 4.5, "line_2_bearing_deg": 355.0, "range_scale": 3.0, "units": "N", "rotation": "H",
    },
    "$RARSD,,,,,,,,,0.808,326.9,0.750,N,N*58": {
        "cursor_range": 0.808, "cursor_bearing_deg": 326.9, "range_scale": 0.75, "units": "N", "rotation": "N",
    },
    "$RAOSD,179.0,A,179.0,M,00.0,M,,,N*76": {
        "heading_deg": 179.0, "heading_status": "A", "course_deg": 179.0, "course_reference": "M", "speed": 0.0,
        "speed_reference": "M", "units": "N",
    },
    "$INTHS,123.456,A*20": {"heading_deg": 123.456, "mode": "A"},
    "$INTHS,,V*1E": {"mode": "V"},
    "$VDALF,1,0,1,220516,B,A,S,SAL,001,1,2,0,My alarm*2c": {
        "total": 1, "number": 0, "sequence": 1, "time_of_day": 79516.0, "category": "B", "priority": "A", "state": "S",
        "manufacturer": "SAL", "alert": 1, "instance": 1, "revision": 2, "escalation": 0, "text": "My alarm",
    },
    "$FBALC,02,01,03,01,FEB,01,02,03*0A": {
        "total": 2, "number": 1, "sequence": 3, "entries": 1,
        "alerts": [{"manufacturer": "FEB", "alert": 1, "instance": 2, "revision": 3}],
    },
    "$FBALC,02,01,03,02,FEB,01,02,03,TEB,02,03,04*5f": {
        "total": 2, "number": 1, "sequence": 3, "entries": 2,
        "alerts": [{"manufacturer": "FEB", "alert": 1, "instance": 2, "revision": 3},
                   {"manufacturer": "TEB", "alert": 2, "instance": 3, "revision": 4}],
    },
    "$FBALC,02,01,03,00*4a": {"total": 2, "number": 1, "sequence": 3, "entries": 0},
    "$RAACN,220516,TCK,002,1,A,C*00": {
        "time_of_day": 79516.0, "manufacturer": "TCK", "alert": 2, "instance": 1, "command": "A", "state": "C",
    },
    "$RAARC,220516,TCK,002,1,A*73": {
        "time_of_day": 79516.0, "manufacturer": "TCK", "alert": 2, "instance": 1, "command": "A",
    },
    "$HCHBT,1.5,A,1*23": {"interval_s": 1.5, "status": "A", "sequence": 1},
    "$HCHBT,,V,1*1E": {"status": "V", "sequence": 1},
}  # fmt: skip

# what go-nmea refuses for a field, with its sums as published
REFUSED = [
    "$RATTM,x02,1.43,170.5,T,0.16,264.4,T,1.42,36.9,N,,T,,,M*52",
    "$RATTM,02,1.43,170.5,xT,0.16,264.4,T,1.42,36.9,N,,T,,,M*52",
    "$RATTM,02,1.43,170.5,T,0.16,264.4,T,1.42,36.9,xN,,T,,,M*52",
    "$RATTM,02,1.43,170.5,T,0.16,264.4,T,1.42,36.9,N,,T,x,,M*52",
    "$RATTM,02,1.43,170.5,T,0.16,264.4,T,1.42,36.9,N,,T,,x,M*52",
    "$RATLL,x,3647.422,N,01432.592,E,,,,*20",
    "$RATLL,1,x3647.422,N,01432.592,E,,,,*11",
    "$RATLL,1,3647.422,N,x01432.592,E,,,,*11",
    "$RATLL,1,3646.54266,N,00235.37778,W,test,x020915,L,R*00",
    "$RATLL,1,3646.54266,N,00235.37778,W,test,020915,L,xR*00",
    "$RARSD,,,2.50,005.0,0.00,,4.50,355.0,,,3.0,X,H*59",
    "$RARSD,,,2.50,005.0,0.00,,4.50,355.0,,,3.0,N,X*5f",
    "$RAOSD,x179.0,A,179.0,M,00.0,M,,,N*0e",
    "$RAOSD,179.0,A,179.0,M,00.0,xM,,,N*0e",
    "$INTHS,123.456,B*23",
    "$INTHS,XXX,A*51",
    "$VDALF,1,0,1,2x0516,B,A,S,SAL,001,1,2,0,My alarm*66",
    "$VDALF,1,0,1,220516,x,A,S,SAL,001,1,2,0,My alarm*16",
    "$FBALC,02,01,03,01,FEB,01,02*25",
    "$FBALC,02,01,03,01,FEB,0x,02,03*43",
    "$RAACN,220516,TCK,002,1,x,C*39",
    "$RAARC,220516,TCK,002,x,A*3a",
    "$HCHBT,x.5,A,1*6A",
    "$HCHBT,1.5,X,1*3A",
]


def summed(body: str) -> bytes:
    total = 0
    for c in body.encode("latin-1"):
        total ^= c
    return f"${body}*{total:02X}\r\n".encode("latin-1")


def only(data: bytes) -> dict:
    (message,) = to_dicts(decode_many(data))
    return {k: v for k, v in message.items() if k not in ("talker", "line")}


@pytest.mark.parametrize("sentence", PUBLISHED)
def test_published_sentences_have_the_published_values(sentence):
    message = only(sentence.encode())
    assert message.pop("formatter") == sentence[3:6]
    expected = PUBLISHED[sentence]
    assert message.keys() == expected.keys()
    for name, value in expected.items():
        assert message[name] == (pytest.approx(value, abs=1e-12) if isinstance(value, float) else value), name


@pytest.mark.parametrize("sentence", REFUSED)
def test_published_wrong_fields_are_refused_with_their_place(sentence):
    data = summed("HEHDT,1.0,T") + sentence.encode() + b"\r\n" + summed("HEHDT,2.0,T")
    decoded = decode_many(data)
    assert decoded.refusals.counts in ({"field": 1}, {"checksum": 1})
    body = sentence[1:].split("*")[0]
    decoded = decode_many(summed("HEHDT,1.0,T") + summed(body) + summed("HEHDT,2.0,T"))
    assert decoded.refusals.counts == {"field": 1}
    assert decoded.refusals.last[-1].offset == len(summed("HEHDT,1.0,T"))
    assert decoded.refusals.last[-1].data.startswith(body[:20].encode()[:0] + b"$" + body[:20].encode())
    assert decoded.tables["HDT"]["heading_deg"].tolist() == [1.0, 2.0]


def test_a_real_ships_recording_is_read_whole():
    data = recording("formats/ais/Hakefjord.log").read_bytes()
    decoded = decode_many(data)
    assert {name: len(t) for name, t in decoded.tables.items()} == {
        "GGA": 2632, "GLL": 2632, "HDG": 7528, "RMC": 3960 + 7532, "TTM": 2, "VHW": 7532,
    }  # fmt: skip
    assert decoded.refusals.counts == {}
    assert decoded.lines == data.count(b"\n")
    assert len(decoded.ais) == len([m for m in to_dicts(decoded) if m["formatter"] in ("VDM", "VDO")])
    assert only(b"$RATTM,11,11.4,13.6,T,7.0,20.0,T,0.0,0.0,N,,Q,,154125.82,A,*17") == {
        "formatter": "TTM", "number": 11, "distance": 11.4, "bearing_deg": 13.6, "bearing_reference": "T",
        "speed": 7.0, "course_deg": 20.0, "course_reference": "T", "cpa_distance": 0.0, "cpa_time_min": 0.0,
        "units": "N", "status": "Q", "time_of_day": 56485.82, "acquisition": "A",
    }  # fmt: skip


def test_every_sentence_of_the_recording_comes_back_byte_for_byte():
    wanted = ("GGA", "GLL", "HDG", "RMC", "TTM", "VHW")
    data = recording("formats/ais/Hakefjord.log").read_bytes()
    lines = [line for line in data.splitlines() if line[3:6].decode("latin-1") in wanted and line[:1] == b"$"][:6000]
    messages = to_dicts(decode_many(b"\n".join(lines)), exact=True)
    again = [encode(message, longest=100) for message in messages]
    assert [line.rstrip() for line in again] == lines


def test_fields_with_blanks_are_stripped():  # as radar_pi writes them (src/Arpa.cpp)
    message = only(summed("RATTM, 1, 2.50 ,10.0,R, 5.0,20.0,T, , ,N,ARPA 1,T, "))
    assert message == {
        "formatter": "TTM", "number": 1, "distance": 2.5, "bearing_deg": 10.0, "bearing_reference": "R", "speed": 5.0,
        "course_deg": 20.0, "course_reference": "T", "units": "N", "name": "ARPA 1", "status": "T",
    }  # fmt: skip


@pytest.mark.parametrize("body", ["HEHDT,1.0,T", "HEHDT,1.3,T"])
def test_one_or_two_hexadecimal_digits_of_either_case_are_a_checksum(body):
    total = int(summed(body)[-4:-2], 16)
    for told in (f"{total:02X}", f"{total:02x}", f"{total:x}"):
        assert decode_many(f"${body}*{told}\r\n".encode()).refusals.counts == {}
    for told in (f"{total ^ 1:02X}", f"{total:02X}0"):
        assert len(decode_many(f"${body}*{told}\r\n".encode())) == 0


def test_a_single_digit_stands_for_a_sum_below_sixteen():  # "$IIRSA,28,A,,*b" of the recording
    assert decode_many(b"$IIRSA,28,A,,*b\r\n").other == [(0, 0, b"$IIRSA,28,A,,*b")]


def test_a_missing_checksum_is_refused_or_taken_and_counted():
    data = b"$HEHDT,271.3,T\r\n" + summed("HEHDT,1.0,T")
    strict, lenient = Decoder(), Decoder(summed=False)
    assert len(strict.feed(data)) == 1
    assert (strict.refusals.counts, strict.unsummed) == ({"no_checksum": 1}, 0)
    assert lenient.feed(data).tables["HDT"]["heading_deg"].tolist() == [271.3, 1.0]
    assert (lenient.refusals.counts, lenient.unsummed) == ({}, 1)
    lenient.feed(b"$HEHDT,271.3,T*00\r\n")
    assert lenient.refusals.counts == {"checksum": 1}


def test_bytes_beyond_ascii_are_refused():
    decoded = decode_many(summed("RATLL,1,3646.5,N,00235.3,W,Mövenö,020915,L,R") + summed("HEHDT,1.0,T"))
    assert decoded.refusals.counts == {"characters": 1}
    assert len(decoded.tables["HDT"]) == 1


def test_reserved_characters_come_as_escapes():
    message = {"formatter": "TLL", "talker": "RA", "number": 1, "name": "Å, B*$!\\^~ é"}
    assert encode(message) == b"$RATLL,01,,,,,^C5^2C B^2A^24^21^5C^5E^7E ^E9,,,*" + encode(message)[-4:]
    assert only(encode(message))["name"] == message["name"]
    with pytest.raises(FormatError, match="8859"):
        encode(message | {"name": "見張り"})


def test_a_torn_line_costs_only_what_is_torn():
    decoded = decode_many(b"$RATTM,11,11.4,1" + summed("HEHDT,1.0,T").rstrip() + summed("HEHDT,2.0,T") + b"$GPG\r\n")
    assert decoded.tables["HDT"]["heading_deg"].tolist() == [1.0, 2.0]
    assert decoded.refusals.counts == {"syntax": 2}
    assert [r.offset for r in decoded.refusals.last] == [
        0,
        len(b"$RATTM,11,11.4,1") + len("$HEHDT,1.0,T*hh") + len("$HEHDT,2.0,T*hh\r\n"),
    ]


def test_older_editions_with_fewer_fields_read_and_too_few_are_refused():
    assert only(summed("RATTM,01,1.0,2.0,T,3.0,4.0,T,5.0,6.0,N,,T,"))["units"] == "N"
    assert only(summed("GPGLL,5759.098,N,01144.346,E"))["lat_deg"] == pytest.approx(57.984967, abs=1e-6)
    assert decode_many(summed("RATTM,01,1.0")).refusals.counts == {"fields": 1}
    assert decode_many(summed("GPVTG,054.7,034.4,005.5,010.2")).refusals.counts == {"fields": 1}  # NMEA 0183 1.5


@pytest.mark.parametrize(
    "body",
    ["GPGLL,9100.0,N,01144.3,E", "GPGLL,5760.0,N,01144.3,E", "GPGLL,5759.0,N,18100.0,E", "GPGLL,5759.0,,01144.3,E",
     "GPGLL,5759.0,E,01144.3,E", "HEHDT,1..0,T", "HEHDT,1e1,T", "HEHDT,nan,T", "HEHDT,-,T", "HEHDT,1.0,M",
     "GPZDA,240000.00,01,01,2026,00,00", "GPZDA,235961.00,01,01,2026,00,00", "GPZDA,120060.00,01,01,2026,00,00",
     "GPRMC,092211,A,,,,,5.2,28.2,310215,,", "HEHDT,1234567890123456789,T"],
)  # fmt: skip
def test_values_that_are_none_are_refused(body):
    assert decode_many(summed(body)).refusals.counts == {"field": 1}


def test_a_leap_second_and_the_century_of_a_date():
    assert only(summed("GPZDA,235960.50,31,12,2016,-05,-30")) == {
        "formatter": "ZDA", "time_of_day": 86400.5, "day": 31, "month": 12, "year": 2016, "zone_h": -5,
        "zone_min": -30,
    }  # fmt: skip
    dates = [
        only(summed(f"GPRMC,092211,A,,,,,5.2,28.2,{d},,"))["date"] for d in ("010180", "311299", "290200", "310179")
    ]
    days = [(1980, 1, 1), (1999, 12, 31), (2000, 2, 29), (2079, 1, 31)]
    assert dates == [datetime(*day, tzinfo=UTC).timestamp() for day in days]


def test_variation_is_east_positive_and_zero_keeps_its_side():
    assert only(summed("HCHDG,25.0,1.5,W,3.5,E")) == {
        "formatter": "HDG", "heading_magnetic_deg": 25.0, "deviation_deg": -1.5, "variation_deg": 3.5,
    }  # fmt: skip
    south = only(summed("GPGLL,0000.00,S,00000.00,W,,A,"))
    assert math.copysign(1, south["lat_deg"]) == math.copysign(1, south["lon_deg"]) == -1
    assert encode(south | {"talker": "GP"}) == summed("GPGLL,0000.00,S,00000.00,W,,A,")


def test_what_a_sentence_cannot_carry_is_an_error():
    good = {"formatter": "TTM", "talker": "RA", "number": 1}
    for wrong in ({"formatter": "XYZ"}, {"talker": "PR"}, {"talker": "R,"}, {"distance": math.nan}, {"units": "M"},
                  {"name": "x" * 80}, {"number": 1.5}, {"time_of_day": 86401.0}, {"status": "LL"},
                  {"name": " x"}, {"number": 10**19}):  # fmt: skip
        with pytest.raises(FormatError):
            encode(good | wrong)
    with pytest.raises(FormatError):
        encode({"formatter": "GLL", "lat_deg": 90.5, "lon_deg": 0.0})


def test_too_long_a_sentence_is_refused_and_the_limit_can_be_set():
    long = summed("RATLL,1,3646.5,N,00235.3,W," + "N" * 80 + ",020915,L,R")
    assert len(decode_many(long)) == 1
    assert decode_many(long, longest=82).refusals.counts == {"length": 1}
    assert decode_many(b"x" * 4000 + b"\n" + long).remarks == 1


def test_other_formatters_are_kept_raw_and_ais_is_read():
    data = b"$GPGSV,1,1,00*79\r\n$PGRME,19.1,M,19.8,M,27.5,M*17\r\n!AIVDM,1,1,,A,15MgK45P3@G?fl0E`JbR0OwT0@MS,0*4E\r\n"
    decoded = decode_many(data)
    assert [m["formatter"] for m in to_dicts(decoded)] == ["GSV", "PGRME", "VDM"]
    assert decoded.ais.mmsi.tolist() == [366730000]
    assert b"".join(encode(m) for m in to_dicts(decoded)) == data
