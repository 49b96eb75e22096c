"""Loops and paths -> where vessels are, how they move and when a beam meets them, one vessel at a time. Imports Numba.

A vessel runs along a closed loop for ever (see `ways`) or follows a path of its own (see `paths`); `Course` says which,
as flat columns. All in closed form: any time, in any order, in the same memory.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from mihari.core import geodesy
from mihari.core.columns import Array
from mihari.core.geodesy_kernels import axes_of, ecef_of
from mihari.core.kernels import inlined, kernel

A, E2 = geodesy.A, geodesy.E2
RAMP_S = 120.0  # a ferry needs this long to gather way and to stop
TURN = 2 * math.pi
FAR = 2000.0  # m: from here on where it was at north tells the beam's time well enough, to 1 % of a radian


class Courses(NamedTuple):
    """Columns of what moves. Per vessel `way` (-1: none) with its gait, `path` (-1: none); then loops and paths."""

    way: Array
    start: Array
    speed: Array
    depth: Array
    pulse: Array
    phase: Array
    stop_s: Array
    path: Array
    loop_lat: Array
    loop_lon: Array
    loop_first: Array
    loop_count: Array
    loop_step: Array
    path_time: Array
    path_lat: Array
    path_lon: Array
    path_lat_rate: Array
    path_lon_rate: Array
    path_course: Array
    path_lap: Array
    path_first: Array
    path_count: Array


@inlined
def _ramp(t: float) -> float:
    """Seconds of full speed that `t` s of gathering way are worth."""
    return max(t, 0.0) ** 2 / (2 * RAMP_S) if t < RAMP_S else t - RAMP_S / 2


@inlined
def _share(x: float) -> float:
    return min(max(x, 0.0), 1.0)


@kernel
def along_of(c: Courses, row: int, t: float) -> tuple[float, float]:
    """Metres along its loop and speed in m/s of a vessel `t` s after the start."""
    speed, stop = c.speed[row], c.stop_s[row]
    if math.isnan(stop):
        angle = c.pulse[row] * t + c.phase[row]
        along = c.start[row] + speed * t + speed * c.depth[row] / c.pulse[row] * math.sin(angle)
        return along, speed * (1 + c.depth[row] * math.cos(angle))
    way = c.way[row]
    half = c.loop_count[way] * c.loop_step[way] / 2
    cruise = half / speed
    leg_s = cruise + RAMP_S + stop
    legs = t / leg_s + c.phase[row] / math.pi
    whole = math.floor(legs)
    gone = (legs - whole) * leg_s
    along = whole * half + speed * (_ramp(gone) - _ramp(gone - cruise))
    return along, speed * (_share(gone / RAMP_S) - _share((gone - cruise) / RAMP_S))


@kernel
def _on_loop(c: Courses, row: int, t: float) -> tuple[float, float, float, float, float]:
    """lat_deg, lon_deg, and how both change per m, and the speed: Catmull-Rom splines (1974; tension 1/2)."""
    along, now = along_of(c, row, t)
    way = c.way[row]
    first, count, step = c.loop_first[way], c.loop_count[way], c.loop_step[way]
    place = (along / step) % count
    knot = min(int(place), count - 1)
    u = place - knot
    k0, k1 = first + (knot - 1) % count, first + knot
    k2, k3 = first + (knot + 1) % count, first + (knot + 2) % count
    w0, w1 = 0.5 * u * (-1 + u * (2 - u)), 0.5 * (2 + u * u * (3 * u - 5))
    w2, w3 = 0.5 * u * (1 + u * (4 - 3 * u)), 0.5 * u * u * (u - 1)
    d0, d1 = 0.5 * (-1 + u * (4 - 3 * u)) / step, 0.5 * u * (9 * u - 10) / step
    d2, d3 = 0.5 * (1 + u * (8 - 9 * u)) / step, 0.5 * u * (3 * u - 2) / step
    lat, lon = c.loop_lat, c.loop_lon
    return (
        w0 * lat[k0] + w1 * lat[k1] + w2 * lat[k2] + w3 * lat[k3],
        w0 * lon[k0] + w1 * lon[k1] + w2 * lon[k2] + w3 * lon[k3],
        d0 * lat[k0] + d1 * lat[k1] + d2 * lat[k2] + d3 * lat[k3],
        d0 * lon[k0] + d1 * lon[k1] + d2 * lon[k2] + d3 * lon[k3],
        now,
    )


@kernel
def _on_path(c: Courses, row: int, t: float) -> tuple[float, float, float, float, float]:
    """lat_deg, lon_deg, both per s, and the course in rad where it lies still: a cubic Hermite curve over time."""
    path = c.path[row]
    first, count, lap = c.path_first[path], c.path_count[path], c.path_lap[path]
    if lap > 0.0:
        t = c.path_time[first] + (t - c.path_time[first]) % lap
    low, high = 0, count  # the last knot at or before t is low - 1
    while low < high:
        middle = (low + high) // 2
        if c.path_time[first + middle] <= t:
            low = middle + 1
        else:
            high = middle
    before, after = first + max(low - 1, 0), first + min(low, count - 1)
    a, b, c1, d1 = c.path_lat[before], c.path_lon[before], c.path_lat_rate[before], c.path_lon_rate[before]
    if before == after or low == 0:
        since = t - c.path_time[before]
        return a + c1 * since, b + d1 * since, c1, d1, c.path_course[before]
    span = c.path_time[after] - c.path_time[before]
    u = (t - c.path_time[before]) / span
    h, g = u * u * (3 - 2 * u), u * (1 - u)
    rise_lat, rise_lon = c.path_lat[after] - a, c.path_lon[after] - b
    lat = a + h * rise_lat + g * span * ((1 - u) * c1 - u * c.path_lat_rate[after])
    lon = b + h * rise_lon + g * span * ((1 - u) * d1 - u * c.path_lon_rate[after])
    p, q, r = 6 * g / span, (1 - u) * (1 - 3 * u), u * (3 * u - 2)
    lat_rate = p * rise_lat + q * c1 + r * c.path_lat_rate[after]
    lon_rate = p * rise_lon + q * d1 + r * c.path_lon_rate[after]
    return lat, lon, lat_rate, lon_rate, c.path_course[before]


@kernel
def state_of(c: Courses, row: int, t: float) -> tuple[float, float, float, float, float]:
    """lat_deg, lon_deg, m/s east and north, course in rad of a vessel `t` s after the start."""
    moving = 1.0
    if c.path[row] >= 0:
        lat_deg, lon_deg, dlat, dlon, still = _on_path(c, row, t)
    else:
        lat_deg, lon_deg, dlat, dlon, moving = _on_loop(c, row, t)
        still = 0.0
    lat = math.radians(lat_deg)
    curvature = math.sqrt(1 - E2 * math.sin(lat) ** 2)
    north = math.radians(dlat) * A * (1 - E2) / curvature**3  # meridian radius, NIMA TR8350.2
    east = math.radians(dlon) * A / curvature * math.cos(lat)
    course = still if east == 0.0 and north == 0.0 else math.atan2(east, north) % TURN
    return lat_deg, lon_deg, east * moving, north * moving, course


@kernel
def states_of(c: Courses, rows: Array, t: Array) -> Array:
    """(6, n): lat_deg, lon_deg in [-180, 180), m/s east and north, speed in m/s, course in rad, of rows at their times.

    Shapes: rows, t (n,); t in s after the start.
    """
    out = np.empty((6, len(rows)))
    for k in range(len(rows)):
        lat, lon, east, north, course = state_of(c, rows[k], t[k])
        out[0, k], out[1, k] = lat, (lon + 180.0) % 360.0 - 180.0
        out[2, k], out[3, k], out[4, k], out[5, k] = east, north, math.hypot(east, north), course
    return out


@kernel
def _polar(antenna: Any, lat_deg: float, lon_deg: float) -> tuple[float, float]:
    """Slant range in m and bearing in rad of a place at sea level, seen from an antenna's frame of nine numbers."""
    x, y, z = ecef_of(math.radians(lat_deg), math.radians(lon_deg))
    dx, dy, dz = x - antenna[0], y - antenna[1], z - antenna[2]
    east = dx * antenna[3] + dy * antenna[4] + dz * antenna[5]
    north = dx * antenna[6] + dy * antenna[7] + dz * antenna[8]
    return math.sqrt(dx * dx + dy * dy + dz * dz), math.atan2(east, north) % TURN


