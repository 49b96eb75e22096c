"""The bytes of `mihari.mesh.rows`, written and read by kernels: thousands of vessels a second go out and come in.

What is told of the layout stands there. Importing this module imports Numba.
"""

from __future__ import annotations

import math

import numpy as np

from mihari.core.columns import Array
from mihari.core.kernels import inlined, kernel
from mihari.mesh.rows import (
    AGE_S,
    EASE,
    GRID,
    HEARD_LEAST,
    HEARD_STEP,
    METRES,
    NO_HEADING,
    SD_LEAST,
    SD_STEP,
    UNSURE,
)  # fmt: skip


@inlined
def _put(out: Array, at: int, width: int, value: float) -> None:
    """A whole number, little-endian in two's complement."""
    whole = np.int64(value)
    for k in range(width):
        out[at + k] = (whole >> (8 * k)) & 0xFF


@inlined
def _get(data: Array, at: int, width: int, signed: bool) -> int:
    whole = 0
    for k in range(width):
        whole |= int(data[at + k]) << (8 * k)
    if signed and whole >> (8 * width - 1):
        whole -= 1 << (8 * width)
    return whole


@inlined
def _sure(value: float, instead: float) -> float:
    return instead if math.isnan(value) else value


@inlined
def _within(value: float, least: float, most: float) -> float:
    return min(max(value, least), most)


@inlined
def _heard(age: float) -> float:
    if not math.isfinite(age):
        return 0.0
    return _within(np.rint(math.log(max(age, HEARD_LEAST) / HEARD_LEAST) / HEARD_STEP) + 1, 1.0, 255.0)


@inlined
def _speed(value: float) -> float:
    return _within(np.rint(_sure(value, 0.0) * 100), -32767.0, 32767.0)


@kernel
def pack(
    out: Array, cut: float, time: Array, lat_deg: Array, lon_deg: Array, east_mps: Array, north_mps: Array, ee: Array,
    en: Array, eu: Array, ev: Array, nn: Array, nu: Array, nv: Array, uu: Array, uv: Array, vv: Array, existence: Array,
    heading: Array, radar: Array, ais: Array, status: Array, source: Array, category: Array,
) -> None:  # fmt: skip
    """Write n vessels to `out`, (31 n,) u1."""
    n = len(time)
    sd, step = np.empty(4), np.empty(4)
    for k in range(n):
        age = _within(np.rint((cut - time[k]) / AGE_S), 0.0, 65535.0)
        move = (cut - age * AGE_S) - time[k]  # s, at most half a step: the state is told at the step
        if not abs(move) <= AGE_S:
            move = 0.0
        lat = lat_deg[k] + north_mps[k] * move / METRES
        lon = lon_deg[k] + east_mps[k] * move / (METRES * max(math.cos(math.radians(lat_deg[k])), 1e-3))
        lon = (lon + 180.0) % 360.0 - 180.0
        _put(out, 2 * k, 2, age)
        _put(out, 2 * n + 4 * k, 4, np.rint(lat * GRID))
        _put(out, 6 * n + 4 * k, 4, np.rint(lon * GRID))
        _put(out, 10 * n + 2 * k, 2, _speed(east_mps[k]))
        _put(out, 12 * n + 2 * k, 2, _speed(north_mps[k]))
        variances = (ee[k], nn[k], uu[k], vv[k])
        for a in range(4):
            sd[a] = math.sqrt(max(_sure(variances[a], UNSURE), SD_LEAST * SD_LEAST))
            step[a] = _within(math.ceil(math.log(sd[a] / SD_LEAST) / SD_STEP), 0.0, 255.0)
            _put(out, (14 + a) * n + k, 1, step[a])
        covariances = (en[k], eu[k], ev[k], nu[k], nv[k], uv[k])
        pair = 0
        for a in range(4):
            for b in range(a + 1, 4):
                told = _within(_sure(covariances[pair], 0.0) / (sd[a] * sd[b]), -1.0, 1.0)
                _put(out, (18 + pair) * n + k, 1, math.trunc(told * EASE * 127))
                pair += 1
        _put(out, 24 * n + k, 1, np.rint(_within(_sure(existence[k], 0.0), 0.0, 1.0) * 255))
        out[25 * n + k] = (status[k] & 3) | ((category[k] & 0x3F) << 2)
        out[26 * n + k] = source[k]
        turn = np.rint(heading[k] / math.tau * 65536) % 65535 if math.isfinite(heading[k]) else float(NO_HEADING)
        _put(out, 27 * n + 2 * k, 2, turn)
        _put(out, 29 * n + k, 1, _heard(cut - radar[k]))
        _put(out, 30 * n + k, 1, _heard(cut - ais[k]))


@inlined
def _when(step: int, cut: float) -> float:
    return math.nan if step == 0 else cut - HEARD_LEAST * math.exp(HEARD_STEP * (step - 1))


@kernel
def unpack(data: Array, n: int, cut: float, read: Array, codes: Array) -> None:
    """Read n vessels: `read`, (19, n) f8: time, latitude, longitude, velocity, the ten covariances, existence,
    heading, times of radar and AIS; `codes`, (3, n) u1: status, source, category."""
    sd = np.empty(4)
    for k in range(n):
        read[0, k] = cut - _get(data, 2 * k, 2, False) * AGE_S
        read[1, k] = _get(data, 2 * n + 4 * k, 4, True) / GRID
        read[2, k] = _get(data, 6 * n + 4 * k, 4, True) / GRID
        read[3, k] = _get(data, 10 * n + 2 * k, 2, True) / 100.0
        read[4, k] = _get(data, 12 * n + 2 * k, 2, True) / 100.0
        for a in range(4):
            sd[a] = SD_LEAST * math.exp(SD_STEP * data[(14 + a) * n + k])
        pair, at = 0, 5
        for a in range(4):
            for b in range(a, 4):
                if a == b:
                    read[at, k] = sd[a] * sd[a]
                else:
                    read[at, k] = sd[a] * sd[b] * _get(data, (18 + pair) * n + k, 1, True) / 127.0
                    pair += 1
                at += 1
        read[15, k] = data[24 * n + k] / 255.0
        codes[0, k] = data[25 * n + k] & 3
        codes[2, k] = data[25 * n + k] >> 2
        codes[1, k] = data[26 * n + k]
        heading = _get(data, 27 * n + 2 * k, 2, False)
        read[16, k] = math.nan if heading == NO_HEADING else heading * (math.tau / 65536)
        read[17, k] = _when(data[29 * n + k], cut)
        read[18, k] = _when(data[30 * n + k], cut)
