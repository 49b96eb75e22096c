"""What is held of each fleet between steps, its number, and the changes that people are told of."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from mihari.core.behaviour import Explanation

IDS_A_MINUTE = 1000


class Change(StrEnum):
    """What may happen to a fleet."""

    FORMED = "formed"
    GREW = "grew"
    SHRANK = "shrank"
    SPLIT = "split"  # off another one: the new fleet's parents tell which
    MERGED = "merged"  # with others, into one of them: `others` are no more
    DISSOLVED = "dissolved"
    PURPOSE = "changed purpose"


@dataclass(frozen=True, slots=True)
class FleetChange:
    """One change of one fleet at `time`; `others`: fleets that have to do with it; `because`: a sentence."""

    change: Change
    fleet: int
    time: int  # UTC s
    because: str
    others: tuple[int, ...] = ()


@dataclass(slots=True)
class Held:
    """A fleet between two steps; one that has not formed is a candidate that nobody is told of. Times: UTC s."""

    id: int
    began: int  # when its first members came together
    seen: int  # when a cluster last carried it
    formed: int = 0  # when people were first told; 0: candidate
    parents: tuple[int, ...] = ()
    inside: int = 0  # the fleet in whose cluster it is, since:
    inside_since: int = 0
    purpose: str = ""  # as told
    likelier: str = ""  # the purpose that is now the likeliest, since:
    likelier_since: int = 0
    explained: int = 0  # when the explanations were last worked out
    explanations: tuple[Explanation, ...] = ()
    massing: int = 0  # since when it is one that nothing explains; 0: it is not
    told: int = 0  # members when people were last told of growth

    @property
    def seniority(self) -> tuple[bool, int, int]:
        """Ascending: formed ones first, then by age."""
        return (self.formed == 0, self.began, self.id)

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        told = {f.name: getattr(self, f.name) for f in fields(self)}
        told["explanations"] = [[e.purpose, e.weight, e.because] for e in self.explanations]
        return told | {"parents": list(self.parents)}

    @classmethod
    def of_json(cls, told: dict[str, Any]) -> Held:
        """Back."""
        explanations = tuple(Explanation(*e) for e in told["explanations"])
        return cls(**told | {"explanations": explanations, "parents": tuple(told["parents"])})


def fleet_id(time: int, first_key: int, taken: Container[int]) -> int:
    """A new fleet's number, from when it began and its first member by key: the same whatever else happened.

    >>> fleet_id(1_800_000_060, 1, ()), fleet_id(1_800_000_060, 1, (30000001761,))
    (30000001761, 30000001762)
    """
    number = time // 60 * IDS_A_MINUTE + first_key * 2654435761 % 2**32 % IDS_A_MINUTE  # Knuth, TAOCP 3, 6.4
    while number in taken:
        number += 1
    return number
