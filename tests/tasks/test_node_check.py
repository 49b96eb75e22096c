"""What `mihari node check` finds in the vehicles and cameras of a node file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from mihari.cli import cli

FEEDS = """
[[feed]]
url = "tcp://192.0.2.7:5760?format=mavlink"
name = "tb3 link"
[[feed]]
url = "udp://:10110?format=ais"
name = "AIS"
[[feed]]
url = "file:log.tlog?format=mavlink"
name = "old"
"""
GOOD = {"name": "tb3", "profile": "tb3", "operator": "Mori", "feeds": ["tb3 link"], "tasks": "tb3 link"}
CAMERA = {"name": "pier", "url": "http://192.0.2.30/onvif", "lat_deg": 26.0, "lon_deg": 127.0}


def table(name: str, told: dict[str, object]) -> str:
    return f"[[{name}]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in told.items())


def found(folder: Path, *tables: str, alerts: str = "") -> list[tuple[str, str, str]]:
    """(level, key, problem) of the vehicles and cameras."""
    file = folder / "node.toml"
    file.write_text(FEEDS + "".join(tables) + alerts, "utf-8")
    result = CliRunner().invoke(cli, ["node", "check", str(file), "--json"])
    rows = json.loads(result.output)["findings"]
    return [
        (row["level"], row["key"], row["problem"])
        for row in rows
        if row["key"].startswith(("vehicle", "camera")) or "called" in row["problem"]
    ]


def test_a_vehicle_and_a_camera_that_are_right_are_found_right(tmp_path: Path) -> None:
    accepts = {"accepts": ["look", "hold"]}
    assert found(tmp_path, table("vehicle", GOOD | accepts), table("camera", CAMERA | {"operator": "Kudo"})) == []


@pytest.mark.parametrize(
    ("told", "level", "key", "problem"),
    [
        ({"feeds": ["tb3 lnk"]}, "mistake", "vehicle[0].feeds", 'there is no feed "tb3 lnk"; did you mean tb3 link?'),
        ({"tasks": "x"}, "mistake", "vehicle[0].tasks", 'there is no feed "x"; expected one of tb3 link, AIS, old'),
        ({"tasks": "AIS"}, "mistake", "vehicle[0].tasks", "feed AIS speaks ais; expected one of mavlink, imc"),
        ({"tasks": "old"}, "mistake", "vehicle[0].tasks", "feed old only hears: nothing can be sent over file: there"),
        ({"profile": "tb4"}, "mistake", "vehicle[0].profile", "no platform is named 'tb4'; did you mean"),
        ({"operator": ""}, "warning", "vehicle[0]", "no operator is named: it takes no tasks"),
        ({"operator": " ", "accepts": ["look"]}, "warning", "vehicle[0]", "and accepts means nothing"),
        ({"tasks": ""}, "warning", "vehicle[0].operator", "no feed is named over which its tasks go"),
        ({"accepts": ["listen"]}, "warning", "vehicle[0].accepts", "it cannot listen; it can look"),
    ],
)
def test_what_does_not_fit(tmp_path: Path, told: dict[str, object], level: str, key: str, problem: str) -> None:
    rows = found(tmp_path, table("vehicle", GOOD | told))
    assert [row[:2] for row in rows] == [(level, key)]
    assert problem in rows[0][2]


def test_vehicles_that_cannot_be_told_apart_and_names_that_are_twice(tmp_path: Path) -> None:
    one, two = (table("vehicle", GOOD | {"name": name, "system": 1}) for name in ("a", "b"))
    assert [row[:2] for row in found(tmp_path, one, two)] == [("mistake", "vehicle[1].system")]
    other = table("vehicle", GOOD | {"name": "b", "system": 2})
    assert found(tmp_path, one, other) == []
    assert any(
        "two vehicles or cameras are called 'tb3'" in row[2] for row in found(tmp_path, *[table("vehicle", GOOD)] * 2)
    )


def test_a_camera_without_an_operator_and_a_node_without_records(tmp_path: Path) -> None:
    assert found(tmp_path, table("camera", CAMERA)) == [
        ("warning", "camera[0]", "no operator is named: it takes no tasks")
    ]
    rows = found(tmp_path, table("vehicle", GOOD), alerts="[alerts]\nenabled = false\n")
    assert [row[1] for row in rows] == ["vehicle[0].operator"]
    assert "kept in the records" in rows[0][2]
