"""The face's end of the local socket: frames from the pipeline -> `FaceState`, coming back whenever it is cut."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable

from mihari.core.errors import FormatError
from mihari.face.frames import LENGTH, MAX_FRAME
from mihari.face.state import FaceState

RETRY_S = 0.5

log = logging.getLogger(__name__)


async def follow(address: str, state: FaceState, news: Callable[[], None]) -> None:
    """Keep `state` up to date from the publisher at `address` until cancelled; `news` is called after each frame."""
    while True:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await _read_frames(address, state, news)
        state.connected = False
        await asyncio.sleep(RETRY_S)


async def _read_frames(address: str, state: FaceState, news: Callable[[], None]) -> None:
    reader, writer = await _connect(address)
    try:
        state.connected = True
        while True:
            (length,) = LENGTH.unpack(await reader.readexactly(LENGTH.size))
            if length > MAX_FRAME:
                raise FormatError("too_long", f"frame of {length} bytes")
            state.receive(await reader.readexactly(length))
            news()
    except (FormatError, KeyError, TypeError) as error:
        log.error("a frame from the pipeline was refused, connecting anew: %s", error)
    finally:
        writer.close()


async def _connect(address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    host, _, port = address.rpartition(":")
    if "/" not in address and port.isdigit():
        return await asyncio.open_connection(host, int(port), limit=1 << 20)
    return await asyncio.open_unix_connection(address, limit=1 << 20)
