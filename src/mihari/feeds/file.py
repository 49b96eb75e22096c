"""Files -> chunks: plain, gzip (RFC 1952), or growing as another program writes them; memory bounded by one read."""

from __future__ import annotations

import asyncio
import gzip
import os
import zlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import IO

from mihari.core.errors import BadInput
from mihari.core.health import Health
from mihari.feeds.address import FeedAddress
from mihari.feeds.transport import Chunk, Clock, Sleep

READ = 1 << 20  # bytes per read: large enough for whole-array decoding, small enough to hold
POLL_S = 0.2  # how often a growing file is looked at
GZIP = b"\x1f\x8b"


def open_recording(path: str) -> IO[bytes] | gzip.GzipFile:
    """Open a file to read, decompressing when its first bytes say gzip. Raises BadInput in one sentence."""
    try:
        raw = Path(path).open("rb")  # noqa: SIM115  (the caller closes it)
    except OSError as error:
        raise BadInput(f"{path}: {_why(error)}") from None
    compressed = raw.read(2) == GZIP
    raw.seek(0)
    return _Gzip(raw) if compressed else raw


class _Gzip(gzip.GzipFile):
    """A GzipFile that closes the file it was given, and gives what stands before a damage before it raises."""

    def __init__(self, raw: IO[bytes]) -> None:
        super().__init__(fileobj=raw, mode="rb")
        self._raw = raw
        self._damage: Exception | None = None

    def read(self, size: int | None = -1) -> bytes:
        """Up to `size` bytes; EOFError, zlib.error or BadGzipFile once nothing more can be had."""
        if size is None or size < 0:
            return super().read(size)
        if self._damage is not None:
            raise self._damage
        parts, left = [], size
        try:
            while left and (part := self.read1(left)):
                parts.append(part)
                left -= len(part)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            if not parts:
                raise
            self._damage = error
        return b"".join(parts)

    def close(self) -> None:
        super().close()
        self._raw.close()


def _why(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "no such file"
    if isinstance(error, IsADirectoryError):
        return "is a folder, expected a file"
    if isinstance(error, PermissionError):
        return "may not be read by this user"
    return f"cannot be read: {error.strerror or error}"


class FileTransport:
    """A finished file, plain or gzip, read once from start to end."""

    def __init__(self, address: FeedAddress, health: Health, clock: Clock) -> None:
        self.address, self.health, self.clock = address, health, clock

    def read(self) -> Iterator[Chunk]:
        """Chunks of up to 1 MiB. A damaged gzip gives what could be read, then a count in health."""
        with open_recording(self.address.path) as stream:
            self.health.state = "connected"
            while data := self._some(stream):
                yield Chunk(self.clock(), data)
        yield Chunk(self.clock(), b"")  # the last line may lack its end

    def _some(self, stream: IO[bytes] | gzip.GzipFile) -> bytes:
        try:
            return stream.read(READ)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            self.health.refuse(self.clock(), "gzip")  # damaged or cut short from here on
            return b""
        except OSError as error:
            raise BadInput(f"{self.address.path}: {_why(error)}") from None

    async def chunks(self) -> AsyncIterator[Chunk]:
        """The same, giving other feeds their turn between reads."""
        for chunk in self.read():
            yield chunk
            await asyncio.sleep(0)


class GrowingFileTransport:
    """A file that another program appends to, from its first byte on; waits for it to appear.

    A file that shrinks (truncated) or is replaced by another of the same name (rotated) is read anew from its start;
    the break is marked by an empty chunk and noticed in health as "rotated".
    """

    def __init__(self, address: FeedAddress, health: Health, clock: Clock, sleep: Sleep = asyncio.sleep) -> None:
        self.address, self.health, self.clock, self.sleep = address, health, clock, sleep

    async def chunks(self) -> AsyncIterator[Chunk]:
        """What is there, then what is appended; never ends."""
        while True:
            stream = await self._open()
            with stream:
                while True:
                    data = self._some(stream)
                    if data:
                        yield Chunk(self.clock(), data)
                        await asyncio.sleep(0)
                    elif self._replaced(stream):
                        break
                    else:
                        await self.sleep(POLL_S)
            self.health.notice("rotated")
            yield Chunk(self.clock(), b"")

    async def _open(self) -> IO[bytes]:
        while True:
            try:
                stream = Path(self.address.path).open("rb", buffering=0)  # noqa: SIM115
            except FileNotFoundError:
                self.health.state, self.health.problem = "waiting", f"{self.address.path}: no such file yet"
                await self.sleep(POLL_S)
                continue
            except OSError as error:
                raise BadInput(f"{self.address.path}: {_why(error)}") from None
            if stream.read(2) == GZIP:
                stream.close()
                raise BadInput(f"{self.address.text}: a gzip file cannot be followed; expected a plain one")
            stream.seek(0)
            self.health.state, self.health.problem = "listening", ""
            return stream

    def _some(self, stream: IO[bytes]) -> bytes:
        try:
            return stream.read(READ)
        except OSError as error:
            raise BadInput(f"{self.address.path}: {_why(error)}") from None

    def _replaced(self, stream: IO[bytes]) -> bool:
        """Whether the name now means another file, or a shorter one. A name that is gone may come back: not yet."""
        try:
            there, ours = Path(self.address.path).stat(), os.fstat(stream.fileno())
        except OSError:
            return False
        return (there.st_ino, there.st_dev) != (ours.st_ino, ours.st_dev) or ours.st_size < stream.tell()
