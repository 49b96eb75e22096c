"""The sweep behind the clairvoyant's process noise: least error of each kind of vessel, on seeds of its own.

    python -m benchmarks.clairvoyant            simulates, filters, prints a table; a minute or two

Seeds 101 to 103 of `strait`, 900 s each; scores use other seeds. Of each kind and density of acceleration noise, m²/s³:
the root of the mean squared distance, cut off at 100 m, of vessels in cover, every 10 s after the first minute.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from mihari.commands.score_clairvoyant import told_reports
from mihari.core.columns import Array
from mihari.score.clairvoyant import NOISE, Reported, clairvoyant
from mihari.score.files import TruthFile
from mihari.score.labelled import kinds
from mihari.score.near import points
from mihari.simulate import Simulation, load
from mihari.simulate.recordings import write_recordings

SEEDS = (101, 102, 103)
SECONDS, EVERY, SETTLED = 900.0, 10.0, 60.0
SWEPT = (1e-6, 1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0)
CUTOFF = 100.0


def errors(reported: Reported, truth: Path, noise: float) -> dict[int, list[float]]:
    """Squared distances, cut off, of each vessel in cover at all times."""
    file = TruthFile(truth)
    asked: Array = np.arange(file.first + SETTLED, file.last, EVERY)
    tracks = clairvoyant(reported, {}, asked, otherwise=noise)
    found: dict[int, list[float]] = {}
    for time in asked.tolist():
        there = file.at(time)
        if there is None:
            continue
        real, told = there.take(there.cover != 0), tracks.take(tracks.moment == time)
        _, i, j = np.intersect1d(real.vessel, told.id, return_indices=True)
        step = points(real.lat_deg, real.lon_deg)[i] - points(told.lat_deg, told.lon_deg)[j]
        for vessel, squared in zip(real.vessel[i].tolist(), np.minimum((step**2).sum(1), CUTOFF**2), strict=True):
            found.setdefault(vessel, []).append(float(squared))
    return found


def sweep(seeds: Sequence[int] = SEEDS) -> dict[str, list[float]]:
    """RMS error of each kind for each of `SWEPT`."""
    squares: dict[str, list[list[float]]] = {kind: [[] for _ in SWEPT] for kind in NOISE}
    for seed in seeds:
        with tempfile.TemporaryDirectory(prefix="mihari-sweep-") as name:
            folder = Path(name)
            write_recordings(Simulation(replace(load("strait"), seed=seed, duration=SECONDS)), folder)
            truth = folder / "truth.parquet"
            reported, kind = told_reports(folder, truth), kinds(truth)
            for k, noise in enumerate(SWEPT):
                for vessel, found in errors(reported, truth, noise).items():
                    squares[kind[vessel]][k] += found
    return {kind: [float(np.sqrt(np.mean(s))) if s else np.nan for s in found] for kind, found in squares.items()}


def main() -> int:
    """Print the table; the least of each kind is marked."""
    print("m²/s³".ljust(10), *(f"{q:8g}" for q in SWEPT))
    for kind, found in sweep().items():
        if np.isnan(found).all():
            print(kind.ljust(10), "none in the sweep", f" used: {NOISE[kind]:g}")
            continue
        least = np.nanmin(found)
        print(kind.ljust(10), *(f"{v:7.2f}{'*' if v == least else ' '}" for v in found), f" used: {NOISE[kind]:g}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
