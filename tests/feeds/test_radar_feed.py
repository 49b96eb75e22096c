"""ASTERIX datagrams -> sectors."""

import itertools
import math
import random
import socket

import numpy as np
import pytest
from feed_helpers import free_port, listening, running, swept, until

from mihari.core.geodesy import polar_of
from mihari.core.health import Health
from mihari.core.reports import ReportKind
from mihari.core.sensor import Sensor, SensorKind
from mihari.feeds import Chunk, FeedAddress, SensorRegistry, UdpSender, recorded
from mihari.feeds.radar import RADARS, RadarFeed
from mihari.formats.asterix import decode, encode, encode_north, encode_plots, encode_sector
from mihari.formats.asterix import radar as told
from recordings import recording

DAY = 20_000 * 86_400.0  # a midnight
PLACE = (26.2, 127.7, 30.0)
PERIOD = 2.5
SECTORS = 32


def feed(*sensors, **options):
    registry = SensorRegistry(sensors)
    return RadarFeed(4, registry, Health(4, "radar", "udp://:1"), **options), registry


def chunk(data, time):
    return Chunk(DAY + time, data)


def plots(time, bearing, slant=10_000.0, sic=1):
    bearing = np.atleast_1d(np.asarray(bearing, float))
    time, slant = np.broadcast_to(time, bearing.shape), np.broadcast_to(slant, bearing.shape)
    return b"".join(encode_plots(25, sic, time % 86_400.0, slant, bearing))


def crossing(time, sector, position=PLACE, sic=1):
    return encode_sector(25, sic, time % 86_400.0, sector * 2 * math.pi / SECTORS, PERIOD, position)


def turn(start, number=3, per_sector=2):
    """Datagrams of `number` turns from `start` s of the day: crossing, plots of the sector, crossing …"""
    rng = random.Random(1)
    for i in range(number * SECTORS):
        t = start + i * PERIOD / SECTORS
        yield t, crossing(t, i % SECTORS)
        bearing = [(i % SECTORS + rng.uniform(0.1, 0.9)) * 2 * math.pi / SECTORS for _ in range(per_sector)]
        yield t + 0.05, plots(t + 0.04, bearing)


def same(a, b):
    assert len(a) == len(b)
    for x, y in zip(a, b, strict=True):
        assert (x.sensor, x.time, x.received, x.start, x.end) == (y.sensor, y.time, y.received, y.start, y.end)
        for name, column in x.reports.columns().items():
            np.testing.assert_array_equal(column, getattr(y.reports, name), err_msg=name)


def test_sectors_reach_from_one_crossing_to_the_next_with_their_plots():
    stage, registry = feed()
    sectors = [s for t, d in turn(100.0) for s in stage.take(chunk(d, t))]
    assert len(sectors) == 3 * SECTORS  # the first crossing closes an empty one of unknown length
    for before, after in itertools.pairwise(sectors):
        assert after.start == before.end
        assert len(after.reports) == 2
        ahead = (after.reports.bearing - after.start) % (2 * math.pi)
        assert (ahead < (after.end - after.start) % (2 * math.pi)).all()
        assert after.time == pytest.approx(before.time + PERIOD / SECTORS, abs=1 / 128)
    assert registry[0].source == "25/1"
    assert registry[0].kind == SensorKind.RADAR
    assert (registry[0].lat_deg, registry[0].period) == (pytest.approx(26.2, abs=1e-4), 2.5)


def test_positions_and_covariances_follow_from_the_radars_place():
    sensor = Sensor(0, "naha", SensorKind.RADAR, 26.2, 127.7, 30.0, source="25/1", range_sd=10.0, bearing_sd=0.002)
    stage, _ = feed(sensor)
    stage.take(chunk(crossing(10.0, 0, None), 10.0), chunk(plots(10.01, 0.1, 18_520.0), 10.02))
    (sector,) = stage.take(chunk(crossing(10.08, 1, None), 10.08))
    r = sector.reports
    assert r.kind.tolist() == [ReportKind.PLOT]
    slant, bearing = polar_of(26.2, 127.7, 30.0, r.lat_deg, r.lon_deg)
    assert slant[0] == pytest.approx(18_520.0, abs=4.0)
    assert bearing[0] == pytest.approx(0.1, abs=1e-4)
    assert r.cov_ee[0] + r.cov_nn[0] == pytest.approx(10.0**2 + (18_520 * 0.002) ** 2, rel=0.01)
    assert (r.range_var[0], r.bearing_var[0]) == (100.0, pytest.approx(4e-6))
    assert r.time[0] == pytest.approx(DAY + 10.01, abs=1 / 128)
    assert r.received[0] == DAY + 10.02
    assert (r.feed[0], r.offset[0], r.sensor[0]) == (4, 0, 0)


