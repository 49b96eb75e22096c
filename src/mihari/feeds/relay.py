"""What feeds hear, passed on as it came: whole lines or data blocks of some feeds -> outputs. And outputs of our own.

An output whose place is that of a feed (the same server, device or broker) goes over that feed's connection; else it
has a connection of its own. Nothing waits for it: each peer has a bounded queue, the oldest are shed and counted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mihari.core.errors import BadInput
from mihari.feeds.address import FeedAddress
from mihari.feeds.framing import framer
from mihari.feeds.line import FeedSpec, Line
from mihari.feeds.transport import Chunk
from mihari.formats.lwe import LARGEST, Encoder, kind_of, lines_of

TARGETS = ("udp", "udp450", "tcp", "tcp-listen", "serial", "mqtt", "mqtts")


@dataclass(frozen=True, slots=True)
class OutputSpec:
    """One output: where to, and the names of the feeds that it passes on; `own`: the node itself gives it pieces."""

    address: FeedAddress
    sources: tuple[str, ...] = ()
    own: bool = False


def place(address: FeedAddress) -> tuple[object, ...]:
    """What two addresses share that mean one connection. Of MQTT the broker and who logs in there, not the topic."""
    path = "" if address.scheme in ("mqtt", "mqtts") else address.path
    return address.scheme, address.host, address.port, path, address.interface, address.user, address.client


def check(feeds: Sequence[FeedSpec], outputs: Sequence[OutputSpec]) -> None:
    """BadInput, in one sentence, where an output cannot be: an unknown feed, a recording, a circle."""
    by_name = {feed.address.name: feed.address for feed in feeds}
    for output in outputs:
        where = f"output {output.address.text!r}"
        if not output.sources and not output.own:
            raise BadInput(f"{where}: passes on no feed; expected from= with the names of feeds")
        for name in output.sources:
            if name not in by_name:
                raise BadInput(f"{where}: there is no feed {name!r}; expected one of {', '.join(by_name)}")
            if not by_name[name].live:
                raise BadInput(f"{where}: feed {name!r} is a recording; expected a live feed")
        if len({by_name[name].format for name in output.sources}) > 1:
            raise BadInput(f"{where}: expected feeds of one format, found AIS and ASTERIX")
        _check_place(where, output, by_name)


def _check_place(where: str, output: OutputSpec, feeds: dict[str, FeedAddress]) -> None:
    to = output.address
    if to.scheme not in TARGETS:
        raise BadInput(f"{where}: expected one of {', '.join(t + ':' for t in TARGETS)} to send to")
    if to.scheme in ("udp", "udp450") and not to.host:
        raise BadInput(f"{where}: expected {to.scheme}://ADDRESS:PORT to send to, found no address")
    if to.scheme in ("mqtt", "mqtts") and ("#" in to.path or "+" in to.path):
        raise BadInput(f"{where}: expected a topic without wildcards to send to")
    for name, feed in feeds.items():
        if _heard_by(to, feed):
            raise BadInput(f"{where}: feed {name!r} would hear what it sends; expected another address")
        if name in output.sources and place(feed) == place(to) and to.scheme not in ("mqtt", "mqtts"):
            raise BadInput(f"{where}: feed {name!r} would be sent back to where it came from")


def _heard_by(to: FeedAddress, feed: FeedAddress) -> bool:
    if to.scheme in ("udp", "udp450") and feed.scheme in ("udp", "udp450"):
        return feed.port == to.port and (feed.host == to.host or (not feed.host and to.host.startswith("127.")))
    if to.scheme in ("mqtt", "mqtts") and feed.scheme in ("mqtt", "mqtts"):
        from paho.mqtt.client import topic_matches_sub

        return (feed.host, feed.port) == (to.host, to.port) and topic_matches_sub(feed.path, to.path)
    return False


def _topic(to: FeedAddress) -> str:
    return to.path if to.scheme in ("mqtt", "mqtts") else ""


class Route:
    """One feed's way to one output: chunks as they came -> whole pieces in the form that its place takes."""

    def __init__(self, source: FeedAddress, to: FeedAddress, send: Callable[[bytes, str], None]) -> None:
        self.source, self.to, self.send = source, to, send
        self._cut = framer(source.format)
        self._encoder = Encoder(to.source)

    def __call__(self, burst: Sequence[Chunk]) -> None:
        """Pass these chunks on."""
        topic = _topic(self.to)
        for piece in self._packed([piece for chunk in burst for piece in self._pieces(chunk)]):
            self.send(piece, topic)

    def _pieces(self, chunk: Chunk) -> list[bytes]:
        self._cut.refused.clear()  # the feed itself counts what is broken
        if not self.source.datagrams:
            return self._cut.take(chunk.data) if chunk.data else self._cut.finish()
        if self.source.format == "asterix":
            return [chunk.data] if chunk.data else []
        kind = kind_of(chunk.data)
        if kind == "other":
            return []
        return self._cut.take((lines_of(chunk.data) if kind else chunk.data) + b"\n")

    def _packed(self, pieces: list[bytes]) -> list[bytes]:
        """Lines share datagrams as far as they fit; to a stream each goes alone, so that only whole ones are shed."""
        if self.to.scheme == "udp450":
            return self._encoder.datagrams(pieces)
        if not self.to.datagrams or self.source.format == "asterix":
            return pieces
        packed: list[bytes] = []
        for piece in pieces:
            if packed and len(packed[-1]) + len(piece) <= LARGEST:
                packed[-1] += piece
            else:
                packed.append(piece)
        return packed


class Relays:
    """The routes of a hub; those that stay through a change keep the half line they hold."""

    def __init__(self) -> None:
        self._routes: dict[tuple[Line, Line, str], Route] = {}
        self._own: dict[str, tuple[Line, str]] = {}

    def own(self, text: str) -> tuple[Line, str] | None:
        """Line and topic of the node's own output with this address."""
        return self._own.get(text)

    def wire(self, lines: Sequence[Line], outputs: Sequence[OutputSpec], new: Callable[[FeedSpec], Line]) -> list[Line]:
        """Give each feed its routes; returns the lines that had to be made (`new`), marks those no longer needed."""
        there = sorted((line for line in lines if not line.removed), key=lambda line: line.outgoing)  # feeds first
        added: list[Line] = []
        routes: dict[tuple[Line, Line, str], Route] = {}
        own: dict[str, tuple[Line, str]] = {}
        for output in outputs:
            line = next((x for x in (*there, *added) if place(x.spec.address) == place(output.address)), None)
            if line is None:
                line = new(FeedSpec(output.address))
                added.append(line)
            if output.own:
                own[output.address.text] = line, _topic(output.address)
            for feed in there:
                if not feed.outgoing and feed.spec.address.name in output.sources:
                    key = (feed, line, output.address.path)
                    route = Route(feed.spec.address, output.address, line.send)
                    routes[key] = self._routes.get(key, route)
        self._routes, self._own = routes, own
        for feed in there:
            feed.relays = [route for (source, _, _), route in routes.items() if source is feed]
            used = any(line is feed for _, line, _ in routes) or any(line is feed for line, _ in own.values())
            feed.removed = feed.removed or (feed.outgoing and not used)
        return added
