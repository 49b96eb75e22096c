"""Vessels that radar alone holds -> the same, a track that begins where another was just lost under the other's number.

A tracker loses a boat that turns about and finds it again a minute later, as a new track. For who asks how long
somebody has been there it is one vessel. A track is the heir of the nearest one that was seen last within `LOST_S`, is
not seen any more, and could have come so far; the heir must be younger than that last sight.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from mihari.behaviours.sightings import Sightings
from mihari.core.behaviour import picture_id

LOST_S = 110.0  # findings of what radar holds bridge two minutes, `Pace.seen_s`; a look is 4 s
REACH_MPS = 15.0  # 30 kn: faster boats are not lost in a turn
SLACK_M = 300.0  # a track that turns about is off by that before it is lost
METRES = 111_195.0  # per degree of latitude


class Seen(NamedTuple):
    """The last sight of a track; `newest`: the highest picture id that there was then."""

    time: float
    lat_deg: float
    lon_deg: float
    newest: int


class Heirs:
    """Which key each track goes by.

    >>> def held(key, time, lat_deg):
    ...     return Sightings.of(1, key=key, time=time, lat_deg=lat_deg, lon_deg=127.0)
    >>> heirs, first = Heirs(), 1 << 40
    >>> [int(heirs.take(held(first + id, t, lat), newest).key[0]) - first
    ...  for id, t, lat, newest in ((5, 0.0, 26.0, 9), (10, 60.0, 26.002, 10), (11, 300.0, 26.002, 11))]
    [5, 5, 11]
    """

    def __init__(self) -> None:
        self._of: dict[int, int] = {}  # key of a track -> the one it goes by
        self._last: dict[int, Seen] = {}  # by the key it goes by

    def take(self, held: Sightings, newest: int) -> Sightings:
        """What radar alone holds at one moment; `newest`: the highest picture id that there is."""
        now = float(held.time.max()) if len(held) else 0.0
        keys = [self._of.get(key, key) for key in held.key.tolist()]
        present = set(keys)
        for k, key in enumerate(keys):
            if key not in self._last and key == int(held.key[k]):
                keys[k] = self._of[key] = self._heir_of(held, k, present, key)
                present.add(keys[k])
        for k, key in enumerate(keys):
            self._last[key] = Seen(float(held.time[k]), float(held.lat_deg[k]), float(held.lon_deg[k]), newest)
        if len(held):
            self._last = {key: seen for key, seen in self._last.items() if now - seen.time <= 2 * LOST_S}
            self._of = {track: key for track, key in self._of.items() if key in self._last}
        return held.replace(key=np.array(keys, np.int64))

    def known_as(self, key: int) -> int:
        """The key that a track goes by now."""
        return self._of.get(key, key)

    def _heir_of(self, held: Sightings, k: int, present: set[int], own: int) -> int:
        """The key of the nearest track that a new one goes on from; its own where there is none."""
        best, nearest = own, np.inf
        for key, seen in self._last.items():
            since = float(held.time[k]) - seen.time
            if key in present or not 0.0 <= since <= LOST_S or picture_id(own) <= seen.newest:
                continue
            north = (float(held.lat_deg[k]) - seen.lat_deg) * METRES
            turn = (float(held.lon_deg[k]) - seen.lon_deg + 180.0) % 360.0 - 180.0
            away = float(np.hypot(north, turn * METRES * np.cos(np.radians(seen.lat_deg))))
            if away <= SLACK_M + REACH_MPS * since and away < nearest:
                best, nearest = key, away
        return best

    def state(self) -> dict[str, Any]:
        """As JSON values."""
        return {"of": list(self._of.items()), "last": [[key, *seen] for key, seen in self._last.items()]}

    def restore(self, state: dict[str, Any]) -> None:
        """Know this and nothing else."""
        self._of = dict(state["of"])
        self._last = {key: Seen(*seen) for key, *seen in state["last"]}
