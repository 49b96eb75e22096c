"""The face against its bars: delay of a radar sector to the screen, cost of fifty browsers, start-up of the commands.

FACE-1: datagram that crosses a sector in -> WebSocket frame with that sector's vessels out. FACE-2: user and system
time of the face process. FACE-3, FACE-4: whole processes, medians of seven.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.face_delay import face_1
from benchmarks.harness import Row, report, seconds
from mihari.core.picture import Category, ClaimedIdentity, Identity, Picture, Source, Vessels
from mihari.face import frames
from mihari.face.frames import Kind
from mihari.face.launch import Face
from mihari.face.publish import Publisher

VESSELS = 10_000
BROWSERS = 50
SECTORS_PER_S = 25  # two radars of 32 sectors per 2.5 s
WARM_S, MEASURE_S = 5.0, 20.0
AREA = (24.0, 124.0, 27.0, 129.0)  # south, west, north, east in degrees


def main() -> int:
    """All rows."""
    rows = [face_1(), face_2(), *start_up()]
    return report(rows)


# ---------------------------------------------------------------------------------------------------- FACE-2


class Crowd:
    """10,000 vessels under way; `picture(rows)` moves some of them on."""

    def __init__(self, n: int = VESSELS, seed: int = 7) -> None:
        rng = np.random.default_rng(seed)
        self.n, self.sequence = n, 0
        self.lat, self.lon = rng.uniform(AREA[0], AREA[2], n), rng.uniform(AREA[1], AREA[3], n)
        self.east, self.north = rng.uniform(-8, 8, n), rng.uniform(-8, 8, n)
        self.time, self.changed = np.zeros(n), np.zeros(n, np.int64)
        self.category = rng.integers(0, 9, n)
        self.identities = {
            i: Identity(i, (ClaimedIdentity(431_000_000 + i, 1.0, name=f"VESSEL {i}"),), 1) for i in range(1, n + 1)
        }

    def picture(self, rows: np.ndarray[Any, Any], now: float) -> Picture:
        """The next picture, in which `rows` have changed."""
        self.sequence += 1
        moved = np.where(self.time[rows] > 0, now - self.time[rows], 0.0)
        self.lat[rows] += self.north[rows] * moved / 111_000
        self.lon[rows] += self.east[rows] * moved / 99_000
        self.time[rows], self.changed[rows] = now, self.sequence
        vessels = Vessels.of(
            self.n, id=np.arange(1, self.n + 1), time=self.time.copy(),
            lat_deg=self.lat.copy(), lon_deg=self.lon.copy(),
            east_mps=self.east, north_mps=self.north, cov_ee=400.0, cov_en=50.0, cov_nn=300.0, existence=0.99,
            heard_radar=self.time.copy(), heard_ais=now, mmsi=431_000_000 + np.arange(1, self.n + 1), status=0,
            source=Source.RADAR | Source.AIS, category=self.category, sensors=3, changed=self.changed.copy(),
        )  # fmt: skip
        return Picture(now, self.sequence, vessels, self.identities)


def face_2() -> Row:
    """The dearer of two rhythms: everything once a second, and a part after each of 25 radar sectors a second."""
    measured = [face_cost(parts) for parts in (1, SECTORS_PER_S)]
    worst = max(measured, key=lambda m: m.percent)
    what = "% of a core, 10,000 vessels all changed every second, 50 browsers with area and type filter: " + "; ".join(
        f"{m.parts} pictures/s {m.percent:.2f} % ({m.rows_per_s:.0f} vessels/s and {m.frames_per_s:.1f} vessel frames/s"
        f" a browser, complete {m.complete:.3f})"
        for m in measured
    )
    return Row("FACE-2", what, worst.percent, None, worst.percent, 3.0, "<=")


@dataclass(frozen=True)
class Cost:
    """What one rhythm cost the face process, and what its browsers got for it."""

    parts: int
    percent: float
    rows_per_s: float  # vessels a browser and second
    frames_per_s: float
    complete: float  # share of the vessels in a view that its browser got in the last two seconds; must be 1


def face_cost(parts: int) -> Cost:
    """Publish a crowd in `parts` pictures a second to a face with fifty browsers; its processor time over 20 s."""
    crowd = Crowd()
    with Publisher(node={"name": "benchmark", "area": "nansei"}) as publisher, Face(publisher.address, 0) as face:
        publisher.publish(crowd.picture(np.arange(crowd.n), time.time()))
        lookers = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.face", "--look", str(face.port), str(WARM_S + MEASURE_S + 3)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert lookers.stdout is not None
        lookers.stdout.readline()
        _publish_for(WARM_S, parts, crowd, publisher)
        before, began = processor_seconds(face.pid), time.monotonic()
        _publish_for(MEASURE_S, parts, crowd, publisher)
        used, wall = processor_seconds(face.pid) - before, time.monotonic() - began
        told = json.loads(lookers.communicate(timeout=60)[0])
    return Cost(parts, 100 * used / wall, told["rows_per_s"], told["frames_per_s"], told["complete"])


def _publish_for(duration: float, parts: int, crowd: Crowd, publisher: Publisher) -> None:
    began = time.monotonic()
    for k in range(round(duration * parts)):
        time.sleep(max(0.0, began + k / parts - time.monotonic()))
        publisher.publish(crowd.picture(np.arange(k % parts, crowd.n, parts), time.time()))
    time.sleep(max(0.0, began + duration - time.monotonic()))


def processor_seconds(pid: int | None) -> float:
    """User and system time a process has used, s (proc(5), fields 14 and 15 of stat)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def look(port: int, duration: float) -> None:
    """Fifty browsers in one process of their own; prints a line when all are connected, then what they got."""
    rng = np.random.default_rng(3)
    ready = asyncio.Barrier(BROWSERS + 1)
    got = [asyncio.create_task(_look_once(port, duration, _view(rng), ready)) for _ in range(BROWSERS)]
    await ready.wait()
    print("ready", flush=True)
    each = np.array(await asyncio.gather(*got))
    told = dict(zip(("rows_per_s", "frames_per_s"), each.mean(axis=0).tolist(), strict=False))
    print(json.dumps(told | {"complete": each[:, 2].min()}))


