"""All feeds of a node, run side by side: live ones in one asyncio thread, recordings in one thread per speed.

Each feed is guarded: one that cannot be used is shown as failed, in one sentence, and the others go on. A bug in a
decoder is logged with its traceback, costs the chunk it happened in, and is counted as "internal error".
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import random
import threading
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from mihari.core.errors import BadInput
from mihari.core.health import FeedHealth, Health
from mihari.core.reports import Batch, Input, Sector
from mihari.feeds.address import FeedAddress
from mihari.feeds.inputs import InputQueue, TickRun
from mihari.feeds.registry import SensorRegistry
from mihari.feeds.replay import merge, pace, read, timed, with_runs, with_ticks
from mihari.feeds.stage import Stage, open_stage, warm
from mihari.feeds.transport import Bursts, Chunk, Clock, Transport, open_transport

log = logging.getLogger("mihari.feeds")
PATIENCE_S = 0.2  # a waiting feed notices a stop within this
LOUD = 10  # tracebacks logged per feed; further ones are only counted
STOP_S = 1.0  # every feed is gone by then

Tap = Callable[[int, Chunk], None]


@dataclass(frozen=True, slots=True)
class FeedSpec:
    """One feed: its address, and for tests or parts that already hold bytes, the transport to use instead."""

    address: FeedAddress
    transport: Transport | None = None


class Hub:
    """Runs feeds and puts what they give into one `InputQueue`.

    The index of a feed is its place in `feeds`. `clock` stamps what comes in, `rng` jitters reconnections; `tap` sees
    every chunk before it is decoded (for the archive; called in the feeds' thread). Where all feeds are
    recordings of one speed, the queue also gets the ticks of their timeline (`ticking`); else the node makes them.
    `next_due` is given on to the queue (see `InputQueue`).
    """

    def __init__(
        self,
        feeds: Sequence[FeedSpec],
        sensors: SensorRegistry,
        clock: Clock,
        inputs: InputQueue,
        rng: random.Random | None = None,
        tap: Tap | None = None,
        next_due: Callable[[], float] | None = None,
    ) -> None:
        self.feeds, self.sensors, self.clock, self.inputs = tuple(feeds), sensors, clock, inputs
        self.rng, self.tap = rng or random.Random(0), tap
        if next_due is not None:
            inputs.next_due = next_due
        self.healths = [Health(i, f.address.name, f.address.text) for i, f in enumerate(self.feeds)]
        self._live = [i for i, f in enumerate(self.feeds) if f.address.live]
        self._recorded = [i for i, f in enumerate(self.feeds) if not f.address.live]
        speeds = {self.feeds[i].address.speed for i in self._recorded}
        self.ticking = not self._live and len(speeds) == 1
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._main: asyncio.Task[None] | None = None
        self._speeds = sorted(speeds)

    def start(self) -> None:
        """Start all feeds; returns at once."""
        if self._live:
            self._thread("feeds", lambda: asyncio.run(self._run_live()))
        for speed in self._speeds:
            self._thread(f"replay-{speed:g}", partial(self._run_recorded, speed))

    def stop(self) -> None:
        """Ask all feeds to end; sockets are closed within a second. May be called from any thread, and twice."""
        self._stopped.set()
        loop, main = self._loop, self._main
        if loop is not None and main is not None and not loop.is_closed():
            with contextlib.suppress(RuntimeError):  # it closed in between
                loop.call_soon_threadsafe(main.cancel)

    def join(self, timeout: float | None = None) -> bool:
        """Wait until all feeds have ended, at most `timeout` s; whether they have."""
        for thread in self._threads:
            thread.join(timeout)
        return self.ended

    @property
    def ended(self) -> bool:
        """Whether no feed will give anything any more."""
        return bool(self._threads) and not any(thread.is_alive() for thread in self._threads)

    def health(self) -> tuple[FeedHealth, ...]:
        """A snapshot of every feed, by index."""
        now = self.clock()
        return tuple(health.snapshot(now) for health in self.healths)

    def __enter__(self) -> Hub:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self.join(STOP_S)

    def _thread(self, name: str, run: Callable[[], None]) -> None:
        thread = threading.Thread(target=run, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    # live feeds

    async def _run_live(self) -> None:
        self._loop, self._main = asyncio.get_running_loop(), asyncio.current_task()
        try:
            await self._warm()
        except asyncio.CancelledError:
            return
        if self._stopped.is_set():
            return
        tasks = [asyncio.create_task(self._run_one(i), name=self.feeds[i].address.text) for i in self._live]
        try:
            await asyncio.gather(*tasks)
        except asyncio.CancelledError:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks, timeout=STOP_S)

    async def _warm(self) -> None:
        """Compile what the feeds need; in a thread of its own, which a stop does not wait for."""
        loop, done = asyncio.get_running_loop(), asyncio.Event()

        def work() -> None:
            try:
                for format in sorted({self.feeds[i].address.format for i in self._live}):
                    warm(format)
            finally:
                with contextlib.suppress(RuntimeError):  # the loop is gone: stopped in between
                    loop.call_soon_threadsafe(done.set)

        threading.Thread(target=work, name="warm", daemon=True).start()
        await done.wait()

    async def _run_one(self, index: int) -> None:
        address, health = self.feeds[index].address, self.healths[index]
        stage = guarded_stage(address, index, self.sensors, health)
        rng = random.Random(self.rng.random())
        transport = self.feeds[index].transport or open_transport(address, health, self.clock, rng)
        bursts = transport.bursts() if isinstance(transport, Bursts) else _singly(transport)
        try:
            async for burst in bursts:
                if self.tap is not None:
                    for chunk in burst:
                        self.tap(index, chunk)
                await self._give(stage.take(*burst), index)
            await self._give(stage.finish(), index)
            health.state, health.problem = "ended", ""
        except BadInput as error:
            _failed(health, str(error))
        except asyncio.CancelledError:
            health.state = "ended"
            raise
        except Exception as error:
            log.exception("feed %s stopped by a bug", address.text)
            _failed(health, f"{address.text}: stopped by an error in this program ({type(error).__name__})")
        finally:
            await bursts.aclose()

    async def _give(self, items: Iterable[Batch | Sector], index: int) -> None:
        waits = self.feeds[index].address.scheme in ("stdin", "file")  # these can wait; the air cannot
        for item in items:
            if not waits:
                self.inputs.offer(item, self.healths[index])
                continue
            while not self.inputs.put(item, timeout=0) and not self.inputs.closed:
                await asyncio.sleep(0.02)

    # recordings

    def _run_recorded(self, speed: float) -> None:
        indices = [i for i in self._recorded if self.feeds[i].address.speed == speed]
        lanes = [timed(self._read(i), i, self.healths[i]) for i in indices]
        timeline = merge(lanes)
        for item in self._paced(timeline, speed):
            while not self.inputs.put(item, timeout=PATIENCE_S):
                if self._stopped.is_set() or self.inputs.closed:
                    break
            if self._stopped.is_set():
                break
        for i in indices:
            if self.healths[i].state != "failed":
                self.healths[i].state = "ended"

    def _paced(self, timeline: Iterator[tuple[float, Batch | Sector]], speed: float) -> Iterator[Input | TickRun]:
        if not self.ticking:
            return pace((item for _, item in timeline), speed, self.clock, self._stopped.wait)
        if speed == math.inf:
            return with_runs(timeline)
        return pace(with_ticks(timeline), speed, self.clock, self._stopped.wait)

    def _read(self, index: int) -> Iterator[Batch | Sector]:
        address, health = self.feeds[index].address, self.healths[index]
        try:
            yield from read(address, index, self.sensors, health, self.clock, self.tap)
        except BadInput as error:
            _failed(health, str(error))
        except Exception as error:
            log.exception("feed %s stopped by a bug", address.text)
            _failed(health, f"{address.text}: stopped by an error in this program ({type(error).__name__})")


async def _singly(transport: Transport) -> AsyncGenerator[list[Chunk]]:
    chunks = transport.chunks()
    try:
        async for chunk in chunks:
            yield [chunk]
    finally:
        aclose = getattr(chunks, "aclose", None)
        if aclose is not None:
            await aclose()


def _failed(health: Health, problem: str) -> None:
    health.state, health.problem = "failed", problem  # whoever runs the hub tells it
    log.info("%s", problem)


class _GuardedStage:
    """A stage that survives a bug: the chunk is refused as "internal error" and a fresh stage goes on."""

    def __init__(self, make: Callable[[], Stage], health: Health) -> None:
        self._make, self._health, self._stage, self._bugs = make, health, make(), 0

    def take(self, *chunks: Chunk) -> Sequence[Batch | Sector]:
        try:
            return self._stage.take(*chunks)
        except Exception:
            self._bugs += 1
            if self._bugs <= LOUD:
                log.exception("feed %s: a bug while decoding %d chunks", self._health.url, len(chunks))
            for chunk in chunks:
                self._health.refuse(chunk.received, "internal error", chunk.data)
            self._stage = self._make()
            return ()

    def finish(self) -> Sequence[Batch | Sector]:
        return self._stage.finish()


def guarded_stage(address: FeedAddress, index: int, sensors: SensorRegistry, health: Health) -> Stage:
    """The stage of a live feed, with a guard against bugs."""
    return _GuardedStage(lambda: open_stage(address, index, sensors, health), health)
