"""Decisions about one task, pure: who may propose, accept, refuse and withdraw; what a driver told; what time makes.

Any person proposes, and withdraws what is only proposed; the operator alone accepts and refuses; later the operator or
the one who proposed it withdraws. Times are UTC s by the clock.
"""

from __future__ import annotations

import math
from dataclasses import replace

from mihari.alerts.actions import By, Conflict, noted
from mihari.alerts.alert import SYSTEM
from mihari.core.asset import LinkState
from mihari.core.errors import BadInput
from mihari.core.task import CARRIED, NEXT, Task, TaskState, Turn, check_task
from mihari.core.times import told_time
from mihari.tasks.charge import BEFOREHAND, Charge, same_person

PROPOSED_S = 600.0  # a proposal that nobody answers is stale: vessels have moved on
UNSENT_S = 600.0  # accepted, but the vehicle cannot be reached
AWAY_UNSENT_S = 24 * 3600.0  # the same of one that is heard only when it comes up
LOST_S = 120.0  # the link to a vehicle with a task is lost for so long
AWAY_S = 1800.0  # a diver is missed so long after it should have been done
S = TaskState


class Forbidden(BadInput):
    """It is not for this person to decide."""


def propose(task: Task, charge: Charge | None, now: float) -> Task:
    """The task as it may be proposed; BadInput where it cannot be meant, or its asset takes no such tasks."""
    if charge is None:
        raise BadInput(f"there is no vehicle or camera called {task.asset!r} in the node file")
    if charge.takes_none:
        raise BadInput(charge.takes_none)
    if task.kind not in charge.kinds:
        raise BadInput(f"{task.asset} cannot {task.kind}: expected {' or '.join(charge.kinds)}")
    check_task(task)
    if task.until <= now:
        raise BadInput(f"until: {told_time(task.until)} has passed")
    if not (math.isfinite(task.until) or task.until == math.inf):
        raise BadInput("until: expected a time")
    if not (math.isfinite(task.begin) or task.begin == -math.inf):
        raise BadInput("begin: expected a time")
    return replace(task, reason=noted(task.reason), time=now, turns=(), progress=math.nan, said="")


def accept(task: Task, charge: Charge | None, by: By, note: str = "") -> Task:
    """Its operator says yes: from now on it may be sent."""
    _operates(task, charge, by, "accepts")
    return _turned(task, S.ACCEPTED, by, note)


def beforehand(task: Task, charge: Charge | None, now: float) -> Task | None:
    """The task as its operator has accepted it beforehand; None where he has not."""
    if charge is None or charge.takes_none or task.kind not in charge.accepts or task.kind not in charge.kinds:
        return None
    if task.state != S.PROPOSED:
        return None
    return task.turned(Turn(_after(task, now), S.ACCEPTED, charge.operator, BEFOREHAND))


def refuse(task: Task, charge: Charge | None, by: By, note: str = "") -> Task:
    """Its operator says no."""
    _operates(task, charge, by, "refuses")
    return _turned(task, S.REFUSED, by, note)


def withdraw(task: Task, charge: Charge | None, by: By, note: str = "") -> Task:
    """It shall not be done after all; the vehicle is told where it has it."""
    operator = "" if charge is None else charge.operator
    if task.state != S.PROPOSED and not (same_person(by.who, task.who) or same_person(by.who, operator)):
        may = " or ".join(dict.fromkeys(name for name in (operator, task.who) if name))
        raise Forbidden(f"task {task.number} is {task.state}: only {may} can withdraw it, not {by.who}")
    return _turned(task, S.WITHDRAWN, by, note)


