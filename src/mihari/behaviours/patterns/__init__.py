"""Files of definitions that come with Mihari: `definitions("rtec_maritime")`."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from mihari.behaviours.language import Definitions, LanguageError, parse

SUFFIX = ".behaviours"


def names() -> list[str]:
    """The files that there are.

    >>> "rtec_maritime" in names()
    True
    """
    here = files("mihari.behaviours.patterns")
    return sorted(found.name.removesuffix(SUFFIX) for found in here.iterdir() if found.name.endswith(SUFFIX))


@cache
def definitions(name: str) -> Definitions:
    """The definitions of one of them."""
    if name not in names():
        raise LanguageError(f"unknown file of definitions '{name}'; expected {' or '.join(names())}")
    text = files("mihari.behaviours.patterns").joinpath(name + SUFFIX).read_text("utf-8")
    return parse(text, name + SUFFIX)
