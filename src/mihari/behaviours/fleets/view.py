"""Confirmed members and where they are now -> what each fleet does as a whole, and the `Fleet`s that people see."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mihari.behaviours.fleets.grouped import Grouped
from mihari.behaviours.fleets.held import Held
from mihari.behaviours.fleets.outline import outlines
from mihari.behaviours.fleets.parameters import Parameters
from mihari.behaviours.fleets.roster import Members, rows_of
from mihari.behaviours.fleets.scene import Scene
from mihari.core.behaviour import Fleet
from mihari.core.columns import Array
from mihari.core.geodesy import lat_lon, n_vector
from mihari.core.units import KNOT


@dataclass(frozen=True, slots=True)
class View:
    """Formed fleets with members in sight, in the order of `fleets`; per fleet, then per vessel in sight.

    `members`: confirmed ones, in sight or not, as a group each; `vessels`: their rows in sight, of `scene`.
    """

    time: int
    fleets: tuple[Held, ...]
    members: Members
    member_group: Grouped
    scene: Scene  # confirmed members in sight
    group: Grouped
    lat_deg: Array  # (g,) the middle
    lon_deg: Array
    east: Array  # (g,) common motion, m/s
    north: Array
    cohesion: Array  # (g,)


def view(time: int, scene: Scene, members: Members, confirmed: Array, held: dict[int, Held], p: Parameters) -> View:
    """What the formed fleets do now."""
    fleets = tuple(sorted((f for f in held.values() if f.formed), key=lambda f: f.id))
    ids = np.array([f.id for f in fleets], np.int64)
    mine = members.take(np.flatnonzero(confirmed & (rows_of(ids, members.fleet) >= 0)))
    of = rows_of(ids, mine.fleet)
    row = rows_of(scene.key, mine.key)
    here = scene.take(row[row >= 0])
    group = Grouped(of[row >= 0], len(fleets))
    east, north = group.quantile(here.east_mps), group.quantile(here.north_mps)
    lat, lon = middles(here, group)
    with_it = np.hypot(here.east_mps - east[group.group], here.north_mps - north[group.group])
    cohesion = group.share(with_it <= p.motion_with_kn * KNOT)
    return View(time, fleets, mine, Grouped(of, len(fleets)), here, group, lat, lon, east, north, cohesion)


def middles(scene: Scene, group: Grouped) -> tuple[Array, Array]:
    """(g,) latitude and longitude of the middle of each group, on any side of the antimeridian."""
    normal = n_vector(scene.lat_deg, scene.lon_deg)
    mean = np.column_stack([group.mean(normal[:, axis]) for axis in range(3)])
    with np.errstate(invalid="ignore", divide="ignore"):
        lat, lon = lat_lon(mean / np.linalg.norm(mean, axis=1, keepdims=True))
    return np.asarray(lat), np.asarray(lon)


def told(seen: View, p: Parameters) -> tuple[Fleet, ...]:
    """The fleets as people see them: those with members in sight."""
    there = np.flatnonzero(seen.group.count)
    group = rows_of(there, seen.group.group)
    drawn = outlines(group, seen.scene.lat_deg, seen.scene.lon_deg, seen.lat_deg[there], seen.lon_deg[there], p.margin)
    order = np.argsort(seen.member_group.group, kind="stable")
    keys, ends = seen.members.key[order].tolist(), np.cumsum(seen.member_group.count).tolist()
    made = []
    for around, k in zip(drawn, there.tolist(), strict=True):
        held = seen.fleets[k]
        made.append(
            Fleet(
                id=held.id,
                time=float(seen.time),
                began=held.began,
                members=tuple(keys[ends[k] - int(seen.member_group.count[k]) : ends[k]]),
                lat_deg=float(seen.lat_deg[k]),
                lon_deg=float(seen.lon_deg[k]),
                outline_deg=around,
                east_mps=float(seen.east[k]),
                north_mps=float(seen.north[k]),
                cohesion=float(seen.cohesion[k]),
                explanations=held.explanations,
                parents=held.parents,
            )
        )
    return tuple(made)
