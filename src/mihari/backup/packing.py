"""Members -> a stream of tar blocks, and back: plain files only. POSIX.1-1988 ustar, as any tar reads it.

The reader takes headers of 512 bytes one by one and nothing that enlarges them (pax, GNU names, links, devices, sparse
files), so what a hostile file can make it hold is one header and one piece of content.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from mihari.backup.manifest import checked_path
from mihari.core.errors import BadInput

BLOCK = 512
PIECE = 1 << 20
MEMBER_MOST = 8 << 30  # bytes, less one: eleven octal digits


class Source(Protocol):
    """What bytes are read from."""

    def read(self, size: int, /) -> bytes:
        """At most so many; b"" at the end."""


@dataclass(frozen=True, slots=True)
class Header:
    """A member that follows."""

    path: str
    size: int


def header(path: str, size: int, time: int) -> bytes:
    """A member's header; `time`: UTC s. BadInput for a file that is too large or whose name is too long.

    >>> len(header("records/naha.sqlite", 5, 0))
    512
    """
    info = tarfile.TarInfo(path)
    info.size, info.mtime, info.mode = size, time, 0o600
    try:
        return info.tobuf(tarfile.USTAR_FORMAT, "utf-8", "strict")
    except ValueError:
        raise BadInput(f"{path}: {size} bytes cannot be packed: expected less than 8 GiB and a shorter name") from None


def padding(size: int) -> bytes:
    """What fills the last block of so many bytes.

    >>> len(padding(5)), padding(1024)
    (507, b'')
    """
    return bytes(-size % BLOCK)


def exactly(source: Source, size: int, name: str) -> bytes:
    """So many bytes; BadInput where the stream ends before."""
    parts, left = [], size
    while left:
        part = source.read(left)
        if not part:
            raise BadInput(f"{name}: ends in the middle")
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def next_header(source: Source, name: str) -> Header | None:
    """The next member; None at the end. BadInput for what is no plain file, or lies elsewhere."""
    block = exactly(source, BLOCK, name)
    if not any(block):
        return None
    try:
        info = tarfile.TarInfo.frombuf(block, "utf-8", "strict")
    except (tarfile.HeaderError, ValueError):
        raise BadInput(f"{name}: no header of a file where one is expected") from None
    if info.type != tarfile.REGTYPE:
        raise BadInput(f"{name}: {info.name!r} is a link, a device or a folder; expected files only")
    if not 0 <= info.size < MEMBER_MOST:
        raise BadInput(f"{name}: {info.name!r} has {info.size} bytes; expected less than {MEMBER_MOST}")
    try:
        return Header(checked_path(info.name), info.size)
    except ValueError as problem:
        raise BadInput(f"{name}: {problem}") from None


def content(source: Source, size: int, name: str) -> Iterator[bytes]:
    """A member's bytes in pieces, and its padding passed over."""
    left = size
    while left:
        piece = exactly(source, min(left, PIECE), name)
        left -= len(piece)
        yield piece
    exactly(source, -size % BLOCK, name)
