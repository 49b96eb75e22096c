"""A section of a node file (a pydantic model) -> its keys: unit, bounds, default, and what is expected, in words.

The file that `mihari node init` writes, the sentence about a mistake and the JSON schema all come from here and so from
the models: they cannot drift apart.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel

# the last part of a key's name -> its unit
UNITS = {"deg": "degrees", "m": "m", "nm": "NM", "s": "s", "h": "h", "days": "days", "gb": "GB", "kn": "kn"}
KINDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "a table",
}


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a section, as its JSON schema (draft 2020-12) tells it."""

    name: str
    schema: dict[str, Any]
    required: bool

    @property
    def unit(self) -> str:
        """The unit, which the key's name ends with; "" for none."""
        return UNITS.get(self.name.rpartition("_")[2], "") if "_" in self.name else ""

    @property
    def default(self) -> Any:
        """What holds where the file says nothing; None for nothing."""
        return self.schema.get("default")

    @property
    def description(self) -> str:
        """What it is for."""
        return str(self.schema.get("description", ""))

    @property
    def example(self) -> Any:
        """A value as a file may have it: an example, else the default, else an empty one of the kind."""
        empty = {"array": [], "object": {}, "boolean": False, "integer": 0, "number": 0.0}.get(
            self.schema.get("type", ""), ""
        )
        found = next(iter(self.schema.get("examples", ())), self.default)
        return empty if found is None else found

    @property
    def bounds(self) -> str:
        """What values it may have, without what kind of value it is; "" for any.

        >>> Key("detection", {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}, False).bounds
        'above 0 and below 1'
        """
        s = self.schema
        if s.get("type") == "string":
            least, most = s.get("minLength", 0), s.get("maxLength")
            return f"of {f'{least} to {most}' if least else f'at most {most}'} characters" if most else ""
        low = [f"above {s['exclusiveMinimum']:g}"] if "exclusiveMinimum" in s else []
        if "minimum" in s:
            low = [f"from {s['minimum']:g}" if "maximum" in s else f"of {s['minimum']:g} or more"]
        high = [f"to {s['maximum']:g}"] if "maximum" in s else []
        if "exclusiveMaximum" in s:
            high = [f"and below {s['exclusiveMaximum']:g}" if low else f"below {s['exclusiveMaximum']:g}"]
        return " ".join(low + high)

    @property
    def choices(self) -> tuple[str, ...]:
        """The texts it may have, where there are only some; not the empty one, which means the default."""
        return tuple(choice for choice in self.schema.get("enum", ()) if choice != "")

    @property
    def expectation(self) -> str:
        """What is expected there, in words.

        >>> Key("range_max_nm", {"type": "number", "exclusiveMinimum": 0, "maximum": 300}, False).expectation
        'a number above 0 to 300 (NM)'
        >>> Key("log", {"type": "string", "enum": ["text", "json"]}, False).expectation
        'one of "text", "json"'
        """
        if self.choices:
            return f"one of {', '.join(map(json.dumps, self.choices))}"
        kind = str(self.schema.get("type", "string"))
        if kind == "object" and (choices := self.schema.get("additionalProperties", {}).get("enum")):
            return f"a table of names, each with one of {', '.join(map(json.dumps, choices))}"
        if kind == "array":
            return f"a list of {KINDS.get(self.schema.get('items', {}).get('type', ''), 'value')}s"
        words = [KINDS.get(kind, kind), self.bounds, f"({self.unit})" if self.unit else ""]
        return " ".join(word for word in words if word)


def keys_of(section: type[BaseModel]) -> list[Key]:
    """The keys of a section, in the order of the model."""
    schema = section.model_json_schema()
    required = schema.get("required", ())
    return [Key(name, _flat(told), name in required) for name, told in schema["properties"].items()]


def _flat(told: dict[str, Any]) -> dict[str, Any]:
    """The schema of a key that may be left out (`anyOf` with null) as that of its value."""
    values = [choice for choice in told.get("anyOf", ()) if choice.get("type") != "null"]
    return {**values[0], **{k: v for k, v in told.items() if k != "anyOf"}} if values else told


def sections_of(model: type[BaseModel]) -> dict[str, tuple[type[BaseModel], bool]]:
    """The sections of a file -> (the section's model, whether it is written as [[name]] and may be repeated)."""
    found = {}
    for name, field in model.model_fields.items():
        if inner := next(_models(field.annotation), None):
            found[field.alias or name] = (inner, inner is not field.annotation)
    return found


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)
