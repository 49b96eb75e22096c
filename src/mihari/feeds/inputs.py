"""The bounded queue between feeds and pipeline: recordings wait when it is full, live feeds shed their oldest."""

from __future__ import annotations

import math
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from mihari.core.health import Health
from mihari.core.reports import Input, Tick

ROWS = 200_000  # reports held at most; some 300 bytes each with their claims


@dataclass(frozen=True, slots=True)
class TickRun:
    """One tick per second from `first` to `last` (UTC s, both included), not spelled out."""

    first: int
    last: int


class InputQueue:
    """First in, first out, measured in reports. `get` raises `queue.Empty` like the standard queue.

    Runs of ticks come out one by one. `next_due`, asked by whoever calls `get`, gives the time before which a tick
    changes nothing: such ticks are left out, except the last of a run. So empty days cost nothing, and the answer does
    not depend on how far the queue is filled ahead.

    >>> from mihari.core.reports import Tick
    >>> inputs = InputQueue(); inputs.put(Tick(1.0)), inputs.get(timeout=0).time, len(inputs)
    (True, 1.0, 0)
    """

    def __init__(self, rows: int = ROWS, next_due: Callable[[], float] | None = None) -> None:
        self.limit, self.next_due = rows, next_due
        self._rows = 0
        self._items: deque[tuple[Input | TickRun, int, Health | None]] = deque()
        self._changed = threading.Condition()
        self._closed = False

    def put(self, item: Input | TickRun, timeout: float | None = None) -> bool:
        """Add, waiting for room (back-pressure). False when closed or when `timeout` s passed without room."""
        weight = _weight(item)
        deadline = None if timeout is None else time.monotonic() + timeout
        with self._changed:
            while not self._closed and self._items and self._rows + weight > self.limit:
                left = None if deadline is None else deadline - time.monotonic()
                if left is not None and left <= 0:
                    return False
                self._changed.wait(left)
            if self._closed:
                return False
            self._append(item, weight, None)
            return True

    def offer(self, item: Input, health: Health) -> None:
        """Add without waiting. When full the oldest live input is shed, and counted in the health of its feed."""
        weight = _weight(item)
        with self._changed:
            if self._closed:
                return
            while self._items and self._rows + weight > self.limit:
                if not self._shed():  # full of what must not be lost: the new one goes
                    health.shed += 1
                    return
            self._append(item, weight, health)

    def get(self, timeout: float | None = None) -> Input:
        """The next input; waits up to `timeout` s (None: for ever). Raises `queue.Empty`, also when closed."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._items or self._closed, timeout) or not self._items:
                raise queue.Empty
            item, weight, _ = self._items[0]
            if isinstance(item, TickRun):
                number = due_tick(item.first, item.last, self.next_due)
                if number < item.last:
                    self._items[0] = (TickRun(number + 1, item.last), weight, None)
                    return Tick(float(number))
                item = Tick(float(number))
            self._items.popleft()
            self._rows -= weight
            self._changed.notify_all()
            return item

    def close(self) -> None:
        """No more puts; waiting feeds return. What is inside can still be taken out."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self._closed

    def __len__(self) -> int:
        return len(self._items)

    @property
    def rows(self) -> int:
        """Reports inside, each input counting one more; at most `limit`, but for a single input that is larger."""
        return self._rows

    def _append(self, item: Input | TickRun, weight: int, health: Health | None) -> None:
        self._items.append((item, weight, health))
        self._rows += weight
        self._changed.notify_all()

    def _shed(self) -> bool:
        for place, (_, weight, health) in enumerate(self._items):
            if health is not None:
                del self._items[place]
                self._rows -= weight
                health.shed += 1
                return True
        return False


def due_tick(first: int, last: int, next_due: Callable[[], float] | None) -> int:
    """The first tick of a run that may change something; the last one where none does.

    >>> due_tick(5, 9, None), due_tick(5, 9, lambda: 6.5), due_tick(5, 9, lambda: float("inf"))
    (5, 7, 9)
    """
    due = -math.inf if next_due is None or first >= last else next_due()
    return first if due <= first else last if due >= last else math.ceil(due)


def _weight(item: Input | TickRun) -> int:
    return 1 if isinstance(item, Tick | TickRun) else 1 + len(item.reports)
