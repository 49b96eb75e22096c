"""ST 0601 against the examples that the standard prints, and what is reserved, unknown or wrong in it."""

import math

import pytest

from formats.klv.examples import DEGREES, OTHERS, TEXTS
from formats.klv.packets import KEY_0601, item, packet
from mihari.formats.klv import decode_many, encode, to_dicts
from mihari.formats.klv.records import checksum
from mihari.formats.refusals import Refusals
from recordings import recording

SAMPLES = "formats/misb/"


def told(*items, strict=True):
    (one,) = to_dicts(decode_many(packet(list(items)), strict=strict))
    return one


@pytest.mark.parametrize("tag", DEGREES)
def test_printed_angles_read_and_write_as_printed(tag):
    name, octets, value, half_a_step = DEGREES[tag]
    data = packet([(tag, bytes.fromhex(octets))])
    assert math.degrees(decode_many(data)[name][0]) == pytest.approx(value, abs=half_a_step)
    assert encode({name: math.radians(value)}) == data
    assert encode(next(to_dicts(decode_many(data)))) == data


@pytest.mark.parametrize("tag", OTHERS)
def test_printed_numbers_read_and_write_as_printed(tag):
    name, octets, value, half_a_step = OTHERS[tag]
    data = packet([(tag, bytes.fromhex(octets))])
    assert decode_many(data)[name][0] == pytest.approx(value, abs=half_a_step)
    assert encode({name: value}) == data


@pytest.mark.parametrize("tag", TEXTS)
def test_printed_texts_read_and_write_as_printed(tag):
    name, text = TEXTS[tag]
    data = packet([(tag, text.encode())])
    assert decode_many(data).texts(name) == [text]
    assert encode({name: text}) == data


def test_the_largest_and_smallest_numbers_are_the_ends_of_their_ranges():
    """ST 0601 tags 13, 6, 5: 0x7FFFFFFF is 90°, 0x80000001 is −90°, 0x8001 is −20°, 0xFFFF is 360°."""
    assert told((13, b"\x7f\xff\xff\xff"))["sensor_lat_deg"] == 90.0
    assert told((13, b"\x80\x00\x00\x01"))["sensor_lat_deg"] == -90.0
    assert told((6, b"\x80\x01"))["platform_pitch"] == pytest.approx(math.radians(-20.0), abs=1e-15)
    assert told((5, b"\xff\xff"))["platform_heading"] == pytest.approx(2 * math.pi, abs=1e-15)


@pytest.mark.parametrize(("tag", "name", "octets"), [(13, "sensor_lat_deg", 4), (6, "platform_pitch", 2)])
def test_out_of_range_is_told_as_none_and_comes_back_as_it_was(tag, name, octets):
    data = packet([(tag, b"\x80" + bytes(octets - 1))])
    decoded = decode_many(data)
    assert math.isnan(decoded[name][0])
    (one,) = to_dicts(decoded)
    assert one == {"set": "0601", name: None}
    assert encode(one) == data


def test_imapb_that_is_no_number_is_none_and_other_special_values_keep_their_octets():
    assert told((96, b"\xd0\x00\x00")) == {"set": "0601", "target_width_extended": None}
    infinite = packet([(96, b"\xc8\x00\x00")])
    (one,) = to_dicts(decode_many(infinite))
    assert one == {"set": "0601", "tag_96": b"\xc8\x00\x00"}
    assert encode(one) == infinite


def test_imapb_reads_in_any_length():
    """ST 0601 tag 112, 125°, in 2, 3 and 4 octets."""
    for octets in (2, 3, 4):
        raw = (8000 << 8 * (octets - 2)).to_bytes(octets, "big")
        assert told((112, raw))["platform_course"] == pytest.approx(math.radians(125.0), abs=1e-12)


def test_zero_length_items_say_that_a_value_is_unknown():
    data = packet([(5, b""), (3, b""), (8, b"")])
    (one,) = to_dicts(decode_many(data))
    assert one == {"set": "0601", "platform_heading": None, "mission_id": None, "platform_true_airspeed": None}
    assert encode(one) == data


def test_items_without_a_meaning_here_keep_octets_order_and_repetitions():
    items = [
        (2, bytes(8)),
        (48, b"\x01\x01\x01"),
        (94, b"\x01\x70"),
        (115, b"a"),
        (115, b"b"),
        (300, b"far"),
        (65, b"\x0d"),
    ]
    data = packet(items)
    (one,) = to_dicts(decode_many(data))
    assert one == {
        "set": "0601", "time": 0.0, "tag_48": b"\x01\x01\x01", "tag_94": b"\x01\x70", "tag_115": [b"a", b"b"],
        "tag_300": b"far", "version": 13,
    }  # fmt: skip
    assert list(one)[1:] == ["time", "tag_48", "tag_94", "tag_115", "tag_300", "version"]
    assert encode(one) == data


