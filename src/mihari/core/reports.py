"""What sensors tell, as columns: Reports and Claims, and the two other inputs of the pipeline, Sector and Tick."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import IntEnum

from mihari.core.columns import Array, Columns, column


class ReportKind(IntEnum):
    """What a report is. `Reports.kind` holds the number."""

    NONE = 0  # absent
    AIS_POSITION = 1  # a position an AIS device tells of itself
    AIS_STATIC = 2  # name, dimensions, destination: a claim without a position
    PLOT = 3  # a primary radar plot of one scan
    TRANSPONDER = 4  # an answer to a secondary radar: an aircraft, drawn and never tracked as a vessel
    RADAR_TRACK = 5  # the radar's own track or a coasted report: kept, no evidence of its own
    AIS_REPEAT = 6  # an AIS message that another station has already brought: a witness, no evidence
    BEARING = 7  # a direction alone, of a camera: `bearing` and its variance, no position
    RANGE = 8  # a distance alone: `range` and its variance, no position
    AREA = 9  # a rough position with a large covariance, told by a person


AID, OFF_POSITION, VIRTUAL = 16, 1, 2  # bits of `Claims.status` of an aid to navigation, M.1371-5 message 21


class Subject(IntEnum):
    """Who speaks in an AIS message (ITU-R M.585: the form of the MMSI; M.1371-5: the message type)."""

    VESSEL = 0
    STATION = 1  # base station
    AID = 2  # aid to navigation
    OWN = 3  # own ship (VDO)
    AIRCRAFT = 4  # search-and-rescue aircraft
    SART = 5  # distress: search-and-rescue transmitter (MMSI 970…)
    MOB = 6  # distress: man over board (972…)
    EPIRB = 7  # distress: position-indicating beacon (974…)

    @property
    def distress(self) -> bool:
        """Whether this is a distress device."""
        return self >= Subject.SART


@dataclass(frozen=True, slots=True)
class Claims(Columns):
    """What vessels say of themselves: evidence, never fact. Absent: 0 (identity numbers), -1 (codes), '' (text)."""

    mmsi: Array = column("i4", 0)
    subject: Array = column("u1")  # Subject
    device: Array = column("U1")  # AIS class "A", "B"; "" unknown or neither
    status: Array = column("i1")  # navigation status, M.1371-5 table 47; -1 absent; of an aid: AID and its bits
    imo: Array = column("i4", 0)
    name: Array = column("U20")
    call_sign: Array = column("U7")
    destination: Array = column("U20")
    ship_type: Array = column("i2")  # type of ship and cargo, M.1371-5 table 53; -1 absent
    bow: Array = column("f4")  # m from the reported position to the bow; NaN absent
    stern: Array = column("f4")
    port: Array = column("f4")
    starboard: Array = column("f4")
    draught: Array = column("f4")  # m


@dataclass(frozen=True, slots=True)
class Reports(Columns):
    """What sensors told, one row each. NaN is absent; angles in rad clockwise from true north; lengths in m.

    `feed` and `offset` are the report's id, the same live and in replay: the feed's index in the node and the running
    number of the message in that feed. `sensor` is the sensor's index in the node (-1: not known).
    A plot has `range`, `bearing` and their variances as measured, and the position derived from them with its
    covariance in the plot's own east-north frame; an AIS report has the position as told. A bearing or a range alone is
    measured from where its sensor was at that look (`Sector.lat_deg`).
    `claim` is the row in the `Claims` that travel with these reports (-1: none). `key` tells messages apart by their
    payload bits: the same AIS message heard by two stations has the same key (0: none).
    """

    feed: Array = column("i2")
    offset: Array = column("i8")
    time: Array = column("f8")  # UTC s since 1970, made by the sensor
    received: Array = column("f8")  # UTC s, stamped by the feed
    sensor: Array = column("i2")
    kind: Array = column("u1")  # ReportKind
    lat_deg: Array = column("f8")
    lon_deg: Array = column("f8")
    cov_ee: Array = column("f8")  # m²
    cov_en: Array = column("f8")
    cov_nn: Array = column("f8")
    range: Array = column("f8")  # slant range
    bearing: Array = column("f8")
    range_var: Array = column("f8")  # m²
    bearing_var: Array = column("f8")  # rad²
    speed: Array = column("f8")  # m/s over ground, as told
    course: Array = column("f8")  # over ground, as told
    heading: Array = column("f8")  # true
    amplitude: Array = column("f4")  # dBm, radar plots
    claim: Array = column("i4")
    key: Array = column("u8", 0)


@dataclass(frozen=True, slots=True)
class Batch:
    """Reports with the claims they point into: what a feed hands to the pipeline for non-radar input."""

    reports: Reports
    claims: Claims = field(default_factory=Claims.empty)


@dataclass(frozen=True, slots=True)
class Sector:
    """One look of a sensor, of a radar the sector it has swept: what it saw, and so also where it saw nothing.

    `start` and `end` are azimuths in rad, clockwise, the sector reaching from start to end (it may cross north; a whole
    turn where both are one); `time` is when the antenna left it; `received` when its last datagram came in. `lat_deg`
    and `lon_deg` are where the sensor was, if it moves; NaN: at its own place. `near` and `far`: the m between which it
    looked, measured from there along the sea; NaN: as far as it reaches.
    """

    sensor: int
    time: float
    received: float
    start: float
    end: float
    reports: Reports
    lat_deg: float = math.nan
    lon_deg: float = math.nan
    near: float = math.nan
    far: float = math.nan


@dataclass(frozen=True, slots=True)
class Tick:
    """The passing of time, an input like any other (1 Hz): without it silence could not be seen."""

    time: float


Input = Batch | Sector | Tick
