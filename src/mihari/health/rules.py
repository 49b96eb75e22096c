"""The health of feeds and stations -> what is wrong with them now: a `Condition` each, a sentence for the officer."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from mihari.core.health import FeedHealth, StationHealth
from mihari.health.book import Condition

REFUSED_SHARE, REFUSED_LEAST = 0.2, 20  # of what comes in a minute, and how many: line noise is below
STATION_LEAST = 100  # messages of a station before its silence means anything
EASED = 0.8  # an alarm that stands ends below this share of its limit
SILENT_TIMES = 5  # a single station may be silent for longer than its whole feed
RECENT_S = 60.0
LIVE = ("listening", "connected", "waiting", "starting")


@dataclass(frozen=True, slots=True)
class FeedLimits:
    """What is too much for one feed. `live`: it goes on for ever, so silence means something."""

    live: bool = True
    silent_s: float = 60.0  # 0: never an alarm
    clock_offset_s: float = 2.0


def spoken(seconds: float) -> str:
    """A span of time for a sentence.

    >>> spoken(7.04), spoken(125.0), spoken(7300.0), spoken(200_000.0)
    ('7.0 s', '2 min', '2.0 h', '2.3 days')
    """
    for limit, size, unit, digits in ((120, 1, "s", 1), (7200, 60, "min", 0), (172_800, 3600, "h", 1)):
        if abs(seconds) < limit:
            return f"{abs(seconds) / size:.{digits}f} {unit}"
    return f"{abs(seconds) / 86400:.1f} days"


def direction(seconds: float) -> str:
    """Which way a clock is wrong; positive: ahead."""
    return "ahead" if seconds > 0 else "behind"


class Recent:
    """Counts that only grow -> by how much they grew within the last minute.

    >>> recent = Recent()
    >>> recent.add(0.0, {"a": 5}); recent.add(61.0, {"a": 9}); recent.grown("a")
    4
    """

    def __init__(self) -> None:
        self._held: deque[tuple[float, dict[str, int]]] = deque(maxlen=256)

    def add(self, steady: float, counts: dict[str, int]) -> None:
        """The counts when `steady` seconds have passed."""
        if not self._held:
            self._held.append((steady, {}))
        self._held.append((steady, counts))
        while len(self._held) > 2 and steady - self._held[0][0] > RECENT_S:
            self._held.popleft()

    def grown(self, name: str) -> int:
        """By how much a count grew; what was not there before grew from nothing."""
        if len(self._held) < 2:
            return 0
        return self._held[-1][1].get(name, 0) - self._held[0][1].get(name, 0)


def of_feed(
    feed: FeedHealth, limits: FeedLimits, now: float, since: float, recent: Recent, standing: frozenset[str]
) -> Iterator[Condition]:
    """What is wrong with one feed; `since`: when the node started, UTC s."""
    if feed.state == "failed":
        yield Condition(f"failed:{feed.index}", "alarm", f"Feed {feed.name} has failed: {feed.problem.rstrip('.')}.")
    elif limits.live and not feed.outgoing and feed.state in LIVE and limits.silent_s > 0:
        yield from _silent(feed, limits, now, since)
    yield from _refused(feed, recent, standing)
    shed = recent.grown(f"shed:{feed.index}")
    if shed > 0:
        text = f"{shed} inputs of feed {feed.name} were thrown away within a minute: the pipeline is behind."
        yield Condition(f"shed:{feed.index}", "alarm", text)
    unsent = recent.grown(f"unsent:{feed.index}")
    if unsent > 0:
        text = f"{unsent} pieces could not be passed on over feed {feed.name} within a minute: its peer is away."
        yield Condition(f"unsent:{feed.index}", "warning", text)


def _silent(feed: FeedHealth, limits: FeedLimits, now: float, since: float) -> Iterator[Condition]:
    silence = now - (max(since, feed.since) if feed.last_heard is None else feed.last_heard)
    why = f" ({feed.problem.rstrip('.')})" if feed.problem else ""
    if silence <= limits.silent_s:
        return
    if feed.last_heard is None:
        text = f"Feed {feed.name} has not been heard since the start, {spoken(silence)} ago{why}."
        yield Condition(f"silent:{feed.index}", "warning", text)
    else:
        text = f"Feed {feed.name} is silent, last heard {spoken(silence)} ago{why}."
        yield Condition(f"silent:{feed.index}", "alarm", text)


def _refused(feed: FeedHealth, recent: Recent, standing: frozenset[str]) -> Iterator[Condition]:
    key = f"refused:{feed.index}"
    refused, good = recent.grown(key), recent.grown(f"good:{feed.index}")
    limit = REFUSED_SHARE * (EASED if key in standing else 1.0)
    if refused >= REFUSED_LEAST and refused > limit * (refused + good):
        worst = max(feed.refused, key=lambda reason: feed.refused[reason], default="").replace("_", " ")
        share = 100 * refused / (refused + good)
        text = f"{share:.0f} % of what feed {feed.name} brings is refused, mostly for {worst}."
        yield Condition(key, "warning", text)


def of_station(
    feed: FeedHealth,
    station: StationHealth,
    limits: FeedLimits,
    now: float,
    own: float | None,
    standing: frozenset[str],
) -> Iterator[Condition]:
    """What is wrong with one AIS station or radar; `own`: by how much our own clock is ahead, if that is known."""
    what = f"{'AIS station' if station.kind == 'ais' else 'Radar'} {station.name}"
    radar = station.kind != "ais"
    allowed = limits.silent_s * (1 if radar else SILENT_TIMES)
    heard_on = (
        feed.last_heard is not None and now - feed.last_heard <= limits.silent_s
    )  # else the feed's own alarm says it
    if limits.live and limits.silent_s > 0 and heard_on and station.last_heard is not None:
        silence = now - station.last_heard
        if silence > allowed and station.counts.heard >= STATION_LEAST:
            text = f"{what} is silent, last heard {spoken(silence)} ago, while feed {feed.name} goes on."
            yield Condition(f"silent:{feed.index}:{station.sensor}", "alarm" if radar else "warning", text)
    yield from _clock(what, feed, station, limits, own, standing)


def _clock(
    what: str, feed: FeedHealth, station: StationHealth, limits: FeedLimits, own: float | None, standing: frozenset[str]
) -> Iterator[Condition]:
    key, clock = f"clock:{feed.index}:{station.sensor}", station.clock
    offset = clock.offset_s
    if offset is None:
        return
    if clock.by == "receipt" and own is not None:
        offset += own  # what our own clock is wrong by is not the sensor's fault
    limit = limits.clock_offset_s * (EASED if key in standing else 1.0)
    if abs(offset) <= limit:
        return
    by = {"utc": "by the seconds that ships tell", "receipt": "by our time of receipt"}[clock.by]
    text = f"The clock of {what} is {spoken(offset)} {direction(offset)}, {by}"
    if clock.peers_s is not None:
        text += f"; against other stations {spoken(clock.peers_s)} {direction(clock.peers_s)}"
    yield Condition(key, "warning", f"{text} (feed {feed.name}).", hold_s=5.0)
