"""A sortie of the plan in force -> proposals of its tasks in the records; those of a plan that is replaced go.

They pass the door of all proposals (`tasks.shelf.propose`): operators accept them as any others. Nothing that is open
already is proposed twice.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Collection, Container, Iterable, Mapping
from typing import Any

from mihari.alerts.actions import By, Conflict
from mihari.alerts.records import Records
from mihari.core.errors import BadInput
from mihari.core.task import Task, TaskKind, TaskState
from mihari.core.times import told_time
from mihari.patrol.plan import Plan, Sortie
from mihari.patrol.tasking import Proposal
from mihari.tasks import book, shelf
from mihari.tasks.charge import Charge
from mihari.tasks.shelf import Wanted

LATE_S = 600.0  # a sortie that was to leave so long ago can still be proposed
Key = tuple[Any, ...]


def sortie_to_propose(plan: Plan, charge: Charge | None, vehicle: str, launch: float, now: float) -> Sortie:
    """The sortie, if its tasks can be proposed at `now` (UTC s); BadInput with the reason why not, Conflict where the
    plan has none (any more).
    """
    if why := takes_none(vehicle, charge):
        raise BadInput(why)
    found = next((s for s in plan.of(vehicle) if abs(s.launch - launch) < 1.0), None)
    if found is None:
        raise Conflict(f"the plan in force has no sortie of {vehicle} that leaves at {told_time(launch)}")
    if has_left(plan, found, now):
        raise Conflict(f"{vehicle} was to leave at {told_time(launch)}: expected a sortie that is still to leave")
    return found


def takes_none(vehicle: str, charge: Charge | None) -> str:
    """Why a vehicle of the plan takes no tasks at all, a sentence; "" where it takes some."""
    if charge is None:
        return f"{vehicle}: the node file has no [[vehicle]] of this name, so nobody can be asked"
    return charge.takes_none


def has_left(plan: Plan, sortie: Sortie, now: float) -> bool:
    """Whether it was to leave too long ago to be proposed at `now` (UTC s); who is aloft already flies the plan from
    its beginning on.

    >>> aloft = Sortie("tb2", "", 0.0, 26.0, 126.0, (), "field", 9000.0, 26.0, 126.0)
    >>> plan = Plan("bay", 3600.0, 9000.0, (aloft,))
    >>> has_left(plan, aloft, 4200.0), has_left(plan, aloft, 4201.0)
    (False, True)
    """
    return (sortie.launch if sortie.start else max(sortie.launch, plan.begin)) < now - LATE_S


def told(proposal: Proposal) -> dict[str, Any]:
    """A proposal as JSON values, `wanted_of` the other way."""
    w = proposal.wanted
    height = None if math.isnan(w.height) else w.height
    return {
        "asset": w.asset, "kind": str(w.kind), "places": [list(place) for place in w.places], "vessel": w.vessel,
        "height": height, "until": w.until, "reason": w.reason, "begin": w.begin,
    }  # fmt: skip


def wanted_of(values: Mapping[str, Any]) -> Wanted:
    """What `told` told.

    >>> one = Wanted("tb2", TaskKind.HOLD, ((26.0, 126.0),), until=90.0, reason="plan bay", begin=10.0)
    >>> wanted_of(told(Proposal(one, (0,)))).places
    ((26.0, 126.0),)
    """
    return Wanted(
        values["asset"], TaskKind(values["kind"]), tuple((lat, lon) for lat, lon in values["places"]), values["vessel"],
        math.nan if values["height"] is None else values["height"], values["until"], values["reason"],
        begin=values["begin"],
    )  # fmt: skip


def propose(records: Records, by: By, wanted: Iterable[Wanted]) -> tuple[list[int], list[str]]:
    """Numbers of the tasks that are proposed now, and sentences on what was left out. BadInput where one is not taken;
    those before it stay proposed.
    """
    numbers: list[int] = []
    left_out: list[str] = []
    for one in wanted:
        with records.read() as connection:
            there = {key_of(task) for task in shelf.listed(connection, shelf.OPEN, one.asset)}
            charge = shelf.charge(connection, one.asset)
        if why := why_not(one, there, tuple(TaskKind) if charge is None else charge.kinds, by.now):
            left_out.append(why)
        else:
            numbers.append(shelf.propose(records, by, one).number)
    return numbers, list(dict.fromkeys(left_out))


def why_not(one: Wanted, there: Collection[Key], kinds: Container[TaskKind], now: float) -> str:
    """Why a task is left out at `now` (UTC s), a sentence; "" where it is proposed. `there`: keys of those that are
    open; `kinds`: that its vehicle can do.

    >>> one = Wanted("tb2", TaskKind.HOLD, ((26.0, 126.0),), until=90.0, begin=10.0)
    >>> why_not(one, {key_of(one)}, [TaskKind.HOLD], 20.0), why_not(one, set(), [], 20.0)
    ('tb2: what is proposed already', 'tb2: it cannot hold')
    >>> why_not(one, set(), [TaskKind.HOLD], 90.0), why_not(one, set(), [TaskKind.HOLD], 89.0)
    ('tb2: what was to be over by now', '')
    """
    if key_of(one) in there:
        return f"{one.asset}: what is proposed already"
    if one.kind not in kinds:
        return f"{one.asset}: it cannot {one.kind}"
    return f"{one.asset}: what was to be over by now" if one.until <= now else ""


def withdraw(records: Records, by: By, of: str, why: str) -> int:
    """Withdraw every proposal that nobody has accepted whose reason begins with `of`; how many there were."""
    with records.read() as connection:
        found = [t for t in shelf.listed(connection, [TaskState.PROPOSED]) if t.reason.startswith(of)]
    count = 0
    for task in found:
        with contextlib.suppress(Conflict):  # its operator has just decided
            shelf.decide(records, By(by.who, by.now, task.version), task.number, book.withdraw, why)
            count += 1
    return count


def key_of(one: Task | Wanted) -> Key:
    """By which a task is known to have been proposed already."""
    return one.asset, one.kind, one.begin, one.vessel, one.places
