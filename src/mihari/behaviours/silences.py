"""Silences of vessels that tell a name, over or going on -> which of them say something.

A silence counts in cover where others are heard meanwhile (`reception`); it says nothing while those who would have
heard the vessel were out themselves.
"""

from __future__ import annotations

import math
from typing import Any, Protocol

import numpy as np

from mihari.behaviours.algebra import Timelines
from mihari.behaviours.memory import FLAGS, Memory, Recalled
from mihari.behaviours.memory.layout import SILENT, UNKNOWN
from mihari.behaviours.pairs.grid import METRES_OF_UNIT
from mihari.behaviours.places import Places
from mihari.behaviours.reception import WITNESS_S
from mihari.core.columns import Array

NAMES = (
    "silent",
    "silent_beyond_pace",
    "silent_in_cover",
    "lost_under_way",
    "lost_far_out",
    "lost_well_heard",
    "receiver_down",
    "receiver_down_at_first",
)
TIMES_PACE = 12  # a silence is one only beyond twelve of a vessel's own intervals (mission note: eykon's wording rule)
LONG_S = 21_600  # shorter silences are not asked whether they began far out and well heard
FAR_OUT_M = 92_600.0  # 50 NM (Welch et al. 2022)
BEFORE_S, HEARD_BEFORE = 43_200, 14  # 14 positions in 12 h (Welch et al. 2022)
NAMED = 10**9  # keys below are MMSI; a lost echo is no silence
# row of the vessel; when, UTC s; before it: pace, s; whether slow; where, 1e-7 degrees; cm/s, 0.01 degrees; who heard
SILENCE = np.dtype(
    [
        *(("row", "i8"), ("start", "i8"), ("end", "i8"), ("pace", "f8"), ("slow", "?"), ("lat", "i8"), ("lon", "i8")),
        *(("speed", "i8"), ("course", "i8"), ("station", "i8"), ("other", "i8")),
    ]
)


def silences(memory: Memory, slots: Array, recalled: Recalled, now: int) -> Array:
    """(n,) of SILENCE: all that are remembered of the vessels `slots`, and those that go on."""
    keys, founds = memory.keys[slots], recalled.founds
    of = np.repeat(np.arange(len(slots)), np.diff(recalled.first))
    over = np.flatnonzero((founds["flag"] == SILENT) & (keys[of] < NAMED))
    heads = memory.arrays.heads[1][slots]
    quiet = now - heads["t"].astype(np.int64) >= memory.pace.silent_s
    still = np.flatnonzero(quiet & (heads["rows"] > 0) & (keys < NAMED))
    heads = heads[still]
    voices = memory.arrays.voices[1][slots[still], heads["voice"]]
    lately = heads["t"].astype(np.int64) - heads["other_t"] <= memory.pace.step_s
    found = np.zeros(len(over) + len(still), SILENCE)
    past, going = found[: len(over)], found[len(over) :]
    gone = founds[over]
    past["row"], past["slow"], past["pace"] = of[over], gone["voice"] == 1, gone["rows"]
    for name, source in (("lat", "lat0"), ("lon", "lon0"), *((n, n) for n in SHARED)):
        past[name] = gone[source]
    going["row"], going["start"], going["end"] = still, heads["t"], now
    going["pace"], going["slow"] = heads["pace"], memory.slow_when_heard(slots[still])
    going["lat"], going["lon"], going["station"] = heads["lat"], heads["lon"], heads["station"]
    going["other"] = np.where(lately & (heads["other_t"] > 0), heads["other"], heads["station"])
    going["speed"], going["course"] = voices["speed"], voices["course"]
    return found


SHARED = ("start", "end", "speed", "course", "station", "other")  # columns that a finding calls as a silence does


class Ears(Protocol):
    """Who listened: as `Reception` learns it."""

    def down(self, station: int, now: int) -> Array:
        """(n, 2) intervals in which a station that listens all the time brought nothing, UTC s."""

    def proven(
        self, slot: int, start: int, place: tuple[int, int], now: int, onward: tuple[int, int] | None = None
    ) -> bool:
        """Whether others were heard near a vessel's last place while it was silent."""


