"""`mihari decode mavlink`, `mihari encode mavlink` as people use them, on files and captures."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import dpkt
import pytest

sys.path.insert(0, str(Path(__file__).parent))
import mavlink_peer as peer

RNG = random.Random(1)
NAMES = ["HEARTBEAT", "GLOBAL_POSITION_INT", "STATUSTEXT", "AIS_VESSEL", "ATTITUDE", "PARAM_VALUE"]


def finite(name: str) -> Any:
    """A message that JSON can hold: it has no infinity."""
    while True:
        message = peer.message(name, RNG)
        if "inf" not in str([v for k, v in peer.wire(message).items() if k not in ("text", "name", "param_id")]):
            return message


FRAMES = peer.frames([finite(NAMES[i % len(NAMES)]) for i in range(60)], peer.sender())
FRAMES[10:10] = peer.frames([peer.KINDS["STATUSTEXT"](4, b"Gr\xfc\xdfe")], peer.sender())


def mihari(*arguments: object) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "mihari", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, timeout=240, check=False)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "flight.mavlink"
    path.write_bytes(b"??" + b"".join(FRAMES))
    return path


def test_lines_of_json_come_back_to_the_same_bytes(log: Path, tmp_path: Path) -> None:
    lines, again = tmp_path / "flight.jsonl", tmp_path / "again.mavlink"
    told = mihari("decode", "mavlink", log, "-o", lines)
    assert told.returncode == 0, told.stderr
    assert b"1 noise" in told.stderr
    messages = [json.loads(line) for line in lines.read_text().splitlines()]
    assert len(messages) == 61
    assert messages[10]["text"] == {"hex": b"Gr\xfc\xdfe".hex()}
    written = mihari("encode", "mavlink", lines, "-o", again)
    assert written.returncode == 0, written.stderr
    assert again.read_bytes() == b"".join(FRAMES)


def test_a_summary_counts_positions_and_every_reason(log: Path) -> None:
    told = json.loads(mihari("decode", "mavlink", log, "--summary").stdout)
    assert (told["messages"], told["positions"]) == (61, 20)
    reasons = ("noise", "checksum", "truncated", "flags", "length", "unknown", "unsigned", "signature", "replayed")
    assert told["refused"] == {**dict.fromkeys(reasons, 0), "noise": 1}


def test_positions_are_a_table(log: Path, tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    path = tmp_path / "flight.parquet"
    assert mihari("decode", "mavlink", log, "-o", path).returncode == 0
    rows = pq.read_table(path).to_pylist()
    sent = [m for m in peer.read(b"".join(FRAMES)) if m.get_type() in ("GLOBAL_POSITION_INT", "AIS_VESSEL")]
    assert {(r["message"], r["lat_deg"], r["lon_deg"]) for r in rows} == {
        (m.get_type(), m.lat / 1e7, m.lon / 1e7) for m in sent
    }
    assert all((r["alt"] is None) == (r["message"] == "AIS_VESSEL") for r in rows)


def test_captures_are_read(tmp_path: Path) -> None:
    path = tmp_path / "flight.pcap"
    with path.open("wb") as file:
        writer = dpkt.pcap.Writer(file)
        for number, frame in enumerate(FRAMES):
            udp = dpkt.udp.UDP(sport=14550, dport=14551, data=frame)
            udp.ulen = len(udp)
            ip = dpkt.ip.IP(src=b"\x7f\0\0\1", dst=b"\x7f\0\0\1", p=17, data=udp)
            ip.len = len(ip)
            writer.writepkt(bytes(dpkt.ethernet.Ethernet(data=ip)), ts=float(number))
    told = json.loads(mihari("decode", "mavlink", path, "--summary").stdout)
    assert (told["messages"], sum(told["refused"].values())) == (61, 0)


def test_a_line_that_cannot_be_encoded_is_named(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text('{"message": "MISSION_ITEM_REACHED", "seq": 1}\n{"message": "MISSION_ITEM_REACHED", "seq": -1}\n')
    told = mihari("encode", "mavlink", path)
    assert told.returncode == 2
    assert b"bad.jsonl:2" in told.stderr
    assert b"seq cannot be -1" in told.stderr
