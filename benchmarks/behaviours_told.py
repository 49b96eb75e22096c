"""A made-up coast -> inputs of the pipeline, second by second: AIS as two stations hear it, sectors of one radar."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from benchmarks.behaviours_coast import RADAR_HEIGHT, RADAR_REACH, STATIONS, Coast
from benchmarks.behaviours_ways import KNOT, RUN_S
from mihari.coast.area import Area
from mihari.core.columns import Array
from mihari.core.geodesy import polar_of
from mihari.core.reports import Batch, Claims, Input, ReportKind, Reports, Sector, Tick
from mihari.core.sensor import Sensor, SensorKind
from mihari.core.zones import Zone
from mihari.feeds.plots import Held, to_reports
from mihari.sensors.ais_link import LinkCurve

T0 = 1_795_143_600  # 2026-11-20 03:00 UTC
METRES = 111_195.0
TURN_S, SECTORS = 10.0, 4
DETECTION, CLUTTER = 0.93, 3  # of a hull in a turn; false plots a turn
STATIC_S = 360.0  # between two static messages, M.1371-5
FIX_M, WANDER_S = 3.0, 900.0  # how far satellite fixes wander, and in what time


def degrees(coast: Coast, x: Array, y: Array) -> tuple[Array, Array]:
    """Latitude and longitude of places."""
    lat = coast.lat_deg + coast.side * np.asarray(y) / METRES
    return lat, coast.lon_deg + np.asarray(x) / (METRES * np.cos(np.radians(lat)))


def sensors(coast: Coast) -> tuple[Sensor, ...]:
    """Two AIS stations and a radar, on hills at the shore."""
    lat, lon = degrees(coast, np.array([STATIONS[0][0], STATIONS[1][0], 0.0]), np.array([-300.0, -300.0, -300.0]))
    at = list(zip(lat.tolist(), lon.tolist(), strict=True))
    return (
        Sensor(0, "west", SensorKind.AIS, *at[0], STATIONS[0][1], source="west"),
        Sensor(1, "east", SensorKind.AIS, *at[1], STATIONS[1][1], source="east"),
        Sensor(2, "radar", SensorKind.RADAR, *at[2], RADAR_HEIGHT, source="1/1", range_max=RADAR_REACH, period=TURN_S),
    )


def area(coast: Coast) -> Area:
    """The coast: all on one side of a line is land."""
    south, north = sorted((coast.lat_deg - coast.side * 0.25, coast.lat_deg + coast.side * 1.4))
    west, east = coast.lon_deg - 1.6, coast.lon_deg + 1.6
    low, high = sorted((coast.lat_deg - coast.side * 0.25, coast.lat_deg))
    along = np.linspace(west, east, 801)  # vertices as close as those of charts
    lat = np.concatenate([np.full(801, low), np.full(801, high)])
    lon = np.concatenate([along, along[::-1]])
    starts, level = np.array([0, len(lat)], np.int64), np.array([1], np.uint8)
    return Area("made-up", "Made-up coast", "", south, west, north, east, lat, lon, starts, level)


def zones(coast: Coast, box: tuple[float, float, float, float]) -> tuple[Zone, ...]:
    """The anchorage."""
    x0, x1, y0, y1 = box
    lat, lon = degrees(coast, np.array([x0, x1, x1, x0]), np.array([y0, y0, y1, y1]))
    return (Zone("roads", "anchorage", (tuple(zip(lat.tolist(), lon.tolist(), strict=True)),)),)


class Told:
    """Everything that is heard and seen of a coast. `heard`: vessel id -> when its positions were heard, s.

    `seen`: vessel id -> when radar had plots of it; it grows while the inputs are told.
    """

    def __init__(self, coast: Coast) -> None:
        self.coast, self.rng = coast, np.random.default_rng(coast.seed + 5)
        self.curves = [[LinkCurve(h, a, class_b=b) for a, b in ((20.0, False), (4.0, True))] for _, h in STATIONS]
        self.heard: dict[int, Array] = {}
        self.seen: dict[int, list[float]] = {v.id: [] for v in coast.vessels}
        parts = [self._of(k) for k in range(len(coast.vessels))]
        rows = {name: np.concatenate([p[name] for p in parts]) for name in parts[0]}
        order = np.argsort(rows["time"], kind="stable")
        self.rows = {name: column[order] for name, column in rows.items()}

    def _of(self, k: int) -> dict[str, Array]:
        """One vessel's messages that somebody heard."""
        v = self.coast.vessels[k]
        t = v.turns() + 0.0
        t = t[(t >= 0) & (t < RUN_S)]
        t = t[v.speaks(t)]
        x, y = v.at(t)
        stations = self._stations(x, y, t, v.device == "B")
        got = stations.any(axis=1)
        t, x, y, stations = t[got], x[got], y[got], stations[got]
        self.heard[k] = t
        n = len(t)
        dx, dy = v.off_by(t)
        speed, course = v.motion(t)
        course = course if self.coast.side > 0 else np.pi - course  # clockwise from north
        phase = self.rng.uniform(0, 2 * np.pi, (2, 1)) + 2 * np.pi * t / WANDER_S
        fix = FIX_M * np.sin(phase) + self.rng.normal(0, 1.5, (2, n))
        x, y = x + dx + fix[0], y + dy + fix[1]
        speed = np.maximum(np.round((speed / KNOT + self.rng.normal(0, 0.03, n)) * 10) / 10, 0.0) * KNOT
        wander = np.where(speed < 0.3 * KNOT, self.rng.uniform(-3, 3, n), self.rng.normal(0, 0.01, n))
        course = np.round(np.degrees(course + wander) % 360.0, 1)
        lat, lon = degrees(self.coast, x, y)
        static = np.zeros(n, bool)
        static[np.unique(np.floor((t + 13.7 * k % STATIC_S) / STATIC_S), return_index=True)[1]] = True
        return {
            "time": t, "lat": lat, "lon": lon, "speed": speed, "course": course, "vessel": np.full(n, k),
            "west": stations[:, 0], "both": np.asarray(stations.all(axis=1)), "static": static,
        }  # fmt: skip

    def _stations(self, x: Array, y: Array, t: Array, b: bool) -> Array:
        """(n, stations) who hears it."""
        heard = []
        for s, (sx, _) in enumerate(STATIONS):
            chance = self.curves[s][int(b)](np.hypot(x - sx, y))
            for station, begin, end in self.coast.outages:
                chance = np.where((station == s) & (t >= begin) & (t < end), 0.0, chance)
            heard.append(self.rng.random(len(t)) < chance)
        return np.stack(heard, axis=1)

    def inputs(self) -> Iterator[Input]:
        """In the order of time; a tick each second."""
        cuts = np.searchsorted(self.rows["time"], np.arange(RUN_S + 1))
        sectors: list[Sector] = []
        for second in range(RUN_S):
            if second % int(TURN_S) == 0:
                sectors = self._turn(float(second))
            while sectors and sectors[0].time - T0 <= second + 1:
                yield sectors.pop(0)
            if cuts[second + 1] > cuts[second]:
                yield self._batch(int(cuts[second]), int(cuts[second + 1]), float(second + 1))
            yield Tick(float(T0 + second + 1))

    def _batch(self, a: int, b: int, now: float) -> Batch:
        r = {name: column[a:b] for name, column in self.rows.items()}
        vessels = [self.coast.vessels[k] for k in r["vessel"].tolist()]
        rows = np.arange(b - a)
        twice, static = rows[r["both"]], rows[r["static"]]
        which = np.concatenate([rows, twice, static])
        kind = np.repeat(
            [ReportKind.AIS_POSITION, ReportKind.AIS_REPEAT, ReportKind.AIS_STATIC], [b - a, len(twice), len(static)]
        )
        first = np.where(r["west"], 0, 1)
        sensor = np.concatenate([first, np.ones(len(twice), int), first[static]])
        place = kind != ReportKind.AIS_STATIC
        n = len(which)
        reports = Reports.of(
            n, feed=sensor, offset=a * 3 + np.arange(n), time=T0 + r["time"][which], received=T0 + now, sensor=sensor,
            kind=kind, lat_deg=np.where(place, r["lat"][which], np.nan),
            lon_deg=np.where(place, r["lon"][which], np.nan),
            cov_ee=100.0, cov_en=0.0, cov_nn=100.0, speed=np.where(place, r["speed"][which], np.nan),
            course=np.where(place, np.radians(r["course"][which]), np.nan),
            heading=np.where(place, np.radians(np.round(r["course"][which])), np.nan), claim=np.arange(n),
            key=(np.uint64(a + 1) + which.astype(np.uint64)) * np.uint64(3) + (~place).astype(np.uint64),
        )  # fmt: skip
        of = [vessels[k] for k in which.tolist()]
        claims = Claims.of(
            n, mmsi=[v.mmsi for v in of], device=[v.device for v in of],
            status=np.where(place, [v.status if v.device == "A" else -1 for v in of], -1),
            ship_type=np.where(place, -1, [v.ship_type for v in of]),
            name=np.where(place, "", [f"V{v.mmsi}" for v in of]),
            bow=np.where(place, np.nan, [v.length / 2 for v in of]),
            stern=np.where(place, np.nan, [v.length / 2 for v in of]),
        )  # fmt: skip
        return Batch(reports, claims)

    def _turn(self, begin: float) -> list[Sector]:
        """One turn of the radar."""
        radar = sensors(self.coast)[2]
        x, y = self._places(begin + TURN_S / 2)
        near = np.flatnonzero(np.hypot(x, y) < RADAR_REACH)
        near = near[self.rng.random(len(near)) < DETECTION]
        lat, lon = degrees(self.coast, x[near], y[near])
        rho, theta = polar_of(radar.lat_deg, radar.lon_deg, radar.height, lat, lon)
        when = begin + theta % (2 * np.pi) / (2 * np.pi) * TURN_S
        for k, time in zip(near.tolist(), when.tolist(), strict=True):
            self.seen[k].append(time)
        x, y = self._places(when, near)
        lat, lon = degrees(self.coast, x, y)
        rho, theta = polar_of(radar.lat_deg, radar.lon_deg, radar.height, lat, lon)
        good = np.isfinite(rho) & np.isfinite(theta)
        rho = np.concatenate([rho[good], self.rng.uniform(1000, RADAR_REACH, CLUTTER)])
        theta = np.concatenate([theta[good], self.rng.uniform(0, 2 * np.pi, CLUTTER)])
        rho = rho + self.rng.normal(0, radar.range_sd, len(rho))
        theta = (theta + self.rng.normal(0, radar.bearing_sd, len(rho))) % (2 * np.pi)
        order = np.argsort(theta)
        rho, theta = rho[order], theta[order]
        edges = np.searchsorted(theta, np.linspace(0, 2 * np.pi, SECTORS + 1))
        return [
            self._sector(radar, k, begin, rho[edges[k] : edges[k + 1]], theta[edges[k] : edges[k + 1]])
            for k in range(SECTORS)
        ]

    def _sector(self, radar: Sensor, k: int, begin: float, rho: Array, theta: Array) -> Sector:
        over = T0 + begin + (k + 1) * TURN_S / SECTORS
        held = Held.of(
            len(rho), offset=int(begin) * 100 + 300 * k + np.arange(len(rho)),
            time=T0 + begin + theta / (2 * np.pi) * TURN_S,
            received=over, kind=ReportKind.PLOT, range=rho, bearing=theta, height=0.0, amplitude=-40.0,
        )  # fmt: skip
        start, end = k * 2 * np.pi / SECTORS, (k + 1) % SECTORS * 2 * np.pi / SECTORS
        return Sector(radar.index, over, over, start, end, to_reports(2, radar, held))

    def _places(self, t: float | Array, which: Array | None = None) -> tuple[Array, Array]:
        """x and y of all vessels, or of some, each at a time of its own."""
        ids = np.arange(len(self.coast.vessels)) if which is None else which
        times = np.broadcast_to(np.asarray(t, float), (len(ids),))
        x, y = np.empty(len(ids)), np.empty(len(ids))
        for row, (k, at) in enumerate(zip(ids.tolist(), times.tolist(), strict=True)):
            v = self.coast.vessels[k]
            here = v.t[0] <= at <= v.t[-1]
            x[row], y[row] = (np.interp(at, v.t, v.x), np.interp(at, v.t, v.y)) if here else (np.nan, np.nan)
        return x, y
