"""The seam to vehicles and cameras: a `Driver` turns one task into bytes, and what comes back into turns of the task.

A driver has no socket, no clock and no records: `mihari.tasks.runner` gives it messages, sends what it gives, and asks
the gate (`charge.barred`) before every byte.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from mihari.core.asset import Asset, AssetKind
from mihari.core.picture import Picture
from mihari.core.task import Task, TaskState
from mihari.tasks.charge import Charge


class Told(NamedTuple):
    """What a driver learnt: the state that follows from it (None: none), progress 0 to 1 (NaN: not told), and why."""

    state: TaskState | None
    progress: float = math.nan
    why: str = ""


class Driver(Protocol):
    """One task of one vehicle. All times are UTC s."""

    def begin(self, task: Task, asset: Asset, now: float) -> None:
        """Carry this out from now on; one that is under way already is asked of the vehicle. BadInput where the vehicle
        cannot be told to do it.
        """

    def hear(self, message: dict[str, Any], now: float) -> None:
        """What the vehicle, or another one on its feed, said; what is none of this driver's is passed over."""

    def tick(self, now: float, picture: Picture | None) -> list[bytes]:
        """What is to be sent now; called twice a second."""
        ...

    def told(self) -> list[Told]:
        """What was learnt since the last call. After `stop`, WITHDRAWN says that the vehicle has understood."""
        ...

    def stop(self, now: float) -> None:
        """It was withdrawn: tell the vehicle to hold, or to do what its own autopilot does then."""


@dataclass(frozen=True, slots=True)
class Post:
    """A vehicle or camera of the node file: who answers for it, the feed over which it is told, who can tell it."""

    charge: Charge
    kind: AssetKind
    feed: str
    make: Callable[[], Driver]

    @property
    def asset(self) -> str:
        """Its name."""
        return self.charge.asset
