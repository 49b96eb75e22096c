"""Load of the AIS channels, reach -> the chance that a message is not lost because another used its slot.

Stations that hear each other take different slots (SOTDMA). Two that do not, but are both heard by a third (a coast
station on a hill, an aircraft, a satellite), choose theirs independently: a message is lost if a hidden sender uses the
same slot of the same channel and is not 10 dB weaker. With n hidden slots in use a minute over 2 × 2,250 that chance is
Poisson: exp(-n / 4500).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

SLOTS = 2 * 2250  # a minute, both channels: M.1371-5 annex 2 §3.2.1
CAPTURE = 10 ** (10.0 / 40.0)  # a sender this much farther is 10 dB weaker, with power over the sea ~ 1/distance⁴
# Slots that overlap although they were not the same, since signals come from 600 to 2,700 km: fitted to two results
# for low orbits, 10,000 ships at 5.5 min with 36 min in view and 900 ships, both found with 99 % (Høye, FFI 2006/02495
# and the report on fields of view to the horizon)
SATELLITE_OVERLAP = 0.69
REUSE = 0.9  # of the slots: when more would be needed, a station reuses those of its farthest neighbours; assumed


def survival(hidden_slots: ArrayLike, overlap: float = 0.0) -> Floats:
    """Chance that a message of one slot meets no other, with that many slots a minute used by hidden senders.

    >>> survival([0.0, 450.0, 4500.0]).round(3).tolist()
    [1.0, 0.905, 0.368]
    """
    return np.exp(-(1 + overlap) * np.asarray(hidden_slots, dtype=np.float64) / SLOTS)


def shared_area(apart: ArrayLike, one: ArrayLike, other: ArrayLike) -> Floats:
    """Area in m² that two circles share; radii and distance of their centres in m.

    >>> shared_area([0.0, 3.0, 1.0], 1.0, [2.0, 1.0, 1.0]).round(4).tolist()  # within, apart, 2π/3 - sqrt(3)/2
    [3.1416, 0.0, 1.2284]
    """
    d, r, s = np.broadcast_arrays(*(np.asarray(x, dtype=np.float64) for x in (apart, one, other)))
    safe = np.maximum(d, 1e-9)
    a = np.arccos(np.clip((safe**2 + r**2 - s**2) / (2 * safe * np.maximum(r, 1e-9)), -1, 1))
    b = np.arccos(np.clip((safe**2 + s**2 - r**2) / (2 * safe * np.maximum(s, 1e-9)), -1, 1))
    lens = r**2 * (a - np.sin(2 * a) / 2) + s**2 * (b - np.sin(2 * b) / 2)
    return np.asarray(np.where(d >= r + s, 0.0, np.where(d <= np.abs(r - s), np.pi * np.minimum(r, s) ** 2, lens)))


def hidden_share(distance: ArrayLike, ship_reach: ArrayLike, station_reach: ArrayLike) -> Floats:
    """Share of the traffic within `station_reach` that can destroy a message sent at `distance` (all m).

    Traffic even over the sea. Those count that the sender does not hear (farther than `ship_reach` from it) and that
    are not CAPTURE times farther from the station than it is.

    >>> hidden_share([10e3, 40e3], 40e3, 60e3).round(2).tolist()
    [0.0, 0.67]
    """
    d, reach = np.asarray(distance, dtype=np.float64), np.asarray(station_reach, dtype=np.float64)
    loud = np.minimum(CAPTURE * d, reach)
    hidden = np.pi * loud**2 - shared_area(d, loud, ship_reach)
    return np.asarray(np.clip(hidden / (np.pi * reach**2), 0, 1))


def cell_radius(ship_reach: ArrayLike, slots_in_reach: ArrayLike) -> Floats:
    """Radius in m within which senders keep apart: their reach, less where its slots do not suffice (slot reuse).

    >>> cell_radius(40e3, [1000.0, 16200.0]).tolist()  # four times REUSE · 4500: half the radius
    [40000.0, 20000.0]
    """
    wanted = np.maximum(np.asarray(slots_in_reach, dtype=np.float64), 1e-9)
    return np.asarray(np.asarray(ship_reach) * np.minimum(1.0, np.sqrt(REUSE * SLOTS / wanted)))


def message_survival(
    distance: ArrayLike, slots: ArrayLike, ship_reach: ArrayLike, station_reach: ArrayLike, overlap: float = 0.0
) -> Floats:
    """Chance that one slot sent at `distance` from a receiver survives the `slots` a minute that it hears in all.

    distance, reaches: m; the same for a mast, an aircraft or a satellite, which only hear from farther.

    >>> message_survival(40e3, [0.0, 1000.0, 4000.0], 40e3, 60e3).round(3).tolist()
    [1.0, 0.862, 0.551]
    """
    inside = np.minimum(np.asarray(ship_reach) / np.asarray(station_reach), 1.0) ** 2
    radius = cell_radius(ship_reach, np.asarray(slots) * inside)
    return survival(np.asarray(slots) * hidden_share(distance, radius, station_reach), overlap)
