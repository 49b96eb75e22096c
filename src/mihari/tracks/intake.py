"""Reports as they come -> the records that kernels take, one by one; what cannot be used is counted by reason.

Row by row in kernels: NumPy's sine may differ in the last bit with the length of the array, and results must not depend
on how many reports come at once.
"""

from __future__ import annotations

import math
from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np

from mihari.core.columns import Array
from mihari.core.geodesy_kernels import E2, A, frame_of, to_plane
from mihari.core.kernels import kernel, lean
from mihari.core.reports import Claims, ReportKind, Reports, Subject
from mihari.tracks.clutter import density, ring_of

PLOT_KIND, POSITION_KIND = int(ReportKind.PLOT), int(ReportKind.AIS_POSITION)
STATIC_KIND, TRANSPONDER_KIND = int(ReportKind.AIS_STATIC), int(ReportKind.TRANSPONDER)
TRACK_KIND, AIRCRAFT = int(ReportKind.RADAR_TRACK), int(Subject.AIRCRAFT)
REPEAT_KIND = int(ReportKind.AIS_REPEAT)
BEARING_KIND, AREA_KIND = int(ReportKind.BEARING), int(ReportKind.AREA)
MOVING = (Subject.VESSEL, Subject.AIRCRAFT, Subject.SART, Subject.MOB, Subject.EPIRB)
TRACKED = tuple(s in MOVING for s in Subject)
KNOT = 1852.0 / 3600.0
CLASS_A = ord("A")


class Ignored(IntEnum):
    """Why a report is not used; `REASONS` has the words."""

    NONE = 0
    UNKNOWN_SENSOR = 1
    OTHER_SENSOR = 2
    NO_PLACE = 3
    NO_TIME = 4
    AHEAD = 5
    NO_PLOT = 6
    NO_POSITION = 7
    OUTSIDE = 8
    STATIC = 9
    TRANSPONDER = 10
    RADAR_TRACK = 11
    NO_SECTOR = 12
    UNKNOWN_KIND = 13
    NO_VESSEL = 14
    NO_ROOM = 15
    WITNESS = 16
    NO_VALUE = 17
    NO_VARIANCE = 18
    NOT_ITS_KIND = 19
    NO_NORTH = 20


REASONS = (
    *("", "unknown sensor", "not a maritime radar", "radar without a place", "no time", "ahead of time"),
    *("not a plot", "no position", "outside its sector's time", "static", "transponder", "radar track"),
    *("plot without a sector", "unknown kind", "not a vessel", "given up for room", "witness"),
    *("no bearing or range", "no variance", "not what its sensor measures", "observer at no place or a pole"),
)
# Numbers as kernels take them
_UNKNOWN, _OTHER, _NO_PLACE, _NO_TIME, _AHEAD, _NO_PLOT, _NO_POSITION, _OUTSIDE = range(1, 9)
_STATIC, _TRANSPONDER, _RADAR_TRACK, _NO_SECTOR, _UNKNOWN_KIND, _NO_VESSEL = range(9, 15)
_WITNESS, _NO_NORTH = int(Ignored.WITNESS), int(Ignored.NO_NORTH)
LOOKING = (1, 4, 5, 6, 7, 8, 9, 10)  # SensorKind: all but AIS and air radar


class Given(NamedTuple):
    """The columns of reports and claims that the tracker reads; `device` as code points, `water` 0 on land.

    `water` may be empty: all is water.
    """

    kind: Array
    time: Array
    lat_deg: Array
    lon_deg: Array
    cov_ee: Array
    cov_en: Array
    cov_nn: Array
    speed: Array
    course: Array
    sensor: Array
    claim: Array
    range: Array
    bearing: Array
    range_var: Array
    bearing_var: Array
    mmsi: Array
    subject: Array
    device: Array
    status: Array
    water: Array


