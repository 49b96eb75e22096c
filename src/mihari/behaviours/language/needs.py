"""A definition -> the findings without which it never holds: where one of them is absent, it need not be worked out."""

from __future__ import annotations

from typing import Any

from mihari.behaviours.language import syntax as s

NOTHING: frozenset[str] = frozenset()


def needs(definitions: s.Definitions) -> dict[str, frozenset[str]]:
    """By definition: names of findings, `name(word)` where it is told with a word. Of fluents nothing is said.

    >>> from mihari.behaviours.language import parse
    >>> found = needs(parse('a(v) = (x(v) or y(v)) and z(v) without w(v)\\nb(v) = a(v) and inside(v, port)'))
    >>> sorted(found["a"]), sorted(found["b"])
    (['z'], ['inside(port)', 'z'])
    """
    made: dict[str, frozenset[str]] = {}
    for name in definitions.definitions:
        _of_definition(name, definitions, made)
    return made


def _of_definition(name: str, definitions: s.Definitions, made: dict[str, frozenset[str]]) -> frozenset[str]:
    if name not in made:
        d = definitions.definitions[name]
        made[name] = NOTHING  # of itself, should it ask for itself
        if not isinstance(d.body, s.Fluent) and not d.word[0]:
            made[name] = _of(d.body, d.vessels, definitions, made)
    return made[name]


def _of(e: Any, vessels: tuple[str, ...], all_: s.Definitions, made: dict[str, frozenset[str]]) -> frozenset[str]:
    """The findings without which an expression never holds."""
    if s.is_condition(e) or isinstance(e, s.Not):
        return NOTHING
    if isinstance(e, s.Call):
        if e.name in all_.definitions:
            return _of_definition(e.name, all_, made)
        words = [a for a in e.arguments if a not in vessels]
        return frozenset([f"{e.name}({', '.join(words)})" if words else e.name])
    if isinstance(e, s.AllOf):
        return NOTHING.union(*(_of(p, vessels, all_, made) for p in e.parts))
    if isinstance(e, s.AnyOf):
        first, *others = (_of(p, vessels, all_, made) for p in e.parts)
        return first.intersection(*others)
    if isinstance(e, s.Joined | s.Lasting):
        return _of(e.inner, vessels, all_, made)
    if isinstance(e, s.Then):
        return _of(e.first, vessels, all_, made) | _of(e.second, vessels, all_, made)
    if isinstance(e, s.Related):
        also = NOTHING if e.how == "without" or s.is_condition(e.second) else _of(e.second, vessels, all_, made)
        return _of(e.first, vessels, all_, made) | also
    return NOTHING
