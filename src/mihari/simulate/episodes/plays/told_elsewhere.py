"""Told elsewhere: for long a ship's AIS tells a place where radar would see her and sees nobody.

After Androjna et al., Appl. Sci. 11 (2021), 5015, and Bergman, SkyTruth (2021): places made up, whole ways made up.
Alike: a wrong place for some minutes, an antenna or a clock that puts her a few cables off, made-up places beyond
radar, a net buoy of which radar sees nothing.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from mihari.core.units import NAUTICAL_MILE
from mihari.simulate.behaviours.contract import in_window
from mihari.simulate.behaviours.measure import apart, moved
from mihari.simulate.behaviours.points import heads, legs, whole
from mihari.simulate.behaviours.scene import NoRoom, Scene
from mihari.simulate.cast import Act, Actor, Cast, Event
from mihari.simulate.episodes.plays.laying import (
    Holds,
    afloat,
    by_radar,
    cruise,
    heard,
    off_shore,
    plainly,
    seen,
    stays_off,
    steady,
)
from mihari.simulate.episodes.plays.play import Play
from mihari.simulate.paths import Path

NAME = "told_elsewhere"
LASTS_S = 2700.0
OFF_NM = 3.6
METRES = 111_195.0  # of a degree of latitude


def _kind(scene: Scene) -> str:
    return str(scene.rng.choice(["cargo", "tanker", "fishing"]))


def _aside(path: Path, bearing: float, distance: float) -> Path:
    """The same way, so far off."""
    lat = path.lat_deg + distance * math.cos(bearing) / METRES
    east = distance * math.sin(bearing) / METRES / math.cos(math.radians(float(lat.mean())))
    return replace(path, lat_deg=lat, lon_deg=path.lon_deg + east)


def _told(
    scene: Scene, kind: str, path: Path, ghost: Path, when: tuple[float, float], note: str, innocent: bool = False,
    least: float = 1.15,
) -> Cast:  # fmt: skip
    start, end = when
    heard(scene, path, start, end)
    if least:
        seen(scene, ghost, start, end, plainly(scene))
        stays_off(scene, ghost, start, end, OFF_NM)
        between = np.arange(start, end, 30.0)
        if apart(moved(path, between), moved(ghost, between)).min() < least * NAUTICAL_MILE:
            raise NoRoom("it comes near the place that it tells")
    actors = (
        Actor(kind, path, device="A", acts=(Act(start, end, place=1, status=0),)),
        Actor(kind, ghost, device="", ghost=True),
    )
    return Cast(actors, in_window(scene, Event(NAME, (0,), start, end, innocent, note)))


def _sailing(scene: Scene, lasts: float, holds: Holds | None = None) -> tuple[str, Path, tuple[float, float]]:
    kind = _kind(scene)
    path, start = steady(scene, kind, lasts, cruise(scene, kind), 1.0, scene.begin(lasts, 900.0), holds=holds)
    return kind, path, (start, start + lasts)


def _told_where(scene: Scene) -> Holds:
    """Off shore, where radar sees without looking over a hill."""
    off, plain = off_shore(scene, OFF_NM), plainly(scene)
    return lambda lat, lon: off(lat, lon) & plain(lat, lon)


def _long(scene: Scene) -> float:
    return whole(scene.beyond() * LASTS_S)


def _offset(scene: Scene) -> Cast:
    """It tells a way that lies beside its own."""
    there = by_radar(scene)
    kind, ghost, when = _sailing(there, _long(scene), _told_where(there))
    away = scene.rng.uniform(1.3, 7) * NAUTICAL_MILE
    path = _aside(ghost, scene.course(), away)
    afloat(scene, path)
    return _told(scene, kind, path, ghost, when, f"told {away / 1852:.1f} NM beside it")


def _made_up(scene: Scene) -> Cast:
    """A way that it never sailed."""
    kind, path, when = _sailing(scene, _long(scene))
    course, speed = scene.course(), cruise(scene, kind)
    there = by_radar(scene)
    way = legs(when[0], there.spot(_told_where(there)), (course, speed, when[1] - when[0]))
    ghost = there.voyage(way, kind, speed, course, course)
    return _told(scene, kind, path, ghost, when, "tells a way that it never sailed")


def _parked(scene: Scene) -> Cast:
    """It tells that it drifts about at one place while it is away."""
    kind, path, when = _sailing(scene, _long(scene))
    there = by_radar(scene)
    place = there.spot(_told_where(there))
    ghost = there.ghost(legs(when[0] - 600, place, (scene.course(), scene.kn(0.1, 0.8), when[1] - when[0] + 1200)))
    return _told(scene, kind, path, ghost, when, "tells that it drifts at one place")


def _short(scene: Scene) -> Cast:
    there = by_radar(scene)
    kind, ghost, when = _sailing(there, whole(scene.short() * LASTS_S), _told_where(there))
    path = _aside(ghost, scene.course(), scene.rng.uniform(1.3, 7) * NAUTICAL_MILE)
    afloat(scene, path)
    return _told(scene, kind, path, ghost, when, "for some minutes", True)


def _near(scene: Scene) -> Cast:
    kind, path, when = _sailing(scene, _long(scene))
    away = float(np.exp(scene.rng.uniform(math.log(100), math.log(0.95 * NAUTICAL_MILE))))
    note = f"told {away:.0f} m beside it"
    return _told(scene, kind, path, _aside(path, scene.course(), away), when, note, True, least=0.0)


def _beyond(scene: Scene) -> Cast:
    """Places that no radar sees."""
    kind, path, when = _sailing(scene, _long(scene))
    ghost = _aside(path, scene.course(), scene.rng.uniform(40, 400) * NAUTICAL_MILE)
    there = moved(ghost, np.linspace(*when, 30))
    if not scene.stage.beyond_radar(there.lat_deg, there.lon_deg).all():
        raise NoRoom("radar sees there")
    return _told(scene, kind, path, ghost, when, "told beyond all radars", True, least=0.0)


def _buoy(scene: Scene) -> Cast:
    """A net buoy with AIS, which gives no echo; the fisherman lies miles off without AIS."""
    lasts = _long(scene)
    start = scene.begin(lasts, 900.0)
    scene = by_radar(scene)
    place, drift, speed = scene.spot(_told_where(scene)), scene.course(), scene.kn(0.2, 1.2)
    buoy = scene.ghost(legs(-600.0, place, (drift, speed, scene.stage.duration + 1200.0)))
    away = place + scene.rng.uniform(1.6, 4) * NAUTICAL_MILE * heads(scene.course())
    boat = scene.path(legs(-600.0, away, (drift, speed, scene.stage.duration + 1200.0)), "fishing")
    heard(scene, boat, 0.0, scene.stage.duration)
    mmsi = 980_000_000 + int(scene.rng.integers(1, 999_999))
    actors = (
        Actor("fishing", boat, device="A", acts=(Act(-math.inf, place=1, identity=1, status=0),)),
        Actor("fishing", buoy, device="A", mmsi=mmsi, ghost=True),
    )
    event = Event(NAME, (0, 1), start, start + lasts, True, "a net buoy with AIS")
    return Cast(actors, in_window(scene, event))


PLAY = Play(
    NAME,
    {"beside its way": _offset, "a way made up": _made_up, "parked": _parked},
    {"short": _short, "a few cables off": _near, "beyond radar": _beyond, "net buoy": _buoy},
    hours=3.0,
    margin_h=0.3,
)
