"""What several feed tests need: a port, a hub on loopback, sentences, waiting for something to hold."""

from __future__ import annotations

import contextlib
import functools
import operator
import queue
import socket
import time
from collections.abc import Callable, Iterator

from mihari.core.reports import Batch, Input, Sector
from mihari.feeds import FeedAddress, FeedSpec, Hub, InputQueue, SensorRegistry

PATIENCE_S = 150.0  # kernels may have to be compiled first, on a busy machine
QUIET_S = 1.0
REAL = (
    b"!AIVDM,1,1,,A,15MgK45P3@G?fl0E`JbR0OwT0@MS,0*4E"  # MMSI 366730000 at 37.8038 N, 122.3925 W (gpsd's documentation)
)


def free_port(kind: int = socket.SOCK_DGRAM) -> int:
    with socket.socket(socket.AF_INET, kind) as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def until(holds: Callable[[], bool], patience: float = PATIENCE_S) -> None:
    deadline = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def checked(body: bytes) -> bytes:
    """A tag block or sentence body with its checksum."""
    return body + b"*%02X" % functools.reduce(operator.xor, body, 0)


def at_time(c: float, sentence: bytes = REAL) -> bytes:
    """The sentence with a tag block that says when it was received."""
    return b"\\" + checked(b"c:%d" % c) + b"\\" + sentence + b"\r\n"


@contextlib.contextmanager
def running(*addresses: str | FeedAddress | FeedSpec, **options: object) -> Iterator[tuple[Hub, InputQueue]]:
    specs = [a if isinstance(a, FeedSpec) else FeedSpec(_parsed(a)) for a in addresses]
    inputs = InputQueue()
    hub = Hub(specs, SensorRegistry(), time.time, inputs, **options)  # type: ignore[arg-type]
    hub.start()
    try:
        yield hub, inputs
    finally:
        hub.stop()
        inputs.close()
        hub.join(5.0)


def _parsed(a: str | FeedAddress) -> FeedAddress:
    return a if isinstance(a, FeedAddress) else FeedAddress.parse(a, "ais")


def listening(hub: Hub, index: int = 0) -> None:
    until(lambda: hub.health()[index].state in ("listening", "connected", "failed"))


def drained(inputs: InputQueue) -> list[Input]:
    """All that is queued. A message is counted a moment before it is queued, so an open queue must be quiet first."""
    found = []
    with contextlib.suppress(queue.Empty):
        while True:
            found.append(inputs.get(timeout=QUIET_S))
    return found


def told(inputs: list[Input]) -> list[int]:
    """The MMSI of all reports, in order."""
    return [m for i in inputs if isinstance(i, Batch) for m in i.claims.mmsi[i.reports.claim].tolist()]


def swept(inputs: list[Input]) -> list[Sector]:
    return [i for i in inputs if isinstance(i, Sector)]
