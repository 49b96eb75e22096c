"""TRK-16, TRK-17: how much of a radar's bias is left after ten minutes of AIS. Made up, seeded.

A straight coast with two radars 20 km apart that look out to sea; one reads 60 m far and 0.5° right, the other is true.
200 vessels go their ways in what both of them see together; four in five tell their place every 10 s, with a satellite
receiver's error of 10 m per axis that wanders within a minute. One of them lies: it tells a place that drifts about
400 m away. The tracker is told nothing of the biases. What is left over is the difference between what its plots are
set right by and the truth.
"""

from __future__ import annotations

import math
import statistics
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Any, NamedTuple

import numpy as np

from benchmarks.harness import Row, report
from mihari.core import geodesy
from mihari.core.columns import Array
from mihari.core.reports import Batch, Claims, Input, ReportKind, Reports, Sector, Subject, Tick
from mihari.core.sensor import Sensor, SensorKind
from mihari.tracks import Tracker

SEEDS = tuple(range(1, 11))
ORIGIN, T0 = (26.2, 127.6), 1_700_000_000.0
RADARS = np.array([[-10_000.0, 0.0], [10_000.0, 0.0]])  # m east, north of the origin; the sea is to the north
BIAS = ((60.0, math.radians(0.5)), (0.0, 0.0))
RANGE_MAX, RANGE_SD, BEARING_SD, DETECTION, PERIOD = 24_000.0, 8.0, math.radians(0.15), 0.9, 2.5
VESSELS, WITH_AIS, INTERVAL, GNSS, WANDERS = 200, 0.8, 10.0, 10.0, 60.0
FALSE, SECTORS = 60, 4  # false plots a turn of the half disc; sectors of the half turn
BARS = {"TRK-16": 10.0, "TRK-17": 0.05}


class Fleet(NamedTuple):
    """(n, 2) m and m/s at the beginning, (n,) rates of turn in rad/s; `mmsi` 0 without AIS, `liar` its row."""

    place: Array
    velocity: Array
    turn: Array
    mmsi: Array
    liar: int

    def at(self, time: float) -> tuple[Array, Array]:
        """Places and velocities after `time` s: circles, straight ways where the rate is nought."""
        angle = self.turn * time
        sin, cos = np.sin(angle), np.cos(angle)
        u, v = self.velocity.T
        velocity = np.column_stack([u * cos + v * sin, v * cos - u * sin])
        rate = np.where(np.abs(self.turn) > 1e-9, self.turn, 1.0)
        arc = np.column_stack([u * sin + v * (1 - cos), v * sin - u * (1 - cos)]) / rate[:, None]
        straight = np.abs(self.turn)[:, None] <= 1e-9
        return self.place + np.where(straight, self.velocity * time, arc), velocity


def fleet(rng: np.random.Generator, vessels: int = VESSELS) -> Fleet:
    """Vessels in the sea that the radars see, a third of them slow or at rest."""
    place = np.column_stack([rng.uniform(-26_000, 26_000, 8 * vessels), rng.uniform(1000, 22_000, 8 * vessels)])
    near = np.min([np.hypot(*(place - radar).T) for radar in RADARS], axis=0)
    place = place[near < 0.9 * RANGE_MAX][:vessels]
    speed = np.where(rng.random(vessels) < 0.3, rng.uniform(0, 1, vessels), rng.gamma(6.0, 1.0, vessels))
    course = rng.uniform(0, 2 * math.pi, vessels)
    turn = np.where(rng.random(vessels) < 0.3, rng.normal(0, math.radians(0.2), vessels), 0.0)
    mmsi = np.where(rng.random(vessels) < WITH_AIS, 431_000_000 + np.arange(vessels), 0)
    velocity = speed[:, None] * np.column_stack([np.sin(course), np.cos(course)])
    return Fleet(place, velocity, turn, mmsi, int(np.flatnonzero(mmsi)[0]))


