"""Sightings in, in whatever order -> findings of the vessels out, as if they had come in the order of their times."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from mihari.behaviours.memory import intake, rezone
from mihari.behaviours.memory.layout import (
    BLOCK,
    FLAGS,
    FOUND,
    HEAD,
    NONE,
    SAMPLE,
    SHORE_UNIT,
    UNKNOWN,
    UNKNOWN_SHORE,
    VESSEL,
    VOICE,
    VOICES,
    Pace,
)
from mihari.behaviours.memory.lists import LINK, Lists, grown, made
from mihari.behaviours.memory.parting import lent, returned
from mihari.behaviours.memory.sampling import COLUMNS, sampled
from mihari.behaviours.sightings import Sightings
from mihari.core.columns import Array
from mihari.core.workers import cores, in_parts

LISTS = ("samples", "founds")
VESSELS = 1024  # at the start; doubled when full


class Arrays(NamedTuple):
    """Everything remembered. The first axis of heads, voices and runs: 0 settled, 1 now."""

    vessels: Any
    heads: Any
    voices: Any
    runs: Any
    samples: Lists
    founds: Lists
    pace: Any


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of sightings: slots of the vessels they concern; how many were too late; how many no sample.

    `again`: whether a vessel was run again, so that anything within the last hours may differ.
    """

    slots: Array
    again: Array
    too_late: int
    same: int


@dataclass(frozen=True, slots=True)
class Recalled:
    """Findings of some vessels. Those of vessel i are rows first[i] to first[i + 1]; `going`: the flag still holds."""

    founds: Array  # FOUND
    going: Array  # u1
    first: Array  # (n + 1,)


