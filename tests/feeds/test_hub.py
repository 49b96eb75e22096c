"""All feeds side by side: guarded, bounded, stopped in time; and garbage of every sort."""

import gc
import gzip
import logging
import os
import random
import socket
import time
import tracemalloc

import pytest
from feed_helpers import REAL, at_time, drained, free_port, listening, running, told, until

from mihari.core.health import Health
from mihari.core.reports import Batch, Reports, Tick
from mihari.feeds import Chunk, FeedAddress, FeedSpec, InputQueue, SensorRegistry, UdpSender, recorded
from mihari.feeds.memory import MemoryTransport

MEMORY = 32 << 20  # bytes; the decoders' own buffers are about a tenth of it


def from_memory(*data, name="udp://127.0.0.1:1", format="ais"):
    return FeedSpec(FeedAddress.parse(name, format), MemoryTransport([Chunk(1e9 + i, d) for i, d in enumerate(data)]))


def test_a_feed_without_a_network_runs_the_same_path():
    with running(from_memory(REAL, REAL)) as (hub, inputs):
        until(lambda: hub.ended)
        assert told(drained(inputs)) == [366730000] * 2
        assert hub.health()[0].state == "ended"


def test_a_bug_in_a_decoder_is_loud_costs_its_chunk_and_the_feed_goes_on(monkeypatch, caplog):
    from mihari.feeds.ais import AisFeed

    take = AisFeed.take

    def broken(self, *chunks):
        if b"boom" in chunks[0].data:
            raise ZeroDivisionError("boom")
        return take(self, *chunks)

    monkeypatch.setattr(AisFeed, "take", broken)
    with caplog.at_level(logging.ERROR), running(from_memory(REAL, b"boom", REAL)) as (hub, inputs):
        until(lambda: hub.ended)
        health = hub.health()[0]
    assert told(drained(inputs)) == [366730000] * 2
    assert health.refused == {"internal error": 1}
    assert health.last_refused[0].data == b"boom"
    assert "Traceback" in caplog.text


def test_a_bug_in_a_transport_fails_that_feed_alone(caplog):
    class Broken:
        async def chunks(self):
            raise ZeroDivisionError
            yield

    spec = FeedSpec(FeedAddress.parse("udp://127.0.0.1:1", "ais"), Broken())
    with caplog.at_level(logging.ERROR), running(spec, from_memory(REAL)) as (hub, inputs):
        until(lambda: hub.ended)
        assert hub.health()[0].problem.endswith("stopped by an error in this program (ZeroDivisionError)")
        assert told(drained(inputs)) == [366730000]
    assert "Traceback" in caplog.text


def test_every_feed_stops_within_a_second(tmp_path):
    (tmp_path / "a.nmea").write_bytes(at_time(1_000_000_000) + at_time(1_000_009_999))
    tcp, mute = free_port(socket.SOCK_STREAM), socket.create_server(("127.0.0.1", 0))  # it never says a word
    addresses = [
        f"udp://127.0.0.1:{free_port()}",
        f"tcp://127.0.0.1:{tcp}",
        f"tcp-listen://127.0.0.1:{free_port(socket.SOCK_STREAM)}",
        f"serial:{tmp_path}/ttyUSB0",
        f"mqtt://127.0.0.1:{tcp}/ais",
        f"mqtt://127.0.0.1:{mute.getsockname()[1]}/ais",
        f"file:{tmp_path}/none?follow=1",
        f"file:{tmp_path}/a.nmea",
    ]
    with mute, running(*addresses) as (hub, _):
        states = ["listening", "waiting", "listening", "waiting", "waiting", "starting", "waiting", "connected"]
        until(lambda: [h.state for h in hub.health()] == states)
        hub.stop()
        assert hub.join(1.0)
        hub.stop()


def test_a_recording_waits_for_a_slow_pipeline_and_loses_nothing(tmp_path):
    (tmp_path / "a.nmea").write_bytes(b"".join(at_time(1_000_000_000 + i) for i in range(3000)))
    inputs, seen = InputQueue(rows=50), []
    from mihari.feeds import Hub

    hub = Hub([FeedSpec(FeedAddress.parse(f"file:{tmp_path}/a.nmea?speed=max"))], SensorRegistry(), time.time, inputs)
    hub.start()
    while not (hub.ended and len(inputs) == 0):
        assert len(inputs) <= 51
        seen += drained(inputs)
    assert hub.ticking
    assert len(told(seen)) == 3000
    assert [i.time for i in seen if isinstance(i, Tick)] == [1_000_000_000.0 + i for i in range(3000)]
    assert hub.health()[0].shed == 0


def test_a_live_feed_sheds_its_oldest_and_counts_it():
    inputs, health = InputQueue(rows=100), Health(0, "", "")
    for i in range(50):
        inputs.offer(Batch(Reports.of(9, time=float(i))), health)
    assert health.shed == 40
    assert [i.reports.time[0] for i in drained(inputs)] == [float(i) for i in range(40, 50)]
    for i in range(200):
        inputs.put(Tick(float(i)), timeout=0)
    inputs.offer(Batch(Reports.of(9, time=0.0)), health)  # ticks are never shed for it
    assert health.shed == 41
    assert len(inputs) == 100


