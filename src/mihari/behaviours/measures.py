"""Samples of some vessels -> figures that change with time, as definitions compare them: `speed(v) < 5 kn`.

A figure is that of a sample or of the leg from it to the next of the same voice, and holds from the one to the other,
if they are near enough in time to tell what was between. Some look back over the way until then: half an hour, an hour.
Only what is remembered by samples has figures: the last six hours, while findings (`slow`, `off_shore_3nm`, …) are kept
for two days.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from mihari.behaviours.algebra import Steps
from mihari.behaviours.memory import Memory
from mihari.behaviours.memory.layout import NONE, SHORE_UNIT, UNKNOWN, UNKNOWN_SHORE, VOICES
from mihari.behaviours.memory.steps import metres
from mihari.behaviours.pair_measures import PAIR_MEASURES, Beside
from mihari.behaviours.sightings import SightingKind
from mihari.core.columns import Array
from mihari.core.kernels import kernel
from mihari.core.units import KNOT, NAUTICAL_MILE

HELD = int(SightingKind.HELD)
# from one sample of a voice to the next; units as in SAMPLE, `away` in m
LEG = np.dtype(
    [
        *(("row", "i8"), ("start", "i8"), ("end", "i8"), ("away", "f8")),
        *(("sailed", "f8"), ("gone", "f8"), ("turned", "f8")),  # NaN until `_looked_back`; see there
        *(("lat", "i4"), ("lon", "i4"), ("lat2", "i4"), ("lon2", "i4")),  # where it begins and ends, 1e-7 degrees
        *(("speed", "u2"), ("course", "u2"), ("heading", "u2"), ("shore", "i2")),
        ("voice", "u2"),
    ],
    align=True,
)
DISTANCE = "distance"  # to the nearest zone of a kind, which is its word: `distance(v, port)`
Away = Callable[[str, Array, Array], Array | None]
BACK_S, TURNS_S = 3600, 1800  # how far is looked back for the way sailed, and for turns
STILL_M = 500.0  # less in an hour, 0.27 kn, is the error of fixes and no way: its straightness says nothing
SLOW_CMPS = 51  # cm/s, 1 kn: below it courses are those of the errors
STEADY = 400  # 0.01 degrees: courses of fixes 30 s apart are good to 1 or 2; a turn is counted from 4 on


class Measure(NamedTuple):
    """Legs -> a value each, NaN where it is not known; its unit, what it is in words, whether it looks back."""

    unit: str
    of: Callable[[Array], Array]
    about: str
    back: bool = False


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


def mean_speed(legs: Array) -> Array:
    """kn, to 0.1: the way sailed in the last hour.

    >>> legs = np.zeros(1, LEG)
    >>> legs["sailed"] = 9260.0
    >>> mean_speed(legs).tolist()
    [5.0]
    """
    return np.asarray(np.round(legs["sailed"] / BACK_S / KNOT, 1))


def straightness(legs: Array) -> Array:
    """From where it was an hour ago, by the way sailed since: 0 to 1.

    >>> legs = np.zeros(2, LEG)
    >>> legs["sailed"], legs["gone"] = [9000.0, 400.0], [3000.0, 100.0]
    >>> straightness(legs).tolist()
    [0.333, nan]
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(legs["sailed"] >= STILL_M, np.round(legs["gone"] / legs["sailed"], 3), np.nan)


def turned(legs: Array) -> Array:
    """Degrees that its course changed in the last half hour, to either side, taken together."""
    return np.asarray(np.round(legs["turned"]))


MEASURES: Mapping[str, Measure] = {
    "speed": Measure("kn", speed, "its speed over ground, to 0.1 kn: as told or tracked, else from place to place"),
    "made_good": Measure("kn", made_good, "its speed from place to place, to 0.1 kn, whatever it tells"),
    "offshore": Measure("NM", offshore, "its distance to the shore, to 20 m; negative on land"),
    "crab": Measure("deg", crab, "the angle between its heading and its course"),
    "hour": Measure("h", hour, "the time of day by the sun at its place, 0 to 24 h"),
    "mean_speed": Measure("kn", mean_speed, "the way sailed in the last hour, to 0.1 kn", True),
    "straightness": Measure("", straightness, "how far it came in the last hour by the way sailed, 0 to 1", True),
    "turned": Measure("deg", turned, "how much its course changed in the last half hour, to either side", True),
}


