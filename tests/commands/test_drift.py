"""`mihari drift`: the map, searches in vain, where to look next, what is refused."""

from __future__ import annotations

import json
import math
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from mihari.commands.drift import drift as command
from mihari.core.errors import BadInput
from mihari.core.geodesy import direct, great_circle

RAFT = [
    "--object",
    "raft",
    "--place",
    "26.1,127.2",
    "--at",
    "2026-11-21T03:00Z",
    "--until",
    "+5h",
    "--particles",
    "2000",
]
BLOWN = [*RAFT, "--wind", "15,0"]
SEARCHED = """
[[area]]
corners = [[25.5, 126.9], [25.5, 127.5], [26.5, 127.5], [26.5, 126.9]]
from = 2026-11-21T05:00:00Z
until = 2026-11-21T06:00:00Z
chance = 0.5

[[way]]
by = "tb3@1500"
points = [[2026-11-21T06:30:00Z, 26.07, 127.0], [2026-11-21T06:40:00Z, 26.07, 127.4]]
"""


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, list(arguments), catch_exceptions=False)


def told(*arguments: str) -> Any:
    found = run(*arguments, "--json")
    assert found.exit_code == 0, found.output
    return json.loads(found.output)


def middle(map_: Any) -> tuple[float, float]:
    """The mean place of a map."""
    at = [(c["chance"], *(sum(p[k] for p in c["corners"]) / 4 for k in (0, 1))) for c in map_["cells"]]
    return sum(p * lat for p, lat, _ in at), sum(p * lon for p, _, lon in at)


@pytest.fixture
def searched(tmp_path: Path) -> Path:
    path = tmp_path / "searched.toml"
    path.write_text(SEARCHED)
    return path


def test_a_raft_goes_downwind_by_its_leeway_and_with_the_current() -> None:
    still = told(*BLOWN)["map"]
    assert sum(c["chance"] for c in still["cells"]) == pytest.approx(1.0)
    away, bearing = great_circle(26.1, 127.2, *middle(still))[:2]
    # 7.7 m/s from the north: 0.035 · 7.7 - 0.018 = 0.252 m/s to the south for 5 h
    assert float(away) == pytest.approx(0.252 * 5 * 3600, rel=0.1)
    assert abs(float(bearing)) == pytest.approx(math.pi, abs=0.2)
    carried = middle(told(*BLOWN, "--current", "2,90")["map"])
    there = direct(*middle(still), math.pi / 2, 2 * 1852 * 5.0)
    assert float(great_circle(*carried, float(there[0]), float(there[1]))[0]) < 600


def test_wind_that_changes_and_current_that_begins_later_are_taken_so() -> None:
    both = middle(told(*RAFT, "--wind", "15,0", "--wind", "15,180@+2.5h")["map"])
    assert float(great_circle(26.1, 127.2, *both)[0]) < 400  # there and back
    late = middle(told(*RAFT, "--current", "0,0", "--current", "1,0@2026-11-21T07:00Z")["map"])
    assert late[0] - 26.1 == pytest.approx(1 / 60, rel=0.15)  # an hour of a knot


def test_what_was_searched_in_vain_is_told_and_taken_off_the_map(searched: Path) -> None:
    before, after = told(*BLOWN), told(*BLOWN, "--searched", str(searched))
    chances = [one["would_have_found"] for one in after["searched"]]
    assert chances[0] == pytest.approx(0.5, abs=0.01)
    assert 0.05 < chances[1] < 0.9
    assert after["would_have_found"] == pytest.approx(1 - (1 - chances[0]) * (1 - chances[1]))
    assert after["map"]["nine_tenths_km2"] != before["map"]["nine_tenths_km2"]
    assert sum(c["chance"] for c in after["map"]["cells"]) == pytest.approx(1.0)


def test_the_next_hours_are_spent_in_full_where_it_is_likely_and_more_hours_find_more() -> None:
    one, more = (told(*BLOWN, "--with", "helicopter=1", "--with", f"tb3@1500={h}") for h in ("0.2", "2"))
    spent = [sum(c["hours"][name] for c in more["map"]["cells"]) for name in ("helicopter", "tb3@1500")]
    assert spent == pytest.approx([1.0, 2.0])
    assert 0.1 < one["next"]["found"] < more["next"]["found"] <= 1.0
    likely = max(one["map"]["cells"], key=lambda c: c["chance"])
    assert likely["hours"]["helicopter"] + likely["hours"]["tb3@1500"] > 0
    assert more["next"]["together"] == pytest.approx(more["next"]["found"])


def test_what_is_found_does_not_depend_on_the_size_of_cells() -> None:
    plain = [*BLOWN, "--particles", "20000", "--with", "helicopter=0.5", "--with", "tb3@1500=0.2"]
    coarse, fine = (told(*plain, "--cell", km)["next"]["found"] for km in ("2", "0.7"))
    assert coarse == pytest.approx(fine, abs=0.04)