def test_plots_of_a_radar_without_a_place_are_kept_without_a_position():
    stage, registry = feed()
    stage.take(chunk(crossing(10.0, 0, None), 10.0), chunk(plots(10.01, 0.1), 10.02))
    (sector,) = stage.take(chunk(crossing(10.08, 1, None), 10.08))
    assert np.isnan(sector.reports.lat_deg).all()
    assert np.isnan(sector.reports.cov_ee).all()
    assert sector.reports.kind.tolist() == [ReportKind.PLOT]
    assert not registry[0].placed


def test_a_configured_place_is_believed_and_a_told_one_is_not():
    stage, registry = feed(Sensor(0, "naha", SensorKind.RADAR, 10.0, 20.0, source="25/1", period=3.0))
    stage.take(chunk(crossing(10.0, 0), 10.0))
    assert (registry[0].lat_deg, registry[0].period) == (10.0, 3.0)


def aboard(number, step_deg, *sensors):
    """Sectors of a radar whose place, told at each crossing, goes north by so much."""
    stage, registry = feed(*sensors)
    sectors = []
    for i in range(number):
        t, place = 100.0 + i * PERIOD / SECTORS, (26.2 + i * step_deg, 127.7, 1500.0)
        sectors += stage.take(chunk(crossing(t, i % SECTORS, place), t))
        sectors += stage.take(chunk(plots(t + 0.04, (i % SECTORS + 0.5) * 2 * math.pi / SECTORS), t + 0.05))
    return sectors, registry


def test_each_sector_of_a_radar_that_moves_tells_where_it_was():
    sectors, _ = aboard(60, 1e-4)  # 11 m a sector
    moving = sectors[6:]  # GNSS may err by 50 m
    for before, after in itertools.pairwise(moving):
        assert after.lat_deg - before.lat_deg == pytest.approx(1e-4, abs=3e-5)
        assert after.lon_deg == pytest.approx(127.7, abs=3e-5)
        distance = polar_of(after.lat_deg, after.lon_deg, 1500.0, after.reports.lat_deg, after.reports.lon_deg)[0]
        assert distance == pytest.approx(10_000.0, abs=4.0)  # and its plots are placed from there


def test_a_radar_that_stands_or_is_configured_tells_no_place_with_its_sectors():
    standing, _ = aboard(60, 0.0)
    configured, _ = aboard(60, 1e-4, Sensor(0, "naha", SensorKind.RADAR, 26.2, 127.7, source="25/1"))
    assert all(math.isnan(s.lat_deg) for s in (*standing, *configured))


def test_nothing_depends_on_how_datagrams_are_grouped():
    datagrams = [chunk(d, t) for t, d in turn(86_390.0, number=6)]  # across midnight
    one, two, three = feed()[0], feed()[0], feed()[0]
    singly = [s for c in datagrams for s in one.take(c)] + one.finish()
    at_once = two.take(*datagrams) + two.finish()
    rng, at, mixed = random.Random(9), 0, []
    while at < len(datagrams):
        size = rng.randrange(1, 20)
        mixed += three.take(*datagrams[at : at + size])
        at += size
    same(singly, at_once)
    same(singly, mixed + three.finish())


def test_midnight_does_not_break_the_times():
    stage, _ = feed()
    times = [s.time for t, d in turn(86_399.0, number=2) for s in stage.take(chunk(d, t))]
    assert all(0 < b - a < 0.1 for a, b in itertools.pairwise(times))
    assert times[0] < DAY + 86_400 < times[-1]


