"""Legs of two vessels -> figures of the pair that change with time: how far apart, how fast one passes the other.

A figure holds for as long as both legs do; of the time between it tells the middle.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from mihari.behaviours.algebra import Steps
from mihari.behaviours.memory.layout import VOICES
from mihari.core.columns import Array
from mihari.core.kernels import kernel
from mihari.core.units import KNOT, NAUTICAL_MILE

METRES = 111_195.0  # per degree of latitude, on the mean sphere
# rows of the pair and of the legs, from when to when both legs go on
BOTH = np.dtype([(name, "i8") for name in ("pair", "a", "b", "start", "end")], align=True)


class PairMeasure(NamedTuple):
    """Its unit; m to the north and east from one to the other, and m/s, -> a value; what it is in words."""

    unit: str
    of: Callable[[Array, Array], Array]
    about: str


def apart(away: Array, passing: Array) -> Array:
    """NM, to 0.01."""
    return np.asarray(np.round(np.hypot(*away) / NAUTICAL_MILE, 2))


def relative_speed(away: Array, passing: Array) -> Array:
    """kn, to 0.1."""
    return np.asarray(np.round(np.hypot(*passing) / KNOT, 1))


PAIR_MEASURES: Mapping[str, PairMeasure] = {
    "apart": PairMeasure("NM", apart, "how far they are from each other, to 0.01 NM"),
    "relative_speed": PairMeasure("kn", relative_speed, "how fast one moves as the other sees it, to 0.1 kn"),
}


class Beside:
    """What pairs (n, 2), rows of vessels, did while a leg of both went on; legs as `measures.LEG`, by row of vessel."""

    def __init__(self, legs: Array, pairs: Array) -> None:
        first = np.searchsorted(legs["row"], np.arange(int(pairs.max(initial=-1)) + 2))
        ordered, none = np.ascontiguousarray(pairs, np.int64), np.zeros(0, BOTH)
        self.both = np.zeros(_both(legs, first, ordered, none), BOTH)
        _both(legs, first, ordered, self.both)
        a, b = legs[self.both["a"]], legs[self.both["b"]]
        middle = 0.5 * (self.both["start"] + self.both["end"])
        scale = np.cos(np.radians(a["lat"] * 1e-7))
        (a_place, a_speed), (b_place, b_speed) = _sailed(a, a, middle, scale), _sailed(b, a, middle, scale)
        self.away, self.passing = b_place - a_place, b_speed - a_speed

    def steps(self, name: str) -> tuple[Steps, str]:
        """A measure, by row of pair, and its unit; KeyError where there is none of that name."""
        measure, both = PAIR_MEASURES[name], self.both
        return Steps(both["pair"], both["start"], both["end"], measure.of(self.away, self.passing)), measure.unit


def _sailed(legs: Array, origin: Array, time: Array, scale: Array) -> tuple[Array, Array]:
    """Where vessels are at a time on their legs, m (north, east) from the begin of other legs, and how fast, m/s."""
    lasts = legs["end"] - legs["start"]
    sailed = np.stack([_degrees(legs, "lat2", legs, "lat"), _degrees(legs, "lon2", legs, "lon") * scale]) * METRES
    begun = np.stack([_degrees(legs, "lat", origin, "lat"), _degrees(legs, "lon", origin, "lon") * scale]) * METRES
    return begun + sailed * ((time - legs["start"]) / lasts), sailed / lasts


def _degrees(to: Array, name: str, origin: Array, its: str) -> Array:
    """From one place to another, the shorter way round."""
    return np.asarray((to[name].astype(np.int64) - origin[its] + 1_800_000_000) % 3_600_000_000 * 1e-7 - 180.0)


@kernel
def _both(legs: Any, first: Any, pairs: Any, out: Any) -> int:
    """Times at which a leg of the one and a leg of the other go on, voice by voice; how many there are."""
    n = 0
    for k in range(len(pairs)):
        a1, b1 = first[pairs[k, 0] + 1], first[pairs[k, 1] + 1]
        for voice in range(VOICES * VOICES):
            i, j = first[pairs[k, 0]], first[pairs[k, 1]]
            while i < a1 and j < b1:
                if legs[i].voice != voice // VOICES:
                    i += 1
                    continue
                if legs[j].voice != voice % VOICES:
                    j += 1
                    continue
                start, end = max(legs[i].start, legs[j].start), min(legs[i].end, legs[j].end)
                if start < end:
                    if n < len(out):
                        both = out[n]
                        both.pair, both.a, both.b, both.start, both.end = k, i, j, start, end
                    n += 1
                if legs[i].end < legs[j].end:
                    i += 1
                else:
                    j += 1
    return n