# Measured: `place` in ECEF, m; `axes` east and north there; `covariance` in these axes, ee, en, nn, m²; `time` UTC s;
# `lat`, `lon` in rad; `row` in the reports of its input.
MEASURED = [
    *(("place", "f8", (3,)), ("axes", "f8", (6,)), ("covariance", "f8", (3,)), ("time", "f8")),
    *(("lat", "f8"), ("lon", "f8"), ("row", "i8")),
]
# A plot: `x`, `y` are m east and north of the radar, `clutter` the density of false plots and `unknown` that of
# vessels not yet tracked, per m², in its `ring` of range, `water` 0 on land.
PLOT = np.dtype(
    [
        *MEASURED,
        ("x", "f8"),
        ("y", "f8"),
        ("ring", "i8"),
        ("clutter", "f8"),
        ("unknown", "f8"),
        ("water", "i8"),
        ("sd", "f8"),
    ]
)
# An AIS position: `east`, `north` the velocity told in m/s (NaN absent) in its own axes, `sensor` the receiving station
# (-1 unknown), `mmsi` 0 unknown, `interval` the expected time between reports in s, `fastest` in m/s.
TOLD = np.dtype(
    [
        *MEASURED,
        ("east", "f8"),
        ("north", "f8"),
        ("sensor", "i8"),
        ("mmsi", "i8"),
        ("interval", "f8"),
        ("fastest", "f8"),
    ]
)


def given_of(reports: Reports, claims: Claims, water: Array) -> Given:
    """The columns of one batch, nothing copied where they lie in one piece."""
    place = ("kind", "time", "lat_deg", "lon_deg", "cov_ee", "cov_en", "cov_nn", "speed", "course", "sensor", "claim")
    names = (*place, "range", "bearing", "range_var", "bearing_var")
    told = ("mmsi", "subject", "device", "status")
    columns = {name: getattr(reports, name) for name in names} | {name: getattr(claims, name) for name in told}
    columns |= {"device": _whole(claims.device).view(np.uint32), "water": water}
    return Given(**{name: _whole(values) for name, values in columns.items()})


def _whole(values: Array) -> Array:
    """In one piece and read-only: the one type that kernels are compiled for."""
    if not values.flags.c_contiguous:
        values = np.ascontiguousarray(values)
    view = values.view()
    view.flags.writeable = False
    return view


@lean
def placed(lat_deg: float, lon_deg: float) -> bool:
    """Whether that is a position."""
    return bool(abs(lat_deg) <= 90.0 and abs(lon_deg) <= 360.0)


@lean
def plot_refused(kind: int, time: float, lat_deg: float, lon_deg: float, sector_time: float, within: float) -> int:
    """Why a report is no plot of a sector, its own time at most `within` s from the sector's; 0 if it is one."""
    if kind != PLOT_KIND:
        return _NO_PLOT
    if not math.isfinite(time):
        return _NO_TIME
    if not placed(lat_deg, lon_deg):
        return _NO_POSITION
    return 0 if abs(time - sector_time) <= within else _OUTSIDE


@lean
def position_refused(kind: int, subject: int, time: float, lat_deg: float, lon_deg: float, latest: float) -> int:
    """Why a report is no AIS position of what moves, stamped at `latest` or before; 0 if it is one."""
    if kind == STATIC_KIND:
        return _STATIC
    if kind == TRANSPONDER_KIND:
        return _TRANSPONDER
    if kind == TRACK_KIND:
        return _RADAR_TRACK
    if kind == PLOT_KIND or BEARING_KIND <= kind <= AREA_KIND:
        return _NO_SECTOR
    if kind == REPEAT_KIND:
        return _WITNESS
    if kind != POSITION_KIND:
        return _UNKNOWN_KIND
    if subject >= len(TRACKED) or not TRACKED[subject]:
        return _NO_VESSEL
    if not math.isfinite(time):
        return _NO_TIME
    if not placed(lat_deg, lon_deg):
        return _NO_POSITION
    return _AHEAD if time > latest else 0


@lean
def sector_refused(
    radars: Array, sensor: int, time: float, latest: float, lat_deg: float = math.nan, lon_deg: float = math.nan
) -> int:
    """Why a look cannot be used; 0 if it can. The place is the one told with it, NaN: none."""
    if sensor < 0 or sensor >= len(radars) or radars[sensor].kind == 0:
        return _UNKNOWN
    kind = radars[sensor].kind
    if kind not in LOOKING:
        return _OTHER
    told = not (math.isnan(lat_deg) and math.isnan(lon_deg))
    if told and not (placed(lat_deg, lon_deg) and abs(lat_deg) < 89.999):  # bearings are from north
        return _NO_NORTH
    if not told and not radars[sensor].placed and kind != 7:  # SensorKind.PERSON tells where the vessel is
        return _NO_PLACE
    if not math.isfinite(time):
        return _NO_TIME
    return _AHEAD if time > latest else 0


