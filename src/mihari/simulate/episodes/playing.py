"""A cast on a stage -> what stations hear of it and radar holds of it, in rows. Without wire bytes and tracker.

AIS devices speak as often as behaviours ask (every 30 s under way, every 3 min at rest, static data every 6 min), with
the errors of a fix; a message is heard with the chance of the best station that listens. Radar holds what no AIS
speaks for, where it surely sees it, with the errors of a track. Left out: slots, collisions of messages, plots, tracks
that are lost or exchanged, clutter. Whoever wants those plays a scenario.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mihari.core.columns import Array, Columns, column
from mihari.core.reports import Batch, Claims, ReportKind, Reports, Subject
from mihari.core.units import KNOT
from mihari.simulate.behaviours.measure import Motion, moved
from mihari.simulate.cast import Act, Actor, Cast, Event
from mihari.simulate.stage import Stage, distances
from mihari.simulate.vessels import Vessels, one

MOVING_S, RESTING_S, STATIC_S = 30.0, 180.0, 360.0
RESTING = 1.5 * KNOT
AT_REST = (1, 5)  # navigation status: at anchor, moored; M.1371-5 table 47
FIX_M, SPEED_SD, COURSE_SD = 5.0, 0.1 * KNOT, 0.02
TRACK_M, TRACK_SD = 25.0, 0.25 * KNOT  # what a tracker makes of plots good to 10 m and 0.15 degrees
HELD_S = 30.0
UNSUPPORTED_S = 60.0  # without AIS for so long is held by radar alone
BESIDE_M = 1852.0  # an echo as near as that supports what a vessel tells
ANTENNA_M = 10.0
METRES_PER_DEGREE = 111_195.0  # of latitude, on the mean sphere


@dataclass(frozen=True, slots=True)
class Echoes(Columns):
    """What radar says: vessels that it alone holds (`mmsi` 0), and places that are told and where it sees nobody."""

    actor: Array = column("i4")
    mmsi: Array = column("i4", 0)
    time: Array = column("f8")  # s from the begin of the episode
    lat_deg: Array = column("f8")
    lon_deg: Array = column("f8")
    speed: Array = column("f8")
    course: Array = column("f8")


@dataclass(frozen=True, slots=True)
class Episode:
    """One happening: AIS as it is heard, radar, who was who (actor -> MMSI, 0 without), and what is true. s from 0."""

    heard: Batch
    echoes: Echoes
    mmsi: tuple[int, ...]
    events: tuple[Event, ...]
    duration: float


def played(cast: Cast, stage: Stage, rng: np.random.Generator) -> Episode:
    """The episode of a cast; the same for the same source of randomness."""
    taken: set[int] = set()
    hulls = [one(rng, actor, taken) for actor in cast.actors]
    times = np.arange(0.0, stage.duration, MOVING_S)
    ways = [moved(actor.path, times) for actor in cast.actors]
    parts = [_spoken(cast, k, hulls, ways, stage, rng) for k in range(len(cast.actors))]
    reports = Reports.concatenate([reports for reports, _ in parts])
    claims = Claims.concatenate([claims for _, claims in parts])
    counts = np.cumsum([0, *(len(claims) for _, claims in parts)])
    shift = np.repeat(counts[:-1], [len(reports) for reports, _ in parts])
    reports = reports.replace(claim=reports.claim + shift)
    order = np.argsort(reports.time, kind="stable")
    heard = Batch(reports.take(order), claims)
    echoes = _echoes(cast, [reports for reports, _ in parts], heard, ways, stage, rng)
    mmsi = tuple(int(hull.mmsi[0]) for hull in hulls)
    return Episode(heard, echoes, mmsi, cast.events, stage.duration)


def _present(actor: Actor, time: Array) -> Array:
    return np.asarray((time >= actor.since) & (time < actor.until))


def _acting(acts: tuple[Act, ...], time: Array, what: str) -> Array:
    """(n,) which act says `what` of each time: the last that does; -1 none."""
    found = np.full(len(time), -1)
    for k, act in enumerate(acts):
        if (said := getattr(act, what)) is not None and said is not False:  # 0 is an actor, or a status
            found[(time >= act.start) & (time < act.end)] = k
    return found


def _spoken(
    cast: Cast, number: int, hulls: list[Vessels], ways: list[Motion], stage: Stage, rng: np.random.Generator
) -> tuple[Reports, Claims]:
    """What stations hear of one actor."""
    actor, hull, way = cast.actors[number], hulls[number], ways[number]
    device = str(hull.device[0])
    rows = np.flatnonzero(_due(way, actor, hull, rng)) if device and not actor.ghost else np.zeros(0, np.int64)
    if len(rows) == 0:
        return Reports.empty(), Claims.empty()
    time = way.time[rows] + rng.uniform(0, 5, len(rows))
    silent = _acting(actor.acts, time, "silent") >= 0
    chance = stage.chance(way.lat_deg[rows], way.lon_deg[rows], ANTENNA_M, device == "B", time)
    kept = ~silent & (rng.random(len(rows)) < chance)
    rows, time = rows[kept], time[kept]
    said = _said(cast, number, ways, rows, time)
    who = _who(actor, number, time)
    static = np.zeros(len(rows), np.bool_)
    static[np.unique(np.floor(time / STATIC_S), return_index=True)[1]] = True
    claims, claim = _claims(hulls, who, said.status, static, _draught(actor, time))
    speed = np.maximum(said.speed + rng.normal(0, SPEED_SD, len(rows)), 0.0)
    north, east = rng.normal(0, FIX_M / METRES_PER_DEGREE, (2, len(rows)))
    position = Reports.of(
        len(rows), time=time, sensor=_station(stage, said.lat_deg, said.lon_deg), kind=ReportKind.AIS_POSITION,
        lat_deg=said.lat_deg + north, lon_deg=said.lon_deg + east / np.cos(np.radians(said.lat_deg)), speed=speed,
        course=(said.course + rng.normal(0, COURSE_SD, len(rows))) % (2 * np.pi), heading=said.heading, claim=claim,
    )  # fmt: skip
    telling = np.flatnonzero(static)
    named = Reports.of(
        len(telling), time=time[telling] + 1.0, sensor=position.sensor[telling], kind=ReportKind.AIS_STATIC,
        claim=claim[telling],
    )  # fmt: skip
    return Reports.concatenate([position, named]), claims


def _due(way: Motion, actor: Actor, hull: Vessels, rng: np.random.Generator) -> Array:
    """(n,) when the device speaks: seldom at rest."""
    status = np.full(len(way.time), int(hull.status[0]))
    at = _acting(actor.acts, way.time, "status")
    status[at >= 0] = [actor.acts[k].status for k in at[at >= 0].tolist()]
    b = str(hull.device[0]) == "B"
    rests = way.speed < RESTING if b else np.isin(status, AT_REST) & (way.speed < RESTING)
    seldom = (np.arange(len(way.time)) + int(rng.integers(6))) % round(RESTING_S / MOVING_S) == 0
    return np.asarray(_present(actor, way.time) & (~rests | seldom))


@dataclass(frozen=True, slots=True)
class _Said:
    """What an actor tells at some times."""

    lat_deg: Array
    lon_deg: Array
    speed: Array
    course: Array
    heading: Array
    status: Array


def _said(cast: Cast, number: int, ways: list[Motion], rows: Array, time: Array) -> _Said:
    """The place that is told may be another's."""
    actor = cast.actors[number]
    whose = np.full(len(rows), number)
    at = _acting(actor.acts, time, "place")
    whose[at >= 0] = [actor.acts[k].place for k in at[at >= 0].tolist()]
    made = {name: np.zeros(len(rows)) for name in ("lat_deg", "lon_deg", "speed", "course")}
    for other in np.unique(whose).tolist():
        there = moved(cast.actors[other].path, time[whose == other])
        for name, values in made.items():
            values[whose == other] = getattr(there, name)
    heading = made["course"].copy()
    at = _acting(actor.acts, time, "heading")
    heading[at >= 0] = [actor.acts[k].heading for k in at[at >= 0].tolist()]
    status = np.full(len(rows), -1)
    at = _acting(actor.acts, time, "status")
    status[at >= 0] = [actor.acts[k].status for k in at[at >= 0].tolist()]
    return _Said(**made, heading=heading, status=status)


