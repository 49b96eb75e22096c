"""This computer's clock against one that only grows, and against the second that ships tell -> `OwnClock`."""

from __future__ import annotations

from collections.abc import Iterable

from mihari.core.health import FeedHealth, OwnClock

JUMP_S = 1.0  # time services slew smaller corrections; a step beyond this was a jump


class ClockSentry:
    """Sees this computer's clock jump. `look` every second or so.

    >>> sentry = ClockSentry()
    >>> for now, steady in ((100.0, 5.0), (101.0, 6.0), (3702.0, 7.0)): clock = sentry.look(now, steady, ())
    >>> clock.jumped_s, clock.jumped_at, clock.jumps
    (3600.0, 3702.0, 1)
    """

    def __init__(self) -> None:
        self._ahead: float | None = None  # clock less steady seconds
        self._jumped_s, self._jumps = 0.0, 0
        self._jumped_at: float | None = None

    def look(self, now: float, steady: float, feeds: Iterable[FeedHealth]) -> OwnClock:
        """The clock reads `now` (UTC s) when `steady` seconds have passed."""
        ahead = now - steady
        if self._ahead is not None and abs(ahead - self._ahead) > JUMP_S:
            self._jumped_s, self._jumped_at, self._jumps = ahead - self._ahead, now, self._jumps + 1
        self._ahead = ahead
        return OwnClock(own_offset(feeds), self._jumped_s, self._jumped_at, self._jumps)


def own_offset(feeds: Iterable[FeedHealth]) -> float | None:
    """By how much our clock is ahead of the ships' seconds (s); None: no station tells.

    A slow network makes our time of receipt late, never early, and each network on its own: of all stations the one
    that agrees best tells most of our clock.
    """
    told = [s.clock.own_s for f in feeds for s in f.stations if s.clock.own_s is not None]
    return min(told, key=abs, default=None)
