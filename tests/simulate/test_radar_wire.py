"""What the simulated radars send, read back with our own decoder."""

import math
import shutil
import subprocess
from dataclasses import replace

import numpy as np
import pytest

from mihari.core.geodesy import plot_position, polar_of
from mihari.core.units import wrap_half_turn
from mihari.formats.asterix import decode, decode_many
from mihari.formats.asterix.radar import Message, plots, sectors, sites
from mihari.simulate.antenna import NOBODY, Antenna

SECTORS, PERIOD = 32, 2.5
WIDTH = 2 * math.pi / SECTORS
AZIMUTH_UNIT = 2 * math.pi / 65536


def sent(datagrams, channel):
    return [d for d in datagrams if d.channel == channel]


@pytest.fixture(scope="module", params=[0, 1])
def radar(request, strait, datagrams):
    """(antenna, its datagrams, its plots, its sectors)."""
    own = sent(datagrams, f"radar-{request.param}")
    decoded = decode_many([d.data for d in own])
    assert not decoded.counts
    return strait.antennas[request.param], own, plots(decoded), sectors(decoded)


def test_every_sector_of_every_turn_is_sent_in_order(radar):
    _, own, _, messages = radar
    crossings = messages.azimuth[messages.message == Message.SECTOR]
    expected = (np.arange(len(crossings)) + 1) % SECTORS * WIDTH
    np.testing.assert_allclose(crossings, expected, atol=1e-9)
    assert len(crossings) >= (own[-1].time - own[0].time) / PERIOD * SECTORS - 1


def test_north_is_marked_each_turn_and_says_where_the_radar_stands(radar):
    antenna, own, _, messages = radar
    norths = messages.time_of_day[messages.message == Message.NORTH]
    np.testing.assert_allclose(np.diff(norths), PERIOD, atol=1 / 64)
    np.testing.assert_allclose(messages.rotation_s[messages.message == Message.NORTH], PERIOD)
    site = sites(decode(own[0].data))
    assert site.lat_deg[0] == pytest.approx(antenna.radar.lat_deg, abs=2e-5)
    assert site.lon_deg[0] == pytest.approx(antenna.radar.lon_deg, abs=2e-5)
    assert site.height[0] == antenna.radar.height


def test_a_sectors_plots_lie_in_it_and_are_sent_when_the_antenna_leaves_it(radar):
    _, own, found, messages = radar
    crossing = messages.message == Message.SECTOR
    end = dict(zip(messages.datagram[crossing].tolist(), messages.azimuth[crossing].tolist(), strict=True))
    for datagram in np.unique(found.datagram).tolist():
        rows = found.datagram == datagram
        closing = next(k for k in range(datagram, len(own)) if k in end)  # a full sector may take several datagrams
        behind = np.mod(end[closing] - found.bearing[rows] + AZIMUTH_UNIT, 2 * math.pi)
        assert np.all(behind <= WIDTH + 2 * AZIMUTH_UNIT)
        age = own[datagram].time % 86400 - found.time_of_day[rows]
        assert np.all((age > -0.02) & (age < PERIOD / SECTORS + 0.05))


def test_no_datagram_is_longer_than_a_frame(datagrams):
    assert max(len(d.data) for d in datagrams) < 1472


