"""CoT events as XML, both ways: `Event-PUBLIC.xsd` 2.0 (MITRE, case 11-3895) and the details that TAK gives fields.

Reading is UTF-8 only (what TAK sends), without network, document types or entities, at most `MAX_EVENT` bytes and 256
levels deep. Written numbers are canonical: degrees to 1e-7 (11 mm), m to 0.01, course to 0.01°, speed to 1 mm/s, times
to 1 ms. `build(parse(data)) == data` holds for data that `build` wrote from fields and from details that were parsed.
"""

from __future__ import annotations

from mihari.core.errors import FormatError
from mihari.formats.cot.details import attribute, detail_text, details
from mihari.formats.cot.documents import bounded, rooted, walked_detail
from mihari.formats.cot.event import UNKNOWN_FROM, Event
from mihari.formats.cot.layouts import NAMES, OPTIONAL, Told, read
from mihari.formats.cot.values import escaped, known, known_error, number, position, seconds, written_time

DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'


def parse(data: bytes) -> Event:
    """One XML event. FormatError with its reason, one of `REASONS`, for anything else.

    >>> event = parse(b'<event version="2.0" uid="a" type="a-f-G" how="m-g" time="2026-01-01T00:00:00Z" '
    ...   b'start="2026-01-01T00:00:00Z" stale="2026-01-01T00:05:00Z"><point lat="26.5" lon="127" hae="12" ce="8" '
    ...   b'le="9999999.0"/><detail><contact callsign="KAI"/><x y="1"/></detail></event>')
    >>> event.lat_deg, event.hae, event.ce, event.le, event.callsign, event.stale - event.time, event.xml_detail
    (26.5, 12.0, 8.0, None, 'KAI', 300.0, '<x y="1"/>')
    """
    bounded(data)
    told, fields = read(data) or walked(data)
    uid, kind, how, version, made, start, stale, lat, lon, hae, ce, le, access, qos, opex = told
    if not uid or not kind:
        raise FormatError("event", "an event without uid or type")
    if version != "2.0" and number(version or "2.0") < 2.0:
        raise FormatError("event", f"version {version} of CoT events, expected 2.0"[:120])
    if lat is None or lon is None:
        raise FormatError("position", "no latitude or longitude")
    lat_deg, lon_deg = number(lat), number(lon)
    position(lat_deg, lon_deg)
    time = seconds(made)
    return Event.made(
        uid=uid,
        type=kind,
        how=how or "",
        time=time,
        start=time if start is None or start == made else seconds(start),
        stale=seconds(stale),
        lat_deg=lat_deg,
        lon_deg=lon_deg,
        hae=None if hae is None else known(number(hae)),
        ce=None if ce is None else known_error(number(ce)),
        le=None if le is None else known_error(number(le)),
        access=access or "",
        qos=qos or "",
        opex=opex or "",
        **fields,
    )


def walked(data: bytes) -> Told:
    """What `layouts.read` tells, of any well-formed event; absent is None."""
    if data.find(b"<!DOCTYPE", 0, data.find(b"<event")) >= 0:
        raise FormatError("dtd", "a document type where an event was expected")
    root = rooted(data)
    if root.tag != "event":
        raise FormatError("event", f"no event: <{root.tag}>"[:120])
    point, detail = root.find("point"), root.find("detail")
    told = [root.get(name) for name in NAMES[:7]]
    told += [None if point is None else point.get(name) for name in NAMES[7:]]
    told += [root.get(name) for name in OPTIONAL]
    return told, {} if detail is None else details(*walked_detail(detail))


# writing


def build(event: Event, declaration: bool = True) -> bytes:
    """The event's XML, UTF-8, with the declaration that TAK puts before each. FormatError for what cannot be written.

    `xml_detail` is written as it is: it must be well-formed.

    >>> event = Event("a", "a-f-S", "m-g", 1.0, 1.0, 2.0, 26.5, 127.0, ce=8.0, callsign="KAI")
    >>> print(build(event, False).decode().replace("><", ">|<").split("|")[1])
    <point lat="26.5000000" lon="127.0000000" hae="9999999.0" ce="8.00" le="9999999.0"/>
    """
    position(event.lat_deg, event.lon_deg)
    optional, time = "", written_time(event.time)
    start = time if event.start == event.time else written_time(event.start)
    if event.access or event.qos or event.opex:
        optional = "".join(attribute(n, getattr(event, n) or None) for n in ("access", "qos", "opex"))
    text = (
        f'<event version="2.0" uid="{escaped(event.uid)}" type="{escaped(event.type)}" how="{escaped(event.how)}"'
        f' time="{time}" start="{start}" stale="{written_time(event.stale)}"'
        f'{optional}><point lat="{event.lat_deg:.7f}" lon="{event.lon_deg:.7f}" hae="{_length(event.hae)}"'
        f' ce="{_error(event.ce)}" le="{_error(event.le)}"/><detail>{detail_text(event)}</detail></event>'
    )
    encoded = text.encode()
    bounded(encoded)
    return DECLARATION + encoded if declaration else encoded


def _length(value: float | None) -> str:
    if value is None:
        return "9999999.0"
    if not -UNKNOWN_FROM < value < UNKNOWN_FROM:
        raise FormatError("number", f"no length that can be written: {value}")
    return f"{value:.2f}"


def _error(value: float | None) -> str:
    if value is not None and value < 0.0:
        raise FormatError("number", f"no error that can be written: {value}")
    return _length(value)
