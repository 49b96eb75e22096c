"""From a proposal to its end, with a vehicle in memory: each way through, restarts, silence, clocks."""

from __future__ import annotations

import math

import pytest
from task_helpers import ALL, MORI, Bench, T

from mihari.alerts.records import Records
from mihari.core.asset import AssetKind, LinkState
from mihari.core.task import TaskKind
from mihari.tasks.charge import BEFOREHAND, Charge


def test_a_task_is_proposed_accepted_sent_flown_and_done(either: Records) -> None:
    bench = Bench(either)
    bench.propose()
    bench.turn(5)
    assert (bench.state(), bench.asked) == ("proposed", [])
    bench.accept(1)
    bench.turn(1)
    assert (bench.state(), bench.asked) == ("under way", ["begin"])
    bench.vehicle.tell("progress", share=0.4, why="item 2 of 5")
    bench.turn(3)
    assert (bench.task().progress, bench.task().said) == (0.4, "item 2 of 5")
    bench.vehicle.tell("done")
    bench.turn(1)
    assert bench.states() == ["proposed", "accepted", "sent", "under way", "done"]
    assert bench.task().progress == 1.0
    assert [turn.who for turn in bench.task().turns] == ["Mori", "mihari", "tb3", "tb3"]


def test_the_turn_sent_is_kept_before_the_first_byte_leaves(bench: Bench) -> None:
    seen = []
    send = bench.vehicle.send

    def watched(feed: str, data: bytes) -> bool:
        seen.append(bench.state())
        return send(feed, data)

    bench.vehicle.send = watched  # type: ignore[method-assign]
    bench.start()
    bench.propose()
    bench.accept(1)
    bench.turn(2)
    assert seen == ["sent"]


def test_a_vehicle_that_says_no_declines_with_its_reason(records: Records) -> None:
    bench = Bench(records, answer="declined", why="too little fuel")
    bench.propose()
    bench.accept(1)
    bench.turn(1)
    assert (bench.state(), bench.task().turns[-1].why) == ("declined", "too little fuel")


def test_a_vehicle_that_never_answers_is_lost_after_it_was_asked_again(records: Records) -> None:
    bench = Bench(records, answer="silent")
    bench.propose()
    bench.accept(1)
    bench.turn(12)
    assert bench.state() == "lost"
    assert 5 <= bench.asked.count("begin") <= 11


def test_it_says_itself_that_it_failed(bench: Bench) -> None:
    bench.propose()
    bench.accept(1)
    bench.turn(1)
    bench.vehicle.tell("failed", why="motor")
    bench.turn(1)
    assert (bench.state(), bench.task().turns[-1].why) == ("failed", "motor")


def test_what_its_operator_accepted_beforehand_goes_at_once_and_other_kinds_wait(records: Records) -> None:
    bench = Bench(records, Charge("tb3", "Mori", (TaskKind.LOOK,), ALL))
    bench.propose()
    bench.propose(kind=TaskKind.RETURN)
    bench.turn(2)
    first = bench.task(1).turns[0]
    assert (bench.state(1), first.who, first.why) == ("under way", "Mori", BEFOREHAND)
    assert bench.state(2) == "proposed"


def test_a_proposal_that_nobody_answers_expires_after_ten_minutes(bench: Bench) -> None:
    bench.propose()
    bench.turn(599, step=1)
    assert bench.state() == "proposed"
    bench.turn(2, step=1)
    assert bench.state() == "expired"
    assert bench.asked == []


def test_a_clock_set_back_lets_no_proposal_live_longer_and_no_turn_go_back(bench: Bench) -> None:
    bench.propose()
    bench.turn(10)
    bench.now -= 86400.0
    bench.turn(580, step=1)
    assert bench.state() == "proposed"
    bench.turn(30, step=1)
    assert bench.state() == "expired"
    assert bench.task().turns[-1].time >= T


def test_what_cannot_be_sent_expires_and_the_vehicle_hears_nothing(bench: Bench) -> None:
    bench.link = LinkState.LOST
    bench.propose()
    bench.accept(1)
    bench.turn(599, step=1)
    assert bench.state() == "accepted"
    bench.turn(3, step=1)
    assert (bench.state(), bench.asked) == ("expired", [])
    assert "not heard" in bench.task().turns[-1].why


