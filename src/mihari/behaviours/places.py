"""Positions -> metres to the shore, negative on land; which kinds of area, zones and sensor cover hold them."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from mihari.behaviours.cover import Cover
from mihari.coast.area import Area
from mihari.coast.land import LandMask
from mihari.core.columns import Array
from mihari.core.sensor import Sensor
from mihari.core.zones import KINDS, Zone

AIS_COVER, RADAR_COVER = len(KINDS), len(KINDS) + 1  # bits: where sensors are sure to hear and to see
KIND_BITS = len(KINDS) + 2  # the lowest bits of an area mask: inside any area of a kind, and cover
ZONE_BITS = 32 - KIND_BITS  # the others: inside a zone that is watched, in their order


class Places:
    """What lies where around a coast; without an area nothing is known of shores."""

    def __init__(self, area: Area | None = None, zones: tuple[Zone, ...] = ()) -> None:
        self.area, self.zones = area, zones
        self.watched = tuple(zone for zone in zones if zone.watch is not None)[:ZONE_BITS]
        self.cover = Cover()

    def flag_of(self, name: str) -> int | None:
        """The bit of a watched zone; None for none of this name."""
        names = [zone.name for zone in self.watched]
        return KIND_BITS + names.index(name) if name in names else None

    def know(self, sensors: tuple[Sensor, ...]) -> None:
        """The node's sensors; takes a second where coastlines are large."""
        mine = tuple((s.kind, s.lat_deg, s.lon_deg, s.height, s.range_max) for s in sensors if s.placed)
        if mine != self._known:
            self._known = mine
            self.cover = Cover(sensors, None if self.area is None else self._mask)

    _known: tuple[tuple[object, ...], ...] = ()

    def areas(self, lat_deg: Array, lon_deg: Array) -> Array:
        """(n,) u4: a bit for each of `mihari.core.zones.KINDS`, AIS cover, radar cover, and for each watched zone.

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
        bits |= self.cover.ais(lat_deg, lon_deg).astype(np.uint32) << np.uint32(AIS_COVER)
        bits |= self.cover.radar(lat_deg, lon_deg).astype(np.uint32) << np.uint32(RADAR_COVER)
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
