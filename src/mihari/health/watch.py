"""Everything that tells how the node is -> `FeedHealth` with its stations, and `NodeHealth` with its alarms."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mihari.core.config import NodeConfig
from mihari.core.health import STATIONS_TOLD, FeedHealth, Health, NodeHealth, StationCounts, StationHealth
from mihari.core.reports import Batch, Input
from mihari.core.sensor import Sensor, SensorKind
from mihari.core.tracks import Tracks
from mihari.feeds.address import FeedAddress
from mihari.feeds.witnesses import Witnesses
from mihari.health import node_rules, rules
from mihari.health.book import AlarmBook, Condition
from mihari.health.own_clock import ClockSentry, own_offset
from mihari.health.peers import PeerClocks
from mihari.health.ranges import RangeWatch, Reach
from mihari.health.rules import FeedLimits, Recent

CLOCKS_S = 2.0  # between two looks at all clocks: medians of hundreds of stations cost milliseconds


@dataclass(frozen=True, slots=True)
class Limits:
    """What is too much: of the node's own clock, and by feed."""

    clock_offset_s: float = 2.0
    feeds: tuple[FeedLimits, ...] = field(default=())

    def of(self, index: int) -> FeedLimits:
        """Those of one feed."""
        return self.feeds[index] if index < len(self.feeds) else FeedLimits(clock_offset_s=self.clock_offset_s)


def limits_of(config: NodeConfig, addresses: Sequence[FeedAddress]) -> Limits:
    """What a configuration says is too much; feeds that it does not list have the node's limits."""
    common, told = config.health, config.feed
    feeds = [
        FeedLimits(
            address.live,
            config.silent_s(told[k]) if k < len(told) else common.silent_s,
            config.clock_offset_s(told[k]) if k < len(told) else common.clock_offset_s,
        )
        for k, address in enumerate(addresses)
    ]
    return Limits(common.clock_offset_s, tuple(feeds))


class HealthWatch:
    """Watches a node; one thread owns it. `since`: when the node started, UTC s."""

    def __init__(self, limits: Limits, since: float) -> None:
        self.limits, self.since = limits, since
        self.book, self.ranges, self.peers = AlarmBook(), RangeWatch(), PeerClocks()
        self._sentry, self._recent = ClockSentry(), Recent()
        self._clocks: dict[int, dict[int, Any]] = {}
        self._clocks_at = float("-inf")

    def saw(self, given: Input, witnesses: Witnesses) -> None:
        """What two stations brought, in the input just taken."""
        if isinstance(given, Batch) and len(witnesses.pairs.first):
            self.peers.hear(float(given.reports.received[-1]), witnesses.pairs)

    def passed(self, time: float, tracks: Callable[[], Tracks], sensors: Sequence[Sensor]) -> None:
        """Data time has passed: who sees which of the tracks?"""
        if self.ranges.due(time):
            self.ranges.sample(time, tracks(), sensors)

    def look(
        self,
        now: float,
        steady: float,
        feeds: Sequence[Health],
        sensors: Sequence[Sensor],
        witnesses: Witnesses,
        node: NodeHealth,
    ) -> tuple[tuple[FeedHealth, ...], NodeHealth]:
        """The health of all feeds with their stations, and the node's with clock and alarms."""
        if not 0 <= steady - self._clocks_at < CLOCKS_S:
            self._clocks, self._clocks_at = {f.index: f.clocks.health() for f in feeds}, steady
        reaches = self.ranges.reaches()
        told = tuple(self._feed(f, now, sensors, witnesses, reaches) for f in feeds)
        clock = self._sentry.look(now, steady, told)
        node = replace(node, time=now, clock=clock)
        self._recent.add(steady, _counts(told, node.archive))
        self.book.update(now, steady, self._conditions(told, node, sensors, reaches))
        return told, replace(node, alarms=self.book.alarms)

    def _feed(
        self, feed: Health, now: float, sensors: Sequence[Sensor], witnesses: Witnesses, reaches: Mapping[int, Reach]
    ) -> FeedHealth:
        counts, peers = witnesses.counts(), self.peers.offsets()
        heard = sorted(dict(feed.by_sensor).items(), key=lambda entry: (-entry[1][1], entry[0]))
        stations = []
        for index, (last, messages) in heard[:STATIONS_TOLD]:
            who = (feed.index, index)
            count = counts.get(who, StationCounts(messages, messages, 0, 0, messages))
            sensor = sensors[index] if 0 <= index < len(sensors) else None
            clock = self._clocks.get(feed.index, {}).get(index)
            stations.append(_station(feed, sensor, index, last, count, clock, reaches.get(index)))
            if who in witnesses.stations and stations[-1].clock.offset_s is not None:
                peer = peers.get(witnesses.stations[who])
                stations[-1] = replace(stations[-1], clock=replace(stations[-1].clock, peers_s=peer))
        more = max(len(heard) - STATIONS_TOLD, 0)
        return replace(feed.snapshot(now), stations=tuple(stations), stations_more=more)

    def _conditions(
        self, feeds: tuple[FeedHealth, ...], node: NodeHealth, sensors: Sequence[Sensor], reaches: Mapping[int, Reach]
    ) -> list[Condition]:
        standing, own = self.book.standing, own_offset(feeds)
        found = [*node_rules.of_own_clock(node.clock, self.limits.clock_offset_s, node.time, standing)]
        for feed in feeds:
            limits = self.limits.of(feed.index)
            found += rules.of_feed(feed, limits, node.time, self.since, self._recent, standing)
            for station in feed.stations:
                found += rules.of_station(feed, station, limits, node.time, own, standing)
        for reach in reaches.values():
            sensor = sensors[reach.sensor]
            found += node_rules.of_reach(
                reach, f"{'AIS station' if sensor.kind == SensorKind.AIS else 'radar'} {sensor.name}"
            )
        return found + list(node_rules.of_node(node, self._recent))


def _station(
    feed: Health, sensor: Sensor | None, index: int, last: float, count: StationCounts, clock: Any, reach: Reach | None
) -> StationHealth:
    kind = "ais" if sensor is None else sensor.kind.name.lower()
    told = StationHealth(index, feed.name if sensor is None else sensor.name, kind, last, count)
    if clock is not None:
        told = replace(told, clock=clock)
    return told if reach is None else replace(told, range_m=reach.range_m, usual_range_m=reach.usual_m)


def _counts(feeds: tuple[FeedHealth, ...], archive: Mapping[str, Any] | None) -> dict[str, int]:
    counts = {f"shed:{f.index}": f.shed for f in feeds} | {f"good:{f.index}": f.messages for f in feeds}
    counts |= {f"unsent:{f.index}": f.unsent for f in feeds}
    counts |= {f"refused:{f.index}": sum(f.refused.values()) for f in feeds}
    return counts | ({} if archive is None else {"archive-shed": int(archive.get("shed") or 0)})
