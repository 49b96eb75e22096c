"""Positions -> metres to the shore, negative on land; which kinds of area, zones and sensor cover hold them.

Zones may change while a node runs. A watched zone keeps its bit for as long as its name is watched, so that what is
remembered under the bit stays its own; a bit that is given anew is told, to be forgotten first.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from mihari.behaviours.away import Away
from mihari.behaviours.cover import Cover
from mihari.coast.area import Area
from mihari.coast.land import LandMask
from mihari.core.columns import Array
from mihari.core.sensor import Sensor
from mihari.core.zones import KINDS, MOST_WATCHED, Zone, geojson_of, zones_of

AIS_COVER, RADAR_COVER = len(KINDS), len(KINDS) + 1  # bits: where sensors are sure to hear and to see
KIND_BITS = len(KINDS) + 2  # the lowest bits of an area mask: inside any area of a kind, and cover
ZONE_BITS = 32 - KIND_BITS  # the others: inside a zone that is watched
assert ZONE_BITS >= MOST_WATCHED


@dataclass(frozen=True, slots=True)
class Moved:
    """What a change of zones means for places: masks of bits.

    `bits`: whose area is another one now; `anew`: those that stood for another zone, or none, before; `ruled`: those of
    zones whose watch rule is another one, or that came or went.
    """

    bits: int = 0
    anew: int = 0
    ruled: int = 0


class Places:
    """What lies where around a coast; without an area nothing is known of shores."""

    def __init__(self, area: Area | None = None, zones: tuple[Zone, ...] = ()) -> None:
        self.area = area
        self.zones: tuple[Zone, ...] = ()
        self._slots: list[Zone | None] = [None] * ZONE_BITS
        self.cover = Cover()
        self._away: dict[str, Away | None] = {}  # by kind, once asked for
        self.change(zones)

    @property
    def watched(self) -> tuple[Zone, ...]:
        """The zones with a watch rule, in the order of their bits."""
        return tuple(zone for zone in self._slots if zone is not None)

    def flag_of(self, name: str) -> int | None:
        """The bit of a watched zone; None for none of this name.

        >>> from mihari.core.zones import Watch
        >>> Places(zones=(Zone("roads", "anchorage", watch=Watch(enter=True)),)).flag_of("roads") == KIND_BITS
        True
        """
        names = [None if zone is None else zone.name for zone in self._slots]
        return KIND_BITS + names.index(name) if name in names else None

    def change(self, zones: tuple[Zone, ...]) -> Moved:
        """Other zones from now on. Beyond `ZONE_BITS` watched ones the last are not watched."""
        before, slots = self.zones, self._slots
        watched = {zone.name: zone for zone in zones if zone.watch is not None}
        kept: list[Zone | None] = [None if zone is None else watched.pop(zone.name, None) for zone in slots]
        free = [k for k, zone in enumerate(kept) if zone is None]
        anew = 0
        for k, zone in zip(free, watched.values(), strict=False):
            kept[k] = zone
            anew |= 1 << (KIND_BITS + k)
        bits = ruled = 0
        for k, (old, new) in enumerate(zip(slots, kept, strict=True)):
            bit = 1 << (KIND_BITS + k)
            bits |= bit if _shape(old) != _shape(new) else 0
            ruled |= bit if old != new else 0
        for number, kind in enumerate(KINDS):
            mine = [{_shape(zone) for zone in some if zone.kind == kind} for some in (before, zones)]
            bits |= (1 << number) if mine[0] != mine[1] else 0
        self.zones, self._slots, self._away = zones, kept, {}
        self._masks = [(zone, 1 << KINDS.index(zone.kind) | self._bit(zone)) for zone in zones]
        return Moved(bits, anew, ruled)

    def _bit(self, zone: Zone) -> int:
        flag = self.flag_of(zone.name) if zone.watch is not None else None
        return 0 if flag is None else 1 << flag

    def state(self) -> dict[str, Any]:
        """The zones and their bits, as JSON values."""
        names = [None if zone is None else zone.name for zone in self._slots]
        return {"zones": geojson_of(self.zones), "bits": names}

    def restore(self, state: dict[str, Any]) -> None:
        """The zones and bits that were; `change` then tells what is otherwise now."""
        self.zones, self._away = zones_of(state["zones"], "the kept look-out"), {}
        named = {zone.name: zone for zone in self.zones}
        self._slots = [named.get(name) for name in state["bits"]][:ZONE_BITS]
        self._slots += [None] * (ZONE_BITS - len(self._slots))

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
        bits = self.in_zones(lat_deg, lon_deg)
        bits |= self.cover.ais(lat_deg, lon_deg).astype(np.uint32) << np.uint32(AIS_COVER)
        bits |= self.cover.radar(lat_deg, lon_deg).astype(np.uint32) << np.uint32(RADAR_COVER)
        return bits

    def in_zones(self, lat_deg: Array, lon_deg: Array, only: int = 0xFFFFFFFF) -> Array:
        """(n,) u4: the bits of zones and their kinds; `only`: bits that are asked for."""
        bits = np.zeros(len(lat_deg), np.uint32)
        for zone, mask in self._masks:
            if mask & only:
                bits[zone.holds(lat_deg, lon_deg)] |= np.uint32(mask & only)
        return bits

    def away(self, kind: str, lat_deg: Array, lon_deg: Array) -> Array | None:
        """(n,) m to the nearest zone of a kind, 0 inside; None where there is none. The first call makes a raster."""
        if kind not in self._away:
            self._away[kind] = Away.of(zone for zone in self.zones if zone.kind == kind)
        raster = self._away[kind]
        return None if raster is None else raster.at(lat_deg, lon_deg)

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


def _shape(zone: Zone | None) -> Zone | None:
    """A zone without its rule."""
    return None if zone is None else replace(zone, watch=None)
