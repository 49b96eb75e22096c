"""Vessels whose told places jump -> those that jumped together: there satellite navigation is disturbed.

Jumps are linked that began within ten minutes of each other, from places within 50 km of each other; five vessels or
more that hang together so are a disturbance. It follows from the set of jumps alone. Many vessels that jump at once is
how jamming and spoofing of a region show in AIS (C4ADS, Above Us Only Stars, 2019; Bergman, SkyTruth, 2019: Shanghai).
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np

from mihari.behaviours.algebra import OPEN, Timelines, without
from mihari.behaviours.memory import FLAGS, Memory
from mihari.behaviours.scene import Scene
from mihari.core.columns import Array

KIND = "interference"
FEWEST = 5  # vessels: two or three with one fault of a receiver are met, five are not. Ours
TOGETHER_S = 600  # between the begins of two that are linked: a device coasts for minutes before it gives in. Ours
APART_M = 50_000.0  # between the places before the jumps of two that are linked: a jammer's horizon from a hill. Ours
DISPLACED, TWO = FLAGS.index("displaced"), FLAGS.index("two_places")
METRES = 111_195.0e-7  # of 1e-7 degrees of latitude


@dataclass(slots=True)
class Jump:
    """One vessel's: up to when it lasts, where it was before (1e-7 degrees), what was found of it, UTC s."""

    end: int
    lat: int
    lon: int
    found: tuple[int, int | None] | None = None  # as the definition has it; end None: it goes on


@dataclass(frozen=True, slots=True)
class Disturbance:
    """Vessels (slots) that jumped together and are found to be disturbed; `anchor`: the first of all that jumped."""

    anchor: int
    start: int
    end: int | None
    slots: tuple[int, ...]


