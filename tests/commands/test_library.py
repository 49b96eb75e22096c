"""`mihari library`: the list, one pattern in words, files that are checked; `mihari detect --pattern` uses them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "library"))
from test_pattern import CRAWLS

BEGIN = 1_800_000_000


def mihari(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "mihari", *arguments], capture_output=True, timeout=120, check=False)


def sentence(done: subprocess.CompletedProcess[bytes]) -> str:
    """What was wrong: one line, exit code 2."""
    told = done.stderr.decode().strip()
    assert (done.returncode, len(told.splitlines())) == (2, 1), told
    return told


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A pattern of one's own."""
    path = tmp_path / "crawls.toml"
    path.write_text(CRAWLS)
    return path


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """One vessel, a quarter of an hour at 3.5 kn and as long at 6."""
    rows = [f"431000001,{BEGIN + 60 * k},{26 + 1e-4 * k},127.0,{3.5 if k < 15 else 6.0}" for k in range(30)]
    path = tmp_path / "positions.csv"
    path.write_text("\n".join(["mmsi,t,lat,lon,sog_kn", *rows]))
    return path


def test_all_that_come_with_mihari_are_listed() -> None:
    assert "dark_rendezvous" in mihari("library", "list").stdout.decode()
    told = json.loads(mihari("library", "list", "--json").stdout)
    assert {"name", "version", "title", "status", "urgency", "digest"} == told[0].keys()


def test_one_is_shown_with_its_meaning_its_figures_and_its_sources(file: Path) -> None:
    told = mihari("library", "show", "dark_rendezvous").stdout.decode()
    for words in ("what else it could be", "how to find out", "together 30 min (tried 10 min to 2 h)", "Miller"):
        assert words in told
    assert json.loads(mihari("library", "show", str(file), "--json").stdout)["parameter"][0]["name"] == "low"


def test_files_are_checked_with_line_and_column(file: Path) -> None:
    assert mihari("library", "check", str(file)).stdout.decode().strip() == f"{file}: crawls: good"
    file.write_text(CRAWLS.replace("speed(v) <", "sped(v) <").replace('"caution"', '"warning"'))
    wrong = mihari("library", "check", str(file))
    assert wrong.returncode == 2
    assert f"{file}:13: definition: column 19: unknown attribute 'sped'" in wrong.stdout.decode()


def test_an_unknown_one_is_one_sentence() -> None:
    assert "nobody: no such file" in sentence(mihari("library", "show", "nobody"))


def test_a_recording_is_looked_through_for_a_pattern(file: Path, table: Path) -> None:
    told = json.loads(mihari("detect", str(table), "--pattern", str(file), "--kind", "crawls", "--json").stdout)
    assert told["kinds"] == {"crawls": 1}
    row = told["rows"][0]
    assert (row["start"], row["end"], row["urgency"]) == (BEGIN, BEGIN + 900, "caution")


def test_at_once_knows_no_patterns(file: Path, table: Path) -> None:
    told = sentence(mihari("detect", str(table), "--pattern", str(file), "--at-once"))
    assert "--at-once takes no --pattern" in told
