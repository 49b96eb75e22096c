"""Motion against values worked out by hand: drift, crab, turns, climb, speed in a sea, sails, energy."""

import math
from dataclasses import replace

import numpy as np
import pytest

from mihari.core.geodesy import inverse
from mihari.sensors.platform import profile
from mihari.simulate.vehicles import Body, Deck, Leg, Loiter, Sea, Through, Vehicle, Wind
from mihari.simulate.vehicles.craft import sail, top_speed
from mihari.simulate.vehicles.demand import Demand
from mihari.simulate.vehicles.energy import bingo, power, used, way_home_s
from mihari.simulate.vehicles.plane import crab, moved, offset, speed_made_good
from mihari.simulate.vehicles.wings import GRAVITY, fly, turn_limit, turn_radius

TB2 = profile("tb2")


def flying(**more) -> Body:
    return Body(**{"lat_deg": 26.0, "lon_deg": 127.0, "height": 1000.0, "airspeed": TB2.cruise} | more)


def test_metres_are_those_of_the_ellipsoid():
    rng = np.random.default_rng(1)
    for lat, bearing in zip(rng.uniform(-65, 65, 50), rng.uniform(0, 6.28, 50), strict=True):
        there = moved(lat, 179.9, 20e3 * math.sin(bearing), 20e3 * math.cos(bearing))
        distance, towards = inverse(lat, 179.9, *there)
        assert float(distance) == pytest.approx(20e3, rel=2e-3)
        assert abs(math.remainder(float(towards) - bearing, 2 * math.pi)) < 0.006
        assert math.hypot(*offset(lat, 179.9, *there)) == pytest.approx(20e3, rel=1e-4)


def test_who_does_not_correct_drifts_exactly_with_the_wind():
    wind, body = Wind(12.0, 0.0), flying()
    for _ in range(100):  # going along in the air's own frame is not to correct
        body = fly(TB2, body, Demand(0.0, TB2.cruise, 1000.0, frame=(12.0, 0.0)), wind, 1.0)
    east, north = offset(26.0, 127.0, body.lat_deg, body.lon_deg)
    assert east == pytest.approx(1200.0, abs=0.5)
    assert north == pytest.approx(100 * TB2.cruise, abs=0.5)
    assert body.heading == pytest.approx(0.0, abs=1e-6)
    assert body.course == pytest.approx(math.atan2(12.0, TB2.cruise))
    assert body.ground_speed == pytest.approx(math.hypot(12.0, TB2.cruise))


def test_on_a_leg_it_crabs_and_stays_on_the_line():
    wind = Wind.of(18.0, math.radians(270.0))  # from the west, half its airspeed
    vehicle = Vehicle("tb2", flying(), np.random.default_rng(0))
    vehicle.command(Through((Leg(26.5, 127.0, 1000.0),)))
    vehicle.step(600.0, wind)
    off = []
    for _ in range(300):
        body = vehicle.step(1.0, wind)
        off.append(offset(26.0, 127.0, body.lat_deg, body.lon_deg)[0])
    assert np.abs(off).max() < 5
    assert math.sin(body.heading) == pytest.approx(-18.0 / TB2.cruise, abs=0.01)
    assert body.ground_speed == pytest.approx(math.sqrt(TB2.cruise**2 - 18.0**2), rel=0.01)


def test_crab_and_speed_made_good_by_hand():
    assert math.degrees(crab(0.0, 50.0, -25.0, 0.0)) == pytest.approx(30.0)
    assert speed_made_good(0.0, 50.0, -30.0, 5.0) == pytest.approx(45.0)
    assert speed_made_good(0.0, 10.0, 0.0, -15.0) == pytest.approx(-5.0)


def test_a_turn_is_coordinated_and_takes_its_time():
    body, headings = flying(), []
    for _ in range(400):
        body = fly(TB2, body, Demand(math.pi / 2, TB2.cruise, 1000.0), Wind(), 0.25)
        headings.append(body.heading)
        if body.airspeed:
            assert abs(body.roll) <= TB2.bank
    rate = np.diff(headings) / 0.25
    assert rate.max() == pytest.approx(math.radians(3.0), rel=0.01)  # its turn rate, not its bank, limits at 70 kn
    assert rate.max() * TB2.cruise / GRAVITY < math.tan(TB2.bank)
    assert headings[-1] == pytest.approx(math.pi / 2, abs=0.01)
    assert turn_radius(TB2, TB2.cruise) == pytest.approx(TB2.cruise / math.radians(3.0))
    jet = profile("kizilelma")
    assert turn_limit(jet, jet.max_speed) == pytest.approx(GRAVITY * math.tan(jet.bank) / jet.max_speed)


def test_climb_fades_towards_the_ceiling_which_is_never_passed():
    body = flying()
    for _ in range(20_000):
        body = fly(TB2, body, Demand(0.0, TB2.cruise, 30_000.0), Wind(), 1.0)
        assert body.height <= TB2.ceiling
    assert body.height > 0.95 * TB2.ceiling
    first = fly(TB2, flying(climb=TB2.climb, height=0.0), Demand(0.0, TB2.cruise, 3000.0), Wind(), 0.25)
    assert first.climb == pytest.approx(TB2.climb)
    assert first.pitch == pytest.approx(math.asin(TB2.climb / TB2.cruise))


def test_circles_are_round_also_in_wind():
    vehicle = Vehicle("tb2", flying(), np.random.default_rng(0))
    vehicle.command(Loiter(26.0, 127.02, radius=2000.0, height=1000.0))
    wind = Wind.of(10.0, 1.0)
    vehicle.step(900.0, wind)
    away = []
    for _ in range(600):
        body = vehicle.step(1.0, wind)
        away.append(math.hypot(*offset(26.0, 127.02, body.lat_deg, body.lon_deg)))
    assert np.mean(away) == pytest.approx(2000.0, rel=0.05)
    assert np.ptp(away) < 250


