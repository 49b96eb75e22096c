"""Whether a vessel shows itself to a kind of sensor: detection by range, and a hidden state beside that of radar.

A vessel that a lidar or a camera cannot see (a low hull, too far, against the light) must not be given up while radar
holds it: each kind has two states, seen and hidden, as radar has (Hem, Brekke and Tokle, VIMMJIPDA). Radar's own is
`visibility` in the track's record; the others are `shown`, as of `looked`.
"""

from __future__ import annotations

import math
from typing import Any

from mihari.core.columns import Array
from mihari.core.geodesy_kernels import to_plane
from mihari.core.kernels import lean
from mihari.core.sensor import SensorKind
from mihari.tracks.life import fade_radar

RADAR, LIDAR, CAMERA = int(SensorKind.RADAR), int(SensorKind.LIDAR), int(SensorKind.CAMERA)
OF_LIDAR, OF_CAMERA = 0, 1  # places in `shown` and `looked`
STEEP = 12.0  # a lidar that detects half of all vessels at 115 m detects 16 in 17 at 91 m and 1 in 17 at 145 m


@lean
def detection_at(detection: float, range_half: float, distance: float) -> float:
    """Probability of detection of a visible vessel at a distance in m; `range_half` 0: the same everywhere.

    >>> detection_at(0.8, 100.0, 100.0), detection_at(0.8, 0.0, 9e9)
    (0.4, 0.8)
    """
    return detection / (1.0 + (distance / range_half) ** STEEP) if range_half > 0.0 else detection


@lean
def distance_to(frame: Array, east: float, north: float, other: Any) -> float:
    """m between a place in the plane `frame` and the origin of another plane."""
    away_east, away_north = to_plane(
        other,
        frame[0] + east * frame[3] + north * frame[6],
        frame[1] + east * frame[4] + north * frame[7],
        frame[2] + east * frame[5] + north * frame[8],
    )
    return math.sqrt(away_east * away_east + away_north * away_north)


@lean
def visible_to(t: Any, kind: int, time: float, s: Any) -> float:
    """Probability that track t, if it exists, shows itself to a kind of sensor at a time."""
    if kind == RADAR:
        return float(fade_radar(t, time, s)[1])
    if kind not in (LIDAR, CAMERA):
        return 1.0
    k = OF_LIDAR if kind == LIDAR else OF_CAMERA
    leave, back = (1.0 / s.hiding, 1.0 / s.showing) if kind == LIDAR else (0.5 / s.camera_holds, 0.5 / s.camera_holds)
    rest = back / (leave + back)
    if not t.looked[k] > -math.inf:
        return float(rest)
    return float(rest + (t.shown[k] - rest) * math.exp(-(leave + back) * max(time - t.looked[k], 0.0)))


@lean
def show(t: Any, kind: int, visible: float, time: float, s: Any) -> None:
    """Notes track t's visibility to a kind of sensor at a time; that to radar is moved on to the same time."""
    if kind == RADAR:
        t.visibility = visible
    else:
        t.visibility = fade_radar(t, time, s)[1]
        if kind in (LIDAR, CAMERA):
            k = OF_LIDAR if kind == LIDAR else OF_CAMERA
            t.shown[k], t.looked[k] = visible, max(time, t.looked[k])
    t.asked = max(t.asked, time)
