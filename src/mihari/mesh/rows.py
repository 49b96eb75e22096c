"""Vessels ⇄ bytes: 31 each, and one or two for their ids. Columns one after the other, as docs/mesh.md has them.

What a vessel calls itself goes separately (`mihari.mesh.identities`): it changes rarely. Standard deviations are
rounded up and correlations a little towards zero, so that no covariance comes out surer than it went in.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mihari.core.columns import Array
from mihari.core.errors import FormatError
from mihari.core.shared import Shared

VERSION = 1
AXES = "enuv"
TWO = [(a, b) for a in range(4) for b in range(a + 1, 4)]  # en eu ev nu nv uv
AGE_S = 0.05  # step of ages; 65535 of them are 54 minutes, longer than any vessel is kept
SD_LEAST, SD_STEP = 0.02, 0.055  # sd = SD_LEAST · exp(SD_STEP · n), n = 0 to 255: 2 cm to 25 km, 5.5 % apart
EASE = 0.985  # correlations times this: rounding must not make a covariance indefinite
HEARD_LEAST, HEARD_STEP = 0.1, 0.055  # the same for ages of what was heard: 0.1 s to 33 hours; 0: never
METRES = 111_195.0  # one degree of latitude on the mean sphere, for moves of centimetres
GRID = 1e7
NO_HEADING = 0xFFFF
LAYOUT: tuple[tuple[str, str], ...] = (
    ("age", "<u2"), ("lat", "<i4"), ("lon", "<i4"), ("east", "<i2"), ("north", "<i2"),
    *((f"sd_{a}", "u1") for a in AXES), *((f"c_{AXES[a]}{AXES[b]}", "i1") for a, b in TWO),
    ("existence", "u1"), ("presence", "u1"), ("source", "u1"), ("heading", "<u2"), ("radar", "u1"), ("ais", "u1"),
)  # fmt: skip
ROW = sum(np.dtype(d).itemsize for _, d in LAYOUT)


def encode(rows: Shared, cut: float) -> bytes:
    """Vessels as their batch carries them; `cut`: UTC s of the batch, from which ages count. Ids go beside them.

    >>> rows = Shared.of(1, vessel=7, time=100.0, lat_deg=41.0, lon_deg=29.0, east_mps=3.0, north_mps=-1.0,
    ...     cov_ee=100.0, cov_nn=25.0, cov_en=30.0, cov_uu=1.0, cov_vv=1.0, existence=1.0)
    >>> packed = encode(rows, 100.0)
    >>> len(packed), round(float(decode(packed, np.array([7]), 100.0).lon_deg[0]), 6)
    (32, 29.0)
    """
    n = len(rows)
    held = dict(zip((name for name, _ in LAYOUT), (None,) * len(LAYOUT), strict=True)) | _columns(rows, cut)
    parts = [np.asarray(held[name]).astype(dtype).tobytes() for name, dtype in LAYOUT]
    return b"".join((bytes([VERSION]), *parts)) if n else bytes([VERSION])


def _columns(rows: Shared, cut: float) -> dict[str, Any]:
    age = np.clip(np.rint((cut - rows.time) / AGE_S), 0, 0xFFFF)
    move = (cut - age * AGE_S) - rows.time  # s, at most half a step: the state is told at the step
    move = np.where(np.abs(move) <= AGE_S, move, 0.0)
    north_deg = rows.north_mps * move / METRES
    east_deg = rows.east_mps * move / (METRES * np.maximum(np.cos(np.radians(rows.lat_deg)), 1e-3))
    lon_deg = (rows.lon_deg + east_deg + 180.0) % 360.0 - 180.0
    return {
        "age": age,
        "lat": np.rint((rows.lat_deg + north_deg) * GRID),
        "lon": np.rint(lon_deg * GRID),
        "east": _speed(rows.east_mps),
        "north": _speed(rows.north_mps),
        **_spread(rows),
        "existence": np.rint(np.clip(np.nan_to_num(rows.existence), 0, 1) * 255),
        "presence": (rows.status & 3) | (rows.category.astype(np.int64) << 2),
        "source": rows.source,
        "heading": np.where(np.isfinite(rows.heading), np.rint(rows.heading / math.tau * 65536) % 65535, NO_HEADING),
        "radar": _heard(cut - rows.heard_radar),
        "ais": _heard(cut - rows.heard_ais),
    }


def _speed(values: Array) -> Array:
    return np.asarray(np.clip(np.rint(np.nan_to_num(values) * 100), -32767, 32767))


def _spread(rows: Shared) -> dict[str, Array]:
    """Standard deviations, rounded up, and correlations, rounded towards zero."""
    variance = np.nan_to_num(np.stack([getattr(rows, f"cov_{a}{a}") for a in AXES]), nan=1e9)
    sd = np.sqrt(np.maximum(variance, SD_LEAST**2))
    steps = np.clip(np.ceil(np.log(sd / SD_LEAST) / SD_STEP), 0, 255)
    covariance = np.nan_to_num(np.stack([getattr(rows, f"cov_{AXES[a]}{AXES[b]}") for a, b in TWO]))
    one, other = zip(*TWO, strict=True)
    correlation = np.fix(np.clip(covariance / (sd[list(one)] * sd[list(other)]), -1, 1) * EASE * 127)
    told = {f"sd_{a}": step for a, step in zip(AXES, steps, strict=True)}
    return told | {f"c_{AXES[a]}{AXES[b]}": c for (a, b), c in zip(TWO, correlation, strict=True)}


def _heard(age: Array) -> Array:
    step = np.rint(np.log(np.maximum(age, HEARD_LEAST) / HEARD_LEAST) / HEARD_STEP) + 1
    return np.where(np.isfinite(age), np.clip(step, 1, 255), 0)


def decode(packed: bytes | memoryview, vessels: Array, cut: float) -> Shared:
    """The vessels of a batch, with their ids. FormatError where the length does not fit or the version is another."""
    n = len(vessels)
    if len(packed) < 1 + ROW * n or packed[0] != VERSION:  # a later writer may append columns
        raise FormatError("length", f"vessels: {len(packed)} bytes for {n} of them", bytes(packed[:64]))
    c: dict[str, Array] = {}
    at = 1
    for name, dtype in LAYOUT:
        size = np.dtype(dtype).itemsize * n
        c[name] = np.frombuffer(packed[at : at + size], dtype)
        at += size
    sd = [SD_LEAST * np.exp(SD_STEP * c[f"sd_{a}"]) for a in AXES]
    spread = {f"cov_{a}{a}": s * s for a, s in zip(AXES, sd, strict=True)}
    for a, b in TWO:
        two = f"{AXES[a]}{AXES[b]}"
        spread[f"cov_{two}"] = sd[a] * sd[b] * c[f"c_{two}"] / 127.0
    return Shared.of(
        n, vessel=vessels, time=cut - c["age"] * AGE_S, lat_deg=c["lat"] / GRID, lon_deg=c["lon"] / GRID,
        east_mps=c["east"] / 100.0, north_mps=c["north"] / 100.0, **spread, existence=c["existence"] / 255.0,
        heading=np.where(c["heading"] == NO_HEADING, np.nan, c["heading"] * (math.tau / 65536)),
        heard_radar=_when(c["radar"], cut), heard_ais=_when(c["ais"], cut),
        status=c["presence"] & 3, category=c["presence"] >> 2, source=c["source"],
    )  # fmt: skip


def _when(step: Array, cut: float) -> Array:
    return np.where(step == 0, np.nan, cut - HEARD_LEAST * np.exp(HEARD_STEP * (step.astype(np.float64) - 1)))
