"""What a vehicle or camera of ours is asked to do: propose, accepted or refused by its operator, sent, done.

    proposed ─▶ accepted ─▶ sent ─▶ under way ─▶ done
        │          │          │         ├──────▶ failed (it says so itself)
        │          │          │         └─▶ late (still under way) ─▶ done | lost
        │          │          └─▶ declined (the vehicle says no) | lost (it does not answer)
        │          └─▶ expired (it could not be sent in time)
        ├─▶ refused (its operator says no)
        └─▶ expired (nobody said anything in time)         and from every state before its end ─▶ withdrawn

Nothing is sent before `accepted`, and only the operator whom the node file names accepts, or has said beforehand that
tasks of this kind need no word of his.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from enum import StrEnum

from mihari.core.asset import Place
from mihari.core.errors import BadInput


class TaskKind(StrEnum):
    """What is asked for."""

    LOOK = "look"  # go where a place, or a vessel, can be seen, and look at it
    FOLLOW = "follow"  # keep a vessel in sight
    SEARCH = "search"  # look over an area, or along a way
    HOLD = "hold"  # stay about a place
    LISTEN = "listen"  # be silent at a place and hear, under water
    STILL = "still"  # a picture of a vessel
    CLIP = "clip"  # moving pictures of a vessel
    RETURN = "return"  # come back to where it belongs, at once
    LAND = "land"  # when all before is done, come in: at home, to a place, to a ship


class TaskState(StrEnum):
    """How far it is; see the drawing at the head of this module."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    EXPIRED = "expired"
    SENT = "sent"
    DECLINED = "declined"
    UNDER_WAY = "under way"
    LATE = "late"
    DONE = "done"
    FAILED = "failed"
    LOST = "lost"
    WITHDRAWN = "withdrawn"


S = TaskState
NEXT: dict[TaskState, tuple[TaskState, ...]] = {
    S.PROPOSED: (S.ACCEPTED, S.REFUSED, S.EXPIRED, S.WITHDRAWN),
    S.ACCEPTED: (S.SENT, S.DECLINED, S.LOST, S.EXPIRED, S.WITHDRAWN),
    S.SENT: (S.UNDER_WAY, S.DECLINED, S.DONE, S.FAILED, S.LATE, S.LOST, S.WITHDRAWN),
    S.UNDER_WAY: (S.DONE, S.FAILED, S.LATE, S.LOST, S.WITHDRAWN),
    S.LATE: (S.UNDER_WAY, S.DONE, S.FAILED, S.LOST, S.WITHDRAWN),
}
OVER = tuple(state for state in TaskState if state not in NEXT)
CARRIED = (S.SENT, S.UNDER_WAY, S.LATE)  # the vehicle has it, or may have it
MOST_PLACES = 200
HEIGHT_MAX = 25_000.0  # m, up or down


@dataclass(frozen=True, slots=True)
class Turn:
    """One change of a task's state: when, to what, by whom, why."""

    time: float  # UTC s
    state: TaskState
    who: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """One task. `places`: (lat_deg, lon_deg) each; `vessel`: id in the picture, 0 none; m, UTC s.

    >>> task = Task(1, "tb3", TaskKind.LOOK, "Sato", 100.0, places=((26.0, 127.0),), until=4000.0)
    >>> task = task.turned(Turn(100.0, TaskState.ACCEPTED, "Mori"))
    >>> task.state, task.over, task.turned(Turn(130.0, TaskState.SENT, "node")).since
    (<TaskState.ACCEPTED: 'accepted'>, False, 130.0)
    """

    number: int
    asset: str
    kind: TaskKind
    who: str  # proposed it
    time: float  # when
    places: tuple[Place, ...] = ()
    vessel: int = 0
    height: float = math.nan  # to fly at; NaN: the vehicle's own working height
    until: float = math.inf  # to be done by then; later it is late
    reason: str = ""
    alert: int = 0  # that it is for; 0 none
    begin: float = -math.inf  # not to be sent before
    progress: float = math.nan  # 0 to 1
    said: str = ""  # what the vehicle told last
    called_off: bool = False  # withdrawn, and the vehicle that had it knows, or was told in vain
    turns: tuple[Turn, ...] = field(default=())

    @property
    def state(self) -> TaskState:
        """How far it is."""
        return self.turns[-1].state if self.turns else TaskState.PROPOSED

    @property
    def since(self) -> float:
        """When it came into this state."""
        return self.turns[-1].time if self.turns else self.time

    @property
    def version(self) -> int:
        """Grows with each turn, not with progress: whoever decides says which one he saw."""
        return len(self.turns)

    @property
    def over(self) -> bool:
        """Whether nothing can become of it any more."""
        return self.state not in NEXT

    @property
    def carried(self) -> bool:
        """Whether its vehicle has it, or had it."""
        return any(turn.state in CARRIED for turn in self.turns)

    def turned(self, turn: Turn) -> Task:
        """The task after a turn. BadInput where its state does not lead there."""
        if turn.state not in NEXT.get(self.state, ()):
            may = " or ".join(NEXT.get(self.state, ())) or "nothing else"
            raise BadInput(f"task {self.number} is {self.state}: it can become {may}, not {turn.state}")
        return replace(self, turns=(*self.turns, turn))


def check_task(task: Task) -> None:
    """BadInput where a task cannot be meant.

    >>> check_task(Task(1, "tb3", TaskKind.SEARCH, "Sato", 0.0))
    Traceback (most recent call last):
    ...
    mihari.core.errors.BadInput: a task to search needs places, at least 2
    """
    least = {TaskKind.SEARCH: 2, TaskKind.HOLD: 1, TaskKind.LISTEN: 1}.get(task.kind, 0)
    if len(task.places) < least:
        raise BadInput(f"a task to {task.kind} needs places, at least {least}")
    if task.kind in (TaskKind.LOOK, TaskKind.STILL, TaskKind.CLIP) and not task.places and not task.vessel:
        raise BadInput(f"a task of kind {task.kind} needs a place or a vessel")
    if task.kind == TaskKind.LAND and len(task.places) > 1:
        raise BadInput("a task to land has one place at most")
    if not task.begin < task.until:
        raise BadInput("begin: expected a time before until")
    if task.kind == TaskKind.FOLLOW and not task.vessel:
        raise BadInput("a task to follow needs a vessel")
    if len(task.places) > MOST_PLACES:
        raise BadInput(f"a task has at most {MOST_PLACES} places")
    if not (math.isnan(task.height) or abs(task.height) <= HEIGHT_MAX):
        raise BadInput(f"height: expected at most {HEIGHT_MAX:g} m above or under the sea, found {task.height:g}")
    for lat_deg, lon_deg in task.places:
        if not (abs(lat_deg) <= 90.0 and abs(lon_deg) <= 180.0):
            raise BadInput(f"{lat_deg}, {lon_deg} is no place: expected degrees north and east")
