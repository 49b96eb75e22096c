"""Who crosses: from the edge to a shore, over water, in time; who evades turns away and stays off the land."""

from __future__ import annotations

import numpy as np
import pytest
from tests.rehearse.small import patrol

from mihari.core.geodesy import lat_lon, n_vector
from mihari.core.units import KNOT
from mihari.patrol.cells import cells_of
from mihari.patrol.file import load
from mihari.patrol.spells import spells_of
from mihari.rehearse.crossings import DARK, EVASIVE, FAMILIES, NUMBERS, STRAIGHT, crossings, way
from mihari.rehearse.evasion import STEP_S, evade


@pytest.fixture(scope="module")
def nansei():
    file = load("nansei")
    return file, cells_of(file.area), spells_of(file)


def cast(family, nansei, count=60, seed=1):
    return crossings(family, *nansei, np.random.default_rng(seed).uniform(size=(count, NUMBERS)))


@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.name)
def test_they_go_over_water_to_a_shore_within_the_plan(family, nansei):
    file, cells, _ = nansei
    made = cast(family, nansei)
    begin = file.start.timestamp()
    assert (made.begin >= begin).all()
    assert (made.end <= begin + 3600 * file.hours + 1e-6).all()
    slow, fast = family.speeds
    assert ((made.speed >= slow * KNOT - 1e-9) & (made.speed <= fast * KNOT + 1e-9)).all()
    part = np.linspace(0.0, 0.999, 200)
    place = made.at(made.begin[:, None] + part * made.duration[:, None])
    lat, lon = (np.asarray(x) for x in lat_lon(place))
    assert cells.land.on_land(lat, lon).mean() < 0.002  # corners that a step of 1 km cuts
    assert (cells.land.distance_to_shore(lat[:, -1], lon[:, -1]) < 6000.0).all()


def test_dark_boats_go_by_night(nansei):
    file, _, spells = nansei
    dusk = min(s.start for s in spells if s.night)
    dawn = max(s.end for s in spells if s.night)
    hour = (cast(DARK, nansei).begin - file.start.timestamp()) / 3600
    assert ((hour >= dusk - 1e-9) & (hour < dawn)).all()


def test_who_evades_keeps_farther_from_radars_than_who_goes_straight(nansei):
    file, _, _ = nansei
    radars = np.array([n_vector(r.lat_deg, r.lon_deg) for r in file.radar])

    def near(made):
        place = made.at(made.begin[:, None] + np.linspace(0, 1, 50) * made.duration[:, None])
        return (way(place[:, :, None], radars[None, None]) < 35_000.0).any(axis=2).mean()

    assert near(cast(EVASIVE, nansei)) < 0.7 * near(cast(STRAIGHT, nansei))


def test_a_sea_without_a_shore_is_crossed_from_side_to_side():
    file = patrol()
    made = crossings(STRAIGHT, file, cells_of(file.area), spells_of(file), np.full((3, NUMBERS), 0.4))
    assert (way(made.start, made.goal) >= 39_000.0).all()


def test_a_boat_turns_away_from_who_it_notices_and_still_arrives():
    file = patrol()
    cells = cells_of(file.area)
    made = crossings(EVASIVE, file, cells, spells_of(file), np.full((1, NUMBERS), 0.4))
    times = np.arange(made.begin[0], made.begin[0] + 6 * 3600, STEP_S)
    ahead = made.at(times + 600.0)[0][:, None]  # somebody lies ten minutes ahead, for the first hour
    noticed = np.where(times < times[0] + 3600, 8000.0, 0.0)[:, None]
    nobody = evade(made, cells, times, ahead, np.zeros_like(noticed))
    fled = evade(made, cells, times, ahead, noticed)
    assert np.allclose(nobody.at(times), made.at(times), atol=2e-5)
    first = way(fled.place[0], ahead[:, 0])[noticed[:, 0] > 0]
    assert first.min() > 0.5 * first[0]
    goal = made.goal[0]
    assert way(fled.at(nobody.end[:1])[0, 0], goal) > way(nobody.at(nobody.end[:1])[0, 0], goal) + 1000.0


def test_fleeing_boats_do_not_run_ashore(nansei):
    file, cells, _ = nansei
    made = cast(EVASIVE, nansei, count=30)
    times = np.arange(file.start.timestamp(), made.latest, STEP_S)
    watchers = np.asarray(n_vector(cells.lat_deg[::20], cells.lon_deg[::20]))[None].repeat(len(times), axis=0)
    ways = evade(made, cells, times, watchers, np.full(watchers.shape[:2], 8000.0))
    lat, lon = (np.asarray(x) for x in lat_lon(ways.place))
    assert not cells.land.on_land(lat, lon).any()
