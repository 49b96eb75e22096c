"""False position: a vessel's AIS tells places where it is not.

Definition: the place told is farther than `FALSE_M` from the true one, for at least `FALSE_S`. Causes: hiding where the
vessel is, a device that takes invented places, satellite navigation that someone jams or spoofs (circles, places at
airports or in other seas). Innocent: one wild fix, noise of satellite navigation, an antenna whose place aboard was
typed in wrong.
Sources: Bergman 2019 (SkyTruth: circles at Shanghai); Androjna et al. 2021, J. Mar. Sci. Eng. 9 (offsets of miles);
Global Fishing Watch, gpsdio-segment (places that need more than 25 kn start a new track). The figures are ours: a mile
is ten times what a bad fix gives, ten minutes is sixty reports of a ship at sea.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from mihari.core.units import NAUTICAL_MILE
from mihari.simulate.behaviours.contract import Variants, clear, in_window, staged
from mihari.simulate.behaviours.measure import apart, longest, moved
from mihari.simulate.behaviours.points import legs, whole
from mihari.simulate.behaviours.scene import Scene
from mihari.simulate.calls import Behaviour
from mihari.simulate.cast import Act, Actor, Cast, Event
from mihari.simulate.paths import Path
from mihari.simulate.stage import Stage
from mihari.simulate.ways import Floats

FALSE_M = 1.0 * NAUTICAL_MILE
FALSE_S = 600.0
METRES_PER_DEGREE = 111_195.0
JUMP_S = 11.0  # one or two reports at the interval of a ship at sea
LEVER_M = (40.0, 250.0)  # a ship's length: what a wrongly typed place of the antenna moves it by
FIX_SD, FIX_S = 25.0, 60.0  # m, s: an urban or multipath fix wanders so from minute to minute


def _ship(scene: Scene, lasts: float) -> tuple[str, Path, float]:
    """Kind, path and when it begins: a vessel under way throughout, whose happening lasts so long."""
    kind = str(scene.rng.choice(["cargo", "tanker", "fishing"]))
    cruise = scene.kn(7, 9) if kind == "fishing" else scene.kn(9.5, 13)
    begin = scene.begin(lasts)
    course = scene.course()
    way = legs(begin, scene.spot(), (course, cruise, lasts))
    return kind, scene.voyage(way, kind, cruise, course, course), begin


def _moved(path: Path, bearing: float, distance: float) -> Path:
    """The same path, so far off."""
    north = distance * math.cos(bearing) / METRES_PER_DEGREE
    lat = path.lat_deg + north
    east = distance * math.sin(bearing) / METRES_PER_DEGREE / np.cos(np.radians(lat.mean()))
    return replace(path, lat_deg=lat, lon_deg=path.lon_deg + east)


def _told(scene: Scene, kind: str, path: Path, ghost: Path, start: float, end: float, note: str) -> Cast:
    """The vessel tells the ghost's place from start to end; the event is when that is false by definition."""
    false_from, false_to = _false(scene, path, ghost, start, end)
    clear(false_to - false_from, scene.threshold(FALSE_S), False)
    event = Event("false_position", (0,), false_from, false_to, note=note)
    return Cast(_actors(kind, path, ghost, start, end), in_window(scene, event))


def _false(scene: Scene, path: Path, ghost: Path, start: float, end: float) -> tuple[float, float]:
    off = apart(moved(path, scene.time), moved(ghost, scene.time)) > FALSE_M
    return longest(off & (scene.time >= start) & (scene.time < end), scene.time)


def _innocent(scene: Scene, kind: str, path: Path, ghost: Path, start: float, end: float, note: str) -> Cast:
    event = Event("false_position", (0,), start, end, True, note)
    return Cast(_actors(kind, path, ghost, start, end), in_window(scene, event))


def _actors(kind: str, path: Path, ghost: Path, start: float, end: float) -> tuple[Actor, Actor]:
    liar = Actor(kind, path, device="A", acts=(Act(start, end, place=1),))
    return liar, Actor(kind, ghost, device="", ghost=True)


def _offset(scene: Scene) -> Cast:
    """It tells a place some miles beside its own, and moves there as it moves here."""
    lasts = whole(scene.beyond() * scene.threshold(FALSE_S))
    kind, path, begin = _ship(scene, lasts)
    distance = scene.beyond() * FALSE_M * scene.rng.uniform(1, 6)
    ghost = _moved(path, scene.course(), distance)
    return _told(scene, kind, path, ghost, begin, begin + lasts, f"tells places {distance / 1000:.1f} km off")


def _other_sea(scene: Scene) -> Cast:
    lasts = whole(scene.beyond() * scene.threshold(FALSE_S))
    kind, path, begin = _ship(scene, lasts)
    ghost = _moved(path, scene.course(), scene.rng.uniform(2e5, 9e5))
    return _told(scene, kind, path, ghost, begin, begin + lasts, "tells places in another sea")


