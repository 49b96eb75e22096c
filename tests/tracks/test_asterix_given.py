"""What centres, ADS-B and direction finders send, by the radar feed, to the tracker: what it takes and what not."""

from __future__ import annotations

import pytest

from mihari.core.health import Health
from mihari.core.reports import ReportKind
from mihari.feeds import Chunk, SensorRegistry
from mihari.feeds.radar import RadarFeed
from mihari.formats.asterix import encode
from mihari.tracks import Tracker

DAY = 20_000 * 86_400.0
SOURCE = {"010": {"SAC": 25, "SIC": 1}}
TRACK = {"category": 62, "items": SOURCE | {"040": 7, "070": 128 * 60, "105": {"LAT": 1 << 22, "LON": 1 << 22}}}
AIRCRAFT = {"category": 21, "items": SOURCE | {"071": 128 * 60, "131": {"LAT": 1 << 27, "LON": 1 << 27}, "080": 7}}
BEARING = {
    "category": 205,
    "items": SOURCE | {"000": 2, "030": 128 * 60, "050": {"LAT": 1 << 22, "LON": 1 << 22}, "070": 4500},
}


@pytest.mark.parametrize(
    ("record", "kind", "used"),
    [
        (TRACK, ReportKind.RADAR_TRACK, False),
        (AIRCRAFT, ReportKind.TRANSPONDER, False),
        (BEARING, ReportKind.BEARING, True),
    ],
)
def test_only_a_bearing_is_evidence_and_none_makes_a_track(record: dict, kind: ReportKind, used: bool) -> None:
    registry = SensorRegistry(())
    (given,) = RadarFeed(0, registry, Health(0, "asterix", "udp://:1")).take(Chunk(DAY + 60.5, encode([record])))
    assert given.reports.kind.tolist() == [kind]
    tracker = Tracker(registry.all())
    tracker.step(given)
    assert (sum(tracker.ignored.values()) == 0) == used
    assert len(tracker.tracks(DAY + 61.0)) == 0
