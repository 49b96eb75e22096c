"""What the nodes of the mesh's benchmarks note, and what follows from it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mihari.core.columns import Array
from mihari.mesh.batches import Kind
from mihari.mesh.reckoning import apart

Where = tuple[float, Array, Array, Array]  # UTC s, ids, lat_deg, lon_deg


@dataclass(frozen=True)
class Seen:
    """A batch, told or heard at `at`, UTC s."""

    at: float
    kind: int
    grade: int
    order: int
    cut: float  # UTC s by its author's clock: of the same machine
    size: int
    keys: Array


@dataclass
class Notes:
    """What a node has noted. `states`: (UTC s, ids, lat_deg, lon_deg), own and those of the one other node."""

    me: str = ""
    started: float = 0.0  # UTC s at which it opened its links
    told: list[Seen] = field(default_factory=list)
    heard: list[Seen] = field(default_factory=list)
    links: list[tuple[float, str]] = field(default_factory=list)  # (UTC s, "up" or "down")
    offers: list[tuple[float, int]] = field(default_factory=list)  # (UTC s, sequence)
    own: list[Where] = field(default_factory=list)
    others: list[Where] = field(default_factory=list)
    status: dict[str, Any] = field(default_factory=dict)
    processor: float = 0.0  # s


def errors(own: Sequence[Where], others: Sequence[Where], begin: float) -> Array:
    """Metres between where a node holds its vessels and where the other takes them to be; inf of whom it lacks.

    Of each vessel at each second from `begin` on.
    """
    known = {at: rest for at, *rest in others}
    found = []
    for at, ids, lat_deg, lon_deg in own:
        if at < begin:
            continue
        their, to_lat, to_lon = known.get(at, (np.zeros(0, np.int64), np.zeros(0), np.zeros(0)))
        off = np.full(len(ids), math.inf)
        _, here, there = np.intersect1d(ids, their, assume_unique=True, return_indices=True)
        off[here] = apart(lat_deg[here], lon_deg[here], to_lat[there], to_lon[there])
        found.append(off)
    return np.concatenate(found) if found else np.array([math.inf])


def alarms(teller: Notes, hearer: Notes, until: float) -> Array:
    """Seconds that each alert told before `until` took; inf of one that never came."""
    came = {s.order: s.at for s in reversed(hearer.heard) if s.kind == Kind.ALERTS}
    told = [s for s in teller.told if s.kind == Kind.ALERTS and s.at < until]
    return np.array([came.get(s.order, math.inf) - s.at for s in told] or [math.inf])


def same_after(teller: Notes, hearer: Notes, moment: float) -> float:
    """Seconds from `moment` until the hearer has of every vessel what the teller had told by then, or newer.

    Vessels that were told of in no grade that the hearer takes must have come since.
    """
    grades = {s.grade for s in hearer.heard if s.kind == Kind.VESSELS}
    needed: dict[int, int] = {}
    for s in teller.told:
        if s.kind == Kind.VESSELS and s.at <= moment and s.grade in grades:
            needed.update(dict.fromkeys(s.keys.tolist(), s.order))
    there = next((ids for at, ids, *_ in reversed(teller.own) if at <= moment + 1.0), np.zeros(0, np.int64))
    needed |= {v: 0 for v in there.tolist() if v not in needed}
    return _last_of(needed, hearer, moment)


def _last_of(needed: dict[int, int], hearer: Notes, moment: float) -> float:
    last, lacking = moment, dict(needed)
    for s in hearer.heard:
        if s.kind != Kind.VESSELS:
            continue
        for vessel in s.keys.tolist():
            if vessel in lacking and s.order >= lacking[vessel]:
                del lacking[vessel]
                last = max(last, s.at)
        if not lacking:
            return last - moment
    return math.inf


def rows(seen: Sequence[Seen], begin: float, end: float, kind: int = Kind.VESSELS) -> int:
    """Rows of batches of a kind between two times."""
    return sum(len(s.keys) for s in seen if s.kind == kind and begin <= s.at < end)


def size(seen: Sequence[Seen], begin: float, end: float, kind: int | None = None) -> int:
    """Bytes of batches between two times, of a kind or all."""
    return sum(s.size for s in seen if kind in (None, s.kind) and begin <= s.at < end)