class Silences:
    """What is known of some silences at `now`, UTC s; `recalled`, `slots`: of the vessels, by row."""

    def __init__(
        self, found: Array, recalled: Recalled, slots: Array, reception: Ears, places: Places, now: int
    ) -> None:
        self.found, self.recalled, self.slots, self.now = found, recalled, slots, now
        self._reception, self._places, self._cover = reception, places, places.cover
        self._down: dict[int, Array] = {}

    def timelines(self, name: str) -> Timelines:
        """One of `NAMES`, by row of vessel."""
        if name in ("receiver_down", "receiver_down_at_first"):
            return self._out(name != "receiver_down")
        f = self.found
        mask = np.ones(len(f), np.bool_) if name == "silent" else self._which(name)
        return Timelines.made(f["row"][mask], f["start"][mask], f["end"][mask])

    def _which(self, name: str) -> Array:
        """(n,) bool."""
        if name == "silent_beyond_pace":
            return self._beyond()
        if name == "silent_in_cover":
            return self._in_cover()
        if name == "lost_under_way":
            return np.asarray(~self.found["slow"])
        return self._far_out(self._long()) if name == "lost_far_out" else self._well_heard(self._long())

    def _beyond(self) -> Array:
        return np.asarray(self.found["end"] - self.found["start"] >= TIMES_PACE * self.found["pace"])

    def _long(self) -> Array:
        return np.asarray(self.found["end"] - self.found["start"] >= LONG_S)

    def _in_cover(self) -> Array:
        """(n,) which of some began and went on where others were heard."""
        f = self.found
        heard = np.zeros(len(f), np.bool_)
        for i in np.flatnonzero(self._beyond() & (f["end"] - f["start"] >= WITNESS_S)).tolist():
            heard[i] = self._heard_there(f[i])
        return heard

    def _far_out(self, of: Array) -> Array:
        """(n,) which of some silences began more than 50 NM from shore; where none is known, none did."""
        found = np.zeros(len(of), np.bool_)
        lat, lon = self.found["lat"][of] * 1e-7, self.found["lon"][of] * 1e-7
        shore = self._places.shore(lat, lon) if len(lat) else None
        found[of] = False if shore is None else shore > FAR_OUT_M
        return found

    def _well_heard(self, of: Array) -> Array:
        """(n,) before which of some the vessel had 14 samples or more in 12 h; counted evenly over each stretch."""
        founds = self.recalled.founds
        whose = np.repeat(np.arange(len(self.slots)), np.diff(self.recalled.first))
        legs = np.flatnonzero(founds["flag"] == FLAGS.index("present"))
        bounds, found = np.searchsorted(whose[legs], np.arange(len(self.slots) + 1)), np.zeros(len(of), np.bool_)
        begin, over, count = (founds[name][legs].astype(np.float64) for name in ("start", "end", "rows"))
        for i in np.flatnonzero(of).tolist():
            row, t = int(self.found["row"][i]), int(self.found["start"][i])
            a, b = slice(bounds[row], bounds[row + 1]), t - BEFORE_S
            share = (np.minimum(over[a], t) - np.maximum(begin[a], b)) / (over[a] - begin[a])
            found[i] = (count[a] * np.clip(share, 0.0, 1.0)).sum() >= HEARD_BEFORE
        return found

    def _heard_there(self, silence: Any) -> bool:
        place = (int(silence["lat"]), int(silence["lon"]))
        onward = self._onward(place, int(silence["speed"]), int(silence["course"]))
        slot, start = int(self.slots[silence["row"]]), int(silence["start"])
        return self._reception.proven(slot, start, place, self.now, onward)

    def _onward(self, place: tuple[int, int], speed: int, course: int) -> tuple[int, int] | None:
        """Where a vessel (cm/s, 0.01 degrees) would be after the time of a witness; None where it is sure to be heard.

        Also None where it does not tell how it moves.
        """
        if UNKNOWN in (speed, course):
            return None
        away, angle = speed * 0.01 * WITNESS_S / METRES_OF_UNIT, math.radians(course * 0.01)
        lat = place[0] + away * math.cos(angle)
        lon = place[1] + away * math.sin(angle) / max(math.cos(math.radians(lat * 1e-7)), 0.01)
        if self._cover.sure_stations(lat * 1e-7, lon * 1e-7):
            return None
        return round(lat), round(lon)

    def _out(self, at_first: bool) -> Timelines:
        """When silences say nothing because nobody listened; `at_first`: by the outages of their first half hour.

        Where stations are sure to hear the vessel at its last place, it is while all of them are out. Elsewhere nobody
        knows who would have heard it: once a station that heard it lately goes out, the rest of the silence says
        nothing, and if that is at first, all of it.
        """
        rows: list[tuple[int, int, int]] = []
        lost, other = self.found["station"], self.found["other"]
        out = [one for one in np.union1d(lost, other).tolist() if len(self._down_of(one))]
        for f in self.found[np.isin(lost, out) | np.isin(other, out)]:
            row, first, last = int(f["row"]), int(f["start"]), int(f["end"])
            asked = min(last, first + WITNESS_S) if at_first else last  # an outage that begins later is not asked for
            lately = [span for one in {int(f["station"]), int(f["other"])} for span in self._outages(one, first, asked)]
            if not lately:
                continue
            sure = self._cover.sure_stations(f["lat"] * 1e-7, f["lon"] * 1e-7)
            spans = (
                _common([self._outages(one, first, last) for one in sure])
                if sure
                else [(first if at_first else min(lately)[0], last)]
            )
            rows += [(row, begin, over) for begin, over in spans if begin < asked]
        found = np.array(rows, np.int64).reshape(-1, 3)
        return Timelines.made(found[:, 0], found[:, 1], found[:, 2], join=True)

    def _down_of(self, station: int) -> Array:
        if station not in self._down:
            self._down[station] = self._reception.down(station, self.now)
        return self._down[station]

    def _outages(self, station: int, first: int, last: int) -> list[tuple[int, int]]:
        """Those of one station within a silence."""
        spans = self._down_of(station)
        within = spans[(spans[:, 1] > first) & (spans[:, 0] < last)].tolist()
        return [(max(begin, first), min(over, last)) for begin, over in within]


def _common(spans: list[list[tuple[int, int]]]) -> list[tuple[int, int]]:
    """What all lists of intervals share.

    >>> _common([[(0, 10), (20, 30)], [(5, 25)]])
    [(5, 10), (20, 25)]
    """
    shared = spans[0]
    for other in spans[1:]:
        shared = [(max(a, c), min(b, d)) for a, b in shared for c, d in other if max(a, c) < min(b, d)]
    return shared
