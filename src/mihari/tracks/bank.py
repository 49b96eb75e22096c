"""The state of all tracks: one record a track, in one array; slots of dropped tracks are used again.

Records instead of a column per figure, because every kernel works through one track at a time: its 60 figures lie side
by side in memory, and a kernel is handed one array instead of thirty (each costs an atomic count per inner call). What
a look at a track needs stands first: most tracks began with a false plot, and are looked at once.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mihari.core.columns import Array
from mihari.tracks.modes import FIELDS, MODES
from mihari.tracks.settings import TrackerSettings

HIGH, FREE, NEXT_ID = 0, 1, 2  # places in `Bank.tally`: slots ever used, slots on the free stack, next track id
HEADS = 1 << 14  # lists of cells and of MMSI, each: one track a list with the most tracks there may be

# Time in s UTC, lengths in m. `frame` is the track's own tangent plane (see `core.geodesy_kernels`), `x` its state
# there (east, north in m and m/s) with covariance `P`, of all its modes together (see `tracks.modes`); they hold at
# `time`, `existence` and `visibility` at `asked`. `place` and `drift` are the same position and velocity in ECEF.
TRACK = np.dtype(
    [
        ("place", "f8", (3,)),
        ("drift", "f8", (3,)),
        ("time", "f8"),
        ("asked", "f8"),
        ("alive", "i8"),
        ("x", "f8", (4,)),
        ("P", "f8", (4, 4)),
        ("mu", "f8", (MODES,)),
        ("frame", "f8", (9,)),
        ("existence", "f8"),
        ("visibility", "f8"),  # to radar, given existence
        ("id", "i8"),
        ("status", "i8"),
        ("plots", "i8"),  # radar plots that supported it
        ("reports", "i8"),  # AIS reports that supported it
        ("needed", "f8"),  # plots that it must have for confirmation where it is, see `lasting.plots_needed`
        ("promised", "i8"),  # 1: it looked like a vessel's once
        ("born", "f8"),
        ("heard_radar", "f8"),
        ("heard_ais", "f8"),
        ("mmsi", "i8"),  # 0 none
        ("claim", "f8"),  # weight of the held MMSI: supporting reports, at most 10
        ("interval", "f8"),  # s, expected between AIS reports (NaN never heard)
        ("rival", "i8"),  # id of the radar track that moves in step with this AIS track
        ("streak", "i8"),  # AIS reports in a row for which it did
        ("heard_other", "f8"),  # by what is neither radar nor AIS: lidar, camera, ranger, person; NaN never
        ("shown", "f8", (2,)),  # visibility to lidar and to cameras, as of `looked`: see `tracks.visibility`
        ("looked", "f8", (2,)),  # -inf never
        ("met", "i8"),  # id of the track that shares plots with it, 0 none; its slot; see `tracks.encounters`
        ("met_slot", "i8"),
        ("met_last", "f8"),  # when they last did
        ("doubted", "f8"),  # when it was last in doubt whose plots were whose; -inf never
        *(field for field in FIELDS if field[0] != "mu"),  # nothing, until its modes are begun
        ("met_at", "f8"),  # when it was as remembered: its state, covariance and plane then; nothing, while `met` is 0
        ("met_x", "f8", (4,)),
        ("met_P", "f8", (4, 4)),
        ("met_frame", "f8", (9,)),
    ]
)

# Where a slot is filed, for a quick pass over all of them: ECEF in m; `slack` m the track may be off from there
# (negative: free slot, inf: anywhere), `room` m from there within which a report may concern it.
FILED = np.dtype([("x", "f8"), ("y", "f8"), ("z", "f8"), ("slack", "f8"), ("room", "f8")])

# The lists a slot is in: that of its cell (`key` packs its three numbers) and that of its MMSI; -1 is none.
LINKS = np.dtype(
    [
        ("key", "i8"),
        ("head", "i8"),
        ("next", "i8"),
        ("last", "i8"),
        ("until", "f8"),  # s UTC: the filing holds for questions up to then
        ("name", "i8"),  # the MMSI under which it is listed, 0 none
        ("name_next", "i8"),
        ("name_last", "i8"),
    ]
)


class Bank(NamedTuple):
    """`tracks`: (slots,) of TRACK; `hit`: (slots, sensors) s, when each last supported it; `free`: a stack of slots.

    `filed`, `links`, `cells`, `names` are the index (see `tracks.index`): it follows from the tracks.
    """

    tracks: Array
    hit: Array
    free: Array
    tally: Array
    filed: Array
    links: Array
    cells: Array
    names: Array


def new_bank(slots: int, sensors: int) -> Bank:
    """An empty bank with room for `slots` tracks of `sensors` sensors."""
    bank = Bank(
        tracks=np.zeros(slots, TRACK),
        hit=np.full((slots, max(sensors, 1)), -np.inf),
        free=np.zeros(slots, np.int64),
        tally=np.array([0, 0, 1], np.int64),
        filed=np.zeros(slots, FILED),
        links=np.zeros(slots, LINKS),
        cells=np.full(HEADS, -1),
        names=np.full(HEADS, -1),
    )
    bank.filed["slack"] = -1.0
    bank.links["head"] = -1
    return bank


def room_for(bank: Bank, births: int) -> Bank:
    """A bank in which `births` more tracks find a slot; the same tracks in the same slots."""
    old, needed = len(bank.tracks), int(bank.tally[HIGH] - bank.tally[FREE]) + births
    if needed <= old:
        return bank
    larger = new_bank(max(needed, 2 * old), bank.hit.shape[1])
    for mine, theirs in zip(larger, bank, strict=True):
        mine[: len(theirs)] = theirs
    return larger


def constants_of(settings: TrackerSettings, longest_turn: float) -> Array:
    """The settings as one record in an array, as kernels take them, with the figures of the index.

    A filing holds `horizon` s. Questions come up to `late` before the clock, plots a turn and `late` from their
    sector's time: over the whole `span` a track slower than `roving` m/s goes at most `ROAM` m.
    """
    span = HORIZON_S + 2 * settings.late + longest_turn
    figures = settings._asdict() | {"horizon": HORIZON_S, "span": span, "roving": ROAM / span}
    dtype = [(name, "i8" if isinstance(value, int) else "f8") for name, value in figures.items()]
    return np.array([tuple(figures.values())], dtype)


HORIZON_S = 15.0  # longer than any radar's turn and the AIS interval under way: few tracks are filed by time alone
ROAM = 1000.0  # m; with the span of fast radars that is 36 m/s: only aircraft are looked at by every report


def with_sensors(bank: Bank, sensors: int) -> Bank:
    """The same tracks with room for at least `sensors` sensors."""
    more = sensors - bank.hit.shape[1]
    if more <= 0:
        return bank
    return bank._replace(hit=np.hstack([bank.hit, np.full((len(bank.hit), more), -np.inf)]))
