"""A simulated autopilot that speaks MAVLink: takes missions and commands, flies them, tells where it is. No sockets.

The vehicle's side of https://mavlink.io/en/services/mission.html and command.html. What it steers is a `Helm`: so the
same autopilot flies, sails and hovers.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from mihari.core.geodesics import great_circle
from mihari.core.units import wrap_turn
from mihari.formats.mavlink import Decoder, Encoder, to_dicts

Message = dict[str, Any]
AUTOPILOT = 1  # MAV_COMP_ID_AUTOPILOT1
WAYPOINT, LOITER_UNLIMITED, LOITER_TIME, RETURN, LAND, TAKE_OFF = 16, 17, 19, 20, 21, 22  # MAV_CMD_NAV_…
REPOSITION, LOOK_AT, START = 192, 195, 300  # MAV_CMD_DO_REPOSITION, DO_SET_ROI_LOCATION, MISSION_START
TAKE_PICTURE = 2000  # MAV_CMD_IMAGE_START_CAPTURE
KNOWN = (WAYPOINT, LOITER_UNLIMITED, LOITER_TIME, RETURN, LAND, TAKE_OFF, LOOK_AT)
ACCEPTED, DENIED, UNSUPPORTED = 0, 2, 3  # MAV_RESULT
MISSION_UNSUPPORTED, NO_SPACE, OUT_OF_TURN, MISSION_DENIED = 3, 4, 13, 14  # MAV_MISSION_RESULT
MOST_ITEMS = 200
ASK_AGAIN_S, GIVE_UP_S = 1.0, 6.0
FIXED_WING, BOAT, QUADROTOR, VTOL = 1, 11, 2, 22  # MAV_TYPE
ON_GROUND, IN_AIR = 1, 2  # MAV_LANDED_STATE
EVERY_S = {
    "HEARTBEAT": 1.0, "GLOBAL_POSITION_INT": 0.5, "ATTITUDE": 0.5, "VFR_HUD": 1.0, "EXTENDED_SYS_STATE": 1.0,
    "MISSION_CURRENT": 1.0, "SYS_STATUS": 2.0, "SYSTEM_TIME": 5.0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class State:
    """A vehicle as its autopilot knows it: degrees, m above the sea, rad, m/s, share of energy left."""

    lat_deg: float
    lon_deg: float
    height: float
    heading: float
    course: float
    speed: float
    climb: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    energy: float = 1.0
    landed: bool = False


class Helm(Protocol):
    """What an autopilot steers."""

    @property
    def state(self) -> State:
        """Where it is and how it moves."""
        ...

    def go(self, lat_deg: float, lon_deg: float, height: float) -> None:
        """Head for a place, at a height; it takes off by itself where it stands."""
        ...

    def circle(self, lat_deg: float, lon_deg: float, height: float) -> None:
        """Stay about a place."""
        ...

    def home(self) -> None:
        """Back to where it came from, and down there."""
        ...

    def refuses(self, places: list[tuple[float, float]]) -> str:
        """Why it cannot go through these places, one sentence; "" where it can."""
        ...


class Pilot:
    """One autopilot. `took`: UTC s at which it was switched on; `mav_type`: what it tells it is."""

    def __init__(
        self, helm: Helm, system: int, took: float, mav_type: int = FIXED_WING, reached_m: float = 300.0
    ) -> None:
        self.helm, self.system, self.took_off, self.mav_type, self.reached_m = helm, system, took, mav_type, reached_m
        self.items: list[Message] = []
        self.current, self.running = -1, False
        self.looks_at: tuple[float, float] | None = None  # where its camera is told to look
        self.refused: list[str] = []
        self.pictures = 0  # that it was asked to take and has not told of
        self._captured = 0
        self._decoder, self._encoder = Decoder(), Encoder(system, AUTOPILOT)
        self._out: list[Message] = []
        self._due = dict.fromkeys(EVERY_S, -math.inf)
        self._upload: tuple[int, int, int] | None = None  # how many, from whom
        self._taken: list[Message] = []
        self._last: tuple[int, int, int, int] | None = None  # of the last upload: how many, from whom, its result
        self._asked, self._began = -math.inf, -math.inf
        self._stays_until = math.nan

    def take(self, data: bytes, now: float) -> None:
        """What came in over its link: one datagram."""
        for message in to_dicts(self._decoder.feed(data, now, complete=True)):
            if message.get("target_system", 0) in (0, self.system):
                self._answer(message, now)

    def step(self, now: float) -> list[bytes]:
        """Fly on, and what is to be sent now."""
        self._fly(now)
        self._ask_again(now)
        self._out += self._telemetry(now)
        sent = [self._encoder.encode(message) for message in self._out]
        self._out = []
        return sent

    def fly(self, items: list[Message], now: float) -> None:
        """Begin a mission that was not sent to it."""
        self.items, self._taken = items, []
        self._begin(0, now)

    def hears(self, vessel: Message) -> None:
        """An AIS message that its receiver heard, to be told as AIS_VESSEL."""
        self._out.append(vessel)

    # what others say

    def _answer(self, message: Message, now: float) -> None:
        name = message["message"]
        if name == "MISSION_COUNT":
            self._begin_upload(message, now)
        elif name == "MISSION_ITEM_INT" and self._upload is not None:
            self._item(message, now)
        elif name == "MISSION_ITEM_INT" and self._last is not None and message["seq"] == self._last[0] - 1:
            self._acknowledge(*self._last[1:])  # the sender has not heard that it was taken
        elif name == "MISSION_REQUEST_LIST":
            to = self._to(message)
            self._out.append({"message": "MISSION_COUNT", "count": len(self.items), "mission_type": 0, **to})
        elif name == "MISSION_CLEAR_ALL":
            self.items, self.running, self.current = [], False, -1
            self._acknowledge(message["sysid"], message["compid"], 0)
        elif name in ("COMMAND_LONG", "COMMAND_INT"):
            result = self._command(message, now)
            ack = {"message": "COMMAND_ACK", "command": message["command"], "result": result, "progress": 0}
            self._out.append(ack | {"result_param2": 0} | self._to(message))

    def _begin_upload(self, message: Message, now: float) -> None:
        count, sender = int(message["count"]), (message["sysid"], message["compid"])
        if count > MOST_ITEMS:
            self._acknowledge(*sender, NO_SPACE)
            return
        self._upload, self._taken, self._began = (count, *sender), [], now
        if count == 0:
            self._end_upload(0)
            return
        self._request(now)

    def _request(self, now: float) -> None:
        assert self._upload is not None
        _, system, component = self._upload
        self._asked = now
        to = {"target_system": system, "target_component": component}
        self._out.append({"message": "MISSION_REQUEST_INT", "seq": len(self._taken), "mission_type": 0, **to})

    def _item(self, message: Message, now: float) -> None:
        assert self._upload is not None
        if message["seq"] != len(self._taken):
            if message["seq"] > len(self._taken):
                self._request(now)
            return
        self._taken.append(message)
        if len(self._taken) < self._upload[0]:
            self._request(now)
            return
        self._end_upload(self._judged())

    def _judged(self) -> int:
        """MAV_MISSION_RESULT of what was sent."""
        if any(item["command"] not in KNOWN for item in self._taken):
            self.refused.append("a command that this vehicle does not know")
            return MISSION_UNSUPPORTED
        places = [(item["lat_deg"], item["lon_deg"]) for item in self._taken if item["command"] in (16, 17, 19)]
        why = self.helm.refuses(places)
        if why:
            self.refused.append(why)
            self._say(why)
            return MISSION_DENIED
        return ACCEPTED

    def _end_upload(self, result: int) -> None:
        assert self._upload is not None
        count, system, component = self._upload
        self._upload, self._last = None, (count, system, component, result)
        if result == ACCEPTED:
            self.items, self.running, self.current = self._taken, False, -1
        self._acknowledge(system, component, result)

    def _ask_again(self, now: float) -> None:
        if self._upload is None:
            return
        if now - self._began > GIVE_UP_S + len(self._taken):
            self._upload = None
        elif now - self._asked > ASK_AGAIN_S:
            self._request(now)

    def _command(self, message: Message, now: float) -> int:
        command = message["command"]
        if command == START:
            if not self.items:
                return DENIED
            self._begin(int(message["param1"] or 0), now)
            return ACCEPTED
        if command == RETURN:
            self.running = False
            self.helm.home()
            return ACCEPTED
        if command == REPOSITION and message["message"] == "COMMAND_INT":
            place = (message["lat_deg"], message["lon_deg"])
            if None in place or self.helm.refuses([place]):
                return DENIED
            self.running = False
            self.helm.circle(*place, self._height(message["z"]))
            return ACCEPTED
        if command == LOOK_AT and message["message"] == "COMMAND_INT":
            self._look_at(message)
            return ACCEPTED
        if command == LOITER_UNLIMITED:
            state = self.helm.state
            self.running = False
            self.helm.circle(state.lat_deg, state.lon_deg, state.height)
            return ACCEPTED
        if command == TAKE_PICTURE:
            self.pictures += 1
            return ACCEPTED
        return UNSUPPORTED

    def took(self, url: str, now: float, place: tuple[float, float], height: float) -> None:
        """A picture is taken of a place, and can be had there."""
        state, zero = self.helm.state, {"q": [1.0, 0.0, 0.0, 0.0], "camera_id": 1}
        self._out.append(
            {
                "message": "CAMERA_IMAGE_CAPTURED", "time_boot_ms": max(round((now - self.took_off) * 1000), 0),
                "time_utc_us": round(now * 1e6), "lat_deg": place[0], "lon_deg": place[1], "alt": state.height,
                "relative_alt": height, "image_index": self._captured, "capture_result": 1, "file_url": url, **zero,
            }
        )  # fmt: skip
        self._captured += 1

    # flying

    def _begin(self, number: int, now: float) -> None:
        self.running = True
        self._steer(number, now)

    def _steer(self, number: int, now: float) -> None:
        """Take up item `number`; what needs no time is done and passed over."""
        while number < len(self.items):
            item = self.items[number]
            self.current, self._stays_until = number, math.nan
            command = item["command"]
            if command == LOOK_AT:
                self._look_at(item)
            elif command in (RETURN, LAND):
                self.helm.home()
                return
            elif command == TAKE_OFF and item["lat_deg"] in (None, 0.0):
                state = self.helm.state
                self.helm.go(state.lat_deg + 0.02, state.lon_deg, self._height(item["z"]))
                self._stays_until = now + 30.0
                return
            else:
                self.helm.go(item["lat_deg"], item["lon_deg"], self._height(item["z"]))
                return
            self._reached(number)
            number += 1
        self.running = False

    def _look_at(self, told: Message) -> None:
        """A place to look at; none: nothing in particular."""
        lat, lon = told["lat_deg"], told["lon_deg"]
        self.looks_at = None if lat is None or lon is None else (lat, lon)

    def _height(self, z: float | None) -> float:
        return self.helm.state.height if not z or not math.isfinite(z) else z

    def _fly(self, now: float) -> None:
        if not self.running or not 0 <= self.current < len(self.items):
            return
        item, state = self.items[self.current], self.helm.state
        command = item["command"]
        if command in (RETURN, LAND):
            if state.landed:
                self._reached(self.current)
                self.running = False
            return
        if not math.isnan(self._stays_until):
            if now >= self._stays_until:
                self._reached(self.current)
                self._steer(self.current + 1, now)
            return
        if item["lat_deg"] is None:
            return
        away = float(great_circle(state.lat_deg, state.lon_deg, item["lat_deg"], item["lon_deg"])[0])
        if away > max(self.reached_m, float(item["param2"] or 0.0)):
            return
        if command in (LOITER_TIME, LOITER_UNLIMITED) or (item["param1"] or 0.0) > 0:
            self.helm.circle(item["lat_deg"], item["lon_deg"], self._height(item["z"]))
            seconds = math.inf if command == LOITER_UNLIMITED else float(item["param1"] or 0.0)
            self._stays_until = now + seconds
            if command == LOITER_UNLIMITED:
                self._reached(self.current)
            return
        self._reached(self.current)
        self._steer(self.current + 1, now)

    def _reached(self, number: int) -> None:
        self._out.append({"message": "MISSION_ITEM_REACHED", "seq": number})

    # what it tells

    def _telemetry(self, now: float) -> Iterator[Message]:
        for name, every in EVERY_S.items():
            if now >= self._due[name]:
                self._due[name] = max(self._due[name] + every, now) if math.isfinite(self._due[name]) else now + every
                yield {"message": name} | self._fields(name, now)

    def _fields(self, name: str, now: float) -> Message:
        s = self.helm.state
        since = max(round((now - self.took_off) * 1000.0), 0)
        if name == "HEARTBEAT":
            mode = 128 | (4 if self.running else 8)
            head = {"custom_mode": 0, "type": self.mav_type, "autopilot": 3, "base_mode": mode}
            return head | {"system_status": 3 if s.landed else 4, "mavlink_version": 3}
        if name == "GLOBAL_POSITION_INT":
            speed = {"vx": s.speed * math.cos(s.course), "vy": s.speed * math.sin(s.course), "vz": -s.climb}
            place = {"lat_deg": s.lat_deg, "lon_deg": s.lon_deg, "alt": s.height, "relative_alt": s.height}
            return {"time_boot_ms": since, **place, **speed, "hdg": float(wrap_turn(s.heading))}
        if name == "ATTITUDE":
            yaw = (s.heading + math.pi) % (2 * math.pi) - math.pi
            rates = {"rollspeed": 0.0, "pitchspeed": 0.0, "yawspeed": 0.0}
            return {"time_boot_ms": since, "roll": s.roll, "pitch": s.pitch, "yaw": yaw, **rates}
        if name == "VFR_HUD":
            return {
                "airspeed": s.speed, "groundspeed": s.speed, "alt": s.height, "climb": s.climb,
                "heading": float(wrap_turn(s.heading)), "throttle_percent": 0 if s.landed else 60,
            }  # fmt: skip
        if name == "EXTENDED_SYS_STATE":
            return {"vtol_state": 0, "landed_state": ON_GROUND if s.landed else IN_AIR}
        if name == "MISSION_CURRENT":
            return {"seq": max(self.current, 0)}
        if name == "SYS_STATUS":
            bits = dict.fromkeys(("present", "enabled", "health"), 0)
            sensors = {f"onboard_control_sensors_{k}": v for k, v in bits.items()}
            errors = {f"errors_count{k}": 0 for k in range(1, 5)}
            volts = {"load_percent": 0.0, "voltage_battery": None, "current_battery": None}
            link = {"drop_rate_comm_percent": 0.0, "errors_comm": 0}
            return {**sensors, **errors, **volts, **link, "battery_remaining_percent": round(100 * s.energy)}
        return {"time_unix_usec": round(now * 1e6), "time_boot_ms": since}

    def _say(self, text: str) -> None:
        self._out.append({"message": "STATUSTEXT", "severity": 4, "text": text[:50]})

    def _acknowledge(self, system: int, component: int, result: int) -> None:
        to = {"target_system": system, "target_component": component}
        self._out.append({"message": "MISSION_ACK", "type": result, "mission_type": 0, **to})

    @staticmethod
    def _to(message: Message) -> Message:
        return {"target_system": message["sysid"], "target_component": message["compid"]}


def ais_vessel(
    mmsi: int, lat_deg: float, lon_deg: float, course: float, speed: float, name: str, ship_type: int, status: int
) -> Message:
    """AIS_VESSEL of a position report with a name; flags: valid course, speed, name."""
    return {
        "message": "AIS_VESSEL", "MMSI": mmsi, "lat_deg": lat_deg, "lon_deg": lon_deg,
        "COG": float(np.mod(course, 2 * math.pi)), "heading": float(np.mod(course, 2 * math.pi)), "velocity": speed,
        "dimension_bow": 0, "dimension_stern": 0, "tslc": 0, "flags": 2 | 4 | 4096, "turn_rate": 0.0,
        "navigational_status": status, "type": ship_type, "dimension_port": 0, "dimension_starboard": 0,
        "callsign": "", "name": name[:20],
    }  # fmt: skip
