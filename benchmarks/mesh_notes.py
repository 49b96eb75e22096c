"""What the nodes of the mesh's benchmarks note, and what follows from it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mihari.core.columns import Array
from mihari.mesh.batches import Kind
from mihari.mesh.reckoning import apart

TAKEN_S = 0.01  # what was heard is what the mesh believes by then
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
    shown: list[tuple[float, int]] = field(default_factory=list)  # (UTC s, sequence of the union)
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


def delays(
    teller: Notes, hearer: Notes, parts: int, begin: float, end: float, until: Callable[[float], float] = float
) -> Array:
    """Seconds from the offer of a picture until each row that changed in it was at the hearer, or `until` then.

    A vessel changes in every picture whose number leaves the same rest by `parts` as its own.
    """
    offered = [np.array([at for at, k in teller.offers if k % parts == part]) for part in range(parts)]
    found = []
    for s in hearer.heard:
        if s.kind == Kind.VESSELS and begin <= s.cut < end:
            came = until(s.at)
            for vessel in s.keys.tolist():
                times = offered[vessel % parts]
                found.append(came - times[np.searchsorted(times, s.cut, side="right") - 1])
    return np.array(found or [math.inf])


def on_screen(shown: Sequence[tuple[float, int]], frames: Sequence[tuple[int, float]]) -> Callable[[float], float]:
    """When what was heard at a time is on the screen. `frames`: sequence of the picture, UTC s."""
    read, numbers = np.array([at for at, _ in shown]), np.array([k for _, k in shown])
    pictures, came = np.array([k for k, _ in frames]), np.array([at for _, at in frames])

    def until(heard: float) -> float:
        picture = int(np.searchsorted(read, heard + TAKEN_S))
        frame = int(np.searchsorted(pictures, numbers[picture])) if picture < len(numbers) else len(pictures)
        return float(came[frame]) if frame < len(pictures) else math.inf

    return until


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
