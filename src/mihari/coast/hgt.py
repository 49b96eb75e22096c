"""HGT files of the Shuttle Radar Topography Mission -> `Tile`.

A square degree of big-endian int16, m above the geoid EGM96, rows from the north, no header; 1201² samples (3") or
3601² (1"), the outer ones on the edges, so neighbours share them. The south-west corner is the name: N26E127.hgt. A
void is -32768 (USGS, "SRTM Topography").
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mihari.coast.tile import Tile
from mihari.core.errors import BadInput

SUFFIX = ".hgt"
SIDES = {2 * side * side: side for side in (1201, 3601)}  # bytes -> samples a side


def tile_of(path: Path) -> Tile:
    """The tile in a file. BadInput for a name that tells no corner or a size that is none of the two."""
    corner = re.fullmatch(r"([NS])(\d\d)([EW])(\d{3})(\..*)?", path.stem, re.IGNORECASE)
    if corner is None:
        raise BadInput(f"{path}: an HGT file is named after its south-west corner, such as N26E127.hgt")
    south = int(corner[2]) * (1 if corner[1].upper() == "N" else -1)
    west = int(corner[4]) * (1 if corner[3].upper() == "E" else -1)
    if not (-90 <= south < 90 and -180 <= west <= 180):
        raise BadInput(f"{path}: expected a corner on the Earth, found {corner[0]}")
    side = _side(path)
    return Tile(path, south + 1.0, float(west), 1 / (side - 1), 1 / (side - 1), side, side, _read)


def _side(path: Path) -> int:
    size = path.stat().st_size
    if size not in SIDES:
        expected = " or ".join(f"{count:,} (samples {side} × {side})" for count, side in SIDES.items())
        raise BadInput(f"{path}: expected {expected} bytes of an HGT file, found {size:,}")
    return SIDES[size]


def _read(path: Path, rows: slice, columns: slice) -> NDArray[Any]:
    """Raw heights; the file is mapped, so only what is looked at is read."""
    try:
        side = _side(path)
        return np.memmap(path, ">i2", "r", shape=(side, side))[rows, columns]
    except OSError as problem:
        raise BadInput(f"{path}: cannot be read ({problem.strerror})") from None
