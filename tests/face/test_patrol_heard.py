"""How much of the AIS of a cell is heard: as learned where that is known, else by reach, else not known."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from mihari.face.patrol_heard import heard

CELLS = [
    {"corners": [[0, lon], [0, lon + 1], [1, lon + 1], [1, lon]], "lat_deg": 0.5, "lon_deg": lon + 0.5}
    for lon in range(3)
]


def hexagon(lat: float, lon: float, share: float, due: float) -> dict[str, Any]:
    ring = [[lon + dx, lat + dy] for dx, dy in ((-0.1, -0.1), (0.1, -0.1), (0.1, 0.1), (-0.1, 0.1), (-0.1, -0.1))]
    return {"properties": {"share": share, "due": due}, "geometry": {"coordinates": [ring]}}


def learned(folder: Path, *hexagons: dict[str, Any]) -> str:
    (folder / "reception.geojson.gz").write_bytes(gzip.compress(json.dumps({"features": hexagons}).encode()))
    return str(folder)


def station(lat: float | None, lon: float | None, kind: str = "ais") -> dict[str, Any]:
    return {"kind": kind, "lat_deg": lat, "lon_deg": lon, "range_m": 60_000.0}


def test_hexagons_count_by_how_much_was_due_in_them(tmp_path: Path) -> None:
    folder = learned(tmp_path, hexagon(0.2, 0.2, 1.0, 30.0), hexagon(0.8, 0.8, 0.0, 10.0), hexagon(0.5, 2.5, 0.3, 1.0))
    assert heard(CELLS, folder, []) == [(0.75, "learned"), (None, ""), (0.3, "learned")]


def test_where_nothing_is_learned_stations_reach_or_do_not(tmp_path: Path) -> None:
    sensors = [station(0.5, 1.4), station(None, None), station(0.5, 2.5, "radar")]
    folder = learned(tmp_path, hexagon(0.5, 0.5, 0.9, 5.0))
    assert heard(CELLS, folder, sensors) == [(0.9, "learned"), (1.0, "reach"), (0.0, "reach")]


@pytest.mark.parametrize(
    "text",
    [b"", b"nothing", gzip.compress(b"{}"), gzip.compress(b'{"features": [1]}')],
    ids=["empty", "text", "no-features", "feature-without-shape"],
)
def test_a_layer_that_cannot_be_read_tells_nothing(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "reception.geojson.gz").write_bytes(text)
    assert heard(CELLS, str(tmp_path), []) == [(None, "")] * 3
    assert heard(CELLS, "", [station(None, None)]) == [(None, "")] * 3
