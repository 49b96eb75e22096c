"""Conditions seen now -> alarms that are raised, stand, and end. Deterministic, bounded."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace

from mihari.core.health import Alarm

CLEAR_S = 10.0  # a trouble must stay away for so long until its alarm ends: no flicker
KEPT = 50  # ended alarms
KEPT_S = 86400.0  # a day of them
MOST = 200  # alarms that stand; a node with more has one trouble, not two hundred
ORDER = {"alarm": 0, "warning": 1}


@dataclass(frozen=True, slots=True)
class Condition:
    """A trouble that is there now. It becomes an alarm when it has lasted `hold_s`."""

    key: str
    severity: str  # "alarm" or "warning"
    text: str  # one sentence for the officer of the watch
    hold_s: float = 0.0


class AlarmBook:
    """Keeps the alarms of a node. `steady` seconds only grow and measure how long; `now` is UTC s and is shown.

    >>> book = AlarmBook()
    >>> silent = Condition("silent:0", "alarm", "Feed cape is silent.", hold_s=5.0)
    >>> for t in (0.0, 4.0, 6.0): book.update(1000.0 + t, t, [silent])
    >>> [(a.key, a.since, a.until) for a in book.alarms]
    [('silent:0', 1006.0, None)]
    >>> book.update(1007.0, 7.0, []); book.update(1020.0, 20.0, [])
    >>> [(a.since, a.until) for a in book.alarms], book.standing
    ([(1006.0, 1020.0)], frozenset())
    """

    def __init__(self) -> None:
        self._pending: dict[str, float] = {}  # key -> steady s since when the trouble is there
        self._standing: dict[str, Alarm] = {}
        self._seen: dict[str, float] = {}  # key -> steady s when it was last there
        self._ended: deque[Alarm] = deque(maxlen=KEPT)
        self.changed: list[Alarm] = []  # raised or ended by the last update

    @property
    def standing(self) -> frozenset[str]:
        """Keys of the alarms that stand."""
        return frozenset(self._standing)

    @property
    def alarms(self) -> tuple[Alarm, ...]:
        """Those that stand, the gravest and then the oldest first; then those that ended, the newest first."""
        standing = sorted(self._standing.values(), key=lambda a: (ORDER.get(a.severity, 9), a.since, a.key))
        return (*standing, *reversed(self._ended))

    def update(self, now: float, steady: float, conditions: Iterable[Condition]) -> None:
        """What is there now."""
        self.changed = []
        there = {c.key: c for c in conditions}
        self._pending = {key: since for key, since in self._pending.items() if key in there}
        for condition in there.values():
            self._take(condition, now, steady)
        for key in [k for k in self._standing if steady - self._seen[k] >= CLEAR_S]:
            self._ended.append(replace(self._standing.pop(key), until=now))
            self.changed.append(self._ended[-1])
            del self._seen[key]
        while self._ended and now - (self._ended[0].until or now) > KEPT_S:
            self._ended.popleft()

    def _take(self, condition: Condition, now: float, steady: float) -> None:
        key, old = condition.key, self._standing.get(condition.key)
        since = self._pending.setdefault(key, steady)
        if old is not None:
            self._standing[key] = replace(old, severity=condition.severity, text=condition.text)
        elif steady - since >= condition.hold_s and len(self._standing) < MOST:
            self._standing[key] = Alarm(key, condition.severity, now, None, condition.text)
            self.changed.append(self._standing[key])
        if key in self._standing:
            self._seen[key] = steady
