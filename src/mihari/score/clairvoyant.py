"""Reports with the vessel each came from -> tracks of a Kalman filter that knows: the limit for any tracker.

It is *told* the true association: no clutter, no missed start, no exchanged vessels. A track begins with the vessel's
first report. What is left is the measurements' noise and the vessels' manoeuvres.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mihari.core import geodesy
from mihari.core.columns import Array, Columns, column
from mihari.core.tracks import Believed, TrackStatus

SPEED_SD = 8.0  # m/s per axis of a vessel of which only a position is known: 2 σ are 31 kn
SILENT_S = 30.0  # unheard for longer, it is told only while it is likely to be within the cutoff
NOISE = {  # m²/s³ by kind: the least RMS error in the sweep of `python -m benchmarks.clairvoyant`
    "cargo": 0.003,
    "tanker": 0.0001,
    "tug": 0.00001,
    "ferry": 0.01,
    "pilot": 0.03,  # too few in the sweep: as a pleasure craft
    "fishing": 0.01,
    "pleasure": 0.03,
    "boat": 0.3,
    "anchored": 0.00001,
    "moored": 0.000001,
}
OTHER_NOISE = 0.01  # at least, of vessels from recorded AIS: least error on the Solent rig; and of unknown kinds
AIS_SD = 5.0  # m, each of east and north
AIS_LAG_S = 0.5  # time stamps of whole seconds
TOLD_SPEED_SD = 0.3  # m/s


@dataclass(frozen=True, slots=True)
class Reported(Columns):
    """Positions that are known to be of `vessel`; m², m/s; a velocity that is not told is NaN."""

    time: Array = column("f8")  # UTC s
    vessel: Array = column("i8")
    lat_deg: Array = column("f8")
    lon_deg: Array = column("f8")
    cov_ee: Array = column("f8")
    cov_en: Array = column("f8", 0.0)
    cov_nn: Array = column("f8")
    east_mps: Array = column("f8")
    north_mps: Array = column("f8")
    velocity_var: Array = column("f8")


def by_radar(
    lat_deg: Array | float,
    lon_deg: Array | float,
    height: Array | float,
    range_sd: Array | float,
    bearing_sd: Array | float,
    time: Array,
    slant_range: Array,
    bearing: Array,
    vessel: Array,
) -> Reported:
    """Plots of a radar at a place (or one for each plot) as positions, unbiased; false plots (vessel -1) are left out.

    >>> one = np.array([1.0])
    >>> seen = by_radar(0.0, 0.0, 0.0, 20.0, 0.001, one, one * 1e4, one * 0, np.array([7]))
    >>> seen.vessel.tolist(), round(float(seen.cov_nn[0]))
    ([7], 400)
    """
    own = np.flatnonzero(vessel >= 0)
    known = (lat_deg, lon_deg, height, range_sd, bearing_sd)
    at_lat, at_lon, at, range_sd, bearing_sd = (np.broadcast_to(np.asarray(v, float), len(vessel))[own] for v in known)
    seen = slant_range[own], bearing[own]
    lat, lon, ee, en, nn = geodesy.plot_estimate(at_lat, at_lon, at, *seen, range_sd, bearing_sd)
    sound = np.isfinite(lat)
    made = Reported.of(
        len(own), time=time[own], vessel=vessel[own], lat_deg=lat, lon_deg=lon, cov_ee=ee, cov_en=en, cov_nn=nn
    )
    return made.take(sound)


def by_ais(time: Array, lat_deg: Array, lon_deg: Array, speed: Array, course: Array, vessel: Array) -> Reported:
    """AIS positions, with the velocity that is told: m/s, rad clockwise from north, NaN for none.

    >>> one = np.array([1.0])
    >>> round(float(by_ais(one, one, one, one * 10, one * np.pi / 2, np.array([7])).east_mps[0]), 6)
    10.0
    """
    lag = (AIS_LAG_S * np.nan_to_num(speed)) ** 2
    var = AIS_SD**2 + lag
    return Reported.of(
        len(time), time=time, vessel=vessel, lat_deg=lat_deg, lon_deg=lon_deg, cov_ee=var, cov_nn=var,
        east_mps=speed * np.sin(course), north_mps=speed * np.cos(course),
        velocity_var=np.where(np.isfinite(speed * course), TOLD_SPEED_SD**2, np.nan),
    )  # fmt: skip


def clairvoyant(
    reported: Reported, noise: Mapping[int, float], asked: Array, cutoff: float = 100.0, otherwise: float = OTHER_NOISE
) -> Believed:
    """Tracks at the `asked` times (UTC s, sorted), in order of time; a track's id is its vessel.

    `noise`: density of acceleration, m²/s³, by vessel. A vessel unheard for `SILENT_S` is told while the expected
    squared error is below half the squared cutoff: more, and GOSPA (alpha 2) is better without it.
    """
    from mihari.score.clairvoyant_kernels import STATE, WHEN, WHO, filtered

    order = np.lexsort((reported.time, reported.vessel))
    r = reported.take(order)
    vessels, first = np.unique(r.vessel, return_index=True)
    starts = np.append(first, len(r)).astype(np.int64)
    told = (
        np.ascontiguousarray(r.time), np.radians(r.lat_deg), np.radians(r.lon_deg),
        np.column_stack([r.cov_ee, r.cov_en, r.cov_nn]), np.column_stack([r.east_mps, r.north_mps]),
        np.ascontiguousarray(r.velocity_var),
    )  # fmt: skip
    q = np.array([noise.get(v, otherwise) for v in vessels.tolist()], float)
    rows = filtered(starts, told, q, np.asarray(asked, float), SPEED_SD, SILENT_S, cutoff**2 / 2)
    rows = rows[np.lexsort((rows[:, WHO], rows[:, WHEN]))]
    time = np.asarray(asked, float)[rows[:, WHEN].astype(np.int64)]
    names = ["ee", "en", "eu", "ev", "nn", "nu", "nv", "uu", "uv", "vv"]
    covariance = {f"cov_{name}": rows[:, STATE + 2 + k] for k, name in enumerate(names)}
    return Believed.of(
        len(rows), time=time, moment=time, id=vessels[rows[:, WHO].astype(np.int64)] if len(rows) else 0,
        lat_deg=np.degrees(rows[:, 0]), lon_deg=np.degrees(rows[:, 1]), east_mps=rows[:, STATE],
        north_mps=rows[:, STATE + 1], existence=1.0, status=TrackStatus.CONFIRMED, **covariance,
    )  # fmt: skip
