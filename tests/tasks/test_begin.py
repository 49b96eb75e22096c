"""Tasks that are not to be sent before their time: waiting, expiring, the gate."""

from __future__ import annotations

from dataclasses import replace

import pytest
from task_helpers import Bench, T

from mihari.core.errors import BadInput
from mihari.core.task import Task, TaskKind, TaskState, Turn
from mihari.tasks.body import task_object, task_of
from mihari.tasks.charge import Charge, barred

LATER = T + 3600.0


def test_what_is_accepted_in_the_evening_is_sent_at_its_time(bench: Bench) -> None:
    bench.propose(begin=LATER, until=LATER + 600)
    bench.turn(1200, step=10)
    assert bench.state() == "proposed"  # nobody needs to answer within ten minutes
    bench.accept(1)
    bench.turn(2390, step=10)
    assert (bench.state(), bench.asked) == ("accepted", [])
    bench.turn(15)
    assert bench.state() == "under way"


def test_what_nobody_answers_expires_ten_minutes_after_its_time(bench: Bench) -> None:
    bench.propose(begin=LATER, until=LATER + 3600)
    bench.turn(3600 + 590, step=10)
    assert bench.state() == "proposed"
    bench.turn(20, step=1)
    assert bench.state() == "expired"


def test_a_later_task_does_not_keep_others_waiting(bench: Bench) -> None:
    bench.propose(begin=LATER)
    bench.propose()
    bench.accept(1)
    bench.accept(2)
    bench.turn(2)
    assert (bench.state(1), bench.state(2)) == ("accepted", "under way")


def test_coming_back_at_a_time_calls_off_nothing_before_it(bench: Bench) -> None:
    bench.propose()
    bench.propose(kind=TaskKind.RETURN, begin=T + 60)
    bench.accept(1)
    bench.accept(2)
    bench.turn(30)
    assert bench.state(1) == "under way"
    bench.turn(60)
    assert (bench.state(1), bench.state(2)) == ("withdrawn", "under way")


def test_another_time_than_was_accepted_is_barred() -> None:
    charge = Charge("tb3", "Mori", (), (TaskKind.RETURN,))
    accepted = Task(1, "tb3", TaskKind.RETURN, "Sato", T, begin=LATER).turned(Turn(T, TaskState.ACCEPTED, "Mori"))
    assert barred(accepted, charge, accepted) == ""
    assert barred(replace(accepted, begin=T), charge, accepted) == "its acceptance is not that of the audit"


def test_a_task_of_older_records_begins_at_once() -> None:
    told = task_object(Task(1, "tb3", TaskKind.RETURN, "Sato", T))
    assert told["begin"] is None
    del told["begin"]
    assert task_of(told) == Task(1, "tb3", TaskKind.RETURN, "Sato", T)
    later = Task(1, "tb3", TaskKind.RETURN, "Sato", T, begin=LATER)
    assert task_of(task_object(later)) == later


@pytest.mark.parametrize(
    ("begin", "until", "told"), [(LATER, LATER, "a time before until"), (float("nan"), 0, "until")]
)
def test_times_that_cannot_be_meant_are_refused(bench: Bench, begin: float, until: float, told: str) -> None:
    with pytest.raises(BadInput, match=told):
        bench.propose(begin=begin, until=until)
