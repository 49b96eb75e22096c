"""`[[asset]]` -> `Vehicle`: every single one by the name that plans use, with its platform and when it is ready."""

from __future__ import annotations

from dataclasses import dataclass

from mihari.patrol.file import AssetSection, PatrolFile
from mihari.sensors.platform import PlatformProfile, profile

CRAFT_HEIGHT = 6.0  # m above the water of an aerial on craft
NEED_NOBODY = ("satellite", "surfaced only", "acoustic")


@dataclass(frozen=True, slots=True)
class Vehicle:
    """One vehicle: its name, section and platform; `ready`: UTC s of its earliest launch."""

    name: str
    asset: AssetSection
    platform: PlatformProfile
    ready: float

    @property
    def flies(self) -> bool:
        """Whether it is an aircraft; if not, it is on or below the water."""
        return self.platform.kind == "aircraft"

    @property
    def needs_link(self) -> bool:
        """Whether somebody has to be within reach of it.

        >>> from mihari.patrol.file import load
        >>> fleet = roster(load("nansei"))
        >>> fleet["tb3-1"].needs_link, fleet["boat-1"].needs_link  # the boats have a satellite terminal
        (True, False)
        """
        links = self.platform.link
        return "line of sight" in links and not any(link in links for link in NEED_NOBODY)

    @property
    def height(self) -> float:
        """m above the sea of its aerial while it works."""
        return self.platform.working_height if self.flies else CRAFT_HEIGHT

    @property
    def sea_limit(self) -> float:
        """Sea state that it bears out there; inf for aircraft and where the platform tells none."""
        limit = self.platform.sea_limit
        return limit if limit >= 0 and not self.flies else float("inf")


def roster(file: PatrolFile) -> dict[str, Vehicle]:
    """All vehicles of a patrol by name. BadInput for a platform that is not known.

    >>> from mihari.patrol.file import load
    >>> list(roster(load("nansei")))[:3]
    ['tb3-1', 'tb3-2', 'tb3-south']
    """
    start = file.start.timestamp()
    found = {}
    for asset in file.asset:
        platform = profile(asset.platform)
        for i in range(asset.count):
            name = asset.name if asset.count == 1 else f"{asset.name}-{i + 1}"
            found[name] = Vehicle(name, asset, platform, start + 3600 * (asset.ready_h + i * asset.stagger_h))
    return found
