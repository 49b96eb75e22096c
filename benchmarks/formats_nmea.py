"""FMT-3: IEC 61162-1 sentences with every field read, ours beside pynmea2, on a radar's and a ship's realistic mix.

Both get the same bytes. pynmea2 parses line by line with the checksum checked, and every field of every sentence is
asked for, positions in degrees too (its fields convert only when asked). Ours decodes the buffer and hands out every
column, talkers and texts included. The values that both give are compared first.

python -m benchmarks.formats_nmea [--json]
"""

from __future__ import annotations

import math
import random
import sys
from typing import Any

import numpy as np
import pynmea2

from benchmarks.harness import Row, ratio, report
from mihari.formats.nmea import Decoded, decode_many, encode

SECONDS = 400
VESSELS = 25  # tracked by one radar
PER_SECOND = {"HDT": 10, "VTG": 1, "GGA": 1, "RMC": 1, "GLL": 1, "ZDA": 1, "VHW": 1, "OSD": 1, "TTM": VESSELS, "TLL": 5}


def recording(rng: random.Random) -> bytes:
    """What one ship with a radar says in `SECONDS` seconds."""
    lines = []
    for t in range(SECONDS):
        lat, lon, heading = 35.0 + 1e-5 * t, 139.0 + 2e-5 * t, 40.0 + 5.0 * math.sin(t / 60)
        for name, count in PER_SECOND.items():
            for k in range(count):
                told = _told(name, 36_000.0 + t + k / max(count, 1), k, lat, lon, heading, rng)
                lines.append(encode({"formatter": name} | told))
    return b"".join(lines)


def _told(name: str, t: float, k: int, lat: float, lon: float, heading: float, rng: random.Random) -> dict[str, Any]:
    clock, place = {"time_of_day": round(t, 2)}, {"lat_deg": round(lat, 6), "lon_deg": round(lon, 6)}
    course, speed = round(heading + 1.2, 1), 11.9
    if name == "TTM":
        return clock | {
            "talker": "RA", "number": k, "distance": round(0.5 + k / 3 + t / 1e4 % 1, 2),
            "bearing_deg": round((14 * k + t / 50) % 360, 1), "bearing_reference": "T",
            "speed": round(rng.uniform(0, 20), 1), "course_deg": round(rng.uniform(0, 359), 1),
            "course_reference": "T", "cpa_distance": round(rng.uniform(0, 3), 2),
            "cpa_time_min": round(rng.uniform(-20, 20), 1), "units": "N", "name": f"TGT{k:02d}", "status": "T",
            "acquisition": "A",
        }  # fmt: skip
    if name == "TLL":
        return clock | place | {"talker": "RA", "number": k, "name": f"TGT{k:02d}", "status": "T"}
    own: dict[str, dict[str, Any]] = {
        "HDT": {"talker": "HE", "heading_deg": round(heading + rng.uniform(-0.2, 0.2), 1)},
        "VTG": {"course_deg": course, "course_magnetic_deg": course + 7.5, "speed_kn": speed, "speed_kmh": 22.0,
                "mode": "D"},
        "GGA": clock | place | {"quality": 2, "satellites": 11, "hdop": 0.8, "altitude": 17.4, "geoid": 36.2,
                                "age_s": 3.0, "station": 120},
        "RMC": clock | place | {"status": "A", "speed_kn": speed, "course_deg": course, "date": 1_700_006_400.0,
                                "variation_deg": -7.5, "mode": "D", "navigation": "S"},
        "GLL": clock | place | {"status": "A", "mode": "D"},
        "ZDA": clock | {"day": 15, "month": 11, "year": 2023, "zone_h": 0, "zone_min": 0},
        "VHW": {"talker": "VW", "heading_deg": round(heading, 1), "heading_magnetic_deg": round(heading + 7.5, 1),
                "speed_kn": 11.5, "speed_kmh": 21.3},
        "OSD": {"talker": "RA", "heading_deg": round(heading, 1), "heading_status": "A", "course_deg": course,
                "course_reference": "P", "speed": speed, "speed_reference": "P", "set_deg": 80.0, "drift": 0.6,
                "units": "N"},
    }  # fmt: skip
    return {"talker": "GP"} | own[name]


def ours(data: bytes) -> tuple[Decoded, list[Any]]:
    """Everything in columns."""
    decoded = decode_many(data)
    return decoded, [
        [table.talker, table.line, *(table[name] for name in table.names)] for table in decoded.tables.values()
    ]


def theirs(lines: list[str]) -> int:
    """Every field of every sentence asked for."""
    count = 0
    for line in lines:
        sentence = pynmea2.parse(line, check=True)
        for field in type(sentence).fields:
            getattr(sentence, field[1])
            count += 1
        if isinstance(sentence, pynmea2.LatLonFix):
            count += bool(sentence.latitude) + bool(sentence.longitude)
    return count


def differences(data: bytes, lines: list[str]) -> list[str]:
    """Values that the two do not share, of the sentences that a radar lives by."""
    tables = decode_many(data).tables
    read = [pynmea2.parse(line, check=True) for line in lines]
    if sum(map(len, tables.values())) != len(read):
        return ["number of sentences"]
    pairs = {
        "TTM": {"distance": "distance", "bearing_deg": "bearing", "speed": "speed", "course_deg": "cog",
                "cpa_time_min": "time_cpa"},
        "TLL": {"lat_deg": "latitude", "lon_deg": "longitude"}, "HDT": {"heading_deg": "heading"},
        "GGA": {"lat_deg": "latitude", "altitude": "altitude"}, "RMC": {"speed_kn": "spd_over_grnd"},
    }  # fmt: skip
    wrong = []
    for name, paths in pairs.items():
        of = [sentence for sentence in read if sentence.sentence_type == name]
        for mine, path in paths.items():
            told = np.array([float(getattr(sentence, path)) for sentence in of])
            if not np.allclose(tables[name][mine], told, rtol=0, atol=1e-9):
                wrong.append(f"{name} {mine}")
    return wrong


def rows() -> list[Row]:
    """FMT-3."""
    data = recording(random.Random(1))
    lines = data.decode("ascii").splitlines()
    wrong = differences(data, lines)
    if wrong:
        raise SystemExit(f"FMT-3: values differ from the peer's: {', '.join(wrong)}")
    what = f"IEC 61162-1, {len(lines)} sentences of {len(PER_SECOND)} kinds, every field read, against pynmea2: s"
    return [ratio("FMT-3", what, lambda: ours(data), lambda: theirs(lines), 10.0, 7)]


if __name__ == "__main__":
    sys.exit(report(rows()))
