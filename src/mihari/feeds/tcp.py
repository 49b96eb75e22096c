"""A TCP server's bytes -> chunks, connected again whenever it is lost, with back-off."""

from __future__ import annotations

import asyncio
import random
import socket
from collections.abc import AsyncIterator

from mihari.core.health import Health
from mihari.feeds.address import FeedAddress
from mihari.feeds.transport import Chunk, Clock, Sleep

FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 60.0
JITTER = 0.25  # ± of the wait, so that a fleet of nodes does not knock at a restarted server all at once
CONNECT_S = 10.0  # longest time a connection may take
READ = 65536  # bytes per read


def backoff(attempt: int, rng: random.Random) -> float:
    """Seconds to wait before attempt `attempt` (1 is the first retry): doubling from 1 s to 60 s, with jitter.

    >>> [round(backoff(n, random.Random(1)) / min(2.0 ** (n - 1), 60.0), 3) for n in (1, 4, 12)]  # the same jitter
    [0.817, 0.817, 0.817]
    """
    wait = min(FIRST_WAIT_S * 2.0 ** min(attempt - 1, 16), LONGEST_WAIT_S)
    return wait * (1 + JITTER * (2 * rng.random() - 1))


class TcpTransport:
    """A client of `host:port`. Never gives up: while it is away the feed's health says "waiting" and why."""

    def __init__(
        self, address: FeedAddress, health: Health, clock: Clock, rng: random.Random, sleep: Sleep = asyncio.sleep
    ) -> None:
        self.address, self.health, self.clock, self.rng, self.sleep = address, health, clock, rng, sleep

    async def chunks(self) -> AsyncIterator[Chunk]:
        """What the server sends; an empty chunk marks each lost connection."""
        attempt = 0
        while True:
            writer = None
            try:
                reader, writer = await self._connect()
                while data := await reader.read(READ):
                    attempt = 0  # only data proves the server well: one that accepts and closes is still backed off
                    self.health.state = "connected"
                    yield Chunk(self.clock(), data)
                why = "the server closed the connection"
            except TimeoutError:
                why = "no answer"
            except OSError as error:
                why = _why(error)
            finally:
                if writer is not None:
                    writer.close()
            if writer is not None:
                yield Chunk(self.clock(), b"")
            attempt += 1
            wait = backoff(attempt, self.rng)
            self.health.state = "waiting"
            self.health.problem = f"{self.address.host}:{self.address.port}: {why}; next try in {wait:.0f} s"
            await self.sleep(wait)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        opened = asyncio.open_connection(self.address.host, self.address.port, limit=READ)
        reader, writer = await asyncio.wait_for(opened, CONNECT_S)
        _keep_alive(writer.get_extra_info("socket"))
        self.health.state, self.health.problem = "connected", ""
        return reader, writer


def _keep_alive(sock: socket.socket) -> None:
    """Find out within about a minute that a silent peer is gone (a receiver may be silent for hours and be well)."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, name):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def _why(error: OSError) -> str:
    if isinstance(error, socket.gaierror):
        return "no such host"
    if isinstance(error, ConnectionRefusedError):
        return "nobody listens there"
    if isinstance(error, ConnectionResetError):
        return "the server broke the connection"
    return error.strerror or str(error) or "the connection failed"
