"""Field by field against pymavlink on random messages, both ways, and every definition against its own."""

from __future__ import annotations

import math
import random
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import mavlink_peer as peer

from mihari.formats.mavlink import decode_many, encode, to_dicts, words
from mihari.formats.mavlink.definition import own
from mihari.formats.mavlink.dialect import known, message_of

OWN = sorted(m.name for m in own().values())
COUNT = 10_000


def many(names: list[str], count: int, seed: int) -> list[Any]:
    rng = random.Random(seed)
    return [peer.message(names[i % len(names)], rng, extensions=rng.random() < 0.6) for i in range(count)]


def check_fields(messages: list[Any], data: bytes) -> None:
    decoded = decode_many(data)
    assert len(decoded) == len(messages)
    assert not decoded.refused.counts
    for name, table in decoded.tables.items():
        sent = [m for m in messages if m.msgname == name]
        assert len(sent) == len(table)
        for field in table.message.fields:
            mine = table.raw(field.name).tolist()
            for number, (told, m) in enumerate(zip(mine, sent, strict=True)):
                theirs = peer.wire(m)[field.name]
                theirs = bytes(theirs).rstrip(b"\0") if field.text else theirs
                assert peer.same(told, theirs), (name, number, field.name, told, theirs)


@pytest.fixture(scope="module")
def own_messages() -> tuple[list[Any], list[bytes]]:
    messages = many(OWN, COUNT, 1)
    return messages, peer.frames(messages, peer.sender(3, 190))


def test_ten_thousand_messages_of_pymavlink_are_read_field_by_field(own_messages: Any) -> None:
    messages, frames = own_messages
    check_fields(messages, b"".join(frames))


def test_ten_thousand_messages_of_ours_are_read_by_pymavlink_field_by_field(own_messages: Any) -> None:
    messages, frames = own_messages
    dicts = to_dicts(decode_many(frames))
    again = [encode(d) for d in dicts]
    assert again == frames
    for told, sent in zip(peer.read(b"".join(again)), messages, strict=True):
        assert told.get_type() == sent.get_type()
        assert (told.get_srcSystem(), told.get_srcComponent()) == (3, 190)
        mine, theirs = peer.wire(told), peer.wire(sent)
        for name in theirs:
            assert peer.same(mine[name], theirs[name]), (sent.get_type(), name)


def test_every_other_known_message_is_read_and_written_too() -> None:
    names = sorted(set(peer.KINDS) - set(OWN))
    messages = many(names, 4 * len(names), 2)
    frames = peer.frames(messages, peer.sender())
    check_fields(messages, b"".join(frames))
    assert [encode(d) for d in to_dicts(decode_many(frames))] == frames


def test_no_message_of_pymavlinks_dialects_is_missing() -> None:
    from pymavlink.dialects.v20 import ardupilotmega, common

    assert set(known().ids) == set(ardupilotmega.mavlink_map) >= set(common.mavlink_map)
    assert {n: message_of(i).name for n, i in enumerate(known().ids)} == dict(enumerate(known().names))


@pytest.mark.parametrize("number", known().ids)
def test_definitions_are_sealed_like_pymavlinks(number: int) -> None:
    mine, theirs = message_of(number), peer.dialect.mavlink_map[number]
    row = known().slot[number]
    assert mine.name == theirs.msgname
    assert mine.sealed() == mine.crc_extra == known().seal[row] == theirs.crc_extra
    assert mine.size == mine.dtype.itemsize == known().size[row] == theirs.unpacker.size
    assert mine.base == known().base[row]
    assert [f.name for f in mine.fields] == theirs.ordered_fieldnames
    assert len({f.key for f in mine.fields}) == len(mine.fields)
    for field in mine.fields:
        assert field.type == theirs.fieldtypes[theirs.fieldnames.index(field.name)].removesuffix("_t")
        unit = theirs.fieldunits_by_name.get(field.name, "-")
        assert field.unit == unit or (unit == "-" and field.unit in ("text", "frame", "/100"))


def test_enumerations_are_numbered_like_pymavlinks() -> None:
    theirs = peer.dialect.enums
    for names, enum in ((words.RESULTS, "MAV_RESULT"), (words.MISSION_RESULTS, "MAV_MISSION_RESULT")):
        told = {n: e.name.removeprefix(enum + "_").removeprefix("MAV_MISSION_") for n, e in theirs[enum].items()}
        told = {n: word for n, word in told.items() if not word.endswith("ENUM_END")}
        assert len(told) >= 8
        assert {n: names[n] for n in told} == told
    numbers = {e.name: n for n, e in theirs["MAV_CMD"].items()}
    assert numbers["MAV_CMD_NAV_WAYPOINT"] == words.WAYPOINT
    assert numbers["MAV_CMD_NAV_LOITER_UNLIM"] == words.LOITER_UNLIMITED
    assert numbers["MAV_CMD_NAV_LOITER_TIME"] == words.LOITER_TIME
    assert numbers["MAV_CMD_NAV_RETURN_TO_LAUNCH"] == words.RETURN_TO_LAUNCH
    assert numbers["MAV_CMD_NAV_LAND"] == words.LAND
    assert numbers["MAV_CMD_NAV_TAKEOFF"] == words.TAKEOFF
    assert numbers["MAV_CMD_DO_SET_ROI_LOCATION"] == words.REGION_OF_INTEREST
    frames = {e.name: n for n, e in theirs["MAV_FRAME"].items()}
    assert frames["MAV_FRAME_GLOBAL_RELATIVE_ALT_INT"] == words.RELATIVE_ALTITUDE


