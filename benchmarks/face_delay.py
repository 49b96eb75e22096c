"""FACE-1: how long from the datagram that crosses a radar sector until a browser holds that sector's vessels.

Four processes, as in life: the simulator sends real bytes, the node's pipeline and its face work, and this one stands
between simulator and node as a wire that notes when each datagram passes, and reads the stream like a browser. The node
tells which picture each sector led to; the first frame of that picture or a later one holds its vessels.
"""

from __future__ import annotations

import json
import select
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.harness import Row
from mihari.core.reports import Input, Sector
from mihari.face import frames
from mihari.face.frames import Kind

VESSELS = 1000
WARM_S, MEASURE_S = 30.0, 60.0
AFTER_S = 5.0  # what is so late still counts, with its delay
BAR_MS = 150.0
HOST = "127.0.0.1"

Key = tuple[int, int]  # SAC << 8 | SIC, time of day in 1/128 s


def face_1(warm_s: float = WARM_S, measure_s: float = MEASURE_S) -> Row:
    """The 99th percentile over a minute."""
    with tempfile.TemporaryDirectory(prefix="mihari-bench-") as folder:
        scenario = Path(folder) / "thousand.toml"
        scenario.write_text(crowded().toml())
        wire = Wire()
        ais_port = free_port()
        with node(scenario, ais_port, wire.out_port) as (process, url), simulator(scenario, ais_port, wire.in_port):
            wire.start()
            browser = Browser(url)
            browser.start()
            time.sleep(warm_s)
            began = time.time()
            time.sleep(measure_s + AFTER_S)
            arrivals = json.loads(process.communicate("end\n", timeout=60)[0])
        wire.stop()
    late, missing = delays(arrivals, wire.crossings(), browser.seen, began, began + measure_s)
    p50, p99 = (float(np.percentile(late, q)) * 1e3 for q in (50, 99)) if len(late) else (np.inf, np.inf)
    what = (
        f"ms, p99 over {len(late)} sectors, datagram in -> frame out (p50 {p50:.0f}; {browser.vessels} vessels"
        f" on the screen; {missing} sectors never came)"
    )
    return Row("FACE-1", what, p99, None, p99 if not missing else float("inf"), BAR_MS, "<=")


def crowded() -> Any:
    """The built-in strait with its traffic multiplied to a thousand vessels."""
    from mihari.simulate import load

    strait = load("strait")
    times = VESSELS / sum(t.count for t in strait.traffic)
    traffic = [replace(t, count=max(1, round(t.count * times))) for t in strait.traffic]
    rest = VESSELS - sum(t.count for t in traffic)
    traffic[0] = replace(traffic[0], count=traffic[0].count + rest)
    return replace(strait, traffic=tuple(traffic), duration=3600.0)


def delays(
    arrivals: list[list[float]], crossed: dict[Key, float], seen: list[tuple[int, float]], begin: float, end: float
) -> tuple[np.ndarray[Any, Any], int]:
    """Seconds per sector that crossed between `begin` and `end`, and how many sectors never came out.

    arrivals: picture, source, time of day; seen: picture and UTC s of each frame with vessels, in order.
    """
    pictures, times = np.array([s[0] for s in seen]), np.array([s[1] for s in seen])
    late, missing = [], 0
    led_to = {(int(source), round(tod * 128)): int(picture) for picture, source, tod in arrivals}
    for key, at in crossed.items():
        if not begin <= at < end:
            continue
        k = int(np.searchsorted(pictures, led_to.get(key, np.iinfo(np.int64).max)))
        if k < len(pictures):
            late.append(times[k] - at)
        else:
            missing += 1
    return np.array(late), missing


