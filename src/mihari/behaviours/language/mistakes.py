"""What is wrong in a file of definitions, in one sentence: where, what, and what was expected or perhaps meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from mihari.core.errors import BadInput


class LanguageError(BadInput):
    """A mistake in a file of definitions.

    >>> print(LanguageError("unknown name 'slwo'; did you mean 'slow'?", (3, 14), "tugs.beh"))
    tugs.beh:3:14: unknown name 'slwo'; did you mean 'slow'?
    """

    def __init__(self, told: str, at: tuple[int, int] = (0, 0), file: str = "") -> None:
        self.told, self.line, self.column, self.file = told, at[0], at[1], file
        where = ":".join(str(part) for part in (file, *at) if part)
        super().__init__(f"{where}: {told}" if where else told)


def perhaps(name: str, known: Iterable[str]) -> str:
    """A hint at the nearest known name, or at all of them where there are few.

    >>> perhaps("slwo", ["slow", "stopped"]), perhaps("x", ["near"]), perhaps("x", [])
    ("; did you mean 'slow'?", "; expected 'near'", '')
    """
    names = sorted(set(known))
    near = difflib.get_close_matches(name, names, 1, 0.6)
    if near:
        return f"; did you mean '{near[0]}'?"
    return f"; expected {' or '.join(repr(n) for n in names)}" if 0 < len(names) <= 6 else ""
