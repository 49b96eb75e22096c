"""Vessels ⇄ Rows: the wire's integer grid of `docs/frames.md`, whole columns at a time.

Rows hold a vessel as one column of three tables (4-byte, 2-byte and 1-byte fields), so that choosing vessels is three
`take` calls and a frame's columns are the tables' bytes as they lie.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mihari.core.columns import Array
from mihari.core.picture import Vessels

WORDS = ("id", "lat", "lon", "time", "heard_radar", "heard_ais", "mmsi", "sensors")
HALVES = ("speed", "course", "heading", "major", "minor", "orientation")
OCTETS = ("status", "source", "category", "existence")

NEVER = 0xFFFFFFFF  # a time that is absent; also no vessel's id
ABSENT = 0xFFFF  # a 2-byte value that is absent
GRID = 1e7  # positions: 1e-7 degree, 1.1 cm
CHI2_95 = 5.991464547107979  # 95 % quantile of chi-square, 2 degrees of freedom: -2 ln 0.05

Words = NDArray[np.uint32]
Halves = NDArray[np.uint16]
Octets = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Rows:
    """n vessels on the wire's grid: `words` (8, n) u4, `halves` (6, n) u2, `octets` (4, n) u1, named as above."""

    words: Words
    halves: Halves
    octets: Octets

    def __len__(self) -> int:
        return int(self.words.shape[1])

    def take(self, rows: Any) -> Rows:
        """The chosen vessels (indices or mask)."""
        return Rows(self.words[:, rows], self.halves[:, rows], self.octets[:, rows])

    @property
    def id(self) -> Words:
        """Vessel ids, u4 (n,)."""
        ids: Words = self.words[0]
        return ids

    @property
    def lat(self) -> NDArray[np.int32]:
        """Latitudes, 1e-7 degree, i4 (n,)."""
        lat: NDArray[np.int32] = self.words[1].view(np.int32)
        return lat

    @property
    def lon(self) -> NDArray[np.int32]:
        """Longitudes, 1e-7 degree, i4 (n,)."""
        lon: NDArray[np.int32] = self.words[2].view(np.int32)
        return lon


def empty_rows(length: int = 0) -> Rows:
    """`length` rows of zeros."""
    return Rows(
        np.zeros((len(WORDS), length), "<u4"),
        np.zeros((len(HALVES), length), "<u2"),
        np.zeros((len(OCTETS), length), "u1"),
    )


def joined(parts: Sequence[Rows]) -> Rows:
    """All rows of `parts`, in their order."""
    words = np.concatenate([p.words for p in parts], axis=1)
    halves = np.concatenate([p.halves for p in parts], axis=1)
    return Rows(words, halves, np.concatenate([p.octets for p in parts], axis=1))


def rows_of(vessels: Vessels, base: float) -> Rows:
    """Vessels on the wire's grid; `base`: UTC s from which times count. Positions must be finite.

    >>> rows = rows_of(Vessels.of(1, id=7, time=105.04, lat_deg=41.0, lon_deg=29.0, east_mps=3.0, north_mps=0.0), 100.0)
    >>> rows.words[:5, 0].tolist(), rows.halves[:3, 0].tolist()
    ([7, 410000000, 290000000, 50, 4294967295], [300, 16384, 65535])
    """
    rows = empty_rows(len(vessels))
    words, halves, octets = rows.words, rows.halves, rows.octets
    words[0] = vessels.id
    rows.lat[:] = np.rint(vessels.lat_deg * GRID)
    rows.lon[:] = np.rint(vessels.lon_deg * GRID)
    words[3], words[4], words[5] = (_times(t, base) for t in (vessels.time, vessels.heard_radar, vessels.heard_ais))
    words[6] = np.maximum(vessels.mmsi, 0)
    words[7] = vessels.sensors & 0xFFFFFFFF
    halves[0], halves[1] = _motion(vessels.east_mps, vessels.north_mps)
    halves[2] = np.where(np.isfinite(vessels.heading), np.minimum(_turn(vessels.heading), ABSENT - 1), ABSENT)
    halves[3], halves[4], halves[5] = _ellipse(vessels.cov_ee, vessels.cov_en, vessels.cov_nn)
    octets[0], octets[1], octets[2] = vessels.status, vessels.source, vessels.category
    octets[3] = np.rint(np.clip(np.nan_to_num(vessels.existence), 0.0, 1.0) * 255.0)
    return rows


