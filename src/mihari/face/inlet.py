"""The face's end of the local socket: frames from the pipeline -> `FaceState`, coming back whenever it is cut."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import cast

from mihari.core.errors import FormatError
from mihari.face.frames import LENGTH, MAX_FRAME
from mihari.face.state import FaceState

RETRY_S = 0.5
MAX_REST_S = 0.2  # what the socket holds for so long is little; longer, and the pipeline would see it full

log = logging.getLogger(__name__)


async def follow(address: str, state: FaceState, news: Callable[[], float]) -> None:
    """Keep `state` up to date from the publisher at `address` until cancelled.

    `news` is called after frames were taken in and says for how many seconds nothing newer is wanted: reading rests
    meanwhile, so that many small pictures cost one waking.
    """
    while True:
        with contextlib.suppress(OSError):
            inlet = await _connect(address, state, news)
            try:
                await inlet.closed
            finally:
                inlet.close()
        await asyncio.sleep(RETRY_S)


class Inlet(asyncio.Protocol):
    """One connection to a publisher; `closed` is done when it has ended."""

    def __init__(self, state: FaceState, news: Callable[[], float]) -> None:
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._state, self._news = state, news
        self._held = bytearray()
        self._transport: asyncio.Transport | None = None
        self._rest: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The publisher answers."""
        self._transport, self._state.connected = cast("asyncio.Transport", transport), True

    def data_received(self, data: bytes) -> None:
        """Take in the frames that are whole by now; a wrong one ends the connection."""
        self._held += data
        try:
            taken = self._take_frames()
        except (FormatError, KeyError, TypeError) as error:
            log.error("a frame from the pipeline was refused, connecting anew: %s", error)
            self.close()
            return
        if taken:
            self._rest_for(min(self._news(), MAX_REST_S))

    def connection_lost(self, exc: Exception | None) -> None:
        """The publisher is gone."""
        self._state.connected = False
        if not self.closed.done():
            self.closed.set_result(None)

    def close(self) -> None:
        """End the connection."""
        if self._rest is not None:
            self._rest.cancel()
        if self._transport is not None:
            self._transport.close()

    def _take_frames(self) -> int:
        """Hand whole frames to the state; how many."""
        at = taken = 0
        while len(self._held) - at >= LENGTH.size:
            (length,) = LENGTH.unpack_from(self._held, at)
            if length > MAX_FRAME:
                raise FormatError("too_long", f"frame of {length} bytes")
            end = at + LENGTH.size + length
            if end > len(self._held):
                break
            self._state.receive(bytes(self._held[at + LENGTH.size : end]))
            at, taken = end, taken + 1
        del self._held[:at]
        return taken

    def _rest_for(self, seconds: float) -> None:
        """Read on later, unless a frame has begun."""
        if self._transport is not None and not self._held and seconds > 0:
            self._transport.pause_reading()
            self._rest = asyncio.get_running_loop().call_later(seconds, self._transport.resume_reading)


async def _connect(address: str, state: FaceState, news: Callable[[], float]) -> Inlet:
    loop, (host, _, port) = asyncio.get_running_loop(), address.rpartition(":")
    if "/" not in address and port.isdigit():
        return (await loop.create_connection(lambda: Inlet(state, news), host, int(port)))[1]
    return (await loop.create_unix_connection(lambda: Inlet(state, news), address))[1]
