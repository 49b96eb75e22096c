"""One live feed or output of a node: its transport, opened again when it cannot be had, its stage, its relays."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from mihari.core.errors import BadInput
from mihari.core.health import Health
from mihari.core.reports import Batch, Sector
from mihari.feeds.address import FeedAddress
from mihari.feeds.guard import guarded_stage
from mihari.feeds.inputs import InputQueue
from mihari.feeds.registry import SensorRegistry
from mihari.feeds.retry import backoff
from mihari.feeds.transport import Bursts, Chunk, Clock, Outgoing, Transport, open_output, open_transport

log = logging.getLogger("mihari.feeds")
RETRIED = ("udp", "udp450", "tcp-listen")  # a port in use, a network not up yet: may pass

Tap = Callable[[int, Chunk], None]


@dataclass(frozen=True, slots=True)
class FeedSpec:
    """One feed: its address, and for tests or parts that already hold bytes, the transport to use instead."""

    address: FeedAddress
    transport: Transport | None = None

    def same(self, other: FeedSpec) -> bool:
        """Whether nothing has to be opened anew: only the name may differ."""
        mine, theirs = (replace(s.address, name="", text="") for s in (self, other))
        return mine == theirs and self.transport is other.transport


@dataclass(slots=True, eq=False)
class Line:
    """One feed or output with its index, which is its own for as long as the node runs."""

    index: int
    spec: FeedSpec
    health: Health
    outgoing: bool = False  # it only sends
    removed: bool = False
    over: bool = False  # nothing will come any more
    transport: Transport | None = None
    task: asyncio.Task[None] | None = None
    relays: list[Callable[[Sequence[Chunk]], None]] = field(default_factory=list)

    @property
    def live(self) -> bool:
        """Whether it runs in the event loop."""
        return self.outgoing or self.spec.address.live

    def send(self, piece: bytes, topic: str = "") -> None:
        """Queue one piece to be sent over this line's connection; counted where there is none."""
        if isinstance(self.transport, Outgoing):
            self.transport.send(piece, topic)
        else:
            self.health.unsent += 1

    def send_all(self, pieces: Sequence[bytes], topic: str = "") -> None:
        """`send` for each of these."""
        for piece in pieces:
            self.send(piece, topic)

    def fail(self, problem: str) -> None:
        """It cannot be used, for this reason; whoever runs the hub tells it."""
        if self.health.problem != problem:
            log.info("%s", problem)
        self.health.state, self.health.problem = "failed", problem


@dataclass(slots=True)
class Runner:
    """Runs live lines: what they give goes into the queue, what they hear also to their relays."""

    sensors: SensorRegistry
    clock: Clock
    inputs: InputQueue
    tap: Tap | None = None

    async def run(self, line: Line, rng: random.Random) -> None:
        """Run until the input ends or the task is cancelled; a place that cannot be had is tried again."""
        attempt = 0
        try:
            while not await self._attempt(line, rng):
                attempt += 1
                await asyncio.sleep(backoff(attempt, rng))
        finally:
            line.over, line.transport = True, None
            if line.health.state != "failed":
                line.health.state = "ended"
            if line.removed:
                line.health.state, line.health.problem = "removed", ""

    async def _attempt(self, line: Line, rng: random.Random) -> bool:
        """One opening of the transport until it ends; False where it is worth another try."""
        address, health = line.spec.address, line.health
        opened = open_output if line.outgoing else open_transport
        try:
            line.transport = line.spec.transport or opened(address, health, self.clock, rng)
            await self._read(line, line.transport)
            health.state, health.problem = "ended", ""
        except BadInput as error:
            line.fail(str(error))
            return line.spec.transport is not None or address.scheme not in RETRIED
        except Exception as error:
            log.exception("feed %s stopped by a bug", address.text)
            line.fail(f"{address.text}: stopped by an error in this program ({type(error).__name__})")
        return True

    async def _read(self, line: Line, transport: Transport) -> None:
        stage = None if line.outgoing else guarded_stage(line.spec.address, line.index, self.sensors, line.health)
        bursts = transport.bursts() if isinstance(transport, Bursts) else _singly(transport)
        try:
            async for burst in bursts:
                if stage is None:  # nobody asked for what comes in here
                    line.health.received_bytes += sum(len(chunk.data) for chunk in burst)
                    continue
                if self.tap is not None:
                    for chunk in burst:
                        self.tap(line.index, chunk)
                for relay in line.relays:
                    relay(burst)
                await self._give(stage.take(*burst), line)
            for relay in line.relays:
                relay([Chunk(self.clock(), b"")])  # the last line may lack its end
            if stage is not None:
                await self._give(stage.finish(), line)
        finally:
            await bursts.aclose()

    async def _give(self, items: Iterable[Batch | Sector], line: Line) -> None:
        waits = line.spec.address.scheme in ("stdin", "file")  # these can wait; the air cannot
        for item in items:
            if not waits:
                self.inputs.offer(item, line.health)
                continue
            while not self.inputs.put(item, timeout=0) and not self.inputs.closed:
                await asyncio.sleep(0.02)


async def _singly(transport: Transport) -> AsyncGenerator[list[Chunk]]:
    chunks = transport.chunks()
    try:
        async for chunk in chunks:
            yield [chunk]
    finally:
        aclose = getattr(chunks, "aclose", None)
        if aclose is not None:
            await aclose()
