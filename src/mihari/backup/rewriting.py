"""The text of a node file -> the same with other paths in it: lines change, comments stay."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Mapping
from typing import Any

from mihari.core.template import toml
from mihari.core.toml_text import lines_of
from mihari.simulate.node_file import as_toml

Key = tuple[str | int, ...]


def rewritten(text: str, values: Mapping[Key, Any]) -> str:
    """The text with these values: (section, key) or (section, index, key) -> value.

    Where a value stands over several lines, or in another form, the file is written anew, without its comments.

    >>> print(rewritten("[node]\\nname = 'a'  # Naha\\n", {("node", "zones"): "/z", ("alerts", "records"): "/r"}))
    [node]
    zones = "/z"
    name = 'a'  # Naha
    <BLANKLINE>
    [alerts]
    records = "/r"
    <BLANKLINE>
    """
    wanted = with_values(tomllib.loads(text), values)
    for key, value in values.items():
        text = _with_one(text, key, value)
    try:
        done = tomllib.loads(text) == wanted
    except tomllib.TOMLDecodeError:
        done = False
    return text if done else as_toml(wanted)


def with_values(tables: Mapping[str, Any], values: Mapping[Key, Any]) -> dict[str, Any]:
    """The tables with these values; those given stay as they are."""
    made = copy.deepcopy(dict(tables))
    for (section, *index, key), value in values.items():
        table = made.setdefault(str(section), {})
        (table[index[0]] if index else table)[key] = value
    return made


def _with_one(text: str, key: Key, value: Any) -> str:
    lines, places = text.split("\n"), lines_of(text)
    written = f"{key[-1]} = {toml(value)}"
    if key in places:
        lines[places[key] - 1] = written
    elif key[:-1] in places:
        lines.insert(places[key[:-1]], written)
    else:
        lines = [*"\n".join(lines).rstrip("\n").split("\n"), "", f"[{key[0]}]", written, ""]
    return "\n".join(lines)