def test_recordings_and_live_feeds_together_leave_the_ticks_to_the_node(tmp_path):
    (tmp_path / "a.nmea").write_bytes(at_time(1_000_000_000) + at_time(1_000_000_005))
    with running(f"file:{tmp_path}/a.nmea?speed=max", from_memory(REAL)) as (hub, inputs):
        until(lambda: hub.ended)
        assert not hub.ticking
        found = drained(inputs)
        assert len(told(found)) == 3
        assert not any(isinstance(i, Tick) for i in found)


def test_the_archive_sees_every_live_chunk_before_it_is_decoded():
    seen = []
    with running(from_memory(REAL, b"noise"), tap=lambda i, c: seen.append((i, c.data))) as (hub, _):
        until(lambda: hub.ended)
    assert seen == [(0, REAL), (0, b"noise")]


def test_one_bad_recording_does_not_stop_the_others(tmp_path):
    (tmp_path / "a.nmea").write_bytes(at_time(1_000_000_000))
    with running(f"file:{tmp_path}/none.nmea?speed=max", f"file:{tmp_path}/a.nmea?speed=max") as (hub, inputs):
        until(lambda: hub.ended)
        assert [h.state for h in hub.health()] == ["failed", "ended"]
        assert told(drained(inputs)) == [366730000]


# garbage


def peak(read):
    """The largest growth in bytes while `read` runs, after a first run that fills caches."""
    read()
    gc.collect()
    tracemalloc.start()
    try:
        read()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def read_file(path, format="ais"):
    health = Health(0, "", "")
    for _ in recorded([FeedAddress.of_recording(str(path), format=format)], SensorRegistry(), [health], lambda: 1e9):
        pass
    return health


@pytest.mark.parametrize("packed", [False, True])
def test_a_line_of_100_mb_is_one_refusal_in_bounded_memory(tmp_path, packed):
    path = tmp_path / "long.nmea"
    opener = gzip.open if packed else open
    with opener(path, "wb") as f:
        for _ in range(100):
            f.write(b"!AIVDM,1,1,,A,15MgK45P" * (2**20 // 24))
        f.write(b"\n" + REAL + b"\n")
    health = read_file(path)
    assert (health.refused, health.messages) == ({"too_long": 1}, 1)
    assert peak(lambda: read_file(path)) < MEMORY


def test_a_gzip_bomb_is_read_in_less_memory_than_it_holds(tmp_path):
    path = tmp_path / "bomb.nmea"
    with gzip.open(path, "wb") as f:
        for _ in range(64):
            f.write(bytes(1 << 20))
    assert path.stat().st_size < 1 << 18
    assert peak(lambda: read_file(path)) < MEMORY
    assert sum(read_file(path).refused.values()) == 1


def test_sentence_groups_without_end_are_counted_and_forgotten(tmp_path):
    path = tmp_path / "groups.nmea"
    with path.open("wb") as f:
        for i in range(60_000):
            body = b"AIVDM,9,%d,%d,A,15MgK45P3@G?fl0E`JbR0OwT0@MS,0" % (i % 8 + 1, i % 10)
            total = 0
            for b in body:
                total ^= b
            f.write(b"!" + body + b"*%02X\n" % total)
    health = read_file(path)
    assert health.messages == 0
    assert health.refused["incomplete"] > 50_000
    assert peak(lambda: read_file(path)) < MEMORY


@pytest.mark.parametrize("format", ["ais", "asterix"])
def test_random_bytes_over_udp_are_counted_and_the_feed_stays_well(format):
    address = FeedAddress.parse(f"udp://127.0.0.1:{free_port()}?format={format}")
    rng = random.Random(5)
    with running(address) as (hub, inputs), UdpSender(address) as sender:
        listening(hub)
        for _ in range(200):
            data = rng.randbytes(rng.randrange(1, 1400))
            sender.send(b"!AIVDM," + data + b"\n" if format == "ais" else data)
            time.sleep(0.001)
        until(lambda: sum(hub.health()[0].refused.values()) + hub.health()[0].other > 50)
        health = hub.health()[0]
    assert health.state == "listening"
    assert len(health.last_refused) <= 16
    assert all(len(r.data) <= 256 for r in health.last_refused)
    assert "internal error" not in health.refused
    assert told(drained(inputs)) == []


@pytest.mark.parametrize("format", ["ais", "asterix"])
def test_a_file_of_random_bytes_is_survived(tmp_path, format):
    path = tmp_path / "noise"
    path.write_bytes(random.Random(6).randbytes(1 << 20))
    health = read_file(path, format)
    assert health.state == "ended"
    assert sum(health.refused.values()) + health.other > 0


def test_health_tells_rates_and_when_it_last_heard():
    health = Health(0, "a", "b")
    for second in range(20):
        for _ in range(1000):  # more entries than any buffer of datagrams would keep
            health.heard(100.0 + second, 10, messages=1)
    snapshot = health.snapshot(120.0)
    assert snapshot.messages_per_s == pytest.approx(1000, rel=0.11)
    assert snapshot.bytes_per_s == pytest.approx(10_000, rel=0.11)
    assert snapshot.last_heard == 119.0
    assert health.snapshot(500.0).messages_per_s == 0.0


def test_nothing_is_left_open_when_a_hub_stops():
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        with running(f"udp://127.0.0.1:{free_port()}") as (hub, _):
            listening(hub)
    assert len(os.listdir("/proc/self/fd")) <= before + 1
