"""Time that passes -> warnings that become alarms, what was set aside for a time and comes back, what leaves the list.

MSC.302(87) 6.2.2.2: a warning that is not acknowledged escalates to an alarm; after how long, it leaves open: the five
minutes are ours. Times of the entries are those at which it was due: they do not depend on when somebody looked.
"""

from __future__ import annotations

from dataclasses import replace

from mihari.alerts.alert import Alert, Place, acknowledge_anew
from mihari.alerts.book import Book
from mihari.core.behaviour import Urgency


def passed(book: Book, now: float) -> None:
    """What is due by `now` (UTC s of data) of all alerts in the book."""
    for number in sorted(book.alerts):
        _expire(book, book.alerts[number], now)
        _escalate(book, book.alerts[number], now)
        _tidy(book, book.alerts[number], now)


def escalates(alert: Alert) -> bool:
    """Whether it becomes an alarm if nobody acknowledges it."""
    return alert.place is Place.UNACKNOWLEDGED and alert.urgency == Urgency.WARNING


def _escalate(book: Book, alert: Alert, now: float) -> None:
    due = alert.since + book.settings.escalate
    if escalates(alert) and now >= due:
        minutes = book.settings.escalate / 60
        text = f"not acknowledged for {minutes:g} min, now an alarm: {alert.because}"
        book.tell(replace(alert, escalated=due, urgency=int(Urgency.ALARM)), "escalated", text, due)


def _expire(book: Book, alert: Alert, now: float) -> None:
    """What was set aside until a time comes back where it still goes on."""
    if alert.aside and not (after := book.summed(alert, now)).aside:
        ends = [a.last for a in book.asides_of(alert.number) if a.last is not None and a.last <= now]
        due = float(max(ends, default=int(now)))
        back = book.summed(acknowledge_anew(after, alert, due), now)
        book.tell(back, "comes back", f"was set aside until now and goes on: {alert.because}", due)


def _tidy(book: Book, alert: Alert, now: float) -> None:
    """What is over and settled, or over and set aside, is closed after a while."""
    if alert.going_on or alert.place not in (Place.SETTLED, Place.ASIDE):
        return
    due = max(float(alert.last or alert.first), alert.acknowledged or alert.since) + book.settings.tidy
    if now >= due:
        hours = book.settings.tidy / 3600
        book.tell(replace(alert, closed=due), "closed", f"over for {hours:g} h, closed without an outcome", due)
