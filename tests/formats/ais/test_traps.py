"""The traps in which known decoders differ, one test each."""

from __future__ import annotations

from functools import reduce
from operator import xor

import numpy as np
import pytest

from mihari.core.errors import BadInput
from mihari.formats.ais import decode_bytes, decode_file, encode, subject_of, to_dicts
from recordings import recording

GOOD = b"!AIVDM,1,1,,A,15MgK45P3@G?fl0E`JbR0OwT0@MS,0*4E"
P1 = b"AIVDM,2,1,1,A,55?MbV02;H;s<HtKR20EHE:0@T4@Dn2222222216L961O5Gf0NSQEp6ClRp8,0"
P2 = b"AIVDM,2,2,1,A,88888888880,2"


def line(body: bytes, start: bytes = b"!") -> bytes:
    return start + body + b"*%02X\n" % reduce(xor, body, 0)


def counts(data: bytes) -> tuple[int, dict[str, int]]:
    decoded = decode_bytes(data)
    return len(decoded.messages), decoded.refused.counts()


def test_a_wrong_checksum_gives_no_position():
    assert counts(GOOD.replace(b"4E", b"4F")) == (0, {"checksum": 1})


def test_lower_case_checksums_are_checksums():
    assert counts(GOOD.replace(b"4E", b"4e")) == (1, {})


def test_a_missing_checksum_is_no_sentence():
    assert counts(GOOD[:-3]) == (0, {"syntax": 1})


def test_a_type_1_cut_to_162_bits_is_refused_by_its_length():
    assert counts(line(b"AIVDM,1,1,,A,15MgK45P3@G?fl0E`JbR0OwT0@M,0")) == (0, {"length": 1})


@pytest.mark.parametrize(
    "payload", [b"KC5E2b@U19PFdLbMuc5=ROv62<7m,0", b"K5DfMB9FLsM?P00d,0", b"H42O55i18tMET00000000000000,2",
                b"H42O55lt0000000D3nink000?0500,0"],
)  # fmt: skip
def test_both_lengths_of_types_27_and_24_count(payload):
    found, refused = counts(line(b"AIVDM,1,1,,A," + payload))
    bits = 6 * (len(payload) - 2) - int(payload[-1:])
    assert (found, refused) == ((1, {}) if bits in (96, 160, 168) else (0, {"length": 1}))


def test_two_parts_are_one_message():
    decoded = decode_bytes(line(P1) + line(P2))
    assert len(decoded.messages) == 1
    assert decoded.messages.line.tolist() == [1]
    assert decoded.messages.static.name[0] != ""


def test_parts_in_reversed_order_are_no_message():
    assert counts(line(P2) + line(P1)) == (0, {"incomplete": 2})


def test_a_lost_second_part_does_not_disturb_the_next_message():
    assert counts(line(P1) + GOOD) == (1, {"incomplete": 1})


def test_one_sequence_number_on_two_channels_at_once():
    on_b = [part.replace(b",1,A,", b",1,B,") for part in (P1, P2)]
    decoded = decode_bytes(line(P1) + line(on_b[0]) + line(P2) + line(on_b[1]))
    assert decoded.messages.channel.tolist() == [ord("A"), ord("B")]
    assert decoded.messages.payload(0) == decoded.messages.payload(1)


def test_two_stations_at_once_are_kept_apart_by_their_tag_blocks():
    one = encode({"message_type": 5, "mmsi": 1, "name": "ONE"}, sequence=1, station="A", group=1)
    two = encode({"message_type": 5, "mmsi": 2, "name": "TWO"}, sequence=1, station="B", group=2)
    decoded = decode_bytes(one[0] + two[0] + one[1] + two[1])
    assert decoded.messages.static.name.tolist() == ["ONE", "TWO"]
    assert decoded.messages.station.tolist() == ["A", "B"]


def test_a_repeated_first_part_starts_anew():
    assert counts(line(P1) + line(P1) + line(P2) + line(P2)) == (1, {"incomplete": 2})


def test_tag_blocks_tell_time_and_station():
    tagged = b"\\g:1-2-73874,n:157036,s:r003669945,c:1241544035*4A\\" + line(P1)
    decoded = decode_bytes(tagged + b"\\g:2-2-73874,n:157037*1D\\" + line(P2))
    assert decoded.messages.time.tolist() == [1241544035.0]
    assert decoded.messages.station.tolist() == ["r003669945"]
    assert decoded.tag_refused == 0


def test_a_damaged_tag_block_is_passed_over_and_counted():
    decoded = decode_bytes(b"\\s:rEV02,c:1334337317*59\\" + GOOD)
    assert len(decoded.messages) == 1
    assert np.isnan(decoded.messages.time[0])
    assert decoded.messages.station.tolist() == [""]
    assert decoded.tag_refused == 1


@pytest.mark.parametrize(
    ("told", "time"),
    [
        (b",1328182324635", 1328182324.635),
        (b",1328182324", 1328182324.0),
        (b",d-109,r003669946,1325394060,5", 1325394060.0),
    ],
)
def test_trailing_receive_times_count_in_s_and_ms(told, time):
    decoded = decode_bytes(GOOD + told)
    assert decoded.messages.time.tolist() == [time]


