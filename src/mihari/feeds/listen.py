"""A TCP server of ours: what several peers send -> chunks of whole lines or data blocks; all of them get what is sent.

Each peer has its own cutter, so that one peer's broken line spoils no other's.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
from collections.abc import AsyncGenerator, AsyncIterator

from mihari.core.errors import BadInput
from mihari.core.health import Health
from mihari.feeds.address import FeedAddress
from mihari.feeds.framing import Framer, framer
from mihari.feeds.inbox import GATHER_S, Inbox
from mihari.feeds.outbox import Outbox
from mihari.feeds.retry import keep_alive
from mihari.feeds.stream import pump
from mihari.feeds.transport import Chunk, Clock

PEERS = 64  # at a time; a port scan or a peer gone mad must not take every socket
READ = 65536  # bytes per read


class TcpListenTransport:
    """Listens on `host:port`; an empty host is all local addresses."""

    def __init__(self, address: FeedAddress, health: Health, clock: Clock) -> None:
        self.address, self.health, self.clock = address, health, clock
        self._outboxes: set[Outbox] = set()

    def send(self, piece: bytes, topic: str = "") -> None:
        """Queue one piece for every peer."""
        for outbox in self._outboxes:
            outbox.put(piece)

    async def chunks(self) -> AsyncIterator[Chunk]:
        """What all peers send, in whole lines or blocks."""
        bursts = self.bursts()
        try:
            async for burst in bursts:
                for chunk in burst:
                    yield chunk
        finally:
            await bursts.aclose()

    async def bursts(self) -> AsyncGenerator[list[Chunk]]:
        """The same, those together that came together. Raises BadInput when the port cannot be had."""
        inbox, peers = Inbox(self.health, GATHER_S[self.address.format]), set[asyncio.Task[None]]()

        async def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            peers.add(task)
            try:
                await self._serve(reader, writer, inbox)
            finally:
                peers.discard(task)

        server = await self._open(met)
        self.health.state, self.health.problem = "listening", ""
        bursts = inbox.bursts()
        try:
            async for burst in bursts:
                yield burst
        finally:
            server.close()
            for task in list(peers):
                task.cancel()
            await asyncio.gather(*peers, return_exceptions=True)
            await bursts.aclose()

    async def _open(self, met: object) -> asyncio.Server:
        try:
            return await asyncio.start_server(
                met,  # type: ignore[arg-type]
                self.address.host or None,
                self.address.port,
                limit=READ,
            )
        except OSError as error:
            raise BadInput(f"{self.address.text}: {_why(error, self.address)}") from None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, inbox: Inbox) -> None:
        if len(self._outboxes) >= PEERS:
            self.health.notice("too many peers")
            writer.close()
            return
        keep_alive(writer.get_extra_info("socket"))
        outbox, cut = Outbox(self.health), framer(self.address.format)
        self._outboxes.add(outbox)
        self.health.peers = len(self._outboxes)
        sending = asyncio.create_task(pump(outbox, writer, self.health))
        try:
            with contextlib.suppress(OSError):
                while data := await reader.read(READ):
                    self._pass(cut.take(data), cut, inbox)
                    await inbox.room()  # a peer that sends faster than is decoded waits
        finally:
            self._pass(cut.finish(), cut, inbox)
            sending.cancel()
            outbox.drop()
            self._outboxes.discard(outbox)
            self.health.peers = len(self._outboxes)
            writer.close()

    def _pass(self, pieces: list[bytes], cut: Framer, inbox: Inbox) -> None:
        for reason, data in cut.refused:
            self.health.refuse(self.clock(), reason, data)
        cut.refused.clear()
        if pieces:
            inbox.push(Chunk(self.clock(), b"".join(pieces)))


def _why(error: OSError, address: FeedAddress) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {address.port} is in use by another program"
    if error.errno == errno.EACCES:
        return f"port {address.port} may not be opened by this user (ports below 1024 need a right)"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{address.host} is not an address of this machine"
    return f"cannot listen there: {error.strerror or error}"
