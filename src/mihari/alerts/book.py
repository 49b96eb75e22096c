"""A part of the records in memory: alerts, their behaviours, what is set aside. Every change leaves an Entry.

Rules change a Book; `mihari.alerts.shelf` reads one from the database and writes back what has changed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from mihari.alerts.alert import SYSTEM, Alert, Aside, Entry, Member, Settings
from mihari.alerts.asides import covered
from mihari.core.behaviour import Behaviour, Urgency

QUIET = frozenset({"version"})  # fields that no entry tells


@dataclass(slots=True)
class Book:
    """`run`: of the node that tells behaviours now, UTC s of its start; `parents`: of each fleet it knows."""

    run: float = 0.0
    settings: Settings = Settings()
    next_alert: int = 1
    next_aside: int = 1
    parents: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    alerts: dict[int, Alert] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    asides: dict[int, Aside] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    touched: set[int] = field(default_factory=set)  # alerts
    touched_members: set[str] = field(default_factory=set)
    touched_asides: set[int] = field(default_factory=set)
    passed_over: Counter[str] = field(default_factory=Counter)  # what was not taken, by reason
    _held: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))  # alert -> its behaviours
    _by_subject: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))  # vessel -> alerts
    _led: set[int] = field(default_factory=set)  # alerts about fleets

    def shelve(self, alert: Alert) -> None:
        """Put an alert in its place, or back in it as it is now."""
        self.alerts[alert.number] = alert
        for vessel in alert.subject:
            self._by_subject[vessel].add(alert.number)
        if alert.fleet:
            self._led.add(alert.number)

    def shelve_member(self, member: Member) -> None:
        """Put a behaviour in its place."""
        self.members[member.behaviour.id] = member
        self._held[member.alert].add(member.behaviour.id)

    def of(self, number: int) -> list[Member]:
        """The behaviours of an alert, oldest first."""
        mine = (self.members[i] for i in self._held[number])
        return sorted(mine, key=lambda m: (m.behaviour.start, m.behaviour.id))

    def size(self, number: int) -> int:
        """How many behaviours an alert holds."""
        return len(self._held[number])

    def asides_of(self, number: int) -> list[Aside]:
        """What was set aside of an alert."""
        return [a for a in self.asides.values() if a.alert == number]

    def near(self, behaviour: Behaviour) -> Iterator[Alert]:
        """The alerts that a behaviour may join: those with one of its vessels, or all of fleets for a fleet's."""
        if behaviour.fleet:
            found = self._led
        else:
            found = {n for v in behaviour.vessels if v in self._by_subject for n in self._by_subject[v]}
        return (self.alerts[n] for n in sorted(found))

    def lineage(self, fleet: int) -> frozenset[int]:
        """A fleet and all that it comes from."""
        found, ahead = {fleet}, [fleet]
        while ahead:
            more = set(self.parents.get(ahead.pop(), ())) - found
            found |= more
            ahead += more
        return frozenset(found)

    def put_member(self, member: Member) -> None:
        """Keep a behaviour as it stands now."""
        self.shelve_member(member)
        self.touched_members.add(member.behaviour.id)

    def put_aside(self, aside: Aside) -> None:
        """Keep what is set aside."""
        self.asides[aside.number] = aside
        self.touched_asides.add(aside.number)

    def tell(self, after: Alert, what: str, text: str, now: float, who: str = SYSTEM) -> Alert:
        """Keep an alert as it is after something happened, and the entry that says so."""
        before = self.alerts.get(after.number)
        after = replace(after, version=after.version + 1)
        self.shelve(after)
        self.touched.add(after.number)
        if what:
            self.entries.append(Entry(what, text, who, now, after.number, *differences(before, after)))
        return after

    def summed(self, alert: Alert, now: float) -> Alert:
        """The alert with what its behaviours say now."""
        return summed(alert, self.of(alert.number), self.asides_of(alert.number), now)


def summed(alert: Alert, members: Iterable[Member], asides: Iterable[Aside], now: float) -> Alert:
    """An alert with what its behaviours say together: span, kinds, vessels, urgency, the gravest sentence.

    What was retracted counts no more, unless all of it was.
    """
    every, asides = list(members), list(asides)
    held = [m for m in every if not m.retracted] or every
    told = [m.behaviour for m in held]
    going = any(m.going_on for m in held)
    head = max(held, key=lambda m: (m.behaviour.urgency, m.going_on, m.behaviour.start, m.behaviour.id)).behaviour
    found = max(b.urgency for b in told)
    raised = Urgency.ALARM if alert.escalated is not None else 0
    return replace(
        alert,
        vessels=tuple(dict.fromkeys([*alert.subject, *(v for m in every for v in m.behaviour.vessels)])),
        kinds=tuple(dict.fromkeys(b.kind for b in told)),
        because=head.because,
        lat_deg=head.lat_deg,
        lon_deg=head.lon_deg,
        first=min(b.start for b in told),
        last=None if going else max(ends(m) for m in held),
        going_on=going,
        retracted=all(m.retracted for m in every),
        found=found,
        urgency=max(found, alert.by_hand, raised),
        aside=bool(asides) and all(m.retracted or covered(m.behaviour, asides, now) for m in every),
    )


def ends(member: Member) -> int:
    """When a behaviour was over, UTC s: its end, else when it was told last."""
    b = member.behaviour
    return b.end if b.end is not None else int(b.told) if b.told == b.told else b.start


def differences(before: Alert | None, after: Alert) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields that have changed: as they were, as they are."""
    names = [f.name for f in fields(Alert) if f.name not in QUIET]
    if before is None:
        return {}, {n: getattr(after, n) for n in names}
    changed = [n for n in names if getattr(before, n) != getattr(after, n)]
    return {n: getattr(before, n) for n in changed}, {n: getattr(after, n) for n in changed}
