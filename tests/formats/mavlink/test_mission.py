"""The upload of a mission as a protocol, against a vehicle written here from the protocol's document."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from mihari.core.errors import BadInput
from mihari.formats.mavlink import Decoder, Encoder, MissionUpload, items, to_dicts

ITEMS = [
    items.takeoff(30.0), items.waypoint(41.0, 29.0, 50.0), items.loiter_time(41.01, 29.01, 50.0, 60.0),
    items.return_to_launch(),
]  # fmt: skip
FROM = {"sysid": 1, "compid": 1, "target_system": 245, "target_component": 190, "mission_type": 0}


def upload(many: list[Any] | None = None) -> MissionUpload:
    return MissionUpload(ITEMS if many is None else many, 1, 1, system=245)


def asked(seq: int, name: str = "MISSION_REQUEST_INT", **change: Any) -> dict[str, Any]:
    return {"message": name, "seq": seq, **FROM, **change}


def ack(type: int = 0, **change: Any) -> dict[str, Any]:
    return {"message": "MISSION_ACK", "type": type, **FROM, **change}


class Vehicle:
    """Asks for each item in turn, again every second; takes the mission when it has all."""

    def __init__(self) -> None:
        self.count, self.have, self.due = -1, [], 0.0

    def take(self, message: dict[str, Any], now: float) -> list[dict[str, Any]]:
        if message["message"] == "MISSION_COUNT":
            self.count, self.have = message["count"], []
        elif message["message"] == "MISSION_ITEM_INT" and message["seq"] == len(self.have):
            self.have.append(message)
        elif message["message"] != "MISSION_ITEM_INT":
            return []
        return self.ask(now)

    def ask(self, now: float) -> list[dict[str, Any]]:
        self.due = now + 1.0
        if self.count < 0:
            return []
        reply = ack() if len(self.have) == self.count else asked(len(self.have))
        return [{k: v for k, v in reply.items() if k not in ("sysid", "compid")}]


def run(passes: Callable[[], bool], seconds: float = 60.0, many: list[Any] | None = None) -> tuple[Any, Vehicle, float]:
    """Both sides as bytes over a link where each frame passes or not."""
    up, vehicle = upload(many), Vehicle()
    here, there = Encoder(245, 190), Encoder(1, 1)
    at_vehicle, at_us = Decoder(), Decoder()
    now, sent = 0.0, up.start(0.0)
    while up.state == "sending" and now < seconds:
        answers = []
        for message in sent:
            frame = here.encode(message)
            if passes():
                answers += [a for m in to_dicts(at_vehicle.feed(frame, complete=True)) for a in vehicle.take(m, now)]
        if not answers and now >= vehicle.due:
            answers = vehicle.ask(now)
        sent = []
        for message in answers:
            frame = there.encode(message)
            if passes():
                sent += [a for m in to_dicts(at_us.feed(frame, complete=True)) for a in up.take(m, now)]
        if not sent:
            now += 0.25
            sent = up.tick(now)
    return up, vehicle, now


def test_over_a_good_link_every_item_arrives_once_and_as_it_was() -> None:
    up, vehicle, now = run(lambda: True)
    assert (up.state, up.progress, now) == ("accepted", 4, 0.25)
    for number, (item, got) in enumerate(zip(ITEMS, vehicle.have, strict=True)):
        assert got["seq"] == number
        assert got["current"] == (number == 0)
        assert (got["target_system"], got["target_component"], got["sysid"], got["compid"]) == (1, 1, 245, 190)
        for key in ("command", "frame", "lat_deg", "lon_deg", "z", "param1", "param2", "param3", "param4"):
            assert got[key] == item[key]


@pytest.mark.parametrize("seed", range(20))
def test_over_a_link_that_loses_a_third_the_mission_still_arrives(seed: int) -> None:
    rng = random.Random(seed)
    up, vehicle, _ = run(lambda: rng.random() > 0.33, seconds=300.0)
    assert up.state == "accepted"
    assert [m["command"] for m in vehicle.have] == [m["command"] for m in ITEMS]


def test_without_an_answer_it_is_sent_six_times_and_then_lost() -> None:
    up = upload()
    sent = [(0.0, m) for m in up.start(0.0)]
    for tick in range(1, 200):
        sent += [(tick / 10, m) for m in up.tick(tick / 10)]
    assert [t for t, _ in sent] == [0.0, 1.5, 3.0, 4.5, 6.0, 7.5]
    assert {m["message"] for _, m in sent} == {"MISSION_COUNT"}
    assert (up.state, up.reason) == ("lost", "no answer to MISSION_COUNT")
    assert up.take(asked(0), 30.0) == []


def test_a_vehicle_that_falls_silent_between_items_is_lost_too() -> None:
    up = upload()
    up.start(0.0)
    (first,) = up.take(asked(0), 1.0)
    again = [m for tick in range(10, 200) for m in up.tick(tick / 10)]
    assert again == [first] * 5
    assert (up.state, up.reason) == ("lost", "no answer to MISSION_ITEM_INT")


def test_an_item_asked_for_again_is_sent_again() -> None:
    up = upload()
    up.start(0.0)
    assert up.take(asked(0), 0.1) == up.take(asked(0), 0.2)
    assert up.take(asked(1), 0.3)[0]["seq"] == 1
    assert up.take(asked(0), 0.4)[0]["seq"] == 0
    assert up.progress == 2


def test_a_vehicle_that_asks_for_the_same_item_for_ever_is_lost() -> None:
    up = upload()
    up.start(0.0)
    for tick in range(1, 200):
        up.take(asked(0), tick / 10)
        up.tick(tick / 10)
    assert (up.state, up.reason) == ("lost", "no answer to MISSION_ITEM_INT")


def test_old_vehicles_that_ask_with_mission_request_get_the_same_items() -> None:
    up = upload()
    up.start(0.0)
    (item,) = up.take(asked(2, "MISSION_REQUEST"), 0.1)
    assert (item["message"], item["seq"]) == ("MISSION_ITEM_INT", 2)


@pytest.mark.parametrize(
    ("type", "words"),
    [(1, "error"), (4, "no space"), (2, "unsupported frame"), (9, "invalid param4"), (14, "denied"), (99, "result 99")],
)
def test_a_refusal_is_told_in_words(type: int, words: str) -> None:
    up = upload()
    up.start(0.0)
    up.take(asked(0), 0.1)
    assert up.take(ack(type), 0.2) == []
    assert (up.state, up.reason) == ("refused", words)
    assert up.tick(100.0) == []


def test_an_item_that_there_is_not_ends_it() -> None:
    up = upload()
    up.start(0.0)
    (told,) = up.take(asked(4), 0.1)
    assert (told["message"], told["type"]) == ("MISSION_ACK", 13)
    assert (up.state, up.reason) == ("refused", "asked for item 4 of 4")


def test_an_acknowledgement_before_all_items_were_asked_for_is_of_an_earlier_upload() -> None:
    up = upload()
    up.start(0.0)
    up.take(ack(), 0.1)
    up.take(asked(0), 0.2)
    up.take(ack(), 0.3)
    assert up.state == "sending"


@pytest.mark.parametrize(
    "change", [{"sysid": 2}, {"compid": 2}, {"target_system": 99}, {"mission_type": 1}, {"message": "HEARTBEAT"}]
)
def test_what_is_said_by_others_or_to_others_is_passed_over(change: dict[str, Any]) -> None:
    up = upload()
    up.start(0.0)
    assert up.take({**asked(0), **change}, 0.1) == []
    assert up.take({**ack(1), **change}, 0.1) == []
    assert (up.state, up.progress) == ("sending", 0)


def test_before_it_starts_and_after_it_ends_it_says_nothing() -> None:
    up = upload()
    assert (up.take(asked(0), 0.0), up.tick(100.0)) == ([], [])
    up.start(0.0)
    (told,) = up.cancel()
    assert (told["message"], told["type"]) == ("MISSION_ACK", 15)
    assert (up.cancel(), up.take(asked(0), 1.0), up.tick(100.0)) == ([], [], [])
    assert (up.state, up.reason) == ("refused", "cancelled here")


def test_an_empty_mission_is_accepted_at_once() -> None:
    up, vehicle, _ = run(lambda: True, many=[])
    assert (up.state, vehicle.count) == ("accepted", 0)


def test_what_the_caller_handed_in_stays_as_it_was() -> None:
    before = [dict(item) for item in ITEMS]
    run(lambda: True)
    assert before == ITEMS


def test_too_many_items_are_refused() -> None:
    with pytest.raises(BadInput, match="at most 65535 items"):
        MissionUpload([ITEMS[0]] * 65536, 1, 1)
