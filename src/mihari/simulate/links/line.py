"""What a link does to what is sent on it, one direction at a time: a queue, a line of some rate, a way of some delay.

Pure: times in s of any clock that only grows are handed in, things and their sizes go in, things come out when they
arrive. The same model carries IP packets (`Loss.DROP`) and pieces of a TCP stream (`Loss.STALL`).
"""

from __future__ import annotations

import math
import random
from collections import deque
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

SEGMENT = 1448  # bytes of a stream in one packet: Ethernet's 1500 less the headers of IP and TCP with a time stamp
RETRANSMIT_S = 0.2  # the shortest time after which Linux sends again what was not acknowledged
PLENTY = 4 << 20  # bytes that may be under way on a link without a rate


class Loss(Enum):
    """What becomes of what is lost."""

    DROP = "drop"  # it is gone, as an IP packet is
    STALL = "stall"  # it is sent again, and what follows waits for it, as in a TCP stream


@dataclass(frozen=True, slots=True)
class Shape:
    """What a link is like, each way: `delay` s, `rate` bytes/s (0: no limit), `loss` 0 to 1 per packet, `queue` bytes.

    `queue` is what may wait for the line: what comes on top is dropped (packets) or not read (streams).
    """

    delay: float = 0.0
    rate: float = 0.0
    loss: float = 0.0
    queue: int = 65_536

    def __post_init__(self) -> None:
        fits = 0 <= self.delay < math.inf and 0 <= self.rate < math.inf and 0 <= self.loss <= 1 and self.queue > 0
        if not fits:
            raise ValueError(f"expected delay >= 0 s, rate >= 0 bytes/s, loss 0 to 1, queue > 0 bytes; found {self}")

    @property
    def stall(self) -> float:
        """Seconds until something lost has come after all: a round trip and the sender's patience."""
        return 2 * self.delay + RETRANSMIT_S

    @property
    def room(self) -> float:
        """Bytes of a stream that the link holds at most: those that wait, and those on their way."""
        return self.queue + self.rate * (self.delay + self.stall) if self.rate else PLENTY


PERFECT = Shape()  # as fast as the machine

# Rates are those of the mesh's profiles; delays and losses are usual ones, assumed.
SHAPES = {
    "lan": Shape(0.0005),
    "cellular": Shape(0.04, 250_000, 0.01),
    "satellite": Shape(0.2, 32_000, 0.05),
    "radio": Shape(0.05, 8_000, 0.03, 16_384),
    "acoustic": Shape(2.0, 62.5, 0.1, 4_096),
}


@dataclass(slots=True)
class Stats:
    """One direction's counts since it was made. Lost on the way, dropped before the line, cut while a cable was."""

    packets: int = 0  # that arrived
    bytes: int = 0
    lost: int = 0
    dropped: int = 0
    cut: int = 0
    held: int = 0  # bytes that wait or are on their way now


class Direction:
    """One direction of a link.

    >>> one = Direction(Shape(delay=1.0, rate=100.0))
    >>> one.offer(0.0, "a", 50), one.offer(0.0, "b", 50)
    (True, True)
    >>> one.next, one.due(1.5), one.due(1.6), one.next, one.due(2.0)
    (0.5, ['a'], [], 2.0, ['b'])
    """

    def __init__(self, shape: Shape, loss: Loss = Loss.DROP, seed: int | str = 1) -> None:
        self.shape, self.loss, self.counts = shape, loss, Stats()
        self.down = False
        self._random = random.Random(seed)
        self._waiting: deque[tuple[float, Any, int]] = deque()  # since when, what, bytes
        self._under_way: deque[tuple[float, Any, int, bool]] = deque()  # when it arrives, what, bytes, lost
        self._queued = 0  # bytes that wait
        self._free = -math.inf  # when the line is free again
        self._last = -math.inf  # when the last one arrives: nothing overtakes

    @property
    def held(self) -> int:
        """Bytes that wait or are on their way."""
        return self.counts.held

    @property
    def next(self) -> float:
        """When there is something to do next, inf: not before something is sent."""
        if self.down:
            return math.inf
        arrives = self._under_way[0][0] if self._under_way else math.inf
        return min(arrives, self._free) if self._waiting else arrives

    def offer(self, now: float, thing: Any, size: int) -> bool:
        """Send something of `size` bytes; False where it is dropped for want of room (`Loss.DROP` only)."""
        if self.loss is Loss.DROP:
            if self.down:
                self.counts.cut += 1
                return False
            self._serve(now)
            if self._waiting and self._queued + size > self.shape.queue:
                self.counts.dropped += 1
                return False
        self._waiting.append((now, thing, size))
        self._queued += size
        self.counts.held += size
        if not self.down:
            self._serve(now)
        return True

    def due(self, now: float) -> list[Any]:
        """What has arrived by `now`, in the order in which it was sent."""
        if self.down:
            return []
        self._serve(now)
        arrived = []
        while self._under_way and self._under_way[0][0] <= now:
            _, thing, size, lost = self._under_way.popleft()
            self.counts.held -= size
            if not lost:
                self.counts.packets += 1
                self.counts.bytes += size
                arrived.append(thing)
        return arrived

    def cut(self) -> None:
        """Nothing arrives any more: packets are gone, of a stream all is kept for when the link is back."""
        self.down = True
        if self.loss is Loss.DROP:
            self.counts.cut += len(self._waiting) + len(self._under_way)
            self._waiting.clear()
            self._under_way.clear()
            self._queued = self.counts.held = 0

    def heal(self, now: float) -> None:
        """The link is back: what of a stream was under way is sent again, in its order and at the line's rate."""
        if not self.down:
            return
        self.down = False
        self._waiting.extendleft((now, thing, size) for _, thing, size, _ in reversed(self._under_way))
        self._queued += sum(size for _, _, size, _ in self._under_way)
        self._under_way.clear()
        self._free = self._last = now
        self._serve(now)

    def reshape(self, **changes: float) -> None:
        """Another delay, rate, loss or queue from the next packet on."""
        self.shape = replace(self.shape, **changes)  # type: ignore[arg-type]

    def _serve(self, now: float) -> None:
        """Put on the line what its turn has come for."""
        shape = self.shape
        while self._waiting and self._free <= now:
            since, thing, size = self._waiting.popleft()
            self._queued -= size
            start = max(self._free, since)
            self._free = start + (size / shape.rate if shape.rate else 0.0)
            arrives = self._free + shape.delay
            lost = self._is_lost(size)
            if lost and self.loss is Loss.STALL:
                arrives, lost = arrives + shape.stall, False
            self._last = max(self._last, arrives)
            self._under_way.append((self._last, thing, size, lost))

    def _is_lost(self, size: int) -> bool:
        chance = self.shape.loss
        if not chance:
            return False
        pieces = 1 if self.loss is Loss.DROP else -(-size // SEGMENT)
        lost = self._random.random() >= (1 - chance) ** pieces
        self.counts.lost += lost
        return lost
