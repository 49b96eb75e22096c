"""`mihari size`: the table, JSON, the picture, and what is said of mistakes."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from tests.patrol.island import ISLAND

from mihari.commands.size import size as command
from mihari.core.errors import BadInput


@pytest.fixture
def island(tmp_path):
    path = tmp_path / "island.toml"
    path.write_text(ISLAND)
    return path


def run(*arguments):
    return CliRunner().invoke(command, ["--seconds", "0.1", *(str(a) for a in arguments)], catch_exceptions=False)


def test_fleets_are_told_one_by_one_with_what_meets_the_target(island):
    told = run(island)
    assert told.exit_code == 0
    lines = told.output.splitlines()
    assert lines[2].split()[:5] == ["0", "(begin)", "12.5%", "12.5%", "12.5%"]
    assert lines[3].split()[:2] == ["1", "tb2"]
    assert "95 % is met by 2 vehicles: 2 tb2; cost 2 an hour" in told.output
    assert "at least, by the bound: 2 vehicles (1.01 tb2); cost 1.012 an hour (1.01 tb2)" in told.output


def test_json_has_every_fleet_and_the_limits(island):
    told = json.loads(run(island, "--json", "--platform", "vbat@field", "--cost", "vbat=0.2", "--target", "90").output)
    assert [p["count"] for p in told["points"]] == list(range(len(told["points"])))
    assert told["points"][1]["added"] == "vbat@field"
    assert told["target"] == 0.9
    assert told["met"]["fresh"] >= 0.9
    assert told["cheapest"]["price"] <= told["met"]["cost_per_h"]
    assert all(p["fresh"] <= p["bound"] + 1e-9 <= p["limit"] + 1e-8 for p in told["points"])


def test_a_fleet_that_is_kept_is_where_it_begins(island):
    told = json.loads(run(island, "--json", "--keep").output)
    assert told["points"][0]["vehicles"] == {"tb2": 1}


def test_a_target_that_nothing_meets_is_told_with_the_best_there_is(island):
    told = run(island, "--most", "1")
    assert "ended: 1 vehicles are there" in told.output
    assert "95 % is met by no plan here; the best fleet: 1 tb2, fresh 8" in told.output


def test_the_picture_has_the_plan_the_bounds_the_target_and_what_fleets_are_made_of(island, tmp_path):
    out = tmp_path / "size.svg"
    told = run(island, "--plot", out)
    assert told.output.splitlines()[-1] == f"drawn in {out}"
    drawn = ElementTree.parse(out).getroot()
    words = {text.text for text in drawn.iter("{http://www.w3.org/2000/svg}text")}
    assert {"Island: how many of which platform", "tb2", "vehicles", "95 %, asked for"} <= words
    assert "95 % fresh: met by 2 vehicles; by the bound, no fleet of fewer than 2 can" in words


def test_mistakes_are_one_sentence(island, tmp_path):
    with pytest.raises(BadInput, match=r"expected a name that ends in \.svg"):
        run(island, "--plot", tmp_path / "size.png")
    assert "expected NAME=COST, found 'tb2'" in run(island, "--cost", "tb2").output
    assert "expected a number of at least 0, found 'nan'" in run(island, "--cost", "tb2=nan").output
    with pytest.raises(BadInput, match="expected PLATFORM@HOME, with a home of field"):
        run(island, "--platform", "tb2")
