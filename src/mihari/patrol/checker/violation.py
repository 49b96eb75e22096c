"""What is wrong with a plan: one `Violation` each, of a lasting kind, in words for who plans the watches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType

KINDS: Mapping[str, int] = MappingProxyType({
    "unknown vehicle": 1, "overlap": 1,
    "not ready": 2, "in the past": 2,
    "turnaround": 3,
    "endurance": 4,
    "on call": 5,
    "never lands": 6,
    "unknown start": 7, "starts elsewhere": 7,
    "unknown landing place": 8, "lands elsewhere": 8, "misfit at start": 8, "misfit at landing": 8,
    "place missed at start": 9, "place missed at landing": 9,
    "slot": 10,
    "spots": 11,
    "closed at start": 12, "closed at landing": 12,
    "wind at start": 13, "wind at landing": 13, "deck sea at start": 13, "deck sea at landing": 13,
    "too fast": 14,
    "out of order": 15, "no number": 15, "unknown purpose": 15,
    "rough sea": 16,
    "keep-out leg": 17, "keep-out stop": 17,
    "land": 18,
    "no link at stop": 19, "no link on way": 19,
    "unknown cell": 20, "far from cell": 20, "short look": 20, "blind look": 20,
    "outside hours": 21, "wrong span": 21,
    "unknown vessel": 22, "vessel missed": 22, "vessel before told": 22, "vessel late": 22, "short stay": 22,
    "unknown station": 23, "far from station": 23, "unable at station": 23, "unmanned": 23,
    "short overlap": 24,
    "wrong figure": 25,
    "frozen": 26,
    "lost vehicle": 27, "lost place": 27,
})  # fmt: skip
"""Kinds of violations, each with the number of its rule in docs/patrol.md."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A plan breaks `rule` (its number in docs/patrol.md): `kind` is one of `KINDS`, `told` a sentence for people.

    `vehicle`: whose sortie, "" where it is nobody's; `time`: when, UTC s.
    """

    rule: int
    kind: str
    vehicle: str
    time: float
    told: str


def violation(kind: str, told: str, time: float, vehicle: str = "") -> Violation:
    """A violation of the rule that a kind belongs to.

    >>> violation("slot", "two at once", 0.0).rule
    10
    """
    return Violation(KINDS[kind], kind, vehicle, time, told)


def clock(time: float) -> str:
    """A time (UTC s) as people read it.

    >>> clock(1_795_219_200.0), clock(1e30)
    ('11-21 00:00Z', '1e+30 s')
    """
    try:
        return datetime.fromtimestamp(time, UTC).strftime("%m-%d %H:%MZ")
    except (OverflowError, ValueError, OSError):
        return f"{time:g} s"
