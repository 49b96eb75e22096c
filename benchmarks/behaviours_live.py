"""BEH-8: 50,000 vessels that report every ten seconds, everything on: what the pipeline's thread costs of a core."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.harness import Row
from mihari.core.reports import Batch, Claims, ReportKind, Reports, Tick
from mihari.lookout import Lookout
from mihari.pipeline import Pipeline

VESSELS, EVERY_S = 50_000, 10
HISTORY_S, MEASURED_S = 300, 60
START = 1_780_000_000.0
METRES = 111_195.0
BAR = 50.0  # % of a core


def batches(seconds: int, seed: int = 1) -> Iterator[Batch]:
    """A second each: a tenth of the vessels, in 40 crowds along a coast of 1,000 km; a third of them lies still."""
    rng = np.random.default_rng(seed)
    crowd = rng.integers(0, 40, VESSELS)
    lat = 26.0 + rng.uniform(0, 8, 40)[crowd] + rng.normal(0, 0.12, VESSELS)
    lon = 120.0 + rng.uniform(0, 8, 40)[crowd] + rng.normal(0, 0.12, VESSELS)
    speed = np.where(rng.random(VESSELS) < 0.33, 0.05, rng.uniform(0.5, 10.0, VESSELS))
    course = rng.uniform(0, 2 * np.pi, VESSELS)
    mmsi, types = 431_000_000 + np.arange(VESSELS), rng.choice([30, 52, 60, 70, 80], VESSELS)
    for second in range(seconds):
        here = np.arange(second % EVERY_S, VESSELS, EVERY_S)
        n, gone = len(here), second * speed[here]
        jitter = rng.normal(0, 3.0 / METRES, (2, n))
        told = Reports.of(
            n, feed=0, offset=second * n + np.arange(n), time=START + second + rng.uniform(0, 0.9, n),
            received=START + second + 1.0, sensor=0, kind=ReportKind.AIS_POSITION,
            lat_deg=lat[here] + gone * np.cos(course[here]) / METRES + jitter[0],
            lon_deg=lon[here] + gone * np.sin(course[here]) / METRES / np.cos(np.radians(lat[here])) + jitter[1],
            speed=np.round(speed[here], 1), course=course[here], heading=course[here], claim=np.arange(n),
            key=rng.integers(1, 2**62, n).astype(np.uint64),
        )  # fmt: skip
        status = np.where(speed[here] < 0.1, 1, 0)
        static = second >= EVERY_S * 2 and rng.random(n) < EVERY_S / 360  # names every six minutes
        claims = Claims.of(
            n, mmsi=mmsi[here], device="A", status=status,
            ship_type=np.where(static | (second < EVERY_S), types[here], -1),
            name=np.where(static | (second < EVERY_S), np.char.add("V", mmsi[here].astype(str)), ""),
        )  # fmt: skip
        yield Batch(told, claims)


def measured() -> dict[str, Any]:
    """CPU seconds of pipeline, look-out and picture over the last minute."""
    pipeline, lookout = Pipeline(), Lookout()
    spent = {"pipeline": 0.0, "look-out": 0.0, "picture": 0.0}
    told = 0
    slowest = 0.0
    for second, batch in enumerate(batches(HISTORY_S + MEASURED_S)):
        tick = Tick(START + second + 1.0)
        began = time.process_time()
        pipeline.take(batch)
        pipeline.take(tick)
        taken = time.process_time()
        lookout.take(batch, pipeline.compiler.vessels)
        found = lookout.take(tick, pipeline.compiler.vessels)
        looked = time.process_time()
        pipeline.picture()
        done = time.process_time()
        if second >= HISTORY_S:
            told += len(found.behaviours) if found else 0
            slowest = max(slowest, done - began)
            for name, cost in (("pipeline", taken - began), ("look-out", looked - taken), ("picture", done - looked)):
                spent[name] += cost
    return {"spent": spent, "share": 100 * sum(spent.values()) / MEASURED_S, "told": told, "slowest": slowest}


def rows() -> list[Row]:
    """The row."""
    found = measured()
    parts = ", ".join(f"{name} {100 * cost / MEASURED_S:.0f} %" for name, cost in found["spent"].items())
    what = f"50,000 vessels at 0.1 Hz, everything on: % of a core ({parts}; slowest second {found['slowest']:.2f} s)"
    return [Row("BEH-8", what, found["share"], None, found["share"], BAR, "<=")]
