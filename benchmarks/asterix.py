"""AST-1: ASTERIX 048 to columns against asterix-decoder (C++), on the capture repeated to a million records.

Ours decodes one buffer of datagrams with their offsets, every item of every record to columns. The peer gets one
datagram a call, verbose off, in a venv of its own (it and libasterix install a package of the same name) that this
benchmark makes if it is absent; it takes fewer repetitions and both times are per record. Wall seconds are held
against the bar; the ratio in seconds of processor time (user and system; both run on one thread), which other work on
the machine disturbs less, stands beside it. The values that both give for the capture are compared first.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
import venv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import dpkt
import numpy as np

from benchmarks.harness import Row, report
from mihari.core.columns import Array
from mihari.formats.asterix import Table, decode_many

ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("MIHARI_DATA") or ROOT.parent / "shared" / "data")
CAPTURE = DATA / "formats" / "asterix" / "cat_034_048.pcap"
VENV = ROOT / ".venv-asterix-decoder"
REQUIREMENTS = ROOT / "requirements" / "peer-asterix-decoder.txt"
RECORDS, PEER_RECORDS, RUNS = 1_000_000, 10_000, 7

PEER = """
import json, sys, time, asterix
datagrams = [bytes.fromhex(line) for line in json.loads(sys.stdin.readline())]
print(json.dumps([record for d in datagrams for record in asterix.parse(d, verbose=False)]), flush=True)
for line in sys.stdin:
    wall, cpu, records = time.perf_counter(), time.process_time(), 0
    for _ in range(int(line)):
        for d in datagrams:
            records += len(asterix.parse(d, verbose=False))
    print((time.perf_counter() - wall) / records, (time.process_time() - cpu) / records, flush=True)
"""

# the peer's name, ours, its unit in ours (wire numbers)
SAME = [
    ("I010", "SAC", "010/SAC", 1.0),
    ("I010", "SIC", "010/SIC", 1.0),
    ("I140", "ToD", "140", 1 / 128),
    ("I020", "TYP", "020/TYP", 1.0),
    ("I040", "RHO", "040/RHO", 1 / 256),
    ("I040", "THETA", "040/THETA", 360 / 65536),
    ("I090", "FL", "090/FL", 1 / 4),
    ("I161", "Tn", "161/TRN", 1.0),
    ("I200", "CGS", "200/GSP", 3600 / 2**14),
    ("I200", "CHdg", "200/HDG", 360 / 65536),
    ("I170", "CNF", "170/CNF", 1.0),
    ("I170", "TRE", "170/TRE", 1.0),
    ("I230", "COM", "230/COM", 1.0),
    ("I230", "STAT", "230/STAT", 1.0),
]


def category_048() -> list[bytes]:
    """The 048 data blocks of the capture, one a datagram."""
    with CAPTURE.open("rb") as file:
        frames = [bytes(dpkt.ethernet.Ethernet(f).data.data.data) for _, f in dpkt.pcap.Reader(file)]
    return [block for frame in frames for block in blocks(frame) if block[0] == 48]


def blocks(datagram: bytes) -> Iterator[bytes]:
    while datagram:
        length = int.from_bytes(datagram[1:3], "big")
        yield datagram[:length]
        datagram = datagram[length:]


def peer_python() -> Path:
    """The interpreter of the peer's venv, made from the pinned requirements when it is not there."""
    python = VENV / "bin" / "python"
    ready = python.exists() and not subprocess.run([str(python), "-c", "import asterix"], check=False).returncode
    if not ready:
        venv.create(VENV, with_pip=True, clear=True)
        install = [str(python), "-m", "pip", "install", "-q", "--require-hashes", "-r", str(REQUIREMENTS)]
        subprocess.run(install, check=True, stdout=sys.stderr)
    return python


class Peer:
    """asterix-decoder in its own interpreter: its records of the capture, and seconds per record on demand."""

    def __init__(self, datagrams: Sequence[bytes]) -> None:
        command = [str(peer_python()), "-c", PEER]
        self.child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.records: list[dict[str, Any]] = json.loads(self.ask(json.dumps([d.hex() for d in datagrams])))

    def ask(self, line: str) -> str:
        """One line to the child, one line back."""
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        self.child.stdin.write(line + "\n")
        self.child.stdin.flush()
        return self.child.stdout.readline()

    def seconds_per_record(self) -> tuple[float, float]:
        """Decode at least `PEER_RECORDS` and say how long one took: wall and processor."""
        wall, cpu = self.ask(str(-(-PEER_RECORDS // len(self.records)))).split()
        return float(wall), float(cpu)

    def close(self) -> None:
        """Let the child end."""
        assert self.child.stdin is not None
        self.child.stdin.close()
        self.child.wait()


def differences(table: Table, theirs: Sequence[dict[str, Any]]) -> list[str]:
    """Values of the capture that the two do not share; empty when equal."""
    found = [] if len(table) == len(theirs) else [f"{len(table)} records, theirs {len(theirs)}"]
    for item, name, path, unit in SAME:
        told = [record[item][name]["val"] if item in record and name in record[item] else np.nan for record in theirs]
        raw = table.raw(path, absent=-(1 << 40)).astype(float)
        ours = np.where(raw == -(1 << 40), np.nan, raw * unit)
        if not np.allclose(ours, np.array(told, float), rtol=1e-9, atol=1e-9, equal_nan=True):
            found.append(path)
    return found


def same_in_every_copy(small: Table, large: Table, copies: int) -> list[str]:
    """Columns of the repeated capture that are no repetition of the small decode; empty when all are."""
    return [p for p in small.paths if "#" not in p and not _repeats(small, large, p, copies)]


def _repeats(small: Table, large: Table, path: str, copies: int) -> bool:
    few, many = small.cells(path), large.cells(path)
    rows: Array = (few.rows[None, :] + np.arange(copies)[:, None] * len(small)).ravel()
    return np.array_equal(many.raw, np.tile(few.raw, copies)) and np.array_equal(many.rows, rows)


def main(argv: Sequence[str] | None = None) -> int:
    datagrams = category_048()
    (small,) = decode_many(datagrams).of(48)
    copies = -(-RECORDS // len(small))
    data = b"".join(datagrams * copies)
    offsets = np.concatenate([[0], np.cumsum([len(d) for d in datagrams * copies])])
    peer = Peer(datagrams)
    (large,) = decode_many(data, offsets).of(48)
    wrong = differences(small, peer.records) + same_in_every_copy(small, large, copies)
    if wrong:
        print(f"AST-1: values differ from the peer's: {', '.join(wrong)}", file=sys.stderr)
        return 1
    records = len(large)
    del large
    peer.seconds_per_record()
    timed = []
    for _ in range(RUNS):
        wall, cpu = time.perf_counter(), time.process_time()
        decode_many(data, offsets)
        mine = ((time.perf_counter() - wall) / records, (time.process_time() - cpu) / records)
        timed.append((*mine, *peer.seconds_per_record()))
    peer.close()
    ours, our_cpu, theirs, their_cpu = (statistics.median(column) for column in zip(*timed, strict=True))
    what = f"ASTERIX 048, {records} records, every item to columns, against asterix-decoder: s per record"
    what += f" ({their_cpu / our_cpu:.0f} x in processor time)"
    return report([Row("AST-1", what, ours, theirs, theirs / ours, 80.0, ">=")], argv)


if __name__ == "__main__":
    sys.exit(main())
