"""Waits unlit: a vessel without AIS lies near the shore by night, in no port and no anchorage, for an hour or more.

After the United Kingdom's Project Kraken (what coast dwellers are asked to tell: boats at unusual times and lonely
places) and COLREGs rule 30 (who lies at anchor shows lights). Alike: by day, with AIS, in the anchorage, far out, for a
short while, anglers who move about.
"""

from __future__ import annotations

import math

import numpy as np

from mihari.core.units import NAUTICAL_MILE
from mihari.simulate.behaviours.contract import in_window
from mihari.simulate.behaviours.points import heads
from mihari.simulate.behaviours.scene import NoRoom, Scene
from mihari.simulate.cast import Cast, Event
from mihari.simulate.episodes.coasts import SIDE_DEG
from mihari.simulate.episodes.plays.laying import coast_of, seen, within
from mihari.simulate.episodes.plays.play import Play
from mihari.simulate.episodes.plays.small_craft import boat, nearest_land, way
from mihari.simulate.episodes.plays.working import Span
from mihari.simulate.ways import Floats

NAME = "waits_unlit"
BEGINS_H, DARK_H = 16.5, 20.0
NIGHT_S = (DARK_H - BEGINS_H) * 3600.0
WAITS_S = 3600.0
OFF_NM = (0.35, 2.4)
DRIFT_KN = (0.05, 0.9)


def _place(scene: Scene, off_nm: Span, roads: bool) -> Floats:
    """So far off the shore, under radar; inside the anchorage or outside of it and the port."""
    coast = coast_of(scene)
    zones = [coast.spots["anchorage"][:2]] if roads else [coast.spots[kind][:2] for kind in ("anchorage", "port")]
    low, high = (nm * NAUTICAL_MILE for nm in off_nm)
    for _ in range(40):
        place = scene.spot(lambda lat, lon: scene.stage.wet(lat, lon, low) & ~scene.stage.wet(lat, lon, high))
        lat, lon = (float(value.item()) for value in map(np.asarray, scene.degrees(place[0], place[1])))
        side = SIDE_DEG * (0.7 if roads else 1.3)
        inside = any(abs(lat - a) < side and abs(lon - b) < side for a, b in zones)
        if inside is roads and low < nearest_land(scene, place)[1] < high:
            return place
    raise NoRoom("no place off the shore has what it takes")


def _lies(
    scene: Scene, note: str, innocent: bool = False, lasts: float | None = None, day: bool = False, device: str = "",
    off_nm: Span = OFF_NM, drift_kn: Span = DRIFT_KN, roads: bool = False, kind: str = "boat",
) -> Cast:  # fmt: skip
    """It comes from out there, lies or drifts for a while, and goes out again."""
    stays = scene.beyond() * WAITS_S * 1.08 if lasts is None else lasts
    begin = scene.begin(stays + 900.0, 900.0 if day else NIGHT_S * 1.03 + 900.0)
    if day and begin + stays > NIGHT_S * 0.97:
        raise NoRoom("the night comes")
    place = _place(scene if roads else within(scene, "inshore", 9.0), off_nm, roads)
    bearing, _ = nearest_land(scene, place)
    pace, drift, course = scene.kn(6, 14), scene.kn(*drift_kn), scene.course()
    far = place - heads(bearing + scene.rng.uniform(-0.7, 0.7)) * pace * 900.0
    points = [(begin - 900.0, far), (begin, place)]
    n = max(2, round(stays / 900.0))
    for k in range(n):
        course += float(scene.rng.uniform(1.5, 3.0))  # about one place
        points.append((begin + (k + 1) * stays / n, points[-1][1] + heads(course) * drift * stays / n))
    points.append((begin + stays + 900.0, points[-1][1] + (far - place)))
    path = way(scene, points)
    if not device:
        seen(scene, path, begin, begin + stays)
    actor = boat(path, device, begin - 900.0, math.inf, kind)
    return Cast((actor,), in_window(scene, Event(NAME, (0,), begin, begin + stays, innocent, note)))


def _waits(scene: Scene) -> Cast:
    return _lies(scene, "lies off a lonely shore")


def _close_in(scene: Scene) -> Cast:
    return _lies(scene, "drifts close under the land", off_nm=(0.3, 1.0), drift_kn=(0.3, 1.2), kind="fishing")


def _by_day(scene: Scene) -> Cast:
    return _lies(scene, "by day", True, day=True)


def _heard(scene: Scene) -> Cast:
    return _lies(scene, "a yacht at anchor, with AIS", True, device="B", kind="pleasure")


def _roads(scene: Scene) -> Cast:
    there = within(scene, "anchorage", 4.0)
    return _lies(there, "in the anchorage", True, roads=True, off_nm=(0.5, 5.0), drift_kn=(0.02, 0.1))


def _far(scene: Scene) -> Cast:
    return _lies(scene, "far out", True, off_nm=(3.4, 6.0))


def _short(scene: Scene) -> Cast:
    lasts = WAITS_S * scene.short() * 0.85
    return _lies(scene, f"for {lasts / 60:.0f} min", True, lasts)


def _anglers(scene: Scene) -> Cast:
    return _lies(scene, "anglers who troll about", True, drift_kn=(2.8, 5.0), off_nm=(0.8, 2.4))


PLAY = Play(
    NAME,
    {"waits": _waits, "close in": _close_in},
    {
        "by day": _by_day,
        "with AIS": _heard,
        "in the anchorage": _roads,
        "far out": _far,
        "short": _short,
        "anglers": _anglers,
    },
    spot="inshore",
    hours=7.5,
    hour=BEGINS_H,
    margin_h=0.3,
)
