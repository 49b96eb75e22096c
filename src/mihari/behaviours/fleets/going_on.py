"""Behaviours of fleets that go on: told when they begin, revised as they change much, ended; and kept as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

from mihari.core.behaviour import Behaviour, Evidence, Standing, Urgency


@dataclass(frozen=True, slots=True)
class Open:
    """A behaviour as last told; `watched`: the vessels by which it is seen to go on; `seen`: UTC s they last were."""

    behaviour: Behaviour
    watched: tuple[int, ...]
    seen: int

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        b = self.behaviour
        told = asdict(replace(b, evidence=Evidence())) | {"evidence": dict(b.evidence.facts)}
        lists = {"vessels": list(b.vessels), "innocent": list(b.innocent)}
        return {"behaviour": told | lists, "watched": list(self.watched), "seen": self.seen}

    @classmethod
    def of_json(cls, told: dict[str, Any]) -> Open:
        """Back."""
        b = told["behaviour"]
        evidence = Evidence(facts=b["evidence"], first=b["start"], last=b["told"])
        tuples = {"vessels": tuple(b["vessels"]), "innocent": tuple(b["innocent"])}
        kinds = {"urgency": Urgency(b["urgency"]), "standing": Standing(b["standing"]), "evidence": evidence}
        return cls(Behaviour(**b | tuples | kinds), tuple(told["watched"]), told["seen"])


def revised(was: Behaviour, now: Behaviour, time: int) -> Behaviour:
    """`now` as the next revision of `was`: begun and decided when that was."""
    return replace(
        now,
        id=was.id,
        start=was.start,
        decided=was.decided,
        told=float(time),
        revision=was.revision + 1,
        fleet=was.fleet,
    )


def ended(was: Behaviour, end: int, time: int, because: str) -> Behaviour:
    """`was` with its end; `because` is added to what it said."""
    now = replace(was, end=end, standing=Standing.ENDED, because=f"{was.because}; {because}")
    return revised(was, now, time)


def share_in(vessels: Iterable[int], others: Iterable[int]) -> float:
    """Share of `vessels` that are among `others`.

    >>> share_in((1, 2, 3, 4), (3, 4, 5))
    0.5
    """
    mine = set(vessels)
    return len(mine & set(others)) / max(len(mine), 1)
