"""`mihari decode asterix` and back, on recordings of the new categories, by the real command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from mihari.formats.asterix import encode
from recordings import recording


def mihari(*arguments: object) -> str:
    command = [sys.executable, "-m", "mihari", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_a_capture_of_system_tracks_goes_to_lines_and_back(tmp_path: Path) -> None:
    capture, lines, again = recording("formats/asterix/cat_062_065.pcap"), tmp_path / "a.jsonl", tmp_path / "a.ast"
    mihari("decode", "asterix", capture, "-o", lines)
    mihari("encode", "asterix", lines, "-o", again)
    told = [json.loads(mihari("decode", "asterix", file, "--summary")) for file in (capture, again)]
    assert [(one["messages"], one["positions"]) for one in told] == [(3, 2), (3, 2)]
    assert not any(sum(one["refused"].values()) for one in told)
    assert [json.loads(line)["category"] for line in lines.read_text().splitlines()] == [62, 62, 65]


def test_the_table_has_plots_tracks_aircraft_and_bearings(tmp_path: Path) -> None:
    records = [
        {"category": 1, "items": {"020": {"TYP": 0, "SSRPSR": 1}, "040": {"RHO": 128, "THETA": 0}, "141": 128}},
        {"category": 205, "items": {"000": 2, "070": 9000, "090": int.from_bytes(b"156.800", "big")}},
        {"category": 62, "items": {"040": 7, "105": {"LAT": 1 << 22, "LON": 0}, "185": {"VX": 12, "VY": 16}}},
        {"category": 21, "items": {"080": 1, "130": {"LAT": 1 << 20, "LON": 0}}},
        {"category": 65, "items": {"000": 1}},
    ]
    source, table = tmp_path / "a.ast", tmp_path / "a.parquet"
    source.write_bytes(encode(records))
    mihari("decode", "asterix", source, "-o", table)
    rows = pq.read_table(table).to_pydict()
    assert rows["category"] == [1, 205, 62, 21]
    assert rows["range"] == [1852.0, None, None, None]
    assert rows["time_modulo"] == [512.0, 86_400.0, 86_400.0, 86_400.0]
    assert rows["bearing"][1] == pytest.approx(1.5708, abs=1e-4)
    assert (rows["lat_deg"][2], rows["speed"][2], rows["track_number"][2]) == (22.5, 5.0, 7)
    assert (rows["lat_deg"][3], rows["identification"][1]) == (22.5, "156.800")
    assert "205 editions 1.0" in mihari("formats", "--json")
