"""The children of `<detail>` <-> an event's fields; what no field holds stays XML text."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

from mihari.core.errors import FormatError
from mihari.formats.cot.documents import Element, detail_children
from mihari.formats.cot.event import UNKNOWN_FROM, Event
from mihari.formats.cot.values import escaped, number

TURN = 2 * math.pi
# element -> its attributes that fields hold; with any other attribute, child or text, it stays in `xml_detail`
FIELDS: dict[str, dict[str, str]] = {
    "contact": {"callsign": "callsign", "endpoint": "endpoint"},
    "track": {"course": "course", "speed": "speed"},
    "__group": {"name": "group", "role": "role"},
    "status": {"battery": "battery"},
    "remarks": {},
}
_OWN = re.compile("<(?:" + "|".join(FIELDS) + r")\b")


def details(children: list[Element], stray: str = "") -> dict[str, Any]:
    """The fields that the children of `<detail>` fill, and the rest as text, in its order."""
    fields: dict[str, Any] = {}
    kept = [stray] if stray else []
    repeated = len({child[0] for child in children}) < len(children)
    for child in children:
        tag, _, _, _, raw = child
        names = FIELDS.get(tag)
        if names is None:
            kept.append(raw)
            continue
        read, whole = _remarks(child) if tag == "remarks" else _fields(child, names)
        if not whole or (repeated and sum(other[0] == tag for other in children) > 1):
            kept.append(raw)
            read = {name: value for name, value in read.items() if name not in fields}
        fields |= read
    if kept:
        fields["xml_detail"] = "".join(kept)
    return fields


def _fields(child: Element, names: dict[str, str]) -> tuple[dict[str, Any], bool]:
    """What an element's attributes say, and whether that is all it says."""
    _, told, text, leaf, _ = child
    read: dict[str, Any] = {}
    for name, value in told.items():
        field = names.get(name)
        found = READ[field](value) if field else None
        if field and found is not None:
            read[field] = found
    return read, leaf and not text and 0 < len(told) == len(read)


def _remarks(child: Element) -> tuple[dict[str, Any], bool]:
    _, told, text, leaf, _ = child
    return ({"remarks": text}, leaf and not told) if text else ({}, False)


def _course(text: str) -> float | None:
    value = _decimal(text)
    return None if value is None else math.radians(value) % TURN


def _speed(text: str) -> float | None:
    value = _decimal(text)
    return value if value is not None and value >= 0.0 else None


def _decimal(text: str) -> float | None:
    try:
        return number(text)
    except FormatError:
        return None


def _battery(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else None


def _word(text: str) -> str | None:
    return text or None


READ: dict[str, Callable[[str], Any]] = {
    "callsign": _word,
    "endpoint": _word,
    "course": _course,
    "speed": _speed,
    "group": _word,
    "role": _word,
    "battery": _battery,
}


def detail_text(event: Event) -> str:
    """What fields hold, then the rest; an element that stands in the rest is not written twice."""
    rest = event.xml_detail
    there = own_elements(rest) if rest else frozenset()
    parts = []
    if (event.callsign is not None or event.endpoint is not None) and "contact" not in there:
        parts.append(f"<contact{attribute('callsign', event.callsign)}{attribute('endpoint', event.endpoint)}/>")
    if (event.course is not None or event.speed is not None) and "track" not in there:
        parts.append(track(event))
    if (event.group is not None or event.role is not None) and "__group" not in there:
        parts.append(f"<__group{attribute('name', event.group)}{attribute('role', event.role)}/>")
    if event.battery is not None and "status" not in there:
        parts.append(f'<status battery="{event.battery:d}"/>')
    if event.remarks and "remarks" not in there:
        parts.append(remarks(event.remarks))
    parts.append(rest)
    return "".join(parts)


def track(event: Event) -> str:
    """The `<track>` element: degrees and m/s."""
    course = "" if event.course is None else f' course="{_degrees(event.course)}"'
    if event.speed is not None and not 0.0 <= event.speed < UNKNOWN_FROM:
        raise FormatError("number", f"no speed that can be written: {event.speed}")
    return f"<track{course}/>" if event.speed is None else f'<track{course} speed="{event.speed:.3f}"/>'


def _degrees(course: float) -> str:
    if not math.isfinite(course):
        raise FormatError("number", f"no course that can be written: {course}")
    written = f"{math.degrees(course) % 360.0:.2f}"
    return "0.00" if written == "360.00" else written


def remarks(text: str) -> str:
    """The `<remarks>` element. Line breaks are written as references, so that readers do not fold them."""
    return f"<remarks>{escaped(text)}</remarks>"


def own_elements(detail: str) -> frozenset[str]:
    """Which elements that fields hold stand at the top of a detail's text."""
    if not _OWN.search(detail):
        return frozenset()
    return frozenset(child[0] for child in detail_children(detail)[0] if child[0] in FIELDS)


def attribute(name: str, value: str | None) -> str:
    """One attribute with the space before it; nothing for None."""
    return "" if value is None else f' {name}="{escaped(value)}"'
