"""A user's elevation model, a file or a folder of tiles -> heights at places."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.coast import geotiff, hgt
from mihari.coast.tile import Tile
from mihari.core.errors import BadInput

Floats = NDArray[np.float64]

MOST_TILES = 4096  # 64° × 64°: more is a folder of something else


@dataclass(frozen=True)
class Terrain:
    """Tiles of heights, finest first. Files are read when asked, one at a time; nothing of them is kept."""

    tiles: tuple[Tile, ...]

    def heights(self, lat_deg: ArrayLike, lon_deg: ArrayLike) -> Floats:
        """Height in m above the geoid at places (degrees, broadcast), NaN where no tile has one.

        Where tiles overlap the finest that has a height there counts. BadInput for a tile that cannot be read.
        """
        lat, lon = np.broadcast_arrays(np.asarray(lat_deg, float), np.asarray(lon_deg, float))
        found = np.full(lat.size, np.nan)
        flat_lat, flat_lon = lat.ravel(), lon.ravel()
        for tile in self.tiles:
            open_yet = np.flatnonzero(np.isnan(found))
            if len(open_yet) and tile.meets(flat_lat[open_yet], flat_lon[open_yet]):
                found[open_yet] = tile.heights(flat_lat[open_yet], flat_lon[open_yet])
        return found.reshape(lat.shape)


def load_terrain(path: str | Path) -> Terrain:
    """The elevation model in a file, HGT or GeoTIFF, or in all such files of a folder.

    Heights stay in the files; names, sizes and tags are checked. BadInput for what is none, and says why.
    """
    try:
        tiles = [_tile_of(file) for file in _files(Path(path))]
    except OSError as problem:
        raise BadInput(f"{path}: cannot be read ({problem.strerror})") from None
    return Terrain(tuple(sorted(tiles, key=lambda tile: (tile.lat_step_deg, tile.path))))


def _tile_of(file: Path) -> Tile:
    return hgt.tile_of(file) if file.suffix.lower() == hgt.SUFFIX else geotiff.tile_of(file)


def _files(place: Path) -> list[Path]:
    """The files of a model. BadInput for none or too many."""
    suffixes = (hgt.SUFFIX, *geotiff.SUFFIXES)
    if place.is_dir():
        files = sorted(file for file in place.iterdir() if file.suffix.lower() in suffixes and file.is_file())
        if not 0 < len(files) <= MOST_TILES:
            raise BadInput(f"{place}: expected 1 to {MOST_TILES} files {', '.join(suffixes)}, found {len(files)}")
        return files
    if not place.is_file():
        raise BadInput(f"{place}: no such file or folder; expected an elevation model ({', '.join(suffixes)})")
    if place.suffix.lower() not in suffixes:
        raise BadInput(f"{place}: expected an elevation model ({', '.join(suffixes)}) or a folder of such files")
    return [place]
