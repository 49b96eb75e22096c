"""Starting from and landing on ships that sail on: where wheels touch, when it goes around, when it is refused."""

import math
from dataclasses import replace

import numpy as np
import pytest

from mihari.core.errors import BadInput
from mihari.core.units import KNOT
from mihari.sensors.platform import profile
from mihari.simulate.vehicles import Body, Deck, Land, Leg, Loiter, Refused, Return, Sea, Through, Vehicle, Wind
from mihari.simulate.vehicles.limits import (
    landing_distance,
    launch_problem,
    recovery_problem,
    take_off_distance,
)

SHIP = Deck("anadolu", "short deck", 26.0, 127.0, math.radians(330.0), 16 * KNOT, 231.0, 25.0)
FRIGATE = Deck("patrol", "any deck", 26.0, 127.0, math.radians(330.0), 12 * KNOT, 25.0, 6.0)
HEADWIND = Wind.of(6.0, math.radians(335.0), gust=1.0)


def landing(id: str, ship: Deck, wind: Wind, seed: int, place: Body, hours: float = 1.5):
    """Steps of a landing until it stands: (vehicle, touch-down in the deck's frame, seconds)."""
    vehicle = Vehicle(id, place, np.random.default_rng(seed), home=ship.name)
    vehicle.command(Land(ship.name))
    touch = None
    for i in range(int(hours * 3600)):
        body = vehicle.step(1.0, wind, Sea(2.0), {ship.name: ship.after(float(i))})
        if touch is None and body.parked:
            touch = ship.after(i + 1.0).seen_from(body.lat_deg, body.lon_deg)
        if vehicle.phase == "parked":
            return vehicle, touch, i + 1.0
    raise AssertionError(f"{vehicle.phase} {vehicle.why}")


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("id", ["tb3", "kizilelma"])
def test_wheels_touch_the_deck_of_a_ship_that_sails_and_stop_on_it(id, seed):
    rng = np.random.default_rng(seed)
    far, bearing = rng.uniform(5e3, 25e3), rng.uniform(0, 2 * math.pi)
    lat, lon = 26.0 + far * math.cos(bearing) / 111e3, 127.0 + far * math.sin(bearing) / 100e3
    one = profile(id)
    start = Body(lat, lon, 1500.0, rng.uniform(0, 6), airspeed=one.cruise, ground_speed=one.cruise)
    ship = replace(SHIP, speed=20 * KNOT)
    vehicle, (along, right), seconds = landing(id, ship, HEADWIND, seed, start)
    assert abs(right) < 5
    assert -115.5 < along < 0  # wheels down in the after half
    spot = ship.after(seconds).seen_from(vehicle.body.lat_deg, vehicle.body.lon_deg)
    assert -115.5 < spot[0] < 115.5 - 9
    assert abs(spot[1]) < 5
    assert vehicle.body.height == 25.0
    assert vehicle.body.on == "deck of anadolu"


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("id", ["vbat", "subcloud"])
def test_who_lands_upright_stands_within_metres_of_the_middle_of_a_small_deck(id, seed):
    rng = np.random.default_rng(seed)
    far, bearing = rng.uniform(1e3, 8e3), rng.uniform(0, 2 * math.pi)
    lat, lon = 26.0 + far * math.cos(bearing) / 111e3, 127.0 + far * math.sin(bearing) / 100e3
    one = profile(id)
    start = Body(lat, lon, 600.0, rng.uniform(0, 6), airspeed=one.cruise, ground_speed=one.cruise)
    vehicle, (along, right), _ = landing(id, FRIGATE, Wind.of(3.0, math.radians(200.0), gust=0.5), seed, start)
    assert math.hypot(along, right) < 5
    assert vehicle.body.height == 6.0


def test_the_take_off_run_ends_on_the_deck_at_flying_speed():
    vehicle = Vehicle("tb3", SHIP, np.random.default_rng(1))
    vehicle.command(Loiter(26.1, 127.0))
    for i in range(2000):
        deck = SHIP.after(0.25 * i)
        body = vehicle.step(0.25, Wind.of(6.0, SHIP.heading), decks={"anadolu": deck})
        if body.on == "air":
            break
    along, right = SHIP.after(0.25 * (i + 1)).seen_from(body.lat_deg, body.lon_deg)
    assert along < 231 / 2
    assert abs(right) < 1
    needed = take_off_distance(profile("tb3"), 16 * KNOT + 6.0)
    assert along - (-231 / 2 + 10) == pytest.approx(needed, abs=8)  # a quarter of a second more at most
    assert body.airspeed == pytest.approx(1.1 * profile("tb3").min_speed, rel=0.03)


def test_runs_by_hand():
    one = profile("tb3")  # 260 m in still air at 1.1 · 60 kn
    assert take_off_distance(one, 0.0) == 260
    assert take_off_distance(one, 33 * KNOT) == pytest.approx(65.0)
    assert landing_distance(one, 36 * KNOT) == pytest.approx(65.0)
    assert take_off_distance(one, 99 * KNOT) == 0


