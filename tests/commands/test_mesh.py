"""`mihari mesh status` against a face that tells of a made-up mesh."""

import copy
import http.server
import json
import re
import subprocess
import sys
import threading

import pytest
from click.testing import CliRunner
from tests.face.made_up import MESH

from mihari.cli import cli
from mihari.commands.mesh import look
from mihari.core.errors import BadInput


def made_up():
    """A mesh with a node whose clock is off, one that is lost, one never heard, a backlog, and a link that is down."""
    mesh = copy.deepcopy(MESH)
    kume, link = mesh["nodes"][0], mesh["links"][0]
    mesh["nodes"][1:1] = [
        kume | {"author": "x", "name": "Okinawa-kerama-light", "through": "kume", "clock_offset_s": 30.0},
        kume | {"author": "y", "name": "[bold]zamami\x1b[2J", "through": "", "heard_s": 240.0},
    ]
    mesh["links"].append(link | {"peer": "z", "name": "buoy 3", "profile": "acoustic", "waiting": 413})
    return mesh


class Face(http.server.BaseHTTPRequestHandler):
    """Answers /api/v1/mesh; 404 where `told` is None."""

    told = None

    def do_GET(self):
        """As a face does."""
        good = self.path == "/api/v1/mesh" and self.told is not None
        body = json.dumps(self.told if good else {"detail": "this node is in no mesh"}).encode()
        self.send_response(200 if good else 404)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def face():
    served = type("One", (Face,), {"told": made_up()})
    with http.server.HTTPServer(("127.0.0.1", 0), served) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        served.url = f"http://127.0.0.1:{server.server_port}"
        yield served
        server.shutdown()
        thread.join()


def status(*arguments, columns=80):
    result = CliRunner().invoke(cli, ["mesh", "status", *arguments], env={"COLUMNS": str(columns)})
    assert result.exception is None, result.exception
    return result.output


def test_with_how_many_sensors_each_watches_is_a_column_or_where_there_is_no_room_a_line(face):
    for node, count in zip(face.told["nodes"], (3, 1, 0, 2), strict=True):
        node["sensors"] = count
    told = status("--url", face.url)
    assert "sensors they watch with: kume 3, Okinawa-kerama-light 1," in told
    assert max(map(len, told.splitlines())) <= 80
    told = status("--url", face.url, columns=120)
    assert re.search(r"node +vessels +sensors +heard", told)
    assert re.search(r"kume +118 +3 +0.8 s ago", told)
    assert "watch with" not in told


def test_cases_and_patterns_that_travelled_are_told_and_what_was_refused_of_them(face):
    files = {"told": 0, "taken": 0, "left": 1, "problem": ""}
    sentence = "refused of kume: an edit of a case: \x1b[2J expected each node to tell its own"
    face.told["cases"] = {"told": 3, "taken": 9, "refused": 1, "left": 0, "files": files, "problem": sentence}
    face.told["bundles"] = {"told": 1, "awaited": 2, "refused": 0, "problem": ""}
    told = status("--url", face.url, columns=120)
    assert "edits of cases: 3 told, 9 taken" in told
    assert "bundles of patterns: 1 offered here, 2 awaited" in told
    assert "refused of kume: an edit of a case:" in told
    assert "\x1b[2J" not in told


def test_nodes_and_links_fit_into_80_columns_with_a_sign_at_what_is_not_well(face):
    told = status("--url", face.url)
    assert max(map(len, told.splitlines())) <= 80
    assert re.search(r"kume +118 +0.8 s ago +itself +\+0.02 +0.1.0", told)
    assert re.search(r"Okinawa-kerama-light +118 +0.8 s ago +kume +▲ \+30.00", told)
    assert re.search(r"\[bold\]zamami�\[2J +118 +▲ 4 min ago +▲ not reached", told)
    assert re.search(r"kerama +0 +never +▲ not reached", told)
    assert re.search(r"buoy 3 +acoustic +up 15 min +12.0 +▲ 413 +1.0 kB +2.0 kB", told)
    assert re.search(r"kerama.example +lan +▲ down 95 s", told)
    assert re.search(r"acoustic +120 +3 +80 +9 +▲ 2 +12 s ago +modem 1a2b3c4d 4", told)
    assert "refused of kume: signature 2, syntax 1" in told
    assert "kinds that this release does not know: kind 99: 4" in told


def test_a_node_without_modems_tells_of_none_and_one_that_cannot_send_says_why(face):
    (modem,) = face.told["modems"]
    modem |= {"problem": "udp/here:1: cannot be sent to: network is unreachable", "listen": "", "authors": []}
    told = status("--url", face.url)
    assert "modem acoustic: udp/here:1: cannot be sent to: network is unreachable" in told
    del face.told["modems"]  # a node of an earlier release
    assert "acoustic  120" not in status("--url", face.url)


def test_a_wide_terminal_gets_all_figures(face):
    assert "resent" not in status("--url", face.url)
    told = status("--url", face.url, columns=140)
    assert re.search(r"kume +lan +up 15 min +12.0 +5 +1.0 kB +2.0 kB +1.2 kB +3", told)


def test_our_own_clock_is_told_first(face):
    face.told["me"]["clock_error_s"] = -30.0
    assert "▲ This computer's clock: -30.00 s, by the clocks of most other nodes" in status("--url", face.url)


def test_json_is_what_the_node_tells(face):
    assert json.loads(status("--url", face.url, "--json")) == face.told


def test_the_port_of_a_node_file_is_taken(face, tmp_path):
    path = tmp_path / "node.toml"
    port = face.url.rpartition(":")[2]
    path.write_text(f'[node]\nname = "naha"\n[face]\nport = {port}\n[[feed]]\nurl = "udp://:10110"\nformat = "ais"\n')
    assert "kume" in status("--node", str(path))


def test_a_node_in_no_mesh_is_told_as_one_sentence(face):
    face.told = None
    with pytest.raises(BadInput, match="this node is in no mesh; expected one whose node file has"):
        look(f"{face.url}/api/v1/")


def test_where_no_node_answers_it_is_one_sentence_and_code_2():
    command = [sys.executable, "-m", "mihari", "mesh", "status", "--url", "http://127.0.0.1:1"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 2
    (line,) = result.stderr.splitlines()
    assert line.startswith("mihari: http://127.0.0.1:1/api/v1/: no node answers there")
