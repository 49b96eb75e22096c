"""`mihari report`: a few words become a report to a running node, with the error that the words leave."""

import json
import socket
import time
import urllib.request

import pytest
from click.testing import CliRunner
from node_helpers import free_port, listening, until

from mihari.commands.report import report
from mihari.core.config import NodeConfig
from mihari.core.errors import BadInput
from mihari.formats.cot import of_datagram, person_report
from mihari.node import Node

WORDS = "fishing boat, no lights, 3 miles north-west of the point"


def told(*args):
    done = CliRunner().invoke(report, [*args, "--json"], catch_exceptions=False, standalone_mode=False)
    return json.loads(done.output)


def test_what_is_sent_is_a_marker_of_that_person_as_wide_as_the_words():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as heard:
        heard.bind(("127.0.0.1", 0))
        heard.settimeout(10)
        to = f"udp://127.0.0.1:{heard.getsockname()[1]}"
        said = told(WORDS, "--who", 'Kinjo "K" <boat>', "--to", to, "--point", "point=26.44,127.71")
        found = person_report(of_datagram(heard.recv(65536)))
        assert (said["kind"], said["lights"], said["id"]) == ("fishing", "no lights", found.uid)
        assert (found.who, found.what, found.kind, found.lights) == ('Kinjo "K" <boat>', WORDS, "fishing", "no lights")
        assert found.lat_deg == pytest.approx(26.4755, abs=1e-4)  # 3 nm at 315°: 2.12' north
        assert found.sd == pytest.approx(said["sd_m"], abs=1)
        assert 1200 < found.sd < 1300  # 3 nm · 45° / √12, across
        again = told("skiff", "--at", "26 12.5 N 127 40.2 E", "--sd", "300", "--who", "Kinjo", "--to", to, "--id", "r1")
        found = person_report(of_datagram(heard.recv(65536)))
        assert (found.uid, again["id"], found.sd) == ("r1", "r1", 300.0)


def test_it_begins_a_track_of_the_running_node_that_waits_for_a_sensor(tmp_path):
    tables = {
        "node": {"name": "kume"},
        "face": {"enabled": False},
        "feed": [{"url": f"udp://127.0.0.1:{free_port()}?format=cot"}],
        "sensor": [{"name": "Zampa", "kind": "ais", "lat_deg": 26.44, "lon_deg": 127.71}],
    }
    path = tmp_path / "node.toml"
    path.write_text(
        f'[node]\nname = "kume"\n[face]\nenabled = false\n[[feed]]\nurl = "{tables["feed"][0]["url"]}"\n'
        '[[sensor]]\nname = "Zampa"\nkind = "ais"\nlat_deg = 26.44\nlon_deg = 127.71\n'
    )
    with Node(NodeConfig.model_validate(tables)) as node:
        until(lambda: node.hub.health()[0].state == "listening")
        told("trawler, no lights, 2 miles west of Zampa", "--who", "Kinjo", "--node", str(path))
        until(lambda: len(node.pipeline.tracker.tracks(time.time())))
        tracks = node.pipeline.tracker.tracks(time.time())
        assert tracks.existence[0] == pytest.approx(0.8, abs=0.01)  # four in five are right
        assert tracks.lat_deg[0] == pytest.approx(26.44, abs=0.01)
        assert tracks.lon_deg[0] == pytest.approx(127.71 - 2 / 60 / 0.895, abs=0.01)
        assert [(h.messages, h.reports, h.refused) for h in node.hub.health()] == [(1, 1, {})]
        picture = node.picture()
        assert len(picture.vessels) == 0  # a vessel once a sensor has found it
        (said,) = picture.told  # what was said is shown at once
        assert (said.who, said.kind, said.lights, said.what) == (
            "Kinjo", "fishing", "no lights", "trawler, no lights, 2 miles west of Zampa",
        )  # fmt: skip


def test_a_form_s_words_are_a_report_that_can_be_corrected_and_outlives_a_stop(tmp_path):
    def ask(path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{node.face.url}/api/v1/{path}", data, {"content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())

    def heard():
        return [(one["id"], one["what"], one["kind"], one["lights"]) for one in ask("reports")["reports"]]

    tables = {
        "node": {"name": "kume"},
        "face": {"port": 0},
        "alerts": {"records": str(tmp_path / "records.sqlite")},
        "feed": [{"name": "phones", "url": f"udp://127.0.0.1:{free_port()}", "format": "cot"}],
        "sensor": [{"name": "Zampa", "kind": "ais", "lat_deg": 26.44, "lon_deg": 127.71}],
    }
    with Node(NodeConfig.model_validate(tables)) as node:
        listening(node)
        until(lambda: ask("reports")["hears"] == "phones" and ask("reports")["points"] == ["Zampa"])
        sent = ask("reports", {"who": "Kinjo", "text": WORDS.replace("the point", "Zampa"), "ago_s": 120.0})
        assert (sent["kind"], sent["lights"], sent["to"]) == ("fishing", "no lights", "phones")
        until(lambda: heard() == [(sent["id"], WORDS.replace("the point", "Zampa"), "fishing", "no lights")])
        (one,) = ask("reports")["reports"]
        assert (one["who"], one["feed"]) == ("Kinjo", "phones")
        assert one["received"] - one["time"] == pytest.approx(120.0, abs=30.0)
        assert one["sd_m"] == pytest.approx(sent["sd_m"], abs=1.0)
        more = {"who": "Kinjo", "text": "two trawlers", "lat_deg": 26.5, "lon_deg": 127.6, "sd_m": 100.0}
        assert ask("reports", more | {"id": sent["id"]})["id"] == sent["id"]
        until(lambda: heard() == [(sent["id"], "two trawlers", "fishing", "")])
    with Node(NodeConfig.model_validate(tables)) as node:
        until(lambda: heard() == [(sent["id"], "two trawlers", "fishing", "")])


@pytest.mark.parametrize(
    ("args", "problem"),
    [
        (("a boat", "--to", "udp://127.0.0.1:1"), "expected a distance and a direction"),
        (("a boat, 3 nm north of Zampa", "--to", "udp://127.0.0.1:1"), "Zampa|zampa"),
        (("a boat",), "either --node NODE.toml or --to URL"),
        (("a boat, 26 N 127 E", "--to", "mqtt://127.0.0.1/x"), "expected udp"),
        (("a boat, 26 N 127 E", "--to", "tcp://127.0.0.1:1"), "refused"),
        (("a boat, 26 N 127 E", "--to", "udp://127.0.0.1:1", "--point", "x=91,0"), "expected NAME=LAT,LON"),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence(args, problem):
    done = CliRunner().invoke(report, [*args, "--who", "Kinjo"])
    assert done.exit_code != 0
    assert isinstance(done.exception, BadInput | SystemExit)
    assert any(word in f"{done.output} {done.exception}" for word in problem.split("|"))
