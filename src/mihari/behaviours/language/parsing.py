"""Text -> checked `Definitions`."""

from __future__ import annotations

from mihari.behaviours.language.checking import check
from mihari.behaviours.language.facts import Vocabulary
from mihari.behaviours.language.mistakes import LanguageError
from mihari.behaviours.language.reading import read
from mihari.behaviours.language.syntax import Definitions

LONGEST = 500_000  # characters: a hundred times RTEC's maritime rules; files may come from other stations


def parse(
    text: str, file: str = "", vocabulary: Vocabulary | None = None, using: Definitions | None = None
) -> Definitions:
    """The definitions of a text; `LanguageError`, one sentence with line and column, about the first mistake.

    `vocabulary`: what facts can tell; with it, unknown names and wrong units are found here and not when evaluated.
    `using`: definitions that this text builds upon; they are part of the result.

    >>> d = parse("waits(v) = stopped(v) without in_port(v) lasting at least 30 min")
    >>> list(d.definitions)
    ['waits']
    >>> parse("waits(v) = stopped(v) lasting at least 5 kn")
    Traceback (most recent call last):
    mihari.behaviours.language.mistakes.LanguageError: 1:40: expected a duration of whole seconds, such as 30 min, \
found 5 kn
    """
    if len(text) > LONGEST:
        raise LanguageError(f"{len(text)} characters; expected {LONGEST} at most", file=file)
    try:
        return check(read(text, file), file, vocabulary, using)
    except RecursionError:
        raise LanguageError("nested too deeply; expected definitions that use each other by name", file=file) from None
