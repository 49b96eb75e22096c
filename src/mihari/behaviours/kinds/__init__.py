"""The behaviours, one file each: definition, sources, parameters, what else it could be; in the language of behaviours.

A definition with a title is told to people; one with an urgency raises an alert; the others are parts.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from mihari.behaviours.language import Definition, Definitions, Parameter, Vocabulary, parse
from mihari.behaviours.language.syntax import Call, Name, parts

FOLDER = Path(__file__).parent
SUFFIX = ".behaviour"
OF_FLEETS = ("fleet", "massing")  # kinds that no definition has: the fleet book finds them


def files(folder: Path = FOLDER) -> list[Path]:
    """The files of a folder, in the order of their names."""
    return sorted(folder.glob(f"*{SUFFIX}"))


@cache
def built_in(vocabulary_of: str = "scene") -> Definitions:
    """All behaviours that come with the program, checked against what scenes can tell."""
    from mihari.behaviours.scene import VOCABULARY

    assert vocabulary_of == "scene"
    return read(files(), VOCABULARY)


def read(paths: list[Path], vocabulary: Vocabulary) -> Definitions:
    """The definitions of several files, later ones using earlier ones; LanguageError about the first mistake."""
    made: Definitions | None = None
    for path in paths:
        made = parse(path.read_text(encoding="utf-8"), path.name, vocabulary, made)
    return made if made is not None else parse("", vocabulary=vocabulary)


def told(definitions: Definitions) -> list[Definition]:
    """The definitions that people are told of."""
    return [d for d in definitions.definitions.values() if d.title]


@cache
def known() -> tuple[str, ...]:
    """The kinds that people are told of."""
    return tuple(d.name for d in told(built_in()))


@cache
def alerting() -> tuple[str, ...]:
    """The kinds that raise an alert."""
    return tuple(d.name for d in told(built_in()) if d.urgency)


def used_by(definition: Definition, definitions: Definitions) -> list[Definition]:
    """A definition and those that it is made of.

    >>> [d.name for d in used_by(built_in().definitions["trawling"], built_in())]
    ['trawling', 'tows']
    """
    found = {definition.name: definition}
    for part in parts(definition.body):
        if isinstance(part, Call) and part.name in definitions.definitions:
            found |= {d.name: d for d in used_by(definitions.definitions[part.name], definitions)}
    return list(found.values())


def parameters_of(definition: Definition, definitions: Definitions) -> list[Parameter]:
    """The parameters that a definition asks for, its parts' included, in their order.

    >>> [str(p.quantity) for p in parameters_of(built_in().definitions["trawling"], built_in())]
    ['1 h', '10 min']
    """
    bodies = [d.body for d in used_by(definition, definitions)]
    names = {part.name for body in bodies for part in parts(body) if isinstance(part, Name)}
    return [p for p in definitions.parameters.values() if p.name in names]


def version(definition: Definition, definitions: Definitions) -> str:
    """A short name of a definition's text, its parts' and their parameters: it changes when any of them does.

    >>> all(len(version(d, built_in())) == 8 for d in told(built_in()))
    True
    """
    parameters = sorted(f"{p.name}={p.quantity}" for p in parameters_of(definition, definitions))
    texts = [d.text for d in used_by(definition, definitions)]
    return hashlib.blake2b("\n".join([*texts, *parameters]).encode(), digest_size=4).hexdigest()
