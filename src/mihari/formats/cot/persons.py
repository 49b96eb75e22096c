"""What people tell through TAK: markers they drop become reports, their telephones' positions are our own people.

A marker is an event with a position whose `how` says that a person entered it (`h-...`, MITRE's list of CoT hows), or
one of TAK's spot markers and waypoints (`b-m-p-...`). A position of a person is a friendly event that a receiver or its
holder placed (`m-g...`, `h-e`), of the kind that TAK programs send of themselves. Whatever identity a person gives a
marker, the report holds none: Mihari knows no hostile vessels.
"""

from __future__ import annotations

from dataclasses import dataclass

from mihari.core.errors import BadInput
from mihari.core.person_report import PersonReport, seen
from mihari.formats.cot.event import Event

MARKED_SD = 200.0  # m: of a marker that tells no error: a finger's breadth on a telephone's map at harbour scale
KIND_OF = {
    "S-X-F": "fishing",
    "S-X-M-C": "cargo",
    "S-X-M-O": "tanker",
    "S-X-M-P": "passenger",
    "S-X-M-F": "passenger",
    "S-X-R": "pleasure",
    "S-X-L": "service",
    "S-X-M-T": "service",
    "U-": "semi-submerged",
}


@dataclass(frozen=True, slots=True)
class CrewPosition:
    """Where one of our own people (a boat's crew, a watchman) is: UTC s, degrees, one sigma in m if told."""

    uid: str
    callsign: str
    time: float
    stale: float
    lat_deg: float
    lon_deg: float
    sd: float | None
    course: float | None  # rad
    speed: float | None  # m/s
    group: str
    role: str
    battery: int | None


def is_marker(event: Event) -> bool:
    """Whether a person placed this event on the map.

    >>> is_marker(Event("m", "a-u-S-X", "h-g-i-g-o", 0.0, 0.0, 9.0, 26.0, 127.0))
    True
    """
    if not event.has_position or is_crew(event):
        return False
    return event.type.startswith("b-m-p-") or (event.type.startswith("a-") and event.how[:1] == "h")


def is_crew(event: Event) -> bool:
    """Whether this is what a TAK program tells of its own holder.

    >>> is_crew(Event("ANDROID-1", "a-f-G-U-C", "m-g", 0.0, 0.0, 9.0, 26.0, 127.0, group="Cyan"))
    True
    """
    if not event.has_position or not event.type.startswith("a-f-") or not event.how.startswith(("m-g", "h-e")):
        return False
    return event.type.startswith("a-f-G") or event.group is not None


def person_report(event: Event) -> PersonReport:
    """The report that a marker is; BadInput for events that are none.

    >>> event = Event("m", "a-u-S", "h-g-i-g-o", 60.0, 60.0, 99.0, 26.0, 127.0, ce=50.0, remarks="skiff, no lights")
    >>> report = person_report(event)
    >>> report.time, report.sd, report.what, report.kind, report.lights
    (60.0, 50.0, 'skiff, no lights', 'small craft', 'no lights')
    """
    if not is_marker(event):
        raise BadInput(f"event {event.uid!r} ({event.type}, {event.how}) is no marker that a person dropped")
    what = " ".join(part for part in (event.remarks, event.callsign) if part)
    told = seen(what)
    sd = MARKED_SD if event.ce is None else max(event.ce, 1.0)
    how = f"{MARKED_SD:g} m, not told" if event.ce is None else f"{sd:g} m"
    return PersonReport(
        event.time, _author(event), event.lat_deg, event.lon_deg, sd**2, 0.0, sd**2,
        what=event.remarks or event.callsign or "", kind=told.kind or _kind(event.type), lights=told.lights,
        course=told.course if event.course is None else event.course,
        speed=told.speed if event.speed is None else event.speed,
        because=f"a marker on the map, one sigma {how}", uid=event.uid,
    )  # fmt: skip


def _kind(type: str) -> str:
    rest = type[4:] if type.startswith("a-") else ""
    return next((kind for code, kind in KIND_OF.items() if rest.startswith(code)), "")


def _author(event: Event) -> str:
    """Who dropped a marker: TAK links it to its author; else its callsign, which names the marker."""
    if "<link" in event.xml_detail or "<creator" in event.xml_detail:
        from mihari.formats.cot.documents import fragment

        detail = fragment(event.xml_detail)
        for tag in ("creator", "link"):
            for child in detail.findall(tag):
                if tag == "creator" or child.get("relation") == "p-p":
                    return str(child.get("callsign") or child.get("parent_callsign") or child.get("uid") or "")
    return event.callsign or event.uid


def crew_position(event: Event) -> CrewPosition:
    """Where one of our own people is; BadInput for other events.

    >>> crew_position(Event("A", "a-f-G-U-C", "m-g", 1.0, 1.0, 9.0, 26.0, 127.0, ce=8.0, callsign="KAI")).sd
    8.0
    """
    if not is_crew(event):
        raise BadInput(f"event {event.uid!r} ({event.type}, {event.how}) is no position of a person")
    return CrewPosition(
        event.uid, event.callsign or event.uid, event.time, event.stale, event.lat_deg, event.lon_deg, event.ce,
        event.course, event.speed, event.group or "", event.role or "", event.battery,
    )  # fmt: skip
