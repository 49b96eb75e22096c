"""What could be changed in a patrol so that a cell can be looked at; each change is tried before it is told."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mihari.core.geodesy import direct, great_circle
from mihari.patrol.file import VESSELS_M, AssetSection, BaseSection, PatrolFile
from mihari.patrol.ground import MOST_PASSES, Ground
from mihari.patrol.reach import link_reach
from mihari.patrol.spells import Spell
from mihari.patrol.vehicles import can_land, can_start, places_of, where_is
from mihari.patrol.whynot.patch import Relays, patch_of
from mihari.sensors.platform import PlatformProfile, profile, profiles
from mihari.sensors.sweep import lateral_range

Floats = NDArray[np.float64]

LEAST_DETECT = 0.2  # a lower chance is not proposed
MASTS_M = (50.0, 100.0, 200.0, 400.0, 1000.0)
AERIAL_M = 50.0  # mast of an aerial that is proposed
INSIDE = 0.8  # of a reach that is counted on


@dataclass(frozen=True)
class Cell:
    """A cell that something is asked about: its row of the ground, and the hours in which it is to be looked at.

    tries: changes that are tried for it; told: of those that help, so many are told.
    """

    file: PatrolFile
    ground: Ground
    relays: Relays
    row: int
    assets: tuple[AssetSection, ...]
    between: tuple[float, float] | None = None
    tries: int = 4
    told: int = 2

    @property
    def place(self) -> tuple[float, float]:
        """lat_deg, lon_deg."""
        return float(self.ground.cells.lat_deg[self.row]), float(self.ground.cells.lon_deg[self.row])

    @property
    def vessel(self) -> str:
        """The class that must not be missed there."""
        return str(self.ground.vessel[self.row])

    def spells(self) -> list[Spell]:
        """Those at issue."""
        low, high = self.between or (0.0, self.file.hours)
        return [s for s in self.ground.spells if s.start < high - 1e-6 and s.end > low + 1e-6]

    def away_km(self, lat_deg: float, lon_deg: float) -> float:
        """How far a place is from it."""
        return float(great_circle(*self.place, lat_deg, lon_deg)[0]) / 1000

    def can(self, change: Change) -> bool:
        """Whether somebody looks at it after a change, at least once in the hours that count."""
        patch = patch_of(self.file, self.ground, self.row, change.file, change.assets, self.relays)
        return patch.first_look(self.between) is not None


@dataclass(frozen=True)
class Change:
    """A patrol file that is changed, the vehicles that try, and the change in words."""

    words: str
    file: PatrolFile
    assets: tuple[AssetSection, ...]


def working(cell: Cell, changes: Iterable[Change]) -> list[str]:
    """The words of those that make it possible, in their order."""
    found: list[str] = []
    for number, change in enumerate(changes):
        if number == cell.tries or len(found) == cell.told:
            break
        if cell.can(change):
            found.append(change.words)
    return found


def chance(platform: PlatformProfile, cell: Cell, spell: Spell) -> float:
    """That a platform sees a vessel of the cell's class in a spell, with as many passes as it may make."""
    curve = lateral_range(platform, VESSELS_M[cell.vessel], spell.weather, spell.night, spell.cloud_base)
    return curve.seen(cell.ground.cells.side[1], MOST_PASSES)


def others(cell: Cell) -> Iterator[Change]:
    """Other platforms at the places that there are, if they could see and reach it: known ones and near homes first."""
    known = [asset.platform for asset in cell.file.asset]
    homes = sorted(places_of(cell.file), key=lambda p: cell.away_km(*(float(part) for part in where_is(p, 0.0))))
    there = {(asset.platform, asset.home) for asset in cell.assets}
    kinds = {profile(name).kind for name in known}
    for name in sorted(profiles(), key=lambda n: (n not in known, profile(n).kind not in kinds, profile(n).cruise)):
        platform = profile(name)
        if max(chance(platform, cell, spell) for spell in cell.spells()) < cell.file.detect:
            continue
        for home in homes:
            far = cell.away_km(*(float(part) for part in where_is(home, 0.0)))
            reach = platform.cruise * (platform.endurance - platform.reserve) / 2000
            fits = can_start(platform, home) and can_land(platform, home)
            if fits and far < reach and (name, home.name) not in there:
                asset = AssetSection(name="other", platform=name, home=home.name)
                yield Change(f"{name} at {home.name}", cell.file, (asset,))
                break


def freed(cell: Cell) -> Iterator[Change]:
    """One more of what there is already, which neither keeps a station nor is on call; then others."""
    for asset in {(asset.platform, asset.home): asset for asset in cell.file.asset}.values():
        free = asset.model_copy(update={"name": "free", "count": 1, "on_call": False})
        yield Change(f"1 more {asset.platform} at {asset.home}", cell.file, (free,))
    yield from others(cell)


