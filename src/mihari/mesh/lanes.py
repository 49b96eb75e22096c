"""Frames that wait for several neighbours on one way out: the most urgent lane first, each neighbour bounded."""

from __future__ import annotations

from collections import deque
from threading import Lock

from mihari.mesh.sending import ROOM
from mihari.mesh.transport import Lane


class Lanes:
    """`put` in any thread.

    >>> lanes = Lanes(room=10)
    >>> lanes.put("a", b"12345678", Lane.LIVE), lanes.put("a", b"123", Lane.ALARM), lanes.put("b", b"123", Lane.ALARM)
    (True, False, True)
    >>> lanes.take(), lanes.take(), lanes.take()
    (('b', <Lane.ALARM: 0>, b'123'), ('a', <Lane.LIVE: 2>, b'12345678'), None)
    """

    def __init__(self, room: int = ROOM) -> None:
        self._room, self._lock = room, Lock()
        self._waiting: dict[Lane, deque[tuple[str, bytes]]] = {lane: deque() for lane in Lane}
        self._octets: dict[str, int] = {}

    def __bool__(self) -> bool:
        return any(self._waiting.values())

    def put(self, peer: str, frame: bytes, lane: Lane) -> bool:
        """Whether there was room for one more of this neighbour's."""
        with self._lock:
            octets = self._octets.get(peer, 0)
            if octets and octets + len(frame) > self._room:
                return False
            self._waiting[lane].append((peer, frame))
            self._octets[peer] = octets + len(frame)
        return True

    def take(self) -> tuple[str, Lane, bytes] | None:
        """The first frame of the most urgent lane; None where nothing waits."""
        with self._lock:
            for lane, waiting in self._waiting.items():
                if waiting:
                    peer, frame = waiting.popleft()
                    self._octets[peer] -= len(frame)
                    return peer, lane, frame
        return None

    def drop(self, peer: str) -> None:
        """Throw away what waits for a neighbour."""
        with self._lock:
            for lane, waiting in self._waiting.items():
                self._waiting[lane] = deque(one for one in waiting if one[0] != peer)
            self._octets.pop(peer, None)
