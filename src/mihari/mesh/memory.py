"""A network in memory: transports whose links have a delay, a rate and losses, under a virtual clock or the real one.

Under a virtual clock all that happens follows from what is sent when: the same run gives the same frames. A link is
what TCP makes of a poor one: frames arrive in order; one that is lost comes a retransmission later, and all behind it
wait. `cut` stops a link; both ends learn it `lease` s later, and then what was under way is gone; a link that heals
before goes on.
"""

from __future__ import annotations

import heapq
import time
from collections import deque
from dataclasses import dataclass, field
from threading import Condition
from typing import Protocol

import numpy as np

from mihari.mesh.inbox import Quota, too_long
from mihari.mesh.transport import FRAME_MAX, Arrival, Down, Event, Lane, Up

TIMEOUT_S = 0.2  # beside a round trip: after which TCP sends again, at least (RFC 6298 has 1 s, Linux 0.2)
QUEUE = 256 << 10  # bytes that wait for a link at most, unless said otherwise


class Clock(Protocol):
    """Whatever tells the time."""

    @property
    def now(self) -> float:
        """Seconds."""


class RealClock:
    """This machine's."""

    @property
    def now(self) -> float:
        """Seconds since an arbitrary moment."""
        return time.monotonic()


@dataclass(slots=True)
class _Way:
    """One direction of a link. What waits is per lane; what has begun to be sent is in the receiver's heap."""

    to: str
    free: float = 0.0  # when the last byte that was begun has left
    last: float = 0.0  # when the last frame arrives: none overtakes it
    frames: int = 0  # that wait
    octets: int = 0  # the same in bytes
    waiting: tuple[deque[bytes], ...] = field(default_factory=lambda: tuple(deque() for _ in Lane))


@dataclass(slots=True)
class _Link:
    ends: tuple[str, str]
    delay: float
    rate: float
    loss: float
    queue: int
    lease: float
    rng: np.random.Generator | None
    ways: dict[str, _Way] = field(default_factory=dict)  # by sender
    epoch: int = 0  # goes on with every end of the link: what was under way then is of another epoch
    up: float | None = None  # since when it carries frames
    cut: float | None = None  # since when it does not
    ended: float = 0.0  # when it ended last
    stalled: list[tuple[str, Event]] = field(default_factory=list)  # was under way when it was cut: (to, event)


