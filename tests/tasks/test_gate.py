"""Nothing reaches a vehicle unless its operator has accepted it: forged rows, changed node files, all ways."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from task_helpers import ALL, MORI, PLACE, Bench, T

from mihari.alerts import tables
from mihari.alerts.alert import Entry
from mihari.alerts.records import Records
from mihari.alerts.shelf import written
from mihari.core.task import NEXT, Task, TaskKind, TaskState, Turn
from mihari.tasks.body import task_object
from mihari.tasks.charge import BEFOREHAND, Charge, barred
from mihari.tasks.driver import Post
from mihari.tasks.memory import MemoryDriver
from mihari.tasks.runner import Runner

S = TaskState


@pytest.fixture
def forged(tmp_path: Any) -> Any:
    """A bench whose records are not checked in the end: they are forged."""
    one = Records(tmp_path / "forged.sqlite").open()
    yield Bench(one)
    one.close()


def put(bench: Bench, task: Task, **columns: Any) -> None:
    """Write a task's row past everything."""
    row = {"state": str(task.state), "asset": task.asset, "body": orjson.dumps(task_object(task)).decode()} | columns
    with bench.records.write() as (connection, head):
        connection.execute(sa.update(tables.task).where(tables.task.c.number == task.number).values(row))
        connection.execute(sa.update(tables.head).values(sequence=head.sequence + 1))


def silent(bench: Bench, seconds: float = 5.0) -> bool:
    """Whether the vehicle hears nothing for a while, nor after a new start of the node."""
    bench.turn(seconds)
    bench.start()
    bench.turn(seconds)
    return bench.vehicle.asked == []


@pytest.mark.parametrize("who", ["Eve", "Sato", "mihari", "", "Mori Mori", "tb3"])
@pytest.mark.parametrize("state", [S.ACCEPTED, S.SENT, S.UNDER_WAY, S.LATE, S.WITHDRAWN])
def test_a_row_forged_as_accepted_by_another_opens_nothing(forged: Bench, who: str, state: TaskState) -> None:
    task = forged.propose()
    task = replace(task, turns=(Turn(T, S.ACCEPTED, who), Turn(T, S.SENT, "mihari"), Turn(T, state, "x")))
    put(forged, task if state != S.ACCEPTED else replace(task, turns=task.turns[:1]))
    assert silent(forged)
    assert forged.state() in ("withdrawn", "lost")


def test_a_row_forged_in_the_operators_name_has_no_row_in_the_audit(forged: Bench) -> None:
    task = forged.propose()
    for row in (0, 1, 2, 99):
        put(forged, replace(task, turns=(Turn(T, S.ACCEPTED, "Mori"),)), accepted=row)
        assert silent(forged)


def test_a_forged_row_of_the_audit_is_not_in_the_chain(forged: Bench) -> None:
    task = forged.propose()
    forged.propose()
    accepted = replace(task, turns=(Turn(T, S.ACCEPTED, "Mori"),))
    entry = Entry("task accepted", "", "Mori", T, 0, {}, {"task": task_object(accepted)})
    with forged.records.write() as (connection, head):
        written(connection, head, [entry], T)  # as the program does, but the head is left as it was
    put(forged, accepted, accepted=3)
    assert silent(forged)


def test_an_acceptance_is_worth_only_for_what_was_accepted(forged: Bench) -> None:
    forged.propose()
    task = forged.accept(1)
    for changed in (
        replace(task, places=((10.0, 20.0),)), replace(task, kind=TaskKind.SEARCH, places=(*PLACE, *PLACE)),
        replace(task, vessel=7), replace(task, height=10.0), replace(task, until=T + 1e6),
    ):  # fmt: skip
        put(forged, changed)
        assert silent(forged, 2.0)
        put(forged, task)
    # and as it was, it goes
    forged.turn(2)
    assert forged.asked == ["begin"]


def test_the_acceptance_of_one_task_does_not_open_another(forged: Bench) -> None:
    forged.propose()
    first = forged.accept(1)
    forged.withdraw(1)
    second = forged.propose(kind=TaskKind.LOOK)
    put(forged, replace(second, turns=first.turns), accepted=3)
    assert silent(forged)


def test_without_an_operator_nothing_is_sent_whoever_accepted(forged: Bench) -> None:
    forged.propose()
    forged.accept(1)
    forged.charge = Charge("tb3", "", ALL, ALL)  # the node file names none any more, and accepts all
    forged.start()
    assert silent(forged)
    assert forged.state() == "withdrawn"


