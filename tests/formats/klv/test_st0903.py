"""ST 0903 against octets and values of jmisb's tests (most are the standard's examples) and the public sample."""

import math

import pytest

from formats.klv.packets import KEY_0903, item, length, packet
from mihari.formats.klv import decode_many, encode, imapb, to_dicts
from mihari.formats.klv.st0903 import LOCATION, TARGET, VMTI, Series
from mihari.formats.refusals import Refusals
from recordings import recording

# MISB ST 1201 annex A: (low, high, octets), value, octets of the wire, value read back, to 1e-5 of it
IMAPB = [
    ((0.1, 0.9, 2), 0.1, "0000", 0.1),
    ((0.1, 0.9, 2), 0.5, "3333", 0.5),
    ((0.1, 0.9, 2), 0.9, "6666", 0.9),
    ((0.0, 100.0, 4), 10.1, "0a199999", 10.09999996),
    ((0.0, 100.0, 4), 100.0, "64000000", 100.0),
    ((0.0, 100.0, 3), 10.1, "0a1999", 10.09999),
    ((0.0, 100.0, 3), 90.9, "5ae666", 90.89999),
    ((-9.9, 110.0, 3), -9.9, "000000", -9.9),
    ((-9.9, 110.0, 3), 0.225, "0a2000", 0.22499),
    ((-9.9, 110.0, 3), 110.0, "77e667", 110.0),
    ((-9.9, 110.0, 3), 0.0, "09e667", 0.0),
    ((0.0, 1e9, 8), 3.14159, "00000006487e7c06", 3.14159),
    ((-1.0, 1.0, 2), 1.0, "8000", 1.0),  # the end of a range whose width is a power of two
    ((-1.0, 1.0, 2), -1.0, "0000", -1.0),
    ((-1.0, 1.0, 2), 0.5, "6000", 0.5),
]


@pytest.mark.parametrize(("range", "value", "octets", "back"), IMAPB)
def test_imapb_is_as_st_1201_prints_it(range, value, octets, back):
    assert imapb.encode(value, *range).hex() == octets
    assert imapb.decode(bytes.fromhex(octets), *range[:2]) == pytest.approx(back, abs=2e-4 if range[2] == 2 else 1e-5)


@pytest.mark.parametrize("octets", ["d00000", "c80000", "e80000", "e00000", "e10000", "800001", "640001"])
def test_imapb_values_that_are_no_number_of_the_range_are_nan(octets):
    """ST 1201 table 5: not a number, infinities, below and above the range, reserved, beyond the last step."""
    assert math.isnan(imapb.decode(bytes.fromhex(octets), 0.0, 100.0))


@pytest.mark.parametrize("octets", [1, 2, 3, 4])
def test_every_step_of_imapb_comes_back_as_it_was(octets):
    """All of one and two octets, every 997th and 250007th of three and four."""
    for low, high in ((0.0, 180.0), (-19.2, 19.2), (-900.0, 40000.0), (-90.0, 90.0), (-180.0, 180.0)):
        most = int.from_bytes(imapb.encode(high, low, high, octets), "big")
        for number in range(0, most + 1, (1, 1, 1, 997, 250_007)[octets]):
            raw = number.to_bytes(octets, "big")
            assert imapb.encode(imapb.decode(raw, low, high), low, high, octets) == raw


# VTarget pack, from jmisb's set with everything and its tests of single items: tag, octets, name, value
TARGET_EXAMPLES = [
    (1, "064000", "centroid_px", 409600),
    (2, "064000", "top_left_px", 409600),
    (3, "068b0a", "bottom_right_px", 428810),
    (4, "1b", "priority", 27),
    (5, "50", "confidence_percent", 80),
    (6, "0acd", "history", 2765),
    (7, "32", "pixels_percent", 50),
    (8, "daa520", "colour", [218, 165, 32]),
    (9, "3354", "intensity", 13140),
    (10, "3a6667", "offset_lat_deg", 10.0),
    (11, "3a6667", "offset_lon_deg", 10.0),
    (12, "2a94", "height", 10000.0),
    (13, "3a6667", "top_left_offset_lat_deg", 10.0),
    (16, "3a6667", "bottom_right_offset_lon_deg", 10.0),
    (19, "0368", "row_px", 872),
    (20, "0471", "column_px", 1137),
    (21, "0203", "fpa_row_column", [2, 3]),
    (22, "2b", "algorithm_id", 43),
]


