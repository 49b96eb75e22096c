"""Scenes -> what several plays need to lay out: far from shore, side by side, past, waiting, on a steady way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from mihari.core.units import KNOT, NAUTICAL_MILE
from mihari.simulate.behaviours.measure import Bools, Motion, apart, longest, moved
from mihari.simulate.behaviours.points import heads, legs
from mihari.simulate.behaviours.scene import NoRoom, Scene
from mihari.simulate.behaviours.slow import creeping
from mihari.simulate.cast import Cast, Event
from mihari.simulate.episodes.coasts import COASTS, Coast
from mihari.simulate.paths import Path
from mihari.simulate.ways import Floats

CRUISE_KN = {"cargo": (9.5, 13.0), "tanker": (9.5, 13.0), "tug": (7.0, 10.0), "fishing": (6.0, 9.0), "ferry": (14, 22)}
PLAIN_M = 2500.0  # land nearer than that to a radar does not hide the sea from it
Holds = Callable[[Floats, Floats], Bools]
Pair = tuple[Path, Path]


def coast_of(scene: Scene) -> Coast:
    """On which coast a scene is played."""
    return COASTS[scene.stage.file.removeprefix("the coast ")]


def within(scene: Scene, kind: str, nm: float) -> Scene:
    """The same scene about the coast's spot of a kind, such as `anchorage`."""
    lat_deg, lon_deg, _ = coast_of(scene).spots[kind]
    return Scene.of(scene.stage, scene.rng, replace(scene.call, place=(lat_deg, lon_deg), radius=nm * NAUTICAL_MILE))


def off_shore(scene: Scene, nm: float) -> Holds:
    """Whether places are on water with no land within so many miles."""
    shore = coast_of(scene).mask.distance_to_shore
    return lambda lat, lon: np.asarray(scene.stage.wet(lat, lon) & (shore(lat, lon) > nm * NAUTICAL_MILE))


def inshore(scene: Scene, nm: float) -> Holds:
    """Whether places have land within so many miles."""
    shore = coast_of(scene).mask.distance_to_shore
    return lambda lat, lon: np.asarray(shore(lat, lon) < nm * NAUTICAL_MILE)


def stays_inshore(scene: Scene, path: Path, start: float, end: float, nm: float) -> None:
    """NoRoom where a vessel is farther from land than so many miles meanwhile."""
    there = moved(path, np.linspace(start, end, 24))
    if not inshore(scene, nm)(there.lat_deg, there.lon_deg).all():
        raise NoRoom("it is too far out")


def stays_off(scene: Scene, path: Path, start: float, end: float, nm: float) -> None:
    """NoRoom where a vessel comes nearer to land than so many miles meanwhile."""
    there = moved(path, np.linspace(start, end, 24))
    if not off_shore(scene, nm)(there.lat_deg, there.lon_deg).all():
        raise NoRoom("it comes too near to the land")


def afloat(scene: Scene, path: Path) -> None:
    """NoRoom where a way leads over land."""
    there = moved(path, np.arange(0.0, scene.stage.duration + 20.0, 20.0))
    if not scene.stage.wet(there.lat_deg, there.lon_deg).all():
        raise NoRoom("land is in the way")


def seen(scene: Scene, path: Path, start: float, end: float, holds: Holds | None = None) -> None:
    """NoRoom unless radar surely sees a vessel all the while."""
    there = moved(path, np.arange(start, end, 60.0))
    if not (holds or scene.stage.under_radar)(there.lat_deg, there.lon_deg).all():
        raise NoRoom("radar does not see it")


def plainly(scene: Scene) -> Holds:
    """Whether radar sees places without looking over a hill: there a look-out dares to say that nobody is there."""
    radars = tuple(replace(radar, land_clear=PLAIN_M, reach=0.9 * radar.reach) for radar in scene.stage.radars)
    return replace(scene.stage, radars=radars).under_radar


def by_radar(scene: Scene) -> Scene:
    """The same scene about one of the radars."""
    radar = scene.stage.radars[int(scene.rng.integers(len(scene.stage.radars)))]
    call = replace(scene.call, place=(radar.lat_deg, radar.lon_deg), radius=0.85 * radar.reach)
    return Scene.of(scene.stage, scene.rng, call)