def test_in_words_and_as_files(tmp_path: Path, searched: Path) -> None:
    paths = [tmp_path / f"map.{kind}" for kind in ("svg", "geojson", "json")]
    outputs = [part for path in paths for part in ("-o", str(path))]
    found = run(*BLOWN, "--searched", str(searched), "--with", "boat=2", "--coast", "nansei", *outputs)
    assert found.exit_code == 0
    for words in ("raft at 26.1000, 127.2000", "nine tenths within", "searched by tb3@1500", "all searches together",
                  "boat, 2 h: sweeps", "then it is found with"):  # fmt: skip
        assert words in found.output
    assert ET.parse(paths[0]).getroot().tag.endswith("svg")
    features = json.loads(paths[1].read_text())["features"]
    kinds = {one["properties"]["kind"] for one in features}
    assert kinds == {"cell", "searched", "mean way", "last place"}
    lon, lat = next(f for f in features if f["properties"]["kind"] == "last place")["geometry"]["coordinates"]
    assert (lat, lon) == (26.1, 127.2)
    assert json.loads(paths[2].read_text())["object"] == "raft"


def test_the_same_seed_gives_the_same_map_and_another_a_similar_one() -> None:
    assert told(*BLOWN) == told(*BLOWN)
    one, other = (told(*BLOWN, "--seed", seed)["map"]["half_km2"] for seed in ("1", "2"))
    assert one == pytest.approx(other, rel=0.2)


def test_across_the_antimeridian_a_map_is_one() -> None:
    east = told(*BLOWN[:2], "--place", "26.1,179.999", *BLOWN[4:])
    lons = [p[1] for c in east["map"]["cells"] for p in c["corners"]]
    assert min(lons) < -179.9
    assert max(lons) > 179.9
    assert east["map"]["half_km2"] == pytest.approx(told(*BLOWN)["map"]["half_km2"], rel=0.2)


def test_what_can_be_adrift_is_listed() -> None:
    assert len(run("--objects").output.splitlines()) == 14
    assert [one["name"] for one in told("--objects", "survival")] == ["person, survival suit"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--object", "raft"], "--place, --at, --until: missing"),
        ([*BLOWN[:1], "piano", *BLOWN[2:]], "no leeway of 'piano' is known"),
        ([*BLOWN, "--until", "2026-11-21T02:00Z"], "expected a time after --at"),
        ([*BLOWN, "-o", "map.png"], "expected a name that ends in .svg"),
        ([*BLOWN, "--wind", "9,0"], "--wind: expected another time for each"),
        ([*BLOWN, "--with", "kite=2"], "nobody searches as 'kite'"),
        ([*BLOWN, "--with", "helicopter=2", "--until", "+10h"], "for days alone"),
        ([*BLOWN, "--coast", "atlantis", "-o", "x.svg"], "atlantis"),
        (["--objects", "piano"], "nothing that drifts is called 'piano'"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence(
    arguments: list[str], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadInput, match=words):
        run(*arguments)


@pytest.mark.parametrize(
    ("option", "value"),
    [("--wind", "9"), ("--wind", "x,0"), ("--with", "boat"), ("--with", "boat=-1"), ("--seed", "-1")],
)
def test_an_option_that_is_none_is_said_to_be_so(option: str, value: str) -> None:
    found = run(*BLOWN, option, value)
    assert found.exit_code == 2
    assert f"Invalid value for '{option}'" in found.output


@pytest.mark.parametrize(
    ("was", "now", "words"),
    [
        ("chance = 0.5", "chanse = 0.5", r"searched.toml:6: area\[0\].chanse: unknown key; did you mean chance"),
        ("chance = 0.5", "", "expected chance, or by: who searched"),
        ("chance = 0.5", "chance = 1.5", "0 or more and below 1"),
        ("06:00:00Z\nchance", "04:00:00Z\nchance", "until: expected a time after from"),
        ("06:40:00Z", "06:20:00Z", "points: expected times one after the other"),
        ("2026-11-21T05:00", "2026-11-21T01:00", "was before it began to drift"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_file_of_searches_is_told(was: str, now: str, words: str, searched: Path) -> None:
    assert was in SEARCHED
    searched.write_text(SEARCHED.replace(was, now))
    with pytest.raises(BadInput, match=words):
        run(*BLOWN, "--searched", str(searched))


def test_an_area_without_a_chance_has_that_of_random_search_by_who_searched(searched: Path) -> None:
    searched.write_text(SEARCHED.replace("chance = 0.5", 'by = "boat"'))
    found = told(*BLOWN, "--searched", str(searched))["searched"][0]
    assert found["by"] == "boat"
    assert 0.0 < found["would_have_found"] < 0.1  # an hour of a boat in 6,700 km²
