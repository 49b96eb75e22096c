"""What an outbox holds -> a TCP connection, as fast as its peer takes it."""

from __future__ import annotations

import asyncio
import contextlib

from mihari.core.health import Health
from mihari.feeds.outbox import Outbox


async def pump(outbox: Outbox, writer: asyncio.StreamWriter, health: Health) -> None:
    """Send until cancelled or the connection breaks (its reader then ends too). A slow peer stops only this task."""
    with contextlib.suppress(OSError):
        while True:
            await outbox.filled.wait()
            pieces = [piece for piece, _ in outbox.take()]
            writer.write(b"".join(pieces))
            await writer.drain()
            for piece in pieces:
                health.passed_on(len(piece))
