"""What cannot be encoded is told with the name of its field; what may be left out is."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from mihari.core.errors import FormatError
from mihari.formats.mavlink import Encoder, decode_many, encode, items, to_dicts

POSITION: dict[str, Any] = {
    "message": "GLOBAL_POSITION_INT", "time_boot_ms": 1, "lat_deg": 41.0, "lon_deg": 29.0, "alt": 1.0,
    "relative_alt": 1.0, "vx": 0.0, "vy": 0.0, "vz": 0.0, "hdg": None,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"message": "NO_SUCH"}, "no message 'NO_SUCH'"),
        ({"message": None}, "no message None"),
        ({"lat": 41.0}, "GLOBAL_POSITION_INT has no field 'lat'"),
        ({"lat_deg": 400.0}, "lat_deg cannot be 400.0"),
        ({"lat_deg": None}, "lat_deg cannot be None"),
        ({"lat_deg": "north"}, "lat_deg cannot be 'north'"),
        ({"vx": 400.0}, "vx cannot be 400.0"),
        ({"vx": float("inf")}, "vx cannot be inf"),
        ({"time_boot_ms": -1}, "time_boot_ms cannot be -1"),
        ({"time_boot_ms": 1.5}, "time_boot_ms cannot be 1.5"),
        ({"hdg": 65535 / 18000 * 3.141592653589793}, "means 'not known'"),
        ({"sysid": 256}, "its head"),
        ({"packet": None}, "its head"),
        ({"signature": "xyz"}, "its head"),
        ({"mavlink": 1, "packet": 300}, "its head"),
    ],
)
def test_a_value_that_does_not_fit_is_named(change: dict[str, Any], words: str) -> None:
    with pytest.raises(FormatError, match=words):
        encode({**POSITION, **change})


@pytest.mark.parametrize("field", [k for k in POSITION if k not in ("message", "hdg")])
def test_fields_without_a_number_for_not_known_may_not_be_left_out(field: str) -> None:
    with pytest.raises(FormatError, match=f"needs '{field}'"):
        encode({k: v for k, v in POSITION.items() if k != field})


def test_fields_with_one_may() -> None:
    assert encode({k: v for k, v in POSITION.items() if k != "hdg"}) == encode(POSITION)
    assert encode({**POSITION, "hdg": float("nan")}) == encode(POSITION)


def test_a_message_without_a_name_is_refused() -> None:
    with pytest.raises(FormatError, match="needs its name"):
        encode({"seq": 1})


@pytest.mark.parametrize("text", ["x" * 51, "é" * 26, b"x" * 51, 7])
def test_text_that_does_not_fit_is_refused_not_cut(text: Any) -> None:
    with pytest.raises(FormatError, match="STATUSTEXT: text"):
        encode({"message": "STATUSTEXT", "severity": 1, "text": text})


def test_arrays_have_their_length() -> None:
    gimbal = {"message": "ATTITUDE_TARGET", "time_boot_ms": 1, "type_mask": 0, "q": [1.0, 0.0, 0.0], "thrust": 0.0}
    gimbal |= {"body_roll_rate": 0.0, "body_pitch_rate": 0.0, "body_yaw_rate": 0.0}
    with pytest.raises(FormatError, match="q cannot be"):
        encode(gimbal)


def test_messages_above_255_have_no_version_1() -> None:
    with pytest.raises(FormatError, match="AIS_VESSEL cannot be sent by version 1"):
        Encoder(1, 1, mavlink=1).encode(
            {"message": "AIS_VESSEL", "MMSI": 1, "lat_deg": 0.0, "lon_deg": 0.0, "COG": 0.0, "heading": 0.0,
             "velocity": 0.0, "dimension_bow": 0, "dimension_stern": 0, "tslc": 0, "flags": 0, "turn_rate": 0.0,
             "navigational_status": 0, "type": 0, "dimension_port": 0, "dimension_starboard": 0, "callsign": "",
             "name": ""}
        )  # fmt: skip


def test_an_encoder_numbers_its_frames_and_starts_over_after_255() -> None:
    encoder = Encoder(245, 190)
    reached = {"message": "MISSION_ITEM_REACHED", "seq": 1, "sysid": 3, "packet": 77}
    frames = [encoder.encode(reached) for _ in range(257)]
    table = decode_many(frames)["MISSION_ITEM_REACHED"]
    assert table.seq.tolist() == [*range(256), 0]
    assert set(table.sysid.tolist()) == {245}
    assert set(table.compid.tolist()) == {190}


def test_a_refused_message_takes_no_number() -> None:
    encoder = Encoder(1, 1)
    with pytest.raises(FormatError):
        encoder.encode({"message": "MISSION_ITEM_REACHED"})
    assert encoder.packet == 0


def test_items_are_what_the_commands_of_the_standard_say() -> None:
    made = [
        items.takeoff(30.0), items.waypoint(41.0, 29.0, 50.0, hold=5.0, accept_radius=3.0, yaw_deg=90.0),
        items.loiter_time(41.1, 29.1, 60.0, 120.0, radius=-80.0), items.loiter_unlimited(41.2, 29.2, 60.0),
        items.region_of_interest(41.3, 29.3, 0.0), items.land(41.4, 29.4), items.return_to_launch(),
    ]  # fmt: skip
    told = to_dicts(decode_many([encode(m) for m in made]))
    assert [m["command"] for m in told] == [22, 16, 19, 17, 195, 21, 20]
    assert {m["frame"] for m in told} == {6}
    assert {m["autocontinue"] for m in told} == {1}
    assert [(m["lat_deg"], m["lon_deg"]) for m in told[1:6]] == [(41 + n / 10, 29 + n / 10) for n in range(5)]
    assert (told[0]["lat_deg"], told[0]["z"]) == (None, 30.0)
    assert [told[1][f"param{n}"] for n in (1, 2, 3, 4)] == [5.0, 3.0, 0.0, 90.0]
    assert [told[2][f"param{n}"] for n in (1, 2, 3, 4)] == [120.0, 0.0, -80.0, None]
    for mine, back in zip(made, told, strict=True):
        assert {k: back[k] for k in mine} == mine


def test_messages_with_a_definition_of_ours_need_no_pymavlink_and_importing_needs_no_numba() -> None:
    program = """
import sys
from mihari.formats.mavlink import decode_many, encode, to_dicts
assert "numba" not in sys.modules
frame = encode({"message": "MISSION_ITEM_REACHED", "seq": 1})
assert "numba" not in sys.modules
assert to_dicts(decode_many(frame))[0]["seq"] == 1
assert "pymavlink" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=240)
