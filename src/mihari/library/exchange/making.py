"""Patterns and a node's key -> the bytes of a signed bundle; a bundle and a key -> the same, passed on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mihari.core.errors import BadInput
from mihari.library.exchange import manifest as m
from mihari.library.exchange.bundle import CASES, PATTERN, RECORD, Bundle, Content, path_of, sha256
from mihari.library.exchange.packing import packed
from mihari.library.exchange.provenance import linked
from mihari.library.exchange.signing import Author, Signer, author_of, pem


def make(
    name: str, version: int, contents: Iterable[Content], signer: Signer, at: float,
    groups: Sequence[str] = (), note: str = "", revokes: Sequence[m.Withdrawal] = (),
    certificates: Mapping[str, Author] = {},
) -> bytes:  # fmt: skip
    """The bytes of a signed bundle, made at `at` (s UTC) for release groups (none: everybody). The same input gives
    the same bytes. `certificates`: of those who made or passed on what did not begin here. BadInput says what is wrong.
    """
    found = sorted(contents, key=lambda one: one.pattern.name)
    members = {m.SIGNER: signer.chain}
    for one in found:
        if path_of(one.pattern.name, PATTERN) in members:
            raise BadInput(f"two patterns are called {one.pattern.name}: expected each of them once")
        members |= _files(one)
    told = {
        "format": m.FORMAT, "name": name, "version": version, "made": m.stamp(at), "groups": sorted(set(groups)),
        "by": {"node": signer.author.name, "author": signer.author.id}, "note": note,
        "members": {p: {"sha256": sha256(data), "size": len(data)} for p, data in members.items()},
        "patterns": [_entry(one, signer, at, groups) for one in found],
        "revokes": [one.model_dump() for one in revokes],
    }  # fmt: skip
    return _signed(told, members, signer, certificates)


def passed_on(bundle: Bundle, signer: Signer, at: float, groups: Sequence[str] = (), note: str = "") -> bytes:
    """A bundle signed again by who passes it on; it keeps its name, version and all that is in it. `groups`: none: as
    it came. BadInput where it would reach others than those for whom it is.
    """
    manifest = bundle.manifest
    told = manifest.model_dump(mode="json")
    told |= {"made": m.stamp(at), "groups": sorted(set(groups or manifest.groups)), "note": note or manifest.note}
    told["by"] = {"node": signer.author.name, "author": signer.author.id}
    members = {**bundle.members, m.SIGNER: signer.chain}
    told["members"] = {p: {"sha256": sha256(data), "size": len(data)} for p, data in members.items()}
    told["patterns"] = [
        _linked(e.name, e.version, e.digest, e.provenance, signer, at, told["groups"], bundle.cases(e.name))
        for e in manifest.patterns
    ]
    return _signed(told, members, signer, bundle.certificates())


def _files(one: Content) -> dict[str, bytes]:
    files = {PATTERN: one.pattern.text.encode(), CASES: one.cases}
    try:
        files[RECORD] = m.canonical(dict(one.record)) + b"\n" if one.record else b""
    except (ValueError, TypeError):
        raise BadInput(f"{one.pattern.name}: record: expected what JSON can hold, finite numbers among it") from None
    return {path_of(one.pattern.name, file): data for file, data in files.items() if data}


def _entry(one: Content, signer: Signer, at: float, groups: Sequence[str]) -> dict[str, Any]:
    p = one.pattern
    return _linked(p.name, p.file.version, p.digest, one.provenance, signer, at, groups, one.cases)


def _linked(
    name: str, version: int, digest: str, before: Sequence[m.Link], signer: Signer, at: float,
    groups: Sequence[str], cases: bytes,
) -> dict[str, Any]:  # fmt: skip
    """A pattern in the manifest, its chain with one more link."""
    chain = linked(name, version, digest, before, signer, at, groups, sha256(cases))
    links = [link.model_dump(mode="json") for link in chain]
    return {"name": name, "version": version, "digest": digest, "provenance": links}


def _signed(told: dict[str, Any], members: dict[str, bytes], signer: Signer, known: Mapping[str, Author]) -> bytes:
    named = {author_of(bytes.fromhex(one["key"])) for one in told["revokes"]} | {
        author_of(bytes.fromhex(link["key"])) for entry in told["patterns"] for link in entry["provenance"]
    }
    chains = {key: known[key] for key in sorted(named - {signer.author.id}) if key in known}
    certificates = {
        key: b"".join(pem(c) for c in (one.certificate, one.authority) if c is not None).decode()
        for key, one in chains.items()
    }
    data = m.written(m.checked(m.Manifest, told | {"certificates": certificates}, "bundle"))
    return packed({**members, m.MANIFEST: data, m.SIGNATURE: signer.sign(data)})
