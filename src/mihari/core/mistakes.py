"""What pydantic found wrong in a file -> one sentence per mistake: file, line, key, what was expected and found."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from mihari.core.errors import ConfigError
from mihari.core.keys import keys_of, sections_of
from mihari.core.mesh_sections import MISFIT
from mihari.core.toml_text import Location, line_of, lines_of

CLOSE = 0.6  # of 1: how alike a misspelt key and a known one are (as difflib has it)
LEAST = 3  # letters of a key that are enough to tell which one was begun
SHOWN = 5  # mistakes beside the first that one sentence names; `mihari node check` lists all


def key_of(location: Location) -> str:
    """A place in a file as people write it.

    >>> key_of(("sensor", 0, "lat_deg"))
    'sensor[0].lat_deg'
    """
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location).lstrip(".")


def explain(file: str, text: str, error: ValidationError, model: type[BaseModel]) -> list[ConfigError]:
    """Every mistake of a validation, in the order of the file."""
    lines, meant = lines_of(text), set()
    told: list[ConfigError] = []
    # a misspelt key is the cause of the missing one beside it
    for one in sorted(error.errors(include_url=False), key=lambda e: e["type"] != "extra_forbidden"):
        location = one.get("ctx", {}).get("location", one["loc"])  # of several sections: who found it says where
        if one["type"] == "extra_forbidden":
            problem, near = _unknown(location, model)
            meant.add((*location[:-1], near))
        elif one["type"] == "missing":
            if location in meant:
                continue
            problem = f"is missing; expected {_expected(location, model)}"
        elif one["type"] in ("value_error", MISFIT):
            problem = one["msg"].removeprefix("Value error, ")
        else:
            problem = f"expected {_expected(location, model)}, found {_shown(one.get('input'))}"
        told.append(ConfigError(file, key_of(location), problem, line_of(lines, location)))
    return in_order(told)


def in_order(mistakes: Iterable[ConfigError]) -> list[ConfigError]:
    """Mistakes by their lines; those without one last."""
    return sorted(mistakes, key=lambda mistake: (mistake.line is None, mistake.line or 0))


def as_one(mistakes: Sequence[ConfigError]) -> ConfigError:
    """All mistakes as one sentence: the first in full, then "and 2 more: …".

    >>> print(as_one([ConfigError("a.toml", "node.nam", "unknown key", 2), ConfigError("a.toml", "feed", "no", 7)]))
    a.toml:2: node.nam: unknown key; and 1 more: line 7: feed: no
    """
    first, *others = mistakes
    more = [f"line {o.line}: {o.told}" if o.line else o.told for o in others[:SHOWN]]
    more += [f"{len(others) - SHOWN} of them in `mihari node check`"] if len(others) > SHOWN else []
    problem = f"{first.problem}; and {len(others)} more: {'; '.join(more)}" if others else first.problem
    return ConfigError(first.file, first.key, problem, first.line)


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that was most likely meant; "" where none is like it.

    >>> nearest("Range-max", ["range_max_nm", "range_sd_m"]), nearest("colour", ["name"])
    ('range_max_nm', '')
    """
    known = list(known)
    plain = word.lower().replace("-", "_")
    longer = [other for other in known if len(plain) >= LEAST and other.startswith(plain)]
    return next(iter(longer or difflib.get_close_matches(plain, known, 1, CLOSE)), "")


def _unknown(location: Location, model: type[BaseModel]) -> tuple[str, str]:
    """What is said of an unknown key, and the known one it is likely to be."""
    word, around = str(location[-1]), _section(location[:-1], model)
    known = list(dict.fromkeys([*(sections_of(model) if around is model else ()), *(k.name for k in keys_of(around))]))
    homes = [_header(name, many) for name, (section, many) in sections_of(model).items()
             if any(word == key.name for key in keys_of(section))]  # fmt: skip
    if homes:
        return f"unknown key here; it belongs to {' or '.join(homes)}", ""
    if near := nearest(word, known):
        return f"unknown key; did you mean {near}?", near
    return f"unknown key; expected one of {', '.join(known)}", ""


def _section(location: Location, model: type[BaseModel]) -> type[BaseModel]:
    """The model of the table at `location`."""
    for part in location:
        found = sections_of(model).get(str(part)) if isinstance(part, str) else None
        model = found[0] if found else model
    return model


def _expected(location: Location, model: type[BaseModel]) -> str:
    section = sections_of(model).get(str(location[0])) if location else None
    names = [part for part in location if isinstance(part, str)]
    if section and len(names) == 1:
        header = _header(names[0], section[1])
        return f"tables that begin with {header}" if section[1] else f"one table that begins with {header}"
    around = _section(location[:1], model)
    names = names if around is model else names[1:]
    return next((key.expectation for key in keys_of(around) if key.name in names), "another kind of value")


def _header(name: str, many: bool) -> str:
    return f"[[{name}]]" if many else f"[{name}]"


def _shown(found: Any) -> str:
    """A value as the file has it, shortened.

    >>> _shown("x"), _shown(True), _shown({"a": 1})
    ('"x"', 'true', 'a table')
    """
    if isinstance(found, dict):
        return "a table"
    if isinstance(found, list):
        return "a list"
    shown = json.dumps(found, ensure_ascii=False) if isinstance(found, str | bool) else str(found)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."
