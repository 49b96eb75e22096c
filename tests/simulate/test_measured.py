"""Rates and ranges measured from simulated bytes against the physics that they are stated to follow; fixed seeds."""

import math
import shutil
import subprocess

import numpy as np
import pytest

from mihari.formats.ais import decode_bytes
from mihari.formats.asterix import decode_many
from mihari.formats.asterix.radar import plots
from mihari.sensors.ais_link import reception_chance
from mihari.sensors.false_alarms import false_alarms
from mihari.sensors.profiles import PROFILES
from mihari.sensors.radar import echo_area, hull_height
from mihari.sensors.table import echo_table
from mihari.sensors.weather import Weather
from mihari.simulate import Simulation, load
from mihari.simulate.recordings import write_recordings
from mihari.simulate.scenario import parse

SEA = """
name = "measured"
area = "open sea"
box_deg = [[24.0, 124.0], [29.0, 130.0]]
start = 2026-11-20T03:00:00Z
duration_s = 600
"""
RADAR = """
[[radar]]
name = "coast"
lat_deg = 26.0
lon_deg = 127.0
height_m = 50
sac = 1
sic = 1
detection = 1.0
profile = "coastal X-band"
land_shadow = false
range_cell_m = 0
"""
STATION = """
[[station]]
name = "COAST"
lat_deg = 26.0
lon_deg = 127.0
height_m = 50
mmsi = 4310001
"""


def radar_plots(text, seconds):
    simulation = Simulation(parse(text, "sea.toml"))
    return plots(decode_many([d.data for d in simulation.stream(seconds) if d.channel == "radar-0"]))


@pytest.mark.parametrize("sea_state", [0.0, 3.0, 5.0])
def test_false_plots_come_at_the_rate_and_ranges_of_the_physics(sea_state):
    turns = 120
    found = radar_plots(SEA + RADAR + f"[weather]\nsea_state = {sea_state}\n", 2.5 * turns)
    expected = false_alarms(PROFILES["coastal X-band"], 50.0, 24 * 1852, Weather(sea_state=sea_state))
    assert len(found) / turns == pytest.approx(expected.expected, abs=5 * math.sqrt(expected.expected / turns) + 0.5)
    for share in (0.25, 0.5, 0.75):  # of them lie below this range
        below = np.interp(share * expected.expected, expected.below, expected.ranges)
        assert np.mean(found.range < below) == pytest.approx(share, abs=5 * 0.5 / math.sqrt(len(found)))


@pytest.mark.parametrize(("kind", "length", "sea_state"), [("boat", 8, 0.0), ("boat", 8, 4.0), ("fishing", 25, 0.0)])
def test_a_vessel_is_found_as_far_as_the_radar_equation_says(kind, length, sea_state):
    places = [26.0 + k * 0.045 for k in range(1, 9)]  # 5 to 40 km north, a vessel at each
    vessels = "".join(
        f'[[vessel]]\nname = "V{k}"\nkind = "{kind}"\nlength_m = {length}\nais = "none"\n'
        f"route_deg = [[{lat}, 127.0], [{lat}, {127.0 + 0.0001}]]\nat_s = [0, 1000]\n"
        for k, lat in enumerate(places)
    )
    turns = 160
    found = radar_plots(SEA + RADAR.replace("detection", "clutter = 0\ndetection") + vessels
                        + f"[weather]\nsea_state = {sea_state}\n", 2.5 * turns)  # fmt: skip
    table = echo_table(PROFILES["coastal X-band"], 50.0, 24 * 1852, Weather(sea_state=sea_state))
    shares = []
    for lat in places:
        distance = (lat - 26.0) * 110_770  # m a degree of latitude at 26° N
        near = np.abs(found.range - distance) < 400
        expected = float(table.plot_probability(distance, echo_area(length), hull_height(length)))
        shares.append(near.sum() / turns)
        assert shares[-1] == pytest.approx(expected, abs=0.13), distance  # narrow lobes: tabulated to 0.05
    assert shares[0] > (0.95 if sea_state == 0 else 0.5)  # waves hide small boats near by
    assert shares[-1] < shares[0]


def test_stations_hear_as_far_as_the_link_says():
    places = [26.0 + k * 0.09 for k in range(1, 13)]  # 10 to 120 km
    vessels = "".join(
        f'[[vessel]]\nname = "V{k}"\nkind = "cargo"\nlength_m = 100\nais = "A"\nmmsi = {431000001 + k}\n'
        f"route_deg = [[{lat}, 126.0], [{lat}, 128.0]]\nspeed_kn = 10\nstart_s = -18000\n"
        for k, lat in enumerate(places)
    )
    simulation = Simulation(parse(SEA + STATION + vessels, "sea.toml"))
    messages = decode_bytes(b"".join(d.data for d in simulation.stream(3000.0))).messages
    heard = messages.mmsi[np.isin(messages.message_type, (1, 3))]
    for k, lat in enumerate(places):
        truth = simulation.truth(simulation.scenario.start + 1500)
        east = (truth.lon_deg[k] - 127.0) * 111_320 * math.cos(math.radians(lat))
        chance = float(reception_chance(math.hypot((lat - 26.0) * 110_770, east), 50.0, 20.0))
        share = np.sum(heard == 431000001 + k) / 300  # 10 kn: every 10 s
        assert share == pytest.approx(chance, abs=0.13), lat


