"""Which vehicle speaks on which feed, and what vehicles told of themselves since this was last asked."""

from __future__ import annotations

import math
import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from mihari.core.asset import AssetKind, Telemetry
from mihari.feeds.talk import Talk

HELD = 4096  # telemetry that waits: minutes of a large fleet


@dataclass(frozen=True, slots=True)
class Listed:
    """A vehicle as the node file lists it: `system` 0 is whoever speaks on its feeds; `attitude_sd` in rad."""

    name: str
    kind: AssetKind
    feeds: tuple[str, ...] = ()
    system: int = 0
    attitude_sd: float = math.radians(0.3)


class VehicleRoll:
    """Shared by all feeds of a node; may be used from any thread.

    >>> roll = VehicleRoll([Listed("tb3", AssetKind.AIRCRAFT, ("link",), system=7)])
    >>> roll.who("link", 7, AssetKind.AIRCRAFT).name, roll.who("link", 8, AssetKind.SURFACE).name
    ('tb3', 'link 8')
    """

    def __init__(self, listed: Iterable[Listed] = ()) -> None:
        self._lock = threading.Lock()
        self._told: deque[tuple[Telemetry, AssetKind]] = deque(maxlen=HELD)
        self.listed = tuple(listed)
        self.talk = Talk()

    def who(self, feed: str, system: int, kind: AssetKind) -> Listed:
        """The vehicle that speaks as `system` on a feed; one that nobody listed goes by feed and number."""
        mine = [one for one in self.listed if feed in one.feeds]
        for one in mine:
            if one.system == system or (len(mine) == 1 and 0 in (one.system, system)):  # 0: the format tells none
                return one
        return Listed(f"{feed} {system}" if system else feed, kind, (feed,), system)

    def tell(self, told: Telemetry, kind: AssetKind) -> None:
        """A vehicle told of itself; the oldest is let go where nobody asks."""
        with self._lock:
            self._told.append((told, kind))

    def drained(self) -> list[tuple[Telemetry, AssetKind]]:
        """All that was told since this was last asked, oldest first."""
        with self._lock:
            found = list(self._told)
            self._told.clear()
            return found
