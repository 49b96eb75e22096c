"""The two sockets of a relayed connection: bytes -> pieces for the way, and pieces that have arrived -> bytes."""

from __future__ import annotations

import asyncio
from typing import Protocol

from mihari.simulate.links.line import SEGMENT, Direction

PIECE_S = 0.02  # a piece of a stream takes the line so long, about
LARGEST = 65_536  # bytes of a piece
SMALL = 16_384  # bytes that the system may buffer for us: what it takes is out of the sender's sight
END = b""  # no more is to come from there (FIN)

Piece = bytes | None  # None: the connection is gone


class Carrier(Protocol):
    """Who brings pieces to the other side."""

    closed: bool

    def sent(self, side: Side, piece: Piece) -> None:
        """A piece leaves a side for the other."""

    def gone(self, side: Side) -> None:
        """A side has closed."""


class Side(asyncio.BufferedProtocol):
    """One of a connection's two sockets; what comes in goes `way` and out at `other`."""

    def __init__(self, carrier: Carrier, way: Direction) -> None:
        self.carrier, self.way = carrier, way
        self.other: Side | None = None
        self.transport: asyncio.Transport | None = None
        self.full = False  # whoever reads here is slow
        self._ended = self._told = self._paused = False
        self._buffer = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is open."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        if self.carrier.closed:
            transport.abort()
            return
        transport.set_write_buffer_limits(high=LARGEST)
        asyncio.get_running_loop().call_soon(self.look)  # the transport begins to read only after this

    def get_buffer(self, sizehint: int) -> bytearray:
        """Room for one piece: small ones on a slow line, so that they come evenly."""
        rate = self.way.shape.rate
        size = int(min(max(rate * PIECE_S, SEGMENT), LARGEST)) if rate else LARGEST
        if len(self._buffer) != size:
            self._buffer = bytearray(size)
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        """A piece has come."""
        self.carrier.sent(self, bytes(self._buffer[:nbytes]))
        self.look()

    def eof_received(self) -> bool:
        """The other end has no more to say; that goes its way too. Whether the socket stays open for the way back."""
        self._ended = True
        self.carrier.sent(self, END)
        return not self._told

    def connection_lost(self, exc: Exception | None) -> None:
        """It is closed, by either end."""
        self.transport = None
        self.carrier.gone(self)

    def pause_writing(self) -> None:
        """Whoever reads here is slow."""
        self.full = True

    def resume_writing(self) -> None:
        """He has caught up."""
        self.full = False
        if self.other is not None:
            self.other.look()

    def look(self) -> None:
        """Read on, or no further: as there is room on the way."""
        room = self.way.held < self.way.shape.room and not (self.other is not None and self.other.full)
        if self.transport is None or self.transport.is_closing() or room != self._paused:
            return
        self._paused = not room
        if room:
            self.transport.resume_reading()
        else:
            self.transport.pause_reading()

    def give(self, piece: Piece) -> None:
        """What has arrived for this side."""
        if self.transport is None or self.transport.is_closing():
            return
        if piece:
            self.transport.write(piece)
            return
        if piece is not None and not self._ended:
            self._told = True
            self.transport.write_eof()
        else:  # both have ended, or the other is gone
            self.transport.close()
