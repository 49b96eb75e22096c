"""A pattern and its cases -> whether it tells what it should: found, quiet, missed, false. By the live engine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mihari.behaviours.engine import Engine
from mihari.behaviours.gathering import Gathering
from mihari.behaviours.kinds import built_in
from mihari.behaviours.language import Definitions, written
from mihari.core.behaviour import Behaviour, Standing
from mihari.library.cases import Case
from mihari.library.grounds import Grounds
from mihari.library.pattern import Pattern, merged
from mihari.library.taking import taken_in

OF_FLEETS = ("in_fleet", "fleet_mates")  # findings for which the case's fleets are followed, minute by minute
SLACK_S = 300.0  # what is told may begin or end so much beside what is true, and still be it
LEAST = (3, 5)  # positive and negative cases, of a pattern that is proven


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a pattern told of a case: of its vessels at its time (`told`), else of somebody (`beside`)."""

    case: Case
    told: tuple[Behaviour, ...]
    beside: tuple[Behaviour, ...]

    @property
    def right(self) -> bool:
        """Whether it told what it should, and nothing else."""
        return bool(self.told) == self.case.positive and not self.beside

    @property
    def word(self) -> str:
        """In a word: found, quiet, missed or false."""
        if self.case.positive:
            return "found" if self.told and not self.beside else "missed" if not self.told else "false"
        return "quiet" if self.right else "false"


@dataclass(frozen=True, slots=True)
class Proof:
    """All verdicts of a pattern."""

    pattern: str
    verdicts: tuple[Verdict, ...]

    def count(self, word: str) -> int:
        """How many cases are so: found, quiet, missed, false."""
        return sum(verdict.word == word for verdict in self.verdicts)

    @property
    def holds(self) -> bool:
        """Whether there are cases enough and all of them give what they should."""
        signs = [verdict.case.positive for verdict in self.verdicts]
        enough = sum(signs) >= LEAST[0] and len(signs) - sum(signs) >= LEAST[1]
        return enough and all(verdict.right for verdict in self.verdicts)

    @property
    def problem(self) -> str:
        """Why it does not hold, in a sentence; "" where it does."""
        if self.holds:
            return ""
        wrong = [v for v in self.verdicts if not v.right]
        if wrong:
            return (
                f"{len(wrong)} of {len(self.verdicts)} cases: {', '.join(f'{v.case.name} {v.word}' for v in wrong[:5])}"
            )
        signs = [verdict.case.positive for verdict in self.verdicts]
        found = f"{sum(signs)} positive and {len(signs) - sum(signs)} negative"
        return f"expected {LEAST[0]} positive and {LEAST[1]} negative cases at least, found {found}"


def prove(pattern: Pattern, cases: Sequence[Case], definitions: Definitions | None = None) -> Proof:
    """Run all cases; `definitions`: those of the pattern with other figures, say."""
    known = definitions or merged([pattern])
    return Proof(pattern.name, tuple(judged(case, found(case, known), pattern.name) for case in cases))


def judged(case: Case, behaviours: Iterable[Behaviour], kind: str) -> Verdict:
    """What of the behaviours of a kind is told of the case's vessels at its time."""
    told: list[Behaviour] = []
    beside: list[Behaviour] = []
    for b in behaviours:
        if b.kind != kind or b.standing is Standing.RETRACTED:
            continue
        overlaps = b.start < case.end + SLACK_S and (b.end is None or b.end > case.start - SLACK_S)
        mine = overlaps and set(b.vessels) <= set(case.vessels)
        (told if mine else beside).append(b)
    return Verdict(case, tuple(told), tuple(beside))


def found(case: Case, definitions: Definitions) -> list[Behaviour]:
    """All behaviours of a case as they stand when it ends."""
    engine = Engine(Grounds(case.rows), definitions)
    fleets = _asks_for_fleets(definitions)
    gathering = Gathering(engine.memory, engine.names, engine.rolls) if fleets else None
    for now in taken_in(engine, case):
        if gathering is not None:
            gathering.step(now, engine.changed_since())
    engine.step(case.last + 1.0)
    engine.look_again(case.rows.vessel.tolist())  # what others tell of them has changed meanwhile
    engine.step(case.last + 2.0)
    return engine.standing()


def _asks_for_fleets(definitions: Definitions) -> bool:
    """Whether a definition that does not come with the program asks who belongs together."""
    own = definitions.definitions.keys() - built_in().definitions.keys()
    texts = (written(definitions.definitions[name]) for name in own)
    return any(f"{word}(" in text for text in texts for word in OF_FLEETS)
