"""AIS-1 and AIS-2: a real recording of 270,811 sentences, path to columns, against aiscat (C++) and pyais.

Ours reads the file, decodes every listed type with its texts and parts, and checks checksums and bit lengths, on one
thread. aiscat turns the same path into dicts (`from_file`), pyais into message objects (`FileReaderStream`, `decode`).
Before anything is timed the accepted messages are compared: number and MMSI of ours must be those that pyais finds
valid and of the right length, and the refused ones those that the acceptance rule names.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import aiscat
import numpy as np
import pyais
from pyais.exceptions import AISBaseException

from benchmarks.harness import Row, ratio, report
from mihari.formats.ais import decode_file
from mihari.formats.ais.layout import layout_of

RECORDING = "ais/vernon_all.nmea"
REFUSED = {"checksum": 926, "length": 1, "incomplete": 5}


def recording() -> Path:
    root = os.environ.get("MIHARI_DATA") or Path(__file__).parents[2] / "shared" / "data"
    path = Path(root) / RECORDING
    if not path.exists():
        sys.exit(f"{path}: not here; set MIHARI_DATA to the folder that holds {RECORDING}")
    return path


def ours(path: Path) -> Any:
    """Kinematic columns come with the messages, texts and static data when asked for: both are asked for."""
    decoded = decode_file(path)
    return decoded, decoded.messages.static


def aiscat_dicts(path: Path) -> int:
    return sum(1 for _ in aiscat.from_file(str(path)))


def pyais_messages(path: Path) -> int:
    count = 0
    with pyais.FileReaderStream(str(path)) as stream:
        for message in stream:
            try:
                message.decode()
                count += 1
            except AISBaseException:
                continue
    return count


def valid_by_pyais(path: Path) -> Counter[tuple[int, int]]:
    """(type, MMSI) -> messages with right checksums and right length."""
    found: Counter[tuple[int, int]] = Counter()
    with pyais.FileReaderStream(str(path)) as stream:
        for message in stream:
            if not message.is_valid:
                continue
            bits = len(message.bv)
            kind = message.ais_id
            part = message.bv.get(38, 2) if kind == 24 else -1
            layout = layout_of(kind, part)
            if layout is None or layout.accepts(bits):
                found[kind, int(message.decode().mmsi)] += 1
    return found


def check(path: Path) -> None:
    """Stop unless ours accepts exactly what it should."""
    decoded, static = ours(path)
    messages = decoded.messages
    mine = Counter(zip(messages.message_type.tolist(), messages.mmsi.tolist(), strict=True))
    if decoded.refused.counts() != REFUSED or mine != valid_by_pyais(path):
        sys.exit(f"ours and pyais accept different messages of {path}: nothing was timed")
    if not np.array_equal(messages.mmsi[static.row], static.mmsi) or aiscat_dicts(path) < len(messages):
        sys.exit(f"static data or aiscat's number of messages is not what it should be for {path}")


def main() -> int:
    path = recording()
    check(path)
    what = "real log, path to columns, s; peer"
    rows: list[Row] = [
        ratio("AIS-1", f"{what} aiscat {_version('aiscat')}", lambda: ours(path), lambda: aiscat_dicts(path), 8.0),
        ratio("AIS-2", f"{what} pyais {_version('pyais')}", lambda: ours(path), lambda: pyais_messages(path), 60.0),
    ]  # fmt: skip
    return report(rows)


def _version(package: str) -> str:
    from importlib.metadata import version

    return version(package)


if __name__ == "__main__":
    sys.exit(main())
