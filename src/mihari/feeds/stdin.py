"""Standard input -> chunks."""

from __future__ import annotations

import asyncio
import os
import select
import sys
from collections.abc import AsyncIterator

from mihari.core.health import Health
from mihari.feeds.transport import Chunk, Clock

READ = 65536  # bytes per read
PATIENCE_S = 0.2  # a stop is noticed within this


class StdinTransport:
    """Reads a file descriptor (default: standard input), be it a pipe, a terminal or a file, until its end."""

    def __init__(self, health: Health, clock: Clock, descriptor: int | None = None) -> None:
        self.health, self.clock = health, clock
        self.descriptor = sys.stdin.fileno() if descriptor is None else descriptor

    async def chunks(self) -> AsyncIterator[Chunk]:
        """What comes in, until the end of the input."""
        self.health.state = "listening"
        while True:
            # a worker thread, because an event loop cannot watch a regular file
            data = await asyncio.to_thread(self._some)
            if data is None:
                continue
            yield Chunk(self.clock(), data)
            if not data:
                return

    def _some(self) -> bytes | None:
        """Bytes, b"" at the end, None when there is nothing yet."""
        ready, _, _ = select.select([self.descriptor], [], [], PATIENCE_S)
        return os.read(self.descriptor, READ) if ready else None
