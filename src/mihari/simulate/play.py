"""Datagrams with their times -> the same datagrams when they are due; what is sent where is the caller's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

from mihari.simulate.aboard.fleet import Inbox, nothing
from mihari.simulate.aboard.stills import Stills
from mihari.simulate.datagram import Datagram
from mihari.simulate.simulation import Simulation

Sleep = Callable[[float], Awaitable[None]]


async def paced(
    datagrams: Iterable[Datagram],
    start: float,
    speed: float,
    clock: Callable[[], float],
    sleep: Sleep = asyncio.sleep,
) -> AsyncIterator[Datagram]:
    """Each datagram when it is due: `start` (UTC s of the data) is now, and `speed` seconds of data pass in one.

    `clock` gives seconds that only grow (time.monotonic will do). After a hold-up what is overdue comes at once.
    """
    began = clock()
    for datagram in datagrams:
        wait = began + (datagram.time - start) / speed - clock()
        if wait > 0:
            await sleep(wait)
        yield datagram


async def play(
    simulation: Simulation,
    speed: float,
    clock: Callable[[], float],
    send: Callable[[str, bytes], object],
    duration: float | None = None,
    sleep: Sleep = asyncio.sleep,
    inbox: Inbox = nothing,
    stills: Stills | None = None,
) -> int:
    """Send the simulation's datagrams live; returns how many. `send(channel, data)` must not block.

    `inbox` and `stills`: as of `Simulation.stream`. For data times that agree with the wall clock, play
    `simulation.at(now)`.
    """
    sent = 0
    datagrams = simulation.stream(duration, inbox=inbox, stills=stills)
    async for datagram in paced(datagrams, simulation.scenario.start, speed, clock, sleep):
        send(datagram.channel, datagram.data)
        sent += 1
    return sent
