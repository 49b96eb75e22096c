"""One link, as this side sees it: what waits to be told, what is under way, what the other side has and wants.

Frames under way never exceed the profile's window: what an alarm stands behind is short, whatever waits here.
"""

from __future__ import annotations

import math
from collections import Counter, OrderedDict, deque
from dataclasses import dataclass, field

from mihari.mesh.batches import Stream
from mihari.mesh.bulk import BULK
from mihari.mesh.profiles import Profile
from mihari.mesh.transport import Lane
from mihari.mesh.wire import Extent, Reach

OVERHEAD = 110  # bytes on the wire beside a frame's own: IP, TCP, TLS, carrier, and the acknowledgement of TCP
STEP_S = 0.5  # two measurements further apart than their ways allow, and this, are of a clock that was set
ACKED = (Lane.ALARM, Lane.LIVE, Lane.HISTORY)
LATE_S, LATE_ALARM_S = 20.0, 6.0  # s after which a frame that nobody acknowledges is told again
Ref = tuple[Stream, int]  # a batch


@dataclass(slots=True)
class Inbound:
    """What has come: by lane the highest number; numbers that were skipped.

    An acknowledgement may be lost itself: what was skipped is told in three of them.
    """

    session: int = -1
    highest: dict[int, int] = field(default_factory=dict)
    lost: list[tuple[int, int]] = field(default_factory=list)  # not told yet
    before: tuple[list[tuple[int, int]], ...] = ([], [])  # told in the last acknowledgement, in the one before
    unacked: int = 0  # bytes
    since: float = math.inf  # steady s of the first frame that is not acknowledged

    def take(self, lane: Lane, number: int, size: int, now: float) -> None:
        """A frame that is counted has come."""
        before = self.highest.get(lane, 0)
        if number > before:
            self.lost += [(int(lane), n) for n in range(max(before + 1, number - 1000), number)]
            self.highest[lane] = number
        self.unacked += size + OVERHEAD
        self.since = min(self.since, now)

    def begin(self, session: int) -> None:
        """The other side has begun anew."""
        self.session, self.highest, self.lost, self.unacked, self.since = session, {}, [], 0, math.inf
        self.before = ([], [])

    def acknowledged(self) -> list[tuple[int, int]]:
        """All is acknowledged now: (lane, number) of what was skipped, to be told with it."""
        told = [*self.lost, *self.before[0], *self.before[1]]
        self.before, self.lost, self.unacked, self.since = (self.lost, self.before[0]), [], 0, math.inf
        return told[:1000]


@dataclass(slots=True)
class Flight:
    """A frame under way."""

    size: int
    refs: list[Ref]
    sent: float


@dataclass(slots=True)
class Clock:
    """How far the other side's clock is ahead of ours, s: the sample of the shortest way there and back of the last."""

    samples: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=8))  # (round trip s, offset s)

    def heard(self, sent: float, answered: float, now: float) -> None:
        """An answer came at `now` (UTC s) to what was `sent`."""
        trip, offset = now - sent, answered - (sent + now) / 2
        if not 0 <= trip < 120:
            return
        if self.samples and abs(offset - self.offset) > STEP_S + (trip + self.round_trip) / 2:
            self.samples.clear()  # one of the two clocks was set
        self.samples.append((trip, offset))

    @property
    def offset(self) -> float:
        """NaN where nothing is known."""
        return min(self.samples)[1] if self.samples else math.nan

    @property
    def sure(self) -> bool:
        """Whether it was measured often enough."""
        return len(self.samples) >= 3

    @property
    def round_trip(self) -> float:
        """The shortest of the last, s; NaN where nothing is known."""
        return min(self.samples)[0] if self.samples else math.nan


