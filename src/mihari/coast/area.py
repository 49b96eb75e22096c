"""Area files -> `Area`: a box of the Earth with its coastline; which areas there are, and where users keep theirs.

Format 1, all numbers little-endian (docs/coast.md has the table): 8 bytes `MIHAREA` and 1; u32 length of a UTF-8 JSON
header; the header; a zlib stream of u8 level per ring, i32 vertices per ring, then the i32 differences of all
latitudes and of all longitudes in `quantum_deg`, each as four byte planes (low bytes first: they compress better).
"""

from __future__ import annotations

import json
import os
import re
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs
from numpy.typing import ArrayLike, NDArray

from mihari.core.errors import BadInput

Floats = NDArray[np.float64]

MAGIC = b"MIHAREA\x01"
SUFFIX = ".area"
BUILT_IN = Path(__file__).with_name("built_in")
MOST_POINTS = 20_000_000  # twice the whole world at full resolution: more is a broken or hostile file


@dataclass(frozen=True, slots=True)
class Area:
    """A box and the coastline in it, as closed rings (the first vertex is not repeated at the end).

    The box may cross the antimeridian (`west_deg` > `east_deg`); ring longitudes run on from `west_deg` without a jump,
    so they may exceed 180. Where the box cuts land, rings are closed along its edge.

    lat_deg, lon_deg: (vertices,); starts: (rings + 1,) offsets into them; level: (rings,) 1 land, 2 lake, 3 island in a
    lake, 4 pond on it. An even ring is a hole of the nearest odd ring before it. `notice`: licence and source, to be
    shown wherever the coastline is.
    """

    name: str
    title: str
    notice: str
    south_deg: float
    west_deg: float
    north_deg: float
    east_deg: float
    lat_deg: Floats
    lon_deg: Floats
    starts: NDArray[np.int64]
    level: NDArray[np.uint8]
    quantum_deg: float = 1e-6

    def __post_init__(self) -> None:
        for array in (self.lat_deg, self.lon_deg, self.starts, self.level):
            array.flags.writeable = False

    @property
    def width_deg(self) -> float:
        """West to east, in (0, 360]."""
        return (self.east_deg - self.west_deg) % 360.0 or 360.0

    def unwrapped(self, lon_deg: ArrayLike) -> Floats:
        """Longitudes counted on from the west edge, as the rings have them: [west, west + 360)."""
        return np.asarray(self.west_deg + np.mod(np.asarray(lon_deg, float) - self.west_deg, 360.0))

    def covers(self, lat_deg: ArrayLike, lon_deg: ArrayLike) -> NDArray[np.bool_]:
        """Whether positions lie in the box; False for NaN."""
        lat = np.asarray(lat_deg, float)
        in_lon = self.unwrapped(lon_deg) <= self.west_deg + self.width_deg
        return np.asarray((lat >= self.south_deg) & (lat <= self.north_deg) & in_lon)

    def edges(self) -> tuple[Floats, Floats, Floats, Floats]:
        """All ring edges, closing ones included: lat and lon of the first end, then of the second; (vertices,) each."""
        after = np.arange(1, len(self.lat_deg) + 1)
        after[self.starts[1:] - 1] = self.starts[:-1]
        return self.lat_deg, self.lon_deg, self.lat_deg[after], self.lon_deg[after]

    def is_shore(self) -> NDArray[np.bool_]:
        """Which `edges` are shore and not the cut along the box."""
        lat1, lon1, lat2, lon2 = self.edges()
        sides = (
            (lat1, lat2, self.south_deg),
            (lat1, lat2, self.north_deg),
            (lon1, lon2, self.west_deg),
            (lon1, lon2, self.west_deg + self.width_deg),
        )
        cut = np.zeros(len(lat1), bool)
        for first, second, side in sides:
            cut |= (np.abs(first - side) < self.quantum_deg) & (np.abs(second - side) < self.quantum_deg)
        return ~cut


def to_bytes(area: Area) -> bytes:
    """The area as a file of format 1; same area, same bytes.

    >>> box = Area("x", "X", "", 0.0, 0.0, 1.0, 1.0, np.array([0.2, 0.8, 0.8]), np.array([0.2, 0.2, 0.8]),
    ...            np.array([0, 3]), np.array([1], np.uint8))
    >>> from_bytes(to_bytes(box), "x").lat_deg.tolist()
    [0.2, 0.8, 0.8]
    """
    head = {key: getattr(area, key) for key in _HEADER} | {"rings": len(area.level), "points": len(area.lat_deg)}
    header = json.dumps(head, ensure_ascii=False).encode()
    body = area.level.astype("u1").tobytes() + np.diff(area.starts).astype("<i4").tobytes()
    for degrees in (area.lat_deg, area.lon_deg):
        steps = np.diff(np.rint(degrees / area.quantum_deg), prepend=0).astype("<i4")
        body += steps.view("u1").reshape(-1, 4).T.tobytes()
    return MAGIC + struct.pack("<I", len(header)) + header + zlib.compress(body, 9)


