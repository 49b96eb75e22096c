"""Platform files: every figure has an origin or the file is refused; units, contradictions, the page, the wheel."""

import math
import re
import tomllib
from importlib import resources
from pathlib import Path

import pytest

from mihari.core.errors import BadInput, ConfigError
from mihari.sensors.platform import DRIVES, NAMES, PlatformProfile, profile, profiles, read_profile
from mihari.sensors.platform_page import BEGIN, END, PAGE, made

FOLDER = resources.files("mihari.sensors") / "platforms"
TB3 = (FOLDER / "tb3.toml").read_text(encoding="utf-8")
AIR = {"tb2", "tb3", "kizilelma", "anka3", "subcloud", "seaguardian", "vbat", "patrolaircraft"}
NAMED = AIR | {"ulaq", "voyager", "bluebottle", "patrolboat", "slocum", "auv"}


def swapped(line: str, by: str) -> str:
    """TB3's file with the line of one key replaced."""
    text, count = re.subn(rf"(?m)^{line} = .*$", by.replace("\\", r"\\"), TB3, count=1)
    assert count == 1
    return text


def refused(text: str) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        read_profile("mine.toml", text)
    assert str(caught.value).startswith("mine.toml")
    return caught.value


def test_all_that_are_named_are_there_and_each_file_has_the_name_of_its_id():
    assert set(profiles()) == NAMED
    assert {file.name for file in FOLDER.iterdir()} == {f"{name}.toml" for name in NAMED}
    for name in NAMED:
        assert profile(name) is profiles()[name]
        assert profile(name).id == name


@pytest.mark.parametrize("name", sorted(NAMED))
def test_every_number_and_list_of_a_file_has_a_source_or_a_reason(name):
    tables = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    for table in [tables, *tables["sensor"]]:
        for key, value in table.items():
            if key in ("id", "name", "kind", "drive", "about", "sensor"):
                continue
            assert isinstance(value, dict), key
            assert ("source" in value) != ("assumed" in value), key
            assert value.get("reason" if "assumed" in value else "source", "").strip(), key


@pytest.mark.parametrize("name", sorted(NAMED))
def test_figures_come_out_in_si_and_make_sense(name):
    one = profile(name)
    assert DRIVES[one.drive] == one.kind
    assert 0 < one.cruise <= one.max_speed
    assert one.reserve < one.endurance
    assert one.sensors
    if one.kind == "aircraft":
        assert one.min_speed < one.cruise
        assert one.working_height <= one.ceiling
        assert one.protocol in {("mavlink", "klv"), ("cot",)}
    if one.kind == "underwater":
        assert one.working_depth <= one.max_depth
        assert one.protocol == ("imc",)
        assert "surfaced only" in one.link
    for figure_name in NAMES:
        given = getattr(one, figure_name)
        assert (figure_name in one.figures) == (isinstance(given, tuple) or not math.isnan(given))


def test_figures_that_were_published_are_as_published():
    assert profile("tb2").endurance == 27 * 3600
    assert profile("tb2").link_range == 150e3
    assert profile("tb2").ceiling == pytest.approx(8229.6)
    assert profile("tb3").cruise == pytest.approx(125 * 1852 / 3600)
    assert profile("tb3").max_speed == pytest.approx(296 / 3.6)
    assert profile("kizilelma").max_speed == pytest.approx(800 / 3.6)
    assert profile("kizilelma").figures["cruise"].unverified
    assert profile("anka3").ceiling == 12_000
    assert profile("subcloud").link_range == 10_000
    assert profile("seaguardian").carries("ais_receiver") is not None
    assert profile("bluebottle").max_speed == pytest.approx(5 * 1852 / 3600)
    assert profile("slocum").max_speed == 0.35
    assert profile("slocum").max_depth == 1000


def test_what_nobody_confirms_says_so():
    assert "UNCONFIRMED" in profile("subcloud").about
    for name in ("auv", "patrolboat", "patrolaircraft"):
        assert "generic" in profile(name).name
        assert all(figure.assumed for figure in profile(name).figures.values())


