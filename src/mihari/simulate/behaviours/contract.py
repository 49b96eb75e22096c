"""What all injectors share: variants on both sides of the definition, one drawn, and what else is true of its vessels.

An injector is a module with `REAL` and `ALIKE` (variants by name: what is the behaviour, what only looks like it) and
`cast(stage, rng, call)`, which lays out ONE instance. Injectors share no code with any detector.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

import numpy as np

from mihari.core.units import KNOT, NAUTICAL_MILE
from mihari.simulate.behaviours.measure import Motion, moved, runs
from mihari.simulate.behaviours.scene import UNCLEAR, NoRoom, Scene
from mihari.simulate.calls import Behaviour
from mihari.simulate.cast import Actor, Cast, Event
from mihari.simulate.kinds import KINDS
from mihari.simulate.stage import Stage

Variant = Callable[[Scene], Cast]
Variants = Mapping[str, Variant]

TRIES = 60  # layouts of one instance, each with other places, times and margins

# loitering is defined here because any happening may contain it; its sources stand in `loitering`
LOITERING_KN = 2.0
LOITERING_S = 3600.0
LOITERING_SHORE = 1.0 * NAUTICAL_MILE
ROUGH_S = 20.0  # looked at so often to see who never is slow for long: nearly all
AT_ANCHOR, MOORED, FISHING = 1, 5, 7  # navigation status, M.1371-5 table 47
LIES_OR_FISHES = (AT_ANCHOR, MOORED, FISHING)


class Injector(Protocol):
    """A module of this package that makes one kind of happening."""

    REAL: Variants
    ALIKE: Variants

    def cast(self, stage: Stage, rng: np.random.Generator, call: Behaviour) -> Cast:
        """One instance; NoRoom if it fits nowhere."""


def staged(stage: Stage, rng: np.random.Generator, call: Behaviour, real: Variants, alike: Variants) -> Cast:
    """One instance of the call's variant, else of any: innocent with the call's probability."""
    scene = Scene.of(stage, rng, call)
    chosen = alike if rng.random() < call.innocent else real
    name = call.variant or str(rng.choice(sorted(chosen)))
    return laid_out(scene, {**real, **alike}[name])


def laid_out(scene: Scene, variant: Variant) -> Cast:
    """The variant, tried until it fits; NoRoom with the last reason if it never does."""
    reason = NoRoom("nothing fits")
    for _ in range(TRIES):
        try:
            return with_loitering(variant(scene), scene)
        except NoRoom as problem:
            reason = problem
    raise reason


def in_window(scene: Scene, *events: Event) -> tuple[Event, ...]:
    """The events, all within the call's window; NoRoom if one is not."""
    for event in events:
        if event.start < scene.call.start or event.end > scene.end or event.end <= event.start:
            raise NoRoom("it does not end within the window")
    return events


def clear(reached: float, threshold: float, innocent: bool) -> None:
    """NoRoom unless `reached` is beyond (innocent: short of) the threshold by more than a matter of taste."""
    share = reached / threshold
    if (innocent and share > UNCLEAR[0]) or (not innocent and share < UNCLEAR[1]):
        raise NoRoom("it comes too close to the definition's threshold")


def with_loitering(cast: Cast, scene: Scene) -> Cast:
    """The cast with an event for each of its vessels that loiters by definition while it plays another part."""
    known = {row for event in cast.events if event.kind == "loitering" for row in event.actors}
    found = []
    for row, actor in enumerate(cast.actors):
        if not actor.ghost and row not in known:
            found += [_loitering(row, actor, run, cast.events) for run in slow_runs(scene, actor)]
    return Cast(cast.actors, cast.events + tuple(found))


def slow_runs(scene: Scene, actor: Actor) -> list[tuple[float, float]]:
    """When it loiters: slower than 2 kn for an hour, away from the shore. NoRoom where that is not clear."""
    rough = moved(actor.path, scene.time[:: int(ROUGH_S)])
    if not any(
        end - start >= UNCLEAR[0] * LOITERING_S - 2 * ROUGH_S for start, end in runs(is_slow(rough), rough.time)
    ):
        return []
    sailed = moved(actor.path, scene.time)
    long = []
    for start, end in runs(is_slow(sailed), sailed.time):
        middle = sailed.time.searchsorted((start + end) / 2)
        if scene.stage.wet(sailed.lat_deg[middle], sailed.lon_deg[middle], LOITERING_SHORE).all():
            if UNCLEAR[0] < (end - start) / LOITERING_S < UNCLEAR[1]:
                raise NoRoom("it comes too close to the definition of loitering")
            long += [(start, end)] if end - start >= LOITERING_S else []
    return long


def is_slow(sailed: Motion) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Whether slower than a loitering vessel is, at each time."""
    return np.asarray(sailed.speed < LOITERING_KN * KNOT)


def _loitering(row: int, actor: Actor, run: tuple[float, float], events: tuple[Event, ...]) -> Event:
    told = {status_at(actor, time) for time in np.linspace(*run, 9)}
    lies = told <= set(LIES_OR_FISHES)
    alike = any(event.innocent for event in events if row in event.actors)
    kinds = ", ".join(sorted({event.kind for event in events if row in event.actors})) or "nothing else"
    why = "at anchor, moored or fishing" if lies else f"in the course of: {kinds}"
    return Event("loitering", (row,), *run, innocent=lies or alike, note=why)


def status_at(actor: Actor, time: float) -> int:
    """The navigation status that it tells."""
    told = [act.status for act in actor.acts if act.status is not None and act.start <= time <= act.end]
    return told[-1] if told else KINDS[actor.kind].status
