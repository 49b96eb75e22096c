"""Tasks for MAVLink vehicles: missions uploaded, started and watched; vessels followed by repositioning.

https://mavlink.io/en/services/mission.html and command.html. Of what the vehicle says, a driver needs `HEARD`. A pilot
who takes over is left alone: nothing more is sent to a vehicle that was led and is in no automatic mode any more.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from mihari.core.asset import Asset
from mihari.core.picture import Picture
from mihari.core.task import Task, TaskKind, TaskState
from mihari.core.times import told_time
from mihari.formats.mavlink import Command, Encoder, MissionUpload, items
from mihari.formats.mavlink.command import long
from mihari.tasks import flight
from mihari.tasks.driver import Told
from mihari.tasks.flight import ABOVE_SEA, Craft

S = TaskState
KINDS = (TaskKind.LOOK, TaskKind.FOLLOW, TaskKind.SEARCH, TaskKind.HOLD, TaskKind.RETURN)
HEARD = (
    "HEARTBEAT", "EXTENDED_SYS_STATE", "MISSION_REQUEST", "MISSION_REQUEST_INT", "MISSION_ACK", "MISSION_COUNT",
    "MISSION_CURRENT", "MISSION_ITEM_REACHED", "COMMAND_ACK",
)  # fmt: skip
SYSTEM, COMPONENT = 245, 190  # we, as ground stations number themselves; MAV_COMP_ID_MISSIONPLANNER
AUTOPILOT = 1  # MAV_COMP_ID_AUTOPILOT1
GROUND_STATION, NO_AUTOPILOT, ARDUPILOT = 6, 8, 3  # MAV_TYPE_GCS, MAV_AUTOPILOT_INVALID, MAV_AUTOPILOT_ARDUPILOTMEGA
LED, ARMED = 0b1100, 128  # MAV_MODE_FLAG: auto or guided; safety armed
ON_GROUND = 1  # MAV_LANDED_STATE_ON_GROUND
START, REPOSITION, LOITER, HOME = 300, 192, 17, 20  # MAV_CMD
LOOK_AT = 195  # MAV_CMD_DO_SET_ROI_LOCATION
CHANGE_MODE = 1.0  # MAV_DO_REPOSITION_FLAGS_CHANGE_MODE
UNSUPPORTED = "unsupported"
BEAT_S = 1.0  # heartbeats are told at 1 Hz
REPOSITION_S = 5.0
ANSWER_S = 15.0  # until it is known who speaks, and what it has after a new start of ours
GONE_S = 120.0  # a vessel that is to be followed is not in the picture
MODE_S = 3.0  # a heartbeat, by which it is known who flies it, comes within a second
STILL_S, STILL_MPS = 60.0, 0.5  # come back, and lying still


def look_at(system: int, place: tuple[float, float]) -> dict[str, Any]:
    """The command to keep the camera on a place; one that has no camera says so, and flies there all the same."""
    to = {"target_system": system, "target_component": AUTOPILOT, "command": LOOK_AT, "frame": ABOVE_SEA}
    none = {f"param{k}": 0.0 for k in range(1, 5)}
    where = {"lat_deg": place[0], "lon_deg": place[1], "z": 0.0}
    return {"message": "COMMAND_INT", "current": 0, "autocontinue": 0} | to | none | where


class MavlinkDriver:
    """One task of a MAVLink vehicle. `system`: its id, 0 for whoever speaks as an autopilot on its feed.

    To land is `mihari.tasks.landing`.
    """

    def __init__(self, craft: Craft, system: int = 0) -> None:
        self.craft, self.system = craft, system
        self._encoder = Encoder(SYSTEM, COMPONENT)
        self._task: Task | None = None
        self._step: Callable[[float, Picture | None], None] = lambda now, picture: None
        self._out: list[dict[str, Any]] = []
        self._told: list[Told] = []
        self._began = self._beat = self._moved = -math.inf
        self._upload: MissionUpload | None = None
        self._command: Command | None = None
        self._then: Callable[[Command, float], None] = lambda command, now: None
        self._items: list[dict[str, Any]] = []
        self._reached = -1  # number of the last item that was reached
        self._current = -1
        self._autopilot = -1
        self._led: bool | None = None  # whether it is in an automatic mode; None: not known
        self._was_led = False
        self._there = self._still = math.nan  # since when it is where it shall be, and lies still
        self._seen = math.nan  # when the vessel was in the picture last
        self._stopped = math.nan
        self._loitered = self._cleared = self._was_armed = False

    # the seam

    def begin(self, task: Task, asset: Asset, now: float) -> None:
        """Carry this out, or ask the vehicle how far it is where it has it already."""
        self._task, self._began, self._seen = task, now, now
        if task.kind == TaskKind.RETURN:
            self._step = self._watch_home if task.state in (S.UNDER_WAY, S.LATE) else self._call_home
        elif flight.moves(task):
            self._step = self._lead
        else:
            self._items = flight.mission_of(task, self.craft)
            self._step = self._ask if task.state in (S.UNDER_WAY, S.LATE) else self._send_mission

    def hear(self, message: dict[str, Any], now: float) -> None:
        """What came on its feed."""
        name = message.get("message")
        if name not in HEARD or not self._speaks(message):
            return
        if self._upload is not None:
            self._out += self._upload.take(message, now)
        if self._command is not None:
            self._command.take(message, now)
        if name == "HEARTBEAT":
            self._heartbeat(message)
        elif name == "MISSION_ITEM_REACHED":
            self._reached = max(self._reached, int(message["seq"]))
        elif name == "MISSION_CURRENT":
            self._current = int(message["seq"])
        elif name == "MISSION_COUNT":
            self._counted(message)
        elif name == "EXTENDED_SYS_STATE" and message["landed_state"] == ON_GROUND:
            self._landed()
        elif name == "MISSION_ACK" and self._cleared and message["type"] == 0:
            self._tell(S.WITHDRAWN, why="it has given the mission up")

    def tick(self, now: float, picture: Picture | None) -> list[bytes]:
        """Frames to send now."""
        if now - self._beat >= BEAT_S or now < self._beat:
            self._beat = now
            self._out.append({"message": "HEARTBEAT", "type": GROUND_STATION, "autopilot": NO_AUTOPILOT, "base_mode": 0}
                             | {"custom_mode": 0, "system_status": 4, "mavlink_version": 3})  # fmt: skip
        if self.system:
            self._step(now, picture)
        elif now - self._began >= ANSWER_S:
            self._tell(S.LOST, why="no autopilot speaks on its feed")
            self._began = now
        for work in (self._upload, self._command):
            if work is not None:
                self._out += work.tick(now)
        self._answered(now)
        out, self._out = self._out, []
        return [self._encoder.encode(one) for one in out]

    def told(self) -> list[Told]:
        """What was learnt."""
        told, self._told = self._told, []
        return told

    def stop(self, now: float) -> None:
        """Clear the mission that was ours, and stay about where it is, unless a pilot flies it himself."""
        self._upload = self._command = None
        self._step, self._stopped, self._moved = self._call_off, now, -math.inf

    # missions

    def _send_mission(self, now: float, picture: Picture | None) -> None:
        upload = self._upload
        if upload is None:
            self._items = self._with_home(picture)
            self._upload = upload = MissionUpload(self._items, self.system, AUTOPILOT, SYSTEM)
            self._out += upload.start(now)
        if upload.state == "refused":
            self._end(S.DECLINED, f"it refused the mission: {upload.reason}")
        elif upload.state == "lost":
            self._end(S.LOST, f"it took no mission: {upload.reason}")
        elif upload.state == "accepted":
            self._upload, self._step = None, self._watch
            to = {"target_system": self.system, "target_component": AUTOPILOT}
            self._out.append({"message": "MISSION_SET_CURRENT", "seq": 0} | to)
            self._do(long(START, self.system, AUTOPILOT), now, self._started)

    def _started(self, command: Command, now: float) -> None:
        if (
            command.state == "accepted" or command.reason == UNSUPPORTED
        ):  # the latter starts by itself, or its pilot does
            self._tell(S.UNDER_WAY, 0.0, "it has taken the mission")
        elif command.state == "refused":
            self._end(S.DECLINED, f"it took the mission and does not start it: {command.reason}")
        else:
            self._tell(S.UNDER_WAY, 0.0, f"it has taken the mission; to its start there was {command.reason}")

    def _with_home(self, picture: Picture | None) -> list[dict[str, Any]]:
        """ArduPilot takes the first item for home, whatever it says."""
        if self._autopilot != ARDUPILOT or self._task is None:
            return self._items
        return [items.waypoint(*self._task.places[0], 0.0), *self._items]

    def _ask(self, now: float, picture: Picture | None) -> None:
        """After a new start: does it still have our mission?"""
        if now - self._moved >= 2.0:
            self._moved = now
            to = {"target_system": self.system, "target_component": AUTOPILOT, "mission_type": 0}
            self._out.append({"message": "MISSION_REQUEST_LIST"} | to)
        if now - self._began >= ANSWER_S:
            self._end(S.LOST, "it did not answer after the node was started anew")

    def _counted(self, message: Mapping[str, Any]) -> None:
        if self._step != self._ask or message.get("mission_type", 0):
            return
        to = {"target_system": self.system, "target_component": AUTOPILOT, "mission_type": 0}
        self._out.append({"message": "MISSION_ACK", "type": 0} | to)
        count, ours = int(message["count"]), len(self._items)
        if count not in (ours, ours + 1):
            self._end(S.LOST, f"it has another mission by now: {count} items, not {ours}")
            return
        if count == ours + 1:
            self._items = [self._items[0], *self._items]
        self._step = self._watch
        self._tell(S.UNDER_WAY, why="it still has the mission")

    def _watch(self, now: float, picture: Picture | None) -> None:
        """How far it is: by what it says, and by where it is, for an item reached is told once only."""
        task = self._task
        if task is None or self._command is not None:
            return
        last = len(self._items) - 1
        here, asset = flight_end(task), self._asset(picture)
        near = asset is not None and asset.placed and here is not None
        near = near and flight.distance((asset.lat_deg, asset.lon_deg), here) <= self._reach  # type: ignore[union-attr, arg-type]
        self._there = (now if math.isnan(self._there) else self._there) if near else math.nan
        if task.kind == TaskKind.HOLD:
            self._hold(task, now, near or self._reached >= last)
            return
        passed = max(self._reached + 1, self._current if self._current > 0 else 0)
        stayed = 0.0 if math.isnan(self._there) else now - self._there
        wanted = flight.LOOK_S if task.kind == TaskKind.LOOK else 0.0
        if self._reached >= last or (self._current >= last and near and stayed >= wanted):
            self._end(S.DONE, "it has been there" if self._reached < last else "the last item is reached")
        elif passed:
            self._progress(min(passed, last + 1) / (last + 1), f"item {min(passed, last + 1)} of {last + 1}")

    def _hold(self, task: Task, now: float, there: bool) -> None:
        if now >= task.until:
            self._end(S.DONE, f"it held until {told_time(task.until)}")
        elif there:
            self._progress(self._share(task, now), "it is there")

    @property
    def _reach(self) -> float:
        return self.craft.radius * 1.5 if self._task and self._task.kind != TaskKind.SEARCH else flight.NEAR_M

    # vessels

    def _lead(self, now: float, picture: Picture | None) -> None:
        """To where the vessel will be when the vehicle is told again."""
        task = self._task
        if task is None:
            return
        if self._was_led and self._led is False:
            self._end(S.FAILED, "its pilot has taken it over")
            return
        if task.kind == TaskKind.FOLLOW and now >= task.until:
            self._end(S.DONE, f"it followed until {told_time(task.until)}")
            return
        place = flight.where_is(picture, task.vessel, now, REPOSITION_S)
        if place is not None:
            self._seen = now
        elif now - self._seen >= GONE_S:
            self._end(S.FAILED, f"vessel {task.vessel} is in the picture no more")
            return
        if self._looked(task, place, now, picture):
            return
        if place is not None and self._command is None and not 0 <= now - self._moved < REPOSITION_S:
            self._moved = now
            self._out.append(look_at(self.system, place))
            self._do(self._reposition(task, place), now, self._led_there)

    def _reposition(self, task: Task, place: tuple[float, float]) -> dict[str, Any]:
        to = {"target_system": self.system, "target_component": AUTOPILOT, "command": REPOSITION, "frame": ABOVE_SEA}
        told = {"param1": -1.0, "param2": CHANGE_MODE, "param3": self.craft.radius, "param4": None}
        where = {"lat_deg": place[0], "lon_deg": place[1], "z": flight.height_of(task, self.craft)}
        return {"message": "COMMAND_INT", "current": 0, "autocontinue": 0} | to | told | where

    def _led_there(self, command: Command, now: float) -> None:
        if command.state == "accepted":
            self._tell(S.UNDER_WAY)
            self._led = self._led if self._was_led else None  # it changes its mode: what it told before is past
        elif command.state == "refused" and not command.temporary:
            state = S.FAILED if self._was_led else S.DECLINED
            self._end(state, f"it does not go where it is led: {command.reason}")
        elif command.state == "lost" and not self._was_led:
            self._end(S.LOST, "it does not answer")
        self._was_led = self._was_led or command.state == "accepted"

    def _looked(self, task: Task, place: tuple[float, float] | None, now: float, picture: Picture | None) -> bool:
        """Whether it has looked at the vessel for long enough; FOLLOW never has."""
        asset = self._asset(picture)
        if place is None or asset is None or not asset.placed:
            return False
        away = flight.distance((asset.lat_deg, asset.lon_deg), place)
        near = away <= self._reach
        self._there = (now if math.isnan(self._there) else self._there) if near else math.nan
        stayed = 0.0 if math.isnan(self._there) else now - self._there
        share = self._share(task, now) if task.kind == TaskKind.FOLLOW else stayed / flight.LOOK_S
        if self._was_led:
            self._progress(share, "it is there" if near else f"{away / 1852:.1f} NM away")
        if task.kind == TaskKind.LOOK and self._was_led and stayed >= flight.LOOK_S:
            self._end(S.DONE, "it has looked")
            return True
        return False

    # home

    def _call_home(self, now: float, picture: Picture | None) -> None:
        if self._command is None:
            self._do(long(HOME, self.system, AUTOPILOT), now, self._called_home)

    def _called_home(self, command: Command, now: float) -> None:
        if command.state == "accepted":
            self._step = self._watch_home
            self._tell(S.UNDER_WAY, why="it is on its way back")
        elif command.state == "refused":
            self._end(S.DECLINED, f"it does not come back: {command.reason}")
        else:
            self._end(S.LOST, "it does not answer")

    def _watch_home(self, now: float, picture: Picture | None) -> None:
        """Done when it says that it has landed; else, as of boats, when it lies still."""
        asset = self._asset(picture)
        still = asset is not None and asset.speed < STILL_MPS and now - asset.time < STILL_S
        self._still = (now if math.isnan(self._still) else self._still) if still else math.nan
        if not math.isnan(self._still) and now - self._still >= STILL_S:
            self._end(S.DONE, "it lies still")

    def _landed(self) -> None:
        if self._step == self._watch_home:
            self._end(S.DONE, "it has landed")

    # calling off

    def _call_off(self, now: float, picture: Picture | None) -> None:
        if self._led is None and now - self._stopped < MODE_S:
            return  # who flies it is heard first
        if self._led is not False and not self._loitered:
            self._loitered = True
            self._do(long(LOITER, self.system, AUTOPILOT, 0, 0, 0, None, None, None, None), now, self._loiters)
        if not self._items:
            if self._led is False:
                self._tell(S.WITHDRAWN, why="its pilot flies it")
        elif not 0 <= now - self._moved < 1.5:
            self._moved, self._cleared = now, True
            to = {"target_system": self.system, "target_component": AUTOPILOT, "mission_type": 0}
            self._out.append({"message": "MISSION_CLEAR_ALL"} | to)

    def _loiters(self, command: Command, now: float) -> None:
        if command.state == "accepted" and not self._items:  # there is no mission to be cleared
            self._tell(S.WITHDRAWN, why="it stays where it is")

    # helpers

    def _speaks(self, message: Mapping[str, Any]) -> bool:
        """Whether our vehicle says this; the first autopilot that speaks is ours where none is named."""
        system, component = message.get("sysid"), message.get("compid")
        if not isinstance(system, int) or component != AUTOPILOT or system == SYSTEM:
            return False
        if not self.system and message.get("message") == "HEARTBEAT" and message.get("type") == GROUND_STATION:
            return False
        self.system = self.system or system
        return system == self.system

    def _heartbeat(self, message: Mapping[str, Any]) -> None:
        self._autopilot = int(message["autopilot"])
        mode = int(message["base_mode"])
        self._led = bool(mode & LED)
        if self._was_armed and not mode & ARMED:
            self._landed()
        self._was_armed = bool(mode & ARMED)

    def _do(self, message: dict[str, Any], now: float, then: Callable[[Command, float], None]) -> None:
        self._command, self._then = Command(message, SYSTEM, COMPONENT), then
        self._out += self._command.start(now)

    def _answered(self, now: float) -> None:
        """Go on once a command has come to its end."""
        command, then = self._command, self._then
        if command is not None and command.state not in ("sending", "running"):
            self._command = None
            then(command, now)

    def _asset(self, picture: Picture | None) -> Asset | None:
        if picture is None or self._task is None:
            return None
        return next((one for one in picture.assets if one.name == self._task.asset), None)

    def _share(self, task: Task, now: float) -> float:
        whole = task.until - task.since
        return (now - task.since) / whole if math.isfinite(whole) and whole > 0 else math.nan

    def _progress(self, share: float, why: str) -> None:
        self._tell(S.UNDER_WAY, share, why)

    def _tell(self, state: TaskState, progress: float = math.nan, why: str = "") -> None:
        told = Told(state, progress, why)
        if not self._told or self._told[-1] != told:
            self._told.append(told)

    def _end(self, state: TaskState, why: str) -> None:
        """It is over: nothing more is sent but what is asked for."""
        self._step = lambda now, picture: None
        self._upload = self._command = None
        self._tell(state, why=why)


def flight_end(task: Task) -> tuple[float, float] | None:
    """The place at which a task ends; None without one.

    >>> flight_end(Task(1, "tb3", TaskKind.SEARCH, "Sato", 0.0, places=((1.0, 2.0), (3.0, 4.0))))
    (3.0, 4.0)
    """
    return task.places[-1] if task.places else None
