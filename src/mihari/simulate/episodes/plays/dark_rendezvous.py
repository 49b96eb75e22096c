"""Dark rendezvous: one of two that meet at sea has no AIS or has switched it off.

After Miller et al., Frontiers in Marine Science 5 (2018), and Park et al., Science Advances 6 (2020). Alike: the same
meeting of two that both tell their names, a short one, two in the same roads, a boat that passes close by.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from mihari.simulate.behaviours import rendezvous
from mihari.simulate.behaviours.measure import moved
from mihari.simulate.behaviours.scene import NoRoom, Scene
from mihari.simulate.cast import Act, Cast
from mihari.simulate.episodes.plays.play import Play


def _seen(scene: Scene, cast: Cast, who: int) -> None:
    """NoRoom unless radar sees an actor all the while: nobody could tell what radar does not see."""
    event = cast.events[0]
    way = moved(cast.actors[who].path, np.arange(event.start, event.end, 60.0))
    if not scene.stage.under_radar(way.lat_deg, way.lon_deg).all():
        raise NoRoom("radar does not see it")


def _without(scene: Scene, cast: Cast, who: int) -> Cast:
    """One of them has no device."""
    _seen(scene, cast, who)
    actors = list(cast.actors)
    actors[who] = replace(actors[who], device="", acts=())
    return replace(cast, actors=tuple(actors))


def _dark(scene: Scene) -> Cast:
    return _without(scene, rendezvous.REAL["transfer"](scene), int(scene.rng.integers(2)))


def _switched_off(scene: Scene) -> Cast:
    """It was heard until shortly before."""
    cast = rendezvous.REAL["transfer"](scene)
    _seen(scene, cast, 1)
    off = cast.events[0].start - float(scene.rng.uniform(900, 3000))
    actors = list(cast.actors)
    actors[1] = replace(actors[1], acts=(*actors[1].acts, Act(off, math.inf, silent=True)))
    return replace(cast, actors=tuple(actors))


def _dark_and_short(scene: Scene) -> Cast:
    return _without(scene, rendezvous.ALIKE["short"](scene), 1)


PLAY = Play(
    "dark_rendezvous",
    {"no device": _dark, "switched off": _switched_off},
    {
        "both are heard": rendezvous.REAL["transfer"],
        "short": _dark_and_short,
        "pilot boarding": rendezvous.ALIKE["pilot boarding"],
        "bunkering": rendezvous.ALIKE["bunkering"],
        "pair trawling": rendezvous.ALIKE["pair trawling"],
    },
)