def _who(actor: Actor, number: int, time: Array) -> Array:
    """(n,) whose identity is told."""
    who = np.full(len(time), number)
    at = _acting(actor.acts, time, "identity")
    who[at >= 0] = [actor.acts[k].identity for k in at[at >= 0].tolist()]
    return who


def _draught(actor: Actor, time: Array) -> Array:
    """(n,) the draught that is told, dm; -1 its own."""
    told = np.full(len(time), -1)
    at = _acting(actor.acts, time, "draught")
    told[at >= 0] = [round(10.0 * (actor.acts[k].draught or 0.0)) for k in at[at >= 0].tolist()]
    return told


def _claims(hulls: list[Vessels], who: Array, status: Array, static: Array, draught: Array) -> tuple[Claims, Array]:
    """A claim for each identity, status, draught and whether it is static data; and the claim of each message."""
    status = np.where(status >= 0, status, [int(hulls[k].status[0]) for k in who.tolist()])
    told = np.stack([who, status, static.astype(np.int64), draught], axis=1)
    different, claim = np.unique(told, axis=0, return_inverse=True)
    made = []
    for k, code, named, dm in different.tolist():
        hull = hulls[k]
        fields = {"mmsi": hull.mmsi[0], "subject": Subject.VESSEL, "device": hull.device[0], "status": code}
        if named:
            length, beam = float(hull.hull_length[0]), float(hull.beam[0])
            fields |= {name: getattr(hull, name)[:1] for name in ("name", "call_sign", "destination")}
            deep = hull.draught[0] if dm < 0 else 0.1 * dm
            fields |= {"imo": hull.imo[0], "ship_type": hull.ship_type[0], "draught": deep}
            fields |= {"bow": length * 0.6, "stern": length * 0.4, "port": beam / 2, "starboard": beam / 2}
        made.append(Claims.of(1, **fields))
    return Claims.concatenate(made), claim.reshape(-1)


