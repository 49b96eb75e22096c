"""MAVLink -> telemetry of vehicles, AIS that they heard, and their answers for whoever talks with them. No sockets.

Messages: https://mavlink.io/en/messages/common.html. The place is that of the autopilot (GLOBAL_POSITION_INT), what it
does is told by HEARTBEAT and EXTENDED_SYS_STATE, what is left by BATTERY_STATUS or SYS_STATUS. AIS_VESSEL becomes a
report of an AIS station by the vehicle's name: an aircraft hears what the coast does not. The message repeats what a
vessel told, not its bits, so it cannot be matched with the same one that a station on the coast heard.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from mihari.core.asset import AssetKind, Telemetry
from mihari.core.health import Health
from mihari.core.reports import Batch, Claims, ReportKind, Reports
from mihari.core.units import wrap_turn
from mihari.feeds.ais import SUBJECT
from mihari.feeds.counting import count_refused
from mihari.feeds.registry import SensorRegistry
from mihari.feeds.transport import Chunk
from mihari.formats.ais.subjects import subjects
from mihari.formats.mavlink import Decoder, to_dicts

AUTOPILOT = 1  # MAV_COMP_ID_AUTOPILOT1: whose place is the vehicle's
GROUND_STATION = 6  # MAV_TYPE_GCS
KINDS = {10: AssetKind.SURFACE, 11: AssetKind.SURFACE, 12: AssetKind.UNDERWATER}  # MAV_TYPE: rover, boat, submarine
LANDED = {1: "on the ground", 3: "taking off", 4: "landing"}  # MAV_LANDED_STATE; 2: in the air
AUTO, GUIDED, STABILISED, MANUAL = 4, 8, 16, 64  # MAV_MODE_FLAG
CRITICAL = {5: "critical", 6: "emergency", 8: "ending its flight"}  # MAV_STATE
EVERY_S = 0.4  # telemetry faster than this is not shown
VEHICLES = 64  # on one feed; random bytes must not invent more
AIS_SD = 10.0  # m, and where its device says that it is not exact
AIS_PLAIN_SD = 30.0
EXACT, COG, VELOCITY, DIMENSIONS, CALL_SIGN, NAME = 1, 2, 4, 64, 2048, 4096  # AIS_FLAGS
TURN = 2 * math.pi  # headings from there on say that there is none (511 degrees)
OLD_S = 360.0  # a position heard longer ago than that is no news
TALK = (
    "MISSION_", "COMMAND_ACK", "HEARTBEAT", "STATUSTEXT", "GLOBAL_POSITION_INT", "EXTENDED_SYS_STATE",
    "CAMERA_IMAGE_CAPTURED",
)  # fmt: skip


@dataclass(slots=True)
class _Vehicle:
    """What one system has told so far."""

    kind: AssetKind = AssetKind.AIRCRAFT
    mode: str = ""
    landed: int = 0
    energy: float = math.nan
    clock: float = math.nan  # UTC s at which it was switched on
    told: float = -math.inf
    speed_air: float = math.nan
    extra: dict[str, float] = field(default_factory=dict)


class MavlinkFeed:
    """The stage of one feed on which one or more vehicles speak."""

    def __init__(self, index: int, name: str, sensors: SensorRegistry, health: Health, datagrams: bool = True) -> None:
        self.index, self.name, self.sensors, self.health, self.datagrams = index, name, sensors, health, datagrams
        self._decoder = Decoder()
        self._vehicles: dict[int, _Vehicle] = {}
        self._offset = 0

    def take(self, *chunks: Chunk) -> list[Batch]:
        """AIS reports that these chunks bring; telemetry and answers go to the roll of vehicles."""
        batches = []
        for chunk in chunks:
            if not chunk.data:
                self._decoder.finish()
                continue
            received = chunk.received if chunk.time is None else chunk.time
            messages = to_dicts(self._decoder.feed(chunk.data, received, complete=self.datagrams))
            reports = 0
            for message in messages:
                batch = self._message(message, received)
                if batch is not None:
                    reports += 1
                    batches.append(batch)
            self.health.heard(chunk.received, len(chunk.data), len(messages), reports)
            count_refused(self.health, self._decoder.refused, chunk.received)
        return batches

    def finish(self) -> list[Batch]:
        """Nothing is held."""
        self._decoder.finish()
        count_refused(self.health, self._decoder.refused, self.health.last_heard or 0.0)
        return []

    def _message(self, message: dict[str, Any], received: float) -> Batch | None:
        name, system = str(message["message"]), int(message["sysid"])
        vehicle = self._vehicles.get(system)
        if vehicle is None:
            if name != "HEARTBEAT" or len(self._vehicles) >= VEHICLES or message["type"] == GROUND_STATION:
                return None
            vehicle = self._vehicles[system] = _Vehicle(KINDS.get(message["type"], AssetKind.AIRCRAFT))
        if name.startswith(TALK):
            self.sensors.roll.talk.heard(self.name, message)
        if name == "AIS_VESSEL":
            return self._vessel(message, vehicle, system, received)
        if message["compid"] == AUTOPILOT or name in ("BATTERY_STATUS",):
            self._own(name, message, vehicle, system, received)
        return None

    def _own(self, name: str, message: dict[str, Any], vehicle: _Vehicle, system: int, received: float) -> None:
        if name == "HEARTBEAT":
            vehicle.mode = mode_of(message["base_mode"], message["system_status"])
        elif name == "EXTENDED_SYS_STATE":
            vehicle.landed = int(message["landed_state"] or 0)
        elif name in ("BATTERY_STATUS", "SYS_STATUS"):
            left = message.get("battery_remaining_percent")
            vehicle.energy = vehicle.energy if left is None else left / 100.0
        elif name == "SYSTEM_TIME" and message["time_unix_usec"]:
            vehicle.clock = message["time_unix_usec"] / 1e6 - message["time_boot_ms"] / 1e3
        elif name == "GLOBAL_POSITION_INT":
            self._place(message, vehicle, system, received)

    def _place(self, message: dict[str, Any], vehicle: _Vehicle, system: int, received: float) -> None:
        time = received if math.isnan(vehicle.clock) else vehicle.clock + message["time_boot_ms"] / 1e3
        if 0 <= time - vehicle.told < EVERY_S or message["lat_deg"] is None or message["lon_deg"] is None:
            return
        vehicle.told = time
        north, east = message["vx"] or 0.0, message["vy"] or 0.0
        speed = math.hypot(north, east)
        told = Telemetry(
            self.sensors.roll.who(self.name, system, vehicle.kind).name,
            time,
            received,
            message["lat_deg"],
            message["lon_deg"],
            height=message["alt"],
            course=float(wrap_turn(math.atan2(east, north))) if speed > 0.1 else math.nan,
            speed=speed,
            heading=math.nan if message["hdg"] is None else message["hdg"],
            energy=vehicle.energy,
            mode=LANDED.get(vehicle.landed, vehicle.mode),
        )
        self.sensors.roll.tell(told, vehicle.kind)

    def _vessel(self, message: dict[str, Any], vehicle: _Vehicle, system: int, received: float) -> Batch | None:
        who = self.sensors.roll.who(self.name, system, vehicle.kind).name
        station = self.sensors.station(who)
        ago = float(message["tslc"] or 0.0)
        if station is None or message["lat_deg"] is None or message["lon_deg"] is None or ago > OLD_S:
            return None
        reports = ais_report(message, self.index, self._offset, station.index, received - ago, received)
        self._offset += 1
        self.health.heard_from(station.index, received, 1)
        return Batch(reports, ais_claims(message))


def mode_of(base_mode: int, status: int) -> str:
    """What an autopilot does, in a word, by MAV_MODE_FLAG and MAV_STATE.

    >>> mode_of(128 | 4 | 8, 4), mode_of(64, 3), mode_of(128 | 4, 5)
    ('mission', 'by hand', 'critical')
    """
    if status in CRITICAL:
        return CRITICAL[status]
    if base_mode & AUTO:
        return "mission"
    if base_mode & GUIDED:
        return "guided"
    return "by hand" if base_mode & (MANUAL | STABILISED) else "standing by"


def ais_report(
    message: dict[str, Any], feed: int, offset: int, sensor: int, time: float, received: float
) -> Reports:  # fmt: skip
    """One row of an AIS position that a vehicle heard."""
    flags = int(message["flags"])
    variance = (AIS_SD if flags & EXACT else AIS_PLAIN_SD) ** 2
    return Reports.of(
        1,
        feed=feed,
        offset=offset,
        time=time,
        received=received,
        sensor=sensor,
        kind=ReportKind.AIS_POSITION,
        lat_deg=message["lat_deg"],
        lon_deg=message["lon_deg"],
        cov_ee=variance,
        cov_en=0.0,
        cov_nn=variance,
        speed=message["velocity"] if flags & VELOCITY else math.nan,
        course=message["COG"] if flags & COG else math.nan,
        heading=message["heading"] if message["heading"] is not None and message["heading"] < TURN else math.nan,
        claim=0,
    )


def ais_claims(message: dict[str, Any]) -> Claims:
    """What that vessel says of itself."""
    flags, mmsi = int(message["flags"]), int(message["MMSI"])
    size = {} if not flags & DIMENSIONS else {
        "bow": message["dimension_bow"], "stern": message["dimension_stern"],
        "port": message["dimension_port"], "starboard": message["dimension_starboard"],
    }  # fmt: skip
    return Claims.of(
        1,
        mmsi=mmsi,
        subject=SUBJECT[subjects([mmsi], [1], [message["navigational_status"]])],
        status=message["navigational_status"],
        name=_text(message["name"]) if flags & NAME else "",
        call_sign=_text(message["callsign"]) if flags & CALL_SIGN else "",
        ship_type=message["type"] or -1,
        **size,
    )


def _text(value: str | bytes) -> str:
    text = value if isinstance(value, str) else value.decode("ascii", "replace")
    return text.rstrip("@ \0")
