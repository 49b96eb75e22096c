"""Every accepted message equals pyais field for field, sentinels absent, texts without `@` and blanks around."""

from __future__ import annotations

import math

import numpy as np
import pyais
import pytest

from mihari.formats.ais import decode_bytes, decode_file, encode, to_dicts
from mihari.formats.ais.layout import SPARE, TEXT, TURN_RATE, Field, layout_of
from mihari.formats.ais.plain import take
from recordings import recording

UNLIKE = {"epfd", "mothership"}  # of type 24 B: pyais follows an older table, see docs/ais-differences.md


def theirs(sentences: list[bytes]) -> dict[tuple[int, int], object]:
    """(first bit, width) -> value."""
    message = pyais.decode(*sentences)
    found, first = {}, 0
    for field in message.fields():
        width = field.metadata["width"]
        found[first, width] = getattr(message, field.name)
        first += width
    return found


def same(field: Field, ours: object, peer: object) -> bool:
    if field.kind == TEXT:
        return (ours or "") == str(peer).partition("@")[0].rstrip(" ")
    number = float(peer)
    if field.kind == TURN_RATE:
        rate = math.nan if abs(number) >= 127 and float(peer) in (127, -127, -128, 128) else number
        return math.isnan(rate) if ours is None else abs(ours * 60 / math.radians(1) - rate) <= 0.5
    raw = round(number * field.per_unit)
    if ours is None:
        return raw == field.absent or abs(raw) > field.limit
    wire = ours / field.unit * field.per_unit
    return abs(wire - number * field.per_unit) < (0.51 if field.name.endswith("_deg") else 1e-6)


def compare(decoded, lines: list[bytes], rows) -> int:
    fields_compared = 0
    dicts = to_dicts(decoded.messages.take(rows))
    for row, ours in zip(rows, dicts, strict=True):
        layout = layout_of(ours["message_type"], ours.get("part", -1), ours["mmsi"])
        if layout is None:
            continue
        line = int(decoded.messages.line[row])
        parts = lines[line - 1 : line + 1] if b",2,2," in lines[line] else lines[line : line + 1]
        peer = theirs(parts)
        bits, count = decoded.messages.payload(int(row))
        for field in layout.fields:
            place = (field.first, field.width)
            if field.kind == SPARE or (field.name in UNLIKE and layout.message_type == 24):
                assert take(bits, count, *place) >= 0
                continue
            if place in peer and peer[place] is not None and field.first < count:
                assert same(field, ours.get(field.name), peer[place]), (lines[line], field.name)
                fields_compared += 1
    return fields_compared


def test_a_sample_of_the_real_recording_equals_pyais():
    path = recording("ais/vernon_all.nmea")
    decoded = decode_file(path)
    kinds = decoded.messages.message_type
    rare = np.flatnonzero(np.isin(kinds, (18, 24)))
    rows = np.union1d(np.union1d(np.arange(0, len(kinds), 100), np.flatnonzero(kinds == 5)[::20]), rare)
    assert compare(decoded, path.read_bytes().splitlines(), rows) > 30_000


@pytest.mark.slow
def test_the_whole_real_recording_equals_pyais():
    path = recording("ais/vernon_all.nmea")
    decoded = decode_file(path)
    everything = np.arange(len(decoded.messages))
    assert compare(decoded, path.read_bytes().splitlines(), everything) > 3_500_000


@pytest.mark.parametrize("name", ["cw17.log", "pyais_sample.txt", "gpsd_ais-18-27.log"])
def test_other_recordings_equal_pyais(name):
    path = recording(f"ais/nmea/{name}")
    lines = [line[line.find(b"!") :] for line in path.read_bytes().split(b"\n")]
    lines = [line.strip() for line in lines]
    decoded = decode_bytes(b"\n".join(lines))
    single = np.flatnonzero([b",1,1," in lines[line][:12] for line in decoded.messages.line.tolist()])
    assert compare(decoded, lines, single[:: max(1, len(single) // 1000)]) > 300


def test_columns_hold_what_the_plain_decoder_says():
    decoded = decode_file(recording("ais/vernon_all.nmea"))
    rows = np.arange(0, len(decoded.messages), 50)
    messages = decoded.messages.take(rows)
    names = ("message_type", "repeat", "mmsi", "lat_deg", "lon_deg", "speed", "course", "heading", "turn", "status")
    columns = {name: getattr(messages, name).tolist() for name in (*names, "second", "accuracy", "raim")}
    for k, message in enumerate(to_dicts(messages)):
        for name, column in columns.items():
            told = message.get(name)
            if told is None:
                assert column[k] == -1 or math.isnan(column[k]), name
            else:
                assert column[k] == pytest.approx(float(told), rel=1e-6, abs=1e-9), name


def test_static_columns_hold_what_the_plain_decoder_says():
    decoded = decode_file(recording("ais/vernon_all.nmea"))
    static = decoded.messages.static
    columns = {name: column.tolist() for name, column in static.columns().items() if name != "row"}
    for k, message in enumerate(to_dicts(decoded.messages.take(static.row))):
        for name, column in columns.items():
            told = message.get(name)
            if told is None:
                assert column[k] in (-1, "") or math.isnan(column[k]), name
            else:
                assert column[k] == told, name


def test_the_same_frames_around_japan_are_accepted():
    """No box around anything: real messages moved to 35° N 140° E, encoded, decoded."""
    decoded = decode_file(recording("ais/vernon_all.nmea"))
    rows = np.flatnonzero(decoded.messages.has_position)[::400]
    moved, sentences = [], []
    for message in to_dicts(decoded.messages.take(rows)):
        there = message | {"lat_deg": message["lat_deg"] - 14.0, "lon_deg": message["lon_deg"] + 138.5}
        moved.append(there)
        sentences += encode(there)
    again = decode_bytes(b"".join(sentences))
    assert len(again.messages) == len(moved)
    assert not len(again.refused)
    np.testing.assert_allclose(again.messages.lat_deg, [m["lat_deg"] for m in moved], atol=1e-6)
    np.testing.assert_allclose(again.messages.lon_deg, [m["lon_deg"] for m in moved], atol=1e-6)
