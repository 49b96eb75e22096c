"""A backup -> its manifest, after every byte of it was held against it; nothing is written."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

from mihari.backup.manifest import MANIFEST, MOST_BYTES, MOST_FILES, NODE, Manifest, Member, parse
from mihari.backup.packing import Header, Source, content, exactly, next_header
from mihari.backup.sealed import reading, refuse_changed
from mihari.core.errors import BadInput

Progress = Callable[[float, str], object]
Put = Callable[[Header, Iterator[bytes]], object]


def examined(path: Path, advance: Progress = lambda share, what: None) -> Manifest:
    """What is in a backup. BadInput where it is none, was changed, is of a later format, or hostile."""
    if not path.is_file():
        raise BadInput(f"{path}: no such file")
    refuse_changed(path, lambda share: advance(share / 2, "reading"))
    found, told = _walked(path, None)
    advance(1.0, "reading")
    manifest = parse(told, str(path))
    listed = {one.path: one for one in manifest.files}
    for member in found:
        if listed.get(member.path) != member:
            raise BadInput(f"{path}: {member.path} is not what {MANIFEST} says of it")
    if missing := sorted(set(listed) - {one.path for one in found}):
        raise BadInput(f"{path}: {missing[0]} is missing")
    for needed in (NODE, manifest.records):
        if needed not in listed:
            raise BadInput(f"{path}: {needed} is missing")
    return manifest


def unpacked(path: Path, put: Put) -> None:
    """Give each file to `put`; to be called of a backup that was examined."""
    _walked(path, put)


def _walked(path: Path, put: Put | None) -> tuple[list[Member], bytes]:
    """All members and the bytes of the manifest, which is the last."""
    found: list[Member] = []
    names: set[str] = set()
    with reading(path) as source:
        while (head := next_header(source, str(path))) is not None:
            if head.path == MANIFEST:
                return found, _last(source, head, path)
            if len(names) >= MOST_FILES:
                raise BadInput(f"{path}: more than {MOST_FILES} files stand in it")
            if head.path in names:
                raise BadInput(f"{path}: {head.path} stands in it twice")
            names.add(head.path)
            found.append(_member(source, head, path, put))
    raise BadInput(f"{path}: {MANIFEST} is missing")


def _last(source: Source, head: Header, path: Path) -> bytes:
    if head.size > MOST_BYTES:
        raise BadInput(f"{path}: {MANIFEST} has {head.size} bytes; expected at most {MOST_BYTES}")
    told = b"".join(content(source, head.size, str(path)))
    if any(exactly(source, 1024, str(path))) or source.read(1):
        raise BadInput(f"{path}: something follows {MANIFEST}; expected it to be the last")
    return told


def _member(source: Source, head: Header, path: Path, put: Put | None) -> Member:
    digest = hashlib.sha256()

    def pieces() -> Iterator[bytes]:
        for piece in content(source, head.size, str(path)):
            digest.update(piece)
            yield piece

    some = pieces()
    if put is not None:
        put(head, some)
    for _ in some:
        pass
    return Member(path=head.path, size=head.size, sha256=digest.hexdigest())
