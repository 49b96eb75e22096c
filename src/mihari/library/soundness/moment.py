"""What a definition asks for at one time, and what of it cannot be at one time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from mihari.behaviours.language import LanguageError
from mihari.behaviours.language import syntax as s
from mihari.library.soundness.known import RANGES, Known, range_of
from mihari.library.soundness.spans import Span, span_of, told_of

Key: TypeAlias = tuple[Any, ...]
Names: TypeAlias = Mapping[str, str]  # a definition's variables -> the vessels they stand for


@dataclass(frozen=True, slots=True)
class Asked:
    """What must hold, or must not, whenever something else does: a finding or a comparison of certain vessels."""

    holds: bool
    atom: Any
    names: Names

    @property
    def key(self) -> Key:
        """The same for what says the same of the same vessels."""
        if isinstance(self.atom, s.Call):
            return (self.atom.name, self._vessels(self.atom), self.atom.value)
        return (type(self.atom).__name__, self.figure, repr(self.atom))

    @property
    def figure(self) -> Key:
        """The figure or attribute that a comparison is of, and of which vessels."""
        operands = [self.atom.operand] if isinstance(self.atom, s.Is) else self.atom.operands
        call = next((o for o in operands if isinstance(o, s.Call)), None)
        return ("",) if call is None else (call.name, *self._vessels(call))

    def _vessels(self, call: s.Call) -> tuple[str, ...]:
        return tuple(self.names.get(argument, argument) for argument in call.arguments)


def asked(e: Any, known: Known, names: Names | None = None) -> Iterator[Asked]:
    """All that must be so at a time at which an expression holds, through the pattern's own definitions."""
    names = names or {}
    if isinstance(e, s.AllOf):
        for part in e.parts:
            yield from asked(part, known, names)
    elif isinstance(e, s.Lasting):
        yield from asked(e.inner, known, names)
    elif isinstance(e, s.Related):
        yield from asked(e.first, known, names)
        if e.how == "without":
            yield from _absent(e.second, names)
    elif isinstance(e, s.Not):
        yield from _absent(e.inner, names)
    elif isinstance(e, s.Call):
        yield Asked(True, e, names)
        if (body := known.body(e)) is not None:
            vessels = known.definitions[e.name].vessels
            own = dict(zip(vessels, (names.get(a, a) for a in e.arguments), strict=False))
            yield from asked(body, known, own)
    elif isinstance(e, s.Measured | s.Compared | s.Is):
        yield Asked(True, e, names)


def _absent(e: Any, names: Names) -> Iterator[Asked]:
    """What must not be, where an expression must not hold: each part of an `or`."""
    if isinstance(e, s.AnyOf):
        for part in e.parts:
            yield from _absent(part, names)
    elif isinstance(e, s.Call | s.Measured | s.Is | s.Compared):
        yield Asked(False, e, names)


def contradiction(e: Any, known: Known) -> LanguageError | None:
    """What an expression asks for at one time and cannot be at one time."""
    spans: dict[Key, Span] = {}
    words: dict[Key, frozenset[str]] = {}
    holds, absent = dict[Key, Asked](), set[Key]()
    for one in asked(e, known):
        problem = None
        if one.holds and (span := span_of(one.atom, known)) is not None:
            problem = _no_value(spans, one.figure, span)
        elif one.holds and isinstance(one.atom, s.Is):
            problem = _no_word(words, one)
        if problem is not None:
            return problem
        holds.setdefault(one.key, one) if one.holds else absent.add(one.key)
    both = next((one for key, one in holds.items() if key in absent), None)
    if both is None:
        return None
    told = told_of(both.atom) if isinstance(both.atom, s.Call) else "the same comparison"
    return LanguageError(f"can never hold: {told} and not {told}; expected one of the two", both.atom.at)


def _no_value(spans: dict[Key, Span], figure: Key, span: Span) -> LanguageError | None:
    """Add what a comparison leaves to what is left of its figure; the problem where that is nothing."""
    name = figure[0]
    if span.empty:
        return LanguageError(f"can never hold: {span.told}; expected the smaller figure first", span.at)
    if name in RANGES and span.common(Span(*RANGES[name])).empty:
        return LanguageError(f"can never hold: {span.told}; expected a figure {range_of(name)}", span.at)
    before = spans.get(figure)
    left = span if before is None else span.common(before)
    if before is not None and left.empty:
        return LanguageError(f"can never hold: {before.told} and {span.told}; did you mean 'or'?", span.at)
    spans[figure] = replace(left, told=span.told if before is None else f"{before.told} and {span.told}")
    return None


def _no_word(words: dict[Key, frozenset[str]], one: Asked) -> LanguageError | None:
    """The same of words."""
    e = one.atom
    if e.negated or not e.choice or not all(isinstance(word, s.Word) for word in e.choice):
        return None
    chosen = frozenset(word.word for word in e.choice)
    before = words.get(one.figure, chosen)
    words[one.figure] = before & chosen
    if words[one.figure]:
        return None
    name = one.figure[0]
    both = ", ".join(sorted(before | chosen))
    return LanguageError(f"can never hold: one vessel has one {name}; did you mean 'is one of {{{both}}}'?", e.at)
