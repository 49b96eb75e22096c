"""Which alert a behaviour joins. Pure.

A behaviour joins an open alert whose *subject* it shares a vessel with; the subject is the vessels of the alert's first
behaviour and never grows. So a gap, a dark track and a false position of one vessel are one alert, while A meeting B
and B meeting C do not chain: C's affairs join only what C began, or what began with B. Furthermore:

- What a fleet does joins only the alert of this fleet, or of one it was split from or merged of; what one vessel does
  never joins a fleet's alert.
- More than three vessels that no fleet holds are taken as a whole: at least half of all must be the same (Jaccard).
- Their times must lie within six hours of each other (`Settings.join`): what comes later is another story.
- Of several the one with the most shared vessels, then the most urgent, then the oldest.
- Vessels without an MMSI and fleets have numbers of one run of the node: they join nothing of an earlier run.
- An alert holds at most 200 behaviours.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

from mihari.alerts.alert import Alert
from mihari.core.behaviour import Behaviour, mmsi_of

FEW = 3  # a tug, its tow and who meets them; more are a crowd
SAME = 0.5  # of a crowd: as a fleet is matched with its truth in the scores
MEMBERS_MAX = 200

Lineage = Callable[[int], frozenset[int]]


def find(behaviour: Behaviour, alerts: Iterable[Alert], run: float, join: float, lineage: Lineage) -> int:
    """Number of the alert it joins, 0 for none. `join`: s; `lineage`: a fleet and its parents.

    >>> one = Alert(1, 0.0, 10.0, 10.0, (431000001,), first=0)
    >>> gap = Behaviour("g", "gap", (431000001, 431000002), 60, None, 26.0, 127.0, "silent")
    >>> find(gap, [one], 0.0, 3600.0, lambda fleet: frozenset({fleet}))
    1
    """
    fits = [
        (-shared, -alert.urgency, alert.number)
        for alert in alerts
        if alert.closed is None
        and apart(alert, behaviour) <= join
        and (shared := sharing(behaviour, alert, run, lineage))
    ]
    return min(fits)[2] if fits else 0


def sharing(behaviour: Behaviour, alert: Alert, run: float, lineage: Lineage) -> int:
    """How many vessels make it join this alert; 0: it does not."""
    if behaviour.fleet or alert.fleet:
        same = bool(behaviour.fleet) and alert.run == run and alert.fleet in lineage(behaviour.fleet)
        return len(alert.subject) if same else 0
    own, theirs = frozenset(behaviour.vessels), frozenset(alert.subject)
    shared = {v for v in own & theirs if mmsi_of(v) or alert.run == run}
    if max(len(own), len(theirs)) > FEW and len(shared) < SAME * len(own | theirs):
        return 0
    return len(shared)


def apart(alert: Alert, behaviour: Behaviour) -> float:
    """Seconds between the alert's span and the behaviour's; 0 where they overlap.

    >>> apart(Alert(1, 0.0, 0.0, 0.0, (1,), first=100, last=200), Behaviour("b", "gap", (1,), 260, 300, 0, 0, ""))
    60
    """
    alert_ends = math.inf if alert.last is None else alert.last
    behaviour_ends = math.inf if behaviour.end is None else behaviour.end
    return max(behaviour.start - alert_ends, alert.first - behaviour_ends, 0)