def test_a_radar_without_crossings_gets_sectors_by_its_plots_progress():
    stage, _ = feed()
    sectors = []
    for i in range(320):  # ten plots a sector of 1/32 turn
        t = 50.0 + i * PERIOD / 320
        sectors += stage.take(chunk(plots(t, i * 2 * math.pi / 320), t))
    sectors += stage.finish()
    assert 30 <= len(sectors) <= 34
    assert sum(len(s.reports) for s in sectors) == 320
    for before, after in itertools.pairwise(sectors):
        assert after.start == before.end
    spans = [(s.end - s.start) % (2 * math.pi) for s in sectors[:-1]]
    assert max(spans) <= math.radians(12.5)


def test_a_radar_that_does_not_turn_still_delivers_within_a_quarter_second():
    stage, _ = feed()
    sectors = [s for i in range(100) for s in stage.take(chunk(plots(10 + i * 0.05, 1.0), 10 + i * 0.05))]
    assert 14 <= len(sectors) <= 20
    assert sum(len(s.reports) for s in sectors) >= 90


def test_a_north_marker_closes_a_sector_only_where_there_are_no_crossings():
    stage, _ = feed()
    stage.take(chunk(plots(10.0, 6.2), 10.0))
    (sector,) = stage.take(chunk(encode_north(25, 1, 10.05, PERIOD), 10.05))
    assert sector.end == 0.0
    assert len(sector.reports) == 1
    assert stage.take(chunk(crossing(10.06, 0), 10.06)) == []  # says the same again
    assert stage.take(chunk(encode_north(25, 1, 12.5, PERIOD), 12.5)) == []


def test_lost_crossings_widen_a_sector_and_a_lost_turn_leaves_its_start_unknown():
    stage, _ = feed()
    stage.take(chunk(crossing(10.0, 0), 10.0))
    (wide,) = stage.take(chunk(crossing(10.0 + 4 * PERIOD / SECTORS, 4), 10.4))
    assert (wide.start, wide.end) == (0.0, pytest.approx(math.pi / 4))
    (unknown,) = stage.take(chunk(crossing(20.0, 8), 20.0))
    assert (unknown.end - unknown.start) % (2 * math.pi) == pytest.approx(math.radians(11.25))


def test_transponder_answers_and_coasted_reports_are_no_plots():
    def record(kind, **items):
        base = {"010": {"SAC": 25, "SIC": 1}, "140": 1280, "020": {"TYP": kind}, "040": {"RHO": 2560, "THETA": 99}}
        return {"category": 48, "items": {**base, **items}}

    data = encode([record(1), record(2), record(5), record(0), record(1, **{"170": {"TRE": 1}})])
    stage, registry = feed()
    stage.take(chunk(crossing(9.9, 0), 9.9), chunk(data, 10.0))
    (sector,) = stage.take(chunk(crossing(10.1, 1), 10.1))
    answered, own = ReportKind.TRANSPONDER, ReportKind.RADAR_TRACK
    assert sector.reports.kind.tolist() == [ReportKind.PLOT, answered, answered, own, own]
    assert registry[0].kind == SensorKind.AIR_RADAR


def test_the_same_datagram_over_two_networks_is_one():
    stage, _ = feed()
    data = [chunk(crossing(10.0, 0), 10.0), chunk(plots(10.01, 0.1), 10.02), chunk(plots(10.01, 0.1), 10.021)]
    sectors = stage.take(*data, chunk(crossing(10.08, 1), 10.08), chunk(crossing(10.08, 1), 10.081))
    assert [len(s.reports) for s in sectors] == [0, 1]
    assert stage.health.noticed == {"repeated": 2}
    assert stage.health.messages == 5


def test_a_stream_of_blocks_gives_the_same_as_datagrams():
    datagrams = list(turn(100.0, number=1))
    stream = b"".join(d for _, d in datagrams)
    stage, _ = feed(datagrams=False)
    found, at, rng = [], 0, random.Random(2)
    while at < len(stream):
        size = rng.randrange(1, 40)
        found += stage.take(Chunk(DAY + 101.0, stream[at : at + size]))
        at += size
    assert len(found) == SECTORS
    assert sum(len(s.reports) for s in found) == 2 * SECTORS - 2  # the last two wait
    assert stage.take(Chunk(DAY + 102.0, b"\x30\0\1\xff")) == []
    assert stage.health.refused == {"bad_length": 1}