class Jamming:
    """All jumps of the last days, by vessel (slot) and begin (UTC s)."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._jumps: dict[int, dict[int, Jump]] = {}
        self._together: dict[tuple[int, int], int] = {}  # (slot, begin) -> number of its disturbance
        self._news = False

    def take(self, scene: Scene) -> Array:
        """The jumps of a scene's vessels as they are now; slots of all vessels of whom `jammed` differs by that."""
        raw = without(scene.of_flag(DISPLACED), scene.of_flag(TWO))
        rows = set(raw.key.tolist())
        if self._jumps:
            rows |= {row for row, slot in enumerate(scene.slots.tolist()) if slot in self._jumps}
        for row in rows:
            slot = int(scene.slots[row])
            self._put(slot, {start: end for start, end in raw.intervals(row) if end > start})
        if not self._news:
            return np.zeros(0, np.int64)
        self._news = False
        were, self._together = self._together, self._linked()
        changed = set(were) ^ set(self._together)
        return np.array(sorted({slot for slot, _ in changed}), np.int64)

    def timelines(self, slots: Array) -> Timelines:
        """By row of slots: while a vessel's place is off, together with others'."""
        rows = [
            (row, start, jump.end)
            for row, slot in enumerate(slots.tolist() if self._together else ())
            for start, jump in self._jumps.get(slot, {}).items()
            if (slot, start) in self._together
        ]
        found = np.array(rows, np.int64).reshape(-1, 3)
        return Timelines.made(found[:, 0], found[:, 1], found[:, 2])

    def note(self, slot: int, spans: list[tuple[int, int | None]]) -> None:
        """What a definition makes of a vessel's jumps."""
        for start, jump in self._jumps.get(slot, {}).items():
            jump.found = next((s for s in spans if s[0] <= jump.end and (s[1] or OPEN) >= start), None)

    def false_positions(self, slot: int, start: int, end: float) -> list[tuple[int, int | None]]:
        """When a vessel's place was off within a time, as the definition has it; end None: it goes on."""
        found = [jump.found for jump in self._jumps.get(slot, {}).values() if jump.found is not None]
        return sorted({f for f in found if f[0] <= end and (f[1] or OPEN) >= start})

    def disturbances(self) -> list[Disturbance]:
        """All that there are, the oldest first."""
        members: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for (slot, start), number in self._together.items():
            members[number].append((start, slot))
        made = []
        for jumps in members.values():
            anchor = min(jumps, key=lambda j: (j[0], int(self._memory.keys[j[1]])))[1]
            told = {slot: found for start, slot in jumps if (found := self._jumps[slot][start].found)}
            if len(told) >= FEWEST:
                ends = [end for _, end in told.values()]
                over = None if None in ends else max(end for end in ends if end is not None)
                made.append(Disturbance(anchor, min(s for s, _ in told.values()), over, tuple(sorted(told))))
        return sorted(made, key=lambda d: (d.start, d.anchor))

    def around(self, one: Disturbance) -> tuple[float, float, float]:
        """Middle (degrees) of where its vessels were before they jumped, and m to the farthest of them."""
        jumps = [jump for slot in one.slots for s, jump in self._jumps[slot].items() if (slot, s) in self._together]
        lat, lon = np.array([j.lat for j in jumps], np.float64), np.array([j.lon for j in jumps], np.float64)
        turn = (lon - lon[0] + 1.8e9) % 3.6e9 - 1.8e9
        middle, aside = float(lat.mean()), float(turn.mean())
        east = (turn - aside) * math.cos(math.radians(middle * 1e-7))
        reach = float(np.hypot(east, lat - middle).max()) * METRES
        return middle * 1e-7, (float(lon[0] + aside) * 1e-7 + 180.0) % 360.0 - 180.0, reach

    def forget(self, before: int) -> None:
        """Let go of what ended before, UTC s."""
        for slot, jumps in list(self._jumps.items()):
            for start in [s for s, jump in jumps.items() if jump.end < before]:
                del jumps[start]
                self._together.pop((slot, start), None)
            if not jumps:
                del self._jumps[slot]

    def state(self) -> list[list[Any]]:
        """As JSON values."""
        return [
            [slot, start, jump.end, jump.lat, jump.lon, jump.found]
            for slot, jumps in self._jumps.items()
            for start, jump in jumps.items()
        ]

    def restore(self, state: list[list[Any]]) -> None:
        """Know this and nothing else."""
        self._jumps = {}
        for slot, start, end, lat, lon, found in state:
            self._jumps.setdefault(slot, {})[start] = Jump(end, lat, lon, None if found is None else tuple(found))
        self._together = self._linked()

    def _put(self, slot: int, spans: dict[int, int]) -> None:
        old = self._jumps.get(slot, {})
        if old.keys() != spans.keys():
            self._news = True
        made = {start: old[start] if start in old else self._jump(slot, start) for start in spans}
        for start, end in spans.items():
            made[start].end = end
        if made:
            self._jumps[slot] = made
        else:
            self._jumps.pop(slot, None)

    def _jump(self, slot: int, start: int) -> Jump:
        """A jump that began at `start`: from the place of the last sample before."""
        way = self._memory.samples(int(self._memory.keys[slot]))
        at = max(int(np.searchsorted(way["t"], start)) - 1, 0)
        return Jump(start, int(way["lat"][at]), int(way["lon"][at])) if len(way) else Jump(start, 0, 0)

    def _linked(self) -> dict[tuple[int, int], int]:
        """Single linkage over begin and place; groups with fewer vessels than `FEWEST` are left out."""
        names = sorted((start, slot) for slot, jumps in self._jumps.items() for start in jumps)
        if len(names) < FEWEST:
            return {}
        begin = np.array([start for start, _ in names], np.int64)
        lat, lon = (np.array([getattr(self._jumps[s][t], c) for t, s in names], np.float64) for c in ("lat", "lon"))
        group = np.full(len(names), -1, np.int64)
        for first in range(len(names)):
            if group[first] >= 0:
                continue
            group[first], waiting = first, [first]
            while waiting:
                i = waiting.pop()
                low, high = np.searchsorted(begin, [begin[i] - TOGETHER_S, begin[i] + TOGETHER_S + 1])
                near = np.flatnonzero(group[low:high] < 0) + low
                east = ((lon[near] - lon[i] + 1.8e9) % 3.6e9 - 1.8e9) * math.cos(math.radians(lat[i] * 1e-7))
                near = near[np.hypot(east, lat[near] - lat[i]) * METRES <= APART_M]
                group[near] = first
                waiting += near.tolist()
        vessels = {g: {names[k][1] for k in np.flatnonzero(group == g).tolist()} for g in np.unique(group).tolist()}
        return {(s, t): int(g) for (t, s), g in zip(names, group, strict=True) if len(vessels[int(g)]) >= FEWEST}
