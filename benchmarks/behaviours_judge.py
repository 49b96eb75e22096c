"""Alerts of a run and the truth -> which are right, which false, what was missed, how late; by kind.

True: same kind, same vessels (a fleet: Jaccard 0.5 or more), overlapping times. Each truth has one alert; any other one
is false, and so is every one that was retracted: an officer saw it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from benchmarks.behaviours_run import Alert
from benchmarks.behaviours_truth import Event

KINDS = ("gap", "dark", "spoofing", "identity", "rendezvous", "loitering", "fleet")
ALIKE = 0.5  # Jaccard, of a fleet


@dataclass
class Verdict:
    """Of one kind. `late`: s from when the twin decides to when the alert was there, of those that are right."""

    right: list[tuple[Alert, Event]] = field(default_factory=list)
    false: list[Alert] = field(default_factory=list)
    missed: list[Event] = field(default_factory=list)

    @property
    def late(self) -> list[float]:
        """s, one for each that is right."""
        return [a.told - e.decides + a.wall for a, e in self.right]

    @property
    def precision(self) -> float:
        """Share of alerts that are right; 1 where there are none."""
        alerts = len(self.right) + len(self.false)
        return len(self.right) / alerts if alerts else 1.0

    @property
    def recall(self) -> float:
        """Share of truths that have an alert; NaN where there are none."""
        truths = len(self.right) + len(self.missed)
        return len(self.right) / truths if truths else float("nan")


def alike(alert: Alert, event: Event) -> bool:
    """Whether an alert tells of an event."""
    if alert.kind != event.kind or alert.start > event.end or (alert.end is not None and alert.end < event.start):
        return False
    if event.kind != "fleet":
        return tuple(sorted(alert.vessels)) == tuple(sorted(event.vessels))
    mine, theirs = set(alert.vessels), set(event.vessels)
    return len(mine & theirs) / max(len(mine | theirs), 1) >= ALIKE


def judge(alerts: Iterable[Alert], events: Sequence[Event]) -> dict[str, Verdict]:
    """By kind. Alerts take their truths in the order in which they were told, those that stand first."""
    verdicts = {kind: Verdict() for kind in KINDS}
    open_events = list(events)
    for alert in sorted(grouped(alerts), key=lambda a: (a.retracted, a.told)):
        event = next((e for e in open_events if alike(alert, e)), None)
        if event is None or alert.retracted:
            verdicts[alert.kind].false.append(alert)
        else:
            open_events.remove(event)
            verdicts[alert.kind].right.append((alert, event))
    for event in open_events:
        verdicts[event.kind].missed.append(event)
    return verdicts


def grouped(alerts: Iterable[Alert]) -> list[Alert]:
    """A false place told by two definitions (beyond reach, on land) is one alert, as on the officer's list."""
    kept: list[Alert] = []
    for alert in sorted(alerts, key=lambda a: (a.retracted, a.told)):
        twin = next((a for a in kept if not a.retracted and not alert.retracted and _one(a, alert)), None)
        if twin is None:
            kept.append(alert)
    return kept


def _one(a: Alert, b: Alert) -> bool:
    over = a.end is None or b.start <= a.end
    return a.kind == b.kind == "spoofing" and a.vessels == b.vessels and over and (b.end is None or a.start <= b.end)
