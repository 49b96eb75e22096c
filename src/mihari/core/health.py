"""How a feed is doing: what it received, what it refused and why, when it was last heard; and how the node is."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mihari.core.clocks import ClockHealth, ClockWatch


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refused piece of input: when, why, and its first bytes."""

    received: float
    reason: str
    data: bytes


@dataclass(frozen=True, slots=True)
class StationCounts:
    """How many messages an AIS station brought, and how many of them other stations heard too.

    `heard` is all of them: `alone` (nobody else so far), `witnessed` (another station as well) and `repeated` (the
    same datagram twice). `first`: those that no other station had brought before.
    """

    heard: int = 0
    first: int = 0
    witnessed: int = 0
    repeated: int = 0
    alone: int = 0


@dataclass(frozen=True, slots=True)
class StationHealth:
    """One AIS station or radar, as heard on one feed."""

    sensor: int
    name: str
    kind: str  # "ais", "radar", "air_radar"
    last_heard: float | None = None  # UTC s
    counts: StationCounts = StationCounts()  # of radars: plots, all of them alone
    clock: ClockHealth = ClockHealth()
    range_m: float | None = None  # within which 95 % of the vessels lie that it sees now
    usual_range_m: float | None = None  # and that it sees usually


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """A snapshot of one feed for people, API and summary. Rates are per second over the last `window`, s."""

    index: int
    name: str
    url: str
    state: str  # starting, listening, connected, waiting, ended, failed, removed
    problem: str = ""  # one sentence when failed or waiting
    last_heard: float | None = None  # UTC s
    received_bytes: int = 0
    messages: int = 0
    reports: int = 0
    other: int = 0  # well-formed sentences or categories that are none of ours
    refused: Mapping[str, int] = field(default_factory=dict)
    shed: int = 0  # inputs thrown away because the pipeline was behind
    bytes_per_s: float = 0.0
    messages_per_s: float = 0.0
    last_refused: tuple[Refusal, ...] = ()
    noticed: Mapping[str, int] = field(default_factory=dict)  # strange, but kept: repeated, absurd time, backwards
    peers: int = 0  # connected now, where several may be
    sent: int = 0  # pieces passed on over this connection: lines, data blocks, datagrams
    sent_bytes: int = 0
    unsent: int = 0  # pieces for it that were thrown away because its peer was away or took them too slowly
    outgoing: bool = False  # it only sends: nothing is expected from it
    since: float = 0.0  # UTC s when it was added to the node
    stations: tuple[StationHealth, ...] = ()  # those heard on it, at most `STATIONS_TOLD`
    stations_more: int = 0  # how many are not told
    format: str = ""  # of what flows there, as the node file has it


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that a person should know of, in one sentence."""

    key: str  # "silent:2": the same trouble has the same key
    severity: str  # "alarm": the picture suffers; "warning": it will, or may
    since: float  # UTC s
    until: float | None  # None: still so
    text: str


@dataclass(frozen=True, slots=True)
class OwnClock:
    """This computer's clock."""

    offset_s: float | None = None  # ahead of UTC, by the ships' seconds; None: nobody told
    jumped_s: float = 0.0  # the last jump: how far it was set, positive ahead
    jumped_at: float | None = None  # UTC s, after it
    jumps: int = 0


@dataclass(frozen=True, slots=True)
class NodeHealth:
    """How the node is doing beside its feeds."""

    time: float = 0.0  # UTC s by this computer's clock
    alarms: tuple[Alarm, ...] = ()  # those that stand, then those that ended lately
    clock: OwnClock = OwnClock()
    queue_rows: int = 0  # reports that wait for the pipeline
    queue_limit: int = 0
    lag_s: float = 0.0  # from receipt until taken into the picture, of what was taken last
    reports: int = 0  # taken in since the start, witnesses not counted
    plots: int = 0
    sectors: int = 0
    vessels: int = 0
    archive: Mapping[str, Any] | None = None  # the fields of its health; None: there is none
    alerts: Mapping[str, Any] | None = None  # how the records of alerts are; None: there are none
    file_problem: str = ""  # what is wrong with the node file as it is now, one sentence
    overfull_s: float | None = None  # since when reports came that were too many to keep in order; None: never
    older: int = 0  # reports and looks that came too late to be kept in order, and were run again in their place
    mesh: Mapping[str, Any] | None = None  # nodes and links, as `mihari.mesh.status` has them; None: not in a mesh


