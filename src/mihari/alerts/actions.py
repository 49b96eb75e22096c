"""What people decide about one alert: acknowledge, assign, comment, set aside, escalate, close. Pure but for the Book.

One action, one alert (MSC.302(87) 9.9). Each says which version of the alert the person saw: if it has changed since,
nothing is done.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from mihari.alerts.alert import Alert, Aside, Place, acknowledge_anew
from mihari.alerts.book import Book
from mihari.alerts.text import NAME_MAX, SENTENCE_MAX, clean
from mihari.core.behaviour import Urgency
from mihari.core.errors import BadInput
from mihari.core.times import told_time

REASONS = (
    "seen, watching",
    "being looked into",
    "unit sent",
    "passed on",
    "known and harmless",
    "false alert",
    "other",
)
ASIDE_REASONS = ("known and harmless", "permitted", "sensor trouble", "exercise", "other")
OUTCOMES = (
    "innocent", "fishing", "transfer at sea", "smuggling", "illegal fishing", "distress", "equipment failure",
    "interference", "false alert", "not found out", "other",
)  # fmt: skip


class Conflict(BadInput):
    """What somebody decided does not fit the alert as it is now."""


class Unknown(BadInput):
    """There is no such alert."""


@dataclass(frozen=True, slots=True)
class By:
    """Who acts, on which version of the alert (None: any), at which UTC s of data."""

    who: str
    now: float
    version: int | None = None

    def __post_init__(self) -> None:
        if not clean(self.who):
            raise BadInput("who: expected the name of the person who decides")
        object.__setattr__(self, "who", clean(self.who, NAME_MAX))


def seen(book: Book, number: int, by: By) -> Alert:
    """The alert as this person saw it; Unknown, or Conflict where it has changed since."""
    alert = book.alerts.get(number)
    if alert is None:
        raise Unknown(f"there is no alert {number}")
    if by.version is not None and by.version != alert.version:
        raise Conflict(f"alert {number} has changed since you saw it: look at it again, then decide")
    return alert


def acknowledge(book: Book, number: int, by: By, reason: str, note: str = "") -> Alert:
    """Somebody has seen it and takes it on."""
    alert = seen(book, number, by)
    if alert.acknowledged is not None:
        raise Conflict(f"alert {number} is acknowledged already, by {alert.acknowledged_by}")
    if alert.place in (Place.CLOSED, Place.ASIDE):
        raise Conflict(f"alert {number} is {alert.place.name.lower()}: there is nothing to acknowledge")
    reason, note = chosen(reason, REASONS, "reason"), noted(note)
    after = replace(alert, acknowledged=by.now, acknowledged_by=by.who, reason=reason, note=note)
    return book.tell(after, "acknowledged", _with(reason, note), by.now, by.who)


def assign(book: Book, number: int, by: By, to: str) -> Alert:
    """Give it to somebody; '' takes it from whoever has it."""
    alert, to = seen(book, number, by), clean(to, NAME_MAX)
    if to == alert.assigned:
        raise Conflict(f"alert {number} is {'assigned to ' + to if to else 'assigned to nobody'} already")
    text = f"assigned to {to}" if to else f"no longer assigned to {alert.assigned}"
    return book.tell(replace(alert, assigned=to), "assigned", text, by.now, by.who)


def comment(book: Book, number: int, by: By, text: str) -> Alert:
    """A note in the log of the alert."""
    return book.tell(seen(book, number, by), "comment", noted(text, needed=True), by.now, by.who)


def set_aside(book: Book, number: int, by: By, reason: str, note: str = "", until: float | None = None) -> Alert:
    """Put its behaviours aside for their own time: those that go on as long as they last, or until a time (UTC s)."""
    alert = seen(book, number, by)
    if alert.place in (Place.CLOSED, Place.ASIDE):
        raise Conflict(f"alert {number} is {alert.place.name.lower()} already")
    if until is not None and not by.now < until < math.inf:
        raise BadInput(f"until: expected a time after {told_time(by.now)}")
    reason, note = chosen(reason, ASIDE_REASONS, "reason"), noted(note)
    for member in book.of(number):
        b = member.behaviour
        if member.retracted:
            continue
        last = b.end if b.end is not None else None if until is None else math.ceil(until)
        what = (b.id, b.kind, b.vessels, b.start, last, b.urgency)
        book.put_aside(Aside(book.next_aside, number, *what, by.who, by.now, reason, note))
        book.next_aside += 1
    how_long = "for as long as it lasts" if until is None else f"until {told_time(until)} at the latest"
    told = f"set aside {how_long if alert.going_on else 'for its own time'}: {_with(reason, note)}"
    if not book.asides_of(number):  # everything was retracted: nothing could come back
        raise Conflict(f"alert {number} was retracted altogether: acknowledge or close it")
    return book.tell(book.summed(alert, by.now), "set aside", told, by.now, by.who)


def bring_back(book: Book, number: int, by: By) -> Alert:
    """Take back what was set aside."""
    alert = seen(book, number, by)
    if alert.place is not Place.ASIDE:
        raise Conflict(f"alert {number} is not set aside")
    for aside in book.asides_of(number):
        book.put_aside(replace(aside, withdrawn=True))
    after = book.summed(acknowledge_anew(alert, alert, by.now), by.now)
    return book.tell(after, "brought back", "brought back to the list", by.now, by.who)


def escalate(book: Book, number: int, by: By, urgency: int, note: str = "") -> Alert:
    """Make it more urgent than it was found; it waits for an acknowledgement again."""
    alert = seen(book, number, by)
    if alert.place is Place.CLOSED:
        raise Conflict(f"alert {number} is closed")
    if not alert.urgency < urgency <= Urgency.EMERGENCY:
        higher = [u.name.lower() for u in Urgency if u > alert.urgency]
        raise Conflict(f"alert {number}: expected {' or '.join(higher) or 'nothing, it is at the highest urgency'}")
    for aside in book.asides_of(number):
        book.put_aside(replace(aside, withdrawn=True))
    again = replace(acknowledge_anew(alert, alert, by.now), by_hand=int(urgency))
    text = _with(f"escalated to {Urgency(urgency).name.lower()}", noted(note))
    return book.tell(book.summed(again, by.now), "escalated by hand", text, by.now, by.who)


def close(book: Book, number: int, by: By, outcome: str, note: str = "") -> Alert:
    """Say what it was, and take it off the list. What was not acknowledged is acknowledged by that."""
    alert = seen(book, number, by)
    if alert.place is Place.CLOSED and alert.outcome:
        raise Conflict(f"alert {number} is closed already, by {alert.closed_by}")
    outcome, note = chosen(outcome, OUTCOMES, "outcome"), noted(note)
    after = replace(alert, closed=by.now, closed_by=by.who, outcome=outcome, outcome_note=note)
    if alert.acknowledged is None:
        after = replace(after, acknowledged=by.now, acknowledged_by=by.who, reason="closed")
    return book.tell(after, "closed", _with(f"it was: {outcome}", note), by.now, by.who)


def chosen(word: str, of: tuple[str, ...], what: str) -> str:
    """The word, if it is one of the list."""
    if word not in of:
        raise BadInput(f"{what}: expected one of {', '.join(of)}")
    return word


def noted(note: str, needed: bool = False) -> str:
    """A person's free text; BadInput where it is too long, or missing though it is needed."""
    if len(note) > SENTENCE_MAX:
        raise BadInput(f"note: expected at most {SENTENCE_MAX} characters, found {len(note)}")
    if needed and not clean(note):
        raise BadInput("text: expected some words")
    return clean(note)


def _with(text: str, note: str) -> str:
    return f"{text}: {note}" if note else text
