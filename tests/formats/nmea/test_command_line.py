"""`mihari decode nmea`, `encode nmea` and `formats` on files."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pyarrow.parquet as pq

from mihari.formats.nmea import encode

WIRE = (
    b"".join(
        encode(message, tagged=True)
        for message in (
            {
                "formatter": "TTM",
                "talker": "RA",
                "number": 1,
                "distance": 2.5,
                "units": "N",
                "source": "RA0001",
                "time": 1.7e9,
            },
            {
                "formatter": "GLL",
                "talker": "GP",
                "lat_deg": 35.5,
                "lon_deg": 139.25,
                "time_of_day": 1.25,
                "status": "A",
            },
            {"formatter": "VDM", "message_type": 1, "mmsi": 431000001, "lat_deg": 35.0, "lon_deg": 139.0},
        )
    )
    + b"$GPGSV,1,1,00*79\r\n$HEHDT,1.0,T*00\r\n"
)


def mihari(*arguments: object) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "mihari", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=True, env=os.environ)


def test_decoded_lines_encode_to_the_same_bytes(tmp_path):
    source, lines, table = tmp_path / "a.nmea", tmp_path / "a.jsonl", tmp_path / "a.parquet"
    source.write_bytes(WIRE)
    summary = json.loads(mihari("decode", "nmea", source, "--summary", "-o", lines).stdout)
    assert (summary["messages"], summary["positions"]) == (4, 2)
    assert {k: v for k, v in summary["refused"].items() if v} == {"checksum": 1}
    told = [json.loads(line) for line in lines.read_text().splitlines()]
    assert [m["formatter"] for m in told] == ["TTM", "GLL", "GSV", "VDM"]
    assert (told[0]["source"], told[0]["time"], told[0]["distance"]) == ("RA0001", 1.7e9, 2.5)
    again = mihari("encode", "nmea", lines).stdout.splitlines()
    assert sorted(again) == sorted(WIRE.splitlines()[:4])
    mihari("decode", "nmea", source, "-o", table)
    rows = {row["formatter"]: row for row in pq.read_table(table).to_pylist()}
    assert (rows["GLL"]["lat_deg"], rows["GLL"]["distance"], rows["GLL"]["status"]) == (35.5, None, "A")
    assert b"IEC 61162-1" in mihari("formats").stdout
