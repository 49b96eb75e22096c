"""`mihari decode imc` and `encode imc` on files."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import imcpy
import pyarrow.parquet as pq

from mihari.formats.imc import encode

KNOWN = [
    encode({"message": "EstimatedState", "time": 1.7e9, "source": 30, "lat_deg": 45.0, "lon_deg": 90.0, "depth": 2.5}),
    encode({"message": "UamRxFrame", "time": 1.7e9, "source": 30, "sys_src": "a", "data": b"\x01\xff"}),
]


def mihari(*arguments: object) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "mihari", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=True, env=os.environ)


def test_decoded_lines_encode_to_the_same_bytes(tmp_path):
    source, lines, table = tmp_path / "a.imc", tmp_path / "a.jsonl", tmp_path / "a.parquet"
    wire = KNOWN[0] + bytes(imcpy.Packet.serialize(imcpy.CpuUsage())) + KNOWN[1]
    source.write_bytes(b"xx" + wire)
    summary = json.loads(mihari("decode", "imc", source, "--summary", "-o", lines).stdout)
    assert (summary["messages"], summary["positions"]) == (3, 1)
    assert {k: v for k, v in summary["refused"].items() if v} == {"sync": 1}
    told = [json.loads(line) for line in lines.read_text().splitlines()]
    assert [m["message"] for m in told] == ["EstimatedState", "CpuUsage", "UamRxFrame"]
    assert (told[0]["lat_deg"], told[0]["depth"], told[2]["data"]) == (45.0, 2.5, "01ff")
    assert mihari("encode", "imc", lines).stdout == wire
    mihari("decode", "imc", source, "-o", table)
    row = pq.read_table(table).to_pylist()[0]
    assert (row["lat_deg"], row["source"], json.loads(row["fields"])["depth"]) == (45.0, 30, 2.5)