def test_random_bytes_are_counted_and_do_not_grow():
    stage, registry = feed()
    rng = random.Random(3)
    for i in range(300):
        data = rng.randbytes(rng.randrange(1, 60))
        if i % 2:
            data = b"\x30" + len(data).to_bytes(2, "big") + data[3:]
        stage.take(chunk(data, 10.0 + i))
    stage.finish()
    assert sum(stage.health.refused.values()) + stage.health.other > 100
    assert len(registry) <= RADARS
    assert len(stage._recent) <= 256


def test_every_cut_of_a_datagram_is_survived():
    data = plots(10.0, np.linspace(0, 0.1, 5)) + crossing(10.1, 1)
    for size in range(len(data)):
        stage, _ = feed()
        stage.take(chunk(data[:size], 10.0))
        stage.finish()
        assert size in (0, len(plots(10.0, np.linspace(0, 0.1, 5)))) or sum(stage.health.refused.values()) == 1, size


def test_the_real_capture_gives_all_128_records_in_the_right_place_and_no_vessel():
    address = FeedAddress.of_recording(str(recording("formats/asterix/cat_034_048.pcap")))
    registry, health = SensorRegistry(), Health(0, "", "")
    sectors = swept(list(recorded([address], registry, [health], lambda: 2e9)))
    assert health.reports == 128
    assert health.refused == {}
    assert health.noticed == {"repeated": 50}
    assert sum(len(s.reports) for s in sectors) == 64  # each datagram is in the capture twice
    assert {registry[i].source: registry[i].kind for i in range(len(registry))} == {
        f"25/{sic}": SensorKind.AIR_RADAR for sic in (11, 12, 13, 14, 201, 204, 205)
    }
    assert all((s.reports.kind != ReportKind.PLOT).all() for s in sectors)
    (own,) = [s for s in registry.all() if s.source == "25/12"]
    assert (own.lat_deg, own.lon_deg) == (pytest.approx(43.57103, abs=1e-5), pytest.approx(16.40606, abs=1e-5))
    found = [s for s in sectors if s.sensor == own.index]
    assert sum(len(s.reports) for s in found) == 19
    for s in found:
        slant, bearing = polar_of(own.lat_deg, own.lon_deg, own.height, s.reports.lat_deg, s.reports.lon_deg, 10_000.0)
        assert np.abs(slant - s.reports.range).max(initial=0.0) < 1500  # aircraft fly between 0 and 12 km
        assert np.abs(bearing - s.reports.bearing).max(initial=0.0) < math.radians(0.1)
    times = np.concatenate([s.reports.time for s in sectors])
    assert (np.abs(times - np.median(times)) < 25).all()  # the radar's own ended track tells its last, 20 s old


def test_radar_datagrams_over_udp_become_sectors():
    port = free_port(socket.SOCK_DGRAM)
    address = FeedAddress.parse(f"udp://127.0.0.1:{port}?format=asterix")
    with running(address) as (hub, inputs), UdpSender(address) as sender:
        listening(hub)
        seconds = hub.clock() % 86_400
        for t, data in turn(seconds, number=1):
            sender.send(data)
            assert t
        until(lambda: hub.health()[0].messages == SECTORS * 3)
        found = []
        while len(found) < SECTORS:
            found.append(inputs.get(timeout=5))
        assert hub.sensors[0].source == "25/1"
    assert len(found) == SECTORS
    assert all(abs(s.time - s.received) < 60 for s in found)


def test_what_the_stage_gives_is_what_the_decoder_says():
    data = plots(10.0, [0.1, 0.15, 0.2], [1000.0, 2000.0, 3000.0])
    seen = told.plots(decode(data))
    stage, _ = feed()
    stage.take(chunk(data, 10.0))
    (sector,) = stage.finish()
    np.testing.assert_array_equal(sector.reports.range, seen.range)
    np.testing.assert_array_equal(sector.reports.bearing, seen.bearing)
