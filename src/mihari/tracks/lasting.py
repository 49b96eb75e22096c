"""What has become of tracks at each place -> how many plots a new one there needs until it is believed.

Quays, bridges and rocks send echoes that come and go, and each time they look like a vessel that has just arrived. So
every radar keeps a map of range and azimuth: where tracks began that lasted, and where those ended that looked like a
vessel's (existence above 0.95, three plots) and were gone within 60 s. Where many came to nothing, a track is
confirmed later; its existence and its plots are what they are, only people are told later. What lasts is confirmed
wherever it is: a vessel at anchor and a quay's steady echo alike, and a vessel that passes keeps its track.

In a cell and its neighbours (which count half) the share p has lasted, the others have ended after m plots on the
average. A track of n plots is then one of the others with odds (1 - p) (1 - 1/m)^n to p, since what ends by chance ends
at a constant rate. Cells fade over 4,000 looks at them. Until ten tracks have come of a cell, the radar's others count
in it, those of a place with many of them less, so that one bad place does not spoil the sea; until fifty have come of
the radar, 99 in 100 are taken to last; so is, in its total, each track that looks like a vessel's until it ends.
The map is part of the tracker's state.

It fails where echoes hold on as long as vessels stay: it cannot know a buoy from a vessel at anchor.
"""

from __future__ import annotations

import math
from typing import Any

from mihari.core.columns import Array
from mihari.core.geodesy_kernels import to_plane
from mihari.core.kernels import kernel, lean
from mihari.core.tracks import TrackStatus

RINGS, BEARINGS = 64, 128  # cells: 700 m by 2.8° at a range of 24 NM
FADE_TURNS = 4000.0  # 2.8 h of turns in 2.5 s
LASTED_S = 60.0  # a track that lasted as long was no clutter
USUAL, OF_RADAR, OF_CELL = 0.99, 50.0, 10.0  # share that lasts where nothing is known; tracks that this counts for
PROMISING, FEW = 0.95, 3  # existence and plots with which a track looks like a vessel's
SHORT = 5.0  # plots of a track that comes to nothing, where nothing is known
TENTATIVE = int(TrackStatus.TENTATIVE)

# In a radar's record, all of it fading: tracks that lasted where they began, those that came to nothing where they
# ended; how many in all, and the plots that the latter had.
FIELDS = [
    ("arrivals", "f8", (RINGS, BEARINGS)),
    ("failures", "f8", (RINGS, BEARINGS)),
    ("arrived", "f8"),
    ("failed", "f8"),
    ("failed_plots", "f8"),
]
LEARNED = ("arrivals", "failures", "arrived", "failed", "failed_plots")


@lean
def cell_of(radar: Any, x: float, y: float) -> tuple[int, int]:
    """The cell of a place x m east and y m north of the radar: ring and azimuth; what lies outside in the outermost."""
    a = int(RINGS * (math.sqrt(x * x + y * y) - radar.range_min) / max(radar.range_max - radar.range_min, 1.0))
    b = int(BEARINGS * (math.atan2(x, y) / (2 * math.pi) + 1.0))
    return min(max(a, 0), RINGS - 1), b % BEARINGS


@lean
def fade(radar: Any, middle: float, half: float) -> None:
    """The radar looked over a sector, `middle` and `half` its middle and half its width in rad: what is known fades."""
    width, keep = 2 * math.pi / BEARINGS, math.exp(-1.0 / FADE_TURNS)
    arrivals, failures = radar.arrivals, radar.failures
    first = math.ceil((middle - half) / width - 0.5) if half < math.pi else 0  # columns whose middle is in the sector
    last = math.ceil((middle + half) / width - 0.5) if half < math.pi else BEARINGS
    for j in range(first, last):
        b = j % BEARINGS
        for a in range(RINGS):
            arrivals[a, b] *= keep
            failures[a, b] *= keep
    keep = math.exp(-min(half / math.pi, 1.0) / FADE_TURNS)
    radar.arrived, radar.failed, radar.failed_plots = (
        radar.arrived * keep,
        radar.failed * keep,
        radar.failed_plots * keep,
    )


