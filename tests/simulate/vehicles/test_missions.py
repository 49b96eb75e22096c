"""Each kind of platform does a mission within its limits: speed, turn, climb, ceiling, depth, energy; and is back."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest

from mihari.core.units import KNOT
from mihari.simulate.vehicles import Deck, Leg, Loiter, Return, Sea, Search, Through, Vehicle, Wind
from mihari.simulate.vehicles.plane import half_turn, offset
from mihari.simulate.vehicles.wings import turn_limit

RUNWAY = Deck("naha", "runway", 26.2, 127.65, math.radians(180.0), length=3000.0, width=45.0)


def still(deck: Deck) -> Callable[[float], Deck]:
    return lambda time: deck


def sailing(deck: Deck) -> Callable[[float], Deck]:
    return lambda time: deck.after(time)


CARRIER = sailing(Deck("anadolu", "short deck", 26.0, 127.0, math.radians(20.0), 16 * KNOT, 231.0, 25.0))
FRIGATE = sailing(Deck("patrol", "any deck", 26.0, 127.0, math.radians(20.0), 12 * KNOT, 25.0, 6.0))
STERN = sailing(Deck("patrol", "hull", 26.0, 127.0, math.radians(20.0), 2 * KNOT, 60.0, 0.0, 10.0))
PORT = still(Deck("quay", "port", 26.0, 127.0, 0.5, 0.0, 30.0, 0.0, 4.0))
BOAT = still(Deck("dinghy", "small boat", 26.0, 127.0))
HOMES = {
    "tb2": still(RUNWAY), "tb3": CARRIER, "kizilelma": CARRIER, "anka3": still(RUNWAY), "subcloud": FRIGATE,
    "vbat": FRIGATE, "seaguardian": still(RUNWAY), "patrolaircraft": still(RUNWAY), "ulaq": PORT, "voyager": PORT,
    "bluebottle": PORT, "patrolboat": PORT, "auv": STERN, "slocum": BOAT,
}  # fmt: skip
WIND = Wind.of(6.0, math.radians(40.0), gust=1.0)
SEA = Sea(2.0, 0.1, -0.05)


@dataclass
class Flown:
    """What was seen of a mission."""

    seconds: float
    farthest: float
    highest: float
    deepest: float
    least: float  # energy


def watched(vehicle: Vehicle, home, limit: float, step: float = 1.0, start: float = 0.0) -> Flown:
    """Step until it is parked again, holding it to its limits at every moment."""
    one, time, before = vehicle.profile, start, vehicle.body
    flown = Flown(0.0, 0.0, 0.0, 0.0, 1.0)
    while time < start + limit:
        deck = home(time)
        phase = vehicle.phase
        body = vehicle.step(step, WIND, SEA, {deck.name: deck})
        time += step
        assert body.airspeed <= one.max_speed * (1 + 1e-9)
        assert 0 <= body.energy <= before.energy
        if one.kind == "aircraft":
            assert -1e-9 <= body.height <= one.ceiling
            assert -one.sink - 1e-9 <= body.climb <= one.climb + 1e-9
            assert abs(body.roll) <= one.bank + 1e-9
            if one.drive == "fixed wing" and phase == "under way":
                assert body.airspeed >= one.min_speed
                turned = abs(half_turn(body.heading - before.heading))
                assert turned <= turn_limit(one, min(body.airspeed, before.airspeed)) * step + 1e-6
        else:
            assert body.height <= 0
            if one.kind == "underwater":
                assert body.height >= -one.max_depth
                if not body.parked and not before.parked:
                    assert abs(body.height - before.height) <= one.dive_rate * step + 1e-6
        if not body.parked and not before.parked:  # nothing jumps
            fastest = one.max_speed + WIND.speed + 4 * WIND.gust + 0.2
            moved = math.hypot(*offset(before.lat_deg, before.lon_deg, body.lat_deg, body.lon_deg))
            assert moved <= fastest * step
        away = math.hypot(*offset(home(start).lat_deg, home(start).lon_deg, body.lat_deg, body.lon_deg))
        flown = Flown(
            time - start, max(flown.farthest, away), max(flown.highest, body.height), min(flown.deepest, body.height),
            body.energy,
        )  # fmt: skip
        before = body
        if vehicle.phase == "parked" and (vehicle.done or vehicle.bingo):
            return flown
        if vehicle.done and not isinstance(vehicle.order, Return):
            vehicle.command(Return())
    raise AssertionError(f"{one.id} is not back after {limit} s: {vehicle.phase} {vehicle.why}")


def ahead(home, kilometres: float) -> tuple[Leg, ...]:
    """A triangle that far north and east of home."""
    deck, degree = home(0.0), kilometres / 111.0
    return (
        Leg(deck.lat_deg + degree, deck.lon_deg),
        Leg(deck.lat_deg + degree, deck.lon_deg + degree / 2),
        Leg(deck.lat_deg + degree / 2, deck.lon_deg + degree / 2),
    )


@pytest.mark.parametrize(
    ("id", "kilometres", "hours"),
    [
        ("tb2", 40, 2.5), ("tb3", 60, 2.0), ("kizilelma", 150, 1.5), ("anka3", 150, 1.5), ("subcloud", 8, 1.5),
        ("vbat", 15, 2.0), ("seaguardian", 80, 2.0), ("patrolaircraft", 80, 1.5), ("ulaq", 10, 1.5),
        ("patrolboat", 10, 3.0),
    ],
)  # fmt: skip
def test_it_goes_through_its_places_and_comes_back_within_its_limits(id, kilometres, hours):
    home = HOMES[id]
    vehicle = Vehicle(id, home(0.0), np.random.default_rng(5))
    vehicle.command(Through(ahead(home, kilometres)))
    flown = watched(vehicle, home, hours * 3600)
    assert vehicle.body.on == home(0.0).on
    assert flown.farthest > 0.9 * kilometres * 1000
    assert flown.least < 1
    if vehicle.profile.kind == "aircraft":
        assert flown.highest > 100
    assert vehicle.guidance.leg == 3


@pytest.mark.parametrize(("id", "kilometres", "hours"), [("voyager", 5, 8), ("bluebottle", 5, 12), ("auv", 3, 6)])
def test_slow_ones_do_too(id, kilometres, hours):
    home = HOMES[id]
    vehicle = Vehicle(id, home(0.0), np.random.default_rng(5))
    vehicle.command(Through(ahead(home, kilometres)))
    flown = watched(vehicle, home, hours * 3600, step=4.0)
    assert flown.farthest > 0.8 * kilometres * 1000
    assert vehicle.body.on == home(0.0).on


def test_the_gliders_dives_are_saw_teeth_with_a_call_every_three_hours():
    vehicle = Vehicle("slocum", BOAT(0.0), np.random.default_rng(5))
    vehicle.command(Through((Leg(26.03, 127.02), Leg(26.05, 127.0))))
    heights, seconds = [], []
    for i in range(30 * 900):
        body = vehicle.step(4.0, WIND, SEA, {"dinghy": BOAT(0.0)})
        heights.append(body.height)
        seconds.append(4.0 * i)
        if vehicle.done and not isinstance(vehicle.order, Return):
            vehicle.command(Return())
        if vehicle.phase == "parked" and i > 10:
            break
    assert vehicle.body.on == "deck of dinghy"
    depth = -np.array(heights)
    assert 195 < depth.max() <= 200.5  # its working depth
    up = depth < 0.5
    risen = np.flatnonzero(up[1:] & ~up[:-1])
    every = np.diff(np.array(seconds)[risen])
    assert len(every) >= 3
    np.testing.assert_allclose(every[:3], 3 * 3600, rtol=0.05)
    between = depth[risen[0] + 300 : risen[1] - 100]
    teeth = np.flatnonzero((between[1:-1] >= between[:-2]) & (between[1:-1] > between[2:]))
    assert len(teeth) >= 3  # several dives before the next call
    assert np.min(between) > 3.0  # and none of them breaks the surface


def test_the_auv_comes_up_as_often_as_its_file_says():
    vehicle = Vehicle("auv", STERN(0.0), np.random.default_rng(5))
    vehicle.command(Loiter(26.03, 127.02))
    up = [vehicle.step(5.0, decks={"patrol": STERN(5.0 * i)}).on == "water" for i in range(1800)]
    risen = np.flatnonzero(np.array(up[1:]) & ~np.array(up[:-1])) * 5.0
    np.testing.assert_allclose(np.diff(risen), 1800.0, atol=30.0)
    assert 0.09 < np.mean(up) < 0.14  # 3 min in 30, and the last half metre


@pytest.mark.parametrize(
    ("id", "far", "left"),
    [
        ("tb2", 1.0, 0.2), ("kizilelma", 2.5, 0.6), ("subcloud", 0.05, 0.9), ("ulaq", 0.5, 0.4), ("auv", 0.06, 0.5),
        pytest.param("tb2", 1.0, 1.0, marks=pytest.mark.slow), pytest.param("auv", 0.06, 1.0, marks=pytest.mark.slow),
    ],
)  # fmt: skip
def test_it_goes_home_in_time_to_land_with_its_reserve(id, far, left):
    home = HOMES[id]
    vehicle = Vehicle(id, home(0.0), np.random.default_rng(3))
    one = vehicle.profile
    vehicle.command(Loiter(26.2 + far, 127.3))
    for i in range(10):
        vehicle.step(20.0, WIND, SEA, {home(0.0).name: home(20.0 * i)})
    vehicle.body = replace(vehicle.body, energy=left)  # as after hours of watching
    flown = watched(vehicle, home, one.endurance / min(1.0, 1.2 * one.hotel_share) + 7200, step=20.0, start=200.0)
    assert vehicle.bingo
    assert vehicle.body.on == home(0.0).on
    assert flown.least * one.endurance >= 0.9 * one.reserve
    if one.kind == "aircraft":
        assert flown.seconds <= left * one.endurance - 0.9 * one.reserve
        assert flown.least * one.endurance <= one.reserve + 2700  # nor does it go home for nothing


def test_a_search_passes_within_half_a_spacing_of_every_place():
    corners = ((26.02, 127.02), (26.05, 127.02), (26.05, 127.06), (26.02, 127.05))
    vehicle = Vehicle("subcloud", FRIGATE(0.0), np.random.default_rng(3))
    vehicle.command(Search(corners, 800.0, bearing=math.radians(30.0), height=500.0))
    track = []
    for i in range(4000):
        deck = FRIGATE(float(i))
        body = vehicle.step(1.0, WIND, SEA, {"patrol": deck})
        track.append((body.lat_deg, body.lon_deg))
        if vehicle.done:
            break
    assert vehicle.done
    way = np.array(track)
    rng = np.random.default_rng(0)
    inside = [(26.02 + 0.03 * a, 127.02 + (0.03 + 0.01 * a) * b) for a, b in rng.uniform(0.05, 0.95, (200, 2))]
    scale = np.array([110_800.0, 100_000.0])
    nearest = [np.min(np.hypot(*((way - np.array(place)) * scale).T)) for place in inside]
    assert max(nearest) < 400 + 60  # and what gusts and turns take


def test_after_the_turnaround_it_is_full_and_starts_again():
    vehicle = Vehicle("subcloud", FRIGATE(0.0), np.random.default_rng(3))
    vehicle.command(Through((Leg(26.03, 127.0),)))
    flown = watched(vehicle, FRIGATE, 7200)
    assert vehicle.body.energy < 1
    vehicle.command(Loiter(26.1, 127.05))
    time = flown.seconds
    for _ in range(59):
        deck = FRIGATE(time)
        vehicle.step(60.0, WIND, SEA, {"patrol": deck})
        time += 60
    assert vehicle.phase == "parked"
    seen = FRIGATE(time).seen_from(vehicle.body.lat_deg, vehicle.body.lon_deg)
    assert math.hypot(*seen) < 5  # it went along with its ship
    for _ in range(5):
        vehicle.step(60.0, WIND, SEA, {"patrol": FRIGATE(time)})
        time += 60
    assert vehicle.phase == "under way"
    assert vehicle.body.energy > 0.9
