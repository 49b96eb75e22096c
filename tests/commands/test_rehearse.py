"""`mihari rehearse`: a plan flown, told, drawn, with what goes wrong."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree

import pytest
from click.testing import CliRunner
from tests.rehearse.small import TB2, patrol, plan, tour

from mihari.commands.rehearse import rehearse as command
from mihari.core.errors import BadInput
from mihari.patrol.cells import cells_of
from mihari.patrol.plan import write

SMALL = """
name = "small"
start = 2026-11-21T00:00:00Z
hours = 4
[area]
lat_deg = 26.0
lon_deg = 126.0
along_km = 80
across_km = 40
bearing_deg = 90
[[weather]]
wind_kn = 15
wind_from_deg = 20
sea_state = 3
[[demand]]
name = "all"
every_h = 1
[[base]]
name = "field"
lat_deg = 26.0
lon_deg = 125.4
offers = ["runway"]
[[base]]
name = "quay"
lat_deg = 26.3
lon_deg = 125.8
offers = ["port", "runway"]
[[asset]]
name = "tb2"
platform = "tb2"
home = "field"
lands_at = ["quay"]
[[station]]
name = "gap"
lat_deg = 26.0
lon_deg = 126.0
from_h = 1
to_h = 2
"""


@pytest.fixture
def given(tmp_path):
    path = tmp_path / "small.toml"
    path.write_text(SMALL)
    file = patrol(asset=[TB2])
    write(plan(file, tour(file, cells_of(file.area))), tmp_path / "plan.json")
    return path, "--plan", tmp_path / "plan.json", "--vessels", "60"


def run(*arguments):
    return CliRunner().invoke(command, [str(a) for a in arguments], catch_exceptions=False)


def test_a_plan_is_flown_told_and_drawn(given, tmp_path):
    picture = tmp_path / "r.svg"
    told = run(*given, "-o", picture)
    assert told.exit_code == 0
    for words in ("seen at least once", "dark boat", "predicted", "looks at cells: 8 of 8 done", "home in time: 1 of 1",
                  "station gap: nobody there for"):  # fmt: skip
        assert words in told.output
    root = ElementTree.parse(picture).getroot()
    assert root.tag.endswith("svg")
    assert "nan" not in picture.read_text()


def test_machines_are_told_the_same(given):
    told = json.loads(run(*given, "--json").output)
    assert told["format"] == "mihari rehearsal 1"
    families = {one["family"]: one for one in told["crossings"]}
    assert list(families) == ["straight", "evasive", "dark boat", "all"]
    assert families["all"]["vessels"] == 60
    low, high = families["all"]["interval_95"]
    assert 0 <= low <= families["all"]["seen"] <= high <= 1
    assert told["stations"][0]["gap_min"] > 0
    assert told["looks"] == {"planned": 8, "done": 8, "not_done": {}}


def test_what_goes_wrong_is_told_with_what_comes_of_it(given):
    told = run(*given, "--lose", "tb2@1.2", "--wind", "30@1", "--look", "26.0,126.1,10,90@0.5", "--close", "quay@1")
    assert told.exit_code == 0
    for words in ("tb2 is lost", "the wind turns to 30 kn", "quay is closed", "not: lost",
                  "nobody was with it in time", "tb2: lost"):  # fmt: skip
        assert words in told.output


@pytest.mark.parametrize(
    ("option", "words", "expected"),
    [
        ("--lose", "tb2", "WHAT@HOUR"),
        ("--lose", "nobody@1", "known are tb2"),
        ("--close", "nowhere@1", "known are field, quay"),
        ("--wind", "much@1", "KN or KN,SEA@HOUR"),
        ("--wind", "20,12@1", "sea state up to 9"),
        ("--look", "26,126@1", "LAT,LON,KNOTS,COURSE"),
        ("--look", "26,126,500,90@1", "knots up to 80"),
    ],
)
def test_a_fault_that_is_none_is_one_sentence(given, option, words, expected):
    with pytest.raises(BadInput, match=expected):
        run(*given, option, words)


def test_a_plan_of_another_patrol_is_one_sentence(given, tmp_path):
    (tmp_path / "other.toml").write_text(SMALL.replace('name = "tb2"', 'name = "other"'))
    with pytest.raises(BadInput, match="'tb2'"):
        run(tmp_path / "other.toml", *given[1:])


def test_a_picture_that_cannot_come_to_be_is_told_before_the_flight(given, tmp_path, monkeypatch):
    monkeypatch.setattr("mihari.rehearse.rehearsal.rehearse", lambda *_: pytest.fail("it flies"))
    with pytest.raises(BadInput, match="expected a file in a folder that is there"):
        run(*given, "-o", tmp_path / "none" / "r.svg")
    with pytest.raises(BadInput, match=r"expected a name that ends in \.svg"):
        run(*given, "-o", tmp_path / "r.png")
