"""What the fields of a case hold, and how long each may be. What a newer version wrote otherwise is not read here."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from mihari.alerts.text import SENTENCE_MAX, clean
from mihari.core.errors import BadInput

OUTCOMES = ("confirmed", "benign", "false", "unknown")
STATUSES = ("open", "closed")
EVIDENCE = ("track", "alert", "dossier", "report", "picture", "clip", "file")
LINE, LONG = 200, 10_000  # characters of a line and of what may have paragraphs
WHOLE = 1 << 62
SHA256 = re.compile(r"[0-9a-f]{64}")
Read = Callable[[Any], Any]


def line(most: int = LINE, needed: bool = False) -> Read:
    """One line of text."""

    def read(value: Any) -> str:
        return _text(value, most, needed, lambda text: clean(text, most))

    return read


def paragraphs(most: int = LONG, needed: bool = False) -> Read:
    """Text with its lines.

    >>> paragraphs()("one \\x1b two\\n\\n\\n\\nthree  ")
    'one � two\\n\\nthree'
    """

    def read(value: Any) -> str:
        return _text(value, most, needed, lambda text: _lines(text, most))

    return read


def _lines(text: str, most: int) -> str:
    cleaned = "\n".join(clean(part, most) for part in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    return re.sub(r"\n{3,}", "\n\n", cleaned).strip()


def _text(value: Any, most: int, needed: bool, cleaned: Callable[[str], str]) -> str:
    if not isinstance(value, str):
        raise BadInput("expected text")
    if len(value) > most:
        raise BadInput(f"expected at most {most} characters, found {len(value)}")
    found = cleaned(value)
    if needed and not found:
        raise BadInput("expected some words")
    return found


def word(*of: str) -> Read:
    """One of these words."""

    def read(value: Any) -> str:
        if value not in of or not isinstance(value, str):
            raise BadInput(f"expected one of {', '.join(of)}")
        return value

    return read


def whole(least: int = 0) -> Read:
    """A whole number."""

    def read(value: Any) -> int:
        if type(value) is not int or not least <= value < WHOLE:
            raise BadInput(f"expected a whole number from {least} on")
        return value

    return read


def number(value: Any) -> float | None:
    """A number, or none."""
    if value is None:
        return None
    if type(value) not in (int, float) or not math.isfinite(value) or abs(value) > 1e15:
        raise BadInput("expected a number")
    return float(value)


def hashed(value: Any) -> str:
    """A SHA-256."""
    if not isinstance(value, str) or not SHA256.fullmatch(value):
        raise BadInput("expected a SHA-256 of 64 hexadecimal digits")
    return value


def parts(needed: Mapping[str, Read], may: Mapping[str, tuple[Read, Any]]) -> Read:
    """An object: what it needs, and what it may have, each with what stands for its absence."""

    def read(value: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise BadInput("expected an object")
        strange = set(value) - set(needed) - set(may)
        if strange:
            raise BadInput(f"{clean(min(strange), 40)}: is not known here")
        absent = [name for name in needed if name not in value]
        if absent:
            raise BadInput(f"{absent[0]}: is missing")
        found = {name: _named(name, one, value[name]) for name, one in needed.items()}
        return found | {
            name: _named(name, one, value[name]) if name in value else otherwise
            for name, (one, otherwise) in may.items()
        }

    return read


def _named(name: str, one: Read, value: Any) -> Any:
    try:
        return one(value)
    except BadInput as problem:
        raise BadInput(f"{name}: {problem}") from None


WORDS: dict[str, Read] = {  # the last word counts, earlier ones are kept
    "title": line(LINE, True),
    "status": word(*STATUSES),
    "outcome": word(*OUTCOMES),
    "outcome_kind": line(),
    "analysis": paragraphs(),
    "done": paragraphs(),
    "done_by": line(),
    "ended_by": line(SENTENCE_MAX),
    "sooner": paragraphs(),
    "pattern": line(80),
}
_zero, _none, _empty = (whole(), 0), (number, None), (line(), "")
LISTS: dict[str, Read] = {  # added to, never taken from: what is withdrawn stays, marked
    "note": parts({"text": paragraphs(LONG, True)}, {}),
    "action": parts({"text": paragraphs(LONG, True)}, {"by": _empty, "done_at": _none}),
    "alert": parts({"number": whole(1)}, {"because": (line(SENTENCE_MAX), ""), "first": _none, "last": _none}),
    "vessel": parts({}, {"mmsi": _zero, "vessel": _zero, "run": _none, "name": _empty}),
    "evidence": parts(
        {"kind": word(*EVIDENCE), "what": line(SENTENCE_MAX), "sha256": hashed, "size": whole(), "media": line()},
        {"name": _empty, "mmsi": _zero, "vessel": _zero, "number": _zero, "begin": _none, "end": _none},
    ),
}
WITHDRAW = "withdraw"
FIELDS: dict[str, Read] = WORDS | LISTS | {WITHDRAW: parts({"item": line(40, True)}, {"why": (line(SENTENCE_MAX), "")})}


def read(field: str, value: Any) -> Any:
    """What a field says, fit to be shown; BadInput where this version does not understand it.

    >>> read("outcome", "benign"), read("vessel", {"mmsi": 431000001})["name"]
    ('benign', '')
    """
    if field not in FIELDS:
        raise BadInput(f"{clean(field, 40)}: is not known here")
    return _named(field, FIELDS[field], value)