def easier(cell: Cell) -> Iterator[Change]:
    """Asking for less: a lower chance, smaller cells."""
    best = max((chance(profile(a.platform), cell, s) for a in cell.assets for s in cell.spells()), default=0.0)
    detect = math.floor(100 * best) / 100
    if LEAST_DETECT <= detect < cell.file.detect:
        yield Change(f"detect = {detect:g}", cell.file.model_copy(update={"detect": detect}), cell.assets)
    for part in (2, 4):
        side = cell.file.area.cell_km / part
        area = cell.file.area.model_copy(update={"cell_km": side})
        if side >= 1.0:
            yield Change(f"cells of {side:g} km", cell.file.model_copy(update={"area": area}), cell.assets)


def without_areas(cell: Cell, names: Sequence[str]) -> Iterator[Change]:
    """Without keep-out areas, each alone, then all."""
    for left_out in [*([name] for name in names), *([list(names)] if len(names) > 1 else [])]:
        kept = tuple(area for area in cell.file.keep_out if area.name not in left_out)
        words = f"without keep-out {' and '.join(left_out)}"
        yield Change(words, cell.file.model_copy(update={"keep_out": kept}), cell.assets)


def aerials(cell: Cell, platform: PlatformProfile) -> Iterator[Change]:
    """Higher masts at the nearest base, an aerial near the cell."""
    bases = sorted(cell.file.base, key=lambda b: cell.away_km(b.lat_deg, b.lon_deg))
    for base in bases[:1]:
        far = 1000 * cell.away_km(base.lat_deg, base.lon_deg)
        high = [m for m in MASTS_M if m > base.mast_m and INSIDE * link_reach(platform, m) > far]
        for mast in high[:1]:
            masts = tuple(b if b is not base else b.model_copy(update={"mast_m": mast}) for b in cell.file.base)
            words = f"a mast of {mast:g} m at {base.name}"
            yield Change(words, cell.file.model_copy(update={"base": masts}), cell.assets)
    reach = INSIDE * link_reach(platform, AERIAL_M) / 1000
    for base in bases[:1]:
        far = cell.away_km(base.lat_deg, base.lon_deg)
        steps = np.append(np.arange(far - reach, 0.0, -1.5 * reach), 0.0)  # nobody is without his link on the way
        lat, lon = (np.asarray(part) for part in _towards(base, cell, np.maximum(steps, 0.0)))
        made = tuple(
            BaseSection(name=f"aerial {i}", lat_deg=float(a), lon_deg=float(b), mast_m=AERIAL_M, offers=())
            for i, (a, b) in enumerate(zip(lat, lon, strict=True))
        )
        many = "an aerial" if far < 2.5 * reach else "aerials on the way, the last"
        words = f"{many} ({AERIAL_M:g} m) within {reach:.0f} km of it"
        yield Change(words, cell.file.model_copy(update={"base": (*cell.file.base, *made)}), cell.assets)


def _towards(base: BaseSection, cell: Cell, way_km: Floats) -> tuple[Floats, Floats]:
    bearing = great_circle(base.lat_deg, base.lon_deg, *cell.place)[1]
    lat, lon = direct(base.lat_deg, base.lon_deg, bearing, 1000 * way_km)
    return np.asarray(lat), np.asarray(lon)


def nearer(cell: Cell, asset: AssetSection) -> Iterator[Change]:
    """Landing elsewhere, or a home so near that it suffices."""
    platform = profile(asset.platform)
    more = tuple(p.name for p in places_of(cell.file) if can_land(platform, p) and can_start(platform, p))
    if set(more) - {asset.home, *asset.lands_at}:
        free = [name for name in more if name not in (asset.home, *asset.lands_at)]
        words = f"{asset.platform} of {asset.home} landing at {' and '.join(free)} as well"
        yield Change(words, cell.file, (asset.model_copy(update={"lands_at": (*asset.lands_at, *free)}),))
    reach = INSIDE * platform.cruise * (platform.endurance - platform.reserve) / 2000
    home = next(p for p in places_of(cell.file) if p.name == asset.home)
    lat, lon = (float(part) for part in where_is(home, 0.0))
    far = cell.away_km(lat, lon)
    if reach < far:
        bearing = great_circle(*cell.place, lat, lon)[1]
        at = direct(*cell.place, bearing, 1000 * reach)
        base = BaseSection(name="nearer", lat_deg=float(at[0]), lon_deg=float(at[1]), offers=home.offers)
        moved = asset.model_copy(update={"home": "nearer", "lands_at": ()})
        file = cell.file.model_copy(update={"base": (*cell.file.base, base)})
        yield Change(f"a home for {asset.platform} within {reach:.0f} km", file, (moved,))
