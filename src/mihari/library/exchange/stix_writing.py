"""A bundle -> STIX 2.1 (OASIS Standard, 10 June 2021), for those who exchange what they know of threats in that form.

    indicator             a pattern: pattern_type "mihari", the definition as its pattern, references as external ones
    course-of-action      how to look and what to report; a relationship says that it investigates the indicator
    identity              each node that made a pattern or passed it on
    marking-definition    each release group, by name
    grouping              the bundle itself
    extension-definition  what STIX has no property for: the pattern's file to the letter, and who signed it

Identifiers are of version 5 in a namespace of our own (2.9): the same bundle gives the same bytes. Proof cases stay in
the bundle.
"""

from __future__ import annotations

import uuid
from typing import Any

from mihari.library.exchange.bundle import Bundle
from mihari.library.exchange.manifest import Entry, Link, Withdrawal, canonical
from mihari.library.exchange.signing import Author, pem
from mihari.library.pattern import Pattern, examined

NAMESPACE = uuid.UUID("6a1f2c0e-5d0b-4c56-9a57-3f6f1c8e7b21")
SPEC = "2.1"
PATTERN_TYPE = "mihari"
BEGAN = "2026-01-01T00:00:00.000Z"  # `created` of what has no time of its own
SOURCE_MOST = 80  # characters of a reference that name its source
SCHEMA = """On an indicator whose pattern_type is "mihari": `file`, the pattern's file (TOML) to the letter; `name`, \
`version` and `digest` (SHA-256 of the file) of it; `provenance`, links of who made it and who passed it on, each \
signed (Ed25519); `record`, JSON of how often it fired and what came of it, where that is known. On a grouping: \
`format`, `name`, `version`, `made` and `groups` of the bundle that it was; `revokes`, signed withdrawals of patterns; \
`certificates` (PEM) of those who signed, by author id, the first 8 bytes of SHA-256 of the raw public key."""


def identifier(kind: str, key: str) -> str:
    """The identifier of an object of a kind.

    >>> identifier("indicator", "a") == identifier("indicator", "a"), identifier("identity", "a")[:10]
    (True, 'identity--')
    """
    return f"{kind}--{uuid.uuid5(NAMESPACE, f'{kind}:{key}')}"


EXTENSION = identifier("extension-definition", "pattern 1")


def stix(bundle: Bundle) -> bytes:
    """The STIX bundle, JSON in UTF-8. BadInput where one of the patterns cannot be read."""
    told = bundle.manifest
    markings = {group: _marking(group) for group in _groups(bundle)}
    nodes = {link.key: _identity(link.node, link.key) for entry in told.patterns for link in entry.provenance}
    signer = bundle.signer.public_key.hex()
    nodes[signer] = _identity(bundle.signer.name, signer)
    patterns = [one for entry in told.patterns for one in _of_pattern(bundle, entry)]
    extension = [_mihari(), _extension()]
    grouping = _grouping(bundle, patterns or [nodes[signer]])
    found = [*extension, *markings.values(), *nodes.values(), *patterns, grouping]
    key = canonical([one["id"] for one in found]).decode() + told.made
    return canonical({"type": "bundle", "id": identifier("bundle", key), "objects": found}) + b"\n"


def _of_pattern(bundle: Bundle, entry: Entry) -> list[dict[str, Any]]:
    pattern, mistakes = examined(bundle.text(entry.name), f"{bundle.file}: {entry.name}")
    if pattern is None:
        raise mistakes[0]
    made, name = entry.provenance[0], f"{entry.digest} {entry.provenance[0].key}"
    common = _signed_by(made)
    indicator = _object("indicator", name, made.at) | common | _indicator(pattern, entry, bundle)
    look = _object("course-of-action", name, made.at) | common | _look(pattern)
    relation = _object("relationship", name, made.at) | common | {
        "relationship_type": "investigates", "source_ref": look["id"], "target_ref": indicator["id"],
    }  # fmt: skip
    return [indicator, look, relation]