class MemoryNetwork:
    """Transports by author and the links between them. `clock` with `.now`: virtual, `receive` never waits; None: real.

    >>> class Virtual: now = 0.0
    >>> network = MemoryNetwork(clock := Virtual())
    >>> a, b = network.join("a"), network.join("b")
    >>> network.link("a", "b", delay=0.5, rate=100.0)
    >>> clock.now = 1.0; a.receive(0), b.receive(0)
    (Up(peer='b', address='memory/b', dialled='memory/b'), Up(peer='a', address='memory/a', dialled=''))
    >>> a.send("b", bytes(100), Lane.HISTORY), a.send("b", bytes(99), Lane.HISTORY), a.send("b", b"!", Lane.ALARM)
    (True, True, True)
    >>> clock.now = 2.5; b.receive(0).lane, b.receive(0)
    (<Lane.HISTORY: 3>, None)
    >>> clock.now = 2.52; b.receive(0)
    Arrival(peer='a', lane=<Lane.ALARM: 0>, frame=b'!')
    """

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock: Clock = clock or RealClock()
        self.waits = clock is None
        self.changed = Condition()
        self._links: dict[frozenset[str], _Link] = {}
        self._of: dict[str, dict[str, _Link]] = {}  # author -> neighbour -> link
        self._joined: dict[str, MemoryTransport] = {}

    def join(self, author: str, frame_max: int = FRAME_MAX) -> MemoryTransport:
        """The transport of an author, with the links it was given; `frame_max`: what it sends at most, bytes."""
        with self.changed:
            transport = self._joined[author] = MemoryTransport(self, author, frame_max)
            for link in self._of.setdefault(author, {}).values():
                self._begin(link)
        return transport

    def link(
        self, a: str, b: str, delay: float = 0.0, rate: float = 0.0, loss: float = 0.0, queue: int = QUEUE,
        rng: np.random.Generator | None = None, lease: float = 0.0,
    ) -> None:  # fmt: skip
        """A link that `a` opens to `b`. s each way; bytes/s (0: no limit); part of frames lost; bytes waiting at most;
        s until the ends learn of a cut. `rng` is needed with `loss`."""
        if loss and rng is None:
            raise ValueError("a link that loses frames needs rng")
        with self.changed:
            self._end(self._links.get(frozenset((a, b))))
            link = _Link((a, b), delay, rate, loss, queue, lease, rng)
            self._links[frozenset((a, b))] = link
            self._of.setdefault(a, {})[b] = self._of.setdefault(b, {})[a] = link
            self._begin(link)

    def cut(self, a: str, b: str) -> None:
        """Nothing passes from now on."""
        with self.changed:
            link = self._links[frozenset((a, b))]
            self._advance(link)
            if link.cut is None:
                link.cut = self.clock.now
            self._advance(link)
            self.changed.notify_all()

    def heal(self, a: str, b: str) -> None:
        """It passes again: what was under way goes on within the lease; after it the link is a new one."""
        with self.changed:
            link = self._links[frozenset((a, b))]
            self._advance(link)
            link.cut = None
            if link.up is None:
                self._begin(link)
                return
            now = self.clock.now
            again = now + 2 * link.delay + TIMEOUT_S
            for way in link.ways.values():
                way.free, way.last = max(way.free, now), max(way.last, again)
            for to, event in link.stalled:
                self._push(link, to, again, event)
            link.stalled.clear()

    def soonest(self) -> float | None:
        """When the next thing happens, or before; None: nothing is under way. For clocks that jump."""
        with self.changed:
            times = [self._next(author) for author in self._joined]
        return min((at for at in times if at is not None), default=None)

    # what transports call, with `changed` held

    def _begin(self, link: _Link) -> None:
        """Both ends are there and the link is whole: it comes up after a round trip."""
        a, b = link.ends
        if link.up is not None or link.cut is not None or not {a, b} <= self._joined.keys():
            return
        at = self.clock.now + 2 * link.delay
        link.up, link.ways = at, {a: _Way(b, at, at), b: _Way(a, at, at)}
        self._push(link, a, at, Up(b, f"memory/{b}", f"memory/{b}"))
        self._push(link, b, at, Up(a, f"memory/{a}"))

    def _end(self, link: _Link | None, at: float | None = None) -> None:
        """The link is gone, and what was under way with it."""
        if link is None or link.up is None:
            return
        at = self.clock.now if at is None else at
        was_up = link.up <= (at if link.cut is None else link.cut)
        link.epoch, link.up, link.ended = link.epoch + 1, None, at
        link.ways.clear()
        link.stalled.clear()
        for here, there in (link.ends, link.ends[::-1]) if was_up else ():
            self._push(link, here, at, Down(there))

    def _push(self, link: _Link, to: str, at: float, event: Event) -> None:
        if (transport := self._joined.get(to)) is not None:
            transport.take(at, link, event)
            if self.waits:
                self.changed.notify_all()

    def _leave(self, author: str) -> None:
        for link in self._of[author].values():
            self._end(link)
        del self._joined[author]
        self.changed.notify_all()

    def _send(self, author: str, peer: str, frame: bytes, lane: Lane) -> bool:
        link = self._of[author].get(peer)
        if link is None:
            return False
        self._advance(link)
        if link.up is None or self.clock.now < link.up:
            return False
        way = link.ways[author]
        if way.frames and way.octets + len(frame) > link.queue:
            return False
        if not way.frames:
            way.free = max(way.free, self.clock.now)
        way.waiting[lane].append(frame)
        way.frames, way.octets = way.frames + 1, way.octets + len(frame)
        self._advance(link)
        return True

    def _advance(self, link: _Link) -> None:
        """Begin to send what has its turn by now, and end a link whose lease is over."""
        now = self.clock.now
        if link.cut is not None:
            if link.up is not None and now >= link.cut + link.lease:
                self._end(link, link.cut + link.lease)
            return
        for sender, way in link.ways.items():
            while way.frames and way.free <= now:
                self._transmit(link, sender, way)

    def _transmit(self, link: _Link, sender: str, way: _Way) -> None:
        lane = next(lane for lane in Lane if way.waiting[lane])
        frame = way.waiting[lane].popleft()
        way.frames, way.octets = way.frames - 1, way.octets - len(frame)
        if link.rate:
            way.free += len(frame) / link.rate
        at = max(way.free + link.delay, way.last)
        if link.loss and link.rng is not None and link.rng.random() < link.loss:
            at = max(at, way.free + 3 * link.delay + TIMEOUT_S)
        way.last = at
        self._push(link, way.to, at, Arrival(sender, lane, frame))

    def _next(self, author: str) -> float | None:
        """No later than this the transport of an author has something to receive; None: not known of anything."""
        times = [self._joined[author].due()]
        for link in self._of[author].values():
            if link.cut is not None and link.up is not None:
                times.append(link.cut + link.lease)
            elif link.cut is None:
                times += [way.free for way in link.ways.values() if way.frames]
        return min((at for at in times if at is not None), default=None)


