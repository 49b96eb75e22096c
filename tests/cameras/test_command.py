"""`mihari camera` as it is called, against the simulated camera over HTTP."""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mihari.cli import main
from mihari.core.geodesy import direct
from mihari.simulate.cameras import Body, CameraServer, SimulatedCamera

BODY = Body(rate=(6.0, 6.0, 6.0), north=math.radians(30.0))


@pytest.fixture
def server() -> Iterator[CameraServer]:
    with CameraServer(SimulatedCamera(BODY, clock=time.time), "watch", "s3cret") as one:
        yield one


@pytest.fixture
def node(tmp_path: Path, server: CameraServer) -> str:
    (tmp_path / "password").write_text("s3cret\n")
    text = f"""[node]
name = "naha"

[[camera]]
name = "pier"
operator = "Mori"
url = "{server.url}"
user = "watch"
password_file = "{tmp_path / "password"}"
lat_deg = {BODY.lat_deg}
lon_deg = {BODY.lon_deg}
height_m = {BODY.height}
north_deg = 30.0
"""
    (tmp_path / "node.toml").write_text(text)
    return str(tmp_path / "node.toml")


def said(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    with pytest.raises(SystemExit) as ended:
        main(["camera", *arguments])
    told = capsys.readouterr()
    assert ended.value.code == code, told.err
    assert "s3cret" not in told.out + told.err
    return told.err if code == 2 else told.out


def test_list_says_what_they_are_and_who_does_not_answer(node, server, capsys):
    rows = json.loads(said(capsys, "list", node, "--json"))
    assert [(row["name"], row["model"], row["aims"], row["problem"]) for row in rows] == [
        ("pier", "simulated camera", True, "")
    ]
    assert (rows[0]["bearing_deg"], rows[0]["view_deg"], rows[0]["moving"]) == (30.0, 60.0, False)
    assert "simulated" in said(capsys, "list", node)
    server.stop()
    rows = json.loads(said(capsys, "list", node, "--json", code=1))
    assert rows[0]["problem"] == "camera pier: cannot be reached: nobody listens there"


def test_look_turns_it_for_its_operator_alone(node, server, capsys):
    lat_deg, lon_deg = direct(BODY.lat_deg, BODY.lon_deg, math.radians(100.0), 5000.0)
    place = f"{float(lat_deg)},{float(lon_deg)}"
    assert "turned by its operator alone: expected --as 'Mori'" in said(
        capsys, "look", node, "pier", "--at", place, code=2
    )
    assert server.camera.pan.at(time.time()) == 0.0
    told = json.loads(said(capsys, "look", node, "pier", "--at", place, "--view", "5", "--as", "mori", "--json"))
    assert (told["bearing_deg"], told["view_deg"], told["moving"]) == (100.0, 5.0, False)
    assert told["elevation_deg"] == pytest.approx(math.degrees(-25.0 / 5000), abs=0.03)
    told = json.loads(said(capsys, "look", node, "pier", "--bearing", "20", "--as", "Mori", "--json"))
    assert told["bearing_deg"] == 20.0
    assert "either --at" in said(capsys, "look", node, "pier", "--as", "Mori", code=2)
    assert "no camera is called 'mole'; there are: pier" in said(capsys, "look", node, "mole", "--as", "Mori", code=2)


def test_a_still_goes_into_a_file_with_its_hash(node, tmp_path, capsys):
    file = tmp_path / "pier.jpg"
    told = json.loads(said(capsys, "still", node, "pier", "-o", str(file), "--json"))
    assert file.read_bytes()[:2] == b"\xff\xd8"
    assert told["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert told["bytes"] == file.stat().st_size
    assert "no such file" in said(capsys, "still", node, "pier", "-o", str(tmp_path / "no" / "x.jpg"), code=2)


def test_follow_asks_the_running_node_for_the_vessel(node, server, capsys, monkeypatch):
    lat_deg, lon_deg = direct(BODY.lat_deg, BODY.lon_deg, 1.5, 4000.0)

    def asked(base: str, what: str, none_ok: bool = False) -> dict[str, object]:
        assert (base, what) == ("http://127.0.0.1:8080/api/v1/", "vessels/17")
        return {
            "id": 17, "time": time.time(), "lat_deg": float(lat_deg), "lon_deg": float(lon_deg), "speed_mps": 3.0,
            "course_deg": 10.0, "ellipse_major_m": 40.0, "ellipse_minor_m": 20.0, "ellipse_bearing_deg": 30.0,
            "claims": [{"length": 50.0}],
        }  # fmt: skip

    monkeypatch.setattr("mihari.commands.watch.asked", asked)
    out = said(capsys, "follow", node, "pier", "--vessel", "17", "--for", "3", "--as", "Mori")
    assert "in view" in out
    assert "camera pier, vessel 17, steps 3, in_view" in out
    assert server.camera.where().pan + BODY.north == pytest.approx(1.5, abs=0.02)
    assert server.services.asked[-1] == "Stop"
    monkeypatch.setattr("mihari.commands.watch.asked", lambda *_, **__: {})
    assert "lost" in said(capsys, "follow", node, "pier", "--vessel", "17", "--for", "1", "--as", "Mori")
