import math

import numpy as np
import pytest

from mihari.sensors.satellite import EARTH_RADIUS, EARTH_TURN, Satellite


def test_a_turn_later_it_crosses_the_equator_farther_west():
    low = Satellite(node_deg=10.0, epoch=1e6)
    lat, lon = low.place(1e6 + low.period)
    assert lat == pytest.approx(0, abs=1e-6)
    assert lon == pytest.approx(10.0 - math.degrees(EARTH_TURN * low.period))


def test_it_goes_as_far_north_as_its_inclination_lets_it():
    low = Satellite()
    lat, lon = low.place(np.arange(0, 86400.0, 5.0))
    assert lat.max() == pytest.approx(82.0, abs=0.05)  # 180 - 98
    assert np.all((lon >= -180) & (lon < 180))
    step = np.degrees(2 * np.pi / low.period)
    moved = low.distance(lat[:-1], lon[:-1], np.arange(5.0, 86400.0, 5.0))
    assert np.median(moved) == pytest.approx(math.radians(5 * step) * EARTH_RADIUS, rel=0.05)


def test_passes_over_a_place_are_those_in_which_it_is_in_view():
    low = Satellite(node_deg=120.0)
    passes = low.passes(26.0, 127.0, 0.0, 86400.0)
    assert 4 <= len(passes) <= 10
    for rise, end in passes:
        assert low.in_view(26.0, 127.0, (rise + end) / 2)
        assert 0 <= end - rise < 960
    assert low.passes(26.0, 127.0, passes[0][1] + 60, passes[1][0] - 60) == []


def test_what_it_heard_is_told_at_the_next_pass_over_its_ground_station():
    low = Satellite(node_deg=120.0)
    heard = low.passes(26.0, 127.0, 0.0, 86400.0)[0][0]
    told = low.told_at(heard, 78.2, 15.4)  # Svalbard sees every turn of a polar orbit
    assert 0 < told - heard < low.period
    assert low.in_view(78.2, 15.4, told)
    assert math.isnan(low.told_at(heard, 78.2, 15.4, within=60.0)) or told - heard <= 60
