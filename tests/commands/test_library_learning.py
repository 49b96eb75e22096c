"""`mihari library tune|draft|similar`: what is printed, what is written, what is refused with one sentence."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from mihari.library import load
from mihari.library.cases import beside, load_cases, written


def mihari(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mihari", "library", *arguments],
        capture_output=True,
        timeout=200,
        check=False,
        text=True,
    )


def sentence(*arguments: str) -> str:
    """What was wrong: one line, exit code 2."""
    done = mihari(*arguments)
    assert (done.returncode, len(done.stderr.strip().splitlines())) == (2, 1), done.stderr
    return done.stderr


@pytest.fixture
def five(tmp_path: Path) -> Path:
    """Five meetings with somebody whom nobody hears."""
    path = load("dark_rendezvous").path
    assert path is not None
    file = tmp_path / "five.cases.parquet"
    file.write_bytes(written([case for case in load_cases(beside(path)) if case.positive][:5]))
    return file


def test_a_threshold_is_tried_on_the_patterns_own_cases(tmp_path: Path) -> None:
    plot = tmp_path / "together.svg"
    done = mihari("tune", "dark_rendezvous", "--parameter", "together", "--json", "--plot", str(plot))
    told = json.loads(done.stdout)
    assert told["cases"] == 12
    assert told["present"]["values"] == {"together": "30 min"}
    assert told["present"]["f1"] == 1.0
    assert [row["found"] for row in told["tried"]] == sorted((row["found"] for row in told["tried"]), reverse=True)
    assert plot.read_text().startswith("<svg")
    assert "present 30 min" in plot.read_text()


def test_nothing_is_changed_and_it_says_so() -> None:
    before = load("dark_rendezvous").text
    told = mihari("tune", "dark_rendezvous", "--parameter", "slow_below").stdout
    assert "nothing was changed" in told
    assert "present" in told
    assert load("dark_rendezvous").text == before


def test_what_cannot_be_tried_is_refused(tmp_path: Path) -> None:
    assert "has no speed; expected one of slow_below" in sentence("tune", "dark_rendezvous", "--parameter", "speed")
    assert "ends in .svg" in sentence("tune", "dark_rendezvous", "--parameter", "together", "--plot", "x.png")
    missing = str(tmp_path / "none.cases.parquet")
    assert "no such file" in sentence("tune", "dark_rendezvous", "--parameter", "together", "--cases", missing)


def test_a_draft_is_written_checked_and_proven(five: Path, tmp_path: Path) -> None:
    draft = tmp_path / "draft.toml"
    done = mihari("draft", str(five), "-o", str(draft), "--name", "night_runs")
    assert "night_runs(a, b) = near_" in done.stdout
    assert "in 5 of 5 cases" in done.stdout
    assert mihari("check", str(draft)).stdout.strip() == f"{draft}: night_runs: good"
    assert "found 5 of 5" in mihari("test", str(draft), "--cases", str(five)).stdout
    assert "is there already" in sentence("draft", str(five), "-o", str(draft))


def test_a_name_that_is_taken_is_refused_before_anything_is_written(five: Path, tmp_path: Path) -> None:
    draft = tmp_path / "draft.toml"
    assert "known already" in sentence("draft", str(five), "-o", str(draft), "--name", "rendezvous")
    assert not draft.exists()


def test_two_alike_are_told_in_words(tmp_path: Path) -> None:
    file = tmp_path / "night.toml"
    text = load("dark_rendezvous").text.replace("dark_rendezvous", "night").replace('"30 min"', '"31 min"')
    file.write_text(text)
    told = mihari("similar", str(file), "--beside", "dark_rendezvous").stdout
    assert "only night: lasting at least 31 min" in told
    beside = "--beside", "dark_rendezvous", "--beside", "night_dash"
    rows = json.loads(mihari("similar", str(file), *beside, "--json").stdout)
    assert {rows[0]["first"], rows[0]["second"]} == {"night", "dark_rendezvous"}
