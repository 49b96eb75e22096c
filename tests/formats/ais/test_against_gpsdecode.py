"""gpsd's decoder reads the sentences that we write: the same positions, names and texts."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

import numpy as np
import pytest

from mihari.formats.ais import encode
from mihari.formats.ais.emit import encode_columns

pytestmark = pytest.mark.skipif(shutil.which("gpsdecode") is None, reason="gpsdecode is not installed")
N = 300
KNOT = 1852 / 3600  # m/s


def read(sentences: list[bytes]) -> list[dict[str, Any]]:
    """What gpsdecode prints, one dictionary a message."""
    done = subprocess.run(["gpsdecode"], input=b"".join(sentences), capture_output=True, check=True, timeout=60)
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("message_type", [1, 18])
def test_positions_written_as_columns_are_read_on_the_wires_grid(message_type):
    rng = np.random.default_rng(message_type)
    columns = {
        "mmsi": rng.integers(201_000_000, 775_999_999, N),
        "lat_deg": rng.uniform(-90, 90, N),
        "lon_deg": rng.uniform(-180, 180, N),
        "speed": rng.uniform(0, 52, N),
        "course": rng.uniform(0, 6.28, N),
    }
    told = read(
        encode_columns(message_type, columns, np.full(N, b"B"))
    )  # the grid is 1/600,000 degree, printed to six digits
    assert [m["type"] for m in told] == [message_type] * N
    assert [m["mmsi"] for m in told] == columns["mmsi"].tolist()
    sent = {"lat": columns["lat_deg"], "lon": columns["lon_deg"], "speed": columns["speed"] / KNOT}
    for name, grid in (("lat", 1.34e-6), ("lon", 1.34e-6), ("speed", 0.051)):
        assert np.abs(np.array([m[name] for m in told]) - sent[name]).max() <= grid, name
    off = (np.array([m["course"] for m in told]) - np.degrees(columns["course"]) + 180) % 360 - 180
    assert np.abs(off).max() <= 0.051


def test_a_voyage_in_two_sentences_and_an_aid_keep_their_texts():
    voyage = {
        "message_type": 5, "mmsi": 366730000, "imo": 9074729, "call_sign": "WDC9417", "name": "SEA HAWK 1",
        "ship_type": 70, "draught": 8.3, "destination": "OAKLAND CA",
    }  # fmt: skip
    aid = {"message_type": 21, "mmsi": 993672085, "name": "RED BUOY 12", "lat_deg": 37.8, "lon_deg": -122.4}
    told = read([*encode(voyage), *encode(aid)])
    assert [m["type"] for m in told] == [5, 21]
    ship, buoy = told
    assert (ship["imo"], ship["callsign"], ship["shipname"]) == (9074729, "WDC9417", "SEA HAWK 1")
    assert (ship["shiptype"], ship["draught"], ship["destination"]) == (70, 8.3, "OAKLAND CA")
    assert (buoy["name"], buoy["lat"], buoy["lon"]) == ("RED BUOY 12", 37.8, -122.4)
