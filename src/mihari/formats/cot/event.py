"""One Cursor-on-Target event: what, where, when, who; the form in memory that XML and protobuf share.

The names are those of the base schema, `Event-PUBLIC.xsd` version 2.0, 13 June 2003 (MITRE, public release case
11-3895): `uid, type, how, time, start, stale, access, qos, opex` of `<event>`, `lat, lon, hae, ce, le` of `<point>`.
What the detail says of a caller, a movement, a group, a battery and a remark has fields of its own, as in TAK's
protobuf; all other detail stays as XML text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

UNKNOWN = 9999999.0  # of hae, ce and le: not known
UNKNOWN_FROM = 999999.0  # TAK's control messages and its protobuf say "unknown" with one nine less
LATEST = 253402300800.0  # UTC s: the end of 9999
MAX_EVENT = 1 << 20  # bytes of one event, XML or protobuf

REASONS = (
    "garbage",  # bytes that begin no event
    "truncated",  # an event that another one, or the end, cuts off
    "too_long",
    "xml",  # not well-formed, not UTF-8
    "dtd",  # document types and entities have no place in an event
    "protobuf",
    "event",  # another root element, version below 2, no uid or type, a message without event
    "time",
    "position",  # no latitude or longitude, or none on Earth
    "number",
    "text",  # characters that XML cannot hold
)


@dataclass(frozen=True)
class Event:
    """An event. Times are UTC s, the position is on WGS-84, lengths are m; absent is None or ''.

    `ce` and `le` are one sigma (`Event-PUBLIC.xsd`: as errors, they are "the one sigma point for a zero mean normal"
    distribution), `hae` is the height above the ellipsoid. `xml_detail` is the XML text of all children of `<detail>`
    that no field holds whole; an element that says more than its field can stays there, and the field is a copy.

    >>> Event("mihari.kume.7", "a-n-S-X-F", "m-a", 0.0, 0.0, 30.0, 26.0, 127.0).has_position
    True
    """

    uid: str
    type: str
    how: str
    time: float  # UTC s: made
    start: float  # valid from
    stale: float  # and until
    lat_deg: float
    lon_deg: float
    hae: float | None = None
    ce: float | None = None
    le: float | None = None
    callsign: str | None = None
    endpoint: str | None = None  # how to reach the caller, as TAK writes it
    course: float | None = None  # rad from true north
    speed: float | None = None  # m/s
    group: str | None = None  # colour of the team
    role: str | None = None
    remarks: str | None = None
    battery: int | None = None  # per cent
    access: str = ""
    qos: str = ""
    opex: str = ""  # o, e, s: operation, exercise, simulation
    xml_detail: str = ""

    @classmethod
    def made(cls, **told: Any) -> Self:
        """An event of values that were checked; what is not given has its default. Faster than the ordinary way.

        >>> told = {"uid": "a", "type": "a-f-G", "how": "m-g", "time": 0.0, "start": 0.0, "stale": 9.0}
        >>> event = Event.made(**told, lat_deg=26.0, lon_deg=127.0)
        >>> event == Event(**told, lat_deg=26.0, lon_deg=127.0), event.ce
        (True, None)
        """
        event = object.__new__(cls)
        event.__dict__.update(told)
        return event

    @property
    def has_position(self) -> bool:
        """False for control messages, and where 0° 0° with no known error stands for "nowhere"."""
        nowhere = self.lat_deg == 0.0 == self.lon_deg and self.ce is None
        return not (nowhere or self.type.startswith("t-"))


@dataclass(frozen=True, slots=True)
class Control:
    """What a TAK peer can decode (`TakControl`): protocol versions from `least` to `most`; its uid, if told."""

    least: int = 1
    most: int = 1
    uid: str = ""
