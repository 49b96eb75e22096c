"""A pattern's definition is judged: words that no vessel has, times that nothing lasts, what never or always holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mihari.behaviours.language import Definition, LanguageError, Parameter
from mihari.behaviours.language import syntax as s
from mihari.behaviours.language.mistakes import perhaps
from mihari.behaviours.measures import DISTANCE
from mihari.core.zones import KINDS
from mihari.library.soundness.known import RANGES, WORDS, Known
from mihari.library.soundness.lasting import too_long
from mihari.library.soundness.moment import contradiction
from mihari.library.soundness.spans import Span, span_of

ALWAYS = "it holds for every vessel at all times; expected something that some vessels do not do"


def unsound(
    name: str, definitions: Mapping[str, Definition], parameters: Mapping[str, Parameter]
) -> LanguageError | None:
    """Why the definition `name` can never hold, or always holds; None where neither is to be seen.

    `definitions`: those of the pattern; all others are taken as they are.
    """
    known = Known(definitions, parameters)
    body = definitions[name].body
    if isinstance(body, s.Fluent):
        return None
    for e in known.expressions(body):
        if (problem := _unknown_word(e) or too_long(e, known)) is not None:
            return problem
    if (problem := _never(body, known)) is not None:
        return problem
    at = _always(body, known)
    return None if at is None else LanguageError(ALWAYS, at)


def _unknown_word(e: Any) -> LanguageError | None:
    """A word that no vessel has; the name of a kind of zone that is nearly one."""
    if isinstance(e, s.Is) and isinstance(e.operand, s.Call) and e.operand.name in WORDS:
        known = WORDS[e.operand.name]
        word = next((w for w in e.choice if isinstance(w, s.Word) and w.word not in known), None)
        if word is not None:
            told = f"no vessel has the {e.operand.name} '{word.word}'{perhaps(word.word, known)}"
            return LanguageError(told, word.at if word.at != s.NOWHERE else e.at)
    call = e.measure if isinstance(e, s.Measured) else e
    if isinstance(call, s.Call) and call.name in ("inside", DISTANCE) and call.arguments[-1] not in KINDS:
        hint = perhaps(call.arguments[-1], KINDS) or f"; expected one of {', '.join(KINDS)}"
        if "did you mean" in hint or call.name == DISTANCE:  # else it may be the name of a zone of one's own
            return LanguageError(f"no kind of zone '{call.arguments[-1]}'{hint}", e.at)
    return None


def _never(e: Any, known: Known) -> LanguageError | None:
    """Why an expression can never hold."""
    if isinstance(e, s.AnyOf):
        problems = [_never(part, known) for part in e.parts]
        return problems[0] if all(problems) else None
    return contradiction(e, known) or next((p for part in _needed(e, known) if (p := _never(part, known))), None)


def _needed(e: Any, known: Known) -> list[Any]:
    """The parts that must hold at some time, for an expression to hold at any."""
    if isinstance(e, s.AllOf):
        return list(e.parts)
    if isinstance(e, s.Then):
        return [e.first, e.second]
    if isinstance(e, s.Related):
        return [e.first] if e.how == "without" else [e.first, e.second]
    if isinstance(e, s.Lasting | s.Joined | s.Crowd):
        return [e.inner]
    body = known.body(e)
    return [] if body is None else [body]


def _always(e: Any, known: Known) -> s.At | None:
    """Where it stands that an expression always holds; None where it may not."""
    if isinstance(e, s.Call):
        body = known.body(e)
        return e.at if e.name == "present" else None if body is None else _always(body, known)
    if isinstance(e, s.Measured | s.Compared):
        return _all_values(e, known)
    if isinstance(e, s.AllOf):
        found = [_always(part, known) for part in e.parts]
        return found[0] if all(found) else None
    if isinstance(e, s.AnyOf):
        if any(isinstance(part, s.Not) and part.inner in e.parts for part in e.parts):
            return e.at
        return next((at for part in e.parts if (at := _always(part, known)) is not None), None)
    if isinstance(e, s.Not):
        return e.at if _never(e.inner, known) is not None else None
    if isinstance(e, s.Joined) or (isinstance(e, s.Lasting) and e.how != "less than"):
        return _always(e.inner, known)
    if isinstance(e, s.Related) and e.how == "without":
        return _always(e.first, known) if _never(e.second, known) is not None else None
    return None


def _all_values(e: s.Measured | s.Compared, known: Known) -> s.At | None:
    """Where a comparison stands that leaves all the values that there are."""
    span = span_of(e, known)
    name = next((operand.name for operand in e.operands if isinstance(operand, s.Call)), "")
    return e.at if span is not None and name in RANGES and span.covers(Span(*RANGES[name])) else None