_HEADER = {
    "name": str,
    "title": str,
    "notice": str,
    "south_deg": float,
    "west_deg": float,
    "north_deg": float,
    "east_deg": float,
    "quantum_deg": float,
}


def from_bytes(packed: bytes, origin: str) -> Area:
    """The area in a file's bytes; `origin` names the file in the error.

    Raises BadInput for anything that is not a whole file of format 1.
    """
    if packed[:7] != MAGIC[:7]:
        raise BadInput(f"{origin}: not an area file (expected one made by 'mihari map build')")
    if packed[7:8] != MAGIC[7:]:
        found = packed[7] if len(packed) > 7 else "unknown"
        raise BadInput(f"{origin}: area format {found} is not one this program reads (expected 1)")
    try:
        (length,) = struct.unpack_from("<I", packed, 8)
        header = json.loads(packed[12 : 12 + length])
        values: dict[str, Any] = {key: kind(header[key]) for key, kind in _HEADER.items()}
        rings, points = int(header["rings"]), int(header["points"])
        box = [values[key] for key in ("south_deg", "west_deg", "north_deg", "east_deg")]
        if not (-90 <= box[0] < box[2] <= 90 and -180 <= box[1] <= 180 and -180 <= box[3] <= 180):
            raise ValueError("impossible box")
        if not (0 <= rings <= points <= MOST_POINTS and 0 < values["quantum_deg"] < 1):
            raise ValueError("impossible counts")
        size = 5 * rings + 8 * points
        body = zlib.decompressobj().decompress(packed[12 + length :], size + 1)
        if len(body) != size:
            raise ValueError("wrong length")
        return _unpack(values, body, rings, points)
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError, struct.error, zlib.error) as problem:
        raise BadInput(f"{origin}: the area file is damaged ({problem}); build or fetch it again") from None


def _unpack(values: dict[str, Any], body: bytes, rings: int, points: int) -> Area:
    level = np.frombuffer(body, "u1", rings).copy()
    counts = np.frombuffer(body, "<i4", rings, rings)
    starts = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])
    if (counts < 3).any() or starts[-1] != points or not np.isin(level, (1, 2, 3, 4)).all():
        raise ValueError("rings do not add up")
    planes = np.frombuffer(body, "u1", 8 * points, 5 * rings).reshape(2, 4, points)
    steps = np.ascontiguousarray(np.swapaxes(planes, 1, 2)).view("<i4")[..., 0]
    lat, lon = np.cumsum(steps, axis=1, dtype=np.int64) * values["quantum_deg"]
    # 0.1 + 0.2 has no place in a coordinate: what was 26.15 is 26.15 again
    return Area(**values, lat_deg=np.round(lat, 9), lon_deg=np.round(lon, 9), starts=starts, level=level)


def folders() -> list[Path]:
    """Where areas are looked for, in order: `$MIHARI_AREAS` (several with the system's separator), the user's, ours."""
    named = [Path(part) for part in os.environ.get("MIHARI_AREAS", "").split(os.pathsep) if part]
    return [*named, Path(platformdirs.user_data_dir("mihari")) / "areas", BUILT_IN]


def areas() -> list[str]:
    """Names of all areas that `load` finds, sorted; `world` is the coarse overview.

    >>> {"aegean", "nansei", "world"} <= set(areas())
    True
    """
    return sorted({path.stem for folder in folders() for path in folder.glob(f"*{SUFFIX}")})


def load(name: str | Path) -> Area:
    """The area of that name, or in that file.

    Raises BadInput if there is none or it is damaged.

    >>> area = load("nansei")
    >>> area.south_deg, area.west_deg, area.north_deg, area.east_deg
    (23.8, 123.5, 27.6, 129.6)
    """
    text = str(name)
    if text.endswith(SUFFIX) or not re.fullmatch(r"[\w-]+", text):
        places = [Path(name)]
    else:
        places = [folder / f"{text}{SUFFIX}" for folder in folders()]
    for path in places:
        if path.is_file():
            return from_bytes(path.read_bytes(), str(path))
    raise BadInput(f"no area '{text}': expected one of {', '.join(areas())} or a {SUFFIX} file")