def sensors() -> list[Sensor]:
    """Both radars and the AIS station."""
    plane = geodesy.TangentPlane.at(*ORIGIN)
    lat, lon = geodesy.from_plane(plane, *RADARS.T)
    figures: dict[str, Any] = {
        "range_min": 500.0,
        "range_max": RANGE_MAX,
        "range_sd": RANGE_SD,
        "bearing_sd": BEARING_SD,
    }
    density = FALSE / (math.pi / 2 * RANGE_MAX**2)
    radars = [
        Sensor(
            k, name, SensorKind.RADAR, lat[k], lon[k], **figures, period=PERIOD, detection=DETECTION, clutter=density
        )
        for k, name in enumerate(("west", "east"))
    ]
    return [*radars, Sensor(2, "station", SensorKind.AIS, *ORIGIN)]


def degrees(places: Array) -> tuple[Array, Array]:
    """Latitude and longitude of (n, 2) m."""
    return geodesy.from_plane(geodesy.TangentPlane.at(*ORIGIN), places[:, 0], places[:, 1])


def swept(
    radar: Sensor, bias: tuple[float, ...], fleet: Fleet, start: float, sector: int, rng: np.random.Generator
) -> Sector:
    """An eighth of a turn, from west over north to east; each plot has its own time. `bias`: m, rad, and s if told."""
    width = math.pi / SECTORS
    first = -math.pi / 2 + sector * width
    time = start + sector * PERIOD / (2 * SECTORS)
    places, velocity = fleet.at(time)
    away, bearing = geodesy.polar_of(radar.lat_deg, radar.lon_deg, 0.0, *degrees(places))
    bearing = (bearing + math.pi) % (2 * math.pi) - math.pi
    inside = (first <= bearing) & (bearing < first + width) & (radar.range_min < away) & (away < RANGE_MAX)
    seen = np.flatnonzero(inside & (rng.random(len(away)) < DETECTION))
    late = (bearing[seen] - first) / width * PERIOD / (2 * SECTORS)
    away, bearing = geodesy.polar_of(
        radar.lat_deg, radar.lon_deg, 0.0, *degrees(places[seen] + velocity[seen] * late[:, None])
    )
    more = rng.poisson(FALSE / SECTORS)
    ranges = np.append(
        away + rng.normal(0, RANGE_SD, len(seen)), np.sqrt(rng.uniform(radar.range_min**2, RANGE_MAX**2, more))
    )
    bearings = np.append(bearing + rng.normal(0, BEARING_SD, len(seen)), rng.uniform(first, first + width, more))
    late = np.append(late, rng.uniform(0, PERIOD / (2 * SECTORS), more))
    ranges, bearings = ranges + bias[0], (bearings + bias[1]) % (2 * math.pi)
    given = (radar.lat_deg, radar.lon_deg, 0.0, ranges, bearings)
    lat, lon = geodesy.plot_position(*given)[:2]
    ee, en, nn = geodesy.plot_covariance(*given, RANGE_SD, BEARING_SD)[:3]
    clock = T0 + time + (bias[2] if len(bias) > 2 else 0.0)
    plots = Reports.of(
        len(ranges), time=clock + late, received=clock, sensor=radar.index, kind=ReportKind.PLOT, lat_deg=lat,
        lon_deg=lon, cov_ee=ee, cov_en=en, cov_nn=nn, range=ranges, bearing=bearings,
    )  # fmt: skip
    end = clock + PERIOD / (2 * SECTORS)
    return Sector(radar.index, end, end, first % (2 * math.pi), (first + width) % (2 * math.pi), plots)


class Said(NamedTuple):
    """What satellite receivers are off by, (n, 2) m."""

    off: Array

    def after(self, step: float, rng: np.random.Generator) -> Said:
        """A first-order walk back to nought."""
        keep = math.exp(-step / WANDERS)
        return Said(keep * self.off + math.sqrt(1 - keep * keep) * rng.normal(0, GNSS, self.off.shape))


