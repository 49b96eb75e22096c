import numpy as np

from mihari.core.geodesy import direct
from mihari.sensors.ais_link import reception_chance
from mihari.simulate.stage import HEARD, UNHEARD, reach


def at(station, distance, bearing=4.0):
    lat_deg, lon_deg = direct(station.lat_deg, station.lon_deg, bearing, distance)
    return lat_deg, lon_deg


def test_water_keeps_its_margin_to_land_and_to_the_edge(stage, mask):
    assert stage.wet(25.9, 127.0).all()
    assert not stage.wet(26.5, 127.95).any()  # Okinawa
    assert not stage.wet(20.0, 127.0).any()  # outside the area
    rng = np.random.default_rng(1)
    lat_deg, lon_deg = rng.uniform(26.0, 26.6, 4000), rng.uniform(126.6, 128.0, 4000)
    wet = stage.wet(lat_deg, lon_deg, 500.0)
    assert 0.3 < wet.mean() < 0.99
    shore = mask.distance_to_shore(lat_deg[wet], lon_deg[wet])
    assert shore.min() > 150  # an islet may lie between the eight directions, hardly anything else does
    assert np.mean(shore > 490) > 0.99


def test_radar_cover_ends_at_the_range(stage):
    kume = stage.radars[0]
    lat_deg, lon_deg = at(kume, np.array([10e3, 60e3, 80e3]))
    assert stage.under_radar(lat_deg, lon_deg).tolist() == [True, False, False]
    assert stage.beyond_radar(lat_deg, lon_deg).tolist() == [False, True, True]


def test_ais_is_heard_as_the_physics_say_and_not_in_an_outage(stage):
    kume = stage.stations[0]
    far = reach(kume, 20.0, False, HEARD)
    lat_deg, lon_deg = at(kume, np.array([0.9 * far, 0.9 * far]))
    start, end = kume.outages[0]
    chance = stage.chance(lat_deg, lon_deg, 20.0, time=np.array([start - 1, (start + end) / 2]))
    assert chance[0] > HEARD
    assert chance[1] < chance[0]
    assert abs(reception_chance(far, kume.height, 20.0) - HEARD) < 0.02
    assert reach(kume, 20.0, False, UNHEARD) > far > reach(kume, 20.0, True, HEARD)
