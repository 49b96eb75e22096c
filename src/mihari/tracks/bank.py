"""The state of all tracks as arrays: one slot a track, slots of dropped tracks are used again."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mihari.core.columns import Array

HIGH, FREE, NEXT_ID = 0, 1, 2  # places in `Bank.tally`


class Bank(NamedTuple):
    """Arrays of length n (slots), filled in place by kernels. Time in s UTC, lengths in m, MMSI 0 = none.

    `frame` (n, 9) is each track's tangent plane (see `core.geodesy_kernels`), `x` (n, 4) its state there: east, north
    in m, east, north in m/s, with covariance `P` (n, 4, 4); all hold at `time`. `place` and `drift` (n, 3) are the
    same position and velocity in ECEF, for quick rejection. `hit` (n, sensors) is when each sensor last supported it.
    `tally`: slots ever used, slots on the `free` stack, next track id.
    """

    alive: Array
    id: Array
    frame: Array
    place: Array
    drift: Array
    x: Array
    P: Array
    time: Array
    existence: Array
    visibility: Array  # to radar, given existence
    status: Array
    plots: Array  # radar plots that supported it
    reports: Array  # AIS reports that supported it
    born: Array
    heard_radar: Array
    heard_ais: Array
    mmsi: Array
    claim: Array  # weight of the held MMSI: supporting reports, at most 10
    interval: Array  # s, expected between AIS reports (NaN never heard)
    rival: Array  # id of a radar track that moves in step with this AIS track
    streak: Array  # AIS reports in a row for which it did
    hit: Array
    free: Array
    tally: Array


_SHAPES: dict[str, tuple[str, tuple[int, ...]]] = {
    "alive": ("u1", ()),
    "id": ("i8", ()),
    "frame": ("f8", (9,)),
    "place": ("f8", (3,)),
    "drift": ("f8", (3,)),
    "x": ("f8", (4,)),
    "P": ("f8", (4, 4)),
    "time": ("f8", ()),
    "existence": ("f8", ()),
    "visibility": ("f8", ()),
    "status": ("u1", ()),
    "plots": ("i8", ()),
    "reports": ("i8", ()),
    "born": ("f8", ()),
    "heard_radar": ("f8", ()),
    "heard_ais": ("f8", ()),
    "mmsi": ("i8", ()),
    "claim": ("f8", ()),
    "interval": ("f8", ()),
    "rival": ("i8", ()),
    "streak": ("i8", ()),
    "free": ("i8", ()),
}


def new_bank(slots: int, sensors: int) -> Bank:
    """An empty bank with room for `slots` tracks of `sensors` sensors."""
    made = {name: np.zeros((slots, *shape), dtype) for name, (dtype, shape) in _SHAPES.items()}
    return Bank(hit=np.full((slots, max(sensors, 1)), -np.inf), tally=np.array([0, 0, 1], np.int64), **made)


def grown(bank: Bank, slots: int) -> Bank:
    """The same tracks in the same slots with room for at least `slots` tracks."""
    old = len(bank.alive)
    if slots <= old:
        return bank
    larger = new_bank(max(slots, 2 * old), bank.hit.shape[1])
    for name, array in larger._asdict().items():
        array[: len(getattr(bank, name))] = getattr(bank, name)
    return larger


def room_for(bank: Bank, births: int) -> Bank:
    """A bank in which `births` more tracks find a slot."""
    return grown(bank, int(bank.tally[HIGH] - bank.tally[FREE]) + births)