def test_another_operator_has_not_accepted_what_the_one_before_him_did(forged: Bench) -> None:
    forged.propose()
    forged.accept(1)
    forged.charge = replace(MORI, operator="Kudo")
    forged.start()
    assert silent(forged)
    assert "accepted by Mori, who does not operate tb3" in forged.task().turns[-1].why


def test_while_under_way_a_changed_node_file_ends_it_and_nothing_more_is_sent(bench: Bench) -> None:
    bench.propose()
    bench.accept(1)
    bench.turn(2)
    bench.runner.reconfigure([Post(replace(MORI, operator=""), bench.kind, "link", MemoryDriver)])
    bench.turn(5)
    assert (bench.state(), bench.asked) == ("withdrawn", ["begin"])


def test_a_vehicle_that_the_node_file_has_no_more_is_told_nothing(bench: Bench) -> None:
    bench.propose(), bench.propose()
    bench.accept(1), bench.accept(2)
    bench.turn(2)
    bench.runner.reconfigure([])
    bench.turn(5)
    assert (bench.state(1), bench.state(2), bench.asked) == ("lost", "withdrawn", ["begin"])


def test_what_is_accepted_beforehand_holds_as_long_as_the_node_file_says_so(forged: Bench) -> None:
    forged.link = 3  # lost: it waits
    forged.charge = replace(MORI, accepts=(TaskKind.LOOK,))
    forged.start()
    forged.propose()
    forged.turn(2)
    assert forged.state() == "accepted"
    forged.charge = MORI
    forged.start()
    forged.link = 1
    assert silent(forged)
    assert "no longer accepted beforehand" in forged.task().turns[-1].why


def test_beforehand_is_no_word_that_opens_other_kinds(bench: Bench) -> None:
    bench.charge = replace(MORI, accepts=(TaskKind.LOOK,))
    bench.start()
    bench.propose(kind=TaskKind.RETURN)
    bench.turn(5)
    assert (bench.state(), bench.asked) == ("proposed", [])


def test_a_runner_alone_with_a_table_of_charges_that_lies_sends_nothing(forged: Bench) -> None:
    """The runner takes charges from the node file; what the table says is for those who decide."""
    forged.propose()
    with forged.records.write() as (connection, _):
        connection.execute(sa.update(tables.charge).values(operator="Eve"))
    forged.accept(1, "Eve")
    assert silent(forged)


def test_a_driver_that_is_made_by_hand_is_not_asked_for_bytes_without_an_acceptance(forged: Bench) -> None:
    asked = []

    class Watched(MemoryDriver):
        def tick(self, now: float, picture: Any) -> list[bytes]:
            asked.append(now)
            return super().tick(now, picture)

    runner = Runner(
        forged.records, [Post(MORI, forged.kind, "link", Watched)], forged.talk, forged.vehicle.send,
        lambda: forged.now, lambda: forged.steady,
    )  # fmt: skip
    task = forged.propose()
    put(forged, replace(task, turns=(Turn(T, S.ACCEPTED, "Eve"), Turn(T, S.SENT, "mihari"))))
    forged.runner = runner
    forged.turn(5)
    assert (asked, forged.vehicle.asked) == ([], [])


turns = st.lists(
    st.builds(Turn, st.just(T), st.sampled_from(list(S)), st.sampled_from(["Mori", "MORI", "Eve", ""]),
              st.sampled_from(["", BEFOREHAND])),
    max_size=4,
)  # fmt: skip


@given(turns, st.sampled_from(["Mori", ""]), st.booleans(), st.booleans())
def test_the_gate_opens_only_for_one_acceptance_first_of_all_by_the_operator(
    told: list[Turn], operator: str, beforehand: bool, audited: bool
) -> None:
    task = Task(1, "tb3", TaskKind.RETURN, "Sato", T, turns=tuple(told))
    charge = Charge("tb3", operator, (TaskKind.RETURN,) if beforehand else (), ALL)
    if not barred(task, charge, task if audited else None):
        assert operator == "Mori"
        assert audited
        assert told[0].state == S.ACCEPTED
        assert told[0].who.casefold() == "mori"
        assert sum(turn.state == S.ACCEPTED for turn in told) == 1
        assert beforehand or told[0].why != BEFOREHAND
        assert task.state in NEXT or task.carried
