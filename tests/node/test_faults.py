"""Kill it, cut its link, fill its disk, lie to it: a node goes on, or ends in order and leaves nothing behind."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request

import numpy as np
import psutil
import pytest
from node_helpers import PATIENCE_S, free_port, good, until

from mihari.core.config import NodeConfig
from mihari.core.reports import Batch, Claims, ReportKind, Reports, Sector, Tick
from mihari.core.sensor import Sensor, SensorKind
from mihari.node import Node
from mihari.picture.settings import PictureSettings
from mihari.pipeline import Pipeline
from mihari.tracks.settings import TrackerSettings

# processes


@pytest.fixture
def started():
    """Starts commands; none outlives its test."""
    children = []

    def start(*arguments, **more):
        command = [sys.executable, "-m", "mihari", *map(str, arguments)]
        children.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more))
        return children[-1]

    yield start
    for child in children:
        if child.poll() is None:
            child.kill()
        child.communicate()


def said(child, word):
    """Reads standard error up to the line with this word; returns it."""
    for line in child.stderr:
        if word in line.decode():
            return line.decode()
    raise AssertionError(f"never said {word!r}")


@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)])
def test_an_interrupted_demo_ends_with_all_its_processes(number, started):
    child = started("demo", "--alone", "--no-browser", "--port", "0")
    said(child, "the map is at")
    family = psutil.Process(child.pid).children(recursive=True)
    assert len(family) >= 2  # the face and the simulator
    child.send_signal(number)
    child.send_signal(number)  # impatient
    _, err = child.communicate(timeout=60)
    assert child.returncode == 130
    assert "Traceback" not in err.decode()
    until(lambda: not any(p.is_running() and p.status() != "zombie" for p in family), 20)


@pytest.mark.slow
def test_a_killed_demo_takes_its_processes_along(started):
    child = started("demo", "--alone", "--no-browser", "--port", "0")
    said(child, "the map is at")
    family = psutil.Process(child.pid).children(recursive=True)
    child.kill()
    child.wait()
    until(lambda: not any(p.is_running() and p.status() != "zombie" for p in family), 30)


@pytest.mark.slow
def test_a_stop_while_kernels_are_compiled_does_not_wait_for_them(tmp_path, started):
    child = started(
        "run", "--ais", f"udp://127.0.0.1:{free_port()}", "--no-browser", "--port", "0",
        env={**os.environ, "MIHARI_CACHE": str(tmp_path)},
    )  # fmt: skip
    said(child, "the map is at")
    child.send_signal(signal.SIGTERM)
    _, err = child.communicate(timeout=60)
    assert child.returncode == 130
    assert "Traceback" not in err.decode()


def test_a_udp_port_in_use_is_one_sentence(started):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"udp://127.0.0.1:{taken.getsockname()[1]}"
        child = started("run", "--ais", url, "--no-browser", "--port", "0")
        _, err = child.communicate(timeout=PATIENCE_S)
    assert child.returncode == 2
    assert [line for line in err.decode().splitlines() if "the map" not in line] == [
        f"mihari: {url}: port {taken_port(url)} is in use by another program"
    ]


def taken_port(url):
    return url.rpartition(":")[2]


def test_a_killed_face_comes_back_on_its_port_and_knows_the_vessels():
    port = free_port()
    config = {"feed": [{"url": f"udp://127.0.0.1:{port}", "format": "ais"}], "face": {"port": 0}}
    with (
        Node(NodeConfig.model_validate(config)) as node,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out,
    ):
        url = node.face.url

        def vessels():
            for line in good(3):
                out.sendto(line, ("127.0.0.1", port))
            time.sleep(0.3)
            try:
                with urllib.request.urlopen(f"{url}/api/v1/vessels", timeout=5) as answer:
                    return len(json.load(answer)["vessels"])
            except OSError:
                return 0

        until(lambda: vessels() == 3)
        first = node.face.pid
        os.kill(first, signal.SIGKILL)
        until(lambda: node.face.pid not in (None, first))
        until(lambda: vessels() == 3)
        assert (node.face.url, node.face.restarts) == (url, 1)
        assert node.failure is None


# links


class Server:
    """A TCP server that sends what it is told to whoever connects, and can die."""

    def __init__(self, port=0):
        self.listener = socket.create_server(("127.0.0.1", port))
        self.port = self.listener.getsockname()[1]
        self.clients = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                self.clients.append(self.listener.accept()[0])
            except OSError:
                return

    def send(self, data):
        for client in self.clients:
            client.sendall(data)

    def die(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for client in self.clients:
            client.close()


def test_a_tcp_server_that_dies_and_comes_back_goes_on_feeding_the_same_vessels():
    server = Server()
    config = {"feed": [{"url": f"tcp://127.0.0.1:{server.port}", "format": "ais"}], "face": {"enabled": False}}
    with Node(NodeConfig.model_validate(config)) as node:
        health = node.hub.healths[0]

        def heard(count):
            if server.clients:
                server.send(b"".join(good(2)))
            time.sleep(0.4)
            return health.messages >= count and len(node.pipeline.compiler) == 2

        until(lambda: heard(6))
        server.clients[0].sendall(good(1)[0][:20])  # cut in the middle of a sentence
        server.die()
        until(lambda: health.state == "waiting")
        assert f":{server.port}" in health.problem
        before, server = health.messages, Server(server.port)
        until(lambda: heard(before + 4))
        assert health.state == "connected"
        for byte in good(1)[0][:5]:  # and one that sends a byte at a time
            server.send(bytes([byte]))
            time.sleep(0.1)
        before = health.messages
        server.send(good(1)[0][5:])
        until(lambda: health.messages == before + 1)
        server.die()
        node.stop()
        assert len(node.picture().vessels) == 2


# disks


def test_a_cache_that_cannot_be_written_costs_time_only(monkeypatch, caplog):
    from mihari.core import kernels

    def full(*_):
        raise OSError(28, "No space left on device")

    made = kernels.kernel(_double)
    monkeypatch.setattr(made._cache._cache_file, "save", full)
    monkeypatch.setattr(made._cache._cache_file, "load", lambda *_: None)
    kernels._not_kept.cache_clear()
    assert made(4.0) == 8.0
    assert made(4) == 8
    assert caplog.text.count("no space left on device") == 1


def test_a_damaged_cache_is_compiled_anew(monkeypatch):
    from mihari.core import kernels

    made = kernels.kernel(_double)
    monkeypatch.setattr(made._cache._cache_file, "load", lambda *_: (_ for _ in ()).throw(EOFError()))
    assert made(5.0) == 10.0


def _double(x):
    return 2 * x


# lies


def told(time_s, mmsi, lat_deg, lon_deg, speed=5.0, **claims):
    n = len(mmsi)
    reports = Reports.of(
        n, time=time_s, received=time_s, kind=ReportKind.AIS_POSITION, lat_deg=lat_deg, lon_deg=lon_deg, speed=speed,
        course=0.0, claim=np.arange(n),
    )  # fmt: skip
    return Batch(reports, Claims.of(n, mmsi=mmsi, device="A", **claims))


def bounded(most):
    pipeline = Pipeline(settings=TrackerSettings(most=most))
    pipeline.compiler.settings = PictureSettings(vessels=most)
    return pipeline


@pytest.mark.parametrize("times", [1, 3])
def test_invented_names_do_not_grow_a_node_without_bound(times):
    pipeline, rng = bounded(300), np.random.default_rng(1)
    for second in range(0, 400, 4):
        places = rng.uniform(24, 27, 50), rng.uniform(124, 129, 50)
        for turn in range(times):
            mmsi = np.arange(50) + 200_000_000 + 50 * second
            pipeline.take(told(1e9 + second + 1.2 * turn, mmsi, *places, speed=0.0))
            pipeline.take(told(1e9 + second + 1.2 * turn, [431000001], [26.0], [130.0], speed=0.0))
        pipeline.take(Tick(1e9 + second + 4))
        assert len(pipeline.tracker) <= 350
    picture = pipeline.picture()
    assert len(picture.vessels) <= 700
    assert 431000001 in picture.vessels.mmsi  # the honest one is still there
    assert pipeline.tracker.ignored["given up for room"] > 0


def test_one_mmsi_at_two_far_places_stays_two_vessels_and_adds_no_more():
    pipeline = Pipeline()
    for turn in range(200):
        lat_deg = [26.0] if turn % 2 else [40.0]
        pipeline.take(told(1e9 + 5 * turn, [431000001], lat_deg, [127.0], speed=0.0))
        pipeline.take(Tick(1e9 + 5 * turn + 5))
    assert len(pipeline.picture().vessels) == 2


@pytest.mark.parametrize("shift", [-3e8, -86400.0, -1.0, 3e8])
def test_times_that_are_off_do_not_stop_a_node(shift):
    pipeline = Pipeline()
    for turn in range(60):
        when = 1e9 + 5 * turn + (shift if turn % 2 else 0.0)
        pipeline.take(told(when, [431000001 + turn % 2], [26.0 + turn % 2], [127.0], speed=0.0))
        pipeline.take(Tick(1e9 + 5 * turn + 5))
    picture = pipeline.picture()
    assert 431000001 in picture.vessels.mmsi
    assert len(picture.vessels) <= 2


def test_a_name_that_changes_with_each_message_is_one_vessel():
    pipeline = Pipeline()
    for turn in range(100):
        pipeline.take(told(1e9 + 5 * turn, [431000001], [26.0], [127.0], speed=0.0, name=f"LIAR {turn}"))
        pipeline.take(Tick(1e9 + 5 * turn + 5))
    (identity,) = pipeline.picture().identities.values()
    assert [claim.name for claim in identity.claims] == ["LIAR 99"]


@pytest.mark.parametrize("azimuth", [np.nan, np.inf, -1e9, 0.0])
def test_a_sector_of_nonsense_does_not_stop_a_node(azimuth):
    pipeline = Pipeline([Sensor(0, "radar", SensorKind.RADAR, 26.0, 127.0)])
    rng = np.random.default_rng(2)
    for turn in range(3):
        n, when = 5000, 1e9 + 2.5 * turn
        plots = Reports.of(
            n, time=rng.choice([when, np.nan, 0.0, when + 7200], n), sensor=0, kind=ReportKind.PLOT,
            lat_deg=rng.choice([26.1, np.nan, 91.0, 26.2], n) + rng.normal(0, 0.05, n), lon_deg=127.0, cov_ee=100.0,
            cov_en=0.0, cov_nn=100.0, range=1e4, bearing=azimuth,
        )  # fmt: skip
        pipeline.take(Sector(0, when, when, azimuth, azimuth + 0.2, plots))
        pipeline.take(Tick(when + 2))
    for second in range(60):
        pipeline.take(Tick(1e9 + 20 + second))
    assert len(pipeline.tracker) < 5000
    assert pipeline.tracker.ignored["outside its sector's time"] > 0
