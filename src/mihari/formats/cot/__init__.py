"""Cursor on Target, the language of TAK: XML and protobuf version 1, both ways; markers and positions of people."""

from mihari.formats.cot.event import MAX_EVENT, REASONS, Control, Event
from mihari.formats.cot.persons import CrewPosition, crew_position, is_crew, is_marker, person_report
from mihari.formats.cot.proto import of_proto, to_proto
from mihari.formats.cot.stream import Stream, of_datagram
from mihari.formats.cot.types import asset_type, vessel_type
from mihari.formats.cot.vessels import events_of
from mihari.formats.cot.xml import build, parse

__all__ = [
    "MAX_EVENT",
    "REASONS",
    "Control",
    "CrewPosition",
    "Event",
    "Stream",
    "asset_type",
    "build",
    "crew_position",
    "events_of",
    "is_crew",
    "is_marker",
    "of_datagram",
    "of_proto",
    "parse",
    "person_report",
    "to_proto",
    "vessel_type",
]