def told(kind: str, /, **fields: Any) -> dict[str, Any]:
    (frame,) = peer.frames([peer.KINDS[kind](**fields)], peer.sender())
    (message,) = to_dicts(decode_many(frame))
    assert encode(message) == frame
    return message


def test_positions_are_degrees_metres_and_radians() -> None:
    m = told(
        "GLOBAL_POSITION_INT", time_boot_ms=12345, lat=410123457, lon=-290000001, alt=50123, relative_alt=-7, vx=100,
        vy=-250, vz=1, hdg=9000,
    )  # fmt: skip
    assert (m["lat_deg"], m["lon_deg"]) == (41.0123457, -29.0000001)
    assert (m["alt"], m["relative_alt"], m["time_boot_ms"]) == (50.123, -0.007, 12345)
    assert (m["vx"], m["vy"], m["vz"]) == (1.0, -2.5, 0.01)
    assert m["hdg"] == pytest.approx(math.pi / 2)


def test_what_is_not_known_is_none() -> None:
    m = told(
        "GPS_RAW_INT", time_usec=2**63, fix_type=0, lat=0, lon=0, alt=0, eph=65535, epv=150, vel=65535, cog=65535,
        satellites_visible=255,
    )  # fmt: skip
    assert (m["eph"], m["epv"], m["vel"], m["cog"], m["satellites_visible"]) == (None, 1.5, None, None, None)
    assert (m["time_usec"], m["yaw"]) == (2**63, None)
    assert m["h_acc"] == 0.0
    m = told(
        "BATTERY_STATUS", id=1, battery_function=1, type=3, temperature=32767, voltages=[4100, 4050] + [65535] * 8,
        current_battery=-1, current_consumed=1500, energy_consumed=12, battery_remaining=-1,
    )  # fmt: skip
    assert m["voltages"] == [4.1, 4.05] + [None] * 8
    assert (m["temperature_celsius"], m["current_battery"], m["battery_remaining_percent"]) == (None, None, None)
    assert (m["current_consumed_mah"], m["energy_consumed"]) == (1500, 1200.0)


def test_a_vessel_heard_by_a_vehicle_is_told_in_si() -> None:
    m = told(
        "AIS_VESSEL", MMSI=431000001, lat=261234567, lon=1271234567, COG=18000, heading=9000, velocity=514,
        turn_rate=10, navigational_status=0, type=70, dimension_bow=120, dimension_stern=20, dimension_port=10,
        dimension_starboard=11, callsign=b"JA1234", name=b"MARU", tslc=3, flags=0xFFFF,
    )  # fmt: skip
    assert (m["MMSI"], m["callsign"], m["name"], m["tslc"]) == (431000001, "JA1234", "MARU", 3)
    assert (m["lat_deg"], m["lon_deg"], m["velocity"]) == (26.1234567, 127.1234567, 5.14)
    assert (m["COG"], m["heading"]) == (pytest.approx(math.pi), pytest.approx(math.pi / 2))
    assert m["turn_rate"] == pytest.approx(math.radians(1.0))


def test_text_that_is_no_utf_8_stays_bytes() -> None:
    m = told("STATUSTEXT", severity=4, text=b"Gr\xfc\xdfe")
    assert m["text"] == b"Gr\xfc\xdfe"
    assert told("STATUSTEXT", severity=4, text="Grüße".encode())["text"] == "Grüße"


ITEM = {"target_system": 1, "target_component": 1, "seq": 2, "command": 16, "current": 0, "autocontinue": 1}
ITEM |= {f"param{n}": 0.0 for n in (1, 2, 3, 4)}


def test_x_and_y_are_what_their_frame_makes_of_them() -> None:
    m = told("MISSION_ITEM_INT", **ITEM, frame=6, x=410000001, y=-290000002, z=50.0)
    assert (m["lat_deg"], m["lon_deg"]) == (41.0000001, -29.0000002)
    assert "x" not in m
    m = told("MISSION_ITEM_INT", **ITEM, frame=1, x=12345, y=-1, z=50.0)
    assert (m["x"], m["y"]) == (1.2345, -0.0001)
    m = told("MISSION_ITEM_INT", **ITEM, frame=2, x=12345, y=-1, z=50.0)
    assert (m["x_raw"], m["y_raw"]) == (12345, -1)
    m = told("MISSION_ITEM_INT", **ITEM, frame=0, x=2**31 - 1, y=2**31 - 1, z=50.0)
    assert (m["lat_deg"], m["lon_deg"]) == (None, None)


def test_columns_hold_the_same_values_as_dicts(own_messages: Any) -> None:
    _, frames = own_messages
    decoded = decode_many(frames[:2000])
    dicts = to_dicts(decoded)
    for name, table in decoded.tables.items():
        mine = [d for d in dicts if d["message"] == name]
        for key, column in table.columns().items():
            if key in ("x", "y") and table.message.framed:
                continue
            for value, d in zip(column.tolist(), mine, strict=True):
                if isinstance(value, bytes):
                    assert value in (d[key], str(d[key]).encode())
                else:
                    given = float(d[key]) if isinstance(value, float) and d[key] else _nan(d[key])
                    assert peer.same(value, given), (name, key)


def _nan(value: Any) -> Any:
    return [_nan(v) for v in value] if isinstance(value, list) else math.nan if value is None else value
