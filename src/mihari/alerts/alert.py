"""What the watch works with: an Alert, its Members (behaviours), what was set Aside, and Entries of the watch log.

IMO MSC.302(87), "Performance standards for bridge alert management", is the model: four priorities (6.1), one alert
for one situation (5.2), acknowledged one by one (9.9), an unacknowledged warning that becomes an alarm (6.2.2).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Any

from mihari.core.behaviour import Behaviour, Standing, Urgency

SYSTEM = "mihari"  # who did what no person did


class Place(IntEnum):
    """Where an alert stands in the list, first to last."""

    UNACKNOWLEDGED = 0
    ENDED = 1  # over, but nobody has acknowledged it
    SETTLED = 2  # acknowledged, or a caution that is over
    ASIDE = 3  # a list of its own
    CLOSED = 4


@dataclass(frozen=True, slots=True)
class Settings:
    """How long things last, s of data time."""

    escalate: float = 300.0  # an unacknowledged warning becomes an alarm
    join: float = 6 * 3600.0  # behaviours further apart are two stories
    tidy: float = 12 * 3600.0  # what is over and settled leaves the list after a watch


@dataclass(frozen=True, slots=True)
class Alert:
    """What concerns the same vessels. Times are UTC s of data; `version` grows with each change.

    `subject`: keys of the vessels by which behaviours join it: those of its first behaviour; `vessels`: all that are
    concerned. `run`: when the node that raised it was started: keys of unnamed vessels and fleets mean nothing later.
    """

    number: int
    run: float
    raised: float
    since: float  # since when it waits for an acknowledgement, or waited
    subject: tuple[int, ...]
    fleet: int = 0  # 0: none
    version: int = 0
    vessels: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()
    because: str = ""
    lat_deg: float = 0.0
    lon_deg: float = 0.0
    first: int = 0
    last: int | None = None  # None: going on
    going_on: bool = True
    retracted: bool = False  # all of it
    urgency: int = Urgency.CAUTION  # as it counts
    found: int = Urgency.CAUTION  # the highest of its behaviours
    by_hand: int = 0  # what a person has raised it to
    escalated: float | None = None
    acknowledged: float | None = None
    acknowledged_by: str = ""
    reason: str = ""
    note: str = ""
    assigned: str = ""
    aside: bool = False
    closed: float | None = None
    closed_by: str = ""
    outcome: str = ""
    outcome_note: str = ""

    @property
    def place(self) -> Place:
        """Where it stands in the list.

        >>> one = Alert(1, 0.0, 9.0, 9.0, (431000001,), urgency=Urgency.WARNING)
        >>> one.place.name, replace(one, going_on=False).place.name, replace(one, acknowledged=12.0).place.name
        ('UNACKNOWLEDGED', 'ENDED', 'SETTLED')
        """
        if self.closed is not None:
            return Place.CLOSED
        if self.aside:
            return Place.ASIDE
        if self.acknowledged is not None or (self.urgency == Urgency.CAUTION and not self.going_on):
            return Place.SETTLED
        return Place.UNACKNOWLEDGED if self.going_on else Place.ENDED

    @property
    def calls(self) -> bool:
        """Whether somebody has to acknowledge it: it flashes and sounds. A caution never does."""
        return self.place <= Place.ENDED and self.urgency > Urgency.CAUTION

    @property
    def order(self) -> tuple[int, int, float, int]:
        """Smaller comes first: by place, then urgency, then the newest."""
        return self.place, -self.urgency, -self.since, -self.number


@dataclass(frozen=True, slots=True)
class Member:
    """A behaviour in its alert, as it stands; `run` of the node that told it last."""

    behaviour: Behaviour
    alert: int
    run: float = 0.0
    followed: bool = True  # False: the node was started anew and has not told it again

    @property
    def going_on(self) -> bool:
        """Whether it holds as far as is known, and somebody still looks."""
        return self.followed and self.behaviour.standing is Standing.GOING_ON

    @property
    def retracted(self) -> bool:
        """Whether later data showed that it never was."""
        return self.behaviour.standing is Standing.RETRACTED


@dataclass(frozen=True, slots=True)
class Aside:
    """A behaviour that a person has set aside: for the time of the behaviour, not of the detection.

    It holds for behaviours of this kind of these vessels that lie within [first, last) and are no more urgent; `last`
    is None for as long as this one goes on.
    """

    number: int
    alert: int
    behaviour: str
    kind: str
    vessels: tuple[int, ...]
    first: int
    last: int | None
    urgency: int
    who: str
    time: float  # UTC s of data
    reason: str
    note: str = ""
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the watch log, and what it changed. `data_time`: UTC s of data, the clock's is added on writing."""

    what: str
    text: str
    who: str
    data_time: float
    alert: int = 0  # 0: about none
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)


def acknowledge_anew(alert: Alert, was: Alert, now: float) -> Alert:
    """The alert waiting for an acknowledgement; if it `was` calling for one already, it goes on since when it did."""
    if was.calls:
        return alert
    return replace(
        alert, since=now, acknowledged=None, acknowledged_by="", reason="", note="", escalated=None, closed=None,
        closed_by="", outcome="", outcome_note="",
    )  # fmt: skip