def told(
    task: Task, state: TaskState | None, progress: float, why: str, now: float, who: str = SYSTEM, said: bool = True
) -> Task:
    """The task after its driver told: progress, and a new state where that is one.

    What is late stays late until it is over. A state in which it is already, or that does not follow, is none.

    >>> from mihari.core.task import TaskKind
    >>> task = Task(1, "tb3", TaskKind.RETURN, "Sato", 0.0).turned(Turn(1.0, S.ACCEPTED, "Mori"))
    >>> task = told(told(task, S.SENT, math.nan, "", 2.0), S.UNDER_WAY, 0.25, "item 1 of 4", 3.0)
    >>> task.state.value, task.progress, task.said, told(task, S.ACCEPTED, 0.5, "", 4.0).state.value
    ('under way', 0.25, 'item 1 of 4', 'under way')
    """
    if task.over:
        return task
    share = min(max(progress, 0.0), 1.0) if math.isfinite(progress) else task.progress
    task = replace(task, progress=share, said=noted(why[:500]) if said and why else task.said)
    if state is None or state == task.state or (task.state == S.LATE and state == S.UNDER_WAY):
        return task
    if state not in NEXT.get(task.state, ()):
        return task
    if state == S.DONE:
        task = replace(task, progress=1.0)
    return task.turned(Turn(_after(task, now), state, who, noted(why[:500])))


def called_off(task: Task, confirmed: bool) -> Task:
    """A withdrawn task once its vehicle has confirmed that it gave it up, or is told no more."""
    said = task.said if confirmed else "it did not confirm that it gave the task up"
    return replace(task, called_off=True, said=said)


def passed(task: Task, now: float, age: float, link: LinkState, lost: float, free: float = math.inf) -> Task:
    """The task after time has passed.

    `age`: s in this state, by whichever clock says more; `lost`: s for which its vehicle's link has been lost; `free`:
    s for which its vehicle has had nothing else to do.
    """
    due = now - task.begin
    if task.state == S.PROPOSED:
        if min(age, due) >= PROPOSED_S:
            return _told_over(task, S.EXPIRED, now, f"nobody answered within {PROPOSED_S / 60:.0f} min")
        return _told_over(task, S.EXPIRED, now, "nobody answered in time") if now >= task.until else task
    if task.state == S.ACCEPTED:
        patience = AWAY_UNSENT_S if link == LinkState.AWAY else UNSENT_S
        if now >= task.until:
            return _told_over(task, S.EXPIRED, now, "it could not be sent in time")
        unsent = min(age, free, due)
        return _told_over(task, S.EXPIRED, now, _unsent(task, unsent, link)) if unsent >= patience else task
    if task.state in CARRIED:
        return _passed_carried(task, now, link, lost)
    return task


def _passed_carried(task: Task, now: float, link: LinkState, lost: float) -> Task:
    if lost >= LOST_S:
        return _told_over(task, S.LOST, now, f"nothing was heard of {task.asset} for {lost:.0f} s")
    if link == LinkState.AWAY and now >= task.until + AWAY_S:
        return _told_over(task, S.LOST, now, f"{task.asset} has not come back {AWAY_S / 60:.0f} min after its time")
    if task.state != S.LATE and now >= task.until:
        return task.turned(Turn(_after(task, now), S.LATE, SYSTEM, f"not done by {told_time(task.until)}"))
    return task


def _unsent(task: Task, age: float, link: LinkState) -> str:
    heard = {LinkState.NEVER: "was never heard", LinkState.LOST: "is not heard", LinkState.AWAY: "is away"}
    return f"it could not be sent for {age / 60:.0f} min: {task.asset} {heard.get(link, 'does not answer')}"


def _told_over(task: Task, state: TaskState, now: float, why: str) -> Task:
    return task.turned(Turn(_after(task, now), state, SYSTEM, why))


def _operates(task: Task, charge: Charge | None, by: By, does: str) -> None:
    if charge is None or not charge.operator:
        raise Forbidden(f"nobody {does} tasks of {task.asset}: the node file names no operator of it")
    if not same_person(by.who, charge.operator):
        raise Forbidden(f"only {charge.operator} {does} tasks of {task.asset}, not {by.who}")


def _turned(task: Task, state: TaskState, by: By, note: str) -> Task:
    if by.version is not None and by.version != task.version:
        raise Conflict(f"task {task.number} has changed since you saw it: look at it again, then decide")
    try:
        return task.turned(Turn(_after(task, by.now), state, by.who, noted(note)))
    except BadInput as problem:
        raise Conflict(str(problem)) from None


def _after(task: Task, now: float) -> float:
    """Turns never go back in time, though a clock may be set back."""
    return max(now, task.since)
