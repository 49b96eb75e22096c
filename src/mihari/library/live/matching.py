"""An expression of the language -> what of it can be matched as updates come: a formula and its durations.

What can be matched exactly is a formula over comparisons of one vessel, its breaks filled, its intervals chosen by
how long they last. Of anything else a **gate** is made, without which it does not hold: the exact engine need look at a
vessel only while the gate holds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from mihari.behaviours.language import syntax as s
from mihari.library.live.conditions import Conditions, turned
from mihari.library.live.formulas import TRUE, Formula, all_of, any_of
from mihari.library.live.layout import EVER


@dataclass(frozen=True, slots=True)
class Matched:
    """`body`, breaks of at most `join_s` filled, the intervals of `least_s` <= seconds < `most_s`.

    `why`: it is a gate, and why; empty: it is exact. A gate holds whenever the expression does; a `loose` one at some
    second at least, where the expression ever holds.
    """

    body: Formula
    join_s: int = 0
    least_s: int = 0
    most_s: int = EVER
    why: str = ""
    loose: bool = False

    @property
    def plain(self) -> bool:
        """Whether there are no clauses: at each second the body alone decides."""
        return not self.join_s and not self.least_s and self.most_s == EVER and not self.loose

    def gate(self, why: str, loose: bool = False) -> Matched:
        """The same as a gate; the first reason counts."""
        return replace(self, most_s=EVER, why=self.why or why, loose=self.loose or loose)


@dataclass(frozen=True)
class Matching:
    """Expressions of some definitions, by what they can be matched."""

    definitions: s.Definitions
    conditions: Conditions

    def definition(self, d: s.Definition) -> Matched:
        """A definition; of a pair the gate of that vessel of which more is asked."""
        if isinstance(d.body, s.Fluent):
            return Matched(TRUE, why="events start and end it", loose=True)
        if d.word[0]:
            return Matched(TRUE, why="it is one for each word", loose=True)
        if not d.vessels:
            return self.when(d.body, "", False).gate("it is of the scene", loose=True)
        found = [self.when(d.body, vessel, False) for vessel in d.vessels]
        return found[0] if len(found) == 1 else _tighter(*found).gate("it is of a pair")

    def when(self, e: Any, vessel: str, negated: bool) -> Matched:
        """While an expression of `vessel` holds, or (`negated`) does not."""
        if isinstance(e, s.Not):
            return self.when(e.inner, vessel, not negated)
        if isinstance(e, s.AllOf | s.AnyOf):
            parts = [self.when(p, vessel, negated) for p in e.parts]
            changing = [not s.is_condition(p) for p in e.parts]
            return _every(parts, changing) if isinstance(e, s.AllOf) != negated else _some(parts)
        if isinstance(e, s.Related) and e.how == "without":
            return self.when(s.AllOf((e.first, s.Not(e.second))), vessel, negated)
        if isinstance(e, s.Call) and e.name in self.definitions.definitions:
            return self.called(e, vessel, negated)
        if isinstance(e, s.Call | s.Compared | s.Measured | s.Is):
            return self.leaf(e, vessel, negated)
        if negated:
            return Matched(TRUE, why="it asks that what lasts or follows does not hold")
        return self.timed(e, vessel)

    def leaf(self, e: Any, vessel: str, negated: bool) -> Matched:
        """A comparison or a finding."""
        formula = self.formula(e, vessel)
        if formula is None:
            call = e.measure if isinstance(e, s.Measured) else e
            what = next((p.name for p in s.parts(call) if isinstance(p, s.Call)), "it")
            return Matched(TRUE, why=f"'{what}' is not told by figures of one vessel")
        return Matched(turned(formula) if negated else formula)

    def formula(self, e: Any, vessel: str) -> Formula | None:
        """The same as a formula, where figures tell it."""
        if isinstance(e, s.Compared | s.Measured):
            return self.conditions.compared(e, vessel)
        if isinstance(e, s.Is):
            return self.conditions.told(e, vessel)
        words = ", ".join(e.arguments[1:])
        return (
            self.conditions.found(f"{e.name}({words})" if words else e.name) if e.arguments[:1] == (vessel,) else None
        )

    def called(self, e: s.Call, vessel: str, negated: bool) -> Matched:
        """Another definition, as if it stood here."""
        d = self.definitions.definitions[e.name]
        if isinstance(d.body, s.Fluent) or d.word[0] or len(e.arguments) != len(d.vessels):
            return Matched(TRUE, why=f"'{e.name}' is started and ended by events")
        if vessel not in e.arguments:
            return Matched(TRUE, why=f"'{e.name}' is of another vessel")
        return self.when(d.body, d.vessels[e.arguments.index(vessel)], negated)

    def timed(self, e: Any, vessel: str) -> Matched:
        """An expression with a clause, of which time decides."""
        if isinstance(e, s.Crowd):
            return self.when(e.inner, vessel or e.vessel, False).gate("it counts vessels", loose=not vessel)
        if isinstance(e, s.Lasting):
            return _lasting(self.when(e.inner, vessel, False), e.how, self.seconds(e.duration))
        if isinstance(e, s.Joined):
            return _joined(self.when(e.inner, vessel, False), self.seconds(e.duration))
        first, second = self.when(e.first, vessel, False), self.when(e.second, vessel, False)
        if isinstance(e, s.Then):
            return (first if second.body == TRUE else second).gate("one thing follows another", loose=True)
        return first.gate(f"intervals are held against others ('{e.how}')")

    def seconds(self, duration: s.Number | s.Name) -> int:
        """A duration."""
        quantity = duration.quantity if isinstance(duration, s.Number) else self.conditions.parameters[duration.name]
        return quantity.seconds


def _tighter(a: Matched, b: Matched) -> Matched:
    """Of two gates the one that asks more."""
    return max(a, b, key=lambda m: (m.body != TRUE, not m.loose, m.least_s, len(str(m.body))))


def _every(parts: list[Matched], changing: list[bool]) -> Matched:
    """While all hold. What is known of a vessel may be asked before or after a clause; what changes may not."""
    why = next((m.why for m in parts if m.why), "")
    plain = all_of([m.body for m in parts if m.plain])
    timed = [m for m in parts if not m.plain]
    if not timed:
        return Matched(plain, why=why)
    mixed = any(m.plain and moves for m, moves in zip(parts, changing, strict=True))
    if len(timed) == 1 and not mixed and not timed[0].loose:
        found = replace(timed[0], body=all_of([timed[0].body, plain]))
        return found.gate(why) if why else found
    return max((_tighter(m, Matched(plain)) for m in timed), key=lambda m: m.least_s).gate(
        why or "what lasts and what changes are asked together"
    )


def _some(parts: list[Matched]) -> Matched:
    """While one holds."""
    body, why = any_of([m.body for m in parts]), next((m.why for m in parts if m.why), "")
    if all(m.plain for m in parts):
        return Matched(body, why=why)
    least = min(m.least_s for m in parts)
    found = Matched(body, max(m.join_s for m in parts), least, loose=any(m.loose for m in parts))
    return found.gate(why or "one of several, each by its own durations")


def _lasting(m: Matched, how: str, seconds: int) -> Matched:
    """Intervals chosen by how long they last; of a gate, only where that loses none."""
    if m.loose or (m.why and how == "less than"):
        return m
    if how == "less than":
        return replace(m, most_s=min(m.most_s, seconds))
    return replace(m, least_s=max(m.least_s, seconds + (how == "more than")))


def _joined(m: Matched, seconds: int) -> Matched:
    """Breaks filled."""
    if m.loose:
        return m
    found = replace(m, join_s=max(m.join_s, seconds))
    return found.gate("breaks are ignored between what has lasted") if m.least_s or m.most_s < EVER else found
