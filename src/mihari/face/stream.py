"""The face's state -> each browser's stream of frames: newest state, never a backlog.

One turn serves all browsers that are ready; those still being written to are passed over and later get whatever is
then new. Browsers in step with the same view share one payload. Turns come at least `MIN_INTERVAL_S` apart, further
when they are costly, so that streaming takes little more than `SHARE` of one processor core however many look on.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import numpy as np

from mihari.face import frames
from mihari.face.frames import Kind
from mihari.face.news import NOTHING_SHOWN, News, news_for
from mihari.face.state import FaceState
from mihari.face.view import View, inside_box

MIN_INTERVAL_S = 0.05
MAX_INTERVAL_S = 1.0
FREE_S = 0.0007  # of a turn do not count: a browser or two are served at every `MIN_INTERVAL_S`
SHARE = 0.0125  # of a core, for turns and their sending
PULSE_S = 0.25
HEARTBEAT_S = 0.7  # silence after which the next pulse sends a heartbeat: one comes within a second
STUCK_S = 30.0  # a browser that takes nothing for so long is closed
MAX_BROWSERS = 500
PER_MESSAGE = 2000  # identities in one JSON message

Send = Callable[[bytes], Awaitable[None]]
Body = tuple[Kind, int, int, bytes | memoryview]  # kind, count, removed, payload


class Browser:
    """One WebSocket: its view, what it shows, and at most one turn's frames on their way to it."""

    def __init__(self, send: Send) -> None:
        self.view, self.shown = View(), NOTHING_SHOWN
        self.sequence = 0
        self.version = -1  # of the state: JSON messages up to here were told
        self.sent_at = float("-inf")
        self._send, self._outbox = send, list[bytes]()
        self._ready = asyncio.Event()

    @property
    def busy(self) -> bool:
        """Whether frames are still on their way."""
        return bool(self._outbox)

    def post(self, messages: list[bytes], now: float) -> None:
        """Hand over frames to send; only when not busy."""
        self._outbox, self.sent_at = messages, now
        self._ready.set()

    async def run(self) -> None:
        """Send what is posted until the connection ends."""
        while True:
            await self._ready.wait()
            self._ready.clear()
            for message in self._outbox:
                await self._send(message)
            self._outbox = []


