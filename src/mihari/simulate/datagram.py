"""What a simulated sensor sends: bytes, when they leave, and on which channel."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeVar


@dataclass(frozen=True, slots=True, order=True)
class Datagram:
    """One datagram: `time` UTC s when it is sent, `channel` such as "radar-0" or "ais-1", and its bytes."""

    time: float
    channel: str
    data: bytes


class Timed(Protocol):
    """Anything that happens at a time."""

    @property
    def time(self) -> float:
        """UTC s."""
        ...


T = TypeVar("T", bound=Timed)


def in_order(items: Iterable[T], slack: float) -> Iterator[T]:
    """Items that come at most `slack` s before an earlier one, put in order of time; equal times keep their order.

    >>> times = [d.time for d in in_order([Datagram(t, "", b"") for t in (1.0, 3.0, 2.5, 4.0)], 1.0)]
    >>> times
    [1.0, 2.5, 3.0, 4.0]
    """
    waiting: list[tuple[float, int, T]] = []
    for number, item in enumerate(items):
        heapq.heappush(waiting, (item.time, number, item))
        while waiting[0][0] < item.time - slack:
            yield heapq.heappop(waiting)[2]
    while waiting:
        yield heapq.heappop(waiting)[2]
