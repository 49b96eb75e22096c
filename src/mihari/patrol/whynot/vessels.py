"""Vessels that are to be looked at and are not met: who would be there when, what stops him, what would help."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mihari.core.geodesy import direct, great_circle, lat_lon
from mihari.core.units import KNOT
from mihari.patrol.courses import FASTER, course_of, hours, vessel_at
from mihari.patrol.file import AssetSection, BaseSection, LookSection, PatrolFile
from mihari.patrol.ground import Ground, ground_of
from mihari.patrol.plan import Shortfall
from mihari.patrol.problem import Problem, problem_of
from mihari.patrol.search.anneal import start
from mihari.patrol.search.made import empty_tours
from mihari.patrol.search.world import EAST, END, KIND, NORTH, SIZE, SPEED, TOKEN
from mihari.patrol.vehicles import can_land, can_start, place_of, places_of, unit_vector, where_is
from mihari.patrol.whynot.rough import rough
from mihari.patrol.whynot.scene import Scene
from mihari.patrol.whynot.words import clock, duration, names
from mihari.sensors.platform import profile, profiles

Floats = NDArray[np.float64]

AERIAL_M = 200.0
SPACING_KM = 60.0  # between aerials that are put along the way to see whether links are to blame
TURNS = 40  # of the search for where a vessel is met
TOO_ROUGH = "wind or sea is too much for it"
QUICKEST = 2  # assets with which changes are tried
LATER_H = 12.0  # than asked for, within which it is said when somebody would be there
MOST_H = 72.0  # of a plan
INSIDE = 0.8  # of a reach that is counted on


@dataclass(frozen=True)
class Arrival:
    """An asset and when it is with the vessel (h); inf: never, or not home again."""

    asset: AssetSection
    hour: float


def not_met(scene: Scene) -> list[Shortfall]:
    """One sentence for each vessel that the plan does not look at."""
    seen = {stop.name for s in scene.plan.sorties for stop in s.stops if stop.purpose == "vessel"}
    return [_why(scene, look) for look in scene.file.look if look.name not in seen]


def _why(scene: Scene, look: LookSection) -> Shortfall:
    demand = f"look at {look.name} by {clock(scene.file, look.by_h)}"
    file = scene.file
    able = [asset for asset in file.asset if _sees(asset)]
    if not able:
        return Shortfall(demand, "no vehicle has a camera or radar to look at a vessel with",
                         names(_quicker(scene, look, ()), "or"))  # fmt: skip
    late = _later(file, look)
    in_time = [a for a in arrivals(file, scene.ground, look, able) if a.hour <= look.by_h]
    if in_time:
        first = min(in_time, key=lambda a: a.hour)
        because = (
            f"{first.asset.platform} of {first.asset.home} alone could be there at {clock(file, first.hour)}, "
            "but has something else to do in this plan"
        )
        would = f"one more {first.asset.platform} at {first.asset.home}, on call"
        return Shortfall(demand, because, would)
    slow = _too_slow(scene, look, able)
    if slow is not None:
        return Shortfall(demand, *slow)
    reached = [a for a in arrivals(late, scene.ground, late.look[0], able) if math.isfinite(a.hour)]
    if reached:
        first = min(reached, key=lambda a: a.hour)
        because = (
            f"the first who could be there is {first.asset.platform} of {first.asset.home}, at "
            f"{clock(file, first.hour)}: {duration(first.hour - look.by_h)} late"
        )
        found = [f"by_h = {math.ceil(10 * (first.hour + 1e-6)) / 10:g}", *_quicker(scene, look, tuple(able))]
        opened = [a for a in arrivals(_opened(file), scene.ground, look, able) if a.hour <= look.by_h]
        if opened:
            soonest = min(opened, key=lambda a: a.hour)
            because += f"; {soonest.asset.home} is closed before"
            found.insert(0, f"{soonest.asset.home} open for {soonest.asset.platform}")
        return Shortfall(demand, because, names(found, "or"))
    return Shortfall(demand, *_never(scene, late, look, able))


def _sees(asset: AssetSection) -> bool:
    return any(profile(asset.platform).carries(kind) for kind in ("eo_ir", "maritime_radar", "aesa_radar"))


def _too_slow(scene: Scene, look: LookSection, able: list[AssetSection]) -> tuple[str, str] | None:
    """Where nobody is quick enough to catch a vessel up, or it goes too far while one stays with it."""
    best = max((profile(asset.platform).cruise / KNOT for asset in able), default=0.0)
    if best <= FASTER * look.speed_kn:
        because = (
            f"it goes {look.speed_kn:g} kn, and nobody is a fifth quicker: {best:.0f} kn at most, "
            f"{FASTER * look.speed_kn:.0f} are needed"
        )
        return because, names(_quicker(scene, look, tuple(able)), "or")
    passes = KNOT * look.speed_kn * 60 * look.stay_min / 2000
    if passes >= look.within_km:
        because = (
            f"it goes {2 * passes:.0f} km while somebody stays {look.stay_min:g} min where it is half-way, "
            f"and nearer than {look.within_km:g} km is asked for"
        )
        wider = look.model_copy(update={"within_km": math.ceil(passes + 1e-6) + 0.0})
        good = any(a.hour <= look.by_h for a in arrivals(scene.file, scene.ground, wider, able))
        return because, f"within_km = {wider.within_km:g}" if good else ""
    return None


def _opened(file: PatrolFile) -> PatrolFile:
    """The file with all places open at all hours."""
    bases = tuple(p.model_copy(update={"closed_h": ()}) for p in file.base)
    ships = tuple(p.model_copy(update={"closed_h": ()}) for p in file.ship)
    return file.model_copy(update={"base": bases, "ship": ships})


def _later(file: PatrolFile, look: LookSection) -> PatrolFile:
    """The file with this vessel alone, to be reached at any time."""
    by = min(MOST_H, look.by_h + LATER_H)
    longer = min(MOST_H, max(file.hours, by + look.stay_min / 60))
    return file.model_copy(update={"look": (look.model_copy(update={"by_h": by}),), "hours": longer})


def arrivals(file: PatrolFile, ground: Ground, look: LookSection, assets: list[AssetSection]) -> list[Arrival]:
    """When each asset, if it does nothing else, is with a vessel and can come home again: the planner's own times."""
    problem = _small(file, ground, look, assets)
    world, found = problem.world, []
    for k, v in enumerate(problem.vehicles):
        tours = empty_tours(world, 8)
        tours.row[k, 0, TOKEN] = len(world.cell)
        tours.count[k, SIZE] = 1
        good = start(world, tours) and tours.count[k, SIZE] == 1
        found.append(Arrival(v.section, float(tours.reached[k, 0]) if good else math.inf))
    return found


