"""The sea around a case, as its rows tell it: metres to the shore, areas and cover of the nearest row."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from scipy.spatial import cKDTree

from mihari.behaviours.cover import Cover
from mihari.behaviours.places import AIS_COVER, RADAR_COVER, Places
from mihari.core.columns import Array
from mihari.library.cases import HELD, TOLD, UNSEEN, Rows


class Grounds(Places):
    """Places whose surroundings are those of the nearest row of a case.

    >>> rows = Rows.of(2, what=TOLD, lat_deg=[0.0, 0.1], lon_deg=0.0, shore=[5e3, 9e3], areas=[0, 8])
    >>> Grounds(rows).shore(np.array([0.09]), np.array([0.0])).tolist()
    [9000.0]
    """

    def __init__(self, rows: Rows) -> None:
        super().__init__()
        self._rows = rows.take(np.isin(rows.what, (TOLD, HELD, UNSEEN)))
        self.cover = _Heard(self)

    def shore(self, lat_deg: Array, lon_deg: Array) -> Array | None:
        """(n,) m to the shore, negative on land."""
        return np.asarray(self._rows.shore[self.nearest(lat_deg, lon_deg)], np.float64)

    def away(self, kind: str, lat_deg: Array, lon_deg: Array) -> Array | None:
        """(n,) m to the nearest zone of a kind; None where the case knows of none."""
        told = getattr(self._rows, f"away_{kind}", None)
        if told is None or not np.isfinite(told).any():
            return None
        return np.asarray(told[self.nearest(lat_deg, lon_deg)], np.float64)

    def areas(self, lat_deg: Array, lon_deg: Array) -> Array:
        """(n,) u4: bits as of `Places.areas`."""
        return np.asarray(self._rows.areas[self.nearest(lat_deg, lon_deg)])

    def in_zones(self, lat_deg: Array, lon_deg: Array, only: int = 0xFFFFFFFF) -> Array:
        """(n,) u4: bits of kinds of area."""
        return np.asarray(self.areas(lat_deg, lon_deg) & np.uint32(only))

    def nearest(self, lat_deg: Array, lon_deg: Array) -> Array:
        """(n,) the row whose place is nearest."""
        if len(self._rows) == 0 or len(lat_deg) == 0:
            return np.zeros(0, np.int64)
        return np.asarray(self._tree.query(np.stack([lat_deg, lon_deg], axis=1))[1])

    @cached_property
    def _tree(self) -> cKDTree:
        return cKDTree(np.stack([self._rows.lat_deg, self._rows.lon_deg], axis=1))


class _Heard(Cover):
    """Who is sure to hear and see: by the bits of the rows, one station that stands for all."""

    def __init__(self, grounds: Grounds) -> None:
        super().__init__()
        self._grounds = grounds

    def ais(self, lat_deg: Array, lon_deg: Array) -> Array:
        """(n,) whether AIS is sure to be heard there."""
        return np.asarray(self._grounds.areas(lat_deg, lon_deg) >> np.uint32(AIS_COVER) & 1, np.bool_)

    def radar(self, lat_deg: Array, lon_deg: Array) -> Array:
        """(n,) whether radar is sure to see a ship there."""
        return np.asarray(self._grounds.areas(lat_deg, lon_deg) >> np.uint32(RADAR_COVER) & 1, np.bool_)

    def _sure_stations(self, lat_deg: float, lon_deg: float) -> list[int]:
        return [0] if self.ais(np.array([lat_deg]), np.array([lon_deg]))[0] else []
