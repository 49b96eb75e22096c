"""The state of all tracks: one record a track, in one array; slots of dropped tracks are used again.

Records instead of a column per figure, because every kernel works through one track at a time: its 60 figures lie side
by side in memory, and a kernel is handed one array instead of thirty (each costs an atomic count per inner call).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mihari.core.columns import Array
from mihari.tracks.settings import TrackerSettings

HIGH, FREE, NEXT_ID = 0, 1, 2  # places in `Bank.tally`: slots ever used, slots on the free stack, next track id

# Time in s UTC, lengths in m. `frame` is the track's own tangent plane (see `core.geodesy_kernels`), `x` its state
# there (east, north in m and m/s) with covariance `P`; they hold at `time`. `place` and `drift` are the same position
# and velocity in ECEF, for quick rejection.
TRACK = np.dtype(
    [
        ("place", "f8", (3,)),
        ("drift", "f8", (3,)),
        ("time", "f8"),
        ("alive", "i8"),
        ("x", "f8", (4,)),
        ("P", "f8", (4, 4)),
        ("frame", "f8", (9,)),
        ("existence", "f8"),
        ("visibility", "f8"),  # to radar, given existence
        ("id", "i8"),
        ("status", "i8"),
        ("plots", "i8"),  # radar plots that supported it
        ("reports", "i8"),  # AIS reports that supported it
        ("born", "f8"),
        ("heard_radar", "f8"),
        ("heard_ais", "f8"),
        ("mmsi", "i8"),  # 0 none
        ("claim", "f8"),  # weight of the held MMSI: supporting reports, at most 10
        ("interval", "f8"),  # s, expected between AIS reports (NaN never heard)
        ("rival", "i8"),  # id of the radar track that moves in step with this AIS track
        ("streak", "i8"),  # AIS reports in a row for which it did
    ]
)


class Bank(NamedTuple):
    """`tracks`: (slots,) of TRACK; `hit`: (slots, sensors) s, when each last supported it; `free`: a stack of slots."""

    tracks: Array
    hit: Array
    free: Array
    tally: Array


def new_bank(slots: int, sensors: int) -> Bank:
    """An empty bank with room for `slots` tracks of `sensors` sensors."""
    return Bank(
        tracks=np.zeros(slots, TRACK),
        hit=np.full((slots, max(sensors, 1)), -np.inf),
        free=np.zeros(slots, np.int64),
        tally=np.array([0, 0, 1], np.int64),
    )


def room_for(bank: Bank, births: int) -> Bank:
    """A bank in which `births` more tracks find a slot; the same tracks in the same slots."""
    old, needed = len(bank.tracks), int(bank.tally[HIGH] - bank.tally[FREE]) + births
    if needed <= old:
        return bank
    larger = new_bank(max(needed, 2 * old), bank.hit.shape[1])
    for mine, theirs in zip(larger, bank, strict=True):
        mine[: len(theirs)] = theirs
    return larger


def constants_of(settings: TrackerSettings) -> Array:
    """The settings as one record in an array, as kernels take them."""
    dtype = [(name, "i8" if isinstance(value, int) else "f8") for name, value in settings._asdict().items()]
    return np.array([tuple(settings)], dtype)


def with_sensors(bank: Bank, sensors: int) -> Bank:
    """The same tracks with room for at least `sensors` sensors."""
    more = sensors - bank.hit.shape[1]
    if more <= 0:
        return bank
    return bank._replace(hit=np.hstack([bank.hit, np.full((len(bank.hit), more), -np.inf)]))
