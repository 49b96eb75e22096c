"""Clusters against a twin that compares every pair, and at the edges of the definition."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mihari.behaviours.fleets import Parameters, Scene
from mihari.behaviours.fleets.clusters import clusters
from mihari.core.geodesy import direct, ecef

P = Parameters()
KN = 1852 / 3600


def twin(scene, p):
    """The definition, word by word, over all pairs."""
    n, place, east, north = len(scene), ecef(scene.lat_deg, scene.lon_deg), scene.east_mps, scene.north_mps
    ship = scene.hull_length >= p.ship_length
    apart = np.linalg.norm(place[:, None] - place, axis=2)
    speed = np.hypot(east, north)
    faster = np.maximum(speed[:, None], speed)
    differ = np.hypot(east[:, None] - east, north[:, None] - north)
    alike = (faster <= p.under_way_kn * KN) | (differ <= np.maximum(p.motion_kn * KN, p.motion_share * faster))
    linked = (apart <= np.where(ship[:, None] | ship, p.ship_radius, p.radius)) & alike
    core = linked.sum(axis=1) >= p.dense  # itself included
    label = np.full(n, -1)
    for i in range(n):
        if core[i] and label[i] < 0:
            label[i], waiting = i, [i]
            while waiting:
                for j in np.flatnonzero(linked[waiting.pop()] & core & (label < 0)):
                    label[j] = i
                    waiting.append(j)
    for i in np.flatnonzero(~core):
        hosts = np.flatnonzero(linked[i] & core)
        if len(hosts):
            label[i] = label[hosts[np.argmin(apart[i, hosts])]]
    order = {}
    return [-1 if k < 0 else order.setdefault(k, len(order)) for k in label]


@st.composite
def scenes(draw):
    n = draw(st.integers(0, 60))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    lat0 = draw(st.sampled_from([0.0, 30.0, -65.0, 84.0, 89.97]))
    lon0 = draw(st.sampled_from([0.0, 125.0, 180.0, -180.0]))
    wide = draw(st.sampled_from([0.02, 0.08, 0.3]))
    lat = np.clip(lat0 + rng.uniform(-wide, wide, n), -90, 90)
    lon = lon0 + rng.uniform(-wide, wide, n) / max(np.cos(np.radians(lat0)), 0.002)
    lon = (lon + 180) % 360 - 180
    speed = draw(st.sampled_from([0.3, 2.0, 5.0]))
    hull = rng.choice([np.nan, 12.0, 49.9, 50.0, 200.0], n)
    moving = {"east_mps": rng.normal(0, speed, n), "north_mps": rng.normal(0, speed, n)}
    return Scene.of(n, lat_deg=lat, lon_deg=lon, hull_length=hull, **moving)


@settings(max_examples=300, deadline=None)
@given(scenes(), st.sampled_from([P, replace(P, dense=4), replace(P, radius=600.0, dense=5)]))
def test_clusters_are_those_of_the_twin(scene, p):
    assert clusters(scene, p).tolist() == twin(scene, p)


@settings(max_examples=100, deadline=None)
@given(scenes(), st.randoms())
def test_the_order_of_rows_changes_no_cluster(scene, random):
    order = list(range(len(scene)))
    random.shuffle(order)
    one, other = clusters(scene, P), clusters(scene.take(order), P)
    together = {frozenset(np.flatnonzero(one == k).tolist()) for k in set(one.tolist()) - {-1}}
    again = {frozenset(order[i] for i in np.flatnonzero(other == k)) for k in set(other.tolist()) - {-1}}
    assert together == again


def row(n, gap, **given):
    """n vessels on one meridian, `gap` m apart along the geodesic, lying still."""
    lat, lon = direct(30.0, 125.0, np.zeros(n), np.arange(n) * gap)[:2]
    return Scene.of(n, lat_deg=lat, lon_deg=lon, **{"east_mps": 0.0, "north_mps": 0.0} | given)


@pytest.mark.parametrize(("gap", "found"), [(999.0, 0), (1001.0, -1)])
def test_neighbours_are_within_a_kilometre(gap, found):
    assert clusters(row(5, gap, hull_length=49.9), P).tolist() == [found] * 5


@pytest.mark.parametrize(("gap", "found"), [(1851.0, 0), (1853.0, -1)])
def test_neighbours_of_a_ship_are_within_a_mile(gap, found):
    assert clusters(row(5, gap, hull_length=[9, 50, 9, 50, 9]), P).tolist() == [found] * 5


@pytest.mark.parametrize(("n", "found"), [(3, 0), (2, -1)])
def test_three_vessels_are_dense(n, found):
    assert set(clusters(row(n, 100.0), P).tolist()) == {found}


@pytest.mark.parametrize(("one_kn", "other_kn", "together"), [
    (3.99, -3.99, True),  # neither is under way
    (4.01, 2.02, True),  # 1.99 kn apart
    (4.01, 2.00, False),  # 2.01 kn
    (10.0, 6.51, True),  # 34.9 % of the faster one
    (10.0, 6.49, False),
])  # fmt: skip
def test_who_is_under_way_moves_as_its_neighbours_do(one_kn, other_kn, together):
    scene = row(8, 100.0, east_mps=np.where(np.arange(8) % 2, one_kn, other_kn) * KN)
    assert len(set(clusters(scene, P).tolist())) == (1 if together else 2)


def test_a_ship_that_passes_through_is_no_member():
    scene = row(9, 300.0, north_mps=np.where(np.arange(9) == 4, 12.0, 0.4) * KN)
    assert clusters(scene, P).tolist() == [0, 0, 0, 0, -1, 0, 0, 0, 0]
