"""How far places are from zones of a kind: a raster against exact distances to their edges."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from mihari.behaviours.away import CELL_M, REACH_M, Away
from mihari.behaviours.places import Places
from mihari.core.zones import METRES_PER_DEGREE, Zone

SQUARE = ((26.0, 127.0), (26.0, 127.2), (26.1, 127.2), (26.1, 127.0))
HOLE = ((26.02, 127.05), (26.02, 127.15), (26.08, 127.15), (26.08, 127.05))
CABLE = ((25.8, 126.9), (26.05, 127.3), (26.3, 127.3))


def to_pieces(points: tuple[tuple[float, float], ...], lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
    """m to the nearest of the pieces between points, on a plane about the place."""
    nearest = np.full(len(lat), np.inf)
    scale = np.cos(np.radians(lat))
    for (lat0, lon0), (lat1, lon1) in itertools.pairwise(points):
        ax, ay, bx, by = (lon0 - lon) * scale, lat0 - lat, (lon1 - lon) * scale, lat1 - lat
        dx, dy = bx - ax, by - ay
        share = np.clip(-(ax * dx + ay * dy) / np.maximum(dx * dx + dy * dy, 1e-18), 0, 1)
        nearest = np.minimum(nearest, np.hypot(ax + share * dx, ay + share * dy) * METRES_PER_DEGREE)
    return nearest


def places(n: int = 3000) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(4)
    return rng.uniform(25.6, 26.5, n), rng.uniform(126.6, 127.6, n)


def test_it_is_the_distance_to_the_edge_of_a_polygon_and_nought_within() -> None:
    lat, lon = places()
    zone = Zone("reserve", "closed", (SQUARE, HOLE))
    away = Away.of([zone])
    assert away is not None
    inside = zone.holds(lat, lon)
    edge = np.minimum(to_pieces((*SQUARE, SQUARE[0]), lat, lon), to_pieces((*HOLE, HOLE[0]), lat, lon))
    true = np.where(inside, 0.0, edge)
    assert np.abs(away.at(lat, lon) - np.minimum(true, REACH_M)).max() < 2 * CELL_M
    assert 0 < away.at(np.array([26.05]), np.array([127.1]))[0] < 4000, "a hole is outside"


def test_a_cable_is_as_wide_as_it_says() -> None:
    lat, lon = places()
    away = Away.of([Zone("cable", "cable", (CABLE,), width_m=500.0)])
    assert away is not None
    true = np.maximum(to_pieces(CABLE, lat, lon) - 500.0, 0.0)
    assert np.abs(away.at(lat, lon) - np.minimum(true, REACH_M)).max() < 2 * CELL_M


def test_what_lies_beyond_the_reach_counts_as_just_as_far() -> None:
    away = Away.of([Zone("reserve", "closed", (SQUARE,))])
    assert away is not None
    found = away.at(np.array([26.05, -40.0, 26.05, np.nan]), np.array([127.9, 20.0, -52.9, 127.0]))
    assert found[:3].tolist() == pytest.approx([REACH_M] * 3)
    assert np.isnan(found[3])


def test_zones_on_both_sides_of_the_date_line() -> None:
    around = ((0.0, 179.9), (0.0, -179.9), (0.1, -179.9), (0.1, 179.9))
    away = Away.of([Zone("reserve", "closed", (around,))])
    assert away is not None
    found = away.at(np.array([0.05, 0.05, 0.05]), np.array([180.0, -179.8, 179.8]))
    assert found.tolist() == pytest.approx([0.0, 11_100.0, 11_100.0], abs=2 * CELL_M)


def test_zones_over_half_an_ocean_take_larger_cells_and_no_more_room() -> None:
    wide = ((0.0, 100.0), (0.0, 160.0), (30.0, 160.0), (30.0, 100.0))
    away = Away.of([Zone("waters", "closed", (wide,))])
    assert away is not None
    assert away.metres.size < 4_100_000


def test_places_know_them_by_kind_and_anew_when_zones_change() -> None:
    there = np.array([26.05]), np.array([127.3])
    known = Places(zones=(Zone("reserve", "closed", (SQUARE,)),))
    before = known.away("closed", *there)
    assert before is not None
    assert before[0] == pytest.approx(10_000, abs=400)
    assert known.away("port", *there) is None
    known.change((Zone("reserve", "closed", (((26.0, 127.25), (26.0, 127.4), (26.1, 127.4)),)),))
    after = known.away("closed", *there)
    assert after is not None
    assert after[0] < before[0]
