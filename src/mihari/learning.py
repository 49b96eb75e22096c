"""Recordings of AIS, tables of positions, archives -> what they teach of a coast, as fast as they can be read.

Recordings of radars and archives go through all stages, since what radars hold is asked for; AIS alone does not.
"""

from __future__ import annotations

import math
import time as clocks
from collections.abc import Callable
from pathlib import Path

import numpy as np

from mihari.behaviours.context import Context, Learned
from mihari.behaviours.names import Names
from mihari.behaviours.sightings import Sightings, told
from mihari.core.columns import Array
from mihari.core.health import Health
from mihari.core.reports import Batch
from mihari.core.sensor import Sensor
from mihari.detecting import Source, looked_through, sightings_of
from mihari.feeds.address import FeedAddress
from mihari.feeds.registry import SensorRegistry
from mihari.feeds.replay import recorded
from mihari.joining import joined
from mihari.picture.claims import category_of

TOGETHER = 500  # batches that are taken at once
TABLES = (".parquet", ".csv")
LOOK_S = 600.0  # of data, between two looks of what goes through all stages
Told = Callable[[float, int], None]  # share of the source that is done, reports so far


def learned_from(source: Source, tell: Told) -> tuple[Learned, tuple[Sensor, ...]] | None:
    """What a source teaches, and its sensors; None where there is nothing in it."""
    if all(Path(name).suffix.lower() in TABLES for name in source.files):
        return _tables(source, tell)
    if _ais_alone(source):
        return _ais(source, tell)
    for _, share in looked_through(source, LOOK_S):
        tell(share, source.reports)
    lookout = source.lookout
    return None if lookout is None or not source.reports else (lookout.context.now(), lookout.sensors)


def _ais_alone(source: Source) -> bool:
    names = [Path(name) for name in source.files]
    return not any(p.is_dir() for p in names) and all(FeedAddress.of_recording(str(p)).format == "ais" for p in names)


def _tables(source: Source, tell: Told) -> tuple[Learned, tuple[Sensor, ...]] | None:
    rows = Sightings.concatenate([sightings_of(Path(name)) for name in source.files])
    rows = rows.take(np.argsort(rows.time, kind="stable"))
    context = Context()
    edges = np.flatnonzero(np.diff(np.floor(rows.time / LOOK_S)) > 0) + 1
    for part in np.split(np.arange(len(rows)), edges) if len(rows) else ():
        now = float(rows.time[part[-1]])
        context.take(rows.take(part), now)
        context.step(now)
        source.reports += len(part)
        tell(source.reports / len(rows), source.reports)
    return (context.now(), ()) if source.reports else None


def _ais(source: Source, tell: Told) -> tuple[Learned, tuple[Sensor, ...]] | None:
    registry = SensorRegistry([s.sensor(i) for i, s in enumerate(source.config.sensor)] if source.config else ())
    addresses = [FeedAddress.of_recording(name) for name in source.files]
    healths = [Health(i, a.name, a.text) for i, a in enumerate(addresses)]
    size = sum(Path(name).stat().st_size for name in source.files if Path(name).exists()) or 1
    names = Names()
    context = Context(lambda keys: categories(keys, names))
    held: list[Batch] = []

    def learn() -> None:
        batch = joined(held)
        held.clear()
        names.take(batch)
        now = float(np.nanmax(batch.reports.time, initial=0.0))
        context.take(told(batch), now)
        context.step(now)
        source.reports += len(batch.reports)
        tell(min(sum(h.received_bytes for h in healths) / size, 1.0), source.reports)

    for given in recorded(addresses, registry, healths, clocks.time, lambda: math.inf):
        if isinstance(given, Batch):
            held.append(given)
            if len(held) == TOGETHER:
                learn()
    if held:
        learn()
    return (context.now(), registry.all()) if source.reports else None


def categories(keys: Array, names: Names) -> Array:
    """(n,) the category of each MMSI, by what it told of itself."""
    known = (names.of(mmsi) for mmsi in keys.tolist())
    return np.array([category_of(name.ship_type, name.subject) for name in known], np.int64)
