"""What vessels do, as found: Behaviour and Fleet, with the evidence and what else it could be.

A behaviour holds for integer seconds in a half-open interval: from `start` on, up to but not including `end`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

UNNAMED = 1 << 40  # vessel keys from here on are picture ids of vessels that tell no MMSI


def unnamed(vessel: int) -> int:
    """The key of a vessel that tells no MMSI, from its id in the picture.

    >>> picture_id(unnamed(12)), mmsi_of(unnamed(12)), mmsi_of(431000001), picture_id(431000001)
    (12, 0, 431000001, 0)
    """
    return UNNAMED + vessel


def mmsi_of(key: int) -> int:
    """The MMSI that a vessel key stands for; 0 for a vessel that tells none."""
    return 0 if key >= UNNAMED else key


def picture_id(key: int) -> int:
    """The picture's id that a vessel key stands for; 0 where it stands for an MMSI."""
    return key - UNNAMED if key >= UNNAMED else 0


class Urgency(IntEnum):
    """The four urgencies of an alert, IEC 62923-1: how soon somebody has to act."""

    CAUTION = 1  # nothing to do at once; more attention than usual
    WARNING = 2  # will become dangerous or unlawful if nobody acts
    ALARM = 3  # somebody has to act now
    EMERGENCY = 4  # life is in danger


class Standing(IntEnum):
    """Where a behaviour stands."""

    GOING_ON = 0  # holds as far as is known; no end
    ENDED = 1
    RETRACTED = 2  # later data shows that it never was


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a finding rests on. `facts`: named figures, SI unless the name has a suffix; all that `because` says.

    `reports`: (feed, offset) of the reports that decided; `first` and `last`: UTC s of the data looked at;
    `path`: (UTC s, latitude, longitude) of the vessels' places meanwhile, a few each, keyed by vessel;
    `coverage`: sensor name -> probability that it would have seen or heard the vessel there at that time.
    """

    facts: Mapping[str, float | int | str] = field(default_factory=dict)
    reports: tuple[tuple[int, int], ...] = ()
    first: float = float("nan")
    last: float = float("nan")
    path: Mapping[int, tuple[tuple[float, float, float], ...]] = field(default_factory=dict)
    coverage: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One finding about a vessel, a pair or a fleet, as it stands at its `revision`.

    `vessels` are keys: an MMSI, or `unnamed(id in the picture)`; an MMSI is a claim, see `Evidence`. `kind` is the name
    of the definition, `version` that of its text and parameters. `decided`: UTC s of data at which it was first told;
    `told`: UTC s of data of this revision. `innocent`: what else it could be, the likeliest first.
    """

    id: str
    kind: str
    vessels: tuple[int, ...]
    start: int
    end: int | None  # None: going on
    lat_deg: float  # where it began, or the middle of a fleet
    lon_deg: float
    because: str  # one sentence for the officer of the watch
    urgency: Urgency = Urgency.CAUTION
    score: float = 1.0  # 0 to 1: how sure
    innocent: tuple[str, ...] = ()
    evidence: Evidence = field(default_factory=Evidence)
    decided: float = float("nan")
    told: float = float("nan")
    revision: int = 0
    standing: Standing = Standing.GOING_ON
    version: str = ""
    fleet: int = 0  # the id of the fleet it is about; 0: none


@dataclass(frozen=True, slots=True)
class Explanation:
    """One purpose that a fleet may have, with its weight (all weights of a fleet sum to 1) and what speaks for it."""

    purpose: str
    weight: float
    because: str


@dataclass(frozen=True, slots=True)
class Fleet:
    """Vessels that belong together by place and motion, at `time` (UTC s).

    `outline_deg`: (latitude, longitude) corners around the members. `cohesion`: 0 to 1, the share of members that move
    as the fleet does. `parents`: fleets it was split from or merged of, and those of other nodes that it is.
    `explanations`: best first. `node`: that found it, "" this one. `same_as`: the elder fleet of another node that it
    is, which people see in its place; 0: it is seen itself.
    """

    id: int
    time: float
    began: int  # UTC s
    members: tuple[int, ...]  # vessel keys
    lat_deg: float
    lon_deg: float
    outline_deg: tuple[tuple[float, float], ...]
    east_mps: float  # common motion
    north_mps: float
    cohesion: float
    explanations: tuple[Explanation, ...] = ()
    parents: tuple[int, ...] = ()
    node: str = ""
    same_as: int = 0
