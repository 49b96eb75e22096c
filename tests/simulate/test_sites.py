"""Several nodes on one coast: sites with feeds of their own, and sensors that move with what carries them."""

import math
import socket
import tomllib
from dataclasses import replace

import numpy as np
import pytest

from mihari.commands.live import Senders
from mihari.core.config import NodeConfig
from mihari.core.errors import BadInput, ConfigError
from mihari.core.geodesy import inverse
from mihari.core.health import Health
from mihari.feeds.radar import RadarFeed
from mihari.feeds.registry import SensorRegistry
from mihari.feeds.transport import Chunk
from mihari.formats.ais import decode_bytes
from mihari.sensors.ais_link import LinkCurve
from mihari.simulate import Simulation, load
from mihari.simulate.node_file import as_toml, node_tables, site_tables
from mihari.simulate.scenario import parse
from mihari.simulate.sites import names, site, sites

SEA = """
name = "s"
start = 2026-11-20T03:00:00Z
area = "open sea"
box_deg = [[20, 120], [32, 136]]
duration_s = 3600
"""
SHIP = '[[vessel]]\nname = "FAR"\nkind = "cargo"\nais = "A"\nmmsi = 431000001\nlength_m = 100\nspeed_kn = 10\n'
SHIP += "route_deg = [[26, 126], [26.5, 126]]\n"
PLANE = '[[platform]]\nname = "plane"\nroute_deg = [[26, 127], [26, 132]]\nspeed_kn = 300\nheight_m = 1500\n'
EAR = '[[station]]\nname = "EAR"\naboard = "plane"\nlat_deg = 26\nlon_deg = 127\nheight_m = 1\n'


@pytest.fixture(scope="module")
def coast(strait):
    return Simulation(load("coast"), strait.mask)


@pytest.fixture(scope="module")
def minute(coast):
    return list(coast.stream(60.0))


def test_the_same_coast_gives_the_same_bytes_and_moves_its_platforms_with_the_start(coast):
    again = Simulation(load("coast"), coast.mask)
    assert list(again.stream(10.0)) == list(coast.stream(10.0))
    assert next(coast.at(2e9).stream(5.0)).time == pytest.approx(2e9)


def test_every_site_has_its_own_channels():
    found = sites(load("coast"))
    assert [s.name for s in found] == ["kume", "kerama", "aguni", "patrol", "north", "south", "diver"]
    assert [s.channels for s in found] == [*((f"radar-{k}", f"ais-{k}") for k in range(6)), ()]
    assert [s.name for s in found if s.moves] == ["patrol", "north", "south", "diver"]
    assert [s.name for s in sites(load("strait"))] == ["kume", "kerama", "KUME", "KERAMA"]


def test_each_sites_node_hears_its_own_bytes_and_no_others(coast, minute):
    doors = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(3)]
    for door in doors:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        door.bind(("127.0.0.1", 0))
        door.setblocking(False)
    to = [f"udp://127.0.0.1:{door.getsockname()[1]}" for door in doors]
    senders = Senders([f"kume/ais={to[0]}", f"kume/radar={to[1]}", f"north={to[2]}"], coast.scenario)
    own = [["ais-0"], ["radar-0"], ["radar-4", "ais-4"]]
    try:
        for datagram in minute[:1500]:
            senders.send(datagram.channel, datagram.data)
        for door, channels in zip(doors, own, strict=True):
            expected = [d.data for d in minute[:1500] if d.channel in channels]
            assert [door.recv(65536) for _ in expected] == expected
            assert len(expected) > 100
            with pytest.raises(BlockingIOError):
                door.recv(65536)
    finally:
        senders.close()
        for door in doors:
            door.close()


def test_a_name_that_nothing_has_is_one_clear_sentence():
    with pytest.raises(BadInput, match="nothing is named 'kune'; known are"):
        Senders(["kune=udp://:10110"], load("coast"))
    kinds = {"ais", "radar", "mavlink", "klv"}
    assert all(kinds & set(told) for told in names(load("coast")).values())


def test_tables_of_a_site_are_a_node_file_with_its_sensors_alone():
    tables = site_tables(load("coast"), "patrol", "udp://127.0.0.1:10110", "udp://127.0.0.1:8600")
    config = NodeConfig.model_validate(tomllib.loads(as_toml(tables)))
    assert [(s.name, s.kind, s.lat_deg) for s in config.sensor] == [("patrol", "radar", None), ("PATROL", "ais", None)]
    assert [feed.format for feed in config.feed] == ["ais", "asterix"]
    assert len(node_tables(load("coast"))["sensor"]) == 12
    with pytest.raises(KeyError):
        site_tables(load("coast"), "nowhere")


def heard(simulation, seconds):
    """Times of reception, s after the start, of the station's messages."""
    found = [d for d in simulation.stream(seconds) if d.channel == "ais-0"]
    return np.array([d.time for d in found]) - simulation.scenario.start, decode_bytes(b"".join(d.data for d in found))


def test_a_receiver_in_the_air_hears_what_is_within_its_horizon_as_it_moves():
    simulation = Simulation(parse(SEA + SHIP + PLANE + EAR, "s.toml"))
    times, _ = heard(simulation, 3600.0)
    plane, ship = simulation.carriers["plane"], 0
    seconds = np.arange(0.0, 3600.0, 10.0)
    there, here = (simulation.traffic.motion.at(seconds, np.full(len(seconds), row)) for row in (plane, ship))
    away, _ = inverse(here.lat_deg, here.lon_deg, there.lat_deg, there.lon_deg)
    reach = LinkCurve(1501.0, 20.0).reach
    assert 150e3 < reach < 300e3
    lost = float(seconds[np.argmax(away > reach)])
    assert 300 < lost < 2000
    assert np.count_nonzero(times < 0.8 * lost) > 0.08 * 0.8 * lost  # a message in ten seconds
    assert np.count_nonzero(times > 1.3 * lost) == 0


