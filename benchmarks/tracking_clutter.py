"""TRK-18: fewer short-lived tracks by a learned map of clutter; recorded, without truth.

The shore radar of the Trondheim canal (erlingh99/prosjektoppgave, CC0): of its 876 recordings the 74 that last more
than 180 s, six hours in all. Quays, bridges and moored boats give most of its 25 plots a turn. One tracker goes through
the first half of them and keeps what it has learned; on the second half its confirmed tracks are counted by how long
they lasted, from their first plot to their last. Those that a recording's end cut short before 60 s count as neither.
The same is done by a tracker whose clutter is learned in rings of range alone.

Nearly every plot is in the file twice, some decimetres apart: plots of one stamp within 2 m of each other are made one.
Stamps are whole seconds and some turns share none: a turn in 1.25 s. The errors are our choice: 2.5 m in range, the
stamp's half second at 3 m/s included, and 1.5° of azimuth; the radar stands at (-8, 0) of its frame.
"""

from __future__ import annotations

import math
import os
import sys
from pathlib import Path
from typing import NamedTuple

from benchmarks.harness import Row, report
from mihari.core import geodesy
from mihari.core.columns import Array
from mihari.core.reports import ReportKind, Reports, Sector, Tick
from mihari.core.sensor import Sensor, SensorKind
from mihari.core.tracks import TrackStatus
from mihari.lab.recordings import Recording, canal, merged
from mihari.tracks import Tracker, TrackerSettings

RANGE_MAX, RANGE_SD, BEARING_SD, PERIOD = 150.0, 2.5, math.radians(1.5), 1.25
LONG_S, SHORT_S, PAUSE_S, T0, TWICE = 180.0, 60.0, 600.0, 1_700_000_000.0, 2.0
BAR, KEPT = 0.3, 0.9


class Lasted(NamedTuple):
    """Confirmed tracks of the judged recordings: shorter than 60 s, and not."""

    short: int
    long: int


def folder() -> Path:
    """Where the recordings are."""
    return Path(os.environ.get("MIHARI_DATA") or Path(__file__).parents[2] / "shared" / "data")


def sensor() -> Sensor:
    """The radar."""
    plane = geodesy.TangentPlane.at(*canal.ORIGIN)
    lat, lon = geodesy.from_plane(plane, canal.RADAR_EAST, canal.RADAR_NORTH)
    return Sensor(
        0, "canal", SensorKind.RADAR, float(lat), float(lon), range_min=5.0, range_max=RANGE_MAX, range_sd=RANGE_SD,
        bearing_sd=BEARING_SD, period=PERIOD, detection=0.8, clutter=4e-4,
    )  # fmt: skip


def turn(time: float, plots: Array) -> Sector:
    """All plots of one stamp, (n, 2) m east and north."""
    places = merged(plots, TWICE)
    lat, lon = geodesy.from_plane(geodesy.TangentPlane.at(*canal.ORIGIN), places[:, 0], places[:, 1])
    reports = Reports.of(
        len(places), time=time, received=time, sensor=0, kind=ReportKind.PLOT, lat_deg=lat, lon_deg=lon
    )  # fmt: skip
    return Sector(0, time, time, 0.0, 0.0, reports)


def lasted(parts: list[Recording], judged: list[Recording], settings: TrackerSettings) -> Lasted:
    """Goes through `parts`, then counts over `judged`."""
    tracker = Tracker([sensor()], settings)
    begin, short, long = T0, 0, 0
    for number, part in enumerate([*parts, *judged]):
        lives: dict[int, tuple[float, float]] = {}
        now = begin
        for look, stamp in enumerate(part.looks.time):
            now = begin + float(stamp)
            tracker.step(turn(now, part.seen(look)))
            tracker.step(Tick(now))
            tracks = tracker.tracks(now)
            tracks = tracks.take(tracks.status == TrackStatus.CONFIRMED)
            lives |= dict(
                zip(
                    tracks.id.tolist(), zip(tracks.born.tolist(), tracks.heard_radar.tolist(), strict=True), strict=True
                )
            )
        begin = now + PAUSE_S
        tracker.step(Tick(begin - 1.0))
        if number >= len(parts):
            spans = [(last - born, last) for born, last in lives.values()]
            long += sum(span >= SHORT_S for span, _ in spans)
            short += sum(span < SHORT_S and last < now - 10.0 for span, last in spans)
    return Lasted(short, long)


def rows() -> list[Row]:
    """The row; none where the recordings are absent, which is told."""
    path = folder() / canal.NAME
    if not path.exists():
        print(f"TRK-18 is left out: no {path} (set MIHARI_DATA)")
        return []
    parts = canal.load(LONG_S, folder())
    half = len(parts) // 2
    rings, cells = (
        lasted(parts[:half], parts[half:], settings) for settings in (TrackerSettings(lasting=0.0), TrackerSettings())
    )
    share = cells.short / max(rings.short, 1)
    kept = cells.long / max(rings.long, 1)
    what = (
        f"canal, {len(parts) - half} recordings: confirmed tracks that lasted < {SHORT_S:.0f} s, {cells.short} with "
        f"the map to {rings.short} without; longer ones {cells.long} to {rings.long} (at least {KEPT} of them, "
        "else it fails)"
    )
    return [Row("TRK-18", what, cells.short, rings.short, share if kept >= KEPT else math.inf, BAR, "<=")]


if __name__ == "__main__":
    sys.exit(report(rows()))
