"""Every arrow of the drawing in `core.task`, and every one that is not there; the book's rules; migration; bounds."""

from __future__ import annotations

import itertools
import math
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from task_helpers import ALL, MORI, PLACE, Bench, T, check

from mihari.alerts import layout, tables
from mihari.alerts.actions import By, Conflict
from mihari.alerts.records import Records
from mihari.core.errors import BadInput
from mihari.core.task import CARRIED, NEXT, OVER, Task, TaskKind, TaskState, Turn
from mihari.tasks import book, shelf
from mihari.tasks.body import task_object, task_of
from mihari.tasks.charge import Charge, charge_of, same_person

S = TaskState
WAYS = {  # a way from the beginning to each state
    S.PROPOSED: (), S.ACCEPTED: (S.ACCEPTED,), S.SENT: (S.ACCEPTED, S.SENT),
    S.UNDER_WAY: (S.ACCEPTED, S.SENT, S.UNDER_WAY), S.LATE: (S.ACCEPTED, S.SENT, S.LATE),
    S.REFUSED: (S.REFUSED,), S.EXPIRED: (S.EXPIRED,), S.WITHDRAWN: (S.WITHDRAWN,),
    S.DECLINED: (S.ACCEPTED, S.SENT, S.DECLINED), S.DONE: (S.ACCEPTED, S.SENT, S.DONE),
    S.FAILED: (S.ACCEPTED, S.SENT, S.FAILED), S.LOST: (S.ACCEPTED, S.SENT, S.LOST),
}  # fmt: skip


def task_in(state: TaskState, **more: object) -> Task:
    task = Task(1, "tb3", TaskKind.LOOK, "Sato", T, places=PLACE, **more)  # type: ignore[arg-type]
    for k, one in enumerate(WAYS[state]):
        task = task.turned(Turn(T + k, one, "Mori"))
    return task


@pytest.mark.parametrize(("old", "new"), list(itertools.product(S, S)))
def test_the_arrows_that_there_are_and_no_others(old: TaskState, new: TaskState) -> None:
    task = task_in(old)
    assert task.state == old
    if new in NEXT.get(old, ()):
        assert task.turned(Turn(T + 9, new, "x")).state == new
    else:
        with pytest.raises(BadInput, match=f"task 1 is {old}: it can become"):
            task.turned(Turn(T + 9, new, "x"))


def test_every_state_is_reached_and_those_that_are_over_lead_nowhere() -> None:
    reached = {state for states in NEXT.values() for state in states}
    assert reached | {S.PROPOSED} == set(S)
    assert set(OVER) == set(S) - set(NEXT)
    assert all(task_in(state).over == (state in OVER) for state in S)
    assert all(S.WITHDRAWN in states for states in NEXT.values())
    assert [old for old, states in NEXT.items() if S.SENT in states] == [S.ACCEPTED]
    assert [old for old, states in NEXT.items() if S.ACCEPTED in states] == [S.PROPOSED]


@pytest.mark.parametrize("state", S)
def test_people_decide_in_those_states_only_in_which_it_means_something(state: TaskState) -> None:
    by = By("Mori", T + 50)
    for decision, states in (
        (book.accept, [S.PROPOSED]), (book.refuse, [S.PROPOSED]), (book.withdraw, list(NEXT)),
    ):  # fmt: skip
        if state in states:
            assert decision(task_in(state), MORI, by).turns[-1].who == "Mori"
        else:
            with pytest.raises(Conflict, match=f"task 1 is {state}"):
                decision(task_in(state), MORI, by)


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("told", [*S, None])
def test_what_a_driver_tells_is_taken_where_it_follows_and_else_passed_over(
    state: TaskState, told: TaskState | None
) -> None:
    before = task_in(state)
    after = book.told(before, told, 0.5, "why", T + 60)
    if before.over:
        assert after is before
    elif told in NEXT[state] and (state, told) != (S.LATE, S.UNDER_WAY):
        assert (after.state, after.turns[-1].why) == (told, "why")
    else:
        assert (after.turns, after.progress) == (before.turns, 0.5)


def test_time_lets_proposals_expire_and_makes_late_only_what_is_sent() -> None:
    from mihari.core.asset import LinkState

    for state in S:
        after = book.passed(task_in(state, until=T + 100), T + 200, 1.0, LinkState.UP, 0.0).state
        expected = S.EXPIRED if state in (S.PROPOSED, S.ACCEPTED) else S.LATE if state in CARRIED else state
        assert after == expected, state


