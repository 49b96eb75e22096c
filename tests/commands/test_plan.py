"""`mihari plan`: a plan, its figures, its check."""

from __future__ import annotations

import itertools
import json
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.patrol.island import ISLAND

from mihari.commands.plan import plan as command
from mihari.core.errors import BadInput
from mihari.patrol.plan import read


@pytest.fixture
def island(tmp_path):
    path = tmp_path / "island.toml"
    path.write_text(ISLAND)
    return path


def run(*arguments):
    return CliRunner().invoke(command, [str(a) for a in arguments], catch_exceptions=False)


def test_a_plan_is_made_told_and_kept_and_keeps_the_rules(island, tmp_path):
    out = tmp_path / "plan.json"
    told = run(island, "--seconds", "0.5", "-o", out)
    assert told.exit_code == 0
    assert "Island: 1 sorties" in told.output
    assert "no plan can pass" in told.output
    made = read(out)
    assert made.figures["fresh"] > 0.3
    checked = run(island, "--check", out)
    assert (checked.exit_code, checked.output) == (0, "the plan keeps all rules\n")


def test_what_is_wrong_with_a_plan_is_said_with_exit_code_1(island, tmp_path):
    out = tmp_path / "plan.json"
    run(island, "--seconds", "0.2", "-o", out)
    told = json.loads(out.read_text())
    told["sorties"][0]["landing"] += 30 * 3600.0
    out.write_text(json.dumps(told))
    checked = run(island, "--check", out, "--json")
    assert checked.exit_code == 1
    assert 4 in {one["rule"] for one in json.loads(checked.output)}


def test_json_has_the_whole_plan(island):
    told = json.loads(run(island, "--seconds", "0.2", "--json").output)
    assert told["format"] == "mihari plan 1"
    assert told["figures"]["fresh"] <= told["figures"]["bound"]
    stops = told["sorties"][0]["stops"]
    assert all(a["leave"] <= b["arrive"] for a, b in itertools.pairwise(stops))


def test_a_misfit_of_the_file_is_one_sentence_with_its_line(island):
    island.write_text(ISLAND.replace('platform = "tb2"', 'platform = "ulaq"'))
    with pytest.raises(BadInput, match=r"asset 'tb2': ULAQ.* needs a port or short deck, field has runway"):
        run(island, "--seconds", "0.1")
    island.write_text(ISLAND.replace('home = "field"', 'home = "feild"'))
    with pytest.raises(BadInput, match="expected one of field, found 'feild'"):
        run(island, "--seconds", "0.1")
    island.write_text(ISLAND.replace("every_h = 1", "every_hours = 1"))
    with pytest.raises(BadInput, match=r"island.toml:12: demand.*every_hours: unknown key; did you mean every_h"):
        run(island, "--seconds", "0.1")


def test_a_file_that_is_no_plan_is_refused(island, tmp_path):
    path = tmp_path / "none.json"
    path.write_text('{"format": "other"}')
    with pytest.raises(BadInput, match="expected a plan of `mihari plan`: found format 'other', expected"):
        run(island, "--check", path)


def test_a_seed_that_is_none_is_said_to_be_so(island):
    refused = run(island, "--seed", "-1")
    assert refused.exit_code == 2
    assert "Invalid value for '--seed'" in refused.output


def test_a_file_that_cannot_come_to_be_is_told_before_the_search(island, tmp_path, monkeypatch):
    monkeypatch.setattr("mihari.patrol.planner.make_plan", lambda *_: pytest.fail("it searches"))
    with pytest.raises(BadInput, match="expected a file in a folder that is there"):
        run(island, "-o", tmp_path / "none" / "plan.json")
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(BadInput, match="expected a file that may be written"):
        run(island, "-o", tmp_path / "plan.json")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has it")
def test_a_disk_that_is_full_is_one_sentence(island):
    with pytest.raises(BadInput, match="/dev/full: cannot be written: no space left on device"):
        run(island, "--seconds", "0.2", "-o", "/dev/full")


def test_the_example_is_toml():
    assert tomllib.loads(ISLAND)["area"]["along_km"] == 80
