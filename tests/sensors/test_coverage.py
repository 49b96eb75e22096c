"""One contract for all sensors that can be asked whom they could have seen."""

import numpy as np
import pytest

from mihari.sensors.coverage import AisCoverage, Coverage, RadarCoverage, Sight, seen_by_any
from mihari.sensors.faults import Faults
from mihari.sensors.profiles import PROFILES
from mihari.sensors.table import echo_table
from mihari.sensors.weather import Weather

OUT = Faults(outages=((100.0, 200.0),))
BOAT, SHIP = Sight(8.0), Sight(150.0, "A", 30.0)


def radar(sea_state: float = 1.0) -> RadarCoverage:
    table = echo_table(PROFILES["coastal X-band"], 80.0, 44e3, Weather(sea_state=sea_state))
    return RadarCoverage(26.0, 127.0, 80.0, table, 44e3, faults=OUT)


SENSORS: list[Coverage] = [radar(), AisCoverage(26.0, 127.0, 80.0, faults=OUT)]


@pytest.mark.parametrize("sensor", SENSORS, ids=lambda s: type(s).__name__)
def test_each_tells_a_probability_that_falls_with_distance_and_is_nil_while_it_is_out(sensor):
    lat = 26.0 + np.linspace(0.02, 3.0, 300)
    chance = sensor.probability(lat, 127.0, 50.0, SHIP)
    assert chance.shape == (300,)
    assert np.all((chance >= 0) & (chance <= 1))
    assert chance[:20].min() > 0.9
    assert chance[-1] == 0
    assert np.all(sensor.probability(lat, 127.0, 150.0, SHIP) == 0)
    times = np.array([99.0, 100.0, 199.0, 200.0])
    assert (sensor.probability(26.1, 127.0, times, SHIP) > 0).tolist() == [True, False, False, True]


def test_radar_loses_boats_in_a_sea_and_ships_not():
    lat = 26.0 + np.linspace(0.03, 0.12, 40)
    calm, rough = (radar(s).probability(lat, 127.0, 0.0, BOAT).mean() for s in (0.0, 5.0))
    assert rough < 0.3 < 0.7 < calm
    assert radar(5.0).probability(lat, 127.0, 0.0, SHIP).mean() > 0.9


def test_ais_does_not_see_who_has_none():
    assert np.all(AisCoverage(26.0, 127.0, 80.0).probability([26.1, 26.2], 127.0, 0.0, BOAT) == 0)


def test_behind_land_radar_sees_nothing():
    blind = RadarCoverage(26.0, 127.0, 80.0, radar().table, 44e3, hidden=lambda slant, bearing, height: slant > 9e3)
    near, far = blind.probability([26.05, 26.2], 127.0, 0.0, SHIP)
    assert near > 0.9
    assert far == 0


def test_two_sensors_miss_only_what_both_miss():
    np.testing.assert_allclose(seen_by_any([np.array([0.9]), np.array([0.5])]), [0.95])
