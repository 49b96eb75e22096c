"""A few words of a person -> a Cursor on Target marker, sent to a feed of a node as from any crew's telephone.

For whoever takes words down: the command line, a form on the map. A marker has a circular error: that of the longest
axis of where the words may mean.
"""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Iterable, Mapping
from xml.sax.saxutils import quoteattr

from mihari.core.errors import BadInput
from mihari.core.spoken_places import Place, spoken_place
from mihari.feeds.address import FeedAddress
from mihari.feeds.send import UdpSender
from mihari.formats.cot import Event, build

HOLDS_S = 600.0  # a marker stands so long on other maps
PATIENCE_S = 5.0
WAYS = ("udp", "tcp", "tcp-listen")
EXPECTED = 'expected [[feed]] with url = "udp://127.0.0.1:6969?format=cot" and silent_s = 0 in the node file'


class Unsent(BadInput):
    """A report that did not go out."""


def hears(addresses: Iterable[FeedAddress]) -> FeedAddress | None:
    """The first feed that takes markers; None where there is none.

    >>> hears([FeedAddress.parse("udp://:10110", "ais"), FeedAddress.parse("udp://:6969?format=cot")]).port
    6969
    """
    return next((one for one in addresses if one.format == "cot" and one.scheme in WAYS), None)


def place_in(text: str, place: str, points: Mapping[str, tuple[float, float]]) -> Place:
    """Where: as `place` says, else what stands behind one of the text's commas. BadInput where neither names a place.

    `points`: name -> (lat_deg, lon_deg) of what may be named.

    >>> place_in("skiff, no lights, 3 miles north of Zampa", "", {"Zampa": (26.44, 127.71)}).because
    '3 nm, rounded to 1 nm, 000° from Zampa by a rose of 8 points'
    """
    if place:
        return spoken_place(place, points)
    parts = text.split(",")
    for first in range(len(parts)):
        try:
            return spoken_place(",".join(parts[first:]), points)
        except BadInput as error:
            problem = error
    raise problem


def marker(text: str, who: str, where: tuple[float, float], sd: float, at: float, uid: str = "") -> Event:
    """The marker of a report: `where` (lat_deg, lon_deg) with one sigma of `sd` m, seen at `at`, UTC s.

    `uid`: of an earlier report that this one corrects; else it gets a new one.

    >>> event = marker("skiff, no lights", "Kinjo", (26.2, 127.5), 500.0, 60.0, "r1")
    >>> event.uid, event.how, event.ce, event.callsign
    ('r1', 'h-e', 500.0, 'Kinjo')
    """
    link = f'<link relation="p-p" uid={quoteattr("person-" + who)} parent_callsign={quoteattr(who)}/>'
    return Event(
        uid=uid or f"report-{uuid.uuid4()}", type="a-u-S", how="h-e", time=at, start=at, stale=at + HOLDS_S,
        lat_deg=where[0], lon_deg=where[1], ce=sd, callsign=who, remarks=text, xml_detail=link,
    )  # fmt: skip


def send(event: Event, address: FeedAddress) -> None:
    """Send a marker to where a feed listens, or to the server that it hears.

    Raises Unsent, with a sentence, where it cannot; FormatError for words that XML cannot hold.
    """
    data = build(event)
    if address.scheme == "udp":
        with UdpSender(address) as sender:
            sender.send(data)
            if sender.lost:
                raise Unsent(f"{address.text}: the network refused the report")
        return
    try:
        with socket.create_connection((address.host or "127.0.0.1", address.port), timeout=PATIENCE_S) as peer:
            peer.sendall(data)
    except OSError as error:
        why = (os.strerror(error.errno) if error.errno else str(error)).lower()
        raise Unsent(f"{address.text}: {why}") from None
