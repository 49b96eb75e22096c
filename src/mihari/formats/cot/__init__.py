"""Cursor on Target, the language of TAK: XML and protobuf version 1, both ways; markers and positions of people."""

from mihari.formats.cot.event import MAX_EVENT, REASONS, Control, Event
from mihari.formats.cot.proto import of_proto, to_proto
from mihari.formats.cot.stream import Stream, of_datagram
from mihari.formats.cot.xml import build, parse

__all__ = [
    "MAX_EVENT",
    "REASONS",
    "Control",
    "Event",
    "Stream",
    "build",
    "of_datagram",
    "of_proto",
    "parse",
    "to_proto",
]
