"""Why nobody of a fleet can look at a cell: what is in the way of the vehicle that gets farthest, with the figures."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from mihari.patrol.file import VESSELS_M, AssetSection
from mihari.patrol.ground import MOST_PASSES
from mihari.patrol.problem import Problem
from mihari.patrol.reach import CRAFT_LEG_KM, blocked, link_reach
from mihari.patrol.search.world import ENDURANCE, KIND, SPEED
from mihari.patrol.spells import Spell
from mihari.patrol.vehicles import where_is
from mihari.patrol.whynot import remedies
from mihari.patrol.whynot.reach import Able, Stage
from mihari.patrol.whynot.remedies import Cell, Change
from mihari.patrol.whynot.words import duration, names
from mihari.sensors.platform import profile
from mihari.sensors.weather import Weather

ASKED = 2  # assets that a change is tried with
GOOD = Weather(sea_state=0.0)


def cause(problem: Problem, cell: Cell, token: int, fleet: list[Able]) -> tuple[str, list[str]]:
    """What stops the quickest and who gets farthest, and what would help them, tried.

    `fleet`: all who are free, none of whom can look at the cell (row `token` of the world).
    """
    stages: dict[Stage, list[Able]] = {}
    for a in sorted(fleet, key=lambda one: -one.vehicle.platform.cruise):
        stages.setdefault(Stage(int(a.stage[token])), []).append(a)
    farthest = max(stages)
    because: list[str] = []
    would: list[str] = []
    for stage, able in stages.items():
        if stage is farthest or not because:
            words, changes = _STAGES[stage](problem, _of(cell, able), token, able)
            because.append(words)
            would += [one for one in remedies.working(_of(cell, able), changes) if one not in would]
    return "; ".join(because), would


def _of(cell: Cell, able: list[Able]) -> Cell:
    """The cell, asked about for some of the fleet: the quickest of them."""
    sections = [a.vehicle.section for a in able]
    mine = [asset for asset in cell.assets if any(_same(asset, section) for section in sections)]
    return replace(cell, assets=tuple(sorted(mine, key=lambda asset: -profile(asset.platform).cruise)[:ASKED]))


def _same(asset: AssetSection, section: AssetSection) -> bool:
    return (asset.platform, asset.home) == (section.platform, section.home)


def _sight(problem: Problem, cell: Cell, token: int, best: list[Able]) -> tuple[str, Iterator[Change]]:
    return unseen(cell), _chained(remedies.others(cell), remedies.easier(cell))


def blind(cell: Cell) -> tuple[str, list[str]]:
    """The same for hours in which no sensor of the fleet sees the class."""
    return unseen(cell), remedies.working(cell, remedies.others(cell))


def shut(problem: Problem, cell: Cell, fleet: list[Able]) -> tuple[str, list[str]]:
    """The same for hours in which nobody may be there who would see it."""
    because, changes = _open(problem, cell, 0, fleet)
    return because, remedies.working(_of(cell, fleet), changes)


def unseen(cell: Cell) -> str:
    """Why no sensor of the fleet sees the cell's class in the spells at issue."""
    platforms = [profile(name) for name in dict.fromkeys(asset.platform for asset in cell.assets)]
    best = max((remedies.chance(p, cell, s) for p in platforms for s in cell.spells()), default=0.0)
    length = VESSELS_M[cell.vessel]
    asked = f"{cell.file.detect:g} is asked for"
    told = f"{names([p.id for p in platforms], 'or')} would see a {cell.vessel} ({length:g} m)"
    one = "nobody" if not platforms else told
    return f"{one} with a chance of {best:.2f} at most in {MOST_PASSES} passes, {asked}" + _conditions(cell)


def _conditions(cell: Cell) -> str:
    """Which single condition is to blame; else the sensors are."""
    platforms = [profile(name) for name in dict.fromkeys(asset.platform for asset in cell.assets)]
    spells = cell.spells()

    def sees(changed: list[Spell]) -> bool:
        return any(remedies.chance(p, cell, s) >= cell.file.detect for p in platforms for s in changed)

    clouds = sorted({s.cloud_base for s in spells if math.isfinite(s.cloud_base)})
    if clouds and sees([replace(s, cloud_base=math.inf) for s in spells]):
        return f"; the cause is cloud at {clouds[0]:.0f} m"
    if any(s.night for s in spells) and sees([replace(s, night=False) for s in spells]):
        return "; the cause is the dark"
    if sees([replace(s, weather=replace(s.weather, visibility=GOOD.visibility)) for s in spells]):
        return f"; the cause is a visibility of {max(s.weather.visibility for s in spells) / 1852:.1f} NM"
    if sees([replace(s, weather=replace(s.weather, sea_state=0.0)) for s in spells]):
        return f"; the cause is sea state {min(s.weather.sea for s in spells):.2g}"
    if sees([replace(s, weather=GOOD, cloud_base=math.inf, night=False) for s in spells]):
        return "; the causes are dark, cloud, haze and sea together"
    return "; even by day in clear and calm weather"


