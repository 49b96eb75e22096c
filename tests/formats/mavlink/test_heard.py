"""What a vehicle heard of others, without what its flags say is not valid."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import mavlink_peer as peer

from mihari.formats.mavlink import decode_many, to_dicts, valid

VESSEL: dict[str, Any] = {
    "MMSI": 431000001, "lat": 260000000, "lon": 1270000000, "COG": 9000, "heading": 4500, "velocity": 514,
    "turn_rate": 10, "navigational_status": 0, "type": 70, "dimension_bow": 120, "dimension_stern": 20,
    "dimension_port": 10, "dimension_starboard": 11, "callsign": b"JA1234", "name": b"MARU", "tslc": 3,
}  # fmt: skip
AIS = {
    "VALID_COG": ["COG"], "VALID_VELOCITY": ["velocity"], "VALID_TURN_RATE": ["turn_rate"], "VALID_NAME": ["name"],
    "VALID_CALLSIGN": ["callsign"],
    "VALID_DIMENSIONS": ["dimension_bow", "dimension_stern", "dimension_port", "dimension_starboard"],
}  # fmt: skip
AIRCRAFT: dict[str, Any] = {
    "ICAO_address": 1, "lat": 260000000, "lon": 1270000000, "altitude_type": 0, "altitude": 1000, "heading": 9000,
    "hor_velocity": 100, "ver_velocity": 10, "callsign": b"JA1", "emitter_type": 1, "tslc": 1, "squawk": 1200,
}  # fmt: skip
ADSB = {
    "VALID_COORDS": ["lat_deg", "lon_deg"], "VALID_ALTITUDE": ["altitude"], "VALID_HEADING": ["heading"],
    "VALID_VELOCITY": ["hor_velocity"], "VALID_CALLSIGN": ["callsign"], "VALID_SQUAWK": ["squawk"],
    "VERTICAL_VELOCITY_VALID": ["ver_velocity"],
}  # fmt: skip


def flag(kind: str, name: str) -> int:
    return next(n for n, e in peer.dialect.enums[kind].items() if e.name == f"{kind}_{name}")


def heard(kind: str, flags: int, fields: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    (frame,) = peer.frames([peer.KINDS[kind](**fields, flags=flags)], peer.sender())
    (told,) = to_dicts(decode_many(frame))
    return told, valid(told)


@pytest.mark.parametrize(
    ("kind", "flags", "fields", "validity"),
    [("AIS_VESSEL", "AIS_FLAGS", VESSEL, AIS), ("ADSB_VEHICLE", "ADSB_FLAGS", AIRCRAFT, ADSB)],
)
def test_each_flag_makes_its_fields_valid_and_no_others(
    kind: str, flags: str, fields: dict[str, Any], validity: dict[str, list[str]]
) -> None:
    every = {key for keys in validity.values() for key in keys}
    for name, keys in validity.items():
        told, sure = heard(kind, flag(flags, name), fields)
        assert {k for k in every if sure[k] is not None} == set(keys)
        assert {k: sure[k] for k in sure if k not in every or k in keys} == {
            k: told[k] for k in told if k not in every or k in keys
        }


def test_a_turn_of_which_only_the_sign_is_known_has_no_rate() -> None:
    both = flag("AIS_FLAGS", "VALID_TURN_RATE") | flag("AIS_FLAGS", "TURN_RATE_SIGN_ONLY")
    assert heard("AIS_VESSEL", both, VESSEL)[1]["turn_rate"] is None


def test_a_heading_of_511_degrees_is_none() -> None:
    assert heard("AIS_VESSEL", 0, {**VESSEL, "heading": 51100})[1]["heading"] is None
    assert heard("AIS_VESSEL", 0, VESSEL)[1]["heading"] == pytest.approx(math.radians(45.0))