def heard(scene: Scene, path: Path, start: float, end: float, least: float = 0.9) -> None:
    """NoRoom unless a station is likely to hear a vessel all the while."""
    there = moved(path, np.arange(start, end, 60.0))
    if (scene.stage.chance(there.lat_deg, there.lon_deg, 10.0, True) < least).any():
        raise NoRoom("no station hears it there")


def cruise(scene: Scene, kind: str) -> float:
    """A speed at which a kind sails, m/s."""
    return scene.kn(*CRUISE_KN.get(kind, (6.0, 12.0)))


def slow(way: Motion, kn: float = 2.0) -> Bools:
    """When a vessel makes less than so many knots."""
    return np.asarray(way.speed < kn * KNOT)


def side_by_side(
    scene: Scene, kinds: tuple[str, str], lasts: float, distance: float, drift: float, nm: float, begin: float
) -> tuple[Pair, tuple[float, float]]:
    """Two come from anywhere, drift at `drift` m/s so many m apart for about `lasts` s, part; and when they lay so."""
    place, set_, beside = scene.spot(off_shore(scene, nm)), scene.course(), scene.course()
    late, early = scene.rng.uniform(0, 300, 2)
    cruises, seeds = [cruise(scene, kind) for kind in kinds], scene.seeds(2)

    def paths(stay: float) -> Pair:
        made = []
        for k, kind in enumerate(kinds):
            there = place + k * distance * heads(beside) + k * late * drift * heads(set_)
            way = legs(begin + k * late, there, (set_, drift, stay - k * (late + early)))
            made.append(scene.seeded(seeds[k]).voyage(way, kind, cruises[k]))
        return made[0], made[1]

    pair = paths(lasts + late + early)
    start, end = together(scene, pair, distance * 1.02 + 5.0)
    pair = paths(2 * lasts + late + early - (end - start))
    start, end = together(scene, pair, distance * 1.02 + 5.0)
    if abs(end - start - lasts) > 0.02 * lasts:
        raise NoRoom("the two do not stay together as long as they should")
    for path in pair:
        stays_off(scene, path, start, end, nm)
    return pair, (start, end)


def together(scene: Scene, pair: Pair, near: float, kn: float = 2.0) -> tuple[float, float]:
    """The longest time in which two are so near and so slow."""
    first, second = (moved(path, scene.time) for path in pair)
    return longest((apart(first, second) < near) & slow(first, kn) & slow(second, kn), scene.time)


def waiting(
    scene: Scene, kind: str, lasts: float, kn: tuple[float, float], nm: float, below: float = 2.0
) -> tuple[Path, tuple[float, float]]:
    """One that comes, creeps about at such speeds for about `lasts` s, and goes; and when it was below `below` kn."""
    begin = scene.begin(lasts + 300.0)
    way = legs(begin, scene.spot(off_shore(scene, nm)), *creeping(scene, lasts, *kn, 0.6))
    path = scene.voyage(way, kind, cruise(scene, kind))
    sailed = moved(path, scene.time)
    start, end = longest(slow(sailed, below), sailed.time)
    stays_off(scene, path, start, end, nm)
    return path, (start, end)


def steady(
    scene: Scene, kind: str, lasts: float, speed: float, nm: float, begin: float | None = None, bend: float = 0.0,
    holds: Holds | None = None,
) -> tuple[Path, float]:  # fmt: skip
    """One under way at `speed` m/s for `lasts` s, bent by `bend` rad at half time; and when that begins.

    Half-way it is where `holds`, which is off shore unless told.
    """
    start = scene.begin(lasts) if begin is None else begin
    course = scene.course()
    half = lasts / 2
    points = legs(start, np.zeros(2), (course, speed, half), (course + bend, speed, half))
    points[:, 1:] += scene.spot(holds or off_shore(scene, nm)) - points[1, 1:]
    path = scene.voyage(points, kind, speed, course, course + bend)
    stays_off(scene, path, start, start + lasts, nm)
    return path, start


def told(cast: Cast, kind: str, innocent: bool, note: str = "") -> Cast:
    """The cast of an injector as one of a play: its first event under the play's name."""
    first = cast.events[0]
    event = Event(kind, first.actors, first.start, first.end, innocent, note or first.note)
    return replace(cast, events=(event, *cast.events[1:]))
