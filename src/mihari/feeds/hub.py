"""All feeds of a node, run side by side: live ones in one asyncio thread, recordings in one thread per speed.

Each feed is guarded: one that cannot be used is shown as failed, in one sentence, and the others go on. A bug in a
decoder is logged with its traceback, costs the chunk it happened in, and is counted as "internal error". Feeds may be
added and removed while it runs (`change`); those that stay do not notice.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial

from mihari.core.errors import BadInput
from mihari.core.health import FeedHealth, Health
from mihari.feeds.inputs import InputQueue
from mihari.feeds.line import FeedSpec, Line, Runner, Tap
from mihari.feeds.recordings import Recordings
from mihari.feeds.registry import SensorRegistry
from mihari.feeds.relay import OutputSpec, Relays, check
from mihari.feeds.stage import warm
from mihari.feeds.transport import Clock, Outgoing

STOP_S = 1.0  # every feed is gone by then
LOOK_S = 0.01  # how often it is looked whether all have ended
REMOVED = 32  # removed feeds that health still shows
LINES = 30_000  # feeds of one run; their indices are 16-bit numbers in reports


class Hub:
    """Runs feeds and puts what they give into one `InputQueue`.

    The index of a feed is its place in `feeds`; outputs come behind them, feeds that are added later behind those, and
    no index is given twice. `clock` stamps what comes in, `rng` jitters reconnections; `tap` sees every chunk
    before it is decoded (for the archive; called in the feeds' threads). Where all feeds are recordings of one speed,
    the queue also gets the ticks of their timeline (`ticking`); else the node makes them. `next_due` is given on to
    the queue (see `InputQueue`).
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
        outputs: Sequence[OutputSpec] = (),
    ) -> None:
        self.sensors, self.clock, self.inputs = sensors, clock, inputs
        self.rng = rng or random.Random(0)
        if next_due is not None:
            inputs.next_due = next_due
        check(feeds, outputs)
        self.outputs = tuple(outputs)
        self._runner = Runner(sensors, clock, inputs, tap)
        self._lines: list[Line] = []
        self._relays = Relays()
        self._add(feeds)
        self._relays.wire(self._lines, self.outputs, self._new_output)
        speeds = {f.address.speed for f in feeds if not f.address.live}
        self.ticking = not any(line.live and not line.outgoing for line in self._lines) and len(speeds) == 1
        self._recordings = Recordings(self._runner, self.ticking)
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._main: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()
        self._warmed: set[str] = set()
        self._started = self._running = False

    @property
    def tap(self) -> Tap | None:
        """What sees every chunk before it is decoded."""
        return self._runner.tap

    @tap.setter
    def tap(self, tap: Tap | None) -> None:
        self._runner.tap = tap

    @property
    def feeds(self) -> tuple[FeedSpec, ...]:
        """All feeds and outputs that there are or were, by index."""
        return tuple(line.spec for line in self._lines)

    @property
    def healths(self) -> tuple[Health, ...]:
        """The counts of all feeds and outputs, by index."""
        return tuple(line.health for line in self._lines)

    def start(self) -> None:
        """Start all feeds; returns at once."""
        self._started = True
        self._begin(self._lines)

    def change(self, feeds: Sequence[FeedSpec], outputs: Sequence[OutputSpec] = ()) -> None:
        """From now on these feeds and outputs: new ones start, missing ones stop, the others run on without a gap.

        May be called from any thread. BadInput, and nothing is changed, where they cannot be run.
        """
        check(feeds, outputs)
        with self._lock:
            kept, new = self._matched(feeds)
            old = [line for line in self._lines if not (line.removed or line.outgoing or line in kept)]
            if self.ticking and (old or new):
                raise BadInput("a node that only plays recordings keeps its feeds until it ends; start it again")
            if len(self._lines) + len(new) + len(outputs) > LINES:
                raise BadInput(f"the feeds were changed too often; expected at most {LINES} in one run: start it again")
            for line in old:
                line.removed = True
                line.health.state, line.health.problem = "removed", ""
            for line, spec in kept.items():
                line.spec, line.health.name, line.health.url = spec, spec.address.name, spec.address.text
            added = self._add(new)
            self.outputs = tuple(outputs)
            added += self._relays.wire(self._lines, self.outputs, self._new_output)
            if self._started:
                self._begin(added)

    def stop(self) -> None:
        """Ask all feeds to end; sockets are closed within a second. May be called from any thread, and twice."""
        self._stopped.set()
        loop, main = self._loop, self._main
        if loop is not None and main is not None and not loop.is_closed():
            with contextlib.suppress(RuntimeError):  # it closed in between
                loop.call_soon_threadsafe(main.cancel)

    def join(self, timeout: float | None = None) -> bool:
        """Wait until all feeds have ended, at most `timeout` s; whether they have."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while not self.ended and (deadline is None or time.monotonic() < deadline):
            time.sleep(LOOK_S)
        if self._stopped.is_set():
            for thread in self._threads:
                thread.join(None if deadline is None else max(deadline - time.monotonic(), 0.0))
        return self.ended

    @property
    def ended(self) -> bool:
        """Whether no feed will give anything any more."""
        return self._started and all(line.over for line in self._lines if not line.outgoing)

    def health(self) -> tuple[FeedHealth, ...]:
        """A snapshot of every feed and output, by index; of those removed the last `REMOVED` only."""
        now, lines = self.clock(), list(self._lines)
        removed = [line.index for line in lines if line.removed]
        left_out = set(removed[: max(len(removed) - REMOVED, 0)])
        return tuple(line.health.snapshot(now) for line in lines if line.index not in left_out)

    def send(self, feed: str, data: bytes) -> bool:
        """Send one piece over the connection of the live feed of that name; whether it has one. From any thread."""
        there = (line for line in list(self._lines) if not (line.removed or line.over or line.outgoing))
        line = next((line for line in there if line.spec.address.name == feed), None)
        if line is None or self._loop is None or not isinstance(line.transport, Outgoing):
            return False
        with contextlib.suppress(RuntimeError):  # it closed in between
            self._loop.call_soon_threadsafe(line.send, data)
            return True
        return False

    def tell(self, output: str, pieces: Sequence[bytes]) -> None:
        """Send pieces to the node's own output with this address (its text). From any thread; nothing waits for it."""
        there = self._relays.own(output)
        if there is None or self._loop is None or not pieces:
            return
        line, topic = there
        with contextlib.suppress(RuntimeError):  # it closed in between
            self._loop.call_soon_threadsafe(line.send_all, pieces, topic)

    def __enter__(self) -> Hub:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self.join(STOP_S)

    # lines

    def _add(self, feeds: Sequence[FeedSpec], outgoing: bool = False) -> list[Line]:
        added = []
        for spec in feeds:
            health = Health(len(self._lines), spec.address.name, spec.address.text, format=spec.address.format)
            health.outgoing, health.since = outgoing, self.clock()
            added.append(Line(len(self._lines), spec, health, outgoing))
            self._lines.append(added[-1])
        return added

    def _new_output(self, spec: FeedSpec) -> Line:
        return self._add([spec], outgoing=True)[0]

    def _matched(self, feeds: Sequence[FeedSpec]) -> tuple[dict[Line, FeedSpec], list[FeedSpec]]:
        """The lines that stay, with what they are now; and the feeds that are new."""
        kept: dict[Line, FeedSpec] = {}
        new = []
        for spec in feeds:
            there = (x for x in self._lines if not (x.removed or x.outgoing or x in kept) and x.spec.same(spec))
            line = next(there, None)
            if line is None:
                new.append(spec)
            else:
                kept[line] = spec
        return kept, new

    def _begin(self, added: Sequence[Line]) -> None:
        if any(line.live for line in added) and not self._running:
            self._running = True
            self._thread("feeds", lambda: asyncio.run(self._run_live()))
        elif self._loop is not None:
            with contextlib.suppress(RuntimeError):  # stopped in between
                self._loop.call_soon_threadsafe(self._changed.set)
        recordings = [line for line in added if not line.live]
        for speed in sorted({line.spec.address.speed for line in recordings}):
            lines = [line for line in recordings if line.spec.address.speed == speed]
            self._thread(f"replay-{speed:g}", partial(self._recordings.run, lines, speed, self._stopped))

    def _thread(self, name: str, run: Callable[[], None]) -> None:
        thread = threading.Thread(target=run, name=name, daemon=True)
        self._threads = [t for t in self._threads if t.is_alive()] + [thread]
        thread.start()

    # live feeds

    async def _run_live(self) -> None:
        self._loop, self._main = asyncio.get_running_loop(), asyncio.current_task()
        try:
            while not self._stopped.is_set():
                self._changed.clear()
                await self._follow()
                await self._changed.wait()
        except asyncio.CancelledError:
            pass
        finally:
            await self._cancel([line for line in self._lines if line.live])

    async def _follow(self) -> None:
        """Stop what was removed, then start what is new: a place that was given up may be taken again."""
        lines = [line for line in list(self._lines) if line.live and not line.over]
        await self._cancel([line for line in lines if line.removed])
        new = [line for line in lines if line.task is None and not line.removed]
        await self._warm({line.spec.address.format for line in new})
        for line in new:
            rng = random.Random(self.rng.random())
            line.task = asyncio.create_task(self._runner.run(line, rng), name=line.spec.address.text)

    async def _cancel(self, lines: Sequence[Line]) -> None:
        tasks = [line.task for line in lines if line.task is not None]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=STOP_S)
        for line in lines:
            if line.task is None:
                line.over = True
                line.health.state = "removed" if line.removed else "ended"

    async def _warm(self, formats: set[str]) -> None:
        """Compile what the feeds need; in a thread of its own, which a stop does not wait for."""
        loop, done = asyncio.get_running_loop(), asyncio.Event()

        def work() -> None:
            try:
                for format in sorted(formats - self._warmed):
                    warm(format)
            finally:
                with contextlib.suppress(RuntimeError):  # the loop is gone: stopped in between
                    loop.call_soon_threadsafe(done.set)

        threading.Thread(target=work, name="warm", daemon=True).start()
        await done.wait()
        self._warmed |= formats
