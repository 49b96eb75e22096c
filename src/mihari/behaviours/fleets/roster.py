"""Who belongs to which fleet: `Members`, a row for each vessel in one, confirmed or not, and how rows come and go."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mihari.behaviours.fleets.grouped import Grouped
from mihari.behaviours.fleets.parameters import Parameters
from mihari.behaviours.fleets.scene import Scene
from mihari.core.columns import Array, Columns, column
from mihari.core.units import KNOT

NEVER = -1
METRES_A_DEGREE = 111_195.0  # of latitude, on the mean sphere


@dataclass(frozen=True, slots=True)
class Members(Columns):
    """One row a vessel, by ascending key; a vessel is in one fleet at most. Times are UTC s, NEVER for never.

    It is confirmed, and told to people, once it has been with the fleet for `Parameters.join_s`.
    """

    key: Array = column("i8", 0)
    fleet: Array = column("i8", 0)
    origin: Array = column("i8", 0)  # the fleet it first was in: fleets that met may part again
    since: Array = column("i8")  # with the fleet
    away: Array = column("i8")  # since when it is not in the fleet's main cluster; NEVER: it is
    drifted: Array = column("i8")  # when it last drifted
    left: Array = column("f8")  # since when it is under way; NaN: it is not
    found: Array = column("f8")  # when it was seen under way first, after a time unseen; NaN: it was in sight
    east: Array = column("f8")  # m/s, when last seen
    north: Array = column("f8")
    seen: Array = column("i8")  # when last seen
    lat_deg: Array = column("f8")  # and where
    lon_deg: Array = column("f8")
    loyal: Array = column("f8", 1.0)  # 0 to 1, how much of late it moved as the others that are not under way


def rows_of(keys: Array, wanted: Array) -> Array:
    """Where each of `wanted` is among the ascending `keys`, -1 where it is not."""
    if len(keys) == 0:
        return np.full(len(wanted), -1, np.int64)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.asarray(np.where(keys[at] == wanted, at, -1))


def moved(members: Members, row: Array, scene: Scene, time: int, p: Parameters) -> Members:
    """The same members with what their motion now says: who drifts, and since when each is under way.

    `row`: of each member in `scene`, -1 for none. The moment at which a vessel got under way lies on the straight line
    between the speeds of two steps, unless the caller knows it better; after a time unseen it is as long ago as the way
    made since takes at the speed of now.
    """
    if len(scene) == 0:
        return members
    here = row >= 0
    east, north = np.where(here, scene.east_mps[row], members.east), np.where(here, scene.north_mps[row], members.north)
    before, now, limit = np.hypot(members.east, members.north), np.hypot(east, north), p.under_way_kn * KNOT
    with np.errstate(invalid="ignore", divide="ignore"):
        crossed = members.seen + (limit - before) / (now - before) * (time - members.seen)
    way = _way_made(members, scene, row, time)
    took = np.where(np.isfinite(way), np.minimum(way / np.maximum(now, limit), time - members.seen), 0.0)
    crossed = np.where(time - members.seen > p.waver_s, time - took, crossed)
    parted = here & (time - members.seen > p.waver_s) & (now > limit) & (before <= limit)
    known = np.where(here, scene.under_way[row], np.nan)
    since = np.where(np.isnan(known), np.where(before <= limit, crossed, members.left), known)
    return members.replace(
        drifted=np.where(here & (now <= p.drift_kn * KNOT), time, members.drifted),
        left=np.where(here, np.where(now > limit, since, np.nan), members.left),
        found=np.where(parted, time, np.where(here & (now <= limit), np.nan, members.found)),
        east=east,
        north=north,
        seen=np.where(here, time, members.seen),
        lat_deg=np.where(here, scene.lat_deg[row], members.lat_deg),
        lon_deg=np.where(here, scene.lon_deg[row], members.lon_deg),
    )


def _way_made(members: Members, scene: Scene, row: Array, time: int) -> Array:
    """m from where each member would have drifted to since it was last seen, to where it is."""
    since = time - members.seen
    north = (scene.lat_deg[row] - members.lat_deg) * METRES_A_DEGREE - members.north * since
    turn = (scene.lon_deg[row] - members.lon_deg + 180.0) % 360.0 - 180.0
    east = turn * METRES_A_DEGREE * np.cos(np.radians(members.lat_deg)) - members.east * since
    return np.asarray(np.hypot(east, north))


def with_others(before: Members, now: Members, number: Array, fleets: int, p: Parameters) -> Members:
    """`now` with how much each drifts with the others of its fleet, an exponential mean; who is under way keeps it.

    `number`: the place of each member's fleet among `fleets`. The common drift is the median of those not under way.
    Who was not seen for `waver_s` has a velocity of all that time, in which it may have drifted and left.
    """
    lately = (now.seen > before.seen) & (now.seen - before.seen <= p.waver_s)
    slow = (np.hypot(now.east, now.north) <= p.under_way_kn * KNOT) & lately
    group = Grouped(number, fleets)
    off_east = now.east - group.quantile(np.where(slow, now.east, np.nan))[number]
    off_north = now.north - group.quantile(np.where(slow, now.north, np.nan))[number]
    alike = np.hypot(off_east, off_north) <= p.drift_with_kn * KNOT
    kept = np.exp((before.seen - now.seen) / p.loyal_s)
    return now.replace(loyal=np.where(slow, alike + (now.loyal - alike) * kept, now.loyal))


def recruits(scene: Scene, rows: Array, fleet: Array, founding: Array, time: int, p: Parameters) -> Members:
    """Rows of `scene` as new members, each of its `fleet`; who joins one has yet to show that it drifts with it."""
    speed = np.hypot(scene.east_mps[rows], scene.north_mps[rows])
    return Members.of(
        len(rows),
        key=scene.key[rows],
        fleet=fleet,
        origin=fleet,
        since=time,
        away=NEVER,
        drifted=np.where(speed <= p.drift_kn * KNOT, time, NEVER),
        left=scene.under_way[rows],
        east=scene.east_mps[rows],
        north=scene.north_mps[rows],
        seen=time,
        lat_deg=scene.lat_deg[rows],
        lon_deg=scene.lon_deg[rows],
        loyal=np.where(founding, 1.0, p.newly_loyal),
    )


def joined(members: Members, more: Members) -> Members:
    """Both, by ascending key."""
    both = Members.concatenate([members, more])
    return both.take(np.argsort(both.key, kind="stable"))