def vessels_of(rows: Rows, base: float) -> Vessels:
    """The vessels that `rows` tell: `rows_of` undone, as far as the grid allows; `track` and `changed` are absent."""
    w, h, o = rows.words, rows.halves, rows.octets
    speed = np.where(h[0] == ABSENT, np.nan, h[0] * 0.01)
    course = _radians(h[1])
    ee, en, nn = _covariance(h[3], h[4], h[5])
    return Vessels.of(
        len(rows),
        id=w[0], lat_deg=rows.lat / GRID, lon_deg=rows.lon / GRID,
        time=_seconds(w[3], base), heard_radar=_seconds(w[4], base), heard_ais=_seconds(w[5], base),
        mmsi=w[6].view(np.int32), sensors=w[7],
        east_mps=speed * np.sin(course), north_mps=speed * np.cos(course),
        heading=np.where(h[2] == ABSENT, np.nan, _radians(h[2])),
        cov_ee=ee, cov_en=en, cov_nn=nn,
        status=o[0], source=o[1], category=o[2], existence=o[3] / 255.0,
    )  # fmt: skip


def _times(time: Array, base: float) -> Array:
    tenths = np.rint((time - base) * 10.0)
    return np.where(np.isfinite(tenths), np.clip(tenths, 0, NEVER - 1), NEVER)


def _seconds(tenths: Words, base: float) -> Array:
    return np.where(tenths == NEVER, np.nan, base + tenths / 10.0)


def _turn(angle: Array) -> Array:
    """Rad to 1/65536 turn."""
    return np.mod(np.rint(np.nan_to_num(angle) * (65536 / (2 * math.pi))), 65536)


def _radians(turn: Halves) -> Array:
    return turn * (2 * math.pi / 65536)


def _motion(east: Array, north: Array) -> tuple[Array, Array]:
    """Speed (0.01 m/s) and course; one that does not move has course 0."""
    speed = np.rint(np.hypot(east, north) * 100.0)
    told = np.where(np.isfinite(speed), np.minimum(speed, ABSENT - 1), ABSENT)
    moves = (told > 0) & (told < ABSENT)
    return told, np.where(moves, _turn(np.arctan2(east, north)), 0)


def _ellipse(ee: Array, en: Array, nn: Array) -> tuple[Array, Array, Array]:
    """Covariance in m² to the semi-axes of the 95 % ellipse, m, and the major axis' bearing; a circle's bearing is 0.

    Eigenvalues of a symmetric 2 × 2 matrix: mean ± √(half difference² + en²).
    """
    mean, spread = (ee + nn) / 2, np.hypot((ee - nn) / 2, en)
    axes = [np.sqrt(np.maximum(CHI2_95 * v, 0.0)) for v in (mean + spread, mean - spread)]
    major, minor = (np.where(np.isfinite(a), np.minimum(np.rint(a), 0xFFFF), 0xFFFF) for a in axes)
    bearing = np.mod(_turn(0.5 * np.arctan2(2 * en, nn - ee)), 32768)
    return major, minor, np.where(major > minor, bearing, 0)


def _covariance(major: Halves, minor: Halves, orientation: Halves) -> tuple[Array, Array, Array]:
    large, small = (np.square(m.astype(np.float64)) / CHI2_95 for m in (major, minor))
    sine, cosine = np.sin(_radians(orientation)), np.cos(_radians(orientation))
    return (
        large * sine**2 + small * cosine**2,
        (large - small) * sine * cosine,
        large * cosine**2 + small * sine**2,
    )
