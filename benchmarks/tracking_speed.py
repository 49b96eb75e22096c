"""TRK-5, TRK-6: time per scan at 10,000 and 100,000 vessels, beside Stone Soup's nearest neighbour at 1,000.

Radars side by side, each with a scene of 1,000 vessels and 1,000 false plots of its own; one tracker follows all, in
one thread. A scan is a turn of all radars. The peer is the quickest of Stone Soup's at that size, in the same run.
"""

from __future__ import annotations

import statistics
import time

from benchmarks import tracking_peers
from benchmarks.harness import Row
from benchmarks.tracking_ours import LON, T0, sector_of, sensor_of
from benchmarks.tracking_scene import scene
from mihari.core.reports import Tick
from mihari.tracks import Tracker

VESSELS, SCANS, SETTLED = 1000, 10, 4  # scans before the first that is timed
APART_DEG = 1.0  # of longitude, between radars
SIZES = (("TRK-5", 10, 60.0), ("TRK-6", 100, 4.0))


def ours(radars: int) -> float:
    """Median s of a scan."""
    seas = [scene(VESSELS, VESSELS, SCANS, seed) for seed in range(radars)]
    lons = [(LON + APART_DEG * k + 180.0) % 360.0 - 180.0 for k in range(radars)]
    tracker = Tracker([sensor_of(sea, k, lons[k]) for k, sea in enumerate(seas)])
    spent = []
    for n in range(SCANS):
        sectors = [sector_of(sea.scans[n], k, lons[k]) for k, sea in enumerate(seas)]
        tick = Tick(T0 + seas[0].scans[n].time)
        began = time.perf_counter()
        for sector in sectors:
            tracker.step(sector)
        tracker.step(tick)
        spent.append(time.perf_counter() - began)
    return statistics.median(spent[SETTLED:])


def rows() -> list[Row]:
    """Both rows."""
    ours(1)
    told = []
    for name, radars, bar in SIZES:
        mine = ours(radars)
        peer = statistics.median(tracking_peers.followed("GNN", scene(VESSELS, VESSELS, 6, 1), 4)[1][SETTLED:])
        many = VESSELS * radars
        what = f"s a scan at {many:,} vessels and {many:,} false plots, one thread; Stone Soup GNN at {VESSELS:,}"
        told.append(Row(name, what, mine, peer, peer / mine, bar, ">="))
    return told
