"""A radar's place and bearings -> how far it sees over water before land stands in the way."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.coast.land import LandMask
from mihari.core.geodesy import direct

STEP_M = 60.0  # half a cell: spits narrower than this may be missed
OWN_GROUND_M = 1500.0  # the hill or quay that carries the mast does not hide the sea from it


def land_shadow(
    mask: LandMask,
    lat_deg: float,
    lon_deg: float,
    bearings: ArrayLike,
    longest: float,
    own_ground: float = OWN_GROUND_M,
) -> NDArray[np.float64]:
    """Range in m at which each bearing (rad, (n,)) first meets land beyond `own_ground` m, inf if not before `longest`.

    Land is taken as flat and opaque: whatever lies behind the first shore is hidden. In truth an antenna 150 m up looks
    over a low island, and mountains hide more than their shore; terrain heights are not in the coastline. Land within
    `own_ground` of the antenna is ignored; a bearing that is over land there is hidden from there on. Found to 1 m.

    >>> from mihari.coast.area import load
    >>> mask = LandMask(load("nansei"))
    >>> seen = land_shadow(mask, 26.08, 127.0, [np.pi / 2, 1.5 * np.pi], 80e3)  # west of Okinawa: island, open sea
    >>> bool(40e3 < seen[0] < 80e3), float(seen[1])
    (True, inf)
    """
    bearing = np.atleast_1d(np.asarray(bearings, float))
    if longest < own_ground:
        return np.full(bearing.shape, np.inf)
    steps = np.arange(own_ground, longest + STEP_M, STEP_M)
    steps = np.minimum(steps, longest)
    met = mask.on_land(*direct(lat_deg, lon_deg, bearing[:, None], steps))
    first = met.argmax(axis=1)
    hit = met.any(axis=1)
    far = steps[first]
    near = np.where(first > 0, far - STEP_M, far)
    for _ in range(6):  # 60 m / 2**6
        middle = (near + far) / 2
        on_land = mask.on_land(*direct(lat_deg, lon_deg, bearing, middle))
        far, near = np.where(on_land, middle, far), np.where(on_land, near, middle)
    return np.where(hit, far, np.inf)
