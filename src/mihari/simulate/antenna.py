"""A turning coastal radar over moving vessels -> ASTERIX 048 and 034 datagrams, sector by sector."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from mihari.core.columns import Array, Columns, column
from mihari.core.geodesy import plot_position, polar_of
from mihari.formats.asterix import encode_north, encode_plots, encode_sector
from mihari.sensors.radar import FALSE_ALARM, detection_probability, echo_area, hull_height
from mihari.simulate.datagram import Datagram
from mihari.simulate.motion import Moving
from mihari.simulate.scenario import Radar
from mihari.simulate.traffic import Traffic
from mihari.simulate.ways import Floats, OnLand

RANGE_MIN = 150.0  # m, below it the receiver is still blind from the pulse
SEA_CLUTTER_RANGE = 6000.0  # m, false plots from waves come from nearer than this
SEA_CLUTTER_SHARE = 0.3
NOISE_DBM = -98.0  # receiver noise in 10 MHz with a 6 dB noise figure
DAY_S = 86_400.0
TURN = 2 * math.pi
NOBODY = -1


@dataclass(frozen=True, slots=True)
class Plots(Columns):
    """What one turn of the antenna gave: m, rad, UTC s, dBm; `vessel` is the row of the vessel or NOBODY."""

    time: Array = column("f8")
    range: Array = column("f8")
    bearing: Array = column("f8")
    amplitude: Array = column("f4")
    vessel: Array = column("i8")


class Antenna:
    """One radar of a scenario. The same rng state gives the same bytes."""

    def __init__(
        self, radar: Radar, index: int, traffic: Traffic, on_land: OnLand, shadow: Floats, start: float
    ) -> None:
        """`shadow`: range in m at which land hides the sea, at equal steps of bearing from north; `start`: UTC s."""
        self.radar, self.index, self.traffic, self.on_land, self.shadow = radar, index, traffic, on_land, shadow
        self.channel = f"radar-{index}"
        self.origin = start
        self.first_north = start + (0.381966 * index % 1.0) * radar.period  # radars do not turn in step
        self.area = echo_area(traffic.vessels.hull_length)
        self.height = hull_height(traffic.vessels.hull_length)

    def at(self, start: float) -> Antenna:
        """The same radar, its first turn near `start` (UTC s)."""
        return Antenna(self.radar, self.index, self.traffic, self.on_land, self.shadow, start)

    def seen(self, moving: Moving) -> tuple[Floats, Floats, Floats]:
        """Slant range m, bearing rad and probability of a plot in one scan, of all vessels."""
        r = self.radar
        slant, bearing = polar_of(r.lat_deg, r.lon_deg, r.height, moving.lat_deg, moving.lon_deg)
        hidden = self._hidden(slant, bearing) | (slant < RANGE_MIN) | (slant > r.range_max)
        chance = detection_probability(slant, self.area, r.height, self.height, r.reach, r.ceiling, hidden)
        return slant, bearing, chance

    def datagrams(self, duration: float, rng: np.random.Generator) -> Iterator[Datagram]:
        """What it sends within `duration` s: per sector its plots, then the crossing of the sector's end."""
        carried = Plots.empty()
        for north, (plots, following) in enumerate(pairwise(self._scans(rng))):
            turn_start = self.first_north + north * self.radar.period
            if turn_start - self.origin > duration:
                return
            # bearing noise may carry a plot across north: then it belongs to the turn before or after
            own = Plots.concatenate([carried, plots.take(plots.bearing >= 0), following.take(following.bearing < 0)])
            carried = own.take(own.bearing >= TURN)
            carried = carried.replace(bearing=carried.bearing - TURN)
            for datagram in self._turn(turn_start, _within_a_turn(own)):
                if datagram.time - self.origin <= duration:
                    yield datagram

    def _scans(self, rng: np.random.Generator) -> Iterator[Plots]:
        north = self.first_north
        turns = 0
        while True:
            yield self.scan(north + turns * self.radar.period, rng)
            turns += 1

    def scan(self, north: float, rng: np.random.Generator) -> Plots:
        """The plots of the turn that passes north at `north` UTC s, unsorted; noise may put bearings outside a turn."""
        found = self._vessel_plots(north, rng)
        return Plots.concatenate([found, self._clutter(north, rng)])

    def _vessel_plots(self, north: float, rng: np.random.Generator) -> Plots:
        r, motion = self.radar, self.traffic.motion
        elapsed = north - self.origin
        _, bearing, _ = self.seen(motion.at(elapsed))
        swept = elapsed + bearing / TURN * r.period  # when the beam passes: vessels move under it
        slant, bearing, chance = self.seen(motion.at(swept))
        detected = np.flatnonzero(rng.random(len(chance)) < chance)
        n = len(detected)
        measured = bearing[detected] + rng.normal(0, r.bearing_sd, n)
        return Plots.of(
            n,
            time=self.origin + swept[detected],
            range=np.clip(slant[detected] + rng.normal(0, r.range_sd, n), RANGE_MIN, r.range_max),
            bearing=measured,
            amplitude=self._amplitude(slant[detected], self.area[detected], rng),
            vessel=detected,
        )

    def _amplitude(self, slant: Floats, area: Floats, rng: np.random.Generator) -> Floats:
        """Echo level in dBm of a fluctuating echo that was detected (Swerling 1: exponential, above the threshold)."""
        at_reach = math.log(FALSE_ALARM) / math.log(0.9) - 1.0
        snr = at_reach * area / 10.0 * (self.radar.reach / slant) ** 4
        level = -math.log(FALSE_ALARM) + (1 + snr) * rng.exponential(1.0, len(slant))
        return np.asarray(np.clip(NOISE_DBM + 10 * np.log10(level), -128, 0))

    def _clutter(self, north: float, rng: np.random.Generator) -> Plots:
        """False plots over water in sight: most anywhere (uniform in area), some from waves nearby."""
        r = self.radar
        wanted = int(rng.poisson(r.clutter))
        near_wanted = int(rng.binomial(wanted, SEA_CLUTTER_SHARE))
        far, near = self._far_clutter(wanted - near_wanted, rng), self._near_clutter(near_wanted, rng)
        slant, bearing = np.concatenate([far, near], axis=1)
        level = -math.log(FALSE_ALARM) + rng.exponential(3.0, len(slant))
        return Plots.of(
            len(slant),
            time=north + bearing / TURN * r.period,
            range=slant,
            bearing=bearing,
            amplitude=NOISE_DBM + 10 * np.log10(level),
            vessel=NOBODY,
        )

    def _far_clutter(self, wanted: int, rng: np.random.Generator) -> Floats:
        far = self.radar.range_max

        def ranges(n: int) -> Floats:
            return np.sqrt(rng.uniform(RANGE_MIN**2, far**2, n))

        return self._on_lit_water(wanted, ranges, rng)

    def _near_clutter(self, wanted: int, rng: np.random.Generator) -> Floats:
        far = min(SEA_CLUTTER_RANGE, self.radar.range_max)
        return self._on_lit_water(wanted, lambda n: rng.uniform(RANGE_MIN, far, n), rng)

    def _on_lit_water(self, wanted: int, ranges: Callable[[int], Floats], rng: np.random.Generator) -> Floats:
        """(2, wanted) slant range and bearing of random places on water in sight; fewer if there are none."""
        r = self.radar
        kept: list[Floats] = []
        missing = wanted
        for _ in range(20):
            if missing <= 0:
                break
            n = 2 * missing + 8
            slant, bearing = ranges(n), rng.uniform(0, TURN, n)
            lit = ~self._hidden(slant, bearing)
            slant, bearing = slant[lit], bearing[lit]
            lat_deg, lon_deg = plot_position(r.lat_deg, r.lon_deg, r.height, np.maximum(slant, r.height + 1), bearing)
            water = ~self.on_land(lat_deg, lon_deg)
            kept.append(np.stack([slant[water], bearing[water]])[:, :missing])
            missing -= kept[-1].shape[1]
        return np.concatenate(kept, axis=1) if kept else np.zeros((2, 0))

    def _hidden(self, slant: Floats, bearing: Floats) -> NDArray[np.bool_]:
        step = np.rint(bearing / TURN * len(self.shadow)).astype(np.int64) % len(self.shadow)
        return np.asarray(slant > self.shadow[step])

    def _turn(self, north: float, plots: Plots) -> Iterator[Datagram]:
        r = self.radar
        sector = np.minimum((plots.bearing * (r.sectors / TURN)).astype(np.int64), r.sectors - 1)
        edges = np.searchsorted(sector, np.arange(r.sectors + 1))
        yield from self._north_marker(north)
        for k in range(r.sectors):
            left = north + (k + 1) / r.sectors * r.period
            own = slice(edges[k], edges[k + 1])
            blocks = encode_plots(
                r.sac,
                r.sic,
                plots.time[own] % DAY_S,
                plots.range[own],
                plots.bearing[own],
                plots.amplitude[own],
            )
            crossing = encode_sector(r.sac, r.sic, left % DAY_S, (k + 1) / r.sectors * TURN)
            *whole, last = blocks or [b""]
            for block in whole:
                yield Datagram(left, self.channel, block)
            yield Datagram(left, self.channel, last + crossing)

    def _north_marker(self, north: float) -> Iterator[Datagram]:
        r = self.radar
        marker = encode_north(r.sac, r.sic, north % DAY_S, r.period, (r.lat_deg, r.lon_deg, r.height))
        yield Datagram(north, self.channel, marker)


def _within_a_turn(plots: Plots) -> Plots:
    inside = plots.take(plots.bearing < TURN)
    return inside.take(np.argsort(inside.bearing, kind="stable"))
