import asyncio
import math
from dataclasses import replace
from itertools import islice

import dpkt
import numpy as np
import pyarrow.parquet as pq
import pytest

from mihari.core.errors import BadInput
from mihari.core.geodesy import polar_of
from mihari.core.sensor import SensorKind
from mihari.formats.asterix import decode_many
from mihari.formats.asterix.radar import plots
from mihari.simulate import Simulation, load, play, sensors
from mihari.simulate.recordings import write_recordings
from mihari.simulate.scenario import parse

LABELS = ("plots.parquet", "truth.parquet", "events.parquet")


def test_the_same_seed_gives_the_same_bytes(strait):
    again = Simulation(load("strait"), strait.mask)
    assert list(again.stream(20.0)) == list(strait.stream(20.0)) == list(strait.stream(20.0))


def test_another_seed_gives_other_bytes(aegean):
    other = Simulation(replace(aegean.scenario, seed=99), aegean.mask)
    assert list(other.stream(5.0)) != list(aegean.stream(5.0))


def test_a_shorter_run_is_the_beginning_of_a_longer_one(aegean):
    short, long = list(aegean.stream(10.0)), list(aegean.stream(20.0))
    assert [d for d in long if d.time < aegean.scenario.start + 9.9] == [
        d for d in short if d.time < aegean.scenario.start + 9.9
    ]


def test_a_run_without_end_begins_like_any_other(aegean):
    expected = list(aegean.stream(20.0))[:300]
    assert list(islice(aegean.stream(math.inf), 300)) == expected
    assert list(islice(aegean.stream(1e8), 300)) == expected


def test_datagrams_come_in_order_of_time_from_all_channels(strait, datagrams):
    times = np.array([d.time for d in datagrams])
    assert np.all(np.diff(times) >= 0)
    assert times[0] >= strait.scenario.start
    assert {d.channel for d in datagrams} == set(strait.channels) == {"radar-0", "radar-1", "ais-0", "ais-1"}


def test_a_scenario_can_begin_now_with_the_same_traffic(aegean):
    moved = Simulation(aegean.scenario.at(2e9), aegean.mask)
    assert list(aegean.at(2e9).stream(5.0)) == list(moved.stream(5.0))
    then, now = aegean.truth(aegean.scenario.start + 60), moved.truth(2e9 + 60)
    np.testing.assert_array_equal(then.lat_deg, now.lat_deg)
    assert next(moved.stream(5.0)).time == pytest.approx(2e9)


def test_the_stream_does_not_depend_on_questions_about_truth(aegean):
    stream = aegean.stream(5.0)
    first = next(stream)
    aegean.truth(aegean.scenario.start + 1000)
    aegean.cover(aegean.scenario.start)
    assert [first, *stream] == list(aegean.stream(5.0))


def test_sensors_are_told_as_a_node_knows_them(strait):
    found = sensors(strait.scenario)
    assert [s.kind for s in found] == [SensorKind.RADAR, SensorKind.RADAR, SensorKind.AIS, SensorKind.AIS]
    assert [s.index for s in found] == [0, 1, 2, 3]
    assert found[1].source == "126/2"


def test_playing_sends_everything_when_it_is_due(aegean):
    now = [100.0]
    sent: list[tuple[float, str, bytes]] = []

    async def sleep(seconds: float) -> None:
        now[0] += seconds

    def send(channel: str, data: bytes) -> None:
        sent.append((now[0], channel, data))

    count = asyncio.run(play(aegean, 4.0, lambda: now[0], send, 8.0, sleep))
    expected = list(aegean.stream(8.0))
    assert count == len(sent) == len(expected)
    for (when, channel, data), datagram in zip(sent, expected, strict=True):
        assert (channel, data) == (datagram.channel, datagram.data)
        assert when == pytest.approx(100.0 + (datagram.time - aegean.scenario.start) / 4.0, abs=1e-6)


