"""Search areas: weights of particles after searches in vain, maps, the next hours; searchers and what they see."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from mihari.core.errors import BadInput
from mihari.patrol.drift import Current, Drifted, Start, Wind, drift
from mihari.patrol.searching import AreaSearched, WayGone, hours_of, map_of, searched_in_vain, where_next
from mihari.patrol.sought import Searcher, found_objects, searcher, sought
from mihari.sensors.lookout import objects
from mihari.sensors.sweep import STEP, LateralRange
from mihari.sensors.weather import Weather

KM = 1 / 111.195  # degrees of latitude
FLAT = Searcher("flat", LateralRange(np.where(np.arange(41) * STEP <= 2000.0, 0.6, 0.0)), 50.0)  # 0.6 within 2 km


def still(lat: list[float], lon: list[float], hours: tuple[float, ...] = (0.0,)) -> Drifted:
    shape = len(hours), len(lat)
    return Drifted(np.array(hours), np.tile(lat, (shape[0], 1)), np.tile(lon, (shape[0], 1)), np.zeros(shape, bool))


def square(half_km: float, lat: float = 0.0, lon: float = 0.0) -> tuple[tuple[float, float], ...]:
    half = half_km * KM
    return tuple((lat + a * half, lon + b * half) for a, b in ((-1, -1), (-1, 1), (1, 1), (1, -1)))


def test_an_area_searched_in_vain_leaves_less_inside_and_more_outside() -> None:
    particles = still([0.0, 0.0, 1.0, 1.0], [0.0, 0.0, 1.0, 1.0])
    weight, chances = searched_in_vain(particles, [AreaSearched(square(5), 0.0, 0.8)])
    assert chances == pytest.approx([0.4])
    assert weight == pytest.approx([1 / 12, 1 / 12, 5 / 12, 5 / 12])  # 0.05, 0.05, 0.25, 0.25 over 0.6


def test_an_area_across_the_antimeridian_is_the_same_as_elsewhere() -> None:
    lat, lon = [0.0, 0.0], [179.999, -179.9]
    _, chances = searched_in_vain(still(lat, lon), [AreaSearched(square(5, 0.0, 180.0 - 1e-9), 0.0, 0.8)])
    assert chances == pytest.approx([0.4])


def test_each_leg_that_passes_abeam_is_a_look_by_how_far_off_it_passes() -> None:
    particles = still([0.0, 1 * KM, 3 * KM, 0.0, 0.0], [5 * KM, 5 * KM, 5 * KM, -1 * KM, 11 * KM])
    way = WayGone(FLAT, ((0.0, 0.0, 0.0), (0.1, 0.0, 10 * KM)))
    weight, _ = searched_in_vain(particles, [way])
    assert weight * 3.8 == pytest.approx([0.4, 0.4, 1.0, 1.0, 1.0])  # of five two are passed within 2 km
    back = WayGone(FLAT, ((0.0, 0.0, 0.0), (0.1, 0.0, 10 * KM), (0.2, 0.0, 0.0)))
    weight, _ = searched_in_vain(particles, [back])
    assert weight[0] / weight[2] == pytest.approx(0.16)


def test_particles_are_searched_where_they_were_then_and_drift_on_with_their_weights() -> None:
    moving = drift(sought("raft").leeway, Start(0.0, 0.0, sd=2000.0), Wind(0.0), Current(east=1.0), [0.0, 5.0], 4000,
                   np.random.default_rng(1))  # fmt: skip
    west = tuple((lat, lon) for lat, lon in ((-1.0, -1.0), (-1.0, 0.0), (1.0, 0.0), (1.0, -1.0)))
    weight, chances = searched_in_vain(moving, [AreaSearched(west, 0.0, 0.9)])
    assert chances[0] == pytest.approx(0.45, abs=0.03)
    there = moving.lon_deg[1] > 18 * KM  # 5 h at 1 m/s: what began in the west is west of that
    assert weight[there].sum() == pytest.approx(0.5 / 0.55, abs=0.02)


def test_what_is_searched_to_the_end_everywhere_leaves_nothing_and_says_so() -> None:
    with pytest.raises(BadInput, match="place, time, drift or a chance of seeing is wrong"):
        searched_in_vain(still([0.0], [0.0]), [AreaSearched(square(5), 0.0, 1.0)])


def test_hours_that_matter_are_those_of_areas_and_of_the_middles_of_legs() -> None:
    way = WayGone(FLAT, ((1.0, 0.0, 0.0), (2.0, 0.0, 1.0), (4.0, 0.0, 0.0)))
    assert hours_of([way, AreaSearched(square(5), 1.5, 0.8)]) == [1.5, 3.0]


@pytest.mark.parametrize("side", [0.0, 2000.0])
def test_a_map_holds_all_and_its_cells_are_where_the_particles_are(side: float) -> None:
    rng = np.random.default_rng(2)
    lat, lon = 60.0 + 5 * KM * rng.standard_normal(5000), 179.9 + 20 * KM * rng.standard_normal(5000)
    cells = map_of(lat, (lon + 180) % 360 - 180, np.full(5000, 1 / 5000), side)
    assert cells.chance.sum() == pytest.approx(1.0)
    assert 40 < len(cells.chance) < 1000
    top = cells.corners[cells.chance.argmax()].mean(axis=0)
    assert abs(top[0] - 60.0) < 10 * KM
    # a normal distribution of 5 by 10 km (at 60 N): half lie in 2 pi ln 2 times 50 km2
    assert cells.within(0.5) == pytest.approx(2 * math.pi * math.log(2) * 50e6, rel=0.2)


def test_the_next_hours_go_where_most_is_left_and_find_what_they_say() -> None:
    rng = np.random.default_rng(3)
    lat, lon = 5 * KM * rng.standard_normal(20_000), 5 * KM * rng.standard_normal(20_000)
    weight, _ = searched_in_vain(still(lat.tolist(), lon.tolist()), [AreaSearched(square(4), 0.0, 0.95)])
    cells = map_of(lat, lon, weight, 2000.0)
    told = where_next(cells, [(FLAT, 2.0)])
    assert told.hours.sum() == pytest.approx(2.0)
    assert told.found == pytest.approx(float((cells.chance * told.chance).sum()))
    middle = np.abs(cells.corners.mean(axis=1)).max(axis=1) < 3 * KM
    assert told.hours[middle].sum() < 0.05  # what was searched is not searched again
    assert where_next(cells, [(FLAT, 2.0), (FLAT, 2.0)]).found > told.found
    even = -np.expm1(-FLAT.width * FLAT.speed * 7200 / (len(cells.chance) * 4e6))
    assert told.found > even


def test_searchers_by_eyes_and_by_cameras_and_who_cannot_see_it() -> None:
    calm, rough = Weather(sea_state=1.0), Weather(sea_state=4.0, wind=11.0)
    raft, ship = sought("raft"), sought("coaster")
    for who in ("helicopter", "boat", "tb3@1500", "patrolboat"):
        assert searcher(who, raft, calm).width > searcher(who, raft, rough).width
        assert searcher(who, ship, calm).width > searcher(who, raft, calm).width
    assert searcher("patrolaircraft", ship, calm).width > 20 * searcher("patrolaircraft", raft, calm).width  # radar
    for who, words in (
        ("aircraft", "for days alone"), ("tb3@99999", "to its ceiling"), ("patrolboat@50", "expected an aircraft"),
        ("kite", "nobody searches as 'kite'"),
    ):  # fmt: skip
        with pytest.raises(BadInput, match=re.escape(words)):
            searcher(who, raft, calm, night=True)
    with pytest.raises(BadInput, match="tb3 does not see it in this weather"):
        searcher("tb3", sought("person"), rough)


def test_all_classes_have_a_length_and_a_name_that_the_tables_know() -> None:
    assert {one.name for one in found_objects("")} <= set(objects())
    assert [one.leeway.name for one in found_objects("ballast canopy")] == ["raft", "raft, drogue"]
