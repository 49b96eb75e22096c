"""`mihari node init --library`: a new node has its patterns, a real run of it raises their alerts."""

import functools
import json
import math
import operator
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

sys.path.insert(0, str(Path(__file__).parents[1] / "library" / "held"))
sys.path.insert(0, str(Path(__file__).parents[1] / "node"))
from held_helpers import TEXT, cases
from node_helpers import free_port

from mihari.alerts.actions import By
from mihari.alerts.records import Records
from mihari.cli import cli
from mihari.core.config import AlertsSection, load
from mihari.core.errors import BadInput
from mihari.formats.ais import encode
from mihari.library import outset, shelf
from mihari.node import Node

BEGAN = 1_790_000_000
WHO = ("--trust", "trust.toml", "--who", "Sato")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where a coast's bundle and its trust list are; records go there too."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    Path("dawdles.toml").write_text(TEXT)
    Path("dawdles.cases.parquet").write_bytes(cases())
    mihari("node", "init", "naha.toml", "--name", "naha", "--mesh")
    mihari("library", "export", "dawdles.toml", "-o", "nansei.mihari-library", "--keys", "naha-keys")
    mihari("library", "trust", "add", "--authority", "authority/ca.pem", "--name", "Nansei")
    return tmp_path


def mihari(*arguments):
    """The command in this process: its output; a refusal is raised."""
    done = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def held(name):
    """(name, state) of what the records of a node hold."""
    records = Records(AlertsSection().address(name)).open()
    with records.read() as connection:
        found = {s.pattern.name: s.state for s in shelf.listed(connection)}
    records.close()
    return found


def recording(path):
    """Half an hour of one that makes 2 kn far out, with the times of its station."""
    lines = []
    for t in range(0, 1800, 30):
        place = {"lat_deg": 25.6, "lon_deg": 126.6 + t * 1.03 / 100_400.0, "speed": 1.03, "course": math.pi / 2}
        stamp = b"c:%d" % (BEGAN + t)
        tag = b"\\%s*%02X\\" % (stamp, functools.reduce(operator.xor, stamp))
        lines += [tag + line for line in encode({"message_type": 1, "mmsi": 431000001, **place})]
    path.write_bytes(b"".join(lines))


def test_a_new_vehicle_carries_the_coasts_library_and_raises_its_alerts(folder):
    told = mihari(
        "node",
        "init",
        "diver.toml",
        "--name",
        "diver",
        "--area",
        "nansei",
        "--library",
        "nansei.mihari-library",
        *WHO,
        "--active",
    )
    assert "dawdles version 1: active; proved: 3 found, 5 quiet" in told
    assert "mihari library held --node diver.toml" in told
    recording(folder / "monday.nmea")
    text = Path("diver.toml").read_text().replace("udp://:10110", "file:monday.nmea?speed=max")
    text = text.replace("[alerts]", f'[alerts]\nrecords = "{AlertsSection().address("diver")}"')
    Path("diver.toml").write_text(text)
    command = [sys.executable, "-m", "mihari", "run", "diver.toml", "--until-end"]
    done = subprocess.run(command, capture_output=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr.decode()
    alerts = json.loads(mihari("alerts", "list", "--node", "diver.toml", "--json"))["alerts"]
    assert [alert["kinds"] for alert in alerts] == [["dawdles"]]


def test_a_node_that_is_made_again_goes_on_with_what_is_active(folder):
    made = ("node", "init", "diver.toml", "--name", "diver", "--library", "nansei.mihari-library", *WHO, "--active")
    mihari(*made)
    mihari(*made, "--force")
    assert held("diver")["dawdles"] == "active"


def test_without_a_word_it_is_on_trial(folder):
    told = mihari("node", "init", "diver.toml", "--name", "diver", "--library", "nansei.mihari-library", *WHO)
    assert "no archive yet" in told
    assert held("diver") == {"dawdles": "trial"}
    assert load("diver.toml").library.starting == "none"
    assert load("diver.toml").library.trust == str(folder / "trust.toml")


def test_the_patterns_that_come_with_mihari_are_on_trial_from_the_first_start_on(folder):
    mihari("node", "init", "kume.toml", "--name", "kume", "--ais", f"udp://127.0.0.1:{free_port()}")
    config = load("kume.toml")
    assert config.library.starting == "trial"
    config = config.model_copy(update={"face": config.face.model_copy(update={"enabled": False})})
    names = {name for name, _ in outset.versions()}
    with Node(config) as node:
        assert names <= set(node.lookout.engine.definitions.definitions)
        assert node.patterns.now.silent == names
        shelf.set_state(node.desk.records, By("Sato", BEGAN), "dark_rendezvous", "withdrawn", why="it fires at pilots")
    with Node(config) as again:
        assert again.patterns.now.silent == names - {"dark_rendezvous"}
    assert held("kume")["dark_rendezvous"] == "withdrawn"


def test_those_that_come_with_mihari_say_where_they_were_proved(folder):
    records = Records(folder / "records.sqlite", lambda: 5.0).open()
    made = outset.hold(records, By("Sato", 5.0), "active")
    assert outset.hold(records, By("Sato", 5.0), "trial") == []
    records.close()
    assert {s.state for s in made} == {"active"}
    assert all(s.proof["found"] >= 3 for s in made)
    assert all(s.proof["where"] == outset.WHERE for s in made)


def test_a_node_may_begin_with_none(folder):
    mihari("node", "init", "kume.toml", "--name", "kume", "--library", "none")
    assert load("kume.toml").library.starting == "none"
    assert not Path(AlertsSection().address("kume")).exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--library", "none", "--library", "starting"], "--library none: expected no other --library beside it"),
        (["--library", "nansei.mihari-library"], "--library FILE: expected --trust, the list of who is believed"),
        (["--library", "none", "--active"], "--active and --library none: expected one of them"),
        (["--library", "starting", "--active"], "expected --who, who decides"),
        (["--trust", "trust.toml"], "--trust goes with --library FILE"),
        (["--who", "Sato"], "--who with --library"),
        (["--library", "away.mihari-library", *WHO], "away.mihari-library"),
        (["--library", "starting", "-o", "-"], "expected a file, found -"),
        (["--library", "starting", "--ais", "file:monday.nmea"], "a node of recordings alone"),
    ],
)
def test_what_does_not_go_together_is_refused_before_anything_is_made(folder, arguments, told):
    with pytest.raises(BadInput) as refused:
        mihari("node", "init", "kume.toml", "--name", "kume", *arguments)
    assert told in str(refused.value)
    assert not Path("kume.toml").exists()
    assert not Path(AlertsSection().address("kume")).exists()


@pytest.mark.slow
def test_the_patterns_that_come_with_mihari_are_proved_on_the_machine_that_makes_the_node(folder):
    told = mihari("node", "init", "kume.toml", "--name", "kume", "--library", "starting", "--active", "--who", "Sato")
    assert {name for name, state in held("kume").items() if state == "active"} == {n for n, _ in outset.versions()}
    assert told.count("; proved: ") == len(outset.versions())
