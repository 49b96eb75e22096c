"""A made-up sea full of vessels, as inputs of the pipeline and as the bytes they came in: for the archive's bars.

All vessels are in cover of two radars, 32 sectors in 2.5 s each, and tell AIS every 10 s; straight courses, noise,
missed plots and clutter, values rounded as the wire rounds them. Inputs are made by the feeds' own functions.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mihari.core.columns import Array
from mihari.core.geodesy import direct
from mihari.core.reports import Batch, Claims, Input, ReportKind, Reports, Sector, Tick
from mihari.core.sensor import Sensor, SensorKind
from mihari.feeds.plots import Held, to_reports
from mihari.formats.ais import encode
from mihari.formats.asterix.emit import RANGE_UNIT_M, encode_plots, encode_sector

T0 = 1_795_143_600.0  # 2026-11-20 03:00 UTC
SECTORS, PERIOD, AIS_S = 32, 2.5, 10.0
LIVE_S = 0.1  # AIS comes in bursts of so many seconds
CLUTTER = 40  # false plots a turn
DETECTION = 0.9
RADARS = (
    Sensor(0, "west", SensorKind.RADAR, 26.20, 127.00, 60.0, source="1/1", range_max=46_000.0),
    Sensor(1, "east", SensorKind.RADAR, 26.24, 127.06, 90.0, source="1/2", range_max=46_000.0),
)
SENSORS = (*RADARS, Sensor(2, "cape", SensorKind.AIS, 26.2, 127.0, 60.0, source="cape"))


@dataclass(frozen=True, slots=True)
class Came:
    """One input with the datagrams that brought it: (feed, received, bytes)."""

    time: float
    given: Input
    raw: tuple[tuple[int, float, bytes], ...] = ()


class Sea:
    """So many vessels within 20 NM of both radars."""

    def __init__(self, vessels: int, seed: int = 1, raw: bool = False) -> None:
        self.rng, self.raw, self.n = np.random.default_rng(seed), raw, vessels
        bearing = self.rng.uniform(0, 2 * np.pi, vessels)
        distance = 2000.0 + 33_000.0 * np.sqrt(self.rng.uniform(0, 1, vessels))
        self.lat, self.lon = direct(np.full(vessels, 26.22), np.full(vessels, 127.03), bearing, distance)
        self.speed = np.round(self.rng.gamma(2.0, 2.5, vessels) / 0.05144) * 0.05144  # m/s, in tenths of a knot
        self.course = np.radians(np.round(self.rng.uniform(0, 360, vessels), 1))
        self.told_at = self.rng.uniform(0, AIS_S, vessels)
        self.offset = [0, 0]

    def at(self, time: float) -> tuple[Array, Array]:
        """Positions, degrees: a flat step from where they began is near enough for a benchmark."""
        away = self.speed * (time - T0)
        lat = self.lat + np.degrees(away * np.cos(self.course) / 6_371_000.0)
        lon = self.lon + np.degrees(away * np.sin(self.course) / (6_371_000.0 * np.cos(np.radians(self.lat))))
        return lat, lon

    def inputs(self, seconds: float) -> Iterator[Came]:
        """Everything that comes in, in order of time, from T0 on."""
        for turn in range(math.ceil(seconds / PERIOD)):
            begin = T0 + turn * PERIOD
            items = [c for radar in RADARS for c in self._turn(radar, begin)]
            items += self._told(begin)
            items += [Came(float(t), Tick(float(t))) for t in range(math.ceil(begin), math.ceil(begin + PERIOD))]
            yield from sorted(items, key=lambda c: c.time)

    def _turn(self, radar: Sensor, begin: float) -> list[Came]:
        lat, lon = self.at(begin + PERIOD / 2)
        north = np.radians(lat - radar.lat_deg) * 6_361_000.0
        east = np.radians(lon - radar.lon_deg) * 6_378_000.0 * math.cos(math.radians(26.22))
        seen = self.rng.uniform(0, 1, self.n) < DETECTION
        rho = np.concatenate([np.hypot(east, north)[seen], self.rng.uniform(1000, 40_000, CLUTTER)])
        theta = np.concatenate([np.arctan2(east, north)[seen], self.rng.uniform(-np.pi, np.pi, CLUTTER)])
        rho = np.rint((rho + self.rng.normal(0, radar.range_sd, len(rho))) / RANGE_UNIT_M) * RANGE_UNIT_M
        unit = 2 * np.pi / 65536
        theta = np.rint((theta + self.rng.normal(0, radar.bearing_sd, len(rho))) / unit) % 65536 * unit
        order = np.argsort(theta, kind="stable")
        rho, theta = rho[order], theta[order]
        time = begin + np.floor(theta / (2 * np.pi) * PERIOD * 128) / 128
        edges = np.searchsorted(theta, np.linspace(0, 2 * np.pi, SECTORS + 1))
        return [c for k in range(SECTORS) if (c := self._sector(radar, k, begin, rho, theta, time, edges))]

    def _sector(self, radar: Sensor, k: int, begin: float, rho: Array, theta: Array, time: Array, edges: Array) -> Came:
        a, b = int(edges[k]), int(edges[k + 1])
        start, end = k * 2 * np.pi / SECTORS, (k + 1) % SECTORS * 2 * np.pi / SECTORS
        over = begin + math.floor((k + 1) * PERIOD / SECTORS * 128) / 128
        amplitude = self.rng.integers(-70, -20, b - a).astype(float)
        count = self.offset[radar.index]
        self.offset[radar.index] += b - a
        held = Held.of(
            b - a, offset=np.arange(count, count + b - a), time=time[a:b], received=over + 0.004, kind=ReportKind.PLOT,
            range=rho[a:b], bearing=theta[a:b], height=0.0, amplitude=amplitude,
        )  # fmt: skip
        sector = Sector(radar.index, over, over + 0.004, start, end, to_reports(radar.index, radar, held))
        if not self.raw:
            return Came(over, sector)
        day = T0 % 86400.0
        plots = encode_plots(1, radar.index + 1, day + time[a:b] - T0, rho[a:b], theta[a:b], amplitude)
        crossing = encode_sector(1, radar.index + 1, day + over - T0, end)
        return Came(over, sector, tuple((radar.index, over + 0.004, d) for d in (*plots, crossing)))

    def _told(self, begin: float) -> list[Came]:
        """AIS of one turn of the radars, in bursts."""
        due = self.told_at + np.ceil((begin - T0 - self.told_at) / AIS_S) * AIS_S + T0
        speaks = np.flatnonzero(due < begin + PERIOD)
        speaks = speaks[np.argsort(due[speaks], kind="stable")]
        burst = np.floor((due[speaks] - begin) / LIVE_S).astype(int)
        cuts = np.flatnonzero(np.diff(burst, prepend=-1, append=10**9))
        return [self._burst(speaks[a:b], due[speaks[a:b]]) for a, b in itertools.pairwise(cuts)]

    def _burst(self, rows: Array, time: Array) -> Came:
        lat, lon = self.at(float(time[-1]))
        lat, lon = np.rint(lat[rows] * 600_000) / 600_000, np.rint(lon[rows] * 600_000) / 600_000
        n, received = len(rows), float(time[-1]) + 0.02
        told = np.floor(time * 1000) / 1000
        reports = Reports.of(
            n, feed=2, offset=rows, time=told, received=received, sensor=2, kind=ReportKind.AIS_POSITION,
            lat_deg=lat, lon_deg=lon, cov_ee=225.0, cov_en=0.0, cov_nn=225.0, speed=self.speed[rows],
            course=self.course[rows], heading=np.radians(np.round(np.degrees(self.course[rows]))), claim=np.arange(n),
        )  # fmt: skip
        claims = Claims.of(n, mmsi=431_000_000 + rows, device="A", status=0)
        raw: tuple[tuple[int, float, bytes], ...] = ()
        if self.raw:
            raw = tuple(
                (2, received, self._sentence(r, t, a, o))
                for r, t, a, o in zip(rows.tolist(), told.tolist(), lat.tolist(), lon.tolist(), strict=True)
            )
        return Came(received, Batch(reports, claims), raw)

    def _sentence(self, vessel: int, time: float, lat_deg: float, lon_deg: float) -> bytes:
        position = {
            "message_type": 1, "mmsi": 431_000_000 + vessel, "lat_deg": lat_deg, "lon_deg": lon_deg,
            "speed": float(self.speed[vessel]), "course": float(self.course[vessel]), "second": int(time) % 60,
        }  # fmt: skip
        body = b"s:cape,c:%d" % (time * 1000)
        total = 0
        for octet in body:
            total ^= octet
        return b"\\" + body + b"*%02X\\" % total + b"".join(encode(position))
