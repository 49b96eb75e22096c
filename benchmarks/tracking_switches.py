"""TRK-4: how often a vessel's track changes its name where vessels cross, overtake and crowd, beside Stone Soup's JPDA.

A switch is one of the trajectory GOSPA metric (`mihari.score.trajectories`; cutoff and price of a switch 100 m, order
2), which chooses who is whose for the whole run at once. By the nearest track at each turn, vessels that pass 20 m off
are exchanged by noise however well they are held: in crossings at 10 to 40 degrees JPDA had 97 of those, one of them a
switch. Scenes of 40 pairs that cross at 3 to 10 degrees, 60 that overtake each other 25 to 60 m apart, and three fleets
of 30 that wander within a mile each; the radar is that of `tracking_scene`, with 50 false plots a turn.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor

import numpy as np

from benchmarks import tracking_ours, tracking_peers
from benchmarks.harness import Row
from benchmarks.tracking_scene import (
    BEARING_SD,
    DETECTION,
    FARTHEST,
    NEAREST,
    PERIOD,
    RANGE_SD,
    Scan,
    Scene,
)
from mihari.core.columns import Array
from mihari.score.trajectories import Moment, trajectory_gospa

SEEDS, SCANS, FALSE, CUTOFF = tuple(range(1, 11)), 48, 50, 100.0
POINTS = 4  # that the peer needs for a track: its best in the sweeps of TRK-1 and TRK-2
LEAST = 30  # switches of the peer, below which a scene says nothing


def crossing(rng: np.random.Generator) -> Array:
    """(scans, 80, 2) places: pairs meet in the middle of the run at 3 to 10 degrees, at most 20 m apart."""
    middle = 0.5 * (SCANS - 1) * PERIOD
    ways = []
    for _ in range(40):
        meet = _somewhere(rng)
        course, angle = rng.uniform(0, 2 * np.pi), np.deg2rad(rng.uniform(3, 10))
        for turned in (0.0, angle):
            speed, off = rng.uniform(4, 10), rng.uniform(-10, 10, 2)
            ways.append(_straight(meet + off, course + turned, speed, middle))
    return np.stack(ways, axis=1)


def overtaking(rng: np.random.Generator) -> Array:
    """(scans, 120, 2) places: pairs on one course, the quicker one is abreast in the middle of the run."""
    middle = 0.5 * (SCANS - 1) * PERIOD
    ways = []
    for _ in range(60):
        meet, course, apart = _somewhere(rng), rng.uniform(0, 2 * np.pi), rng.uniform(25, 60)
        across = apart * np.array([-np.sin(course), np.cos(course)])
        slow = rng.uniform(3, 6)
        ways.append(_straight(meet, course, slow, middle))
        ways.append(_straight(meet + across, course, slow + rng.uniform(1, 3), middle))
    return np.stack(ways, axis=1)


def fleets(rng: np.random.Generator) -> Array:
    """(scans, 90, 2) places: three fleets, each within a mile, that fish at 1 to 3 m/s, each boat with slow turns."""
    bearing = np.deg2rad(np.repeat([-50.0, 0.0, 50.0], 30))
    n, middle = len(bearing), 6000.0 * np.column_stack([np.cos(bearing), np.sin(bearing)])
    place = middle + rng.uniform(-450, 450, (n, 2))
    course, speed, rate = rng.uniform(0, 2 * np.pi, n), rng.uniform(1, 3, n), np.zeros(n)
    places = []
    for _ in range(SCANS):
        rate = np.where(rng.random(n) < 0.1, rng.normal(0, np.deg2rad(1.5), n), rate)
        course = course + rate * PERIOD
        place = place + PERIOD * speed[:, None] * np.column_stack([np.cos(course), np.sin(course)])
        places.append(place)
    return np.array(places)


SCENES: dict[str, Callable[[np.random.Generator], Array]] = {
    "crossing": crossing,
    "overtaking": overtaking,
    "dense fleets": fleets,
}


def _somewhere(rng: np.random.Generator) -> Array:
    away, bearing = rng.uniform(3000, 10_000), rng.uniform(-1.2, 1.2)
    return away * np.array([np.cos(bearing), np.sin(bearing)])


def _straight(meet: Array, course: float, speed: float, middle: float) -> Array:
    """(scans, 2) places of a vessel that is at `meet` in the middle of the run."""
    time = PERIOD * np.arange(SCANS) - middle
    return np.asarray(meet + speed * time[:, None] * np.array([np.cos(course), np.sin(course)]))


def seen(name: str, seed: int) -> Scene:
    """What the radar sees of a scene."""
    rng = np.random.default_rng([seed, *name.encode()])
    scans = []
    for k, places in enumerate(SCENES[name](rng)):
        ids = np.arange(len(places))
        found = ids[rng.random(len(ids)) < DETECTION]
        away, bearing = np.hypot(*places[found].T), np.arctan2(places[found, 1], places[found, 0])
        more = rng.poisson(FALSE)
        wide = np.sqrt(rng.uniform(NEAREST**2, FARTHEST**2, more))
        ranges = np.concatenate([away + rng.normal(0, RANGE_SD, len(found)), wide])
        azimuths = np.concatenate(
            [bearing + rng.normal(0, BEARING_SD, len(found)), rng.uniform(-np.pi / 2, np.pi / 2, more)]
        )
        order = rng.permutation(len(ranges))
        sources = np.concatenate([found, np.full(more, -1)])
        scans.append(Scan(k * PERIOD, ids, places, ranges[order], azimuths[order], sources[order]))
    return Scene(scans, FALSE / (np.pi / 2 * (FARTHEST**2 - NEAREST**2)))


def switches(scene: Scene, found: Sequence[tuple[Array, Array]]) -> float:
    """How often tracks of vessels are exchanged. `found`: places and names of the tracks after each turn."""
    vessels = [Moment(scan.places, scan.ids) for scan in scene.scans]
    return trajectory_gospa(vessels, [Moment(*each) for each in found], CUTOFF).switches


def one(name: str, seed: int) -> tuple[str, float, float]:
    """The scene, ours, and JPDA's of one seed."""
    scene = seen(name, seed)
    return (
        name,
        switches(scene, tracking_ours.named(scene)),
        switches(scene, tracking_peers.named("JPDA", scene, POINTS)),
    )


def rows(workers: int = 2) -> list[Row]:
    """One row: the worst of the scenes in which the peer's tracks change often enough to say something."""
    with ProcessPoolExecutor(workers) as pool:
        asked = [pool.submit(one, name, seed) for name in SCENES for seed in SEEDS]
        runs = [f.result() for f in asked]
    told, worst, compared = [], 0.0, (0.0, 0.0)
    for name in SCENES:
        mine = [own for scene, own, _ in runs if scene == name]
        theirs = [peer for scene, _, peer in runs if scene == name]
        share = (sum(mine) + 1) / (sum(theirs) + 1)
        medians = f"median {statistics.median(mine):g} to {statistics.median(theirs):g}"
        told.append(f"{name} {sum(mine):g} to {sum(theirs):g} ({medians})")
        if sum(theirs) >= LEAST and share > worst:
            worst, compared = share, (float(sum(mine)), float(sum(theirs)))
    what = f"identity switches over {len(SEEDS)} seeds, ours to Stone Soup's JPDA: {', '.join(told)}"
    return [Row("TRK-4", what, *compared, worst, 0.5, "<=")]