def _circle(scene: Scene) -> Cast:
    """It tells a circle that it never sails, some miles away."""
    rng = scene.rng
    lasts = whole(scene.beyond() * scene.threshold(FALSE_S))
    kind, path, begin = _ship(scene, lasts)
    radius, speed, away = rng.uniform(250, 800), scene.kn(6, 14), rng.uniform(9e3, 2e4)
    here = moved(path, begin + lasts / 2)
    x, y = (float(c[0]) for c in scene.metres(here.lat_deg, here.lon_deg))
    steps = np.arange(-1, int((lasts + 120) * speed / radius / 0.3) + 2)
    angle, bearing = 0.3 * steps, scene.course()
    time = begin - 60 + angle * radius / speed
    east = x + away * math.sin(bearing) + radius * np.sin(angle)
    north = y + away * math.cos(bearing) + radius * np.cos(angle)
    ghost = scene.ghost(np.column_stack([time, east, north]), blend=0.3 * radius / speed)
    return _told(scene, kind, path, ghost, begin, begin + lasts, f"tells a circle of {radius:.0f} m")


def _frozen(scene: Scene) -> Cast:
    """Its place stays where it was while it sails on."""
    lasts = whole(scene.beyond() * scene.threshold(FALSE_S))
    kind, path, begin = _ship(scene, lasts)
    speed = float(moved(path, begin + lasts / 2).speed[0])
    start = begin - whole(FALSE_M / speed) - 5.0  # it takes a while to sail the first mile away
    here = moved(path, start)
    x, y = (float(c[0]) for c in scene.metres(here.lat_deg, here.lon_deg))
    ghost = scene.ghost(np.array([[start - 60, x, y], [begin + lasts + 60, x, y]]))
    return _told(scene, kind, path, ghost, start, begin + lasts, "tells the place where it was")


def _short(scene: Scene) -> Cast:
    """Too near to its place, or too short a time."""
    threshold, part = scene.threshold(FALSE_S), scene.short()
    if scene.rng.random() < 0.5:
        lasts, distance = whole(part * threshold), FALSE_M * scene.rng.uniform(1.5, 6)
        note = f"short of {threshold:.0f} s by {threshold - lasts:.0f} s"
    else:
        lasts, distance = whole(scene.beyond() * threshold), FALSE_M * part
        note = f"short of {FALSE_M:.0f} m by {FALSE_M - distance:.0f} m"
    kind, path, begin = _ship(scene, lasts)
    return _innocent(scene, kind, path, _moved(path, scene.course(), distance), begin, begin + lasts, note)


def _jump(scene: Scene) -> Cast:
    """One wild fix, miles away, and right again."""
    kind, path, begin = _ship(scene, JUMP_S)
    distance = scene.rng.uniform(2, 12) * NAUTICAL_MILE
    note = f"one fix {distance / 1000:.0f} km off"
    return _innocent(scene, kind, path, _moved(path, scene.course(), distance), begin, begin + JUMP_S, note)


def _lever(scene: Scene) -> Cast:
    """The antenna's place aboard was typed in wrong: always the same few metres."""
    kind, path, _ = _ship(scene, scene.threshold(FALSE_S))
    distance = float(scene.rng.uniform(*LEVER_M))
    note = f"antenna typed in {distance:.0f} m wrong"
    return _innocent(scene, kind, path, _moved(path, scene.course(), distance), scene.call.start, scene.end, note)


def _noise(scene: Scene) -> Cast:
    """Fixes that wander by some tens of metres."""
    rng, lasts = scene.rng, whole(2 * scene.threshold(FALSE_S))
    kind, path, begin = _ship(scene, lasts)
    time = np.arange(begin - 2 * FIX_S, begin + lasts + 2 * FIX_S, FIX_S)
    there = moved(path, time)
    north, east = rng.normal(0, FIX_SD, (2, len(time))) / METRES_PER_DEGREE
    lon_deg: Floats = there.lon_deg + east / np.cos(np.radians(there.lat_deg))
    ghost = Path.through(time, there.lat_deg + north, lon_deg, blend=FIX_S)
    note = f"fixes wander by {FIX_SD:.0f} m"
    return _innocent(scene, kind, path, ghost, begin, begin + lasts, note)


REAL: Variants = {"offset": _offset, "circle": _circle, "frozen": _frozen, "other sea": _other_sea}
ALIKE: Variants = {"short": _short, "one jump": _jump, "antenna": _lever, "noise": _noise}


def cast(stage: Stage, rng: np.random.Generator, call: Behaviour) -> Cast:
    """One vessel that tells false places, or seems to."""
    return staged(stage, rng, call, REAL, ALIKE)