def test_recordings_hold_the_same_bytes_as_the_stream(aegean, tmp_path):
    told: list[float] = []
    paths = write_recordings(aegean, tmp_path / "new" / "folder", 10.0, told.append)
    assert [p.name for p in paths] == ["radar-0.pcap", "ais-0.nmea", *LABELS, "scenario.toml", "node.toml"]
    stream = list(aegean.stream(10.0))
    with paths[0].open("rb") as f:
        packets = [(t, dpkt.ethernet.Ethernet(frame).data.data) for t, frame in dpkt.pcap.Reader(f)]
    radar = [d for d in stream if d.channel == "radar-0"]
    assert [udp.data for _, udp in packets] == [d.data for d in radar]
    assert {udp.dport for _, udp in packets} == {8600}
    np.testing.assert_allclose([t for t, _ in packets], [d.time for d in radar], atol=2e-6)
    assert paths[1].read_bytes() == b"".join(d.data for d in stream if d.channel == "ais-0")
    assert parse(paths[-2].read_text(), "again") == aegean.scenario
    assert told
    assert all(0 <= share <= 1 for share in told)


def test_truth_is_written_once_a_second_with_who_and_cover(aegean, tmp_path):
    write_recordings(aegean, tmp_path, 10.0)
    table = pq.read_table(tmp_path / "truth.parquet")
    n = len(aegean.vessels)
    assert table.num_rows == 11 * n
    last = table.slice(10 * n)
    truth = aegean.truth(aegean.scenario.start + 10)
    np.testing.assert_array_equal(last["lat_deg"], truth.lat_deg)
    np.testing.assert_array_equal(last["time"], truth.time)
    assert last["has_ais"].to_pylist() == aegean.vessels.has_ais.tolist()
    assert last["mmsi"].null_count == int((~aegean.vessels.has_ais).sum())
    np.testing.assert_array_equal(last["cover"], aegean.cover(aegean.scenario.start + 10)[:, 0])


def test_every_plot_that_is_sent_is_labelled_with_its_vessel(aegean, tmp_path):
    write_recordings(aegean, tmp_path, 30.0)
    labels = pq.read_table(tmp_path / "plots.parquet")
    sent = plots(decode_many([d.data for d in aegean.stream(30.0) if d.channel == "radar-0"]))
    assert labels.num_rows == len(sent) > 100
    midnight = aegean.scenario.start - aegean.scenario.start % 86400
    np.testing.assert_allclose(labels["time"], midnight + sent.time_of_day, atol=1 / 128)
    np.testing.assert_allclose(labels["range_m"], sent.range, atol=1852 / 256)
    vessel = labels["vessel"].to_numpy()
    assert -1 in vessel
    radar, motion = aegean.scenario.radars[0], aegean.traffic.motion
    own = np.flatnonzero((vessel >= 0) & ~labels["merged"].to_numpy())
    moving = motion.at(labels["time"].to_numpy()[own] - aegean.scenario.start, vessel[own])
    slant, _ = polar_of(radar.lat_deg, radar.lon_deg, radar.height, moving.lat_deg, moving.lon_deg)
    assert np.abs(labels["range_m"].to_numpy()[own] - slant).max() < 5 * radar.range_sd


def test_a_folder_that_cannot_be_made_is_one_clear_sentence(aegean, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="file"):
        write_recordings(aegean, tmp_path / "file" / "folder", 1.0)


def test_a_coast_without_radars_or_stations_is_silent_but_has_truth(aegean):
    quiet = Simulation(replace(aegean.scenario, radars=(), stations=(), aids=()), aegean.mask)
    assert list(quiet.stream(10.0)) == []
    assert len(quiet.truth(quiet.scenario.start)) == 60
    assert quiet.cover(quiet.scenario.start).shape == (60, 0)


def test_an_empty_sea_is_only_clutter(aegean):
    empty = Simulation(replace(aegean.scenario, traffic=(), stations=(), aids=(), lanes=()), aegean.mask)
    assert len(empty.truth(empty.scenario.start)) == 0
    assert sum(len(d.data) for d in empty.stream(10.0)) > 4000
