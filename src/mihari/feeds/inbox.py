"""Chunks as they arrive -> bursts for one reader; bounded, the oldest are shed and counted."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncGenerator

from mihari.core.health import Health
from mihari.feeds.transport import Chunk

PENDING = 4096  # chunks held for a slow reader
PENDING_BYTES = 16 << 20  # and bytes: five seconds of a radar's video, minutes of anything else
ROOM = 64  # chunks beyond which streams that can wait do so
ROOM_S = 0.01  # how often it is looked whether there is room again
# s for which chunks are taken in together: one decode for many
GATHER_S = {"ais": 0.05, "nmea": 0.05, "cot": 0.05, "asterix": 0.01, "mavlink": 0.02, "klv": 0.02, "imc": 0.02}
GATHERED = 1024  # chunks in one burst


class Inbox:
    """Belongs to one event loop; `push` is called there, `push_from_thread` from anywhere."""

    def __init__(self, health: Health, gather_s: float) -> None:
        self.health, self.gather_s = health, gather_s
        self.failure: Exception | None = None  # raised to the reader once all before it is read
        self._loop = asyncio.get_running_loop()
        self._pending: deque[Chunk] = deque()
        self._size = 0
        self._arrived = asyncio.Event()

    def __len__(self) -> int:
        return len(self._pending)

    def push(self, chunk: Chunk) -> None:
        """Add one; sheds the oldest when full."""
        while self._pending and (len(self._pending) >= PENDING or self._size + len(chunk.data) > PENDING_BYTES):
            self._take()
            self.health.shed += 1
        self._pending.append(chunk)
        self._size += len(chunk.data)
        self._arrived.set()

    async def room(self) -> None:
        """Wait until the reader has caught up: for streams whose sender then waits too."""
        while len(self._pending) >= ROOM:
            await asyncio.sleep(ROOM_S)

    def _take(self) -> Chunk:
        chunk = self._pending.popleft()
        self._size -= len(chunk.data)
        return chunk

    def push_from_thread(self, chunk: Chunk) -> None:
        """The same from another thread; nothing happens once the loop is gone."""
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self.push, chunk)

    def fail(self, error: Exception) -> None:
        """No more will come: the reader gets `error` after what is pending."""
        self.failure = error
        self._arrived.set()

    def fail_from_thread(self, error: Exception) -> None:
        """The same from another thread."""
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self.fail, error)

    async def bursts(self) -> AsyncGenerator[list[Chunk]]:
        """What came in together, in order; without end unless it failed."""
        while True:
            await self._arrived.wait()
            if self.failure is None:
                await asyncio.sleep(self.gather_s)
            self._arrived.clear()
            while self._pending:
                yield [self._take() for _ in range(min(len(self._pending), GATHERED))]
            if self.failure is not None:
                raise self.failure
