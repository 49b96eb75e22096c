"""CoT events as TAK protocol version 1, both ways: one `TakMessage` (protocol buffers 3) behind a header.

A mesh datagram is `bf 01 bf` and the message, a stream frame is `bf`, the length as a varint and the message (ATAK,
`commoncommo/core/impl/protobuf/protocol.txt`). Times are ms since 1970. The typed details hold whole elements; what one
cannot hold stays in `xmlDetail`, and where an element stands in both, `xmlDetail` holds good (`detail.proto`).
The classes are takproto's. Text that no XML document can hold is refused, since what comes in may go out as XML.
"""

from __future__ import annotations

import math
from typing import Any

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from takproto.proto import TakMessage

from mihari.core.errors import FormatError
from mihari.formats.cot.details import TURN, attribute, own_elements, remarks, track
from mihari.formats.cot.details import details as fields_of
from mihari.formats.cot.documents import detail_children
from mihari.formats.cot.event import LATEST, MAX_EVENT, UNKNOWN, UNKNOWN_FROM, Control, Event
from mihari.formats.cot.values import known, known_error, legal, position

MESH = b"\xbf\x01\xbf"
STREAM = b"\xbf"
TAKV = ("device", "platform", "os", "version")
PRECISION = ("geopointsrc", "altsrc")


def varint(value: int) -> bytes:
    """A base-128 varint (protocol buffers, "encoding").

    >>> varint(300).hex()
    'ac02'
    """
    octets = bytearray()
    while value > 0x7F:
        octets.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*octets, value])


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    """Value and place behind it; (-1, at) where the bytes end first, (-2, at) where there is none within 5 bytes.

    >>> read_varint(bytes.fromhex("ac0200"), 0), read_varint(b"\\x80", 0)
    ((300, 2), (-1, 0))
    """
    value = 0
    for k in range(5):
        if at + k >= len(data):
            return -1, at
        octet = data[at + k]
        value |= (octet & 0x7F) << 7 * k
        if octet < 0x80:
            return value, at + k + 1
    return -2, at


def to_proto(event: Event | Control, stream: bool = False) -> bytes:
    """A mesh datagram, or a frame of a stream. FormatError for what cannot be written.

    >>> to_proto(Control(1, 1, "a")).hex(), to_proto(Control(1, 1, "a"), stream=True).hex()
    ('bf01bf0a07080110011a0161', 'bf090a07080110011a0161')
    """
    message = TakMessage()
    try:
        _control(message.takControl, event) if isinstance(event, Control) else _event(message.cotEvent, event)
        data: bytes = message.SerializeToString()
    except (UnicodeEncodeError, ValueError, TypeError) as error:
        raise FormatError("protobuf", f"cannot be written as protobuf: {error}"[:160]) from None
    if len(data) > MAX_EVENT:
        raise FormatError("too_long", f"an event of {len(data)} bytes")
    return STREAM + varint(len(data)) + data if stream else MESH + data


def _control(control: Any, told: Control) -> None:
    control.minProtoVersion, control.maxProtoVersion = told.least, told.most
    if told.uid:
        control.contactUid = told.uid


def _event(cot: Any, event: Event) -> None:
    position(event.lat_deg, event.lon_deg)
    cot.type, cot.uid, cot.how = event.type, event.uid, event.how
    if event.access:
        cot.access = event.access
    if event.qos:
        cot.qos = event.qos
    if event.opex:
        cot.opex = event.opex
    cot.sendTime, cot.startTime, cot.staleTime = _ms(event.time), _ms(event.start), _ms(event.stale)
    cot.lat, cot.lon = event.lat_deg, event.lon_deg
    cot.hae, cot.ce, cot.le = _length(event.hae), _length(event.ce), _length(event.le)
    _typed(cot.detail, event)


def _ms(time: float) -> int:
    if not 0.0 <= time < LATEST - 1.0:
        raise FormatError("time", f"no time that can be written: {time}")
    return round(time * 1000.0)


def _length(value: float | None) -> float:
    if value is not None and not -UNKNOWN_FROM < value < UNKNOWN_FROM:
        raise FormatError("number", f"no length that can be written: {value}")
    return UNKNOWN if value is None else value


def _typed(detail: Any, event: Event) -> None:
    """Fields into typed details, the rest into `xmlDetail`."""
    rest = event.xml_detail
    there = own_elements(rest) if rest else frozenset()
    if (event.callsign or event.endpoint) and "contact" not in there:
        detail.contact.callsign, detail.contact.endpoint = event.callsign or "", event.endpoint or ""
    if (event.group or event.role) and "__group" not in there:
        detail.group.name, detail.group.role = event.group or "", event.role or ""
    if event.battery is not None and "status" not in there:
        detail.status.battery = event.battery
        detail.status.SetInParent()
    if "track" not in there:
        if event.course is not None and event.speed is not None:
            detail.track.course, detail.track.speed = math.degrees(event.course) % 360.0, event.speed
            detail.track.SetInParent()
        elif event.course is not None or event.speed is not None:  # the typed one cannot leave one out
            rest = track(event) + rest
    if event.remarks and "remarks" not in there:
        rest = remarks(event.remarks) + rest
    if "<takv" in rest or "<precisionlocation" in rest:
        rest = _moved(detail, rest)
    if rest:
        detail.xmlDetail = rest