def _indicator(pattern: Pattern, entry: Entry, bundle: Bundle) -> dict[str, Any]:
    file = pattern.file
    extension = {
        "extension_type": "property-extension", "file": pattern.text, "name": entry.name, "version": entry.version,
        "digest": entry.digest, "provenance": [_full(link) for link in entry.provenance],
    } | ({"record": canonical(record).decode()} if (record := bundle.record(entry.name)) else {})  # fmt: skip
    return {
        "name": file.title, "description": file.description, "indicator_types": ["anomalous-activity"],
        "pattern": file.definition, "pattern_type": PATTERN_TYPE, "pattern_version": str(file.format),
        "valid_from": _time(entry.provenance[0].at),
        "labels": [f"mihari-{file.status}", *[f"urgency-{file.urgency}"] * bool(file.urgency)],
        "external_references": [_reference(one) for one in file.references], "extensions": {EXTENSION: extension},
    }  # fmt: skip


def _look(pattern: Pattern) -> dict[str, Any]:
    look = pattern.file.look
    lines = [f"With {', or '.join(look.sensor)}; {look.place}.", *(f"- {line}" for line in look.checklist)]
    innocent = ["What else it could be:", *(f"- {line}" for line in pattern.file.innocent)]
    return {"name": f"How to look: {pattern.file.title}", "description": "\n".join([*lines, *innocent])}


def _grouping(bundle: Bundle, inside: list[dict[str, Any]]) -> dict[str, Any]:
    told = bundle.manifest
    certificates = {key: _chain(author) for key, author in bundle.certificates().items()}
    plain = {key: getattr(told, key) for key in ("format", "name", "version", "made")}
    lists = {"groups": list(told.groups), "revokes": [_full(one) for one in told.revokes]}
    extension = {"extension_type": "property-extension", **plain, "certificates": certificates}
    extension |= {key: one for key, one in lists.items() if one}
    signer = bundle.signer.public_key.hex()
    key = f"{told.name} {told.version} {told.made} {signer}"
    return _object("grouping", key, told.made) | {
        "created_by_ref": identifier("identity", signer), "name": f"{told.name} {told.version}",
        "context": "suspicious-activity", "object_refs": [one["id"] for one in inside],
        "extensions": {EXTENSION: extension},
    } | _marked(told.groups) | ({"description": told.note} if told.note else {})  # fmt: skip


def _groups(bundle: Bundle) -> list[str]:
    links = [link.groups for entry in bundle.manifest.patterns for link in entry.provenance[:1]]
    return sorted({group for groups in (bundle.manifest.groups, *links) for group in groups})


def _signed_by(link: Link) -> dict[str, Any]:
    return {"created_by_ref": identifier("identity", link.key)} | _marked(link.groups)


def _marked(groups: tuple[str, ...]) -> dict[str, Any]:
    return {"object_marking_refs": [identifier("marking-definition", one) for one in groups]} if groups else {}


def _object(kind: str, key: str, at: str) -> dict[str, Any]:
    time = _time(at)
    return {"type": kind, "spec_version": SPEC, "id": identifier(kind, key), "created": time, "modified": time}


def _marking(group: str) -> dict[str, Any]:
    told = _object("marking-definition", group, BEGAN)
    del told["modified"]  # a marking has no later versions
    return told | {
        "name": group,
        "definition_type": "statement",
        "definition": {"statement": f"Release group: {group}"},
    }


def _identity(node: str, key: str) -> dict[str, Any]:
    return _object("identity", key, BEGAN) | {"name": node, "identity_class": "system", "description": f"Key: {key}"}


def _mihari() -> dict[str, Any]:
    told = {"name": "Mihari", "identity_class": "organization"}
    return _object("identity", "Mihari", BEGAN) | told


def _extension() -> dict[str, Any]:
    return _object("extension-definition", "pattern 1", BEGAN) | {
        "created_by_ref": identifier("identity", "Mihari"), "name": "Mihari pattern", "version": "1.0.0",
        "description": "A behaviour of vessels, in the language of behaviours, and who signed it.",
        "schema": SCHEMA, "extension_types": ["property-extension"],
    }  # fmt: skip


def _reference(text: str) -> dict[str, str]:
    """A reference by its source, which is required, and as it is written."""
    return {"source_name": text.partition(":")[0][:SOURCE_MOST].strip() or text[:SOURCE_MOST], "description": text}


def _full(one: Link | Withdrawal) -> dict[str, Any]:
    """Without what is empty: STIX has no empty lists (2.12)."""
    return {key: value for key, value in one.model_dump(mode="json").items() if value not in ([], "")}


def _chain(author: Author) -> str:
    return b"".join(pem(one) for one in (author.certificate, author.authority) if one is not None).decode()


def _time(at: str) -> str:
    """With milliseconds, as `created` and `modified` must have them (3.2)."""
    return at if "." in at else at.replace("Z", ".000Z")
