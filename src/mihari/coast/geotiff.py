"""GeoTIFF files of terrain heights -> `Tile`. OGC 19-008r4 (GeoTIFF 1.1): geographic WGS-84, north up, one band.

Tags: 33550 ModelPixelScale (degrees a sample), 33922 ModelTiepoint (sample, place), 34735 GeoKeyDirectory (keys 1024
model type, 1025 cells or points, 2048 system, 4099 unit of heights). Of a file with overviews the first image counts.
"""

from __future__ import annotations

import math
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mihari.coast.tile import Tile
from mihari.core.errors import BadInput

if TYPE_CHECKING:
    from PIL.TiffImagePlugin import ImageFileDirectory_v2

SUFFIXES = (".tif", ".tiff")
MOST_SAMPLES = 40_000_000  # three square degrees of 1": read as a whole, some 240 MB for that long
SAMPLE_KINDS = {(16, 2), (32, 3)}  # bits, sample format: int16, float32
BIG = b"\x2b"  # version of a file with 64-bit offsets
PLAIN = 1  # compression: none; Pillow takes packed big-endian heights for others
GEOGRAPHIC, POINTS, WGS_84, METRE = 2, 2, (4326, 4979), 9001
_DAMAGED = (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, OverflowError, struct.error)


def tile_of(path: Path) -> Tile:
    """The tile in a file, from its tags. BadInput says what of it cannot be used: projected, rotated, bands, size."""
    try:
        return _tile(path, _tags(path))
    except BadInput:
        raise
    except _DAMAGED:
        raise BadInput(f"{path}: not a whole GeoTIFF file") from None


def _tags(path: Path) -> ImageFileDirectory_v2:
    """Tags of the first image."""
    from PIL.TiffImagePlugin import ImageFileDirectory_v2  # late: few have terrain

    with path.open("rb") as file:
        head = file.read(8)
        tags = ImageFileDirectory_v2(head + file.read(8) if head[2:3] == BIG else head)
        file.seek(tags.next)
        tags.load(file)
    return tags


def _tile(path: Path, tags: ImageFileDirectory_v2) -> Tile:
    columns, rows = int(tags[256]), int(tags[257])
    keys = tags.get(34735, ())
    told = {keys[i]: keys[i + 3] for i in range(4, len(keys) - 3, 4)}
    kind = int(_one(tags.get(258, 1))), int(_one(tags.get(339, 1)))
    if tags.get(277, 1) != 1:
        raise BadInput(f"{path}: expected one band of heights, found {tags[277]}")
    if kind not in SAMPLE_KINDS:
        raise BadInput(f"{path}: expected heights as 16-bit signed integers or 32-bit floating point")
    if tags.prefix == b"MM" and tags.get(259, 1) != PLAIN:
        raise BadInput(f"{path}: packed with big-endian heights; write it again with little-endian ones or not packed")
    if told.get(1024) != GEOGRAPHIC or told.get(2048, WGS_84[0]) not in WGS_84:
        raise BadInput(f"{path}: expected latitudes and longitudes in WGS-84 (EPSG:4326), found another system or none")
    if told.get(4099, METRE) != METRE:
        raise BadInput(f"{path}: expected heights in metres, found unit {told[4099]}")
    if 34264 in tags or len(tags.get(33550, ())) < 2 or len(tags.get(33922, ())) != 6:
        raise BadInput(f"{path}: expected a grid with north up: one tie point and a pixel scale, no rotation")
    if not (min(rows, columns) >= 2 and rows * columns <= MOST_SAMPLES):
        raise BadInput(f"{path}: expected 2 × 2 to {MOST_SAMPLES:,} samples, found {columns} × {rows}; cut it in tiles")
    (i, j, _, x, y, _), (across, down) = tags[33922], tags[33550][:2]
    middle = 0.0 if told.get(1025) == POINTS else 0.5
    north, west = y + (j - middle) * down, x + (middle - i) * across
    box = north, west, across, down
    if not (all(map(math.isfinite, box)) and across > 0 and down > 0 and across * columns <= 361
            and north <= 91 and north - down * rows >= -91 and -361 <= west <= 361):  # fmt: skip
        raise BadInput(f"{path}: expected a grid on the Earth with positive steps, found {north:g}, {west:g} degrees")
    return Tile(path, north, west, down, across, rows, columns, _read)


def _one(value: Any) -> Any:
    return value[0] if isinstance(value, tuple) else value


def _read(path: Path, rows: slice, columns: slice) -> NDArray[Any]:
    from PIL.TiffImagePlugin import TiffImageFile

    try:
        with TiffImageFile(path) as image:
            return np.asarray(image.crop((columns.start, rows.start, columns.stop, rows.stop)))
    except _DAMAGED:
        raise BadInput(f"{path}: its heights cannot be read: damaged, or packed in a way that is not known") from None
