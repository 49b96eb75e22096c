"""The bounded queue between feeds and pipeline: recordings wait when it is full, live feeds shed their oldest."""

from __future__ import annotations

import queue
import threading
import time
from collections import deque

from mihari.core.health import Health
from mihari.core.reports import Input, Tick

ROWS = 200_000  # reports held at most; some 300 bytes each with their claims


class InputQueue:
    """First in, first out, measured in reports. `get` raises `queue.Empty` like the standard queue.

    >>> from mihari.core.reports import Tick
    >>> inputs = InputQueue(); inputs.put(Tick(1.0)), inputs.get(timeout=0).time, len(inputs)
    (True, 1.0, 0)
    """

    def __init__(self, rows: int = ROWS) -> None:
        self.limit = rows
        self._rows = 0
        self._items: deque[tuple[Input, int, Health | None]] = deque()
        self._changed = threading.Condition()
        self._closed = False

    def put(self, item: Input, timeout: float | None = None) -> bool:
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
            item, weight, _ = self._items.popleft()
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

    def _append(self, item: Input, weight: int, health: Health | None) -> None:
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


def _weight(item: Input) -> int:
    return 1 if isinstance(item, Tick) else 1 + len(item.reports)
