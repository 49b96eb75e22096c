"""TRK-19: what late reports cost. 1,000 vessels tell AIS every 10 s; each report arrives up to 5 s late, in any order.

Time over the time of the same reports in order, through the same stage, in pairs. Live, reports come in ten batches a
second (a node gathers AIS for 0.05 s) and all tracks are asked for at every tick. Told beside it: a recording that is
run at once; and live in one batch a second, where what in order is done ten times is done once. All must end with the
very same tracks.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence

import numpy as np

from benchmarks.harness import Row, pairs, report
from benchmarks.tracking_ours import LAT, LON, T0
from mihari.core import geodesy
from mihari.core.reports import Batch, Claims, Input, ReportKind, Reports, Tick
from mihari.core.sensor import Sensor, SensorKind
from mihari.core.steps import Stretch
from mihari.core.tracks import Tracks
from mihari.tracks import RewindingTracker

VESSELS, EVERY_S, LENGTH_S, LATE_S = 1000, 10.0, 90, 5.0
BATCHES = 10  # a second
WIDE_M = 40_000.0  # half the side of the sea
STATIONS = [Sensor(0, "ais", SensorKind.AIS, LAT, LON)]


def told(seed: int) -> Batch:
    """All reports of vessels that hold on, by time."""
    rng = np.random.default_rng(seed)
    east, north = rng.uniform(-WIDE_M, WIDE_M, (2, VESSELS))
    u, v = rng.normal(0, 5, (2, VESSELS))
    times = rng.uniform(0, EVERY_S, (VESSELS, 1)) + np.arange(0, LENGTH_S, EVERY_S)
    who, t = np.repeat(np.arange(VESSELS), times.shape[1]), times.ravel()
    noise = rng.normal(0, 10, (2, len(t)))
    plane = geodesy.TangentPlane.at(LAT, LON)
    lat, lon = geodesy.from_plane(plane, east[who] + u[who] * t + noise[0], north[who] + v[who] * t + noise[1])
    order = np.argsort(t)
    reports = Reports.of(
        len(t), time=T0 + t, received=T0 + t, sensor=0, kind=ReportKind.AIS_POSITION, lat_deg=lat, lon_deg=lon,
        speed=np.hypot(u, v)[who], course=np.arctan2(u, v)[who] % (2 * math.pi), claim=who,
    ).take(order)  # fmt: skip
    claims = Claims.of(VESSELS, mmsi=431_000_000 + np.arange(VESSELS), device="A", status=0)
    return Batch(reports, claims)


def arriving(batch: Batch, late: float, seed: int, batches: int = BATCHES) -> list[Input]:
    """In so many batches a second by arrival, a tick each second, until all is there."""
    reports, rng = batch.reports, np.random.default_rng(seed)
    arrival = reports.time - T0 + rng.uniform(0, late, len(reports))
    order = np.argsort(arrival, kind="stable")
    place = np.floor(arrival[order] * batches).astype(np.int64)
    found: list[Input] = []
    for k in range(int((LENGTH_S + EVERY_S + LATE_S) * batches)):
        rows = order[np.searchsorted(place, k) : np.searchsorted(place, k + 1)]
        if len(rows):
            some = reports.take(rows)
            found.append(Batch(some.replace(claim=np.arange(len(rows))), batch.claims.take(some.claim)))
        if (k + 1) % batches == 0:
            found.append(Tick(T0 + (k + 1) // batches))
    return found


def at_once(given: Stretch) -> Tracks:
    """A recording."""
    tracker = RewindingTracker(STATIONS)
    tracker.run(given)
    return tracker.tracks(T0 + LENGTH_S)


def live(given: Sequence[Input]) -> Tracks:
    """Input by input; all tracks are asked for at every tick."""
    tracker = RewindingTracker(STATIONS)
    tracks = Tracks.empty()
    for one in given:
        tracker.step(one)
        if isinstance(one, Tick):
            tracks = tracker.tracks(one.time)
    return tracker.tracks(T0 + LENGTH_S) if len(tracks) else tracks


def same(one: Tracks, other: Tracks) -> bool:
    """Whether two are the same in every bit."""
    columns = zip(one.columns().values(), other.columns().values(), strict=True)
    return len(one) > 0 and all(a.tobytes() == b.tobytes() for a, b in columns)


def rows() -> list[Row]:
    """The one row; its value is that of the live node, the dearer of the two."""
    batch = told(1)
    late, ordered = arriving(batch, LATE_S, 1), arriving(batch, 0.0, 1)
    slow, quick = Stretch.of(late), Stretch.of(ordered)
    found = [live(late), live(ordered), at_once(slow), at_once(quick)]
    if not all(same(found[0], other) for other in found[1:]):
        raise AssertionError("the tracks of late reports are not those of the same reports in order")
    recorded = ratio_of(pairs(lambda: at_once(slow), lambda: at_once(quick)))
    mine, theirs = pairs(lambda: live(late), lambda: live(ordered))
    seldom = [arriving(batch, by, 1, batches=1) for by in (LATE_S, 0.0)]
    once = ratio_of(pairs(lambda: live(seldom[0]), lambda: live(seldom[1])))
    what = f"AIS of {VESSELS} vessels up to {LATE_S:.0f} s late, s of {LENGTH_S} s live, over in order; "
    what += f"a recording at once {recorded:.2f}; live in one batch a second {once:.2f}"
    return [Row("TRK-19", what, mine, theirs, mine / theirs, 1.5, "<=")]


def ratio_of(times: tuple[float, float]) -> float:
    """Late over in order."""
    return times[0] / times[1]


if __name__ == "__main__":
    sys.exit(report(rows()))
