"""How many false plots a radar gives, learned in rings of range while it turns; and a radar as kernels take it.

The density of false plots per m² and turn, by range: plots that no track explains, over the area swept. It starts from
the sensor's own figure, which counts as `clutter_weight` plots per ring. What comes of tracks at each place is learned
beside it, see `lasting`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from mihari.core.columns import Array
from mihari.core.geodesy_kernels import frame_of
from mihari.core.kernels import lean
from mihari.core.sensor import BEARINGS, Sensor, SensorKind
from mihari.tracks import lasting, registration
from mihari.tracks.settings import TrackerSettings

RINGS = 24  # of equal width: 1 NM at a range of 24 NM
LEAST = 1e-10  # false plots per m² and turn: one in 10,000 km²
LEARNED = ("edges", "plots", "area_seen", "turns", "moving", "stood", *lasting.LEARNED, *registration.LEARNED)
OF_PLOTS = (SensorKind.RADAR, SensorKind.LIDAR, SensorKind.PERSON, SensorKind.IMAGER)
OF_NUMBERS = (*BEARINGS, SensorKind.RANGER)
SETTLE = 2.0  # turns in which each vessel in cover begins its track: nothing is learned from their plots

# A sensor: `frame` is its plane, `kind` 0 where none is known under this index, `placed` 0 or 1.
RADAR = np.dtype(
    [
        ("kind", "i8"),
        ("placed", "i8"),
        ("frame", "f8", (9,)),  # where it is, or was at its last look
        ("home", "f8", (9,)),  # where it is unless a look tells otherwise
        ("stood", "f8", (9,)),  # where it was when a look last told
        ("moving", "i8"),  # 1: a look has told where it was
        ("range_half", "f8"),
        ("hull", "f8"),
        ("latency", "f8"),
        ("range_min", "f8"),
        ("range_max", "f8"),
        ("range_sd", "f8"),
        ("bearing_sd", "f8"),
        ("period", "f8"),
        ("detection", "f8"),
        ("unknown", "f8"),  # vessels not yet tracked, per m²
        ("turns", "f8"),  # that it has looked
        ("edges", "f8", (RINGS + 1,)),  # m, of the rings
        ("area", "f8", (RINGS,)),  # m²
        ("plots", "f8", (RINGS,)),  # false plots seen, fading
        ("area_seen", "f8", (RINGS,)),  # m² swept, fading
        ("fresh", "f8", (RINGS,)),  # room for one sector's
        *lasting.FIELDS,
        *registration.FIELDS,
    ]
)


def radars_of(sensors: Iterable[Sensor], columns: int, settings: TrackerSettings, before: Array) -> Array:
    """(columns,) of RADAR by sensor index; what was learned of the radars of `before` is kept."""
    radars = np.zeros(columns, RADAR)
    for sensor in sensors:
        radar = radars[sensor.index]
        for name in ("kind", "placed", "range_min", "range_max", "range_sd", "bearing_sd", "period", "detection"):
            radar[name] = getattr(sensor, name)
        for name in ("range_half", "hull", "latency"):
            radar[name] = getattr(sensor, name)
        if sensor.placed:
            radar["frame"] = radar["home"] = frame_of(math.radians(sensor.lat_deg), math.radians(sensor.lon_deg))
        if sensor.kind in OF_PLOTS:
            registration.start_anew(radar)
            radar["edges"] = np.linspace(sensor.range_min, sensor.range_max, RINGS + 1)
            radar["plots"] = settings.clutter_weight
            share = settings.birth_told if sensor.kind == SensorKind.PERSON else settings.birth
            radar["unknown"] = share * max(sensor.clutter, LEAST)
            radar["area_seen"] = max(settings.clutter_weight / max(sensor.clutter, LEAST), 1.0)
        elif sensor.kind in OF_NUMBERS:  # rings are directions of a camera; false reports are per rad or m
            last = 2 * math.pi if sensor.kind in BEARINGS else sensor.range_max
            radar["edges"] = np.linspace(0.0, last, RINGS + 1)
            radar["plots"] = settings.clutter_weight
            radar["area_seen"] = settings.clutter_weight / max(sensor.clutter, LEAST)
    for index in learned_by(before):
        for name in LEARNED if index < columns else ():
            radars[name][index] = before[name][index]
    moving = radars["moving"] == 1
    radars["frame"][moving], radars["placed"][moving] = radars["stood"][moving], 1
    numbers = np.isin(radars["kind"], OF_NUMBERS)
    edges = radars["edges"]
    radars["area"] = np.where(numbers[:, None], np.diff(edges, axis=1), math.pi * np.diff(edges**2, axis=1))
    return radars


@lean
def stand(radar: Any, lat_deg: float, lon_deg: float) -> None:
    """The sensor is where its look tells, else (NaN) at its own place."""
    frame, home, stood = radar.frame, radar.home, radar.stood
    if math.isfinite(lat_deg):
        told = frame_of(math.radians(lat_deg), math.radians(lon_deg))
        for k in range(9):
            frame[k] = stood[k] = told[k]
        radar.moving = radar.placed = 1
    elif radar.moving == 1 and home[0] * home[0] + home[1] * home[1] + home[2] * home[2] > 0.0:
        for k in range(9):
            frame[k] = stood[k] = home[k]


def learned_by(radars: Array) -> list[int]:
    """The indices of the radars that have learned something."""
    return [int(k) for k in np.flatnonzero(radars["edges"][:, -1] > 0)]


@lean
def ring_of(radar: Any, distance: float) -> int:
    """The ring of a range in m; the first or last where it lies outside."""
    edges = radar.edges
    k = int(RINGS * (distance - edges[0]) / (edges[RINGS] - edges[0]))
    k = min(max(k, 0), RINGS - 1)
    while k > 0 and distance < edges[k]:
        k -= 1
    while k < RINGS - 1 and distance >= edges[k + 1]:
        k += 1
    return k


@lean
def density(radar: Any, ring: int) -> float:
    """False plots per m² and turn in a ring."""
    return float(max(radar.plots[ring] / radar.area_seen[ring], LEAST))


@lean
def learn(radar: Any, plots: Array, unclaimed: Array, half: float, turns: float) -> None:
    """Takes one sector in, `half` its half width in rad: `unclaimed` is the probability that a plot is no track's."""
    turn = min(half / math.pi, 1.0)
    radar.turns += turn
    if radar.turns <= SETTLE:
        return
    keep = math.exp(-turn / turns)
    fresh, seen, swept, area = radar.fresh, radar.plots, radar.area_seen, radar.area
    for k in range(RINGS):
        fresh[k] = 0.0
    for j in range(len(plots)):
        fresh[plots[j].ring] += unclaimed[j]
    for k in range(RINGS):
        seen[k] = keep * seen[k] + fresh[k]
        swept[k] = keep * swept[k] + turn * area[k]
