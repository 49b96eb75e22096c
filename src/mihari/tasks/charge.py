"""Who answers for a vehicle or camera, and what may be sent to it: the gate that every byte to a vehicle passes.

`barred` is asked before anything goes out, with the charge as the node file has it now and with the acceptance as the
audit has it; a row of the records that merely says "accepted" opens nothing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from mihari.alerts.text import NAME_MAX, clean
from mihari.core.asset_sections import CameraSection, OperatedSection, VehicleSection
from mihari.core.task import CARRIED, Task, TaskKind, TaskState, Turn

BEFOREHAND = "accepted beforehand, by `accepts` of the node file"
ALL = tuple(TaskKind)


@dataclass(frozen=True, slots=True)
class Charge:
    """Who answers for an asset: its `operator`, "" nobody; `accepts`: kinds he has accepted beforehand; `kinds` that it
    can do."""

    asset: str
    operator: str = ""
    accepts: tuple[TaskKind, ...] = ()
    kinds: tuple[TaskKind, ...] = ()

    @property
    def takes_none(self) -> str:
        """Why it takes no tasks at all; "" where it takes some."""
        if not self.operator:
            return f"{self.asset} takes no tasks: the node file names no operator who could accept them"
        return "" if self.kinds else f"{self.asset} takes no tasks: nothing can be sent to it"


def charge_of(section: OperatedSection, kinds: Iterable[TaskKind]) -> Charge:
    """The charge of a `[[vehicle]]` or `[[camera]]` that can do these kinds of tasks.

    >>> section = VehicleSection(name="tb3", profile="tb3", operator="Mori", accepts=("look",))
    >>> charge_of(section, [TaskKind.LOOK]).accepts
    (<TaskKind.LOOK: 'look'>,)
    """
    reached = isinstance(section, CameraSection) or (isinstance(section, VehicleSection) and bool(section.tasks))
    return Charge(
        section.name, clean(section.operator, NAME_MAX), tuple(section.accepts), tuple(kinds) if reached else ()
    )


def same_person(one: str, other: str) -> bool:
    """Whether two names are one person's, whatever their case; nobody is no person.

    >>> same_person("Mori", " MORI"), same_person("", ""), same_person("Mori", "Morita")
    (True, False, False)
    """
    return bool(_folded(one)) and _folded(one) == _folded(other)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", " ".join(name.split())).casefold()


def ordered(task: Task) -> tuple[object, ...]:
    """What the vehicle is told to do: what an acceptance is worth for.

    >>> ordered(Task(1, "tb3", TaskKind.RETURN, "Sato", 0.0))
    (1, 'tb3', <TaskKind.RETURN: 'return'>, (), 0, None, -inf, inf)
    """
    height = None if task.height != task.height else task.height
    return task.number, task.asset, task.kind, task.places, task.vessel, height, task.begin, task.until


def acceptance(task: Task) -> Turn | None:
    """The turn by which it was accepted: the first of all, and the only one."""
    accepted = [turn for turn in task.turns if turn.state == TaskState.ACCEPTED]
    return accepted[0] if len(accepted) == 1 and task.turns[0] is accepted[0] else None


def barred(task: Task, charge: Charge | None, audited: Task | None) -> str:
    """Why nothing may be sent for this task; "" where it may.

    `charge`: of the node file as it is now, None where it names no such asset; `audited`: the task as it was accepted,
    by the audit's row, None where there is none that holds.

    >>> charge = Charge("tb3", "Mori", (), (TaskKind.RETURN,))
    >>> task = Task(1, "tb3", TaskKind.RETURN, "Sato", 0.0)
    >>> barred(task, charge, None)
    'nobody has accepted it'
    >>> by_eve = task.turned(Turn(1.0, TaskState.ACCEPTED, "Eve"))
    >>> barred(by_eve, charge, by_eve)
    'it was accepted by Eve, who does not operate tb3'
    >>> by_mori = task.turned(Turn(1.0, TaskState.ACCEPTED, "mori"))
    >>> barred(by_mori, charge, by_eve), barred(by_mori, charge, by_mori)
    ('its acceptance is not that of the audit', '')
    """
    if charge is None or charge.asset != task.asset:
        return f"the node file has no vehicle or camera called {task.asset}"
    if charge.takes_none:
        return charge.takes_none
    if task.kind not in charge.kinds:
        return f"{task.asset} cannot {task.kind}"
    turn = acceptance(task)
    if turn is None:
        return "nobody has accepted it"
    if not same_person(turn.who, charge.operator):
        return f"it was accepted by {turn.who or 'nobody'}, who does not operate {task.asset}"
    if turn.why == BEFOREHAND and task.kind not in charge.accepts:
        return f"tasks to {task.kind} are no longer accepted beforehand"
    if audited is None or acceptance(audited) != turn or ordered(audited) != ordered(task):
        return "its acceptance is not that of the audit"
    calling_off = task.state == TaskState.WITHDRAWN and task.carried
    if task.state not in (TaskState.ACCEPTED, *CARRIED) and not calling_off:
        return f"it is {task.state}"
    return ""
