"""Pieces to send -> whoever sends them; bounded, the oldest are shed and counted, so that giving never waits."""

from __future__ import annotations

import asyncio
import threading
from collections import deque

from mihari.core.health import Health

HELD = 1 << 20  # bytes for one peer: minutes of AIS of a busy coast, a second of a busy radar


class Outbox:
    """What one peer has not taken yet. May be filled and emptied from any thread.

    >>> health = Health(0, "", ""); box = Outbox(health, held=3)
    >>> box.put(b"ab"), box.put(b"cd"), box.take(), health.unsent
    (None, None, [(b'cd', '')], 1)
    """

    def __init__(self, health: Health, held: int = HELD) -> None:
        self.health, self.held = health, held
        self._pieces: deque[tuple[bytes, str]] = deque()
        self._size = 0
        self._lock = threading.Lock()
        self.filled = asyncio.Event()  # only for senders in the loop where `put` is called

    def put(self, piece: bytes, topic: str = "") -> None:
        """Add one whole line, block or datagram."""
        with self._lock:
            self._pieces.append((piece, topic))
            self._size += len(piece)
            while self._size > self.held:
                self._size -= len(self._pieces.popleft()[0])
                self.health.unsent += 1
        self.filled.set()

    def take(self, most: int = 256) -> list[tuple[bytes, str]]:
        """Up to `most` pieces, oldest first, with their topics."""
        with self._lock:
            taken = [self._pieces.popleft() for _ in range(min(most, len(self._pieces)))]
            self._size -= sum(len(piece) for piece, _ in taken)
        self.filled.clear()
        if self._pieces:
            self.filled.set()
        return taken

    def drop(self) -> None:
        """The peer is gone: what it was to get is old by the time it returns."""
        with self._lock:
            self.health.unsent += len(self._pieces)
            self._pieces.clear()
            self._size = 0
