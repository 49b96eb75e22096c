"""Slots that collide, against stations drawn at random that really choose slots."""

import numpy as np
import pytest

from mihari.sensors.ais_slots import CAPTURE, SLOTS, cell_radius, hidden_share, message_survival, shared_area, survival
from mihari.sensors.satellite import found_probability


def disc(rng: np.random.Generator, n: int, radius: float) -> np.ndarray:
    return np.sqrt(rng.uniform(0, 1, n)) * radius * np.exp(2j * np.pi * rng.random(n))


@pytest.mark.parametrize("distance", [15e3, 35e3, 55e3])
def test_a_message_survives_as_often_as_among_drawn_stations(distance):
    rng = np.random.default_rng(int(distance))
    ship_reach, station_reach, others = 30e3, 60e3, 300  # each sends 10 slots a minute
    trials, kept = 6000, 0
    for _ in range(trials):
        place = disc(rng, others, station_reach)
        harmful = (np.abs(place - distance) > ship_reach) & (np.abs(place) < CAPTURE * distance)
        used = rng.integers(0, SLOTS, (int(harmful.sum()), 10))
        kept += not np.any(used == 17)
    expected = message_survival(distance, others * 10.0, ship_reach, station_reach)
    assert kept / trials == pytest.approx(expected, abs=4 * 0.5 / np.sqrt(trials))


def test_stations_that_all_hear_each_other_lose_nothing_to_hidden_ones():
    assert message_survival(20e3, 2000.0, 200e3, 60e3) == 1.0


def test_more_traffic_and_more_distance_lose_more():
    by_load = message_survival(40e3, np.linspace(0, 20_000, 50), 40e3, 60e3)
    assert np.all(np.diff(by_load) < 0)
    by_distance = message_survival(np.linspace(1e3, 60e3, 50), 2000.0, 30e3, 60e3)
    assert np.all(np.diff(by_distance) <= 1e-12)


def test_from_the_air_most_senders_are_hidden_from_each_other():
    assert hidden_share(200e3, 40e3, 300e3) > 0.9
    assert message_survival(200e3, 9000.0, 40e3, 300e3) < 0.2 < message_survival(30e3, 9000.0, 40e3, 300e3)


def test_where_slots_run_out_cells_shrink_so_that_they_suffice():
    slots = np.array([100.0, 4000.0, 10_000.0, 50_000.0])
    radius = cell_radius(40e3, slots)
    assert np.all(slots * (radius / 40e3) ** 2 <= 0.9 * SLOTS + 1e-6)
    assert np.all(np.diff(radius) <= 0)


def test_shared_area_is_that_of_counted_points():
    rng = np.random.default_rng(2)
    points = disc(rng, 200_000, 2.0)
    share = np.mean(np.abs(points - 2.2) < 1.1)
    assert shared_area(2.2, 2.0, 1.1) / (np.pi * 4) == pytest.approx(share, abs=0.004)
    assert shared_area(0.5, 2.0, 1.0) == pytest.approx(np.pi)


def test_survival_is_poisson():
    assert survival(SLOTS) == pytest.approx(np.exp(-1))
    assert survival(SLOTS, overlap=1.0) == pytest.approx(np.exp(-2))


def test_a_satellite_finds_as_many_as_the_studies_say():
    # Høye, FFI 2006/02495: 10,000 ships, every 5.5 min, 36 min in view: 99 %; and 900 ships in sight of a low orbit
    assert found_probability(10_000, 330.0, 36 * 60.0, decoded=1.0) == pytest.approx(0.99, abs=0.005)
    assert found_probability(900, 6.0, 15 * 60.0, decoded=1.0) >= 0.99
    assert found_probability(3000, 6.0, 15 * 60.0) < 0.1
    assert np.all(np.diff(found_probability(np.arange(300, 5000, 100), 6.0, 600.0)) < 0)