STATIONS_TOLD = 64  # stations of one feed in its health, those heard most
KEEP_REFUSED = 16  # last refused pieces kept per feed
KEEP_BYTES = 256  # first bytes kept of each


class Health:
    """The mutable count behind `FeedHealth`; owned by one feed, read by snapshot.

    >>> h = Health(0, "naha", "udp://:10110")
    >>> h.heard(100.0, 50, messages=2, reports=2); h.refuse(100.5, "checksum", b"!AIVDM")
    >>> s = h.snapshot(101.0)
    >>> s.received_bytes, dict(s.refused), s.last_refused[0].reason, s.state
    (50, {'checksum': 1}, 'checksum', 'listening')
    """

    def __init__(self, index: int, name: str, url: str, window: float = 10.0, format: str = "") -> None:
        self.index, self.name, self.url, self.window, self.format = index, name, url, window, format
        self.state, self.problem = "starting", ""
        self.last_heard: float | None = None
        self.received_bytes = self.messages = self.reports = self.other = self.shed = 0
        self.refused: dict[str, int] = {}
        self.noticed: dict[str, int] = {}
        self.peers = self.sent = self.sent_bytes = self.unsent = 0
        self.outgoing, self.since = False, 0.0
        self.last_refused: deque[Refusal] = deque(maxlen=KEEP_REFUSED)
        self.clocks = ClockWatch()
        self.by_sensor: dict[int, tuple[float, int]] = {}  # when each was last heard (UTC s), and how many messages
        self._recent: deque[tuple[int, int, int]] = deque(maxlen=64)  # second, bytes, messages

    def heard(self, received: float, size: int, messages: int = 0, reports: int = 0, other: int = 0) -> None:
        """Count `size` bytes received at `received` with what was found in them."""
        self.state, self.problem = ("listening" if self.state in ("starting", "waiting") else self.state), ""
        self.last_heard = received
        self.received_bytes += size
        self.messages += messages
        self.reports += reports
        self.other += other
        self._count(int(received), size, messages)

    def _count(self, second: int, size: int, messages: int) -> None:
        if self._recent and self._recent[-1][0] == second:
            size, messages = size + self._recent[-1][1], messages + self._recent[-1][2]
            self._recent[-1] = (second, size, messages)
        else:
            self._recent.append((second, size, messages))

    def heard_from(self, sensor: int, received: float, messages: int) -> None:
        """Count messages of one of the feed's sensors."""
        self.by_sensor[sensor] = (received, self.by_sensor.get(sensor, (0.0, 0))[1] + messages)

    def notice(self, what: str, count: int = 1) -> None:
        """Count something strange that was kept all the same."""
        if count:
            self.noticed[what] = self.noticed.get(what, 0) + count

    def refuse(self, received: float, reason: str, data: bytes = b"", count: int = 1) -> None:
        """Count refused input by reason and keep its first bytes."""
        self.refused[reason] = self.refused.get(reason, 0) + count
        self.last_refused.append(Refusal(received, reason, bytes(data[:KEEP_BYTES])))

    def passed_on(self, size: int) -> None:
        """Count a piece of `size` bytes that was sent."""
        self.sent += 1
        self.sent_bytes += size

    def snapshot(self, now: float) -> FeedHealth:
        """The feed's health at `now` (UTC s)."""
        recent = [r for r in list(self._recent) if now - self.window <= r[0] + 1 and r[0] <= now]
        return FeedHealth(
            self.index, self.name, self.url, self.state, self.problem, self.last_heard, self.received_bytes,
            self.messages, self.reports, self.other, dict(self.refused), self.shed,
            sum(r[1] for r in recent) / self.window, sum(r[2] for r in recent) / self.window,
            tuple(self.last_refused), dict(self.noticed), self.peers, self.sent, self.sent_bytes, self.unsent,
            self.outgoing, self.since, format=self.format,
        )  # fmt: skip
