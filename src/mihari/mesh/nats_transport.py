"""Frames over NATS: through servers, for coasts that run some already. Extra `mihari[nats]`; JetStream where it is on.

    mihari.alive.AUTHOR                  presence, see `mihari.mesh.presence`
    mihari.live.RECEIVER.SENDER.LANE     control and live: who is away misses them
    mihari.keep.RECEIVER.SENDER.LANE     alarms and history: a stream of the receiver keeps them for `KEEP_S`

A neighbour is whoever shows presence. The server has to see to it that nobody publishes under another's id: map the
certificates' common names (author ids) to users that may publish `mihari.*.*.ID.*` and `mihari.alive.ID` only.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import logging
import os
import ssl
import time
from collections.abc import Mapping
from threading import Thread
from typing import TYPE_CHECKING, Any

from mihari.core.errors import BadInput
from mihari.mesh.inbox import Inbox, too_long
from mihari.mesh.keys import Authors, Identity
from mihari.mesh.lanes import Lanes
from mihari.mesh.presence import BOOT, Presence, alive
from mihari.mesh.profiles import Profile
from mihari.mesh.transport import FRAME_MAX, Arrival, Down, Event, Lane, Refused, Up

if TYPE_CHECKING:
    from nats.aio.client import Client
    from nats.aio.msg import Msg
    from nats.js import JetStreamContext

KEEP_S = 600.0  # for which a receiver may be away
KEEP_OCTETS = 64 << 20  # bytes kept for one
KEPT = (Lane.ALARM, Lane.HISTORY)
LANES = {str(int(lane)): lane for lane in Lane}
WINDOW = 256 << 10  # bytes given to the client before its server has taken them: what an alarm stands behind
EARLY = 256  # frames of a neighbour that come before its presence
CLOSE_S = 3.0
RETRY_S = 1.0
BOUND, BINDINGS = "already bound", 20  # what the client says of a stream that another run holds; how often it is asked

log = logging.getLogger(__name__)


class NatsTransport:
    """See `mihari.mesh.transport.Transport`. `links`: addresses of servers, as tls/HOST:PORT, and what they carry."""

    def __init__(self, identity: Identity, links: Mapping[str, Profile]) -> None:
        if not links:
            raise BadInput("mesh: expected a [[link]] to a NATS server")
        if importlib.util.find_spec("nats") is None:
            raise BadInput('carrier = "nats" needs the extra: pip install "mihari[nats]"')
        self.author, self._identity, self._links = identity.author, identity, dict(links)
        self._lease = max(profile.lease for profile in links.values())
        self._window = min((p.window for p in links.values() if p.thin), default=WINDOW)
        self._inbox, self._lanes = Inbox(), Lanes()
        self._presence = Presence(Authors(identity.ca), self._lease)
        self._early: dict[str, list[Event]] = {}
        self._boot, self._newest = os.urandom(BOOT), 0
        self._loop = asyncio.new_event_loop()
        self._wake, self._greet, self._ending = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._thread = Thread(target=self._run, name="mesh nats", daemon=True)
        self._thread.start()

    def send(self, peer: str, frame: bytes, lane: Lane) -> bool:
        """See `Transport.send`."""
        if len(frame) > FRAME_MAX:
            raise ValueError(f"a frame of {len(frame)} bytes; expected at most {FRAME_MAX}")
        if peer not in self._presence or not self._lanes.put(peer, frame, lane):
            return False
        with contextlib.suppress(RuntimeError):  # closed meanwhile
            self._loop.call_soon_threadsafe(self._wake.set)
        return True

    def receive(self, timeout: float) -> Event | None:
        """See `Transport.receive`."""
        return self._inbox.get(timeout)

    def close(self) -> None:
        """Take leave and go, within seconds."""
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._ending.set)
        self._thread.join(CLOSE_S)

    # the thread of the loop

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._live())

    async def _live(self) -> None:
        connecting, ending = asyncio.create_task(self._connected()), asyncio.create_task(self._ending.wait())
        await asyncio.wait((connecting, ending), return_when=asyncio.FIRST_COMPLETED)
        if self._ending.is_set():
            await _cancelled({connecting})
            return
        client = await connecting
        tasks = {asyncio.create_task(one) for one in (self._write(client), self._announce(client))}
        await self._ending.wait()
        await _cancelled(tasks)
        with contextlib.suppress(Exception):  # nats.errors.Error: the others learn it by the lease
            await client.publish(f"mihari.alive.{self.author}", b"")
            await client.flush(1)
        await _closed(client)
        self._all_down()

    async def _connected(self) -> Client:
        """A client with its subscriptions, as soon as there is a server."""
        import nats
        from nats.aio.client import Client

        while not self._ending.is_set():
            client = Client()
            try:
                await client.connect(**self._options())
                await self._subscribe(client)
                return client
            except (OSError, TimeoutError, nats.errors.Error) as error:
                log.info("mesh: no NATS server yet: %s", error)
                await _closed(client)
                await asyncio.sleep(RETRY_S)
            except asyncio.CancelledError:
                await _closed(client)
                raise
        raise asyncio.CancelledError

    def _options(self) -> dict[str, Any]:
        servers = [f"nats://{address.partition('/')[2]}" for address in self._links]
        options: dict[str, Any] = {
            "servers": servers, "name": self.author, "allow_reconnect": True, "max_reconnect_attempts": -1,
            "reconnect_time_wait": RETRY_S, "connect_timeout": 2, "no_echo": True, "error_cb": _told,
            "ping_interval": max(1.0, self._lease / 3), "max_outstanding_pings": 2,
            "disconnected_cb": self._on_disconnected,
        }  # fmt: skip
        if any(address.startswith("tls/") for address in self._links):
            context = ssl.create_default_context(cafile=str(self._identity.ca))
            context.load_cert_chain(self._identity.tls_certificate, self._identity.tls_key)
            options["tls"] = context
        return options

    async def _subscribe(self, client: Client) -> None:
        await self._subscribe_kept(client)
        await client.subscribe(f"mihari.live.{self.author}.*.*", cb=self._on_frame)
        await client.subscribe("mihari.alive.*", cb=self._on_alive)

    async def _subscribe_kept(self, client: Client) -> None:
        """The receiver's stream, which lasts while it is away; without JetStream an ordinary subscription."""
        import nats.js.errors
        from nats.js.api import StreamConfig

        subject, name = f"mihari.keep.{self.author}.*.*", f"MIHARI-{self.author}"
        stream = StreamConfig(name=name, subjects=[subject], max_age=KEEP_S, max_bytes=KEEP_OCTETS)
        jetstream = client.jetstream(timeout=2)
        try:
            try:
                await jetstream.add_stream(stream)
            except nats.js.errors.BadRequestError:  # there from before, told otherwise
                await jetstream.update_stream(stream)
            await self._bind(jetstream, subject, name)
        except (nats.js.errors.Error, nats.errors.NoRespondersError, nats.errors.TimeoutError) as error:
            log.warning("mesh: the NATS server keeps nothing for who is away (no JetStream): %s", error)
            await client.subscribe(subject, cb=self._on_frame)

    async def _bind(self, jetstream: JetStreamContext, subject: str, stream: str) -> None:
        """Take what the stream keeps. A run that has just ended may still hold it: it is asked for again a while."""
        import nats.js.errors
        from nats.js.api import ConsumerConfig

        consumer = ConsumerConfig(ack_wait=30.0, max_ack_pending=4096)
        for left in reversed(range(BINDINGS)):
            try:
                await jetstream.subscribe(
                    subject, durable="frames", stream=stream, cb=self._on_kept, manual_ack=True, config=consumer
                )
                return
            except nats.js.errors.Error as error:
                if not left or BOUND not in str(error):
                    raise
                await asyncio.sleep(RETRY_S)

    async def _on_disconnected(self) -> None:
        self._all_down()

    async def _on_kept(self, msg: Msg) -> None:
        place = msg.metadata.sequence.stream
        if place > self._newest:  # what is told again was taken
            self._newest = place
            await self._on_frame(msg)
        await msg.ack()

    async def _on_frame(self, msg: Msg) -> None:
        *_, peer, told = msg.subject.split(".")
        lane = LANES.get(told)
        event: Event
        if lane is None:
            event = Refused(peer, "no frame of a lane", len(msg.data))
        elif len(msg.data) > FRAME_MAX:
            event = too_long(peer, len(msg.data))
        else:
            event = Arrival(peer, lane, msg.data)
        if peer in self._presence:
            self._inbox.put(event)
        elif len(self._early.setdefault(peer, [])) < EARLY and len(self._early) < EARLY:
            self._early[peer].append(event)
        else:
            self._inbox.put(Refused("", "of nobody present", len(msg.data)))

    async def _on_alive(self, msg: Msg) -> None:
        peer = msg.subject.rpartition(".")[2]
        if peer == self.author:
            return
        try:
            went, came = self._presence.hear(peer, msg.data, time.monotonic())
        except BadInput as error:
            self._inbox.put(Refused("", str(error), len(msg.data)))
            return
        if went:
            self._down(peer)
        if came:
            address = next(iter(self._links))
            for event in (Up(peer, address, address), *self._early.pop(peer, ())):
                self._inbox.put(event)
            self._greet.set()

    def _down(self, peer: str) -> None:
        self._lanes.drop(peer)
        self._inbox.put(Down(peer))

    def _all_down(self) -> None:
        for peer in self._presence.forget():
            self._down(peer)

    async def _announce(self, client: Client) -> None:
        """Presence, at once where somebody new is there; and who is silent is gone."""
        message = alive(self._identity, self._boot)
        while not self._ending.is_set():
            if client.is_connected:
                await client.publish(f"mihari.alive.{self.author}", message)
            self._greet.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._lease / 3):  # `wait_for` of Python 3.11 may lose a cancellation
                    await self._greet.wait()
            for peer in self._presence.gone(time.monotonic()):
                self._down(peer)

    async def _write(self, client: Client) -> None:
        """What waits, the most urgent first, a window at a time."""
        given = 0
        while not self._ending.is_set():
            found = self._lanes.take()
            if found is None or given >= self._window:
                given = 0
                await _flushed(client)
            if found is None:
                self._wake.clear()
                if not self._lanes:
                    await self._wake.wait()
                continue
            peer, lane, frame = found
            kind = "keep" if lane in KEPT else "live"
            await client.publish(f"mihari.{kind}.{peer}.{self.author}.{int(lane)}", frame)
            given += len(frame)


async def _flushed(client: Client) -> None:
    with contextlib.suppress(Exception):  # nats.errors.Error: away; what was given is lost with its link
        await client.flush(5)


async def _cancelled(tasks: set[asyncio.Task[Any]]) -> None:
    """End them. `asyncio.wait_for` of Python 3.11, in which the client waits, may lose a cancellation."""
    waiting = tasks
    while waiting:
        for task in waiting:
            task.cancel()
        _, waiting = await asyncio.wait(waiting, timeout=0.1)
    await asyncio.gather(*tasks, return_exceptions=True)


async def _closed(client: Client) -> None:
    """Close it, so that its server gives free at once what it held for it."""
    with contextlib.suppress(Exception):  # nats.errors.Error
        await asyncio.wait_for(client.close(), 1)


async def _told(error: Exception) -> None:
    log.debug("mesh: NATS: %s", error)