def _view(rng: np.random.Generator) -> dict[str, Any]:
    """An area of half the sides, and five of nine categories."""
    height, width = (AREA[2] - AREA[0]) / 2, (AREA[3] - AREA[1]) / 2
    south, west = rng.uniform(AREA[0], AREA[0] + height), rng.uniform(AREA[1], AREA[1] + width)
    categories = rng.choice(len(Category) - 2, 5, replace=False).tolist()
    return {"type": "view", "box": [south, west, south + height, west + width], "categories": categories}


async def _look_once(port: int, duration: float, view: dict[str, Any], ready: asyncio.Barrier) -> list[float]:
    from websockets.asyncio.client import connect

    shown: dict[int, float] = {}  # vessel -> time it was last told
    rows = told = 0
    async with connect(f"ws://127.0.0.1:{port}/api/v1/stream", max_size=None, compression=None) as socket:
        await socket.send(json.dumps(view))
        await ready.wait()
        began = time.monotonic()
        while time.monotonic() - began < duration - 3:
            frame = frames.decode(await socket.recv())  # type: ignore[arg-type]
            if frame.kind in (Kind.SNAPSHOT, Kind.DELTA):
                table, removed = frames.decode_rows(frame)
                now = time.monotonic()
                shown.update(dict.fromkeys(table.id.tolist(), now))
                for gone in removed.tolist():
                    shown.pop(gone, None)
                rows, told = rows + len(table), told + 1
        ended = time.monotonic()
    fresh = sum(ended - t < 2.0 for t in shown.values())
    return [rows / (ended - began), told / (ended - began), fresh / max(1, len(shown))]


# ---------------------------------------------------------------------------------------------------- FACE-3, FACE-4

TEN_LINES = "!AIVDM,1,1,,B,177KQJ5000G?tO`K>RA1wUbN0TKH,0*5C\n" * 10


def start_up() -> list[Row]:
    """Whole processes: help, and ten AIS lines decoded once kernels are cached."""
    environment = os.environ | {"PYTHONWARNINGS": "ignore"}
    lines = Path(os.environ.get("TMPDIR", "/tmp")) / f"ten-lines-{os.getpid()}.nmea"
    lines.write_text(TEN_LINES)
    try:
        commands = (
            ("FACE-3", "s, mihari --help", ["--help"], 0.5),
            ("FACE-4", "s, ten AIS lines decoded, warm cache", ["decode", "ais", str(lines)], 1.5),
        )
        return [
            Row(id, what, took, None, took, bar, "<=")
            for id, what, arguments, bar in commands
            for took in [_median_seconds([sys.executable, "-m", "mihari", *arguments], environment)]
        ]
    finally:
        lines.unlink()


def _median_seconds(command: list[str], environment: dict[str, str], runs: int = 7) -> float:
    def once() -> None:
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    try:
        once()
    except subprocess.CalledProcessError:
        return math.inf  # a command that fails meets no bar
    return statistics.median(seconds(once) for _ in range(runs))


if __name__ == "__main__":
    if "--look" in sys.argv:
        at = sys.argv.index("--look")
        asyncio.run(look(int(sys.argv[at + 1]), float(sys.argv[at + 2])))
    else:
        sys.exit(main())
