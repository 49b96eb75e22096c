"""A node's configuration -> its posts: for each vehicle and camera who answers for it, and which driver tells it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from mihari.core.asset import AssetKind
from mihari.core.asset_sections import CameraSection, VehicleSection
from mihari.core.config import FeedSection, NodeConfig
from mihari.core.errors import BadInput
from mihari.core.task import TaskKind
from mihari.feeds.address import FeedAddress
from mihari.tasks.charge import charge_of
from mihari.tasks.driver import Driver, Post

log = logging.getLogger("mihari.tasks")


@dataclass(frozen=True, slots=True)
class Making:
    """What makes drivers for vehicles of one protocol: `kinds` that it can tell, `make` for one vehicle."""

    kinds: tuple[TaskKind, ...]
    make: Callable[[VehicleSection], Driver]


def _mavlink(section: VehicleSection) -> Driver:
    from mihari.tasks.flight import craft_of
    from mihari.tasks.mavlink import MavlinkDriver

    return MavlinkDriver(craft_of(section.profile), section.system)


MAVLINK = (TaskKind.LOOK, TaskKind.FOLLOW, TaskKind.SEARCH, TaskKind.HOLD, TaskKind.RETURN)
MAKINGS: dict[str, Making] = {"mavlink": Making(MAVLINK, _mavlink)}  # by format of the feed over which tasks go
CameraMaking = tuple[tuple[TaskKind, ...], Callable[[CameraSection], Driver]]


def posts_of(
    config: NodeConfig, makings: Mapping[str, Making] | None = None, cameras: CameraMaking | None = None
) -> list[Post]:
    """All vehicles and cameras of a node; one without an operator, a feed or a driver has a post and takes no tasks."""
    makings = MAKINGS if makings is None else makings
    addresses = [(feed, _address(feed)) for feed in config.feed]
    formats = {feed.name or address.name: address.format for feed, address in addresses if address is not None}
    posts = []
    for vehicle in config.vehicle:
        making = makings.get(formats.get(vehicle.tasks, ""))
        kinds, make = ((), _nobody) if making is None else (making.kinds, making.make)
        charge = charge_of(vehicle, kinds)
        posts.append(Post(charge, kind_of(vehicle.profile), vehicle.tasks, partial(make, vehicle)))
    for camera in config.camera:
        kinds, watch = cameras if cameras is not None else ((), _nobody)
        charge = charge_of(camera, kinds)
        posts.append(Post(charge, AssetKind.CAMERA, "", partial(watch, camera)))
    return posts


def kind_of(profile_id: str) -> AssetKind:
    """What a vehicle is by its profile; an aircraft where its profile cannot be read, which is told elsewhere.

    >>> kind_of("tb3").name
    'AIRCRAFT'
    """
    from mihari.sensors.platform import profile

    try:
        return AssetKind[profile(profile_id).kind.upper()]
    except BadInput as problem:
        log.warning("%s", problem)
        return AssetKind.AIRCRAFT


def _address(feed: FeedSection) -> FeedAddress | None:
    try:
        return FeedAddress.parse(feed.url, feed.format or None)
    except BadInput:
        return None


def _nobody(_: object) -> Driver:
    raise BadInput("nothing can be sent to it")