@lean
def known_of(radar: Any, a: int, b: int) -> tuple[float, float]:
    """Tracks that lasted and that failed in a cell; its neighbours count half."""
    lasted, failed = 0.0, 0.0
    for i in range(max(a - 1, 0), min(a + 2, RINGS)):
        for j in range(b - 1, b + 2):
            part = (1.0 if i == a else 0.5) * (1.0 if j == b else 0.5)
            lasted += part * radar.arrivals[i, j % BEARINGS]
            failed += part * radar.failures[i, j % BEARINGS]
    return lasted, failed


@lean
def put(radar: Any, x: float, y: float, lasts: bool, plots: float) -> None:
    """Counts a track at a place; for the whole radar the less, the more is known of that place already."""
    a, b = cell_of(radar, x, y)
    lasted, failed = known_of(radar, a, b)
    news = OF_CELL / (lasted + failed + OF_CELL)
    if lasts:
        radar.arrivals[a, b] += 1.0
        radar.arrived += news
    else:
        radar.failures[a, b] += 1.0
        radar.failed += news
        radar.failed_plots += news * plots


@lean
def withdrawn(radar: Any) -> None:
    """What became of a promising track is known: it is not taken to last any more."""
    radar.arrived = max(radar.arrived - 1.0, 0.0)


@lean
def place_of(radar: Any, t: Any, ago: float) -> tuple[float, float]:
    """Where track t was `ago` s before its time, by its velocity now: m east and north of the radar."""
    d = t.drift
    east, north = to_plane(radar.frame, t.place[0] - ago * d[0], t.place[1] - ago * d[1], t.place[2] - ago * d[2])
    return float(east), float(north)


@lean
def came_to_nothing(radars: Array, t: Any, hit: Array) -> None:
    """Track t is dropped: it is counted where it looked like a vessel's, did not last, and AIS never spoke for it.

    hit: (sensors,) s UTC when each sensor last supported it.
    """
    if t.reports > 0 or not t.promised or t.heard_radar - t.born >= LASTED_S:
        return
    latest, sensor = -math.inf, -1
    for m in range(min(len(hit), len(radars))):
        if radars[m].kind == 1 and radars[m].placed and not radars[m].moving and hit[m] > latest:
            latest, sensor = hit[m], m
    if sensor >= 0:
        radar = radars[sensor]
        x, y = place_of(radar, t, 0.0)
        withdrawn(radar)
        put(radar, x, y, False, float(t.plots))


@lean
def weigh(radar: Any, t: Any, time: float, s: Any) -> None:
    """The radar looked at track t: counts it once it has lasted; until it is confirmed, tells how much it must show."""
    if t.promised == 0 and t.existence > PROMISING and t.plots >= FEW:
        t.promised = 1
        radar.arrived += 1.0  # until it comes to nothing
    age = time - t.born
    if t.promised and LASTED_S <= age < LASTED_S + radar.period:
        x, y = place_of(radar, t, age)
        withdrawn(radar)
        put(radar, x, y, True, float(t.plots))
    if t.status == TENTATIVE and s.lasting > 0.0 and t.existence > s.confirm:
        x, y = place_of(radar, t, 0.0)
        t.needed = plots_needed(radar, x, y, s.lasting)


@kernel
def plots_needed(radar: Any, x: float, y: float, lasting: float) -> float:
    """Plots after which a track at a place lasts with probability `lasting`; 0 where nothing speaks against it.

    >>> import numpy as np
    >>> radar = np.zeros(1, [("range_min", "f8"), ("range_max", "f8"), *FIELDS])[0]
    >>> radar["range_max"] = 24000.0
    >>> plots_needed(radar, 3000.0, 4000.0, 0.9)
    0.0
    """
    a, b = cell_of(radar, x, y)
    lasted, failed = known_of(radar, a, b)
    usual = (radar.arrived + OF_RADAR * USUAL) / (radar.arrived + radar.failed + OF_RADAR)
    p = (lasted + OF_CELL * usual) / (lasted + failed + OF_CELL)
    mean = (radar.failed_plots + OF_CELL * SHORT) / (radar.failed + OF_CELL)
    odds = p / (1.0 - p) * (1.0 - lasting) / lasting
    return math.log(odds) / math.log(1.0 - 1.0 / mean) if odds < 1.0 else 0.0
