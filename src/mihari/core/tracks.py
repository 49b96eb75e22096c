"""Tracks as columns: the stable form in memory and on disk, and which report supported which track."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from mihari.core.columns import Array, Columns, column


class TrackStatus(IntEnum):
    """How sure the tracker is that a track is a vessel."""

    TENTATIVE = 0
    CONFIRMED = 1
    COASTED = 2  # confirmed, now predicted without support
    DROPPED = 3  # given up; shown once with this status


@dataclass(frozen=True, slots=True)
class Tracks(Columns):
    """Tracks at `time`, one row each. Position in degrees, velocity in m/s east and north of that position.

    `cov_*` is the upper triangle of the (4, 4) covariance of (east m, north m, east m/s, north m/s), named by
    e, n (position) and u, v (velocity east, north). `sensors` has bit k set when sensor index k supports the track.
    """

    time: Array = column("f8")
    id: Array = column("i8")
    lat_deg: Array = column("f8")
    lon_deg: Array = column("f8")
    east_mps: Array = column("f8")
    north_mps: Array = column("f8")
    cov_ee: Array = column("f8")
    cov_en: Array = column("f8")
    cov_eu: Array = column("f8")
    cov_ev: Array = column("f8")
    cov_nn: Array = column("f8")
    cov_nu: Array = column("f8")
    cov_nv: Array = column("f8")
    cov_uu: Array = column("f8")
    cov_uv: Array = column("f8")
    cov_vv: Array = column("f8")
    existence: Array = column("f8")
    status: Array = column("u1")  # TrackStatus
    visibility_radar: Array = column("f4")
    visibility_ais: Array = column("f4")
    sensors: Array = column("u8")
    born: Array = column("f8")  # UTC s of the first report
    heard_radar: Array = column("f8")  # UTC s of the last radar plot that supported it; NaN never
    heard_ais: Array = column("f8")  # UTC s of the last AIS report that supported it; NaN never
    heard_other: Array = column("f8")  # and of what is neither: cameras, aircraft's pictures, hydrophones, people


@dataclass(frozen=True, slots=True)
class Believed(Tracks):
    """Tracks as they are asked for at a moment: what `mihari track` writes to a file."""

    mmsi: Array = column("i4", -1)  # that the track goes by; 0 none, -1 not told
    moment: Array = column("f8")  # UTC s that was asked for: `time` is later where a newer report moved the track


@dataclass(frozen=True, slots=True)
class Associations(Columns):
    """Which report supports which track, with which probability: `row` is the row in the reports of that step."""

    row: Array = column("i4")
    track: Array = column("i8")
    probability: Array = column("f4")


@dataclass(frozen=True, slots=True)
class Truth(Columns):
    """Where simulated vessels really were: for the judge and tests alone."""

    time: Array = column("f8")
    vessel: Array = column("i8")
    lat_deg: Array = column("f8")
    lon_deg: Array = column("f8")
    east_mps: Array = column("f8")
    north_mps: Array = column("f8")
