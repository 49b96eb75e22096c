"""`mihari detect --map`: a picture of each finding, with the vessel before, while and after, and nothing hostile."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from mihari.behaviours.sightings import Sightings
from mihari.behaviours.whereabouts import Whereabouts
from mihari.commands.detect import detect
from mihari.commands.finding_maps import picture
from mihari.core.behaviour import Behaviour

START = 1_700_000_000


def positions(path: Path) -> None:
    """One vessel waits for six hours at sea; another passes."""
    t = np.arange(START, START + 8 * 3600, 30)
    waits = {"mmsi": 431000001, "lat": 26.0 + 0.00001 * np.arange(len(t)) % 0.002, "lon": 127.0, "sog_kn": 0.6}
    passes = {"mmsi": 431000002, "lat": 26.0 + (t - START) * 4e-5, "lon": 127.1, "sog_kn": 9.0}
    columns = {name: np.concatenate([np.broadcast_to(v[name], len(t)) for v in (waits, passes)]) for name in waits}
    pq.write_table(pa.table({"t": np.concatenate([t, t])} | columns), path)


def test_each_finding_gets_a_picture(tmp_path: Path) -> None:
    positions(tmp_path / "sea.parquet")
    folder = tmp_path / "maps"
    asked = [str(tmp_path / "sea.parquet"), "--every", "600", "--area", "nansei"]
    asked += ["--map", str(folder), "-o", str(tmp_path / "b.parquet")]
    detect.main(asked, standalone_mode=False)
    found = pq.read_table(tmp_path / "b.parquet").to_pylist()
    pictures = sorted(folder.iterdir())
    assert len(pictures) == len(found) > 0
    for path in pictures:
        words = "".join(ET.parse(path).getroot().itertext())
        assert "431000001" in words or "431000002" in words
        assert "no coastline" not in words  # the overview is there at least
    assert any(path.name.endswith("loitering_431000001.svg") for path in pictures)


def test_a_gap_is_drawn_across_and_names_are_text() -> None:
    seen = Whereabouts()
    t = np.array([0.0, 60.0, 4000.0, 4060.0]) + START
    seen.take(Sightings.of(4, key=7, time=t, lat_deg=26.0, lon_deg=[127.0, 127.01, 127.3, 127.31]))
    gap = Behaviour("g", "gap", (7,), START + 60, START + 4000, 26.0, 127.01, "<script>alert(1)</script> & silent")
    text = picture(gap, seen, None, START + 9000.0)
    assert "stroke-dasharray" in text
    assert "<script" not in text
    words = "".join(ET.fromstring(text).itertext())
    assert "<script>alert(1)</script> & silent" in words
    assert "no coastline" in words


def test_what_is_kept_is_bounded_and_what_is_left_out_is_counted() -> None:
    seen = Whereabouts(most=10)
    for k in range(500):
        seen.take(Sightings.of(1, key=k, time=float(k), lat_deg=26.0, lon_deg=127.0))
    assert len(seen.between(0.0, 1e9)) + seen.left_out == 500
    assert seen.left_out > 0
