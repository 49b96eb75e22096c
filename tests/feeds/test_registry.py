"""Sensors of a node through changes of its configuration."""

import math

from mihari.core.sensor import Sensor, SensorKind
from mihari.feeds import SensorRegistry

NAHA = Sensor(0, "naha", SensorKind.RADAR, 26.2, 127.7, source="25/12")
CAPE = Sensor(1, "cape", SensorKind.AIS, source="CAPE")


def test_the_same_configuration_changes_nothing():
    registry = SensorRegistry([NAHA, CAPE])
    before = (registry.all(), registry.version)
    registry.reconfigure([CAPE, NAHA])
    assert (registry.all(), registry.version) == before


def test_a_sensor_is_changed_in_place_and_keeps_its_index():
    registry = SensorRegistry([NAHA, CAPE])
    moved = Sensor(0, "naha tower", SensorKind.RADAR, 26.3, 127.8, source="25/12", period=3.0)
    before = registry.version
    registry.reconfigure([moved])
    assert registry.version > before
    assert (registry[0].name, registry[0].lat_deg, registry[0].period) == ("naha tower", 26.3, 3.0)
    assert registry.configured == {0}
    assert registry[1].name == "cape"  # no longer configured, still known
    registry.learn_period(0, 2.0)
    assert registry[0].period == 3.0


def test_a_sensor_that_is_no_longer_configured_may_tell_its_place_and_one_that_is_may_not():
    registry = SensorRegistry([NAHA])
    registry.learn(0, 1.0, 2.0, 3.0)
    assert registry[0].lat_deg == 26.2
    registry.reconfigure([])
    registry.learn(0, 1.0, 2.0, 3.0)
    assert registry[0].lat_deg == 1.0


def test_a_radar_that_told_its_place_keeps_it_where_the_configuration_tells_none():
    registry = SensorRegistry()
    index = registry.radar("25/12").index
    registry.learn(index, 26.1, 127.1, 50.0)
    registry.reconfigure([Sensor(0, "naha", SensorKind.RADAR, source="25/12", range_max=1000.0)])
    assert (registry[0].lat_deg, registry[0].range_max, registry[0].name) == (26.1, 1000.0, "naha")
    registry.learn(index, 26.2, 127.2, 50.0)
    assert registry[0].lat_deg == 26.2


def test_sensors_without_a_source_are_known_by_name_and_kind():
    registry = SensorRegistry([Sensor(0, "a", SensorKind.AIS), Sensor(1, "a", SensorKind.RADAR, 1.0, 1.0)])
    registry.reconfigure([Sensor(0, "a", SensorKind.RADAR, 2.0, 2.0), Sensor(1, "b", SensorKind.AIS)])
    assert [(s.name, s.kind, s.lat_deg) for s in registry.all()][1] == ("a", SensorKind.RADAR, 2.0)
    assert registry.configured == {1, 2}
    assert math.isnan(registry[0].lat_deg)