@dataclass
class Wire:
    """Passes datagrams on and notes when; `crossings` reads afterwards which of them crossed a sector."""

    passed: list[tuple[float, bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._in = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._in.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        self._in.bind((HOST, 0))
        self.in_port, self.out_port = int(self._in.getsockname()[1]), free_port()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin to pass."""
        self._thread.start()

    def stop(self) -> None:
        """Pass no more."""
        self._stopping.set()
        self._thread.join()
        self._in.close()

    def _run(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            while not self._stopping.is_set():
                if select.select([self._in], [], [], 0.2)[0]:
                    datagram = self._in.recv(65536)
                    self.passed.append((time.time(), datagram))
                    out.sendto(datagram, (HOST, self.out_port))

    def crossings(self) -> dict[Key, float]:
        """UTC s at which the datagram of each sector crossing passed."""
        from mihari.formats.asterix import decode
        from mihari.formats.asterix.radar import Message, sectors

        found: dict[Key, float] = {}
        for at, datagram in self.passed:
            told = sectors(decode(datagram))
            for row in np.flatnonzero(told.message == Message.SECTOR):
                found[int(told.source[row]), round(float(told.time_of_day[row]) * 128)] = at
        return found


class Browser(threading.Thread):
    """Notes when each frame with vessels came out, and of which picture."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self.url = url
        self.seen: list[tuple[int, float]] = []
        self._ids: set[int] = set()

    @property
    def vessels(self) -> int:
        """Vessels on the screen."""
        return len(self._ids)

    def run(self) -> None:
        """Read until the face ends."""
        from websockets.exceptions import ConnectionClosed
        from websockets.sync.client import connect

        with connect(self.url.replace("http", "ws", 1) + "/api/v1/stream", max_size=None, compression=None) as stream:
            while True:
                try:
                    given = stream.recv()
                except ConnectionClosed:
                    return
                now = time.time()
                frame = frames.decode(given)  # type: ignore[arg-type]
                if frame.kind in (Kind.SNAPSHOT, Kind.DELTA):
                    rows, removed = frames.decode_rows(frame)
                    self._ids = (self._ids | set(rows.id.tolist())) - set(removed.tolist())
                if frame.kind in (Kind.SNAPSHOT, Kind.DELTA, Kind.HEARTBEAT):
                    self.seen.append((frame.picture, now))


def free_port() -> int:
    """A UDP port nobody has."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def node(scenario: Path, ais_port: int, radar_port: int) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A node in its own process; told "end" it prints its sectors as JSON."""
    command = [sys.executable, "-m", "benchmarks.face_delay", str(scenario), str(ais_port), str(radar_port)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process, process.stdout.readline().strip()
    finally:
        process.kill()
        process.wait()


@contextmanager
def simulator(scenario: Path, ais_port: int, radar_port: int) -> Iterator[None]:
    """The simulator in its own process, playing now."""
    command = [sys.executable, "-m", "mihari", "simulate", str(scenario), "--live", "--ready"]
    command += ["--send", f"ais=udp://{HOST}:{ais_port}", "--send", f"radar=udp://{HOST}:{radar_port}"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        assert process.stdout.readline().startswith("ready")
        yield
    finally:
        process.terminate()
        process.wait(30)
        process.stdout.close()


def run_node(scenario: str, ais_port: int, radar_port: int) -> None:
    """The node's process."""
    from mihari.commands import warm
    from mihari.commands.demo import configuration
    from mihari.node import Node
    from mihari.simulate import load

    arrivals: list[tuple[int, int, float]] = []

    class Watched(Node):
        """A node that remembers which picture each sector led to."""

        def _take(self, given: Input) -> None:
            if isinstance(given, Sector):
                sac, _, sic = self.registry.all()[given.sensor].source.partition("/")
                picture = self.pipeline.compiler.sequence + 1
                arrivals.append((picture, int(sac) << 8 | int(sic), given.time % 86400.0))
            super()._take(given)

    warm.compile_all()
    with Watched(configuration(load(scenario), [ais_port, radar_port], 0)) as running:
        assert running.face is not None
        print(running.face.url, flush=True)
        sys.stdin.readline()
    print(json.dumps(arrivals), flush=True)


if __name__ == "__main__":
    run_node(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
