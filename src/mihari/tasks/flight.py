"""A task -> what a MAVLink vehicle flies: mission items for what stands still, places to go to for what moves. Pure.

Heights are above the sea (MAV_FRAME_GLOBAL_INT): the vehicle's own working height by its profile unless the task tells
one. The same task and vehicle give the same items, so that after a new start of the node a mission is known again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from mihari.core.asset import AssetKind, Place
from mihari.core.errors import BadInput
from mihari.core.geodesy import great_circle
from mihari.core.picture import Picture
from mihari.core.task import Task, TaskKind
from mihari.formats.mavlink import items
from mihari.formats.mavlink.items import Item
from mihari.sensors.platform import profile

ABOVE_SEA = 5  # MAV_FRAME_GLOBAL_INT
LOOK_S = 120.0  # a place is looked at for so long: a few turns of the camera, two circles of a small aircraft
OBLIQUE = 0.6  # radius of a circle by the height: the camera looks down some 60°
CIRCLE = (150.0, 3000.0)  # m, least and most: a small fixed wing's turn; beyond the most a vessel is small
AFLOAT_M = 200.0  # radius of a boat about a place
HEIGHTS = {AssetKind.AIRCRAFT: 300.0}  # m, where no profile tells one: below manned traffic, above masts
NEAR_M = 150.0  # it has reached a place
MOVING = (TaskKind.FOLLOW, TaskKind.LOOK)  # kinds that may be about a vessel


@dataclass(frozen=True, slots=True)
class Craft:
    """What of a vehicle its missions need: working `height` above the sea (negative: under it), m."""

    kind: AssetKind = AssetKind.AIRCRAFT
    height: float = 300.0

    @property
    def radius(self) -> float:
        """Of its circle about what it looks at, m.

        >>> Craft(AssetKind.AIRCRAFT, 1000.0).radius, Craft(AssetKind.SURFACE, 0.0).radius
        (600.0, 200.0)
        """
        if self.kind != AssetKind.AIRCRAFT:
            return AFLOAT_M
        return min(max(OBLIQUE * self.height, CIRCLE[0]), CIRCLE[1])


def craft_of(profile_id: str) -> Craft:
    """The craft of a platform profile; BadInput where there is no such profile.

    >>> craft_of("tb3").kind.name, round(craft_of("tb3").height)
    ('AIRCRAFT', 5486)
    """
    told = profile(profile_id)
    kind = AssetKind[told.kind.upper()]
    height = -told.working_depth if kind == AssetKind.UNDERWATER else told.working_height
    return Craft(kind, height if math.isfinite(height) else HEIGHTS.get(kind, 0.0))


def moves(task: Task) -> bool:
    """Whether it is about a vessel, which moves: then no mission is uploaded, the vehicle is led."""
    return task.kind in MOVING and bool(task.vessel)


def height_of(task: Task, craft: Craft) -> float:
    """The height for a task, m above the sea."""
    return craft.height if math.isnan(task.height) else task.height


def mission_of(task: Task, craft: Craft) -> list[Item]:
    """The items of a task about places.

    >>> task = Task(1, "tb3", TaskKind.LOOK, "Sato", 0.0, places=((26.0, 127.0),))
    >>> [(one["command"], one["z"]) for one in mission_of(task, Craft(height=400.0))]  # waypoint, camera, circle
    [(195, 0.0), (19, 400.0)]
    """
    height, places = height_of(task, craft), task.places
    if task.kind == TaskKind.LOOK:
        seen = places[0]
        made = [items.region_of_interest(*seen), items.loiter_time(*seen, height, LOOK_S, craft.radius)]
    elif task.kind == TaskKind.SEARCH:
        made = [items.waypoint(*place, height) for place in places]
    elif task.kind == TaskKind.HOLD:
        made = [items.loiter_unlimited(*places[0], height, craft.radius)]
    else:
        raise BadInput(f"a task to {task.kind} is no mission")
    return [one | {"frame": ABOVE_SEA} for one in made]


def where_is(picture: Picture | None, vessel: int, now: float, ahead: float) -> Place | None:
    """Where a vessel of the picture will be `ahead` s from now, at its course and speed; None where it is not there."""
    if picture is None:
        return None
    at = (picture.vessels.id == vessel).nonzero()[0]
    if not len(at):
        return None
    v, k = picture.vessels, int(at[0])
    lat, lon, t = float(v.lat_deg[k]), float(v.lon_deg[k]), float(v.time[k])
    if not (math.isfinite(lat) and math.isfinite(lon)):
        return None
    seconds = min(max(now - t, 0.0), 600.0) + ahead
    return moved(lat, lon, _finite(v.east_mps[k]) * seconds, _finite(v.north_mps[k]) * seconds)


def moved(lat_deg: float, lon_deg: float, east: float, north: float) -> Place:
    """The place so many m east and north, on a sphere; good for some km away from the poles.

    >>> [round(value, 4) for value in moved(0.0, 179.9999, 1000.0, 0.0)]
    [0.0, -179.9911]
    """
    lat = lat_deg + math.degrees(north / 6_371_000.0)
    lon = lon_deg + math.degrees(east / (6_371_000.0 * max(math.cos(math.radians(lat_deg)), 0.01)))
    return min(max(lat, -90.0), 90.0), (lon + 180.0) % 360.0 - 180.0


def distance(one: Place, other: Place) -> float:
    """m between two places.

    >>> round(distance((0.0, 0.0), (0.0, 1.0)) / 1000)
    111
    """
    return float(great_circle(*one, *other)[0])


def _finite(value: float) -> float:
    return float(value) if math.isfinite(value) else 0.0
