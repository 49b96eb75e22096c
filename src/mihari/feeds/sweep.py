"""One radar's turning antenna: plots and crossings in, sectors out.

A radar that sends sector crossings (I034/000 = 2) closes its sectors with them: a sector reaches from one crossing to
the next. For one that does not, a sector closes when a plot lies `SPAN` ahead of the sector's start or `LONGEST_S`
after its first plot, and at every north marker. The number of sectors in a turn may vary.
"""

from __future__ import annotations

import math

import numpy as np

from mihari.core.columns import Array
from mihari.core.reports import Sector
from mihari.core.sensor import Sensor
from mihari.core.units import wrap_turn
from mihari.feeds.plots import Held, to_reports
from mihari.feeds.rows import rows_of

SPAN = math.radians(11.25)  # 32 sectors a turn, what most radars send
LONGEST_S = 0.25  # the picture must not wait longer for plots in hand
STALLED_S = 15.0  # crossings that were coming have stopped: the slowest antennas turn once in 12 s
MOST = 20_000  # plots in one sector; garbage must not pile up


class Sweep:
    """Collects the plots of one radar until their sector is over."""

    def __init__(self, feed: int) -> None:
        self.feed = feed
        self.crossings = False  # whether the radar sends them
        self.azimuth = math.nan  # rad, where the sector that is being swept began
        self.time = math.nan  # UTC s of that
        self.period = math.nan  # s per turn, as told
        self.moves = False  # whether the radar is aboard something: each sector then tells where it was
        self._held: list[Held] = []
        self._count = 0
        self._opened = math.nan  # time of the first plot held

    def add(self, sensor: Sensor, plots: Held) -> list[Sector]:
        """Hold plots, in the order they came; sectors that they show to be over."""
        closed, start = [], 0
        for i, (bearing, time) in enumerate(zip(plots.bearing.tolist(), plots.time.tolist(), strict=True)):
            if math.isnan(self._opened):
                self._open(bearing, time)
            elif self._over(bearing, time, self._count + i - start):
                self._hold(plots, start, i)
                closed += self.cross(sensor, bearing, time, float(plots.received[i]))
                self._open(bearing, time)
                start = i
        self._hold(plots, start, len(plots))
        return closed

    def cross(self, sensor: Sensor, azimuth: float, time: float, received: float) -> list[Sector]:
        """The antenna passes `azimuth`: the sector that ends there."""
        if not math.isfinite(azimuth):
            azimuth = self._last_bearing()
        held = Held.concatenate(self._held)
        start = self._start(sensor, azimuth, time, held)
        self._held, self._count, self._opened = [], 0, math.nan
        self.azimuth, self.time = azimuth, time
        place = (sensor.lat_deg, sensor.lon_deg) if self.moves and sensor.placed else (math.nan, math.nan)
        return [Sector(sensor.index, time, received, start, azimuth, to_reports(self.feed, sensor, held), *place)]

    def told(self, sensor: Sensor, azimuth: float, time: float, received: float) -> list[Sector]:
        """As `cross`, by a message; one that repeats the last (north marker, crossing of 0) says nothing."""
        if azimuth == self.azimuth and abs(time - self.time) < 0.5 * self._turn(sensor):
            return []
        return self.cross(sensor, azimuth, time, received)

    def finish(self, sensor: Sensor) -> list[Sector]:
        """The input has ended: what is held, as far as the antenna is known to have come."""
        if not self._held:
            return []
        last = self._held[-1]
        return self.cross(sensor, self._last_bearing(), float(last.time.max()), float(last.received.max()))

    def _open(self, bearing: float, time: float) -> None:
        self._opened = time
        if math.isnan(self.azimuth):
            self.azimuth = bearing

    def _hold(self, plots: Held, start: int, stop: int) -> None:
        if start < stop:
            self._held.append(rows_of(plots, start, stop))
            self._count += stop - start

    def _over(self, bearing: float, time: float, count: int) -> bool:
        """Whether a plot there and then shows that the sector in hand is over."""
        if count >= MOST:
            return True
        elapsed = time - self._opened
        if self.crossings:
            return elapsed > STALLED_S
        ahead = (bearing - self.azimuth) % (2 * math.pi) if math.isfinite(bearing) else 0.0
        return elapsed > LONGEST_S or SPAN <= ahead < math.pi  # more than half a turn ahead is a little behind

    def _turn(self, sensor: Sensor) -> float:
        return self.period if math.isfinite(self.period) else sensor.period

    def _start(self, sensor: Sensor, azimuth: float, time: float, held: Held) -> float:
        """Where the sector that ends at `azimuth` began: at the last crossing unless that is a turn ago or unknown."""
        elapsed = time - self.time
        if math.isfinite(self.azimuth) and 0 <= elapsed < 0.9 * self._turn(sensor):
            return self.azimuth
        behind: Array = wrap_turn(azimuth - held.bearing[np.isfinite(held.bearing)])
        behind = behind[behind < math.pi / 2]
        return float(wrap_turn(azimuth - max(SPAN, float(behind.max()) if len(behind) else 0.0)))

    def _last_bearing(self) -> float:
        for held in reversed(self._held):
            known = held.bearing[np.isfinite(held.bearing)]
            if len(known):
                return float(known[-1])
        return self.azimuth if math.isfinite(self.azimuth) else 0.0
