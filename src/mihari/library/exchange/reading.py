"""A file -> the bundle in it, as it was signed; one sentence for every other file. Nothing is written.

Whether the signer is to be believed is another question (`verifying`): here it is whether all of it is as it was when
somebody signed it.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from mihari.core.errors import BadInput
from mihari.library.exchange import manifest as m
from mihari.library.exchange.bundle import CASES, PATTERN, RECORD, Bundle, path_of, sha256
from mihari.library.exchange.packing import FILE_MOST, unpacked
from mihari.library.exchange.signing import Author, author_of, signed


def read(path: str | Path) -> Bundle:
    """The bundle in a file, as it was signed. BadInput for any other file; nothing is written."""
    try:
        with Path(path).open("rb") as file:
            data = file.read(FILE_MOST + 1)
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {(error.strerror or str(error)).lower()}") from None
    return parse(data, str(path))


def parse(data: bytes, file: str) -> Bundle:
    """The same of its bytes; `file`: its name, for the sentences."""
    members = unpacked(data, file)
    if missing := [name for name in (m.MANIFEST, m.SIGNATURE, m.SIGNER) if name not in members]:
        raise BadInput(f"{file}: expected a bundle of patterns, found no {missing[0]} in it")
    told, signature = members.pop(m.MANIFEST), members.pop(m.SIGNATURE)
    try:
        signer = Author.of(members[m.SIGNER])
    except BadInput as problem:
        raise BadInput(f"{file}: {m.SIGNER}: {problem}") from None
    if not signed(signer.public_key, told, signature):
        raise BadInput(f"{file}: the signature of {signer.name} ({signer.id}) does not hold: it was changed")
    bundle = Bundle(file, m.read(told, file), members, signer)
    _check_members(bundle)
    _check_patterns(bundle)
    return bundle


def _check_members(bundle: Bundle) -> None:
    """BadInput unless there are the members of the manifest, to the byte, and no others."""
    listed = bundle.manifest.members
    if other := sorted(bundle.members.keys() - listed.keys()):
        raise BadInput(f"{bundle.file}: member '{other[0]}' is not in the manifest")
    if missing := sorted(listed.keys() - bundle.members.keys()):
        raise BadInput(f"{bundle.file}: member '{missing[0]}' is missing")
    for path, data in bundle.members.items():
        if (sha256(data), len(data)) != (listed[path].sha256, listed[path].size):
            raise BadInput(f"{bundle.file}: member '{path}' was changed: it is not what the manifest tells")
    names = [entry.name for entry in bundle.manifest.patterns]
    if twice := [name for name, count in Counter(names).items() if count > 1]:
        raise BadInput(f"{bundle.file}: pattern {twice[0]} is there twice")
    known = {path_of(name, file) for name in names for file in (PATTERN, CASES, RECORD)} | {m.SIGNER}
    if other := sorted(listed.keys() - known):
        raise BadInput(f"{bundle.file}: member '{other[0]}' belongs to no pattern in it")


def _check_patterns(bundle: Bundle) -> None:
    """BadInput unless the manifest tells of the patterns what they are, and of the signer who it is."""
    manifest, file = bundle.manifest, bundle.file
    if (manifest.by.node, manifest.by.author) != (bundle.signer.name, bundle.signer.id):
        raise BadInput(f"{file}: was made by {manifest.by.node}, but signed by {bundle.signer.name}")
    for entry in manifest.patterns:
        member = manifest.members.get(path_of(entry.name, PATTERN))
        if member is None or member.sha256 != entry.digest:
            raise BadInput(f"{file}: pattern {entry.name} is not the one of which the manifest tells")
        last = entry.provenance[-1]
        cases = bundle.cases(entry.name)
        if author_of(bytes.fromhex(last.key)) != bundle.signer.id or last.cases != sha256(cases):
            raise BadInput(f"{file}: pattern {entry.name}: expected its last link by who signed, over its cases")
        if not _readable(bundle, entry.name):
            raise BadInput(f"{file}: pattern {entry.name}: expected UTF-8 text, and a record that is one table in JSON")
    for key, text in manifest.certificates.items():
        try:
            found = Author.of(text.encode()).id
        except BadInput as problem:
            raise BadInput(f"{file}: certificate of {key}: {problem}") from None
        if found != key:
            raise BadInput(f"{file}: the certificate of {key} is that of {found}")


def _readable(bundle: Bundle, name: str) -> bool:
    try:
        return bool(bundle.text(name)) and isinstance(bundle.record(name), dict)
    except (ValueError, RecursionError):
        return False
