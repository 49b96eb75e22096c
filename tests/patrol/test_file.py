"""Patrol files as people write them: what is refused, in one sentence that says where and what was expected."""

from __future__ import annotations

import time

import pytest
from tests.patrol.island import ISLAND

from mihari.core.errors import ConfigError
from mihari.patrol.file import PatrolFile, load

BEGIN = 1_795_219_200.0  # 2026-11-21T00:00Z
START = "start = 2026-11-21T00:00:00Z"
OTHER = '[[asset]]\nname = "tb2-1"\nplatform = "tb2"\nhome = "field"\n'
STATION = '[[station]]\nname = "strait"\nlat_deg = 26.0\nlon_deg = 126.0\n'
LOOK = '[[look]]\nname = "m/v unknown"\nlat_deg = 26.0\nlon_deg = 126.0\nby_h = 3\n'


@pytest.fixture
def loaded(tmp_path):
    def of(text: str) -> PatrolFile:
        path = tmp_path / "island.toml"
        path.write_text(text)
        return load(path)

    return of


@pytest.fixture
def in_japan(monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    "told",
    ["2026-11-21T00:00:00", "2026-11-21T00:00:00Z", "2026-11-21T09:00:00+09:00", '"2026-11-21T00:00:00"'],
)
@pytest.mark.usefixtures("in_japan")
def test_a_start_is_utc_where_it_names_no_time_zone(loaded, told):
    file = loaded(ISLAND.replace(START, f"start = {told}"))
    assert file.start.timestamp() == BEGIN
    assert PatrolFile.model_validate(file.model_dump(mode="json")).start.timestamp() == BEGIN


@pytest.mark.parametrize("told", ["5", "1.5", "2026-11-21", "00:00:00", '"2026-11-21"', '"5"', '"a:b"', "true", "[1]"])
def test_a_start_that_is_no_date_with_a_time_of_day_is_refused(loaded, told):
    with pytest.raises(ConfigError, match=r"toml:3: start: expected a date with a time of day, UTC, .* found "):
        loaded(ISLAND.replace(START, f"start = {told}"))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (f"{ISLAND}count = 2\n{OTHER}", "two vehicles are called 'tb2-1'; expected a name of its own for each"),
        (ISLAND + STATION + STATION, "two stations are called 'strait'; expected"),
        (ISLAND + LOOK + LOOK, "two looks are called 'm/v unknown'; expected"),
    ],
)
def test_a_name_that_stands_for_two_is_refused(loaded, text, problem):
    with pytest.raises(ConfigError, match=problem):
        loaded(text)


@pytest.mark.parametrize(
    ("hours", "problem"),
    [
        ("from_h = 5\nto_h = 5", "expected from_h before to_h, found from_h = 5 and to_h = 5"),
        ("from_h = 5\nto_h = 3", "expected from_h before to_h, found from_h = 5 and to_h = 3"),
    ],
)
def test_a_station_that_nobody_could_ever_keep_is_refused(loaded, hours, problem):
    with pytest.raises(ConfigError, match=problem):
        loaded(f"{ISLAND}{STATION}{hours}\n")


@pytest.mark.parametrize(("spans", "found"), [("[[1, 2], [3, 2]]", r"\[3, 2\]"), ("[[2, 2]]", r"\[2, 2\]")])
def test_hours_in_which_a_place_is_closed_run_forward(loaded, spans, found):
    offers = 'offers = ["runway"]'
    assert loaded(ISLAND.replace(offers, f"{offers}\nclosed_h = [[1, 2], [0.5, 3]]")).base[0].closed_h[1] == (0.5, 3.0)
    with pytest.raises(ConfigError, match=rf"toml:18: base\[0\].closed_h: expected spans .* later one, found {found}"):
        loaded(ISLAND.replace(offers, f"{offers}\nclosed_h = {spans}"))


@pytest.mark.parametrize("assets", ["", OTHER])
def test_without_a_base_and_a_ship_nothing_can_start(loaded, assets):
    with pytest.raises(ConfigError, match=r"there is no base and no ship; expected tables that begin"):
        loaded(ISLAND.split("[[base]]")[0] + assets)


@pytest.mark.parametrize(
    ("across", "problem"),
    [
        ("250", ""),
        ("251", "80 x 251 km in cells of 1 km are 20,080 cells; expected 20,000 at most: cell_km = 2 or more"),
        ("3000", "are 240,000 cells; expected 20,000 at most: cell_km = 4 or more, or a smaller area"),
    ],
)
def test_more_cells_than_can_be_planned_for_are_refused_with_what_would_do(loaded, across, problem):
    text = ISLAND.replace("across_km = 40", f"across_km = {across}\ncell_km = 1")
    if not problem:
        assert loaded(text).area.across_km == 250.0
        return
    with pytest.raises(ConfigError, match=problem):
        loaded(text)