class Measures:
    """The figures of some vessels (slots of the memory), by row of `slots`; legs are looked for once.

    `pairs`: rows of those of whom figures of pairs are asked; `away`: (kind of zone, lat_deg, lon_deg) -> m, or None.

    >>> from mihari.behaviours.sightings import Sightings
    >>> memory = Memory()
    >>> way = Sightings.of(3, key=7, time=1e9 + 60.0 * np.arange(3), lat_deg=26.0, lon_deg=127.0, speed=[0.5, 3.0, 3.0])
    >>> _ = memory.take(way)
    >>> steps, unit = Measures(memory, np.array([0])).steps("speed")
    >>> steps.value.tolist(), unit
    ([1.0, 5.8], 'kn')
    """

    def __init__(
        self, memory: Memory, slots: Array, pairs: Array | None = None, away: Away = lambda kind, lat, lon: None
    ) -> None:
        self._memory, self._slots, self._away = memory, slots, away
        self._pairs = np.zeros((0, 2), np.int64) if pairs is None else pairs
        self._legs: Array | None = None
        self._beside: Beside | None = None
        self._back = False
        self._made: dict[str, tuple[Steps, str]] = {}

    def steps(self, name: str, words: tuple[str, ...] = ()) -> tuple[Steps, str]:
        """A measure and its unit, by row of vessel or of pair; KeyError where there is none of that name."""
        if name in PAIR_MEASURES:
            self._beside = self._beside or Beside(self._of_all(), self._pairs)
            return self._beside.steps(name)
        if name == DISTANCE:
            return self._distance(words[0])
        if name not in self._made:
            measure, legs = MEASURES[name], self._of_all()
            if measure.back and not self._back:
                _looked_back(legs, BACK_S, TURNS_S, STEADY)
                self._back = True
            self._made[name] = Steps(legs["row"], legs["start"], legs["end"], measure.of(legs)), measure.unit
        return self._made[name]

    def _distance(self, kind: str) -> tuple[Steps, str]:
        """How far vessels are from the nearest zone of a kind."""
        key = f"{DISTANCE} {kind}"
        if key not in self._made:
            legs = self._of_all()
            away = self._away(kind, legs["lat"] * 1e-7, legs["lon"] * 1e-7)
            value = np.full(len(legs), np.nan) if away is None else np.round(away / NAUTICAL_MILE, 1)
            self._made[key] = Steps(legs["row"], legs["start"], legs["end"], value), "NM"
        return self._made[key]

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
                        leg.lat, leg.lon, leg.lat2, leg.lon2 = v.lat, v.lon, s.lat, s.lon
                        leg.speed, leg.course = v.speed, v.course
                        leg.heading, leg.shore, leg.voice = v.heading, v.shore, voice
                        leg.sailed, leg.gone, leg.turned = np.nan, np.nan, np.nan
                        n += 1
                blocks[voice], places[voice] = block, i
            block = link.next
    return n


@kernel
def _looked_back(legs: Any, back: int, turns: int, steady: int) -> None:
    """Of each leg: m sailed in the `back` s until it begins, m from where it was then; degrees turned in `turns` s.

    NaN where the way is not known so far back. A course is held until another differs by more than `steady`
    (0.01 degrees): the errors of fixes are no turns, nor are courses of who hardly moves.
    """
    n = len(legs)
    following = np.full(n, -1, np.int64)  # the next leg of the same voice that begins where this one ends
    way, angle = np.zeros(n), np.zeros(n)  # since the begin of the voice's way, until the leg begins
    course = np.zeros(n, np.int64)
    last, tail, bend = np.full(VOICES, -1, np.int64), np.full(VOICES, -1, np.int64), np.full(VOICES, -1, np.int64)
    for i in range(n):
        leg = legs[i]
        k = leg.voice
        if i > 0 and legs[i - 1].row != leg.row:
            last[:] = -1
        before = last[k]
        told = np.int64(UNKNOWN) if leg.speed < SLOW_CMPS else np.int64(leg.course)
        course[i] = told
        if before >= 0 and legs[before].end == leg.start:
            following[before] = i
            way[i] = way[before] + legs[before].away
            angle[i], course[i] = angle[before], course[before]
            if told != UNKNOWN:
                apart = abs(told - course[before]) % 36_000
                apart = min(apart, 36_000 - apart)
                if course[before] == UNKNOWN:
                    course[i] = told
                elif apart > steady:
                    angle[i] += apart * 0.01
                    course[i] = told
        else:
            tail[k] = bend[k] = i
        last[k] = i
        while following[tail[k]] >= 0 and legs[following[tail[k]]].start <= leg.start - back:
            tail[k] = following[tail[k]]
        while following[bend[k]] >= 0 and legs[following[bend[k]]].start <= leg.start - turns:
            bend[k] = following[bend[k]]
        then = tail[k]
        if legs[then].start <= leg.start - back:
            leg.sailed = way[i] - way[then]
            leg.gone = metres(legs[then].lat, legs[then].lon, leg.lat, leg.lon)
        if legs[bend[k]].start <= leg.start - turns:
            leg.turned = angle[i] - angle[bend[k]]
