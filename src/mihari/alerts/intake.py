"""Behaviours as they are told and revised -> alerts that are raised, joined, revised, retracted in a Book."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from mihari.alerts.alert import Alert, Member, acknowledge_anew
from mihari.alerts.asides import bound, covered
from mihari.alerts.book import Book
from mihari.alerts.grouping import MEMBERS_MAX, find
from mihari.alerts.text import NAME_MAX, clean
from mihari.core.behaviour import Behaviour, Standing, Urgency
from mihari.core.times import told_time

ID_MAX = 200
VESSELS_MAX = 5000  # of one behaviour


def take(book: Book, behaviours: Iterable[Behaviour], now: float) -> None:
    """What was told at `now` (UTC s of data), in an order of its own: that of arrival does not matter."""
    for behaviour in sorted(behaviours, key=_order):
        take_one(book, cleaned(behaviour), now)


def _order(b: Behaviour) -> tuple[float, int, str, int]:
    return b.decided if math.isfinite(b.decided) else math.inf, b.start, b.id, b.revision


def take_one(book: Book, behaviour: Behaviour, now: float) -> None:
    """One behaviour, new or revised."""
    if not behaviour.vessels and not behaviour.fleet:
        book.passed_over["about no vessel"] += 1
        return
    old = book.members.get(behaviour.id)
    if old is not None and old.run == book.run and behaviour.revision <= old.behaviour.revision:
        book.passed_over["an older revision"] += 1
    elif old is not None:
        _revise(book, old, Member(behaviour, old.alert, book.run), now)
    elif behaviour.standing is Standing.RETRACTED:
        book.passed_over["retracted before it was told"] += 1
    else:
        _begin(book, behaviour, now)


def _begin(book: Book, behaviour: Behaviour, now: float) -> None:
    open_ones = [a for a in book.near(behaviour) if book.size(a.number) < MEMBERS_MAX]
    number = find(behaviour, open_ones, book.run, book.settings.join, book.lineage)
    if number:
        _join(book, number, behaviour, now)
        return
    number, book.next_alert = book.next_alert, book.next_alert + 1
    book.put_member(Member(behaviour, number, book.run))
    raised = Alert(number, book.run, now, now, behaviour.vessels, behaviour.fleet)
    book.tell(book.summed(raised, now), "raised", behaviour.because, now)


def _join(book: Book, number: int, behaviour: Behaviour, now: float) -> None:
    """One more behaviour of the same vessels: to be acknowledged too, unless it is a caution or was set aside."""
    before = book.alerts[number]
    quiet = covered(behaviour, book.asides_of(number), now)
    book.put_member(Member(behaviour, number, book.run))
    after = book.summed(before, now)
    text = behaviour.because
    if before.aside and not after.aside:
        after = acknowledge_anew(after, before, now)
        text = f"comes back, as this was not set aside: {text}"
    elif not quiet and behaviour.urgency > Urgency.CAUTION:
        after = acknowledge_anew(after, before, now)
    book.tell(book.summed(after, now), "joined", text, now)


def _revise(book: Book, old: Member, new: Member, now: float) -> None:
    before = book.alerts[old.alert]
    book.put_member(new)
    for aside in book.asides_of(old.alert):
        if (narrowed := bound(aside, new.behaviour, now)) is not aside:
            book.put_aside(narrowed)
    after = book.summed(before, now)
    what, text = told(old, new)
    beyond = before.aside and not after.aside
    if beyond or (notable(old, new) and not covered(new.behaviour, book.asides_of(old.alert), now)):
        after = book.summed(acknowledge_anew(after, before, now), now)
        if before.place != after.place:
            text = f"comes back: {text}"
    if what or after != before:
        book.tell(after, what, text, now)


def notable(old: Member, new: Member) -> bool:
    """Whether a revision has to be acknowledged anew: more urgent, or not over after all."""
    if new.retracted or not old.followed:
        return False
    again = new.going_on and not old.going_on
    return (
        again or (old.retracted and new.behaviour.urgency > Urgency.CAUTION)
        or new.behaviour.urgency > max(old.behaviour.urgency, Urgency.CAUTION)
    )  # fmt: skip


def told(old: Member, new: Member) -> tuple[str, str]:
    """What a revision is called in the log and what it says; '' for one that changes only figures."""
    was, now = old.behaviour, new.behaviour
    if new.retracted and not old.retracted:
        return "retracted", f"retracted: {now.because}"
    if was.standing is Standing.GOING_ON and now.standing is Standing.ENDED:
        return "ended", f"ended {told_time(float(now.end or now.start))}: {now.because}"
    if new.going_on and not old.going_on:
        return "goes on", f"{'goes on after all' if old.followed else 'is followed again'}: {now.because}"
    if (was.kind, was.vessels, was.start, was.end, was.urgency) != (
        now.kind, now.vessels, now.start, now.end, now.urgency
    ) or was.standing is not now.standing:  # fmt: skip
        return "revised", f"revised: {now.because}"
    return "", ""


def cleaned(b: Behaviour) -> Behaviour:
    """The behaviour with texts that may be shown anywhere and places that are some."""
    facts = {clean(str(k), NAME_MAX): clean(v) if isinstance(v, str) else v for k, v in b.evidence.facts.items()}
    coverage = {clean(str(k), NAME_MAX): float(v) for k, v in b.evidence.coverage.items()}
    evidence = replace(b.evidence, facts=facts, coverage=coverage)
    return replace(
        b,
        id=clean(b.id, ID_MAX),
        kind=clean(b.kind, NAME_MAX),
        version=clean(b.version, NAME_MAX),
        vessels=tuple(b.vessels[:VESSELS_MAX]),
        because=clean(b.because),
        innocent=tuple(clean(text) for text in b.innocent),
        lat_deg=b.lat_deg if abs(b.lat_deg) <= 90 else 0.0,
        lon_deg=b.lon_deg if abs(b.lon_deg) <= 180 else 0.0,
        evidence=evidence,
    )
