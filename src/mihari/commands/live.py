"""A simulation played to sockets: which channel goes where, pacing by the wall clock, the truth kept for the judge."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from mihari.core.errors import BadInput
from mihari.core.interrupts import ask_again, lost_in
from mihari.feeds.send import UdpSender

KINDS = {"ais", "radar", "sat", "mavlink", "klv", "imc"}


class Senders:
    """Channel -> UDP address: `ais=udp://…` takes all AIS stations, `radar=…` all radars, `radar-1=…` one.

    Of a scenario that is given, a site's name takes all that its sensors send, `SITE/ais` or `SITE/radar` one kind.

    >>> from mihari.simulate import load
    >>> senders = Senders(["ais=udp://:10110", "radar-1=udp://:8601", "kume=udp://:8602"], load("coast"))
    >>> [senders.of(channel).address.port for channel in ("ais-0", "ais-1", "radar-0", "radar-1")]
    [8602, 10110, 8602, 8601]
    >>> senders.of("radar-2")
    >>> senders.close()
    """

    def __init__(self, told: Sequence[str], scenario: Any = None) -> None:
        """BadInput for an address that is none, or a name that nothing in the scenario has."""
        from mihari.simulate.sites import names, sites

        self._names = {} if scenario is None else names(scenario)
        known = {name for found in self._names.values() for name in found} | KINDS
        known |= set() if scenario is None else {one.name for one in sites(scenario)}
        self._by_name: dict[str, UdpSender] = {}
        for text in told:
            name, _, address = text.partition("=")
            if not address:
                raise BadInput(
                    f"--send {text}: expected NAME=udp://HOST:PORT, NAME being ais, radar, radar-0 or a site"
                )
            if scenario is not None and name not in known:
                raise BadInput(f"--send {text}: nothing is named {name!r}; known are {', '.join(sorted(known))}")
            self._by_name[name] = UdpSender(address)

    def of(self, channel: str) -> UdpSender | None:
        """Where a channel's datagrams go; None: nowhere."""
        kind = channel.partition("-")[0]
        found = self._names.get(channel, (channel, kind))
        return next((self._by_name[name] for name in found if name in self._by_name), None)

    def send(self, channel: str, data: bytes) -> None:
        """Send one datagram, if its channel goes anywhere."""
        sender = self.of(channel)
        if sender is not None:
            sender.send(data)

    def heard(self, channel: str) -> list[bytes]:
        """What came back for a channel."""
        sender = self.of(channel)
        return [] if sender is None else sender.heard()

    def close(self) -> None:
        """Give all sockets back."""
        for sender in self._by_name.values():
            sender.close()


def play_live(
    scenario: Any,
    senders: Senders,
    speed: float,
    truth: Path | None,
    told: bool = False,
    with_parent: bool = False,
    duration: float | None = None,
    stills_port: int = 0,
) -> None:
    """Play a scenario from now on until its end (or for `duration` s of data) or Ctrl-C; then the truth is written.

    `told`: print "ready START" (UTC s of the first datum) on standard output when the first datagram is about to
    leave, for a program that started this one. `with_parent`: end when standard input does, as it does with the
    program that holds its other end. `stills_port`: where pictures that craft take can be had (0: any that is free).
    """
    import asyncio

    from mihari.simulate import Simulation, play
    from mihari.simulate.aboard.stills import Stills, serving
    from mihari.simulate.recordings import write_truth

    stopping = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.set()
        if lost_in(frame):
            ask_again(number)
            return
        raise KeyboardInterrupt

    def send(channel: str, data: bytes) -> None:
        if stopping.is_set():  # the interruption was lost, as it is where Python cannot raise
            raise KeyboardInterrupt
        senders.send(channel, data)

    signal.signal(signal.SIGTERM, stop)
    simulation = Simulation(scenario)  # the slow part before the clock is read
    simulation = simulation.at(float(int(time.time()) + 1))
    time.sleep(max(0.0, simulation.scenario.start - time.time()))
    began = time.monotonic()
    if with_parent:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    if told:
        print(f"ready {simulation.scenario.start}", flush=True)
    try:
        with contextlib.ExitStack() as stack:
            stills = Stills()
            if simulation.scenario.crafts:
                stack.enter_context(serving(stills, stills_port))
            asyncio.run(play(simulation, speed, time.monotonic, send, duration, inbox=senders.heard, stills=stills))
    except KeyboardInterrupt:
        pass
    finally:
        senders.close()
        if truth is not None:
            write_truth(simulation, truth, (time.monotonic() - began) * speed)


def _end_with_parent() -> None:
    """The program that started this one holds the other end of standard input for as long as it lives."""
    stdin = sys.stdin.fileno()  # not through sys.stdin: the end of the program would wait for its lock
    while os.read(stdin, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