def test_a_busy_channel_loses_messages_to_each_other():
    crowd = (
        '[[traffic]]\nkind = "cargo"\ncount = {n}\naround_deg = [26.0, 127.0]\nradius_nm = 45\nspeed_kn = [10, 13]\n'
    )

    def heard(n):
        simulation = Simulation(parse(SEA + STATION + crowd.format(n=n), "sea.toml"))
        return sum(1 for _ in simulation.stream(120.0)) / n

    quiet, busy = heard(40), heard(1500)
    assert quiet > 8
    assert busy < 0.8 * quiet


SATELLITE = """
[[satellite]]
name = "ORBIT"
ground_deg = [78.23, 15.39]
node_deg = 137
since_s = 0
"""


CROWD = '[[traffic]]\nkind = "fishing"\ncount = 20\naround_deg = [26.0, 127.0]\nradius_nm = 30\nclass_a = 1\n'


@pytest.mark.slow
def test_a_satellite_tells_what_it_heard_when_it_passes_its_ground_station():
    simulation = Simulation(parse(SEA + SATELLITE + CROWD, "sea.toml"))
    start = simulation.scenario.start
    datagrams = list(simulation.stream(7200.0))
    assert len(datagrams) > 100
    assert {d.channel for d in datagrams} == {"sat-0"}
    messages = decode_bytes(b"".join(d.data for d in datagrams)).messages
    own = np.isin(messages.message_type, (1, 3))
    rows = {int(m): k for k, m in enumerate(simulation.vessels.mmsi)}
    vessel = np.array([rows[int(m)] for m in messages.mmsi[own]])
    moving = simulation.traffic.motion.at(messages.time[own] - start, vessel)
    assert np.abs(moving.lat_deg - messages.lat_deg[own]).max() < 1e-3  # the time told is when it was heard
    told = np.array([d.time for d in datagrams])
    first = np.nanmin(messages.time)
    assert np.all(np.diff(told) >= 0)
    assert told.min() - first > 600  # from 26° N to Svalbard
    gaps = np.diff(np.unique(np.floor(messages.time[own] / 60)))
    assert len(gaps) < 40  # heard in a pass of some minutes, not all the time


@pytest.mark.parametrize("name", ["imo-1", "dense-fleet", "sensor-outage", "coast-small"])
def test_independent_decoders_read_every_byte(name, tmp_path):
    pyais = pytest.importorskip("pyais")
    if shutil.which("tshark") is None:
        pytest.skip("tshark is not on this machine")
    scenario = parse(SEA + RADAR + STATION + SATELLITE.replace("78.23, 15.39", "26, 127") + CROWD, "sea.toml")
    simulation = Simulation(scenario if name == "coast-small" else load(name))
    paths = write_recordings(simulation, tmp_path, 40.0)
    for path in (p for p in paths if p.suffix == ".nmea"):
        lines = path.read_bytes().splitlines()
        assert lines or name == "coast-small"
        for message in pyais.IterMessages(lines):
            assert message.is_valid
            assert message.decode().mmsi
        assert len(decode_bytes(path.read_bytes()).refused) == 0
    for number, path in enumerate(sorted(tmp_path.glob("*.pcap"))):
        command = ["tshark", "-r", str(path), "-d", f"udp.port=={8600 + number},asterix", "-T", "fields"]
        fields = ["-e", "asterix.category", "-e", "_ws.malformed", "-e", "_ws.expert.severity"]
        told = subprocess.run(command + fields, capture_output=True, text=True, check=True).stdout.splitlines()
        assert len(told) > 100
        for line in told:
            category, *trouble = line.split("\t")
            assert set(category.split(",")) <= {"34", "48"}
            assert not any(trouble)


def test_no_plot_is_sent_before_it_is_measured_whatever_the_bias():
    boats = '[[traffic]]\nkind = "boat"\ncount = 60\naround_deg = [26.0, 127.0]\nradius_nm = 8\n'
    for bias in (0, -5, -90, 170):
        text = SEA + RADAR.replace("detection", f"clutter = 30\nbearing_bias_deg = {bias}\ndetection") + boats
        simulation = Simulation(parse(text, "sea.toml"))
        labelled = {}
        sent = list(simulation.stream(60.0, lambda _, turn, kept=labelled: kept.setdefault(len(kept), turn)))
        midnight = simulation.scenario.start - simulation.scenario.start % 86400
        found = 0
        for datagram in sent:
            told = plots(decode_many([datagram.data]))
            assert np.all(midnight + told.time_of_day <= datagram.time + 0.01), bias
            assert np.all(midnight + told.time_of_day >= datagram.time - 2.5 / 32 - 0.01), bias
            found += len(told)
        assert found == sum(len(turn) for turn in labelled.values()) > 500


def test_a_satellite_holds_up_no_radar():
    text = SEA + RADAR + SATELLITE + CROWD
    simulation = Simulation(parse(text, "sea.toml"))
    first = next(iter(simulation.stream(math.inf)))
    assert first.channel == "radar-0"
    assert first.time < simulation.scenario.start + 2.5
