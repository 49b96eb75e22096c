"""A plan made by hand, flown: on time, back on a deck that moves, and what happens when things go wrong."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.rehearse.small import LAT, LON, TB2, TB3, patrol, plan, sortie, tour

from mihari.core.errors import BadInput
from mihari.core.geodesy import great_circle
from mihari.patrol.cells import cells_of
from mihari.patrol.file import LookSection
from mihari.patrol.vehicles import where_is
from mihari.rehearse.flight import Flight


@pytest.fixture(scope="module")
def round_flown():
    """A round of the tb2, and nothing else, flown once."""
    file = patrol(asset=[TB2])
    return file, flown(file, plan(file, tour(file, cells_of(file.area))))


def flown(file, made, until_h=20.0, side=(20000.0, 20000.0), seed=1, **doing):
    flight = Flight(file, made, side, np.random.default_rng(seed))
    for hour, act in sorted((hour, act) for act, hour in doing.values()):
        flight.until(flight.begin + 3600 * hour)
        getattr(flight, act[0])(act[1])
    flight.until(flight.begin + 3600 * until_h)
    return flight.flown


def test_a_round_is_flown_on_time_and_ends_at_home_with_its_reserve(round_flown):
    file, done = round_flown
    assert len(done.visits) == len(cells_of(file.area))
    assert all(abs(v.arrived - v.stop.arrive) < 180.0 for v in done.visits)
    ((name, turn),) = done.turns
    assert (name, turn.place) == ("tb2", "field")
    assert turn.landed < turn.sortie.landing + 900.0
    reserve = done.vehicles[0].platform.reserve / done.vehicles[0].platform.endurance
    assert turn.energy > reserve


def test_the_way_flown_is_no_faster_than_the_aircraft(round_flown):
    _, done = round_flown
    lat, lon = done.lat_deg[:, 0], done.lon_deg[:, 0]
    speed = great_circle(lat[:-1], lon[:-1], lat[1:], lon[1:])[0] / 10.0
    assert speed.max() < done.vehicles[0].platform.max_speed + 10.0  # of wind


def test_an_aircraft_starts_from_a_ship_under_way_and_comes_back_to_it():
    file = patrol(asset=[TB3])
    out = sortie(file, "tb3", "deck", 0.1, [("cell", "1", 0.6, 0.6, LAT, LON)], 1.2)
    done = flown(file, plan(file, out))
    ((_, turn),) = done.turns
    assert turn.place == "deck"
    assert abs(turn.landed - out.landing) < 1500.0
    row = int(np.searchsorted(done.times, turn.landed))
    ship = where_is(file.ship[0], (turn.landed - file.start.timestamp()) / 3600)
    away = great_circle(*ship, done.lat_deg[row, 0], done.lon_deg[row, 0])[0]
    assert away < 8000.0  # it turns into the wind for a while


def test_who_is_lost_sees_nothing_more_and_does_nothing_more():
    file = patrol(asset=[TB2])
    cells = cells_of(file.area)
    done = flown(file, plan(file, tour(file, cells)), a=(("lose", "tb2"), 1.2))
    assert not done.out[done.times > file.start.timestamp() + 1.2 * 3600, 0].any()
    missed = [v for v in done.visits if math.isnan(v.left)]
    assert missed
    assert {v.why for v in missed} == {"lost"}


def test_a_closed_home_is_exchanged_for_another_place_that_takes_it():
    file = patrol(asset=[TB2])
    done = flown(file, plan(file, tour(file, cells_of(file.area))), a=(("close", "field"), 1.0))
    ((_, turn),) = done.turns
    assert turn.place == "quay"
    assert "closed" in turn.why


def test_what_cannot_start_is_told_and_not_flown():
    file = patrol(asset=[TB2], hours=1.5)
    made = plan(file, tour(file, cells_of(file.area), launch_h=1.0))
    done = flown(file, made, a=(("close", "field"), 0.5))
    ((_, turn),) = done.turns
    assert math.isnan(turn.launched)
    assert turn.why == "field is closed"


def test_a_vessel_is_followed_as_it_goes():
    look = {"name": "who", "lat_deg": LAT, "lon_deg": LON, "speed_kn": 15, "course_deg": 90, "by_h": 3}
    file = patrol(look=[look], asset=[TB2])
    goes = LookSection(**look)
    from mihari.rehearse.met import met
    from mihari.rehearse.pilot import vessel_at

    stop = ("vessel", "who", 0.9, 1.3, *vessel_at(goes, 0.9))
    done = flown(file, plan(file, sortie(file, "tb2", "field", 0.1, [stop], 2.5)))
    (found,) = met(file, file.look, done)
    assert found.by == "tb2"
    late = goes.model_copy(update={"by_h": 0.3})
    assert met(file, [late], done)[0].by is None


@pytest.mark.parametrize("act", ["lose", "close"])
def test_a_fault_of_something_unknown_is_told(act):
    file = patrol()
    flight = Flight(file, plan(file), (20000.0, 20000.0), np.random.default_rng(1))
    with pytest.raises(BadInput, match="known are"):
        getattr(flight, act)("nobody")


def test_a_plan_of_another_patrol_is_refused():
    file = patrol()
    other = patrol(asset=[{"name": "x", "platform": "tb2", "home": "field"}])
    made = plan(file, tour(file, cells_of(file.area)))
    with pytest.raises(BadInput, match="'tb2'"):
        Flight(other, made, (20000.0, 20000.0), np.random.default_rng(1))


def test_the_same_dice_fly_the_same_way():
    file = patrol(asset=[TB2])
    made = plan(file, tour(file, cells_of(file.area)))
    one, two = (flown(file, made, until_h=0.5) for _ in range(2))
    assert np.array_equal(one.lat_deg, two.lat_deg)
