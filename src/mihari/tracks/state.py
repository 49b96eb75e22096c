"""The whole state of a tracker <-> plain arrays and numbers, from which it goes on as if it had never stopped.

A state is a dict of NumPy arrays, numbers and one dict of counts, so it can be written as columns or as JSON; slots and
the stack of free ones are part of it, because they decide the order of work and with it the last bits.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from typing import Any

from mihari.core.columns import Array
from mihari.core.errors import BadInput
from mihari.tracks.bank import FREE, HIGH, TRACK, Bank, new_bank
from mihari.tracks.settings import TrackerSettings

VERSION = 1  # of this layout; another one is refused
TRACK_NAMES = tuple(TRACK.names or ())
State = Mapping[str, Any]


def settings_hash(settings: TrackerSettings) -> str:
    """Names and values of all settings; 16 hex digits.

    >>> settings_hash(TrackerSettings()) == settings_hash(TrackerSettings(confirm=0.999))
    False
    """
    return hashlib.sha256(repr(settings).encode()).hexdigest()[:16]


def bank_state(bank: Bank) -> dict[str, Array]:
    """The slots that were ever used, one array for each figure of a track: `track_x` (slots, 4), `track_P`, …"""
    high = int(bank.tally[HIGH])
    columns = {f"track_{name}": bank.tracks[name][:high].copy() for name in TRACK_NAMES}
    free = bank.free[: bank.tally[FREE]].copy()
    return columns | {"hit": bank.hit[:high].copy(), "free": free, "tally": bank.tally.copy()}


def bank_of(state: State) -> Bank:
    """The bank of `bank_state`, in memory of its own."""
    high, free = int(state["tally"][HIGH]), int(state["tally"][FREE])
    bank = new_bank(max(high, 256), state["hit"].shape[1])
    for name in TRACK_NAMES:
        bank.tracks[name][:high] = state[f"track_{name}"]
    bank.hit[:high] = state["hit"]
    bank.free[:free] = state["free"]
    bank.tally[:] = state["tally"]
    return bank


def checked(state: State, settings: TrackerSettings) -> State:
    """The state itself, or BadInput where this tracker cannot go on from it."""
    if state.get("version") != VERSION:
        raise BadInput(f"tracker state: expected version {VERSION}, found {state.get('version')}")
    if state["settings"] != settings_hash(settings):
        raise BadInput("tracker state: expected one made with this tracker's settings, found other settings")
    return state


def counted(state: State) -> Counter[str]:
    """How many reports were ignored, by reason."""
    return Counter({str(reason): int(n) for reason, n in state["ignored"].items()})