@lean
def put_measured(p: Any, row: int, time: float, lat_deg: float, lon_deg: float) -> None:
    """Place, axes and time of a report into record p."""
    p.lat, p.lon = math.radians(lat_deg), math.radians(lon_deg)
    frame = frame_of(p.lat, p.lon)
    for k in range(3):
        p.place[k] = frame[k]
    for k in range(6):
        p.axes[k] = frame[3 + k]
    p.time, p.row = time, row


@lean
def put_covariance(p: Any, told: Any, ee: float, en: float, nn: float, least: float) -> None:
    """The covariance told, or else the one handed in where that is absent, not positive or not finite; m²."""
    a, b, d = told
    if a > 0.0 and d > 0.0 and a + d < 1e12 and a * d > b * b:  # not so for NaN
        ee, en, nn = a, b, d
    more = max(least - min(ee, nn), 0.0)
    p.covariance[0], p.covariance[1], p.covariance[2] = ee + more, en, nn + more


@lean
def put_on_radar(p: Any, radar: Any, told: Any) -> None:
    """A plot's place seen from its radar, its covariance (as told, else the radar's) and the clutter there."""
    f = radar.frame
    dx, dy, dz = p.place[0] - f[0], p.place[1] - f[1], p.place[2] - f[2]
    p.x, p.y = dx * f[3] + dy * f[4] + dz * f[5], dx * f[6] + dy * f[7] + dz * f[8]
    if radar.bias[0] != 0.0 or radar.bias[1] != 0.0 or radar.bias[2] != 0.0:
        set_right(p, radar)
    distance = math.sqrt(p.x * p.x + p.y * p.y)
    sin, cos = (p.x / distance, p.y / distance) if distance > 0.0 else (0.0, 1.0)
    along, across = radar.range_sd**2, (distance * radar.bearing_sd) ** 2
    ee, nn = along * sin * sin + across * cos * cos, along * cos * cos + across * sin * sin
    put_covariance(p, told, ee, (along - across) * sin * cos, nn, 1.0)
    along, across = radar.left[0], distance * distance * radar.left[1]
    p.covariance[0] += along * sin * sin + across * cos * cos
    p.covariance[1] += (along - across) * sin * cos
    p.covariance[2] += along * cos * cos + across * sin * sin
    p.ring = ring_of(radar, distance)
    p.clutter, p.unknown = density(radar, p.ring), radar.unknown
    p.sd = math.sqrt(p.covariance[0] + p.covariance[2])


@lean
def set_right(p: Any, radar: Any) -> None:
    """Takes a radar's known bias out of a plot: its place seen from the radar, on Earth, and its time."""
    f, axes, bias = radar.frame, p.axes, radar.bias
    away, bearing = math.sqrt(p.x * p.x + p.y * p.y) - bias[0], math.atan2(p.x, p.y) - bias[1]
    dx, dy = away * math.sin(bearing) - p.x, away * math.cos(bearing) - p.y
    east, north = 0.0, 0.0
    for k in range(3):
        step = dx * f[3 + k] + dy * f[6 + k]
        east, north = east + step * axes[k], north + step * axes[3 + k]
    flat = 1.0 - E2 * math.sin(p.lat) ** 2
    p.lat, p.lon = (
        p.lat + north * flat * math.sqrt(flat) / (A * (1.0 - E2)),
        p.lon + east * math.sqrt(flat) / (A * max(math.cos(p.lat), 1e-9)),
    )
    frame = frame_of(p.lat, p.lon)
    for k in range(3):
        p.place[k] = frame[k]
    for k in range(6):
        p.axes[k] = frame[3 + k]
    p.x, p.y = to_plane(f, p.place[0], p.place[1], p.place[2])
    p.time -= bias[2]


