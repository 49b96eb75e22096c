"""What is remembered of vessels -> scenes a minute apart -> fleets and what they do.

A scene is made four minutes after its time: by then even vessels at anchor have reported again, so all places are
measured, none is predicted. Velocities are those over five minutes.
"""

from __future__ import annotations

import math

import numpy as np

from mihari.behaviours.fleets import Area, AreaKind, FleetBook, FleetStep, Scene, Surroundings
from mihari.behaviours.memory import Memory
from mihari.behaviours.memory.memory import shore_m
from mihari.behaviours.names import Names
from mihari.behaviours.pairs import Company
from mihari.core.behaviour import UNNAMED, mmsi_of
from mihari.core.columns import Array
from mihari.core.zones import Zone
from mihari.picture.claims import category_of

EVERY_S = 60
LAG_S = 240  # an anchored class A vessel reports every 3 min (M.1371-5)
OVER_S = 300
METRES = 111_195.0  # per degree of latitude
LEAST = 5  # vessels; fewer are no fleet
KINDS = {
    "port": AreaKind.PORT,
    "anchorage": AreaKind.ANCHORAGE,
    "fishing": AreaKind.FISHING_GROUND,
    "waiting": AreaKind.WAITING_AREA,
    "lane": AreaKind.LANE,
}


class Gathering:
    """Steps a fleet book through the minutes that are complete."""

    def __init__(self, memory: Memory, company: Company, names: Names, zones: tuple[Zone, ...] = ()) -> None:
        self.book = FleetBook()
        self._memory, self._company, self._names = memory, company, names
        self.rezone(zones)

    def rezone(self, zones: tuple[Zone, ...]) -> None:
        """Other zones from now on."""
        self._around = Surroundings(tuple(area_of(zone) for zone in zones))

    def step(self, now: int) -> list[FleetStep]:
        """The steps of the minutes that have become complete by `now`, UTC s; after a hole only the last ones."""
        newest = (now - LAG_S) // EVERY_S * EVERY_S
        first = max(self.book.time + 1, newest - self._company.pace.keep_s + OVER_S + 2 * EVERY_S)
        first = -(-first // EVERY_S) * EVERY_S if self.book.time >= 0 else newest
        return [self.book.step(t, self.scene(t), self._around) for t in range(first, newest + 1, EVERY_S)]

    def scene(self, time: int) -> Scene:
        """All vessels whose place is known at `time` and five minutes before."""
        lat, lon = self._company.places(time)
        lat0, lon0 = self._company.places(time - OVER_S)
        slots = np.flatnonzero(np.isfinite(lat) & np.isfinite(lat0))
        if len(slots) < LEAST:
            return Scene.empty()
        keys = self._memory.arrays.vessels["key"][slots]
        known = [self._names.of(mmsi_of(key)) for key in keys.tolist()]
        head = self._memory.arrays.heads[1][slots]
        voice = self._memory.arrays.voices[1][slots, head["voice"]]
        turn = (lon[slots] - lon0[slots] + 180.0) % 360.0 - 180.0
        return Scene.of(
            len(slots),
            key=keys,
            lat_deg=lat[slots],
            lon_deg=lon[slots],
            east_mps=turn * METRES * np.cos(np.radians(lat[slots])) / OVER_S,
            north_mps=(lat[slots] - lat0[slots]) * METRES / OVER_S,
            category=[category_of(n.ship_type, n.subject) for n in known],
            status=voice["status"],
            hull_length=[n.length or math.nan for n in known],
            shore_m=shore_m(voice),
            told=(keys < UNNAMED).astype(np.uint8),
        )


def area_of(zone: Zone) -> Area:
    """A zone as a circle around its middle that holds its corners.

    >>> area_of(Zone("roads", "anchorage", (((26.0, 127.0), (26.0, 127.1), (26.1, 127.0)),))).kind.value
    'anchorage'
    """
    corners: Array = np.array([corner for ring in zone.rings_deg for corner in ring])
    lat, lon = corners.mean(axis=0)
    east = ((corners[:, 1] - lon + 180.0) % 360.0 - 180.0) * math.cos(math.radians(lat))
    reach = float(np.hypot(corners[:, 0] - lat, east).max()) * METRES
    return Area(float(lat), float(lon), max(reach, zone.width_m), KINDS.get(zone.kind, AreaKind.ZONE), zone.name)
