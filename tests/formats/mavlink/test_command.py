"""One command and what may become of it."""

from __future__ import annotations

from typing import Any

import pytest

from mihari.core.errors import BadInput
from mihari.formats.mavlink import Command, decode_many, encode, to_dicts
from mihari.formats.mavlink.command import long

ARM = long(400, 1, 1, 1.0)
GO: dict[str, Any] = {
    "message": "COMMAND_INT", "target_system": 1, "target_component": 1, "frame": 6, "command": 192, "current": 0,
    "autocontinue": 0, "param1": -1.0, "param2": 1.0, "param3": 0.0, "param4": None, "lat_deg": 41.0, "lon_deg": 29.0,
    "z": 50.0,
}  # fmt: skip


def ack(result: int, **change: Any) -> dict[str, Any]:
    told = {"message": "COMMAND_ACK", "sysid": 1, "compid": 1, "command": 400, "result": result, "progress": 0}
    return {**told, "target_system": 245, "target_component": 190, **change}


def begun(message: dict[str, Any] = ARM) -> Command:
    command = Command(message, 245, 190)
    command.start(0.0)
    return command


def test_accepted() -> None:
    command = begun()
    assert command.take(ack(0), 0.1) == []
    assert (command.state, command.tick(100.0)) == ("accepted", [])


@pytest.mark.parametrize(
    ("result", "words", "temporary"),
    [(1, "temporarily rejected", True), (2, "denied", False), (3, "unsupported", False), (4, "failed", False),
     (6, "cancelled", False), (8, "command int only", False), (200, "result 200", False)],
)  # fmt: skip
def test_a_refusal_is_told_in_words(result: int, words: str, temporary: bool) -> None:
    command = begun()
    command.take(ack(result), 0.1)
    assert (command.state, command.reason, command.temporary) == ("refused", words, temporary)


def test_without_an_answer_it_is_sent_again_with_a_rising_confirmation_and_then_lost() -> None:
    command = Command(ARM)
    sent = [(0.0, m) for m in command.start(0.0)]
    for tick in range(1, 200):
        sent += [(tick / 10, m) for m in command.tick(tick / 10)]
    assert [t for t, _ in sent] == [0.0, 1.5, 3.0, 4.5, 6.0, 7.5]
    assert [m["confirmation"] for _, m in sent] == [0, 1, 2, 3, 4, 5]
    assert (command.state, command.reason) == ("lost", "no answer")
    assert ARM["confirmation"] == 0


def test_a_command_int_is_sent_again_as_it_is() -> None:
    command = Command(GO)
    frames = [encode(m) for m in (*command.start(0.0), *command.tick(2.0))]
    assert frames[0] == frames[1]
    (told,) = to_dicts(decode_many(frames[0]))
    assert {k: told[k] for k in GO} == GO
    command.take(ack(0, command=192), 2.1)
    assert command.state == "accepted"


def test_one_that_runs_tells_how_far_it_is_and_is_waited_for() -> None:
    command = begun()
    for second in range(1, 30):
        assert command.take(ack(5, progress=second), float(second)) == []
        assert (command.state, command.percent, command.tick(second + 0.9)) == ("running", second, [])
    command.take(ack(5, progress=255), 30.0)
    assert command.percent is None
    command.take(ack(0), 31.0)
    assert command.state == "accepted"


def test_one_that_runs_and_falls_silent_is_lost() -> None:
    command = begun()
    command.take(ack(5), 1.0)
    assert (command.tick(10.9), command.state) == ([], "running")
    assert (command.tick(11.0), command.state) == ([], "lost")
    assert command.reason == "it ran and then said no more"


@pytest.mark.parametrize(
    "change",
    [{"command": 401}, {"sysid": 2}, {"compid": 9}, {"target_system": 9}, {"target_component": 9}, {"message": "X"}],
)
def test_answers_to_others_are_passed_over(change: dict[str, Any]) -> None:
    command = begun()
    command.take({**ack(0), **change}, 0.1)
    assert command.state == "sending"


def test_answers_of_version_1_which_tell_no_addressee_count() -> None:
    command = begun()
    command.take(ack(0, target_system=0, target_component=0), 0.1)
    assert command.state == "accepted"


def test_an_answer_before_it_was_sent_does_not_count() -> None:
    command = Command(ARM)
    command.take(ack(0), 0.0)
    assert command.state == "sending"


def test_only_commands_are_commands() -> None:
    with pytest.raises(BadInput, match="COMMAND_LONG, COMMAND_INT, found 'HEARTBEAT'"):
        Command({"message": "HEARTBEAT"})
