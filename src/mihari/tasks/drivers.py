"""A node's configuration -> its posts: for each vehicle and camera who answers for it, and which driver tells it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from mihari.cameras.attachments import Taken
from mihari.core.asset import Asset, AssetKind
from mihari.core.asset_sections import CameraSection, VehicleSection
from mihari.core.config import FeedSection, NodeConfig
from mihari.core.errors import BadInput
from mihari.core.picture import Picture
from mihari.core.task import Task, TaskKind
from mihari.feeds.address import FeedAddress
from mihari.tasks.charge import charge_of
from mihari.tasks.driver import Driver, Post, Told

log = logging.getLogger("mihari.tasks")


@dataclass(frozen=True, slots=True)
class Making:
    """What makes drivers for vehicles of one protocol: `kinds` that it can tell, `make` for one vehicle."""

    kinds: tuple[TaskKind, ...]
    make: Callable[[VehicleSection], Driver]


class _ByKind:
    """A driver that is chosen by the kind of its task."""

    def __init__(self, choose: Callable[[TaskKind], Driver]) -> None:
        self._choose = choose
        self._chosen: Driver | None = None

    def begin(self, task: Task, asset: Asset, now: float) -> None:
        """Choose, and begin."""
        self._chosen = self._choose(task.kind)
        self._chosen.begin(task, asset, now)

    def hear(self, message: dict[str, Any], now: float) -> None:
        """See `Driver`."""
        if self._chosen is not None:
            self._chosen.hear(message, now)

    def tick(self, now: float, picture: Picture | None) -> list[bytes]:
        """See `Driver`."""
        return [] if self._chosen is None else self._chosen.tick(now, picture)

    def told(self) -> list[Told]:
        """See `Driver`."""
        return [] if self._chosen is None else self._chosen.told()

    def stop(self, now: float) -> None:
        """See `Driver`."""
        if self._chosen is not None:
            self._chosen.stop(now)


def _mavlink(section: VehicleSection) -> Driver:
    def choose(kind: TaskKind) -> Driver:
        from mihari.tasks.flight import craft_of
        from mihari.tasks.landing import LandingDriver
        from mihari.tasks.mavlink import MavlinkDriver

        made = LandingDriver if kind == TaskKind.LAND else MavlinkDriver
        return made(craft_of(section.profile), section.system)

    return _ByKind(choose)


def _imc(section: VehicleSection) -> Driver:
    from mihari.sensors.platform import profile
    from mihari.tasks.flight import craft_of
    from mihari.tasks.imc import ImcDriver

    told = profile(section.profile)
    return ImcDriver(craft_of(section.profile), told.cruise, section.system)


MAVLINK = (TaskKind.LOOK, TaskKind.FOLLOW, TaskKind.SEARCH, TaskKind.HOLD, TaskKind.RETURN, TaskKind.LAND)
IMC = (TaskKind.LOOK, TaskKind.SEARCH, TaskKind.HOLD, TaskKind.LISTEN, TaskKind.RETURN, TaskKind.LAND)
# by the format of the feed over which tasks go
MAKINGS: dict[str, Making] = {"mavlink": Making(MAVLINK, _mavlink), "imc": Making(IMC, _imc)}


def makings_with(keep: Callable[[Taken, bytes, str], str]) -> dict[str, Making]:
    """The same with stills, which `keep` takes."""

    def mavlink(section: VehicleSection) -> Driver:
        def choose(kind: TaskKind) -> Driver:
            from mihari.tasks.still import StillDriver

            if kind == TaskKind.STILL:
                return StillDriver(section.system, section.stills, keep)
            return _mavlink(section)

        return _ByKind(choose)

    return MAKINGS | {"mavlink": Making((*MAVLINK, TaskKind.STILL), mavlink)}


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