def test_seas_slow_hulls_and_winds_drive_sails():
    ulaq, voyager = profile("ulaq"), profile("voyager")
    assert top_speed(ulaq, 0.0, Wind(), Sea(0.0)) == ulaq.max_speed
    assert top_speed(ulaq, 0.0, Wind(), Sea(4.0)) == pytest.approx(0.52 * ulaq.max_speed)
    assert top_speed(ulaq, 0.0, Wind(), Sea(5.5)) <= 2 * 1852 / 3600  # beyond its limit it rides the sea out
    abeam = Wind.of(6.0, math.pi / 2)
    assert top_speed(voyager, 0.0, abeam, Sea()) == pytest.approx(0.4 * 6.0)
    assert top_speed(voyager, math.pi / 2, abeam, Sea()) == voyager.motor_speed  # straight into it
    assert top_speed(voyager, 0.0, Wind.of(30.0, math.pi / 2), Sea()) == voyager.max_speed
    assert top_speed(voyager, 0.0, Wind(), Sea()) == voyager.motor_speed


def test_a_current_carries_craft_and_is_allowed_for():
    boat, body = profile("patrolboat"), Body(26.0, 127.0, on="water")
    for _ in range(300):
        body = sail(boat, body, Demand(0.0, boat.cruise, 0.0), Wind(), Sea(0.0, 2.0, 0.0), 1.0)
    assert body.course == pytest.approx(0.0, abs=0.01) or body.course == pytest.approx(2 * math.pi, abs=0.01)
    assert math.sin(body.heading) == pytest.approx(-2.0 / boat.cruise, abs=0.01)
    still = sail(boat, Body(26.0, 127.0, on="water"), Demand(0.0, 0.0, 0.0), Wind(10.0, 0.0), Sea(0.0, 0.0, 1.0), 10.0)
    east, north = offset(26.0, 127.0, still.lat_deg, still.lon_deg)
    assert (east, north) == (pytest.approx(2.0, abs=0.01), pytest.approx(10.0, abs=0.01))  # 2 % of the wind


def test_energy_is_the_endurance_at_cruise_and_grows_with_the_cube_above():
    assert used(TB2, TB2.cruise, 3600.0) == pytest.approx(1 / 27)
    assert power(TB2, TB2.cruise / 2) == 1
    assert power(TB2, 1.5 * TB2.cruise) == pytest.approx(1.5**3)
    vehicle = Vehicle("tb2", flying(), np.random.default_rng(0))
    vehicle.command(Loiter(26.0, 127.0, height=1000.0))
    assert 1 - vehicle.step(3600.0).energy == pytest.approx(1 / 27, rel=1e-3)
    drifting = Vehicle("patrolboat", Body(26.0, 127.0, on="water"), np.random.default_rng(0))
    drifting.command(Loiter(26.0, 127.0))
    assert 1 - drifting.step(3600.0).energy == pytest.approx(0.15 / 30, rel=1e-2)


def test_bingo_counts_the_wind_on_the_way_home_and_the_ship_that_sails_away():
    home = Deck("naha", "runway", 26.0, 127.0)
    away = flying(lat_deg=27.0)
    still = way_home_s(TB2, away, home, Wind(), Sea())
    assert still == pytest.approx(110_790 / TB2.cruise, rel=1e-3)
    against = way_home_s(TB2, away, home, Wind.of(18.0, math.pi), Sea())
    assert against == pytest.approx(110_790 / (TB2.cruise - 18.0), rel=1e-3)
    assert way_home_s(TB2, away, home, Wind.of(40.0, math.pi), Sea()) == math.inf
    fleeing = Deck("ship", "short deck", 26.0, 127.0, math.pi, 10.0)
    assert way_home_s(TB2, away, fleeing, Wind(), Sea()) == pytest.approx(110_790 / (TB2.cruise - 10.0), rel=1e-3)
    enough = (still + 1000.0 / TB2.sink + 900.0 + TB2.reserve) / TB2.endurance
    assert not bingo(TB2, replace(away, energy=enough * 1.01), home, Wind(), Sea())
    assert bingo(TB2, replace(away, energy=enough * 0.99), home, Wind(), Sea())


def test_who_has_no_energy_left_comes_down_or_drifts():
    plane = Vehicle("tb2", flying(energy=0.001), np.random.default_rng(0))
    body = plane.step(3600.0, Wind(5.0, 0.0))
    assert (plane.phase, body.on, body.height, plane.why) == ("lost", "water", 0.0, "out of energy")
    boat = Vehicle("ulaq", Body(26.0, 127.0, on="water", energy=1e-4), np.random.default_rng(0))
    at = boat.step(600.0, sea=Sea(1.0, 0.5, 0.0))
    later = boat.step(600.0, sea=Sea(1.0, 0.5, 0.0))
    assert offset(at.lat_deg, at.lon_deg, later.lat_deg, later.lon_deg)[0] == pytest.approx(300.0, rel=0.01)


def test_the_same_seed_gives_the_same_way_and_steps_can_be_cut_anywhere():
    def ends(step: float, gust: float, seed: int = 4) -> Body:
        vehicle = Vehicle("tb2", flying(), np.random.default_rng(seed))
        vehicle.command(Through((Leg(26.2, 127.1), Leg(26.1, 127.2))))
        for _ in range(int(1200 / step)):
            body = vehicle.step(step, Wind(3.0, 4.0, gust))
        return body

    assert ends(1.0, 2.0) == ends(1.0, 2.0)
    assert ends(1.0, 2.0) != ends(1.0, 2.0, seed=5)
    assert ends(1.0, 0.0) == ends(60.0, 0.0)