def test_a_ship_that_turns_under_the_final_approach_is_gone_around_and_met_again():
    one = profile("tb3")
    start = Body(25.93, 127.04, 300.0, SHIP.heading, airspeed=one.cruise, ground_speed=one.cruise)
    vehicle = Vehicle("tb3", start, np.random.default_rng(2), home="anadolu")
    vehicle.command(Land("anadolu"))
    ship, turned = SHIP, False
    for _ in range(5400):
        body = vehicle.step(1.0, Wind.of(7.0, SHIP.heading), Sea(1.0), {"anadolu": ship})
        ship = ship.after(1.0)
        if not turned and vehicle.approach.stage == "line" and body.height < 70:
            ship, turned = replace(ship, heading=ship.heading + math.radians(25.0)), True
        if vehicle.phase == "parked":
            break
    assert turned
    assert vehicle.approach.go_arounds >= 1
    assert body.on == "deck of anadolu"


@pytest.mark.parametrize(
    ("id", "deck", "wind", "sea", "problem"),
    [
        ("tb2", SHIP, Wind(), Sea(), "not launched from a short deck"),
        ("tb3", FRIGATE, Wind(), Sea(), "not launched from a any deck"),
        ("tb3", replace(SHIP, speed=0.0), Wind(), Sea(), "needs 280 m to take off"),
        ("tb3", SHIP, Wind.of(8.0, SHIP.heading), Sea(5.0), "sea state 5"),
        ("tb3", SHIP, Wind.of(16.0, SHIP.heading), Sea(3.0), "47 kn of wind over the deck"),
        ("tb3", SHIP, Wind.of(9.0, SHIP.heading + math.pi / 2), Sea(3.0), "of crosswind"),
        ("tb3", SHIP, Wind.of(8.0, SHIP.heading + math.pi), Sea(3.0), "needs"),
        ("vbat", FRIGATE, Wind.of(14.0, 0.0), Sea(3.0), "wind over the deck"),
        ("ulaq", Deck("quay", "port", 26.0, 127.0), Wind(), Sea(4.0), "sea state 4"),
        ("auv", Deck("quay", "small boat", 26.0, 127.0), Wind(), Sea(1.0), "not launched from a small boat"),
    ],
)
def test_what_may_not_start_stays_and_says_why(id, deck, wind, sea, problem):
    assert problem in launch_problem(profile(id), deck, wind, sea)
    vehicle = Vehicle(id, deck, np.random.default_rng(1))
    vehicle.command(Loiter(26.02, 127.0))
    for i in range(10):
        body = vehicle.step(30.0, wind, sea, {deck.name: deck.after(30.0 * i)})
    assert body.on == deck.on
    assert problem in vehicle.why
    later = deck.after(300.0)
    if profile(id).drive != "fixed wing":
        assert math.hypot(*later.seen_from(body.lat_deg, body.lon_deg)) < 1e-3


def test_it_starts_once_the_ship_turns_into_the_wind():
    vehicle = Vehicle("tb3", SHIP, np.random.default_rng(1))
    vehicle.command(Loiter(26.1, 127.0))
    across = Wind.of(9.0, SHIP.heading + math.pi / 2)
    vehicle.step(60.0, across, decks={"anadolu": SHIP})
    assert "crosswind" in vehicle.why
    vehicle.step(120.0, across, decks={"anadolu": replace(SHIP, heading=SHIP.heading + math.pi / 2)})
    assert vehicle.why == ""
    assert vehicle.body.on == "air"


@pytest.mark.parametrize(
    ("id", "deck", "wind", "sea", "problem"),
    [
        ("tb2", SHIP, Wind(), Sea(), "not recovered on a short deck"),
        ("tb3", replace(SHIP, speed=0.0), Wind(), Sea(), "to land"),
        ("tb3", SHIP, Wind.of(8.0, SHIP.heading), Sea(6.0), "sea state 6"),
        ("auv", Deck("patrol", "hull", 26.0, 127.0, 0.0, 10 * KNOT), Wind(), Sea(1.0), "too fast to be met"),
    ],
)
def test_a_deck_that_cannot_take_it_is_circled_not_landed_on(id, deck, wind, sea, problem):
    one = profile(id)
    assert problem in recovery_problem(one, deck, wind, sea)
    height = 800.0 if one.kind == "aircraft" else 0.0
    on = "air" if one.kind == "aircraft" else "water"
    start = Body(26.005, 127.0, height, 0.0, airspeed=one.cruise, ground_speed=one.cruise, on=on)
    vehicle = Vehicle(id, start, np.random.default_rng(1), home=deck.name)
    vehicle.command(Land(deck.name))
    told = set()
    for i in range(1200):
        body = vehicle.step(1.0, wind, sea, {deck.name: deck.after(float(i))})
        told.add(vehicle.why)
        assert not body.parked
        assert one.kind != "aircraft" or body.height > deck.height + 60
    assert any(problem in why for why in told)


