"""Every program of the gallery runs, and ends in a picture and in figures that make sense."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from recordings import recording

GALLERY = Path(__file__).parents[2] / "docs" / "gallery"
PROGRAMS = sorted(GALLERY.glob("[0-9]*.py"))
SMALL = 120_000  # bytes of a picture in the repository


def run(program: str, folder: Path, *arguments: str) -> str:
    picture = folder / "picture.png"
    command = [sys.executable, str(GALLERY / program), *arguments, "-o", str(picture)]
    environment = {**os.environ, "MPLBACKEND": "Agg", "MPLCONFIGDIR": str(folder)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stderr
    assert picture.read_bytes()[:4] == b"\x89PNG"
    assert 5_000 < picture.stat().st_size < SMALL
    return done.stdout


def figures(pattern: str, told: str) -> list[float]:
    found = re.search(pattern, told)
    assert found, told
    return [float(part) for part in found.groups()]


def test_trails_are_those_of_all_messages(tmp_path: Path) -> None:
    told = run("01_trails.py", tmp_path)
    assert figures(r"(\d+) messages accepted", told)[0] > 30_000
    assert "refused: none" in told


def test_trails_of_a_real_log_leave_out_what_is_refused(tmp_path: Path) -> None:
    told = run("01_trails.py", tmp_path, str(recording("ais/vernon_timed.nm4.gz")))
    assert figures(r"(\d+) messages accepted", told)[0] > 1000


def test_plots_of_one_radar_lie_on_the_chart(tmp_path: Path) -> None:
    plots, radars = figures(r"(\d+) plots of (\d+) radars", run("02_plots.py", tmp_path))
    assert plots > 2000
    assert radars == 1


@pytest.mark.slow
def test_most_vessels_are_tracked_and_few_tracks_are_false(tmp_path: Path) -> None:
    told = run("03_track_and_score.py", tmp_path)
    vessels, tracks, missed, false = figures(r"(\d+) vessels.* (\d+) tracks, (\d+) missed, (\d+) false", told)
    assert tracks > 0.9 * vessels
    assert missed < 0.1 * vessels
    assert false < 0.05 * vessels
    assert figures(r"mean GOSPA of the last 30 s: (\d+) m", told)[0] < 500


@pytest.mark.slow
def test_the_stated_uncertainty_is_near_the_real_one_and_ais_helps(tmp_path: Path) -> None:
    told = run("04_uncertainty.py", tmp_path)
    radar = figures(r"radar only: ([\d.]+) % inside.* error ([\d.]+) m", told)
    both = figures(r"radar and AIS: ([\d.]+) % inside.* error ([\d.]+) m", told)
    assert 88 < radar[0] <= 100
    assert 88 < both[0] <= 100
    assert both[1] < radar[1]


@pytest.mark.slow
def test_a_vessel_that_loses_ais_stays_the_same_vessel(tmp_path: Path) -> None:
    told = run("05_ais_lost.py", tmp_path)
    silent, lost, _ = figures(r"silent from (\d+) s, told as AIS lost from (\d+) s, ids \[(\d+)\]", told)
    assert 0 < lost - silent <= 90
    assert "at the end: live" in told


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_every_program_has_its_picture_and_its_sentence(program: Path) -> None:
    picture = GALLERY / "pictures" / f"{program.stem}.png"
    assert picture.stat().st_size < SMALL
    told = (GALLERY / "README.md").read_text(encoding="utf-8")
    assert f"({program.name})" in told
    assert f"(pictures/{picture.name})" in told


@pytest.mark.slow
def test_a_past_moment_is_rebuilt_as_it_was(tmp_path: Path) -> None:
    told = run("06_a_past_moment.py", tmp_path)
    assert "same: True" in told
    assert figures(r"within 8 km of the middle in that minute: (\d+) vessels", told)[0] > 0


@pytest.mark.slow
def test_a_ships_radar_reaches_what_imo_asks_and_rough_seas_make_more_false_plots(tmp_path: Path) -> None:
    told = run("07_sensors.py", tmp_path)
    ratios = [float(ratio) for ratio in re.findall(r"ratio ([\d.]+)", told)]
    assert len(ratios) == 6
    assert all(1.0 <= ratio <= 1.25 for ratio in ratios)
    false = [int(count) for count in re.findall(r"(\d+) false plots a scan", told)]
    assert len(false) == 7
    assert false == sorted(false)


@pytest.mark.slow
def test_every_behaviour_is_laid_out_real_and_innocent(tmp_path: Path) -> None:
    told = run("08_behaviours.py", tmp_path)
    counts = re.findall(r"(\w+): (\d+) real, (\d+) innocent", told)
    assert len(counts) == 12
    assert all(int(real) > 0 and int(innocent) > 0 for _, real, innocent in counts)


@pytest.mark.slow
def test_a_fleet_that_leaves_is_told_with_its_vessels(tmp_path: Path) -> None:
    told = run("09_fleets.py", tmp_path)
    delay, share = figures(r"told (\d+) s after the first left, with (\d+) % of its vessels", told)
    assert delay <= 660
    assert share >= 90
    assert len(re.findall(r"fleet, revision 0", told)) == 1


@pytest.mark.slow
def test_who_keeps_both_answers_keeps_the_ids_of_boats_that_cross(tmp_path: Path) -> None:
    told = run("10_parts.py", tmp_path)
    kept = [float(count) for count in re.findall(r"ids kept in (\d+) of 20", told)]
    nearest, exact, propagation = kept
    assert exact > nearest
    assert propagation > nearest
    assert max(map(float, re.findall(r"from 30 s on ([\d.]+) m", told))) < 15


@pytest.mark.slow
def test_a_table_of_plots_becomes_tracks_that_know_themselves(tmp_path: Path) -> None:
    told = run("11_tables.py", tmp_path)
    gospa, missed, false, there = figures(r"mean GOSPA ([\d.]+) m, missed (\d+) and false (\d+) of (\d+)", told)
    assert gospa < 50
    assert missed + false < 0.05 * there
    assert 2 < figures(r"mean NEES ([\d.]+)", told)[0] < 8


@pytest.mark.slow
def test_a_sortie_finds_the_boat_and_knows_how_well(tmp_path: Path) -> None:
    told = run("13_sortie.py", tmp_path)
    assert "mission accepted" in told
    error, spread = figures(r"error (\d+) m, told (\d+) m", told)
    assert error < 60
    assert error < 2.5 * spread < 500


@pytest.mark.slow
def test_bearings_that_came_late_sharpen_the_past_and_find_the_meeting(tmp_path: Path) -> None:
    told = run("12_late_bearings.py", tmp_path)
    assert "bearings that came 5.9 h late; run again 1 time" in told
    thought = figures(r"before: held \d+ %, error (\d+) m, told sd (\d+) m", told)
    known = figures(r"after: held \d+ %, error (\d+) m, told sd (\d+) m", told)
    assert known[0] < 0.5 * thought[0]
    assert known[1] < 0.5 * thought[1]
    assert 0.8 < figures(r"after: .* NEES ([\d.]+)", told)[0] < 4
    assert "rendezvous before: none" in told
    assert re.search(r"rendezvous after: ENDED, .*found by bearings that came 5.9 h late", told)
