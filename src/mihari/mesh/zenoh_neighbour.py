"""One neighbour over Zenoh: what is subscribed and published for it while its link is up."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock
from typing import Any

import zenoh

from mihari.mesh.inbox import Inbox, too_long
from mihari.mesh.metering import Meter
from mihari.mesh.sending import Outlet
from mihari.mesh.transport import FRAME_MAX, Arrival, Down, Event, Lane, Refused, Up
from mihari.mesh.zenoh_config import key_of

PRIORITIES = {
    Lane.ALARM: zenoh.Priority.INTERACTIVE_HIGH,
    Lane.CONTROL: zenoh.Priority.DATA_HIGH,
    Lane.LIVE: zenoh.Priority.DATA,
    Lane.HISTORY: zenoh.Priority.DATA_LOW,
}
LANES = {str(int(lane)): lane for lane in Lane}
NO_FRAME = "bytes that made no frame"  # of messages too long for Zenoh to take in
EARLY = 256  # frames that come before the link is told to be up


class Neighbour:
    """Made and ended in the transport's thread, where Zenoh may be called; frames come in threads of Zenoh.

    It is up once its subscription to us is known: what is put before goes nowhere.
    """

    def __init__(
        self, session: zenoh.Session, me: str, up: Up, inbox: Inbox, ready: Callable[[], None], wait: float
    ) -> None:
        """`ready` is called when it may be up; `wait`: s that Zenoh waits for room before it drops a frame."""
        self.peer, self._up, self._inbox = up.peer, up, inbox
        self._lock, self._state, self._early = Lock(), "opening", list[Event]()
        self._frames = self._octets = 0
        self._meter = Meter()
        self._subscriber: Any = session.declare_subscriber(key_of(me, self.peer), self._on_sample)
        publishers = {lane: _publisher(session, key_of(self.peer, me, int(lane)), lane) for lane in Lane}
        self._outlets = {
            lane: Outlet(_putting(one, wait), one.undeclare, f"mesh to {self.peer} {lane.name.lower()}")
            for lane, one in publishers.items()
        }
        self._matching: Any = publishers[Lane.CONTROL].declare_matching_listener(
            lambda status: ready() if status.matching else None
        )
        if publishers[Lane.CONTROL].matching_status.matching:
            ready()

    def send(self, frame: bytes, lane: Lane) -> bool:
        """Whether the link is up and there was room; never waits."""
        return self._state == "up" and self._outlets[lane].send(frame)

    def account(self, read: int, now: float) -> None:
        """`read`: bytes that its link brought up to `now`; what made no frame is told as refused."""
        if waste := self._meter.waste(read, self._frames, self._octets, now):
            self._inbox.put(Refused(self.peer, NO_FRAME, waste))

    def is_ready(self) -> None:
        """The neighbour hears us: the link is up, then what it said already."""
        with self._lock:
            if self._state == "opening":
                self._state = "up"
                for event in (self._up, *self._early):
                    self._inbox.put(event)
                self._early.clear()

    def end(self) -> None:
        """The link is gone."""
        with self._lock:
            before, self._state = self._state, "gone"
            if before == "up":
                self._inbox.put(Down(self.peer))
        self._matching.undeclare()  # before its publisher, which takes it along
        self._subscriber.undeclare()
        for outlet in self._outlets.values():
            outlet.end()

    def _on_sample(self, sample: zenoh.Sample) -> None:
        self._frames, self._octets = self._frames + 1, self._octets + len(sample.payload)
        event = self._event(sample)
        with self._lock:
            if self._state == "up":
                self._inbox.put(event)
            elif self._state == "opening" and len(self._early) < EARLY:
                self._early.append(event)

    def _event(self, sample: zenoh.Sample) -> Event:
        size, lane = len(sample.payload), LANES.get(str(sample.key_expr).rpartition("/")[2])
        if lane is None or sample.kind != zenoh.SampleKind.PUT:
            return Refused(self.peer, "no frame of a lane", size)
        if size > FRAME_MAX:
            return too_long(self.peer, size)
        return Arrival(self.peer, lane, sample.payload.to_bytes())


def _publisher(session: zenoh.Session, key: str, lane: Lane) -> Any:
    # never BLOCK: when its link dies a blocked `put` holds up all other links until wait_before_close is over
    return session.declare_publisher(
        key, priority=PRIORITIES[lane], congestion_control=zenoh.CongestionControl.DROP, express=lane is Lane.ALARM
    )


def _putting(publisher: Any, wait: float) -> Callable[[bytes], bool]:
    """What hands a frame over and tells whether it was taken: Zenoh does not, but it drops only after `wait`."""

    def put(frame: bytes) -> bool:
        begin = time.monotonic()
        publisher.put(frame)
        return time.monotonic() - begin < wait

    return put