def test_orders_beyond_the_platform_are_refused_with_a_reason():
    home = Deck("naha", "runway", 26.2, 127.65, length=3000.0)
    tb2 = Vehicle("tb2", home, np.random.default_rng(1))
    for order, reason in [
        (Loiter(26.5, 127.0, height=9000.0), "ceiling"),
        (Loiter(26.5, 127.0, radius=100.0), "too small"),
        (Through(()), "no place"),
        (Through((Leg(50.0, 127.0), Leg(26.0, 127.0))), "h at cruise"),
    ]:
        with pytest.raises(Refused, match=reason):
            tb2.command(order)
    assert tb2.order is None
    with pytest.raises(Refused, match="stands on naha"):
        tb2.command(Land("anadolu"))
    adrift = Vehicle("auv", Body(26.0, 127.0, on="water"), np.random.default_rng(1))
    with pytest.raises(Refused, match="no deck"):
        adrift.command(Return())
    with pytest.raises(Refused, match="greatest depth"):
        adrift.command(Loiter(26.0, 127.0, height=-500.0))
    ulaq = Vehicle("ulaq", Deck("quay", "port", 26.0, 127.0), np.random.default_rng(1))
    with pytest.raises(Refused, match="stays on the water"):
        ulaq.command(Loiter(26.0, 127.0, height=-5.0))
    tb2.command(Loiter(26.5, 127.0))
    with pytest.raises(BadInput, match="not among the decks"):
        tb2.step(1.0)


@pytest.mark.parametrize(("id", "deck"), [("tb3", SHIP), ("vbat", FRIGATE)])
def test_who_is_called_back_while_it_starts_gets_up_first_and_lands_again(id, deck):
    vehicle = Vehicle(id, deck, np.random.default_rng(1))
    vehicle.command(Loiter(26.1, 127.0))
    phases = []
    for i in range(5400):
        body = vehicle.step(1.0, HEADWIND, Sea(1.0), {deck.name: deck.after(float(i))})
        phases.append(vehicle.phase)
        if i == 3:
            vehicle.command(Return())
        if vehicle.done:
            break
    assert phases[3] in ("take-off", "rise")
    assert "approach" in phases
    assert "under way" not in phases
    assert body.on == deck.on


def test_a_vehicle_can_land_on_another_ship_which_is_its_home_from_then_on():
    other = replace(FRIGATE, name="other", lat_deg=26.08)
    vehicle = Vehicle("vbat", FRIGATE, np.random.default_rng(1))
    vehicle.command(Loiter(26.04, 127.0))
    for i in range(5400):
        ships = {"patrol": FRIGATE.after(float(i)), "other": other.after(float(i))}
        body = vehicle.step(1.0, Wind.of(4.0, 1.0), Sea(1.0), ships)
        if i == 900:
            vehicle.command(Land("other"))
        if i > 900 and vehicle.done:
            break
    assert body.on == "deck of other"
    assert vehicle.home == "other"


@pytest.mark.slow
@pytest.mark.parametrize(("id", "deck"), [("tb3", SHIP), ("kizilelma", SHIP), ("vbat", FRIGATE), ("subcloud", FRIGATE)])
def test_of_forty_drawn_ships_and_winds_every_one_that_allows_it_is_landed_on(id, deck):
    one, rng, allowed = profile(id), np.random.default_rng(11), 0
    for _ in range(40):
        ship = replace(deck, heading=rng.uniform(0, 6.28), speed=rng.uniform(10, 20) * KNOT)
        wind = Wind.of(rng.uniform(0, 9), ship.heading + rng.normal(0, 0.4), gust=rng.uniform(0, 1.5))
        if recovery_problem(one, ship, wind, Sea(2.0)):
            continue
        allowed += 1
        far, bearing = rng.uniform(2e3, 30e3) if deck is SHIP else rng.uniform(500, 8e3), rng.uniform(0, 6.28)
        place = 26.0 + far * math.cos(bearing) / 111e3, 127.0 + far * math.sin(bearing) / 100e3
        height = rng.uniform(200, 4000) if deck is SHIP else rng.uniform(100, 1500)
        start = Body(*place, height, rng.uniform(0, 6.28), airspeed=one.cruise, ground_speed=one.cruise, energy=0.5)
        vehicle, (along, right), seconds = landing(id, ship, wind, int(rng.integers(1000)), start)
        assert abs(right) < 5
        assert abs(along) < ship.length / 2
        assert abs(ship.after(seconds).seen_from(vehicle.body.lat_deg, vehicle.body.lon_deg)[0]) < ship.length / 2
        assert vehicle.approach.go_arounds <= 2
    assert allowed >= 10
