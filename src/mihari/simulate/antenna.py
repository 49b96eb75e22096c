"""A turning radar over moving vessels -> ASTERIX 048 and 034 datagrams, sector by sector, and whose plots they were."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.core.columns import Array, Columns, column
from mihari.formats.asterix import Emitter
from mihari.sensors.echo_kernels import echoes
from mihari.sensors.false_alarms import false_alarms
from mihari.sensors.faults import Faults
from mihari.sensors.merging import merged
from mihari.sensors.profiles import PROFILES
from mihari.sensors.radar import FALSE_ALARM, echo_area, hull_height
from mihari.sensors.table import EchoTable, echo_table, table_by_reach
from mihari.sensors.weather import CALM, Weather
from mihari.simulate.datagram import Datagram
from mihari.simulate.false_plots import RANGE_MIN, FalsePlots, noise_and_waves, spread
from mihari.simulate.motion import Place, Rows
from mihari.simulate.scenario import Radar
from mihari.simulate.traffic import Traffic
from mihari.simulate.ways import Floats, OnLand

NOISE_DBM = -98.0  # receiver noise in 10 MHz with a 6 dB noise figure
DAY_S = 86_400.0
TURN = 2 * math.pi
NOBODY = -1
USUAL_CLUTTER = 60.0  # false plots a scan of a radar of which nothing is told
LOOK_AGAIN_S = 30.0  # who may be in range is looked up this often
CLOSING = 70.0  # m/s, at which two craft approach each other at most: 60 kn and more


@dataclass(frozen=True, slots=True)
class Plots(Columns):
    """What one turn of the antenna gave, as it tells it: m, rad, UTC s, dBm; `vessel` is the vessel's row or NOBODY.

    `merged`: how many echoes lie in it; a plot of several carries the vessel of the strongest.
    """

    time: Array = column("f8")
    range: Array = column("f8")
    bearing: Array = column("f8")
    amplitude: Array = column("f4")
    vessel: Array = column("i8")
    merged: Array = column("i4")


Whose = Callable[[int, Plots], object]  # told of a turn: the radar's index, its plots


class Antenna:
    """One radar of a scenario. The same rng state gives the same bytes."""

    def __init__(
        self,
        radar: Radar,
        index: int,
        traffic: Traffic,
        on_land: OnLand,
        shadow: Floats,
        start: float,
        carrier: int = -1,
        weather: Weather = CALM,
    ) -> None:
        """`shadow`: range in m at which land hides the sea, at equal steps of bearing from north; `start`: UTC s.

        `carrier`: the row of the vessel or platform that it stands on, -1 on the coast.
        """
        self.radar, self.index, self.traffic, self.on_land, self.shadow = radar, index, traffic, on_land, shadow
        self.channel = f"radar-{index}"
        self.origin = start
        self.first_north = start + (0.381966 * index % 1.0) * radar.period  # radars do not turn in step
        self.place = Place(radar.lat_deg, radar.lon_deg, radar.height, carrier)
        self.everybody: Rows = np.setdiff1d(np.flatnonzero(traffic.real), [carrier])
        self.area = echo_area(traffic.vessels.hull_length)
        self.height = hull_height(traffic.vessels.hull_length)
        self.weather = weather
        self.faults = Faults(
            range_bias=radar.range_bias,
            bearing_bias=radar.bearing_bias,
            clock_offset=radar.clock_offset,
            outages=tuple((start + a, start + b) for a, b in radar.outages),
        )
        self.table = self._table()
        self.clutter = self._false_plots()

    def at(self, start: float) -> Antenna:
        """The same radar, its first turn near `start` (UTC s)."""
        carrier, weather = self.place.carrier, self.weather
        return Antenna(self.radar, self.index, self.traffic, self.on_land, self.shadow, start, carrier, weather)

    def _table(self) -> EchoTable:
        r = self.radar
        if r.profile is None:
            return table_by_reach(r.reach, r.height, r.range_max)
        return echo_table(PROFILES[r.profile], r.height, r.range_max, self.weather)

    def _false_plots(self) -> FalsePlots:
        """By the scenario's number, else by what the profile gives in this weather."""
        r = self.radar
        if r.profile is None or r.clutter is not None:
            draws = noise_and_waves(USUAL_CLUTTER if r.clutter is None else r.clutter, r.range_max)
            return FalsePlots(draws, self.hidden, self.on_land)
        density = false_alarms(PROFILES[r.profile], r.height, r.range_max, self.weather, RANGE_MIN)
        return FalsePlots([spread(density)], self.hidden, self.on_land)

    def standing(self, elapsed: float) -> tuple[float, float, float]:
        """lat_deg, lon_deg, height m of the antenna `elapsed` s after the start."""
        if self.place.carrier < 0:
            return self.place.lat_deg, self.place.lon_deg, self.place.height
        carrier = self.traffic.motion.at(elapsed, [self.place.carrier])
        return float(carrier.lat_deg[0]), float(carrier.lon_deg[0]), self.place.height

    def cover(self, elapsed: ArrayLike, rows: Rows) -> Floats:
        """(n,) probability of a plot of vessels in one scan at `elapsed` s (one time, or one per row).

        0 for who is not there, for who carries it, and in an outage.
        """
        slant, bearing = self.traffic.motion.seen(rows, elapsed, self.place)
        sees = self.traffic.there(elapsed, rows) & (rows != self.place.carrier)
        sees &= self.faults.working(self.origin + np.asarray(elapsed))
        return np.asarray(np.where(sees, self.chance(rows, slant, bearing), 0.0))

    def chance(self, rows: Rows, slant: Floats, bearing: Floats) -> Floats:
        """Probability that a scan gives a plot of the vessels `rows` at slant range m and bearing rad."""
        r = self.radar
        out = self.hidden(slant, bearing) | (slant < RANGE_MIN) | (slant > r.range_max)
        signal, level = self._echo(rows, slant)
        return np.asarray(np.where(out, 0.0, r.ceiling * np.exp(-level / (1 + signal))))

    def _echo(self, rows: Rows, slant: Floats) -> tuple[Floats, Floats]:
        """(signal, threshold) over the background, of vessels at slant range m."""
        table = self.table
        gain, level = echoes(
            table.gain, table.level, table.log_range, table.range_step, table.log_height, table.height_step,
            table.sight, np.maximum(slant, 1.0), self.height[rows],
        )  # fmt: skip
        return self.area[rows] * gain, level

    def datagrams(self, duration: float, rng: np.random.Generator, whose: Whose | None = None) -> Iterator[Datagram]:
        """What it sends within `duration` s: per sector its plots, then the crossing of the sector's end."""
        for plots, datagrams in self.turns(duration, rng):
            if whose is not None:
                whose(self.index, plots)
            yield from datagrams

    def turns(self, duration: float, rng: np.random.Generator) -> Iterator[tuple[Plots, list[Datagram]]]:
        """Turn by turn: the plots that are sent, by bearing, and the datagrams; those of an outage are lost."""
        carried = Plots.empty()
        emitter = Emitter(self.radar.sac, self.radar.sic)
        for number, (plots, following) in enumerate(pairwise(self._scans(rng))):
            north = self.first_north + number * self.radar.period
            if north - self.origin > duration:
                return
            # bearing noise may carry a plot across north: then it belongs to the turn before or after
            early = following.take(following.bearing < 0)
            early = early.replace(bearing=early.bearing + TURN)
            own = Plots.concatenate([carried, plots.take(plots.bearing >= 0), early])
            over = own.bearing >= TURN
            carried = own.take(over)
            carried = carried.replace(bearing=carried.bearing - TURN)
            inside = own.take(~over)
            inside = inside.take(np.argsort(inside.bearing, kind="stable"))
            sent = list(self._turn(emitter, north, inside))
            times = np.array([d.time for d in sent])
            goes = (times - self.origin <= duration) & self.faults.working(times)
            yield self._told(inside, north, duration), [sent[k] for k in np.flatnonzero(goes)]

    def _told(self, plots: Plots, north: float, duration: float) -> Plots:
        """Those that are sent, with the time they tell."""
        r = self.radar
        left = north + (self._sector(plots) + 1) / r.sectors * r.period
        told = plots.take((left - self.origin <= duration) & self.faults.working(left))
        return told.replace(time=self.faults.clock(told.time))

    def _sector(self, plots: Plots) -> Rows:
        return np.minimum((plots.bearing * (self.radar.sectors / TURN)).astype(np.int64), self.radar.sectors - 1)

    def _scans(self, rng: np.random.Generator) -> Iterator[Plots]:
        looked, rows, number = -math.inf, self.everybody, 0
        while True:
            north = self.first_north + number * self.radar.period
            elapsed = north - self.origin
            if elapsed - looked >= LOOK_AGAIN_S:
                looked, rows = elapsed, self._within_reach(elapsed)
            yield self.scan(north, rng, rows)
            number += 1

    def _within_reach(self, elapsed: float) -> Rows:
        """Who may come into range before the next look."""
        slant, _ = self.traffic.motion.seen(self.everybody, elapsed, self.place)
        own = self.traffic.motion.at(elapsed, [self.place.carrier]).speed[0] if self.place.carrier >= 0 else 0.0
        closing = (LOOK_AGAIN_S + 3 * self.radar.period) * (CLOSING + own)  # m
        return self.everybody[slant < self.radar.range_max + closing]

    def scan(self, north: float, rng: np.random.Generator, rows: Rows | None = None) -> Plots:
        """The plots of the turn that passes north at `north` UTC s, unsorted; noise may put bearings outside a turn."""
        found = self._vessel_plots(north, rng, self.everybody if rows is None else rows)
        return Plots.concatenate([found, self._clutter(north, rng)])

    def _vessel_plots(self, north: float, rng: np.random.Generator, rows: Rows) -> Plots:
        r, motion = self.radar, self.traffic.motion
        slant, bearing, swept = motion.swept(rows, north - self.origin, r.period, r.bearing_bias, self.place)
        reached = np.flatnonzero((slant >= RANGE_MIN) & (slant <= r.range_max) & self.traffic.there(swept, rows))
        rows, slant, bearing, swept = rows[reached], slant[reached], bearing[reached], swept[reached]
        detected = np.flatnonzero(rng.random(len(rows)) < self.chance(rows, slant, bearing))
        rows, slant, bearing = rows[detected], slant[detected], bearing[detected]
        # a fluctuating echo that was detected: Swerling 1, exponential above the threshold
        signal, level = self._echo(rows, slant)
        power = level + (1 + signal) * rng.exponential(1.0, len(rows))
        plots = merged(slant, bearing, power, (r.range_cell, r.beam_width))
        first, n = plots.strongest, len(plots.strongest)
        told = np.mod(plots.bearing + r.bearing_bias, TURN) + rng.normal(0, r.bearing_sd, n)
        return Plots.of(
            n,
            time=north + told / TURN * r.period,  # the radar knows the beam's time by its bearing
            range=np.clip(plots.range + rng.normal(0, r.range_sd, n) + self.faults.range_bias, RANGE_MIN, r.range_max),
            bearing=told,
            amplitude=np.clip(NOISE_DBM + 10 * np.log10(plots.power), -128, 0),
            vessel=rows[first],
            merged=np.bincount(plots.plot, minlength=n),
        )

    def _clutter(self, north: float, rng: np.random.Generator) -> Plots:
        slant, bearing = self.clutter.drawn(rng, self.standing(north - self.origin))
        told = np.mod(bearing + self.radar.bearing_bias, TURN)
        level = -math.log(FALSE_ALARM) + rng.exponential(3.0, len(slant))
        return Plots.of(
            len(slant),
            time=north + told / TURN * self.radar.period,
            range=slant,
            bearing=told,
            amplitude=NOISE_DBM + 10 * np.log10(level),
            vessel=NOBODY,
            merged=1,
        )

    def hidden(self, slant: Floats, bearing: Floats) -> NDArray[np.bool_]:
        """Which places land hides."""
        step = np.rint(bearing / TURN * len(self.shadow)).astype(np.int64) % len(self.shadow)
        return np.asarray(slant > self.shadow[step])

    def _turn(self, emitter: Emitter, north: float, plots: Plots) -> Iterator[Datagram]:
        r = self.radar
        records = emitter.plots(self.faults.clock(plots.time) % DAY_S, plots.range, plots.bearing, plots.amplitude)
        edges = np.searchsorted(self._sector(plots), np.arange(r.sectors + 1)).tolist()
        ends = north + np.arange(r.sectors + 1) / r.sectors * r.period
        told, *clock = (self.faults.clock(ends) % DAY_S).tolist()
        yield Datagram(north, self.channel, emitter.north(told, r.period, self.standing(north - self.origin)))
        for k in range(r.sectors):
            left = float(ends[k + 1])
            azimuth = (k + 1) / r.sectors * TURN
            where = self.standing(left - self.origin) if self.place.carrier >= 0 else None
            *whole, last = emitter.blocks(records, edges[k], edges[k + 1])
            for block in whole:
                yield Datagram(left, self.channel, block)
            yield Datagram(left, self.channel, last + emitter.crossing(clock[k], azimuth, where))
