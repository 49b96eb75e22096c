"""What vehicles answer: protocol messages that are no sightings, kept for whoever talks with the vehicle. Bounded."""

from __future__ import annotations

import threading
from collections import deque
from typing import Any

HELD = 1000  # messages of one feed: minutes of a mission's talk
FEEDS = 256


class Talk:
    """Messages by feed name; heard by the feeds' threads, taken by whoever has a task under way.

    >>> talk = Talk()
    >>> talk.heard("tb3 link", {"name": "MISSION_ACK"})
    >>> talk.taken("tb3 link"), talk.taken("tb3 link"), talk.shed
    ([{'name': 'MISSION_ACK'}], [], 0)
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[str, deque[dict[str, Any]]] = {}
        self.shed = 0  # messages that nobody took in time

    def heard(self, feed: str, message: dict[str, Any]) -> None:
        """A message came in on a feed."""
        with self._lock:
            held = self._held.get(feed)
            if held is None:
                if len(self._held) >= FEEDS:
                    self.shed += 1
                    return
                held = self._held[feed] = deque(maxlen=HELD)
            self.shed += len(held) == HELD
            held.append(message)

    def taken(self, feed: str) -> list[dict[str, Any]]:
        """All that came on a feed since this was last asked, oldest first."""
        with self._lock:
            held = self._held.get(feed)
            if not held:
                return []
            found = list(held)
            held.clear()
            return found