@pytest.mark.parametrize(("tag", "octets", "name", "value"), TARGET_EXAMPLES)
def test_known_items_of_a_target_read_and_write_as_known(tag, octets, name, value):
    raw = item(tag, bytes.fromhex(octets))
    told = TARGET.decode(raw)
    assert list(told) == [name]
    assert told[name] == pytest.approx(value, abs=1e-5)
    assert TARGET.encode(told) == raw
    assert TARGET.encode({name: value}) == raw


SETS = [
    (2, "000382" + "4430f6ce40", "time", 987654321.0),
    (3, "4453544f5f414453535f564d5449", "system_name", "DSTO_ADSS_VMTI"),
    (4, "05", "version", 5),
    (5, "1c", "targets_in_frame", 28),
    (6, "02", "reported_targets", 2),
    (7, "0130b0", "frame_number", 78000),
    (8, "0780", "frame_width_px", 1920),
    (9, "0438", "frame_height_px", 1080),
    (10, "454f204e6f7365", "source_sensor", "EO Nose"),
    (11, "0640", "horizontal_fov", math.radians(12.5)),
    (12, "0500", "vertical_fov", math.radians(10.0)),
]


@pytest.mark.parametrize(("tag", "octets", "name", "value"), SETS)
def test_known_items_of_the_set_read_and_write_as_known(tag, octets, name, value):
    raw = item(tag, bytes.fromhex(octets))
    assert VMTI.decode(raw) == {name: pytest.approx(value)}
    assert VMTI.encode({name: value}) == raw


COORDINATES, DEVIATIONS, CORRELATIONS = "27ba9302344a1adf1014", "00030060513c", "000040006000"


def test_a_location_has_coordinates_then_deviations_then_correlations():
    """ST 0903 location pack: −10.5423886331461°, 29.157890122923°, 3216 m; 0.1, 3, 649.9 m; −1, 0, 0.5."""
    told = LOCATION.decode(bytes.fromhex(COORDINATES))
    assert list(told) == ["lat_deg", "lon_deg", "height"]
    assert told == pytest.approx({"lat_deg": -10.5423886331461, "lon_deg": 29.157890122923, "height": 3216.0}, abs=1e-2)
    told = LOCATION.decode(bytes.fromhex(COORDINATES + DEVIATIONS))
    assert [told[f"sigma_{axis}"] for axis in ("east", "north", "up")] == pytest.approx([0.1, 3.0, 649.9], abs=0.03)
    told = LOCATION.decode(bytes.fromhex(COORDINATES + DEVIATIONS + CORRELATIONS))
    assert [told[f"rho_{pair}"] for pair in ("east_north", "east_up", "north_up")] == [-1.0, 0.0, 0.5]
    for octets in (COORDINATES, COORDINATES + DEVIATIONS, COORDINATES + DEVIATIONS + CORRELATIONS):
        assert LOCATION.encode(LOCATION.decode(bytes.fromhex(octets))).hex() == octets
    assert (
        LOCATION.encode({"lat_deg": -10.5423886331461, "lon_deg": 29.157890122923, "height": 3216.0}).hex()
        == COORDINATES
    )
    for wrong in ("", "010203", COORDINATES + "00", COORDINATES + DEVIATIONS[:4]):
        with pytest.raises(ValueError, match="octets"):
            LOCATION.decode(bytes.fromhex(wrong))


