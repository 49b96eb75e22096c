"""Silent at the line: a fishing vessel falls silent just outside a closed area, and is heard again near it.

After Welch et al., Science Advances 8 (2022): devices are switched off most often near boundaries of exclusive zones.
Alike: a short fault at the line, one that is heard all the while along the line or inside, a silence far from it, a
ship whose device fails there and who sails on.
"""

from __future__ import annotations

import math

import numpy as np

from mihari.simulate.behaviours.contract import in_window
from mihari.simulate.behaviours.measure import moved
from mihari.simulate.behaviours.points import heads, legs
from mihari.simulate.behaviours.scene import NoRoom, Scene
from mihari.simulate.cast import Act, Actor, Cast, Event
from mihari.simulate.episodes.coasts import LINE_DEG, SIDE_DEG
from mihari.simulate.episodes.plays.laying import cruise, heard, steady, within
from mihari.simulate.episodes.plays.play import Play
from mihari.simulate.paths import Path
from mihari.simulate.ways import Floats

NAME = "silent_at_the_line"
SILENT_S = 1800.0
METRES = 111_195.0
BAND_M = LINE_DEG * METRES  # the line is drawn so far around


def _half(scene: Scene) -> Floats:
    """(2,) half of the closed area's sides, m east and north."""
    return SIDE_DEG * METRES * np.array([math.cos(math.radians(scene.call.place[0])), 1.0])


def _edge(scene: Scene, out: float) -> tuple[Floats, Floats]:
    """A place `out` m outside one of its sides, and the way out there."""
    half, side = _half(scene), int(scene.rng.integers(4))
    normal = np.array([(1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)][side])
    along = scene.rng.uniform(-0.7, 0.7) * half * (normal == 0)
    return normal * (half + out) + along, normal


def _towing(scene: Scene, lasts: float, kn: tuple[float, float], begin: Floats, end: Floats, start: float) -> Floats:
    """Points of one that works inside from one place to another for about `lasts` s."""
    points, n = [np.array([start, *begin])], max(2, round(lasts / 1500))
    for k in range(n):
        goal = end if k == n - 1 else scene.rng.uniform(-0.6, 0.6, 2) * _half(scene)
        last = points[-1]
        away = float(np.hypot(*(goal - last[1:])))
        points.append(np.array([last[0] + away / scene.kn(*kn), *goal]))
    return np.array(points)


def _visit(
    scene: Scene, kn: tuple[float, float], silent: float | None, note: str, same: bool, innocent: bool = False
) -> Cast:
    """It comes to the line, works inside, leaves; silent from the one side of the line to the other, or for a time."""
    there = within(scene, "closed", 3.0)
    first, normal = _edge(there, float(there.rng.uniform(0.08, 0.9) * BAND_M))
    last, _ = (first + there.rng.uniform(-800, 800, 2), normal) if same else _edge(there, 0.5 * BAND_M)
    start = there.begin(9000.0, 1500.0)
    points = _towing(there, float(there.rng.uniform(1500, 4500)), kn, first, last, start)
    path = there.voyage(points, "fishing", cruise(there, "fishing"), math.atan2(*-normal))
    ends = points[-1, 0] if silent is None else start + silent
    if ends - start < 1.03 * SILENT_S and not innocent:
        raise NoRoom("it is not silent long enough")
    heard(there, path, start - 900.0, min(points[-1, 0] + 900.0, there.stage.duration))
    return _cast(there, path, start, ends, note, innocent)


def _cast(
    scene: Scene, path: Path, start: float, end: float, note: str, innocent: bool = True, speaks: bool = False,
    kind: str = "fishing",
) -> Cast:  # fmt: skip
    acts = () if speaks else (Act(start, end, silent=True),)
    actor = Actor(kind, path, device="A", acts=acts)
    return Cast((actor,), in_window(scene, Event(NAME, (0,), start, end, innocent, note)))


def _works(scene: Scene) -> Cast:
    return _visit(scene, (2.5, 4.5), None, "works inside", same=True)


def _crosses(scene: Scene) -> Cast:
    return _visit(scene, (2.8, 6.0), None, "goes in here, out there", same=False)


def _short(scene: Scene) -> Cast:
    return _visit(scene, (2.5, 4.5), scene.short() * SILENT_S, "a short silence", same=True, innocent=True)


def _along(scene: Scene) -> Cast:
    """It fishes the line, which is lawful, and is heard."""
    there = within(scene, "closed", 3.0)
    place, normal = _edge(there, float(there.rng.uniform(0.1, 0.9) * BAND_M))
    start, lasts, speed = there.begin(5400.0, 900.0), 5400.0, there.kn(1.5, 3.0)
    course = math.atan2(normal[1], normal[0])
    way = legs(start, place - 0.5 * speed * lasts * heads(course), (course, speed, lasts))
    path = there.voyage(way, "fishing", cruise(there, "fishing"), course, course)
    return _cast(there, path, start, start + lasts, "along the line, and heard", speaks=True)


def _inside(scene: Scene) -> Cast:
    """A survey with a licence works inside, and is heard."""
    there = within(scene, "closed", 3.0)
    first, normal = _edge(there, 0.4 * BAND_M)
    start = there.begin(7200.0, 900.0)
    points = _towing(there, 3600.0, (2.5, 4.5), first, first + there.rng.uniform(-600, 600, 2), start)
    path = there.voyage(points, "fishing", cruise(there, "fishing"), math.atan2(*-normal))
    return _cast(there, path, start, float(points[-1, 0]), "inside, and heard", speaks=True)


def _far(scene: Scene) -> Cast:
    """Silent somewhere else, as long."""
    lasts = scene.beyond() * SILENT_S * 1.5
    path, start = steady(scene, "fishing", lasts, scene.kn(2.5, 8), 2.0, scene.begin(lasts, 900.0))
    centre = np.array(scene.metres(*within(scene, "closed", 1.0).call.place)).ravel()
    for at in (start, start + lasts):
        there = moved(path, at)
        x, y = (float(c[0]) for c in scene.metres(there.lat_deg, there.lon_deg))
        if (np.abs(np.array([x, y]) - centre) < _half(scene) + 1.1 * BAND_M).all():
            raise NoRoom("it is near the line")
    return _cast(scene, path, start, start + lasts, "silent far from the line")


def _sails_on(scene: Scene) -> Cast:
    """The device of a ship fails near the line; she is heard again miles on."""
    there = within(scene, "closed", 3.0)
    place, normal = _edge(there, float(there.rng.uniform(0.1, 0.9) * BAND_M))
    silent, speed = there.rng.uniform(1.6, 2.6) * 3600.0, there.kn(9.5, 13)
    start = there.begin(silent + 600.0, 1200.0)
    course = math.atan2(*normal) + float(there.rng.uniform(-1.2, 1.2))
    way = legs(start - 900.0, place - speed * 900 * heads(course), (course, speed, silent + 900.0))
    path = there.voyage(way, "cargo", speed, course, course)
    return _cast(there, path, start, start + silent, "fails at the line and sails on", kind="cargo")


PLAY = Play(
    NAME,
    {"works inside": _works, "crosses": _crosses},
    {
        "short": _short,
        "along the line": _along,
        "heard inside": _inside,
        "far from it": _far,
        "sails on": _sails_on,
    },
    hours=5.0,
    margin_h=0.4,
)
