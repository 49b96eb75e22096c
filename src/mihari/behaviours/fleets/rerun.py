"""States of a fleet book to go back to when late reports change what was, and what is then to be told anew."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, NamedTuple

from mihari.behaviours.fleets.book import FleetBook, FleetStep
from mihari.core.behaviour import Behaviour, Standing

# each state of the last ten minutes is kept, each tenth minute of the last hour, each hour of the last seven
STEPS = ((0, 600), (600, 3600), (3600, 25_200))


class Mark(NamedTuple):
    """What was known after the step of `time`, UTC s."""

    time: int
    state: dict[str, Any]

    @classmethod
    def nothing(cls, time: int) -> Mark:
        """Before anything was known."""
        return cls(time, {"book": FleetBook().state() | {"time": time}, "rolls": [], "fleets": ()})


class Marks:
    """States, the oldest first: close together of late, far apart before.

    >>> marks = Marks()
    >>> for minute in range(121):
    ...     marks.keep(Mark(60 * minute, {}))
    >>> [mark.time // 60 for mark in marks.all]
    [0, 60, 70, 80, 90, 100, 110, 111, 112, 113, 114, 115, 116, 117, 118, 119, 120]
    >>> marks.before(6300).time // 60
    100
    """

    def __init__(self, all_of_them: Iterable[Mark] = ()) -> None:
        self.all = list(all_of_them)

    def keep(self, mark: Mark) -> None:
        """The newest; those that are too old for how far apart they are go."""
        self.all.append(mark)
        self.all = [m for m in self.all if any(_kept(m.time, mark.time - m.time, *step) for step in STEPS)]

    def before(self, time: float) -> Mark | None:
        """The newest one from before `time`; None where there is none so old."""
        return next((mark for mark in reversed(self.all) if mark.time < time), None)


def _kept(time: int, age: int, every: int, until: int) -> bool:
    return age < until and (every == 0 or time % every == 0)


class Told:
    """What people have been told of fleets, by id, and what each step said."""

    def __init__(self) -> None:
        self._said: dict[str, Behaviour] = {}
        self._log: list[tuple[int, Behaviour]] = []

    def step(self, step: FleetStep) -> FleetStep:
        """A step that is new: what it says, each a revision later than what was said before."""
        self._log += [(step.time, b) for b in step.behaviours]
        return replace(step, behaviours=tuple(self._say(b, b.told) for b in step.behaviours))

    def again(self, since: int, steps: Iterable[FleetStep], now: float) -> list[Behaviour]:
        """Steps after `since` that were done again: what stands otherwise than it was said, told `now`, UTC s."""
        self._log = [(time, b) for time, b in self._log if time <= since]
        self._log += [(step.time, b) for step in steps for b in step.behaviours]
        stands = {b.id: b for _, b in self._log}
        told = [self._say(b, now) for b in stands.values() if not _same(self._said.get(b.id), b)]
        gone = [b for b in self._said.values() if b.id not in stands and b.standing is not Standing.RETRACTED]
        words = {"standing": Standing.RETRACTED}
        return told + [self._say(replace(b, because=f"retracted: {b.because}", **words), now) for b in gone]  # type: ignore[arg-type]

    def forget(self, before: int) -> None:
        """Let go of what was said before, UTC s, and goes on no more."""
        self._log = [(time, b) for time, b in self._log if time >= before or b.standing is Standing.GOING_ON]
        known = {b.id for _, b in self._log}
        self._said = {name: b for name, b in self._said.items() if name in known or b.told >= before}

    def _say(self, b: Behaviour, now: float) -> Behaviour:
        was = self._said.get(b.id)
        self._said[b.id] = replace(b, told=now, revision=b.revision if was is None else was.revision + 1)
        return self._said[b.id]


def _same(said: Behaviour | None, now: Behaviour) -> bool:
    """Whether people know it already."""
    names = ("start", "end", "vessels", "standing", "urgency")
    return said is not None and all(getattr(said, name) == getattr(now, name) for name in names)
