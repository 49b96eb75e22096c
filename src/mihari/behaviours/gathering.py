"""What is remembered of vessels -> scenes a minute apart -> fleets and what they do.

A scene shows each vessel where it was last heard by then, sailed on to the scene's time with its velocity: that between
its last place and one a minute or more before. A vessel not heard for five minutes is not in it.
"""

from __future__ import annotations

import math

import numpy as np

from mihari.behaviours.fleets import Area, AreaKind, FleetBook, FleetStep, Scene, Surroundings
from mihari.behaviours.memory import Memory
from mihari.behaviours.memory.latest import latest
from mihari.behaviours.memory.memory import shore_m
from mihari.behaviours.names import Names
from mihari.behaviours.pairs.grid import HEARD_S
from mihari.core.behaviour import UNNAMED, mmsi_of
from mihari.core.columns import Array
from mihari.core.zones import Zone
from mihari.picture.claims import category_of

EVERY_S = 60
LAG_S = 2  # what is heard reaches the look-out within a second or two
OLD_S = 300  # an anchored class A vessel reports every 3 min (M.1371-5)
OVER_S = 60  # fixes good to 10 m give the velocity to 0.3 kn
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

    def __init__(self, memory: Memory, names: Names, zones: tuple[Zone, ...] = ()) -> None:
        self.book = FleetBook()
        self._memory, self._names = memory, names
        self.rezone(zones)

    def rezone(self, zones: tuple[Zone, ...]) -> None:
        """Other zones from now on."""
        self._around = Surroundings(tuple(area_of(zone) for zone in zones))

    def step(self, now: int) -> list[FleetStep]:
        """The steps of the minutes that have become complete by `now`, UTC s; after a hole only the last ones."""
        newest = (now - LAG_S) // EVERY_S * EVERY_S
        first = max(self.book.time + 1, newest - self._memory.pace.revise_s)
        first = -(-first // EVERY_S) * EVERY_S if self.book.time >= 0 else newest
        return [self.book.step(t, self.scene(t), self._around) for t in range(first, newest + 1, EVERY_S)]

    def scene(self, time: int) -> Scene:
        """All vessels heard lately, as far as is known at `time`."""
        there = latest(self._memory.arrays, len(self._memory), time, OLD_S, OVER_S, HEARD_S)
        if len(there) < LEAST:
            return Scene.empty()
        slots = there["slot"]
        keys = self._memory.keys[slots]
        known = [self._names.of(mmsi_of(key)) for key in keys.tolist()]
        lat, lon = there["lat"] * 1e-7, there["lon"] * 1e-7
        took = there["t"] - there["t0"]
        north = (lat - there["lat0"] * 1e-7) * METRES / took
        turn = (lon - there["lon0"] * 1e-7 + 180.0) % 360.0 - 180.0
        east = turn * METRES * np.cos(np.radians(lat)) / took
        since = time - there["t"]
        return Scene.of(
            len(slots),
            key=keys,
            lat_deg=lat + since * north / METRES,
            lon_deg=(lon + since * turn / took + 180.0) % 360.0 - 180.0,
            east_mps=east,
            north_mps=north,
            category=[category_of(n.ship_type, n.subject) for n in known],
            status=there["status"],
            hull_length=[n.length or math.nan for n in known],
            shore_m=shore_m(there),
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