def _open(problem: Problem, cell: Cell, token: int, best: list[Able]) -> tuple[str, Iterator[Change]]:
    lat, lon = (np.array(part) for part in cell.place)
    kinds = {a.vehicle.platform.kind for a in best}
    areas = [
        area.name for area in cell.file.keep_out
        if any(blocked(cell.file.model_copy(update={"keep_out": (area,)}), kind, h, lat, lon).any()
               for kind in kinds for h in _hours(problem, cell))
    ]  # fmt: skip
    if areas:
        because = f"it lies in keep-out {names(areas)}"
        return because, _chained(remedies.without_areas(cell, areas), remedies.others(cell))
    sea = max(s.weather.sea for s in cell.spells())
    crafts = {a.vehicle.platform.id: a.vehicle.platform for a in best if a.vehicle.platform.sea_limit < sea}
    limits = ", ".join(f"{name} stays in port above {craft.sea_limit:g}" for name, craft in crafts.items())
    return f"the sea state is {sea:.2g}: {limits}", remedies.others(cell)


def _hours(problem: Problem, cell: Cell) -> list[float]:
    """When something changes in the hours at issue, and their beginning."""
    low, high = cell.between or (0.0, cell.file.hours)
    return [low, *(h for h in problem.edges[:-1].tolist() if low < h < high)]


def _heard(problem: Problem, cell: Cell, token: int, best: list[Able]) -> tuple[str, Iterator[Change]]:
    found: list[tuple[float, str, float, Able]] = []
    for a in best:
        places = [(b.name, b.lat_deg, b.lon_deg, b.mast_m) for b in cell.file.base]
        places += [(r.name, r.lat_deg, r.lon_deg, r.height_m) for r in cell.file.radar]
        for ship in cell.file.ship:
            ways = [where_is(ship, h) for h in np.arange(0.0, cell.file.hours, 1.0)]
            places += [(ship.name, float(lat), float(lon), ship.mast_m) for lat, lon in ways]
        for name, lat, lon, mast in places:
            reach = link_reach(a.vehicle.platform, mast) / 1000
            found.append((cell.away_km(lat, lon) - reach, name, reach, a))
    if not found:
        return "there is no aerial", remedies.others(cell)
    miss, name, reach, a = min(found, key=lambda f: f[0])
    because = (
        f"{a.vehicle.platform.id} is not heard there: {name} hears it as far as {reach:.0f} km, "
        f"which is {max(miss, 0.0):.0f} km short"
    )
    return because, _chained(remedies.aerials(cell, a.vehicle.platform), remedies.others(cell))


def _way(problem: Problem, cell: Cell, token: int, best: list[Able]) -> tuple[str, Iterator[Change]]:
    who = names(sorted({f"{a.vehicle.platform.id} of {a.vehicle.section.home}" for a in best}))
    areas = [area.name for area in cell.file.keep_out if any(a.vehicle.platform.kind in area.kinds for a in best)]
    free = next((c for c in remedies.without_areas(cell, areas) if cell.can(c)), None)
    if free is not None:
        because = f"there is no way there for {who} clear of keep-out {names(areas)}"
        return because, _chained(iter([free]), remedies.others(cell))
    heard = next((c for c in remedies.aerials(cell, best[0].vehicle.platform) if cell.can(c)), None)
    if heard is not None:
        return f"{who} would be out of link too long on the way", _chained(iter([heard]), remedies.others(cell))
    if any(a.vehicle.platform.kind == "aircraft" for a in best):
        return f"there is no way there for {who}", remedies.others(cell)
    because = f"there is no way there for {who}: a leg is {CRAFT_LEG_KM:g} km at most and clear of land"
    return because, remedies.others(cell)


def _range(problem: Problem, cell: Cell, token: int, best: list[Able]) -> tuple[str, Iterator[Change]]:
    world = problem.world

    def short(a: Able) -> float:
        return float(a.takes[token] - world.craft[a.k, ENDURANCE])

    a = min(best, key=short)
    fastest = float(world.air[int(world.craft[a.k, KIND]), :, SPEED].max())
    because = (
        f"it is out of range: {a.vehicle.platform.id} of {a.vehicle.section.home} would be out "
        f"{duration(float(a.takes[token]))} and has {duration(a.vehicle.endurance_h)}, about "
        f"{short(a) / 2 * fastest:.0f} km short"
    )
    return because, _chained(remedies.nearer(cell, a.vehicle.section), remedies.others(cell))


def _late(problem: Problem, cell: Cell, token: int, best: list[Able]) -> tuple[str, Iterator[Change]]:
    a = min(best, key=lambda one: float(one.arrives[token]) + one.vehicle.ready_h)
    way = duration(float(a.arrives[token]))
    because = f"{a.vehicle.platform.id} of {a.vehicle.section.home} would not be there before the end: it is {way} away"
    return because, _chained(remedies.nearer(cell, a.vehicle.section), remedies.others(cell))


def _chained(*parts: Iterator[Change]) -> Iterator[Change]:
    """One of each in turn, so that different kinds of change come early."""
    waiting = list(parts)
    while waiting:
        for part in list(waiting):
            change = next(part, None)
            if change is None:
                waiting.remove(part)
            else:
                yield change


_STAGES = {Stage.SIGHT: _sight, Stage.OPEN: _open, Stage.HEARD: _heard, Stage.WAY: _way, Stage.RANGE: _range,
           Stage.TIME: _late}  # fmt: skip
