"""`mihari demo --speed`: a scenario recorded, then played; what a vehicle below heard is told six hours later."""

import subprocess
import sys

import pytest

from mihari.commands import demo_played
from mihari.core.behaviour import Standing
from mihari.node import Node
from mihari.simulate import Simulation, load
from mihari.simulate.recordings import write_recordings


def mihari(*words):
    command = [sys.executable, "-m", "mihari", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)


def test_a_scenario_is_recorded_and_played():
    words = ("--scenario", "crossing", "--speed", "500", "--for", "6", "--no-browser", "--port", "0")
    done = mihari("demo", *words)
    assert done.returncode == 0, done.stderr
    assert "h of crossing, played in" in done.stderr
    assert "the map is at http://" in done.stderr
    assert "Traceback" not in done.stderr


def test_it_is_not_judged():
    done = mihari("demo", "--scenario", "crossing", "--speed", "500", "--summary")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--speed and --summary: expected one of them" in done.stderr


def test_every_recording_of_a_scenario_is_a_feed(tmp_path):
    scenario = load("below")
    config = demo_played.configuration(scenario, tmp_path, 120.0, 0, str(tmp_path / "archive"))
    assert [(feed.name, feed.url.rpartition("/")[2]) for feed in config.feed] == [
        ("AIS 1", "ais-0.nmea?speed=120&format=ais"),
        ("radar 1", "radar-0.pcap?speed=120&format=asterix"),
        ("auv imc", "imc-0.pcap?speed=120&format=imc"),
    ]
    assert [(one.name, one.feeds) for one in config.vehicle] == [("auv", ("auv imc",))]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_what_was_heard_below_revises_a_meeting_of_six_hours_ago(tmp_path, monkeypatch):
    """The rough radar lost it halfway; the boats parted at 105 min."""
    monkeypatch.setattr("mihari.node.UNWATCHED_S", 10.0)
    scenario, recorded = load("below"), tmp_path / "recorded"
    write_recordings(Simulation(scenario), recorded)
    config = demo_played.configuration(scenario, recorded, 1000.0, 0, str(tmp_path / "archive"))
    feeds = tuple(feed.model_copy(update={"url": feed.url.replace("speed=1000", "speed=max")}) for feed in config.feed)
    config = config.model_copy(update={"feed": feeds, "face": config.face.model_copy(update={"enabled": False})})
    node, told = Node(config), []
    with node:
        take = node.desk.take
        node.desk.take = lambda found, *more: (told.extend(found), take(found, *more))
        assert node.wait(800.0)
    assert (node._reruns.done, node._reruns.failed) == (1, 0)
    met = [b for b in told if b.kind == "rendezvous"]
    late = [b for b in met if b.because.endswith("bearings that came 5.9 h late")]
    assert len(late) == 1
    before = [b for b in met if b.id == late[0].id and b.revision < late[0].revision][-1]
    assert late[0].standing is Standing.ENDED
    ended = [(b.end - scenario.start) / 60 for b in (before, late[0])]
    assert ended[0] < 95
    assert abs(ended[1] - 105) < 5