def _small(file: PatrolFile, ground: Ground, look: LookSection, assets: list[AssetSection]) -> Problem:
    """The problem with one vessel, for one vehicle of each asset, none of which keeps a station.

    A search needs a cell, too: the first of the patrol, as if it were demanded.
    """
    area = file.area.model_copy(
        update={"lat_deg": float(ground.cells.lat_deg[0]), "lon_deg": float(ground.cells.lon_deg[0]),
                "along_km": 0.999 * ground.cells.side[0] / 1000, "across_km": 0.999 * ground.cells.side[1] / 1000}
    )  # fmt: skip
    fleet = tuple(asset.model_copy(update={"count": 1}) for asset in assets)
    small = file.model_copy(update={"area": area, "asset": fleet, "look": (look,), "station": ()})
    cell = ground_of(small)
    return problem_of(small, replace(cell, weight=np.ones_like(cell.weight), every_h=np.ones_like(cell.every_h)))


def _quicker(scene: Scene, look: LookSection, there: tuple[AssetSection, ...]) -> list[str]:
    """One vehicle more that is there in time: the first found, quickest platforms last, since they cost most."""
    known = {(asset.platform, asset.home) for asset in there}
    lat, lon = look.lat_deg, look.lon_deg
    tried = 0
    for name in sorted(profiles(), key=lambda n: profile(n).cruise):
        platform = profile(name)
        if platform.cruise / KNOT <= FASTER * look.speed_kn:
            continue
        for place in places_of(scene.file):
            far = hours(unit_vector(*(float(x) for x in where_is(place, look.told_h))), unit_vector(lat, lon),
                        3.6 * platform.cruise, np.zeros(2))  # fmt: skip
            asset = AssetSection(name="other", platform=name, home=place.name)
            fits = can_start(platform, place) and can_land(platform, place) and _sees(asset)
            if (name, place.name) in known or not fits or look.told_h + float(far) > look.by_h or tried == scene.tries:
                continue
            tried += 1
            if arrivals(scene.file, scene.ground, look, [asset])[0].hour <= look.by_h:
                return [f"{name} at {place.name}"]
    return []