@kernel
def plots_of(g: Any, first: int, last: int, radar: Any, time: float, ignored: Array, s: Any) -> Array:
    """(n,) of PLOT: the usable rows of a sector's reports; the others are counted. Sensors tell times late."""
    plots, n, within = np.empty(last - first, PLOT), 0, radar.period + s.late
    kind, times, lat, lon, ee, en, nn = g.kind, g.time, g.lat_deg, g.lon_deg, g.cov_ee, g.cov_en, g.cov_nn
    for j in range(first, last):
        reason = plot_refused(kind[j], times[j] - radar.latency, lat[j], lon[j], time, within)
        if reason:
            ignored[reason] += 1
            continue
        p = plots[n]
        put_measured(p, j - first, times[j] - radar.latency, lat[j], lon[j])
        put_on_radar(p, radar, (ee[j], en[j], nn[j]))
        p.water = 1
        n += 1
    if len(g.water):
        for k in range(n):
            plots[k].water = g.water[first + plots[k].row]
    return plots[:n]


@lean
def interval_of(class_a: bool, status: int, speed: float) -> float:
    """Seconds between AIS reports by class, navigation status and speed in m/s (M.1371-5, annex 1, table 1 and 2).

    Class A at anchor or moored: 180; else 10, 6 above 14 kn, 2 above 23 kn. Class B: 180 up to 2 kn, else 30 (carrier
    sense; "SO" units report more often). Unknown devices are taken for class B; a speed not told for 5 kn.

    >>> interval_of(True, 1, 0.0), interval_of(True, 0, 8.0), interval_of(False, -1, 0.0), interval_of(False, -1, 5.0)
    (180.0, 6.0, 180.0, 30.0)
    """
    knots = speed / KNOT if math.isfinite(speed) else 5.0
    if not class_a:
        return 180.0 if knots <= 2.0 else 30.0
    if knots <= 3.0 and (status == 1 or status == 5):
        return 180.0
    return 2.0 if knots > 23.0 else (6.0 if knots > 14.0 else 10.0)


@lean
def put_velocity(p: Any, speed: float, course: float) -> None:
    """The velocity told, m/s and rad, into record p; NaN where it is not told."""
    if speed < KNOT:  # the course is noise: the vessel lies still, whatever it says of its course
        course = speed = 0.0
    p.east, p.north = math.nan, math.nan
    if math.isfinite(course):
        p.east, p.north = speed * math.sin(course), speed * math.cos(course)


@kernel
def told_of(g: Any, first: int, last: int, latest: float, columns: int, ignored: Array, s: Any) -> Array:
    """(n,) of TOLD: the usable rows of a batch in the order of time; the others are counted."""
    told, n, in_order = np.empty(last - first, TOLD), 0, True
    kind, times, lat, lon, ee, en, nn = g.kind, g.time, g.lat_deg, g.lon_deg, g.cov_ee, g.cov_en, g.cov_nn
    claims, subjects = g.claim, g.subject
    for j in range(first, last):
        claim = claims[j]
        known = 0 <= claim < len(subjects)
        subject = int(subjects[claim]) if known else 0
        reason = position_refused(kind[j], subject, times[j], lat[j], lon[j], latest)
        if reason:
            ignored[reason] += 1
            continue
        p = told[n]
        put_measured(p, j - first, times[j], lat[j], lon[j])
        put_covariance(p, (ee[j], en[j], nn[j]), s.ais_sd**2, 0.0, s.ais_sd**2, s.ais_sd**2)
        speed = g.speed[j] if 0.0 <= g.speed[j] < 600.0 else math.nan
        put_velocity(p, speed, g.course[j])
        p.sensor = g.sensor[j] if 0 <= g.sensor[j] < columns else -1
        p.mmsi = int(g.mmsi[claim]) if known else 0
        p.interval = interval_of(known and g.device[claim] == CLASS_A, int(g.status[claim]) if known else -1, speed)
        p.fastest = 300.0 if known and subject == AIRCRAFT else s.fastest
        in_order = in_order and (n == 0 or told[n - 1].time <= p.time)
        n += 1
    return told[:n] if in_order else by_time(told[:n])


@kernel
def by_time(told: Array) -> Array:
    """The same records in the order of time; those of one time stay in the order they came."""
    times = np.empty(len(told))
    for k in range(len(told)):
        times[k] = told[k].time
    ordered, order = np.empty_like(told), np.argsort(times, kind="mergesort")
    for k in range(len(told)):
        ordered[k] = told[order[k]]
    return ordered
