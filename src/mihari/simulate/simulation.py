"""A scenario -> its datagrams in order of time, the truth at any time, and who is in whose sight."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from copy import copy
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.coast.area import Area
from mihari.coast.area import load as load_area
from mihari.coast.land import LandMask
from mihari.coast.shadow import land_shadow
from mihari.core.errors import ConfigError
from mihari.core.sensor import Sensor, SensorKind
from mihari.core.tracks import Truth
from mihari.sensors.weather import CALM, Weather
from mihari.simulate.aboard.fleet import Crew, Inbox, nothing
from mihari.simulate.aboard.stills import Stills
from mihari.simulate.antenna import USUAL_CLUTTER, Antenna, Whose
from mihari.simulate.behaviours import casts as happenings
from mihari.simulate.casting import carriers, joined, scripted
from mihari.simulate.datagram import Datagram
from mihari.simulate.receivers import Receivers
from mihari.simulate.recorded import recorded
from mihari.simulate.satellites import Satellites
from mihari.simulate.scenario import OPEN_SEA, Scenario
from mihari.simulate.sites import height_of
from mihari.simulate.stage import Stage
from mihari.simulate.traffic import sailing
from mihari.simulate.transponders import Transponders
from mihari.simulate.vessels import Vessels
from mihari.simulate.ways import OnLand

SHADOW_BEARINGS = 360  # equal steps from north
LINGER_S = 0.1  # a message that ends with the recording is still received
COVER = 0.5  # a vessel that a scan finds at least every second time is under radar cover
# each part draws from its own random source
_TRAFFIC, _AIR, _EAR, _ANTENNA, _CAST, _ORBIT, _HAPPENINGS, _CREW = range(8)


class Simulation:
    """A made-up coast: make it once, then ask for bytes and truth, in any order."""

    def __init__(self, scenario: Scenario, mask: LandMask | None = None) -> None:
        """`mask` is that of the scenario's area; made here if not given. ConfigError for a scenario that cannot be."""
        self.scenario = scenario
        self.mask = mask or LandMask(area_of(scenario))
        _check_places(scenario, self.mask.area)
        sailors = sailing(scenario, self.mask.on_land, self._rng(_TRAFFIC))
        stage = Stage.of(scenario, self.mask.on_land, self.mask.area.covers)
        casts = [*scripted(scenario, self.mask.on_land), *recorded(scenario)]
        casts += happenings(scenario, stage, self._rng(_HAPPENINGS))
        casts += carriers(scenario, self.mask.on_land)  # last: they leave everybody else's rows and draws as they are
        self.traffic = joined(sailors, casts, self._rng(_CAST))
        self.carriers = self._carriers(len(sailors.vessels))
        self.antennas = tuple(self._antenna(k, self.mask.on_land) for k in range(len(scenario.radars)))

    def at(self, start: float) -> Simulation:
        """The same coast and traffic beginning at `start` (UTC s), at once: nothing is laid out anew."""
        moved = copy(self)
        moved.scenario = self.scenario.at(start)
        moved.antennas = tuple(antenna.at(start) for antenna in self.antennas)
        return moved

    @property
    def vessels(self) -> Vessels:
        """Who is out there; row k is `Truth.vessel` k. Those that are not real (see `Traffic.real`) have no truth."""
        return self.traffic.vessels

    @property
    def channels(self) -> tuple[str, ...]:
        """The names of all channels that datagrams come on."""
        s = self.scenario
        counts = (("radar", s.radars), ("ais", s.stations), ("sat", s.satellites))
        spoken = (f"{kind}-{k}" for k, craft in enumerate(s.crafts) for kind in craft.channels)
        return (*(f"{name}-{k}" for name, sensors in counts for k in range(len(sensors))), *spoken)

    def stream(
        self,
        duration: float | None = None,
        whose: Whose | None = None,
        inbox: Inbox = nothing,
        stills: Stills | None = None,
    ) -> Iterator[Datagram]:
        """All datagrams of `duration` s, in order of time; the same each time it is asked.

        Default: the scenario's duration; math.inf goes on for ever, in the same memory. `whose` is told of each turn of
        each radar the plots that are sent, with the vessels they belong to. `inbox` is asked what has come in for each
        craft's channel: tasks, which change what it does; `stills` takes the pictures that they take.
        """
        span = self.scenario.duration if duration is None else duration
        sensed = self._sensed(span, whose)
        if not self.scenario.crafts:
            return sensed
        crew = Crew(
            self.scenario.crafts, self.traffic, self.carriers, self.scenario.start, weather(self.scenario),
            lambda k: self._rng(_CREW, k), stills or Stills(),
            {vessel.name: vessel.machinery for vessel in self.scenario.scripted if vessel.machinery},
        )  # fmt: skip
        return heapq.merge(sensed, crew.stream(span, inbox), key=lambda datagram: datagram.time)

    def _sensed(self, span: float, whose: Whose | None) -> Iterator[Datagram]:
        """What radars, stations and satellites send."""
        radars = [a.datagrams(span, self._rng(_ANTENNA, a.index), whose) for a in self.antennas]
        turning = heapq.merge(*radars, key=lambda datagram: datagram.time)
        waiting = next(turning, None)
        for until, heard in self._heard(span):
            due = []
            while waiting is not None and waiting.time < until:
                due.append(waiting)
                waiting = next(turning, None)
            yield from sorted(due + heard, key=lambda datagram: datagram.time)
        if waiting is not None:
            yield waiting
        yield from turning

    def _heard(self, span: float) -> Iterator[tuple[float, list[Datagram]]]:
        """Second by second: its end (UTC s), and what stations and satellites tell by then of what is on the air."""
        scenario, listeners = self.scenario, list[Receivers | Satellites]()
        if scenario.stations:
            listeners.append(Receivers(scenario, self._rng(_EAR), self.traffic.motion, self.carriers))
        if scenario.satellites:
            listeners.append(Satellites(scenario, self._rng(_ORBIT)))
        if not listeners:
            return
        air = Transponders(scenario, self.traffic).air(self._rng(_AIR))
        end = scenario.start + span
        for second, everything in enumerate(air):
            if second >= span:
                break
            sent = everything.take(np.flatnonzero(everything.time < end))
            until = scenario.start + second + 1 if second + 1 < span else end + LINGER_S
            yield until, [datagram for listener in listeners for datagram in listener.hear(sent, until)]

    def truth(self, time: float) -> Truth:
        """Where every vessel really is at `time` (UTC s)."""
        return self.truths(np.array([time]))

    def truths(self, times: NDArray[np.float64]) -> Truth:
        """The same at several times, one after the other."""
        rows = np.tile(np.arange(len(self.vessels)), len(times))
        when = np.repeat(times, len(self.vessels))
        there = self.traffic.there(when - self.scenario.start, rows)
        rows, when = rows[there], when[there]
        moving = self.traffic.motion.at(when - self.scenario.start, rows)
        return Truth.of(
            len(rows),
            time=when,
            vessel=rows,
            lat_deg=moving.lat_deg,
            lon_deg=moving.lon_deg,
            east_mps=moving.east_mps,
            north_mps=moving.north_mps,
        )

    def cover(self, time: float) -> NDArray[np.bool_]:
        """(vessels, radars): whether a scan of the radar finds the vessel at least every second time."""
        bits = self.covered(time, np.arange(len(self.vessels)))
        return (bits[:, None] >> np.arange(len(self.antennas)) & 1).astype(bool)

    def covered(self, time: ArrayLike, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """(n,) of `rows` at `time` (one, or one per row): bit k set where radar k finds it in half of its scans."""
        bits = np.zeros(len(rows), np.int64)
        for antenna in self.antennas:
            seen = antenna.cover(np.asarray(time) - self.scenario.start, rows) >= COVER
            bits |= seen.astype(np.int64) << antenna.index
        return bits

    def _rng(self, *part: int) -> np.random.Generator:
        return np.random.default_rng([self.scenario.seed, *part])

    def _carriers(self, first_scripted: int) -> dict[str, int]:
        """Rows of those that sensors may be aboard of, by name: scripted vessels, and platforms at the very end."""
        vessels, platforms = self.scenario.scripted, self.scenario.platforms
        first = len(self.vessels) - len(platforms)
        rows = {vessel.name: first_scripted + k for k, vessel in enumerate(vessels)}
        return rows | {platform.name: first + k for k, platform in enumerate(platforms)}

    def _antenna(self, index: int, on_land: OnLand) -> Antenna:
        radar = self.scenario.radars[index]
        radar = replace(radar, height=height_of(self.scenario, radar))
        bearings = np.arange(SHADOW_BEARINGS) * (2 * np.pi / SHADOW_BEARINGS)
        carrier = -1 if radar.aboard is None else self.carriers[radar.aboard]
        shadow = np.full(SHADOW_BEARINGS, np.inf)
        if radar.land_shadow and carrier < 0:
            shadow = land_shadow(self.mask, radar.lat_deg, radar.lon_deg, bearings, radar.range_max, radar.land_clear)
        return Antenna(
            radar, index, self.traffic, on_land, shadow, self.scenario.start, carrier, weather(self.scenario)
        )


def weather(scenario: Scenario) -> Weather:
    """What the scenario says of it; calm if nothing."""
    c = scenario.conditions
    return CALM if c is None else Weather(c.sea_state, c.rain_mmph, c.visibility, c.wind, c.wind_from)


def area_of(scenario: Scenario) -> Area:
    """The scenario's coast, or its box of open sea. BadInput where there is no such area."""
    if scenario.area != OPEN_SEA:
        return load_area(scenario.area)
    (south, west), (north, east) = scenario.box
    nothing, none = np.zeros(0), np.zeros(0, np.uint8)
    return Area(OPEN_SEA, "Open sea", "", south, west, north, east, nothing, nothing, np.zeros(1, np.int64), none)


def _check_places(scenario: Scenario, area: Area) -> None:
    """ConfigError for anything on the far side of the world."""
    places = [(f"radar[{k}]", (r.lat_deg, r.lon_deg)) for k, r in enumerate(scenario.radars)]
    places += [(f"station[{k}]", (s.lat_deg, s.lon_deg)) for k, s in enumerate(scenario.stations)]
    places += [(f"aid[{k}]", (a.lat_deg, a.lon_deg)) for k, a in enumerate(scenario.aids)]
    places += [(f"lane[{k}].points_deg", p) for k, lane in enumerate(scenario.lanes) for p in lane.points]
    places += [(f"cable[{k}].points_deg", p) for k, cable in enumerate(scenario.cables) for p in cable.points]
    places += [(f"behaviour[{k}].around_deg", b.place) for k, b in enumerate(scenario.behaviours)]
    places += [(f"vessel[{k}].route_deg", p) for k, v in enumerate(scenario.scripted) for p in v.route]
    places += [(f"craft[{k}].route_deg", p) for k, one in enumerate(scenario.crafts) for p in one.route]
    places += [(f"platform[{k}].route_deg", p) for k, one in enumerate(scenario.platforms) for p in one.route]
    places += [(f"traffic[{k}].around_deg", g.place) for k, g in enumerate(scenario.traffic) if g.place]
    for where, (lat_deg, lon_deg) in places:
        if not area.covers(np.array(lat_deg), np.array(lon_deg)):
            raise ConfigError(scenario.file, where, f"{lat_deg:g}, {lon_deg:g} is outside the area {area.name!r}")


def sensors(scenario: Scenario) -> tuple[Sensor, ...]:
    """The scenario's radars and AIS stations as a node knows them, radars first."""
    radars = [
        Sensor(
            index=k,
            name=r.name,
            kind=SensorKind.RADAR,
            lat_deg=r.lat_deg,
            lon_deg=r.lon_deg,
            height=height_of(scenario, r),
            source=f"{r.sac}/{r.sic}",
            range_max=r.range_max,
            range_sd=r.range_sd,
            bearing_sd=r.bearing_sd,
            period=r.period,
            detection=r.ceiling,
            clutter=max(USUAL_CLUTTER if r.clutter is None else r.clutter, 1.0) / (np.pi * r.range_max**2),
        )
        for k, r in enumerate(scenario.radars)
    ]
    stations = [
        Sensor(len(radars) + k, s.name, SensorKind.AIS, s.lat_deg, s.lon_deg, height_of(scenario, s), s.name)
        for k, s in enumerate(scenario.stations)
    ]
    return (*radars, *stations)


def stream(scenario: Scenario, duration: float | None = None) -> Iterator[Datagram]:
    """The datagrams of a scenario; see `Simulation.stream`. Same scenario, same bytes."""
    return Simulation(scenario).stream(duration)