def spoken(fleet: Fleet, rows: Array, time: float, said: Said, lie: Array) -> Batch:
    """The AIS of some vessels; `lie`: (n, 2) m that each adds to its place on purpose."""
    places, velocity = fleet.at(time)
    places, velocity = (places + said.off + lie)[rows], velocity[rows]
    lat, lon = degrees(places)
    reports = Reports.of(
        len(rows), time=T0 + time, received=T0 + time, sensor=2, kind=ReportKind.AIS_POSITION, lat_deg=lat, lon_deg=lon,
        speed=np.hypot(*velocity.T), course=np.arctan2(velocity[:, 0], velocity[:, 1]) % (2 * math.pi),
        claim=np.arange(len(rows)),
    )  # fmt: skip
    claims = Claims.of(len(rows), mmsi=fleet.mmsi[rows], subject=Subject.VESSEL, device="A", status=0)
    return Batch(reports, claims)


def inputs(
    seed: int,
    seconds: float = 600.0,
    liars: float = 0.0,
    bias: tuple[tuple[float, ...], ...] = BIAS,
    silent_from: float = math.inf,
) -> Iterator[Input]:
    """All that the sensors send. `liars`: share of the vessels with AIS that lie alike; 0: the one of the bars.

    Vessels that begin farther east than `silent_from` m tell nothing.
    """
    rng = np.random.default_rng(seed)
    boats, radars = fleet(rng), sensors()[:2]
    boats = boats._replace(mmsi=np.where(boats.place[:, 0] < silent_from, boats.mmsi, 0))
    said, lie = Said(rng.normal(0, GNSS, (VESSELS, 2))), np.zeros((VESSELS, 2))
    lying = (boats.mmsi > 0) & (rng.random(VESSELS) < liars)
    lying[boats.liar] = True
    phase = rng.uniform(0, INTERVAL, VESSELS)
    for k in range(int(seconds / PERIOD)):
        now, events = k * PERIOD, list[tuple[float, Input]]()
        said = said.after(PERIOD, rng)
        angle = 2 * math.pi * now / 900.0
        lie[lying] = [300.0 + 100.0 * math.sin(angle), 200.0 * math.cos(angle)]
        due = np.flatnonzero(
            (boats.mmsi > 0) & (np.floor((now + PERIOD - phase) / INTERVAL) > np.floor((now - phase) / INTERVAL))
        )
        for row in due.tolist():
            time = float(phase[row] + INTERVAL * math.floor((now + PERIOD - phase[row]) / INTERVAL))
            events.append((time, spoken(boats, np.array([row]), time, said, lie)))
        for radar, start in zip(radars, (now, now + 0.4 * PERIOD), strict=True):
            for sector in range(SECTORS):
                one = swept(radar, bias[radar.index], boats, start, sector, rng)
                events.append((one.time - T0, one))
        events.append((now + PERIOD, Tick(T0 + now + PERIOD)))
        yield from (one for _, one in sorted(events, key=lambda event: event[0]))


def left_over(seed: int) -> list[tuple[float, float]]:
    """m and degrees that are left of each radar's bias."""
    tracker = Tracker(sensors())
    for given in inputs(seed):
        tracker.step(given)
    known = tracker.registered()
    return [
        (abs(known[k].range_bias - far), math.degrees(abs(known[k].bearing_bias - right)))
        for k, (far, right) in enumerate(BIAS)
    ]


def rows(workers: int = 2) -> list[Row]:
    """Both rows: the worse radar's median over the seeds."""
    with ProcessPoolExecutor(workers) as pool:
        runs = np.array(list(pool.map(left_over, SEEDS)))
    told = []
    for column, (name, unit) in enumerate((("TRK-16", "m of range"), ("TRK-17", "° of azimuth"))):
        each = runs[:, :, column]
        worst = max(statistics.median(each[:, k].tolist()) for k in range(2))
        spread = ", ".join(
            f"{sensor} {np.median(each[:, k]):.3g} ({each[:, k].min():.2g} to {each[:, k].max():.2g})"
            for k, sensor in enumerate(("the biased radar", "the true one"))
        )
        told.append(
            Row(name, f"bias left over, {unit}, {len(SEEDS)} seeds: {spread}", worst, None, worst, BARS[name], "<=")
        )
    return told


if __name__ == "__main__":
    sys.exit(report(rows()))
