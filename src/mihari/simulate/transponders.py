"""Moving vessels, stations and aids -> AIS messages on the air, second by second: types 1, 3-5, 18, 21, 24.

ITU-R M.1371-5. Each device keeps its own schedule; a message starts at a slot. Not yet: assigned mode, class B "SO".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mihari.core.units import KNOT, wrap_half_turn
from mihari.formats.ais.emit import encode_columns
from mihari.sensors.ais import AID_S, BASE_STATION_S, MOORED, SLOT_S, STATIC_S, class_a_interval, class_b_interval
from mihari.simulate.acting import Acting, Told
from mihari.simulate.kinds import KINDS, Style
from mihari.simulate.motion import Moving, Rows
from mihari.simulate.scenario import Aid, Scenario, Station
from mihari.simulate.traffic import Traffic
from mihari.simulate.ways import Floats

STEP_S = 1.0  # schedules are looked at this often; the shortest interval is 2 s
GNSS_SD = 2.5  # m, each of east and north: a receiver with corrections
SPEED_SD = 0.1 * KNOT
BURST_DEVICE = 97  # first digits of SART, MOB and EPIRB: they send no static data (M.1371-5 annex 9)
Message = bytes | Mapping[str, Any]  # a whole sentence, or the fields of a message of one or several


@dataclass(frozen=True, slots=True)
class Air:
    """Messages on the air, in order of time: when each starts (UTC s), who and where the sender is, what it says.

    `vessel` is the sender's row, -1 for stations and aids; `class_b` marks the weaker transmitter; (n,) each.
    """

    time: Floats
    vessel: Rows
    lat_deg: Floats
    lon_deg: Floats
    antenna_height: Floats
    class_b: NDArray[np.bool_]
    channel: NDArray[np.bytes_]
    message: list[Message]

    def __len__(self) -> int:
        return len(self.time)

    def take(self, rows: NDArray[Any]) -> Air:
        """Some of them."""
        columns: dict[str, Any] = {name: getattr(self, name)[rows] for name in _COLUMNS}
        return Air(**columns, message=[self.message[k] for k in rows.tolist()])


_COLUMNS = tuple(f.name for f in fields(Air))[:-1]


def together(parts: Sequence[Air]) -> Air:
    """All of them in order of time; equal times keep their order."""
    columns: dict[str, Any] = {name: np.concatenate([getattr(part, name) for part in parts]) for name in _COLUMNS}
    messages = [message for part in parts for message in part.message]
    return Air(**columns, message=messages).take(np.argsort(columns["time"], kind="stable"))


class Transponders:
    """All AIS devices of a scenario."""

    def __init__(self, scenario: Scenario, traffic: Traffic) -> None:
        self.scenario, self.traffic, self.start = scenario, traffic, scenario.start
        vessels = traffic.vessels
        self.speaking: Rows = np.flatnonzero(vessels.has_ais & traffic.real)
        self.is_b = np.asarray(vessels.device == "B")
        self.antenna_height = np.clip(vessels.hull_length / 5.0, 3.0, 40.0).astype(float)  # mast or bridge; assumed
        styles = [KINDS[str(kind)].style for kind in vessels.kind]
        self.stops = np.array([style is Style.STOPPING for style in styles], dtype=bool)
        self.acting = Acting(traffic)

    def air(self, rng: np.random.Generator) -> Iterator[Air]:
        """Everything that is sent, one second after the other, for ever."""
        positions, statics = self._positions(rng.spawn(1)[0]), self._statics(rng.spawn(1)[0])
        fixed = [self._station(s, k) for k, s in enumerate(self.scenario.stations) if s.mmsi is not None]
        fixed += [self._aid(aid, k) for k, aid in enumerate(self.scenario.aids)]
        for second in count():
            parts = [next(positions), next(statics), *(air for source in fixed if (air := source(second)) is not None)]
            yield together(parts)

    def intervals(self, rows: Rows, moving: Moving, turn: Floats) -> Floats:
        """Seconds until the next position report of each row, by its class, speed, status and turn (rad/s)."""
        a = class_a_interval(moving.speed, self.status(rows, moving.speed), turn)
        return np.where(self.is_b[rows], class_b_interval(moving.speed), a)

    def status(self, rows: Rows, speed: Floats) -> NDArray[np.int64]:
        """Navigation status (M.1371-5 table 47): a ferry at its berth is moored."""
        usual = self.traffic.vessels.status[rows].astype(np.int64)
        return np.where(self.stops[rows] & (speed < 0.2), MOORED, usual)

    def _moving(self, elapsed: Floats, rows: Rows) -> tuple[Moving, Floats]:
        """The state of rows, and how fast they turn, rad/s."""
        now, soon = self.traffic.motion.at(elapsed, rows), self.traffic.motion.at(elapsed + 1.0, rows)
        return now, np.asarray(wrap_half_turn(soon.course - now.course))

    def _positions(self, rng: np.random.Generator) -> Iterator[Air]:
        rows = self.speaking
        moving, turn = self._moving(np.zeros(len(rows)), rows)
        due = rng.uniform(0, 1, len(rows)) * self.intervals(rows, moving, turn)
        for step in count():
            ready = np.flatnonzero(due < (step + 1) * STEP_S)
            elapsed = np.maximum(np.ceil(due[ready] / SLOT_S) * SLOT_S, step * STEP_S)
            told = self.acting.told(rows[ready], elapsed)
            moving, turn = self._moving(elapsed, told.place)
            due[ready] += self.intervals(told.identity, moving, turn) * rng.uniform(0.98, 1.02, len(ready))
            yield self._reports(elapsed, told, moving, turn, rng)

    def _reports(self, elapsed: Floats, told: Told, moving: Moving, turn: Floats, rng: np.random.Generator) -> Air:
        n, vessels, who = len(elapsed), self.traffic.vessels, told.identity
        time = self.start + elapsed
        north = moving.lat_deg + rng.normal(0, GNSS_SD, n) / 111_000
        east = moving.lon_deg + rng.normal(0, GNSS_SD, n) / (111_000 * np.cos(np.radians(moving.lat_deg)))
        # course over ground wanders when a vessel hardly moves
        course = np.mod(moving.course + rng.normal(0, 0.01 + 0.05 / (0.3 + moving.speed), n), 2 * np.pi)
        columns = {
            "mmsi": vessels.mmsi[who],
            "lat_deg": north,
            "lon_deg": (east + 180) % 360 - 180,
            "speed": np.maximum(moving.speed + rng.normal(0, SPEED_SD, n), 0),
            "course": course,
            "second": np.floor(time % 60),
            "accuracy": np.ones(n),
            "status": np.where(told.status >= 0, told.status, self.status(who, moving.speed)),
            "turn": turn,
            "heading": np.where(np.isnan(told.heading), moving.course, told.heading) % (2 * np.pi),
            "carrier_sense": np.ones(n),
            "band": np.ones(n),
            "message_22": np.ones(n),
        }
        channel = np.where((elapsed / SLOT_S).astype(np.int64) % 2 == 1, b"B", b"A")
        kind = np.where(self.is_b[who], 18, np.where(np.abs(turn) > np.radians(5.0) / 30, 3, 1))
        message: list[Message] = [b""] * n
        for number, names in _SAID.items():
            chosen = np.flatnonzero((kind == number) & ~told.silent)
            if len(chosen):
                sentences = encode_columns(number, {name: columns[name][chosen] for name in names}, channel[chosen])
                for k, sentence in zip(chosen.tolist(), sentences, strict=True):
                    message[k] = sentence
        own = told.place != told.row
        lat_deg, lon_deg = moving.lat_deg, moving.lon_deg
        if own.any():  # the radio stays where the ship is
            true = self.traffic.motion.at(elapsed, told.row)
            lat_deg, lon_deg = true.lat_deg, true.lon_deg
        height, weak = self.antenna_height[told.row], self.is_b[told.row]
        air = Air(time, told.row, lat_deg, lon_deg, height, weak, channel, message)
        return air.take(np.flatnonzero(~told.silent))

    def _statics(self, rng: np.random.Generator) -> Iterator[Air]:
        """Type 5, or 24 A and B, of every device each six minutes; the parts of 24 two slots apart."""
        rows = self.speaking
        offset = np.ceil(rng.uniform(0, STATIC_S, len(rows)) / SLOT_S) * SLOT_S
        order = np.argsort(offset, kind="stable")
        rows, offset = rows[order], offset[order]
        for step in count():
            sent = []
            for part, delay in enumerate((0.0, 2 * SLOT_S)):
                begin = step * STEP_S - delay
                turn = max(int(begin // STATIC_S), 0)
                for lap in (turn, turn + 1):
                    first, last = np.searchsorted(offset, [begin - lap * STATIC_S, begin + STEP_S - lap * STATIC_S])
                    sent += [
                        self._static(int(rows[k]), lap, offset[k] + lap * STATIC_S, part) for k in range(first, last)
                    ]
            yield self._of([one for one in sent if one is not None])

    def _static(self, row: int, lap: int, elapsed: float, part: int) -> tuple[float, int, bytes, Message] | None:
        """(s after the start, row, channel, fields), None where it says nothing."""
        told = self.acting.told(np.array([row]), np.array([elapsed]))
        who = int(told.identity[0])
        messages = self._static_fields(who)
        if told.silent[0] or part >= len(messages):
            return None
        return elapsed + part * 2 * SLOT_S, row, b"AB"[(row + lap) % 2 :][:1], messages[part]

    def _of(self, sent: list[tuple[float, int, bytes, Message]]) -> Air:
        elapsed = np.array([one[0] for one in sent])
        rows = np.array([one[1] for one in sent], dtype=np.int64)
        moving = self.traffic.motion.at(elapsed, rows)
        channel = np.array([one[2] for one in sent], dtype="S1")
        height, weak = self.antenna_height[rows], self.is_b[rows]
        messages = [one[3] for one in sent]
        return Air(self.start + elapsed, rows, moving.lat_deg, moving.lon_deg, height, weak, channel, messages)

    def _static_fields(self, row: int) -> list[dict[str, Any]]:
        v = self.traffic.vessels
        length, beam, mmsi = float(v.hull_length[row]), float(v.beam[row]), int(v.mmsi[row])
        if mmsi // 10_000_000 == BURST_DEVICE:
            return []
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

    def _station(self, station: Station, k: int) -> Any:
        """Type 4 every 10 s, the time to the second: what is sent in a given second, or None."""

        def source(second: int) -> Air | None:
            elapsed = _due(second, BASE_STATION_S, 0.5 + 3 * k)
            if elapsed is None:
                return None
            utc = datetime.fromtimestamp(self.start + elapsed, UTC)
            clock = {name: getattr(utc, name) for name in ("year", "month", "day", "hour", "minute", "second")}
            place = {"lat_deg": station.lat_deg, "lon_deg": station.lon_deg, "accuracy": 1, "epfd": 7}
            said = {"message_type": 4, "mmsi": station.mmsi, **clock, **place}
            return self._fixed(elapsed, station.lat_deg, station.lon_deg, station.height, k, said)

        return source

    def _aid(self, aid: Aid, k: int) -> Any:
        """Type 21 every 3 min: what is sent in a given second, or None."""

        def source(second: int) -> Air | None:
            elapsed = _due(second, AID_S, 5.0 + 7 * k)
            if elapsed is None:
                return None
            said = {
                "message_type": 21,
                "mmsi": aid.mmsi,
                "aid_type": aid.type,
                "name": aid.name[:20],
                "name_extension": aid.name[20:34],
                "lat_deg": aid.lat_deg,
                "lon_deg": aid.lon_deg,
                "accuracy": 1,
                "epfd": 7,
                "second": int((self.start + elapsed) % 60),
                "virtual": aid.virtual,
            }
            return self._fixed(elapsed, aid.lat_deg, aid.lon_deg, 6.0, k, said)

        return source

    def _fixed(self, elapsed: float, lat_deg: float, lon_deg: float, height: float, k: int, said: Message) -> Air:
        place = (np.array([float(lat_deg)]), np.array([float(lon_deg)]), np.array([float(height)]))
        letter = np.array([b"AB"[k % 2 :][:1]])
        nobody, strong = np.array([-1]), np.array([False])
        return Air(np.array([self.start + elapsed]), nobody, *place, strong, letter, [said])


_COMMON = ("mmsi", "lat_deg", "lon_deg", "speed", "course", "second", "accuracy")
_SAID = {
    1: (*_COMMON, "status", "turn", "heading"),
    3: (*_COMMON, "status", "turn", "heading"),
    18: (*_COMMON, "carrier_sense", "band", "message_22"),
}


def _due(second: int, period: float, first: float) -> float | None:
    """The time within [second, second + 1) at which something periodic happens, if it does."""
    turns = int(np.ceil((second - first) / period))
    elapsed = first + max(turns, 0) * period
    return elapsed if second <= elapsed < second + STEP_S else None
