"""gpsd's expected JSON and libais's type examples are met; every difference is one of docs/ais-differences.md."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from mihari.formats.ais import Decoded, decode_bytes, to_dicts
from mihari.formats.ais.layout import LAYOUTS, SIGNED, TEXT, TURN_RATE, Field, layout_of
from mihari.formats.ais.plain import take
from recordings import recording

LISTED = {layout.message_type for layout in LAYOUTS}
OURS_BY_THEIRS = {
    "repeat": "repeat", "mmsi": "mmsi", "status": "status", "turn": "turn", "speed": "speed", "accuracy": "accuracy",
    "lon": "lon_deg", "lat": "lat_deg", "course": "course", "heading": "heading", "second": "second",
    "maneuver": "maneuver", "raim": "raim", "radio": "radio", "epfd": "epfd", "imo": "imo", "callsign": "call_sign",
    "shipname": "name", "shiptype": "ship_type", "to_bow": "bow", "to_stern": "stern", "to_port": "port",
    "to_starboard": "starboard", "draught": "draught", "destination": "destination", "alt": "altitude", "text": "text",
    "aid_type": "aid_type", "name": "name", "off_position": "off_position", "virtual_aid": "virtual",
    "ais_version": "ais_version", "cs": "carrier_sense", "display": "display", "dsc": "dsc", "band": "band",
    "msg22": "message_22", "assigned": "assigned", "model": "model", "serial": "serial", "dte": "dte",
}  # fmt: skip
WITHOUT = {("dte", 9), ("assigned", 9)}  # gpsd 3.x prints them from other bits


def tolerance(field: Field) -> float:
    """Degrees: gpsd prints type 27 to four digits, libais calculates in single precision."""
    return 1e-4 if field.per_unit == 600 else 2e-5


def value_equals(name: str, ours: dict[str, Any], peer: Any, layout) -> bool:
    field, told = layout.by_name[name], ours.get(name)
    if name == "name" and "name_extension" in ours:
        told += ours["name_extension"]
    if field.kind == TEXT:
        return (told or "") == str(peer).partition("@")[0].strip(" ")
    if peer in ("n/a", "nan", "fastleft", "fastright"):
        return told is None
    if peer is None:
        return told is None
    number = float(peer)
    if field.kind == TURN_RATE:
        return abs((told or 0.0) * 60 / math.radians(1) - number) <= 0.51
    if told is None:
        raw = round(number * field.per_unit)
        return raw == field.absent or abs(raw) > field.limit
    return abs(told / field.unit - number) < (tolerance(field) if field.name.endswith("_deg") else 1e-3)


def agrees(ours: dict[str, Any], peer: dict[str, Any], names: dict[str, str]) -> bool:
    layout = layout_of(ours["message_type"], ours.get("part", -1), ours["mmsi"])
    return all(
        value_equals(names[key], ours, value, layout)
        for key, value in peer.items()
        if key in names and names[key] in layout.by_name and (key, layout.message_type) not in WITHOUT
    )


def unmatched(ours: list[dict[str, Any]], peers: list[dict[str, Any]]) -> tuple[list[Any], list[Any]]:
    """What is left when every message has found its equal in order: (ours, theirs)."""
    rest = list(ours)
    missing = []
    for peer in peers:
        fits = (m for m in rest if m["message_type"] == peer["type"] and agrees(m, peer, OURS_BY_THEIRS))
        match = next(fits, None)
        if match is None:
            missing.append(peer)
        else:
            rest.remove(match)
    return rest, missing


def gpsd() -> tuple[Decoded, list[dict[str, Any]]]:
    data = recording("ais/nmea/gpsd_sample.aivdm").read_bytes()
    remarks_removed = b"\n".join(b"" if line.startswith(b"#") else line for line in data.split(b"\n"))
    decoded = decode_bytes(remarks_removed)
    return decoded, [m for m in to_dicts(decoded.messages) if m["message_type"] in LISTED]


def expected(name: str) -> list[dict[str, Any]]:
    lines = recording(name).read_text().splitlines()
    return [m for m in map(json.loads, filter(None, lines)) if m["type"] in LISTED]


def test_gpsd_scaled_values_are_met():
    _, ours = gpsd()
    peers = expected("ais/nmea/gpsd_sample.aivdm.js.chk")
    rest, missing = unmatched([m for m in ours if m["message_type"] != 24], [p for p in peers if p["type"] != 24])
    assert not rest
    assert [(p["type"], p["mmsi"]) for p in missing] == [(21, 4_000_003), (1, 244_740_981)]  # refused by their length


def test_gpsd_joins_the_parts_of_type_24_which_we_keep_apart():
    _, ours = gpsd()
    for peer in (p for p in expected("ais/nmea/gpsd_sample.aivdm.js.chk") if p["type"] == 24):
        parts = [m for m in ours if m["message_type"] == 24 and m["mmsi"] == peer["mmsi"]]
        joined = {key: value for part in parts for key, value in part.items()}
        assert joined["name"] == peer["shipname"]
        assert joined.get("call_sign", "") == peer["callsign"]
        assert joined["ship_type"] == peer["shiptype"]


def test_gpsd_unscaled_values_are_the_bits():
    decoded, _ = gpsd()
    raws = []
    for row, kind in enumerate(decoded.messages.message_type.tolist()):
        layout = layout_of(kind)
        if layout is None or kind in (14, 24):
            continue
        bits, count = decoded.messages.payload(row)
        message = {"message_type": kind}
        for field in layout.fields:
            raw = take(bits, count, field.first, field.width)
            if field.kind in (SIGNED, TURN_RATE) and raw >> (field.width - 1):
                raw -= 1 << field.width
            message[field.name] = raw
        raws.append(message)
    numbers = {k: v for k, v in OURS_BY_THEIRS.items() if v not in ("call_sign", "name", "destination", "text", "dte")}
    missing = 0
    for peer in expected("ais/nmea/gpsd_sample.aivdm.ju.chk"):
        if peer["type"] in (14, 24):
            continue
        told = {numbers[k]: v for k, v in peer.items() if k in numbers and (k, peer["type"]) not in WITHOUT}
        same = [m for m in raws if m["message_type"] == peer["type"] and all(m.get(k, v) == v for k, v in told.items())]
        missing += not same
    assert missing == 2  # the two that are refused by their length


def test_libais_type_examples_are_met():
    decoded = decode_bytes(recording("formats/ais/typeexamples.nmea").read_bytes())
    assert not len(decoded.refused)
    ours = list(to_dicts(decoded.messages))
    peers = [json.loads(line) for line in recording("formats/ais/typeexamples.json").read_text().splitlines() if line]
    assert [m["message_type"] for m in ours] == [p["type"] for p in peers]
    for message, peer in zip(ours, peers, strict=True):
        assert message["mmsi"] == peer["mmsi"]
        if message["message_type"] == 9:
            peer["speed"] *= 10  # libais reads tenths of a knot
        if message["message_type"] == 21:
            peer["name"] = peer["name"].replace("`", "'").replace("-", "_")  # libais has two letters of its own
        if message["message_type"] in LISTED:
            assert agrees(message, peer, OURS_BY_THEIRS), (message, peer)


@pytest.mark.parametrize("name", ["formats/ais/test.aivdm", "formats/ais/stupan.log", "ais/nmea/dma_ais-sample.txt"])
def test_other_logs_are_read_without_complaint_about_what_they_are_not(name):
    decoded = decode_bytes(recording(name).read_bytes())
    assert len(decoded.messages) > 20
    assert decoded.sentences + decoded.other <= decoded.lines
