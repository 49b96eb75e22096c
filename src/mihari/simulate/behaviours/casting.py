"""A scenario, its stage and a random source -> the casts of all its `[[behaviour]]` tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import cast as typed

import numpy as np

from mihari.core.errors import ConfigError
from mihari.core.units import NAUTICAL_MILE
from mihari.simulate.behaviours import (
    ais_off,
    changed_identity,
    cloned_identity,
    dash,
    distress,
    drifting,
    false_position,
    fleet,
    loitering,
    loitering_cable,
    rendezvous,
    shadowing,
)
from mihari.simulate.behaviours.contract import Injector
from mihari.simulate.behaviours.scene import NoRoom
from mihari.simulate.calls import Behaviour
from mihari.simulate.cast import Cast
from mihari.simulate.scenario import Scenario
from mihari.simulate.stage import Stage

INJECTORS: Mapping[str, Injector] = MappingProxyType(
    {
        name: typed(Injector, module)
        for name, module in (
            ("ais_off", ais_off),
            ("false_position", false_position),
            ("cloned_identity", cloned_identity),
            ("changed_identity", changed_identity),
            ("rendezvous", rendezvous),
            ("loitering", loitering),
            ("loitering_cable", loitering_cable),
            ("fleet", fleet),
            ("shadowing", shadowing),
            ("dash", dash),
            ("drifting", drifting),
            ("distress", distress),
        )
    }
)


def casts(scenario: Scenario, stage: Stage, rng: np.random.Generator) -> list[Cast]:
    """All happenings of the scenario; each draws from a source of its own. ConfigError where one finds no room."""
    made = []
    for index, call in enumerate(scenario.behaviours):
        where = f"behaviour[{index}]"
        source = rng.spawn(1)[0]
        for names, share in _parts(call, where, stage.file):
            one = replace(call, count=1, innocent=share)
            made.append(_first_that_fits(stage, source.spawn(1)[0], one, names, where))
    return made


def _parts(call: Behaviour, where: str, file: str) -> Iterator[tuple[Sequence[str], float]]:
    """For each instance the variants that it may be, best first, and 1.0 if it is innocent: all have their turn."""
    injector = INJECTORS[call.kind]
    if call.variant is not None:
        if call.variant not in {**injector.REAL, **injector.ALIKE}:
            known = ", ".join([*injector.REAL, *injector.ALIKE])
            raise ConfigError(file, f"{where}.variant", f"expected one of {known}, found {call.variant!r}")
        yield from [((call.variant,), float(call.variant in injector.ALIKE))] * call.count
        return
    innocent = round(call.innocent * call.count)
    for variants, n, share in ((injector.REAL, call.count - innocent, 0.0), (injector.ALIKE, innocent, 1.0)):
        names = list(variants)
        yield from ((names[k % len(names) :] + names[: k % len(names)], share) for k in range(n))


def _first_that_fits(stage: Stage, rng: np.random.Generator, call: Behaviour, names: Sequence[str], where: str) -> Cast:
    reasons = []
    for name in names:
        try:
            return INJECTORS[call.kind].cast(stage, rng, replace(call, variant=name))
        except NoRoom as problem:
            reasons.append(f"{name}: {problem}")
    place = f"{call.place[0]:.3f}, {call.place[1]:.3f} within {call.radius / NAUTICAL_MILE:.3g} NM"
    raise ConfigError(stage.file, where, f"found no room for {call.kind} around {place} ({'; '.join(reasons)})")
