"""SIM-1 to SIM-4: how fast a coast is made up, in how much memory, and how long a score takes.

SIM-1, SIM-2: the strait with 1,000 and 10,000 vessels under two radars (2.5 s, Pd 0.9, 300 false plots a scan), to wire
bytes in one process: seconds of data per second, kernels compiled, the median of three seeds. SIM-4: peak resident
memory of six hours of the strait with 1,000 vessels over that of one hour, a process each (`--full`; the short run
compares a twelfth of both).

SIM-3: GOSPA (order 2, cutoff 100 m) of 10,000 vessels, uniform on a square of 30 km, and 10,000 tracks 20 m off them;
one process, warm, the median of 15 over three seeds. Beside it, in the same run: Stone Soup's GOSPAMetric on 1,000 on
a square of the same density (its cost matrix is filled pair by pair), and scipy's linear_sum_assignment on the whole
matrix of 10,000 × 10,000 distances, cut off. All three must find the same value.
"""

from __future__ import annotations

import math
import statistics
import subprocess
import sys
import time
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from benchmarks.harness import Row, report, seconds
from mihari.core.columns import Array
from mihari.score.gospa import gospa, gospa_of_points
from mihari.simulate import Scenario, Simulation, load

CUTOFF, ORDER = 100.0, 2.0
SIDE, NOISE = 30_000.0, 20.0  # m
MANY, FEW = 10_000, 1_000
SEEDS = (1, 2, 3)
LAT_DEG, LON_DEG = 26.0, 127.0
METRES_A_DEGREE = 111_195.0  # on the mean sphere: only where the square lies depends on it


def square(number: int, seed: int) -> tuple[Array, Array]:
    """(n, 2) vessels and tracks, m east and north, as dense as 10,000 on 30 km."""
    rng = np.random.default_rng(seed)
    vessels = rng.uniform(0, SIDE * math.sqrt(number / MANY), (number, 2))
    return vessels, rng.permutation(vessels + rng.normal(0, NOISE, vessels.shape))


def places(points: Array) -> tuple[Array, Array]:
    """Latitude and longitude of points of the square."""
    east, north = points.T / METRES_A_DEGREE
    return LAT_DEG + north, LON_DEG + east / math.cos(math.radians(LAT_DEG))


def whole(vessels: Array, tracks: Array) -> float:
    """GOSPA by scipy's assignment on the whole matrix."""
    near: Array = np.full((len(vessels), len(tracks)), CUTOFF**ORDER)
    for k, vessel in enumerate(vessels):
        near[k] = np.minimum(((tracks - vessel) ** 2).sum(1), CUTOFF**ORDER)
    return float(near[linear_sum_assignment(near)].sum() ** (1 / ORDER))


def stone_soup(vessels: Array, tracks: Array) -> float:
    """GOSPA by Stone Soup."""
    from stonesoup.metricgenerator.ospametric import GOSPAMetric
    from stonesoup.types.state import State

    at = datetime(2026, 11, 20)
    told, true = ([State(point, timestamp=at) for point in points] for points in (tracks, vessels))
    metric: Any = GOSPAMetric(p=ORDER, c=CUTOFF)
    return float(metric.compute_gospa_metric(told, true)[0].value["distance"])


def gospa_rows() -> list[Row]:
    """SIM-3."""
    times, differs = [], 0.0
    for seed in SEEDS:
        vessels, tracks = square(MANY, seed)
        here, there = places(vessels), places(tracks)
        gospa(*here, *there)
        times += [seconds(lambda a=here, b=there: gospa(*a, *b)) for _ in range(5)]  # type: ignore[misc]
    kept: list[float] = []
    matrix = seconds(lambda: kept.append(whole(vessels, tracks)))
    differs = max(differs, abs(kept[0] - gospa_of_points(vessels, tracks, CUTOFF, ORDER).value))
    few, told = square(FEW, 1)
    ours = statistics.median(seconds(lambda: gospa_of_points(few, told, CUTOFF, ORDER)) for _ in range(5))
    peer = seconds(lambda: kept.append(stone_soup(few, told)))
    differs = max(differs, abs(kept[1] - gospa_of_points(few, told, CUTOFF, ORDER).value))
    assert differs < 1e-6, differs
    value = statistics.median(times)
    what = (
        f"GOSPA of {MANY} x {MANY}, s ({min(times):.3f} to {max(times):.3f}); peer: scipy on the whole matrix; "
        f"{FEW} x {FEW}: {1e3 * ours:.1f} ms, Stone Soup {peer:.1f} s"
    )
    return [Row("SIM-3", what, value, matrix, value, 0.2, "<=")]


def crowded(vessels: int, seed: int) -> Scenario:
    """The strait with so many vessels, its radars with 300 false plots a scan and Pd 0.9."""
    strait = load("strait")
    share = vessels / sum(group.count for group in strait.traffic)
    groups = [replace(group, count=max(1, round(group.count * share))) for group in strait.traffic]
    groups[0] = replace(groups[0], count=groups[0].count + vessels - sum(group.count for group in groups))
    radars = tuple(replace(radar, clutter=300.0, ceiling=0.9) for radar in strait.radars)
    return replace(strait, seed=seed, traffic=tuple(groups), radars=radars)


def speed_rows() -> list[Row]:
    """SIM-1 and SIM-2."""
    found = []
    for name, vessels, span, bar in (("SIM-1", 1_000, 120.0, 100.0), ("SIM-2", 10_000, 30.0, 10.0)):
        speeds, octets = [], 0
        for seed in SEEDS:
            simulation = Simulation(crowded(vessels, seed))
            sum(1 for _ in simulation.stream(5.0))
            for _ in range(2):
                start = time.perf_counter()
                octets = sum(len(datagram.data) for datagram in simulation.stream(span))
                speeds.append(span / (time.perf_counter() - start))
        what = (
            f"{vessels} vessels to wire bytes, x real time ({min(speeds):.0f} to {max(speeds):.0f}); "
            f"{octets / span / 1e3:.0f} kB a second of data"
        )
        found.append(Row(name, what, statistics.median(speeds), None, statistics.median(speeds), bar, ">="))
    return found


MEMORY = """
import sys
from benchmarks.simulate import crowded
from mihari.simulate import Simulation
simulation = Simulation(crowded(1_000, 1))
for _ in simulation.stream(float(sys.argv[1])):
    pass
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


def peak(seconds_of_data: float) -> float:
    """Peak resident memory in MB of a process that simulates so long."""
    done = subprocess.run(
        [sys.executable, "-c", MEMORY, str(seconds_of_data)], check=True, capture_output=True, text=True
    )
    return int(done.stdout) / 1024


def memory_rows(share: float) -> list[Row]:
    """SIM-4, on a share of the six hours and of the one."""
    peak(10.0)
    one, six = peak(3600.0 * share), peak(6 * 3600.0 * share)
    what = f"peak memory of {6 * share:g} h over {share:g} h, MB"
    return [Row("SIM-4", what, six, one, six / one, 1.2, "<=")]


def rows(full: bool = False) -> list[Row]:
    """All rows."""
    return [*speed_rows(), *gospa_rows(), *memory_rows(1.0 if full else 1 / 12)]


if __name__ == "__main__":
    sys.exit(report(rows("--full" in sys.argv)))
