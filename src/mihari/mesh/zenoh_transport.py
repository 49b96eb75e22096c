"""Frames over Eclipse Zenoh: a router in this process, links by TLS, QUIC or (on this machine) TCP, no broker.

A neighbour is up when its link is open, the certificate on the link (`auth_identifier`) names the id it claims
(`zid`), and it has subscribed to us. Frames from anybody else are not subscribed to. What Zenoh calls back only puts
into queues: calling Zenoh there may hang it.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import time
from collections.abc import Mapping, Sequence
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

from mihari.core.errors import BadInput
from mihari.mesh.inbox import Inbox
from mihari.mesh.keys import Identity
from mihari.mesh.metering import received
from mihari.mesh.profiles import PROFILES, Profile
from mihari.mesh.transport import FRAME_MAX, Event, Lane, Refused, Up
from mihari.mesh.zenoh_config import settings, wait_of

if TYPE_CHECKING:
    import zenoh

    from mihari.mesh.zenoh_neighbour import Neighbour

AUTHOR = re.compile("[1-9a-f][0-9a-f]{15}")
CLOSE_S = 2.0  # Zenoh's close waits up to 10 s for a peer that is away, and for every QUIC peer that closed first
METER_S = 2.0  # between two looks at what links brought
RUNTIME = "(tx: (worker_threads: 4), rx: (worker_threads: 4))"  # threads of Zenoh's
IDENTIFIED = ("tls", "quic")


class ZenohTransport:
    """See `mihari.mesh.transport.Transport`. BadInput where an address cannot be listened on."""

    def __init__(
        self,
        identity: Identity,
        listen: Sequence[str] = (),
        links: Mapping[str, Profile] | None = None,
        profile: Profile = PROFILES["lan"],
    ) -> None:
        """`listen`, `links`: as tls/HOST:PORT, the latter with what they carry; `profile`: of links others open."""
        self.author = identity.author
        self._links = dict(links or {})
        self._wait = wait_of([*self._links.values(), *([profile] if listen else [])])
        self._inbox = Inbox()
        self._news: SimpleQueue[tuple[str, Any]] = SimpleQueue()
        self._neighbours: dict[str, Neighbour] = {}
        self._ways: dict[str, set[tuple[str, str]]] = {}  # zid -> its links
        self._closing = Lock()
        self._session: Any = _open(settings(identity, listen, self._links, profile))
        self._listener = self._session.info.declare_link_events_listener(
            lambda event: self._news.put(("link", event)), history=True
        )
        self._thread = Thread(target=self._run, name="mesh links", daemon=True)
        self._thread.start()

    def send(self, peer: str, frame: bytes, lane: Lane) -> bool:
        """See `Transport.send`."""
        if len(frame) > FRAME_MAX:
            raise ValueError(f"a frame of {len(frame)} bytes; expected at most {FRAME_MAX}")
        neighbour = self._neighbours.get(peer)
        return neighbour is not None and neighbour.send(frame, lane)

    def receive(self, timeout: float) -> Event | None:
        """See `Transport.receive`."""
        return self._inbox.get(timeout)

    def close(self) -> None:
        """Leave all links, within seconds."""
        if not self._closing.acquire(blocking=False):
            return
        self._news.put(("close", None))
        self._thread.join(CLOSE_S)
        closing = Thread(target=self._close, name="mesh close", daemon=True)
        closing.start()
        closing.join(CLOSE_S)

    def _close(self) -> None:
        with contextlib.suppress(Exception):  # zenoh.ZError under loss: the peers learn it by the lease
            self._session.close()

    def _run(self) -> None:
        """The one thread that declares and undeclares."""
        metered = time.monotonic()
        while (news := self._next())[0] != "close":
            kind, told = news
            if kind == "link":
                self._on_link(told)
            elif (neighbour := self._neighbours.get(told)) is not None:
                neighbour.is_ready()
            if (now := time.monotonic()) >= metered + METER_S:
                metered = now
                self._account(now)
        for peer in list(self._neighbours):
            self._neighbours.pop(peer).end()

    def _next(self) -> tuple[str, Any]:
        try:
            return self._news.get(timeout=METER_S)
        except Empty:
            return "", None

    def _account(self, now: float) -> None:
        """Ask the system what each link brought."""
        ways = {way: zid for zid, all_ways in self._ways.items() for way in all_ways}
        for way, read in received(set(ways)).items() if ways else ():
            if (neighbour := self._neighbours.get(ways[way])) is not None:
                neighbour.account(read, now)

    def _on_link(self, event: zenoh.LinkEvent) -> None:
        import zenoh

        link = event.link
        zid, way = str(link.zid), (link.src, link.dst)
        if event.kind == zenoh.SampleKind.PUT:
            self._on_up(zid, link)
        elif way in self._ways.get(zid, ()):
            self._ways[zid].remove(way)
            if not self._ways[zid]:
                del self._ways[zid]
                if (neighbour := self._neighbours.pop(zid, None)) is not None:
                    neighbour.end()

    def _on_up(self, zid: str, link: zenoh.Link) -> None:
        from mihari.mesh.zenoh_neighbour import Neighbour

        if problem := _problem(zid, link):
            self._inbox.put(Refused("", f"{problem}, from {link.dst}"))
            return
        self._ways.setdefault(zid, set()).add((link.src, link.dst))
        if zid in self._neighbours:
            return
        up = Up(zid, link.dst, self._dialled(link.dst))
        self._neighbours[zid] = Neighbour(
            self._session, self.author, up, self._inbox, lambda: self._news.put(("ready", zid)), self._wait
        )

    def _dialled(self, remote: str) -> str:
        """The configured address that the remote end is; "" where it called us."""
        if remote in self._links:
            return remote
        return next((address for address in self._links if remote in _resolved(address)), "")


def _problem(zid: str, link: zenoh.Link) -> str:
    """Why whoever is at the other end of a link is no neighbour; "" where it is one."""
    if not AUTHOR.fullmatch(zid):
        return f"a link of {zid}, which is no author id"
    if link.src.partition("/")[0] in IDENTIFIED and link.auth_identifier != zid:
        return f"a link of {zid} with the certificate of {link.auth_identifier or 'nobody'}"
    return ""


def _resolved(address: str) -> set[str]:
    """An address with a host's name, as its numbers."""
    scheme, _, place = address.partition("/")
    host, _, port = place.rpartition(":")
    try:
        found = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM)
    except OSError:
        return set()
    ends = [str(one[4][0]) for one in found]
    return {f"{scheme}/[{end}]:{port}" if ":" in end else f"{scheme}/{end}:{port}" for end in ends}


def _open(told: Mapping[str, Any]) -> zenoh.Session:
    # before Zenoh starts: with one thread for all links, one that dies with frames unsent would hold up the others
    os.environ.setdefault("ZENOH_RUNTIME", RUNTIME)
    import zenoh

    config = zenoh.Config()
    for key, value in told.items():
        config.insert_json5(key, json.dumps(value))
    try:
        return zenoh.open(config)
    except zenoh.ZError as error:
        ends = ", ".join(told["listen/endpoints"]) or "nothing"
        raise BadInput(f"mesh: cannot listen on {ends}: {str(error).partition(' at /')[0]}") from None
