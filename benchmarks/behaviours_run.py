"""A made-up coast through pipeline and look-out -> every alert of the run, and whom radar's numbers stood for."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.behaviours_coast import ANCHORAGE, Coast
from benchmarks.behaviours_told import METRES, T0, Told, area, degrees, sensors, zones
from benchmarks.behaviours_ways import RUN_S
from mihari.core.behaviour import UNNAMED, Behaviour, Standing
from mihari.core.picture import Vessels
from mihari.core.reports import Tick
from mihari.lookout import Lookout
from mihari.pipeline import Pipeline

GROUPS = {
    "gap": "gap", "dark": "dark", "spoofing": "spoofing", "spoofing_land": "spoofing", "identity": "identity",
    "rendezvous": "rendezvous", "loitering": "loitering", "fleet": "fleet",
}  # fmt: skip
LOOK_S = 60  # how often it is noted which hull stands behind a vessel of the picture
SAME_M = 300.0


@dataclass
class Alert:
    """One behaviour that was told. Times are s since the run began; `end` None: it went on."""

    kind: str
    vessels: tuple[int, ...]  # keys of the coast's vessels; 0: a vessel that there is none of
    start: float
    end: float | None
    told: float  # when it was told first
    wall: float  # s that the step took that told it
    retracted: bool = False
    name: str = ""


class Hulls:
    """Who is behind the picture's numbers: at each look the nearest hull votes."""

    def __init__(self, coast: Coast) -> None:
        self.coast = coast
        self.votes: dict[int, Counter[int]] = defaultdict(Counter)
        places = [v.at(np.arange(0.0, RUN_S + LOOK_S, LOOK_S)) for v in coast.vessels]
        self.x, self.y = np.array([p[0] for p in places]), np.array([p[1] for p in places])

    def look(self, now: float, vessels: Vessels) -> None:
        """One moment, s since the run began."""
        at = int(now) // LOOK_S
        lat, lon = degrees(self.coast, self.x[:, at], self.y[:, at])
        wide = METRES * np.cos(np.radians(self.coast.lat_deg))
        rows = np.flatnonzero(now + T0 - vessels.heard_radar < LOOK_S)
        for row in rows.tolist():
            away = np.hypot((lat - vessels.lat_deg[row]) * METRES, (lon - vessels.lon_deg[row]) * wide)
            away = np.where(np.isfinite(away), away, np.inf)
            best = int(np.argmin(away))
            self.votes[int(vessels.id[row])][best if away[best] < SAME_M else -1] += 1

    def key(self, key: int) -> int:
        """The key that the coast has for a vessel."""
        if key < UNNAMED:
            return key
        voted = self.votes.get(key - UNNAMED)
        best = voted.most_common(1)[0][0] if voted else -1
        return self.coast.vessels[best].key if best >= 0 else 0


def run(coast: Coast, seconds: float | None = None) -> tuple[list[Alert], Told]:
    """All of a coast, or its beginning."""
    told, hulls = Told(coast), Hulls(coast)
    known = sensors(coast)
    pipeline, lookout = Pipeline(known), Lookout(area(coast), zones(coast, ANCHORAGE))
    lookout.know(known)
    first: dict[str, tuple[float, float]] = {}
    last: dict[str, Behaviour] = {}
    wall = 0.0
    for given in told.inputs():
        began = time.perf_counter()
        pipeline.take(given)
        found = lookout.take(given, pipeline.compiler.vessels)
        wall += time.perf_counter() - began
        if not isinstance(given, Tick):
            continue
        for b in _alerts(found.behaviours if found else ()):
            first.setdefault(b.id, (given.time - T0, wall))
            last[b.id] = b
        wall = 0.0
        if int(given.time) % LOOK_S == 0:
            hulls.look(given.time - T0, pipeline.compiler.vessels())
        if seconds is not None and given.time - T0 >= seconds:
            break
    return [_alert(b, *first[name], hulls) for name, b in last.items()], told


def _alerts(behaviours: Iterable[Behaviour]) -> list[Behaviour]:
    return [b for b in behaviours if b.kind in GROUPS]


def _alert(b: Behaviour, told: float, wall: float, hulls: Hulls) -> Alert:
    end: Any = None if b.end is None else b.end - T0
    keys = tuple(sorted(hulls.key(key) for key in b.vessels))
    return Alert(GROUPS[b.kind], keys, b.start - T0, end, told, wall, b.standing is Standing.RETRACTED, b.because)
