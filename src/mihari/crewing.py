"""The vehicles and cameras of a node file -> what feeds, picture and tasks know of them."""

from __future__ import annotations

import math

from mihari.core.asset import Asset, AssetKind, asset_kind
from mihari.core.config import NodeConfig
from mihari.feeds.vehicles import Listed
from mihari.sensors.platform import profile


def kind_of(profile_id: str) -> AssetKind:
    """What kind of vehicle a platform profile is of; BadInput where there is no such profile."""
    return asset_kind(profile(profile_id).kind)


def listed_of(config: NodeConfig) -> tuple[Listed, ...]:
    """The vehicles as feeds know them."""
    return tuple(
        Listed(one.name, kind_of(one.profile), one.feeds, one.system, math.radians(one.attitude_sd_deg))
        for one in config.vehicle
    )


def assets_of(config: NodeConfig) -> tuple[Asset, ...]:
    """The vehicles and cameras as the picture has them before they have told anything."""
    vehicles = (Asset(one.name, kind_of(one.profile), one.profile, one.operator) for one in config.vehicle)
    cameras = (
        Asset(
            one.name, AssetKind.CAMERA, "", one.operator, lat_deg=one.lat_deg, lon_deg=one.lon_deg, height=one.height_m
        )
        for one in config.camera
    )
    return (*vehicles, *cameras)
