"""A pattern and its cases -> whether it tells what it should: found, quiet, missed, false. By the live engine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from mihari.behaviours.engine import Engine
from mihari.behaviours.gathering import Gathering
from mihari.behaviours.kinds import built_in
from mihari.behaviours.language import Definitions, written
from mihari.behaviours.sightings import SightingKind, Sightings
from mihari.core.behaviour import Behaviour, Standing
from mihari.core.reports import Batch, Claims, ReportKind, Reports
from mihari.library.cases import HELD, NAMED, TOLD, UNSEEN, Case, Rows
from mihari.library.grounds import Grounds
from mihari.library.pattern import Pattern, merged

OF_FLEETS = ("in_fleet", "fleet_mates")  # findings for which the case's fleets are followed, minute by minute
STEP_S = 3600.0  # of data between two looks; what is found does not depend on it
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
    rows = case.rows
    engine = Engine(Grounds(rows), definitions)
    gathering = Gathering(engine.memory, engine.names, engine.rolls) if _asks_for_fleets(definitions) else None
    edges = np.arange(rows.time.min(initial=case.start) + STEP_S, case.last, STEP_S)
    for part in np.split(np.arange(len(rows)), np.searchsorted(rows.time, edges)):
        if len(part):
            some = rows.take(part)
            engine.hear(_heard(some))
            engine.sight(_seen(some))
            engine.step(float(some.time[-1]))
            if gathering is not None:
                gathering.step(int(some.time[-1]), engine.changed_since())
    engine.step(case.last + 1.0)
    engine.look_again(rows.vessel.tolist())  # what others tell of them has changed meanwhile
    engine.step(case.last + 2.0)
    return engine.standing()


def _asks_for_fleets(definitions: Definitions) -> bool:
    """Whether a definition that does not come with the program asks who belongs together."""
    own = definitions.definitions.keys() - built_in().definitions.keys()
    texts = (written(definitions.definitions[name]) for name in own)
    return any(f"{word}(" in text for text in texts for word in OF_FLEETS)


def _heard(rows: Rows) -> Batch:
    """The AIS among rows."""
    some = rows.take(np.flatnonzero((rows.what == TOLD) | (rows.what == NAMED)))
    named = some.what == NAMED
    reports = Reports.of(
        len(some), time=some.time, kind=np.where(named, ReportKind.AIS_STATIC, ReportKind.AIS_POSITION),
        lat_deg=some.lat_deg, lon_deg=some.lon_deg, speed=some.speed, course=some.course, heading=some.heading,
        sensor=some.station, feed=0, offset=np.arange(len(some)), claim=np.arange(len(some)),
    )  # fmt: skip
    same = ("status", "subject", "device", "imo", "name", "call_sign", "ship_type", "draught")
    claims = Claims.of(
        len(some), mmsi=some.vessel, bow=some.hull_length, stern=np.where(named, 0.0, np.nan),
        **{name: getattr(some, name) for name in same},
    )  # fmt: skip
    return Batch(reports, claims)


def _seen(rows: Rows) -> Sightings:
    """What radar holds, and where it sees nobody."""
    some = rows.take(np.flatnonzero((rows.what == HELD) | (rows.what == UNSEEN)))
    names = ("time", "lat_deg", "lon_deg", "speed", "course")
    kind = np.where(some.what == HELD, SightingKind.HELD, SightingKind.UNSEEN)
    return Sightings.of(len(some), key=some.vessel, kind=kind, **{name: getattr(some, name) for name in names})