def _never(scene: Scene, late: PatrolFile, look: LookSection, able: list[AssetSection]) -> tuple[str, str]:
    """Nobody gets there and home again, however late: the single change that would let somebody."""
    quickest = sorted(able, key=lambda asset: _direct(scene, look, asset))[:QUICKEST]
    at = _direct(scene, look, quickest[0])
    when = f"{quickest[0].platform} of {quickest[0].home} would be there at {clock(scene.file, at)}"
    if not at <= look.by_h:
        who = f"the quickest, {quickest[0].platform} of {quickest[0].home},"
        there = f"would be there at {clock(scene.file, at)}" if math.isfinite(at) else "does not catch it up"
        when = f"{who} {there}"
        if not at <= late.hours:
            return f"{when}: too late", names(_quicker(scene, look, tuple(able)), "or")
    for because, words, file, assets in _changes(late, quickest):
        found = [a for a in arrivals(file, scene.ground, file.look[0], assets) if math.isfinite(a.hour)]
        if found:
            first = min(found, key=lambda a: a.hour)
            if because == TOO_ROUGH:
                because = _weather(scene, first.asset, look) or because
            in_time = f", there at {clock(scene.file, first.hour)}"
            if first.hour > look.by_h:
                in_time += f" ({duration(first.hour - look.by_h)} late)"
            told = words.format(platform=first.asset.platform, home=first.asset.home)
            return f"{when}, but {because}", names([told + in_time, *_quicker(scene, look, tuple(able))], "or")
    words = f"{when}, but cannot look at it and come home again, and no single change that was tried lets it"
    return words, names(_quicker(scene, look, tuple(able)), "or")


def _weather(scene: Scene, asset: AssetSection, look: LookSection) -> str:
    """The first wind or sea after a vessel is known of that is too much for an asset at its home; empty for none."""
    platform, home = profile(asset.platform), place_of(scene.file, asset.home)
    told = (rough(platform, home, spell) for spell in scene.ground.spells if spell.end > look.told_h)
    return next((words for words in told if words), "")


def _direct(scene: Scene, look: LookSection, asset: AssetSection) -> float:
    """When an asset would be there that goes straight from home as soon as it may, whatever comes after; h."""
    problem = scene.problem
    way, place = course_of(look, scene.file.hours), place_of(scene.file, asset.home)
    left = max(look.told_h, asset.ready_h)
    platform = profile(asset.platform)
    air, wind = 3.6 * platform.cruise, np.zeros(2)
    same = [k for k, v in enumerate(problem.vehicles) if v.platform is platform]
    if same:
        s = max(int(np.searchsorted(problem.edges[:-1], left, side="right")) - 1, 0)
        row = problem.world.air[int(problem.world.craft[same[0], KIND]), s]
        air, wind = float(row[SPEED]), row[[EAST, NORTH]]
    begin, takes = unit_vector(*(float(x) for x in where_is(place, left))), 0.0
    for _ in range(TURNS):
        takes = float(hours(begin, vessel_at(way, left + takes), air, wind))
        if not math.isfinite(takes):
            return math.inf
    return left + takes if left + takes < 10 * float(problem.world.span[END]) else math.inf


