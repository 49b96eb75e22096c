"""Vessels that go where the file says, radars aboard them, faults of sensors: on the wire and in the truth."""

import math

import numpy as np
import pytest

from mihari.core.errors import ConfigError
from mihari.core.geodesy import inverse, polar_of
from mihari.formats.ais import decode_bytes
from mihari.formats.asterix import decode_many
from mihari.formats.asterix.radar import plots, sites
from mihari.simulate import Simulation
from mihari.simulate.cast import Act, Actor, Cast, Event
from mihari.simulate.casting import joined
from mihari.simulate.paths import Path
from mihari.simulate.scenario import parse

EMPTY = """
name = "scripted"
area = "nansei"
start = 2026-11-20T03:00:00Z
duration_s = 600
"""
SHIP = """
[[vessel]]
name = "ALPHA"
kind = "cargo"
ais = "A"
mmsi = 431000001
length_m = 120
route_deg = [[26.30, 127.00], [26.40, 127.00], [26.40, 127.10]]
speed_kn = 15
"""
RADAR = """
[[radar]]
name = "kume"
lat_deg = 26.377
lon_deg = 126.771
height_m = 310
sac = 126
sic = 1
clutter = 0
land_shadow = false
"""
STATION = """
[[station]]
name = "KUME"
lat_deg = 26.377
lon_deg = 126.771
height_m = 300
mmsi = 4310801
milliseconds = true
"""


@pytest.fixture(scope="module")
def mask(strait):
    return strait.mask


def made(mask, *parts):
    return Simulation(parse(EMPTY + "".join(parts), "coast.toml"), mask)


def said(simulation, duration=600.0):
    data = b"".join(d.data for d in simulation.stream(duration) if d.channel.startswith("ais"))
    return decode_bytes(data).messages


def test_a_vessel_follows_its_route_at_its_speed(mask):
    simulation = made(mask, SHIP)
    start = simulation.scenario.start
    leg = 0.1 * 110.8e3 / (15 * 1852 / 3600)  # s, the first leg
    truth = simulation.truth(start + leg / 2)
    assert truth.lat_deg[0] == pytest.approx(26.35, abs=2e-4)
    assert truth.lon_deg[0] == pytest.approx(127.0, abs=1e-6)
    assert math.hypot(truth.east_mps[0], truth.north_mps[0]) == pytest.approx(15 * 1852 / 3600, rel=1e-3)
    end = simulation.truth(start + 1e5)
    assert (end.lat_deg[0], end.lon_deg[0], end.east_mps[0]) == pytest.approx((26.40, 127.10, 0.0), abs=1e-9)


def test_velocity_is_how_the_position_changes_in_bends_too(mask):
    motion = made(mask, SHIP).traffic.motion
    times = np.arange(-100.0, 3000.0, 7.0)
    rows = np.zeros(len(times), np.int64)
    now, soon = motion.at(times, rows), motion.at(times + 0.01, rows)
    distance, azimuth = inverse(now.lat_deg, now.lon_deg, soon.lat_deg, soon.lon_deg)
    assert np.abs(distance / 0.01 - now.speed).max() < 0.02
    moves = now.speed > 1
    turned = (azimuth - now.course + math.pi) % (2 * math.pi) - math.pi
    assert np.abs(turned[moves]).max() < 0.01


def test_a_vessel_may_be_told_when_to_be_where(mask):
    ship = SHIP.replace("speed_kn = 15", "at_s = [100, 1300, 4000]")
    simulation = made(mask, ship)
    before, there = simulation.truth(simulation.scenario.start), simulation.truth(simulation.scenario.start + 700)
    assert (before.lat_deg[0], before.north_mps[0]) == (pytest.approx(26.30), 0.0)
    assert there.lat_deg[0] == pytest.approx(26.35, abs=1e-6)


def test_a_vessel_that_goes_on_never_stops(mask):
    simulation = made(mask, SHIP.replace("speed_kn = 15", "speed_kn = 15\ngoes_on = true"))
    for elapsed in (-1e4, 0.0, 1e4):
        truth = simulation.truth(simulation.scenario.start + elapsed)
        assert math.hypot(truth.east_mps[0], truth.north_mps[0]) == pytest.approx(15 * 1852 / 3600, rel=0.03)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('kind = "cargo"', 'kind = "submarine"', "vessel[0].kind"),
        ("speed_kn = 15", "speed_kn = 15\nat_s = [1, 2, 3]", "either speed_kn or at_s"),
        ("speed_kn = 15", "at_s = [0, 10, 9000]", "it would make 2154 kn; at most 60 can be"),
        ("speed_kn = 15", "at_s = [0, 10]", "expected 3 growing times"),
        ("speed_kn = 15", "", ""),
        ("[26.40, 127.00]", "[26.50, 127.95]", "comes over land near"),
        ('ais = "A"', 'ais = "C"', "expected A, B or none"),
        ('ais = "A"', 'ais = "none"', "tells no MMSI"),
        ("length_m = 120", "length_m = 1200", "vessel[0].length_m"),
    ],
)
def test_an_impossible_vessel_is_one_clear_sentence(mask, old, new, sentence):
    if not sentence:  # a speed of its kind is drawn
        assert len(made(mask, SHIP.replace(old, new)).vessels) == 1
        return
    with pytest.raises(ConfigError) as wrong:
        made(mask, SHIP.replace(old, new))
    assert sentence in str(wrong.value)
    assert "coast.toml" in str(wrong.value)
    assert "\n" not in str(wrong.value)


