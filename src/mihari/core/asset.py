"""What watches and moves: vehicles, cameras and crews of ours, as last told. Telemetry in, `Asset`s out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum

Place = tuple[float, float]  # lat_deg, lon_deg


class AssetKind(IntEnum):
    """What an asset is; `asset_kind` knows the words."""

    AIRCRAFT = 1
    SURFACE = 2
    UNDERWATER = 3
    CAMERA = 4  # stands at a place of its own, turns and zooms
    CREW = 5  # people with a phone


class LinkState(IntEnum):
    """How an asset's link is; what is expected to be away for a time is not lost meanwhile."""

    NEVER = 0
    UP = 1
    LATE = 2
    LOST = 3
    AWAY = 4  # under water, or so far that it is heard when it comes back


@dataclass(frozen=True, slots=True)
class Telemetry:
    """One asset at a time, as it told itself; NaN absent. Angles in rad clockwise from true north, lengths in m.

    `height` is above the sea, negative under it. `energy`: what is left of battery or fuel, 0 to 1. `mode`: what it is
    doing, a word or two of its autopilot. `looks`: corners of what its camera shows on the sea, none: nothing is told.
    """

    asset: str  # its name in the node file
    time: float  # UTC s, made by the asset
    received: float  # UTC s
    lat_deg: float = math.nan
    lon_deg: float = math.nan
    height: float = math.nan
    course: float = math.nan
    speed: float = math.nan
    heading: float = math.nan
    energy: float = math.nan
    mode: str = ""
    looks: tuple[Place, ...] | None = None  # None: not told, () : its camera shows none of the sea


@dataclass(frozen=True, slots=True)
class Asset:
    """An asset in the picture: what is told last of each field, and since when it is silent."""

    name: str
    kind: AssetKind
    profile: str = ""  # id of its platform profile
    operator: str = ""  # who answers for it; nothing is sent to one without
    time: float = math.nan  # UTC s of its place
    heard: float = math.nan  # UTC s of receipt of the last that came
    lat_deg: float = math.nan
    lon_deg: float = math.nan
    height: float = math.nan
    course: float = math.nan
    speed: float = math.nan
    heading: float = math.nan
    energy: float = math.nan
    mode: str = ""
    looks: tuple[Place, ...] = ()
    link: LinkState = LinkState.NEVER

    @property
    def placed(self) -> bool:
        """Whether its place is known."""
        return math.isfinite(self.lat_deg) and math.isfinite(self.lon_deg)


def asset_kind(word: str) -> AssetKind:
    """The kind of that name in a platform profile or node file; KeyError where there is none.

    >>> asset_kind("underwater")
    <AssetKind.UNDERWATER: 3>
    """
    return AssetKind[word.upper()]
