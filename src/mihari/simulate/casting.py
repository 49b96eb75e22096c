"""Scripted vessels and happenings -> rows behind the traffic: vessels, paths, what their devices do, what is true."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mihari.core.errors import ConfigError
from mihari.core.geodesy import inverse
from mihari.core.units import KNOT
from mihari.simulate.cast import Act, Actor, Cast
from mihari.simulate.kinds import KINDS
from mihari.simulate.motion import Motion
from mihari.simulate.paths import Path
from mihari.simulate.platforms import riders, way
from mihari.simulate.scenario import Scenario, Scripted
from mihari.simulate.traffic import Acts, Happening, Traffic
from mihari.simulate.vessels import Vessels, one
from mihari.simulate.ways import OnLand

FASTEST = 60 * KNOT  # what the fastest craft do: more is a mistake in the file
LOOK_S = 30.0  # between the places of a path that are held against the land


def scripted(scenario: Scenario, on_land: OnLand) -> list[Cast]:
    """The `[[vessel]]` tables, each a cast of its own; ConfigError for one that could not be."""
    casts = []
    for index, vessel in enumerate(scenario.scripted):
        path = _path(scenario.file, index, vessel)
        _check_water(scenario.file, f"vessel[{index}].route_deg", vessel.name, path, on_land)
        device = {None: None, "none": ""}.get(vessel.device, vessel.device)
        acts = tuple(Act(start, end, silent=True) for start, end in vessel.silent)
        casts.append(Cast((Actor(vessel.kind, path, vessel.length, device, vessel.mmsi, vessel.name, acts),)))
    return casts


def _path(file: str, index: int, vessel: Scripted) -> Path:
    lat_deg, lon_deg = np.array(vessel.route).T
    distance, _ = inverse(lat_deg[:-1], lon_deg[:-1], lat_deg[1:], lon_deg[1:])
    if vessel.at is not None:
        at = np.array(vessel.at)
        fastest = float(np.max(distance / np.diff(at)))
        if fastest > FASTEST:
            leg = int(np.argmax(distance / np.diff(at)))
            problem = f"from place {leg + 1} to {leg + 2} it would make {fastest / KNOT:.0f} kn; at most 60 can be"
            raise ConfigError(file, f"vessel[{index}].at_s", problem)
    else:
        low, high = KINDS[vessel.kind].speed
        speed = vessel.speed or (low + high) / 2
        if speed <= 0:
            raise ConfigError(file, f"vessel[{index}]", f"a {vessel.kind} lies still: expected speed_kn or at_s")
        return way(lat_deg, lon_deg, speed, vessel.start, vessel.loop, vessel.goes_on)
    return Path.through(at, lat_deg, lon_deg, goes_on=vessel.goes_on)


def carriers(scenario: Scenario, on_land: OnLand) -> list[Cast]:
    """The `[[platform]]` tables; ConfigError for one in the water that comes over land."""
    for index, platform in enumerate(scenario.platforms):
        if platform.height == 0:
            _check_water(scenario.file, f"platform[{index}].route_deg", platform.name, platform.path, on_land)
    return riders(scenario.platforms)


def _check_water(file: str, where: str, name: str, path: Path, on_land: OnLand) -> None:
    """The route itself; what lies before and after it is as it may be."""
    motion = Motion.of_paths([path])
    times = np.arange(path.time[0], path.time[-1] + LOOK_S, LOOK_S)
    moving = motion.at(times, np.zeros(len(times), np.int64))
    dry = np.flatnonzero(on_land(moving.lat_deg, moving.lon_deg))
    if len(dry):
        place = f"{moving.lat_deg[dry[0]]:.3f}, {moving.lon_deg[dry[0]]:.3f}"
        raise ConfigError(file, where, f"{name!r} comes over land near {place}")


def joined(traffic: Traffic, casts: Sequence[Cast], rng: np.random.Generator) -> Traffic:
    """The traffic with everybody of these casts behind it."""
    taken = set(traffic.vessels.mmsi.tolist()) | {a.mmsi for cast in casts for a in cast.actors if a.mmsi}
    first = len(traffic.vessels)
    vessels, acts, events = [traffic.vessels], [], []
    actors = [actor for cast in casts for actor in cast.actors]
    for cast in casts:
        for number, actor in enumerate(cast.actors):
            vessels.append(one(rng, actor, taken))
            acts += [_row(act, first + number, first) for act in actor.acts]
        for event in cast.events:
            rows = tuple(first + k for k in event.actors)
            events.append(Happening(event.kind, rows, event.start, event.end, event.innocent, event.note))
        first += len(cast.actors)
    return Traffic(
        vessels=Vessels.concatenate(vessels),
        motion=traffic.motion.with_paths([actor.path for actor in actors]),
        real=np.append(traffic.real, np.array([not actor.ghost for actor in actors], dtype=bool)),
        since=np.append(traffic.since, [actor.since for actor in actors]),
        until=np.append(traffic.until, [actor.until for actor in actors]),
        acts=Acts.concatenate([traffic.acts, *acts]),
        events=(*traffic.events, *events),
    )


def _row(act: Act, vessel: int, first: int) -> Acts:
    return Acts.of(
        1,
        vessel=vessel,
        start=act.start,
        end=act.end,
        silent=act.silent,
        place=-1 if act.place is None else first + act.place,
        identity=-1 if act.identity is None else first + act.identity,
        status=-1 if act.status is None else act.status,
        heading=np.nan if act.heading is None else act.heading,
    )
