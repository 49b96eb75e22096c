"""What systemd hears of a node, through a real datagram socket as the manager has it."""

import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from mihari.commands.notify import Service, notify


@pytest.fixture(params=["path", "abstract"])
def manager(request, tmp_path):
    """(socket, environment) of a service manager."""
    name = str(tmp_path / "notify") if request.param == "path" else f"@mihari-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind(name.replace("@", "\0") if name[0] == "@" else name)
        sock.settimeout(5.0)
        yield sock, {"NOTIFY_SOCKET": name}


def told(sock, seconds):
    """Everything that comes within so long."""
    until, lines = time.monotonic() + seconds, []
    while (left := until - time.monotonic()) > 0:
        sock.settimeout(left)
        try:
            lines += sock.recv(4096).decode().splitlines()
        except TimeoutError:
            break
    return lines


def test_states_arrive(manager):
    sock, environment = manager
    assert notify("READY=1", "STATUS=2 feeds", environment=environment)
    assert sock.recv(4096) == b"READY=1\nSTATUS=2 feeds"


@pytest.mark.parametrize("path", ["", "/nowhere/notify", "relative"])
def test_without_a_manager_nothing_is_sent_and_nothing_breaks(path):
    assert not notify("READY=1", environment={"NOTIFY_SOCKET": path})


def test_signs_of_life_come_only_while_work_gets_on(manager):
    sock, environment = manager
    steps = iter(range(1000))
    hung = [False]
    service = Service(lambda: 5.0 if hung[0] else next(steps), environment | {"WATCHDOG_USEC": "100000"})
    service.ready("up")
    first = told(sock, 0.5)
    assert first[:2] == ["READY=1", "STATUS=up"]
    assert first.count("WATCHDOG=1") >= 3  # ten were due; this machine may be busy
    hung[0] = True
    told(sock, 0.2)  # one may be on its way
    assert "WATCHDOG=1" not in told(sock, 0.4)
    service.stopping()
    assert told(sock, 0.3) == ["STOPPING=1"]


def test_a_node_that_has_read_all_is_alive(manager):
    sock, environment = manager
    service = Service(lambda: None, environment | {"WATCHDOG_USEC": "100000"}).ready("up")
    assert told(sock, 0.4).count("WATCHDOG=1") >= 2
    service.stopping()


def test_a_running_node_says_ready_alive_and_stopping(tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind(str(tmp_path / "notify"))
        environment = os.environ | {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "4000000"}
        command = [sys.executable, "-m", "mihari", "run", "--ais", "tcp://127.0.0.1:9", "--port", "0", "--no-browser"]
        node = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)
        try:
            sock.settimeout(120)  # kernels may have to be compiled
            ready = sock.recv(4096).decode()
            assert ready.startswith("READY=1\nSTATUS=1 feed, the map is at http://127.0.0.1:")
            assert sock.recv(4096) == b"WATCHDOG=1"
            node.send_signal(signal.SIGTERM)
            lines = told(sock, 10.0) if node.wait(30) is None else told(sock, 0.5)
            assert "STOPPING=1" in lines
        finally:
            node.kill()
            node.communicate()