@kernel
def _antenna(lat_deg: float, lon_deg: float, height: float) -> Any:
    """Place, east and north of an antenna `height` m above the ellipsoid, ECEF: nine numbers."""
    lat, lon = math.radians(lat_deg), math.radians(lon_deg)
    x, y, z = ecef_of(lat, lon)
    ex, ey, ez, nx, ny, nz = axes_of(lat, lon)
    level = height * math.cos(lat)
    return (x + level * math.cos(lon), y + level * math.sin(lon), z + height * math.sin(lat), ex, ey, ez, nx, ny, nz)


@kernel
def swept_by(
    c: Courses,
    rows: Array,
    north: float,
    period: float,
    bias: float,
    lat_deg: float,
    lon_deg: float,
    height: float,
    carrier: int,
) -> Array:
    """(3, n): slant range m, true bearing rad and time (s after the start) at which a turn's beam meets each vessel.

    The turn passes what it takes for north at `north` s and takes `period` s; a vessel moves while the beam comes
    round. The radar takes true bearing + `bias` for the bearing. The antenna stands at lat_deg, lon_deg, `height` m, or
    on the vessel `carrier` (-1: none), `height` m above the water.
    """
    out = np.empty((3, len(rows)))
    antenna = _antenna(lat_deg, lon_deg, height)
    for k in range(len(rows)):
        time = north
        slant, bearing = 0.0, 0.0
        for again in range(3):
            if again == 2 and slant > FAR:
                break
            if carrier >= 0:
                at_lat, at_lon, _, _, _ = state_of(c, carrier, time)
                antenna = _antenna(at_lat, at_lon, height)
            lat, lon, _, _, _ = state_of(c, rows[k], time)
            slant, bearing = _polar(antenna, lat, lon)
            if again < 2:
                time = north + ((bearing + bias) % TURN) / TURN * period
        out[0, k], out[1, k], out[2, k] = slant, bearing, time
    return out


@kernel
def seen_from(c: Courses, rows: Array, t: Array, lat_deg: float, lon_deg: float, height: float, carrier: int) -> Array:
    """(2, n): slant range m and bearing rad of vessels at times `t` (n,) s after the start; see `swept_by`."""
    out = np.empty((2, len(rows)))
    antenna = _antenna(lat_deg, lon_deg, height)
    for k in range(len(rows)):
        if carrier >= 0:
            at_lat, at_lon, _, _, _ = state_of(c, carrier, t[k])
            antenna = _antenna(at_lat, at_lon, height)
        lat, lon, _, _, _ = state_of(c, rows[k], t[k])
        out[0, k], out[1, k] = _polar(antenna, lat, lon)
    return out
