"""Longline hauling: a vessel takes in a line far out, slow, with stops, for hours, and does not say so.

After Beverly, Chapman and Sokimi (SPC, 2003) and de Souza et al., PLoS ONE 11(7) (2016): the line comes in at a few
knots, with a stop at each fish, tangle or break, along the way on which it was shot. Alike: who says so, drifting,
working buoys, slow steaming, angling about a place, a short line.
"""

from __future__ import annotations

from mihari.core.units import KNOT
from mihari.simulate.behaviours.contract import FISHING
from mihari.simulate.behaviours.scene import Scene
from mihari.simulate.cast import Actor, Cast
from mihari.simulate.episodes.plays.laying import off_shore, stays_off
from mihari.simulate.episodes.plays.play import Play
from mihari.simulate.episodes.plays.working import RESTRICTED, Leg, Span, alone, fitted, says

NAME = "longline_hauling"
HAULS_S = 7200.0
GOES_KN, STOPS_KN = (2.8, 5.5), (0.1, 0.8)
GOES_MIN, STOPS_MIN = (5.0, 16.0), (3.0, 12.0)
FAR_NM = 6.5


def hauling(scene: Scene, lasts: float, goes_kn: Span = GOES_KN, stops: bool = True, bend: float = 0.15) -> list[Leg]:
    """On and stop, on and stop, along a line that bends a little."""
    course, made = scene.course(), list[Leg]()
    while sum(t for _, _, t in made) < lasts:
        course += float(scene.rng.uniform(-bend, bend))
        made.append((course, scene.kn(*goes_kn), 60.0 * float(scene.rng.uniform(*GOES_MIN))))
        if stops:
            made.append((course, scene.kn(*STOPS_KN), 60.0 * float(scene.rng.uniform(*STOPS_MIN))))
    return made


def _works(
    scene: Scene, kind: str, lasts: float, legs: list[Leg], note: str, innocent: bool = True, status: int = 0,
    far_nm: float = FAR_NM, below_kn: float = 6.0, device: str = "A",
) -> Cast:  # fmt: skip
    place = scene.spot(off_shore(scene, far_nm))
    path, span = fitted(scene, kind, place, legs, lasts, lambda m: m.speed < below_kn * KNOT, None, scene.kn(7.5, 10))
    stays_off(scene, path, *span, far_nm)
    return alone(scene, NAME, Actor(kind, path, device=device, acts=says(status)), span, innocent, note)


def _long(scene: Scene) -> float:
    return HAULS_S * min(scene.beyond() * 1.12, 1.8)


def _longliner(scene: Scene) -> Cast:
    lasts = _long(scene)
    return _works(scene, "fishing", lasts, hauling(scene, lasts), "a longliner, under way by what it says", False)


def _says_cargo(scene: Scene) -> Cast:
    lasts = _long(scene)
    return _works(scene, "boat", lasts, hauling(scene, lasts), "a longliner as another vessel", False)


def _says_so(scene: Scene) -> Cast:
    lasts = _long(scene)
    return _works(scene, "fishing", lasts, hauling(scene, lasts), "a longliner that says so", status=FISHING)


def _buoys(scene: Scene) -> Cast:
    lasts = _long(scene)
    return _works(scene, "tug", lasts, hauling(scene, lasts), "works buoys along a line", status=RESTRICTED)


def _drifts(scene: Scene) -> Cast:
    lasts = _long(scene)
    legs = hauling(scene, lasts, (0.5, 2.0), False, 0.3)
    return _works(scene, "cargo", lasts, legs, "drifts with its engine stopped", below_kn=2.5)


def _steams(scene: Scene) -> Cast:
    lasts = _long(scene)
    return _works(scene, "fishing", lasts, hauling(scene, lasts, (3.5, 5.5), False), "steams slowly")


def _angles(scene: Scene) -> Cast:
    """On and stop, hither and thither about one place."""
    lasts = _long(scene)
    return _works(scene, "pleasure", lasts, hauling(scene, lasts, bend=3.14), "anglers about a bank", device="B")


def _short(scene: Scene) -> Cast:
    lasts = scene.short() * HAULS_S * 0.9
    return _works(scene, "fishing", lasts, hauling(scene, lasts), f"hauls for {lasts / 3600:.1f} h")


PLAY = Play(
    NAME,
    {"longliner": _longliner, "says something else": _says_cargo},
    {
        "says fishing": _says_so,
        "buoy tender": _buoys,
        "drifts": _drifts,
        "steams slowly": _steams,
        "anglers": _angles,
        "short": _short,
    },
    hours=5.0,
    margin_h=0.3,
)
