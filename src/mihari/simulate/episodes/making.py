"""A play, a coast and a seed -> an episode, or many: real ones and look-alikes in turn, among ordinary traffic."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from mihari.core.units import NAUTICAL_MILE
from mihari.simulate.behaviours.contract import laid_out
from mihari.simulate.behaviours.scene import NoRoom, Scene
from mihari.simulate.calls import Behaviour
from mihari.simulate.cast import Actor, Cast
from mihari.simulate.episodes.coasts import COASTS, Coast
from mihari.simulate.episodes.playing import Episode, played
from mihari.simulate.episodes.plays import PLAYS, Play

ATTEMPTS = 6  # with other draws, before the next variant is tried
PASSING = ("cargo", "tanker", "cargo", "ferry", "cargo")


@dataclass(frozen=True, slots=True)
class Made:
    """An episode, on which coast, of which variant, whether it is real, and from which seed."""

    episode: Episode
    coast: str
    variant: str
    real: bool
    seed: int


def episodes(play: str, coast: str, count: int, seed: int = 1) -> Iterator[Made]:
    """`count` real ones and `count` look-alikes of a play, the variants in turn. NoRoom where none fits."""
    for real in (True, False):
        for k in range(count):
            yield episode(play, coast, real, seed * 1000 + k)


def episode(play: str, coast: str, real: bool, seed: int) -> Made:
    """One of them; the same for the same arguments. KeyError for a play or a coast that there is not."""
    part, where = PLAYS[play], COASTS[coast]
    variants = part.real if real else part.alike
    names = list(variants)
    first = seed % len(names)
    reason = NoRoom("no variant")
    for k, name in enumerate(names[first:] + names[:first]):
        for attempt in range(ATTEMPTS):
            own = zlib.crc32(f"{play}/{coast}/{real}".encode())
            rng = np.random.default_rng([seed, own, k, attempt])
            try:
                return Made(_made(part, where, name, real, rng), coast, name, real, seed)
            except NoRoom as problem:
                reason = NoRoom(f"{play} on {coast}, {name}: {problem}")
    raise reason


def laid_on(play: Play, coast: Coast, variant: str, real: bool, seed: int) -> Episode | None:
    """One variant of a play on a coast; None where it does not fit with this seed."""
    try:
        return _made(play, coast, variant, real, np.random.default_rng(seed))
    except NoRoom:
        return None


def _made(play: Play, coast: Coast, variant: str, real: bool, rng: np.random.Generator) -> Episode:
    lat_deg, lon_deg, radius_nm = coast.spots[play.spot]
    stage = coast.stage(play.hours * 3600.0)
    call = Behaviour(
        play.name, (lat_deg, lon_deg), radius_nm * NAUTICAL_MILE, start=0.0, innocent=0.0 if real else 1.0,
        variant=variant, size=play.size,
    )  # fmt: skip
    scene = Scene.of(stage, rng, call)
    cast = laid_out(scene, (play.real if real else play.alike)[variant])
    return played(_among_others(cast, scene, coast), stage, rng)


def _among_others(cast: Cast, scene: Scene, coast: Coast) -> Cast:
    """The cast, and who passes by behind it."""
    others = []
    wide = replace(scene, call=replace(scene.call, radius=scene.call.radius + 3 * NAUTICAL_MILE))
    for k in range(coast.traffic):
        kind = PASSING[k % len(PASSING)]
        try:
            at = float(scene.rng.uniform(0, scene.stage.duration))
            points = np.array([[at, *wide.spot()], [at + 60.0, 0.0, 0.0]])
            speed, course = scene.kn(*coast.busy_kn), scene.course()
            points[1, 1:] = points[0, 1:] + speed * 60.0 * np.array([np.sin(course), np.cos(course)])
            others.append(Actor(kind, wide.voyage(points, kind, speed, course, course), device="A"))
        except NoRoom:
            continue  # one less passes by
    return Cast((*cast.actors, *others), cast.events)
