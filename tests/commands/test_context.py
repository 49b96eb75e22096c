"""`mihari context`: figures, layers and what is usual, from a table of positions and from a kept file; mistakes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from mihari.behaviours.context import Context
from mihari.detecting import sightings_of
from mihari.kept import Kept

T0 = 1_700_006_400


def mihari(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mihari", "context", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty vessels that cross one after the other at 10 kn."""
    path = tmp_path_factory.mktemp("context") / "p.csv"
    rows = [
        f"{431000000 + v},{T0 + 600 * v + 60 * k},26.2,{127.2 + 0.003 * k:.4f},10,90"
        for v in range(40)
        for k in range(10)
    ]
    path.write_text("mmsi,t,lat,lon,sog_kn,cog_deg\n" + "\n".join(rows) + "\n")
    return path


def test_a_table_teaches_and_a_kept_file_tells_the_same(table: Path) -> None:
    done = mihari(table, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["traffic"]["entries"]["unknown"] >= 40
    assert told["stations"][0]["share"] == 1.0
    context, rows = Context(), sightings_of(table)
    context.take(rows, float(rows.time[-1]))
    Kept(table.with_suffix(".context")).close(context)
    assert json.loads(mihari(table.with_suffix(".context"), "--json").stdout) == told


@pytest.mark.slow
def test_an_unusual_speed_is_told_with_what_that_rests_on(table: Path) -> None:
    asked = (table, "--at", "26.2,127.21", "--type", "unknown", "--speed", "18", "--course", "270")
    told = mihari(*asked).stdout
    assert "unusual speed for its type here: 18 kn" in told
    assert "unknown vessels before: 10–10 kn" in told
    assert "unusual course: 0.0% of them went that way" in told
    assert json.loads(mihari(*asked, "--json").stdout)["usual"]["unusual_speed"] is True


@pytest.mark.slow
def test_a_layer_is_written(table: Path, tmp_path: Path) -> None:
    done = mihari(table, "--layer", "traffic", "-o", tmp_path / "t.geojson")
    assert "areas, 0 left out" in done.stderr
    made = json.loads((tmp_path / "t.geojson").read_text())
    assert {f["geometry"]["type"] for f in made["features"]} == {"Polygon"}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--layer", "waves", "-o", "x"), "--layer waves: expected one of traffic, reception, radar, anchorages"),
        (("--layer", "traffic"), "--layer and -o go together"),
        (("--at", "91,0"), "--at 91,0: expected latitude,longitude"),
        (("--at", "1,2", "--type", "boat"), "--type boat: expected one of unknown, cargo"),
    ],
)
def test_a_mistake_is_one_sentence(table: Path, arguments: tuple[str, ...], told: str) -> None:
    done = mihari(table, *arguments)
    assert (done.returncode, told in done.stderr) == (2, True), done.stderr


def test_a_file_that_is_no_kept_one_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.context").write_bytes(b"mihari-state-1\nnonsense")
    done = mihari(tmp_path / "a.context")
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