def test_it_is_sent_as_soon_as_the_vehicle_is_heard_again(bench: Bench) -> None:
    bench.link = LinkState.LOST
    bench.propose()
    bench.accept(1)
    bench.turn(300, step=1)
    bench.link = LinkState.UP
    bench.turn(1)
    assert bench.state() == "under way"


def test_one_after_the_other_and_waiting_for_the_first_is_no_reason_to_expire(bench: Bench) -> None:
    for _ in range(2):
        bench.propose()
    bench.accept(1), bench.accept(2)
    bench.turn(1200, step=2)
    assert (bench.state(1), bench.state(2)) == ("under way", "accepted")
    bench.vehicle.tell("done")
    bench.turn(2)
    assert (bench.state(1), bench.state(2)) == ("done", "under way")


def test_coming_back_goes_before_all_others_and_calls_off_what_is_under_way(bench: Bench) -> None:
    for kind in (TaskKind.LOOK, TaskKind.LOOK, TaskKind.RETURN):
        bench.propose(kind=kind)
    bench.accept(1), bench.accept(2)
    bench.turn(2)
    bench.accept(3)
    bench.turn(2)
    assert [bench.state(n) for n in (1, 2, 3)] == ["withdrawn", "accepted", "under way"]
    assert bench.task(1).turns[-1].why == "task 3 calls it back"
    assert bench.asked == ["begin", "stop", "begin"]


def test_what_is_not_done_in_time_is_late_and_may_still_be_done(bench: Bench) -> None:
    bench.propose(until=T + 60)
    bench.accept(1)
    bench.turn(61, step=1)
    assert bench.state() == "late"
    bench.vehicle.tell("progress", share=0.9)
    bench.turn(3)
    assert (bench.state(), bench.task().progress) == ("late", 0.9)
    bench.vehicle.tell("done")
    bench.turn(1)
    assert bench.states()[-2:] == ["late", "done"]


def test_a_link_lost_for_two_minutes_loses_the_task_and_a_gap_does_not(bench: Bench) -> None:
    bench.propose()
    bench.accept(1)
    bench.turn(2)
    bench.link = LinkState.LOST
    bench.turn(118, step=1)
    bench.link = LinkState.LATE
    bench.turn(10)
    bench.link = LinkState.LOST
    bench.turn(119, step=1)
    assert bench.state() == "under way"
    bench.turn(3, step=1)
    assert bench.state() == "lost"


def test_a_diver_away_is_not_lost_until_half_an_hour_after_its_time(records: Records) -> None:
    bench = Bench(records)
    bench.kind = AssetKind.UNDERWATER
    bench.propose(until=T + 3600)
    bench.accept(1)
    bench.turn(2)
    bench.link = LinkState.AWAY
    bench.turn(3600 + 1790, step=10)
    assert bench.state() == "late"
    bench.turn(20, step=10)
    assert bench.state() == "lost"


def test_withdrawn_by_its_operator_the_vehicle_is_told(bench: Bench) -> None:
    bench.propose()
    bench.accept(1)
    bench.turn(2)
    bench.withdraw(1)
    bench.turn(2)
    assert (bench.state(), bench.asked, bench.vehicle.task) == ("withdrawn", ["begin", "stop"], 0)
    assert bench.task().called_off
    bench.turn(20)
    assert bench.asked == ["begin", "stop"]


def test_withdrawn_out_of_reach_it_is_told_when_it_is_heard_again(bench: Bench) -> None:
    bench.propose()
    bench.accept(1)
    bench.turn(2)
    bench.link = LinkState.LOST
    bench.turn(60, step=1)
    bench.withdraw(1)
    bench.turn(600, step=1)
    assert (bench.asked, bench.task().called_off) == (["begin"], False)
    bench.link = LinkState.UP
    bench.turn(2)
    assert (bench.asked, bench.task().called_off) == (["begin", "stop"], True)


def test_a_vehicle_that_does_not_confirm_is_given_up_and_it_is_told(bench: Bench) -> None:
    bench.propose()
    bench.accept(1)
    bench.turn(2)
    bench.vehicle.answer = "silent"
    bench.withdraw(1)
    bench.turn(15)
    assert bench.task().called_off
    assert "did not confirm" in bench.task().said


# a new start of the node


