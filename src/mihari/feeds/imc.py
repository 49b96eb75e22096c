"""IMC -> telemetry of vehicles, what their hydrophones heard, AIS that they received, and their answers. No sockets.

Messages: LSTS IMC 5.4. Who speaks goes by the header's source. A vehicle under water tells all it heard when it comes
up: hours late, in a burst. So times are the headers', and a bearing is a look from where its vehicle was when it heard
it, between the EstimatedStates before and after. Bearings of one time are one look, all round: what it heard then is
all that it heard. A bearing waits until the states of its time are there; one without them is counted and let go.

Only UsblAnglesExtended without a peer is something heard: with a peer it is the bearing of another modem of ours.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from mihari.core.asset import AssetKind, Telemetry
from mihari.core.health import Health
from mihari.core.reports import Batch, ReportKind, Reports, Sector
from mihari.core.sensor import SensorKind
from mihari.core.units import wrap_turn
from mihari.feeds.counting import count_refused
from mihari.feeds.imc_ais import heard_vessel
from mihari.feeds.moments import Moments
from mihari.feeds.registry import SensorRegistry
from mihari.feeds.transport import Chunk
from mihari.formats.imc import Decoder, position

EVERY_S = 0.4  # telemetry faster than this is not shown
VEHICLES = 64  # on one feed; random bytes must not invent more
WAITING = 4096  # looks of one vehicle that wait for its places: two days of a bearing a minute
WAIT_S = 600.0  # of receipt: a burst is over by then
EARLIEST_S, LATEST_S = 30 * 86400.0, 600.0  # times further back or ahead are those of a clock that is not set
VALID_POSITION, VALID_COURSE, VALID_SPEED = 4, 8, 16  # GpsFix validity
FIX_S = 60.0  # a fix counts as a place of its own where no EstimatedState was told for so long
VEHICLE = ("EstimatedState", "GpsFix", "VehicleState", "FuelLevel", "AisInfo", "UsblAnglesExtended")  # only they send
TALK = ("PlanControl", "PlanControlState", "PlanDB")
KINDS = {"UUV": AssetKind.UNDERWATER, "USV": AssetKind.SURFACE, "UAV": AssetKind.AIRCRAFT}  # Announce sys_type
MODES = {
    "SERVICE": "standing by", "CALIBRATION": "calibrating", "ERROR": "in error", "MANEUVER": "mission",
    "EXTERNAL": "by hand", "BOOT": "starting",
}  # fmt: skip
Message = dict[str, Any]


@dataclass(slots=True)
class _Look:
    """What was heard at one time, until it is known where."""

    time: float
    received: float
    bearings: list[tuple[float, float]]  # rad, rad²; NaN: not told


@dataclass(slots=True)
class _Vehicle:
    """What one source has told so far."""

    kind: AssetKind = AssetKind.UNDERWATER
    mode: str = ""
    plan: str = ""
    energy: float = math.nan
    told: float = -math.inf
    states: float = -math.inf  # time of the last EstimatedState
    moments: Moments = field(default_factory=Moments)
    waiting: deque[_Look] = field(default_factory=deque)


class ImcFeed:
    """The stage of one feed on which one or more vehicles speak."""

    def __init__(self, index: int, name: str, sensors: SensorRegistry, health: Health, datagrams: bool = True) -> None:
        self.index, self.name, self.sensors, self.health, self.datagrams = index, name, sensors, health, datagrams
        self._decoder = Decoder()
        self._vehicles: dict[int, _Vehicle] = {}
        self._kinds: dict[int, AssetKind] = {}
        self._offset = self._other = 0

    def take(self, *chunks: Chunk) -> list[Batch | Sector]:
        """AIS reports and looks that these chunks bring; telemetry and answers go to the roll of vehicles."""
        given: list[Batch | Sector] = []
        for chunk in chunks:
            received = chunk.received if chunk.time is None else chunk.time
            messages = self._decoder.feed(chunk.data, complete=self.datagrams or not chunk.data)
            before = len(given)
            for message in messages:
                given += self._message(message, received)
            if chunk.data:
                rows = sum(len(one.reports) for one in given[before:])
                self.health.heard(chunk.received, len(chunk.data), len(messages), rows, self._others())
            count_refused(self.health, self._decoder.refusals, chunk.received)
        return given

    def finish(self) -> list[Batch | Sector]:
        """Looks that still wait, where it is known about where they were."""
        given: list[Batch | Sector] = []
        for message in self._decoder.finish():
            given += self._message(message, self.health.last_heard or 0.0)
        count_refused(self.health, self._decoder.refusals, self.health.last_heard or 0.0)
        for source, vehicle in self._vehicles.items():
            given += self._placed(source, vehicle, math.inf, True)
        return given

    def _others(self) -> int:
        """Messages of no interest here since the last time."""
        total = sum(self._decoder.other.values())
        fresh, self._other = total - self._other, total
        return fresh

    def _message(self, message: Message, received: float) -> list[Batch | Sector]:
        name, source = str(message["message"]), int(message["source"])
        if name in TALK:
            self.sensors.roll.talk.heard(self.name, message)
        if name == "Announce" and len(self._kinds) < VEHICLES and message["sys_type"] in KINDS:
            self._kinds[source] = KINDS[str(message["sys_type"])]
        vehicle = self._who(source, name)
        if vehicle is None:
            return []
        time = float(message["time"])
        if not received - EARLIEST_S < time < received + LATEST_S:
            self.health.notice("absurd time")
            time = math.nan
        if name == "VehicleState":
            vehicle.mode = MODES.get(str(message["op_mode"]), "")
        elif name == "PlanControlState":
            vehicle.plan = str(message["plan_id"])[:20] if message["state"] == "EXECUTING" else ""
        elif name == "FuelLevel" and 0 <= message["value_percent"] <= 100:
            vehicle.energy = message["value_percent"] / 100.0
        elif name in ("EstimatedState", "GpsFix"):
            self._place(message, vehicle, source, time, received)
        elif name == "AisInfo":
            return self._vessel(message, source, received if math.isnan(time) else time, received)
        elif name == "UsblAnglesExtended":
            self._bearing(message, vehicle, time, received)
        over = name != "UsblAnglesExtended"  # else more of the same time may follow
        return self._placed(source, vehicle, received, over) if vehicle.waiting else []

    def _who(self, source: int, name: str) -> _Vehicle | None:
        vehicle = self._vehicles.get(source)
        if vehicle is None and name in VEHICLE and len(self._vehicles) < VEHICLES:
            vehicle = self._vehicles[source] = _Vehicle()
        if vehicle is not None:
            vehicle.kind = self._kinds.get(source, AssetKind.UNDERWATER)
        return vehicle

    # where it is

    def _place(self, message: Message, vehicle: _Vehicle, source: int, time: float, received: float) -> None:
        where, fix = position(message), message["message"] == "GpsFix"
        if where is None or (fix and not message["validity"] & VALID_POSITION):
            return
        shown = received if math.isnan(time) else time
        if fix and 0 <= shown - vehicle.states < FIX_S:
            return
        vehicle.states = vehicle.states if fix else max(vehicle.states, shown)
        if math.isfinite(time):
            vehicle.moments.add(time, *where)
        if 0 <= shown - vehicle.told < EVERY_S:
            return
        vehicle.told = shown
        listed = self.sensors.roll.who(self.name, source, vehicle.kind)
        speed, course = _fix_motion(message) if fix else _motion(message)
        told = Telemetry(
            listed.name,
            shown,
            received,
            *where,
            height=0.0 if fix and listed.kind != AssetKind.AIRCRAFT else _height(message, listed.kind),
            course=course,
            speed=speed,
            heading=math.nan if fix else _turned(message["psi"]),
            energy=vehicle.energy,
            mode=f"plan {vehicle.plan}" if vehicle.plan else vehicle.mode,
        )
        self.sensors.roll.tell(told, listed.kind)

    # what it hears

    def _vessel(self, message: Message, source: int, time: float, received: float) -> list[Batch | Sector]:
        station = self.sensors.station(self.sensors.roll.who(self.name, source, AssetKind.UNDERWATER).name)
        if station is None:
            return []
        batch = heard_vessel(message, self.index, self._offset, station.index, time, received)
        if batch is None:
            return []
        self._offset += 1
        self.health.heard_from(station.index, received, 1)
        return [batch]

    def _bearing(self, message: Message, vehicle: _Vehicle, time: float, received: float) -> None:
        bearing, sd = float(message["bearing"]), float(message["accuracy"])
        if message["peer"]:
            self.health.notice("bearing of a modem")
        elif math.isnan(time) or not math.isfinite(bearing):
            self.health.notice("bearing without a time" if math.isnan(time) else "bearing that is none")
        else:
            heard = _turned(bearing), sd * sd if 0 < sd < math.pi else math.nan
            last = vehicle.waiting[-1] if vehicle.waiting else None
            if last is not None and last.time == time:
                last.bearings.append(heard)
                return
            if len(vehicle.waiting) >= WAITING:
                self._lost(vehicle.waiting.popleft())
            vehicle.waiting.append(_Look(time, received, [heard]))

    def _placed(self, source: int, vehicle: _Vehicle, received: float, over: bool) -> list[Batch | Sector]:
        """The looks of which the place is known by now; the last only if that is `over`."""
        looks: list[Batch | Sector] = []
        waiting: deque[_Look] = deque()
        for look in vehicle.waiting:
            old = received - look.received > WAIT_S
            where = vehicle.moments.place(look.time) if old else vehicle.moments.between(look.time)
            if where is not None and (over or look is not vehicle.waiting[-1]):
                looks += self._look(source, look, *where)
            elif old:
                self._lost(look)
            else:
                waiting.append(look)
        vehicle.waiting = waiting
        return looks

    def _lost(self, look: _Look) -> None:
        self.health.notice("bearing without a place", len(look.bearings))

    def _look(self, source: int, look: _Look, lat_deg: float, lon_deg: float) -> list[Batch | Sector]:
        name = self.sensors.roll.who(self.name, source, AssetKind.UNDERWATER).name
        sensor = self.sensors.aboard(name, SensorKind.HYDROPHONE)
        if sensor is None:
            return []
        n = len(look.bearings)
        reports = Reports.of(
            n,
            feed=self.index,
            offset=[self._offset + k for k in range(n)],
            time=look.time,
            received=look.received,
            sensor=sensor.index,
            kind=ReportKind.BEARING,
            bearing=[bearing for bearing, _ in look.bearings],
            bearing_var=[variance for _, variance in look.bearings],
        )
        self._offset += n
        self.health.heard_from(sensor.index, look.received, n)
        return [Sector(sensor.index, look.time, look.received, 0.0, 0.0, reports, lat_deg, lon_deg)]


def _motion(state: Message) -> tuple[float, float]:
    """(speed, course) over ground of an EstimatedState: vx is north, vy east."""
    speed = math.hypot(state["vx"], state["vy"])
    return speed, _turned(math.atan2(state["vy"], state["vx"])) if speed > 0.05 else math.nan


def _fix_motion(fix: Message) -> tuple[float, float]:
    """(speed, course) of a GpsFix, where they are valid."""
    valid = int(fix["validity"])
    speed = float(fix["sog"]) if valid & VALID_SPEED else math.nan
    return speed, _turned(fix["cog"]) if valid & VALID_COURSE else math.nan


def _height(message: Message, kind: AssetKind) -> float:
    """m above the sea. Of what flies IMC's height less its offset down; a negative depth says that there is none.

    >>> _height({"depth": 12.5}, AssetKind.UNDERWATER), _height({"depth": -1.0}, AssetKind.SURFACE)
    (-12.5, nan)
    """
    if kind == AssetKind.AIRCRAFT:
        return float(message["height"]) - float(message.get("z", 0.0))
    return 0.0 - float(message["depth"]) if message["depth"] >= 0 else math.nan


def _turned(angle: float) -> float:
    """A direction from 0 to 2π; NaN for what is none."""
    return float(wrap_turn(angle)) if math.isfinite(angle) else math.nan
