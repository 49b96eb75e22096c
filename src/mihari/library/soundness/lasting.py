"""Times that nothing can last: longer than findings or figures are remembered, or less than what stands within."""

from __future__ import annotations

from typing import Any

from mihari.behaviours.language import LanguageError
from mihari.behaviours.language import syntax as s
from mihari.behaviours.memory import Pace
from mihari.library.soundness.known import Known


def too_long(e: Any, known: Known) -> LanguageError | None:
    """Why an expression can never last as long as it says; None where it can, or says nothing of it."""
    if not isinstance(e, s.Lasting) or (seconds := known.seconds(e.duration)) is None:
        return None
    if e.how == "less than":
        return _too_short(e, seconds, known)
    pace = Pace()
    if seconds >= pace.keep_s:
        told = f"nothing is remembered for {_time(seconds)}; expected less than {_time(pace.keep_s)}"
        return LanguageError(f"can never hold: {told}", e.at)
    if seconds >= pace.revise_s and (figure := _figure(e.inner, known)) is not None:
        told = f"{figure}(…) is remembered for {_time(pace.revise_s)} and not for {_time(seconds)}; expected less"
        hint = f"or findings such as slow(v), which are kept for {_time(pace.keep_s)}"
        return LanguageError(f"can never hold: {told}, {hint}", e.at)
    return None


def _too_short(e: s.Lasting, seconds: float, known: Known) -> LanguageError | None:
    if seconds <= 0:
        return LanguageError("can never hold: nothing lasts less than no time; expected a time", e.at)
    inside = e.inner
    while isinstance(inside, s.Joined):
        inside = inside.inner
    if not isinstance(inside, s.Lasting) or inside.how == "less than":
        return None
    least = known.seconds(inside.duration)
    if least is None or least < seconds:
        return None
    told = f"what lasts {inside.how} {_time(least)} does not last less than {_time(seconds)}"
    return LanguageError(f"can never hold: {told}; expected the greater time there", e.at)


def _figure(e: Any, known: Known) -> str | None:
    """A figure that changes with time without which an expression does not hold."""
    if isinstance(e, s.Measured):
        return e.measure.name
    if isinstance(e, s.AllOf):
        return next((f for part in e.parts if (f := _figure(part, known)) is not None), None)
    if isinstance(e, s.AnyOf):
        found = [_figure(part, known) for part in e.parts]
        return found[0] if all(found) else None
    if isinstance(e, s.Lasting | s.Joined):
        return _figure(e.inner, known)
    if isinstance(e, s.Related):
        return _figure(e.first, known)
    body = known.body(e)
    return None if body is None else _figure(body, known)


def _time(seconds: float) -> str:
    """In words.

    >>> _time(21600), _time(1800)
    ('6 h', '30 min')
    """
    return f"{seconds / 3600:g} h" if seconds >= 3600 else f"{seconds / 60:g} min"
