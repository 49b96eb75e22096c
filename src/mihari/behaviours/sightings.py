"""AIS positions and vessels that radar holds -> Sightings: where a vessel was at a time, as told or as seen.

Behaviours read nothing else of motion. A sighting's vessel is a key (`mihari.core.behaviour`): the MMSI that an AIS
device tells, or the picture's id where radar alone holds a vessel.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from mihari.core.behaviour import UNNAMED
from mihari.core.columns import Array, Columns, column
from mihari.core.picture import Picture, Source, Vessels, VesselStatus
from mihari.core.reports import AID, Batch, ReportKind, Reports, Subject

RADAR_FRESH_S = 10.0  # a vessel that radar heard longer ago is a prediction: four turns of a coastal radar


BESIDE_M = 1852.0
METRES_PER_DEGREE = 111_195.0  # of latitude, on the mean sphere
UNSEEN_S = 60.0  # without a plot: twenty-four turns of a coastal radar


class SightingKind(IntEnum):
    """How a place is known."""

    TOLD = 0  # by the vessel's own AIS
    HELD = 1  # by radar, while no AIS supports it
    UNSEEN = 2  # as told, while no radar supports it


SHADOW = 1 << 41  # keys from here on: an MMSI, where it tells to be and radar does not see it


@dataclass(frozen=True, slots=True)
class Sightings(Columns):
    """One place of one vessel each row. NaN is absent; angles in rad clockwise from true north; time UTC s."""

    key: Array = column("i8", 0)  # vessel key
    time: Array = column("f8")
    lat_deg: Array = column("f8")
    lon_deg: Array = column("f8")
    speed: Array = column("f8")  # over ground, m/s, as told or as tracked
    course: Array = column("f8")
    heading: Array = column("f8")
    status: Array = column("i1")  # AIS navigation status; -1 absent
    kind: Array = column("u1")  # SightingKind
    feed: Array = column("i2")
    offset: Array = column("i8")
    station: Array = column("i2")  # who heard it: `station_of`; -1 nobody in particular


def station_of(reports: Reports) -> Array:
    """Who heard each report: its sensor where the node knows it, else its feed, counted from 16,384 on.

    >>> station_of(Reports.of(2, feed=3, sensor=[-1, 5])).tolist()
    [16387, 5]
    """
    return np.where(reports.sensor >= 0, reports.sensor, 16_384 + reports.feed.astype(np.int64) % 16_383)


def told(batch: Batch) -> Sightings:
    """The positions that vessels tell in a batch; what a second station brings of the same message is the same row.

    >>> from mihari.core.reports import Claims, Reports
    >>> reports = Reports.of(2, time=5.0, kind=ReportKind.AIS_POSITION, lat_deg=[26.0, np.nan], lon_deg=127.0, claim=0)
    >>> told(Batch(reports, Claims.of(1, mmsi=431000001))).key.tolist()
    [431000001]
    """
    subject = batch.claims.subject
    return _of_claims(batch, (subject == Subject.VESSEL) | (subject >= Subject.SART))


def aids(batch: Batch) -> Sightings:
    """The positions that aids to navigation tell in a batch, M.1371-5 message 21; they are no vessels."""
    claims = batch.claims
    return _of_claims(batch, (claims.subject == Subject.AID) & (claims.status >= AID))


def _of_claims(batch: Batch, wanted: Array) -> Sightings:
    """Positions in a batch whose claim is `wanted`."""
    r, claims = batch.reports, batch.claims
    if not wanted.any():
        return Sightings.empty()
    claim = np.clip(r.claim, 0, len(claims) - 1)
    own = (r.kind == ReportKind.AIS_POSITION) | (r.kind == ReportKind.AIS_REPEAT)
    own &= (r.claim >= 0) & (r.claim < len(claims)) & np.isfinite(r.lat_deg) & np.isfinite(r.lon_deg)
    rows = np.flatnonzero(own & wanted[claim] & (claims.mmsi[claim] > 0) & np.isfinite(r.time))
    at = claim[rows]
    return Sightings.of(
        len(rows),
        key=claims.mmsi[at],
        status=claims.status[at],
        kind=SightingKind.TOLD,
        **{name: getattr(r, name)[rows] for name in ("time", "lat_deg", "lon_deg", "speed", "course", "heading")},
        feed=r.feed[rows],
        offset=r.offset[rows],
        station=station_of(r)[rows],
    )


def held(picture: Picture) -> Sightings:
    """The vessels that radar holds, or a camera saw lately, and no AIS supports, at the time of their own states."""
    v = picture.vessels
    live = (v.status == VesselStatus.LIVE) & (v.source & Source.AIS == 0)
    fresh = (v.source & Source.RADAR > 0) & (picture.time - v.heard_radar <= RADAR_FRESH_S)
    rows = np.flatnonzero(live & (fresh | (v.source & Source.SEEN > 0)))
    return Sightings.of(
        len(rows),
        key=UNNAMED + v.id[rows],
        time=v.time[rows],
        lat_deg=v.lat_deg[rows],
        lon_deg=v.lon_deg[rows],
        speed=np.hypot(v.east_mps[rows], v.north_mps[rows]),
        course=np.arctan2(v.east_mps[rows], v.north_mps[rows]) % (2 * np.pi),
        kind=SightingKind.HELD,
    )


def unseen(picture: Picture) -> Sightings:
    """The vessels that AIS supports now and radar does not, for a minute or ever, at the places they tell.

    They are filed under `SHADOW` + MMSI beside what the vessel tells.
    """
    v = picture.vessels
    live = (v.status == VesselStatus.LIVE) & (v.source & Source.AIS > 0) & (v.mmsi > 0)
    live &= v.source & (Source.RADAR | Source.SEEN) == 0
    seen = picture.time - v.heard_radar < UNSEEN_S
    rows = np.flatnonzero(live & ~seen)
    rows = rows[~_beside(v.lat_deg[rows], v.lon_deg[rows], v.take(seen))]
    return Sightings.of(
        len(rows),
        key=SHADOW + v.mmsi[rows].astype(np.int64),
        time=v.time[rows],
        lat_deg=v.lat_deg[rows],
        lon_deg=v.lon_deg[rows],
        kind=SightingKind.UNSEEN,
    )


def _beside(lat_deg: Array, lon_deg: Array, seen: Vessels) -> Array:
    """(n,) whether radar saw anybody of late within a mile of a place: then an aerial, a clock or a bias is off."""
    found = np.zeros(len(lat_deg), np.bool_)
    for k in range(len(lat_deg)):
        north = (seen.lat_deg - lat_deg[k]) * METRES_PER_DEGREE
        turn = (seen.lon_deg - lon_deg[k] + 180.0) % 360.0 - 180.0
        east = turn * METRES_PER_DEGREE * np.cos(np.radians(lat_deg[k]))
        found[k] = bool((north * north + east * east < BESIDE_M**2).any())
    return found
