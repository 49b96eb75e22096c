"""A TCP server's bytes <-> chunks, connected again whenever it is lost, with back-off."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator

from mihari.core.health import Health
from mihari.feeds.address import FeedAddress
from mihari.feeds.outbox import Outbox
from mihari.feeds.retry import backoff, keep_alive, why
from mihari.feeds.stream import pump
from mihari.feeds.transport import Chunk, Clock, Sleep

CONNECT_S = 10.0  # longest time a connection may take
READ = 65536  # bytes per read


class TcpTransport:
    """A client of `host:port`. Never gives up: while it is away the feed's health says "waiting" and why."""

    def __init__(
        self, address: FeedAddress, health: Health, clock: Clock, rng: random.Random, sleep: Sleep = asyncio.sleep
    ) -> None:
        self.address, self.health, self.clock, self.rng, self.sleep = address, health, clock, rng, sleep
        self._outbox = Outbox(health)

    def send(self, piece: bytes, topic: str = "") -> None:
        """Queue one piece to be sent over the same connection."""
        self._outbox.put(piece)

    async def chunks(self) -> AsyncIterator[Chunk]:
        """What the server sends; an empty chunk marks each lost connection."""
        attempt = 0
        while True:
            writer = sending = None
            try:
                reader, writer = await self._connect()
                self._outbox.drop()  # made while nobody was there: old by now
                sending = asyncio.create_task(pump(self._outbox, writer, self.health))
                while data := await reader.read(READ):
                    attempt = 0  # only data proves the server well: one that accepts and closes is still backed off
                    self.health.state = "connected"
                    yield Chunk(self.clock(), data)
                reason = "the server closed the connection"
            except OSError as error:
                reason = why(error)
            finally:
                if sending is not None:
                    sending.cancel()
                if writer is not None:
                    writer.close()
            if writer is not None:
                self.health.notice("connection lost")
                yield Chunk(self.clock(), b"")
            attempt += 1
            wait = backoff(attempt, self.rng)
            self.health.state = "waiting"
            self.health.problem = f"{self.address.host}:{self.address.port}: {reason}; next try in {wait:.0f} s"
            await self.sleep(wait)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        opened = asyncio.open_connection(self.address.host, self.address.port, limit=READ)
        reader, writer = await asyncio.wait_for(opened, CONNECT_S)
        keep_alive(writer.get_extra_info("socket"))
        self.health.state, self.health.problem = "connected", ""
        return reader, writer
