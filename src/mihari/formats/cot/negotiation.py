"""Which version of the TAK protocol a stream speaks: its three messages, and a client's and a server's part in it.

A stream begins in XML. The server offers versions (`t-x-takp-v`), the client asks for one (`t-x-takp-q`) with the uid
of the offer and from then on sends no XML, the server answers (`t-x-takp-r`); a yes turns both ways to protobuf (ATAK,
`commoncommo/core/impl/protobuf/protocol.txt`). Reading follows by itself: `Stream` knows both.
"""

from __future__ import annotations

import re

from mihari.formats.cot.event import Event

OFFER, REQUEST, RESPONSE = "t-x-takp-v", "t-x-takp-q", "t-x-takp-r"
STALE_S = 60.0  # a request counts for a minute after its offer
_VERSION = re.compile(r"<(TakProtocolSupport|TakRequest)\b[^<>]*?\bversion=[\"'](\d{1,4})[\"']")
_STATUS = re.compile(r"<TakResponse\b[^<>]*?\bstatus=[\"'](true|false)[\"']")


def offer(uid: str, time: float, versions: tuple[int, ...] = (1,)) -> Event:
    """What a server can speak beside XML."""
    return _control(uid, OFFER, time, "".join(f'<TakProtocolSupport version="{v}"/>' for v in versions))


def request(uid: str, time: float, version: int = 1) -> Event:
    """A client's choice; `uid` is the offer's."""
    return _control(uid, REQUEST, time, f'<TakRequest version="{version}"/>')


def response(uid: str, time: float, yes: bool) -> Event:
    """A server's answer."""
    return _control(uid, RESPONSE, time, f'<TakResponse status="{"true" if yes else "false"}"/>')


def _control(uid: str, type: str, time: float, said: str) -> Event:
    detail = f"<TakControl>{said}</TakControl>"
    return Event(uid, type, "m-g", time, time, time + STALE_S, 0.0, 0.0, 0.0, xml_detail=detail)


def versions(event: Event) -> tuple[int, ...]:
    """The versions that an offer or a request names; none for other events.

    >>> versions(offer("a", 0.0, (1, 2))), versions(request("a", 0.0)), versions(response("a", 0.0, True))
    ((1, 2), (1,), ())
    """
    if event.type not in (OFFER, REQUEST):
        return ()
    wanted = "TakProtocolSupport" if event.type == OFFER else "TakRequest"
    return tuple(int(version) for tag, version in _VERSION.findall(event.xml_detail) if tag == wanted)


def accepted(event: Event) -> bool | None:
    """What a response says; None for other events.

    >>> accepted(response("a", 0.0, True)), accepted(response("a", 0.0, False)), accepted(offer("a", 0.0))
    (True, False, None)
    """
    found = _STATUS.search(event.xml_detail) if event.type == RESPONSE else None
    return None if found is None else found[1] == "true"


class Client:
    """A client's part: `take` every event that comes, send what it gives back. `sends` is 'xml', 'proto' or 'nothing'.

    >>> client = Client()
    >>> asked = client.take(offer("a", 0.0), 1.0)
    >>> asked.type, asked.uid, client.sends
    ('t-x-takp-q', 'a', 'nothing')
    >>> client.take(response("a", 2.0, True), 2.0), client.sends
    (None, 'proto')
    """

    def __init__(self) -> None:
        self.sends = "xml"
        self._asked: float | None = None

    def take(self, event: Event, now: float) -> Event | None:
        """What to send, as XML, in answer to an event; nothing for most. `now` in UTC s."""
        if self.sends == "xml" and self._asked is None and 1 in versions(event) and event.type == OFFER:
            self.sends, self._asked = "nothing", now
            return request(event.uid, now)
        if self.sends == "nothing" and (said := accepted(event)) is not None:
            self.sends = "proto" if said else "xml"
        return None

    def given_up(self, now: float) -> bool:
        """Whether the answer is overdue: the stream has to be opened anew."""
        return self.sends == "nothing" and self._asked is not None and now - self._asked > STALE_S
