"""Stone Soup's trackers over a made-up scene -> places after each turn: what a user who knows it well would build.

Global nearest neighbour by two-dimensional assignment; JPDA with Stone Soup's own hypothesis management (EHM2) and with
loopy belief propagation. Kalman filters over plots with their converted covariances, tracks begun from `points` plots;
a k-d tree over places offers each track the plots near it, since Stone Soup's own takes one measurement model only.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from benchmarks.tracking_scene import DETECTION, Scene
from mihari.core.columns import Array

NAMES = ("GNN", "JPDA", "JPDA-LBP")
RADIUS = 200.0  # m: a vessel that nobody knows the speed of goes 25 m in a turn
START = datetime.datetime(2026, 1, 1)
NOISE, SPEED_SD, GATE, MISSED = 0.02, 10.0, 3.5, 4


class Near:
    """A hypothesiser that is asked only of the plots near a track."""

    def __init__(self, hypothesiser: Any) -> None:
        self.hypothesiser, self.near = hypothesiser, dict[Any, set[Any]]()

    def look(self, tracks: Any, detections: Any, timestamp: Any) -> None:
        """Who is near whom at a time."""
        plots, those = list(detections), list(tracks)
        self.near = {track: set() for track in those}
        if plots and those:
            tree = cKDTree(np.vstack([plot.state_vector[:, 0] for plot in plots]).astype(float))
            predict = self.hypothesiser.predictor.predict
            at = np.vstack([np.asarray(predict(t, timestamp).state_vector, float)[[0, 2], 0] for t in those])
            self.near = {
                t: {plots[i] for i in rows} for t, rows in zip(those, tree.query_ball_point(at, RADIUS), strict=True)
            }

    def hypothesise(self, track: Any, detections: Any, timestamp: Any, **given: Any) -> Any:
        """As Stone Soup asks it."""
        return self.hypothesiser.hypothesise(track, self.near.get(track, set()), timestamp, **given)


def near_only(associator: type) -> Any:
    """The associator over a `Near`."""

    class Associator(associator):  # type: ignore[misc]
        def associate(self, tracks: Any, detections: Any, timestamp: Any, **given: Any) -> Any:
            self.hypothesiser.look(tracks, detections, timestamp)
            return super().associate(tracks, detections, timestamp, **given)

    return Associator


def tracker(name: str, scene: Scene, points: int) -> Any:
    """One of `NAMES` over a scene; an iterator of (time, tracks)."""
    from stonesoup.dataassociator.neighbour import GNNWith2DAssignment
    from stonesoup.dataassociator.probability import JPDAwithEHM2, JPDAwithLBP
    from stonesoup.deleter.time import UpdateTimeStepsDeleter
    from stonesoup.hypothesiser.distance import DistanceHypothesiser
    from stonesoup.hypothesiser.probability import PDAHypothesiser
    from stonesoup.initiator.simple import MultiMeasurementInitiator
    from stonesoup.measures import Mahalanobis
    from stonesoup.models.transition.linear import CombinedLinearGaussianTransitionModel, ConstantVelocity
    from stonesoup.predictor.kalman import KalmanPredictor
    from stonesoup.tracker.simple import MultiTargetMixtureTracker, MultiTargetTracker
    from stonesoup.types.state import GaussianState
    from stonesoup.updater.kalman import KalmanUpdater

    predictor = KalmanPredictor(
        CombinedLinearGaussianTransitionModel([ConstantVelocity(NOISE), ConstantVelocity(NOISE)])
    )
    updater = KalmanUpdater(None)
    distance = Near(DistanceHypothesiser(predictor, updater, Mahalanobis(), missed_distance=GATE))
    nearest = near_only(GNNWith2DAssignment)
    prior = GaussianState([[0], [0], [0], [0]], np.diag([0.0, SPEED_SD**2, 0.0, SPEED_SD**2]))
    deleter = UpdateTimeStepsDeleter(MISSED)
    initiator = MultiMeasurementInitiator(
        prior, deleter=UpdateTimeStepsDeleter(2), data_associator=nearest(distance), updater=updater, min_points=points
    )
    if name == "GNN":
        return MultiTargetTracker(initiator, deleter, detections(scene), nearest(distance), updater)
    probable = Near(
        PDAHypothesiser(
            predictor, updater, clutter_spatial_density=scene.density, prob_detect=DETECTION, prob_gate=0.997
        )
    )
    joint = near_only(JPDAwithEHM2 if name == "JPDA" else JPDAwithLBP)(probable)
    return MultiTargetMixtureTracker(initiator, deleter, detections(scene), joint, updater)


def detections(scene: Scene) -> Iterator[tuple[datetime.datetime, set[Any]]]:
    """Plots as Stone Soup takes them."""
    from stonesoup.models.measurement.linear import LinearGaussian
    from stonesoup.types.detection import Detection

    for scan in scene.scans:
        when = START + datetime.timedelta(seconds=scan.time)
        places, covariances = scan.measured()
        models = [LinearGaussian(4, (0, 2), covariance) for covariance in covariances]
        pairs = zip(places, models, strict=True)
        yield when, {Detection(place[:, None], timestamp=when, measurement_model=model) for place, model in pairs}


def followed(name: str, scene: Scene, points: int) -> tuple[list[Array], list[float]]:
    """Places of the tracks after each turn, (n, 2) m, and s that each turn took."""
    found, spent, began = list[Array](), list[float](), time.perf_counter()
    for _, tracks in tracker(name, scene, points):
        spent.append(time.perf_counter() - began)
        states = [(float(t.state_vector[0, 0]), float(t.state_vector[2, 0])) for t in tracks]
        found.append(np.array(states).reshape(-1, 2))
        began = time.perf_counter()
    return found, spent


def named(name: str, scene: Scene, points: int) -> list[tuple[Array, Array]]:
    """Places and numbers of the tracks after each turn."""
    numbers: dict[str, int] = {}
    found = []
    for _, tracks in tracker(name, scene, points):
        mine = list(tracks)
        states = [(float(t.state_vector[0, 0]), float(t.state_vector[2, 0])) for t in mine]
        found.append(
            (np.array(states).reshape(-1, 2), np.array([numbers.setdefault(t.id, len(numbers)) for t in mine]))
        )
    return found