def _moved(detail: Any, rest: str) -> str:
    """Without the elements that TAK's typed details hold but no field of ours: those are filled."""
    children, stray = detail_children(rest)
    kept = [stray] if stray else []
    tags = [child[0] for child in children]
    for tag, told, text, leaf, raw in children:
        typed, names = {"takv": (detail.takv, TAKV), "precisionlocation": (detail.precisionLocation, PRECISION)}.get(
            tag, (None, ())
        )
        if typed is None or not (leaf and not text and told and tags.count(tag) == 1 and told.keys() <= set(names)):
            kept.append(raw)
            continue
        for name, value in told.items():
            setattr(typed, name, value)
    return "".join(kept)


# reading


def of_proto(data: bytes) -> Event:
    """One event of a mesh datagram or a stream frame. FormatError with its reason for anything else.

    >>> of_proto(to_proto(Event("a", "a-f-S", "m-g", 1.0, 1.0, 2.0, 26.5, 127.0, ce=8.0, callsign="KAI"))).callsign
    'KAI'
    """
    found = message(_payload(data))
    if isinstance(found, Control):
        raise FormatError("event", "a control message without event")
    return found


def _payload(data: bytes) -> bytes:
    if data.startswith(MESH):
        return data[3:]
    length, at = read_varint(data, 1)
    if data[:1] != STREAM or length != len(data) - at:
        raise FormatError("protobuf", "no TAK protocol header, or not the length that it tells", data[:16])
    return data[at:]


def message(payload: bytes) -> Event | Control:
    """A `TakMessage` without its header: its event, else what it says of versions. FormatError."""
    if len(payload) > MAX_EVENT:
        raise FormatError("too_long", f"a message of {len(payload)} bytes")
    read = TakMessage()
    try:
        read.ParseFromString(payload)
    except DecodeError:
        raise FormatError("protobuf", "no TAK message", payload[:16]) from None
    if read.HasField("cotEvent"):
        return _read_event(read.cotEvent)
    if not read.HasField("takControl"):
        raise FormatError("event", "a message without event")
    control = read.takControl
    legal(control.contactUid)
    return Control(control.minProtoVersion or 1, control.maxProtoVersion or 1, control.contactUid)


def _read_event(cot: Any) -> Event:
    uid, kind, how, access, qos, opex = cot.uid, cot.type, cot.how, cot.access, cot.qos, cot.opex
    if not uid or not kind:
        raise FormatError("event", "an event without uid or type")
    legal(uid + kind + how + access + qos + opex)
    position(cot.lat, cot.lon)
    fields = _read_detail(cot.detail) if cot.HasField("detail") else {}
    return Event(
        uid, kind, how, _time(cot.sendTime), _time(cot.startTime), _time(cot.staleTime), cot.lat, cot.lon,
        known(cot.hae), known_error(cot.ce), known_error(cot.le), access=access, qos=qos, opex=opex, **fields,
    )  # fmt: skip


def _time(ms: int) -> float:
    if ms >= (LATEST - 1.0) * 1000.0:
        raise FormatError("time", f"a time after the year 9999: {ms} ms")
    return ms / 1000.0


def _read_detail(detail: Any) -> dict[str, Any]:
    """Typed details as fields; what stands in `xmlDetail` too holds good there."""
    fields: dict[str, Any] = {}
    if detail.HasField("contact"):
        contact = detail.contact
        fields |= {"callsign": contact.callsign or None, "endpoint": contact.endpoint or None}
    if detail.HasField("group"):
        fields |= {"group": detail.group.name or None, "role": detail.group.role or None}
    if detail.HasField("status"):
        fields["battery"] = detail.status.battery
    if detail.HasField("track"):
        course, speed = detail.track.course, detail.track.speed
        if not (math.isfinite(course) and 0.0 <= speed < UNKNOWN_FROM):
            raise FormatError("number", f"no course and speed: {course} {speed}")
        fields |= {"course": math.radians(course) % TURN, "speed": speed}
    legal("".join(value for value in fields.values() if isinstance(value, str)))
    rest = detail.xmlDetail
    if rest:
        fields |= fields_of(*detail_children(rest))
    extra = ""
    if detail.HasField("precisionLocation"):
        extra += _element("precisionlocation", detail.precisionLocation, PRECISION, rest)
    if detail.HasField("takv"):
        extra += _element("takv", detail.takv, TAKV, rest)
    if extra:
        fields["xml_detail"] = fields.get("xml_detail", "") + extra
    return fields


def _element(tag: str, typed: Any, names: tuple[str, ...], rest: str) -> str:
    """A typed detail that no field holds, as XML; nothing where `xmlDetail` has it, or it says nothing."""
    told = "".join(attribute(name, getattr(typed, name) or None) for name in names)
    return "" if not told or f"<{tag}" in rest else f"<{tag}{told}/>"
