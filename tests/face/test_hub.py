"""The stream's rhythm, with a clock by hand: pacing, the stuck, shared work."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from made_up import NODE, Sea

from mihari.face import stream
from mihari.face.compose import Composer
from mihari.face.state import FaceState
from mihari.face.stream import Browser, Hub
from mihari.face.view import View


def test_a_browser_that_takes_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "STUCK_S", 0.1)
    monkeypatch.setattr(stream, "PULSE_S", 0.02)

    async def never(_: bytes) -> None:
        await asyncio.Event().wait()

    async def watch() -> None:
        hub = Hub(known_state())
        task = hub.add(Browser(never))
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(task, 30)

    asyncio.run(watch())


def test_turns_grow_apart_when_they_are_costly_and_come_back() -> None:
    costs = [0.0]

    async def watch() -> None:
        hub = Hub(known_state(), cost=lambda: costs[0])
        for _ in range(9):
            costs[0] += 0.01  # 10 ms of processor time a turn
            hub._pace(costs[0] - 0.01)
        apart = pytest.approx((0.01 - stream.FREE_S) / stream.SHARE)
        assert hub.interval == apart
        hub._pace(costs[0] - 5.0)  # one outlier changes nothing
        assert hub.interval == apart
        for _ in range(9):
            hub._pace(costs[0])
        assert hub.interval == stream.MIN_INTERVAL_S

    asyncio.run(watch())


def test_browsers_in_step_with_one_view_share_one_piece_of_work(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[View] = []
    news_for = stream.news_for

    def counted(state: FaceState, view: View, shown: Any) -> Any:
        made.append(view)
        return news_for(state, view, shown)

    monkeypatch.setattr(stream, "news_for", counted)

    async def swallow(_: bytes) -> None:
        pass

    async def watch() -> None:
        state = known_state()
        hub = Hub(state)
        browsers = [Browser(swallow) for _ in range(20)]
        for browser in browsers:
            hub.add(browser)
        browsers[0].view = View(categories=2)
        await asyncio.sleep(0.3)
        turns = {b.sequence for b in browsers}
        assert len(turns) <= 2
        assert len(made) == 2
        for browser in browsers:
            hub.remove(browser)
        await asyncio.sleep(0)

    asyncio.run(watch())


def known_state() -> FaceState:
    state = FaceState()
    for raw in Composer(NODE).frames_for(Sea(10).picture(1e9)):
        state.apply(raw)
    return state
