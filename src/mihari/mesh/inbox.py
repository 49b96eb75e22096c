"""A transport's events on their way to `receive`: bounded for each neighbour, so that none floods this node."""

from __future__ import annotations

from queue import Empty, SimpleQueue
from threading import Lock

from mihari.mesh.transport import FRAME_MAX, Arrival, Event, Refused

FRAMES = 8192  # of one neighbour that wait to be received; a second of a busy coast
OCTETS = 16 << 20  # bytes, the same
TELL_EVERY = 256  # events between two that tell of a flood
FLOOD = "flood"


class Quota:
    """How many frames of each neighbour wait; what is beyond the bound is counted and told as one `Refused`.

    >>> quota = Quota(frames=1)
    >>> [quota.take("a", 9), quota.take("a", 5), quota.take("a", 6), quota.take("b", 9)]
    [True, False, False, True]
    >>> quota.give("a", 9)
    >>> quota.take("a", 9), quota.told(), quota.told()
    (True, Refused(peer='a', reason='flood', size=11, count=2), None)
    """

    def __init__(self, frames: int = FRAMES, octets: int = OCTETS) -> None:
        self._frames, self._octets = frames, octets
        self._waiting: dict[str, tuple[int, int]] = {}  # peer -> frames, bytes
        self._beyond: dict[str, tuple[int, int]] = {}  # the same of what was refused and is not told yet

    def take(self, peer: str, size: int) -> bool:
        """Whether one more frame of a neighbour may wait."""
        frames, octets = self._waiting.get(peer, (0, 0))
        taken = frames < self._frames and octets + size <= self._octets
        if taken:
            self._waiting[peer] = frames + 1, octets + size
        else:
            frames, octets = self._beyond.get(peer, (0, 0))
            self._beyond[peer] = frames + 1, octets + size
        return taken

    def give(self, peer: str, size: int) -> None:
        """A frame waits no longer."""
        frames, octets = self._waiting[peer]
        if frames > 1:
            self._waiting[peer] = frames - 1, octets - size
        else:
            del self._waiting[peer]

    def told(self) -> Refused | None:
        """What was refused of one neighbour, once."""
        if not self._beyond:
            return None
        peer, (frames, octets) = self._beyond.popitem()
        return Refused(peer, FLOOD, octets, frames)


def too_long(peer: str, size: int) -> Refused:
    """What is told of a frame longer than `FRAME_MAX`."""
    return Refused(peer, f"longer than {FRAME_MAX} bytes", size)


class Inbox:
    """Events for `receive`. `put` in any thread, never waiting; `get` in one."""

    def __init__(self, frames: int = FRAMES, octets: int = OCTETS) -> None:
        self._queue: SimpleQueue[Event] = SimpleQueue()
        self._quota, self._lock, self._got = Quota(frames, octets), Lock(), 0

    def put(self, event: Event) -> None:
        """Take an event in; one that tells of frames is subject to its neighbour's bound."""
        if isinstance(event, Arrival | Refused):
            with self._lock:
                if not self._quota.take(event.peer, _size(event)):
                    return
        self._queue.put(event)

    def get(self, timeout: float) -> Event | None:
        """The next event, or None after `timeout` s."""
        self._got += 1
        if (self._got % TELL_EVERY == 0 or self._queue.empty()) and (told := self._told()):
            return told
        try:
            event = self._queue.get(timeout=timeout) if timeout > 0 else self._queue.get_nowait()
        except Empty:
            return None
        if isinstance(event, Arrival | Refused):
            with self._lock:
                self._quota.give(event.peer, _size(event))
        return event

    def _told(self) -> Refused | None:
        with self._lock:
            return self._quota.told()


def _size(event: Arrival | Refused) -> int:
    return len(event.frame) if isinstance(event, Arrival) else 0  # what is refused holds no memory
