"""The tables `[[behaviour]]` and `[[cable]]` of a scenario file: what is to happen where, when and how often."""

from __future__ import annotations

from dataclasses import dataclass

from mihari.core.errors import ConfigError
from mihari.core.units import NAUTICAL_MILE
from mihari.simulate.toml_keys import key

BEHAVIOURS = (
    "ais_off",
    "false_position",
    "cloned_identity",
    "changed_identity",
    "rendezvous",
    "loitering",
    "loitering_cable",
    "fleet",
    "shadowing",
    "dash",
    "drifting",
    "distress",
)


@dataclass(frozen=True, slots=True)
class Behaviour:
    """`count` happenings of one kind around `place` within `radius` m, between `start` and `end` (s after the start).

    `innocent`: the share of look-alikes. `variant`: only this one of the kind's variants. `threshold`: s, instead of
    the definition's own time, for short scenarios. `size`: members of a fleet. `cable`: by its name.
    """

    kind: str = key("kind", "text")
    place: tuple[float, float] = key("around_deg", "place")
    radius: float = key("radius_nm", "number", 5 * NAUTICAL_MILE, unit=NAUTICAL_MILE, low=0.05, high=200)
    count: int = key("count", "whole", 1, low=1, high=10_000)
    start: float = key("from_s", "number", 0.0, low=0, high=1e8)
    end: float | None = key("to_s", "number", None, low=0, high=1e8)  # None: the scenario's end
    innocent: float = key("innocent", "number", 0.5, low=0, high=1)
    variant: str | None = key("variant", "text", None)
    threshold: float | None = key("threshold_s", "number", None, low=10, high=1e6)
    size: int | None = key("size", "whole", None, low=2, high=5000)
    cable: str | None = key("cable", "text", None)


@dataclass(frozen=True, slots=True)
class Cable:
    """A cable or pipeline on the sea bed."""

    name: str = key("name", "text")
    points: tuple[tuple[float, float], ...] = key("points_deg", "places")


def check_calls(calls: tuple[Behaviour, ...], cables: tuple[Cable, ...], duration: float, file: str) -> None:
    """ConfigError for a kind or a cable that does not exist, or a window that lies outside the scenario's time."""
    known = [cable.name for cable in cables]
    for i, name in enumerate(known):
        if name in known[:i]:
            raise ConfigError(file, f"cable[{i}].name", f"{name!r} is taken")
    for i, call in enumerate(calls):
        where = f"behaviour[{i}]"
        if call.kind not in BEHAVIOURS:
            raise ConfigError(file, f"{where}.kind", f"expected one of {', '.join(BEHAVIOURS)}, found {call.kind!r}")
        if call.cable is not None and call.cable not in known:
            names = ", ".join(known) or "none"
            raise ConfigError(file, f"{where}.cable", f"no cable is named {call.cable!r}; known are {names}")
        if call.kind == "loitering_cable" and not known:
            raise ConfigError(file, where, "expected a [[cable]] in the scenario")
        end = duration if call.end is None else call.end
        if not call.start < end <= duration:
            problem = f"expected from_s < to_s <= duration_s, found {call.start:g} and {end:g} with {duration:g}"
            raise ConfigError(file, where, problem)
