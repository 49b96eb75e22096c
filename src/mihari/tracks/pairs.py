"""Tracks as believed -> those of which it can be said: the vessel that radar sees here is the one AIS names.

A track may have an MMSI from AIS and plots from radar and still say nothing of that kind: of two ships moored side by
side, closer than a plot's own error, nobody can tell whose plots are whose, however sure each association looks.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mihari.core import geodesy
from mihari.core.columns import Array
from mihari.core.sensor import Sensor, SensorKind
from mihari.core.tracks import Believed, TrackStatus

HEARD_S = 360.0  # AIS of a vessel at rest comes every 180 s: one may be lost
CLEAR_SD = 0.9  # of a plot, to the next track: below that more than one claim in a hundred is wrong (the Solent)


def paired(tracks: Believed, sensors: Sequence[Sensor]) -> Array:
    """(n,) whether AIS and radar are claimed to see one vessel in each track.

    It is confirmed, goes by an MMSI heard within 360 s, a radar supports it, and no other track is nearer to it than
    0.9 standard deviations of that radar's plots there.

    >>> from mihari.core.sensor import Sensor
    >>> radar = Sensor(0, "north", SensorKind.RADAR, 0.0, 0.0)
    >>> ships = Believed.of(3, lat_deg=0.1, lon_deg=[0.0, 0.0001, 0.1], status=1, mmsi=[7, 8, 9], sensors=1)
    >>> paired(ships.replace(heard_ais=np.zeros(3), moment=np.zeros(3)), [radar]).tolist()
    [False, False, True]
    """
    claimed = np.zeros(len(tracks), bool)
    known = np.flatnonzero(np.isin(tracks.status, (TrackStatus.CONFIRMED, TrackStatus.COASTED)))
    if len(known) == 0:
        return claimed
    place = geodesy.ecef(tracks.lat_deg[known], tracks.lon_deg[known]).reshape(-1, 3)
    alone = _to_the_next(place)
    for radar in sensors:
        if radar.kind != SensorKind.RADAR or not radar.placed or radar.index >= 64:
            continue
        away = np.linalg.norm(place - geodesy.ecef(radar.lat_deg, radar.lon_deg), axis=1)
        clear = alone > CLEAR_SD * np.hypot(radar.range_sd, away * radar.bearing_sd)
        seen = (tracks.sensors[known] >> np.uint64(radar.index)) & np.uint64(1) == 1
        claimed[known[clear & seen]] = True
    recent = tracks.moment - tracks.heard_ais <= HEARD_S
    return np.asarray(claimed & recent & (tracks.status == TrackStatus.CONFIRMED) & (tracks.mmsi > 0))


def _to_the_next(place: Array) -> Array:
    """Distance from each point (n, 3) to the nearest other, m; inf for the only one."""
    from scipy.spatial import cKDTree

    if len(place) < 2:
        return np.full(len(place), np.inf)
    distances, _ = cKDTree(place).query(place, k=2)
    return np.asarray(distances)[:, 1]
