"""What is set aside: whether it still holds for a behaviour as it stands. Pure.

It is bound to the time of the behaviour. A detector that runs again and tells the same changes nothing; a behaviour
that is revised beyond the time that was set aside, or becomes more urgent, comes back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from mihari.alerts.alert import Aside
from mihari.core.behaviour import Behaviour, Standing

SLACK_S = 60  # the minute in which people read times: a late report that moves an end by seconds is nothing new


def covered(behaviour: Behaviour, asides: Iterable[Aside], now: float) -> bool:
    """Whether a person has set this behaviour aside, as it stands at `now` (UTC s of data).

    >>> gap = Behaviour("g", "gap", (431000001,), 1000, 5000, 26.0, 127.0, "silent", standing=Standing.ENDED)
    >>> one = Aside(1, 1, "g", "gap", (431000001,), 1000, 5000, 1, "Sato", 6000.0, "known")
    >>> covered(gap, [one], 6000.0), covered(replace(gap, end=9000), [one], 9000.0)
    (True, False)
    """
    return any(_covers(aside, behaviour, now) for aside in asides if not aside.withdrawn)


def _covers(aside: Aside, behaviour: Behaviour, now: float) -> bool:
    if behaviour.id != aside.behaviour and (
        behaviour.kind != aside.kind or frozenset(behaviour.vessels) != frozenset(aside.vessels)
    ):
        return False
    if behaviour.start < aside.first - SLACK_S or behaviour.urgency > aside.urgency:
        return False
    if aside.last is None:
        return True
    return now < aside.last if behaviour.end is None else behaviour.end <= aside.last + SLACK_S


def bound(aside: Aside, behaviour: Behaviour, now: float) -> Aside:
    """The set-aside once its behaviour has ended, or was retracted: from then on it has an end too."""
    if aside.last is not None or aside.behaviour != behaviour.id or behaviour.standing is Standing.GOING_ON:
        return aside
    end = int(now) if behaviour.end is None else behaviour.end
    return replace(aside, last=max(end, aside.first))
