"""Scenes, one after the other -> fleets as they are, what changed, and behaviours of fleets. State can be kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from mihari.behaviours.fleets.clusters import clusters
from mihari.behaviours.fleets.explaining import explain
from mihari.behaviours.fleets.going_on import Open
from mihari.behaviours.fleets.held import FleetChange, Held
from mihari.behaviours.fleets.leaving import Leaving
from mihari.behaviours.fleets.massing import Massing
from mihari.behaviours.fleets.parameters import Parameters
from mihari.behaviours.fleets.roster import Members
from mihari.behaviours.fleets.scene import Scene, Surroundings, sound
from mihari.behaviours.fleets.tracking import Tracking
from mihari.behaviours.fleets.view import told, view
from mihari.core.behaviour import Behaviour, Fleet


@dataclass(frozen=True, slots=True)
class FleetStep:
    """What one step found. `behaviours`: those that are new, revised or ended; `refused`: rows left out, by reason."""

    time: int  # UTC s
    fleets: tuple[Fleet, ...] = ()
    changes: tuple[FleetChange, ...] = ()
    behaviours: tuple[Behaviour, ...] = ()
    refused: dict[str, int] = field(default_factory=dict)


class FleetBook:
    """All fleets of a picture. Same scenes, same fleets, whatever the order of rows.

    >>> import numpy as np
    >>> book = FleetBook()
    >>> scene = Scene.of(6, key=np.arange(1, 7), lat_deg=30 + np.arange(6) * 0.003, lon_deg=125.0, east_mps=0.2,
    ...     north_mps=0.0)
    >>> [len(book.step(time, scene).fleets) for time in range(1_800_000_000, 1_800_000_661, 60)]
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]
    >>> book.step(1_800_000_720, scene).fleets[0].members
    (1, 2, 3, 4, 5, 6)
    """

    def __init__(self, parameters: Parameters | None = None) -> None:
        self.parameters = parameters or Parameters()
        self.refused: Counter[str] = Counter()
        self.time = -1
        self._tracking = Tracking(self.parameters)
        self._leaving = Leaving(self.parameters)
        self._massing = Massing(self.parameters)

    def step(self, time: int, scene: Scene, surroundings: Surroundings | None = None) -> FleetStep:
        """The fleets at `time` (whole UTC s, later than before); ValueError for a time that is not later."""
        if time <= self.time:
            raise ValueError(f"fleets at {time} s: expected a time after {self.time} s")
        self.time = time
        if len(scene) == 0 and not self._going_on:
            return FleetStep(time)
        around = surroundings or Surroundings()
        good, refused = sound(scene)
        self.refused.update(refused)
        label = clusters(good, self.parameters)
        tracking = self._tracking
        changes = tracking.step(time, good, label)
        seen = view(time, good, tracking.members, tracking.confirmed(time), tracking.held, self.parameters)
        changes += explain(seen, around, self.parameters)
        behaviours = self._leaving.step(good, seen, around) + self._massing.step(seen)
        return FleetStep(time, told(seen, self.parameters), tuple(changes), tuple(behaviours), refused)

    @property
    def _going_on(self) -> bool:
        """Whether there is a fleet, a candidate, or something told of one."""
        tracking = self._tracking
        return bool(tracking.held or len(tracking.members) or self._leaving.open or self._massing.open)

    def going_on(self) -> tuple[Behaviour, ...]:
        """All behaviours of fleets that go on, as last told."""
        both = (*self._leaving.open.values(), *self._massing.open.values())
        return tuple(going.behaviour for going in both)

    def state(self) -> dict[str, Any]:
        """All that the next step meets: arrays by name, and JSON values."""
        return {
            "time": self.time,
            "members": self._tracking.members.columns(),
            "held": [fleet.to_json() for fleet in self._tracking.held.values()],
            "leaving": [going.to_json() for going in self._leaving.open.values()],
            "massing": [going.to_json() for going in self._massing.open.values()],
            "refused": dict(self.refused),
        }

    def restore(self, state: dict[str, Any], seen: Iterable[Fleet] = ()) -> None:
        """Go on from a state. A fleet that forms anew and is one of those `seen` by people keeps its number."""
        self.time = state["time"]
        self.refused = Counter(state["refused"])
        self._tracking.members = Members(**state["members"])
        self._tracking.held = {f.id: f for f in map(Held.of_json, state["held"])}
        self._leaving.open = {going.behaviour.id: going for going in map(Open.of_json, state["leaving"])}
        self._massing.open = {going.behaviour.fleet: going for going in map(Open.of_json, state["massing"])}
        self._tracking.seen = [(fleet.id, fleet.began, frozenset(fleet.members)) for fleet in seen]
