"""The rules of STIX 2.1 (OASIS Standard, 10 June 2021) that a bundle of ours must keep, read from the standard."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from typing import Any

COMMON = {  # 3.2
    "type", "spec_version", "id", "created_by_ref", "created", "modified", "revoked", "labels", "confidence", "lang",
    "external_references", "object_marking_refs", "granular_markings", "extensions",
}  # fmt: skip
OF_TYPE = {  # required, optional
    "indicator": (("pattern", "pattern_type", "valid_from"),  # 4.7.1
                  ("name", "description", "indicator_types", "pattern_version", "valid_until", "kill_chain_phases")),
    "course-of-action": (("name",), ("description",)),  # 4.3.1; `action` is reserved
    "grouping": (("context", "object_refs"), ("name", "description")),  # 4.4.1
    "identity": (("name",), ("description", "roles", "identity_class", "sectors", "contact_information")),  # 4.5.1
    "relationship": (("relationship_type", "source_ref", "target_ref"),  # 5.1.1
                     ("description", "start_time", "stop_time")),
    "marking-definition": (("definition_type", "definition"), ("name",)),  # 7.2.1, where it has no extension
    "extension-definition": (("created_by_ref", "name", "schema", "version", "extension_types"),  # 7.3.1
                             ("description", "extension_properties")),
}  # fmt: skip
IDENTITY_CLASSES = {"individual", "group", "system", "organization", "class", "unspecified"}  # 10.7
INDICATOR_TYPES = {"anomalous-activity", "anonymization", "benign", "compromised", "malicious-activity",
                   "attribution", "unknown"}  # 10.9  # fmt: skip
CONTEXTS = {"suspicious-activity", "malware-analysis", "unspecified"}  # 10.5
EXTENSION_TYPES = {"new-sdo", "new-sco", "new-sro", "property-extension", "toplevel-property-extension"}  # 10.4
RELATIONS = {("course-of-action", "investigates", "indicator"), ("course-of-action", "mitigates", "indicator"),
             ("indicator", "based-on", "observed-data")}  # 4.3.2, 4.7.2  # fmt: skip
ID = re.compile(r"([a-z0-9-]+)--([0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})")  # 2.9
TIME = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?Z")  # 2.16
KEY = re.compile(r"[a-z0-9_]{3,250}")  # 3.1
DICTIONARY_KEY = re.compile(r"[A-Za-z0-9_-]{1,250}")  # 2.5


def broken(told: dict[str, Any]) -> list[str]:
    """The rules that a bundle breaks, each with the object that does."""
    if set(told) != {"type", "id", "objects"} or told["type"] != "bundle":
        return ["8: a bundle has type, id and objects"]
    found = [] if ID.fullmatch(told["id"]) and told["id"].startswith("bundle--") else ["2.9: id of the bundle"]
    ids = [one["id"] for one in told["objects"]]
    if len({one.partition("--")[2] for one in ids}) < len(ids):
        found.append("2.9: a UUID of a producer stands for one object")
    for one in told["objects"]:
        found += [f"{rule} ({one.get('id')})" for rule in _broken(one, set(ids))]
    return found


def _broken(one: dict[str, Any], ids: set[str]) -> Iterator[str]:
    kind = one.get("type")
    if kind not in OF_TYPE:
        yield "an object of a type that is not expected"
        return
    required, optional = OF_TYPE[kind]
    needed = {"type", "spec_version", "id", "created", *required} | (
        set() if kind == "marking-definition" else {"modified"}
    )
    yield from (f"3.2: lacks {key}" for key in sorted(needed - one.keys()))
    yield from (f"3.2: has {key}" for key in sorted(one.keys() - COMMON - {*required, *optional}))
    if kind == "marking-definition" and "modified" in one:
        yield "7.2.1: a marking has no later versions"
    if one.get("spec_version") != "2.1":
        yield "3.2: spec_version"
    if not (match := ID.fullmatch(str(one.get("id")))) or match[1] != kind:
        yield "2.9: id"
    elif uuid.UUID(match[2]).version not in (4, 5):
        yield "2.9: a UUID of version 4 or 5"
    yield from _times(one)
    yield from _references(one, ids)
    yield from _values(one, "")
    yield from _of_kind(one)


def _times(one: dict[str, Any]) -> Iterator[str]:
    for key in ("created", "modified", "valid_from", "valid_until"):
        if key in one and not TIME.fullmatch(str(one[key])):
            yield f"2.16: {key}"
    for key in ("created", "modified"):
        if key in one and len(str(one[key]).partition(".")[2]) != 4:
            yield f"3.2: {key} to the millisecond"
    if str(one.get("modified", "9")) < str(one.get("created", "")):
        yield "3.2: modified before created"


def _references(one: dict[str, Any], ids: set[str]) -> Iterator[str]:
    named = [(key, value) for key, value in one.items() if key.endswith("_ref")]
    named += [(key, value) for key, values in one.items() if key.endswith("_refs") for value in values]
    kinds = {"created_by_ref": "identity", "object_marking_refs": "marking-definition"}
    for key, value in named:
        if value not in ids:
            yield f"3.3: {key} leads nowhere"
        if not value.startswith(kinds.get(key, "")):
            yield f"3.2: {key} is of a {kinds[key]}"
    for reference in one.get("external_references", []):
        if "source_name" not in reference or not {"description", "url", "external_id"} & set(reference):
            yield "2.7: an external reference"


def _values(value: Any, key: str) -> Iterator[str]:
    if isinstance(value, dict):
        if not value:
            yield f"2.5: {key} is empty"
        for name, inner in value.items():
            allowed = DICTIONARY_KEY if key in ("extensions", "certificates", "definition") else KEY
            if not allowed.fullmatch(name) and name not in ("at", "id"):
                yield f"3.1: the name {name}"
            yield from _values(inner, name)
    if isinstance(value, list):
        if not value:
            yield f"2.12: {key} is an empty list"
        for inner in value:
            yield from _values(inner, key)
    if value is None:
        yield f"{key} is null"


def _of_kind(one: dict[str, Any]) -> Iterator[str]:
    words = {"identity_class": IDENTITY_CLASSES, "context": CONTEXTS}
    yield from (f"10: {key}" for key, known in words.items() if key in one and one[key] not in known)
    if not set(one.get("indicator_types", [])) <= INDICATOR_TYPES:
        yield "10.9: indicator_types"
    if not set(one.get("extension_types", [])) <= EXTENSION_TYPES:
        yield "10.4: extension_types"
    if one["type"] == "extension-definition" and not re.fullmatch(r"\d+\.\d+\.\d+", one.get("version", "")):
        yield "7.3.1: version"
    if one["type"] == "relationship":
        ends = [str(one.get(key)).partition("--")[0] for key in ("source_ref", "target_ref")]
        if (ends[0], one.get("relationship_type"), ends[1]) not in RELATIONS:
            yield "4.3.2: a relationship"
    for key, extension in one.get("extensions", {}).items():
        if not key.startswith("extension-definition--") or extension.get("extension_type") not in EXTENSION_TYPES:
            yield "3.2: an extension"