def test_of_an_item_that_comes_twice_the_first_counts_and_the_second_keeps_its_octets():
    data = packet([(15, b"\x00\x00"), (15, b"\xff\xff")])
    (one,) = to_dicts(decode_many(data))
    assert one == {"set": "0601", "sensor_true_altitude": -900.0, "tag_15": b"\xff\xff"}
    assert encode(one) == data


def test_an_item_of_a_wrong_length_is_counted_and_costs_only_itself():
    refusals = Refusals()
    data = packet([(2, bytes(8)), (13, b"\x01\x02"), (15, b"\xff\xff")])
    decoded = decode_many(data, refusals=refusals)
    assert refusals.counts == {"bad_item": 1}
    assert refusals.last[0].data == b"\x01\x02"
    assert refusals.last[0].offset == data.index(b"\x0d\x02\x01\x02") + 2
    (one,) = to_dicts(decoded)
    assert one == {"set": "0601", "time": 0.0, "tag_13": b"\x01\x02", "sensor_true_altitude": 19000.0}
    assert encode(one) == data


def test_a_time_that_is_none_and_text_that_is_no_utf8_keep_their_octets():
    refusals = Refusals()
    data = packet([(2, b"\xff" * 8), (3, b"\xff\xfe")])
    decoded = decode_many(data, refusals=refusals)
    assert math.isnan(decoded["time"][0])
    assert decoded.texts("mission_id") == [None]
    (one,) = to_dicts(decoded)
    assert one == {"set": "0601", "tag_2": b"\xff" * 8, "tag_3": b"\xff\xfe"}
    assert encode(one) == data


def test_a_wrong_checksum_drops_a_set_unless_told_otherwise():
    data = bytearray(packet([(2, bytes(8)), (5, b"\x71\xc2")]))
    data[-1] ^= 1
    refusals = Refusals()
    assert len(decode_many(bytes(data), refusals=refusals)) == 0
    assert refusals.counts == {"checksum": 1}
    assert refusals.octets == {"checksum": len(data)}
    lenient = decode_many(bytes(data), strict=False)
    assert lenient.sets.checksum_ok.tolist() == [False]
    assert next(to_dicts(lenient))["checksum_ok"] is False


def test_a_set_without_a_checksum_is_refused_unless_told_otherwise():
    body = item(2, bytes(8)) + item(5, b"\x71\xc2")
    data = KEY_0601 + bytes([len(body)]) + body
    refusals = Refusals()
    assert len(decode_many(data, refusals=refusals)) == 0
    assert refusals.counts == {"no_checksum": 1}
    assert len(decode_many(data, strict=False)) == 1


def test_the_public_samples_have_the_values_that_klvdata_documents():
    """paretech/klvdata data/: the second has a right checksum, the first a wrong one (stored aa43, computed 3e1e)."""
    right = recording(SAMPLES + "DynamicOnlyMISMMSPacketData.bin").read_bytes()
    wrong = recording(SAMPLES + "DynamicConstantMISMMSPacketData.bin").read_bytes()
    (one,) = to_dicts(decode_many(right))
    assert one["time"] == 1231798102.0
    assert one["sensor_lat_deg"] == pytest.approx(60.1768229669783, abs=1e-12)
    assert one["sensor_lon_deg"] == pytest.approx(128.42675904204452, abs=1e-12)
    assert math.degrees(one["platform_heading"]) == pytest.approx(159.97436484321355, abs=1e-12)
    assert one["version"] == 6
    assert encode(one) == right
    refusals = Refusals()
    assert len(decode_many(wrong, refusals=refusals)) == 0
    assert refusals.counts == {"checksum": 1}
    (other,) = to_dicts(decode_many(wrong, strict=False))
    assert other["mission_id"] == "Mission 12"
    assert other["platform_designation"] == "Predator"
    assert other["tag_48"][:3] == b"\x01\x01\x01"
    assert checksum(wrong[:-2]) == 0x3E1E
    assert encode(other) == wrong[:-2] + b"\x3e\x1e"


def test_values_that_an_item_cannot_hold_are_refused_by_name():
    with pytest.raises(ValueError, match="sensor_lat_deg: 91 is not between -90 and 90"):
        encode({"sensor_lat_deg": 91})
    with pytest.raises(ValueError, match="platform_true_airspeed: 256 does not fit 1 octets"):
        encode({"platform_true_airspeed": 256})
    with pytest.raises(KeyError, match="sensor_latitude"):
        encode({"sensor_latitude": 1.0})
