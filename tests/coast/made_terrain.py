"""Made-up elevation models: HGT files, and GeoTIFF files written tag by tag."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

KEYS = {1024: 2, 1025: 2, 2048: 4326}  # geographic, points, WGS-84


def hgt(folder: Path, name: str, heights: NDArray[Any]) -> Path:
    """A tile of 1201² or 3601² heights, rows from north."""
    path = folder / name
    path.write_bytes(heights.astype(">i2").tobytes())
    return path


def geotiff(
    path: Path,
    heights: NDArray[Any],
    north: float,
    west: float,
    step: float,
    keys: dict[int, int] | None = None,
    tags: dict[int, tuple[str, Any]] | None = None,
    order: str = "<",
    packed: bool = False,
) -> Path:
    """A GeoTIFF whose first sample lies at `north`, `west`; `tags` replace those it would have, None: left out."""
    shape = heights.shape[:2]
    bands = 1 if heights.ndim == 2 else heights.shape[2]
    data = heights.astype(heights.dtype.newbyteorder(order)).tobytes()
    data = zlib.compress(data) if packed else data
    told = [1, 1, 0, 0]
    for key, value in (KEYS if keys is None else keys).items():
        told += [key, 0, 1, value]
        told[3] += 1
    entries: dict[int, tuple[str, Any]] = {
        256: ("H", (shape[1],)), 257: ("H", (shape[0],)), 258: ("H", (heights.dtype.itemsize * 8,) * bands),
        259: ("H", (8 if packed else 1,)), 262: ("H", (1 if bands == 1 else 2,)), 273: ("I", (8,)),
        277: ("H", (bands,)), 278: ("H", (shape[0],)), 279: ("I", (len(data),)),
        339: ("H", ({"i": 2, "f": 3, "u": 1}[heights.dtype.kind],) * bands),
        33550: ("d", (step, step, 0.0)), 33922: ("d", (0.0, 0.0, 0.0, west, north, 0.0)), 34735: ("H", tuple(told)),
    } | (tags or {})  # fmt: skip
    kept = {tag: entry for tag, entry in sorted(entries.items()) if entry[1] is not None}
    start = 8 + len(data) + len(data) % 2
    beyond = start + 2 + 12 * len(kept) + 4
    table, rest = struct.pack(order + "H", len(kept)), b""
    for tag, (kind, values) in kept.items():
        value = struct.pack(f"{order}{len(values)}{kind}", *values)
        field = value.ljust(4, b"\0") if len(value) <= 4 else struct.pack(order + "I", beyond + len(rest))
        rest += value if len(value) > 4 else b""
        table += struct.pack(order + "HHI", tag, {"H": 3, "I": 4, "d": 12}[kind], len(values)) + field
    head = (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, start)
    path.write_bytes(head + data + b"\0" * (len(data) % 2) + table + b"\0" * 4 + rest)
    return path
