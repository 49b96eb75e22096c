"""Who plays which part in something scripted: vessels with paths, what their AIS devices do, and what is true of it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from mihari.simulate.paths import Path


@dataclass(frozen=True, slots=True)
class Act:
    """What an AIS device does otherwise than usual between `start` and `end` (s after the scenario's start).

    `place` and `identity` are numbers of actors of the same cast: whose position, whose identity it tells. Where two
    acts overlap, the later in the list counts.
    """

    start: float
    end: float = math.inf
    silent: bool = False
    place: int | None = None
    identity: int | None = None
    status: int | None = None  # navigation status told, M.1371-5 table 47
    heading: float | None = None  # rad, where it points if not along its course
    draught: float | None = None  # m, told in static data instead of its own; in episodes only


@dataclass(frozen=True, slots=True)
class Actor:
    """A scripted vessel; what is None is drawn from its kind. `device` "A", "B" or "" (no AIS).

    A ghost does not exist: no radar sees it, it is not in the truth; it only lends place or identity to an act.
    """

    kind: str
    path: Path
    length: float | None = None  # m
    device: str | None = None
    mmsi: int | None = None
    name: str | None = None
    acts: tuple[Act, ...] = ()
    ghost: bool = False
    since: float = -math.inf  # s after the start: when it comes and goes; outside it is nowhere
    until: float = math.inf


@dataclass(frozen=True, slots=True)
class Event:
    """What is true: `kind` holds for `actors` from `start` to `end` (s after the scenario's start).

    `innocent`: it looks like it but is not (a look-alike, or short of the definition); `note` says which and how far
    from the threshold.
    """

    kind: str
    actors: tuple[int, ...]
    start: float
    end: float
    innocent: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Cast:
    """All that belongs to one scripted happening; numbers in acts and events count its actors from 0."""

    actors: tuple[Actor, ...]
    events: tuple[Event, ...] = ()
