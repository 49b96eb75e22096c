"""Everything that tells how the node is -> `FeedHealth` with its stations, and `NodeHealth` with its alarms."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mihari.core.clocks import ClockHealth
from mihari.core.config import FeedSection, NodeConfig
from mihari.core.health import STATIONS_TOLD, FeedHealth, Health, NodeHealth, StationCounts, StationHealth
from mihari.core.reports import Batch, Input
from mihari.core.sensor import Sensor, SensorKind
from mihari.core.tracks import Tracks
from mihari.feeds.address import FeedAddress
from mihari.feeds.witnesses import Witnesses
from mihari.health import mesh_rules, node_rules, rules
from mihari.health.book import AlarmBook, Condition
from mihari.health.own_clock import ClockSentry, own_offset
from mihari.health.peers import PeerClocks
from mihari.health.ranges import RangeWatch, Reach
from mihari.health.rules import FeedLimits, Recent

CLOCKS_S = 2.0  # between two looks at clocks: their medians cost milliseconds


@dataclass(frozen=True, slots=True)
class Limits:
    """What is too much: of the node's own clock, and by feed."""

    clock_offset_s: float = 2.0
    feeds: tuple[FeedLimits, ...] = field(default=())
    silent_s: float = 60.0  # 0: never an alarm
    expected: tuple[str, ...] = ()  # names of the sensors that the node file lists

    def of(self, index: int) -> FeedLimits:
        """Those of one feed."""
        return self.feeds[index] if index < len(self.feeds) else FeedLimits(clock_offset_s=self.clock_offset_s)


def limits_of(config: NodeConfig, told: Mapping[str, FeedSection], addresses: Sequence[FeedAddress]) -> Limits:
    """What a configuration says is too much. `told`: its feeds by name; others have the node's limits."""
    common = config.health
    feeds = []
    for address in addresses:
        section = told.get(address.name)
        silent_s = common.silent_s if section is None else config.silent_s(section)
        clock_offset_s = common.clock_offset_s if section is None else config.clock_offset_s(section)
        feeds.append(FeedLimits(address.live, silent_s, clock_offset_s))
    expected = tuple(s.name for s in config.sensor) if any(a.live for a in addresses) else ()
    return Limits(common.clock_offset_s, tuple(feeds), common.silent_s, expected)


class HealthWatch:
    """Watches a node; one thread owns it. `since`: when the node started, UTC s."""

    def __init__(self, limits: Limits, since: float) -> None:
        self.limits, self.since = limits, since
        self.book, self.ranges, self.peers = AlarmBook(), RangeWatch(), PeerClocks()
        self.biases: Mapping[int, str] = {}  # what radars are off by, in words, by sensor index
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
        feeds: Sequence[FeedHealth],
        counted: Sequence[Health],
        sensors: Sequence[Sensor],
        witnesses: Witnesses,
        node: NodeHealth,
    ) -> tuple[tuple[FeedHealth, ...], NodeHealth]:
        """The health of `feeds` with their stations (`counted`, by index), and the node's with clock and alarms."""
        if not 0 <= steady - self._clocks_at < CLOCKS_S:
            self._clocks, self._clocks_at = {f.index: counted[f.index].clocks.health() for f in feeds}, steady
        reaches, counts, peers = self.ranges.reaches(), witnesses.counts(), self.peers.offsets()
        said = {who: peers[place] for who, place in witnesses.stations.items() if place in peers}
        told = tuple(self._feed(f, counted[f.index], sensors, counts, said, reaches) for f in feeds)
        clock = self._sentry.look(now, steady, told)
        node = replace(node, time=now, clock=clock)
        counted_now = _counts(told, node.archive, node.alerts) | mesh_rules.refused_counts(node.mesh)
        self._recent.add(steady, counted_now)
        self.book.update(now, steady, self._conditions(told, node, sensors, reaches))
        return told, replace(node, alarms=self.book.alarms)

    def _feed(
        self,
        feed: FeedHealth,
        counted: Health,
        sensors: Sequence[Sensor],
        counts: Mapping[tuple[int, int], StationCounts],
        peers: Mapping[tuple[int, int], float],
        reaches: Mapping[int, Reach],
    ) -> FeedHealth:
        heard = sorted(dict(counted.by_sensor).items(), key=lambda entry: (-entry[1][1], entry[0]))
        stations = []
        for index, (last, messages) in heard[:STATIONS_TOLD]:
            who = (feed.index, index)
            clock = self._clocks.get(feed.index, {}).get(index, ClockHealth())
            if clock.offset_s is not None:  # else it tells no times that others could be compared with
                clock = replace(clock, peers_s=peers.get(who))
            sensor = sensors[index] if 0 <= index < len(sensors) else None
            kind = "ais" if sensor is None else sensor.kind.name.lower()
            count = counts.get(who, StationCounts(messages, messages, 0, 0, messages))
            name, reach = feed.name if sensor is None else sensor.name, reaches.get(index, Reach(index))
            told = StationHealth(index, name, kind, last, count, clock, reach.range_m, reach.usual_m)
            stations.append(told)
        return replace(feed, stations=tuple(stations), stations_more=max(len(heard) - STATIONS_TOLD, 0))

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
        heard = {station.sensor for feed in feeds for station in feed.stations}
        if 0 < self.limits.silent_s < node.time - self.since and not any(feed.stations_more for feed in feeds):
            unheard = [s for s in sensors if s.name in self.limits.expected and s.index not in heard]
            found += node_rules.of_unheard(unheard)
        for reach in reaches.values():
            sensor = sensors[reach.sensor]
            found += node_rules.of_reach(
                reach, f"{'AIS station' if sensor.kind == SensorKind.AIS else 'radar'} {sensor.name}"
            )
        found += node_rules.of_biases(self.biases, sensors)
        if node.mesh is not None:
            found += mesh_rules.of_mesh(node.mesh, self.limits.clock_offset_s, self._recent, standing)
        return found + list(node_rules.of_node(node, self._recent))


def _counts(
    feeds: tuple[FeedHealth, ...], archive: Mapping[str, Any] | None, alerts: Mapping[str, Any] | None
) -> dict[str, int]:
    counts = {f"shed:{f.index}": f.shed for f in feeds} | {f"good:{f.index}": f.messages for f in feeds}
    counts |= {f"unsent:{f.index}": f.unsent for f in feeds}
    counts |= {f"refused:{f.index}": sum(f.refused.values()) for f in feeds}
    if alerts is not None:
        counts |= {f"alerts-{what}": int(alerts.get(what) or 0) for what in ("lost", "refused")}
    return counts | ({} if archive is None else {"archive-shed": int(archive.get("shed") or 0)})
