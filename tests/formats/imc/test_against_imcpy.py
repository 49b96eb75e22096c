"""imcpy's own objects beside our dicts: 10,000 random messages both ways, and the wire by hand."""

from __future__ import annotations

import math
import random
import struct

import imcpy
import pytest

from mihari.core.errors import FormatError
from mihari.formats.imc import FIELDS, Decoder, decode, encode, position
from mihari.formats.imc.framing import checksum

EACH = -(-10_000 // len(FIELDS))
HEAD = {"source": 0x8001, "source_entity": 7, "destination": 0x4000, "destination_entity": 255}


def filled(name: str, rng: random.Random, depth: int = 0):
    """An object of imcpy with random fields."""
    message = getattr(imcpy, name)()
    for f in FIELDS[name]:
        default = getattr(message, f.attribute)
        if type(default).__name__.startswith("MessageList"):
            inner = {"maneuvers": "PlanManeuver", "transitions": "PlanTransition", "points": "PathPoint"}
            inner |= {"beam_config": "BeamConfig", "start_actions": "FuelLevel", "end_actions": "Heartbeat"}
            inner |= {"actions": "AcousticLink"}
            if f.attribute in inner and depth < 3:
                default.extend([filled(inner[f.attribute], rng, depth + 1) for _ in range(rng.randrange(3))])
        elif default is None:
            kind = rng.choice(("Goto", "Loiter", "Rows", "PopUp", "FollowPath"))
            if rng.random() < 0.8:
                setattr(message, f.attribute, filled(kind if name == "PlanManeuver" else "PlanSpecification", rng, 2))
        else:
            setattr(message, f.attribute, random_value(default, f, rng))
    return message


def random_value(default, f, rng: random.Random):
    if f.in_degrees:
        return rng.uniform(-1.5, 1.5)
    if isinstance(default, float):
        return struct.unpack("<f", struct.pack("<f", rng.uniform(-1000, 1000)))[0]  # holds in f4 and f8
    if isinstance(default, str):
        return "".join(rng.choice("abc XYZ-0189;=/") for _ in range(rng.randrange(12)))
    if isinstance(default, bytes):
        return rng.randbytes(rng.randrange(40))
    if isinstance(default, int):
        return rng.randrange(128)
    members = getattr(type(default), "__members__", {})
    return rng.choice(list(members.values())) if members else type(default)(rng.randrange(8))


def same(told, message) -> None:
    """Each field of a dict against the object, by the object's own attributes."""
    for f in FIELDS[message.msg_name]:
        value, theirs = told[f.name], getattr(message, f.attribute)
        if isinstance(theirs, float):
            assert value == pytest.approx(math.degrees(theirs) if f.in_degrees else theirs, rel=1e-15, abs=0), f.name
        elif type(theirs).__name__.startswith("MessageList"):
            assert len(value) == len(theirs)
            for one, other in zip(value, theirs, strict=True):
                assert one["message"] == other.msg_name
                same(one, other)
        elif hasattr(theirs, "msg_name"):
            assert value["message"] == theirs.msg_name
            same(value, theirs)
        elif hasattr(type(theirs), "__members__"):
            assert value == (theirs.name if theirs.name in type(theirs).__members__ else int(theirs))
        else:
            assert value == theirs, f.name


@pytest.mark.parametrize("name", FIELDS)
def test_random_messages_read_as_their_codec_wrote_them_and_are_written_as_it_reads_them(name):
    rng = random.Random(name)
    objects = [filled(name, rng) for _ in range(EACH)]
    for k, message in enumerate(objects):
        message.timestamp, message.src, message.src_ent = 1.7e9 + k / 8, 0x8001, 7
        message.dst, message.dst_ent = 0x4000, 255
    wire = [bytes(imcpy.Packet.serialize(message)) for message in objects]
    decoder = Decoder()
    found = decoder.feed(b"".join(wire))
    assert decoder.refusals.counts == decoder.other == {}
    assert len(found) == EACH
    for k, (told, message, packet) in enumerate(zip(found, objects, wire, strict=True)):
        assert (told["message"], told["time"]) == (name, 1.7e9 + k / 8)
        assert {n: told[n] for n in HEAD} == HEAD
        same(told, message)
        again = encode(told)
        assert len(again) == len(packet)
        if not any(f.in_degrees for f in FIELDS[name]) and not name.startswith("Plan"):
            assert again == packet  # byte for byte where no position is turned into degrees
        back = decode(again)
        same(back, message)


def test_an_estimated_state_by_hand_in_both_byte_orders():
    values = [0.62, 2.43, 1.5, 10.0, -20.0, 3.0, 0.1, 0.2, 0.3, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 11.0, 12.0]
    names = "height x y z phi theta psi u v w vx vy vz p q r depth altitude"
    for order, sync in (("<", b"\x54\xfe"), (">", b"\xfe\x54")):
        body = struct.pack(order + "dd18f", *values)
        head = sync + struct.pack(order + "HHdHBHB", 350, len(body), 1.7e9, 30, 1, 16, 2)
        packet = head + body + struct.pack(order + "H", checksum(head + body))
        (told,) = Decoder().feed(packet)
        assert (told["message"], told["time"], told["source"]) == ("EstimatedState", 1.7e9, 30)
        assert (told["source_entity"], told["destination"], told["destination_entity"]) == (1, 16, 2)
        assert told["lat_deg"] == pytest.approx(math.degrees(0.62), rel=1e-15)
        assert told["lon_deg"] == pytest.approx(math.degrees(2.43), rel=1e-15)
        assert [told[n] for n in names.split()] == pytest.approx(values[2:], rel=1e-7)
        assert encode(told)[20:36] == pytest.approx(struct.pack("<dd", 0.62, 2.43))


def test_the_position_of_an_estimated_state_is_moved_as_the_vehicles_own_software_moves_it():
    rng = random.Random(4)
    for _ in range(200):
        lat, lon = rng.uniform(-1.4, 1.4), rng.uniform(-3.1, 3.1)
        north, east = rng.uniform(-3000, 3000), rng.uniform(-3000, 3000)
        theirs = imcpy.coordinates.WGS84.displace(lat, lon, north, east)
        told = {"message": "EstimatedState", "lat_deg": math.degrees(lat), "lon_deg": math.degrees(lon)}
        ours = position(told | {"x": north, "y": east})
        assert ours is not None
        metres = 111_000 * max(
            abs(ours[0] - math.degrees(theirs[0])), abs(ours[1] - math.degrees(theirs[1])) * math.cos(lat)
        )
        assert metres < 3.0  # a displacement in the tangent plane of the reference, ours along the ground


def test_bearings_of_a_hydrophone_carry_time_source_bearing_and_accuracy():
    told = {
        "message": "UsblAnglesExtended", "time": 1.7e9 + 0.25, "source": 0x8005, "source_entity": 3, "peer": "lauv-1",
        "bearing": 1.25, "elevation": -0.5, "device_bearing": 0.75, "device_elevation": 0.125, "phi": 0.0,
        "theta": 0.0, "psi": 0.5, "accuracy": 0.03125,
    }  # fmt: skip
    message = imcpy.Packet.deserialize(encode(told))
    assert (message.timestamp, message.src, message.src_ent) == (1.7e9 + 0.25, 0x8005, 3)
    assert (message.target, message.bearing, message.accuracy, message.lbearing) == ("lauv-1", 1.25, 0.03125, 0.75)
    assert decode(encode(told)).items() >= told.items()


def test_what_a_message_cannot_carry_is_an_error():
    good = {"message": "Goto", "time": 0.0}
    wrong = [
        {"message": "Nothing"}, {"nothing": 1}, {"speed_units": "KNOTS"}, {"timeout_s": 70_000}, {"timeout_s": 1.5},
        {"lat_deg": "x"}, {"custom": 5}, {"custom": "x" * 66_000}, {"source": 70_000}, {"z": None}, {"custom": "é"},
    ]  # fmt: skip
    for change in wrong:
        with pytest.raises(FormatError):
            encode(good | change)
    with pytest.raises(FormatError):
        encode({"message": "FollowPath", "time": 0.0, "points": [{"message": "PathPoint"}] * 6000})
    with pytest.raises(KeyError):
        encode({"message": "Goto"})


def test_messages_inside_messages_that_are_not_in_the_table_keep_their_bytes():
    inner = imcpy.StationKeeping()
    inner.radius, inner.custom = 25.0, "k=v"
    outer = imcpy.PlanManeuver()
    outer.maneuver_id, outer.data, outer.timestamp = "1", inner, 1.7e9
    told = decode(bytes(imcpy.Packet.serialize(outer)))
    assert told["data"].keys() == {"message", "raw"}
    again = imcpy.Packet.deserialize(encode(told))
    assert (again.maneuver_id, again.data.radius, again.data.custom) == ("1", 25.0, "k=v")
