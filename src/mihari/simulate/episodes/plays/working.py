"""Scenes -> vessels at work: as long as they should be, to and fro, along a cable, by day or by night."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from mihari.simulate.behaviours.contract import in_window
from mihari.simulate.behaviours.measure import Bools, Motion, longest, moved
from mihari.simulate.behaviours.points import centred, legs
from mihari.simulate.behaviours.scene import NoRoom, Scene
from mihari.simulate.cast import Act, Actor, Cast, Event
from mihari.simulate.episodes.plays.laying import cruise
from mihari.simulate.paths import Path
from mihari.simulate.ways import Floats

Leg = tuple[float, float, float]  # course rad, speed m/s, s
Span = tuple[float, float]
When = Callable[[Motion], Bools]
EXACT_S = 15.0  # by which what is laid out may miss the time that it should last
RESTRICTED = 3  # navigation status, M.1371-5 table 47


def fitted(
    scene: Scene, kind: str, place: Floats, courses: Sequence[Leg], lasts: float, holds: When,
    begin: float | None = None, speed: float | None = None, passing: bool = False,
) -> tuple[Path, Span]:  # fmt: skip
    """One that comes, goes along `courses` about a place until `holds` has held for `lasts` s, and goes on.

    `passing`: without a bend before and after, and not slower: for `lasts` s from the begin on, whatever holds.
    """
    first = scene.begin(lasts + 300.0, 200.0) if begin is None else begin
    seed, stay, pace = scene.seeds(1)[0], lasts, cruise(scene, kind) if speed is None else speed
    whole = sum(t for _, _, t in courses)
    ends = (courses[0][0], courses[-1][0]) if passing else (None, None)
    for _ in range(4):
        way = centred(legs(first, place, *((c, v, t * stay / whole) for c, v, t in courses)), place)
        path = scene.seeded(seed).voyage(way, kind, pace, *ends)
        if passing:
            return path, (first, first + lasts)
        sailed = moved(path, scene.time)
        span = longest(holds(sailed), sailed.time)
        if abs(span[1] - span[0] - lasts) < EXACT_S:
            return path, span
        stay += lasts - (span[1] - span[0])
        if stay < 60.0:
            break
    raise NoRoom("it does not stay as long as it should")


def to_and_fro(
    scene: Scene, lasts: float, kn: Span, minutes: Span, course: float, spread: float, back: float = math.pi
) -> list[Leg]:
    """Legs of some minutes each at such speeds, each `back` rad from the one before, give or take `spread` rad.

    It goes round in arcs: nobody who tows stops to turn.
    """
    made: list[Leg] = []
    while sum(t for _, _, t in made) < lasts:
        own = course + float(scene.rng.uniform(-spread, spread))
        speed, t = scene.kn(*kn), float(scene.rng.uniform(*minutes)) * 60.0
        if made:
            made += arc(made[-1][0], own, speed, 1 if scene.rng.random() < 0.5 else -1)
        made.append((own, speed, t))
        course += back
    return made


def arc(begin: float, end: float, speed: float, side: int, step_s: float = 80.0) -> list[Leg]:
    """Legs of a turn from one course to another, to starboard (1) or port (-1), of at most 60 degrees each."""
    whole = side * (side * (end - begin) % (2 * math.pi))
    if abs(whole) > 1.5 * math.pi:  # nobody goes three quarters round for a bend
        whole -= side * 2 * math.pi
    n = math.ceil(abs(whole) / (math.pi / 3))
    return [(begin + whole * k / n, speed, step_s) for k in range(1, n)]


def alone(scene: Scene, name: str, actor: Actor, span: Span, innocent: bool, note: str) -> Cast:
    """One vessel, and when it does what the play is about."""
    return Cast((actor,), in_window(scene, Event(name, (0,), *span, innocent, note)))


def says(status: int) -> tuple[Act, ...]:
    """It tells this navigation status all the while."""
    return (Act(0.0, status=status),)


def line(scene: Scene) -> Floats:
    """(n, 2) the coast's cable on the plane."""
    return np.column_stack(scene.metres(*np.array(scene.stage.cables[0].points).T))


def off_line(scene: Scene, there: Motion) -> Floats:
    """(n,) metres from places to the cable."""
    x, y = scene.metres(there.lat_deg, there.lon_deg)
    nearest = np.full(len(x), np.inf)
    for a, b in pairwise(line(scene)):
        along = np.clip(((x - a[0]) * (b - a)[0] + (y - a[1]) * (b - a)[1]) / np.dot(b - a, b - a), 0, 1)
        nearest = np.minimum(nearest, np.hypot(x - a[0] - along * (b - a)[0], y - a[1] - along * (b - a)[1]))
    return nearest


def on_line(scene: Scene) -> tuple[Floats, float]:
    """A place of the cable within the call's radius, and which way the cable runs there, rad."""
    places = []
    for a, b in pairwise(line(scene)):
        on = a + np.linspace(0.02, 0.98, 200)[:, None] * (b - a)
        places += [(place, math.atan2(*(b - a))) for place in on[np.hypot(*on.T) <= scene.call.radius]]
    if not places:
        raise NoRoom("no cable passes there")
    return places[int(scene.rng.integers(len(places)))]
