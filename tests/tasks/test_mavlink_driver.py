"""The MAVLink driver against a made-up autopilot, its frames read by pymavlink: vessels, pilots, ArduPilot, home."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import pytest
from task_helpers import Bench, T, picture

from mihari.alerts.records import Records
from mihari.core.asset import Asset, AssetKind, LinkState
from mihari.core.picture import Vessels
from mihari.core.task import Task, TaskKind, TaskState, Turn
from mihari.tasks.flight import Craft, distance
from mihari.tasks.mavlink import MavlinkDriver

mavlink = pytest.importorskip("pymavlink.dialects.v20.common")
CRAFT = Craft(AssetKind.AIRCRAFT, 500.0)
AUTO, MANUAL, GROUND = 128 + 8, 128 + 64, 8


class Autopilot:
    """Answers what it is sent, twice a second; `now` turns by hand. `result`: of each command."""

    def __init__(
        self, task: Task, system: int = 1, autopilot: int = 12, result: int = 0,
        driver: type[MavlinkDriver] = MavlinkDriver, craft: Craft = CRAFT,
    ) -> None:  # fmt: skip
        self.driver = driver(craft, system)
        self.now, self.mode, self.autopilot, self.result = T, AUTO, autopilot, result
        self.place, self.speed, self.silent = (26.0, 127.0), 40.0, False
        self.vessel: tuple[float, float, float, float] | None = (26.1, 127.0, 0.0, 10.0)  # lat, lon, east, north
        self.sent: list[Any] = []
        self.items = 0
        self.told: list[Any] = []
        self._reader = mavlink.MAVLink(None)
        self.driver.begin(task, self.asset, self.now)

    @property
    def asset(self) -> Asset:
        return Asset("tb3", AssetKind.AIRCRAFT, time=self.now, heard=self.now, lat_deg=self.place[0],
                     lon_deg=self.place[1], speed=self.speed, link=LinkState.UP)  # fmt: skip

    def say(self, message: str, **fields: Any) -> None:
        head = {"message": message, "sysid": 1, "compid": 1, "target_system": 245, "target_component": 190}
        self.driver.hear(head | fields, self.now)

    def beat(self) -> None:
        self.say("HEARTBEAT", type=1, autopilot=self.autopilot, base_mode=self.mode, system_status=4, custom_mode=0)

    def turn(self, seconds: float = 0.5) -> list[Any]:
        """Let time pass; what the driver learnt."""
        told: list[Any] = []
        for _ in range(round(seconds * 2)):
            self.now += 0.5
            if not self.silent and self.now % 1.0 == 0.0:
                self.beat()
            for frame in self.driver.tick(self.now, self._picture()):
                for message in self._reader.parse_buffer(frame):
                    self.sent.append((self.now, message))
                    self._answer(message)
            told += self.driver.told()
        self.told += told
        return told

    def _picture(self) -> Any:
        if self.vessel is None:
            return picture(self.asset, time=self.now)
        lat, lon, east, north = self.vessel
        vessels = Vessels.of(
            1, id=[7], track=[7], time=self.now, lat_deg=lat, lon_deg=lon, east_mps=east, north_mps=north, cov_ee=1.0,
            cov_en=0.0, cov_nn=1.0, existence=1.0, status=0, source=1, category=0, sensors=1, changed=1,
        )  # fmt: skip
        return picture(self.asset, vessels=vessels, time=self.now)

    def _answer(self, message: Any) -> None:
        name = message.get_type()
        if self.silent:
            return
        if name in ("COMMAND_LONG", "COMMAND_INT"):
            self.say("COMMAND_ACK", command=message.command, result=self.result, progress=0)
        elif name == "MISSION_COUNT":
            self.items = message.count
            self.say("MISSION_REQUEST_INT", seq=0, mission_type=0)
        elif name == "MISSION_ITEM_INT":
            following = message.seq + 1
            if following < self.items:
                self.say("MISSION_REQUEST_INT", seq=following, mission_type=0)
            else:
                self.say("MISSION_ACK", type=0, mission_type=0)
        elif name == "MISSION_CLEAR_ALL":
            self.say("MISSION_ACK", type=0, mission_type=0)

    def of(self, name: str) -> list[Any]:
        return [(when, message) for when, message in self.sent if message.get_type() == name]

    @property
    def states(self) -> list[str]:
        return [str(one.state) for one in self.told if one.state is not None]


def order(kind: TaskKind, **more: Any) -> Task:
    task = Task(1, "tb3", kind, "Sato", T, **more)
    return task.turned(Turn(T, TaskState.ACCEPTED, "Mori")).turned(Turn(T, TaskState.SENT, "mihari"))


def fresh(kind: TaskKind, **more: Any) -> Task:
    return Task(1, "tb3", kind, "Sato", T, **more).turned(Turn(T, TaskState.ACCEPTED, "Mori"))


def test_a_vessel_is_followed_by_repositioning_ahead_of_it_every_five_seconds_at_most() -> None:
    craft = Autopilot(fresh(TaskKind.FOLLOW, vessel=7, until=T + 60))
    craft.turn(59)
    told = craft.of("COMMAND_INT")
    repositions = [(when, one) for when, one in told if one.command == 192]
    looks = [(when, one.x, one.y) for when, one in told if one.command == 195]  # the camera, to the same place
    assert looks == [(when, one.x, one.y) for when, one in repositions]
    times = [when for when, _ in repositions]
    assert len(times) >= 10
    assert min(b - a for a, b in pairwise(times)) >= 5.0
    for _, one in repositions:
        assert (one.command, one.frame, one.param2, one.z) == (192, 5, 1.0, 500.0)
        assert math.isnan(one.param4)
        ahead = distance((26.1, 127.0), (one.x / 1e7, one.y / 1e7))
        assert ahead == pytest.approx(50.0, abs=1.0)  # 10 m/s north, five seconds
        assert one.x / 1e7 > 26.1
    assert set(craft.states) == {"under way"}
    craft.turn(2)
    assert craft.states[-1] == "done"
    before = len(craft.of("COMMAND_INT"))
    craft.turn(20)
    assert len(craft.of("COMMAND_INT")) == before


def test_who_was_flown_by_hand_until_it_was_led_is_not_taken_for_taken_over() -> None:
    craft = Autopilot(fresh(TaskKind.FOLLOW, vessel=7))
    craft.mode = MANUAL
    craft.beat()
    craft.turn(0.5)
    assert craft.of("COMMAND_INT")
    craft.mode, told = AUTO, craft.beat
    craft.beat = lambda: None  # type: ignore[method-assign]  # its next heartbeat is a while to come
    craft.turn(1.5)
    craft.beat = told  # type: ignore[method-assign]
    craft.turn(20)
    assert set(craft.states) == {"under way"}


def test_a_pilot_who_takes_over_is_left_alone() -> None:
    craft = Autopilot(fresh(TaskKind.FOLLOW, vessel=7))
    craft.turn(12)
    craft.mode = MANUAL
    craft.turn(2)
    assert craft.told[-1][0::2] == (TaskState.FAILED, "its pilot has taken it over")
    sent = len(craft.of("COMMAND_INT"))
    craft.turn(30)
    assert len(craft.of("COMMAND_INT")) == sent


def test_a_vessel_that_leaves_the_picture_ends_it_after_two_minutes() -> None:
    craft = Autopilot(fresh(TaskKind.FOLLOW, vessel=7))
    craft.turn(10)
    craft.vessel = None
    craft.turn(115)
    assert craft.states[-1] == "under way"
    craft.turn(10)
    assert craft.told[-1][0::2] == (TaskState.FAILED, "vessel 7 is in the picture no more")


def test_a_vessel_is_looked_at_for_two_minutes_once_it_is_near() -> None:
    craft = Autopilot(fresh(TaskKind.LOOK, vessel=7))
    craft.turn(30)
    assert craft.states[-1] == "under way"
    assert "NM away" in craft.told[-1].why
    craft.place = (26.1, 127.001)
    craft.turn(119)
    assert craft.states[-1] == "under way"
    craft.turn(3)
    assert craft.states[-1] == "done"


def test_a_command_that_is_denied_is_told_in_words() -> None:
    craft = Autopilot(fresh(TaskKind.FOLLOW, vessel=7), result=2)
    craft.turn(2)
    assert craft.told[-1][0::2] == (TaskState.DECLINED, "it does not go where it is led: denied")


def test_ardupilot_gets_an_item_for_home_in_front() -> None:
    places = ((26.2, 127.5), (26.3, 127.5))
    for autopilot, count in ((12, 2), (3, 3)):
        craft = Autopilot(fresh(TaskKind.SEARCH, places=places), autopilot=autopilot)
        craft.beat()
        craft.turn(3)
        items = [one for _, one in craft.of("MISSION_ITEM_INT")]
        assert [one.seq for one in items] == list(range(count))
        assert [(one.x, one.y) for one in items[-2:]] == [(round(a * 1e7), round(b * 1e7)) for a, b in places]
        craft.say("MISSION_ITEM_REACHED", seq=count - 1)
        craft.turn(1)
        assert craft.states[-1] == "done"


def test_an_item_reached_that_was_not_heard_is_seen_by_its_place() -> None:
    craft = Autopilot(fresh(TaskKind.SEARCH, places=((26.2, 127.5), (26.3, 127.5))))
    craft.turn(2)
    craft.say("MISSION_CURRENT", seq=1)
    craft.turn(5)
    assert (craft.states[-1], craft.told[-1].progress) == ("under way", 0.5)
    craft.place = (26.3, 127.5)
    craft.turn(1)
    assert craft.states[-1] == "done"


def test_coming_back_is_done_when_it_is_disarmed_or_has_landed_or_lies_still() -> None:
    for end in ("disarmed", "landed", "still"):
        craft = Autopilot(fresh(TaskKind.RETURN))
        craft.turn(70)
        assert set(craft.states) == {"under way"}
        assert [one.command for _, one in craft.of("COMMAND_LONG")] == [20]
        if end == "disarmed":
            craft.mode = GROUND
        elif end == "landed":
            craft.say("EXTENDED_SYS_STATE", landed_state=1, vtol_state=0)
        else:
            craft.speed = 0.1
        craft.turn(65 if end == "still" else 2)
        assert craft.states[-1] == "done", end


def test_called_off_it_circles_where_it_is_unless_its_pilot_flies_it() -> None:
    for mode, commands in ((AUTO, [300, 17]), (MANUAL, [300])):
        craft = Autopilot(fresh(TaskKind.SEARCH, places=((26.2, 127.5), (26.3, 127.5))))
        craft.turn(3)
        craft.mode = mode
        craft.turn(1)
        craft.driver.stop(craft.now)
        craft.turn(2)
        assert [one.command for _, one in craft.of("COMMAND_LONG")] == commands
        assert craft.of("MISSION_CLEAR_ALL")
        assert craft.states[-1] == "withdrawn"


def test_whoever_speaks_first_as_an_autopilot_is_meant_where_no_system_is_named() -> None:
    craft = Autopilot(fresh(TaskKind.RETURN), system=0)
    craft.silent = True
    craft.turn(5)
    assert craft.of("COMMAND_LONG") == []
    craft.driver.hear({"message": "HEARTBEAT", "sysid": 9, "compid": 190, "type": 6, "autopilot": 8, "base_mode": 0}, T)
    craft.silent = False
    craft.turn(2)
    assert [one.target_system for _, one in craft.of("COMMAND_LONG")] == [1]
    lonely = Autopilot(fresh(TaskKind.RETURN), system=0)
    lonely.silent = True
    lonely.turn(20)
    assert lonely.states == ["lost"]


def test_two_vehicles_on_one_feed_are_told_apart(records: Records) -> None:
    craft = Autopilot(fresh(TaskKind.SEARCH, places=((26.2, 127.5), (26.3, 127.5))))
    craft.turn(2)
    for seq in range(2):
        craft.driver.hear({"message": "MISSION_ITEM_REACHED", "sysid": 2, "compid": 1, "seq": seq}, craft.now)
    craft.turn(2)
    assert "done" not in craft.states
    assert Bench(records).state is not None


def test_hostile_messages_are_survived() -> None:
    craft = Autopilot(fresh(TaskKind.SEARCH, places=((26.2, 127.5), (26.3, 127.5))))
    craft.turn(1)
    for message in ({}, {"message": 7}, {"message": "MISSION_ACK"},
                    {"message": "MISSION_ACK", "sysid": "1", "compid": 1},
                    {"message": "COMMAND_ACK", "sysid": 2, "compid": 1, "command": 300, "result": 2},
                    {"message": "MISSION_REQUEST_INT", "sysid": 1, "compid": 1, "seq": 65535, "mission_type": 1},
                    {"message": "STATUSTEXT", "sysid": 1, "compid": 1, "text": "x"}):  # fmt: skip
        craft.driver.hear(message, craft.now)
    craft.turn(2)
    assert craft.states[-1] == "under way"
