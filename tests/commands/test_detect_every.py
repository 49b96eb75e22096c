"""What `mihari detect` finds does not depend on how often it looks, up to the last second of what it was given."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mihari.commands.detect import detect
from mihari.formats.ais import encode

START, GONE, END = 1_700_000_000, 1800, 1800 + 6 * 3600 + 95


def rows() -> list[tuple[int, int, float]]:
    """(MMSI, s since the start, latitude): one vessel falls silent after half an hour, another is heard on."""
    gone = [(431_000_001, t, 26.0 + t * 5e-5) for t in range(0, GONE + 1, 60)]
    return sorted([*gone, *((431_000_002, t, 26.1) for t in range(0, END + 1, 30))], key=lambda row: row[1])


def found(path: Path, every: int) -> set[tuple[str, int, int | None]]:
    output = path.parent / f"{every}.parquet"
    detect.main([str(path), "--every", str(every), "-o", str(output), "--json"], standalone_mode=False)
    return {(row["kind"], row["start"], row["end"]) for row in pq.read_table(output).to_pylist()}


def test_of_a_table(tmp_path: Path) -> None:
    mmsi, t, lat = (np.array(column) for column in zip(*rows(), strict=True))
    table = {"mmsi": mmsi, "t": START + t, "lat": lat, "lon": 127.0 + 0 * lat, "sog_kn": np.where(mmsi % 2, 10.8, 0.0)}
    pq.write_table(pa.table(table), tmp_path / "sea.parquet")
    often = found(tmp_path / "sea.parquet", 60)
    assert ("gap_6h", START + GONE, None) in often
    assert found(tmp_path / "sea.parquet", 3600) == often


@pytest.mark.slow
def test_of_a_recording(tmp_path: Path) -> None:
    lines = []
    for mmsi, t, lat in rows():
        told = {
            "message_type": 1,
            "mmsi": mmsi,
            "lat_deg": lat,
            "lon_deg": 127.0,
            "speed_kn": 10.8 if mmsi % 2 else 0.0,
        }
        tag = f"c:{START + t}"
        check = 0
        for letter in tag.encode():
            check ^= letter
        lines.append(f"\\{tag}*{check:02X}\\".encode() + b"".join(encode(told)).strip() + b"\r\n")
    (tmp_path / "sea.nmea").write_bytes(b"".join(lines))
    often = found(tmp_path / "sea.nmea", 60)
    assert ("gap_6h", START + GONE, None) in often
    assert found(tmp_path / "sea.nmea", 3600) == often
