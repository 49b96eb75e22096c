"""One line of `mihari doctor`: what was looked at, how it is, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warning", "problem"]


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing looked at; `found` is a sentence, `cure` says what to do where something is wrong."""

    what: str
    state: State
    found: str
    cure: str = ""


def ok(what: str, found: str) -> Advice:
    """Nothing to do."""
    return Advice(what, "ok", found)


def warning(what: str, found: str, cure: str) -> Advice:
    """It works, but may not always."""
    return Advice(what, "warning", found, cure)


def problem(what: str, found: str, cure: str) -> Advice:
    """Something will not work."""
    return Advice(what, "problem", found, cure)
