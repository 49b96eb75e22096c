"""AIS bytes -> reports and claims."""

import random

import numpy as np
import pytest
from feed_helpers import REAL, at_time, told

from mihari.core.health import Health
from mihari.core.reports import ReportKind, Subject
from mihari.feeds import Chunk, FeedAddress, SensorRegistry, recorded
from mihari.feeds.ais import AisFeed
from recordings import recording


def feed(**options):
    registry, health = SensorRegistry(), Health(2, "cape", "udp://:1")
    return AisFeed(2, "cape", registry, health, **options), registry


def test_a_position_is_one_report_with_its_claim():
    stage, registry = feed()
    (batch,) = stage.take(Chunk(1e9, REAL + b"\n"))
    r, c = batch.reports, batch.claims
    assert (r.feed[0], r.offset[0], r.kind[0], r.claim[0]) == (2, 0, ReportKind.AIS_POSITION, 0)
    assert (r.time[0], r.received[0]) == (1e9, 1e9)
    assert (round(r.lat_deg[0], 4), round(r.lon_deg[0], 4)) == (37.8038, -122.3925)
    assert (c.mmsi[0], c.subject[0], c.device[0], c.name[0]) == (366730000, Subject.VESSEL, "A", "")
    assert registry[int(r.sensor[0])].name == "cape"
    assert r.cov_ee[0] == r.cov_nn[0] > 0 == r.cov_en[0]


def test_time_is_the_tag_blocks_and_the_station_its_sensor():
    stage, registry = feed()
    body = b"s:naha,c:1000000005"
    sum_ = 0
    for b in body:
        sum_ ^= b
    (batch,) = stage.take(Chunk(1_000_000_009.0, b"\\" + body + b"*%02X\\" % sum_ + REAL + b"\n"))
    assert batch.reports.time[0] == 1_000_000_005.0
    assert batch.reports.received[0] == 1_000_000_009.0
    assert registry[int(batch.reports.sensor[0])].source == "naha"


def test_offsets_run_on_whatever_the_chunks():
    stream = b"".join(at_time(1_000_000_000 + i) for i in range(50))
    stage, _ = feed()
    rng, at, found = random.Random(1), 0, []
    while at < len(stream):
        size = rng.randrange(1, 200)
        found += stage.take(Chunk(1_000_000_060.0, stream[at : at + size]))
        at += size
    found += stage.finish()
    assert [o for b in found for o in b.reports.offset.tolist()] == list(range(50))
    assert [t for b in found for t in b.reports.time.tolist()] == [1_000_000_000.0 + i for i in range(50)]


def test_refused_sentences_are_counted_with_their_bytes():
    stage, _ = feed()
    stage.take(Chunk(5.0, REAL[:-1] + b"0\n" + REAL + b"\n$GPGGA,1*00\n"))
    stage.take(Chunk(6.0, REAL[:-1] + b"1\n"))
    health = stage.health.snapshot(7.0)
    assert dict(health.refused) == {"checksum": 2}
    assert [(r.received, r.reason, r.data[-2:]) for r in health.last_refused] == [
        (5.0, "checksum", b"40"),
        (6.0, "checksum", b"41"),
    ]
    assert (health.messages, health.reports, health.other) == (1, 1, 1)


@pytest.mark.parametrize(
    ("name", "vessels", "messages"),
    [("ais/vernon_timed.nm4.gz", 115, 267_158), ("formats/ais/Hakefjord.log", 41, 15_824)],
)
def test_real_logs_tell_exactly_the_mmsi_of_valid_messages(name, vessels, messages):
    address = FeedAddress.of_recording(str(recording(name)))
    health = Health(0, "", "")
    inputs = list(recorded([address], SensorRegistry(), [health], lambda: 2e9, next_due=lambda: np.inf))
    mmsi = told(inputs)
    assert (len(mmsi), len(set(mmsi)), health.messages) == (messages, vessels, messages)
    offsets = np.concatenate([i.reports.offset for i in inputs if hasattr(i, "claims")])
    np.testing.assert_array_equal(offsets, np.arange(messages))
    if "Hakefjord" in name:
        own = {
            m for i in inputs if hasattr(i, "claims") for m in i.claims.mmsi[i.claims.subject == Subject.OWN].tolist()
        }
        assert len(own) == 1
    else:
        assert health.refused == {"checksum": 926, "length": 1, "incomplete": 5}


def test_names_and_sizes_are_claims_and_absent_where_not_told():
    path = recording("ais/nmea/pyais_sample.txt")
    stage, _ = feed()
    batches = [*stage.take(Chunk(1e9, path.read_bytes())), *stage.finish()]
    claims = batches[0].claims
    named = claims.name != ""
    assert 0 < named.sum() < len(claims)
    assert not any(n != n.strip() or "@" in n for n in claims.name.tolist())
    assert np.isnan(claims.bow[~named]).mean() > 0.9
    assert set(np.unique(claims.device)) <= {"", "A", "B"}
    reports = batches[0].reports
    placed = reports.kind == ReportKind.AIS_POSITION
    assert (np.abs(reports.lat_deg[placed]) <= 90).all()
    assert np.isnan(reports.lat_deg[~placed]).all()
