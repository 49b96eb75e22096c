"""The command line on KLV and on transport streams."""

import json
import subprocess
import sys

import pyarrow.parquet as pq
import pytest

from mihari.formats.klv import encode, mux

PACKETS = [
    encode({"time": 1.7e9 + i, "mission_id": "Mission 12", "sensor_lat_deg": 26.0, "sensor_lon_deg": 127.0 + 0.01 * i})
    for i in range(20)
] + [encode({"set": "0903", "time": 1.7e9, "targets": [{"id": 1, "mask": b"\x01\x02"}]})]


def mihari(*arguments):
    command = [sys.executable, "-m", "mihari", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, timeout=120, check=False)


@pytest.mark.parametrize("transport", [False, True])
def test_a_file_decodes_to_json_lines_and_encodes_to_the_same_octets(transport, tmp_path):
    source, lines, again = tmp_path / "in", tmp_path / "a.jsonl", tmp_path / "again.klv"
    source.write_bytes(mux(PACKETS, [0.04 * i for i in range(21)]) if transport else b"".join(PACKETS))
    assert mihari("decode", "klv", source, "-o", lines).returncode == 0
    told = [json.loads(line) for line in lines.read_text().splitlines()]
    assert [one["set"] for one in told] == ["0601"] * 20 + ["0903"]
    assert told[3]["time"] == 1.7e9 + 3
    assert told[3]["sensor_lon_deg"] == pytest.approx(127.03, abs=1e-7)
    assert told[-1]["targets"] == [{"id": 1, "mask": "0102"}]
    assert ("pts" in told[0]) == transport
    assert mihari("encode", "klv", lines, "-o", again).returncode == 0
    assert again.read_bytes() == b"".join(PACKETS)


def test_a_summary_counts_sets_positions_and_what_was_refused(tmp_path):
    source = tmp_path / "in.klv"
    source.write_bytes(b"junk" + b"".join(PACKETS)[:-1])
    told = json.loads(mihari("decode", "klv", source, "--summary").stdout)
    assert (told["messages"], told["positions"]) == (20, 20)
    assert {reason: n for reason, n in told["refused"].items() if n} == {"junk": 1, "truncated": 1}


def test_numbers_and_texts_become_columns_of_a_table(tmp_path):
    source, table = tmp_path / "in.ts", tmp_path / "out.parquet"
    source.write_bytes(mux(PACKETS, [0.04 * i for i in range(21)]))
    assert mihari("decode", "klv", source, "-o", table).returncode == 0
    rows = pq.read_table(table).to_pylist()
    assert len(rows) == 21
    assert rows[2]["pts"] == pytest.approx(0.08)
    assert rows[2]["sensor_lat_deg"] == pytest.approx(26.0, abs=1e-7)
    assert (rows[2]["mission_id"], rows[2]["platform_heading"], rows[2]["checksum_ok"]) == ("Mission 12", None, True)
    assert (rows[20]["set"], rows[20]["time"]) == ("0903", None)


def test_a_line_that_cannot_be_encoded_is_named(tmp_path):
    lines = tmp_path / "a.jsonl"
    lines.write_text('{"time": 1.0}\n{"sensor_lat_deg": 91}\n')
    result = mihari("encode", "klv", lines)
    assert result.returncode == 2
    assert b"a.jsonl:2: cannot be encoded: sensor_lat_deg: 91 is not between -90 and 90" in result.stderr