class MemoryTransport:
    """One author's end. See `mihari.mesh.transport.Transport`."""

    def __init__(self, network: MemoryNetwork, author: str, frame_max: int) -> None:
        self.author = author
        self._network, self._frame_max = network, frame_max
        self._heap: list[tuple[float, int, int, _Link, Event]] = []
        self._order, self._quota, self._open = 0, Quota(), True

    def send(self, peer: str, frame: bytes, lane: Lane) -> bool:
        """See `Transport.send`."""
        if len(frame) > self._frame_max:
            raise ValueError(f"a frame of {len(frame)} bytes; expected at most {self._frame_max}")
        with self._network.changed:
            return self._open and self._network._send(self.author, peer, frame, lane)

    def receive(self, timeout: float) -> Event | None:
        """See `Transport.receive`; under a virtual clock it never waits."""
        with self._network.changed:
            end = self._network.clock.now + timeout
            while (event := self._due()) is None and self._network.waits and self._open:
                now, soonest = self._network.clock.now, self._network._next(self.author)
                if now >= end:
                    break
                self._network.changed.wait(max(0.0, min(end, end if soonest is None else soonest) - now) + 1e-4)
        return event

    def close(self) -> None:
        """Leave all links."""
        with self._network.changed:
            if self._open:
                self._open = False
                self._network._leave(self.author)
                self._heap.clear()

    def take(self, at: float, link: _Link, event: Event) -> None:
        """What this end gets at a time."""
        if isinstance(event, Arrival) and not self._quota.take(event.peer, len(event.frame)):
            return
        self._order += 1
        heapq.heappush(self._heap, (at, self._order, link.epoch, link, event))

    def due(self) -> float | None:
        """When the next of what is under way arrives."""
        return self._heap[0][0] if self._heap else None

    def _due(self) -> Event | None:
        """The next event by now."""
        if (event := self._arrived()) is None:
            for link in self._network._of[self.author].values():
                self._network._advance(link)
            event = self._arrived() or self._quota.told()
        return event

    def _arrived(self) -> Event | None:
        while self._heap and self._heap[0][0] <= self._network.clock.now:
            at, _, epoch, link, event = heapq.heappop(self._heap)
            if isinstance(event, Arrival):
                self._quota.give(event.peer, len(event.frame))
            if epoch != link.epoch and at > link.ended:
                continue  # under way when the link ended
            if epoch == link.epoch and link.cut is not None and at > link.cut and not isinstance(event, Down):
                link.stalled.append((self.author, event))
                continue
            if isinstance(event, Arrival) and len(event.frame) > FRAME_MAX:
                return too_long(event.peer, len(event.frame))
            return event
        return None
