"""Cursor on Target -> what people saw, where our own people are, and what a server asks. No sockets.

A marker that a person dropped is a look of that person (`core.person_report`), and its words go to the registry's
`people`. TAK sends a marker again and again while it stands: the same one again says nothing, one that was moved or
reworded is a new report. Crews and watchmen are telemetry. Our own events that a server sends back are counted ("our
own"); all other events are none of ours.

A server's offer to speak protobuf is answered by a request, which goes to the talk of this feed as {"message": its
type, "data": bytes to send}: a stage sends nothing. Reading follows by itself whether anybody sends it or not.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import replace

from mihari.core.asset import AssetKind, Telemetry
from mihari.core.errors import FormatError
from mihari.core.health import Health
from mihari.core.person_report import PersonReport
from mihari.core.reports import Sector
from mihari.core.sensor import Sensor, SensorKind
from mihari.feeds.counting import count_refused
from mihari.feeds.registry import SensorRegistry
from mihari.feeds.told_by import look_of_report
from mihari.feeds.transport import Chunk
from mihari.formats.cot import (
    Control,
    Event,
    Stream,
    build,
    crew_position,
    is_crew,
    is_marker,
    of_datagram,
    person_report,
)
from mihari.formats.cot.negotiation import OFFER, REQUEST, RESPONSE, Client

OURS = "mihari."  # what the uids of our own events begin with
EARLIEST_S, LATEST_S = 7 * 86400.0, 600.0  # times further back or ahead are those of a clock that is not set
REMEMBERED = 4096  # markers
PEOPLE = 256  # of one feed; a stream of garbage must not register people without end
Told = tuple[float, float, float, str]


class CotFeed:
    """The stage of one feed: a TAK server's stream or the mesh's datagrams."""

    def __init__(self, index: int, name: str, sensors: SensorRegistry, health: Health, datagrams: bool = False) -> None:
        self.index, self.name, self.sensors, self.health, self.datagrams = index, name, sensors, health, datagrams
        self._stream, self._client = Stream(), Client()
        self._markers: OrderedDict[str, Told] = OrderedDict()
        self._people: dict[str, Sensor | None] = {}
        self._offset = 0

    def take(self, *chunks: Chunk) -> list[Sector]:
        """The looks that these chunks bring; telemetry goes to the roll of vehicles."""
        looks: list[Sector] = []
        for chunk in chunks:
            received = chunk.received if chunk.time is None else chunk.time
            events = self._events(chunk)
            found = [look for event in events if (look := self._event(event, received)) is not None]
            looks += found
            if chunk.data:
                self.health.heard(chunk.received, len(chunk.data), len(events), len(found))
            count_refused(self.health, self._stream.refusals, chunk.received)
        return looks

    def finish(self) -> list[Sector]:
        """Events that waited for more bytes."""
        heard = self.health.last_heard or 0.0
        looks = [look for event in self._stream.finish() if (look := self._event(event, heard)) is not None]
        count_refused(self.health, self._stream.refusals, heard)
        return looks

    def _events(self, chunk: Chunk) -> list[Event]:
        if not self.datagrams:
            if chunk.data:
                return self._stream.feed(chunk.data)
            self._client = Client()  # a new connection begins in XML
            return self._stream.finish()
        if not chunk.data:
            return []
        try:
            event = of_datagram(chunk.data)
        except FormatError as error:
            self.health.refuse(chunk.received, error.reason, chunk.data)
            return []
        return [] if isinstance(event, Control) else [event]

    def _event(self, event: Event, received: float) -> Sector | None:
        if event.uid.startswith(OURS):
            self.health.notice("our own")
        elif event.type in (OFFER, REQUEST, RESPONSE):
            self._negotiate(event, received)
        elif is_crew(event):
            self._crew(event, received)
        elif is_marker(event):
            return self._marker(event, received)
        else:
            self.health.other += 1
        return None

    def _negotiate(self, event: Event, received: float) -> None:
        answer = None if self.datagrams else self._client.take(event, received)
        if answer is not None:
            self.sensors.roll.talk.heard(self.name, {"message": answer.type, "data": build(answer)})

    def _time(self, told: float, received: float) -> float:
        if received - EARLIEST_S < told < received + LATEST_S:
            return told
        self.health.notice("absurd time")
        return received

    # our own people

    def _crew(self, event: Event, received: float) -> None:
        one = crew_position(event)
        known = (vehicle for vehicle in self.sensors.roll.listed if vehicle.name == one.callsign)
        kind = next((vehicle.kind for vehicle in known), AssetKind.CREW)
        told = Telemetry(
            one.callsign[:40],
            self._time(one.time, received),
            received,
            one.lat_deg,
            one.lon_deg,
            height=math.nan if event.hae is None else event.hae,
            course=math.nan if one.course is None else one.course,
            speed=math.nan if one.speed is None else one.speed,
            energy=math.nan if one.battery is None else min(max(one.battery / 100.0, 0.0), 1.0),
            mode=one.role,
        )
        self.sensors.roll.tell(told, kind)

    # what people saw

    def _marker(self, event: Event, received: float) -> Sector | None:
        report = person_report(event)
        if not self._news(report):
            self.health.notice("repeated")
            return None
        sensor = self._person(report.who[:40] or self.name)
        if sensor is None:
            self.health.notice("too many people")
            return None
        report = replace(report, time=self._time(report.time, received), feed=self.name, received=received)
        self.sensors.people.tell(report)
        look = look_of_report(report, self.index, self._offset, sensor.index, received)
        self._offset += 1
        self.health.heard_from(sensor.index, received, 1)
        return look

    def _news(self, report: PersonReport) -> bool:
        """Whether a marker is new, or says something else than when it last came."""
        told = (report.lat_deg, report.lon_deg, report.sd, report.what)
        before = self._markers.pop(report.uid, None)
        self._markers[report.uid] = told
        if len(self._markers) > REMEMBERED:
            self._markers.popitem(last=False)
        return before != told

    def _person(self, who: str) -> Sensor | None:
        if who not in self._people:
            if len(self._people) >= PEOPLE:
                return None
            self._people[who] = self.sensors.aboard(who, SensorKind.PERSON)
        return self._people[who]