def test_times_of_tag_blocks_may_be_in_ms_and_come_before_trailing_ones():
    sentence = encode({"message_type": 27, "mmsi": 1}, time=1459382401.25)[0].strip()
    assert decode_bytes(sentence + b",1328182324").messages.time.tolist() == [1459382401.25]


@pytest.mark.parametrize("before", [b"2016-04-10 00:00:01, ", b"1490075479,", b"$", b"\xff\x00"])
def test_text_before_the_sentence_is_passed_over(before):
    assert counts(before + GOOD) == (1, {})


@pytest.mark.parametrize("talker", [b"AI", b"AB", b"AD", b"AN", b"AR", b"AS", b"AT", b"AX", b"BS", b"SA"])
@pytest.mark.parametrize("start", [b"!", b"$"])
def test_every_talker_is_heard(talker, start):
    decoded = decode_bytes(line(talker + GOOD[3:-3], start))
    assert decoded.messages.talker.tolist() == [talker]
    assert decoded.messages.own.tolist() == [False]


def test_vdo_is_own_ship():
    assert decode_bytes(line(b"AIVDO" + GOOD[6:-3])).messages.own.tolist() == [True]


def test_other_sentences_are_not_refused_ais():
    decoded = decode_bytes(b"$GPRMC,092211.00,A,5759.09700,N,01144.34344,E,5.257,28.27,200715,,,A*58\n\n# text\n")
    assert (len(decoded.messages), decoded.refused.counts(), decoded.other, decoded.lines) == (0, {}, 2, 3)


@pytest.mark.parametrize(
    "body",
    [b"AIVDM,1,1,,A,15MgK45P3@G?fl0E`JbR0OwT0@MS,6", b"AIVDM,1,2,,A,15MgK45P3@G?fl0E`JbR0OwT0@MS,0",
     b"AIVDM,0,0,,A,15MgK45P3@G?fl0E`JbR0OwT0@MS,0", b"AIVDM,1,1,,A,15MgK45P3@G?fl0E`JbR0Ow~0@MS,0",
     b"AIVDM,1,1,,A", b"AIVDM,1,1,,AB,15MgK45P3@G?fl0E`JbR0OwT0@MS,0"],
)  # fmt: skip
def test_sentences_of_the_wrong_form_are_refused_as_syntax(body):
    assert counts(line(body)) == (0, {"syntax": 1})


def test_an_empty_payload_is_refused_by_its_length():
    assert counts(b"!AIVDM,1,1,,B,,0*25") == (0, {"length": 1})


def test_what_is_not_available_is_absent():
    sentence = encode({"message_type": 1, "mmsi": 367_000_000})[0]
    messages = decode_bytes(sentence).messages
    for name in ("lat_deg", "lon_deg", "speed", "course", "heading", "turn"):
        assert np.isnan(getattr(messages, name)[0]), name
    assert (messages.status[0], messages.second[0]) == (-1, -1)
    assert not messages.has_position[0]
    (told,) = to_dicts(messages)
    assert not {"lat_deg", "speed", "course", "heading", "turn", "status", "second"} & told.keys()


def test_a_missing_file_is_one_sentence():
    with pytest.raises(BadInput, match="nowhere"):
        decode_file("nowhere.nmea")


@pytest.mark.parametrize(
    ("mmsi", "kind", "status", "subject"),
    [(970_000_001, 1, 14, "sart"), (972_000_001, 1, -1, "mob"), (974_000_001, 14, -1, "epirb"),
     (431_000_001, 1, 14, "sart"), (431_000_001, 1, 0, "vessel"), (2_288_225, 4, -1, "station"),
     (431_000_001, 4, -1, "station"), (992_276_001, 21, -1, "aid"), (431_000_001, 21, -1, "aid"),
     (111_232_506, 9, -1, "aircraft"), (431_000_001, 9, -1, "aircraft"), (982_270_001, 24, -1, "vessel")],
)  # fmt: skip
def test_messages_have_subjects(mmsi, kind, status, subject):
    assert subject_of(mmsi, kind, status) == subject


def test_own_ship_and_vessels_of_a_real_log_are_those_pyais_finds_valid():
    messages = decode_file(recording("formats/ais/Hakefjord.log")).messages
    assert len(np.unique(messages.mmsi)) == 41
    assert np.unique(messages.mmsi[messages.own]).size == 1


def test_timed_recordings_carry_time_and_station():
    import gzip

    decoded = decode_bytes(gzip.decompress(recording("ais/vernon_timed.nm4.gz").read_bytes()))
    assert len(np.unique(decoded.messages.mmsi)) == 115
    assert len(decoded.messages) == 267_158
    assert decoded.messages.stations == ("vernon",)
    assert decoded.messages.time[0] == 1459382401.0
    assert not np.isnan(decoded.messages.time).any()
