"""An archive as a node writes it: vessels of several kinds that go slowly for an hour, each somewhere else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from mihari.archive.writer import Archive, ArchiveSettings
from mihari.core.reports import Batch, Claims, Reports, Tick
from mihari.keeping import Keeper
from mihari.pipeline import Pipeline

SHIPS = {431000101: 70, 431000102: 60, 431000103: 60, 431000104: 30}  # MMSI -> type: cargo, passenger, fishing


def slow_vessels(folder: Path, begin: float, minutes: int = 60, about: dict[str, Any] | None = None) -> Path:
    """The folder, with the ships off Okinawa; each begins to be slow ten minutes after the one before."""
    archive, pipeline = Archive(ArchiveSettings(folder, free=0.0)), Pipeline([])
    archive.open(about or {})
    keeper = Keeper(archive, pipeline)
    archive.snapshot(pipeline.state(), begin)
    for time in begin + 60.0 * np.arange(minutes):
        for given in (_told(time, begin), Tick(float(time))):
            pipeline.take(given)
            keeper.after(given, True)
    archive.close()
    return folder


def _told(time: float, begin: float) -> Batch:
    n, who = len(SHIPS), np.arange(len(SHIPS))
    slow = time >= begin + 600.0 * (1 + who)
    reports = Reports.of(
        n, claim=who, time=time, received=time, kind=1, lat_deg=26.05 + 0.13 * who + 5e-5 * (time - begin) / 60.0,
        lon_deg=126.9 + 0.21 * who, speed=np.where(slow, 0.8, 6.0), course=0.0,
    )  # fmt: skip
    names = [f"SHIP {k}" for k in who]
    return Batch(reports, Claims.of(n, mmsi=list(SHIPS), name=names, ship_type=list(SHIPS.values())))
