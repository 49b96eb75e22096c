"""encode and decode are each other's inverse, sentence by sentence, for every formatter of the table."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

from mihari.formats.nmea import SENTENCES, decode_many, encode, encode_ttd, to_dicts
from mihari.formats.nmea.ttd import encode_records, records

sys.path.insert(0, str(Path(__file__).parent))
import nmea_made

COUNT = 1000


def same(one: dict, other: dict) -> None:
    assert one.keys() == other.keys()
    for name, value in one.items():
        if isinstance(value, float):
            assert other[name] == pytest.approx(value, abs=1e-13 if "time" not in name else 1e-9), name
        else:
            assert other[name] == value, name


@pytest.mark.parametrize("name", SENTENCES)
def test_messages_come_back_and_bytes_come_back(name):
    rng = random.Random(name)
    given = [nmea_made.message(name, rng) for _ in range(COUNT)]
    wire = [encode(message, longest=120) for message in given]
    decoded = decode_many(b"".join(wire))
    assert decoded.refusals.counts == {}
    found = list(to_dicts(decoded))
    assert len(found) == COUNT
    for sent, got in zip(given, found, strict=True):
        got = {k: v for k, v in got.items() if k not in ("line", "records")}
        same(sent | ({"fill": 0} if "payload" in sent else {}), got | ({"fill": 0} if "payload" in got else {}))
    assert [encode(m, longest=120) for m in found] == wire  # canonical bytes
    assert [encode(m, longest=120) for m in to_dicts(decoded, exact=True)] == wire


def test_records_of_ttd_come_back_in_dicts_and_sentences():
    rng = random.Random(5)
    given = [nmea_made.vessel(rng) for _ in range(11)]
    wire = encode_ttd(given, sequence=3)
    assert len(wire) == 3
    assert all(len(sentence) <= 82 for sentence in wire)
    found = list(to_dicts(decode_many(b"".join(wire))))
    assert [(m["total"], m["number"], m["sequence"]) for m in found] == [(3, 1, 3), (3, 2, 3), (3, 3, 3)]
    assert [r for m in found for r in m["records"]] == given
    assert encode({"formatter": "TTD", "records": given[:4]}) == encode_ttd(given[:4])[0]


def test_a_record_of_ttd_by_hand():
    bits = "00" + f"{230:010b}" + f"{3478:012b}" + f"{60:012b}" + f"{2710:012b}" + f"{2709:012b}"
    bits += "100" + "0" + f"{1353:014b}" + "0" + "1" + "00" + f"{5:08b}"
    assert len(bits) == 90
    payload = "".join(chr(48 + v if v < 40 else 56 + v) for v in (int(bits[k : k + 6], 2) for k in range(0, 90, 6)))
    expected = {
        "version": 0, "number": 230, "bearing_deg": 347.8, "speed_kn": 6.0, "course_deg": 271.0, "heading_deg": 270.9,
        "status": 4, "test": 0, "distance_nm": 13.53, "relative_speed": 0, "water_stabilised": 1, "reserved": 0,
        "association": 5,
    }  # fmt: skip
    assert records(payload) == [expected]
    assert encode_records([expected]) == (payload, 0)


def test_records_of_a_screen_shot_read_as_neighbours():
    # two records of a simulated radar in a display's manual (Raymarine Pathfinder ECDIS, external devices: read by a
    # machine, O and 0 look alike in its speeds, so those are not held)
    first, second = records("3VnF0tbFbE;CP003WnK0QRDR>;Bi00")
    assert (first["number"], first["bearing_deg"], first["course_deg"], first["heading_deg"]) == (
        230,
        347.8,
        271.0,
        270.9,
    )
    assert (second["number"], second["bearing_deg"], second["course_deg"]) == (231, 348.3, 219.6)
    assert abs(first["distance_nm"] - second["distance_nm"]) < 0.5


def test_records_of_version_1_keep_their_bits():
    payload = "CUwwowtCVwwowtCWwwowt"  # of the same screen shot: numbers 229, 230, 231
    found = records(payload)
    assert [(r["version"], r["number"]) for r in found] == [(1, 229), (1, 230), (1, 231)]
    assert encode_records(found) == (payload, 0)
