"""`mihari doctor` finds what is made wrong on purpose, and says what to do about it."""

import json
import os
import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner

from mihari.cli import cli
from mihari.commands import doctor_clock, doctor_installation, doctor_machine, doctor_running
from mihari.commands.doctor import examined


def about(what, findings):
    return next(finding for finding in findings if finding.what == what)


def test_every_line_has_a_state_and_what_is_wrong_has_a_cure(tmp_path):
    command = [sys.executable, "-m", "mihari", "doctor", "--json"]
    done = subprocess.run(command, capture_output=True, timeout=120, check=False)
    rows = json.loads(done.stdout)
    assert {row["what"] for row in rows} >= {"Python", "packages", "map page", "kernels", "clock", "disk", "archive"}
    assert {row["what"] for row in rows} >= {"UDP buffers", "multicast", "serial", "cores", "memory", "port"}
    for row in rows:
        assert row["state"] in ("ok", "warning", "problem")
        assert row["found"]
        assert (row["state"] == "ok") == (row["cure"] == ""), row
    assert done.returncode == (2 if any(row["state"] == "problem" for row in rows) else 0)


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setattr(doctor_installation, "required", lambda: ["numpy", "no-such-thing"])
    told = doctor_installation.packages()
    assert (told.state, told.found) == ("problem", "missing: no-such-thing")


def test_what_is_required_is_what_the_project_says():
    assert {"numpy", "numba", "pydantic", "duckdb", "click"} <= set(doctor_installation.required())


def test_kernels_that_are_not_compiled_and_a_cache_that_cannot_be_written(monkeypatch, tmp_path):
    code = "from mihari.commands.doctor_installation import kernels; k = kernels(); print(k.state, k.found, k.cure)"

    def told(cache):
        environment = os.environ | {"MIHARI_CACHE": str(cache)}
        return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)

    assert told(tmp_path).stdout.startswith("warning not compiled")
    assert "`mihari warm`" in told(tmp_path).stdout
    (tmp_path / "file").write_text("")
    assert "set MIHARI_CACHE" in told(tmp_path / "file").stdout


def test_a_page_that_is_not_built(monkeypatch, tmp_path):
    monkeypatch.setattr("mihari.face.page.PAGE", tmp_path)
    assert (doctor_installation.page().state, doctor_installation.page().cure) == ("problem", "`make page`")


@pytest.mark.parametrize(
    ("state", "level", "words"),
    [((True, 0.004), "ok", "wrong by 4 ms at most"), ((False, 16.0), "warning", "not synchronised"),
     (None, "warning", "cannot be told")],
)  # fmt: skip
def test_the_clock(monkeypatch, state, level, words):
    monkeypatch.setattr(doctor_clock, "clock_state", lambda: state)
    told = doctor_clock.clock()
    assert told.state == level
    assert words in told.found
    assert level == "ok" or "timedatectl set-ntp true" in told.cure


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="adjtimex is of Linux")
def test_the_kernel_tells_of_its_clock():
    synchronised, error_s = doctor_clock.clock_state()
    assert isinstance(synchronised, bool)
    assert 0 <= error_s <= 60  # Linux counts up to 16 s, then says that it does not know


def test_small_buffers_come_with_the_value_to_set(tmp_path):
    path = tmp_path / "rmem_max"
    path.write_text("212992\n")
    told = doctor_machine.buffers(path)
    assert told.state == "warning"
    assert "208 KiB, expected 4096" in told.found
    assert "sysctl -w net.core.rmem_max=4194304" in told.cure
    path.write_text("4194304\n")
    assert doctor_machine.buffers(path).state == "ok"


def test_multicast_without_a_route():
    if os.geteuid() != 0:
        pytest.skip("needs root for a network of its own")
    code = "from mihari.commands.doctor_machine import multicast; print(multicast().state, multicast().cure)"
    done = subprocess.run(["unshare", "-n", sys.executable, "-c", code], capture_output=True, text=True, check=False)
    if "unshare" in done.stderr:
        pytest.skip("no network namespaces here")
    assert done.stdout.startswith("warning `ip route add 239.0.0.0/8"), done.stderr


def test_serial_devices_that_may_not_be_opened(tmp_path):
    (tmp_path / "ttyUSB0").write_text("no device")
    (told,) = doctor_machine.serial_devices(tmp_path)
    assert told.state == "warning"
    assert "expected a serial device" in told.found
    assert told.cure
    assert [f.state for f in doctor_machine.serial_devices(tmp_path / "none")] == ["ok"]


def test_little_memory(tmp_path):
    path = tmp_path / "meminfo"
    path.write_text("MemTotal: 500000 kB\nMemAvailable: 300000 kB\n")
    assert doctor_machine.memory(path).found == "0.3 GB available, expected 1"


def test_a_full_disk(monkeypatch):
    monkeypatch.setattr("mihari.commands.machine.free_gb", lambda folder: 0.05)
    assert doctor_machine.disk().state == "problem"
    assert about("archive", doctor_machine.archive()).state == "warning"


def test_the_program_that_has_the_port_is_named():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        assert doctor_running.holder(port) == ""  # bound, but nothing listens
        taken.listen()
        name = Path("/proc/self/comm").read_text().strip()
        (told,) = doctor_running.findings(port)
    assert (told.state, told.found) == ("warning", f"{port} is taken by {name} (process {os.getpid()})")
    assert "--port" in told.cure
    (told,) = doctor_running.findings(port)
    assert told.state == "ok"


UNWELL = {
        "picture": {"node": {"name": "naha"}},
        "feeds": {"feeds": [
            {"name": "a", "state": "listening", "messages": 7, "problem": "", "shed": 0},
            {"name": "b", "state": "failed", "problem": "port 1 is in use", "shed": 0},
            {"name": "c", "state": "waiting", "problem": "refused", "shed": 0},
            {"name": "d", "state": "listening", "problem": "", "shed": 9},
        ]},
        "sensors": {"sensors": [{}] * 1024},
}  # fmt: skip


class Node(BaseHTTPRequestHandler):
    """Answers as the face of a node that is not well."""

    def do_GET(self):
        body = json.dumps(UNWELL[self.path.rpartition("/")[2]]).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def test_a_node_that_runs_is_asked_how_it_is():
    server = HTTPServer(("127.0.0.1", 0), Node)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        told = list(doctor_running.findings(server.server_port))
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert [(f.what, f.state) for f in told] == [
        ("port", "ok"), ("feed a", "ok"), ("feed b", "problem"), ("feed c", "warning"), ("feed d", "warning"),
        ("sensors", "warning"),
    ]  # fmt: skip
    assert told[0].found.endswith("running node naha")
    assert "1024 sensors have been heard of 1024 at most" in told[-1].found


def test_a_node_file_is_checked_with_it_and_gives_the_port(tmp_path, monkeypatch):
    file = tmp_path / "node.toml"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        file.write_text(f'[face]\nport = {port}\n[[feed]]\nurl = "udp://:0"\n', encoding="utf-8")
        told = list(examined(str(file), None))
    assert about("port", told).found.startswith(f"{port} is taken by")
    (mistake,) = [finding for finding in told if finding.what == "node file"]
    assert mistake.state == "problem"
    assert f"{file}:4: feed[0].url:" in mistake.found
    assert CliRunner().invoke(cli, ["doctor", str(file)]).exit_code == 2
    assert about("node file", examined(str(tmp_path / "none.toml"), None)).found.endswith("no such file")
