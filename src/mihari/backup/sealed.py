"""A compressed file that ends with the SHA-256 of itself: one changed byte anywhere, or a missing one, is seen.

Zstandard (RFC 8878); the hash stands in a skippable frame (section 3.1.2) after the data, which other programs pass
over: `tar --zstd -tf FILE` lists it. The hash shows damage. Who changed it on purpose can write another one.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from mihari.backup.packing import PIECE, Source
from mihari.core.errors import BadInput

FRAME = struct.pack("<II", 0x184D2A5E, 32)  # a skippable frame of 32 bytes follows
TAIL = len(FRAME) + 32


class _Hashing:
    """A file that is written, and hashed on the way."""

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.digest, self.closed = file, hashlib.sha256(), False

    def write(self, data: bytes) -> int:
        """Append."""
        self.digest.update(data)
        return self.file.write(data)

    def flush(self) -> None:
        """Nothing: the file is made durable at the end."""

    def close(self) -> None:
        """No more is compressed; the file stays open for its hash."""
        self.closed = True


class _Limited:
    """A file up to a place before its end."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self.file, self.left, self.closed = file, size, False

    def read(self, size: int = -1) -> bytes:
        """At most so many bytes."""
        data = self.file.read(self.left if size < 0 else min(size, self.left))
        self.left -= len(data)
        return data

    def close(self) -> None:
        """No more is read; who opened the file closes it."""
        self.closed = True


@contextmanager
def writing(path: Path) -> Iterator[Callable[[bytes], object]]:
    """Bytes -> a sealed file that only its owner may read, durable when the block is left."""
    with open(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as file:
        os.fchmod(file.fileno(), 0o600)
        sink = _Hashing(file)
        with pa.CompressedOutputStream(pa.PythonFile(sink, mode="w"), "zstd") as out:
            yield out.write
        file.write(FRAME + sink.digest.digest())
        file.flush()
        os.fsync(file.fileno())


def refuse_changed(path: Path, advance: Callable[[float], object]) -> None:
    """BadInput where the file is not as it was written."""
    left = path.stat().st_size - TAIL
    digest, whole = hashlib.sha256(), max(left, 1)
    with path.open("rb") as file:
        while left > 0 and (piece := file.read(min(PIECE, left))):
            digest.update(piece)
            left -= len(piece)
            advance(1.0 - left / whole)
        if left or file.read(TAIL + 1) != FRAME + digest.digest():
            raise BadInput(f"{path}: no backup, or it was changed or cut short since it was made")


class _Unpacked:
    """A stream that says what is wrong with it in a sentence."""

    def __init__(self, stream: Source, name: str) -> None:
        self._stream, self._name = stream, name

    def read(self, size: int, /) -> bytes:
        """At most so many bytes."""
        try:
            return self._stream.read(size)
        except (pa.ArrowException, OSError) as problem:
            raise BadInput(f"{self._name}: cannot be unpacked: {str(problem).splitlines()[0][:200]}") from None


@contextmanager
def reading(path: Path) -> Iterator[Source]:
    """What was written; BadInput, at reading, where it cannot be unpacked."""
    with path.open("rb") as file:
        limited = pa.PythonFile(_Limited(file, path.stat().st_size - TAIL), mode="r")
        with pa.CompressedInputStream(limited, "zstd") as stream:
            yield _Unpacked(stream, str(path))