def test_a_boundary_is_a_series_of_locations():
    """ST 0903 tag 18: two locations, each with its length."""
    raw = bytes.fromhex("0a27ba90ab344a1adf10140a27ba9301344a1b001014")
    told = Series(LOCATION).decode(raw)
    assert [one["lat_deg"] for one in told] == pytest.approx([-10.54246008396, -10.54238867760], abs=1e-6)
    assert [one["lon_deg"] for one in told] == pytest.approx([29.15789008141, 29.15789818763], abs=1e-6)
    assert Series(LOCATION).encode(told) == raw


# ST 0903.3: tag, octets as they were mapped then, octets of IMAPB, name, value
LEGACY_TARGET = [
    (12, "8c38", "2a93", "height", 10000.0, 0.3),
    (15, "42aaaa", "3a6666", "bottom_right_offset_lat_deg", 10.0, 0.003),
    (16, "42aaaa", "3a6666", "bottom_right_offset_lon_deg", 10.0, 0.003),
]


@pytest.mark.parametrize(("tag", "before", "after", "name", "value", "close"), LEGACY_TARGET)
def test_numbers_of_version_3_are_read_by_their_linear_mapping_and_written_by_imapb(
    tag, before, after, name, value, close
):
    def nested(version, octets):
        target = b"\x07" + item(tag, bytes.fromhex(octets))
        return packet([(101, length(len(target)) + target), (4, bytes([version]))], KEY_0903)  # the version comes last

    (old,) = to_dicts(decode_many(nested(3, before)))
    assert old["targets"][0][name] == pytest.approx(value, abs=close)
    assert encode(old) == nested(4, after)
    (new,) = to_dicts(decode_many(nested(4, after)))
    assert new["targets"][0][name] == pytest.approx(value, abs=1.1 if tag == 12 else 1e-5)  # a step


def test_fields_of_view_of_version_3_are_linear():
    told = VMTI.decode(bytes.fromhex("0401030b0211c70c020e39"))
    assert math.degrees(told["horizontal_fov"]) == pytest.approx(12.5, abs=3e-3)
    assert math.degrees(told["vertical_fov"]) == pytest.approx(10.0, abs=3e-3)


def test_a_location_of_version_3_is_linear():
    """The legacy mapping of ST 0903.3: 0 to 2^32 − 1 over −90° to 90°, 0 to 65535 over −900 m to 19000 m."""
    raw = round((26.0 + 90.0) / 180.0 * (2**32 - 1)).to_bytes(4, "big")
    raw += round((127.0 + 180.0) / 360.0 * (2**32 - 1)).to_bytes(4, "big") + bytes.fromhex("8c38")
    told = LOCATION.decode(raw, legacy=True)
    assert told == pytest.approx({"lat_deg": 26.0, "lon_deg": 127.0, "height": 10000.0}, abs=0.2)
    assert told["lat_deg"] == pytest.approx(26.0, abs=1e-7)


