"""Alerts against what truly happened -> precision, recall, latency, false alerts per 1,000 vessel-days.

An alert *matches* an event when both are of one kind, at least half of the alert's vessels are the event's (so naming
everybody finds nothing), and it begins neither after the event by more than `LATE_S` nor ends before it: what went
silent is often noticed when it is over. An alert is right when it matches an event that is not innocent; else it is
false, and one that matches an innocent event was *fooled*. Further alerts of a found event are repeats, right but no
gain. Ends that are not known (NaN) mean going on. Nobody knows long before: an alert told more than `EARLY_S` ahead of
the event is about something else, however long it goes on; one told within it has latency 0.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

LATE_S = 1800.0  # after the end of what happened: half an hour later the news is another one
EARLY_S = 600.0  # before what happens begins: its first signs, and starts that are known to some minutes only


@dataclass(frozen=True, slots=True)
class Alerted:
    """One alert; `raised`: when it was told (UTC s), NaN where only its `start` is known."""

    kind: str
    vessels: frozenset[int]
    start: float  # UTC s
    end: float = math.nan
    raised: float = math.nan

    @property
    def told(self) -> float:
        """When people knew, UTC s."""
        return self.start if math.isnan(self.raised) else self.raised


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of the truth; `innocent`: it only looks like it."""

    kind: str
    vessels: frozenset[int]
    start: float  # UTC s
    end: float = math.nan
    innocent: bool = False


@dataclass(frozen=True, slots=True)
class AlertScore:
    """Counts and figures; NaN where nothing was there to judge. Latencies: from the event's start, s, at least 0."""

    alerts: int
    right: int
    repeats: int
    fooled: int
    events: int  # that should be found
    found: int
    alike: int  # innocent events
    latency_mean: float
    latency_median: float
    latency_p95: float
    vessel_days: float

    @property
    def precision(self) -> float:
        """Share of the alerts that are right."""
        return self.right / self.alerts if self.alerts else math.nan

    @property
    def recall(self) -> float:
        """Share of the events that were found."""
        return self.found / self.events if self.events else math.nan

    @property
    def false_per_1000_vessel_days(self) -> float:
        """False alerts that a thousand vessels cause in a day."""
        return 1000 * (self.alerts - self.right) / self.vessel_days if self.vessel_days else math.nan


def matches(alert: Alerted, event: Happened, late: float = LATE_S) -> bool:
    """Whether the alert is about the event; see above.

    >>> event = Happened("rendezvous", frozenset({1, 2}), 100.0, 200.0)
    >>> matches(Alerted("rendezvous", frozenset({1}), 150.0), event)
    True
    >>> matches(Alerted("rendezvous", frozenset({1, 3, 4}), 150.0), event)
    False
    """
    shared = len(alert.vessels & event.vessels)
    if alert.kind != event.kind or shared == 0 or 2 * shared < len(alert.vessels):
        return False
    if alert.told < event.start - EARLY_S:
        return False
    event_end, alert_end = (math.inf if math.isnan(e) else e for e in (event.end, alert.end))
    return alert.start <= event_end + late and max(alert_end, alert.told) >= event.start


def score_alerts(
    alerts: Sequence[Alerted], events: Sequence[Happened], vessel_days: float, late: float = LATE_S
) -> AlertScore:
    """Scores alerts against all events of the same time and vessels.

    One event is found 60 s after it began, and told twice; a look-alike fools; another event is missed.

    >>> events = [Happened("dark", frozenset({1}), 0.0, 900.0), Happened("dark", frozenset({2}), 0.0, 900.0),
    ...           Happened("dark", frozenset({3}), 0.0, 900.0, innocent=True)]
    >>> alerts = [Alerted("dark", frozenset({1}), 60.0), Alerted("dark", frozenset({1}), 500.0),
    ...           Alerted("dark", frozenset({3}), 60.0)]
    >>> s = score_alerts(alerts, events, vessel_days=500.0)
    >>> round(s.precision, 3), s.recall, s.repeats, s.fooled, s.latency_mean, s.false_per_1000_vessel_days
    (0.667, 0.5, 1, 1, 60.0, 2.0)
    """
    about = _by_vessel(events)
    first: dict[int, float] = {}
    right = repeats = fooled = 0
    for alert in sorted(alerts, key=lambda a: a.told):
        near = sorted({k for vessel in alert.vessels for k in about[alert.kind, vessel]})
        mine = [k for k in near if matches(alert, events[k], late)]
        true = [k for k in mine if not events[k].innocent]
        right += bool(true)
        fooled += bool(mine) and not true
        repeats += bool(true) and all(k in first for k in true)
        for k in true:
            first.setdefault(k, max(0.0, alert.told - events[k].start))
    waited = np.array(sorted(first.values()))
    mean, median, p95 = (
        (float(waited.mean()), float(np.median(waited)), float(np.quantile(waited, 0.95)))
        if len(waited)
        else (math.nan, math.nan, math.nan)
    )
    real = sum(not event.innocent for event in events)
    alike = len(events) - real
    return AlertScore(len(alerts), right, repeats, fooled, real, len(first), alike, mean, median, p95, vessel_days)


def by_kind(
    alerts: Sequence[Alerted], events: Sequence[Happened], vessel_days: float, late: float = LATE_S
) -> dict[str, AlertScore]:
    """The same for each kind by itself, in the order of their names.

    >>> list(by_kind([Alerted("b", frozenset({1}), 0.0)], [Happened("a", frozenset({1}), 0.0)], 1.0))
    ['a', 'b']
    """
    kinds = sorted({a.kind for a in alerts} | {e.kind for e in events})
    return {
        kind: score_alerts(
            [a for a in alerts if a.kind == kind], [e for e in events if e.kind == kind], vessel_days, late
        )
        for kind in kinds
    }


def _by_vessel(events: Sequence[Happened]) -> defaultdict[tuple[str, int], list[int]]:
    """Rows of the events of each kind and vessel."""
    found: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for k, event in enumerate(events):
        for vessel in event.vessels:
            found[event.kind, vessel].append(k)
    return found