class Memory:
    """What is remembered of all vessels, found by their keys.

    >>> import numpy as np
    >>> from mihari.behaviours.sightings import Sightings
    >>> memory = Memory()
    >>> way = Sightings.of(3, key=7, time=[0.0, 60.0, 120.0], lat_deg=26.0, lon_deg=[127.0, 127.0, 127.0], speed=0.1)
    >>> taken = memory.take(way.replace(time=way.time + 1e9))
    >>> found = memory.recall(taken.slots)
    >>> [(FLAGS[f["flag"]], int(f["end"] - f["start"])) for f in found.founds[:3]]
    [('present', 120), ('stopped', 120), ('slow', 120)]
    """

    def __init__(self, pace: Pace | None = None) -> None:
        self.pace = pace or Pace()
        self.slots: dict[int, int] = {}
        self.too_late = 0
        self._out = np.zeros(2 * intake.MOST, FOUND)
        self.arrays = Arrays(
            _vessels(VESSELS),
            np.zeros((2, VESSELS), HEAD),
            np.zeros((2, VESSELS, VOICES), VOICE),
            np.zeros((2, VESSELS, VOICES, 64), np.uint32),
            made(SAMPLE, 2048),
            made(FOUND, 2048),
            self.pace.numbers(),
        )

    def __len__(self) -> int:
        return len(self.slots)

    def take(self, sightings: Sightings, shore: Array | None = None, areas: Array | None = None) -> Taken:
        """File sightings; `shore`: m to the shore of each, negative on land; `areas`: bits of areas it is in."""
        rows = samples(sightings, shore, areas)
        slots = self._slots(sightings.key)
        counts = np.zeros(2, np.int64)
        at = 0
        while at < len(rows):
            at = intake.take(self.arrays, slots, rows, at, counts, self._out)
            if at < len(rows):
                self._grow(len(rows) // 8 + 1024)
        touched = np.unique(slots)
        touched = touched[self.arrays.vessels["touched"][touched] > 0]
        self._redo(touched)
        again = self.arrays.vessels["touched"][touched] == 3
        self.arrays.vessels["touched"][touched] = 0
        self.too_late += int(counts[intake.TOO_LATE])
        return Taken(touched, again, int(counts[intake.TOO_LATE]), int(counts[intake.SAME]))

    def erase(self, key: int, begin: float, end: float) -> int:
        """Forget where a vessel was between two times (UTC s): better is known, and comes with the next `take`.

        Returns how many samples went. What is older than `Pace.revise_s` stays.

        >>> import numpy as np
        >>> memory = Memory()
        >>> way = Sightings.of(3, key=7, time=[0.0, 60.0, 120.0], lat_deg=26.0, lon_deg=127.0)
        >>> taken = memory.take(way.replace(time=way.time + 1e9))
        >>> memory.erase(7, 1e9 + 30, 1e9 + 90), memory.samples(7)["t"].tolist()
        (1, [1000000000, 1000000120])
        """
        slot = self.slots.get(key)
        if slot is None:
            return 0
        return int(intake.erase(self.arrays, slot, math.floor(begin), math.ceil(end)))

    def again(self, keys: Sequence[int]) -> Taken:
        """Run the vessels again of which samples were erased and nothing has come instead."""
        slots = np.array([self.slots[key] for key in keys if key in self.slots], np.int64)
        slots = np.unique(slots[self.arrays.vessels["touched"][slots] == 2])
        self._redo(slots)
        self.arrays.vessels["touched"][slots] = 0
        return Taken(slots, np.ones(len(slots), np.bool_), 0, 0)

    def fill(self, sightings: Sightings, shore: Array | None = None, areas: Array | None = None) -> Taken:
        """As `take`, of many sightings at once, for a memory that is new: some times as fast. Quickest in order.

        The order is that of key, time, place.
        """
        assert not self.slots, "for a new memory"
        keys, rows = sightings.key, samples(sightings, shore, areas)
        if not intake.in_order(keys, rows):
            order = np.lexsort((rows["station"], rows["lon"], rows["lat"], rows["t"], keys))
            keys, rows = keys[order], rows[order]
        bounds = np.flatnonzero(np.diff(keys, prepend=keys[:1] - 1, append=keys[-1:] + 1))
        slots = self._slots(keys[bounds[:-1]])
        parts = cores()
        self._grow(len(rows) // BLOCK + 2 * len(slots) + parts * (int(np.diff(bounds).max(initial=0)) + 1024))
        edges = np.searchsorted(bounds, np.linspace(0, len(rows), parts + 1)).tolist()
        spans = [(first, last) for first, last in pairwise([*edges[:-1], len(slots)]) if first < last]
        for (_, last), stop in zip(spans, self._fill(spans, slots, rows, bounds), strict=True):
            at = stop
            while at < last:
                self._grow(int(bounds[at + 1] - bounds[at]) + 1024)
                at = intake.fill(self.arrays, slots[:last], rows, bounds, at, self._out)
        kept = int(self.arrays.vessels["samples"][slots].sum())
        return Taken(slots, np.ones(len(slots), np.bool_), 0, len(rows) - kept)

    def _fill(self, spans: list[tuple[int, int]], slots: Array, rows: Array, bounds: Array) -> list[int]:
        """Vessels first to last of each span, a thread for each; which of each span found no room, or its end."""
        a = self.arrays
        samples, founds = lent(a.samples, len(spans)), lent(a.founds, len(spans))

        def work(k: int) -> int:
            mine = a._replace(samples=samples[k], founds=founds[k])
            first, last = spans[k]
            return int(intake.fill(mine, slots[:last], rows, bounds, first, np.zeros_like(self._out)))

        stops = in_parts(work, range(len(spans)))
        returned(a.samples, samples)
        returned(a.founds, founds)
        return stops

    def _redo(self, touched: Array) -> None:
        at = 0
        while at < len(touched):
            at = intake.redo(self.arrays, touched, at, self._out)
            if at < len(touched):
                self._grow(int(self.arrays.vessels["samples"][touched[at]]) + 1024)

    def rezone(self, zoned: rezone.Zoned, bits: int, anew: int, ruled: int) -> Taken:
        """Other zones: `bits` of the area mask have another area, `anew` mean another zone, `ruled` another rule.

        Returns the vessels that are in or were in any of them, run again.
        """
        rezone.forget(self.arrays, anew)
        count = len(self.slots)
        blocks, voices = rezone.put_into(self.arrays, zoned, bits)
        how = rezone.concerned(self.arrays, count, blocks, ruled)
        how[voices[:count]] |= 1
        self.arrays.vessels["touched"][np.flatnonzero(how & 1)] = 2
        touched = np.flatnonzero(how)
        self._redo(touched)
        self.arrays.vessels["touched"][touched] = 0
        return Taken(touched, np.ones(len(touched), np.bool_), 0, 0)

    def candidates(self, sightings: Sightings) -> Array:
        """Rows of sightings that may be samples: the first of each vessel, bin and cell, if no sample came before."""
        rows = samples(sightings)
        width = int(self.pace.cell_deg * 1e7)
        bins = rows["t"].astype(np.int64) // self.pace.sample_s
        cells = _cells(rows, width)
        order = np.lexsort((rows["station"], rows["lon"], rows["lat"], rows["t"], cells, bins, sightings.key))
        key, t, cell = sightings.key[order], bins[order], cells[order]
        first = np.ones(len(order), np.bool_)
        first[1:] = (key[1:] != key[:-1]) | (t[1:] != t[:-1]) | (cell[1:] != cell[:-1])
        order = np.sort(order[first])
        slots = np.array([self.slots.get(key, -1) for key in sightings.key[order].tolist()], np.int64)
        head, mine = self.arrays.heads[1][slots], rows[order]
        known = (slots >= 0) & (head["t"] // self.pace.sample_s == bins[order]) & (head["t"] <= mine["t"])
        known &= _cells(head, width) == cells[order]
        found: Array = order[~known]
        return found

    def settle(self, now: float, slots: Array | None = None) -> None:
        """Let go of what `now` (UTC s) is past revising and keeping, for some vessels or all."""
        horizon = int(max(now - self.pace.revise_s, 0))
        forget = int(max(now - self.pace.keep_s, 0))
        which = np.arange(len(self.slots)) if slots is None else slots
        intake.settle(self.arrays, which, horizon, forget, self._out)

    def recall(self, slots: Array) -> Recalled:
        """The findings of vessels."""
        first = np.concatenate([[0], np.cumsum(intake.count(self.arrays, slots))])
        founds, going = np.zeros(first[-1], FOUND), np.zeros(first[-1], np.uint8)
        intake.recall(self.arrays, slots, first, founds, going)
        return Recalled(founds, going, first)

    def samples(self, key: int) -> Array:
        """The remembered samples (SAMPLE) of a vessel, oldest first."""
        slot = self.slots.get(key)
        if slot is None:
            return np.zeros(0, SAMPLE)
        out = np.zeros(self.arrays.vessels["samples"][slot], SAMPLE)
        return out[: intake.samples_of(self.arrays, slot, out)]

    @property
    def keys(self) -> Array:
        """The keys of all vessels, by slot."""
        return np.asarray(self.arrays.vessels["key"][: len(self.slots)])

    def heard(self, slots: Array | None = None) -> Array:
        """UTC s of the newest sample of each vessel; 0 for none."""
        newest = self.arrays.heads["t"][1]
        return np.asarray((newest[: len(self.slots)] if slots is None else newest[slots]).astype(np.int64))

    def slow_when_heard(self, slots: Array) -> Array:
        """(n,) whether vessels were below 2 kn when last heard: as told, else on their last way."""
        voice = self.arrays.voices[1][slots, self.arrays.heads["voice"][1][slots]]
        slow = voice["mask"] >> np.uint64(FLAGS.index("slow")) & np.uint64(1) > 0
        return np.asarray(np.where(voice["speed"] != UNKNOWN, voice["speed"] * 0.01 < self.pace.slow_mps, slow))

    def state(self) -> dict[str, Any]:
        """All that the next sighting meets, as arrays."""
        a, n = self.arrays, len(self.slots)
        return {
            "vessels": a.vessels[:n].copy(),
            **{name: getattr(a, name)[:, :n].copy() for name in ("heads", "voices", "runs")},
            **{f"{name}_{part}": getattr(getattr(a, name), part).copy() for name in LISTS for part in Lists._fields},
            "too_late": self.too_late,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a state; this is new. ValueError where it was made with another layout."""
        n = len(state["vessels"])
        while len(self.arrays.vessels) < n:
            self._more_vessels()
        for name, dtype in (("vessels", VESSEL), ("heads", HEAD), ("voices", VOICE)):
            if state[name].dtype != dtype:
                raise ValueError(f"{name}: of another version")
        a = self.arrays
        a.vessels[:n] = state["vessels"]
        for name in ("heads", "voices", "runs"):
            getattr(a, name)[:, :n] = state[name]
        self.arrays = a._replace(samples=_again(state, "samples", SAMPLE), founds=_again(state, "founds", FOUND))
        self.slots = {key: slot for slot, key in enumerate(state["vessels"]["key"].tolist())}
        self.too_late = state["too_late"]

    def _slots(self, keys: Array) -> Array:
        wanted, inverse = np.unique(keys, return_inverse=True)
        found = np.empty(len(wanted), np.int64)
        for i, key in enumerate(wanted.tolist()):
            slot = self.slots.get(key)
            if slot is None:
                slot = self.slots[key] = len(self.slots)
                if slot == len(self.arrays.vessels):
                    self._more_vessels()
                self.arrays.vessels["key"][slot] = key
            found[i] = slot
        return found[inverse]

    def _more_vessels(self) -> None:
        a = self.arrays
        more = len(a.vessels)
        self.arrays = a._replace(
            vessels=np.concatenate([a.vessels, _vessels(more)]).view(VESSEL),
            heads=np.concatenate([a.heads, np.zeros_like(a.heads)], axis=1).view(HEAD),
            voices=np.concatenate([a.voices, np.zeros_like(a.voices)], axis=1).view(VOICE),
            runs=np.concatenate([a.runs, np.zeros_like(a.runs)], axis=1),
        )

    def _grow(self, blocks: int) -> None:
        a = self.arrays
        self.arrays = a._replace(
            samples=grown(a.samples, blocks) if a.samples.free[1] < blocks else a.samples,
            founds=grown(a.founds, blocks) if a.founds.free[1] < blocks else a.founds,
        )


def _again(state: dict[str, Any], name: str, dtype: Any) -> Lists:
    """Lists from a state; of the very dtypes that kernels are compiled for: files lose how fields are aligned."""
    rows, links, free = (state[f"{name}_{part}"].copy() for part in Lists._fields)
    if rows.dtype != dtype or links.dtype != LINK:
        raise ValueError(f"{name}: of another version")
    return Lists(rows.view(dtype), links.view(LINK), free)


def samples(sightings: Sightings, shore: Array | None = None, areas: Array | None = None) -> Array:
    """Sightings as samples: (n,) SAMPLE."""
    made_of = np.zeros(len(sightings), SAMPLE)
    sampled(
        tuple(np.ascontiguousarray(getattr(sightings, name), dtype) for name, dtype in COLUMNS.items()),
        np.zeros(0) if shore is None else np.ascontiguousarray(shore, np.float64),
        np.zeros(0, np.uint32) if areas is None else np.ascontiguousarray(areas, np.uint32),
        made_of,
    )
    return made_of


def _cells(rows: Array, width: int) -> Array:
    """The cell of each place: one number."""
    return np.asarray(rows["lat"].astype(np.int64) // width << 32 | (rows["lon"].astype(np.int64) // width + (1 << 30)))


def _vessels(count: int) -> Array:
    made_of = np.zeros(count, VESSEL)
    for name in ("first", "last", "found_first", "found_last"):
        made_of[name] = NONE
    return made_of


def shore_m(sample: Array) -> Array:
    """m to the shore of samples; NaN unknown."""
    return np.where(sample["shore"] == UNKNOWN_SHORE, math.nan, sample["shore"] * SHORE_UNIT)
