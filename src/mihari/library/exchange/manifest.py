"""What is in a bundle, who made it and for whom: the manifest, JSON of which there is one form only.

Keys are sorted, lines end with a line feed, and what is read is written again: a manifest that comes out otherwise is
refused, so that two readers never see two things in it (keys that stand twice, numbers written otherwise).
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, Field, StringConstraints, ValidationError

from mihari.core.errors import BadInput
from mihari.core.mistakes import key_of
from mihari.core.section import Section
from mihari.library.pattern import VERSION_MOST, Name

FORMAT = 1  # of a bundle; a later one is refused
MANIFEST, SIGNATURE, SIGNER = "manifest.json", "manifest.sig", "signer.pem"


def _time(text: str) -> str:
    if stamp(seconds(text)) != text:
        raise ValueError(f"expected a time such as 2026-07-01T00:00:00Z, found {text!r}")
    return text


Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Author = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
Signature = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{128}$")]
Time = Annotated[str, AfterValidator(_time)]
Version = Annotated[int, Field(ge=1, le=VERSION_MOST)]
Node = Annotated[str, StringConstraints(min_length=1, max_length=40)]
Group = Annotated[str, StringConstraints(min_length=1, max_length=20, pattern=r"^[\w.-]+$")]
Groups = Annotated[tuple[Group, ...], Field(max_length=50)]
Words = Annotated[str, StringConstraints(min_length=3, max_length=400)]
S = TypeVar("S", bound=Section)
BUNDLE = r"^[a-z0-9][a-z0-9._-]{0,59}$"


def seconds(text: str) -> float:
    """The seconds UTC since 1970 of a time; ValueError for what is none.

    >>> seconds("1970-01-02T00:00:01Z")
    86401.0
    """
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError:
        raise ValueError(f"expected a time such as 2026-07-01T00:00:00Z, found {text!r}") from None


def stamp(time: float) -> str:
    """A time as manifests have it, cut to whole seconds.

    >>> stamp(86401.9)
    '1970-01-02T00:00:01Z'
    """
    return datetime.fromtimestamp(int(time), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Member(Section):
    """A file in the bundle."""

    sha256: Digest
    size: int = Field(ge=0)


class Link(Section):
    """Somebody made a pattern, or passed it on. The signature covers all of it, the pattern and the link before."""

    act: Literal["made", "passed on"]
    node: Node
    key: Digest  # raw Ed25519 public key, 64 hexadecimal digits
    at: Time
    groups: Groups = ()  # who may have it; none: everybody
    cases: Digest | Literal[""] = ""  # SHA-256 of the proof cases that came with it; "": none did
    signature: Signature


class Entry(Section):
    """A pattern in the bundle, and how it came there."""

    name: Name
    version: Version
    digest: Digest
    provenance: tuple[Link, ...] = Field(min_length=1, max_length=100)


class Withdrawal(Section):
    """Versions of a pattern that nobody shall use any more, and why; signed by itself, so that it can be passed on."""

    name: Name
    versions: tuple[Version, ...] = Field((), max_length=1000)  # none: all of them
    digest: Digest | Literal[""] = ""  # only the pattern with this content; "": whatever it is
    reason: Words
    node: Node
    key: Digest
    at: Time
    signature: Signature


class By(Section):
    """A node and its author id."""

    node: Node
    author: Author


class Manifest(Section):
    """What is in a bundle."""

    format: Literal[1]
    name: str = Field(pattern=BUNDLE)
    version: Version
    made: Time
    by: By
    groups: Groups = ()
    note: str = Field("", max_length=4000)
    members: dict[str, Member]
    patterns: tuple[Entry, ...]
    revokes: tuple[Withdrawal, ...] = Field((), max_length=10_000)
    certificates: dict[Author, str] = Field({})  # of the others who are named in it (PEM)


def written(manifest: Manifest) -> bytes:
    """The bytes that are signed."""
    return canonical(manifest.model_dump(mode="json")) + b"\n"


def canonical(value: Any) -> bytes:
    """JSON with sorted keys.

    >>> canonical({"b": [1], "a": "ü"}).decode()
    '{\\n "a": "ü",\\n "b": [\\n  1\\n ]\\n}'
    """
    return json.dumps(value, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False).encode()


def checked(model: type[S], told: Any, what: str) -> S:
    """A section of what was told; BadInput, with `what` it is of, in one sentence for the first mistake.

    >>> checked(By, {"node": "naha"}, "it")
    Traceback (most recent call last):
    mihari.core.errors.BadInput: it: author: field required
    """
    try:
        return model.model_validate(told)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        problem = first["msg"].removeprefix("Value error, ")
        raise BadInput(f"{what}: {key_of(first['loc'])}: {problem[:1].lower()}{problem[1:]}") from None


def read(data: bytes, file: str) -> Manifest:
    """The manifest of some bytes; BadInput, with `file`, where they are none that this version reads."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        raise BadInput(f"{file}: {MANIFEST}: expected JSON") from None
    number = found.get("format") if isinstance(found, dict) else None
    if isinstance(number, int) and number > FORMAT:
        raise BadInput(f"{file}: has format {number}, made by a later version of Mihari; this one reads {FORMAT}")
    manifest = checked(Manifest, found, f"{file}: {MANIFEST}")
    if written(manifest) != data:
        raise BadInput(f"{file}: {MANIFEST}: is not written as manifests are")
    return manifest
