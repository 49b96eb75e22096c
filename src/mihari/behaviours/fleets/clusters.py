"""Places and velocities -> clusters of vessels that are dense and move alike. DBSCAN, Ester et al., KDD 1996.

Two vessels are neighbours if they are within `radius` m (chord of WGS-84), `ship_radius` where one is a ship of
`ship_length` or more, and either both are not under way, or their velocities differ by no more than `motion_kn`, or by
`motion_share` of the faster one's speed. A vessel with `dense` vessels or more in its neighbourhood, itself included,
is a core; cores that are neighbours are in one cluster; a vessel that is no core is in the cluster of its nearest
neighbour that is one. Moving clusters (Kalnis et al. 2005) and convoys
(Jeung et al. 2008) are made of such clusters, time after time.

Vessels are sorted into bands of latitude as high as the radius, and by longitude within a band, so that each meets only
those near it: the cost follows the number of neighbours. The antimeridian and the poles are no seams of distance; east
and north turn with the meridians, so that common motion means little within a few miles of a pole.
"""

from __future__ import annotations

import numpy as np

from mihari.behaviours.fleets.joining import grown
from mihari.behaviours.fleets.near import table
from mihari.behaviours.fleets.parameters import Parameters
from mihari.behaviours.fleets.scene import Scene
from mihari.core.columns import Array
from mihari.core.units import DEGREE, KNOT

METRES_A_DEGREE = 110_500.0  # of latitude, at least: bands are rather too high than too low
NONE = -1


def clusters(scene: Scene, p: Parameters) -> Array:
    """(n,) the number of each vessel's cluster, NONE for none; numbered by their first vessels.

    >>> lat = np.array([0.0, 0.001, 0.002, 0.003, 0.5])
    >>> clusters(Scene.of(5, lat_deg=lat, lon_deg=0.0, east_mps=0.0, north_mps=0.0), Parameters()).tolist()
    [0, 0, 0, 0, -1]
    """
    if len(scene) == 0:
        return np.zeros(0, np.int64)
    widest, lon = max(p.radius, p.ship_radius), np.remainder(scene.lon_deg, 360.0)
    height_deg = widest / METRES_A_DEGREE
    band = np.floor((scene.lat_deg + 90.0) / height_deg)
    order = np.argsort(band * 720.0 + lon)
    start = np.append(np.flatnonzero(np.diff(band[order], prepend=-2.0)), len(order))
    reach = np.where(scene.hull_length >= p.ship_length, p.ship_radius, p.radius)
    v = table(order, lon, scene.lat_deg, scene.east_mps, scene.north_mps, reach)
    limits = (widest, p.under_way_kn * KNOT, p.motion_kn * KNOT, p.motion_share)
    hosts = grown(v, order, band[order][start[:-1]], start, height_deg * DEGREE, p.dense, limits)
    found = np.full(len(order), NONE, np.int64)
    found[order] = np.where(hosts >= 0, order[hosts], NONE)
    return _numbered(found)


def _numbered(found: Array) -> Array:
    """Numbers in the order of the first vessel of each cluster; `found` holds some row of the cluster, or NONE."""
    inside = np.flatnonzero(found != NONE)
    _, first, number = np.unique(found[inside], return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    result = np.full(len(found), NONE, np.int64)
    result[inside] = rank[number]
    return result