def test_a_receiver_aboard_sends_nothing_and_does_not_hear_its_own_ship():
    own = EAR.replace('"plane"', '"FAR"')
    simulation = Simulation(parse(SEA + SHIP + SHIP.replace("FAR", "B").replace("0001", "0002") + own, "s.toml"))
    _, told = heard(simulation, 300.0)
    assert set(told.messages.mmsi.tolist()) == {431000002}


def test_what_is_under_water_hears_only_when_it_is_up():
    diver = PLANE.replace("height_m = 1500", "surfaces_every_s = 600\nsurfaces_for_s = 120")
    diver = diver.replace("[26, 132]", "[26, 127.01]").replace("300", "3").replace("[[26, 127]", "[[26, 126.05]")
    times, _ = heard(Simulation(parse(SEA + SHIP + diver + EAR, "s.toml")), 1500.0)
    assert len(times) > 20
    assert np.all(times % 600 < 121)
    assert set((times // 600).astype(int)) == {0, 1, 2}


@pytest.mark.parametrize("name", ["patrol", "north"])
def test_plots_of_a_moving_radar_lie_where_the_vessels_are(coast, minute, name):
    own = site(coast.scenario, name)
    config = NodeConfig.model_validate(site_tables(coast.scenario, name))
    registry = SensorRegistry([s.sensor(k) for k, s in enumerate(config.sensor)])
    feed = RadarFeed(0, registry, Health(0, name, ""))
    sectors = [s for d in minute if d.channel == own.channels[0] for s in feed.take(Chunk(d.time, d.data))]
    vessels = [s.reports for s in sectors if len(s.reports)]
    row = coast.carriers[name]
    there = coast.traffic.motion.at([sectors[-1].time - coast.scenario.start], [row])
    sensor = registry[0]
    assert sensor.placed
    assert float(inverse(sensor.lat_deg, sensor.lon_deg, there.lat_deg, there.lon_deg)[0][0]) < 15.0
    assert sensor.height == pytest.approx(1501 if name == "north" else 18, abs=1)
    errors = np.concatenate([off(coast, reports, sensor) for reports in vessels])
    near = errors[errors < 5.0]  # the others are clutter
    assert len(near) > 150
    assert math.sqrt(np.mean(near**2) / 2) == pytest.approx(1.0, abs=0.2)  # in standard deviations of range and bearing


def off(simulation, reports, sensor):
    """Of each plot how far it is from the nearest vessel, in standard deviations: 1.4 in the mean of the squares."""
    found = []
    for k in range(len(reports)):
        truth = simulation.truth(reports.time[k])
        distance, bearing = inverse(reports.lat_deg[k], reports.lon_deg[k], truth.lat_deg, truth.lon_deg)
        nearest = int(np.argmin(distance))
        east, north = (distance[nearest] * f(bearing[nearest]) for f in (math.sin, math.cos))
        cov = np.array([[reports.cov_ee[k], reports.cov_en[k]], [reports.cov_en[k], reports.cov_nn[k]]])
        step = np.array([east, north])
        found.append(math.sqrt(step @ np.linalg.solve(cov, step)))
    return np.array(found)


def test_a_platform_is_no_vessel_and_leaves_everybody_else_as_he_is(coast):
    assert len(coast.vessels) == 306
    assert len(coast.truth(coast.scenario.start)) == 303
    bare = Simulation(replace(coast.scenario, platforms=(), radars=(), stations=(), crafts=()), coast.mask)
    np.testing.assert_array_equal(bare.vessels.mmsi, coast.vessels.mmsi[:303])


def test_who_goes_round_comes_back_without_a_jump_for_ever(coast):
    motion = coast.traffic.motion
    for name, row in coast.carriers.items():
        lap = motion.paths[row - len(motion.gaits.way)].lap
        assert lap > 1000.0
        times = np.linspace(0.0, lap, 500)
        there, then = (motion.at(times + late, np.full(500, row)) for late in (0.0, 1000 * lap))
        np.testing.assert_allclose(then.lat_deg, there.lat_deg, atol=1e-7)
        step, _ = inverse(there.lat_deg[:-1], there.lon_deg[:-1], there.lat_deg[1:], there.lon_deg[1:])
        assert step.max() < 1.02 * there.speed.max() * lap / 499, name


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            'aboard = "plane"',
            'aboard = "train"',
            "station[0].aboard: no vessel or platform is named 'train'; known are",
        ),
        ('name = "plane"', 'name = "FAR"', "platform[0].name: 'FAR' is the name of another carrier too"),
        ("height_m = 1\n", "height_m = 1\nmmsi = 4310001\n", "station[0].mmsi: a receiver aboard is no base station"),
        ("[26, 132]]", "[26, 127]]", "platform[0].route_deg: the same place twice"),
        ("[26, 132]]", "[26, 128], [26, 127]]\nloop = true", "platform[0].route_deg: the same place twice"),
        ("height_m = 1500", "surfaces_every_s = 60\nsurfaces_for_s = 90", "platform[0].surfaces_for_s"),
        ("[26, 132]]", "[50, 132]]", "platform[0].route_deg: 50, 132 is outside the area"),
        ("speed_kn = 10\n", "loop = true\ngoes_on = true\n", "vessel[0].loop: expected neither"),
    ],
)
def test_a_platform_that_cannot_be_is_one_clear_sentence(old, new, sentence):
    with pytest.raises(ConfigError) as wrong:
        Simulation(parse((SEA + SHIP + PLANE + EAR).replace(old, new), "s.toml"))
    assert sentence in str(wrong.value)
