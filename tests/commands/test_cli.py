"""The command line as people use it: real processes, exit codes, one sentence for what they can mend."""

import gzip
import json
import os
import random
import socket
import subprocess
import sys

import pytest

from mihari.commands.codecs import CODECS
from recordings import recording

SENTENCES = (
    b"!AIVDM,1,1,,A,15MgK45P3@G?fl0E`JbR0OwT0@MS,0*4E\r\n"
    b"!AIVDM,1,1,,A,15MgK45P3@G?fl0E`JbR0OwT0@MS,0*4F\r\n"  # wrong checksum
    b"$GPRMC,092211.00,A,5759.09700,N,01144.34344,E,5.257,28.27,200715,,,A*58\r\n"
)


def mihari(*arguments, given=None, timeout=240):
    command = [sys.executable, "-m", "mihari", *map(str, arguments)]
    return subprocess.run(command, input=given, capture_output=True, timeout=timeout, check=False)


def sentence(result):
    """The one sentence of a failed command."""
    assert result.returncode == 2, result.stderr.decode()[-2000:]
    lines = [line for line in result.stderr.decode().splitlines() if line.startswith(("mihari:", "Error:"))]
    assert b"Traceback" not in result.stderr
    assert len(lines) == 1, result.stderr.decode()
    return lines[0]


def test_help_lists_every_command_and_each_has_its_own_help():
    from mihari.cli import COMMANDS

    told = mihari("--help").stdout.decode()
    for name in COMMANDS:
        assert f"  {name} " in told
        assert b"Usage: mihari" in mihari(name, "--help").stdout


def test_decode_gives_json_lines_and_tells_what_it_refused(tmp_path):
    path = tmp_path / "three.nmea"
    path.write_bytes(SENTENCES)
    result = mihari("decode", "ais", path)
    (message,) = [json.loads(line) for line in result.stdout.splitlines()]
    assert message["message_type"] == 1
    assert "1 checksum" in result.stderr.decode()


def test_the_summary_counts_every_reason():
    told = json.loads(mihari("decode", "ais", "-", "--summary", given=SENTENCES).stdout)
    assert told["messages"] == told["positions"] == 1
    assert told["refused"] == {"syntax": 0, "checksum": 1, "length": 0, "incomplete": 0, "too_long": 0}


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".jsonl"])
def test_decode_writes_tables(tmp_path, suffix):
    source, output = tmp_path / "a.nmea.gz", tmp_path / f"out{suffix}"
    source.write_bytes(gzip.compress(SENTENCES))
    assert mihari("decode", "ais", source, "-o", output).returncode == 0
    if suffix == ".parquet":
        from pyarrow import parquet

        rows = parquet.read_table(output).to_pylist()
    elif suffix == ".csv":
        from pyarrow import csv

        rows = csv.read_csv(output).to_pylist()
    else:
        rows = [json.loads(line) for line in output.read_text().splitlines()]
    assert [row["mmsi"] for row in rows] == [366730000]
    assert rows[0].get("name") in (None, "")


def test_what_was_decoded_encodes_to_the_same_bytes(tmp_path):
    lines = tmp_path / "a.jsonl"
    assert mihari("decode", "ais", "-", "-o", lines, given=SENTENCES).returncode == 0
    assert mihari("encode", "ais", lines).stdout == SENTENCES.splitlines(keepends=True)[0]


def test_asterix_records_come_back_as_they_were(tmp_path):
    capture = recording("formats/asterix/cat_034_048.pcap")
    lines, again = tmp_path / "a.jsonl", tmp_path / "again.ast"
    assert mihari("decode", "asterix", capture, "-o", lines).returncode == 0
    assert len(lines.read_text().splitlines()) == 34 + 128
    assert mihari("encode", "asterix", lines, "-o", again).returncode == 0
    told = json.loads(mihari("decode", "asterix", again, "--summary").stdout)
    assert told["messages"] == 34 + 128
    assert told["refused"] == {}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["decode", "ais", "nowhere.nmea"], ["nowhere.nmea", "no such file"]),
        (["decode", "morse", "x"], ["morse", "ais", "asterix"]),
        (["decode", "ais", "-", "-o", "out.xls"], ["out.xls", ".parquet"]),
        (["encode", "ais", "nowhere.jsonl"], ["nowhere.jsonl", "no such file"]),
        (["run"], ["--ais"]),
        (["run", "nowhere.toml"], ["nowhere.toml", "no such file"]),
        (["run", "--ais", "ftp://x"], ["ftp"]),
        (["run", "--ais", "udp://:99999"], ["99999"]),
        (["run", "--ais", "file:nowhere.nmea", "--until-end"], ["nowhere.nmea", "no such file"]),
        (["run", "--ais", "udp://:0", "--area", "atlantis"], ["atlantis", "nansei"]),
        (["replay", "nowhere.pcap", "--summary", "--port", "0"], ["nowhere.pcap", "no such file"]),
        (["replay", "a.nmea", "--speed", "fast"], ["fast"]),
        (["track", "nowhere.nmea", "-o", "t.parquet"], ["nowhere.nmea", "no such file"]),
        (["simulate", "nowhere.toml", "-o", "x"], ["nowhere.toml", "strait"]),
        (["simulate", "strait"], ["-o"]),
        (["map", "build", "--area", "x", "--box", "1,2,3"], ["box"]),
    ],
)
def test_what_people_can_mend_is_one_sentence(arguments, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    told = sentence(mihari(*arguments, given=b"")).lower()
    for word in words:
        assert word.lower() in told


def test_a_wrong_key_names_file_line_and_what_is_known(tmp_path):
    path = tmp_path / "node.toml"
    path.write_text('[node]\nnam = "x"\n')
    told = sentence(mihari("run", path))
    assert f"{path}:2: node.nam: unknown key" in told
    assert "name" in told


def test_a_port_in_use_is_said():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        told = sentence(mihari("run", "--ais", "tcp://127.0.0.1:9", "--port", port, "--no-browser"))
    assert str(port) in told


def test_a_damaged_jsonl_names_its_line(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"message_type": 1, "mmsi": 1}\n{"message_type": \n')
    assert f"{path}:2" in sentence(mihari("encode", "ais", path))


@pytest.mark.parametrize("format", ["ais", "asterix"])
def test_random_bytes_are_counted_and_survived(format, tmp_path):
    path = tmp_path / "noise"
    path.write_bytes(random.Random(7).randbytes(300_000))
    result = mihari("decode", format, path, "--summary")
    assert result.returncode == 0
    assert json.loads(result.stdout)["positions"] == 0
    assert b"Traceback" not in result.stderr


def test_a_truncated_gzip_is_one_sentence(tmp_path):
    path = tmp_path / "cut.nmea.gz"
    path.write_bytes(gzip.compress(os.urandom(200_000))[:100_000])
    assert "cut.nmea.gz" in sentence(mihari("decode", "ais", path, "--summary"))


def test_json_where_asked():
    assert {row["format"] for row in json.loads(mihari("formats", "--json").stdout)} == set(CODECS)
    assert {row["area"] for row in json.loads(mihari("map", "list", "--json").stdout)} >= {"nansei", "aegean"}
    doctor = json.loads(mihari("doctor", "--json").stdout)
    assert {finding["state"] for finding in doctor} <= {"ok", "warning", "problem"}
