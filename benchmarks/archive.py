"""ARC-1 to ARC-6: what the archive costs, how much it fills, how quickly it answers and rebuilds.

ARC-1 and ARC-2: 10,000 vessels in cover of two radars (32 sectors in 2.5 s) telling AIS every 10 s, through a pipeline
in real time, with and without the archive: processor time of the whole process. ARC-3 and ARC-4: a day of 100 million
AIS reports written by the archive's own writer, hours closed by its own tidying; each question in a new process.
ARC-5: half an hour of the same 10,000 vessels with snapshots at the shipped spacing; 20 random seconds, the worst.
ARC-6: 200 s of 1,000 vessels, from the archive into tracks, the median of three passes. Speeds are
wall times of one process on one core.

ARC-3, ARC-4 and ARC-5 are long (`--full`: half an hour); the short run repeats them on a tenth and takes the values
of the last full run from `results/archive.json`.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.archive_scene import SENSORS, T0, Came, Sea
from benchmarks.harness import Row, report
from mihari.archive.reader import ArchiveReader
from mihari.archive.store import filed, hour_of, hours_in
from mihari.archive.tidy import tidied
from mihari.archive.writer import Archive, ArchiveSettings
from mihari.core.reports import Batch, Claims, ReportKind, Reports, Sector, Tick
from mihari.keeping import Keeper
from mihari.pipeline import Pipeline
from mihari.rebuild import rebuild

RESULTS = Path(__file__).with_name("results") / "archive.json"
LIVE_S = 40.0
SEEDS = (1, 2, 3)
DAY_REPORTS, DAY_VESSELS = 100_000_000, 12_000
MOMENTS = 20


def archive_in(folder: Path, patient: bool = False, **more: Any) -> Archive:
    """An archive with the shipped settings."""
    return Archive(ArchiveSettings(folder, free=0.0, **more), patient=patient)


class Flow:
    """A pipeline, with an archive or without: what a node does with each input."""

    def __init__(self, archive: Archive | None) -> None:
        self.pipeline = Pipeline(SENSORS)
        self.archive = archive
        self.keeper = None if archive is None else Keeper(archive, self.pipeline)
        if archive is not None:
            archive.open({"config": {}}, SENSORS)

    def take(self, came: Came) -> None:
        """One input with its bytes."""
        if self.archive is not None:
            for feed, received, data in came.raw:
                self.archive.heard(feed, received, None, data)
        if self.keeper is not None:
            self.keeper.before()
        self.pipeline.take(came.given)
        published = isinstance(came.given, Sector | Tick)
        if published:
            self.pipeline.advance()
        if self.keeper is not None:
            self.keeper.after(came.given, published)


def paced(flow: Flow, items: Sequence[Came]) -> tuple[float, float]:
    """(processor s, wall s) of taking the items in real time."""
    cpu, begun = time.process_time(), time.monotonic()
    for came in items:
        wait = begun + came.time - items[0].time - time.monotonic()
        if wait > 0.001:
            time.sleep(wait)
        flow.take(came)
    return time.process_time() - cpu, time.monotonic() - begun


def live(vessels: int = 10_000, seconds: float = LIVE_S) -> tuple[list[Row], dict[str, Any]]:
    """ARC-1 and ARC-2."""
    shares, bytes_per, apart, speeds = [], [], {}, []
    for seed in SEEDS:
        items = list(Sea(vessels, seed, raw=True).inputs(seconds))
        spent = {}
        for kept in (False, True):
            with tempfile.TemporaryDirectory(prefix="mihari-archive-") as folder:
                flow = Flow(archive_in(Path(folder)) if kept else None)
                for came in items[: len(items) // 4]:  # tracks come into being
                    flow.take(came)
                rest = items[len(items) // 4 :]
                cpu, wall = paced(flow, rest)
                spent[kept] = cpu
                if flow.archive is not None:
                    flow.archive.close()
                    tidied(Path(folder), "9999")  # as the hour will lie on the disk
                    sizes, rows = sizes_of(Path(folder))
                    reports = rows["plots"] + rows["reports"]
                    bytes_per.append((sizes["raw"] + sizes["plots"] + sizes["reports"]) / reports)
                    apart = {name: size / reports for name, size in sizes.items()}
                    assert flow.archive.health().shed == 0
        shares.append(100 * (spent[True] - spent[False]) / wall)
        speeds.append(100 * spent[False] / wall)
    share, size = statistics.median(shares), statistics.median(bytes_per)
    spread = (
        f"{min(shares):.1f} to {max(shares):.1f} over {len(SEEDS)} seeds; without it {statistics.median(speeds):.0f} %"
    )
    told = ", ".join(f"{name} {value:.1f}" for name, value in sorted(apart.items()))
    return [
        Row(
            "ARC-1",
            f"archive of {vessels} vessels live, % of a core beyond running without ({spread})",
            share,
            None,
            share,
            15.0,
            "<=",
        ),
        Row("ARC-2", f"bytes of raw and report tables per report (all tables: {told})", size, None, size, 40.0, "<="),
    ], {"ARC-1": shares, "ARC-2": bytes_per}


def sizes_of(folder: Path) -> tuple[dict[str, int], dict[str, int]]:
    """Bytes and rows of each table."""
    import pyarrow.parquet as pq

    sizes: dict[str, int] = {}
    rows: dict[str, int] = {}
    for each in filed(hours_in(folder)):
        name = each.part.table
        sizes[name] = sizes.get(name, 0) + each.path.stat().st_size
        if each.part.suffix == "parquet":
            rows[name] = rows.get(name, 0) + pq.read_metadata(each.path).num_rows
    return sizes, rows


# ARC-3, ARC-4


def day(folder: Path, reports: int) -> int:
    """Write a day of so many AIS reports; returns an MMSI that is in it."""
    rng = np.random.default_rng(7)
    archive = archive_in(folder, snapshot=1e9, patient=True)
    archive.open({"config": {}}, SENSORS)
    archive.snapshot({}, T0)
    lat, lon = rng.uniform(24, 28, DAY_VESSELS), rng.uniform(124, 129, DAY_VESSELS)
    rows = 50_000
    spacing = 86400.0 / (reports / rows)
    for k in range(reports // rows):
        begin = T0 + k * spacing
        vessel = rng.integers(0, DAY_VESSELS, rows)
        time_ = np.sort(begin + rng.uniform(0, spacing, rows))
        drift = (time_ - T0) * 2e-6
        batch = Reports.of(
            rows,
            feed=0,
            offset=np.arange(k * rows, (k + 1) * rows),
            time=np.floor(time_),
            received=np.round(time_, 3),
            sensor=2 + vessel % 2,
            kind=ReportKind.AIS_POSITION,
            claim=np.arange(rows),
            cov_ee=225.0,
            cov_en=0.0,
            cov_nn=225.0,
            lat_deg=np.rint((lat[vessel] + drift * (vessel % 7 - 3)) * 600_000) / 600_000,
            lon_deg=np.rint((lon[vessel] + drift * (vessel % 5 - 2)) * 600_000) / 600_000,
            speed=vessel % 200 * 0.051444,
            course=np.radians(rng.integers(0, 3600, rows) * 0.1),
            heading=np.radians(vessel % 360),
        )
        at = float(time_[-1])
        archive.took(Batch(batch, Claims.of(rows, mmsi=431_000_000 + 7 * vessel, device="A", status=0)), at, False)
        archive.took(Tick(at), at, False)
    archive.close(600.0)
    tidied(folder, hour_of(T0 + 2 * 86400))
    return 431_000_000 + 7 * 4321


QUESTIONS = {
    "ARC-3": "r = ask.positions(reader, {mmsi}, 0, 1e12); n = len(r['time'])",
    "ARC-4": "n = len(ask.near(reader, 26.0, 126.5, 2000.0, {hour}, {hour} + 3600))",
}


def asked(folder: Path, mmsi: int, runs: int = 5) -> dict[str, list[float]]:
    """Wall s of each question, the whole life of a new process that asks it, after one that warms the disk cache."""
    found: dict[str, list[float]] = {}
    for name, question in QUESTIONS.items():
        text = question.format(mmsi=mmsi, hour=T0 + 10 * 3600)
        program = (
            "from pathlib import Path\nfrom mihari.archive import ask, catalogue\n"
            f"reader = catalogue.Catalogue(Path({str(folder)!r}))\n{text}\nassert n > 0, n\n"
        )
        for _ in range(runs + 1):
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", program], check=True)
            found.setdefault(name, []).append(time.perf_counter() - start)
    return {name: times[1:] for name, times in found.items()}


def questions(reports: int) -> dict[str, list[float]]:
    """ARC-3 and ARC-4 on a day of so many reports."""
    folder = Path(tempfile.mkdtemp(prefix="mihari-day-"))
    try:
        return asked(folder, day(folder, reports))
    finally:
        shutil.rmtree(folder)


# ARC-5, ARC-6


def sailed(folder: Path, vessels: int, seconds: float, seed: int = 1) -> float:
    """Write an archive of so many vessels as fast as the pipeline goes; the last time in it."""
    archive = archive_in(folder, patient=True)
    flow = Flow(archive)
    for came in Sea(vessels, seed).inputs(seconds):
        flow.take(came)
    archive.close(300.0)
    return flow.pipeline.time


def moments(vessels: int, seconds: float) -> list[float]:
    """ARC-5: s to rebuild the picture at each of 20 random seconds."""
    folder = Path(tempfile.mkdtemp(prefix="mihari-moments-"))
    try:
        last = sailed(folder, vessels, seconds)
        reader, rng = ArchiveReader(folder), np.random.default_rng(11)
        rebuild(reader, last, None)  # what is compiled and loaded once
        times = []
        for moment in np.floor(rng.uniform(T0 + 10, last, MOMENTS)).tolist():
            start = time.perf_counter()
            picture = rebuild(reader, moment, None, end=moment).pipeline.picture()
            times.append(time.perf_counter() - start)
            assert len(picture.vessels) > 0.9 * vessels or moment < T0 + 30, (moment, len(picture.vessels))
        return times
    finally:
        shutil.rmtree(folder)


def into_tracks(seeds: Sequence[int] = SEEDS, vessels: int = 1000, seconds: float = 200.0) -> tuple[Row, list[float]]:
    """ARC-6."""
    from mihari.rebuild import tracked

    speeds = []
    for seed in seeds:
        folder = Path(tempfile.mkdtemp(prefix="mihari-tracks-"))
        try:
            sailed(folder, vessels, seconds, seed)
            passes = []
            for _ in range(4):  # the first loads kernels
                start = time.perf_counter()
                count = sum(1 for _ in tracked(ArchiveReader(folder), T0, T0 + seconds))
                passes.append(time.perf_counter() - start)
                assert count >= seconds / 10
            speeds.append(seconds / statistics.median(passes[1:]))
        finally:
            shutil.rmtree(folder)
    value = statistics.median(speeds)
    told = f"{min(speeds):.0f} to {max(speeds):.0f} over {len(speeds)} seeds"
    what = f"{vessels} vessels, AIS and two radars, archive into tracks, × real time ({told})"
    return Row("ARC-6", what, value, None, value, 200.0, ">="), speeds


def short(done: dict[str, Any], measure: Callable[[], dict[str, float]]) -> list[Row]:
    """Rows of ARC-3 to 5: the values of the last full run, with those of a short one of now beside them."""
    now = measure()
    bars = {"ARC-3": 1.0, "ARC-4": 0.5, "ARC-5": 5.0}
    rows = []
    for name, bar in bars.items():
        then = done[name]
        what = f"{then['what']}; full run at {done['commit']}; a short one of now: {now[name]:.2f} s"
        rows.append(Row(name, what, then["value"], None, then["value"], bar, "<="))
    return rows


def full() -> dict[str, Any]:
    """The long measurements, written to `results/archive.json`."""
    found = questions(DAY_REPORTS)
    times = moments(10_000, 1800.0)
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True).stdout
    told = {
        "commit": commit.strip(),
        "ARC-3": _told("where was this vessel, 100 million reports of a day, cold process, s", found["ARC-3"]),
        "ARC-4": _told("who was within 2 km in this hour, same, s", found["ARC-4"]),
        "ARC-5": _told("10,000 vessels, 30 min: a random second rebuilt, worst of 20, s", times, worst=True),
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(told, indent=1) + "\n")
    return told


def _told(what: str, times: list[float], worst: bool = False) -> dict[str, Any]:
    value = max(times) if worst else statistics.median(times)
    return {"what": what, "value": value, "spread": [min(times), max(times)], "runs": len(times)}


def main() -> int:
    """Print the table."""
    rows, _ = live()
    last, _ = into_tracks()
    if "--full" in sys.argv:
        full()

    def now() -> dict[str, float]:
        found = {name: statistics.median(times) for name, times in questions(DAY_REPORTS // 50).items()}
        return found | {"ARC-5": max(moments(2000, 150.0))}

    done = json.loads(RESULTS.read_text()) if RESULTS.exists() else full()
    return report([*rows, *short(done, now), last])


if __name__ == "__main__":
    sys.exit(main())
