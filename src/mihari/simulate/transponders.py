"""Moving vessels, stations and aids -> AIS messages on the air: types 1, 3-5, 18, 21, 24. ITU-R M.1371-5.

Not yet: slot collisions, assigned mode, class B "SO". Each device keeps its own schedule; a message starts at a slot.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mihari.core.units import KNOT
from mihari.sensors.ais import (
    AID_S,
    BASE_STATION_S,
    MOORED,
    SLOT_S,
    STATIC_S,
    class_a_interval,
    class_b_interval,
)
from mihari.simulate.datagram import in_order
from mihari.simulate.kinds import KINDS, Style
from mihari.simulate.motion import Moving
from mihari.simulate.scenario import Aid, Scenario, Station
from mihari.simulate.traffic import Traffic
from mihari.simulate.ways import Floats

STEP_S = 1.0  # schedules are looked at this often; the shortest interval is 2 s
GNSS_SD = 2.5  # m, each of east and north: a receiver with corrections
SPEED_SD = 0.1 * KNOT


@dataclass(frozen=True, slots=True)
class Transmission:
    """One message on the air: when it starts (UTC s), who and where the sender is, how high its antenna, its fields.

    `vessel` is the row of the vessel, -1 for stations and aids; `class_b` for the weaker transmitter.
    """

    time: float
    channel: str  # "A" or "B"
    vessel: int
    lat_deg: float
    lon_deg: float
    antenna_height: float
    class_b: bool
    fields: Mapping[str, Any]


class Transponders:
    """All AIS devices of a scenario."""

    def __init__(self, scenario: Scenario, traffic: Traffic) -> None:
        self.scenario, self.traffic, self.start = scenario, traffic, scenario.start
        vessels = traffic.vessels
        self.speaking: NDArray[np.int64] = np.flatnonzero(vessels.has_ais)
        self.is_b = vessels.device == "B"
        self.antenna_height = np.clip(vessels.hull_length / 5.0, 3.0, 40.0)  # on the mast or bridge; assumed
        styles = [KINDS[str(kind)].style for kind in vessels.kind]
        self.stops = np.array([style is Style.STOPPING for style in styles], dtype=bool)

    def transmissions(self, duration: float, rng: np.random.Generator) -> Iterator[Transmission]:
        """Everything that is sent within `duration` s, in order of time."""
        statics = in_order(self._statics(duration, rng.spawn(1)[0]), 4 * SLOT_S)  # part B follows two slots later
        streams = [self._positions(duration, rng.spawn(1)[0]), statics]
        streams += [self._station(station, duration, k) for k, station in enumerate(self.scenario.stations)]
        streams += [self._aid(aid, duration, k) for k, aid in enumerate(self.scenario.aids)]
        return heapq.merge(*streams, key=lambda t: t.time)

    def intervals(self, elapsed: Floats, rows: NDArray[np.int64], moving: Moving) -> Floats:
        """Seconds until the next position report of each row, by its class, speed, status and turn."""
        turn = self.traffic.motion.turn(elapsed, rows)
        a = class_a_interval(moving.speed, self.status(rows, moving.speed), turn)
        return np.where(self.is_b[rows], class_b_interval(moving.speed), a)

    def status(self, rows: NDArray[np.int64], speed: Floats) -> NDArray[np.int64]:
        """Navigation status (M.1371-5 table 47): a ferry at its berth is moored."""
        usual = self.traffic.vessels.status[rows].astype(np.int64)
        return np.where(self.stops[rows] & (speed < 0.2), MOORED, usual)

    def _positions(self, duration: float, rng: np.random.Generator) -> Iterator[Transmission]:
        rows = self.speaking
        moving = self.traffic.motion.at(0.0, rows)
        first = self.intervals(np.zeros(len(rows)), rows, moving)
        due = rng.uniform(0, 1, len(rows)) * first
        for step in count() if len(rows) else ():
            if step * STEP_S >= duration:
                return
            ready = np.flatnonzero(due < (step + 1) * STEP_S)
            if len(ready) == 0:
                continue
            elapsed = np.maximum(np.ceil(due[ready] / SLOT_S) * SLOT_S, step * STEP_S)
            chosen = rows[ready]
            moving = self.traffic.motion.at(elapsed, chosen)
            due[ready] += self.intervals(elapsed, chosen, moving) * rng.uniform(0.98, 1.02, len(ready))
            yield from self._reports(elapsed, chosen, moving, rng)

    def _reports(
        self, elapsed: Floats, rows: NDArray[np.int64], moving: Moving, rng: np.random.Generator
    ) -> Iterator[Transmission]:
        n = len(rows)
        north = moving.lat_deg + rng.normal(0, GNSS_SD, n) / 111_000
        east = moving.lon_deg + rng.normal(0, GNSS_SD, n) / (111_000 * np.cos(np.radians(moving.lat_deg)))
        speed = np.maximum(moving.speed + rng.normal(0, SPEED_SD, n), 0)
        # course over ground wanders when a vessel hardly moves
        course = np.mod(moving.course + rng.normal(0, 0.01 + 0.05 / (0.3 + moving.speed), n), 2 * np.pi)
        status, turn = self.status(rows, moving.speed), self.traffic.motion.turn(elapsed, rows)
        vessels = self.traffic.vessels
        for k in np.argsort(elapsed, kind="stable").tolist():
            row, time = int(rows[k]), self.start + float(elapsed[k])
            fields: dict[str, Any] = {
                "mmsi": int(vessels.mmsi[row]),
                "lat_deg": float(north[k]),
                "lon_deg": float(east[k]),
                "speed": float(speed[k]),
                "course": float(course[k]),
                "second": int(time % 60),
                "accuracy": 1,
            }
            if self.is_b[row]:
                fields |= {"message_type": 18, "carrier_sense": 1, "band": 1, "message_22": 1}
            else:
                turning = abs(turn[k]) > np.radians(5.0) / 30
                fields |= {
                    "message_type": 3 if turning else 1,
                    "status": int(status[k]),
                    "turn": float(turn[k]),
                    "heading": float(moving.course[k]),
                }
            yield self._sent(
                time, row, fields, moving.lat_deg[k], moving.lon_deg[k], "AB"[int(elapsed[k] / SLOT_S) % 2]
            )

    def _sent(self, time: float, row: int, fields: dict[str, Any], lat: Any, lon: Any, channel: str) -> Transmission:
        height = float(self.antenna_height[row])
        return Transmission(time, channel, row, float(lat), float(lon), height, bool(self.is_b[row]), fields)

    def _statics(self, duration: float, rng: np.random.Generator) -> Iterator[Transmission]:
        """Type 5, or 24 A and B, of every device each six minutes."""
        rows = self.speaking
        offset = rng.uniform(0, STATIC_S, len(rows))
        order = np.argsort(offset, kind="stable")
        for turn in count() if len(rows) else ():
            for k in order.tolist():
                elapsed = float(np.ceil((offset[k] + turn * STATIC_S) / SLOT_S) * SLOT_S)
                if elapsed >= duration:
                    return
                row = int(rows[k])
                moving = self.traffic.motion.at(elapsed, [row])
                for part, fields in enumerate(self._static_fields(row)):
                    time = self.start + elapsed + part * 2 * SLOT_S
                    yield self._sent(time, row, fields, moving.lat_deg[0], moving.lon_deg[0], "AB"[(row + turn) % 2])

    def _static_fields(self, row: int) -> list[dict[str, Any]]:
        v = self.traffic.vessels
        length, beam, mmsi = float(v.hull_length[row]), float(v.beam[row]), int(v.mmsi[row])
        bow = round(0.7 * length)
        size = {
            "ship_type": int(v.ship_type[row]),
            "call_sign": str(v.call_sign[row]),
            "bow": bow,
            "stern": max(round(length) - bow, 1),
            "port": round(beam / 2),
            "starboard": max(round(beam) - round(beam / 2), 1),
        }
        name = {"name": str(v.name[row])}
        if self.is_b[row]:
            a = {"message_type": 24, "part": 0, "mmsi": mmsi, **name}
            return [a, {"message_type": 24, "part": 1, "mmsi": mmsi, **size, "vendor": "MHR"}]
        voyage = {
            "destination": str(v.destination[row]),
            "draught": float(v.draught[row]),
            "imo": int(v.imo[row]) or None,
        }
        return [{"message_type": 5, "mmsi": mmsi, "ais_version": 2, "epfd": 1, **name, **size, **voyage}]

    def _station(self, station: Station, duration: float, k: int) -> Iterator[Transmission]:
        """Type 4 every 10 s, the time to the second."""
        for elapsed in _every(BASE_STATION_S, 0.5 + 3 * k, duration):
            time = self.start + elapsed
            utc = datetime.fromtimestamp(time, UTC)
            clock = {name: getattr(utc, name) for name in ("year", "month", "day", "hour", "minute", "second")}
            place = {"lat_deg": station.lat_deg, "lon_deg": station.lon_deg, "accuracy": 1, "epfd": 7}
            fields = {"message_type": 4, "mmsi": station.mmsi, **clock, **place}
            yield Transmission(time, "AB"[k % 2], -1, station.lat_deg, station.lon_deg, station.height, False, fields)

    def _aid(self, aid: Aid, duration: float, k: int) -> Iterator[Transmission]:
        """Type 21 every 3 min."""
        for elapsed in _every(AID_S, 5.0 + 7 * k, duration):
            time = self.start + elapsed
            fields = {
                "message_type": 21,
                "mmsi": aid.mmsi,
                "aid_type": aid.type,
                "name": aid.name[:20],
                "name_extension": aid.name[20:34],
                "lat_deg": aid.lat_deg,
                "lon_deg": aid.lon_deg,
                "accuracy": 1,
                "epfd": 7,
                "second": int(time % 60),
                "virtual": aid.virtual,
            }
            yield Transmission(time, "AB"[k % 2], -1, aid.lat_deg, aid.lon_deg, 6.0, False, fields)


def _every(period: float, first: float, duration: float) -> Iterator[float]:
    """First, first + period and so on, below `duration`."""
    for k in count():
        if first + k * period >= duration:
            return
        yield first + k * period