def test_plots_match_the_truth_within_the_sensors_errors(strait, radar):
    antenna, _, found, _ = radar
    r, start = antenna.radar, strait.scenario.start
    midnight = start - start % 86400
    range_errors, bearing_errors = [], []
    for scan in np.unique((found.time_of_day // PERIOD).astype(int))[:12]:
        rows = np.flatnonzero((found.time_of_day // PERIOD).astype(int) == scan)
        for row in rows.tolist():
            truth = strait.truth(midnight + found.time_of_day[row])
            slant, bearing = polar_of(r.lat_deg, r.lon_deg, r.height, truth.lat_deg, truth.lon_deg)
            dr, db = found.range[row] - slant, wrap_half_turn(found.bearing[row] - bearing)
            nearest = np.argmin((dr / r.range_sd) ** 2 + (db / r.bearing_sd) ** 2)
            if abs(dr[nearest]) < 5 * r.range_sd and abs(db[nearest]) < 5 * r.bearing_sd:
                range_errors.append(dr[nearest])
                bearing_errors.append(db[nearest])
    assert len(range_errors) > 500
    assert np.mean(range_errors) == pytest.approx(0.0, abs=1.0)
    assert np.std(range_errors) == pytest.approx(math.hypot(r.range_sd, 1852 / 256 / math.sqrt(12)), rel=0.1)
    assert np.mean(bearing_errors) == pytest.approx(0.0, abs=2e-4)
    assert np.std(bearing_errors) == pytest.approx(r.bearing_sd, rel=0.1)


def without_merging(antenna):
    radar = replace(antenna.radar, range_cell=0.0)
    return Antenna(radar, antenna.index, antenna.traffic, antenna.on_land, antenna.shadow, antenna.origin)


@pytest.mark.parametrize("index", [0, 1])
def test_vessels_in_cover_are_found_about_nine_times_in_ten(strait, index):
    antenna, rng = without_merging(strait.antennas[index]), np.random.default_rng(1)
    north = strait.scenario.start + 100.0
    found = np.zeros(len(strait.vessels))
    scans = 60
    for _ in range(scans):
        rows = antenna.scan(north, rng).vessel
        found[rows[rows != NOBODY]] += 1
    covered = strait.cover(north)[:, index]
    assert found[covered].sum() / scans / covered.sum() == pytest.approx(0.92, abs=0.04)
    expected = antenna.cover(100.0, np.arange(len(strait.vessels)))
    assert np.abs(found / scans - expected).max() < 5 * 0.5 / math.sqrt(scans)
    assert found[expected == 0].sum() == 0


@pytest.mark.parametrize("index", [0, 1])
def test_clutter_has_its_rate_its_places_and_lies_on_water_in_sight(strait, index):
    antenna, rng = strait.antennas[index], np.random.default_rng(2)
    scans = [antenna.scan(strait.scenario.start + 2.5 * k, rng) for k in range(200)]
    clutter = [s.take(s.vessel == NOBODY) for s in scans]
    counts = np.array([len(c) for c in clutter])
    assert counts.mean() == pytest.approx(60.0, abs=4 * math.sqrt(60 / 200))
    assert counts.var() == pytest.approx(60.0, rel=0.4)  # Poisson
    slant, bearing = np.concatenate([c.range for c in clutter]), np.concatenate([c.bearing for c in clutter])
    assert np.mean(slant < 6000) == pytest.approx(0.3, abs=0.06)
    r = antenna.radar
    lat_deg, lon_deg = plot_position(r.lat_deg, r.lon_deg, r.height, np.maximum(slant, r.height + 1), bearing)
    assert not strait.mask.on_land(lat_deg, lon_deg).any()
    assert slant.max() <= r.range_max


def test_nothing_is_seen_behind_land(strait):
    antenna, rng = strait.antennas[1], np.random.default_rng(3)
    behind_okinawa = np.isfinite(antenna.shadow) & (antenna.shadow < 30e3)
    assert behind_okinawa.sum() > 20
    for k in range(20):
        scan = antenna.scan(strait.scenario.start + 2.5 * k, rng)
        clutter = scan.take(scan.vessel == NOBODY)
        bearing = np.rint(clutter.bearing / (2 * math.pi) * len(antenna.shadow)).astype(int) % len(antenna.shadow)
        assert np.all(clutter.range <= antenna.shadow[bearing])


def test_an_independent_decoder_reads_every_datagram(strait, tmp_path):
    if shutil.which("tshark") is None:
        pytest.skip("tshark is not on this machine")
    from mihari.simulate.recordings import write_recordings

    write_recordings(strait, tmp_path, 10.0)
    command = ["tshark", "-r", str(tmp_path / "radar-0.pcap"), "-d", "udp.port==8600,asterix", "-T", "fields"]
    fields = ["-e", "asterix.category", "-e", "_ws.malformed", "-e", "_ws.expert.severity"]
    lines = subprocess.run(command + fields, capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(lines) > 120
    for line in lines:
        category, *trouble = line.split("\t")
        assert set(category.split(",")) <= {"34", "48"}
        assert not any(trouble)
