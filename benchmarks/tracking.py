"""TRK: the tracker beside Stone Soup's and beside one that is told the truth. Some rows stand in modules of their own.

    python -m benchmarks.tracking --full     # TRK-1 to TRK-3 anew: ten seeds of three sizes, two at a time; hours
    python -m benchmarks.tracking            # their kept rows, and the others measured

TRK-1 to TRK-3 are how far tracks are off on a made-up sea of 50, 200 and 1,000 vessels.
The peers' confirm threshold, the plots that a track needs, is swept for each size on seeds of its own (101 to 103);
the best peer with its best threshold is what counts. Our parameters are one set, tuned on no seed judged here.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import tracking_joyride, tracking_ours, tracking_peers, tracking_speed, tracking_switches
from benchmarks.harness import Row, report
from benchmarks.tracking_scene import WARM, Scene, scene
from mihari.core.columns import Array
from mihari.score.gospa import gospa_of_points

RESULTS = Path(__file__).with_name("results") / "tracking.json"
SEEDS, SWEPT_ON, POINTS = tuple(range(1, 11)), (101, 102, 103), (3, 4, 5, 6)
CUTOFF = 100.0


class Size(NamedTuple):
    """Of a scene, and the bar over the best peer."""

    id: str
    vessels: int
    false: int
    scans: int
    bar: float


SIZES = (
    Size("TRK-1", 50, 100, 30, 0.91),
    Size("TRK-2", 200, 300, 24, 0.88),
    Size("TRK-3", 1000, 1000, 12, 0.78),
)


def made(size: Size, seed: int) -> Scene:
    """The scene of a seed."""
    return scene(size.vessels, size.false, size.scans, seed)


def off(sea: Scene, found: Sequence[Array]) -> dict[str, float]:
    """Means over the scored turns: GOSPA in m, vessels missed, false tracks."""
    scored = list(zip(sea.scans, found, strict=True))[WARM:]
    each = [gospa_of_points(scan.places, places, CUTOFF) for scan, places in scored]
    return {
        "gospa": statistics.fmean(g.value for g in each),
        "missed": statistics.fmean(g.missed for g in each),
        "false": statistics.fmean(g.false for g in each),
    }


def peer(size: Size, seed: int, name: str, points: int) -> dict[str, Any]:
    """One run of one peer."""
    sea = made(size, seed)
    found, spent = tracking_peers.followed(name, sea, points)
    return {
        "size": size.id,
        "seed": seed,
        "name": name,
        "points": points,
        "s": statistics.median(spent),
        **off(sea, found),
    }


def ours(size: Size, seed: int) -> list[dict[str, Any]]:
    """Ours, and the one that is told."""
    sea, told = made(size, seed), []
    for name, follow in (("Mihari", tracking_ours.followed), ("told the truth", tracking_ours.told_the_truth)):
        began = time.perf_counter()
        found = follow(sea)
        spent = (time.perf_counter() - began) / len(sea.scans)
        told.append({"size": size.id, "seed": seed, "name": name, "points": 0, "s": spent, **off(sea, found)})
    return told


def swept(runs: Sequence[dict[str, Any]], size: Size) -> dict[str, int]:
    """The best number of plots of each peer, by the median over the seeds of the sweep."""
    best = {}
    for name in {run["name"] for run in runs}:
        medians = {
            points: statistics.median(
                r["gospa"] for r in runs if (r["size"], r["name"], r["points"]) == (size.id, name, points)
            )
            for points in {r["points"] for r in runs if r["name"] == name and r["size"] == size.id}
        }
        best[name] = min(medians, key=lambda points: medians[points])
    return best


def measure(sizes: Sequence[Size] = SIZES, workers: int = 2) -> list[dict[str, Any]]:
    """All runs: the sweep, then the seeds."""
    runs: list[dict[str, Any]] = []
    with ProcessPoolExecutor(workers) as pool:
        for size in sizes:
            asked = [(s, n, p) for s in SWEPT_ON for n in tracking_peers.NAMES for p in POINTS]
            sweep = [f.result() for f in [pool.submit(peer, size, *one) for one in asked]]
            best = swept(sweep, size)
            judged = [pool.submit(peer, size, seed, name, best[name]) for seed in SEEDS for name in best]
            mine = [pool.submit(ours, size, seed) for seed in SEEDS]
            runs += [f.result() for f in judged] + [run for f in mine for run in f.result()]
            for name in (*best, "Mihari", "told the truth"):
                print(size.id, name, best.get(name, ""), spread(runs, size, name), file=sys.stderr)
    return runs


def values(runs: Sequence[dict[str, Any]], size: Size, name: str) -> list[float]:
    """GOSPA by seed."""
    return [r["gospa"] for r in runs if r["size"] == size.id and r["name"] == name]


def spread(runs: Sequence[dict[str, Any]], size: Size, name: str) -> str:
    """Median, least and most."""
    found = values(runs, size, name)
    return f"{statistics.median(found):.1f} m ({min(found):.1f} to {max(found):.1f})"


def rows(runs: Sequence[dict[str, Any]]) -> list[Row]:
    """A row for each size that was run."""
    told = []
    for size in SIZES:
        names = sorted({r["name"] for r in runs if r["size"] == size.id} & set(tracking_peers.NAMES))
        if not names:
            continue
        medians = {name: statistics.median(values(runs, size, name)) for name in (*names, "Mihari", "told the truth")}
        best = min(names, key=lambda name: medians[name])
        bound = medians["told the truth"] / medians[best]
        what = f"GOSPA, {size.vessels} vessels, m: ours {spread(runs, size, 'Mihari')}, "
        what += ", ".join(f"{name} {spread(runs, size, name)}" for name in names) + f"; told the truth {bound:.2f}"
        told.append(
            Row(size.id, what, medians["Mihari"], medians[best], medians["Mihari"] / medians[best], size.bar, "<=")
        )
    return told


if __name__ == "__main__":
    if "--full" in sys.argv:
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps(measure(), indent=1) + "\n")
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else []
    if not kept:
        print("TRK-1 to TRK-3 are left out: no full run yet")
    sys.exit(report([*rows(kept), *tracking_switches.rows(), *tracking_speed.rows(), *tracking_joyride.rows()]))
