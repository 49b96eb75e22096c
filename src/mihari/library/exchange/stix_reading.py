"""STIX 2.1 -> the patterns in it, to the letter, with who signed them. What is no pattern of ours is left out and told.

A STIX bundle is not signed, but each pattern in it is: what was changed on the way does not hold. What is taken over is
decided with a trust list, as with bundles of our own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mihari.core.errors import BadInput
from mihari.library.exchange.bundle import sha256
from mihari.library.exchange.manifest import Author as AuthorId
from mihari.library.exchange.manifest import Entry, Withdrawal, checked
from mihari.library.exchange.signing import Author
from mihari.library.exchange.stix_writing import EXTENSION, PATTERN_TYPE, SPEC
from mihari.library.exchange.trust import Trust, Vouched
from mihari.library.exchange.verifying import Counting, Held, Told, Verdict, judge
from mihari.library.pattern import examined

MOST = 64 << 20  # bytes
CERTIFICATES_MOST = 4096


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a STIX bundle brought. `left_out`: identifier -> why, of what is not taken for a pattern or its envelope."""

    file: str
    told: Told
    records: Mapping[str, Mapping[str, Any]]  # what came of the patterns, by name
    left_out: Mapping[str, str]


def read_stix(path: str | Path) -> Envelope:
    """The patterns in a file; BadInput where it is no STIX 2.1 bundle."""
    try:
        with Path(path).open("rb") as file:
            return unstix(file.read(MOST + 1), str(path))
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {(error.strerror or str(error)).lower()}") from None


def unstix(data: bytes, file: str) -> Envelope:
    """The same of its bytes; `file`: its name, for the sentences."""
    found = _objects(data, file)
    entries: dict[str, Entry] = {}
    texts: dict[str, str] = {}
    records: dict[str, Mapping[str, Any]] = {}
    revokes: list[Withdrawal] = []
    authors: dict[str, Author] = {}
    left: dict[str, str] = {}
    for one in found:
        name, extension = str(one.get("id")), _extension(one)
        try:
            if one.get("type") == "indicator":
                entry = _entry(one, extension)
                if entry.name in entries:
                    raise BadInput(f"pattern {entry.name} is there twice")
                records[entry.name] = _record(extension)
                entries[entry.name], texts[entry.name] = entry, extension["file"]
            elif one.get("type") == "grouping" and extension:
                revokes += _revokes(extension)
                authors |= _authors(extension)
        except BadInput as problem:
            left[name] = str(problem)
    return Envelope(file, Told(list(entries.values()), texts, revokes, authors), records, left)


def verify_stix(
    envelope: Envelope, trust: Trust, now: float, held: Iterable[Held] = (), withdrawals: Sequence[Counting] = (),
    older: bool = False,
) -> Verdict:  # fmt: skip
    """Which of its patterns may be taken over at `now` (s UTC): those whose maker is believed; as of a bundle."""
    nobody = Vouched("each pattern by its maker", (), False)
    return judge(envelope.told, trust, now, nobody, held, withdrawals, older)


def _objects(data: bytes, file: str) -> list[dict[str, Any]]:
    if len(data) > MOST:
        raise BadInput(f"{file}: expected at most {MOST >> 20} MiB, found more")
    try:
        told = json.loads(data)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict) or told.get("type") != "bundle" or not isinstance(told.get("objects"), list):
        raise BadInput(f"{file}: expected a STIX {SPEC} bundle, which is JSON with type, id and objects")
    found = [one for one in told["objects"] if isinstance(one, dict)]
    for one in found:
        if one.get("spec_version") != SPEC:
            version = one.get("spec_version", "2.0, or none is told")
            raise BadInput(
                f"{file}: {str(one.get('id'))[:100]}: expected spec_version {SPEC}, found {str(version)[:40]}"
            )
    return found


def _extension(one: Mapping[str, Any]) -> dict[str, Any]:
    """What our extension says of an object, {} where it says nothing."""
    extensions = one.get("extensions")
    found = extensions.get(EXTENSION) if isinstance(extensions, dict) else None
    return found if isinstance(found, dict) else {}


def _entry(one: Mapping[str, Any], extension: Mapping[str, Any]) -> Entry:
    """The pattern of an indicator, BadInput where it is none or is not as it was signed."""
    if one.get("pattern_type") != PATTERN_TYPE:
        raise BadInput(f"its pattern is in the language {str(one.get('pattern_type'))[:40]}, not in ours")
    if one.get("revoked") is True:
        raise BadInput("was revoked by who made it")
    text = extension.get("file")
    if not isinstance(text, str):
        raise BadInput("lacks the extension in which the file of the pattern is")
    told = {key: extension.get(key) for key in ("name", "version", "digest", "provenance")}
    entry = checked(Entry, told, "extension")
    try:
        digest = sha256(text.encode())
    except UnicodeEncodeError:
        digest = ""
    if digest != entry.digest:
        raise BadInput(f"the file of {entry.name} was changed: it is not the one that was signed")
    pattern, mistakes = examined(text, f"{entry.name}.toml")
    if pattern is None:
        raise BadInput(str(mistakes[0]))
    if one.get("pattern") != pattern.file.definition:
        raise BadInput(f"its pattern is not the definition in the file of {entry.name}")
    return entry


def _record(extension: Mapping[str, Any]) -> dict[str, Any]:
    try:
        found = json.loads(extension.get("record", "{}"))
    except (ValueError, TypeError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise BadInput("record: expected a table in JSON")
    return found


def _revokes(extension: Mapping[str, Any]) -> list[Withdrawal]:
    told = extension.get("revokes", [])
    if not isinstance(told, list):
        raise BadInput("revokes: expected a list")
    return [checked(Withdrawal, one, "revokes") for one in told]


def _authors(extension: Mapping[str, Any]) -> dict[AuthorId, Author]:
    told = extension.get("certificates", {})
    if not isinstance(told, dict) or len(told) > CERTIFICATES_MOST:
        raise BadInput(f"certificates: expected a table of at most {CERTIFICATES_MOST}")
    found = [Author.of(str(text).encode("utf-8", "replace")) for text in told.values()]
    return {author.id: author for author in found}
