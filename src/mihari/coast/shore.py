"""Area -> `Shore`: metres from positions to the nearest shore line."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.coast.area import Area
from mihari.core.geodesy import ecef

Floats = NDArray[np.float64]

SPACING_M = 150.0  # between sample points on the shore
NEIGHBOURS = 4  # sample points whose pieces of shore are measured exactly


class Shore:
    """The shore of an area (not the cut along its box), sampled every 150 m in 3-D, in a k-d tree."""

    def __init__(self, area: Area) -> None:
        from scipy.spatial import cKDTree  # a quarter of a second, and most users of coasts need no distance

        shore = area.is_shore()
        lat1, lon1, lat2, lon2 = (end[shore] for end in area.edges())
        first, second = ecef(lat1, lon1), ecef(lat2, lon2)
        count = np.maximum(np.ceil(np.linalg.norm(second - first, axis=1) / SPACING_M), 1).astype(np.int64)
        edge = np.repeat(np.arange(len(first)), count)
        nth = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)
        begin, end = (nth / count[edge])[:, None], ((nth + 1) / count[edge])[:, None]
        step = second[edge] - first[edge]
        self._start = first[edge] + begin * step
        self._end = first[edge] + end * step
        self._tree = cKDTree((self._start + self._end) / 2) if len(edge) else None

    def distance(self, lat_deg: ArrayLike, lon_deg: ArrayLike) -> Floats:
        """Metres in a straight line to the nearest shore; inf if there is none, NaN for NaN.

        The four nearest 150 m pieces are measured exactly: never too short, too long by at most 75 m where many pieces
        crowd, in practice by millimetres. The chord is 8 m shorter than the surface at 200 km.
        """
        point = ecef(lat_deg, lon_deg)
        flat = point.reshape(-1, 3)
        known = np.isfinite(flat).all(axis=1)
        result = np.full(len(flat), np.nan)
        result[known] = np.inf if self._tree is None else self._measured(flat[known])
        return result.reshape(point.shape[:-1])

    def _measured(self, point: Floats) -> Floats:
        assert self._tree is not None
        count = min(NEIGHBOURS, self._tree.n)
        _, near = self._tree.query(point, k=count)
        near = near.reshape(len(point), count)
        start, step = self._start[near], self._end[near] - self._start[near]
        offset = point[:, None, :] - start
        length2 = np.maximum((step**2).sum(axis=-1), 1e-12)
        along = np.clip((offset * step).sum(axis=-1) / length2, 0.0, 1.0)
        return np.asarray(np.linalg.norm(offset - along[..., None] * step, axis=-1).min(axis=1))
