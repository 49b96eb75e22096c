"""Rendezvous: two vessels meet at sea and stay together, hardly moving.

Definition: nearer than 500 m to each other while both make less than 2 kn, for at least `MEETING_S`, away from ports
and anchorages. Causes: transfer of catch, fuel, goods or people. Innocent: a pilot who boards, bunkering at an
anchorage, pair trawling, two that wait near each other for a short time.
Sources: Global Fishing Watch, pipe-encounters (500 m; 60 min before, 120 min after joining), Miller et al. 2018 (2 kn);
RTEC, maritime patterns (both slow or stopped, far from ports, not tug or pilot, 240 s). `MEETING_S` lies between.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mihari.core.units import KNOT
from mihari.simulate.behaviours.contract import AT_ANCHOR, FISHING, Variants, clear, in_window, staged
from mihari.simulate.behaviours.measure import Bools, Motion, apart, longest, moved
from mihari.simulate.behaviours.points import heads, legs
from mihari.simulate.behaviours.scene import NoRoom, Scene
from mihari.simulate.behaviours.slow import roads, swinging
from mihari.simulate.calls import Behaviour
from mihari.simulate.cast import Act, Actor, Cast, Event
from mihari.simulate.paths import Path
from mihari.simulate.stage import Stage

NEAR_M = 500.0
SLOW_KN = 2.0
MEETING_S = 1800.0  # longer than RTEC's 4 min, which boats at a pier reach; half of the hour that satellites need
BOARDING_S = (180.0, 420.0)  # a pilot climbs the ladder; assumed
UNDER_WAY = Act(0.0, status=0)


@dataclass(frozen=True, slots=True)
class _Meeting:
    """What two vessels do together: distance m, drift m/s, s together, and with how much of each limit it counts."""

    distance: float
    speed: float
    lasts: float
    near: float = NEAR_M
    slow: float = SLOW_KN * KNOT

    def holds(self, first: Motion, second: Motion) -> Bools:
        """When both are near and slow."""
        near = apart(first, second) < self.near
        return near & (first.speed < self.slow) & (second.speed < self.slow)


def _met(scene: Scene, meeting: _Meeting, kinds: tuple[str, str], innocent: bool, note: str) -> Cast:
    """The two come from anywhere, drift side by side, and part; how long they stay is set right by measuring it."""
    rng = scene.rng
    begin = scene.begin(meeting.lasts + 600.0)
    place, drift, beside = scene.spot(), scene.course(), scene.course()
    late, early = rng.uniform(0, 300, 2)
    cruises = [_cruise(scene, kind) for kind in kinds]
    seeds = scene.seeds(2)

    def paths(stay: float) -> tuple[Path, Path]:
        made = []
        for k, (kind, cruise) in enumerate(zip(kinds, cruises, strict=True)):
            there = place + k * meeting.distance * heads(beside) + k * late * meeting.speed * heads(drift)
            lasts = stay - k * (late + early)
            way = legs(begin + k * late, there, (drift, meeting.speed, lasts))
            made.append(scene.seeded(seeds[k]).voyage(way, kind, cruise))
        return made[0], made[1]

    pair = paths(meeting.lasts + late + early)
    start, end = _when(scene, pair, meeting)
    pair = paths(2 * meeting.lasts + late + early - (end - start))
    start, end = _when(scene, pair, meeting)
    if abs(end - start - meeting.lasts) > 5.0:
        raise NoRoom("the two do not stay together as long as they should")
    actors = tuple(
        Actor(kind, path, device="A", acts=(UNDER_WAY,)) for kind, path in zip(kinds, pair, strict=True)
    )  # fmt: skip
    return Cast(actors, in_window(scene, Event("rendezvous", (0, 1), start, end, innocent, note)))


def _when(scene: Scene, pair: tuple[Path, Path], meeting: _Meeting) -> tuple[float, float]:
    """From when to when they are together."""
    first, second = (moved(path, scene.time) for path in pair)
    return longest(meeting.holds(first, second), first.time)


def _cruise(scene: Scene, kind: str) -> float:
    low, high = {"cargo": (9.5, 13), "tanker": (9.5, 13), "tug": (7, 10)}.get(kind, (6, 9))
    return scene.kn(low, high)


def _kinds(scene: Scene) -> tuple[str, str]:
    pairs = [("cargo", "fishing"), ("fishing", "fishing"), ("tanker", "cargo"), ("tanker", "tug")]
    return pairs[int(scene.rng.integers(len(pairs)))]


def _transfer(scene: Scene) -> Cast:
    lasts = scene.beyond() * scene.threshold(MEETING_S)
    distance, speed = scene.rng.uniform(50, 480), scene.kn(0.3, 1.4)
    return _met(scene, _Meeting(distance, speed, lasts), _kinds(scene), False, "transfer at sea")


def _short(scene: Scene) -> Cast:
    """Short of the definition in time, in distance, or in slowness: the other two hold."""
    threshold, part = scene.threshold(MEETING_S), scene.short()
    lasts, distance, speed = scene.beyond() * threshold, scene.rng.uniform(50, 300), scene.kn(0.3, 1.2)
    what = str(scene.rng.choice(["time", "distance", "speed"]))
    if what == "time":
        lasts = part * threshold
        meeting = _Meeting(distance, speed, lasts)
        note = f"short of {threshold:.0f} s together by {threshold - lasts:.0f} s"
    elif what == "distance":
        meeting = _Meeting(NEAR_M / part, speed, lasts, near=NEAR_M / part + 20.0)
        note = f"short of {NEAR_M:.0f} m by {NEAR_M / part - NEAR_M:.0f} m"
    else:
        speed = SLOW_KN * KNOT / part
        meeting = _Meeting(distance, speed, lasts, slow=speed * 1.02)
        note = f"short of {SLOW_KN:g} kn by {speed / KNOT - SLOW_KN:.1f} kn"
    return _met(scene, meeting, _kinds(scene), True, note)


def _pilot(scene: Scene) -> Cast:
    """A pilot boat goes alongside a ship that makes way, and leaves again."""
    rng = scene.rng
    aboard, speed, course = float(rng.uniform(*BOARDING_S)), scene.kn(6, 9), scene.course()
    run = 900.0
    begin = scene.begin(aboard + 2 * run)
    way = legs(begin, np.zeros(2), (course, speed, aboard + 2 * run)) + np.array([0.0, *scene.spot()])
    kind = str(rng.choice(["cargo", "tanker"]))
    ship = scene.voyage(way, kind, scene.kn(9.5, 12), course, course)
    side, hurry = course + np.pi / 2, scene.kn(14, 18)
    alongside = way[0, 1:] + speed * run * heads(course) + 45.0 * heads(side)
    with_ship = legs(begin + run, alongside, (course, speed, aboard))
    boat = scene.voyage(with_ship, "pilot", hurry, course - 0.6, course + 1.2)
    first, second = moved(ship, scene.time), moved(boat, scene.time)
    start, end = longest(apart(first, second) < NEAR_M, first.time)
    note = f"pilot boarding: alongside at {speed / KNOT:.1f} kn"
    actors = (Actor(kind, ship, device="A"), Actor("pilot", boat, device="A"))
    return Cast(actors, in_window(scene, Event("rendezvous", (0, 1), start, end, True, note)))


def _bunkering(scene: Scene) -> Cast:
    """A bunker tanker comes alongside a ship at anchor in the roads, for longer than a meeting takes."""
    rng, threshold = scene.rng, scene.threshold(MEETING_S)
    lasts = scene.beyond() * threshold
    begin = scene.begin(lasts + 600.0)
    place = roads(scene)
    swing, slow = scene.course(), scene.kn(0.05, 0.15)
    anchored = scene.path(swinging(scene, place), "anchored")
    beside = place + rng.uniform(60, 120) * heads(scene.course())
    way = legs(begin, beside, (swing, slow, lasts))
    bunker = scene.voyage(way, "tanker", scene.kn(6, 8))
    first, second = moved(anchored, scene.time), moved(bunker, scene.time)
    start, end = longest(_Meeting(0, 0, 0).holds(first, second), first.time)
    clear(end - start, threshold, False)
    actors = (
        Actor("anchored", anchored, device="A", acts=(Act(0.0, status=AT_ANCHOR),)),
        Actor("tanker", bunker, float(rng.uniform(80, 110)), "A", acts=(Act(start, end, status=AT_ANCHOR),)),
    )
    return Cast(actors, in_window(scene, Event("rendezvous", (0, 1), start, end, True, "bunkering at an anchorage")))


def _pair_trawling(scene: Scene) -> Cast:
    """Two trawlers tow one net between them: near each other for hours, though not as slow as a meeting."""
    rng = scene.rng
    lasts = scene.beyond() * scene.threshold(MEETING_S)
    begin = scene.begin(lasts + 300.0)
    speed, course, gap = scene.kn(2.5, 3.8), scene.course(), rng.uniform(200, 420)
    n = max(2, round(lasts / 1500))
    tow = [(course + 0.15 * k, speed, lasts / n) for k in range(n)]
    way = legs(begin, scene.spot(), *tow)
    pair = []
    for side in (0.0, gap):
        shifted = way + np.array([0.0, *(side * heads(course + np.pi / 2))])
        cruise, apart_by = scene.kn(5, 7), (0.5 if side else -0.5)
        pair.append(scene.voyage(shifted, "fishing", cruise, course - apart_by, course + apart_by))
    first, second = (moved(path, scene.time) for path in pair)
    start, end = longest(apart(first, second) < NEAR_M, first.time)
    actors = tuple(Actor("fishing", path, device="A", acts=(Act(0.0, status=FISHING),)) for path in pair)
    note = f"pair trawling at {speed / KNOT:.1f} kn"
    return Cast(actors, in_window(scene, Event("rendezvous", (0, 1), start, end, True, note)))


REAL: Variants = {"transfer": _transfer}
ALIKE: Variants = {
    "short": _short,
    "pilot boarding": _pilot,
    "bunkering": _bunkering,
    "pair trawling": _pair_trawling,
}


def cast(stage: Stage, rng: np.random.Generator, call: Behaviour) -> Cast:
    """Two vessels that meet, or seem to."""
    return staged(stage, rng, call, REAL, ALIKE)