def _landing_elsewhere(file: PatrolFile, able: list[AssetSection]) -> list[AssetSection]:
    made: list[AssetSection] = []
    for asset in able:
        platform = profile(asset.platform)
        fits = [p.name for p in places_of(file) if can_land(platform, p) and can_start(platform, p)]
        more = tuple(name for name in fits if name != asset.home)
        made.append(asset.model_copy(update={"lands_at": more}))
    return made


def _changes(file: PatrolFile, able: list[AssetSection]) -> Iterator[tuple[str, str, PatrolFile, list[AssetSection]]]:
    """What may be to blame, what to change, and the file and fleet changed so."""
    if any(p.closed_h for p in places_of(file)):
        yield (
            "its home is closed when it would start or land", "{home} open for {platform}", _opened(file), able,
        )  # fmt: skip
    calm = tuple(w.model_copy(update={"wind_kn": 0.0, "sea_state": 0.0}) for w in file.weather)
    yield (
        TOO_ROUGH, "calmer weather for {platform} of {home}",
        file.model_copy(update={"weather": calm}), able,
    )  # fmt: skip
    if file.keep_out:
        yield (
            f"keep-out {names([a.name for a in file.keep_out])} is in the way", "{platform} of {home} free to go there",
            file.model_copy(update={"keep_out": ()}), able,
        )  # fmt: skip
    yield (
        "it would not be heard there or on the way", "aerials along the way for {platform} of {home}",
        file.model_copy(update={"base": (*file.base, *_everywhere(file, able))}), able,
    )  # fmt: skip
    out_of = "it would be out of endurance before it is home again"
    yield out_of, "{platform} of {home} landing elsewhere, too", file, _landing_elsewhere(file, able)
    for asset in able:
        moved, home, within = _nearer(file, asset)
        words = f"a home for {asset.platform} within {within:.0f} km of where it is first known"
        yield out_of, words, file.model_copy(update={"base": (*file.base, home)}), [moved]


def _nearer(file: PatrolFile, asset: AssetSection) -> tuple[AssetSection, BaseSection, float]:
    """The asset at a home on the way, so near to where the vessel is first known that it gets there and back."""
    look, platform, place = file.look[0], profile(asset.platform), place_of(file, asset.home)
    lat, lon = (float(x) for x in where_is(place, look.told_h))
    reach = INSIDE * 3.6 * platform.cruise * (platform.endurance - platform.reserve) / 3600 / 2
    far, bearing = great_circle(look.lat_deg, look.lon_deg, lat, lon)
    at = direct(look.lat_deg, look.lon_deg, bearing, min(float(far), 1000 * reach))
    base = BaseSection(
        name="nearer", lat_deg=float(at[0]), lon_deg=float(at[1]), offers=place.offers, mast_m=place.mast_m
    )  # fmt: skip
    return asset.model_copy(update={"home": "nearer", "lands_at": ()}), base, reach


def _everywhere(file: PatrolFile, able: list[AssetSection]) -> list[BaseSection]:
    """Aerials along the vessel's course, and from every home to where it is first known."""
    look = file.look[0]
    way = course_of(look, file.hours)
    goals = [vessel_at(way, h) for h in np.linspace(look.told_h, min(look.told_h + 6, file.hours), 7)]
    homes = [place_of(file, name) for name in dict.fromkeys(asset.home for asset in able)]
    starts = [unit_vector(*(float(x) for x in where_is(home, look.told_h))) for home in homes]
    made: list[BaseSection] = []
    for begin, goal in [*((start_, goals[0]) for start_ in starts), (goals[0], goals[-1])]:
        far = 6371 * float(np.arccos(np.clip(begin @ goal, -1, 1)))
        for part in np.linspace(0.0, 1.0, max(int(far / SPACING_KM), 1) + 1):
            made.append(_aerial(len(made), begin + part * (goal - begin)))
    return made


def _aerial(number: int, at: Floats) -> BaseSection:
    lat, lon = lat_lon(at / np.linalg.norm(at))
    return BaseSection(
        name=f"aerial {number}", lat_deg=float(lat), lon_deg=float(lon), mast_m=AERIAL_M, offers=()
    )  # fmt: skip
