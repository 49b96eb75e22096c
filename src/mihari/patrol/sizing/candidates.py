"""What a fleet may be made of: the patrol file's assets and others that are named, each with its home and price."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mihari.core.errors import BadInput
from mihari.core.mistakes import nearest
from mihari.patrol.file import AssetSection, PatrolFile
from mihari.patrol.vehicles import places_of, vehicles_of
from mihari.sensors.platform import profile


@dataclass(frozen=True, slots=True)
class Candidate:
    """Vehicles of one platform at one home, as an asset of the patrol file; at most `most` of them."""

    asset: AssetSection
    most: int

    @property
    def name(self) -> str:
        """The asset's."""
        return self.asset.name

    @property
    def cost_per_h(self) -> float:
        """Of an hour out, in any unit."""
        return self.asset.cost_per_h


def candidates_of(
    file: PatrolFile, extra: Iterable[str] = (), costs: Mapping[str, float] | None = None, most: int = 30
) -> list[Candidate]:
    """The file's assets that are not on call, then `extra` ones (`platform@home`). BadInput for what is not known.

    costs: of an hour out, by asset or platform. No more than `most` of each, nor than its home has spots for.
    """
    assets = [asset for asset in file.asset if not asset.on_call]
    for told in extra:
        assets.append(_asset(file, told, [a.name for a in assets]))
    if not assets:
        raise BadInput("nothing that a fleet could be made of; expected assets that are not on call, or --platform")
    priced = [_priced(asset, costs or {}) for asset in assets]
    for named in costs or {}:
        known = sorted({a.name for a in priced} | {a.platform for a in priced})
        if named not in known:
            raise BadInput(f"a cost for {named!r}: expected one of {', '.join(known)}")
    spots = {place.name: place.spots for place in places_of(file)}
    made = [Candidate(asset.model_copy(update={"count": 1}), min(most, spots[asset.home])) for asset in priced]
    vehicles_of(file.model_copy(update={"asset": tuple(c.asset for c in made)}))
    return made


def _asset(file: PatrolFile, told: str, taken: list[str]) -> AssetSection:
    """The asset that `platform@home` asks for."""
    platform, at, home = told.partition("@")
    places = [place.name for place in places_of(file)]
    if not at or home not in places:
        hint = nearest(home, places)
        raise BadInput(
            f"--platform {told!r}: expected PLATFORM@HOME, with a home of {', '.join(places)}"
            + (f"; did you mean {platform}@{hint}?" if hint else "")
        )
    return AssetSection(name=_free(f"{profile(platform).id}@{home}"[:36], taken), platform=platform, home=home)


def _free(name: str, taken: list[str]) -> str:
    """The name, with a number where somebody has it."""
    names = [name, *(f"{name} {number}" for number in range(2, len(taken) + 3))]
    return next(one for one in names if one not in taken)


def _priced(asset: AssetSection, costs: Mapping[str, float]) -> AssetSection:
    cost = costs.get(asset.name, costs.get(asset.platform, asset.cost_per_h))
    return asset.model_copy(update={"cost_per_h": cost})
