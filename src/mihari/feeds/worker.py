"""A blocking connection in a thread of its own -> chunks; opened again whenever it is lost, with back-off.

For libraries that know no event loop: serial lines and MQTT. What differs is a `Link`.
"""

from __future__ import annotations

import asyncio
import logging
import random
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from typing import Protocol

from mihari.core.errors import BadInput
from mihari.core.health import Health
from mihari.feeds.address import FeedAddress
from mihari.feeds.inbox import GATHER_S, Inbox
from mihari.feeds.outbox import Outbox
from mihari.feeds.retry import LONGEST_WAIT_S, backoff, why
from mihari.feeds.transport import Chunk, Clock

log = logging.getLogger("mihari.feeds")
PATIENCE_S = 0.1  # a link returns from reading within this: a stop, and what is to be sent, wait no longer
AT_ONCE = 256  # pieces written before it is read again
GONE_S = 0.5  # a thread that hangs in its library is left behind after this; it is a daemon


class Link(Protocol):
    """One connection, used by one thread. Every method raises OSError when it is lost, saying why."""

    def open(self) -> None:
        """Connect. BadInput: it is of no use to try again."""
        ...

    def read(self) -> Sequence[bytes]:
        """What has come, waiting at most `PATIENCE_S`."""
        ...

    def ready(self) -> bool:
        """Whether a piece may be written now: all before it are on their way."""
        ...

    def write(self, piece: bytes, topic: str) -> None:
        """Send one piece, without waiting."""
        ...

    def close(self) -> None:
        """Give it back; never raises."""
        ...


class WorkerTransport:
    """Runs links, one after the other; while there is none the feed's health says "waiting" and why."""

    def __init__(
        self,
        address: FeedAddress,
        health: Health,
        clock: Clock,
        rng: random.Random,
        make: Callable[[], Link],
        longest_wait: float = LONGEST_WAIT_S,
    ) -> None:
        self.address, self.health, self.clock, self.rng = address, health, clock, rng
        self._make, self._longest = make, longest_wait
        self._outbox = Outbox(health)

    def send(self, piece: bytes, topic: str = "") -> None:
        """Queue one piece to be sent over the same connection."""
        self._outbox.put(piece, topic)

    async def chunks(self) -> AsyncIterator[Chunk]:
        """What comes in; an empty chunk marks each lost connection."""
        bursts = self.bursts()
        try:
            async for burst in bursts:
                for chunk in burst:
                    yield chunk
        finally:
            await bursts.aclose()

    async def bursts(self) -> AsyncGenerator[list[Chunk]]:
        """The same, those together that came together."""
        inbox, stop = Inbox(self.health, GATHER_S[self.address.format]), threading.Event()
        thread = threading.Thread(target=self._run, args=(inbox, stop), name=self.address.name, daemon=True)
        thread.start()
        bursts = inbox.bursts()
        try:
            async for burst in bursts:
                yield burst
        finally:
            stop.set()
            await bursts.aclose()
            await asyncio.to_thread(thread.join, GONE_S)

    # the thread

    def _run(self, inbox: Inbox, stop: threading.Event) -> None:
        attempt = 0
        try:
            while not stop.is_set():
                heard, reason = self._session(inbox, stop)
                attempt = 1 if heard else attempt + 1  # only data proves a peer well
                wait = backoff(attempt, self.rng, self._longest)
                if not stop.is_set():
                    self._lost(reason, wait)
                    stop.wait(wait)
        except BadInput as error:
            inbox.fail_from_thread(error)
        except Exception as error:
            log.exception("feed %s stopped by a bug", self.address.text)
            inbox.fail_from_thread(BadInput(f"{self.address.text}: stopped by an error in this program ({error!r})"))

    def _session(self, inbox: Inbox, stop: threading.Event) -> tuple[bool, str]:
        """One connection from its beginning to its end: whether it brought anything, and why it ended."""
        link, heard, opened = self._make(), False, False
        try:
            link.open()
            opened = True
            self._outbox.drop()  # made while nobody was there: old by now
            self.health.state, self.health.problem = "connected", ""
            while not stop.is_set():
                for data in link.read():
                    heard = True
                    self.health.state = "connected"
                    inbox.push_from_thread(Chunk(self.clock(), data))
                self._write(link)
        except OSError as error:
            return heard, why(error)
        finally:
            link.close()
            if opened and not stop.is_set():
                self.health.notice("connection lost")
                inbox.push_from_thread(Chunk(self.clock(), b""))
        return heard, ""

    def _write(self, link: Link) -> None:
        for _ in range(AT_ONCE):
            if not link.ready():
                return
            for piece, topic in (taken := self._outbox.take(1)):
                link.write(piece, topic)
                self.health.passed_on(len(piece))
            if not taken:
                return

    def _lost(self, reason: str, wait: float) -> None:
        self.health.state = "waiting"
        self.health.problem = f"{self.address.name}: {reason}; next try in {wait:.0f} s"
