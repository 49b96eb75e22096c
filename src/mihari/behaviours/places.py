"""Positions -> metres to the shore, negative on land, and which kinds of area and zones hold them."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from mihari.coast.area import Area
from mihari.coast.land import LandMask
from mihari.core.columns import Array
from mihari.core.zones import KINDS, Zone

KIND_BITS = len(KINDS)  # the lowest bits of an area mask: inside any area of that kind
ZONE_BITS = 32 - KIND_BITS  # the others: inside a zone that is watched, in their order


class Places:
    """What lies where around a coast; without an area nothing is known of shores."""

    def __init__(self, area: Area | None = None, zones: tuple[Zone, ...] = ()) -> None:
        self.area, self.zones = area, zones
        self.watched = tuple(zone for zone in zones if zone.watch is not None)[:ZONE_BITS]

    def areas(self, lat_deg: Array, lon_deg: Array) -> Array:
        """(n,) u4: bit k for kind k of `mihari.core.zones.KINDS`, then one for each watched zone.

        >>> square = ((26.0, 127.0), (26.0, 128.0), (27.0, 128.0), (27.0, 127.0))
        >>> Places(zones=(Zone("roads", "anchorage", (square,)),)).areas(np.array([26.5]), np.array([127.5])).tolist()
        [2]
        """
        bits = np.zeros(len(lat_deg), np.uint32)
        for zone in self.zones:
            inside = zone.holds(lat_deg, lon_deg)
            bits[inside] |= np.uint32(1 << KINDS.index(zone.kind))
            if zone in self.watched:
                bits[inside] |= np.uint32(1 << (KIND_BITS + self.watched.index(zone)))
        return bits

    def shore(self, lat_deg: Array, lon_deg: Array) -> Array | None:
        """(n,) m to the shore, negative on land; None where nothing is known of shores, NaN outside the area."""
        if self.area is None:
            return None
        mask = self._mask
        away = mask.distance_to_shore(lat_deg, lon_deg)
        signed = np.where(mask.on_land(lat_deg, lon_deg), -away, away)
        return np.where(self.area.covers(lat_deg, lon_deg), signed, np.nan)

    @cached_property
    def _mask(self) -> LandMask:
        assert self.area is not None
        return LandMask(self.area)