@pytest.mark.parametrize(
    ("by", "problem"),
    [
        ("cruise_kn = 125", "expected { value"),
        ("cruise_kn = { value = 125 }", "neither source nor assumed"),
        ('cruise_kn = { value = 125, source = "" }', "source or a reason in words"),
        ('cruise_kn = { value = 125, source = "x", assumed = true, reason = "y" }', "has a source and is assumed"),
        ("cruise_kn = { value = 125, assumed = true }", "has a reason"),
        ('cruise_kn = { value = 125, source = "x", reason = "y" }', "has a reason"),
        ('cruise_kn = { value = 125, assumed = true, reason = "y", unverified = true }', "only a source"),
        ('cruise_kn = { value = "125", source = "x" }', "expected a number"),
        ('cruise_kn = { value = true, source = "x" }', "expected a number"),
        ('cruise_kn = { value = nan, source = "x" }', "expected a number"),
        ('cruise_kn = { value = -3, source = "x" }', "expected between"),
        ('cruise_kn = { value = 125, source = "x", note = "z" }', "unknown key note"),
        ('cruise_parsecs = { value = 125, source = "x" }', "unknown key"),
        ('weapons = { value = 1, source = "x" }', "unknown key"),
        ('cruise_kn = { value = 125, source = "x" }\ncruise_kmh = { value = 232, source = "x" }', "given twice"),
        ('cruise_kn = { value = 20, source = "x" }', "min_speed"),
        ("", "is missing"),
    ],
)
def test_a_figure_without_origin_or_sense_is_refused_with_file_and_key(by, problem):
    error = refused(swapped("cruise_kn", by))
    assert problem in str(error)
    if "missing" not in problem:
        assert error.line is not None


def test_words_and_sensors_are_checked_too():
    assert "expected words of" in str(refused(swapped("link", 'link = { value = ["telepathy"], source = "x" }')))
    assert "expected one of" in str(refused(swapped("drive", 'drive = "rocket"')))
    assert "expected 'aircraft'" in str(refused(TB3.replace('kind = "aircraft"', 'kind = "surface"', 1)))
    assert "sensor[0].kind" in str(refused(TB3.replace('kind = "eo_ir"', 'kind = "cannon"')))
    assert "sensor[0].pixels" in str(refused(swapped("pixels", "")))
    assert "link_range" in str(refused(swapped("link_range_km", "")))
    assert "not TOML" in str(refused(TB3 + "\ncruise = = 3\n"))
    assert "about: is missing" in str(refused(swapped("about", "")))


def test_a_file_of_ones_own_is_read_by_its_path(tmp_path):
    mine = tmp_path / "mine.toml"
    mine.write_text(TB3.replace('id = "tb3"', 'id = "mine"'), encoding="utf-8")
    own = profile(str(mine))
    assert isinstance(own, PlatformProfile)
    assert (own.id, own.cruise) == ("mine", profile("tb3").cruise)
    with pytest.raises(BadInput, match="no such file"):
        profile(str(tmp_path / "none.toml"))


def test_an_unknown_id_is_told_what_was_likely_meant():
    with pytest.raises(BadInput, match="did you mean kizilelma"):
        profile("kizilema")


def test_the_page_has_the_figures_as_the_files_have_them():
    text = PAGE.read_text(encoding="utf-8")
    told = BEGIN + text.split(BEGIN)[1].split(END)[0] + END
    assert told == made(), "docs/platforms.md differs; remake it: python -m mihari.sensors.platform_page"
    assert all(f"`{name}`" in told for name in NAMED)


def test_no_rule_of_the_build_keeps_the_files_out_of_the_wheel():
    build = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]
    assert build["targets"]["wheel"]["packages"] == ["src/mihari"]
    assert not any("toml" in rule or "sensors" in rule for rule in build.get("exclude", []))
    ignored = (Path(__file__).parents[2] / ".gitignore").read_text("utf-8")
    assert "toml" not in ignored
