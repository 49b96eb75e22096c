"""Stations that nobody keeps, or not at all hours: who could, what stops the others, how many it takes."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from mihari.core.geodesy import great_circle
from mihari.patrol.courses import hours
from mihari.patrol.file import AssetSection, PatrolFile, StationSection
from mihari.patrol.ground import Ground
from mihari.patrol.plan import Plan, Shortfall
from mihari.patrol.reach import blocked, heard, link_reach
from mihari.patrol.stations import MINUTE, man
from mihari.patrol.vehicles import (
    Vehicle,
    can_land,
    can_start,
    drift,
    places_of,
    speed,
    too_rough,
    unit_vector,
    vehicles_of,
    where_is,
)
from mihari.patrol.whynot.rough import rough
from mihari.patrol.whynot.scene import Scene
from mihari.patrol.whynot.words import duration, names, spans
from mihari.sensors.platform import profile, profiles

Floats = NDArray[np.float64]

MORE = 4  # vehicles of a kind that are tried beside those there are
NAMED = 4  # vehicles of which it is said what stops them
STEP_H = 0.25  # between two moments at which a place is judged
MASTS_M = (50.0, 100.0, 200.0, 400.0, 1000.0)


def not_kept(scene: Scene) -> list[Shortfall]:
    """One sentence for each station that is left alone for more than a minute."""
    told = []
    for station in scene.file.station:
        gaps = gaps_of(scene.file, scene.plan, station)
        if sum(end - start for start, end in gaps) > MINUTE:
            told.append(_why(scene, station, gaps))
    return told


def gaps_of(file: PatrolFile, plan: Plan, station: StationSection) -> list[tuple[float, float]]:
    """Hours (from, to) in which nobody of a plan is at a station that should be kept."""
    begin = file.start.timestamp()
    time, end = station.from_h, min(station.to_h, file.hours)
    stops = [s for sortie in plan.sorties for s in sortie.stops if s.purpose == "station" and s.name == station.name]
    gaps = []
    for stop in sorted(stops, key=lambda s: s.arrive):
        arrive, leave = (stop.arrive - begin) / 3600, (stop.leave - begin) / 3600
        if arrive > time + 1e-6:
            gaps.append((time, min(arrive, end)))
        time = max(time, leave)
    return [gap for gap in [*gaps, (time, end)] if gap[1] - gap[0] > MINUTE / 2]


def _why(scene: Scene, station: StationSection, gaps: list[tuple[float, float]]) -> Shortfall:
    file, ground = scene.file, scene.ground
    demand = f"station {station.name}, {spans(file, gaps)}"
    fleet = [v for v in vehicles_of(file) if not v.section.on_call]
    stopped = {v.name: _stops(file, ground, v, station) or _shut_out(file, ground, v, gaps) for v in fleet}
    able = [v for v in fleet if not stopped[v.name]]
    if able:
        because = _short(scene, station, able, gaps)
    elif fleet:
        kinds = {(v.platform.id, v.section.home): stopped[v.name] for v in fleet}
        because = "; ".join(f"{name} of {home} {why}" for (name, home), why in list(kinds.items())[:NAMED])
    else:
        because = "all vehicles are on call"
    found: dict[str, str] = {}
    for kind, words, changed in _changes(scene, station, able, gaps):
        if kind not in found and not _gaps_after(scene, changed, station):
            found[kind] = words
            if len(found) == scene.told:
                break
    return Shortfall(demand, because, names(list(found.values()), "or"))


def _gaps_after(scene: Scene, changed: PatrolFile, station: StationSection) -> list[tuple[float, float]]:
    """What is left of the gaps when the planner mans the stations of a changed file."""
    manned = man(changed, scene.ground, vehicles_of(changed))
    plan = Plan(changed.name, scene.plan.begin, scene.plan.end, manned.sorties)
    return gaps_of(changed, plan, next(s for s in changed.station if s.name == station.name))


def _shut_out(file: PatrolFile, ground: Ground, v: Vehicle, gaps: list[tuple[float, float]]) -> str:
    """Why a vehicle cannot start or land anywhere in the hours in question; empty where it can."""
    names_ = {v.section.home, *v.section.lands_at}
    places = [p for p in places_of(file) if p.name in names_ and can_land(v.platform, p) and can_start(v.platform, p)]
    shut = []
    for hour in np.arange(0.0, file.hours, STEP_H).tolist():
        spell = next(s for s in ground.spells if s.start <= hour < s.end)
        if all(too_rough(v.platform, p, spell) or any(a <= hour < b for a, b in p.closed_h) for p in places):
            shut.append((hour, spell))
    here = [(hour, spell) for hour, spell in shut if any(a <= hour + STEP_H and hour < b for a, b in gaps)]
    if not here:
        return ""
    hours_ = [hour for hour, _ in shut]
    first, last = here[0][0], here[-1][0]
    while first - STEP_H in hours_:
        first -= STEP_H
    while last + STEP_H in hours_:
        last += STEP_H
    when = spans(file, [(first, last + STEP_H)])
    what = next((told for p in places if (told := rough(v.platform, p, here[0][1]))), "")
    what = what or f"{names([p.name for p in places])} closed"
    return f"neither starts nor lands from {when}: {what}"


def _times(file: PatrolFile, station: StationSection) -> Floats:
    end = min(station.to_h, file.hours)
    return np.append(np.arange(station.from_h, end, STEP_H), end)


def _stops(file: PatrolFile, ground: Ground, v: Vehicle, station: StationSection) -> str:
    """Why a vehicle cannot keep a station at all; empty where it can."""
    if station.platforms and v.platform.id not in station.platforms:
        return f"is none of {names(list(station.platforms), 'or')}"
    if not station.platforms and v.platform.kind != "aircraft":
        return "is no aircraft, and the station names no other platform"
    place, times = unit_vector(station.lat_deg, station.lon_deg), _times(file, station).tolist()
    lat, lon = np.array(station.lat_deg), np.array(station.lon_deg)
    shut = [h for h in times if blocked(file, v.platform.kind, h, lat, lon).any()]
    if shut:
        areas = [a.name for a in file.keep_out if v.platform.kind in a.kinds]
        return f"may not be there from {spans(file, [(shut[0], shut[-1])])}: keep-out {names(areas)}"
    deaf = [h for h in times if not heard(file, v.platform, h, place)]
    if deaf:
        return _deaf(file, v, station, deaf)
    air = _out_and_home(ground, v, station, file)
    if air >= v.endurance_h:
        return f"needs {duration(air)} to it and home and has {duration(v.endurance_h)}"
    return ""


def _deaf(file: PatrolFile, v: Vehicle, station: StationSection, deaf: list[float]) -> str:
    aerials: list[tuple[str, float, float, float]] = [(r.name, r.height_m, r.lat_deg, r.lon_deg) for r in file.radar]
    for place in places_of(file):
        ways = [where_is(place, h) for h in deaf]
        aerials += [(place.name, place.mast_m, float(lat), float(lon)) for lat, lon in ways]
    found = [
        (float(great_circle(station.lat_deg, station.lon_deg, lat, lon)[0]) - link_reach(v.platform, mast), name)
        for name, mast, lat, lon in aerials
    ]
    if not found:
        return "is heard by nobody: there is no aerial"
    miss, name = min(found)
    return f"is not heard there: {max(miss, 0.0) / 1000:.0f} km beyond the reach of {name}"


def _out_and_home(ground: Ground, v: Vehicle, station: StationSection, file: PatrolFile) -> float:
    """Hours to a station and back from home, in the best weather and wherever a ship is nearest."""
    there, best = unit_vector(station.lat_deg, station.lon_deg), math.inf
    names_ = {v.section.home, *v.section.lands_at}
    places = [p for p in places_of(file) if p.name in names_ and can_land(v.platform, p) and can_start(v.platform, p)]
    for h in _times(file, station).tolist():
        spell = next(s for s in ground.spells if s.start <= h < s.end)
        air, wind = 3.6 * speed(v.platform, spell), 3.6 * np.array(drift(v.platform, spell))
        at = [unit_vector(*(float(x) for x in where_is(p, h))) for p in places]
        out = min((float(hours(p, there, air, wind)) for p in at), default=math.inf)
        home = min((float(hours(there, p, air, wind)) for p in at), default=math.inf)
        best = min(best, out + home)
    return best


def _short(scene: Scene, station: StationSection, able: list[Vehicle], gaps: list[tuple[float, float]]) -> str:
    """What is missing where some could: the first is late, or too few for watches without a gap."""
    file, ground = scene.file, scene.ground
    v = min(able, key=lambda one: _out_and_home(ground, one, station, file))
    way = _out_and_home(ground, v, station, file)
    there = v.endurance_h - way
    cycle = v.endurance_h + v.turnaround_h
    useful = there - station.overlap_min / 60
    who = f"{v.platform.id} of {v.section.home}"
    busy = {s.vehicle for s in scene.plan.sorties for stop in s.stops
            if stop.purpose == "station" and stop.name != station.name}  # fmt: skip
    free = [one for one in able if one.name not in busy]
    if not free:
        return f"{names(sorted({one.name for one in able}))} could, but keep other stations"
    if len(gaps) == 1 and abs(gaps[0][0] - station.from_h) < 1e-6 and gaps[0][1] < min(station.to_h, file.hours) - 1e-6:
        return f"nobody can be there sooner: {who} is ready at {v.ready_h:g} h and needs {duration(way / 2)} to it"
    if useful <= 0:
        return f"{who} can stay {duration(max(there, 0.0))}, less than the overlap of {station.overlap_min:g} min"
    needed = math.ceil(cycle / useful - 1e-9)
    return (
        f"{who} can stay {duration(there)} of every {duration(cycle)}: it takes {needed} for watches without a gap, "
        f"and {len(free)} {'is' if len(free) == 1 else 'are'} free"
    )


def _changes(
    scene: Scene, station: StationSection, able: list[Vehicle], gaps: list[tuple[float, float]]
) -> Iterator[tuple[str, str, PatrolFile]]:
    """Changes that could let somebody keep it, each with its kind and words: later, more of who can, others."""
    file = scene.file
    first = gaps[0]
    if able and len(gaps) == 1 and abs(first[0] - station.from_h) < 1e-6:
        later = math.ceil(10 * (first[1] + MINUTE)) / 10
        if later < min(station.to_h, file.hours):
            yield "later", f"from_h = {later:g}", _with_station(file, station, {"from_h": later})
    for asset in {(v.platform.id, v.section.home): v.section for v in able}.values():
        for more in range(1, MORE + 1):
            yield (
                f"{asset.platform}@{asset.home}", f"{more} more {asset.platform} at {asset.home}",
                _with(file, AssetSection(name="more", platform=asset.platform, home=asset.home, count=more,
                                         lands_at=asset.lands_at)),
            )  # fmt: skip
    for name in [area.name for area in file.keep_out]:
        kept = tuple(area for area in file.keep_out if area.name != name)
        yield name, f"without keep-out {name}", file.model_copy(update={"keep_out": kept})
    for place in places_of(file):
        if place.closed_h and not able:
            opened = {
                kind: tuple(p if p is not place else p.model_copy(update={"closed_h": ()}) for p in getattr(file, kind))
                for kind in ("base", "ship")
            }
            yield place.name, f"{place.name} open at all hours", file.model_copy(update=opened)
    if not able:
        yield from _masts(file, station)
    yield from _others(scene, station, gaps)


def _with(file: PatrolFile, asset: AssetSection) -> PatrolFile:
    return file.model_copy(update={"asset": (*file.asset, asset)})


def _with_station(file: PatrolFile, station: StationSection, update: dict[str, object]) -> PatrolFile:
    changed = tuple(s if s is not station else s.model_copy(update=update) for s in file.station)
    return file.model_copy(update={"station": changed})


def _masts(file: PatrolFile, station: StationSection) -> Iterator[tuple[str, str, PatrolFile]]:
    """A higher mast at the base that is nearest."""
    if not file.base:
        return
    base = min(file.base, key=lambda b: float(great_circle(b.lat_deg, b.lon_deg, station.lat_deg, station.lon_deg)[0]))
    for mast in MASTS_M:
        if mast > base.mast_m:
            bases = tuple(b if b is not base else b.model_copy(update={"mast_m": mast}) for b in file.base)
            yield "mast", f"a mast of {mast:g} m at {base.name}", file.model_copy(update={"base": bases})


def _others(
    scene: Scene, station: StationSection, gaps: list[tuple[float, float]]
) -> Iterator[tuple[str, str, PatrolFile]]:
    """Another platform at a place that it can use, or two of it."""
    file, tried = scene.file, 0
    there = {(a.platform, a.home) for a in file.asset if not a.on_call}
    known = [a.platform for a in file.asset]
    for name in sorted(profiles(), key=lambda n: (n not in known, profile(n).cruise)):
        platform = profile(name)
        if station.platforms and name not in station.platforms:
            continue
        for place in places_of(file):
            fits = can_start(platform, place) and can_land(platform, place) and (name, place.name) not in there
            if not fits or tried == scene.tries:
                continue
            for count in (1, 2):
                changed = _with(file, AssetSection(name="other", platform=name, home=place.name, count=count))
                v = vehicles_of(changed)[-1]
                if not _stops(changed, scene.ground, v, station) and not _shut_out(changed, scene.ground, v, gaps):
                    tried += count == 1
                    yield f"{name}@{place.name}", f"{count} {name} at {place.name}", changed
