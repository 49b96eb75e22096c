"""Loitering over a cable: a vessel that hardly moves above a cable or pipeline.

Definition: slower than 2 kn and nearer than `CORRIDOR_M` to the cable's line for at least `OVER_S` without a break,
neither fishing nor restricted in its ability to manoeuvre. Causes: preparing or doing damage, an anchor let out.
Innocent: a cable ship at its work, a fishing vessel over the cable, a vessel that waits beside the corridor, or over it
for a short time.
Sources: RTEC (loitering from 1,800 s); national protection zones around submarine cables are 0.25 to 1 NM to each side
(Australia 1 NM, New Zealand by chart). The corridor lies between.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from mihari.simulate.behaviours.contract import FISHING, Variants, clear, in_window, is_slow, staged
from mihari.simulate.behaviours.measure import longest, moved
from mihari.simulate.behaviours.points import centred, heads, legs
from mihari.simulate.behaviours.scene import NoRoom, Scene
from mihari.simulate.calls import Behaviour, Cable
from mihari.simulate.cast import Act, Actor, Cast, Event
from mihari.simulate.stage import Stage
from mihari.simulate.ways import Floats

OVER_S = 1800.0
CORRIDOR_M = 1000.0
RESTRICTED = 3  # navigation status, M.1371-5 table 47


def _line(scene: Scene, cable: Cable) -> Floats:
    """(n, 2) the cable on the plane."""
    return np.column_stack(scene.metres(*np.array(cable.points).T))


def _away(line: Floats, x: Floats, y: Floats) -> Floats:
    """(n,) metres from places to the nearest point of the line."""
    nearest = np.full(len(x), np.inf)
    for a, b in pairwise(line):
        along = np.clip(((x - a[0]) * (b - a)[0] + (y - a[1]) * (b - a)[1]) / np.dot(b - a, b - a), 0, 1)
        nearest = np.minimum(nearest, np.hypot(x - a[0] - along * (b - a)[0], y - a[1] - along * (b - a)[1]))
    return nearest


def _above(scene: Scene) -> tuple[Cable, Floats, float]:
    """A cable, a place on it within the call's radius, and which way it runs there."""
    named = [c for c in scene.stage.cables if scene.call.cable in (None, c.name)]
    places = []
    for cable in named:
        for a, b in pairwise(_line(scene, cable)):
            on = a + np.linspace(0.02, 0.98, 200)[:, None] * (b - a)
            on = on[np.hypot(*on.T) <= scene.call.radius]
            places += [(cable, place, math.atan2(*(b - a))) for place in on]
    if not places:
        raise NoRoom("no cable passes there")
    return places[int(scene.rng.integers(len(places)))]


def _over(
    scene: Scene, lasts: float, speeds_kn: tuple[float, float], beside: float, kind: str, status: int
) -> tuple[Actor, tuple[float, float]]:
    """A vessel that goes to and fro along the cable, `beside` m off; and when it was slow and so near, or nearer."""
    rng = scene.rng
    begin = scene.begin(lasts + 300.0)
    cable, place, runs = _above(scene)
    side = float(rng.choice([-1.0, 1.0]))
    n = max(2, round(lasts / rng.uniform(600, 1000)))
    to_and_fro = [(runs + k % 2 * np.pi + rng.uniform(-0.05, 0.05), scene.kn(*speeds_kn), lasts / n) for k in range(n)]
    cruise = scene.kn(*{"tug": (7, 10), "fishing": (6, 9)}.get(kind, (9.5, 13)))
    seed, stay, inside = scene.seeds(1)[0], lasts, max(CORRIDOR_M, 1.1 * beside)
    across = place + side * beside * heads(runs + np.pi / 2)
    for _ in range(3):
        way = centred(legs(begin, across, *((c, v, t * stay / lasts) for c, v, t in to_and_fro)), across)
        path = scene.seeded(seed).voyage(way, kind, cruise)
        sailed = moved(path, scene.time)
        near = _away(_line(scene, cable), *scene.metres(sailed.lat_deg, sailed.lon_deg)) < inside
        over = longest(near & is_slow(sailed), sailed.time)
        if abs(over[1] - over[0] - lasts) < 5.0:
            return Actor(kind, path, device="A", acts=(Act(0.0, status=status),)), over
        stay += lasts - (over[1] - over[0])
    raise NoRoom("it does not stay as long as it should")


def _cast(scene: Scene, actor: Actor, over: tuple[float, float], innocent: bool, note: str) -> Cast:
    return Cast((actor,), in_window(scene, Event("loitering_cable", (0,), *over, innocent, note)))


def _lingering(scene: Scene) -> Cast:
    kind = str(scene.rng.choice(["cargo", "tanker", "tug"]))
    lasts = scene.beyond() * scene.threshold(OVER_S)
    actor, over = _over(scene, lasts, (0.5, 1.7), scene.rng.uniform(0, 500), kind, 0)
    return _cast(scene, actor, over, False, "to and fro over the cable")


def _short(scene: Scene) -> Cast:
    """Too short a time, or beside the corridor."""
    threshold, part = scene.threshold(OVER_S), scene.short()
    if scene.rng.random() < 0.5:
        lasts, beside = part * threshold, scene.rng.uniform(0, 500)
        note = f"short of {threshold:.0f} s by {threshold - lasts:.0f} s"
    else:
        lasts, beside = scene.beyond() * threshold, CORRIDOR_M / part + 150.0
        note = f"short of the corridor of {CORRIDOR_M:.0f} m by {beside - CORRIDOR_M:.0f} m"
    actor, over = _over(scene, lasts, (0.4, 1.4), beside, "cargo", 0)
    if beside > CORRIDOR_M:
        _stays_out(scene, actor)
    return _cast(scene, actor, over, True, note)


def _stays_out(scene: Scene, actor: Actor) -> None:
    """NoRoom if it is ever slow inside the corridor of any cable for longer than it takes to pass."""
    sailed = moved(actor.path, scene.time)
    x, y = scene.metres(sailed.lat_deg, sailed.lon_deg)
    for cable in scene.stage.cables:
        inside = longest((_away(_line(scene, cable), x, y) < CORRIDOR_M) & is_slow(sailed), sailed.time)
        clear(max(inside[1] - inside[0], 1.0), scene.threshold(OVER_S), True)


def _fishing(scene: Scene) -> Cast:
    lasts = scene.beyond() * scene.threshold(OVER_S)
    actor, over = _over(scene, lasts, (1.0, 1.8), scene.rng.uniform(0, 500), "fishing", FISHING)
    return _cast(scene, actor, over, True, "fishes over the cable")


def _cable_ship(scene: Scene) -> Cast:
    lasts = scene.beyond() * scene.threshold(OVER_S)
    actor, over = _over(scene, lasts, (0.4, 1.2), scene.rng.uniform(0, 60), "tug", RESTRICTED)
    return _cast(scene, actor, over, True, "a cable ship at its work, restricted in its ability to manoeuvre")


REAL: Variants = {"lingering": _lingering}
ALIKE: Variants = {"short": _short, "fishing": _fishing, "cable ship": _cable_ship}


def cast(stage: Stage, rng: np.random.Generator, call: Behaviour) -> Cast:
    """One vessel that loiters over a cable, or seems to."""
    return staged(stage, rng, call, REAL, ALIKE)
