"""The models of a node file -> a commented TOML file with every key, and a JSON schema (draft 2020-12) for editors.

A line like `#port = 8080` is a key that is not set: with the # taken away it is. Comments are `# ` and words.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from mihari.core.keys import Key, keys_of, sections_of

Values = Mapping[str, Any]
DRAFT = "https://json-schema.org/draft/2020-12/schema"
SCHEMA_FILE = "mihari-node.schema.json"  # beside the node file; editors with taplo find it by the first line
HEAD = f"""\
#:schema ./{SCHEMA_FILE}
# A node of Mihari. Each key has its meaning, what is expected and its default above it; `#key = …` is one that is not
# set: take the # away and change it. `mihari node check` explains mistakes, `mihari run` starts the node.
"""


def render(model: type[BaseModel], chosen: Mapping[str, Values | Sequence[Values]]) -> str:
    """The text of a file with every section and key of `model`; what is not `chosen` is commented out.

    A section that may be repeated is written once per chosen table, with comments on the first.
    """
    parts = [HEAD]
    for name, (section, many) in sections_of(model).items():
        given = chosen.get(name, {})
        tables: Sequence[Values] = [given] if isinstance(given, Mapping) else given
        header = f"[[{name}]]" if many else f"[{name}]"
        purpose = _first_line(section).partition(": ")[2]
        off = "#" if many and not any(tables) else ""
        parts.append(
            "\n".join(
                [
                    f"# {purpose[:1].upper()}{purpose[1:]}",
                    f"{off}{header}",
                    *_commented(section, tables[0] if tables else {}),
                ]
            )
            + "\n"
        )
        parts += [
            "\n".join([header, *(f"{key} = {toml(value)}" for key, value in more.items())]) + "\n"
            for more in tables[1:]
        ]
    return "\n".join(parts)


def _commented(section: type[BaseModel], values: Values) -> Iterator[str]:
    for key in keys_of(section):
        yield f"# {about(key)}"
        if key.name in values:
            yield f"{key.name} = {toml(values[key.name])}"
        else:
            yield f"#{key.name} = {toml(key.example)}"


def about(key: Key) -> str:
    """A key in words: meaning, what is expected, default.

    >>> about(Key("port", {"type": "integer", "default": 8080, "description": "0: any free port"}, False))
    '0: any free port (a whole number; default 8080)'
    """
    expected = key.expectation.replace(f" ({key.unit})", f" {key.unit}") if key.unit else key.expectation
    default = "; required" if key.required else "" if key.default in (None, "") else f"; default {toml(key.default)}"
    return f"{key.description} ({expected}{default})"


def toml(value: Any) -> str:
    """A value as TOML.

    >>> toml("a\\tb"), toml(True), toml(24.0), toml(["x", 1]), toml({"a": 1})
    ('"a\\\\tb"', 'true', '24.0', '["x", 1]', '{ "a" = 1 }')
    """
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{toml(str(key))} = {toml(one)}" for key, one in value.items())
        return f"{{{f' {pairs} ' if pairs else ''}}}"
    return f"[{', '.join(map(toml, value))}]" if isinstance(value, Iterable) else str(value)


def _first_line(section: type[BaseModel]) -> str:
    return (section.__doc__ or "").strip().partition("\n")[0]


def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema of a whole file; each key's description has its unit and bounds in words."""
    schema = {"$schema": DRAFT, **model.model_json_schema()}
    for section, _ in sections_of(model).values():
        told = schema["$defs"][section.__name__]
        for key in keys_of(section):
            told["properties"][key.name]["description"] = about(key)
    return schema