@pytest.mark.parametrize("known", [True, False])
def test_after_a_new_start_the_vehicle_is_asked_and_the_task_goes_on_or_is_lost(bench: Bench, known: bool) -> None:
    bench.propose()
    bench.accept(1)
    bench.turn(2)
    bench.vehicle.task = 1 if known else 0
    bench.start()
    bench.turn(2)
    assert bench.asked == ["begin", "status"]
    assert bench.state() == ("under way" if known else "lost")
    if known:
        bench.vehicle.tell("done")
        bench.turn(1)
        assert bench.state() == "done"


def test_after_a_new_start_a_vehicle_never_heard_again_loses_its_task(bench: Bench) -> None:
    bench.propose()
    bench.accept(1)
    bench.turn(2)
    bench.link = LinkState.NEVER
    bench.start()
    bench.turn(125, step=1)
    assert (bench.state(), bench.asked) == ("lost", ["begin"])


@pytest.mark.parametrize("state", ["proposed", "accepted", "sent", "late", "done", "refused"])
def test_a_new_start_in_any_state_sends_nothing_twice(bench: Bench, state: str) -> None:
    bench.propose(until=T + 60)
    if state == "refused":
        bench.refuse(1)
    elif state != "proposed":
        bench.vehicle.answer = "silent" if state == "sent" else "accepted"
        bench.link = LinkState.LOST if state == "accepted" else LinkState.UP
        bench.accept(1)
        bench.turn(1)
        if state == "late":
            bench.turn(60, step=1)
        elif state == "done":
            bench.vehicle.tell("done")
            bench.turn(1)
    assert bench.state() == state
    asked = bench.asked.count("begin")
    bench.vehicle.answer = "accepted"
    bench.start()
    bench.turn(3)
    expected = {"sent": "lost"}.get(state, state)  # it had not taken it, and says so when it is asked
    assert (bench.state(), bench.asked.count("begin")) == (expected, asked)


def test_what_was_withdrawn_while_the_node_was_down_is_called_off_at_its_start(bench: Bench) -> None:
    bench.propose()
    bench.accept(1)
    bench.turn(2)
    bench.withdraw(1)
    bench.start()
    bench.turn(3)
    assert (bench.asked, bench.vehicle.task, bench.task().called_off) == (["begin", "stop"], 0, True)


# faults


def test_a_driver_with_a_bug_fails_its_task_and_the_next_goes_on(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    from mihari.tasks.memory import MemoryDriver

    class Buggy(MemoryDriver):
        def hear(self, message: object, now: float) -> None:
            raise ZeroDivisionError

    bench.start(make=Buggy)
    bench.propose()
    bench.accept(1)
    bench.turn(2)
    assert (bench.state(), bench.task().turns[-1].why) == ("failed", "an error in this program (ZeroDivisionError)")
    bench.start()
    bench.propose()
    bench.accept(2)
    bench.turn(2)
    assert bench.state(2) == "under way"


def test_while_the_records_do_not_answer_nothing_is_sent(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    from mihari.alerts.records import Unavailable

    bench.propose()
    bench.accept(1)
    with monkeypatch.context() as broken:

        def away() -> None:
            raise Unavailable("the disk is full")

        broken.setattr(bench.records, "read", away)
        bench.turn(5)
        assert (bench.asked, bench.runner.problem) == ([], "the disk is full")
    bench.turn(2)
    assert (bench.state(), bench.runner.problem) == ("under way", "")


def test_hostile_answers_change_nothing(bench: Bench) -> None:
    bench.propose()
    bench.accept(1)
    bench.turn(1)
    for message in ({}, {"name": None}, {"name": "done"}, {"name": "done", "task": "1"}, {"name": "done", "task": 2}):
        bench.talk.heard("link", message)
    bench.talk.heard("other", {"name": "done", "task": 1})
    bench.turn(2)
    assert bench.state() == "under way"
    bench.vehicle.tell("progress", share=math.inf)
    bench.vehicle.tell("progress", share=7.0)
    bench.turn(3)
    assert bench.task().progress in (1.0,)


def test_mere_progress_is_no_turn_no_line_of_the_log_and_not_written_each_time(bench: Bench) -> None:
    bench.propose()
    bench.accept(1)
    bench.turn(1)
    with bench.records.read() as connection:
        from mihari.alerts import ask

        before = ask.head_of(connection)
    for k in range(100):
        bench.vehicle.tell("progress", share=k / 100)
        bench.turn(0.5)
    with bench.records.read() as connection:
        after = ask.head_of(connection)
    assert after["sequence"] - before["sequence"] <= 27
    assert bench.task().version == 3
    assert MORI.operator == "Mori"
