"""Purse seine set: a vessel runs a tight circle around a school, then lies by its net for most of an hour.

After Bez et al., Canadian Journal of Fisheries and Aquatic Sciences 68 (2011), and de Souza et al., PLoS ONE 11(7)
(2016): nets of 500 to 2,000 m are shot in some minutes at 4 to 12 kn; pursing and hauling take most of an hour or more.
Alike: a search that goes on, a compass that is swung, anchoring after a turn, a trawler that hauls, a short stop.
"""

from __future__ import annotations

import math

from mihari.core.units import KNOT
from mihari.simulate.behaviours.contract import AT_ANCHOR, FISHING
from mihari.simulate.behaviours.measure import longest, moved
from mihari.simulate.behaviours.points import legs
from mihari.simulate.behaviours.scene import NoRoom, Scene
from mihari.simulate.behaviours.slow import creeping
from mihari.simulate.cast import Act, Actor, Cast
from mihari.simulate.episodes.plays.laying import off_shore, seen
from mihari.simulate.episodes.plays.play import Play
from mihari.simulate.episodes.plays.working import Leg, Span, alone, says

NAME = "purse_seine_set"
LIES_S = 2400.0  # the shortest haul
RUNS_KN = (5.0, 11.0)
NET_M = (700.0, 2000.0)


def ring(scene: Scene, kn: Span, around_m: float, angle: float) -> list[Leg]:
    """Legs round an arc of a circle of this circumference."""
    speed, course, side = scene.kn(*kn), scene.course(), float(scene.rng.choice([-1.0, 1.0]))
    n = max(6, math.ceil(angle / 0.6))
    whole = around_m * angle / (2 * math.pi) / speed
    return [(course + side * angle * k / n, speed, whole / n) for k in range(n + 1)]


def _sets(
    scene: Scene, kind: str, lies: float, note: str, innocent: bool = True, kn: Span = RUNS_KN, net: Span = NET_M,
    angle: Span = (1.9 * math.pi, 2.3 * math.pi), device: str = "A", acts: tuple[Act, ...] = (Act(0.0, status=0),),
) -> Cast:  # fmt: skip
    """Round the school, then by the net for `lies` s (0: it goes on at once), then away."""
    round_it = ring(scene, kn, float(scene.rng.uniform(*net)), float(scene.rng.uniform(*angle)))
    takes = sum(t for _, _, t in round_it)
    begin = scene.begin(takes + lies + 600.0, 1800.0)
    rest = creeping(scene, lies, 0.1, 0.8, 0.8) if lies > 0 else []
    way = legs(begin, scene.spot(off_shore(scene, 1.5)), *round_it, *rest)
    path = scene.voyage(way, "boat" if kind == "fishing" else kind, scene.kn(6, 10), round_it[0][0])
    sailed = moved(path, scene.time)
    end = begin + takes
    if lies > 0:
        slow = longest(sailed.speed < 1.5 * KNOT, sailed.time)
        if abs(slow[1] - slow[0] - lies) > 180.0 or (not innocent and slow[1] - slow[0] < 1.03 * LIES_S):
            raise NoRoom("it does not lie as long as it should")
        end = slow[1]
    if not device:
        seen(scene, path, begin - 1900.0, end)  # turns of the last half hour are known of nobody sooner
    return alone(scene, NAME, Actor(kind, path, device=device, acts=acts), (begin, end), innocent, note)


def _long(scene: Scene) -> float:
    return scene.beyond() * LIES_S * 1.1


def _says_so(scene: Scene) -> Cast:
    return _sets(scene, "fishing", _long(scene), "a seiner that says so", False, acts=says(FISHING))


def _says_nothing(scene: Scene) -> Cast:
    return _sets(scene, "fishing", _long(scene), "a seiner, under way by what it says", False, device="B")


def _dark(scene: Scene) -> Cast:
    return _sets(scene, "fishing", _long(scene), "a seiner without AIS", False, device="")


def _goes_on(scene: Scene) -> Cast:
    """Round a school that was none, or too small."""
    return _sets(scene, "fishing", 0.0, "looks at a school and goes on", acts=says(FISHING))


def _short(scene: Scene) -> Cast:
    lies = scene.short() * LIES_S * 0.7
    return _sets(scene, "fishing", lies, f"lies for {lies / 60:.0f} min", device="B")


def _compass(scene: Scene) -> Cast:
    """A ship goes round slowly in a wide circle to set its compass right, then on."""
    return _sets(scene, "cargo", 0.0, "swings its compass", net=(5000, 9000), kn=(5, 7))


def _anchors(scene: Scene) -> Cast:
    """It turns against the wind and lets its anchor go."""
    cast = _sets(scene, "cargo", _long(scene), "turns and anchors", angle=(1.0, 3.2), kn=(4, 6), net=(3000, 6000))
    actor, event = cast.actors[0], cast.events[0]
    lies = Act(event.start + 600.0, status=AT_ANCHOR)
    return Cast((Actor(actor.kind, actor.path, None, "A", acts=(*actor.acts, lies)),), cast.events)


def _hauls(scene: Scene) -> Cast:
    """A trawler turns once and lies while its net comes in."""
    return _sets(
        scene, "fishing", _long(scene), "a trawler hauls", angle=(1.5, 3.4), kn=(4.2, 5.0), net=(1500, 3000),
        acts=says(FISHING),
    )  # fmt: skip


def _waits(scene: Scene) -> Cast:
    """It comes and lies still."""
    return _sets(scene, "tug", _long(scene), "comes and waits", angle=(0.1, 0.8), kn=(7, 9))


PLAY = Play(
    NAME,
    {"says fishing": _says_so, "says nothing": _says_nothing, "dark": _dark},
    {
        "goes on": _goes_on,
        "short": _short,
        "compass": _compass,
        "anchors": _anchors,
        "trawler hauls": _hauls,
        "comes and waits": _waits,
    },
    hours=4.0,
    margin_h=0.7,
)
