"""What a case holds -> its events in the order of time: behaviours, the alert's log, pictures, actions, notes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mihari.cases.held import Held

EVENTS_MAX = 500


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """`time`: UTC s; `source`: data, watch log (by the clock) or case."""

    time: float
    what: str
    who: str
    source: str


def timeline(held: Held) -> list[Event]:
    """All events, the oldest first, at most some hundreds: of too many the newest."""
    found = sorted({*_behaviours(held), *_logged(held), *_evidence(held), *_said(held)})
    return found[-EVENTS_MAX:]


def _behaviours(held: Held) -> Iterator[Event]:
    for number, b in enumerate(held.behaviours, 1):
        yield Event(float(b["start"]), f"{number} {b['kind']} begins: {b['because']}", "", "data")
        if b["end"] is not None:
            yield Event(float(b["end"]), f"{number} {b['kind']} is over", "", "data")


def _logged(held: Held) -> Iterator[Event]:
    for alert in held.alerts:
        for line in alert["log"]:
            text = f"alert {alert['number']} {line['what']}: {line['text']}"
            yield Event(float(line["time"]), text, str(line["who"]), "watch log")


def _evidence(held: Held) -> Iterator[Event]:
    for item in held.items("evidence"):
        if item["kind"] in ("picture", "clip", "report") and item["begin"] is not None:
            yield Event(item["begin"], item["what"], "", "data")


def _said(held: Held) -> Iterator[Event]:
    for item in held.items("action"):
        time = item["time"] if item["done_at"] is None else item["done_at"]
        yield Event(time, f"done: {item['text']}", item["by"] or item["who"], "case")
    for item in held.items("note"):
        yield Event(item["time"], f"note: {item['text']}", item["who"], "case")
