"""The Picture: an immutable snapshot of what is believed at a time; all that behaviours, mesh, patrol and face read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, IntFlag

from mihari.core.asset import Asset
from mihari.core.columns import Array, Columns, column
from mihari.core.cover import Cover
from mihari.core.health import FeedHealth, NodeHealth
from mihari.core.person_report import PersonReport
from mihari.core.reports import Reports
from mihari.core.sensor import Sensor


class VesselStatus(IntEnum):
    """What the officer is told of a vessel's presence."""

    LIVE = 0
    COASTING = 1  # no fresh report: predicted from the last ones
    FADED = 2  # silent for long: shown where it was last known, with its age
    GONE = 3  # taken off the picture; sent once


class Category(IntEnum):
    """Coarse type by the AIS ship type (M.1371-5 table 53) or by the device; decides symbol and filter."""

    UNKNOWN = 0
    CARGO = 1
    TANKER = 2
    PASSENGER = 3
    FISHING = 4
    PLEASURE = 5
    HIGH_SPEED = 6
    SERVICE = 7  # tug, pilot, dredger, law enforcement, search and rescue
    OTHER = 8
    AIRCRAFT = 9  # search-and-rescue aircraft heard on AIS
    DISTRESS = 10  # SART, MOB, EPIRB


class Source(IntFlag):
    """What holds a vessel now, and what once did."""

    RADAR = 1
    AIS = 2
    LOST_AIS = 4  # had AIS, radar still sees it, AIS overdue
    LOST_RADAR = 8  # had radar, AIS still heard
    EXERCISE = 16
    SEEN = 32  # by a camera, in an aircraft's picture, heard under water or told by a person, lately


@dataclass(frozen=True, slots=True)
class Vessels(Columns):
    """Vessels as believed, one row each, ordered by id. Each row's position holds at its own `time`."""

    id: Array = column("i8")  # as people see it; never reused within a run
    track: Array = column("i8")
    time: Array = column("f8")  # UTC s of the state below
    lat_deg: Array = column("f8")
    lon_deg: Array = column("f8")
    east_mps: Array = column("f8")
    north_mps: Array = column("f8")
    cov_ee: Array = column("f8")  # m², position
    cov_en: Array = column("f8")
    cov_nn: Array = column("f8")
    cov_eu: Array = column("f8")  # m²/s, with the velocity: u east, v north
    cov_ev: Array = column("f8")
    cov_nu: Array = column("f8")
    cov_nv: Array = column("f8")
    cov_uu: Array = column("f8")  # m²/s², velocity
    cov_uv: Array = column("f8")
    cov_vv: Array = column("f8")
    born: Array = column("f8")  # UTC s of the first report of the track that it began with
    existence: Array = column("f4")
    heading: Array = column("f8")  # rad true, as told; NaN absent
    heard_radar: Array = column("f8")  # UTC s; NaN never
    heard_ais: Array = column("f8")
    mmsi: Array = column("i4", 0)  # the best-supported claim; 0 none
    status: Array = column("u1")  # VesselStatus
    source: Array = column("u1")  # Source
    category: Array = column("u1")  # Category
    sensors: Array = column("u8")  # bit k: sensor index k supports it
    changed: Array = column("i8")  # the picture's sequence number at which this row last changed
    owner: Array = column("i2", 0)  # index into Picture.authors of the node that named it; 0 this node
    number: Array = column("i8")  # that node's id of it: with the node's name, the vessel's name at every node
    members: Array = column("u1", 1)  # how many nodes hold it


@dataclass(frozen=True, slots=True)
class ClaimedIdentity:
    """One identity a vessel has claimed, with the weight it has (share of its supporting reports, 0 to 1)."""

    mmsi: int
    weight: float
    imo: int = 0
    name: str = ""
    call_sign: str = ""
    destination: str = ""
    ship_type: int = -1
    length: float | None = None  # m
    beam: float | None = None
    draught: float | None = None
    device: str = ""
    navigation_status: int = -1
    subject: int = 0  # Subject


@dataclass(frozen=True, slots=True)
class Identity:
    """A vessel's claims, best first; `changed` as in `Vessels`."""

    vessel: int
    claims: tuple[ClaimedIdentity, ...]
    changed: int
    called: str = ""  # what all nodes of a mesh call it where it tells no name: "kume 412", the eldest node's number
    namer: str = ""  # the node that names it, and those that hold it, by name; "" and none: this one alone
    held_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """An AIS base station, aid to navigation or own ship: on the map, no vessel."""

    mmsi: int
    subject: int  # Subject
    name: str
    lat_deg: float
    lon_deg: float
    heard: float  # UTC s
    off_position: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything believed at `time`. `sequence` grows by one with each published picture."""

    time: float
    sequence: int
    vessels: Vessels
    identities: Mapping[int, Identity] = field(default_factory=dict)
    marks: Mapping[int, Mark] = field(default_factory=dict)
    plots: Reports = field(default_factory=Reports.empty)  # radar plots since the last picture, for display
    sensors: tuple[Sensor, ...] = ()
    feeds: tuple[FeedHealth, ...] = ()
    removed: tuple[int, ...] = ()  # vessel ids taken off since the last picture
    health: NodeHealth | None = None  # how the node is beside its feeds
    authors: tuple[str, ...] = ()  # names of the nodes that `Vessels.owner` counts, this one first; none: it is alone
    covers: tuple[Cover, ...] = ()  # what other nodes watch with
    keys: tuple[str, ...] = ()  # and their keys, 16 hexadecimal digits each
    assets: tuple[Asset, ...] = ()  # vehicles, cameras and crews of ours
    told: tuple[PersonReport, ...] = ()  # what people told lately, the oldest first
