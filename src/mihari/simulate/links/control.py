"""Lines of text -> what is done to links, and answers: the language of the control sockets.

`cut NAME`, `heal NAME`, `delay NAME S`, `rate NAME BYTES_PER_S`, `loss NAME 0..1`, `queue NAME BYTES`, `stats [NAME]`.
NAME may be `*`: all links. The answer is one line: `ok`, JSON, or `error: …`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Protocol

from mihari.core.errors import BadInput

SHAPE_WORDS = ("delay", "rate", "loss", "queue")


class Adjustable(Protocol):
    """A link as the control sees it."""

    def cut(self) -> None:
        """Nothing gets through any more."""

    def heal(self) -> None:
        """It does again."""

    def reshape(self, **changes: float) -> None:
        """Change `delay` s, `rate` bytes/s, `loss` 0 to 1 or `queue` bytes."""

    def stats(self) -> dict[str, Any]:
        """Counts of both directions."""


def answer(links: Mapping[str, Adjustable], line: str) -> str:
    """Do what the line says.

    >>> answer({}, "cut north"), answer({}, "dance")
    ('error: no link is named north; known are none', 'error: expected cut, heal, delay, rate, loss, queue or stats')
    """
    try:
        return _answer(links, line.split())
    except (BadInput, ValueError) as error:
        return f"error: {error}"


def _answer(links: Mapping[str, Adjustable], words: list[str]) -> str:
    word, *rest = words or [""]
    if word == "stats" and len(rest) <= 1:
        return json.dumps({name: link.stats() for name, link in _named(links, *rest or ["*"]).items()})
    if word in ("cut", "heal") and len(rest) == 1:
        for link in _named(links, rest[0]).values():
            link.cut() if word == "cut" else link.heal()
        return "ok"
    if word in SHAPE_WORDS and len(rest) == 2:
        value = int(rest[1]) if word == "queue" else float(rest[1])
        for link in _named(links, rest[0]).values():
            link.reshape(**{word: value})
        return "ok"
    raise BadInput("expected cut, heal, delay, rate, loss, queue or stats")


def _named(links: Mapping[str, Adjustable], name: str) -> Mapping[str, Adjustable]:
    if name == "*":
        return links
    if name not in links:
        raise BadInput(f"no link is named {name}; known are {', '.join(links) or 'none'}")
    return {name: links[name]}