@dataclass(slots=True)
class Link:
    """A link to a neighbour. `session` is drawn anew whenever it comes up."""

    peer: str
    profile: Profile
    session: int
    up_at: float  # steady s
    name: str = ""
    address: str = ""
    greeted: bool = False  # their hello has come and their certificate holds
    theirs: dict[str, Reach] = field(default_factory=dict)  # by author
    extents: dict[Stream, Extent] = field(default_factory=dict)
    wants: dict[str, set[int]] = field(default_factory=dict)
    extents_told: set[Stream] = field(default_factory=set)  # of which they have had our numbers
    asked: set[Stream] = field(default_factory=set)  # of which they ask for our numbers
    doubts: set[Stream] = field(default_factory=set)  # of which we ask for theirs
    waiting: dict[Stream, dict[int, None]] = field(default_factory=dict)
    order: deque[Ref] = field(default_factory=deque)  # of what waits on a thin link, as it was judged last
    judged: float = -math.inf
    told: dict[tuple[str, int], dict[int, float]] = field(default_factory=dict)  # (author, kind) -> key -> steady s
    numbers: dict[Lane, int] = field(default_factory=dict)
    flights: OrderedDict[tuple[int, int], Flight] = field(default_factory=OrderedDict)
    under_way: int = 0  # bytes
    inbound: Inbound = field(default_factory=Inbound)
    clock: Clock = field(default_factory=Clock)
    heard: float = -math.inf  # steady s of the last frame
    hello_due: float = -math.inf
    summary_due: float = -math.inf
    ping_due: float = -math.inf
    bulk_due: float = -math.inf  # of a thin link: steady s from which on its share for bulk is there again
    sent_bytes: int = 0
    got_bytes: int = 0
    resent: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    tokens: float = 0.0  # of what may come in, frames
    tokens_at: float = -math.inf

    @property
    def room(self) -> int:
        """Bytes that may be sent now."""
        return self.profile.window - self.under_way

    def under_way_in(self, lane: Lane) -> int:
        """Bytes under way in a lane."""
        return sum(flight.size for (at, _), flight in self.flights.items() if at == lane)

    @property
    def backlog(self) -> int:
        """Batches that wait, without those that may wait for all else."""
        return sum(len(seqs) for stream, seqs in self.waiting.items() if stream.kind not in BULK)

    def wait(self, stream: Stream, seq: int) -> None:
        """A batch is to be told."""
        self.waiting.setdefault(stream, {})[seq] = None

    def fly(self, lane: Lane, frame: bytes, refs: list[Ref], now: float) -> None:
        """A frame that is acknowledged is under way."""
        size = len(frame) + OVERHEAD
        self.flights[int(lane), self.numbers[lane]] = Flight(size, refs, now)
        self.under_way += size

    def landed(self, highest: list[int], lost: list[tuple[int, int]]) -> list[Ref]:
        """An acknowledgement has come; the batches that did not arrive."""
        missing: list[Ref] = []
        for lane, number in lost:
            flight = self.flights.pop((lane, number), None)
            if flight is not None:
                self.under_way -= flight.size
                missing += flight.refs
        top = dict(zip((int(lane) for lane in ACKED), highest, strict=False))
        for key in [k for k in self.flights if k[1] <= top.get(k[0], 0)]:
            self.under_way -= self.flights.pop(key).size
        return missing

    def overdue(self, now: float) -> list[Ref]:
        """Batches of frames that nobody has acknowledged for long: they or the acknowledgement were lost."""
        over = [key for key, flight in self.flights.items() if now - flight.sent > self._late(key[0], flight.size)]
        missing: list[Ref] = []
        for key in over:
            flight = self.flights.pop(key)
            self.under_way -= flight.size
            missing += flight.refs
        return missing

    def _late(self, lane: int, size: int) -> float:
        """Seconds after which a frame of that size should have been acknowledged, whatever else is under way."""
        rate = self.profile.rate
        queued = 4 * (self.profile.window + size) / rate if rate else 0.0
        return queued + (LATE_ALARM_S if lane == Lane.ALARM else LATE_S)

    def next_number(self, lane: Lane) -> int:
        """The number of the lane's next frame."""
        self.numbers[lane] = self.numbers.get(lane, 0) + 1
        return self.numbers[lane]
