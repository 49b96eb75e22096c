"""Shadowing: one vessel follows another at a distance and turns where it turns.

Definition: for at least `FOLLOWED_S` the follower is nearer than `WITHIN_M` to the leader and within `WAKE_M` of where
the leader was at most `BEHIND_S` before, while the leader alters course by 20° or more at least twice. Causes:
watching, waiting for a chance, escort. Innocent: two ships at one speed in one lane, a short common way.
Sources: none is published with figures; ours (judgement). Three miles is what a bridge watches; half an hour behind at
that distance is 6 kn.
"""

from __future__ import annotations

import numpy as np

from mihari.core.geodesy import ecef
from mihari.core.units import DEGREE, NAUTICAL_MILE
from mihari.simulate.behaviours.contract import Variants, clear, in_window, staged
from mihari.simulate.behaviours.measure import Bools, Motion, apart, between_courses, longest, moved
from mihari.simulate.behaviours.points import legs
from mihari.simulate.behaviours.scene import NoRoom, Scene
from mihari.simulate.calls import Behaviour
from mihari.simulate.cast import Actor, Cast, Event
from mihari.simulate.paths import Path
from mihari.simulate.stage import Stage
from mihari.simulate.ways import Floats

FOLLOWED_S = 3600.0
WITHIN_M = 3.0 * NAUTICAL_MILE
NEAREST_M = 1.0 * NAUTICAL_MILE
WAKE_M = 500.0
BEHIND_S = 1800.0
STEP_S = 10  # s, between the places of a wake that are looked at
TURN = (25 * DEGREE, 55 * DEGREE)
ALTERED, FEWEST_TURNS = 20 * DEGREE, 2
PARTS = (70 * DEGREE, 110 * DEGREE)  # by which the follower's course differs before and after


def in_wake(leader: Motion, follower: Motion) -> Bools:
    """(n,) whether the follower is near where the leader was, looked at every `STEP_S`; both at whole seconds."""
    led, follows = (ecef(each.lat_deg, each.lon_deg) for each in (leader, follower))
    close: Bools = np.zeros(len(led), dtype=bool)
    near = np.flatnonzero(np.linalg.norm(led - follows, axis=1) < WITHIN_M)  # the others do not follow anyhow
    for back in range(0, int(BEHIND_S) + 1, STEP_S):
        rows = near[near >= back]
        close[rows] |= np.linalg.norm(led[rows - back] - follows[rows], axis=1) < WAKE_M
    return close


def alterations(leader: Motion, when: tuple[float, float]) -> int:
    """How often its course changes by `ALTERED` or more within five minutes, from when to when."""
    during = (leader.time >= when[0]) & (leader.time < when[1])
    course = leader.course[during]
    altered = between_courses(course[300:], course[:-300]) >= ALTERED
    return int(np.count_nonzero(np.diff(altered.astype(np.int8)) == 1))


def _followed(scene: Scene, lasts: float, bends: tuple[float, float]) -> tuple[Path, Path, tuple[float, float]]:
    """Leader, follower, and when the one followed the other for `lasts` s; how long is set right by measuring it."""
    rng = scene.rng
    cruise = scene.kn(8, 9.8)
    lag = float(rng.uniform(1.15 * NEAREST_M, 0.85 * WITHIN_M)) / cruise
    begin = scene.begin(lasts + lag + 300.0)
    n = max(3, round((lasts + lag) / 900))
    course, turn = scene.course(), float(rng.choice([-1.0, 1.0]))
    courses = [course]
    for _ in range(n - 1):
        courses.append(courses[-1] + turn * rng.uniform(*bends))
        turn = -turn if abs(courses[-1] - course) > 0.8 else turn
    place, aside = scene.spot(), rng.uniform(-120, 120, 2)
    parts = rng.choice([-1.0, 1.0], 2) * rng.uniform(*PARTS, 2)
    seeds, stay = scene.seeds(2), lasts
    for _ in range(4):
        way = legs(begin, place, *((c, cruise, (stay + lag) / n) for c in courses))
        leader = scene.seeded(seeds[0]).voyage(way, "cargo", cruise, courses[0], courses[-1])
        after = _until(way, way[-1, 0] - lag) + np.array([lag, *aside])
        own = scene.seeded(seeds[1])
        follower = own.voyage(after, "tug", cruise, courses[0] + parts[0], courses[-1] + parts[1])
        when = _when(scene, leader, follower)
        if abs(when[1] - when[0] - lasts) < 30.0:
            return leader, follower, when
        stay += lasts - (when[1] - when[0])
    raise NoRoom("it does not follow as long as it should")


def _until(way: Floats, end: float) -> Floats:
    """The points of the way up to the time `end`, and the one there."""
    last = [end, *(np.interp(end, way[:, 0], way[:, k]) for k in (1, 2))]
    return np.vstack([way[way[:, 0] < end - 1.0], last])


def _when(scene: Scene, leader: Path, follower: Path) -> tuple[float, float]:
    first, second = moved(leader, scene.time), moved(follower, scene.time)
    return longest((apart(first, second) < WITHIN_M) & in_wake(first, second), scene.time)


def _cast(scene: Scene, lasts: float, bends: tuple[float, float], innocent: bool, note: str) -> Cast:
    leader, follower, when = _followed(scene, lasts, bends)
    if (alterations(moved(leader, scene.time), when) >= FEWEST_TURNS) != (bends == TURN):
        raise NoRoom("the leader turns too seldom, or too often")
    clear(when[1] - when[0], scene.threshold(FOLLOWED_S), innocent and lasts < scene.threshold(FOLLOWED_S))
    actors = (Actor("cargo", leader, device="A"), Actor("tug", follower, device="A"))
    return Cast(actors, in_window(scene, Event("shadowing", (1, 0), *when, innocent, note)))


def _follows(scene: Scene) -> Cast:
    lasts = scene.beyond() * scene.threshold(FOLLOWED_S)
    return _cast(scene, lasts, TURN, False, "the first follows the second through its turns")


def _short(scene: Scene) -> Cast:
    threshold = scene.threshold(FOLLOWED_S)
    lasts = scene.short() * threshold
    return _cast(scene, lasts, TURN, True, f"short of {threshold:.0f} s by {threshold - lasts:.0f} s")


def _lane(scene: Scene) -> Cast:
    """Two at one speed on one straight way."""
    lasts = scene.beyond() * scene.threshold(FOLLOWED_S)
    return _cast(scene, lasts, (0.0, 4 * DEGREE), True, "one lane, one speed: no turn is followed")


REAL: Variants = {"follows": _follows}
ALIKE: Variants = {"short": _short, "same lane": _lane}


def cast(stage: Stage, rng: np.random.Generator, call: Behaviour) -> Cast:
    """One vessel that follows another, or seems to."""
    return staged(stage, rng, call, REAL, ALIKE)
