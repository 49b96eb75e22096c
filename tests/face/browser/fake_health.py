"""Made-up health for the stand-in of the node: feeds with stations, and what goes wrong on order."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from fake_mesh import mesh

from mihari.core.clocks import ClockHealth
from mihari.core.health import FeedHealth, NodeHealth, OwnClock, Refusal, StationCounts, StationHealth
from mihari.face.compose import health_object
from mihari.health import AlarmBook, Condition
from mihari.health.mesh_rules import of_mesh, refused_counts
from mihari.health.node_rules import of_node, of_own_clock, of_reach
from mihari.health.ranges import Reach
from mihari.health.rules import FeedLimits, Recent, of_feed, of_station

NM = 1852.0
LIMITS, NONE = FeedLimits(), frozenset[str]()
GARBAGE = (
    (12.0, "checksum", b"!AIVDM,1,1,,A,15MgK45P3@G?fl0E`JbR0OwT0@MS,0*4F"),
    (3.0, "too_long", b"\x00\xff\x17!AIVDM,1,1,,B," + b"w" * 60),
)
RADARS = "udp://239.192.0.2:8600"


def ais_feed(now: float, seconds: int, ahead: float) -> FeedHealth:
    """Two stations that overlap; the clock of the second is `ahead`."""
    both = 900 + 22 * seconds
    right = ClockHealth(-0.1, "utc", -0.3, -0.1, 0.2, -ahead, 240)
    other = ClockHealth(ahead, "utc", ahead, ahead, 0.2, ahead, 240)
    counts = StationCounts(both + 500, both, both, 2, 498), StationCounts(both + 120, 620, both, 0, 120)
    stations = (
        StationHealth(2, "KUME", "ais", now - 0.2, counts[0], right, 38 * NM, 39 * NM),
        StationHealth(3, "KERAMA", "ais", now - 0.4, counts[1], other, 31 * NM, 31 * NM),
    )
    refused = tuple(Refusal(now - age, reason, data) for age, reason, data in GARBAGE)
    return FeedHealth(
        0, "AIS stations", "udp://:10110?format=ais", "listening", last_heard=now - 0.2, messages=2 * both,
        received_bytes=5000 * seconds + 9000, refused={"checksum": 3, "too_long": 1}, bytes_per_s=3700.0,
        messages_per_s=41.0, last_refused=refused, noticed={"tag block": 4}, stations=stations,
    )  # fmt: skip


def radar_feed(now: float, trouble: str) -> FeedHealth:
    """Two radars on one feed."""
    late = 61.6 if trouble == "own" else -0.4
    near = 9.1 * NM if trouble == "range" else 13.2 * NM
    plots, clock = StationCounts(4000, 4000, 0, 0, 4000), ClockHealth(late, "receipt", late)
    stations = (
        StationHealth(0, "kume", "radar", now - 0.1, plots, clock, near, 13.4 * NM),
        StationHealth(1, "kerama", "radar", now - 0.1, plots, clock, 14 * NM, 14 * NM),
    )
    well = FeedHealth(
        1, "radars", f"{RADARS}?format=asterix", "listening", last_heard=now - 0.1, messages=7900,
        received_bytes=26_600, bytes_per_s=1900.0, messages_per_s=12.8, stations=stations,
    )  # fmt: skip
    if trouble != "failed":
        return well
    problem = f"{RADARS}: the network card eth1 has gone"
    return replace(well, state="failed", problem=problem, last_heard=now - 95, bytes_per_s=0.0, messages_per_s=0.0)


def feeds(now: float, seconds: int, trouble: str) -> tuple[FeedHealth, ...]:
    """Two AIS stations, two radars, a station of its own, an output."""
    alone = StationHealth(4, "Zamami", "ais", now - 1.0, StationCounts(900, 20, 870, 0, 30))
    single = FeedHealth(
        2, "Zamami", "tcp://192.0.2.7:5631?format=ais", "connected", last_heard=now - 1.0, messages=900,
        received_bytes=90_000, bytes_per_s=70.0, messages_per_s=0.8, stations=(alone,),
    )  # fmt: skip
    output = FeedHealth(3, "to the port", "tcp://192.0.2.9:2000", "connected", outgoing=True, sent=4200, peers=1)
    ahead = 7.1 if trouble == "clock" else 0.2
    return ais_feed(now, seconds, ahead), radar_feed(now, trouble), single, output


def archive(stopped: bool) -> dict[str, Any]:
    """An archive that writes, or one whose disk is full."""
    kept = {"rows": 812_400, "bytes_written": 27_000_000, "used_bytes": 26_000_000, "lag": 0.8, "shed": 0}
    if stopped:
        return kept | {"state": "stopped", "problem": "/srv/mihari: no space left on the device", "free_bytes": 0}
    return kept | {"state": "writing", "problem": "", "free_bytes": 181_000_000_000}


class FakeHealth:
    """What the stand-in tells of its health: the real rules and the real book over made-up figures."""

    def __init__(self, start: float) -> None:
        self.book, self.start, self.trouble = AlarmBook(), start, "well"
        self.mesh, self.recent = "", Recent()
        self.book.update(start - 4000, -4000.0, [Condition("failed:1", "alarm", "Feed radars has failed: it rained.")])
        self.book.update(start - 3500, -3500.0, [])

    def told(self, now: float) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """Feeds and node as the stream tells them."""
        found = feeds(now, int(now - self.start), self.trouble)
        own = OwnClock(-62.0, 3600.0, now - 30, 2) if self.trouble == "own" else OwnClock(0.2)
        kept = archive(self.trouble == "archive")
        node = NodeHealth(now, (), own, 3, 200_000, 0.02, 812_400, 402_000, 46_000, 300, kept, older=1_240)
        node = replace(node, mesh=mesh(now, int(now - self.start), self.mesh))
        self.recent.add(now - self.start, refused_counts(node.mesh))
        conditions = [*of_node(node, Recent()), *of_own_clock(own, 2.0, now, NONE)]
        if node.mesh is not None:
            conditions += of_mesh(node.mesh, 2.0, self.recent, NONE)
        for feed in found:
            conditions += of_feed(feed, LIMITS, now, self.start, Recent(), NONE)
            for station in feed.stations:
                conditions += of_station(feed, station, LIMITS, now, own.offset_s, NONE)
        if self.trouble == "range":
            reach = Reach(0, 9.1 * NM, 13.4 * NM, True, False, ("north-east", "east"), 9.4 * NM, 11.0, 2.0)
            conditions += of_reach(reach, "radar kume")
        self.book.update(now, now - self.start, [replace(c, hold_s=0.0) for c in conditions])
        return [health_object(f) for f in found], asdict(replace(node, alarms=self.book.alarms))
