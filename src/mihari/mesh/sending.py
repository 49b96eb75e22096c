"""Frames on their way out, one thread a lane: whoever sends never waits, and what is full says so."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from threading import Condition, Thread

ROOM = 8 << 20  # bytes that wait for one neighbour in one lane: twice what the widest link has under way

log = logging.getLogger(__name__)


class Outlet:
    """Frames of one lane for one neighbour, handed in order to `put`. A thread begins with the first.

    `put` may wait; False: there was no room, it is called with the same frame again.

    `ended` is called once, in that thread if there is one, when the last frame was handed over or thrown away.
    """

    def __init__(self, put: Callable[[bytes], bool], ended: Callable[[], object], name: str, room: int = ROOM) -> None:
        self._put, self._ended, self._name, self._room = put, ended, name, room
        self._waiting: deque[bytes] = deque()
        self._octets, self._open = 0, True
        self._changed = Condition()
        self._thread: Thread | None = None

    def send(self, frame: bytes) -> bool:
        """Whether there was room for a frame; never waits."""
        with self._changed:
            if not self._open or (self._waiting and self._octets + len(frame) > self._room):
                return False
            self._waiting.append(frame)
            self._octets += len(frame)
            if self._thread is None:
                self._thread = Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()
            self._changed.notify()
        return True

    def end(self) -> None:
        """Throw away what waits; returns at once."""
        with self._changed:
            was_open, self._open = self._open, False
            self._waiting.clear()
            self._changed.notify()
            idle = self._thread is None
        if was_open and idle:
            self._ended()

    def _run(self) -> None:
        try:
            while (frame := self._next()) is not None:
                while not self._put(frame) and self._open:
                    pass
        except Exception as error:  # of the network's library, which has no class for a link that has gone
            log.debug("%s: %s", self._name, error)
        finally:
            self.end()
            self._ended()

    def _next(self) -> bytes | None:
        with self._changed:
            while self._open and not self._waiting:
                self._changed.wait()
            if not self._open:
                return None
            frame = self._waiting.popleft()
            self._octets -= len(frame)
        return frame
