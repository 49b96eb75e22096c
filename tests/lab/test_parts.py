"""Every part can be exchanged in the same tracker, by ours and by one's own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from benchmarks import tracking_ours as ours
from benchmarks.tracking_scene import WARM, Scene, scene

from mihari.core.geodesy import TangentPlane
from mihari.core.tracks import TrackStatus
from mihari.lab import (
    BeliefPropagation,
    Bernoulli,
    CircularGate,
    ConstantVelocity,
    CoordinatedTurn,
    EllipsoidalGate,
    ExactJoint,
    LabTracker,
    Modes,
    MOfN,
    NearestNeighbour,
    Scan,
    everywhere,
    scan_of,
    tracks_of,
    usual_modes,
)
from mihari.score.gospa import gospa_of_points

SD, DETECTION, FALSE, SIDE = 8.0, 0.9, 6, 3000.0
MOTIONS = [
    ConstantVelocity(0.05),
    CoordinatedTurn(0.05),
    usual_modes(),
    Modes((ConstantVelocity(), ConstantVelocity(1.0)), (0.9, 0.1), ((0.0, 0.01), (0.05, 0.0))),
]
GATES = [EllipsoidalGate(), CircularGate(150.0)]
ASSOCIATIONS = [NearestNeighbour(), ExactJoint(), BeliefPropagation()]
EXISTENCES = [Bernoulli(), MOfN(), MOfN(2, 3)]
PARTS = {"motion": MOTIONS, "gate": GATES, "association": ASSOCIATIONS, "existence": EXISTENCES}
CHANGES = [
    pytest.param({name: part}, id=f"{name}-{type(part).__name__}-{k}")
    for name, parts in PARTS.items()
    for k, part in enumerate(parts)
]


def crossing(scans: int = 40, seed: int = 1) -> tuple[list[Scan], list[np.ndarray]]:
    """Four boats at 10 m/s, two of which cross, and false plots; scans and places of the boats, (4, 2) m."""
    rng, looks, truth = np.random.default_rng(seed), [], []
    start = np.array([[-400.0, -200.0], [-400.0, 200.0], [800.0, 800.0], [-900.0, -900.0]])
    velocity = np.array([[10.0, 5.0], [10.0, -5.0], [-7.0, 7.0], [0.0, 10.0]])
    for k in range(scans):
        places = start + 2.0 * k * velocity
        seen = places[rng.random(4) < DETECTION] + 0.0
        false = rng.uniform(-SIDE, SIDE, (rng.poisson(FALSE), 2))
        plots = np.concatenate([seen + rng.normal(0, SD, seen.shape), false])
        covariances = np.tile(np.eye(2) * SD**2, (len(plots), 1, 1))
        looks.append(Scan(2.0 * k, plots, covariances, everywhere(DETECTION), FALSE / (2 * SIDE) ** 2))
        truth.append(places)
    return looks, truth


@pytest.mark.parametrize("changed", CHANGES)
def test_every_part_works_in_the_same_tracker(changed):
    looks, truth = crossing()
    tracker = LabTracker(**changed)
    values = [
        gospa_of_points(places, tracker.step(look).confirmed.places, cutoff=100.0)
        for look, places in zip(looks, truth, strict=True)
    ]
    late = values[10:]
    assert np.mean([one.missed for one in late]) < 0.4
    assert np.mean([one.false for one in late]) < 0.4
    assert np.mean([one.rms() for one in late]) < 12.0


def test_a_part_of_ones_own_is_plugged_in():
    class NearestFirst:
        def probabilities(self, pairs, odds, tracks, plots):
            chosen, done = np.zeros(len(pairs)), set()
            for e in np.argsort(-odds):
                track, plot = pairs[e]
                if done.isdisjoint({("track", track), ("plot", plot)}):
                    done |= {("track", track), ("plot", plot)}
                    chosen[e] = odds[e] / (1.0 + odds[e])
            return chosen

    looks, truth = crossing()
    tracker = LabTracker(association=NearestFirst())
    held = [tracker.step(look) for look in looks][-1].confirmed
    assert gospa_of_points(truth[-1], held.places).missed == 0


def test_inputs_stay_as_they_are_and_the_same_scans_give_the_same_tracks():
    looks, _ = crossing(20)
    before = [look.places.copy() for look in looks]
    first, second = LabTracker(), LabTracker()
    for look in looks:
        a, b = first.step(look), second.step(look)
        assert np.array_equal(a.places, b.places)
        assert np.array_equal(a.id, b.id)
    assert all(np.array_equal(look.places, plots) for look, plots in zip(looks, before, strict=True))


def test_nothing_in_nothing_out_and_a_track_that_is_seen_no_more_is_dropped():
    tracker, looks = LabTracker(), crossing(10)[0]
    empty = Scan(0.0, np.zeros((0, 2)), np.zeros((0, 2, 2)), everywhere(0.9), 1e-6)
    assert len(tracker.step(empty)) == 0
    for look in looks:
        tracker.step(replace(look, time=look.time + 1.0))
    for k in range(20):
        held = tracker.step(replace(empty, time=20.0 + k))
    assert len(held) == 0


def test_covariances_stay_symmetric_and_positive_where_boats_stay_side_by_side():
    rng, tracker = np.random.default_rng(8), LabTracker(ConstantVelocity(0.1), association=ExactJoint())
    for k in range(150):
        places = np.array([[8.0 * k, 8.0], [8.0 * k, -8.0]]) + rng.normal(0, SD, (2, 2))
        seen = places[rng.random(2) < DETECTION]
        covariances = np.tile(np.eye(2) * SD**2, (len(seen), 1, 1))
        held = tracker.step(Scan(float(k), seen, covariances, everywhere(DETECTION), 1e-6))
        for P in held.belief.covariance[:, 0]:
            assert np.allclose(P, P.T)
            assert np.linalg.eigvalsh(P).min() > 0


def test_a_sensor_without_clutter_that_sees_everything_is_no_division_by_zero():
    tracker = LabTracker(ConstantVelocity())
    for k in range(5):
        held = tracker.step(Scan(float(k), np.array([[5.0 * k, 0.0]]), np.eye(2)[None], everywhere(1.0), 0.0))
    assert held.status.tolist() == [TrackStatus.CONFIRMED]
    assert np.isfinite(held.places).all()


def test_a_scan_out_of_order_is_refused():
    tracker, looks = LabTracker(), crossing(2)[0]
    tracker.step(looks[1])
    with pytest.raises(ValueError, match="in order of time"):
        tracker.step(looks[0])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_lab_comes_near_the_product_on_a_made_up_sea(seed):
    """Within 15 % of the product's GOSPA: it learns no clutter and merges no doubles (137 to 152 m, 128 to 147 m)."""
    given = scene(50, 100, 24, seed)
    of_lab, of_product = mean_gospa(given, by_lab(given)), mean_gospa(given, ours.followed(given))
    assert of_lab < 1.15 * of_product


def by_lab(given: Scene) -> list[np.ndarray]:
    plane, sensor, tracker = TangentPlane.at(ours.LAT, ours.LON), ours.sensor_of(given), LabTracker()
    found = []
    for scan in given.scans:
        held = tracker.step(scan_of(ours.sector_of(scan), sensor, plane))
        tracks = tracks_of(held, ours.T0 + scan.time, plane)
        tracks = tracks.take(tracks.status == TrackStatus.CONFIRMED)
        found.append(ours.places_of(tracks.lat_deg, tracks.lon_deg))
    return found


def mean_gospa(given: Scene, found: list[np.ndarray]) -> float:
    pairs = zip(given.scans[WARM:], found[WARM:], strict=True)
    return float(np.mean([gospa_of_points(scan.places, places).value for scan, places in pairs]))
