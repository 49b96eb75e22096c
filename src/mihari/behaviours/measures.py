"""Samples of some vessels -> figures that change with time, as definitions compare them: `speed(v) < 5 kn`.

A figure is that of a sample or of the leg from it to the next of the same voice, and holds from the one to the other,
if they are near enough in time to tell what was between. Only what is remembered by samples has figures: the last six
hours, while findings (`slow`, `off_shore_3nm`, …) are kept for two days.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from mihari.behaviours.algebra import Steps
from mihari.behaviours.memory import Memory
from mihari.behaviours.memory.layout import NONE, SHORE_UNIT, UNKNOWN, UNKNOWN_SHORE, VOICES
from mihari.behaviours.memory.steps import metres
from mihari.behaviours.sightings import SightingKind
from mihari.core.columns import Array
from mihari.core.kernels import kernel
from mihari.core.units import KNOT, NAUTICAL_MILE

HELD = int(SightingKind.HELD)
# from one sample of a voice to the next; units as in SAMPLE, `away` in m
LEG = np.dtype(
    [
        *(("row", "i8"), ("start", "i8"), ("end", "i8"), ("away", "f8")),
        *(("lat", "i4"), ("lon", "i4"), ("speed", "u2"), ("course", "u2"), ("heading", "u2"), ("shore", "i2")),
    ],
    align=True,
)


class Measure(NamedTuple):
    """Legs -> a value each, NaN where it is not known; its unit, and what it is in words."""

    unit: str
    of: Callable[[Array], Array]
    about: str


def speed(legs: Array) -> Array:
    """kn, to 0.1: as told, else over the leg.

    >>> legs = np.zeros(2, LEG)
    >>> legs["speed"], legs["end"], legs["away"] = [257, UNKNOWN], 60, 185.2  # 5.0 kn told; 185.2 m in a minute
    >>> speed(legs).tolist()
    [5.0, 6.0]
    """
    return np.where(legs["speed"] == UNKNOWN, made_good(legs), np.round(legs["speed"] * (0.01 / KNOT), 1))


def made_good(legs: Array) -> Array:
    """kn, to 0.1: the length of the leg by its time."""
    return np.asarray(np.round(legs["away"] / (legs["end"] - legs["start"]) / KNOT, 1))


def offshore(legs: Array) -> Array:
    """NM to the shore, negative on land; not known without a coastline."""
    return np.where(legs["shore"] == UNKNOWN_SHORE, np.nan, legs["shore"] * (SHORE_UNIT / NAUTICAL_MILE))


def crab(legs: Array) -> Array:
    """Degrees between heading and course, 0 to 180.

    >>> legs = np.zeros(2, LEG)
    >>> legs["heading"], legs["course"] = [35000, 9000], [1000, UNKNOWN]
    >>> crab(legs).tolist()
    [20.0, nan]
    """
    known = (legs["heading"] != UNKNOWN) & (legs["course"] != UNKNOWN)
    apart = np.abs(legs["heading"].astype(np.int64) - legs["course"]) % 36_000
    return np.where(known, np.minimum(apart, 36_000 - apart) * 0.01, np.nan)


def hour(legs: Array) -> Array:
    """h since midnight by the sun, as the place has it: UTC and four minutes for each degree east.

    >>> legs = np.zeros(1, LEG)
    >>> legs["start"], legs["lon"] = 86_400 + 3600, 1_350_000_000  # 01:00 UTC at 135° E
    >>> hour(legs).tolist()
    [10.0]
    """
    return np.asarray((legs["start"] / 3600.0 + legs["lon"] * (1e-7 / 15.0)) % 24.0)


MEASURES: Mapping[str, Measure] = {
    "speed": Measure("kn", speed, "its speed over ground, to 0.1 kn: as told or tracked, else from place to place"),
    "made_good": Measure("kn", made_good, "its speed from place to place, to 0.1 kn, whatever it tells"),
    "offshore": Measure("NM", offshore, "its distance to the shore, to 20 m; negative on land"),
    "crab": Measure("deg", crab, "the angle between its heading and its course"),
    "hour": Measure("h", hour, "the time of day by the sun at its place, 0 to 24 h"),
}


class Measures:
    """The figures of some vessels (slots of the memory), by row of `slots`; legs are looked for once.

    >>> from mihari.behaviours.sightings import Sightings
    >>> memory = Memory()
    >>> way = Sightings.of(3, key=7, time=1e9 + 60.0 * np.arange(3), lat_deg=26.0, lon_deg=127.0, speed=[0.5, 3.0, 3.0])
    >>> _ = memory.take(way)
    >>> steps, unit = Measures(memory, np.array([0])).steps("speed")
    >>> steps.value.tolist(), unit
    ([1.0, 5.8], 'kn')
    """

    def __init__(self, memory: Memory, slots: Array) -> None:
        self._memory, self._slots = memory, slots
        self._legs: Array | None = None
        self._made: dict[str, tuple[Steps, str]] = {}

    def steps(self, name: str) -> tuple[Steps, str]:
        """A measure and its unit; KeyError where there is none of that name."""
        if name not in self._made:
            measure, legs = MEASURES[name], self._of_all()
            self._made[name] = Steps(legs["row"], legs["start"], legs["end"], measure.of(legs)), measure.unit
        return self._made[name]

    def _of_all(self) -> Array:
        if self._legs is None:
            arrays = self._memory.arrays
            out = np.zeros(int(arrays.vessels["samples"][self._slots].sum()), LEG)
            self._legs = out[: _legs(arrays, np.ascontiguousarray(self._slots, np.int64), out)]
        return self._legs


@kernel
def _legs(memory: Any, slots: Any, out: Any) -> int:
    """From each sample to the next of its voice; how many."""
    n = 0
    p = memory.pace[0]
    blocks, places = np.empty(VOICES, np.int64), np.empty(VOICES, np.int64)
    for row in range(len(slots)):
        blocks[:] = NONE
        block = memory.vessels[slots[row]].first
        while block != NONE:
            link = memory.samples.links[block]
            for i in range(link.begin, link.begin + link.count):
                s = memory.samples.rows[block, i]
                voice = s.kind >> 4
                if voice >= VOICES:
                    continue
                if blocks[voice] != NONE:
                    v = memory.samples.rows[blocks[voice], places[voice]]
                    lasts = np.int64(s.t) - np.int64(v.t)
                    if 0 < lasts <= (p.seen_s if v.kind & 15 == HELD else p.step_s):
                        leg = out[n]
                        leg.row, leg.start, leg.end = row, v.t, s.t
                        leg.away = metres(v.lat, v.lon, s.lat, s.lon)
                        leg.lat, leg.lon, leg.speed, leg.course = v.lat, v.lon, v.speed, v.course
                        leg.heading, leg.shore = v.heading, v.shore
                        n += 1
                blocks[voice], places[voice] = block, i
            block = link.next
    return n