def test_a_task_is_the_same_after_it_was_kept() -> None:
    for state in S:
        task = task_in(state, until=T + 5, height=300.0, progress=0.25, said="x", alert=3, vessel=9, reason="r")
        assert task_of(task_object(task)) == task


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Mori", "mori", True), ("Mori", " Mori\t", True), ("STRASSE", "straße", True), ("森", "森", True),
        ("e\u0301", "\u00e9", True), ("Mori", "Mor", False), ("", "", False), (" ", " ", False), ("I", "ı", False),
    ],
)  # fmt: skip
def test_names_are_compared_without_case_and_nobody_is_no_person(one: str, other: str, same: bool) -> None:
    assert same_person(one, other) is same


def test_a_vehicle_without_a_feed_for_tasks_or_an_operator_takes_none() -> None:
    from mihari.core.asset_sections import CameraSection, VehicleSection

    told = {"name": "tb3", "profile": "tb3"}
    reached = VehicleSection(**told, operator="Mori", tasks="link")
    assert charge_of(reached, ALL).takes_none == ""
    assert "nothing can be sent" in charge_of(VehicleSection(**told, operator="Mori"), ALL).takes_none
    assert "no operator" in charge_of(VehicleSection(**told, tasks="link"), ALL).takes_none
    assert "no operator" in charge_of(VehicleSection(**told, operator="  ", tasks="link"), ALL).takes_none
    camera = CameraSection(name="c", operator="K", url="http://x", lat_deg=0.0, lon_deg=0.0)
    assert charge_of(camera, ALL).takes_none == ""


def test_records_of_the_layout_before_get_the_tables_of_tasks(tmp_path: Path) -> None:
    address = str(tmp_path / "old.sqlite")
    old = Records(address).open()
    with old.write() as (connection, _):
        tables.task.drop(connection)
        tables.charge.drop(connection)
        connection.execute(sa.update(tables.head).values(layout=4))
    old.close()
    bench = Bench(Records(address).open())
    with bench.records.read() as connection:
        assert connection.execute(sa.select(tables.head.c.layout)).scalar_one() == tables.LAYOUT >= 5
    bench.propose()
    bench.accept(1)
    bench.turn(2)
    assert bench.state() == "under way"
    check(bench.records)
    bench.records.close()
    assert set(range(1, tables.LAYOUT)) == set(layout.STEPS)


def test_a_thousand_tasks_are_looked_after_quickly_and_no_more_are_taken(records: Records) -> None:
    bench = Bench(records)
    with records.write() as (connection, _):
        rows = []
        for number in range(1, 1000):
            task = Task(number, "tb3", TaskKind.LOOK, "Sato", T, PLACE * 50)
            body = __import__("orjson").dumps(task_object(task)).decode()
            rows.append({"number": number, "sequence": number, "asset": "tb3", "state": "proposed", "accepted": 0}
                        | {"body": body})  # fmt: skip
        connection.execute(sa.insert(tables.task), rows)
        connection.execute(sa.update(tables.head).values(sequence=1000))
    with records.read() as connection:
        made = shelf.listed(connection, limit=2000)
    assert len(made) == 999
    assert bench.propose().number == 1000
    with pytest.raises(BadInput, match="1000 tasks are open already"):
        bench.propose()
    bench.accept(1000)
    began = time.perf_counter()
    bench.turn(2)
    assert time.perf_counter() - began < 3.0  # four looks
    assert bench.state(1000) == "under way"
    with records.write() as (connection, _):
        connection.execute(sa.delete(tables.task).where(tables.task.c.number < 1000))


def test_a_row_that_nobody_can_read_is_left_out(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    bench.propose(), bench.propose()
    with bench.records.write() as (connection, head):
        connection.execute(sa.update(tables.task).where(tables.task.c.number == 1).values(body='{"number": []'))
        connection.execute(sa.update(tables.head).values(sequence=head.sequence + 1))
    bench.accept(2)
    bench.turn(2)
    assert bench.state(2) == "under way"
    with bench.records.write() as (connection, _):
        connection.execute(sa.delete(tables.task).where(tables.task.c.number == 1))


def test_who_answers_for_what_is_kept_anew_at_each_start(bench: Bench) -> None:
    with bench.records.read() as connection:
        assert shelf.charges_of(connection) == [MORI]
    bench.charge = Charge("tb3", "Kudo", (TaskKind.LOOK,), ALL)
    bench.start()
    with bench.records.read() as connection:
        assert shelf.charges_of(connection) == [bench.charge]
        assert math.isnan(task_in(S.PROPOSED).progress)
