"""The whole state of a tracker <-> plain arrays and numbers, from which it goes on as if it had never stopped.

A state is a dict of NumPy arrays, numbers and one dict of counts, so it can be written as columns or as JSON; slots and
the stack of free ones are part of it, because they decide the order of work and with it the last bits. The index is
not: it follows from the tracks and only proposes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from mihari.core.columns import Array
from mihari.core.errors import BadInput
from mihari.tracks.bank import FREE, HIGH, TRACK, Bank, new_bank
from mihari.tracks.clutter import LEARNED, RADAR, learned_by
from mihari.tracks.settings import TrackerSettings

VERSION = 6  # of this layout; another one is refused
TRACK_NAMES = tuple(TRACK.names or ())
State = Mapping[str, Any]


def settings_hash(settings: TrackerSettings) -> str:
    """Names and values of all settings; 16 hex digits.

    >>> settings_hash(TrackerSettings()) == settings_hash(TrackerSettings(confirm=0.999))
    False
    """
    return hashlib.sha256(repr(settings).encode()).hexdigest()[:16]


def state_of(bank: Bank, radars: Array, clock: Array, settings: TrackerSettings) -> dict[str, Any]:
    """The slots that were ever used, one array for each figure of a track: `track_x` (slots, 4), `track_P`, …

    `radar_*` are what radars have learned, a row for each sensor of `radar_sensor`.
    """
    high, learned = int(bank.tally[HIGH]), learned_by(radars)
    state: dict[str, Any] = {f"track_{name}": bank.tracks[name][:high].copy() for name in TRACK_NAMES}
    state |= {f"radar_{name}": radars[name][learned] for name in LEARNED}
    return state | {
        "version": VERSION,
        "settings": settings_hash(settings),
        "hit": bank.hit[:high].copy(),
        "free": bank.free[: bank.tally[FREE]].copy(),
        "tally": bank.tally.copy(),
        "clock": clock.copy(),
        "radar_sensor": np.array(learned, np.int64),
    }


def bank_of(state: State) -> Bank:
    """The bank of `state_of`, in memory of its own; it is not indexed yet."""
    high, free = int(state["tally"][HIGH]), int(state["tally"][FREE])
    bank = new_bank(max(high, 256), state["hit"].shape[1])
    for name in TRACK_NAMES:
        bank.tracks[name][:high] = state[f"track_{name}"]
    bank.hit[:high] = state["hit"]
    bank.free[:free] = state["free"]
    bank.tally[:] = state["tally"]
    return bank


def learned_of(state: State, radars: Array) -> Array:
    """`radars` with what those of `state` had learned."""
    indices = np.asarray(state["radar_sensor"], np.int64)
    known = np.zeros(max(len(radars), 1 + int(indices.max(initial=-1))), RADAR)
    known[: len(radars)] = radars
    for name in LEARNED:
        known[name][indices] = state[f"radar_{name}"]
    return known


def checked(state: State, settings: TrackerSettings) -> State:
    """The state itself, or BadInput where this tracker cannot go on from it."""
    if state.get("version") != VERSION:
        raise BadInput(f"tracker state: expected version {VERSION}, found {state.get('version')}")
    if state["settings"] != settings_hash(settings):
        raise BadInput("tracker state: expected one made with this tracker's settings, found other settings")
    return state
