"""Transfer after silence: a vessel that is well heard falls silent, and lies beside another while or after that.

After Welch et al., Science Advances 8 (2022): devices are switched off near places where catch changes hands; and the
US advisory of 14 May 2020: before and during transfers of oil. Alike: a meeting of two that are heard all the while, a
short fault before one, a silent vessel that only passes, a meeting hours later.
"""

from __future__ import annotations

from mihari.core.units import KNOT
from mihari.simulate.behaviours.contract import in_window
from mihari.simulate.behaviours.measure import apart, longest, moved
from mihari.simulate.behaviours.points import heads, legs
from mihari.simulate.behaviours.scene import NoRoom, Scene
from mihari.simulate.cast import Act, Actor, Cast, Event
from mihari.simulate.episodes.plays.laying import Pair, heard, off_shore, side_by_side
from mihari.simulate.episodes.plays.play import Play

NAME = "transfer_after_silence"
SILENT_S = 1800.0
STAYS_S = 1800.0
SOON_S = 3600.0
OFF_NM = 4.0
KINDS = (("cargo", "fishing"), ("tanker", "cargo"), ("tanker", "tanker"), ("cargo", "cargo"))


def _met(scene: Scene, lasts: float, before: float, after: float) -> tuple[tuple[str, str], Pair, float, float]:
    """Who meets, their ways, and when they lie side by side: with so many s before and after it in the scene."""
    kinds = KINDS[int(scene.rng.integers(len(KINDS)))]
    begin = scene.begin(lasts + after + 300.0, before + 900.0)
    distance, drift = float(scene.rng.uniform(40, 420)), scene.kn(0.3, 1.5)
    pair, (start, end) = side_by_side(scene, kinds, lasts, distance, drift, OFF_NM, begin)
    heard(scene, pair[0], start - before, end + after)
    return kinds, pair, start, end


def _cast(
    scene: Scene, kinds: tuple[str, str], pair: Pair, acts: tuple[Act, ...], when: tuple[float, float], note: str,
    innocent: bool = True,
) -> Cast:  # fmt: skip
    upright = Act(0.0, status=0)
    actors = (
        Actor(kinds[0], pair[0], device="A", acts=(upright, *acts)),
        Actor(kinds[1], pair[1], device="A", acts=(upright,)),
    )
    return Cast(actors, in_window(scene, Event(NAME, (0, 1), *when, innocent, note)))


def _silence(scene: Scene) -> float:
    return scene.beyond() * SILENT_S * float(scene.rng.uniform(1.0, 1.8))


def _after(scene: Scene) -> Cast:
    """It is heard again when it comes."""
    silence, soon = _silence(scene), float(scene.rng.uniform(300, 1200))
    kinds, pair, start, end = _met(scene, scene.beyond() * STAYS_S, silence + soon + 600, 0)
    begins = start - soon - silence
    return _cast(scene, kinds, pair, (Act(begins, begins + silence, silent=True),), (begins, end), "before it", False)


def _into(scene: Scene) -> Cast:
    """It comes alongside unheard, and is heard again while it lies there."""
    silence = _silence(scene)
    stays, late = scene.beyond() * STAYS_S, float(scene.rng.uniform(300, 1500))
    kinds, pair, start, end = _met(scene, stays + late, silence + 600, 0)
    begins = start + late - silence
    return _cast(scene, kinds, pair, (Act(begins, start + late, silent=True),), (begins, end), "until it lay", False)


def _during(scene: Scene) -> Cast:
    """It falls silent alongside, and is heard again when it has left."""
    silence, late = _silence(scene), float(scene.rng.uniform(900, 1800))
    kinds, pair, start, _ = _met(scene, late + silence * float(scene.rng.uniform(0.6, 0.95)), 600, silence)
    acts = (Act(start + late, start + late + silence, silent=True),)
    return _cast(scene, kinds, pair, acts, (start, start + late + silence), "while it lay", False)


def _heard(scene: Scene) -> Cast:
    kinds, pair, start, end = _met(scene, 1.5 * scene.beyond() * STAYS_S, 600, 0)
    return _cast(scene, kinds, pair, (), (start, end), "both are heard all the while")


def _fault(scene: Scene) -> Cast:
    silence, soon = scene.short() * SILENT_S, float(scene.rng.uniform(300, 1200))
    kinds, pair, start, end = _met(scene, scene.beyond() * STAYS_S, silence + soon + 600, 0)
    begins = start - soon - silence
    note = f"silent for {silence / 60:.0f} min"
    return _cast(scene, kinds, pair, (Act(begins, begins + silence, silent=True),), (begins, end), note)


def _hours_later(scene: Scene) -> Cast:
    silence, later = _silence(scene), scene.beyond() * SOON_S
    kinds, pair, start, end = _met(scene, scene.beyond() * STAYS_S, silence + later + 600, 0)
    begins = start - later - silence
    note = f"meets {later / 60:.0f} min later"
    return _cast(scene, kinds, pair, (Act(begins, begins + silence, silent=True),), (begins, end), note)


def _passes(scene: Scene) -> Cast:
    """Heard again, it passes another at less than 500 m and sails on."""
    silence, soon = _silence(scene), float(scene.rng.uniform(300, 1200))
    begin = scene.begin(1800.0, silence + soon + 900.0)
    place, course, across = scene.spot(off_shore(scene, OFF_NM)), scene.course(), scene.course()
    speed, other = scene.kn(9.5, 13), scene.kn(9.5, 13)
    way = legs(begin, place - speed * 900 * heads(course), (course, speed, 1800.0))
    beside = place + scene.rng.uniform(60, 400) * heads(course)
    crossing = legs(begin, beside - other * 900 * heads(across), (across, other, 1800.0))
    pair = scene.voyage(way, "tanker", speed, course), scene.voyage(crossing, "cargo", other, across)
    heard(scene, pair[0], begin - silence - soon, begin + 1800)
    first, second = (moved(path, scene.time) for path in pair)
    start, end = longest(apart(first, second) < 500.0, scene.time)
    if end - start > 900 or (first.speed < 3 * KNOT).any():
        raise NoRoom("they stay together")
    begins = start - soon - silence
    note = "only passes"
    acts = (Act(begins, begins + silence, silent=True),)
    return _cast(scene, ("tanker", "cargo"), pair, acts, (begins, max(end, begins + silence)), note)


PLAY = Play(
    NAME,
    {"silent before": _after, "silent until it lay": _into, "silent while it lay": _during},
    {"both are heard": _heard, "short fault": _fault, "meets hours later": _hours_later, "passes": _passes},
    hours=6.0,
    margin_h=0.5,
)
