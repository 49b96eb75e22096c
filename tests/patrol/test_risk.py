"""What patterns told, and what people said of it, becomes demands of a patrol."""

from __future__ import annotations

import sys
import tomllib
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

sys.path.insert(0, str(Path(__file__).parents[1] / "alerts"))
from alert_helpers import T, by, found

from mihari.alerts.actions import close
from mihari.alerts.records import Records
from mihari.alerts.watch import Watch
from mihari.commands.library_risk import risk
from mihari.core.behaviour import Standing
from mihari.library import load
from mihari.library.shelf import Shelved
from mihari.library.watched import watching, written
from mihari.patrol.file import DemandSection
from mihari.patrol.ground import inside
from mihari.patrolling.risk import risks

DASH, DARK = "night_dash", "dark_rendezvous"


@pytest.fixture
def records(tmp_path: Path) -> Records:
    """Two dashes near each other, one confirmed; a false one; a meeting far off; one taken back and one on trial."""
    records = Records(tmp_path / "records.sqlite", lambda: T + 86_400.0).open()
    some = [
        found(DASH, (1,), T, lat_deg=26.00, lon_deg=127.00),
        found(DASH, (2,), T + 9, lat_deg=26.05, lon_deg=127.10),
        found(DASH, (3,), T + 19, lat_deg=26.02, lon_deg=127.05),
        found(DARK, (4,), T + 29, lat_deg=24.50, lon_deg=125.20),
        found(DARK, (5,), T + 39, lat_deg=20.0, lon_deg=125.0, standing=Standing.RETRACTED),
    ]
    watch = Watch(records)
    watch.take([(some, (), T + 60.0)])
    active = watching([Shelved(load(name), "active") for name in (DASH, DARK)])
    written(records, some, active)
    written(records, [found(DASH, (6,), T + 49, lat_deg=10.0)], watching([Shelved(load(DASH), "trial")]))
    for number, outcome in ((1, "smuggling"), (3, "false alert")):
        watch.act(number, partial(close, number=number, by=by(), outcome=outcome))
    return records


def test_what_was_found_near_is_one_area_and_what_was_false_does_not_count(records: Records) -> None:
    with records.read() as connection:
        first, second = risks(connection, T + 86_400.0)
    assert (first.patterns, first.confirmed, first.open) == ({DASH: 2}, 1, 1)
    assert first.weight == pytest.approx(1 + 1 + 1 / 3, abs=0.05)
    assert (second.patterns, second.confirmed, second.open) == ({DARK: 1}, 0, 1)
    corners = tuple((lat, lon) for lat, lon in first.corners)
    there = inside(corners, np.array([26.0, 26.05, 26.3]), np.array([127.0, 127.1, 127.0]))
    assert there.tolist() == [True, True, False]


def test_it_is_of_the_time_that_is_asked_for(records: Records) -> None:
    with records.read() as connection:
        assert risks(connection, T + 400 * 86_400.0) == []


def test_its_tables_are_those_of_a_patrol_file(records: Records, tmp_path: Path) -> None:
    file = tmp_path / "risk.toml"
    there = ["--records", str(tmp_path / "records.sqlite"), "--days", "36500"]
    done = CliRunner().invoke(risk, [*there, "-o", str(file)])
    assert done.exit_code == 0, done.output
    sections = [DemandSection(**one) for one in tomllib.loads(file.read_text())["demand"]]
    assert [one.name for one in sections] == ["risk 26N 127E", "risk 24N 125E"]
    assert [one.every_h for one in sections] == [4.0, 4.0]
    assert "# confirmed 1, open 1: night_dash 2" in file.read_text()