def test_a_set_with_everything_comes_back_as_it_was():
    location = bytes.fromhex(COORDINATES + DEVIATIONS + CORRELATIONS)
    velocity = imapb.encode(5.0, -900.0, 900.0, 2) + imapb.encode(-3.0, -900.0, 900.0, 2)
    velocity += imapb.encode(0.0, -900.0, 900.0, 2)
    mushroom = item(2, b"Mushroom") + item(3, b"\x01\x02") + item(4, b"\x30\x00")
    tracker = item(1, bytes(range(16))) + item(2, b"\x01") + item(7, b"\x32") + item(10, velocity) + item(12, b"\x09")
    first = b"\x01" + item(1, bytes.fromhex("064000")) + item(17, location) + item(101, b"\x01\x03\x02\x39\xaa")
    first += item(102, mushroom) + item(103, b"f" * 300) + item(104, tracker) + item(105, b"chip")
    first += item(106, b"chips") + item(107, length(len(mushroom)) + mushroom + b"\x00")
    second = b"\x81\x00" + item(2, bytes.fromhex("064000")) + item(55, b"\x01\x03")  # number 128; no such tag
    algorithm = item(1, b"\x09") + item(2, b"k6_yolo_9000_tracker") + item(3, b"2.6a") + item(4, b"kalmann")
    algorithm += item(5, b"\x0a")
    ontology = item(3, b"https://example.org/pizza.owl") + item(4, b"Mushroom")
    data = packet(
        [
            *((tag, bytes.fromhex(octets)) for tag, octets, _, _ in SETS),
            (13, b"\x01\x68\xf3"),
            (101, length(len(first)) + first + length(len(second)) + second),
            (102, length(len(algorithm)) + algorithm),
            (103, length(len(ontology)) + ontology),
        ],
        KEY_0903,
    )
    (told,) = to_dicts(decode_many(data))
    one, two = told["targets"]
    assert (one["id"], two["id"]) == (1, 128)
    assert one["location"]["sigma_north"] == pytest.approx(3.0, abs=0.02)
    assert one["object"] == {"label": "Mushroom", "ontology_id": 258, "confidence_percent": 48.0}
    assert one["objects"] == [one["object"], {}]
    assert one["tracker"]["track_id"] == bytes(range(16))
    assert one["tracker"]["velocity"] == pytest.approx({"east": 5.0, "north": -3.0, "up": 0.0}, abs=0.07)
    assert (one["mask"], one["chip"], one["chips"]) == (b"\x01\x03\x02\x39\xaa", b"chip", b"chips")
    assert two == {"id": 128, "top_left_px": 409600, "tag_55": b"\x01\x03"}
    assert told["algorithms"] == [
        {"id": 9, "name": "k6_yolo_9000_tracker", "version": "2.6a", "class": "kalmann", "frames": 10}
    ]
    assert told["ontologies"] == [{"ontology": "https://example.org/pizza.owl", "label": "Mushroom"}]
    assert told["miis_id"] == b"\x01\x68\xf3"
    assert encode(told) == data


def test_nested_in_tag_74_it_has_no_key_and_no_checksum():
    vmti = {"version": 5, "frame_width_px": 1920, "targets": [{"id": 3, "confidence_percent": 80}]}
    data = packet([(2, bytes(8)), (74, bytes.fromhex("0401050802078065050403050150"))])
    assert encode({"time": 0.0, "vmti": vmti}) == data
    (told,) = to_dicts(decode_many(data))
    assert told == {"set": "0601", "time": 0.0, "vmti": vmti}


def test_the_public_sample_is_read_whole_and_comes_back_as_it_was():
    """jmisb api/src/test/resources/0903.bin: five stand-alone sets of ST 0903.4."""
    data = recording("formats/misb/0903.bin").read_bytes()
    refusals = Refusals()
    told = list(to_dicts(decode_many(data, refusals=refusals)))
    assert refusals.counts == {}
    assert [one["time"] for one in told] == pytest.approx([1664769469.971288 + 0.0003 * i for i in range(5)], abs=4e-4)
    assert {one["system_name"] for one in told} == {"Example Targeting System"}
    assert [[t["id"] for t in one["targets"]] for one in told] == [[0, 1], [2, 3], [4, 5], [6, 7], [8, 9]]
    assert told[0]["targets"][1] == {
        "id": 1, "centroid_px": 352205, "top_left_px": 455636, "bottom_right_px": 394955, "confidence_percent": 84,
        "objects": [],
    }  # fmt: skip
    assert b"".join(map(encode, told)) == data


def test_a_broken_target_costs_only_itself():
    good = b"\x01" + item(5, b"\x50")
    bad = b"\x02" + b"\x05\x7f\x00"  # an item longer than its pack
    series = b"".join(length(len(one)) + one for one in (good, bad, good))
    data = packet([(101, series)], KEY_0903)
    (told,) = to_dicts(decode_many(data))
    assert told["targets"] == [{"id": 1, "confidence_percent": 80}, bad, {"id": 1, "confidence_percent": 80}]
    assert encode(told) == data


def test_a_series_that_does_not_fit_keeps_its_octets():
    data = packet([(101, b"\x05\x01")], KEY_0903)
    (told,) = to_dicts(decode_many(data))
    assert told == {"set": "0903", "tag_101": b"\x05\x01"}
    assert encode(told) == data
