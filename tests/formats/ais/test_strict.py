"""The refused and the accepted of a real recording, one by one, against an oracle of thirty lines."""

from __future__ import annotations

from functools import reduce
from operator import xor

import numpy as np
import pytest

from mihari.formats.ais import REASONS, decode_file
from recordings import recording

LENGTHS = {1: {168}, 2: {168}, 3: {168}, 4: {168}, 5: {424}, 9: {168}, 14: range(40, 1009), 18: {168}, 19: {312}}
LENGTHS |= {21: range(272, 361), 24: {160, 168}, 27: {96, 168}}


def bits_of(payload: bytes, fill: int) -> str:
    values = [c - 48 if c < 88 else c - 56 for c in payload]
    bits = "".join(f"{v:06b}" for v in values)
    return bits[: len(bits) - fill]


def accepts(bits: str) -> bool:
    kind = int(bits[:6], 2)
    if kind == 24 and bits[38:40] == "01":
        return len(bits) == 168
    return len(bits) in LENGTHS.get(kind, range(6, 5000))


def judge(lines: list[bytes]) -> tuple[dict[int, str], dict[int, str]]:
    """(line -> bits of the message it completes, line -> reason) by the rules, nothing clever."""
    accepted, refused, parts = {}, {}, {}
    for number, line in enumerate(lines):
        body, _, told = line[1:].partition(b"*")
        if f"{reduce(xor, body, 0):02X}" != told.decode().upper():
            refused[number] = "checksum"
            continue
        _, total, part, sequence, channel, payload, fill = body.split(b",")
        key, bits = (sequence, channel, total), bits_of(payload, int(fill))
        if part != b"1" and len(parts.get(key, ())) != int(part) - 1:
            refused[number] = "incomplete"
            continue
        parts[key] = [*parts[key], bits] if part != b"1" else [bits]
        if part == total:
            whole = "".join(parts.pop(key))
            if accepts(whole):
                accepted[number] = whole
            else:
                refused[number] = "length"
    assert not parts
    return accepted, refused


@pytest.fixture(scope="module")
def vernon():
    path = recording("ais/vernon_all.nmea")
    lines = path.read_bytes().splitlines()
    return path, lines, decode_file(path), judge(lines)


def test_every_refused_and_accepted_sentence_is_the_oracles(vernon):
    _, _, decoded, (accepted, refused) = vernon
    ours = {line: REASONS[reason] for reason, line, _, _ in decoded.refused.rows()}
    assert ours == refused
    assert decoded.refused.counts() == {"checksum": 926, "length": 1, "incomplete": 5}
    assert decoded.messages.line.tolist() == sorted(accepted)
    assert len(decoded.messages) == 267_158
    assert (decoded.lines, decoded.sentences, decoded.other) == (270_811, 270_811, 0)


def test_every_payload_holds_the_bits_of_its_sentences(vernon):
    _, _, decoded, (accepted, _) = vernon
    for row in range(0, len(decoded.messages), 37):
        bits, count = decoded.messages.payload(row)
        assert f"{bits:0{count}b}" == accepted[int(decoded.messages.line[row])]


def test_refused_rows_tell_where_their_bytes_are(vernon):
    path, lines, decoded, _ = vernon
    data = path.read_bytes()
    for _, line, offset, length in decoded.refused.rows():
        assert data[offset : offset + length] == lines[line]


def test_no_position_far_from_the_river(vernon):
    messages = vernon[2].messages
    there = messages.has_position
    assert np.all(np.abs(messages.lat_deg[there] - 49.1) < 2)
    assert np.all(np.abs(messages.lon_deg[there] - 1.5) < 3)


def test_the_first_parts_with_a_wrong_checksum_leave_their_second_parts_incomplete(vernon):
    _, lines, decoded, _ = vernon
    rows = decoded.refused.rows()
    first = [line for reason, line, _, _ in rows if REASONS[reason] == "checksum" and b",2,1," in lines[line][:14]]
    assert len(first) == 5
    assert sum(reason == REASONS.index("incomplete") for reason, *_ in rows) == 5