def _station(stage: Stage, lat_deg: Array, lon_deg: Array) -> Array:
    """(n,) the nearest station hears it; numbered after the radars."""
    if not stage.stations:
        return np.full(len(lat_deg), -1)
    away = distances(lat_deg, lon_deg, [(s.lat_deg, s.lon_deg) for s in stage.stations])
    return np.asarray(len(stage.radars) + np.argmin(away, axis=0))


def _echoes(
    cast: Cast, spoken: list[Reports], heard: Batch, ways: list[Motion], stage: Stage, rng: np.random.Generator
) -> Echoes:
    """Whom radar alone holds, and who tells a place at which it sees nobody; `spoken`: by actor, as it is heard."""
    made = [
        _held(k, cast.actors[k], way, spoken[k], stage, rng) for k, way in enumerate(ways) if not cast.actors[k].ghost
    ]
    if any(actor.acts or actor.ghost for actor in cast.actors):
        made.append(_unseen(cast, heard, stage))
    found = Echoes.concatenate(made)
    return found.take(np.argsort(found.time, kind="stable"))


def _held(number: int, actor: Actor, way: Motion, spoken: Reports, stage: Stage, rng: np.random.Generator) -> Echoes:
    """Where one actor is seen, and nothing that it said of late tells a place near it."""
    seen = _present(actor, way.time) & stage.under_radar(way.lat_deg, way.lon_deg)
    spoken = spoken.take(np.flatnonzero(spoken.kind == ReportKind.AIS_POSITION))
    at = np.searchsorted(spoken.time, way.time + HELD_S) - 1
    for k in np.flatnonzero(seen & (at >= 0)).tolist():
        ago = way.time[k] - spoken.time[at[k]]
        resting = 3.5 if way.speed[k] < RESTING else 1.0
        away = _away(spoken.lat_deg[at[k]], spoken.lon_deg[at[k]], way.lat_deg[k], way.lon_deg[k])
        seen[k] = ago > UNSUPPORTED_S * resting or away > 300.0 + way.speed[k] * abs(ago)
    rows = np.flatnonzero(seen)
    north, east = rng.normal(0, TRACK_M / METRES_PER_DEGREE, (2, len(rows)))
    return Echoes.of(
        len(rows), actor=number, time=way.time[rows], lat_deg=way.lat_deg[rows] + north,
        lon_deg=way.lon_deg[rows] + east / np.cos(np.radians(way.lat_deg[rows])),
        speed=np.maximum(way.speed[rows] + rng.normal(0, TRACK_SD, len(rows)), 0.0), course=way.course[rows],
    )  # fmt: skip


def _away(lat_deg: Array, lon_deg: Array, there_lat: Array, there_lon: Array) -> Array:
    """m between places, on a plane."""
    north = (lat_deg - there_lat) * METRES_PER_DEGREE
    return np.asarray(np.hypot(north, (lon_deg - there_lon) * METRES_PER_DEGREE * np.cos(np.radians(there_lat))))


def _unseen(cast: Cast, heard: Batch, stage: Stage) -> Echoes:
    """Places that are told under radar cover, nobody within a mile of them."""
    told = heard.reports.take(np.flatnonzero(heard.reports.kind == ReportKind.AIS_POSITION))
    told = told.take(np.flatnonzero(stage.under_radar(told.lat_deg, told.lon_deg)))
    alone = np.ones(len(told), np.bool_)
    for actor in cast.actors:
        if not actor.ghost:
            way = moved(actor.path, told.time)
            near = _away(told.lat_deg, told.lon_deg, way.lat_deg, way.lon_deg) < BESIDE_M
            alone &= ~(_present(actor, told.time) & near)
    told = told.take(np.flatnonzero(alone))
    return Echoes.of(
        len(told), mmsi=heard.claims.mmsi[told.claim], time=told.time, lat_deg=told.lat_deg, lon_deg=told.lon_deg
    )