def test_a_radar_aboard_sees_from_where_its_ship_is(mask):
    other = SHIP.replace("ALPHA", "BRAVO").replace("431000001", "431000002").replace("[[26.30,", "[[26.29,")
    aboard = RADAR.replace('name = "kume"', 'name = "ship"\naboard = "ALPHA"').replace(
        "height_m = 310", "height_m = 20"
    )
    simulation = made(mask, SHIP, other, aboard)
    datagrams = list(simulation.stream(300.0))
    decoded = decode_many([d.data for d in datagrams])
    found = plots(decoded)
    midnight = simulation.scenario.start - simulation.scenario.start % 86400
    assert len(found) > 80  # BRAVO; never itself
    for k in (0, len(found) // 2, len(found) - 1):
        truth = simulation.truth(midnight + found.time_of_day[k])
        slant, bearing = polar_of(truth.lat_deg[0], truth.lon_deg[0], 20.0, truth.lat_deg[1], truth.lon_deg[1])
        assert found.range[k] == pytest.approx(float(slant), abs=45)
        assert math.cos(found.bearing[k] - float(bearing)) > math.cos(0.02)
    last = simulation.truth(datagrams[-1].time)
    told = sites(decoded)
    assert told.lat_deg[0] == pytest.approx(last.lat_deg[0], abs=5e-5)


def test_biased_radars_are_off_by_their_bias(mask):
    right = made(mask, SHIP, RADAR)
    wrong = made(mask, SHIP, RADAR + "range_bias_m = 200\nbearing_bias_deg = 1.5\nclock_offset_s = 3\n")
    a, b = (plots(decode_many([d.data for d in s.stream(300.0)])) for s in (right, wrong))
    n = min(len(a), len(b))
    assert n > 80
    assert np.median(b.range[:n] - a.range[:n]) == pytest.approx(200, abs=8)
    assert np.degrees(np.median(b.bearing[:n] - a.bearing[:n])) == pytest.approx(1.5, abs=0.05)
    assert np.median(b.time_of_day[:n] - a.time_of_day[:n]) == pytest.approx(3.0, abs=0.05)


def test_sensors_say_nothing_in_an_outage_and_cover_nothing(mask):
    simulation = made(mask, SHIP, RADAR + "outages_s = [[100, 200]]\n", STATION + "outages_s = [[50, 300]]\n")
    start = simulation.scenario.start
    times = {
        c: np.array([d.time - start for d in simulation.stream(400.0) if d.channel == c]) for c in simulation.channels
    }
    for channel, (begin, end) in {"radar-0": (100, 200), "ais-0": (50, 300)}.items():
        silent = (times[channel] >= begin) & (times[channel] < end)
        assert silent.sum() == 0, channel
        assert (times[channel] < begin).sum() > 3
        assert (times[channel] >= end).sum() > 3
    assert simulation.cover(start + 90).tolist() == [[True]]
    assert simulation.cover(start + 150).tolist() == [[False]]


def test_a_stations_wrong_clock_is_in_its_tag_blocks(mask):
    right, wrong = said(made(mask, SHIP, STATION)), said(made(mask, SHIP, STATION + "clock_offset_s = -7\n"))
    assert len(right) == len(wrong) > 30
    assert np.nanmedian(wrong.time - right.time) == pytest.approx(-7.0, abs=0.002)


def test_ais_that_is_switched_off_is_not_heard(mask):
    simulation = made(mask, SHIP + "silent_s = [[100, 400]]\n", STATION)
    messages = said(simulation)
    own = messages.time[messages.mmsi == 431000001] - simulation.scenario.start
    assert ((own > 100.1) & (own < 400)).sum() == 0
    assert (own <= 100.1).sum() > 5
    assert (own >= 400).sum() > 5


def actor(name, lat_deg, **more):
    path = Path.through([0, 600], [lat_deg, lat_deg + 0.05], [127.0, 127.0], goes_on=True)
    return Actor("cargo", path, device="A", name=name, **more)


def test_a_device_can_lie_about_place_and_identity(mask):
    simulation = made(mask, STATION)
    liar = actor("LIAR", 26.30, mmsi=431000001, acts=(Act(200, place=1), Act(400, identity=2, status=14)))
    cast = Cast(
        (liar, actor("GHOST", 26.60, ghost=True), actor("VICTIM", 26.10, mmsi=431000002)),
        (Event("lie", (0,), 200, 600),),
    )
    simulation.traffic = joined(simulation.traffic, [cast], np.random.default_rng(1))
    start = simulation.scenario.start
    assert simulation.truth(start).vessel.tolist() == [0, 2]  # a ghost is nowhere
    assert simulation.traffic.events[0].vessels == (0,)
    messages = said(simulation)
    positions = messages.take(np.isin(messages.message_type, (1, 3)))
    elapsed = positions.time - start
    own = positions.mmsi == 431000001
    assert positions.lat_deg[own & (elapsed < 199)] == pytest.approx(
        26.30 + 0.05 * elapsed[own & (elapsed < 199)] / 600, abs=1e-3
    )
    lying = own & (elapsed > 201)
    assert lying.sum() > 10
    assert positions.lat_deg[lying] == pytest.approx(26.60 + 0.05 * elapsed[lying] / 600, abs=1e-3)
    assert elapsed[own].max() < 401
    both = (positions.mmsi == 431000002) & (elapsed > 401)
    assert len(np.unique(np.round(positions.lat_deg[both], 1))) == 2  # one MMSI in two places
    assert set(positions.status[both].tolist()) == {0, 14}
    assert set(messages.mmsi.tolist()) == {431000001, 431000002, 4310801}