class Hub:
    """All browsers of this face. `clock`: monotonic s; `cost`: processor s this thread has used so far."""

    def __init__(
        self,
        state: FaceState,
        clock: Callable[[], float] = time.monotonic,
        cost: Callable[[], float] = time.thread_time,
    ) -> None:
        self.state, self.browsers = state, dict[Browser, asyncio.Task[None]]()
        self.interval = MIN_INTERVAL_S
        self._clock, self._cost = clock, cost
        self._turned_at = float("-inf")
        self._costs: deque[float] = deque(maxlen=5)
        self._turn: asyncio.TimerHandle | None = None
        self._pulse: asyncio.TimerHandle | None = None

    def add(self, browser: Browser) -> asyncio.Task[None]:
        """Begin to serve a browser; the task ends when its connection does."""
        task = asyncio.get_running_loop().create_task(browser.run())
        self.browsers[browser] = task
        self.wake()
        if self._pulse is None:
            self._pulse = asyncio.get_running_loop().call_later(PULSE_S, self._beat)
        return task

    def remove(self, browser: Browser) -> None:
        """Serve it no longer."""
        task = self.browsers.pop(browser, None)
        if task is not None:
            task.cancel()

    def wake(self) -> float:
        """Something is new: take a turn as soon as the interval allows. Says how long nothing newer is wanted, s."""
        if self._turn is None and self.browsers:
            delay = max(0.0, self._turned_at + self.interval - self._clock())
            self._turn = asyncio.get_running_loop().call_later(delay, self._take_turn)
        return self.interval

    def _take_turn(self) -> None:
        self._turn, before, now = None, self._cost(), self._clock()
        self._turned_at = now
        self.state.settle()
        plots, shared = self.state.take_plots(), dict[Any, Any]()
        for browser in self.browsers:
            if not browser.busy:
                messages = [self._headed(browser, body) for body in self._bodies(browser, plots, shared)]
                if messages:
                    browser.post(messages, now)
        # after the senders that were just woken (callbacks are called in order), and a round later also after the
        # loop has written what they sent
        loop = asyncio.get_running_loop()
        loop.call_soon(loop.call_soon, self._pace, before)

    def _pace(self, before: float) -> None:
        """Choose the interval by the median processor time of the last turns: one costly turn is no reason."""
        self._costs.append(self._cost() - before)
        wanted = (statistics.median(self._costs) - FREE_S) / SHARE
        self.interval = min(max(wanted, MIN_INTERVAL_S), MAX_INTERVAL_S)

    def _bodies(self, browser: Browser, plots: list[Any], shared: dict[Any, Any]) -> Iterator[Body]:
        told = browser.version
        browser.version = self.state.version
        yield from self._shared(shared, ("first", told), lambda: self._static(told))
        if self.state.epoch:
            yield from self._vessels(browser, shared)
        if plots:
            yield from self._shared(shared, ("plots", browser.view.box), lambda: _plots(plots, browser.view))
        yield from self._shared(shared, ("news", told), lambda: self._messages(told))

    def _vessels(self, browser: Browser, shared: dict[Any, Any]) -> Iterator[Body]:
        view, shown = browser.view, browser.shown
        # the entry holds on to `shown`, so that no other can have its id meanwhile
        news: News = self._shared(shared, (view, id(shown)), lambda: (news_for(self.state, view, shown), shown))[0]
        browser.shown = news.shown
        if news:
            yield news.kind, news.count, news.removed, news.payload

    @staticmethod
    def _shared(shared: dict[Any, Any], key: Any, make: Callable[[], Any]) -> Any:
        if key not in shared:
            shared[key] = make()
        return shared[key]

    def _static(self, told: int) -> list[Body]:
        """What a browser needs before vessels make sense."""
        state, out = self.state, list[Body]()
        if state.node and state.node_version > told:
            out.append(_json(state.node))
        if state.sensors_version > told:
            out.append(_json({"type": "sensors", "sensors": state.sensors}))
        if state.cover_version > told:
            out.append(_json({"type": "cover", "nodes": state.cover}))
        return out

    def _messages(self, told: int) -> list[Body]:
        state, out = self.state, list[Body]()
        names, marks = state.identities.since(told), state.marks.since(told)
        out += [
            _json({"type": "identities", "identities": names[k : k + PER_MESSAGE]})
            for k in range(0, len(names), PER_MESSAGE)
        ]
        if marks:
            out.append(_json({"type": "marks", "marks": marks}))
        listed = (state.assets.news(told), state.reports.news(told))
        out += [_json(message) for message in listed if message is not None]
        if state.feeds_version > told:
            out.append(_json({"type": "feeds", "feeds": state.feeds}))
        out += [_json(message) for message in state.watched.news(told)]
        if state.health and state.health_version > told:
            out.append(_json({"type": "health", "health": state.health}))
        return out

    def _headed(self, browser: Browser, body: Body) -> bytes:
        kind, count, removed, payload = body
        browser.sequence += 1
        state = self.state
        header = frames.encode_header(
            kind, sequence=browser.sequence, count=count, removed=removed,
            picture=state.picture, time=state.time, base=state.base,
        )  # fmt: skip
        return b"".join((header, payload))

    def _beat(self) -> None:
        """Every pulse: heartbeats to the quiet, an end to the stuck."""
        now = self._clock()
        for browser, task in self.browsers.items():
            if browser.busy:
                if now - browser.sent_at > STUCK_S:
                    task.cancel()
            elif now - browser.sent_at >= HEARTBEAT_S:
                browser.post([self._headed(browser, (Kind.HEARTBEAT, 0, 0, b""))], now)
        loop = asyncio.get_running_loop()
        self._pulse = loop.call_later(PULSE_S, self._beat) if self.browsers else None


def _json(message: dict[str, Any]) -> Body:
    text = frames.encode_json(message)[frames.HEADER.size :]
    return Kind.JSON, len(text), 0, text


def _plots(plots: list[Any], view: View) -> list[Body]:
    lat, lon, sensor = (np.concatenate(column) for column in zip(*plots, strict=True))
    if view.box is not None:
        inside = inside_box(view.box, lat, lon)
        lat, lon, sensor = lat[inside], lon[inside], sensor[inside]
    return [(Kind.PLOTS, len(lat), 0, frames.plots_payload(lat, lon, sensor))] if len(lat) else []
