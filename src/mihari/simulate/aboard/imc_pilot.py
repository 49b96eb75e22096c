"""A simulated vehicle that speaks IMC: tells where it is, takes plans and follows them, tells late what it heard below.

The vehicle's side of LSTS IMC 5.4, as DUNE answers consoles. Radio works at the surface only: under water nothing is
sent or taken; what it heard there is kept with the states of that time and sent in a burst when it comes up. It is
taken to know its place under water.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mihari.core.errors import BadInput
from mihari.core.geodesics import direct, great_circle
from mihari.core.units import KNOT, wrap_half_turn
from mihari.formats.imc import Decoder, encode
from mihari.simulate.aboard.pilot import Helm
from mihari.simulate.vehicles.limits import Refused

Message = dict[str, Any]
Bearing = tuple[float, float]  # rad true, standard deviation in rad
SURFACE_M = 0.5  # no deeper, and its antenna is out
KEPT_S = 30.0  # so often it keeps its state under water
KEPT = 20_000  # messages: days of them
BURST = 200  # messages in half a second: a radio modem's pace
REACHED_M = 80.0
EVERYONE = 0xFFFF
EVERY_S = {
    "EstimatedState": 1.0, "VehicleState": 1.0, "PlanControlState": 1.0, "Heartbeat": 1.0, "FuelLevel": 10.0,
    "Announce": 10.0,
}  # fmt: skip
STEPS = ("Goto", "PopUp", "Loiter", "FollowPath")


@dataclass(frozen=True, slots=True)
class Step:
    """One place of a plan: manoeuvre, degrees, m above the sea (negative: below), how long to stay there."""

    name: str
    lat_deg: float
    lon_deg: float
    height: float
    stay_s: float = 0.0


class ImcPilot:
    """One vehicle. `source`: its IMC id; `kind`: what it says it is, UUV or USV."""

    def __init__(self, helm: Helm, source: int, name: str, kind: str = "UUV") -> None:
        self.helm, self.source, self.name, self.kind = helm, source, name, kind
        self.plan_id, self.steps, self.current, self.outcome = "", list[Step](), -1, "NONE"
        self.plans: dict[str, Message] = {}
        self._decoder = Decoder()
        self._out: deque[Message] = deque(maxlen=KEPT)
        self._due = dict.fromkeys(EVERY_S, -math.inf)
        self._kept = -math.inf
        self._stays_until = math.nan

    @property
    def up(self) -> bool:
        """Whether it can send and be sent to."""
        return self.helm.state.height >= -SURFACE_M

    @property
    def running(self) -> bool:
        """Whether it follows a plan."""
        return 0 <= self.current < len(self.steps)

    def take(self, data: bytes, now: float) -> None:
        """What came in over its link; nothing comes through under water."""
        if not self.up:
            return
        for message in self._decoder.feed(data, complete=True):
            if message["destination"] in (self.source, EVERYONE):
                self._answer(message, now)

    def step(self, now: float) -> list[bytes]:
        """Go on, and what is to be sent now."""
        self._follow(now)
        if not self.up:
            if now - self._kept >= KEPT_S:
                self._kept = now
                self._out.append(self._headed("EstimatedState", now))
            return []
        sent = [self._out.popleft() for _ in range(min(len(self._out), BURST))]
        sent += self._telemetry(now)
        return [encode(message) for message in sent]

    def hears(self, bearings: Sequence[Bearing], now: float) -> None:
        """What its hydrophones heard at one time."""
        if bearings and not self.up and now > self._kept:
            self._kept = now
            self._out.append(self._headed("EstimatedState", now))
        for bearing, sd in bearings:
            told = {"bearing": bearing % (2 * math.pi), "accuracy": sd}
            self._out.append(self._head("UsblAnglesExtended", now) | told)

    def receives(self, vessel: Message, now: float) -> None:
        """An AIS message that its receiver heard at the surface, as `ais_info` makes them."""
        if self.up:
            self._out.append(self._head("AisInfo", now) | vessel)

    # plans

    def _answer(self, message: Message, now: float) -> None:
        if message["message"] not in ("PlanControl", "PlanDB") or message["type"] != "REQUEST":
            return
        try:
            info, good = self._asked(message, now), "SUCCESS"
        except (BadInput, Refused) as problem:
            info, good = str(problem), "FAILURE"
        told = {name: message[name] for name in ("op", "request_id", "plan_id")}
        text = info.encode("ascii", "replace").decode()
        self._out.append(
            self._head(message["message"], now) | told | {"type": good, "info": text, "destination": message["source"]}
        )

    def _asked(self, message: Message, now: float) -> str:
        """Do what is asked; what to say of it. BadInput or Refused say why not."""
        asked = f"{message['message']} {message['op']}"
        plan = message["arg"]
        if asked == "PlanDB SET" and plan is not None:
            steps_of(plan)
            self.plans[message["plan_id"]] = plan
            return "kept"
        if asked == "PlanControl START":
            plan = self.plans.get(message["plan_id"]) if plan is None else plan
            if plan is None:
                raise BadInput(f"no plan is called {message['plan_id']}")
            return self._begin(message["plan_id"], plan, now)
        if asked == "PlanControl STOP":
            if self.running:
                self.current, self.outcome = -1, "FAILURE"
                s = self.helm.state
                self.helm.circle(s.lat_deg, s.lon_deg, 0.0)
            return "stopped"
        raise BadInput(f"{asked} is not known here")

    def _begin(self, name: str, plan: Message, now: float) -> str:
        steps = steps_of(plan)
        why = self.helm.refuses([(step.lat_deg, step.lon_deg) for step in steps])
        if why:
            raise BadInput(why)
        self.helm.go(steps[0].lat_deg, steps[0].lon_deg, steps[0].height)
        self.plan_id, self.steps, self.outcome = name, steps, "NONE"
        self.current, self._stays_until = 0, math.nan
        return f"{len(steps)} places"

    def _next(self) -> None:
        """On to the next place; a plan whose next place is refused on the way has failed."""
        self.current, self._stays_until = self.current + 1, math.nan
        if not self.running:
            self.outcome = "SUCCESS"
            return
        step = self.steps[self.current]
        try:
            self.helm.go(step.lat_deg, step.lon_deg, step.height)
        except Refused:
            self.current, self.outcome = -1, "FAILURE"

    def _follow(self, now: float) -> None:
        if not self.running:
            return
        step, state = self.steps[self.current], self.helm.state
        if math.isnan(self._stays_until):
            away = float(great_circle(state.lat_deg, state.lon_deg, step.lat_deg, step.lon_deg)[0])
            if away > REACHED_M:
                return
            self._stays_until = now + step.stay_s
            if step.stay_s > 0:
                self.helm.circle(step.lat_deg, step.lon_deg, step.height)
        if now >= self._stays_until:
            self._next()

    # what it tells

    def _telemetry(self, now: float) -> Iterator[Message]:
        for name, every in EVERY_S.items():
            if now >= self._due[name]:
                self._due[name] = now + every
                yield self._headed(name, now)

    def _head(self, name: str, now: float) -> Message:
        return {"message": name, "time": now, "source": self.source}

    def _headed(self, name: str, now: float) -> Message:
        return self._head(name, now) | self._fields(name)

    def _fields(self, name: str) -> Message:
        s = self.helm.state
        if name == "EstimatedState":
            north, east = s.speed * math.cos(s.course), s.speed * math.sin(s.course)
            place = {"lat_deg": s.lat_deg, "lon_deg": s.lon_deg, "depth": max(-s.height, 0.0), "z": -s.height}
            turned = {"psi": float(wrap_half_turn(s.heading)), "theta": s.pitch, "phi": s.roll}
            return place | turned | {"vx": north, "vy": east, "vz": -s.climb, "u": s.speed}
        if name == "VehicleState":
            return {"op_mode": "MANEUVER" if self.running else "SERVICE"}
        if name == "FuelLevel":
            return {"value_percent": 100.0 * s.energy, "confidence_percent": 100.0}
        if name == "Announce":
            return {"sys_name": self.name, "sys_type": self.kind, "lat_deg": s.lat_deg, "lon_deg": s.lon_deg}
        if name == "PlanControlState":
            running = self.running
            return {
                "state": "EXECUTING" if running else "READY",
                "plan_id": self.plan_id,
                "plan_progress_percent": 100.0 * self.current / len(self.steps) if running else -1.0,
                "plan_eta_s": -1,
                "man_id": self.steps[self.current].name if running else "",
                "last_outcome": self.outcome,
            }
        return {}


def steps_of(plan: Mapping[str, Any]) -> list[Step]:
    """The places of a PlanSpecification in order; BadInput for one that this vehicle cannot follow.

    >>> from mihari.formats.imc import goto, plan, pop_up
    >>> made = plan("p", [goto(26.0, 127.0, speed=1.0, depth=30.0), pop_up(26.1, 127.0, speed=1, radius=9, duration_s=60)])
    >>> [(step.name, step.height, step.stay_s) for step in steps_of(made)]
    [('1', -30.0, 0.0), ('2', 0.0, 60.0)]
    """  # noqa: E501
    if plan.get("message") != "PlanSpecification":
        raise BadInput("expected a PlanSpecification")
    manoeuvres = {one["maneuver_id"]: one["data"] for one in plan["maneuvers"]}
    following = {one["source_man"]: one["dest_man"] for one in plan["transitions"]}
    name, seen, steps = plan["start_man_id"], set[str](), list[Step]()
    while name in manoeuvres and name not in seen:
        seen.add(name)
        steps += _places(name, manoeuvres[name])
        name = following.get(name, "")
    if not steps:
        raise BadInput("a plan without places")
    return steps


def _places(name: str, step: Mapping[str, Any] | None) -> list[Step]:
    told = "nothing" if step is None else step["message"]
    if step is None or told not in STEPS:
        raise BadInput(f"manoeuvre {name}: {told} is not known here; expected one of {', '.join(STEPS)}")
    lat, lon = float(step["lat_deg"]), float(step["lon_deg"])
    if not (abs(lat) <= 90 and abs(lon) <= 180 and math.isfinite(step["z"])):
        raise BadInput(f"manoeuvre {name}: no place on Earth")
    height = 0.0 if told == "PopUp" else 0.0 - float(step["z"])
    if told != "FollowPath":
        return [Step(name, lat, lon, height, float(step.get("duration_s", 0)))]
    places = []
    for point in step["points"]:
        east, north = float(point["y"]), float(point["x"])
        there = direct(lat, lon, math.atan2(east, north), math.hypot(east, north))
        places.append(Step(name, float(there[0]), float(there[1]), height - float(point["z"])))
    return places


def ais_info(
    mmsi: int, lat_deg: float, lon_deg: float, course: float, speed: float, name: str, ship_type: int
) -> Message:
    """The fields of AisInfo for a position report with a name; rad, m/s."""
    return {
        "mmsi": f"{mmsi:09d}", "lat_deg": lat_deg, "lon_deg": lon_deg, "course_deg": math.degrees(course) % 360.0,
        "speed_kn": speed / KNOT, "name": name, "type_and_cargo": ship_type, "sensor_class": "A", "msg_type": "1",
    }  # fmt: skip
